"""Calendar day (日历): a holiday or a make-up working day as a row; every other day follows the week."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock, revision
from grid.accounts.user import User
from grid.db import Base, Coded, db
from grid.errors import Invalid, NotFound
from grid.trail import entry as trail
from grid.worktime.calendar import SATURDAY
from grid.worktime.day import Day, DayKind

BY_HAND = "手工设置"
YEARS_BACK, YEARS_AHEAD = 2, 2
WEEKDAYS = "一二三四五六日"
# Holidays on fixed dates that no notice ever made working days (全国年节及纪念日放假办法).
NEVER_WORKED = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}


class CalendarDay(Base):
    """Calendar day (日历). is_provisional: set down before the year's notice is in; the notice replaces it."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = mapped_column(Coded(DayKind))
    name: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(120))
    is_provisional: Mapped[bool]

    @property
    def value(self) -> Day:
        return Day(self.day, self.kind, self.name, self.source, self.is_provisional)


def lock() -> int:
    """The revision of the calendar and the policies; nobody else changes them before the commit."""
    return revision.lock(revision.CALENDAR)


def all_days() -> list[Day]:
    """Every row, in order."""
    return [row.value for row in db.session.scalars(select(CalendarDay).order_by(CalendarDay.day))]


def refusal(day: date, kind: DayKind) -> str | None:
    """Why a row cannot be right, in words for people; None when it can."""
    this_year = clock.local(clock.now()).year
    if not this_year - YEARS_BACK <= day.year <= this_year + YEARS_AHEAD:
        return (
            f"{day} 不在可以设置的年份里（{this_year - YEARS_BACK} 到 {this_year + YEARS_AHEAD} 年），请核对日期。"
        )
    if kind is DayKind.WORKDAY and (day.month, day.day) in NEVER_WORKED:
        return f"{day} 是法定节假日（{NEVER_WORKED[day.month, day.day]}），不能设为上班，请核对日期。"
    if kind is DayKind.WORKDAY and day.weekday() < SATURDAY:
        return f"{day} 是星期{WEEKDAYS[day.weekday()]}，本来就上班，不用设为调休上班，请核对日期。"
    return None


def has_notice(year: int) -> bool:
    """Is the notice of a year in?"""
    found = select(CalendarDay.day).where(*_of(year), CalendarDay.is_provisional.is_(False)).limit(1)
    return db.session.scalar(found) is not None


def put(actor: User | None, day: date, kind: DayKind, name: str) -> CalendarDay:
    """Set one day by hand; before the year's notice is in it is provisional. Raises Invalid for what cannot be."""
    reason = refusal(day, kind)
    if reason:
        raise Invalid(reason, field="day")
    before = db.session.get(CalendarDay, day)
    old = before.value if before else None
    is_provisional = not has_notice(day.year)
    row = db.session.merge(
        CalendarDay(day=day, kind=kind, name=name, source=BY_HAND, is_provisional=is_provisional)
    )
    _changed(actor, "calendar:put", day, old, row.value)
    return row


def remove(actor: User | None, day: date) -> None:
    """Let a day follow the week again. Raises NotFound: it already does."""
    row = db.session.get(CalendarDay, day)
    if row is None:
        raise NotFound(f"{day} 没有设置过，本来就按星期算。", field="day")
    db.session.delete(row)
    _changed(actor, "calendar:remove", day, row.value, None)


def replace(days: list[Day], gone: list[date]) -> None:
    """Write rows and remove others, for an import. The caller writes the trail."""
    if gone:
        db.session.execute(delete(CalendarDay).where(CalendarDay.day.in_(gone)))
    for day in days:
        db.session.merge(CalendarDay(**day._asdict()))
    revision.bump(revision.CALENDAR)


def _of(year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31)


def _changed(actor: User | None, action: str, day: date, before: Day | None, after: Day | None) -> None:
    revision.bump(revision.CALENDAR)
    trail.record(actor, action, "calendar_day", day, before=_told(before), after=_told(after))


def _told(day: Day | None) -> dict[str, str] | None:
    return None if day is None else {"kind": day.kind.value, "name": day.name, "source": day.source}
