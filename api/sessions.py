"""Signing in, refreshing, signing out; the same for consoles and handsets, at two addresses."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, make_response, request
from flask.views import MethodView

from api import passwords
from api.auth import ACCESS_LIFE, current_user, read_refresh, tokens
from api.http import Blueprint
from api.mark import early, public, requires
from api.schemas.session import MeSchema, RefreshSchema, SignInSchema, TokensSchema, me
from grid.accounts import session as sessions
from grid.accounts.permission import Permission
from grid.accounts.session import LoginSession
from grid.db import transaction
from grid.errors import Unauthenticated
from grid.trail import entry as trail

COOKIE = "wangge_refresh"


def answer(session: LoginSession, path: str, in_cookie: bool) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Fresh tokens; the refresh token in the body, or in a cookie only ``path`` receives."""
    access, refresh = tokens(session)
    body: dict[str, Any] = {
        "access_token": access,
        "expires_in_s": int(ACCESS_LIFE.total_seconds()),
        "user": me(session.user, current_app.config["DEMO"]),
    }
    if not in_cookie:
        return body | {"refresh_token": refresh}, 200, {}
    return body, 200, {"Set-Cookie": _cookie(refresh, path, int(sessions.FAMILY_LIFE.total_seconds()))}


def _cookie(value: str, path: str, max_age_s: int) -> str:
    carrier = make_response()
    carrier.set_cookie(
        COOKIE,
        value,
        max_age=max_age_s,
        path=path,
        httponly=True,
        samesite="Strict",
        secure=current_app.config["COOKIE_SECURE"],
    )
    return carrier.headers["Set-Cookie"]


def sign_in(told: dict[str, Any], path: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Check, count, open; the answer does not say whether the account exists."""
    verdict = sessions.check(told["username"], told["password"], request.remote_addr or "")
    with transaction():
        session = sessions.settle(verdict, told["device"].get("label", ""))
        trail.record(
            session.user if session else None,
            "session:open" if session else "session:refuse",
            "session",
            session.id if session else "",
            account=told["username"],
            address=request.remote_addr,
        )
    if session is None:
        raise sessions.refusal(verdict)
    return answer(session, path, told["refresh_in"] == "cookie")


def refresh(told: dict[str, Any], path: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Spend a refresh token for the next."""
    token = told["refresh_token"] or request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated("请先登录。")
    session_id, token_id = read_refresh(token)
    with transaction():
        session = sessions.rotate(session_id, token_id)
        if session is None:
            trail.record(None, "session:refuse_refresh", "session", session_id)
    if session is None:
        raise Unauthenticated("登录已失效，请重新登录。没有发出的内容会保留。")
    return answer(session, path, not told["refresh_token"])


def sign_out(path: str) -> Response:
    """End this session; its tokens are refused from now on."""
    with transaction():
        session = sessions.alive(g.session.id)
        if session is not None:
            sessions.end(session, "sign_out")
            trail.record(session.user, "session:close", "session", session.id)
    response = current_app.response_class(status=204)
    response.headers["Set-Cookie"] = _cookie("", path, 0)
    return response


def routes(blp: Blueprint, path: str, name: str) -> None:
    """Give a blueprint its session routes under ``path``; ``name`` is the last part of it."""

    @blp.route(f"/{name}")
    class Sessions(MethodView):
        """Sign in, sign out."""

        @public
        @blp.arguments(SignInSchema)
        @blp.response(200, TokensSchema)
        def post(self, told: dict[str, Any]) -> Any:
            """Sign in. Five failures lock the account for 15 minutes."""
            return sign_in(told, path)

        @early
        @requires(Permission.SELF_READ)
        @blp.response(204)
        def delete(self) -> Response:
            """Sign out."""
            return sign_out(path)

    @blp.post(f"/{name}/refresh")
    @public
    @blp.arguments(RefreshSchema)
    @blp.response(200, TokensSchema)
    def refreshed(told: dict[str, Any]) -> Any:
        """Spend the refresh token (body or cookie) and get the next."""
        return refresh(told, path)

    passwords.routes(blp)


blp = Blueprint("sessions", __name__, url_prefix="/api", description="登录")
routes(blp, "/api/sessions", "sessions")


@blp.get("/me")
@early
@requires(Permission.SELF_READ)
@blp.response(200, MeSchema)
def mine() -> dict[str, Any]:
    """Who am I, and what may I do."""
    return me(current_user, current_app.config["DEMO"])
