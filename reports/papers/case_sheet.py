"""Case sheet (案卷单): a whole case on paper, in the order of the page: facts, clocks, photos, place, story."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from grid.calendars import almanac
from grid.events import rulebook
from grid.events.deadline_kind import DeadlineState
from grid.events.event import Assignment, Event, Flag
from grid.events.photo import PhotoRole
from grid.events.request import EventRequest
from grid.media.store import MediaStore
from grid.seal import Sealer
from grid.supervision import dossier
from grid.supervision.dossier import ClockLine, Dossier
from grid.worktime.limit import Light
from reports import paper
from reports.fonts import Typesetter
from reports.paper import GAP, WIDTH, words
from reports.papers import origins, parts, photos, place_map, story
from reports.papers.place import place_words
from reports.papers.taker import PRACTICE_MARK, Paper, Taker, full, number

MAP_WIDTH, MAP_HEIGHT = 78 * mm, 52 * mm
MAP_ROOM, PHOTO_ROOM = MAP_HEIGHT + 16 * mm, photos.TALLEST + 24 * mm
CLOCKS = (("时限", 2.6), ("限时", 1.8), ("到期", 2.0), ("现在", 2.0), ("结束", 2.0))
PARTS = (("部门", 2.6), ("状态", 1.2), ("派遣", 1.9), ("签收", 1.9), ("办完", 1.9), ("经办和结果", 3.4))
CHECKS = (("任务", 1.0), ("谁", 1.4), ("结果", 1.2), ("答复", 2.0), ("说明", 4.4))
ASKED = (("申请", 1.2), ("谁", 2.4), ("时间", 2.0), ("理由和审批", 5.2))


def make(taker: Taker, event: Event, store: MediaStore, sealer: Sealer) -> Paper:
    """The sheet of a case the taker has reached. sealer: opens who told of it, who is printed masked."""
    script = Typesetter()
    running = f"案卷单 {number(event.case_no)}"
    name = f"案卷单-{event.case_no or str(event.id)[:8]}.pdf"
    margins = taker.margins(running, event.is_practice)
    return Paper(name, paper.build(margins, list(_story(taker, event, store, sealer, script)), script))


def _story(
    taker: Taker, event: Event, store: MediaStore, sealer: Sealer, script: Typesetter
) -> Iterator[Flowable]:
    known = dossier.of(taker.actor, event)
    category = rulebook.current().by_id.get(event.category_id)
    name = rulebook.current().name(event.category_id)
    mark = f"（{PRACTICE_MARK}）" if event.is_practice else ""
    yield from parts.title(f"案卷单 · {name}{mark}", f"{number(event.case_no)} · {event.state.label}", script)
    yield parts.facts(_facts(event, category.big_name if category else ""), script)
    yield from parts.titled("时限", script, *_clocks(known, script))
    yield from parts.titled("照片", script, *_photos(event, store, script), room=PHOTO_ROOM)
    yield from parts.titled("地点", script, _place(event, script), room=MAP_ROOM)
    yield from parts.titled("情况", script, words(event.description or "没有写文字", "body", script))
    yield from parts.titled("谁反映的", script, *origins.table(event.id, sealer, script))
    yield from parts.titled("立案和结案要求", script, *_conditions(event, script))
    yield from parts.titled("承办", script, *_some(PARTS, [_part(a) for a in event.assignments], script))
    yield from parts.titled("核查", script, *_some(CHECKS, _checks(event), script))
    yield from parts.titled("申请和审批", script, *_some(ASKED, [_request(r) for r in event.requests], script))
    yield from parts.titled("督办", script, *_supervisions(known, script))
    yield from parts.titled("办理经过", script, story.table(event.history, script))


def _facts(event: Event, big_name: str) -> list[tuple[str, str | Flowable]]:
    lead = event.lead
    came_back = [f"返工 {event.rework_no} 次"] if event.rework_no else []
    came_back += [f"退回 {event.bounces} 次"] if event.bounces else []
    flags = "、".join(Flag(code).label for code in event.flags)
    return [
        ("状态", f"{event.state.label}（{event.state.stage.label}）"),
        ("大类", big_name),
        ("来源", event.source.label),
        ("上报", f"{event.reporter.name} {full(event.reported_at)}"),
        ("立案", full(event.filed_at)),
        ("全案到期", full(event.due_at) + ("（暂定）" if event.is_due_provisional and event.due_at else "")),
        ("承办", lead.department.name if lead else "还没有派遣"),
        ("办理层级", event.level.label),
        ("反复", "、".join(came_back) or "没有"),
        ("办结", full(event.closed_at)),
        *([("提示", flags)] if flags else []),
    ]


def _clocks(known: Dossier, script: Typesetter) -> list[Flowable]:
    rows: list[list[str | Flowable]] = [
        [
            f"{line.kind.label}（{line.department}）" if line.department else line.kind.label,
            line.limit,
            full(line.due_at),
            _light(line, script),
            full(line.finished_at),
        ]
        for line in known.clocks
    ]
    return _some(CLOCKS, rows, script)


def _light(line: ClockLine, script: Typesetter) -> Flowable:
    """While it runs, its light; then how it ended."""
    if line.state is DeadlineState.RUNNING:
        return parts.light(line.light, script)
    ended = {DeadlineState.MET: Light.GREEN, DeadlineState.MISSED: Light.RED}
    return parts.light(ended.get(line.state, Light.NONE), script, line.state.label)


def _photos(event: Event, store: MediaStore, script: Typesetter) -> list[Flowable]:
    pictures = photos.of(event)
    sounds = sum(photo.role is PhotoRole.VOICE for photo in event.photos)
    lacking = sum(not photo.has_arrived for photo in pictures)
    notes = [f"还有 {lacking} 张没有传到（共 {len(pictures)} 张）。"] if lacking else []
    notes += [f"另有语音 {sounds} 段，在系统里听。"] if sounds else []
    shown = photos.table(pictures, store, script) or [words("没有照片", "muted", script)]
    return [*shown, *(words(note, "muted", script) for note in notes)]


def _place(event: Event, script: Typesetter) -> Flowable:
    left = parts.facts(place_words(event), script, 1, WIDTH - MAP_WIDTH - GAP)
    seen = place_map.drawing(event, MAP_WIDTH, MAP_HEIGHT, script)
    made = Table([[left, "", seen]], [WIDTH - MAP_WIDTH - GAP, GAP, MAP_WIDTH])
    made.setStyle(paper.bare())
    return made


def _conditions(event: Event, script: Typesetter) -> list[Flowable]:
    category = rulebook.current().by_id.get(event.category_id)
    filed = category.filed_under(event.condition_id) if category else None
    if filed is None:
        return []
    limit = almanac.current().policy(event.area_path).words(filed.limit)
    told = [("立案条件", f"{filed.text}（{limit}）"), *([("结案要求", filed.closing)] if filed.closing else [])]
    return [parts.facts(told, script, 1)]


def _part(one: Assignment) -> list[str | Flowable]:
    who = f"{one.department.name}（{one.role.label}{'，裁决' if one.is_forced else ''}）"
    bounced = f"退回 {one.bounces} 次" if one.bounces else ""
    told = "\n".join(words for words in (one.handler.name if one.handler else "", one.result, bounced) if words)
    return [who, one.state.label, full(one.dispatched_at), full(one.signed_at), full(one.handled_at), told]


def _checks(event: Event) -> list[list[str | Flowable]]:
    return [
        [
            task.kind.label,
            task.assignee.name,
            task.result.label if task.result else task.state.label,
            full(task.answered_at),
            task.note,
        ]
        for task in event.tasks
    ]


def _request(one: EventRequest) -> list[str | Flowable]:
    said = [
        f"{d.actor_post} {d.actor_name} {d.verdict.label}{f'：{d.note}' if d.note else ''}（{full(d.at)}）"
        for d in one.decisions
    ]
    until = [f"到 {full(one.until)}"] if one.until else []
    return [
        f"{one.kind.label}\n{one.state.label}",
        one.asker.name,
        full(one.asked_at),
        "\n".join([one.reason, *until, *said]),
    ]


def _supervisions(known: Dossier, script: Typesetter) -> list[Flowable]:
    return [
        words(
            f"{one.kind.label}（{one.level.label}，{one.state.label}） {one.issuer.name} {full(one.issued_at)}："
            f"{one.reason}{f'　回复：{one.reply}' if one.reply else ''}",
            "body",
            script,
        )
        for one in known.supervisions
    ]


def _some(
    heads: tuple[tuple[str, float], ...], rows: list[list[str | Flowable]], script: Typesetter
) -> list[Flowable]:
    """A table, where there is something to be said."""
    return [parts.grid(heads, rows, script)] if rows else []
