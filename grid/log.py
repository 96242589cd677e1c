"""Logs: one JSON line each, with a fixed list of fields; ids and phone numbers are blotted out as a last net."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

ALLOWED = frozenset(
    "event level timestamp logger request_id method path status duration_ms job_id kind error constraint exception"
    " count".split()
)
_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1\d{10})(?!\d)")


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
        structlog.processors.format_exc_info,
        _only_allowed,
    ]
    handler = logging.StreamHandler(sys.stderr)
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
        logging.getLogger("alembic").setLevel(logging.WARNING)
