"""Reporting (上报): a report becomes an event, located, flagged, and advanced as far as the rules are certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from grid import clock
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Located
from grid.db import db, new_id
from grid.errors import Forbidden, Invalid
from grid.events import automation, handling, link, notify, place, rulebook, similar
from grid.events.event import TAKEN_IN, Event, Flag, Source
from grid.events.photo import PhotoRole
from grid.events.place import Position
from grid.events.procedure_rule import Rule
from grid.events.state import State
from grid.sync import op
from grid.sync.op import Outcome
from grid.trail import entry as trail

FLAG_SKEW = timedelta(minutes=5)
MAX_PHOTOS = 6
MAX_VOICES = 1
REPORT_ROLES = frozenset({PhotoRole.NEAR, PhotoRole.FAR, PhotoRole.OTHER})
_ROLES = {False: REPORT_ROLES, True: REPORT_ROLES | {PhotoRole.AFTER}}
OLDEST = timedelta(days=30)  # of what is entered at the desk


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker sends. occurred_at: by the phone's clock. photos: {sha256, role, shot_at?}.

    is_practice: an exercise (演练), which counts nowhere. self_handled: dealt with on the spot (自处置), with
    photos of before and after; the desk looks at it, and no department has anything to do with it.
    same_as: the case of which the worker says that it is the same matter; the desk merges, or does not.
    somewhere_in: code of an area, when nobody knows better; ``position`` is then any point of it.
    """

    client_id: UUID
    category: str
    position: Position
    occurred_at: datetime
    description: str = ""
    address: str = ""
    photos: list[dict[str, Any]] = field(default_factory=list)
    is_practice: bool = False
    self_handled: bool = False
    same_as: UUID | None = None
    somewhere_in: str = ""


def submit(actor: User, report: Report, clock_offset: timedelta | None = None) -> Outcome:
    """Take a report in, once for its client id; the outcome's result is the receipt.

    clock_offset: how far off the phone's clock was when it sent the report, as far as it knew.
    Raises Invalid (unknown category, absurd place, bad photo list), IdempotencyMismatch.
    """
    # Nothing below reads what it has just written, so everything is written at once, in few statements.
    with db.session.no_autoflush:
        return op.once(
            actor,
            report.client_id,
            "event.report",
            {"report": report},
            lambda: _receipt(actor, _create(actor, report, clock_offset or timedelta())),
        )


def enter(actor: User, report: Report) -> Outcome:
    """Take in, at the desk, what happened while the system could not (补录): at its own time, not late by it.

    Raises Forbidden outside the caller's area, Invalid for a time to come or too long ago.
    """
    age = clock.now() - report.occurred_at
    if not timedelta() <= age <= OLDEST:
        raise Invalid(f"补录的时间应在过去 {OLDEST.days} 天之内。", field="occurred_at")
    with db.session.no_autoflush:
        return op.once(
            actor,
            report.client_id,
            "event.enter",
            {"report": report},
            lambda: _receipt(actor, _create(actor, report, timedelta(), Source.DESK)),
        )


def take_in(actor: User, report: Report, source: Source) -> Event:
    """Make a case of what somebody told the desk; inside the caller's op. Raises as ``enter`` and ``submit``."""
    return _create(actor, report, timedelta(), source)


def self_classes(paths: Iterable[str]) -> list[str]:
    """The classes a worker of these places may deal with on the spot (自处置), by code."""
    book, here = rulebook.current(), list(paths)
    marks = book.procedure.marks
    return sorted(c.code for c in book.classes if any(marks(path, Rule.SELF_CLASS, c.code) for path in here))


def _create(actor: User, report: Report, clock_offset: timedelta, source: Source = Source.WORKER) -> Event:
    category = rulebook.current().find(report.category)
    located = _located(report)
    if report.self_handled:
        _check_self_handled(category.code, category.name, located.area.path, report.photos)
    check_photos(report.photos, _ROLES[report.self_handled])
    now = clock.now()
    event = Event(
        id=new_id(),
        client_id=report.client_id,
        source=source,
        is_practice=report.is_practice,
        is_self_handled=report.self_handled,
        is_retrospective=source is Source.DESK,
        state=State.SELF_DONE if report.self_handled else State.REPORTED,
        category_id=category.id,
        description=report.description,
        address=report.address,
        flags=_flags(actor, report, located, now, clock_offset, source),
        reporter_id=actor.id,
        occurred_at=report.occurred_at,
        reported_at=now,
        rework_no=0,
        history_seq=0,
        bounces=0,
        pending_requests=0,
        level=Level.STREET,
        photos=[],
        assignments=[],
        requests=[],
    )
    place.put(event, report.position, located)
    handling.add_photos(actor, event, report.photos)
    db.session.add(event)
    if report.same_as is not None:
        link.said_same(actor, event, report.same_as)
    handling.log(actor, event, "report", None, now, data={"source": event.source.label})
    trail.record(actor, "event:report", "event", event.id, event.area_path, seq=event.history_seq)
    if event.state is State.REPORTED:
        automation.advance(event)
    if event.state in (State.REPORTED, State.SELF_DONE):
        notify.moved(event)
    return event


def _located(report: Report) -> Located:
    position, snapshot = report.position, net.current()
    if not report.somewhere_in:
        return snapshot.locate(position.lon, position.lat, position.datum)
    return Located(position.lon, position.lat, snapshot.find(report.somewhere_in), 0.0)


def _check_self_handled(code: str, name: str, area_path: str, photos: list[dict[str, Any]]) -> None:
    if not rulebook.current().procedure.marks(area_path, Rule.SELF_CLASS, code):
        raise Invalid(f"“{name}”不在可自处置的类别里，请按一般上报。", field="self_handled")
    roles = {PhotoRole(photo["role"]) for photo in photos}
    if PhotoRole.AFTER not in roles or not roles & REPORT_ROLES:
        raise Invalid("自处置要有处置前、处置后的照片各一张。", field="photos")


def check_photos(photos: list[dict[str, Any]], allowed: frozenset[PhotoRole] = REPORT_ROLES) -> None:
    """Not too many, and of the kinds that a report may have. Raises Invalid."""
    pictures = _pictures(photos)
    if len(pictures) > MAX_PHOTOS:
        raise Invalid(f"一次最多 {MAX_PHOTOS} 张照片，请去掉几张。", field="photos")
    if len(photos) - len(pictures) > MAX_VOICES:
        raise Invalid("一次最多一条语音。", field="photos")
    if any(PhotoRole(photo["role"]) not in allowed for photo in pictures):
        raise Invalid("上报照片只能是近景、远景或其他。", field="photos")


def _pictures(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is to be seen of what is to come, not heard."""
    return [photo for photo in photos if photo["role"] != PhotoRole.VOICE]


def _flags(
    actor: User, report: Report, located: Located, now: datetime, clock_offset: timedelta, source: Source
) -> dict[str, Any]:
    """What a person should know before trusting the report; the value says more where there is more."""
    homes = place.homes(actor, source)
    of_place = place.doubts(located, report.position.accuracy_m, homes, is_vague=bool(report.somewhere_in))
    if not homes or (source in place.AT_THE_DESK and Flag.OUTSIDE_MINE in of_place):
        raise Forbidden("你的岗位不能上报。")
    found: dict[Flag, str | None] = {
        Flag.CLOCK_SKEW: _skew(report, now, clock_offset),
        Flag.NO_PHOTO: None if _pictures(report.photos) or source in TAKEN_IN else "",
    }
    return of_place | {flag.value: words for flag, words in found.items() if words is not None}


def _skew(report: Report, now: datetime, clock_offset: timedelta) -> str | None:
    if abs(clock_offset) > FLAG_SKEW:
        return f"约差 {abs(clock_offset) // timedelta(minutes=1)} 分钟"
    return "" if report.occurred_at > now + FLAG_SKEW else None


def _receipt(actor: User, event: Event) -> dict[str, Any]:
    area = net.current().node(event.area_id)
    return {
        "id": str(event.id),
        "client_id": str(event.client_id),
        "state": event.state.value,
        "area": area.code,
        "area_id": area.id,
        "practice": event.is_practice,
        "flags": event.flags,
        "photos": [photo.sha256 for photo in event.photos],
        "similar": [
            {"id": str(found.event.id), "words": found.words, "distance_m": round(found.distance_m, 1)}
            for found in similar.to(event, actor)
        ],
        "reported_at": event.reported_at.isoformat(),
    }
