"""Places (工位): how many requests a process works on at once, whatever threads it has for streams that wait."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from flask import Flask


class Places:
    """Stands before the application: who finds no place waits for one. Sending the answer takes none."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    def before(self, app: Any) -> Any:
        """The application ``app``, entered one by one."""

        def enter(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            with self._free:
                answer: Iterable[bytes] = app(environ, start_response)
                return answer

        return enter


def register(app: Flask) -> None:
    """WANGGE_THREADS places; 0: as many as there are threads."""
    if number := int(app.config["THREADS"]):
        app.wsgi_app = Places(number).before(app.wsgi_app)  # type: ignore[method-assign]
