"""No request the document knows, right or wrong, gets an answer it does not know; and never a server error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Response
from schemathesis import GenerationMode

from api.mark import requires
from grid.accounts.permission import Permission
from tests.gates import contract
from tests.gates.contract import Effort, Verdict
from tests.gates.stage import AUTHZ, CAST, Stage

# Everything, and everything again at random; by others who may do the same, only what is right: the schemas do not
# know who asks.
FIRST = Effort(("coverage", "fuzzing"), examples=3)
AGAIN = Effort(("fuzzing",), (GenerationMode.POSITIVE,), examples=2)
WHOLE = Effort(("coverage", "fuzzing", "stateful"), examples=60)
FORBIDDEN = replace(AGAIN, examples=4)
POSTS = list(CAST)


def _granted(post: str) -> set[str]:
    return set(AUTHZ["everyone"]) | set(AUTHZ["posts"][post]["grants"])


def _assert_kept(verdict: Verdict) -> None:
    assert not list(contract.findings(verdict)), "\n\n".join(contract.findings(verdict))
    assert any(status == 200 for _, status in verdict.answers), verdict.answers


@pytest.mark.parametrize("post", POSTS)
def test_the_contract_is_kept_with_every_post(stage: Stage, post: str) -> None:
    before = [_granted(other) for other in POSTS[: POSTS.index(post)]]
    told, mine, known = stage.app(), _granted(post), set().union(*before)

    first = contract.run(told, stage, CAST[post], lambda label, needs: needs in mine - known, FIRST)
    again = contract.run(told, stage, CAST[post], lambda label, needs: needs in mine & known, AGAIN)

    first.add(again)
    _assert_kept(first)


def _undocumented(event_id: object = None) -> Response:
    return Response("{}", status=418, mimetype="application/json")


def _misshapen(event_id: object = None) -> Response:
    return Response('{"items": 5}', status=200, mimetype="application/json")


def _page(event_id: object = None) -> Response:
    return Response("<p>", status=200, mimetype="text/html")


def _broken(event_id: object = None) -> Response:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("view", "check"),
    [
        (_undocumented, "status_code_conformance"),
        (_misshapen, "response_schema_conformance"),
        (_page, "content_type_conformance"),
        (_broken, "not_a_server_error"),
    ],
)
def test_a_broken_promise_is_found(stage: Stage, view: Any, check: str) -> None:
    app = stage.app()
    app.view_functions["events.queues"] = requires(Permission.EVENT_READ)(view)

    verdict = contract.run(app, stage, "ld01", lambda label, needs: label == "GET /api/queues", AGAIN)

    assert check in {found for _, found, _ in verdict.findings}


def test_the_contract_is_kept_without_a_token(stage: Stage) -> None:
    told = stage.app()

    verdict = contract.run(told, stage, None, lambda label, needs: needs == "public", FIRST)
    verdict.add(contract.run(told, stage, None, lambda label, needs: needs != "public", AGAIN))

    _assert_kept(verdict)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("post", POSTS)
def test_the_contract_is_kept_in_a_long_run(stage: Stage, post: str) -> None:
    told, mine = stage.app(), _granted(post)

    verdict = contract.run(told, stage, CAST[post], lambda label, needs: needs in mine, WHOLE)
    verdict.add(contract.run(told, stage, CAST[post], lambda label, needs: needs not in mine, FORBIDDEN))

    _assert_kept(verdict)
