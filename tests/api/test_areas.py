"""Areas over HTTP: where a point lies, in every frame; regions and grids previewed, looked at, confirmed."""

from __future__ import annotations

import pytest
from flask import Flask

from grid.geo import crs
from tests.factories.drawing import VILLAGE, make_feature, make_map, make_village_grid, outline
from tests.factories.person import Person, make_report
from tests.factories.problem import assert_problem

GRIDS, REGIONS = "/api/areas/grids/imports", "/api/areas/regions/imports"
HERE = (114.7326, 22.9489)
GEOJSON = "application/geo+json"


@pytest.fixture
def admin(app: Flask) -> Person:
    return Person(app, "xt01")


def test_a_point_is_located_in_every_frame(app: Flask) -> None:
    desk = Person(app, "dd01")
    gcj02 = crs.wgs84_to_gcj02(*HERE)
    east_m, north_m = crs.project(*HERE)
    degrees = {"wgs84": HERE, "cgcs2000": HERE, "gcj02": gcj02, "bd09": crs.gcj02_to_bd09(*gcj02)}

    answers = [
        desk.get("/api/areas/locate", query_string={"lon": x, "lat": y, "datum": name})
        for name, (x, y) in degrees.items()
    ]
    told = {"east": east_m, "north": north_m, "datum": "cgcs2000_gk114"}
    answers.append(desk.get("/api/areas/locate", query_string=told))

    assert {answer.json["area"]["code"] for answer in answers} == {answers[0].json["area"]["code"]}
    assert all(answer.json["inside"] for answer in answers)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"lon": 114.7, "lat": 22.9, "datum": "cgcs2000_gk114"}, "east"),
        ({"east": 571_777, "north": 2_542_493, "datum": "wgs84"}, "lon"),
        ({"lon": 114.7, "lat": 22.9, "east": 1, "datum": "wgs84"}, "east"),
        ({"lon": 571_777, "lat": 2_542_493, "datum": "wgs84"}, "lon"),
        ({"east": "nan", "north": 2_542_493, "datum": "cgcs2000_gk114"}, "east"),
        ({"datum": "wgs84"}, "lat"),
    ],
)
def test_degrees_and_metres_are_not_mixed_up(app: Flask, told: dict[str, object], field: str) -> None:
    answer = Person(app, "dd01").get("/api/areas/locate", query_string=told)

    assert field in assert_problem(answer, 422, "invalid")["errors"]["query"]


def test_a_report_from_a_baidu_map_is_located_where_it_was(app: Flask) -> None:
    lon, lat = crs.gcj02_to_bd09(*crs.wgs84_to_gcj02(*HERE))

    answer = Person(app, "wg01").post(
        "/mobile/v1/reports", json=make_report(position={"lon": lon, "lat": lat, "datum": "bd09"})
    )

    assert answer.status_code == 201, answer.text
    event = Person(app, "dd01").event(answer.json["id"])
    assert (event["place"]["lon"], event["place"]["lat"]) == pytest.approx(HERE, abs=1e-6)


def test_reports_are_not_taken_in_metres(app: Flask) -> None:
    told = make_report(position={"datum": "cgcs2000_gk114"})

    assert_problem(Person(app, "wg01").post("/mobile/v1/reports", json=told), 422, "invalid")


def test_grids_are_previewed_drawn_and_confirmed_with_the_version_that_was_read(admin: Person) -> None:
    opened = admin.post(
        GRIDS, data=make_map(make_village_grid()), content_type=GEOJSON, query_string={"name": "村.geojson"}
    )
    assert opened.status_code == 201, opened.text
    assert (opened.json["state"]["code"], opened.json["datum"]) == ("previewed", "cgcs2000")
    path = f"{GRIDS}/{opened.json['id']}"
    etag = admin.get(path).headers["ETag"]
    [line] = admin.get(f"{path}/lines").json["items"]
    drawn = admin.get(f"{path}/map").json
    assert (line["key"], line["fate"]["code"]) == (f"{VILLAGE}001", "new")
    assert [each["properties"] for each in drawn["features"]] == [{"number": 1, "level": "grid"}]

    assert_problem(admin.post(f"{path}/confirm", json={}), 428, "precondition-required")
    assert_problem(admin.post(f"{path}/confirm", json={}, headers={"If-Match": '"0"'}), 412, "stale")
    done = admin.post(f"{path}/confirm", json={}, headers={"If-Match": etag})
    again = admin.post(f"{path}/confirm", json={}, headers={"If-Match": done.headers["ETag"]})

    assert (done.status_code, done.json["taken"]) == (200, 1)
    assert_problem(again, 409, "conflict")
    codes = [each["code"] for each in admin.get("/api/areas?level=grid").json["items"]]
    assert f"{VILLAGE}001" in codes


def test_a_flaw_is_answered_as_geojson_with_its_square_metres(admin: Person) -> None:
    shape = outline(VILLAGE).buffer(-0.001)

    opened = admin.post(GRIDS, data=make_map(make_feature(shape, community=VILLAGE)), content_type=GEOJSON)

    assert opened.json["state"]["code"] == "refused"
    path = f"{GRIDS}/{opened.json['id']}"
    features = admin.get(f"{path}/map").json["features"]
    flaws = [each for each in features if "flaw" in each["properties"]]
    assert flaws[0]["properties"]["flaw"]["code"] == "gap"
    assert flaws[0]["properties"]["area_m2"] > 1000
    etag = admin.get(path).headers["ETag"]
    assert_problem(admin.post(f"{path}/confirm", json={}, headers={"If-Match": etag}), 409, "conflict")


@pytest.mark.parametrize(
    ("data", "query", "words"),
    [
        (b"{}", {}, "FeatureCollection"),
        (make_map(make_village_grid(), crs=None), {}, "坐标系"),
        (make_map(make_village_grid()), {"datum": "cgcs2000_gk114"}, "不符"),
        (make_map(make_village_grid(), crs=None), {"datum": "cgcs2000_gk114"}, "经纬度"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    admin: Person, data: bytes, query: dict[str, str], words: str
) -> None:
    answer = admin.post(GRIDS, data=data, content_type=GEOJSON, query_string=query)

    assert words in assert_problem(answer, 422, "invalid")["detail"]


def test_a_drawing_may_be_larger_than_a_photo_and_not_larger_than_20_mb(admin: Person) -> None:
    padded = make_map(make_village_grid()).ljust(9 * 1024 * 1024)

    assert admin.post(GRIDS, data=padded, content_type=GEOJSON).status_code == 201
    assert admin.post(GRIDS, data=b" " * (21 * 1024 * 1024), content_type=GEOJSON).status_code == 413
    assert admin.post(REGIONS, data=b" " * (9 * 1024 * 1024), content_type="text/csv").status_code == 413


def test_an_import_of_one_kind_is_none_of_the_other(admin: Person) -> None:
    opened = admin.post(REGIONS, data="代码,名称\n441323002301,甲村", content_type="text/csv").json

    assert_problem(admin.get(f"{GRIDS}/{opened['id']}"), 404, "not-found")
    assert admin.get(f"{REGIONS}/{opened['id']}").status_code == 200
