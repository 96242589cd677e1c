"""Deliveries: what leaves the house leaves it at least once, is shown once, and says nothing of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from fixtures.daling import STREET
from grid import clock
from grid.accounts.delegation import DelegationKind
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Conflict
from grid.events import practice
from grid.notices import courier, delivery, notice, quiet_hours
from grid.notices.cause import Cause
from grid.notices.channel import Channel
from grid.notices.delivery import Delivery, DeliveryState
from grid.notices.drivers import wecom
from grid.notices.endpoint import NoticeEndpoint
from grid.notices.notice import Notice
from grid.notices.notice_rule import Way
from grid.notices.outside import Outside
from grid.staff import mobile, substitution
from grid.staff.substitution import Wanted
from tests.conftest import Clock
from tests.factories.account import disable, find_user
from tests.factories.endpoint import deliver, let_rest, make_endpoint, make_rule
from tests.factories.event import make_event
from tests.factories.practice import make_practice
from tests.factories.reader import look_again
from tests.factories.request import ask, person
from tests.harness.receiver import Receiver, Reply, receiving

PHONE = "10013579246"
# Leases, locks and what is unique are asked of both databases; rules and words are not theirs.
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def _tell(count: int = 1, *, people: tuple[str, ...] = ("dd01",), urgent: bool = False, first: int = 0) -> None:
    """Tell people of things in Daling."""
    street = net.current().find(STREET)
    ids = [find_user(name).id for name in people]
    with transaction():
        for number in range(first, first + count):
            what = Outside(Cause.ALARM, street.path, street.name, f"第{number}件", "overdue", is_urgent=urgent)
            notice.tell(ids, f"test:{number}", "标题", "内容", None, what)


def _number(app: Flask, username: str, digits: str) -> None:
    user = find_user(username)
    with transaction():
        mobile.write(user, digits, app.extensions["sealer"])


def _states() -> Counter[str]:
    look_again()
    return Counter(row.state.value for row in db.session.scalars(select(Delivery)))


@one_database
def test_without_a_rule_nothing_leaves_the_house(app: Flask, receiver: Receiver) -> None:
    make_endpoint(app, receiver.url)

    make_event()
    deliver(app)

    assert receiver.got == []
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 2


def test_a_group_gets_a_step_once_though_several_were_told(app: Flask, receiver: Receiver) -> None:
    make_rule(make_endpoint(app, receiver.url))

    event = make_event()
    deliver(app)
    let_rest()
    deliver(app)

    [item] = receiver.items()
    assert item["text"] == "非机动车乱停放 · 大岭社区第1网格 待受理"
    assert item["event_id"] == str(event.id)
    assert _states() == {"sent": 1}


def test_whatever_the_other_side_does_everything_arrives_and_once(app: Flask, receiver: Receiver) -> None:
    """Flapping: it fails, answers and then loses the answer, hangs up, is busy; ids tell repeated ones apart."""
    moods = [Reply(500), Reply(cut=True), Reply(503), Reply(), Reply(408), Reply(cut=True), Reply()]
    receiver.answering = lambda number, got: moods[number % len(moods)]
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)

    for batch in range(3):
        _tell(5, people=("dd01", "slr01"), first=5 * batch)
        deliver(app)
    for _ in range(20):
        let_rest()
        deliver(app)

    assert {item["text"] for item in receiver.items()} == {f"大岭街道 第{number}件" for number in range(15)}
    assert len({item["id"] for item in receiver.items()}) == 15
    first_seen = list(dict.fromkeys(item["text"] for item in receiver.items()))
    assert first_seen == [f"大岭街道 第{number}件" for number in range(15)]
    tries = {got.headers["Webhook-Id"]: got.json["items"] for got in receiver.got}
    assert all(got.json["items"] == tries[got.headers["Webhook-Id"]] for got in receiver.got)
    assert _states() == {"sent": 15}
    inbox = Counter((row.user_id, row.key) for row in db.session.scalars(select(Notice)))
    assert len(inbox) == 30 and set(inbox.values()) == {1}


def test_who_dies_with_a_message_on_the_way_loses_the_lease_not_the_message(
    app: Flask, receiver: Receiver
) -> None:
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)
    _tell(3)
    post = app.extensions["courier"]
    with transaction():
        lost = post.take()
    assert post.carry(lost).is_sent  # and here it is killed

    with transaction():
        assert post.take() is None  # still leased
    let_rest()
    deliver(app)

    assert [got.headers["Webhook-Id"] for got in receiver.got] == [str(lost.message.id)] * 2
    assert len({item["id"] for item in receiver.items()}) == 3
    assert _states() == {"sent": 3}


@one_database
def test_who_comes_back_too_late_does_not_disturb_the_next(app: Flask, receiver: Receiver) -> None:
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)
    _tell()
    post = app.extensions["courier"]
    receiver.answering = lambda number, got: Reply(500)
    with transaction():
        slow = post.take()
    failed = post.carry(slow)
    let_rest()
    with transaction():
        quick = post.take()

    with transaction():
        post.settle(slow, failed)
    look_again()
    held = db.session.scalars(select(NoticeEndpoint)).one()

    assert (held.lease, held.fails) == (quick.lease, 0)
    assert quick.message.id == slow.message.id


@one_database
def test_an_endpoint_that_fails_is_left_alone_longer_each_time(app: Flask, receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(500)
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)
    _tell()
    rests = []
    for _ in range(3):
        began = clock.real_now()
        deliver(app)
        rests.append((db.session.scalars(select(NoticeEndpoint.rests_until)).one() - began).total_seconds())
        deliver(app)  # it rests: nothing is sent
        let_rest()

    assert rests[0] > 1 and rests[2] > 2 * rests[0]
    assert len(receiver.got) == 3
    assert _states() == {"waiting": 1}


def test_what_is_refused_is_given_up_shown_and_sent_again_by_hand(app: Flask, receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(404)
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)
    _tell(2)
    for _ in range(courier.REFUSALS + 2):
        deliver(app)
        let_rest()

    dead, _ = delivery.listed(None, DeliveryState.DEAD, None, 10)
    assert len(dead) == 2 and len(receiver.got) == courier.REFUSALS
    assert dead[0].error == "对方不收（404）。请检查地址和密钥。"
    again = dead[1].id

    receiver.answering = lambda number, got: Reply()
    look_again()
    with transaction():
        delivery.retry(None, again)
    deliver(app)
    assert _states() == {"dead": 1, "sent": 1}
    with pytest.raises(Conflict), transaction():
        delivery.retry(None, again)


@pytest.mark.parametrize("status, is_trouble", [(500, True), (503, True), (429, False)])
@one_database
def test_trouble_of_theirs_and_no_time_are_borne_for_a_day_and_shown(
    app: Flask, receiver: Receiver, status: int, is_trouble: bool
) -> None:
    receiver.answering = lambda number, got: Reply(status)
    make_rule(make_endpoint(app, receiver.url), Cause.ALARM)
    _tell()
    for _ in range(courier.REFUSALS + 3):
        deliver(app)
        let_rest()
    assert _states() == {"waiting": 1}
    row, fails = db.session.scalars(select(Delivery)).one(), db.session.scalars(select(NoticeEndpoint.fails)).one()
    assert (row.tries, str(status) in row.error) == (courier.REFUSALS + 3, True)
    assert (fails > 0) is is_trouble

    with transaction():
        db.session.execute(update(Delivery).values(waits_since=clock.real_now() - courier.GIVEN_UP * 1.1))
    deliver(app)

    assert _states() == {"dead": 1}


@one_database
def test_a_robot_gets_many_matters_in_one_text_and_no_two_texts_at_once(app: Flask, receiver: Receiver) -> None:
    make_rule(make_endpoint(app, receiver.url, Channel.WECOM), Cause.ALARM)
    _tell(60)
    deliver(app)
    _tell(first=60)
    deliver(app)

    [got] = receiver.got
    assert got.json["text"]["content"].startswith("60 件事：")
    assert _states() == {"sent": 60, "waiting": 1}

    let_rest()
    deliver(app)
    assert len(receiver.got) == 2


@one_database
def test_quiet_hours_postpone_what_is_not_urgent_and_drop_nothing(
    app: Flask, receiver: Receiver, time: Clock
) -> None:
    make_rule(make_endpoint(app, receiver.url, area="441323"), Cause.ALARM)  # the county's, for many streets
    begins, ends = (datetime(2026, 1, 1, hour).time() for hour in (22, 7))
    with transaction():
        quiet_hours.put(None, net.current().find(STREET), begins, ends)
    time.at = clock.midnight(clock.today()) + timedelta(hours=23, minutes=30)

    _tell(2)
    _tell(1, urgent=True, first=2)
    deliver(app)
    in_the_night = [item["text"][-3:] for item in receiver.items()]
    time.move(hours=7)  # 06:30
    let_rest()
    deliver(app)
    before_seven = len(receiver.got)
    time.move(hours=1)
    deliver(app)

    assert in_the_night == ["第2件"]
    assert before_seven == 1
    assert [item["text"][-3:] for item in receiver.items()[1:]] == ["第0件", "第1件"]


def test_an_sms_goes_to_each_who_has_a_number_and_was_told(app: Flask, receiver: Receiver) -> None:
    make_rule(make_endpoint(app, receiver.url, Channel.SMS), Cause.ALARM)
    _number(app, "dd01", PHONE)
    _number(app, "ld01", "10013579247")

    _tell(5, people=("dd01", "slr01"))
    deliver(app)

    [got] = receiver.got
    assert got.json["to"] == PHONE
    assert got.json["text"].startswith("5 件事： 1. 大岭街道 第0件")


@one_database
def test_one_number_that_always_fails_holds_up_nobody_elses(app: Flask, receiver: Receiver) -> None:
    """Its own oldest, and urgent; then what is urgent comes first, and the same number is tried again last."""
    bad, good = PHONE, "10013579247"
    receiver.answering = lambda number, got: Reply(500 if got.json["to"] == bad else 200)
    make_rule(make_endpoint(app, receiver.url, Channel.SMS), Cause.ALARM)
    _number(app, "dd01", bad)
    _number(app, "slr01", good)
    _number(app, "ld01", "10013579248")
    _tell(urgent=True)
    for _ in range(courier.REFUSALS):
        deliver(app)
        let_rest()

    _tell(people=("slr01",), first=1)
    _tell(people=("ld01",), first=2, urgent=True)
    for _ in range(3):
        deliver(app)
        let_rest()

    order = [got.json["to"][-1] for got in receiver.got[courier.REFUSALS :]]
    assert order[:2] == ["8", "7"] and set(order[2:]) == {"6"}
    assert _states() == {"sent": 2, "waiting": 1}


@one_database
def test_numbers_take_turns_while_the_gateway_answers_nobody(app: Flask, receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(429 if number % 2 else 500)
    make_rule(make_endpoint(app, receiver.url, Channel.SMS), Cause.ALARM)
    _number(app, "dd01", PHONE)
    _number(app, "slr01", "10013579247")
    _tell(people=("dd01", "slr01"))
    for _ in range(4):
        deliver(app)
        let_rest()

    assert Counter(got.json["to"][-1] for got in receiver.got) == {"6": 2, "7": 2}


@one_database
def test_an_answer_no_driver_was_made_for_counts_as_a_try(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def judge(settings: Any, answer: Any) -> Any:
        raise ValueError(f"canary of {settings['url']}")

    monkeypatch.setattr(wecom, "judge", judge)
    make_rule(make_endpoint(app, receiver.url, Channel.WECOM), Cause.ALARM)
    _tell()
    deliver(app)

    row = db.session.scalars(select(Delivery)).one()
    assert (row.tries, row.error) == (1, "对方的答复处理不了。")
    assert (_states(), len(receiver.got)) == ({"waiting": 1}, 1)
    assert "ValueError" in str([vars(record) for record in caplog.records])
    assert "canary" not in str([vars(record) for record in caplog.records])


@one_database
def test_who_left_meanwhile_gets_no_sms(app: Flask, receiver: Receiver) -> None:
    make_rule(make_endpoint(app, receiver.url, Channel.SMS), Cause.ALARM)
    _number(app, "dd01", PHONE)
    _tell()
    disable("dd01")
    for _ in range(courier.REFUSALS):
        deliver(app)
        let_rest()

    assert receiver.got == []
    assert _states() == {"dead": 1}


@pytest.mark.parametrize(
    "rules, sent",
    [
        ([{}], True),
        ([{"key": "overdue"}], True),
        ([{"key": "remind"}], False),
        ([{"post": "leader"}], False),
        ([{"post": "dispatcher"}], True),
        ([{}, {"key": "overdue", "way": Way.OFF}], False),
        ([{"way": Way.OFF}, {"key": "overdue"}], True),
        ([{"area": "441323"}, {"way": Way.OFF}], False),
        ([{"area": "441323", "way": Way.OFF}, {}], True),
        ([{"area": "441323002001"}], False),
        ([{}, {"post": "dispatcher", "way": Way.OFF}], False),
        ([{"post": "dispatcher", "way": Way.OFF}, {}], False),
        ([{}, {"post": "leader", "way": Way.OFF}], True),
        ([{"way": Way.OFF}, {"post": "dispatcher"}], True),
        ([{"post": "acceptor", "way": Way.OFF}, {"post": "dispatcher"}], True),
    ],
)
@one_database
def test_the_key_beats_the_cause_and_the_nearest_area_wins(
    app: Flask, receiver: Receiver, rules: list[dict[str, Any]], sent: bool
) -> None:
    out = make_endpoint(app, receiver.url, area="441323")
    for rule in rules:
        make_rule(out, Cause.ALARM, **rule)

    _tell()

    assert (sum(_states().values()) == 1) is sent


_OF_DISPATCHERS = {"post": "dispatcher", "way": Way.URGENT}
_OF_ACCEPTORS = {"post": "acceptor"}


@pytest.mark.parametrize(
    "rules, urgent",
    [
        ([{}, _OF_DISPATCHERS], {"dd01": True, "ld01": False}),
        ([_OF_DISPATCHERS, {}], {"dd01": True, "ld01": False}),
        ([_OF_DISPATCHERS, _OF_ACCEPTORS], {"dd01": True}),
        ([_OF_ACCEPTORS, _OF_DISPATCHERS], {"dd01": True}),
        ([{"way": Way.URGENT}, _OF_ACCEPTORS], {"dd01": False, "ld01": True}),
        ([{}, {"post": "acceptor", "way": Way.OFF}], {"ld01": False}),
    ],
)
@one_database
def test_the_narrowest_circle_says_how_each_is_told_the_most_urgent_of_equals(
    app: Flask, receiver: Receiver, rules: list[dict[str, Any]], urgent: dict[str, bool]
) -> None:
    gateway, group = (make_endpoint(app, receiver.url, one) for one in (Channel.SMS, Channel.WEBHOOK))
    for rule in rules:
        make_rule(gateway, Cause.ALARM, **rule)
        make_rule(group, Cause.ALARM, **rule)
    _number(app, "dd01", PHONE)
    _number(app, "ld01", "10013579247")

    _tell(people=("dd01", "ld01"))

    rows = list(db.session.scalars(select(Delivery)))
    names = {find_user(name).id: name for name in ("dd01", "ld01")}
    assert {names[row.user_id]: row.is_urgent for row in rows if row.user_id} == urgent
    # A group hears of it once, as it is most urgent for anybody.
    assert [row.is_urgent for row in rows if row.user_id is None] == [any(urgent.values())]


@one_database
def test_a_stand_in_is_told_as_the_post_is_while_it_is_lent(app: Flask, receiver: Receiver, time: Clock) -> None:
    make_rule(make_endpoint(app, receiver.url, Channel.SMS), Cause.ALARM, post="dispatcher")
    _number(app, "slr01", "10013579247")
    until = clock.now() + timedelta(hours=8)
    with transaction():
        substitution.lend(find_user("dd01"), Wanted(DelegationKind.STAND_IN, "dd01", "slr01", until, "病假"))

    _tell(people=("slr01",))
    time.move(hours=9)
    _tell(people=("slr01",), first=1)

    assert [row.key for row in db.session.scalars(select(Delivery))] == [f"test:0:{find_user('slr01').id}"]


@one_database
def test_no_word_that_anybody_wrote_goes_out_nor_a_secret_into_the_database_or_an_error(
    app: Flask, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """Canaries in description, address, the reporter's name; in the endpoint's address and secret."""
    url = f"{receiver.url}?access_token=canarytoken42"
    for channel in Channel:
        out = make_endpoint(app, url, channel, name=f"{channel}群")
        for cause in (Cause.MOVED, Cause.REQUEST, Cause.WHISTLE):
            make_rule(out, cause)
    _number(app, "dd01", PHONE)
    _number(app, "slr01", "10013579247")
    reporter = find_user("wg01")
    with transaction():
        reporter.name = "金丝雀甲"
    receiver.answering = lambda number, got: Reply() if number % 2 else Reply(500)

    event = make_event(description="黄雀在后 雀鸣路九号 13800138000", state="handling")
    assert ask(app, "cg01", event, "extension", note="黄雀在后 雀鸣路九号").status_code == 200
    whistle = {"kind": "urgent", "words": "黄雀在后 雀鸣路九号", "departments": ["cg"], "event": str(event.id)}
    assert person(app, "dd01").post("/api/whistles", json=whistle).status_code == 201
    for _ in range(12):
        deliver(app)
        let_rest()

    assert set(_states()) == {"sent"}
    assert set(db.session.scalars(select(Delivery.cause))) == {Cause.MOVED, Cause.REQUEST, Cause.WHISTLE}
    out_there = b"\n".join(got.body for got in receiver.got).decode() + str([got.headers for got in receiver.got])
    told = [row.words + row.error for row in db.session.scalars(select(Delivery))] + [caplog.text]
    for bird in ("金丝雀", "黄雀", "雀鸣", "13800138000", "canarytoken42", "a-secret-of"):
        assert bird not in out_there.replace("\\u", "")
        assert not any(bird in words for words in told)
    kept = [row.settings + row.host.encode() for row in db.session.scalars(select(NoticeEndpoint))]
    assert not any(b"canarytoken42" in one or b"a-secret-of" in one for one in kept)


def test_a_practice_case_that_is_wiped_takes_its_deliveries_along(app: Flask, receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(500)
    make_rule(make_endpoint(app, receiver.url))
    make_practice(app)
    deliver(app)
    assert receiver.items()[0]["text"].startswith("【演练】")

    look_again()
    with transaction():
        practice.wipe(None)

    assert sum(_states().values()) == 0
