"""People over HTTP: found, opened, changed, stopped; numbers masked; passwords told once; an error sheet."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import PASSWORD, STREET
from grid.db import db
from grid.trail.entry import TrailEntry
from tests.factories.account import find_user, make_user
from tests.factories.census import census
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again
from tests.factories.staff import GRID, OTHER_GRID, make_person, staff_xlsx

WORKER: dict[str, Any] = {
    "name": "秦小满",
    "department": None,
    "posts": [{"post": "grid_worker", "areas": [GRID, OTHER_GRID]}],
}


def add(admin: Person, **told: Any) -> Any:
    return admin.post("/api/users", json=WORKER | {"username": "wg81", "mobile": "10012340001"} | told)


def put(admin: Person, username: str, **told: Any) -> Any:
    etag = admin.get(f"/api/users/{username}").headers["ETag"]
    return admin.put(f"/api/users/{username}", json=WORKER | told, headers={"If-Match": etag})


def upload(admin: Person, data: bytes) -> Any:
    answer = admin.post("/api/users/imports?name=人员.xlsx", data=data, content_type="application/octet-stream")
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_new_account_gets_a_first_password_once(app: Flask) -> None:
    admin, key = Person(app, "xt01"), {"Idempotency-Key": str(uuid4())}
    told = WORKER | {"username": "wg81"}

    first = admin.post("/api/users", json=told, headers=key)
    again = admin.post("/api/users", json=told, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert len(first.json["password"]) == 12 and again.json["password"] is None
    assert (first.json["must_change_password"], len(first.json["posts"])) == (True, 2)


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"username": "dd01"}, 409, "username"),
    ({"username": "DD01"}, 409, "username"),
    ({"username": "a b"}, 422, "username"),
    ({"mobile": "12"}, 422, "mobile"),
    ({"posts": []}, 422, "posts"),
    ({"posts": [{"post": "mayor", "areas": [GRID]}]}, 422, "post"),
    ({"posts": [{"post": "audit_admin", "areas": [STREET]}]}, 422, "posts"),
    ({"posts": [{"post": "clerk", "areas": [STREET]}]}, 422, "posts"),
    ({"department": "nowhere"}, 422, "department"),
    ({"session_version": 9}, 422, "session_version"),
    ({"must_change_password": False}, 422, "must_change_password"),
]


def test_an_account_that_cannot_be_is_not_opened(app: Flask) -> None:
    admin, before = Person(app, "xt01"), census()

    for told, status, field in REFUSED:
        assert_problem(add(admin, **told), status, "conflict" if status == 409 else "invalid", field)
    assert census() == before


def test_a_number_stands_once_and_is_masked_until_somebody_says_why(app: Flask) -> None:
    admin = Person(app, "xt01")
    assert add(admin).json["mobile"] == "100****0001"

    assert_problem(add(admin, username="wg82"), 409, "conflict", "mobile")
    assert_problem(admin.post("/api/users/wg81/reveal", json={"purpose": ""}), 422, "invalid", "purpose")
    shown = admin.post("/api/users/wg81/reveal", json={"purpose": "通知开会"})

    assert shown.json == {"mobile": "10012340001"}
    look_again()
    [entry] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "account:reveal_mobile"))
    assert (entry.object_id, entry.data) == ("wg81", {"purpose": "通知开会"})


def test_changing_posts_ends_the_sessions_and_a_name_does_not(app: Flask) -> None:
    admin = Person(app, "xt01")
    make_user("wg81", "grid_worker", area=GRID)
    worker = Person(app, "wg81")
    same = [{"post": "grid_worker", "areas": [GRID]}]

    assert put(admin, "wg81", posts=same, name="秦大满").status_code == 200
    assert worker.get("/api/me").json["name"] == "秦大满"
    changed = put(admin, "wg81", mobile="10012340009")

    assert (changed.status_code, len(changed.json["posts"])) == (200, 2)
    assert_problem(worker.get("/api/me"), 401, "unauthenticated")


def test_a_stopped_account_cannot_sign_in_and_may_come_back(app: Flask) -> None:
    admin = Person(app, "xt01")
    make_user("wg81", "grid_worker", area=GRID)

    assert put(admin, "wg81", active=False).json["active"] is False
    refused = Caller(app).post("/api/sessions", json={"username": "wg81", "password": PASSWORD})
    assert put(admin, "wg81", active=True).json["active"] is True

    assert refused.status_code == 401
    assert Person(app, "wg81").get("/api/me").status_code == 200


def test_an_edit_without_the_version_or_with_an_old_one_is_refused(app: Flask) -> None:
    admin = Person(app, "xt01")
    make_user("wg81", "grid_worker", area=GRID)
    before = census()

    for path in ("/api/users/wg81", "/api/departments/cg"):
        body = WORKER if "users" in path else {"name": "城管", "active": True}
        assert_problem(admin.put(path, json=body), 428, "precondition-required")
        assert_problem(admin.put(path, json=body, headers={"If-Match": '"0"'}), 412, "stale")
    reset = "/api/users/wg81/password-reset"
    assert_problem(admin.post(reset), 428, "precondition-required")
    assert_problem(admin.post(reset, headers={"If-Match": '"0"'}), 412, "stale")
    assert census() == before


def test_nobody_changes_his_own_posts_state_or_password_here(app: Flask) -> None:
    admin = Person(app, "xt01")
    own = [{"post": "system_admin", "areas": [STREET]}]
    etag = admin.get("/api/users/xt01").headers["ETag"]

    more = put(admin, "xt01", posts=[*own, {"post": "leader", "areas": [STREET]}])
    assert_problem(more, 403, "forbidden")
    assert_problem(put(admin, "xt01", posts=own, active=False), 403, "forbidden")
    assert_problem(admin.post("/api/users/xt01/password-reset", headers={"If-Match": etag}), 403, "forbidden")
    assert put(admin, "xt01", posts=own, name="管系统二").status_code == 200


@pytest.mark.parametrize("username", ["aq01", "sj99"])
def test_those_who_watch_are_out_of_her_reach(app: Flask, username: str) -> None:
    admin = Person(app, "xt01")
    etag = admin.get(f"/api/users/{username}").headers["ETag"]

    assert_problem(put(admin, username), 403, "forbidden")
    assert_problem(
        admin.post(f"/api/users/{username}/password-reset", headers={"If-Match": etag}), 403, "forbidden"
    )


def test_the_account_of_the_rules_is_not_there(app: Flask) -> None:
    admin = Person(app, "xt01")

    assert_problem(admin.get("/api/users/automaton"), 404, "not-found")
    assert admin.get("/api/users?q=automaton").json["items"] == []


def test_people_are_found_by_words_post_department_area_and_state(app: Flask) -> None:
    admin = Person(app, "xt01")

    def names(query: str) -> list[str]:
        return [one["username"] for one in admin.get(f"/api/users?{query}").json["items"]]

    assert names("q=田小禾") == ["wg01"]
    assert names("q=CG0") == ["cg01"]
    assert names("q=100%25") == []
    assert names("department=xf") == ["xf01"]
    assert names(f"post=grid_worker&area={GRID}") == ["wg01"]
    assert names("state=stopped") == []
    assert_problem(admin.get("/api/users?area=1"), 404, "not-found")


def test_pages_together_are_the_whole_list_each_account_once(app: Flask) -> None:
    admin, found, after = Person(app, "xt01"), [], ""
    while after is not None:
        page = admin.get(f"/api/users?limit=7&after={after}").json
        found += [one["username"] for one in page["items"]]
        after = page["next"]

    assert found == [one["username"] for one in admin.get("/api/users?limit=100").json["items"]]
    assert len(found) == len(set(found)) > 20


def test_a_page_asks_the_database_a_fixed_number_of_times(app: Flask, count_queries: Any) -> None:
    admin = Person(app, "xt01")
    admin.get("/api/users?limit=1")  # the net and the posts are in memory from now on
    counts = []
    for limit in (2, 30):
        with count_queries() as statements:
            admin.get(f"/api/users?limit={limit}")
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 5


def test_an_imported_sheet_comes_back_with_its_faults_marked(app: Flask) -> None:
    admin = Person(app, "xt01")
    found = upload(admin, staff_xlsx(make_person(), make_person(账号="wg82", 手机号="12", 姓名="=1+1 的人")))

    answer = admin.get(f"/api/users/imports/{found['id']}/errors.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][-1] == "问题" and rows[1][-1] is None
    assert "公式" in rows[2][-1] and "11 位" in rows[2][-1]
    red = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00F8C9C9"]
    assert red == ["B3", "C3"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_marked_sheet_mended_goes_in(app: Flask) -> None:
    admin = Person(app, "xt01")
    found = upload(admin, staff_xlsx(make_person(), make_person(账号="wg82", 手机号="12")))
    returned = admin.get(f"/api/users/imports/{found['id']}/errors.xlsx").data

    workbook = openpyxl.load_workbook(io.BytesIO(returned))
    workbook.active["C3"] = "10012340002"
    out = io.BytesIO()
    workbook.save(out)
    mended = upload(admin, out.getvalue())

    assert {one["code"]: one["count"] for one in mended["counts"]}["new"] == 2
    again = admin.get(f"/api/users/imports/{mended['id']}/errors.xlsx").data
    heading = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(again)).active.iter_rows())]
    assert heading.count("问题") == 1


def test_a_confirmed_import_tells_the_first_passwords_once(app: Flask) -> None:
    admin, key = Person(app, "xt01"), str(uuid4())
    found = upload(admin, staff_xlsx(make_person()))
    path = f"/api/users/imports/{found['id']}"
    headers = {"If-Match": admin.get(path).headers["ETag"], "Idempotency-Key": key}

    first = admin.post(f"{path}/confirm", json={}, headers=headers)
    again = admin.post(f"{path}/confirm", json={}, headers=headers)

    sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(first.json["password_sheet"]))).active
    [_, (username, name, password)] = sheet.iter_rows(values_only=True)
    assert (username, name, len(password)) == ("wg81", "秦小满", 12)
    assert (again.status_code, again.json["password_sheet"], again.json["taken"]) == (200, None, 1)
    assert admin.get(path).json["password_sheet"] is None


def test_confirming_needs_the_version(app: Flask) -> None:
    admin = Person(app, "xt01")
    path = f"/api/users/imports/{upload(admin, staff_xlsx(make_person()))['id']}/confirm"
    before = census()

    assert_problem(admin.post(path, json={}), 428, "precondition-required")
    assert_problem(admin.post(path, json={}, headers={"If-Match": '"0"'}), 412, "stale")
    assert census() == before


def test_a_preview_of_one_kind_is_not_there_for_another(app: Flask) -> None:
    admin = Person(app, "xt01")
    found = upload(admin, staff_xlsx(make_person()))

    assert_problem(admin.get(f"/api/departments/imports/{found['id']}"), 404, "not-found")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n\0\0", "甲,乙\n1,2".encode()])
def test_a_file_beyond_use_is_refused_and_nothing_is_kept(app: Flask, data: bytes) -> None:
    admin, before = Person(app, "xt01"), census()

    answer = admin.post("/api/users/imports", data=data, content_type="application/octet-stream")

    assert "什么都没有导入" in assert_problem(answer, 422, "invalid", "file")["detail"]
    assert census() == before


def test_a_new_first_password_replaces_the_old_one(app: Flask) -> None:
    admin = Person(app, "xt01")
    make_user("wg81", "grid_worker", area=GRID)
    worker = Person(app, "wg81")
    etag = admin.get("/api/users/wg81").headers["ETag"]

    told = admin.post("/api/users/wg81/password-reset", headers={"If-Match": etag}).json

    assert_problem(worker.get("/api/me"), 401, "unauthenticated")
    signed_in = Caller(app).post("/api/sessions", json={"username": "wg81", "password": told["password"]})
    assert signed_in.json["user"]["must_change_password"] is True
    assert find_user("wg81").version > 1
