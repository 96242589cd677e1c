"""Who is calling: access tokens, and the permission every route declares.

A token counts only with exp, jti, session and session version, and only while its session stands: sign-out, new
posts or a new password take effect on the next request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, g, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_jwt,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from werkzeug.local import LocalProxy

from api.http import problem
from api.mark import flagged, marked
from grid.accounts import session as sessions
from grid.accounts.session import LoginSession
from grid.accounts.user import User
from grid.errors import Forbidden, PasswordChangeRequired, Unauthenticated

ACCESS_LIFE = timedelta(minutes=15)
REQUIRED_CLAIMS = ("exp", "jti", "sub", "sid", "sv", "type")
ISSUER = "wangge"

current_user = cast(User, LocalProxy(lambda: g.actor))


@contextmanager
def acting_as(user: User) -> Iterator[None]:
    """Let a part of a request count as somebody else's: done for them, with their rights and not the caller's."""
    caller, g.actor = g.actor, user
    try:
        yield
    finally:
        g.actor = caller


def check_permission() -> None:
    """Before every request: the caller is known and holds the route's permission somewhere."""
    if request.endpoint is None or request.endpoint == "static":
        return
    if request.method == "OPTIONS":
        return
    method = "GET" if request.method == "HEAD" else request.method
    permission = marked(request.endpoint, method)
    if permission is None:
        return
    g.session = _session()
    g.actor = g.session.user
    if g.actor.must_change_password and not flagged("early", request.endpoint, method):
        raise PasswordChangeRequired("这是初始密码，请先改成自己的密码。")
    if not g.actor.has(permission):
        raise Forbidden("你的岗位没有这项权限。")


def _session() -> LoginSession:
    verify_jwt_in_request()
    g.claims = claims = get_jwt()
    session = _alive(claims)
    if session is None:
        raise Unauthenticated("登录已失效，请重新登录。没有发出的内容会保留。")
    return session


def _alive(claims: dict[str, Any]) -> LoginSession | None:
    try:
        session = sessions.alive(UUID(str(claims["sid"])))
    except ValueError:
        return None
    if session is None or str(session.user_id) != claims["sub"]:
        return None
    return session if session.user.session_version == claims["sv"] else None


def standing(claims: dict[str, Any]) -> User | None:
    """The person behind a token that was good once (``g.claims``), while its session stands."""
    session = _alive(claims)
    return None if session is None or session.user.must_change_password else session.user


def _is_whole(claims: dict[str, Any], kind: str) -> bool:
    """Is everything there that a token counts by? (The library fills in a missing jti with None.)"""
    return claims["type"] == kind and all(claims.get(name) is not None for name in REQUIRED_CLAIMS)


def tokens(session: LoginSession) -> tuple[str, str]:
    """A fresh access token and the session's current refresh token."""
    claims = {"sid": str(session.id), "sv": session.user.session_version}
    identity = str(session.user_id)
    access = create_access_token(identity, additional_claims=claims, expires_delta=ACCESS_LIFE)
    refresh = create_refresh_token(
        identity,
        additional_claims=claims | {"rid": str(session.token_id)},
        expires_delta=sessions.FAMILY_LIFE,
    )
    return access, refresh


def read_refresh(token: str) -> tuple[UUID, UUID]:
    """Session id and token id of a refresh token. Raises Unauthenticated."""
    try:
        claims = decode_token(token)
        if not _is_whole(claims, "refresh"):
            raise Unauthenticated("登录已失效，请重新登录。")
        return UUID(claims["sid"]), UUID(claims["rid"])
    except (PyJWTError, JWTExtendedException, KeyError, ValueError) as error:
        raise Unauthenticated("登录已失效，请重新登录。") from error


def register(app: Flask, key: str) -> None:
    """Configure the token library: one algorithm, issuer and audience, headers only, every failure a 401."""
    app.config.update(
        JWT_SECRET_KEY=key,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=ISSUER,
        JWT_DECODE_AUDIENCE=ISSUER,
        JWT_DECODE_LEEWAY=10,
        JWT_ERROR_MESSAGE_KEY="detail",
    )
    manager = JWTManager(app)
    manager.token_verification_loader(lambda header, claims: _is_whole(claims, "access"))
    manager.unauthorized_loader(lambda reason: _refuse("请先登录。"))
    manager.invalid_token_loader(lambda reason: _refuse("登录凭证无效，请重新登录。"))
    manager.expired_token_loader(lambda header, claims: _refuse("登录已过期，请重新登录。没有发出的内容会保留。"))
    manager.revoked_token_loader(lambda header, claims: _refuse("登录已失效，请重新登录。"))
    manager.needs_fresh_token_loader(lambda header, claims: _refuse("请重新登录。"))
    manager.user_lookup_error_loader(lambda header, claims: _refuse("登录凭证无效，请重新登录。"))
    manager.token_verification_failed_loader(lambda header, claims: _refuse("登录凭证无效，请重新登录。"))
    app.before_request(check_permission)


def _refuse(detail: str) -> Response:
    return problem(401, "unauthenticated", "请重新登录", detail)
