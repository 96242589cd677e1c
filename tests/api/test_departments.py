"""Departments over HTTP: opened, renamed, closed when nothing lies with them; imported; posts to look at."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Flask

from fixtures.daling import STREET
from tests.factories.census import census
from tests.factories.event import make_event
from tests.factories.person import Person
from tests.factories.problem import assert_problem

PARKS = {"code": "yl", "name": "大岭园林所", "area": STREET}


def put(admin: Person, code: str, **told: Any) -> Any:
    answer = admin.get(f"/api/departments/{code}")
    body = {"name": answer.json["name"], "active": answer.json["active"]} | told
    return admin.put(f"/api/departments/{code}", json=body, headers={"If-Match": answer.headers["ETag"]})


def take(admin: Person, text: str) -> Any:
    found = admin.post("/api/departments/imports", data=text.encode(), content_type="text/csv").json
    path = f"/api/departments/imports/{found['id']}"
    lines = admin.get(f"{path}/lines").json["items"]
    etag = admin.get(path).headers["ETag"]
    return lines, admin.post(f"{path}/confirm", json={}, headers={"If-Match": etag})


def test_a_department_is_opened_once_however_often_it_is_asked(app: Flask) -> None:
    admin, key = Person(app, "xt01"), {"Idempotency-Key": str(uuid4())}

    answers = [admin.post("/api/departments", json=PARKS, headers=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert_problem(admin.post("/api/departments", json=PARKS), 409, "conflict", "code")
    assert {"code": "yl", "name": "大岭园林所"} in admin.get("/api/departments").json["items"]


def test_two_departments_of_one_name_in_one_place_cannot_be(app: Flask) -> None:
    admin = Person(app, "xt01")

    twin = admin.post("/api/departments", json=PARKS | {"name": "大岭城管中队"})

    assert_problem(twin, 409, "conflict", "name")


def test_a_department_with_cases_in_hand_is_not_closed(app: Flask) -> None:
    admin = Person(app, "xt01")
    make_event(state="handling", department="cg")
    make_event(state="pending_sign", department="cg")

    refused = put(admin, "cg", active=False)

    told = assert_problem(refused, 409, "conflict")
    assert told["count"] == 2 and "2 个" in told["detail"]
    assert put(admin, "xf", active=False).json["active"] is False


def test_a_closed_department_is_offered_no_more_and_may_come_back(app: Flask) -> None:
    admin = Person(app, "xt01")
    put(admin, "xf", active=False)

    codes = {one["code"] for one in admin.get("/api/departments").json["items"]}
    back = put(admin, "xf", active=True)

    assert "xf" not in codes and back.json["active"] is True


def test_the_rules_speak_of_a_department_by_its_new_name(app: Flask) -> None:
    admin = Person(app, "xt01")
    put(admin, "ga", name="大岭派出所（新）")

    answer = Person(app, "dd01").post("/api/rules/try", json={"category": "E0410", "area": STREET})

    assert answer.json["dispatch"]["department"]["name"] == "大岭派出所（新）"


def test_a_table_of_departments_is_previewed_and_confirmed(app: Flask) -> None:
    admin = Person(app, "xt01")

    lines, done = take(
        admin, f"代码,名称,所属区域\ncg,城管大队,{STREET}\nyl,大岭园林所,{STREET}\nga,大岭派出所,{STREET}"
    )

    assert [line["fate"]["code"] for line in lines] == ["changed", "new", "unchanged"]
    assert (done.status_code, done.json["taken"]) == (200, 2)
    names = {one["code"]: one["name"] for one in admin.get("/api/departments").json["items"]}
    assert (names["cg"], names["yl"]) == ("城管大队", "大岭园林所")


def test_faulty_rows_are_refused_with_their_cells(app: Flask) -> None:
    rows = {
        f",无代码,{STREET}": "A2",
        f"a b,空格,{STREET}": "A3",
        f"y1,,{STREET}": "B4",
        f"y2,{'长' * 61},{STREET}": "B5",
        "y3,无此区域,999": "C6",
        f"y4,大岭城管中队,{STREET}": "B7",
        "cg,大岭城管中队,441323002001": "C8",
    }
    admin, before = Person(app, "xt01"), census("import_preview", "trail_entry")

    lines, done = take(admin, "\n".join(["代码,名称,所属区域", *rows]))

    assert [line["fate"]["code"] for line in lines] == ["refused"] * len(rows)
    assert [line["reasons"][0]["cell"] for line in lines] == list(rows.values())
    assert_problem(done, 422, "invalid", "lines")
    assert census("import_preview", "trail_entry") == before


def test_a_code_that_stands_twice_is_refused(app: Flask) -> None:
    lines, _ = take(Person(app, "xt01"), f"代码,名称,所属区域\nyl,园林所,{STREET}\nYL,绿化所,{STREET}")

    assert [line["fate"]["code"] for line in lines] == ["new", "refused"]


def test_posts_are_told_in_words(app: Flask) -> None:
    posts = {post["code"]: post for post in Person(app, "xt01").get("/api/posts").json["items"]}

    assert "automaton" not in posts
    assert {"code": "event:dispatch", "label": "派遣", "relations": ["本区域的"]} in posts["dispatcher"]["grants"]
    assert [code for code, post in posts.items() if post["by_command"]] == ["security_admin", "audit_admin"]
