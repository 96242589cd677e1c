"""A street with a past: cases written straight into the tables, in the shares a working street has."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import h3
from sqlalchemy import Engine, select

from grid.accounts.department import Department
from grid.accounts.user import User, UserPost
from grid.areas.area import Area, Level
from grid.db import table
from grid.events import stage
from grid.events.category import Category
from grid.events.event import H3_RESOLUTION, Assignment, Event
from grid.events.photo import EventPhoto
from grid.events.state import AssignmentState, State
from grid.media.media import Media, MediaUpload

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SPAN = timedelta(days=730)
BATCH = 5000
ODDS = {  # of a case to be in a state today
    State.CLOSED: 0.90,
    State.REJECTED: 0.03,
    State.VOIDED: 0.01,
    State.HANDLING: 0.02,
    State.PENDING_SIGN: 0.01,
    State.REPORTED: 0.01,
    State.PENDING_FILING: 0.01,
    State.PENDING_DISPATCH: 0.005,
    State.PENDING_CHECK: 0.005,
}
OPEN_ODDS = {state: odds for state, odds in ODDS.items() if not state.is_final}  # where nothing was ended
DISPATCHED = frozenset({State.CLOSED, State.HANDLING, State.PENDING_SIGN, State.PENDING_CHECK})
WORDS = "路口 门前 巷子 市场 学校旁 河边 公交站 小区 垃圾 积水 占道 井盖 路灯 乱停 广告 夜间 扰民 破损".split()

Row = dict[str, Any]
Case = dict[type[Any], list[Row]]


@dataclass(frozen=True)
class Street:
    """Who and what a case can refer to: ids."""

    areas: list[tuple[int, str]]  # leaves: id, path
    reporters: dict[str, int]  # grid workers by the path of their grid
    categories: list[int]
    departments: list[int]


def fill(engine: Engine, number: int, seed: int = 1, odds: Mapping[State, float] = ODDS) -> None:
    """Write ``number`` cases with their photos and assignments into a street that has none.

    odds: how many of them are in which state.
    """
    chance = random.Random(seed)
    with engine.begin() as connection:
        street = _street(connection)
        for batch in _batches(_case(street, chance, n, number, odds) for n in range(number)):
            for model in (Event, EventPhoto, Assignment, Media, MediaUpload):
                rows = [row for case in batch for row in case.get(model, ())]
                if rows:
                    connection.execute(table(model).insert(), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _street(connection: Any) -> Street:
    leaves = select(Area.id, Area.path).where(Area.level.in_([Level.GRID, Level.VILLAGE])).order_by(Area.id)
    workers = (
        select(Area.path, User.id)
        .join(UserPost, UserPost.user_id == User.id)
        .join(Area, Area.id == UserPost.area_id)
        .where(UserPost.post == "grid_worker")
    )
    return Street(
        areas=[(row.id, row.path) for row in connection.execute(leaves)],
        reporters={row.path: row.id for row in connection.execute(workers)},
        categories=list(connection.scalars(select(Category.id).order_by(Category.id))),
        departments=list(connection.scalars(select(Department.id).order_by(Department.id))),
    )


def _case(street: Street, chance: random.Random, n: int, number: int, odds: Mapping[State, float]) -> Case:
    reported_at = NOW - SPAN * (1 - (n + 1) / number)
    event_id = _id(reported_at, chance)
    state = chance.choices(list(odds), list(odds.values()))[0]
    area_id, path = chance.choice(street.areas)
    reporter_id = street.reporters.get(path) or chance.choice(list(street.reporters.values()))
    is_filed = state in DISPATCHED or state is State.PENDING_DISPATCH
    limit = timedelta(hours=chance.randint(2, 72))
    due_at = reported_at + limit if is_filed else None
    lon, lat = 114.72 + chance.uniform(-0.03, 0.03), 22.95 + chance.uniform(-0.03, 0.03)
    event = {
        "id": event_id,
        "client_id": UUID(int=chance.getrandbits(128), version=4),
        "case_no": f"441323002{reported_at:%Y%m%d}{n:07d}" if is_filed else None,
        "source": "worker",
        "state": state,
        "category_id": chance.choice(street.categories),
        "condition_id": None,
        "description": "".join(chance.choices(WORDS, k=6)),
        "address": "".join(chance.choices(WORDS, k=3)),
        "lon": lon,
        "lat": lat,
        "raw_lon": 114.72,
        "raw_lat": 22.95,
        "datum": "wgs84",
        "accuracy_m": chance.uniform(3, 30),
        "provider": "gps",
        "fixed_at": None,
        "h3": h3.latlng_to_cell(lat, lon, H3_RESOLUTION),
        "area_id": area_id,
        "area_path": path,
        "flags": {},
        "reporter_id": reporter_id,
        "occurred_at": reported_at,
        "reported_at": reported_at,
        "filed_at": reported_at if is_filed else None,
        "yellow_at": reported_at + limit * 0.8 if is_filed else None,
        "due_at": due_at,
        **_step(state, reported_at, limit),
        "closed_at": reported_at + limit if state.is_final else None,
        "rework_no": 0,
        "history_seq": 1,
        "version": 1,
    }
    case: Case = {Event: [event]}
    for ordinal in range(chance.choice((1, 1, 2))):
        _add_photo(case, event_id, ordinal, reporter_id, reported_at, chance)
    if state in DISPATCHED:
        case[Assignment] = [_assignment(event_id, chance.choice(street.departments), state, reported_at, due_at)]
    return case


def _step(state: State, at: datetime, limit: timedelta) -> Row:
    kind = stage.CLOCKS.get(state)
    return {
        "step_kind": kind,
        "step_yellow_at": at + limit * 0.8 if kind else None,
        "step_due_at": at + limit if kind else None,
    }


def _add_photo(
    case: Case, event_id: UUID, ordinal: int, uploader_id: int, at: datetime, chance: random.Random
) -> None:
    name = f"{chance.getrandbits(256):064x}"
    media = {"sha256": name, "size": 200_000, "mime": "image/jpeg", "width": 1600, "height": 1200}
    case.setdefault(Media, []).append(media | {"shot_at": None, "created_at": at})
    case.setdefault(MediaUpload, []).append({"sha256": name, "user_id": uploader_id, "at": at})
    case.setdefault(EventPhoto, []).append(
        {
            "id": _id(at, chance),
            "event_id": event_id,
            "ordinal": ordinal,
            "sha256": name,
            "role": "near",
            "uploader_id": uploader_id,
            "shot_at": None,
        }
    )


def _assignment(event_id: UUID, department_id: int, state: State, at: datetime, due_at: datetime | None) -> Row:
    states = {State.PENDING_SIGN: AssignmentState.PENDING_SIGN, State.HANDLING: AssignmentState.HANDLING}
    return {
        "id": UUID(int=event_id.int ^ 1),
        "event_id": event_id,
        "department_id": department_id,
        "role": "lead",
        "state": states.get(state, AssignmentState.CONFIRMED),
        "round": 1,
        "dispatched_at": at,
        "signed_at": None,
        "handled_at": None,
        "confirmed_at": None,
        "due_at": due_at,
        "version": 1,
    }


def _id(at: datetime, chance: random.Random) -> UUID:
    """A UUIDv7 of that moment."""
    stamp_ms = int(at.timestamp() * 1000)
    return UUID(int=stamp_ms << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))


def _batches(cases: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(cases)
    while batch := list(islice(rest, BATCH)):
        yield batch
