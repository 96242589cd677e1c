"""The demo day: its script, its account, and a small day end to end."""

import os
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner
from shapely.geometry import Point
from sqlalchemy import text

from fixtures.columns import table
from fixtures.commands import group
from fixtures.daling import homes
from fixtures.day import script
from fixtures.day.audit import Audit, _check_event, _check_ids
from fixtures.day.ledger import Ledger
from fixtures.day.lot import AT_THE_DESK, PLACES, Blunder, Fate, Place, Sending
from fixtures.sighting import outlines
from grid.db import engine_for
from grid.geo.crs import Datum, distance_m, to_storage


def test_the_same_seed_writes_the_same_day():
    assert script.write(50, homes()) == script.write(50, homes())
    assert script.write(50, homes(), seed=1) != script.write(50, homes(), seed=2)


def test_two_hundred_reports_have_everything_in_them():
    plans = script.write(200, homes())

    assert len({plan.client_id for plan in plans}) == 200
    assert {plan.worker for plan in plans} == set(homes())
    assert {plan.fate for plan in plans} == set(Fate)
    assert {plan.blunder for plan in plans} == set(Blunder)
    assert {plan.sending for plan in plans} == set(Sending)
    assert [plan.at for plan in plans] == sorted(plan.at for plan in plans)
    assert all(script.OPENS < plan.at < script.CLOSES for plan in plans)


def test_a_tiny_day_can_be_written():
    assert len(script.write(1, homes())) == 1


def test_most_reports_lie_in_the_worker_s_own_grid():
    at_home = sum(
        outlines("grid")[homes()[p.worker]].contains_properly(point(p)) for p in script.write(200, homes())
    )

    assert 0.8 < at_home / 200 < 0.95
    assert set(Place) == {Place.HOME, *PLACES}


def point(plan):
    return Point(plan.lon, plan.lat)


def test_what_the_desk_must_see_is_not_filed_by_rule():
    plans = [plan for plan in script.write(200, homes()) if plan.fate in AT_THE_DESK]

    assert plans
    assert not any(plan.sighting.is_certain for plan in plans)


def test_a_mistaken_report_names_another_class():
    plans = [plan for plan in script.write(200, homes()) if plan.fate is Fate.MISTAKEN]

    assert plans
    assert all(plan.category != plan.sighting.category for plan in plans)


def ledger_of(count):
    ledger = Ledger(script.write(count, homes()))
    for plan in ledger.plans:
        ledger.acknowledge(plan, {"id": f"event {plan.number}"})
    return ledger


def findings_of(ledger, listed):
    done = Audit()
    _check_ids(done, ledger, listed)
    return done.findings


def test_the_account_is_right_when_every_report_is_there_once():
    assert findings_of(ledger_of(3), ["event 1", "event 2", "event 3"]) == []


def test_a_lost_report_is_found():
    assert findings_of(ledger_of(3), ["event 1", "event 3"]) == ["LOST: report 2, acknowledged as event 2"]


def test_a_doubled_report_is_found():
    found = findings_of(ledger_of(2), ["event 1", "event 2", "event 2", "event 9"])

    assert found == [
        "DOUBLED: event 2 is listed 2 times",
        "DOUBLED: event 9 was acknowledged to nobody",
    ]


def test_two_reports_in_one_event_are_found():
    ledger = ledger_of(2)
    ledger.acknowledge(ledger.plans[1], {"id": "event 1"})

    assert findings_of(ledger, ["event 1"]) == ["two reports share one event"]


def test_an_unacknowledged_report_is_found():
    ledger = Ledger(script.write(1, homes()))

    assert findings_of(ledger, []) == ["report 1 was never acknowledged"]


CLOSED = {"code": "closed", "label": "已结案"}
ENTRY = {"seq": 1, "at": "2026-11-23T09:00:00+08:00", "from": None, "to": CLOSED}
EVENT = {
    "id": "e",
    "case_no": None,
    "state": CLOSED,
    "photos": {"expected": 2, "arrived": 2},
    "tasks": [],
    "history": [ENTRY],
}


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({}, None),
        ({"state": {"code": "handling", "label": "处置中"}}, "NOT FINAL"),
        ({"photos": {"expected": 2, "arrived": 1}}, "1/2 photos"),
        ({"tasks": [{"state": {"code": "open"}}]}, "still open"),
        ({"history": [ENTRY, ENTRY | {"seq": 3, "from": CLOSED}]}, "gaps"),
        ({"history": [ENTRY, ENTRY | {"seq": 2, "from": {"code": "feedback"}}]}, "hang together"),
        ({"history": [ENTRY, ENTRY | {"seq": 2, "from": CLOSED, "at": "2026-11-23T08:00:00+08:00"}]}, "backwards"),
    ],
)
def test_a_case_is_looked_at_closely(changed, finding):
    done = Audit()

    _check_event(done, EVENT | changed)

    assert (finding is None) == (done.findings == [])
    assert finding is None or finding in done.findings[0]


def test_columns_stand_under_each_other_though_chinese_signs_are_wide():
    lines = table(["部门", "数"], [["城管", 3], ["a", 12]]).splitlines()

    assert lines == ["部门  数", "--------", "城管   3", "a     12"]


def test_a_database_that_holds_something_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'mine.db'}"
    with engine_for(url).begin() as connection:
        connection.execute(text("create table mine (id integer)"))

    result = CliRunner().invoke(group, ["day", "--database", url, "--reports", "1"])

    assert result.exit_code == 1
    assert "不是空的" in result.output


def test_a_database_that_cannot_be_opened_is_said_so(tmp_path):
    result = CliRunner().invoke(group, ["day", "--database", f"sqlite:///{tmp_path}/none/x.db", "--reports", "1"])

    assert result.exit_code == 1
    assert "打不开数据库" in result.output


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "letter").touch()

    result = CliRunner().invoke(group, ["day", "--keep", str(tmp_path), "--reports", "1"])

    assert result.exit_code == 1
    assert "不是空文件夹" in result.output


def test_a_small_day_ends_with_every_report_accounted_for(tmp_path):
    keep = tmp_path / "day"

    result = CliRunner().invoke(group, ["day", "--reports", "12", "--keep", str(keep)])

    assert result.exit_code == 0, result.output
    assert "12 件上报全部有去处" in result.output
    with engine_for(f"sqlite:///{keep / 'wangge.db'}").connect() as connection:
        states = Counter(connection.execute(text("select state from event")).scalars())
        times = connection.execute(text("select min(at), max(at) from event_log")).one()
    assert sum(states.values()) == 12
    assert set(states) <= {"closed", "rejected", "voided"}
    assert all(moment.startswith("2026-11-23") for moment in times)
    assert str(keep) not in running()


def running():
    """What our processes were started with."""
    return "".join(environment(pid) for pid in os.listdir("/proc") if pid.isdigit() and pid != str(os.getpid()))


def environment(pid):
    try:
        with open(f"/proc/{pid}/environ", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def test_a_plan_can_be_sent_in_gcj02_and_means_the_same_place():
    plan = replace(script.write(1, homes())[0], datum=Datum.GCJ02)
    told = plan.body([])["position"]

    assert distance_m(*to_storage(told["lon"], told["lat"], Datum.GCJ02), plan.lon, plan.lat) < 0.1
    assert distance_m(told["lon"], told["lat"], plan.lon, plan.lat) > 100
