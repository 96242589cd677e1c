"""Forms: a version that is out never changes, and values either fit it or are refused by field."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grid.errors import Invalid
from grid.forms import form as forms
from tests.factories.phone import Phone
from tests.factories.problem import assert_problem

# Written down when a version is released; a line is never changed, a mended form is a new version.
RELEASED = {("diary", 1): "91e23c3b98f4446085edb65e78972d4f6b3939413904fd54e712e684df528e09"}


def test_no_released_form_has_changed() -> None:
    found = {key: hashlib.sha256(form.text).hexdigest() for key, form in forms.catalogue().items()}

    assert found == {key: form.sha256 for key, form in forms.catalogue().items()} == RELEASED


def test_every_form_file_is_in_the_catalogue() -> None:
    files = {path.name for path in resources.files("grid.forms").iterdir() if path.name.endswith(".json")}

    assert files == {f"{form_id}-{version}.json" for form_id, version in forms.catalogue()}


def test_a_phone_gets_the_catalogue_and_each_version_byte_for_byte(app: Flask) -> None:
    phone = Phone(app)

    catalogue = phone.get("/mobile/v1/forms")
    [ref] = catalogue.json["items"]
    form = phone.get(f"/mobile/v1/forms/{ref['id']}/{ref['version']}")

    assert catalogue.headers["ETag"]
    assert hashlib.sha256(form.data).hexdigest() == ref["sha256"]
    assert "immutable" in form.headers["Cache-Control"]
    assert [field["name"] for field in form.json["fields"]] == ["date", "done", "photos", "place"]
    assert_problem(phone.get("/mobile/v1/forms/diary/2"), 404, "not-found")
    assert_problem(phone.get("/mobile/v1/forms/census/1"), 404, "not-found")


def _form(*told: dict[str, Any]) -> forms.Form:
    text = json.dumps(
        {
            "id": "test",
            "version": 1,
            "title": "试",
            "kind": "test",
            "fields": [{"label": "项", "required": False} | field for field in told],
            "list": {"title": "{a}"},
        }
    ).encode()
    return forms._read(text, "")


OPTIONS = [{"value": "x", "label": "甲"}, {"value": "y", "label": "乙"}]
CASES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"type": "text"}, " 字 ", "字"),
    ({"type": "text"}, "字" * 201, Invalid),
    ({"type": "text", "max": 3}, "四个字了", Invalid),
    ({"type": "number", "min": 0, "max": 10}, 3.5, 3.5),
    ({"type": "number"}, float("nan"), Invalid),
    ({"type": "number"}, True, Invalid),
    ({"type": "number", "min": 0}, -1, Invalid),
    ({"type": "integer"}, 3.0, 3),
    ({"type": "integer"}, 3.5, Invalid),
    ({"type": "choice", "options": OPTIONS}, "x", "x"),
    ({"type": "choice", "options": OPTIONS}, "z", Invalid),
    ({"type": "multi", "options": OPTIONS}, ["y", "x"], ["x", "y"]),
    ({"type": "multi", "options": OPTIONS}, ["z"], Invalid),
    ({"type": "date"}, "2026-11-23", "2026-11-23"),
    ({"type": "date"}, 20261123, Invalid),
    ({"type": "datetime"}, "2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00"),
    ({"type": "datetime"}, "2026-11-23T09:00:00", Invalid),
    ({"type": "boolean"}, False, False),
    ({"type": "boolean"}, 1, Invalid),
    ({"type": "photo"}, ["a" * 64] * 2, ["a" * 64]),
    ({"type": "photo", "max": 1}, ["a" * 64, "b" * 64], Invalid),
    ({"type": "place"}, {"lon": 181, "lat": 0, "datum": "wgs84"}, Invalid),
    ({"type": "phone"}, "0752-8888 888", "0752-8888 888"),
    ({"type": "phone"}, "call me", Invalid),
    ({"type": "id_no"}, "99999919900101000X", "99999919900101000X"),
    ({"type": "id_no"}, "1990", Invalid),
]


@pytest.mark.parametrize(("field", "told", "wanted"), CASES)
def test_a_value_is_read_by_its_type(field: dict[str, Any], told: Any, wanted: Any) -> None:
    form = _form({"name": "a"} | field)
    if wanted is Invalid:
        with pytest.raises(Invalid) as refused:
            form.check({"a": told})
        assert refused.value.field == "a" and "项" in str(refused.value)
        return

    assert form.check({"a": told}) == {"a": wanted}


def test_what_is_hidden_is_neither_needed_nor_kept() -> None:
    form = _form(
        {"name": "a", "type": "boolean"},
        {"name": "b", "type": "text", "required": True, "show_if": {"field": "a", "equals": True}},
    )

    assert form.check({"a": False, "b": "字"}) == {"a": False}
    with pytest.raises(Invalid):
        form.check({"a": True})


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_is_sent_is_read_or_refused(told: Any) -> None:
    types = (
        "text",
        "number",
        "integer",
        "choice",
        "multi",
        "date",
        "datetime",
        "boolean",
        "photo",
        "place",
        "phone",
    )
    for kind in types:
        form = _form({"name": "a", "type": kind, "options": OPTIONS})
        try:
            once = form.check({"a": told})
        except Invalid:
            continue
        assert form.check(once) == once
