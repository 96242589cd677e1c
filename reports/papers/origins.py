"""Who told the desk of a case (来源登记) on paper: masked, as on the page; and whether they were answered."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reportlab.platypus import Flowable

from grid.events import origin
from grid.events.origin import EventOrigin
from grid.intake import caller as callers
from grid.seal import Sealer
from reports.fonts import Typesetter
from reports.papers import parts
from reports.papers.taker import full

HEADS = (("来源", 1.7), ("反映人", 1.7), ("原话", 3.8), ("登记", 1.9), ("回复", 2.6))


def table(event_id: UUID, sealer: Sealer, script: Typesetter) -> list[Flowable]:
    """A row for each who told of it; nothing for a case nobody told the desk of."""
    rows: Sequence[Sequence[str | Flowable]] = [_row(row, sealer) for row in origin.of(event_id)]
    return [parts.grid(HEADS, rows, script)] if rows else []


def _row(row: EventOrigin, sealer: Sealer) -> list[str | Flowable]:
    told = callers.opened(row, sealer)
    who = "匿名" if told.is_anonymous else "\n".join(filter(None, (told.masked.name, told.masked.phone)))
    came = [row.source.label, row.order_no or "", f"{full(row.asked_at)} 诉求" if row.asked_at else ""]
    return [
        "\n".join(filter(None, came)),
        who,
        told.masked.said,
        f"{row.taker.name}\n{full(row.taken_at)}",
        _reply(row),
    ]


def _reply(row: EventOrigin) -> str:
    if row.replied_at and row.replier:
        return f"{row.replier.name} {full(row.replied_at)}：{row.reply}"
    if not row.wants_reply:
        return "不用回复"
    return f"要回复，{full(row.reply_by)} 前" if row.reply_by else "要回复，还没有回复"
