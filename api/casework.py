"""One write to a case: held, its version checked, done once, and the winner shown to the loser of a race."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from api.auth import current_user
from api.http import Blueprint
from api.idempotency import once
from api.schemas.event import EventSchema
from grid.db import transaction
from grid.errors import Stale
from grid.events import handling
from grid.events.event import Event


def write(
    blp: Blueprint,
    kind: str,
    event_id: UUID,
    asked: dict[str, Any],
    deed: Callable[[Event], object],
    first: Callable[[], None] = lambda: None,
) -> Event:
    """Do ``deed`` to a case in one transaction; answers the case as it is then, with its ETag.

    first: done before the case is held, in the same transaction.
    """
    with _showing_current(event_id), transaction():
        first()
        found = handling.hold(current_user, event_id)

        def work() -> dict[str, Any]:
            blp.check_etag({"version": found.version})
            deed(found)
            return {"event": str(event_id)}

        once(kind, {"event": event_id, **asked}, work)
    blp.set_etag({"version": found.version})
    return found


@contextmanager
def _showing_current(event_id: UUID) -> Iterator[None]:
    """A loser of a race is shown what the winner made of it."""
    try:
        yield
    except Stale as stale:
        found = handling.get(current_user, event_id)
        stale.extra["current"] = EventSchema().dump(found)
        raise
