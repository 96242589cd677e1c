"""SMS gateway (短信网关) over HTTP: a template of what it wants, with {mobile}, {text} and {id} in it.

Gateways that sign their requests in a way of their own need a small program in between (see docs/operations.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from grid.errors import Invalid
from grid.notices import setting
from grid.notices.channel import Channel
from grid.notices.gate import Answer, Parcel
from grid.notices.message import Message
from grid.notices.outcome import Outcome, Result, by_status

NEEDED = ("{mobile}", "{text}")
TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


def check(told: Mapping[str, str]) -> dict[str, str]:
    """url, encoding, body; headers, ok_field, ok_value."""
    kept = setting.of(told, "url encoding body", "headers ok_field ok_value")
    if kept["encoding"] not in TYPES:
        raise Invalid("内容格式应是 json 或 form。", field="encoding")
    setting.headers(kept.get("headers", ""))
    missing = [mark for mark in NEEDED if mark not in kept["body"]]
    if missing:
        raise Invalid(f"内容模板里要有 {'、'.join(missing)}。", field="body")
    try:
        _filled(_template(kept), {})
    except RecursionError:
        raise Invalid("内容模板嵌套太深。", field="body") from None
    return kept


def parcel(settings: Mapping[str, str], message: Message, at: datetime) -> Parcel:
    """The template, filled in."""
    if not message.to:
        raise Invalid("没有登记手机号。")
    nature = Channel.SMS.nature
    words = {
        "{mobile}": message.to,
        "{text}": message.text(nature.size, nature.lines).replace("\n", " "),
        "{id}": str(message.id),
    }
    filled = _filled(_template(settings), words)
    is_json = settings["encoding"] == "json"
    body = json.dumps(filled, ensure_ascii=False) if is_json else urlencode([tuple(pair) for pair in filled])
    headers = setting.headers(settings.get("headers", ""))
    return Parcel(settings["url"], body.encode(), headers | {"Content-Type": TYPES[settings["encoding"]]})


def judge(settings: Mapping[str, str], answer: Answer) -> Outcome:
    """The status, and a field of the answer where the gateway says it there: a word, or true or 0 as in JSON."""
    outcome = by_status(answer.status)
    name = settings.get("ok_field")
    if not outcome.is_sent or not name:
        return outcome
    try:
        value: Any = json.loads(answer.body)
        for part in name.split("."):
            value = value[part]
        said = value if isinstance(value, str) else json.dumps(value)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Outcome(Result.REFUSED, "网关的答复读不懂，找不到成功字段。")
    is_ok = said == settings.get("ok_value", "")
    return outcome if is_ok else Outcome(Result.REFUSED, "网关没有收下。请检查账号、签名和余额。")


def _template(settings: Mapping[str, str]) -> Any:
    """The template as it is built. Raises Invalid."""
    if settings["encoding"] == "form":
        return parse_qsl(settings["body"], keep_blank_values=True)
    try:
        return json.loads(settings["body"])
    except (ValueError, RecursionError):
        raise Invalid("内容模板不是 JSON。", field="body") from None


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    """Filled in leaf by leaf, so that no word can become a part of the structure."""
    if isinstance(part, str):
        for mark, word in words.items():
            part = part.replace(mark, word)
        return part
    if isinstance(part, dict):
        return {name: _filled(value, words) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_filled(value, words) for value in part]
    return part
