"""Every text field of the desk filled by some, shown to others, filled with words that would like to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from grid import clock
from tests.factories.intake import make_call
from tests.web.served import Street

RUN = "window.__xss=1"
NAME = f"<svg onload={RUN}>"  # where no more than 30 characters fit
TINY = "<svg onload=__xss=1>"  # and where no more than 20
AREA = "441323002"
ROWS = "/api/standards/rows"
Packed = Callable[[int], Iterator[str]]


def _seen(street: Street, who: str, path: str) -> dict[str, str]:
    return {"If-Match": street.call(who, "GET", path).headers["ETag"]}


def _new() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def intakes(street: Street, packed: Packed) -> None:
    """What callers said, their names, addresses and orders; what they were answered."""
    replies = packed(500)
    for number, said in enumerate(packed(1900)):
        told = make_call(
            source="hotline", order_no=f"{NAME}{number}", said=said, name=NAME, address=f"{NAME}{said[:150]}"
        )
        row = street.call("dd01", "POST", "/api/intakes", json=told, headers=_new()).json()
        path = f"/api/intakes/{row['id']}"
        body = {"words": next(replies)}
        street.call("dd01", "POST", f"{path}/reply", json=body, headers=_seen(street, "dd01", path) | _new())
    street.call("dd01", "POST", "/api/intakes", json=make_call(said=NAME, name=NAME), headers=_new())


def desk(street: Street, packed: Packed) -> Callable[[], Any]:
    """A saved view, and notes to the next shift. How to be rid of the view again."""
    body = {"name": TINY, "filters": {"q": NAME}}
    view = street.call("dd01", "POST", "/api/views", json=body, headers=_new()).json()
    until = (clock.real_now() + timedelta(hours=8)).isoformat()
    for words in packed(1000):
        street.call("dd01", "POST", "/api/handovers", json={"until": until, "words": words}, headers=_new())
    path = f"/api/views/{view['id']}"
    return lambda: street.call("dd01", "DELETE", path, headers=_seen(street, "dd01", path))


def supervision(street: Street, packed: Packed, event_id: str) -> None:
    """Why a case is pressed, what is asked, what the department answers and what ends it."""
    reasons, asked, answers = packed(500), packed(500), packed(1000)
    body = {"kind": "important", "level": "yellow", "reason": next(reasons), "requirement": next(asked)}
    told = street.call("dd01", "POST", f"/api/events/{event_id}/supervisions", json=body, headers=_new()).json()
    path = f"/api/supervisions/{told['id']}"
    body = {"words": next(answers)}
    street.call("cg01", "POST", f"{path}/reply", json=body, headers=_seen(street, "cg01", path))
    street.call("dd01", "POST", f"{path}/close", json={"note": NAME}, headers=_seen(street, "dd01", path))


def matters(street: Street, packed: Packed) -> None:
    """Matters handed down, and their ledgers."""
    for title, content in zip(packed(100), packed(1000), strict=False):
        body = {"title": title[:100] or NAME, "content": content, "source": NAME, "kind": "general"}
        told = street.call(
            "ld01", "POST", "/api/matters", json=body | {"area": AREA, "lead": "cg"}, headers=_new()
        ).json()
        path = f"/api/matters/{told['id']}"
        entry = {"kind": "deploy", "words": content}
        street.call("cg01", "POST", f"{path}/entries", json=entry, headers=_seen(street, "cg01", path))


def whistles(street: Street, packed: Packed, event_id: str) -> None:
    """Why departments are called to the spot, and how they did."""
    for words in packed(500):
        body = {"kind": "urgent", "words": words, "departments": ["cg"], "event": event_id}
        told = street.call("dd01", "POST", "/api/whistles", json=body, headers=_new()).json()
        path = f"/api/whistles/{told['id']}"
        scores = {"scores": [{"department": "cg", "score": 1, "note": words[:200]}]}
        street.call("dd01", "POST", f"{path}/close", json=scores, headers=_seen(street, "dd01", path))


def links(street: Street, packed: Packed, event_id: str, other_id: str) -> None:
    """Why two cases belong together."""
    path = f"/api/events/{event_id}"
    body = {"other": other_id, "note": next(packed(400))}
    street.call("dd01", "POST", f"{path}/links", json=body, headers=_seen(street, "dd01", path) | _new())


def requests(street: Street, packed: Packed, event_id: str) -> None:
    """Why a department asks for more time."""
    street.step("cg01", event_id, "extension", note=next(packed(500)))


def standard(street: Street, packed: Packed) -> Callable[[], Any]:
    """A class with a condition, as an administrator writes it down. How to be rid of it again."""
    texts = packed(500)
    body = {"code": "E0491", "kind": "event", "name": NAME, "big_name": NAME, "condition": next(texts)}
    body |= {"limit": "3个工作日", "closing": next(texts), "authority": NAME, "units": ""}
    street.call("xt01", "POST", ROWS, json=body, headers=_seen(street, "xt01", ROWS) | _new())
    return lambda: _gone(street)


def _gone(street: Street) -> None:
    found = street.call("xt01", "GET", ROWS, params={"q": "E0491"})
    for row in found.json()["items"]:
        body = {"code": row["code"], **({"condition_id": row["condition_id"]} if row["condition_id"] else {})}
        street.call("xt01", "POST", f"{ROWS}/end", json=body, headers=_seen(street, "xt01", ROWS) | _new())
