"""The demo month: its agenda and its replay; a small month with every branch in it, and the whole one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text, update

from fixtures.commands import group
from fixtures.month import replay
from fixtures.month.agenda import Agenda
from fixtures.month.branch import BRANCHES
from fixtures.month.play import deal
from fixtures.month.span import BEGINS, DOWN, TICK, UP, awake
from grid.clock import local
from grid.db import db, engine_for
from grid.events.event import Event
from tests.conftest import Clock
from tests.factories.event import fresh, make_event
from wsgi import create_app


def test_stories_go_on_side_by_side_in_the_order_of_their_moments() -> None:
    agenda, seen = Agenda(), []

    def story(name: str, wait: timedelta) -> Iterator[timedelta]:
        for _ in range(2):
            seen.append((name, agenda.now - BEGINS))
            yield wait

    agenda.begin(story("a", TICK), BEGINS)
    agenda.begin(story("b", TICK / 2), BEGINS)
    agenda.begin(story("c", TICK * 3), BEGINS + TICK * 2)
    ticks: list[Any] = []
    agenda.run(BEGINS + TICK * 3, ticks.append)

    zero = timedelta()
    assert seen == [("a", zero), ("b", zero), ("a", TICK), ("b", TICK), ("c", TICK * 2)]
    assert ticks == [BEGINS + TICK * n for n in range(3)]
    assert agenda.now == BEGINS + TICK * 3


@pytest.mark.parametrize("hours", range(0, 24, 2))
def test_nobody_works_at_night(hours: int) -> None:
    at = BEGINS + timedelta(hours=hours)

    there = local(awake(at))

    assert UP <= there.time() <= DOWN
    assert there == at or there - at < timedelta(hours=11)


def test_a_small_month_deals_every_branch() -> None:
    assert {branch.name for branch in deal(1)} == {branch.name for branch in BRANCHES}
    assert len(deal(3000)) == 3000


# Rules, not the database: one is enough.
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@one_database
@pytest.mark.parametrize("state", ["handling", "suspended", "closed", "force_closed", "merged", "arbitration"])
def test_a_case_follows_from_its_history(app: Flask, state: str) -> None:
    assert replay.explain(fresh(make_event(state=state))) == ""


@one_database
def test_a_case_that_does_not_follow_from_its_history_is_named(app: Flask, time: Clock) -> None:
    event = make_event(state="handling")
    db.session.execute(update(Event).where(Event.id == event.id).values(state="feedback"))
    db.session.commit()

    assert "state" in replay.explain(fresh(event))


def play(*words: str, folder: Path) -> Result:
    told = ["month", "--keep", str(folder), *words]
    return CliRunner().invoke(group, told, obj=ScriptInfo(create_app=create_app))  # type: ignore[arg-type]


def counted(output: str) -> dict[str, int]:
    """The table at the end."""
    return {row[1]: int(row[2]) for row in re.finditer(r"^(\S.*?) {2,}(\d+)$", output, re.MULTILINE)}


def test_a_small_month_has_every_branch_and_explains_every_case(tmp_path: Path) -> None:
    done = play("--reports", "50", folder=tmp_path / "month")

    assert done.exit_code == 0, done.output
    found = counted(done.output)
    assert len(found) > 80 and all(found.values())
    with engine_for(f"sqlite:///{tmp_path / 'month' / 'wangge.db'}").begin() as connection:
        states = set(connection.execute(text("select distinct state from event")).scalars())
    assert states <= {"closed", "rejected", "voided", "force_closed", "merged"}


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_whole_month_of_three_thousand(tmp_path: Path) -> None:
    done = play(folder=tmp_path / "month")

    assert done.exit_code == 0, done.output
    with engine_for(f"sqlite:///{tmp_path / 'month' / 'wangge.db'}").begin() as connection:
        assert connection.execute(text("select count(*) from event")).scalar_one() >= 2900
