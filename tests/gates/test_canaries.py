"""Canaries: invented people whose names, numbers and words come out of no log, nor in front of others."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import psycopg.errors
import pytest
from sqlalchemy.exc import IntegrityError

from fixtures.daling import PASSWORD
from grid.log import set_up_logging
from tests.factories.person import make_report
from tests.gates.stage import Stage
from tests.harness.crashrig import HOST, ROOT, CrashRig

BIRDS = {
    "name": "金丝雀甲",
    "phone": "10013579246",
    "written phone": "100-1357-9246",
    "id number": "999999199001010017",
    "address": "雀鸣路九号之三",
    "words": "黄雀在后的说明",
    "password": "Canary-Pass-word-1",
    "key": "canarykey0123456789",
    "agent": "CanaryBrowser/7",
}
CALM = "路口停了一排电动车"


@pytest.fixture
def rig(stage: Stage) -> Any:
    env = {"WANGGE_DEMO": "1", "WANGGE_COOKIE_SECURE": "0"}
    shutil.move(stage.folder / "stage.db", stage.folder / "wangge.db")
    with CrashRig(
        stage.folder, env, app="tests.gates.faulty:create_app()", options=("--log-level", "debug")
    ) as rig:
        yield rig


def test_no_canary_comes_out_of_a_log_or_in_front_of_others(rig: CrashRig) -> None:
    secrets: list[str] = []
    with httpx.Client(base_url=rig.url, headers={"User-Agent": BIRDS["agent"]}, timeout=30) as client:
        mine = _sign_in(client, "wg01", secrets)
        others = _sign_in(client, "wg14", secrets)
        said = [*_live(client, mine), *_fail(client, mine)]
        shown = _look(client, others)
    _garble(rig)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--once"],
        cwd=ROOT, env={**rig.env, "PATH": "/usr/bin:/bin", "WANGGE_DATABASE": ""}, check=True,
        stdout=rig.log.open("ab"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    rig.stop()

    log = rig.log.read_text("utf-8", "replace")
    assert {200, 201, 401, 404, 422, 500} <= set(said)
    assert log.count('"event": "request"') > 20 and log.count('"event": "unhandled error"') >= 2
    assert [bird for bird in (*BIRDS.values(), *secrets) if _is_in(bird, log)] == []
    assert [bird for bird in BIRDS.values() if _is_in(bird, shown)] == []
    assert all(json.loads(line) for line in log.splitlines() if line.startswith("{"))
    assert [line for line in log.splitlines() if not line.startswith("{")] == []


def _sign_in(client: httpx.Client, username: str, secrets: list[str]) -> dict[str, str]:
    told = {"username": username, "password": PASSWORD, "device": {"label": BIRDS["name"]}}
    answer = client.post("/mobile/v1/session", json=told)
    assert answer.status_code == 200, answer.text
    secrets += [PASSWORD, answer.json()["access_token"], answer.json()["refresh_token"]]
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _live(client: httpx.Client, mine: dict[str, str]) -> list[int]:
    """What goes well: a report full of canaries, read again, searched for."""
    told = make_report(description=f"{BIRDS['words']}，{BIRDS['name']} {BIRDS['phone']}", address=BIRDS["address"])
    reports = [client.post("/mobile/v1/reports", json=told, headers=mine) for _ in range(2)]
    receipt = reports[0].json()
    read = client.get(f"/mobile/v1/reports/{receipt['id']}", headers=mine)
    assert BIRDS["words"] in read.text
    return [*(answer.status_code for answer in reports), read.status_code]


def _fail(client: httpx.Client, mine: dict[str, str]) -> list[int]:
    """What goes wrong, each time with canaries in hand."""
    bird = BIRDS["name"]
    wrong = make_report(category=bird, address=BIRDS["address"] * 50)
    answers = [
        client.post("/api/sessions", json={"username": bird, "password": BIRDS["password"]}),
        client.post("/api/sessions", json={"username": bird * 20, "password": BIRDS["password"]}),
        client.post("/mobile/v1/reports", json=wrong, headers=mine),
        client.post("/mobile/v1/reports", content=f'{{"{bird}": '.encode(), headers=mine),
        client.get(f"/api/{BIRDS['id number']}/{quote(bird)}", headers=mine),
        client.get(f"/api/events/{quote(bird)}", headers=mine),
        client.get("/api/events", params={"q": BIRDS["id number"], "area": bird}, headers=mine),
        client.put(f"/api/calendar/{quote(bird + '一二三四五六')}", headers=mine),
        client.get("/api/me", headers={"Authorization": f"Bearer {BIRDS['key']}"}),
        client.get("/api/me", headers=mine | {"Cookie": f"a={BIRDS['key']}", "Idempotency-Key": BIRDS["key"]}),
        client.post(f"/api/events/{uuid4()}/steps", json={"action": bird}, headers=mine | {"If-Match": '"0"'}),
        client.post("/faulty/lookup", content="、".join(BIRDS.values()).encode()),
        client.get("/faulty/refused", params={"name": bird}),
    ]
    with contextlib.suppress(httpx.RemoteProtocolError):
        client.get("/faulty/unwritten", params={"name": bird})
    return [answer.status_code for answer in answers]


def _look(client: httpx.Client, others: dict[str, str]) -> str:
    """All that somebody else of the same post in another grid can call up."""
    paths = (
        "/api/events",
        "/mobile/v1/reports",
        "/mobile/v1/tasks",
        "/mobile/v1/notices",
        "/mobile/v1/bootstrap",
        "/api/me",
    )
    answers = [client.get(path, headers=others) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.text for answer in answers)


GARBLED = (
    "GET /{name}?q={name} HTTP/9.9\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\n{name} {phone}: {words}\r\n\r\n",
    "{name} {phone}\r\n\r\n",
    "POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {words}\r\n\r\n{password}",
    "GET /" + "{name}" * 2000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
)


def _garble(rig: CrashRig) -> None:
    """What the server refuses before the application hears of it."""
    for words in GARBLED:
        with socket.create_connection((HOST, rig.port), timeout=10) as line:
            line.sendall(words.format(**BIRDS).encode())
            line.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                line.recv(65_536)


def _is_in(bird: str, text: str) -> bool:
    """As it is, as an address has it, as JSON and as Python escape it, as bytes read in another way."""
    shapes = {bird, quote(bird), json.dumps(bird)[1:-1], repr(bird.encode())[2:-1]}
    latin = bird.encode().decode("latin-1")
    shapes |= {latin, repr(latin)[1:-1], json.dumps(repr(latin), ensure_ascii=False)[2:-2]}
    return any(shape in text for shape in shapes)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What comes out of a fresh set-up of the logs."""
    out = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logging()
    return out


def test_an_exception_is_told_without_its_words(logged: io.StringIO) -> None:
    refused = psycopg.errors.UniqueViolation(f"DETAIL:  Key (name)=({BIRDS['name']}) already exists.")
    try:
        try:
            raise refused
        except psycopg.Error as cause:
            raise IntegrityError("INSERT", {}, cause) from cause
    except IntegrityError:
        logging.getLogger("grid.job").exception("job failed")

    [line] = logged.getvalue().splitlines()
    assert "UniqueViolation" in line and "test_canaries.py" in line and "job failed" in line
    assert not _is_in(BIRDS["name"], line)


def test_a_library_is_heard_without_what_it_repeats(logged: io.StringIO) -> None:
    logging.getLogger("somelib").warning("could not read %s", BIRDS["name"])
    logging.getLogger("grid.x").warning("moved %d rows", 5)

    theirs, ours = (json.loads(line)["event"] for line in logged.getvalue().splitlines())
    assert theirs == "could not read %s"
    assert ours == "moved 5 rows"


def test_a_line_stays_one_line(logged: io.StringIO) -> None:
    logging.getLogger("grid.x").warning("a\nb\x1b[31m\r\n\u2028c")

    [line] = logged.getvalue().split("\n")[:-1]
    assert "\x1b" not in line and json.loads(line)["event"].startswith("a\nb")


def test_a_number_that_could_be_somebodys_is_blotted_out(logged: io.StringIO) -> None:
    logging.getLogger("grid.x").warning("%s %s", BIRDS["phone"], BIRDS["id number"])

    assert json.loads(logged.getvalue())["event"] == "••• •••"


def test_the_canaries_are_seen_when_they_are_there(tmp_path: Path) -> None:
    for bird in BIRDS.values():
        assert all(_is_in(bird, shape) for shape in (bird, quote(bird), json.dumps(bird), repr(bird.encode())))
