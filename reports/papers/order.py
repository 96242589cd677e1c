"""Dispatch order (派遣单): what one department is to do, until when, and who signs for it; a page a department.

It goes through many hands: it names no reporter and no citizen. Its code opens the case for who may see it.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Table

from grid.calendars import almanac
from grid.errors import NotFound
from grid.events import assigning, rulebook
from grid.events.event import Assignment, Event
from grid.media.store import MediaStore
from reports import paper
from reports.color import INK
from reports.fonts import Typesetter
from reports.paper import GAP, WIDTH, words
from reports.papers import parts, photos, place_map, qr
from reports.papers.place import place_words
from reports.papers.taker import PRACTICE_MARK, Paper, Taker, full, number

CODE = 26 * mm
MAP_WIDTH, MAP_HEIGHT = 78 * mm, 48 * mm
PICTURES, PHOTO_HEIGHT = 2, 40 * mm
SIGNED_BY = ("派遣人", "签收人", "经办人", "部门负责人")
DATE_LINE = "\u00a0" * 10 + "年" + "\u00a0" * 6 + "月" + "\u00a0" * 6 + "日"
HANDED = ("dispatch", "arbitrate", "add_assist")


def make(taker: Taker, event: Event, store: MediaStore, department: str | None = None) -> Paper:
    """The order of a department, or of each that has the case. department: its code.

    Who sees the case as a department prints its own only. Raises NotFound where there is none.
    """
    mine = [one for one in event.assignments if one.is_open and _is_of(taker, one, department)]
    if not mine:
        raise NotFound("没有派遣单：还没有派给部门，或不是你们部门的。")
    script = Typesetter()
    story: list[Flowable] = []
    for one in mine:
        story += [*([PageBreak()] if story else []), *_page(taker, event, one, store, script)]
    margins = taker.margins(f"派遣单 {number(event.case_no)}", event.is_practice)
    return Paper(f"派遣单-{event.case_no}.pdf", paper.build(margins, story, script))


def _is_of(taker: Taker, one: Assignment, department: str | None) -> bool:
    own = taker.actor.department_id
    return (own is None or one.department_id == own) and department in (None, one.department.code)


def _page(
    taker: Taker, event: Event, one: Assignment, store: MediaStore, script: Typesetter
) -> Iterator[Flowable]:
    name = rulebook.current().name(event.category_id)
    mark = f"（{PRACTICE_MARK}）" if event.is_practice else ""
    head = parts.title(f"派遣单（{one.role.label}）{mark}", f"{number(event.case_no)} · {name}", script)
    head.append(words(one.department.name, "heading", script, bold=True))
    yield _beside(head, _code(taker, event, script), CODE + 4 * mm)
    yield parts.facts(_facts(event, one), script)
    yield from parts.titled("做什么", script, *_wanted(event, script))
    place = parts.facts(place_words(event), script, 1, WIDTH - MAP_WIDTH - GAP)
    seen = place_map.drawing(event, MAP_WIDTH, MAP_HEIGHT, script)
    yield from parts.titled("在哪里", script, _beside([place], [seen], MAP_WIDTH), room=MAP_HEIGHT + 16 * mm)
    pictures = [photo for photo in photos.of(event) if photo.has_arrived][:PICTURES]
    yield from parts.titled(
        "照片", script, *photos.table(pictures, store, script, PHOTO_HEIGHT), room=PHOTO_HEIGHT + 20 * mm
    )
    yield from parts.titled("签字", script, _signatures(script), room=40 * mm)


def _beside(left: list[Flowable], right: list[Flowable], width: float) -> Table:
    made = Table([[left, "", right]], [WIDTH - width - GAP, GAP, width])
    made.setStyle(paper.bare())
    return made


def _code(taker: Taker, event: Event, script: Typesetter) -> list[Flowable]:
    if not taker.address:
        return []
    code = qr.drawing(qr.address_of(taker.address, event.id), CODE)
    return [code, words("扫码看案卷，要登录", "muted", script)]


def _facts(event: Event, one: Assignment) -> list[tuple[str, str]]:
    limit = almanac.current().policy(event.area_path).words(assigning.limit_of_part(one, event))
    step = next((row for row in reversed(event.history) if row.action in HANDED), None)
    return [
        ("派遣", full(one.dispatched_at)),
        ("派遣人", f"{step.actor_name}（{step.actor_post}）" if step else "—"),
        ("处置限时", limit),
        ("最迟办完", full(one.due_at)),
        ("最迟签收", full(one.sign_due_at)),
        ("全案到期", full(event.due_at)),
        *([("第几轮", f"第 {one.round} 轮（返工或再次派遣）")] if one.round > 1 else []),
        *([("裁决", "由领导裁决派遣，不能退回")] if one.is_forced else []),
    ]


def _wanted(event: Event, script: Typesetter) -> list[Flowable]:
    category = rulebook.current().by_id.get(event.category_id)
    filed = category.filed_under(event.condition_id) if category else None
    note = next((row.note for row in reversed(event.history) if row.action in HANDED and row.note), "")
    told = [
        ("情况", event.description or "没有写文字"),
        *([("立案条件", filed.text)] if filed else []),
        *([("结案要求", filed.closing)] if filed and filed.closing else []),
        *([("派遣说明", note)] if note else []),
        ("办完后", "在系统里填写处置结果，拍处置后的照片。"),
    ]
    return [parts.facts(told, script, 1)]


def _signatures(script: Typesetter) -> Flowable:
    """A line to write on for each, and the date."""
    cells: list[list[Flowable | str]] = [[words(who, "muted", script) for who in SIGNED_BY], [""] * len(SIGNED_BY)]
    cells.append([words(DATE_LINE, "muted", script)] * len(SIGNED_BY))
    made = Table(cells, [WIDTH / len(SIGNED_BY)] * len(SIGNED_BY), [14, 34, 16])
    lines = [("LINEBELOW", (n, 1), (n, 1), 0.6, INK) for n in range(len(SIGNED_BY))]
    made.setStyle(paper.bare(*lines, ("RIGHTPADDING", (0, 0), (-1, -1), 10)))
    return made
