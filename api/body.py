"""Reading a JSON body: it must be there, be JSON, and say each thing once."""

from __future__ import annotations

import json
from typing import Any

from flask import Request
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType


class BodyParser(FlaskParser):
    """An operation that asks for a body does not take an absent or a foreign one for an empty object."""

    def _raw_load_json(self, req: Request) -> Any:
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return json.loads(req.get_data(cache=True).decode(), object_pairs_hook=_once_each)
        except ValueError:  # no JSON, no UTF-8, a number of more digits than Python reads
            raise BadRequest from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two values counts is anybody's guess, and another's guess may differ."""
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name twice")
    return told
