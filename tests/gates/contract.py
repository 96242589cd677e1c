"""The OpenAPI document as a gate: Schemathesis sends what it allows and what it forbids, and judges the answers.

The document is loaded with real values in it (``Stage.values``), so that requests reach cases instead of 404.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import schemathesis
from flask import Flask
from hypothesis import strategies as st
from schemathesis import GenerationMode, engine
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

from api.auth import tokens
from tests.factories.person import Caller
from tests.gates.stage import Stage, enroll, open_session

CLIENT_ID = re.compile(rb'"client_id": "[0-9a-f-]{36}"')  # as long as what takes its place
# tus sends bytes under a type of its own.
schemathesis.openapi.media_type("application/offset+octet-stream", st.binary(max_size=64))
METHODS = ("get", "post", "put", "patch", "delete")
# Not asked: Schemathesis cannot know what a street allows, so "valid data are accepted" would only find rules; and
# "no token, no answer" is asked of every operation in tests/api/test_permissions.py.
UNASKED = ("positive_data_acceptance", "ignored_auth", "object_level_authorization")


@dataclass(frozen=True)
class Effort:
    """How much is sent: phases of Schemathesis, right data or wrong, examples an operation when it plays dice."""

    phases: tuple[str, ...]
    modes: tuple[GenerationMode, ...] = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    examples: int = 1


@dataclass
class Verdict:
    """What came of a run. findings: operation, check, what is wrong, and a request that shows it."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    findings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def hear(self, recorder: ScenarioRecorder) -> None:
        found = (i.response.status_code for i in recorder.interactions.values() if i.response)
        self.answers.update((recorder.label, status) for status in found)
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    failure, answer = check.failure_info.failure, recorder.interactions[case_id].response
                    said = answer.content[:600].decode("utf-8", "replace") if answer else ""
                    words = f"{check.failure_info.code_sample}\n{failure.message}\n{said}"
                    self.findings.setdefault((recorder.label, check.name, failure.title), words)

    def add(self, other: Verdict) -> None:
        self.answers += other.answers
        self.findings |= other.findings
        self.errors += other.errors


def document(app: Flask, values: dict[str, list[Any]]) -> dict[str, Any]:
    """The document, with ``values`` in what it asks for (not in what it answers)."""
    told: dict[str, Any] = Caller(app).get("/api/openapi.json").json
    for operations in told["paths"].values():
        for place in (operations, *(operations[method] for method in METHODS if method in operations)):
            for parameter in place.get("parameters", ()):
                _put(parameter.get("schema", {}), values.get(parameter.get("name", "")))
            for body in place.get("requestBody", {}).get("content", {}).values():
                body["schema"] = _filled(whole(body["schema"], told), values)
    return told


def whole(schema: Any, told: dict[str, Any]) -> Any:
    """A schema with everything it refers to inside it."""
    if isinstance(schema, list):
        return [whole(member, told) for member in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return whole(told["components"]["schemas"][schema["$ref"].rpartition("/")[2]], told)
    return {name: whole(member, told) for name, member in schema.items()}


def _filled(schema: Any, values: dict[str, list[Any]]) -> Any:
    for name, member in schema.get("properties", {}).items():
        _put(member, values.get(name))
        _filled(member.get("items", member), values)
    return schema


def _put(schema: dict[str, Any], known: list[Any] | None) -> None:
    kind = {"string": str, "number": float}.get(str(schema.get("type")))
    if known and kind and "enum" not in schema and isinstance(known[0], kind):
        plain = dict(schema)
        schema.clear()
        schema["anyOf"] = [{"enum": known}, plain]


def run(app: Flask, stage: Stage, username: str | None, which: Callable[[str, str], bool], how: Effort) -> Verdict:
    """Send what ``how`` says to the operations ``which`` (label, permission) picks, as ``username`` or nobody."""
    schema = schemathesis.openapi.from_dict(document(app, stage.values))
    schema.app, config = app, schema.config
    if username is not None:
        schema.app = prompter = Prompter(app, username, schema.raw_schema)
        config.update(headers={"Authorization": f"Bearer {prompter.token}", "Accept-Encoding": "identity"})
    config.update(continue_on_failure=True)
    config.phases.update(phases=list(how.phases))
    config.generation.update(modes=list(how.modes), max_examples=how.examples, deterministic=True, database="none")
    config.checks.update(excluded_check_names=list(UNASKED))
    # 412 is what tus says without its version.
    config.checks.missing_required_header.expected_statuses = ["400", "401", "412", "422", "428"]
    refused = config.checks.negative_data_rejection
    refused.expected_statuses = [*refused.expected_statuses, "412"]
    verdict = Verdict()
    wanted = schema.include(
        lambda context: which(context.operation.label, context.operation.definition.raw["x-permission"])
    )
    for event in engine.from_schema(wanted).execute():
        if isinstance(event, events.ScenarioFinished):
            verdict.hear(event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            verdict.errors.append(str(getattr(event, "info", None) or getattr(event, "exception", event)))
    return verdict


class Prompter:
    """Stands before the application and says now and then what Schemathesis cannot know: the version of a row as
    it is now, a client id that was not used yet; and keeps the token alive of somebody who signs out."""

    def __init__(self, app: Flask, username: str, told: dict[str, Any]) -> None:
        self.app, self.username = app, username
        self.token = self._token()
        self.seat = enroll(app, username, {"Authorization": f"Bearer {self.token}"})["X-WG-Device"]
        self.turn = count()
        self.readable = [re.compile(re.sub(r"{.*?}", "[^/]+", path)) for path in _tagged(told)]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "DELETE" and "session" in path and "HTTP_AUTHORIZATION" in environ:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self._token()}"
        if next(self.turn) % 4:
            environ["HTTP_X_WG_DEVICE"] = self.seat
            if "HTTP_IF_MATCH" in environ:
                environ["HTTP_IF_MATCH"] = self._version(path)
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(CLIENT_ID.sub(f'"client_id": "{uuid4()}"'.encode(), body))
        return self.app(environ, start_response)

    def _token(self) -> str:
        with self.app.app_context():
            return tokens(open_session(self.username))[0]

    def _version(self, path: str) -> str:
        """The tag of the row an edit is about, read at the same address or one above it."""
        while path and not any(pattern.fullmatch(path) for pattern in self.readable):
            path = path.rpartition("/")[0]
        shown = self.app.test_client().get(path, headers={"Authorization": f"Bearer {self.token}"})
        return str(shown.headers.get("ETag", '"0"'))


def _tagged(told: dict[str, Any]) -> set[str]:
    """Addresses whose GET hands out an ETag."""
    return {
        path
        for path, operations in told["paths"].items()
        if "ETag" in operations.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
    }


def findings(verdict: Verdict) -> Iterator[str]:
    """What is wrong, in words."""
    yield from (f"{' · '.join(key)}\n{words}" for key, words in sorted(verdict.findings.items()))
    yield from verdict.errors
