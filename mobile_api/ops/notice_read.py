"""notice.read: a notice was read; of one that is gone meanwhile there is nothing to say."""

from __future__ import annotations

from grid.accounts.user import User
from grid.errors import NotFound
from grid.notices import notice
from grid.sync.push import Asked, Effect, Kind


def _apply(actor: User, asked: Asked) -> Effect:
    if asked.entity_id is None:
        return Effect()
    try:
        notice.read(actor, asked.entity_id)
    except NotFound:
        return Effect()
    return Effect(rev=2)


KIND = Kind(_apply)
