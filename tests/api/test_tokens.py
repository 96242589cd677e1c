"""Tokens: nothing but our own, unspent, living ones opens anything; every refusal is the same 401."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import PASSWORD
from grid.accounts import session as sessions
from grid.accounts.session import LoginSession, LoginThrottle
from grid.accounts.user import UserPost
from grid.db import db, transaction
from grid.trail.entry import TrailEntry
from tests.factories.account import disable, find_user
from tests.factories.crowd import at_once
from tests.factories.person import Caller, Person
from tests.factories.problem import assert_problem
from tests.harness.databases import MOSTLY_SQLITE
from wsgi import create_app

Claims = dict[str, Any]


def _part(told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def _unsigned(header: Any, claims: Claims, signature: str = "") -> str:
    return f"{_part(header)}.{_part(claims)}.{signature}"


def _flipped(token: str, part: int) -> str:
    """The token with one character of a part changed."""
    parts = token.split(".")
    middle = len(parts[part]) // 2
    other = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + other + parts[part][middle + 1 :]
    return ".".join(parts)


Forge = Callable[[str, Claims, str], str]


def _claims(**changes: Any) -> Forge:
    """Signed with the right key, but with other claims; None takes one away."""

    def forge(token: str, claims: Claims, key: str) -> str:
        told = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(told, key, "HS256")

    return forge


def _header(**changes: Any) -> Forge:
    return lambda token, claims, key: jwt.encode(
        claims, "another key of more than thirty-two bytes!!", "HS256", changes
    )


def _ago(**by: float) -> int:
    return int((datetime.now(UTC) - timedelta(**by)).timestamp())  # tokens live by real time, not the test's clock


FORGERIES: dict[str, Forge] = {
    "empty": lambda token, claims, key: "",
    "not a token": lambda token, claims, key: "wg01",
    "two parts": lambda token, claims, key: token.rsplit(".", 1)[0],
    "four parts": lambda token, claims, key: f"{token}.{token.rsplit('.', 1)[1]}",
    "empty signature": lambda token, claims, key: token.rsplit(".", 1)[0] + ".",
    "header changed": lambda token, claims, key: _flipped(token, 0),
    "claims changed": lambda token, claims, key: _flipped(token, 1),
    "signature changed": lambda token, claims, key: _flipped(token, 2),
    "signature of another token": lambda token, claims, key: (
        jwt.encode(claims | {"sub": "2"}, key, "HS256").rsplit(".", 1)[0] + "." + token.rsplit(".", 1)[1]
    ),
    "alg none": lambda token, claims, key: _unsigned({"alg": "none", "typ": "JWT"}, claims),
    "alg None": lambda token, claims, key: _unsigned({"alg": "None", "typ": "JWT"}, claims),
    "alg NONE": lambda token, claims, key: _unsigned({"alg": "NONE", "typ": "JWT"}, claims),
    "alg nOnE with a signature": lambda token, claims, key: _unsigned(
        {"alg": "nOnE"}, claims, token.split(".")[2]
    ),
    "no alg": lambda token, claims, key: _unsigned({"typ": "JWT"}, claims, token.split(".")[2]),
    "alg a number": lambda token, claims, key: _unsigned({"alg": 256}, claims, token.split(".")[2]),
    "header a list": lambda token, claims, key: _unsigned(["HS256"], claims, token.split(".")[2]),
    "alg HS384 with the right key": lambda token, claims, key: jwt.encode(claims, key, "HS384"),
    "alg HS512 with the right key": lambda token, claims, key: jwt.encode(claims, key, "HS512"),
    "alg RS256": lambda token, claims, key: _unsigned({"alg": "RS256"}, claims, token.split(".")[2]),
    "alg ES256": lambda token, claims, key: _unsigned({"alg": "ES256"}, claims, token.split(".")[2]),
    "alg hs256": lambda token, claims, key: _unsigned({"alg": "hs256"}, claims, token.split(".")[2]),
    "another key": lambda token, claims, key: jwt.encode(claims, "another key of more than thirty-two bytes!!"),
    "unknown kid": _header(kid="1"),
    "kid a path": _header(kid="../../../../dev/null"),
    "kid an injection": _header(kid="x' UNION SELECT 'k"),
    "jku of a stranger": _header(jku="http://127.0.0.1:9/keys"),
    "jwk of its own": _header(jwk={"kty": "oct", "k": "AAAA"}),
    "crit unknown": lambda token, claims, key: jwt.encode(claims, key, "HS256", {"crit": ["b64"], "b64": False}),
    "no exp": _claims(exp=None),
    "exp long ago": _claims(exp=_ago(hours=1)),
    "exp a moment ago": _claims(exp=_ago(seconds=15)),
    "exp a text": _claims(exp="tomorrow"),
    "no jti": _claims(jti=None),
    "no sub": _claims(sub=None),
    "sub a number": _claims(sub=1),
    "sub another person": _claims(sub="2"),
    "sub a list": _claims(sub=["1"]),
    "no session": _claims(sid=None),
    "session that does not exist": _claims(sid=str(uuid4())),
    "session that is no UUID": _claims(sid="1 OR 1=1"),
    "no session version": _claims(sv=None),
    "older session version": _claims(sv=0),
    "session version as text": _claims(sv="1"),
    "type refresh": _claims(type="refresh"),
    "type unknown": _claims(type="admin"),
    "no issuer": _claims(iss=None),
    "another issuer": _claims(iss="somebody"),
    "no audience": _claims(aud=None),
    "another audience": _claims(aud="somebody"),
    "issued in the future": _claims(iat=_ago(hours=-1)),
    "not yet good": _claims(nbf=_ago(hours=-1)),
    "claims a list": lambda token, claims, key: _signed_list(key),
    "100 KB": lambda token, claims, key: _unsigned({"alg": "HS256"}, claims | {"pad": "x" * 100_000}, "AAAA"),
    "nested deep": lambda token, claims, key: _unsigned({"alg": "HS256"}, {"a": [[[[[[[[]]]]]]]]}, "AAAA"),
    "bytes that are no text": lambda token, claims, key: "\xff\xfe.\xff.\xff",
}


SESSION_VERSIONS = ("older session version", "session version as text")


def _signed_list(key: str) -> str:
    return jwt.api_jws.encode(b"[1]", key, "HS256")


def test_the_corpus_is_large() -> None:
    assert len(FORGERIES) >= 40


@MOSTLY_SQLITE
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_opens_nothing(app: Flask, name: str) -> None:
    caller, token, claims = _signed_in(app)

    answer = _me(caller, "Bearer " + FORGERIES[name](token, claims, app.config["JWT_SECRET_KEY"]))

    told = assert_problem(answer, 401, "unauthenticated")
    assert sorted(told) == ["detail", "instance", "status", "title", "type"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic d2cwMTp4", "Token {token}", "{token}", "Bearer {token} {token}"],
)
def test_a_token_that_is_not_presented_rightly_opens_nothing(app: Flask, header: str | None) -> None:
    caller, token, _ = _signed_in(app)

    answer = _me(caller, header and header.format(token=token))

    assert_problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize("place", ["query", "cookie", "body"])
def test_a_token_in_another_place_opens_nothing(app: Flask, place: str) -> None:
    caller, token, _ = _signed_in(app)
    caller.client.set_cookie("access_token_cookie", token) if place == "cookie" else None
    query = {"jwt": token, "access_token": token} if place == "query" else {}

    answer = caller.get("/api/me", query_string=query, json={"access_token": token} if place == "body" else None)

    assert_problem(answer, 401, "unauthenticated")


def test_the_token_the_forgeries_are_made_of_is_good(app: Flask) -> None:
    caller, token, claims = _signed_in(app)

    assert _me(caller, f"Bearer {token}").json["username"] == "wg01"
    assert _me(caller, "Bearer " + _claims()(token, claims, app.config["JWT_SECRET_KEY"])).status_code == 200


def _signed_in(app: Flask) -> tuple[Caller, str, Claims]:
    token = Person(app, "wg01").tokens["access_token"]
    return Caller(app), token, jwt.decode(token, options={"verify_signature": False})


def _me(caller: Caller, authorization: str | None) -> Any:
    return caller.get("/api/me", headers={} if authorization is None else {"Authorization": authorization})


# -- refresh ------------------------------------------------------------------------------------------------------


def _refresh(caller: Caller, token: str) -> Any:
    return caller.post("/api/sessions/refresh", json={"refresh_token": token})


def _age(by: timedelta) -> None:
    """Let the last rotation be longer ago."""
    with transaction():
        for session in db.session.scalars(select(LoginSession).execution_options(populate_existing=True)):
            session.rotated_at -= by


def test_a_refresh_token_buys_the_next_one(app: Flask) -> None:
    person = Person(app, "wg01")

    first = _refresh(Caller(app), person.tokens["refresh_token"])
    second = _refresh(Caller(app), first.json["refresh_token"])

    assert [first.status_code, second.status_code] == [200, 200]
    assert len({person.tokens["refresh_token"], first.json["refresh_token"], second.json["refresh_token"]}) == 3
    assert _me(Caller(app), f"Bearer {second.json['access_token']}").status_code == 200


def test_a_spent_refresh_token_ends_the_whole_sign_in(app: Flask) -> None:
    person = Person(app, "wg01")
    stolen = person.tokens["refresh_token"]
    new = _refresh(Caller(app), stolen).json
    _age(timedelta(seconds=11))

    assert_problem(_refresh(Caller(app), stolen), 401, "unauthenticated")

    assert_problem(_refresh(Caller(app), new["refresh_token"]), 401, "unauthenticated")
    assert_problem(_me(Caller(app), f"Bearer {new['access_token']}"), 401, "unauthenticated")
    assert_problem(person.get("/api/me"), 401, "unauthenticated")
    actions = db.session.scalars(select(TrailEntry.action).where(TrailEntry.object_type == "session"))
    assert "session:refuse_refresh" in set(actions)


def test_a_refresh_token_spent_twice_over_ends_the_sign_in_even_at_once(app: Flask) -> None:
    oldest = Person(app, "wg01").tokens["refresh_token"]
    second = _refresh(Caller(app), oldest).json
    third = _refresh(Caller(app), second["refresh_token"]).json

    assert_problem(_refresh(Caller(app), oldest), 401, "unauthenticated")

    assert_problem(_refresh(Caller(app), third["refresh_token"]), 401, "unauthenticated")


def test_a_phone_that_asks_again_at_once_keeps_its_sign_in(app: Flask) -> None:
    person = Person(app, "wg01")
    new = _refresh(Caller(app), person.tokens["refresh_token"]).json
    _age(timedelta(seconds=9))

    assert_problem(_refresh(Caller(app), person.tokens["refresh_token"]), 401, "unauthenticated")

    assert _refresh(Caller(app), new["refresh_token"]).status_code == 200


def test_of_twenty_parallel_refreshes_one_wins_and_the_sign_in_lives(app: Flask) -> None:
    token = Person(app, "wg01").tokens["refresh_token"]

    answers = at_once(partial(_refresh, Caller(app), token) for _ in range(20))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    winner = next(answer.json for answer in answers if answer.status_code == 200)
    assert _refresh(Caller(app), winner["refresh_token"]).status_code == 200


def test_an_access_token_does_not_refresh(app: Flask) -> None:
    person = Person(app, "wg01")

    assert_problem(_refresh(Caller(app), person.tokens["access_token"]), 401, "unauthenticated")


# What is right in a refresh token, or not asked of it: its session alone says whose it is.
REFRESH_FORGERIES = [
    name for name in FORGERIES if name not in ("type refresh", "sub another person", *SESSION_VERSIONS)
]


@MOSTLY_SQLITE
@pytest.mark.parametrize("name", REFRESH_FORGERIES)
def test_a_forged_refresh_token_buys_nothing(app: Flask, name: str) -> None:
    person = Person(app, "wg01")
    token = person.tokens["refresh_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    answer = _refresh(Caller(app), FORGERIES[name](token, claims, app.config["JWT_SECRET_KEY"]))

    assert_problem(answer, 401, "unauthenticated")
    assert _refresh(Caller(app), token).status_code == 200


def test_a_browser_gets_its_refresh_token_in_a_cookie_scripts_cannot_read(app: Flask) -> None:
    caller = Caller(app)

    told = caller.post("/api/sessions", json={"username": "dd01", "password": PASSWORD, "refresh_in": "cookie"})

    assert "refresh_token" not in told.json
    cookie = told.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/api/sessions"))
    assert caller.post("/api/sessions/refresh", json={}).status_code == 200
    assert "refresh_token" not in caller.post("/api/sessions/refresh", json={}).json


# -- the end of a session -----------------------------------------------------------------------------------------


def test_signing_out_ends_this_session_at_once_and_no_other(app: Flask) -> None:
    here, there = Person(app, "wg01"), Person(app, "wg01")

    assert here.delete("/api/sessions").status_code == 204

    assert_problem(here.get("/api/me"), 401, "unauthenticated")
    assert_problem(_refresh(here, here.tokens["refresh_token"]), 401, "unauthenticated")
    assert there.get("/api/me").status_code == 200


def test_a_disabled_person_is_out_on_the_next_request(app: Flask) -> None:
    person = Person(app, "wg01")

    disable("wg01")

    assert_problem(person.get("/api/me"), 401, "unauthenticated")
    assert_problem(_refresh(person, person.tokens["refresh_token"]), 401, "unauthenticated")
    assert_problem(_sign_in(app, "wg01"), 401, "unauthenticated")


def test_other_posts_end_every_session_and_count_from_the_next(app: Flask) -> None:
    people = [Person(app, "slr01"), Person(app, "slr01")]
    user = find_user("slr01")
    with transaction():
        user.posts.append(UserPost(post="dispatcher", area_id=user.posts[0].area_id))
        sessions.end_all(user)

    for person in people:
        assert_problem(person.get("/api/me"), 401, "unauthenticated")
        assert_problem(_refresh(person, person.tokens["refresh_token"]), 401, "unauthenticated")

    assert "event:dispatch" in Person(app, "slr01").get("/api/me").json["permissions"]


def test_a_session_ends_after_one_shift(app: Flask) -> None:
    person = Person(app, "wg01")
    with transaction():
        for session in db.session.scalars(select(LoginSession)):
            session.expires_at -= sessions.FAMILY_LIFE

    assert_problem(person.get("/api/me"), 401, "unauthenticated")
    assert_problem(_refresh(person, person.tokens["refresh_token"]), 401, "unauthenticated")


# -- lockout ------------------------------------------------------------------------------------------------------


def _sign_in(app: Flask, username: str, password: str = PASSWORD, address: str = "10.0.0.1") -> Any:
    told = {"username": username, "password": password}
    return Caller(app).post("/api/sessions", json=told, environ_base={"REMOTE_ADDR": address})


def test_five_failures_lock_the_account_even_for_the_right_password(app: Flask) -> None:
    for _ in range(5):
        assert_problem(_sign_in(app, "wg01", "wrong"), 401, "unauthenticated")

    assert "锁定" in assert_problem(_sign_in(app, "wg01"), 401, "unauthenticated")["detail"]
    assert _sign_in(app, "wg02").status_code == 200


def test_four_failures_and_a_right_password_count_for_nothing(app: Flask) -> None:
    for _ in range(3):
        for _ in range(4):
            _sign_in(app, "wg01", "wrong")

        assert _sign_in(app, "wg01").status_code == 200


def test_a_lock_survives_a_restart_and_ends_after_fifteen_minutes(app: Flask) -> None:
    for _ in range(5):
        _sign_in(app, "wg01", "wrong")
    again = create_app({name: app.config[name] for name in ("DATABASE", "DATA", "DEMO")})

    assert_problem(_sign_in(again, "wg01"), 401, "unauthenticated")
    with transaction():
        for throttle in db.session.scalars(select(LoginThrottle).where(LoginThrottle.locked_until.is_not(None))):
            throttle.locked_until -= sessions.LOCK
            throttle.since -= sessions.LOCK

    assert _sign_in(again, "wg01").status_code == 200


def test_spelling_the_name_otherwise_does_not_give_more_tries(app: Flask) -> None:
    for name in ("wg01", "WG01", "Wg01", "wG01", "wg01 "):
        _sign_in(app, name, "wrong")

    assert "锁定" in _sign_in(app, "wg01").get_json(force=True)["detail"]


def test_fifty_failures_lock_an_address_for_every_account(app: Flask) -> None:
    for number in range(50):
        _sign_in(app, f"nobody{number}", "wrong", "10.9.9.9")

    assert_problem(_sign_in(app, "wg01", address="10.9.9.9"), 401, "unauthenticated")
    assert _sign_in(app, "wg01", address="10.9.9.8").status_code == 200


def test_an_unknown_name_and_a_wrong_password_look_the_same(app: Flask) -> None:
    known = [_sign_in(app, "wg01", "wrong").get_json(force=True) for _ in range(6)]
    unknown = [_sign_in(app, "nobody", "wrong").get_json(force=True) for _ in range(6)]

    assert known == unknown


def test_parallel_guesses_are_all_counted(app: Flask) -> None:
    answers = at_once(partial(_sign_in, app, "wg01", "wrong") for _ in range(12))

    assert {answer.status_code for answer in answers} == {401}
    assert "锁定" in _sign_in(app, "wg01").get_json(force=True)["detail"]


def test_signing_in_out_and_failing_leave_a_trail(app: Flask) -> None:
    person = Person(app, "wg01", sign_in="/api/sessions")
    person.delete("/api/sessions")
    _sign_in(app, "wg01", "wrong")

    rows = db.session.scalars(select(TrailEntry).order_by(TrailEntry.id)).all()

    assert [row.action for row in rows] == ["session:open", "session:close", "session:refuse"]
    assert all(row.is_intact() for row in rows)
