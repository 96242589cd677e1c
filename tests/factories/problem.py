"""What every bad path must answer."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse


def assert_problem(answer: TestResponse, status: int, slug: str, field: str | None = None) -> dict[str, Any]:
    """The answer is a problem document of this kind, and names the field."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    told: dict[str, Any] = answer.get_json(force=True)
    assert told["type"] == f"/problems/{slug}", told
    assert told["title"] and told["detail"] and told["instance"]
    if field is not None:
        assert _names(told.get("errors", {}), field), told
    return told


def _names(errors: Any, field: str) -> bool:
    return isinstance(errors, dict) and any(key == field or _names(inner, field) for key, inner in errors.items())
