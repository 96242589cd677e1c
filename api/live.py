"""Live: a page that stands open hears what changed, as server-sent events.

``Last-Event-ID`` says up to where the page was told; it then begins with what it missed. A stream reads when the
log has moved, and holds no connection to the database while it waits.
"""

from __future__ import annotations

import json
import random
import select
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from api.auth import current_user, standing
from api.http import Blueprint, problem
from api.mark import requires
from grid.accounts.permission import Permission
from grid.live import hint
from grid.live.hint import News
from grid.live.place import Place
from grid.sync import change
from grid.sync.pulse import Pulse

GATHER_S = 0.4  # what comes in quick succession is told together
LOOK_S = 3.0  # how soon a page that went away gives its stream back
READERS = 2  # streams that read at once: all wake together, and requests shall not wait for them
SOONEST_S, LATEST_S = 2, 6
# One event, as it is on the wire; data is JSON, said in the route's own words.
WORDS = {"type": "string"}
EVENT = {"type": "object", "properties": {"id": WORDS, "event": WORDS, "data": WORDS}, "required": ["data"]}

blp = Blueprint("live", __name__, url_prefix="/api", description="动静")


@blp.get("/live")
@requires(Permission.NOTICE_READ)
@blp.doc(
    parameters=[
        {
            "in": "header",
            "name": "Last-Event-ID",
            "description": "the id of the last event that was read",
            "schema": {"type": "string"},
        }
    ]
)
@blp.response(200, EVENT, content_type="text/event-stream")
def live() -> Response:
    """What changed among the caller's cases and notices, as it happens: {seq, cases, notices, reset}.

    cases: {id, change: new, changed or gone, urgent}. reset: why everything must be read anew. 503: this process
    carries as many streams as it may; another may have room.
    """
    streams: Streams = current_app.extensions["streams"]
    if not streams.enter(int(current_app.config["STREAMS"])):
        answer = problem(503, "streams-full", "连接太多", "实时连接满了，稍后再试；页面会照样定时更新。")
        answer.headers["Retry-After"] = str(random.randint(SOONEST_S, LATEST_S))  # noqa: S311  only spreads load
        return answer
    try:
        told = request.headers.get("Last-Event-ID")
        news = News(hint.here(current_user)) if told is None else hint.since(current_user, Place.read(told))
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        stream = Stream(app, g.claims, _line(request.environ))
        response: Response = app.response_class(stream.events(news), mimetype="text/event-stream")
    except BaseException:
        streams.leave()
        raise
    response.call_on_close(streams.leave)
    response.headers["X-Accel-Buffering"] = "no"  # nginx would gather it
    return response


class Streams:
    """How many streams a process carries. reading: whose turn it is with the database."""

    def __init__(self) -> None:
        self._open = 0
        self._lock = threading.Lock()
        self.reading = threading.BoundedSemaphore(READERS)

    def enter(self, most: int) -> bool:
        """Take one more; False: there are ``most``."""
        with self._lock:
            if self._open >= most:
                return False
            self._open += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self._open -= 1


class Stream:
    """One page's stream. claims: of the token it was opened with. is_cut: has the page gone?"""

    def __init__(self, app: Flask, claims: dict[str, Any], is_cut: Callable[[], bool]) -> None:
        self._app, self._claims, self._is_cut = app, claims, is_cut
        self._pulse: Pulse = app.extensions["pulse"]
        self._streams: Streams = app.extensions["streams"]

    def events(self, news: News) -> Iterator[bytes]:
        """The first news, then what comes, until the page goes, the session ends, or the stream is old."""
        life_s = float(self._app.config["STREAM_LIFE"])
        end = time.monotonic() + life_s
        yield _event(news)
        if not life_s:
            return
        with self._pulse.listening():
            while time.monotonic() < end:
                beat = min(end, time.monotonic() + float(self._app.config["STREAM_BEAT"]))
                has_moved = self._wait(news.place.seq, beat)
                if self._pulse.is_closed or self._is_cut():
                    return
                following = self._read(news.place)
                if following is None:
                    return
                news = following
                if not news.is_empty:
                    yield _event(news)
                    time.sleep(GATHER_S)
                elif not has_moved:
                    yield b":\n\n"

    def _wait(self, seq: int, until: float) -> bool:
        """Until the log has moved, or a moment (monotonic) is past, or there is nobody to tell."""
        while (left := until - time.monotonic()) > 0 and not self._pulse.is_closed and not self._is_cut():
            if self._pulse.wait(seq, min(left, LOOK_S)):
                return True
        return False

    def _read(self, place: Place) -> News | None:
        """What came after a place; None when the stream is to end: the session has, or nothing can be read."""
        with self._streams.reading, self._app.app_context():
            try:
                actor = standing(self._claims)
                return None if actor is None else hint.since(actor, place, max(self._pulse.head, place.seq))
            except SQLAlchemyError:
                return None


def _event(news: News) -> bytes:
    told: dict[str, Any] = {
        "seq": news.place.seq,
        "cases": [{"id": str(one.id), "change": one.change.value, "urgent": one.urgent} for one in news.cases],
        "notices": news.has_notices,
        "reset": news.reset or None,
    }
    return f"id: {news.place}\ndata: {json.dumps(told)}\n\n".encode()


def _line(environ: dict[str, Any]) -> Callable[[], bool]:
    """Asks whether the other end has hung up, where the server shows us its socket (gunicorn)."""
    line = environ.get("gunicorn.socket")
    if line is None:
        return lambda: False
    poll = select.poll()
    poll.register(line, select.POLLRDHUP)
    return lambda: bool(poll.poll(0))


def register(app: Flask) -> None:
    """One pulse and one count of streams a process."""

    def head() -> int:
        with app.app_context():
            return change.head()

    app.extensions["pulse"] = Pulse(head)
    app.extensions["streams"] = Streams()
