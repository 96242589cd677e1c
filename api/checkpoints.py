"""Checkpoints: the places in each grid that are to be looked at, and whether they were."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, validate

from api.auth import current_user
from api.fields import Degrees, Schema, Text, fields
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.checkpoint import CheckpointSchema
from grid.accounts.permission import Permission
from grid.areas import net
from grid.db import transaction
from grid.records import checkpoint as checkpoints
from grid.records.checkpoint import DAYS, RADIUS_M, Checkpoint, Wish

blp = Blueprint("checkpoints", __name__, url_prefix="/api/checkpoints", description="巡查点")


class CheckpointQuerySchema(PageQuerySchema):
    """area: only in this area (code). active false: those that were taken off."""

    area = Text(maximum=20)
    is_active = fields.Boolean(data_key="active", load_default=True)


class ChangeCheckpointSchema(Schema):
    """What it is to be from now on; what is not told stays. active false takes it off the rounds."""

    name = Text(maximum=60, minimum=1)
    lon = Degrees(limit=180)
    lat = Degrees(limit=90)
    radius_m = fields.Integer(strict=True, validate=validate.Range(*RADIUS_M, error="应在 5 到 500 米之间。"))
    every_days = fields.Integer(strict=True, validate=validate.Range(*DAYS, error="应在 1 到 366 天之间。"))
    is_active = fields.Boolean(data_key="active")


class NewCheckpointSchema(Schema):
    """A checkpoint to set up; it belongs to the grid it lies in."""

    name = Text(maximum=60, minimum=1, required=True)
    lon = Degrees(limit=180, required=True)
    lat = Degrees(limit=90, required=True)
    radius_m = fields.Integer(
        strict=True, load_default=30, validate=validate.Range(*RADIUS_M, error="应在 5 到 500 米之间。")
    )
    every_days = fields.Integer(
        strict=True, load_default=7, validate=validate.Range(*DAYS, error="应在 1 到 366 天之间。")
    )


@blp.get("")
@requires(Permission.AREA_READ)
@blp.arguments(CheckpointQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(CheckpointSchema))
def checkpoint_list(told: dict[str, Any]) -> dict[str, Any]:
    """Checkpoints in use, or those taken off, in the order they were set up."""
    area = net.current().find(told["area"]) if told.get("area") else None
    items, following = checkpoints.page(area, told["is_active"], told["after"], told["limit"])
    return {"items": items, "next": following}


@blp.post("")
@requires(Permission.AREA_MANAGE)
@blp.arguments(NewCheckpointSchema)
@blp.response(201, CheckpointSchema)
@blp.alt_response(409, description="problem: the name is in use in this grid")
def add(told: dict[str, Any]) -> Checkpoint:
    """Set a checkpoint up."""
    with transaction():
        result = once("checkpoint.add", told, lambda: {"id": str(checkpoints.add(current_user, Wish(**told)).id)})
        return checkpoints.get(UUID(result["id"]))


@blp.get("/<uuid:checkpoint_id>")
@requires(Permission.AREA_READ)
@blp.etag
@blp.response(200, CheckpointSchema)
def one(checkpoint_id: UUID) -> Checkpoint:
    """One checkpoint."""
    point = checkpoints.get(checkpoint_id)
    blp.set_etag({"version": point.version})
    return point


@blp.patch("/<uuid:checkpoint_id>")
@requires(Permission.AREA_MANAGE)
@blp.etag
@blp.arguments(ChangeCheckpointSchema)
@blp.response(200, CheckpointSchema)
@blp.alt_response(409, description="problem: the name is in use in this grid")
def change(told: dict[str, Any], checkpoint_id: UUID) -> Checkpoint:
    """Change a checkpoint, or take it off the rounds."""
    with transaction():
        point = checkpoints.get(checkpoint_id, is_held=True)
        blp.check_etag({"version": point.version})
        checkpoints.change(current_user, point, Wish(**told))
    blp.set_etag({"version": point.version})
    return point
