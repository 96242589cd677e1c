"""What flask-smorest does not write into the document by itself: permissions, token scheme, the problems."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask_smorest import Api

from api.http import PROBLEM
from api.mark import marked

# Which problems an operation can answer with, beside its own.
EVERYONE = (422, 500, 503)
SIGNED_IN = (401, 403)
# Parameters that name something which may not be there, or not for the caller.
PLACES = {"area"}


def complete(app: Flask, api: Api) -> None:
    """Add to every operation its x-permission, its token, and problem+json answers."""
    document = api.spec
    document.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    with app.app_context():
        for rule in app.url_map.iter_rules():
            path = document._paths.get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule))
            for method, operation in (path or {}).items():
                if method.upper() in (rule.methods or ()):
                    named = {parameter.get("name") for parameter in operation.get("parameters", ())}
                    has_place = bool(rule.arguments) or bool(named & PLACES)
                    _complete(operation, marked(rule.endpoint, method), has_place=has_place)


def _complete(operation: dict[str, Any], permission: Any, *, has_place: bool) -> None:
    answers = operation["responses"]
    operation["x-permission"] = str(permission) if permission else "public"
    if permission:
        operation["security"] = [{"token": []}]
    answers.pop("default", None)
    answers.pop("304", None)  # see Blueprint._check_not_modified
    codes = {int(code) for code in answers if code.isdigit() and int(code) >= 400} | set(EVERYONE)
    codes |= set(SIGNED_IN) if permission else {401}
    if operation.get("requestBody"):
        codes |= {400, 404, 409, 413, 415}  # 404: a body can name something, too
    if has_place:
        codes |= {404, 409}
    for code in sorted(codes):
        answers[str(code)] = {
            "description": "problem",
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
