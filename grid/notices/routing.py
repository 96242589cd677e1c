"""Routing (通知分发): which endpoints a matter goes to under the rules of the day, and whether a street is quiet.

Kept in memory under a revision number, so that telling somebody costs nothing where no rule was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from grid import clock, revision
from grid.areas import dated
from grid.db import db
from grid.notices import quiet_hours
from grid.notices.cause import Cause
from grid.notices.channel import Channel
from grid.notices.notice_rule import NoticeRule, Way
from grid.notices.outside import Outside
from grid.notices.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force."""

    area_path: str
    cause: Cause
    key: str
    endpoint_id: UUID
    channel: Channel
    post: str
    department_id: int | None
    way: Way

    @property
    def circle(self) -> tuple[UUID, str, int | None]:
        """Where to, and whose: of the rows with one circle a single one counts."""
        return self.endpoint_id, self.post, self.department_id

    @property
    def narrowness(self) -> int:
        """Everybody, those of a post or of a department, those of both."""
        return (self.post != "") + (self.department_id is not None)

    @property
    def weight(self) -> tuple[bool, int]:
        """The key itself beats the whole cause, a smaller area a larger one."""
        return self.key != "", self.area_path.count("/")


@dataclass(frozen=True, slots=True)
class Routing:
    """The rules of one day. hours: area id → quiet hours."""

    rules: Sequence[Rule]
    hours: Mapping[int, tuple[time, time]]

    def routes(self, outside: Outside) -> list[Rule]:
        """What is said of a matter: of two rows about a person the later counts (narrower, else more urgent)."""
        best: dict[tuple[UUID, str, int | None], Rule] = {}
        for rule in self._about(outside):
            if rule.circle not in best or best[rule.circle].weight < rule.weight:
                best[rule.circle] = rule
        return sorted(best.values(), key=lambda rule: (rule.narrowness, rule.way.urgency))

    def _about(self, outside: Outside) -> Iterable[Rule]:
        for rule in self.rules:
            if rule.cause is outside.cause and rule.key in ("", outside.key):
                if outside.area_path.startswith(rule.area_path):
                    yield rule

    def is_quiet(self, area_path: str, moment: datetime) -> bool:
        """Does an area want to be left alone at a moment? The nearest row says so."""
        for area_id in dated.nearest(area_path):
            if area_id in self.hours:
                return quiet_hours.covers(*self.hours[area_id], moment)
        return False


_snapshot = revision.Snapshot[Routing](revision.NOTICE_RULES)
forget = _snapshot.forget


def current() -> Routing:
    """The rules in force today."""
    key = (revision.current(revision.NOTICE_RULES), clock.today())
    return _snapshot.get(key, lambda: _load(key[1]))


def _load(day: date) -> Routing:
    rules = db.session.scalars(select(NoticeRule).where(dated.in_force(NoticeRule, day)).order_by(NoticeRule.id))
    hours = db.session.scalars(select(QuietHours).where(dated.in_force(QuietHours, day)))
    return Routing(
        [_rule(row) for row in rules if row.endpoint.is_active],
        {row.area_id: (row.begins, row.ends) for row in hours},
    )


def _rule(row: NoticeRule) -> Rule:
    return Rule(
        row.area.path,
        row.cause,
        row.key,
        row.endpoint_id,
        row.endpoint.channel,
        row.post,
        row.department_id,
        row.way,
    )
