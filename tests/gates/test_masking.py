"""What each post gets to see of people: a table, held against every GET there is.

A field is full, masked or absent. Canaries stand in the database; each post calls up every address of the document
about things that are there, and what comes back is searched for them. A new address or a new field that shows more
than the table says, fails here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from grid.db import db, transaction
from grid.notices import notice
from grid.staff import mobile
from tests.factories.account import find_user
from tests.factories.event import make_event
from tests.factories.intake import make_call
from tests.factories.person import Caller, Person
from tests.gates.stage import CAST, Known, Stage, enroll

PHONE = "10013579246"
MASKED = re.compile(r"100\*+9246")
CALLER_PHONE, CALLER_MASKED = "10024680135", re.compile(r"100\*+0135")
REPORTER, COLLEAGUE = "金丝雀报", "金丝雀同"
MINE, THEIRS, ELSEWHERE = "本片区黄雀说明", "别人的黄雀通知", "别的片区黄雀说明"

OFFICE = ("acceptor", "shift_leader", "dispatcher", "leader")
UNIT = ("clerk", "department_head")


def _row(full: tuple[str, ...] = (), masked: tuple[str, ...] = ()) -> dict[str, str]:
    return {post: "full" if post in full else "masked" if post in masked else "absent" for post in CAST}


# field → post → what it gets to see. Members of the staff sign their work with their names: who sees a case sees
# who reported it; who can be sent is told to those who send; who lends a post, to whom; a number to call, to the
# office, masked. Accounts are kept by the system administrator alone.
TABLE = {
    "mobile number of the staff": _row(masked=(*OFFICE, "system_admin")),
    "phone of who called about a case in reach": _row(masked=(*OFFICE, *UNIT)),
    "name of who reported a case in reach": _row(full=("grid_worker", *OFFICE, *UNIT, "system_admin")),
    "name of a colleague in the same street": _row(full=("grid_worker", *OFFICE, *UNIT, "system_admin")),
    "words of a case in reach": _row(full=("grid_worker", *OFFICE, *UNIT)),
    "words of a case in another grid": _row(full=OFFICE),
    "notice to somebody else": _row(),
    "password, in any shape": _row(),
}


@pytest.fixture
def app(stage: Stage) -> Iterator[Flask]:
    app = stage.app()
    with app.app_context():
        mine = make_event(state="handling", reporter="wg01", department="cg", description=MINE).id
        make_event(state="handling", reporter="wg02", department="ga", description=ELSEWHERE)
        reporter, colleague = find_user("wg01"), find_user("wg02")
        with transaction():
            reporter.name, colleague.name = REPORTER, COLLEAGUE
            mobile.write(colleague, PHONE, app.extensions["sealer"])
            notice.tell([colleague.id], "canary", THEIRS, THEIRS, mine)
        desk = Person(app, "slr01")
        assert desk.post("/api/intakes", json=make_call(phone=CALLER_PHONE, category="E0406")).status_code == 201
        yield app


def _said(person: Caller, app: Flask, stage: Stage) -> str:
    """Everything the caller can read: bodies, headers, sheets and papers."""
    document = Caller(app).get("/api/openapi.json").json
    found = []
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        for where in _addresses(document, path, stage):
            answer = person.get(
                where, query_string={"area": stage.values["area"][0]} if _needs_area(operations) else {}
            )
            found += [str(answer.headers), _words(answer)]
    return "\n".join(found)


def _needs_area(operations: dict[str, object]) -> bool:
    asked = operations["get"].get("parameters", ())  # type: ignore[attr-defined]
    return any(parameter.get("name") == "area" and parameter.get("required") for parameter in asked)


def _addresses(document: dict[str, Any], path: str, stage: Stage) -> Iterator[str]:
    """The address about each thing we know of that kind."""
    known = Known(document, stage)
    [name] = re.findall(r"{(\w+)}", path)[:1] or [""]
    for value in stage.values.get(name, [None]):
        if value is not None:
            known[name] = str(value)
        yield path.format_map(known)


def _words(answer: TestResponse) -> str:
    if answer.mimetype == "application/pdf":
        return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.data))
    if "spreadsheetml" in answer.mimetype:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.data.decode("utf-8", "replace")


def _seen(said: str, secrets: list[str]) -> dict[str, str]:
    def how(*words: str) -> str:
        return "full" if any(word in said for word in words) else "absent"

    return {
        "mobile number of the staff": "masked" if PHONE not in said and MASKED.search(said) else how(PHONE),
        "phone of who called about a case in reach": "masked"
        if CALLER_PHONE not in said and CALLER_MASKED.search(said)
        else how(CALLER_PHONE),
        "name of who reported a case in reach": how(REPORTER),
        "name of a colleague in the same street": how(COLLEAGUE),
        "words of a case in reach": how(MINE),
        "words of a case in another grid": how(ELSEWHERE),
        "notice to somebody else": how(THEIRS),
        "password, in any shape": how("argon2", "password_hash", *secrets),
    }


@pytest.mark.parametrize("post", CAST)
def test_every_post_sees_of_people_what_the_table_says(app: Flask, stage: Stage, post: str) -> None:
    person = Person(app, CAST[post])
    person.headers |= enroll(app, CAST[post], person.headers)
    secrets = [find_user(name).password_hash for name in CAST.values()]
    db.session.rollback()
    stage.values["event_id"] = [
        str(one["id"]) for one in Person(app, "dd01").get("/api/events?limit=100").json["items"]
    ]

    seen = _seen(_said(person, app, stage), secrets)

    assert seen == {field: row[post] for field, row in TABLE.items()}


def test_nobody_without_a_token_sees_anything(app: Flask, stage: Stage) -> None:
    seen = _seen(_said(Caller(app), app, stage), [])

    assert set(seen.values()) == {"absent"}


def test_a_number_is_shown_one_at_a_time_to_who_says_what_for(app: Flask) -> None:
    for post, username in CAST.items():
        person = Person(app, username)
        answer = person.post("/api/users/wg02/reveal", json={"purpose": "核实身份，联系本人"})

        assert answer.status_code == (200 if post == "system_admin" else 403)
        assert (PHONE in answer.text) == (post == "system_admin")
