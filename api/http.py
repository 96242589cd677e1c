"""How HTTP looks here: problems (RFC 9457), security headers, whole bodies, request ids, If-Match on POST."""

from __future__ import annotations

import logging
import re
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
import uuid_utils.compat
from flask import Flask, Response, current_app, g, json, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import BadRequest, HTTPException, PreconditionFailed
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from api.body import BodyParser
from api.mark import flagged, public
from api.schemas.problem import ProblemSchema
from grid.errors import DomainError, Stale
from grid.trail.entry import REQUEST_ID

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
RETRY_AFTER_S = {503: "3", 507: "60"}

# Said to people for errors the framework raises itself.
TITLES = {
    400: ("请求不完整", "请求不完整或格式不对，什么都没有保存。请重试。"),
    403: ("没有权限", "你没有权限做这件事。"),
    404: ("没有找到", "没有这个地址。"),
    405: ("方法不对", "这个地址不支持这种操作。"),
    412: ("已被别人更新", "这条记录刚刚被别人更新过，请看最新情况再操作。"),
    413: ("内容太大", "内容太大，没有保存。照片请压缩到 8 MB 以内。"),
    415: ("格式不支持", "内容格式不支持，请用 JSON。"),
    422: ("填写有误", "有些内容没有填对，什么都没有保存。请按提示修改。"),
    428: ("缺少版本号", "修改前要先读取：请带上 If-Match 版本号。"),
    500: ("系统出错", "系统出错，已记录。请稍后再试；你填的内容请先不要关掉。"),
}


def problem(status: int, slug: str, title: str, detail: str, **extra: Any) -> Response:
    """An error answer: what happened, and what to do."""
    body = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **extra,
    }
    response = current_app.response_class(json.dumps(body, ensure_ascii=False), status, mimetype=PROBLEM)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


class ProblemApi(Api):
    """Every error leaves as application/problem+json."""

    ERROR_SCHEMA = ProblemSchema

    @public
    def _openapi_json(self) -> Response:
        """The document itself is for everybody."""
        document: Response = super()._openapi_json()
        return document

    def handle_http_exception(self, error: HTTPException) -> Response:
        payload, status, headers = super().handle_http_exception(error)
        status = status or 500
        title, detail = TITLES.get(status, (error.name, error.description or error.name))
        slug = "invalid" if status == 422 else re.sub(r"[^a-z]+", "-", HTTP_STATUS_CODES[status].lower())
        errors = {"errors": payload["errors"]} if "errors" in payload else {}
        response = problem(status, slug, title, detail, **errors)
        response.headers.extend(headers)
        if status == 405 and isinstance(error.get_response().headers.get("Allow"), str):
            response.headers["Allow"] = error.get_response().headers["Allow"]
        return response


class Blueprint(SmorestBlueprint):
    """A blueprint whose ``etag`` guards POST too: a step of a case is an edit."""

    ARGUMENTS_PARSER = BodyParser()
    METHODS_NEEDING_CHECK_ETAG = ["POST", "PUT", "PATCH", "DELETE"]

    def check_etag(self, etag_data: Any, etag_schema: Any = None) -> None:
        """Compare If-Match with the row's version. Raises Stale (412); "*" is no version, it would write blind."""
        if request.if_match.star_tag:
            raise Stale("请带上读到的版本号再操作。")
        try:
            super().check_etag(etag_data, etag_schema)
        except PreconditionFailed:
            raise Stale("这条记录刚刚被别人更新过，请看最新情况再操作。") from None

    def _check_not_modified(self, etag: str) -> None:
        """Never 304: the tag guards edits by version; an answer says more than that (photos, lights)."""

    def _verify_check_etag(self) -> None:
        """Nothing: a replay rightly skips the check, and a test sends a stale version to every such route."""


class RowNumber(IntegerConverter):
    """A number a row can have in every database; a larger one is that of no row, on an address that is one."""

    regex = r"\d+"

    def __init__(self, map: Map) -> None:
        super().__init__(map)

    def to_python(self, value: str) -> int:
        return int(value) if len(value) < 10 else 10**9 - 1


class Word(BaseConverter):
    """A code in an address where some words are addresses themselves: /users/<word:username>, /users/imports."""

    regex = r"(?!(?:details|imports)(?:/|$))[^/]+"


def register(app: Flask) -> None:
    """Handlers and hooks of the whole application."""
    app.url_map.converters["word"] = Word
    app.url_map.converters["int"] = RowNumber
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(RecursionError, _too_deep)
    app.log_exception = _unhandled  # type: ignore[method-assign, assignment]
    app.before_request(_begin)
    app.before_request(_refuse_cut_bodies)
    app.after_request(_stay_here)
    app.after_request(_headers)


def _domain_error(error: DomainError) -> Response:
    extra = dict(error.extra)
    if error.field:
        place = "query" if request.method == "GET" else "json"
        extra["errors"] = {place: {error.field: [error.detail]}}
    response = problem(error.status, error.slug, error.title, error.detail, **extra)
    if error.status in RETRY_AFTER_S:
        response.headers["Retry-After"] = RETRY_AFTER_S[error.status]
    return response


def _validation_error(error: ValidationError) -> Response:
    title, detail = TITLES[422]
    return problem(422, "invalid", title, detail, errors={"json": error.normalized_messages()})


def _integrity_error(error: IntegrityError) -> Response:
    log.warning("integrity error", extra={"constraint": type(error.orig).__name__})
    return problem(409, "conflict", "与现有记录冲突", "这条记录和已有的记录冲突，没有保存。请刷新后重试。")


def _data_error(error: DataError) -> Response:
    """A value the database cannot hold and our schemas let through: the caller's fault, and ours to look at."""
    log.error("data error", extra={"error": type(error.orig).__name__})
    title, detail = TITLES[422]
    return problem(422, "invalid", title, detail)


def _database_error(error: OperationalError) -> Response:
    """Locked, dead-locked, unreachable: nothing was stored, and trying again helps."""
    log.error("database error", extra={"error": type(error.orig).__name__})
    response = problem(
        503, "service-unavailable", "系统正忙", "系统正忙，可能没有保存。请稍等几秒再试，重复提交不会多出一条。"
    )
    response.headers["Retry-After"] = "3"
    return response


def _unhandled(told: Any) -> None:
    """What Flask would log with the address and the words of the exception."""
    log.error("unhandled error", exc_info=told)


def _too_deep(error: RecursionError) -> Response:
    """JSON nested past all use."""
    title, _ = TITLES[400]
    return problem(400, "bad-request", title, "内容嵌套太深，读不了，什么都没有保存。")


def _begin() -> None:
    g.started = time.perf_counter()
    request_id = str(uuid_utils.compat.uuid7())
    REQUEST_ID.set(request_id)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _refuse_cut_bodies() -> None:
    """A connection cut in the middle of a body reaches us as a short body without any error (gunicorn)."""
    if request.endpoint and flagged("streamed", request.endpoint, request.method):
        return
    if request.content_length and request.method in ("POST", "PUT", "PATCH"):
        if len(request.get_data(cache=True)) < request.content_length:
            raise BadRequest


CONTENT_SECURITY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
# What a page of ours may use of the device; whatever is not named, it asks for in vain.
FEATURES = (
    "camera=(self), geolocation=(self), microphone=(self), accelerometer=(), autoplay=(), bluetooth=(), "
    "browsing-topics=(), display-capture=(), gyroscope=(), hid=(), magnetometer=(), midi=(), payment=(), "
    "publickey-credentials-get=(), serial=(), usb=()"
)


def _place() -> str:
    """The address, as far as it is ours: a row's number is, a word that somebody typed is not."""
    rule = request.url_rule
    if rule is None:
        return "-"
    is_numbered = all(isinstance(value, UUID | int) for value in (request.view_args or {}).values())
    return request.path if is_numbered else rule.rule


def _stay_here(response: Response) -> Response:
    """The framework's own redirects (a missing slash) repeat the Host header, which anybody can write."""
    if response.status_code == 308 and response.location:
        response.location = urlsplit(response.location)._replace(scheme="", netloc="").geturl()
        response.data = b""
    return response


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = FEATURES
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers["X-Request-Id"] = REQUEST_ID.get()
    response.headers.setdefault("Cache-Control", "no-store")
    spent_ms = round((time.perf_counter() - g.started) * 1000, 1)
    told = {
        "method": request.method,
        "path": _place(),
        "status": response.status_code,
        "duration_ms": spent_ms,
    }
    log.info("request", extra=told)
    return response
