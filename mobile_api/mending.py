"""Mending (改正): a refused op, taken in after all with another payload, as if its worker had sent it so."""

from __future__ import annotations

from typing import Any

from grid.errors import Invalid
from grid.sync import push
from grid.sync.ledger import DONE, Result
from grid.sync.quarantine import Quarantine
from mobile_api import op
from mobile_api.ops import KINDS


def mend(row: Quarantine, payload: dict[str, Any]) -> Result:
    """Do the op anew in its worker's name. Raises Invalid with what is still wrong."""
    result = push.attempt(row.user, op.read(row.raw | {"payload": payload}), KINDS)
    if result.status not in DONE:
        told = result.error or {"field": "", "message": "没有收下。"}
        raise Invalid(told["message"], field=f"payload.{told['field']}".rstrip("."))
    return result
