"""Case numbers (案卷号): street (9) + date (8) + serial (5), from a locked counter row; never reused.

Practice cases (演练) count for themselves, with a prefix: no real number is ever consumed by them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.areas import net
from grid.areas.area import Level
from grid.db import Base, db, insert
from grid.errors import Conflict

PRACTICE_PREFIX = "YL"


class CaseCounter(Base):
    """Case counter (案卷号计数)."""

    __tablename__ = "case_counter"

    street: Mapped[str] = mapped_column(String(9), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    is_practice: Mapped[bool] = mapped_column(primary_key=True)
    last: Mapped[int]


def issue(area_path: str, at: datetime, is_practice: bool = False) -> str:
    """The next number of the street on the local day of ``at``. Holds the counter's lock until the commit."""
    street, day = _street(area_path), clock.local(at).date()
    counted = insert(CaseCounter).on_conflict_do_update(
        index_elements=[CaseCounter.street, CaseCounter.day, CaseCounter.is_practice],
        set_={"last": CaseCounter.last + 1},
    )
    first = {"street": street, "day": day, "is_practice": is_practice, "last": 1}
    serial = db.session.scalar(counted.returning(CaseCounter.last), first)
    if serial is None or serial > 99_999:
        raise Conflict("今天的案卷号已经用完。请联系系统管理员。")
    return f"{PRACTICE_PREFIX if is_practice else ''}{street}{day:%Y%m%d}{serial:05d}"


def _street(area_path: str) -> str:
    snapshot = net.current()
    ancestors = (snapshot.node(int(part)) for part in area_path.strip("/").split("/"))
    return next(node.code[:9] for node in ancestors if node.level is Level.STREET)
