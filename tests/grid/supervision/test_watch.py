"""What should have come and did not: one alarm a worker and day, one a case, whoever looks and how often."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from grid.accounts.delegation import Delegation, DelegationKind
from grid.accounts.user import UserPost
from grid.areas import net
from grid.clock import LOCAL
from grid.commands import HANDLERS
from grid.db import db, transaction
from grid.events import procedure_rule
from grid.events.procedure_rule import Rule, Wanted
from grid.fieldwork import shift
from grid.job import worker as loop
from grid.media.media import MediaUpload
from grid.notices.notice import Notice
from grid.supervision import watch
from grid.supervision.alarm import Alarm, AlarmKind
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.photo import jpeg

WORKERS = {f"wg{n:02}" for n in range(1, 15)}


def _look() -> None:
    for _ in range(2):
        loop.sweep_once([watch.sweep])
    while loop.run_once(HANDLERS):
        pass


def _missed(day: str) -> set[str]:
    names = {find_user(name).id: name for name in WORKERS}
    found = db.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.PATROL))
    return {names[alarm.user_id] for alarm in found if alarm.user_id in names and alarm.key.endswith(day)}


def _at(time: Clock, *moment: int) -> None:
    time.at = datetime(*moment, tzinfo=LOCAL)  # type: ignore[misc, arg-type]


def test_who_did_not_patrol_on_a_working_day_is_told_of_once(app: Flask, time: Clock) -> None:
    _look()
    _at(time, 2026, 11, 23, 16, 59)
    people = {"from_user_id": find_user("wg02").id, "to_user_id": find_user("wg03").id}
    lent = {"kind": DelegationKind.STAND_IN, "reason": "病假", "made_at": time(), "begins_at": time()}
    maker, walker = find_user("zbz01").id, find_user("wg01")
    with transaction():
        shift.on(walker, uuid4(), time())
        db.session.add(Delegation(**lent, **people, ends_at=time().replace(day=25), maker_id=maker))
    _look()
    assert _missed("2026-11-23") == set()

    _at(time, 2026, 11, 23, 17, 0)
    _look()
    time.move(hours=-1)
    _look()
    time.move(hours=2)
    _look()

    assert _missed("2026-11-23") == WORKERS - {"wg01", "wg02"}
    desk = select(Notice).where(Notice.user_id == find_user("dd01").id, Notice.title.contains("没有巡查"))
    assert len(db.session.scalars(desk).all()) == len(WORKERS) - 2
    _at(time, 2026, 11, 28, 20, 0)  # a Saturday; no worker ran since Monday
    _look()
    days = {key.rsplit(":", 1)[1] for key in db.session.scalars(select(Alarm.key))}
    assert days == {"2026-11-23", "2026-11-25", "2026-11-26", "2026-11-27"}  # three days are looked at later


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_has_two_grids_is_told_of_once_and_nobody_else_is_forgotten(app: Flask, time: Clock) -> None:
    [held] = db.session.scalars(select(UserPost).where(UserPost.user_id == find_user("wg06").id))
    other = find_user("wg05").id
    with transaction():
        db.session.add(UserPost(user_id=other, post=held.post, area_id=held.area_id))
    _look()
    _at(time, 2026, 11, 23, 17, 0)
    _look()

    assert _missed("2026-11-23") == WORKERS
    theirs = select(Alarm.key).where(Alarm.user_id == other)
    assert len(db.session.scalars(theirs).all()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_hour_is_the_streets_own(app: Flask, time: Clock) -> None:
    with transaction():
        procedure_rule.put(None, net.current().find(STREET), Wanted(Rule.PATROL_HOUR, value=11))
    _look()
    _at(time, 2026, 11, 23, 11, 0)
    _look()

    assert _missed("2026-11-23") == WORKERS


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_photos_that_never_come_are_told_of_once(app: Flask, time: Clock) -> None:
    _look()
    time.move(minutes=5)
    promised = [{"sha256": sha256(jpeg(n)).hexdigest(), "role": "near"} for n in range(3)]
    [_, late, _] = [make_event(photos=photos).id for photos in ([promised[0]], [promised[1]], [])]
    assert Person(app, "wg01").upload(jpeg(0)).status_code == 201
    time.move(hours=23)
    _look()
    found = select(Alarm).where(Alarm.kind == AlarmKind.PHOTO)
    assert db.session.scalars(found).all() == []

    for _ in range(20):
        time.move(hours=1)
        _look()

    assert [alarm.event_id for alarm in db.session.scalars(found)] == [late]
    assert db.session.scalar(select(MediaUpload.user_id)) == find_user("wg01").id
    told = select(Notice.user_id).where(Notice.title.contains("照片没有送到"))
    assert {find_user("wg01").id, find_user("dd01").id} <= set(db.session.scalars(told))
