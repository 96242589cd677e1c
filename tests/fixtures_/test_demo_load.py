"""Daling in a database, and the live cases of the first look."""

import hashlib
from collections import Counter

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from fixtures import branches, daling, live
from fixtures.picture import picture
from grid.accounts.password import UNUSABLE
from grid.accounts.user import User, automaton
from grid.areas import net
from grid.areas.area import Area, Cell, Level
from grid.db import db, transaction
from grid.errors import Conflict, Forbidden, Invalid
from grid.events import rulebook
from grid.events.event import Event, EventLog
from grid.events.photo import EventPhoto
from grid.events.request import EventRequest, RequestKind, RequestState
from grid.events.state import State
from grid.events.whistle import Whistle
from grid.geo.crs import Datum
from grid.job.job import Job
from grid.media.image import decode
from wsgi import create_app


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_the_tree_runs_from_the_province_to_fourteen_grids(app):
    nodes = net.current().by_id.values()
    levels = [node.level for node in nodes]

    assert {level: levels.count(level) for level in Level} == {
        Level.PROVINCE: 1,
        Level.CITY: 1,
        Level.COUNTY: 1,
        Level.STREET: 1,
        Level.COMMUNITY: 7,
        Level.VILLAGE: 12,
        Level.GRID: 14,
    }


def test_a_point_of_the_town_lies_in_a_grid_and_one_of_a_village_in_the_village(app):
    town = net.current().locate(114.72, 22.95, Datum.CGCS2000)
    village = next(node for node in net.current().by_id.values() if node.level is Level.VILLAGE)
    inside = village.boundary.representative_point()

    assert town.area.level is Level.GRID
    assert net.current().locate(inside.x, inside.y, Datum.CGCS2000).area == village


def test_every_grid_has_a_size(app):
    sizes = db.session.scalars(select(Cell.area_m2)).all()

    assert len(sizes) == 14
    assert 12e6 < sum(sizes) < 18e6


def test_a_single_plain_condition_is_filed_and_dispatched_by_rule(app):
    category = rulebook.current().find("E0406")
    condition = rulebook.choose_condition(category)
    street = net.current().find(daling.STREET)

    assert condition.is_certain
    assert rulebook.choose_department(category, condition.value.id, street.path).value.department_code == "cg"


def test_a_smaller_area_beats_the_street(app):
    category = rulebook.current().find("E0406")
    market = net.current().find("441323002005001")

    choice = rulebook.choose_department(category, category.conditions[0].id, market.path)

    assert (choice.value.department_code, choice.is_certain) == ("sj", True)


def test_a_condition_beats_none(app):
    category = rulebook.current().find("E0410")
    street = net.current().find(daling.STREET)
    chosen = [rulebook.choose_department(category, c.id, street.path).value for c in category.conditions]

    assert [entry.department_code for entry in chosen] == ["ga", "cg"]


def test_two_departments_that_fit_equally_need_a_person(app):
    category = rulebook.current().find("E0126")
    street = net.current().find(daling.STREET)

    choice = rulebook.choose_department(category, category.conditions[0].id, street.path)

    assert not choice.is_certain
    assert "需人工确认" in choice.reason
    assert [entry.department_code for entry, _ in choice.alternatives] == ["sw"]


def test_the_automaton_cannot_sign_in(app):
    assert automaton().password_hash == UNUSABLE


def test_loading_twice_is_a_conflict_and_changes_nothing(app):
    before = count(Area), count(User)

    with pytest.raises(Conflict), transaction():
        daling.load()

    assert (count(Area), count(User)) == before


def test_outside_a_demo_nothing_is_loaded(app, monkeypatch):
    monkeypatch.delenv("WANGGE_DEMO")

    with pytest.raises(Forbidden), transaction():
        daling.load()


def test_the_command_fills_a_migrated_database_once(tmp_path, time):
    app = create_app({"DATA": str(tmp_path), "DEMO": True})
    net.forget()
    rulebook.forget()
    with app.app_context():
        upgrade()
        first = app.test_cli_runner().invoke(args=["demo", "load"])
        second = app.test_cli_runner().invoke(args=["demo", "load"])
        states = dict(db.session.execute(select(Event.state, func.count()).group_by(Event.state)).all())
        photos = db.session.scalars(select(EventPhoto)).all()
        history = db.session.scalars(select(EventLog)).all()
        store = app.extensions["media_store"]
        wanted = Counter(live.WANTED) + Counter(b.ends for b in branches.BRANCHES) + Counter(branches.BESIDE)

        assert first.exit_code == 0, first.output
        assert f"{sum(wanted.values())} 个案卷" in first.output
        assert (second.exit_code, "已经有数据" in second.output) == (1, True)
        assert states == wanted
        assert set(states) == set(State)
        requests = db.session.scalars(select(EventRequest).where(EventRequest.state == RequestState.PENDING)).all()
        assert {request.kind for request in requests} == {RequestKind.EXTENSION, RequestKind.VOID}
        assert [blown.closed_at for blown in db.session.scalars(select(Whistle))] == [None]
        assert all(photo.has_arrived and store.has(photo.sha256) for photo in photos)
        assert all(entry.is_intact() and entry.at <= time.at for entry in history)
        assert db.session.scalar(select(func.count()).where(Job.done_at.is_(None))) == 0
        db.engine.dispose()


@pytest.mark.parametrize("category", ["C0101", "C0137", "E0120", "E0126", "E0406", "E0410", "E0201"])
def test_pictures_are_photos_and_each_is_different(category):
    roles = ("near", "far", "after", "check")
    shown = [picture("here", category, role, "2026-11-23 10:00") for role in roles]

    for data in shown:
        decoded = decode(data)
        assert (decoded.media_type, decoded.width, decoded.height) == ("image/jpeg", 960, 720)
    assert len({hashlib.sha256(data).hexdigest() for data in shown}) == len(roles)
    assert picture("here", category, "near", "2026-11-23 10:00") == shown[0]


def test_a_cut_picture_is_refused():
    data = picture("here", "E0406", "near", "")

    with pytest.raises(Invalid):
        decode(data[: len(data) * 2 // 3])
