"""Case numbers (案卷号): street (9) + date (8) + serial (5), from a locked counter row; never reused."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.areas import net
from grid.areas.area import Level
from grid.db import Base, db, insert
from grid.errors import Conflict


class CaseCounter(Base):
    """Case counter (案卷号计数)."""

    __tablename__ = "case_counter"

    street: Mapped[str] = mapped_column(String(9), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


def issue(area_path: str, at: datetime) -> str:
    """The next number of the street on the local day of ``at``. Holds the counter's lock until the commit."""
    street, day = _street(area_path), clock.local(at).date()
    counted = insert(CaseCounter).values(street=street, day=day, last=1)
    serial = db.session.scalar(
        counted.on_conflict_do_update(
            index_elements=[CaseCounter.street, CaseCounter.day], set_={"last": CaseCounter.last + 1}
        ).returning(CaseCounter.last)
    )
    if serial is None or serial > 99_999:
        raise Conflict("今天的案卷号已经用完。请联系系统管理员。")
    return f"{street}{day:%Y%m%d}{serial:05d}"


def _street(area_path: str) -> str:
    snapshot = net.current()
    ancestors = (snapshot.by_id[int(part)] for part in area_path.strip("/").split("/"))
    return next(node.code[:9] for node in ancestors if node.level is Level.STREET)
