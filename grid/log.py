"""Logs: one JSON line each, with a fixed list of fields and nothing of anybody.

What others write into their messages (addresses, rows a database refused) is left out: of libraries we keep the
sentence without its values, of an exception its kind and where it came from. Numbers that could be somebody's are
blotted out as a last net.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog

ALLOWED = frozenset(
    "event level timestamp logger request_id method path status duration_ms job_id kind error constraint exception"
    " count".split()
)
DEPTH = 12  # frames of an exception
_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1\d{10})(?!\d)")


# Loggers that speak our own words only.
OURS = ("api", "fixtures", "grid", "mobile_api", "reports", "web")
# Starts, stops and workers: what the server says at this level has no request in it.
LIFE = {("gunicorn.error", logging.INFO)}


class Wordless(logging.Filter):
    """Of a library's message the sentence, without what it was to be filled with."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_ours = record.name.partition(".")[0] in OURS
        if record.args and not is_ours and (record.name, record.levelno) not in LIFE:
            record.args = ()
        return True


def _where(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Exceptions as kind and place: their words repeat what people wrote, or the row a database refused."""
    told = line.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else sys.exception()
    if told and error is not None:
        line["exception"] = " < ".join(_place(cause) for cause in _causes(error))
    return line


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, and what it came from."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-DEPTH:]
    way = " → ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__module__}.{type(error).__qualname__} [{way}]"


def _short(path: str) -> str:
    return "/".join(path.split("/")[-2:])


def _only_allowed(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    return {key: _blot(value) for key, value in line.items() if key in ALLOWED or key.startswith("_")}


def _blot(value: Any) -> Any:
    return _PERSONAL.sub("•••", value) if isinstance(value, str) else value


def set_up_logging() -> None:
    """Send every logger of the process through one JSON renderer to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
        _only_allowed,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Wordless())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    if not any(isinstance(h.formatter, structlog.stdlib.ProcessorFormatter) for h in root.handlers):
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        for chatty in ("alembic", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
