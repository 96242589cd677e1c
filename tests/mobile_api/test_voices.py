"""Voice notes of cases: heard where the case is seen, handed over as files, never shown."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from flask import Flask

from tests.factories.person import Person
from tests.factories.phone import Phone
from tests.factories.photo import jpeg
from tests.factories.tus import WEBM, Tus

SHA256 = hashlib.sha256(WEBM).hexdigest()


def promised(data: bytes = WEBM, **told: Any) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    return {
        "media_id": str(uuid4()),
        "sha256": digest,
        "size": len(data),
        "mime": "audio/webm",
        "role": "voice",
    } | told


def told_with_voice(phone: Phone, *media: dict[str, Any]) -> dict[str, Any]:
    """A report with a voice note, and the case as its reporter sees it."""
    [result] = phone.push(phone.report_op(media=list(media) or [promised()]))
    assert result["status"] == "applied", result
    case: dict[str, Any] = phone.get(f"/mobile/v1/reports/{result['receipt']['id']}").json
    return case


def test_a_voice_note_is_promised_arrives_and_is_heard_by_worker_and_desk(app: Flask, phone: Phone) -> None:
    case = told_with_voice(phone)
    [item] = case["photo_items"]
    assert (item["role"], item["arrived"]) == ({"code": "voice", "label": "语音"}, False)
    assert phone.get(f"/mobile/v1/voices/{item['id']}").status_code == 404 if item["id"] else True

    Tus(phone).whole(WEBM, mime="audio/webm", role="voice")

    [item] = phone.get(f"/mobile/v1/reports/{case['id']}").json["photo_items"]
    assert item["arrived"]
    for person, base in ((phone, "/mobile/v1"), (Person(app, "dd01"), "/api")):
        answer = person.get(f"{base}/voices/{item['id']}")
        assert (answer.status_code, answer.data, answer.mimetype) == (200, WEBM, "audio/webm")
        assert answer.headers["Content-Disposition"] == "attachment; filename=voice.webm"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert person.get(f"{base}/photos/{item['id']}").status_code == 404


def test_who_does_not_see_the_case_does_not_hear_it(app: Flask, phone: Phone) -> None:
    Tus(phone).whole(WEBM, mime="audio/webm", role="voice")
    [item] = told_with_voice(phone)["photo_items"]

    assert Person(app, "ga01").get(f"/api/voices/{item['id']}").status_code == 404


def test_a_photo_is_no_voice_note(phone: Phone) -> None:
    phone.upload(jpeg())
    [item] = told_with_voice(phone, promised(jpeg(), mime="image/jpeg", role="near"))["photo_items"]

    assert phone.get(f"/mobile/v1/voices/{item['id']}").status_code == 404


def test_a_photo_called_a_voice_note_is_not_handed_over_raw(phone: Phone) -> None:
    phone.upload(jpeg())
    [item] = told_with_voice(phone, promised(jpeg()))["photo_items"]

    assert phone.get(f"/mobile/v1/voices/{item['id']}").status_code == 404


def test_a_voice_note_alone_is_still_a_report_without_photos(phone: Phone) -> None:
    assert "no_photo" in {flag["code"] for flag in told_with_voice(phone)["flags"]}


def test_six_photos_and_one_voice_note_fit_and_a_second_does_not(phone: Phone) -> None:
    photos = [promised(jpeg(shade), mime="image/jpeg", role="near") for shade in range(6)]

    assert len(told_with_voice(phone, *photos, promised())["photo_items"]) == 7
    [result] = phone.push(phone.report_op(media=[promised(), promised(b"other")]))
    assert result["status"] == "rejected"


def test_the_scrub_does_not_miss_pictures_of_sound(app: Flask, phone: Phone) -> None:
    Tus(phone).whole(WEBM, mime="audio/webm", role="voice")
    told_with_voice(phone)

    result = app.test_cli_runner().invoke(args=["media", "scrub"])

    assert result.exit_code == 0, result.output


def test_the_handset_is_told_what_it_may_record(phone: Phone) -> None:
    policy = phone.get("/mobile/v1/bootstrap").json["policy"]

    assert policy["voice"] == {"max_s": 60, "max_bytes": 1024 * 1024}
    assert policy["tracks"] is True
    assert {"shift.on", "shift.off"} <= set(policy["ops"])
