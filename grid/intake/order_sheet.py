"""Order sheet (工单表): 12345 orders, one a row, as what each would become; or which cell cannot be taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from grid import clock
from grid.accounts.user import User
from grid.events import rulebook
from grid.events.event import Event, Source
from grid.events.rulebook import Class
from grid.imports import table
from grid.imports.archive import Limits, refusal
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.table import Columns, Row
from grid.intake import hotline, order_place, taking
from grid.intake.caller import Caller
from grid.intake.order import Order
from grid.intake.order_place import Gazetteer
from grid.intake.taking import Wish
from grid.mask import hidden_numbers
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
class Known:
    """What is looked up once for a whole sheet. orders: cases by number."""

    orders: dict[str, Event]
    places: Gazetteer


def read(actor: User, data: bytes) -> list[Line]:
    """The rows with what each would become (a ``Wish`` in ``told``), numbered. Raises Invalid for a bad file."""
    book = table.read(data, COLUMNS, LIMITS)
    rows = [row for found in book.tables for row in found.rows if not row.is_blank]
    if not rows:
        raise refusal("表里没有工单")
    lines = [_line(number, row) for number, row in enumerate(rows, 1)]
    known = _known(actor, lines)
    for line, row in zip(lines, rows, strict=True):
        if line.fate is None:
            _refuse_twin(line, row, lines)
        if line.fate is None:
            _judge(line, row, known)
    return lines


def _known(actor: User, lines: list[Line]) -> Known:
    orders = taking.known(actor, [line.key for line in lines])
    return Known(orders, order_place.known(actor, [line.told.address for line in lines]))


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
                # The preview is kept as it stands here: it says nothing of who called.
                told_as = "" if name in ("name", "phone") else f"：{hidden_numbers(cell.text.strip())[:30]}"
                line.refuse(cell.address, f"{COLUMNS.named(name)}看不懂{told_as}")
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


def _judge(line: Line, row: Row, known: Known) -> None:
    order: Order = line.told
    if line.key in known.orders:
        line.fate = Fate.SKIPPED
        line.note(row.cells["order_no"].address, f"已经登记过，是案卷 {taking.called(known.orders[line.key])}")
        return
    category, spot = _category(line, row, order), order_place.find(line, row, order, known.places)
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
