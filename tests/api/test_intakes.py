"""受理台: calls, visits and 12345 orders become cases, or join one; who told them is called back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from grid.areas import area as areas
from grid.areas.area import Area, Level
from grid.db import db, transaction
from grid.events.event import Event
from grid.events.origin import EventOrigin
from grid.sync.op import Op
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories import street
from tests.factories.account import make_user
from tests.factories.event import make_event
from tests.factories.intake import PATH, PHONE, SPOT, make_call, make_order, reply, take_in
from tests.factories.person import Person, make_report
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again


def _trail(action: str) -> list[dict[str, Any]]:
    look_again()
    return list(db.session.scalars(select(TrailEntry.data).where(TrailEntry.action == action)))


def test_a_call_becomes_a_case_and_its_caller_is_masked(app: Flask) -> None:
    desk = Person(app, "slr01")

    told = take_in(desk, said=f"富祥路口有人摆摊，我电话 {PHONE}")
    shown = desk.event(told["case"]["id"])

    assert told["caller"] == {"name": "陈**", "phone": "100****0001", "anonymous": False}
    assert (shown["source"]["code"], shown["reporter"]["username"]) == ("call", "slr01")
    assert shown["description"] == told["said"] == "富祥路口有人摆摊，我电话 100****0001"
    assert [one["caller"] for one in shown["origins"]] == [told["caller"]]
    assert [one["code"] for one in shown["flags"]] == []


def test_nothing_of_the_caller_stands_open_in_the_database(app: Flask) -> None:
    take_in(Person(app, "slr01"), name="欧阳雀鸣", said=f"电话 {PHONE}，我是欧阳雀鸣")
    look_again()

    for table in ("event", "event_origin", "event_log", "op", "trail_entry", "job"):
        rows = str(db.session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
        assert PHONE not in rows, table
        assert "欧阳雀鸣" not in rows or table in ("event", "job"), table


def test_no_number_stands_open_in_place_or_reply_either(app: Flask) -> None:
    desk = Person(app, "slr01")
    told = take_in(desk, said="我是100 1234 0001", address=f"富祥路12号（{PHONE}）", category="E0406")
    Person(app, "ld01").steps(told["case"]["id"], ("force_close", {"note": "已现场处理"}))

    answered = reply(desk, told, words=f"已打 {PHONE} 告知").json

    assert answered["said"] == answered["case"]["description"] == "我是100****0001"
    assert answered["case"]["place"]["address"] == "富祥路12号（100****0001）"
    assert answered["reply"] == "已打 100****0001 告知"


def test_who_told_it_is_revealed_for_a_purpose_with_a_trail(app: Flask) -> None:
    desk = Person(app, "slr01")
    told = take_in(desk)

    answer = desk.post(f"{PATH}/{told['id']}/reveal", json={"purpose": "回电告知结果"})

    assert answer.json == {"name": "陈先生", "phone": PHONE, "said": "富祥路口有人摆摊，路都走不过去"}
    assert _trail("intake:reveal") == [{"purpose": "回电告知结果", "event": told["case"]["id"]}]
    assert_problem(desk.post(f"{PATH}/{told['id']}/reveal", json={"purpose": ""}), 422, "invalid", "purpose")


def test_the_department_that_has_the_case_may_call_and_another_may_not(app: Flask) -> None:
    desk = Person(app, "dd01")
    told = take_in(desk, category="E0406")  # certain: it goes to 城管 by itself
    where = f"{PATH}/{told['id']}/reveal"

    assert Person(app, "cg01").post(where, json={"purpose": "联系现场"}).status_code == 200
    assert_problem(Person(app, "ga01").post(where, json={"purpose": "联系现场"}), 404, "not-found")
    assert_problem(Person(app, "ld01").post(where, json={"purpose": "联系现场"}), 403, "forbidden")
    assert_problem(Person(app, "wg01").get(PATH), 403, "forbidden")


def test_certain_rules_send_it_on_without_a_photo(app: Flask) -> None:
    told = take_in(Person(app, "slr01"), category="E0406")

    assert told["case"]["state"]["code"] == "pending_sign"
    assert told["case"]["department"]["code"] == "cg"


def test_an_anonymous_visit(app: Flask) -> None:
    told = take_in(Person(app, "slr01"), source="visit", name="", phone="", wants_reply=False)

    assert told["caller"] == {"name": "", "phone": "", "anonymous": True}
    assert told["source"] == {"code": "visit", "label": "来访"}


def test_where_nobody_knows_better_than_the_community(app: Flask) -> None:
    told = take_in(Person(app, "slr01"), position=None, area="441323002002", category="E0406", address="")
    case = told["case"]

    assert case["area"]["code"] == "441323002002"
    assert [flag["code"] for flag in case["flags"]] == ["vague_place"]
    assert case["state"]["code"] == "reported"  # a flag leaves it to people
    assert Person(app, "wg03").get(f"/api/events/{case['id']}").status_code == 404


def test_the_same_form_sent_twice_is_one_case(app: Flask) -> None:
    desk, body = Person(app, "slr01"), make_call()

    first, again = (desk.post(PATH, json=body) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert db.session.scalar(select(func.count(Event.id))) == 1
    assert_problem(desk.post(PATH, json=body | {"phone": "10012340009"}), 422, "idempotency-mismatch")


def test_the_ledger_tells_apart_by_a_keyed_print_only(app: Flask) -> None:
    take_in(Person(app, "slr01"))

    assert db.session.scalar(select(func.count()).select_from(Op).where(Op.kind == "event.intake")) == 1


def test_an_order_twice_is_refused_and_names_its_case(app: Flask) -> None:
    desk = Person(app, "slr01")
    first = desk.post(PATH, json=make_order(category="E0406", reply_by="2026-11-27T18:00:00+08:00"))

    again = assert_problem(desk.post(PATH, json=make_order()), 409, "conflict", "order_no")

    assert first.status_code == 201 and first.json["reply_by"].startswith("2026-11-27T18:00")
    assert first.json["case"]["due_at"] != first.json["reply_by"]  # its clock stays by the rules
    assert first.json["case"]["case_no"] in again["detail"]
    assert again["event"] == first.json["case"]["id"]


def test_the_same_number_in_another_street_is_another_order(app: Flask) -> None:
    street.make_second_street()
    assert Person(app, "slr01").post(PATH, json=make_order()).status_code == 201
    position = {"lon": 114.82, "lat": 22.94, "datum": "cgcs2000"}

    assert Person(app, street.DESK).post(PATH, json=make_order(position=position)).status_code == 201


def test_an_order_that_somebody_else_has_out_of_sight_is_refused_without_a_word_of_it(app: Flask) -> None:
    """The index keeps watch where the caller's scope ends, as it does when two send at once."""
    make_user("sq01", "acceptor", area="441323002002")
    first = Person(app, "slr01").post(PATH, json=make_order(category="E0406")).json

    told = make_order(position=None, area="441323002002")
    again = assert_problem(Person(app, "sq01").post(PATH, json=told), 409, "conflict")

    assert first["case"]["case_no"] not in str(again) and "event" not in again
    assert db.session.scalar(select(func.count(Event.id))) == 1


def test_one_more_caller_joins_the_case_and_keeps_a_thread(app: Flask) -> None:
    desk = Person(app, "slr01")
    first = take_in(desk, category="E0406")

    second = take_in(desk, same_as=first["case"]["id"], name="罗女士", phone="10012340002", category=None)
    shown = desk.event(first["case"]["id"])

    assert second["further"] and second["case"]["id"] == first["case"]["id"]
    assert [one["caller"]["name"] for one in shown["origins"]] == ["陈**", "罗**"]
    assert shown["history"][-1]["action"]["label"] == "又有人反映"
    assert db.session.scalar(select(func.count(Event.id))) == 1


def test_nobody_joins_a_closed_case_nor_one_elsewhere(app: Flask) -> None:
    street.make_second_street()
    closed = make_event(state="closed")
    elsewhere = make_event(reporter=street.WORKER)
    desk = Person(app, "slr01")

    assert_problem(desk.post(PATH, json=make_call(same_as=str(closed.id))), 409, "rule-forbids")
    assert_problem(desk.post(PATH, json=make_call(same_as=str(elsewhere.id))), 422, "invalid", "same_as")
    assert db.session.scalar(select(func.count(EventOrigin.id))) == 0


def test_who_takes_it_in_is_told_when_it_is_over_and_calls_back(app: Flask) -> None:
    desk, boss = Person(app, "slr01"), Person(app, "ld01")
    told = take_in(desk, category="E0406")
    quiet = take_in(desk, wants_reply=False, position={**SPOT, "lon": 114.7336})
    assert desk.get(f"{PATH}?waiting=true").json["items"] == []

    boss.steps(told["case"]["id"], ("force_close", {"note": "已现场处理"}))
    boss.steps(quiet["case"]["id"], ("force_close", {"note": "已现场处理"}))
    [waiting] = desk.get(f"{PATH}?waiting=true").json["items"]
    answer = reply(desk, waiting)

    assert waiting["id"] == told["id"] and waiting["waiting"]
    assert answer.status_code == 200
    assert (answer.json["reply"], answer.json["replier"]["username"]) == ("已清走，谢谢反映", "slr01")
    assert desk.get(f"{PATH}?waiting=true").json["items"] == []
    assert_problem(reply(desk, waiting), 409, "conflict")
    assert _trail("intake:reply") == [{"event": told["case"]["id"]}]


def test_a_merged_case_waits_for_the_one_it_went_into(app: Flask) -> None:
    desk = Person(app, "dd01")
    parent = take_in(desk, category="E0410")
    child = take_in(desk, category="E0410")
    desk.steps(child["case"]["id"], ("merge", {"parent": parent["case"]["id"]}))

    before = desk.get(f"{PATH}/{child['id']}").json
    Person(app, "ld01").steps(parent["case"]["id"], ("force_close", {"note": "已处理"}))
    after = desk.get(f"{PATH}/{child['id']}").json

    assert before["case"]["id"] == parent["case"]["id"]
    assert (before["waiting"], after["waiting"]) == (False, True)


def test_a_case_that_went_into_one_of_another_street_shows_nothing_of_that(app: Flask) -> None:
    street.make_second_street()
    make_user("xq01", "dispatcher", "leader", area=street.COUNTY)
    desk, county = Person(app, "slr01"), Person(app, "xq01")
    elsewhere = make_event(reporter=street.WORKER, description="别处的事")
    told = take_in(desk, category="E0410")
    county.steps(told["case"]["id"], ("merge", {"parent": str(elsewhere.id)}))

    before = desk.get(f"{PATH}/{told['id']}").json
    county.steps(str(elsewhere.id), ("force_close", {"note": "已处理"}))
    [after] = desk.get(f"{PATH}?waiting=true").json["items"]

    assert before["case"]["id"] == after["case"]["id"] == told["case"]["id"]
    assert "别处的事" not in str(before) + str(after)
    assert (before["waiting"], after["waiting"]) == (False, True)


def test_the_list_is_of_the_day_and_of_oneself_and_ends_at_ones_area(app: Flask, time: Clock) -> None:
    street.make_second_street()
    make_user("slr02", "acceptor")
    mine, other = Person(app, "slr01"), Person(app, "slr02")
    old = take_in(mine)
    time.move(days=1)
    today = take_in(mine, position={**SPOT, "lon": 114.7336})
    theirs = take_in(other, position={**SPOT, "lon": 114.7346})

    def ids(person: Person, query: str) -> list[str]:
        return [one["id"] for one in person.get(f"{PATH}?{query}").json["items"]]

    assert ids(mine, "mine=true&on=2026-11-24") == [today["id"]]
    assert ids(mine, "mine=true") == [today["id"], old["id"]]
    assert ids(mine, "limit=100") == [theirs["id"], today["id"], old["id"]]
    assert ids(Person(app, street.DESK), "") == []
    assert_problem(Person(app, street.DESK).get(f"{PATH}/{old['id']}"), 404, "not-found")


def test_a_list_of_many_takes_few_statements(app: Flask, count_queries: Any) -> None:
    desk = Person(app, "slr01")
    for number in range(6):
        take_in(desk, position={**SPOT, "lon": 114.7326 + number / 1000})

    with count_queries() as statements:
        assert len(desk.get(f"{PATH}?limit=50").json["items"]) == 6

    assert len(statements) <= 8


def test_photos_come_with_it(app: Flask) -> None:
    desk = Person(app, "slr01")
    photo = jpeg(3)
    kept = desk.upload(photo, base="/api").json["sha256"]

    told = take_in(desk, photos=[{"sha256": kept, "role": "other"}])

    assert told["case"]["photos"] == {"expected": 1, "arrived": 1}


def test_what_looks_the_same_is_shown_while_typing(app: Flask) -> None:
    street.make_second_street()
    desk = Person(app, "slr01")
    near = take_in(desk)["case"]
    query = {"category": "E0410", "lon": SPOT["lon"] + 0.0002, "lat": SPOT["lat"]}

    [like] = desk.get(f"{PATH}/similar", query_string=query).json["items"]

    assert like["case"]["id"] == near["id"] and 15 < like["distance_m"] < 25
    assert like["case"]["state"]["label"] == "待受理" and like["case"]["light"]["code"]
    far = desk.get(f"{PATH}/similar", query_string=query | {"lon": SPOT["lon"] + 0.002}).json["items"]
    other = desk.get(f"{PATH}/similar", query_string=query | {"category": "E0406"}).json["items"]
    foreign = Person(app, street.DESK).get(f"{PATH}/similar", query_string=query).json["items"]
    assert (far, other, foreign) == ([], [], [])


def test_addresses_areas_and_checkpoints_are_found_by_their_parts(app: Flask) -> None:
    street.make_second_street()
    desk = Person(app, "slr01")
    take_in(desk, address="大岭街道富祥路１２号")
    take_in(desk, address="富祥路120号", position={**SPOT, "lon": 114.7336})
    point = {"name": "富祥路泵站", "lon": SPOT["lon"], "lat": SPOT["lat"], "radius_m": 30, "every_days": 7}
    assert Person(app, "xt01").post("/api/checkpoints", json=point).status_code == 201

    def found(words: str, person: Person = desk) -> list[tuple[str, str]]:
        items = person.get(f"{PATH}/places", query_string={"q": words}).json["items"]
        return [(one["kind"]["code"], one["name"]) for one in items]

    assert found("富祥路 12 号") == [("address", "大岭街道富祥路12号"), ("address", "富祥路120号")]
    assert found("泵站") == [("checkpoint", "富祥路泵站")]
    assert ("area", "富祥社区") in found("富祥社区")
    assert found("富祥", Person(app, street.DESK)) == []
    assert found("，。") == []


def test_an_area_that_nobody_has_drawn_is_not_found_and_keeps_no_place_from_being_found(app: Flask) -> None:
    with transaction():
        home = db.session.get_one(Area, db.session.get_one(areas.AreaCode, "441323002").area_id)
        areas.add(home, Level.VILLAGE, "富祥新村", "441323002999", None, date(2026, 1, 1))
    desk = Person(app, "slr01")

    answer = desk.get(f"{PATH}/places", query_string={"q": "富祥"})

    assert answer.status_code == 200
    names = [one["name"] for one in answer.json["items"]]
    assert "富祥社区" in names and "富祥新村" not in names


def test_a_paste_is_read_and_says_what_is_here_already(app: Flask) -> None:
    desk = Person(app, "slr01")
    desk.post(PATH, json=make_order("GD0001"))
    orders = "工单编号：GD0001\n诉求内容：占道\n----\n工单编号：GD0002\n来电人：匿名\n诉求内容：路灯不亮"

    old, new = desk.post(f"{PATH}/read", json={"text": f"{orders}\n紧急程度：一般"}).json["items"]

    assert old["known"]["words"].endswith("（待受理）")
    assert (new["known"], new["anonymous"], new["said"]) == (None, True, "路灯不亮")
    assert new["unread"] == ["紧急程度：一般"]
    assert_problem(desk.post(f"{PATH}/read", json={"text": "你好啊"}), 422, "invalid", "text")


@pytest.mark.parametrize(
    "told, field",
    [
        ({"said": ""}, "said"),
        ({"said": "字" * 2001}, "said"),
        ({"category": "X9"}, "category"),
        ({"category": None}, "category"),
        ({"phone": "138"}, "phone"),
        ({"phone": None}, "phone"),  # and wants a reply
        ({"source": "worker"}, "source"),
        ({"position": None}, "position"),
        ({"position": None, "area": "000"}, "area"),
        ({"position": None, "area": "441323002"}, "area"),  # a whole street says nothing
        ({"position": {"lon": 0, "lat": 0, "datum": "cgcs2000"}}, "position"),
        ({"order_no": "GD1"}, "order_no"),
        ({"source": "hotline"}, "order_no"),
        ({"source": "hotline", "order_no": "GD1", "asked_at": "2027-01-01T00:00:00+08:00"}, "asked_at"),
        ({"same_as": str(uuid4())}, "same_as"),
        ({"photos": [{"sha256": "a" * 64, "role": "after"}]}, "photos"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_taken_in_names_the_field(app: Flask, told: dict[str, Any], field: str) -> None:
    answer = Person(app, "slr01").post(PATH, json=make_call(**told))

    assert_problem(answer, 422, "invalid", field)
    assert db.session.scalar(select(func.count(Event.id))) == 0


def test_a_place_outside_ones_own_area_is_not_ones_to_take_in(app: Flask) -> None:
    make_user("sq01", "acceptor", area="441323002002")

    assert_problem(Person(app, "sq01").post(PATH, json=make_call()), 403, "forbidden")
    assert_problem(Person(app, "wg01").post(PATH, json=make_call()), 403, "forbidden")


def test_a_reply_wants_the_row_as_it_was_seen(app: Flask) -> None:
    desk = Person(app, "slr01")
    where = f"{PATH}/{take_in(desk)['id']}/reply"

    assert desk.post(where, json={"words": "已办"}).status_code == 428
    assert desk.post(where, json={"words": "已办"}, headers={"If-Match": '"x"'}).status_code == 412


def test_a_phone_shows_the_case_without_who_told_it(app: Flask) -> None:
    told = take_in(Person(app, "slr01"), name="欧阳雀鸣")

    answers = [Person(app, "wg01").get(path).text for path in ("/mobile/v1/reports", "/mobile/v1/bootstrap")]

    assert UUID(told["case"]["id"])
    assert not any("欧" in answer for answer in answers)
    assert make_report()
