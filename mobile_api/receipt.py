"""The receipt of a report: it is durable, and this is what became of it so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from api.auth import current_user
from api.fields import Schema, coded, fields
from api.schemas.area import AreaRefSchema, area_ref
from api.schemas.event import FlagSchema, PhotoCountSchema, SimilarSchema
from api.schemas.event_picture import flags
from grid.areas import net
from grid.db import db
from grid.events.state import State
from grid.media.media import MediaUpload


class ReceiptSchema(Schema):
    """The acknowledgement: the report is durable."""

    id = fields.UUID(required=True)
    client_id = fields.UUID(required=True)
    state = coded(required=True)
    area = fields.Nested(AreaRefSchema, required=True)
    practice = fields.Boolean(required=True)
    flags = fields.List(fields.Nested(FlagSchema), required=True)
    photos = fields.Nested(PhotoCountSchema, required=True)
    similar = fields.List(fields.Nested(SimilarSchema), required=True)
    reported_at = fields.String(required=True, metadata={"format": "date-time"})


def receipts(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored receipts of the caller in words; how many photos have arrived is told as of now."""
    stored = list(results)
    promised = {sha256 for result in stored for sha256 in result["photos"]}
    sent = select(MediaUpload.sha256).where(
        MediaUpload.user_id == current_user.id, MediaUpload.sha256.in_(promised)
    )
    arrived = set(db.session.scalars(sent)) if promised else set()
    return [_shown(result, arrived) for result in stored]


def _shown(result: dict[str, Any], arrived: set[str]) -> dict[str, Any]:
    snapshot = net.current()
    node = snapshot.node(result["area_id"])
    promised = result["photos"]
    return result | {
        "state": State(result["state"]),
        "area": area_ref(node, snapshot.parent(node)),
        "flags": flags(result["flags"]),
        "similar": result.get("similar", []),  # receipts of before have none
        "photos": {"expected": len(promised), "arrived": sum(sha256 in arrived for sha256 in promised)},
    }
