"""Settings of an endpoint (渠道参数), as people fill them in: plain texts by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grid.errors import Invalid

LABELS = {
    "url": "地址",
    "secret": "密钥",
    "encoding": "内容格式",
    "headers": "请求头",
    "body": "内容模板",
    "ok_field": "成功字段",
    "ok_value": "成功值",
}
_HEADER = re.compile(r"([A-Za-z0-9-]{1,40}):\s*([\x20-\x7e]{0,500})")
_OURS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"}


def of(told: Mapping[str, str], needed: str, also: str = "") -> dict[str, str]:
    """The settings, if they are exactly those a channel has. needed, also: names. Raises Invalid."""
    kept = {name: value for name, value in told.items() if value}
    for name in needed.split():
        if name not in kept:
            raise Invalid(f"要填{LABELS[name]}。", field=name)
    for name in kept:
        if name not in f"{needed} {also}".split():
            raise Invalid(f"这种渠道没有“{LABELS.get(name, name)}”这一项，请去掉。", field=name)
    return kept


def headers(text: str) -> dict[str, str]:
    """Headers, one a line. Raises Invalid."""
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _HEADER.fullmatch(line)
        if match is None or match[1].lower() in _OURS:
            words = "请求头每行一个，像 Authorization: Bearer …；Host、Content-Type 等由系统填。"
            raise Invalid(words, field="headers")
        found[match[1]] = match[2]
    return found
