"""Order sheet (工单表): 12345 orders, one a row, as what each would become; or which cell cannot be taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.scope import is_within
from grid.accounts.user import User
from grid.areas import net
from grid.areas.net import Node
from grid.events import rulebook
from grid.events.event import Event, Source
from grid.events.reporting import Position
from grid.events.rulebook import Class
from grid.geo.crs import Datum
from grid.imports import table
from grid.imports.archive import Limits, refusal
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.table import Columns, Row
from grid.intake import hotline, place, taking
from grid.intake.caller import Caller, hidden_numbers
from grid.intake.order import Order
from grid.intake.taking import Wish
from grid.standards import trial

COLUMNS = Columns(
    {
        **hotline.LABELS,
        "category": ("类别", "小类", "类别代码", "小类代码"),
        "area": ("社区", "村", "所属社区", "社区或村"),
    },
    ("order_no", "content"),
    moments=("asked_at", "reply_by"),
)
MB = 1024 * 1024
LIMITS = Limits(size=2 * MB, unpacked=24 * MB, parts=200, styles=MB, strings=50_000, rows=5000, lines=300)
NOT_YET = UUID(int=0)  # the client id is the preview's, once it has one


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an order is about, and how we know. position None: somewhere in the area."""

    area: Node
    position: Position | None
    why: str


def read(actor: User, data: bytes) -> list[Line]:
    """The rows with what each would become (a ``Wish`` in ``told``), numbered. Raises Invalid for a bad file."""
    book = table.read(data, COLUMNS, LIMITS)
    rows = [row for found in book.tables for row in found.rows if not row.is_blank]
    if not rows:
        raise refusal("表里没有工单")
    lines = [_line(number, row) for number, row in enumerate(rows, 1)]
    known = taking.known(actor, [line.key for line in lines])
    for line, row in zip(lines, rows, strict=True):
        if line.fate is None:
            _refuse_twin(line, row, lines)
        if line.fate is None:
            _judge(actor, line, row, known)
    return lines


def _line(number: int, row: Row) -> Line:
    """Each cell as its field, by the readers of the pasted text."""
    told: dict[str, Any] = {}
    line = Line(number, f"第 {row.number} 行", row.text("order_no"))
    for name, cell in row.cells.items():
        if cell.fault:
            line.refuse(cell.address, cell.fault)
        elif name in hotline.READERS and cell.text.strip():
            found = hotline.READERS[name](cell.text.strip())
            if found is None:
                line.refuse(cell.address, f"{COLUMNS.named(name)}看不懂：{hidden_numbers(cell.text.strip()[:30])}")
            told |= found or {}
    order = Order(**told)
    line.told, line.key = order, order.order_no or line.key[:40]
    line.label = hidden_numbers(order.said)[:40]
    for name in COLUMNS.required:
        if line.fate is None and not row.text(name):
            line.refuse(row.cells[name].address, f"没有填{COLUMNS.named(name)}")
    return line


def _refuse_twin(line: Line, row: Row, lines: Collection[Line]) -> None:
    first = next(one for one in lines if one.key == line.key)
    if first is not line:
        line.refuse(row.cells["order_no"].address, f"工单编号与{first.place}重复")


def _judge(actor: User, line: Line, row: Row, known: dict[str, Event]) -> None:
    order: Order = line.told
    if line.key in known:
        line.fate = Fate.SKIPPED
        line.note(row.cells["order_no"].address, f"已经登记过，是案卷 {taking.called(known[line.key])}")
        return
    category, spot = _category(line, row, order), _spot(actor, line, row, order)
    if order.asked_at and order.asked_at > clock.now():
        line.refuse(row.cells["asked_at"].address, "诉求时间还没到")
    if category is None or spot is None or line.fate is not None:
        return
    line.fate = Fate.NEW
    line.changes = [
        {"field": "类别", "before": "", "after": category.name},
        {"field": "地点", "before": "", "after": spot.why},
    ]
    line.told = Wish(
        client_id=NOT_YET,
        source=Source.HOTLINE,
        caller=Caller(order.name, order.phone, order.said),
        category=category.code,
        position=spot.position,
        area="" if spot.position else spot.area.code,
        address=order.address,
        wants_reply=bool(order.wants_reply),
        order_no=order.order_no,
        asked_at=order.asked_at,
        reply_by=order.reply_by,
    )


def _category(line: Line, row: Row, order: Order) -> Class | None:
    """What the row says; else what its words sound like, which the preview then says."""
    book, told = rulebook.current(), row.text("category")
    if told:
        named = [one for one in book.classes if told in (one.code, one.name)]
        if len(named) != 1:
            words = (
                f"没有“{told[:20]}”这个类别" if not named else f"有 {len(named)} 个类别叫“{told[:20]}”，请填代码"
            )
            line.refuse(row.cells["category"].address, words)
        return named[0] if len(named) == 1 else None
    guesses = trial.guess(book, order.said)
    if not guesses:
        line.refuse(row.cells["content"].address, "看不出是哪个类别，请加“类别”一列填上")
        return None
    line.note(row.cells["content"].address, f"按文字归为“{guesses[0].category.name}”")
    return guesses[0].category


def _spot(actor: User, line: Line, row: Row, order: Order) -> Spot | None:
    """The address as it was handled before; else the community the row or its address names."""
    found = place.exactly(place.search(actor, order.address), order.address) if order.address else None
    if found is not None and found.kind is not place.PlaceKind.AREA:
        position = Position(found.lon, found.lat, Datum.CGCS2000)
        return Spot(found.area, position, f"{found.name}（{found.kind.label}，{found.area.name}）")
    told = row.text("area")
    named = _named(actor, told) if told else _within(actor, order.address)
    if named is None:
        cell = row.cells.get("area") or row.cells.get("address") or row.cells["content"]
        what = (
            f"没有“{told[:20]}”这个社区或村，或不在你的范围里" if told else "看不出在哪个社区，请加“社区”一列填上"
        )
        line.refuse(cell.address, what)
        return None
    return Spot(named, None, f"{named.name}（只知道大概位置）")


def _mine(actor: User) -> list[Node]:
    homes = [grant.path for grant in actor.grants(Permission.EVENT_INTAKE)]
    nodes = net.current().by_id.values()
    return [n for n in nodes if n.level in place.SMALL and any(is_within(n.path, home) for home in homes)]


def _named(actor: User, told: str) -> Node | None:
    found = [node for node in _mine(actor) if told in (node.name, node.code)]
    return found[0] if len(found) == 1 else None


def _within(actor: User, address: str) -> Node | None:
    """The area whose name stands in the address, the most exact; none where two do."""
    found = sorted((node for node in _mine(actor) if node.name in address), key=lambda node: -len(node.name))
    is_alone = len({node.name for node in found if len(node.name) == len(found[0].name)}) == 1 if found else False
    return found[0] if is_alone else None
