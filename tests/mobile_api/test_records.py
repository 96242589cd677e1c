"""Records edited on two phones: different fields merge, the same field clashes, and nobody's words are lost."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grid.db import db, transaction
from grid.events import gallery
from grid.media.media import Media
from grid.records.record import RecordConflict, RecordVersion
from tests.conftest import Clock
from tests.factories.phone import PLACE, Phone
from tests.factories.photo import jpeg
from tests.factories.problem import assert_problem
from tests.factories.reader import look_again

SHA = "a" * 64


@pytest.fixture
def phones(app: Flask) -> tuple[Phone, Phone]:
    """Two phones of one worker."""
    return Phone(app), Phone(app)


def begin(phone: Phone) -> str:
    op = phone.diary_op()
    assert phone.statuses(op) == ["applied"]
    record_id: str = op["entity_id"]
    return record_id


def edit(phone: Phone, record_id: str, base_rev: int | None, **values: Any) -> dict[str, Any]:
    [result] = phone.push(phone.diary_op(entity_id=record_id, base_rev=base_rev, values=values))
    return result


def content(phone: Phone, record_id: str) -> dict[str, Any]:
    phone.pull()
    values: dict[str, Any] = phone.has("record")[record_id]["values"]
    return values


def test_edits_of_different_fields_merge(phones: tuple[Phone, Phone]) -> None:
    one, other = phones
    record_id = begin(one)

    first = edit(one, record_id, 1, done="走访五户")
    second = edit(other, record_id, 1, photos=[SHA], place=PLACE)

    assert (first["status"], first["rev"]) == ("applied", 2)
    assert (second["status"], second["rev"]) == ("merged", 3)
    for phone in phones:
        values = content(phone, record_id)
        assert (values["done"], values["photos"], values["place"]["lon"]) == ("走访五户", [SHA], PLACE["lon"])


def test_edits_of_the_same_field_clash_and_both_are_kept(phones: tuple[Phone, Phone]) -> None:
    one, other = phones
    record_id = begin(one)
    edit(one, record_id, 1, done="走访五户")

    result = edit(other, record_id, 1, done="走访六户", photos=[SHA])

    assert result["status"] == "conflict"
    assert result["error"]["field"] == "done" and "做了什么" in result["error"]["message"]
    assert result["server"]["values"]["done"] == "走访五户"
    assert content(one, record_id) == {"date": "2026-11-23", "done": "走访五户"}
    look_again()
    [kept] = db.session.scalars(select(RecordConflict))
    assert (kept.fields, kept.content["done"], kept.current_version) == (["done"], "走访六户", 2)


def test_the_answer_to_a_clash_is_a_new_op_on_the_present_version(phones: tuple[Phone, Phone]) -> None:
    one, other = phones
    record_id = begin(one)
    edit(one, record_id, 1, done="走访五户")
    clash = edit(other, record_id, 1, done="走访六户")

    result = edit(other, record_id, clash["rev"], done="走访五户，又走访六户")

    assert result["status"] == "applied"
    assert content(one, record_id)["done"] == "走访五户，又走访六户"


def test_the_same_edit_on_both_phones_is_no_clash(phones: tuple[Phone, Phone]) -> None:
    one, other = phones
    record_id = begin(one)
    edit(one, record_id, 1, done="走访五户")

    result = edit(other, record_id, 1, done="走访五户")

    assert (result["status"], result["rev"]) == ("merged", 2)


def test_a_field_can_be_emptied_and_one_that_is_needed_cannot(phones: tuple[Phone, Phone]) -> None:
    one, _ = phones
    record_id = begin(one)
    edit(one, record_id, 1, photos=[SHA])

    emptied = edit(one, record_id, 2, photos=None)
    refused = edit(one, record_id, 3, done=None)

    assert emptied["status"] == "applied"
    assert (refused["status"], refused["error"]["field"]) == ("rejected", "done")
    assert content(one, record_id) == {"date": "2026-11-23", "done": "走访三户"}


def test_every_version_is_kept(phones: tuple[Phone, Phone]) -> None:
    record_id = begin(phones[0])
    for base in (1, 2, 3):
        edit(phones[0], record_id, base, done=f"第 {base} 次改")

    look_again()
    kept = list(db.session.scalars(select(RecordVersion).order_by(RecordVersion.version)))
    assert [version.content["done"] for version in kept] == ["走访三户", "第 1 次改", "第 2 次改", "第 3 次改"]


def test_a_record_of_somebody_else_can_neither_be_seen_nor_changed(
    app: Flask, phones: tuple[Phone, Phone]
) -> None:
    record_id = begin(phones[0])
    foreign = Phone(app, "wg02")

    results = [edit(foreign, record_id, base, done="改") for base in (None, 1)]
    foreign.pull()

    assert [result["status"] for result in results] == ["rejected", "rejected"]
    assert all("server" not in result for result in results)
    assert foreign.has("record") == {}


WRONG: dict[str, dict[str, Any]] = {
    "date": {"date": "明天"},
    "done": {"done": 7},
    "photos": {"photos": ["not a hash"]},
    "place": {"place": {"lon": 114.7, "lat": 22.9}},
    "mood": {"mood": "good"},
}


def test_wrong_values_are_refused_by_field_and_kept_for_mending(phones: tuple[Phone, Phone]) -> None:
    right = {"date": "2026-11-23", "done": "走访"}

    results = phones[0].push(*(phones[0].diary_op(values=right | wrong) for wrong in WRONG.values()))

    assert [result["error"]["field"] for result in results] == list(WRONG)


def test_a_photo_of_a_record_is_not_swept_away(phones: tuple[Phone, Phone], time: Clock) -> None:
    kept, left = jpeg(1), jpeg(2)
    for data in (kept, left):
        assert phones[0].upload(data).status_code == 201
    record_id = begin(phones[0])
    edit(phones[0], record_id, 1, photos=[hashlib.sha256(kept).hexdigest()])
    edit(phones[0], record_id, 2, photos=None)  # an older version still shows it
    time.move(days=30)

    with transaction():
        forgotten = gallery.forget_unclaimed(time())

    look_again()
    assert forgotten == 1
    assert [media.sha256 for media in db.session.scalars(select(Media))] == [hashlib.sha256(kept).hexdigest()]


def test_a_photo_of_a_record_is_shown_to_whoever_may_read_it_once_it_has_come(
    app: Flask, phones: tuple[Phone, Phone]
) -> None:
    photo = jpeg(3)
    name = hashlib.sha256(photo).hexdigest()
    record_id = begin(phones[0])
    edit(phones[0], record_id, 1, photos=[name])
    path = f"/mobile/v1/records/{record_id}/photos/{name}"
    before = phones[0].get(path)

    phones[0].upload(photo)

    assert_problem(before, 404, "not-found")
    for size in ("thumb", "full"):
        answer = phones[1].get(f"{path}?size={size}")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.data != photo  # redrawn
    assert_problem(Phone(app, "wg02").get(path), 404, "not-found")


def test_who_only_knows_a_hash_sees_no_photo_by_naming_it(app: Flask, phones: tuple[Phone, Phone]) -> None:
    photo = jpeg(4)
    name = hashlib.sha256(photo).hexdigest()
    phones[0].upload(photo)
    thief = Phone(app, "wg02")
    record_id = begin(thief)
    edit(thief, record_id, 1, photos=[name])

    assert_problem(thief.get(f"/mobile/v1/records/{record_id}/photos/{name}"), 404, "not-found")


def test_a_form_nobody_knows_here_is_refused(phones: tuple[Phone, Phone]) -> None:
    phone = phones[0]
    ops = [
        phone.diary_op(form={"id": "diary", "ver": 9}),
        phone.diary_op(form=None),
        phone.diary_op(form={"id": "census", "ver": 1}),
        phone.diary_op(base_rev=4),
    ]

    assert phone.statuses(*ops) == ["rejected"] * 4
