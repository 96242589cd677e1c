"""Crowd (拥挤): when phones come back all at once, most are asked to come again, so that the desk need not wait.

WANGGE_CROWD of a process's threads, and no more, serve what phones synchronise; only once all that a phone sends
is here, so that one on a bad line takes no place from the others. A few wait a moment for their turn; whoever
comes on top is turned away and told when to come again: each at another time. Nothing is lost by it: a phone keeps
what it was not told is taken.
"""

from __future__ import annotations

import random
import threading

from flask import Flask, Response, current_app, g, request

from api.http import problem
from api.mark import flag, flagged

WAITING, PATIENCE_S = 3, 0.5
SOONEST_S, LATEST_S = 3, 15
# A route that phones call by themselves, all of them as soon as the network is back.
in_turn = flag("in_turn")


class Turnstile:
    """Counts who is inside; one for all threads of a process."""

    def __init__(self) -> None:
        self._room = threading.Condition()
        self._inside = self._waiting = 0

    def enter(self, limit: int) -> bool:
        """Go in, at once or after a moment; False: there are too many."""
        with self._room:
            if self._inside >= limit and not self._wait(limit):
                return False
            self._inside += 1
            return True

    def _wait(self, limit: int) -> bool:
        if self._waiting >= WAITING:
            return False
        self._waiting += 1
        try:
            return self._room.wait_for(lambda: self._inside < limit, PATIENCE_S)
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """Make room."""
        with self._room:
            self._inside -= 1
            self._room.notify()


def register(app: Flask) -> None:
    """Stand at the door of the routes marked ``in_turn``."""
    turnstile = Turnstile()

    def enter() -> Response | None:
        limit = int(current_app.config["CROWD"])
        if not limit or not request.endpoint or not flagged("in_turn", request.endpoint, request.method):
            return None
        request.get_data(cache=True)
        if turnstile.enter(limit):
            g.is_inside = True
            return None
        words = "手机太多，系统正忙。内容都在手机上，稍后会自动再发。"
        answer = problem(503, "crowded", "系统正忙", words)
        answer.headers["Retry-After"] = str(random.randint(SOONEST_S, LATEST_S))  # noqa: S311  only spreads load
        return answer

    def leave(error: BaseException | None) -> None:
        if g.pop("is_inside", False):
            turnstile.leave()

    app.before_request(enter)
    app.teardown_request(leave)
