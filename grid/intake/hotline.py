"""Hotline text (工单文字): orders as they are copied out of the 12345 platform, field by field.

A label stands at the begin of a line, after a gap, or in 【】, and is followed by a colon of either width; what
follows, over line ends, is its value up to the next label. What no field takes is kept in ``unread``, so that a
person sees it: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from grid.errors import Invalid
from grid.intake import caller as callers
from grid.intake.order import NOBODY, NUMBER, Order, moment, reply_wish

MOST = 50
LABELS = {
    "order_no": ("工单编号", "工单号", "工单流水号", "受理编号", "受理单号", "热线编号", "诉求编号"),
    "name": ("来电人", "来电人姓名", "诉求人", "诉求人姓名", "联系人", "反映人", "市民姓名", "姓名"),
    "phone": ("联系电话", "联系方式", "来电号码", "联系号码", "手机号码", "手机号", "电话"),
    "asked_at": ("诉求时间", "受理时间", "来电时间", "登记时间", "反映时间"),
    "kind": ("诉求类型", "工单类型", "诉求类别", "问题类型", "事项分类"),
    "title": ("诉求标题", "工单标题", "标题", "主题"),
    "content": ("诉求内容", "工单内容", "反映内容", "问题描述", "来电内容", "内容"),
    "address": ("诉求地址", "事发地址", "事发地点", "发生地址", "问题地址", "地址", "地点"),
    "reply_by": ("办理时限", "截止时间", "办结时限", "处理时限", "回复时限", "到期时间", "办理期限"),
    "wants_reply": ("回复要求", "是否回复", "是否需要回复", "是否回访", "回访要求"),
}
# What an order says beside, and the desk has no field for: it ends the value before it.
OTHERS = (
    "工单状态", "紧急程度", "紧急级别", "工单来源", "诉求来源", "受理渠道", "承办单位", "办理单位", "责任单位",
    "派单时间", "转办时间", "转办意见", "派单意见", "性别", "年龄", "是否保密", "所属区域", "所属区县", "附件",
    "受理人", "话务员", "备注", "重复投诉", "服务对象",
)  # fmt: skip
FIELD_OF = {label: field for field, labels in LABELS.items() for label in labels}
LONG = ("content", "address", "title", "wants_reply")  # may run over lines

_WORDS = "|".join(sorted((*FIELD_OF, *OTHERS), key=len, reverse=True))
_LABEL = re.compile(
    rf"【[ \t\u3000]*(?P<boxed>{_WORDS})[ \t\u3000]*】[ \t\u3000]*[:：]?"
    rf"|(?:(?<=[\s\u3000;；|｜])|^)(?:\d{{1,2}}[、.．])?[ \t\u3000]*(?P<plain>{_WORDS})[ \t\u3000]*[:：]",
    re.MULTILINE,
)
_GAP, _COUNT = r"[ \t\u3000]*", r"[一二三四五六七八九十\d]+"
_RULE = re.compile(
    rf"^{_GAP}(?:[-—=＝*＊_]{{3,}}|第{_COUNT}[条件张]{_GAP}(?:工单)?|工单{_COUNT}){_GAP}[:：]?{_GAP}$",
    re.MULTILINE,
)
_EDGE = " \t\r\n\u3000;；|｜"


def read(text: str) -> list[Order]:
    """The orders of a text. Raises Invalid: nothing of an order in it, or too many."""
    orders = [order for part in _RULE.split(text.replace("\r", "")) for order in _orders(part)]
    if not any(order.order_no or order.content or order.title for order in orders):
        raise Invalid("没有认出工单。工单文字里要有“工单编号：”“诉求内容：”这样的项目。", field="text")
    if len(orders) > MOST:
        raise Invalid(f"一次最多粘贴 {MOST} 张工单，更多请用表格导入。", field="text")
    return orders


def _orders(text: str) -> Iterable[Order]:
    """A label that the order at hand has already begins the next."""
    marks = list(_LABEL.finditer(text))
    head = text[: marks[0].start()] if marks else text
    values: list[tuple[str, str]] = [("", head)] if head.strip(_EDGE) else []
    has: set[str] = set()
    for at, mark in enumerate(marks):
        label = mark["boxed"] or mark["plain"]
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        field = FIELD_OF.get(label, label)
        if field in has:
            yield _order(values)
            values, has = [], set()
        has.add(field)
        values.append((label, text[mark.end() : end]))
    if values:
        yield _order(values)


def _order(values: Iterable[tuple[str, str]]) -> Order:
    order, unread = Order(), []
    for label, value in values:
        field = FIELD_OF.get(label)
        told, rest = _cut(value, field in LONG)
        found: dict[str, Any] | None = {} if field and not told else None
        if field and told:
            found = READERS[field](told)
        if found is None and told:
            unread.append(f"{label}：{told}" if label else told)
        unread += rest
        order = replace(order, **found or {})
    return replace(order, unread=tuple(unread))


def _cut(value: str, is_long: bool) -> tuple[str, list[str]]:
    """The value, and the lines that do not belong to it: a short one has one line."""
    lines = [line.strip(_EDGE) for line in value.split("\n")]
    lines = [line for line in lines if line]
    if is_long:
        return "\n".join(lines), []
    return (lines[0] if lines else ""), lines[1:]


def _name(told: str) -> dict[str, Any] | None:
    if told in NOBODY:
        return {"is_anonymous": True}
    return {"name": told} if len(told) <= callers.NAME_MAX else None


def _phone(told: str) -> dict[str, Any] | None:
    if told in NOBODY:
        return {}
    try:
        return {"phone": callers.read_phone(told)}
    except Invalid:
        return None


def _order_no(told: str) -> dict[str, Any] | None:
    number = re.sub(r"\s", "", told)
    return {"order_no": number} if NUMBER.fullmatch(number) else None


def _asked_at(told: str) -> dict[str, Any] | None:
    at = moment(told)
    return {"asked_at": at} if at else None


def _reply_by(told: str) -> dict[str, Any] | None:
    at = moment(told, is_end=True)
    return {"reply_by": at} if at else None


def _wants_reply(told: str) -> dict[str, Any] | None:
    wish = reply_wish(told)
    return None if wish is None else {"wants_reply": wish}


def _words(field: str, most: int) -> Callable[[str], dict[str, Any] | None]:
    return lambda told: {field: told} if len(told) <= most else None


READERS: dict[str, Callable[[str], dict[str, Any] | None]] = {
    "order_no": _order_no,
    "name": _name,
    "phone": _phone,
    "asked_at": _asked_at,
    "reply_by": _reply_by,
    "wants_reply": _wants_reply,
    "kind": _words("kind", 60),
    "title": _words("title", 200),
    "content": _words("content", callers.SAID_MAX - 200),
    "address": _words("address", 200),
}
