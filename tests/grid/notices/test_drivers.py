"""Drivers: what each channel is sent, signed as it asks, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from grid.errors import Invalid
from grid.notices import drivers
from grid.notices.channel import Channel
from grid.notices.gate import Answer
from grid.notices.message import Item, Message
from grid.notices.outcome import Result

DEEP = b"[" * 60_000
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
URL = "https://example.com/send?key=k1"
WEBHOOK = {"url": URL, "secret": "a-secret-of-some-length"}
SMS = {
    "url": URL,
    "encoding": "json",
    "body": '{"to": ["{mobile}"], "m": {"text": "【网格】{text}", "id": "{id}"}}',
}


def _message(count: int = 1, to: str = "", words: str = "占道经营 · 大岭社区第1网格 待派遣") -> Message:
    home = "https://w.example/console/"
    items = [
        Item(uuid4(), "moved", f"{words}{number}", uuid4(), f"{home}#/events/{number}", AT)
        for number in range(count)
    ]
    return Message(uuid4(), tuple(items), home, to)


def test_a_webhook_can_be_verified_with_the_secret_alone() -> None:
    message = _message(2)

    told = drivers.of(Channel.WEBHOOK).parcel(WEBHOOK, message, AT)

    signed = f"{told.headers['Webhook-Id']}.{told.headers['Webhook-Timestamp']}.".encode() + told.body
    digest = hmac.new(WEBHOOK["secret"].encode(), signed, hashlib.sha256).digest()
    assert told.headers["Webhook-Signature"] == "v1," + base64.b64encode(digest).decode()
    assert told.headers["Webhook-Timestamp"] == str(int(AT.timestamp()))
    assert [item["id"] for item in json.loads(told.body)["items"]] == [str(item.id) for item in message.items]


def test_dingtalk_is_signed_in_its_address() -> None:
    secret = "SEC0123456789"

    told = drivers.of(Channel.DINGTALK).parcel({"url": URL, "secret": secret}, _message(), AT)

    query = parse_qs(urlsplit(told.url).query)
    at_ms = str(int(AT.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    assert (query["key"], query["timestamp"]) == (["k1"], [at_ms])
    assert query["sign"] == [base64.b64encode(digest).decode()]


@pytest.mark.parametrize("channel", [Channel.WECOM, Channel.DINGTALK])
def test_many_matters_become_one_text_that_fits(channel: Channel) -> None:
    told = drivers.of(channel).parcel({"url": URL}, _message(80, words="很长的类别" * 30), AT)

    text = json.loads(told.body)["text"]["content"]
    assert len(text.encode()) <= channel.nature.size
    assert text.startswith("80 件事：\n1. ") and "另有" in text


def test_a_single_matter_carries_its_link_and_a_number_to_know_it_again() -> None:
    message = _message()

    text = json.loads(drivers.of(Channel.WECOM).parcel({"url": URL}, message, AT).body)["text"]["content"]

    assert message.items[0].link in text
    assert message.id.hex[-8:] in text


@pytest.mark.parametrize(
    "answer, result",
    [
        (Answer(200, b'{"errcode": 0}'), Result.SENT),
        (Answer(200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'), Result.REFUSED),
        (Answer(200, b"<html>"), Result.REFUSED),
        (Answer(200, b'{"errcode": null}'), Result.REFUSED),
        (Answer(200, b"[]"), Result.REFUSED),
        (Answer(200, b'{"errcode": Infinity}'), Result.REFUSED),
        (Answer(200, DEEP), Result.REFUSED),
        (Answer(429), Result.LATER),
        (Answer(502), Result.TROUBLE),
        (Answer(503), Result.TROUBLE),
        (Answer(302), Result.REFUSED),
        (Answer(404), Result.REFUSED),
    ],
)
@pytest.mark.parametrize("channel", [Channel.WECOM, Channel.DINGTALK])
def test_what_a_robots_answer_means(channel: Channel, answer: Answer, result: Result) -> None:
    assert drivers.of(channel).judge({"url": URL}, answer).result is result


@pytest.mark.parametrize("channel, code", [(Channel.WECOM, 45009), (Channel.DINGTALK, 130101)])
def test_a_robot_that_has_too_much_is_asked_later(channel: Channel, code: int) -> None:
    answer = Answer(200, json.dumps({"errcode": code}).encode())

    assert drivers.of(channel).judge({"url": URL}, answer).result is Result.LATER


def test_an_sms_template_is_filled_leaf_by_leaf() -> None:
    settings = drivers.of(Channel.SMS).check(SMS | {"headers": "Authorization: Bearer t1"})
    message = _message(to="10000000001", words='"}], "to": ["10000000002"]')

    told = drivers.of(Channel.SMS).parcel(settings, message, AT)

    filled = json.loads(told.body)
    assert filled["to"] == ["10000000001"]
    assert filled["m"]["text"].startswith("【网格】") and filled["m"]["id"] == str(message.id)
    assert told.headers["Authorization"] == "Bearer t1"


def test_a_form_for_gateways_that_want_one() -> None:
    settings = drivers.of(Channel.SMS).check(
        {"url": URL, "encoding": "form", "body": "mobile={mobile}&content={text}&sign=A%26B"}
    )

    told = drivers.of(Channel.SMS).parcel(settings, _message(to="10000000001", words="a&b=c"), AT)

    form = parse_qs(told.body.decode())
    assert form["mobile"] == ["10000000001"] and form["sign"] == ["A&B"]
    assert form["content"][0].startswith("a&b=c")


@pytest.mark.parametrize(
    "body, result",
    [
        (b'{"data": {"code": "OK"}}', Result.SENT),
        (b'{"data": {"code": "LIMIT"}}', Result.REFUSED),
        (b'{"data": []}', Result.REFUSED),
        (b"", Result.REFUSED),
    ],
)
def test_a_gateway_that_says_in_a_field_whether_it_took_it(body: bytes, result: Result) -> None:
    settings = SMS | {"ok_field": "data.code", "ok_value": "OK"}

    assert drivers.of(Channel.SMS).judge(settings, Answer(200, body)).result is result


@pytest.mark.parametrize(
    "body, ok_value, result",
    [
        (b'{"ok": true}', "true", Result.SENT),
        (b'{"ok": false}', "true", Result.REFUSED),
        (b'{"ok": "true"}', "true", Result.SENT),
        (b'{"ok": 0}', "0", Result.SENT),
        (b'{"ok": null}', "null", Result.SENT),
        (DEEP, "true", Result.REFUSED),
    ],
)
def test_the_field_is_compared_as_json_writes_it(body: bytes, ok_value: str, result: Result) -> None:
    settings = SMS | {"ok_field": "ok", "ok_value": ok_value}

    assert drivers.of(Channel.SMS).judge(settings, Answer(200, body)).result is result


@pytest.mark.parametrize(
    "channel, told, field",
    [
        (Channel.WEBHOOK, {"url": URL}, "secret"),
        (Channel.WEBHOOK, {"url": URL, "secret": "short"}, "secret"),
        (Channel.WEBHOOK, {"url": URL, "secret": "whsec_not base64 at all"}, "secret"),
        (Channel.WECOM, {}, "url"),
        (Channel.WECOM, {"url": URL, "secret": "x"}, "secret"),
        (Channel.SMS, SMS | {"encoding": "xml"}, "encoding"),
        (Channel.SMS, SMS | {"body": '{"to": "{mobile}"}'}, "body"),
        (Channel.SMS, SMS | {"body": "{mobile}{text}"}, "body"),
        (Channel.SMS, SMS | {"body": "[" * 900 + '"{mobile}{text}"' + "]" * 900}, "body"),
        (Channel.SMS, SMS | {"headers": "Host: other"}, "headers"),
        (Channel.SMS, SMS | {"headers": "no colon"}, "headers"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(channel: Channel, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        drivers.of(channel).check(told)

    assert caught.value.field == field
