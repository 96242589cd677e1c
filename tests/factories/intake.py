"""Calls, visits and orders as the intake desk sends them."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import openpyxl
from werkzeug.test import TestResponse

from tests.factories.person import Person

PATH = "/api/intakes"
PHONE = "10012340001"
SPOT = {"lon": 114.7326, "lat": 22.9489, "datum": "cgcs2000"}
HEADING = (
    "工单编号",
    "诉求人",
    "联系电话",
    "诉求时间",
    "诉求内容",
    "事发地址",
    "办理时限",
    "回复要求",
    "类别",
    "社区",
)


def make_call(**told: Any) -> dict[str, Any]:
    """A call about a stall on the road, as the wire has it; None leaves a field out."""
    body = {
        "client_id": str(uuid4()),
        "source": "call",
        "said": "富祥路口有人摆摊，路都走不过去",
        "name": "陈先生",
        "phone": PHONE,
        "wants_reply": True,
        "category": "E0410",
        "position": SPOT,
        "address": "富祥路12号",
        **told,
    }
    return {name: value for name, value in body.items() if value is not None}


def make_order(order_no: str = "GD2026112300001", **told: Any) -> dict[str, Any]:
    """A 12345 order."""
    return make_call(source="hotline", order_no=order_no, **told)


def take_in(desk: Person, **told: Any) -> dict[str, Any]:
    """Take a call in; it must succeed."""
    answer = desk.post(PATH, json=make_call(**told))
    assert answer.status_code == 201, answer.text
    return answer.json


def reply(desk: Person, intake: dict[str, Any], words: str = "已清走，谢谢反映") -> TestResponse:
    """Write down that they were called back."""
    etag = desk.get(f"{PATH}/{intake['id']}").headers["ETag"]
    return desk.post(f"{PATH}/{intake['id']}/reply", json={"words": words}, headers={"If-Match": etag})


def make_sheet(*rows: tuple[Any, ...]) -> bytes:
    """Orders as a workbook, under the usual heading."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "工单"
    for row in (HEADING, *rows):
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
