"""Reports: located in their grid in any datum, flagged where a person should look twice, refused when absurd."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from grid.areas import net
from grid.db import db, transaction
from grid.errors import Invalid
from grid.events import reporting
from grid.events.event import Event
from grid.events.place import Position
from grid.events.reporting import Report
from grid.geo.crs import Datum, distance_m, gcj02_to_bd09, wgs84_to_gcj02
from tests.conftest import Clock
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.event import fresh, spot

GRID = "441323002001001"
PHOTO = {"sha256": "a" * 64, "role": "near"}


def _submit(
    time: Clock, *, at: tuple[float, float] | None = None, datum: Datum = Datum.CGCS2000, **told: Any
) -> Event:
    """A report of wg01, taken in. at: lon, lat."""
    lon, lat = at or spot(GRID)
    position = Position(lon, lat, datum, told.pop("accuracy_m", 8.0))
    values = {"category": "E0410", "occurred_at": time(), "photos": [PHOTO]} | told
    author = find_user("wg01")
    with transaction():
        outcome = reporting.submit(author, Report(client_id=uuid4(), position=position, **values))
    return fresh(db.session.get_one(Event, UUID(outcome.result["id"])))


def _area(event: Event) -> str:
    return net.current().by_id[event.area_id].code


@pytest.mark.parametrize("area", ["441323002001001", "441323002003002", "441323002006001", "441323002205"])
def test_the_same_place_in_any_datum_lands_in_the_same_grid(app: Flask, time: Clock, area: str) -> None:
    lon, lat = spot(area)
    gcj02 = wgs84_to_gcj02(lon, lat)
    assert distance_m(lon, lat, *gcj02) > 300  # taken for WGS-84, it would be another street

    events = [
        _submit(time, at=(lon, lat), datum=Datum.WGS84),
        _submit(time, at=gcj02, datum=Datum.GCJ02),
        _submit(time, at=gcj02_to_bd09(*gcj02), datum=Datum.BD09),
    ]

    assert {_area(event) for event in events} == {area}
    assert all(distance_m(event.lon, event.lat, lon, lat) < 1 for event in events)
    assert (events[1].raw_lon, events[1].raw_lat, events[1].datum) == (*gcj02, "gcj02")


def test_a_clean_report_has_no_flags(app: Flask, time: Clock) -> None:
    assert _submit(time).flags == {}


def test_a_village_without_grids_takes_the_report_itself(app: Flask, time: Clock) -> None:
    event = _submit(time, at=spot("441323002205"))

    assert _area(event) == "441323002205"
    assert set(event.flags) == {"no_grid", "outside_mine"}


def test_a_place_just_outside_the_net_goes_to_the_nearest_leaf_and_says_how_far(app: Flask, time: Clock) -> None:
    event = _submit(time, at=(114.797, 22.97))

    assert _area(event) == "441323002209"
    assert "米" in event.flags["outside_net"]


@pytest.mark.parametrize("accuracy_m, is_flagged", [(None, False), (0.0, False), (100.0, False), (100.5, True)])
def test_a_bad_fix_is_flagged(app: Flask, time: Clock, accuracy_m: float | None, is_flagged: bool) -> None:
    assert ("low_accuracy" in _submit(time, accuracy_m=accuracy_m).flags) is is_flagged


@pytest.mark.parametrize(
    "ahead, is_flagged", [(-timedelta(days=3), False), (timedelta(minutes=5), False), (timedelta(minutes=6), True)]
)
def test_a_phone_whose_clock_runs_ahead_is_flagged(
    app: Flask, time: Clock, ahead: timedelta, is_flagged: bool
) -> None:
    assert ("clock_skew" in _submit(time, occurred_at=time() + ahead).flags) is is_flagged


def test_a_report_without_photos_is_flagged(app: Flask, time: Clock) -> None:
    assert set(_submit(time, photos=[]).flags) == {"no_photo"}


@pytest.mark.parametrize(
    "at",
    [
        pytest.param((0.0, 0.0), id="null island"),
        pytest.param((22.95382, 114.72107), id="swapped"),
        pytest.param((116.39, 39.9), id="Beijing"),
        pytest.param((114.72, -22.95), id="other hemisphere"),
        pytest.param((114.92, 22.95), id="12 km away"),
        pytest.param((12_770_000.0, 2_620_000.0), id="metres"),
    ],
)
@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02])
def test_absurd_places_are_refused_and_leave_nothing(
    app: Flask, time: Clock, at: tuple[float, float], datum: Datum
) -> None:
    before = census()

    with pytest.raises(Invalid) as refused:
        _submit(time, at=at, datum=datum)

    assert refused.value.field == "position"
    assert census() == before


def test_when_it_happened_and_when_it_arrived_are_kept_apart(app: Flask, time: Clock) -> None:
    happened = time() - timedelta(hours=5)

    event = _submit(time, occurred_at=happened)

    assert (event.occurred_at, event.reported_at) == (happened, time())
