"""What a handset needs to work a day: who one is, one's grids, categories, rules for photos and positions."""

from __future__ import annotations

from typing import Any

from flask import current_app

from api.areas import area
from api.auth import current_user
from api.directory import CategorySchema, categories
from api.fields import Moment, Schema, fields
from api.mark import requires
from api.schemas.area import AreaSchema
from api.schemas.session import MeSchema, me
from grid import clock
from grid.accounts.permission import Permission
from grid.areas import net
from grid.events import place, reporting
from grid.geo.crs import DEGREES
from grid.handset import page
from grid.uploads import voice
from mobile_api.http import blueprint
from mobile_api.ops import KINDS

blp = blueprint("bootstrap", "手机：启动")

POLICY = {
    "photo": {
        "min": 1,
        "max": reporting.MAX_PHOTOS,
        "long_edge_px": 1600,
        "quality": 0.8,
        "max_bytes": 8 * 1024 * 1024,
    },
    "position": {"accept_m": 15, "warn_m": 50, "flag_m": place.FLAG_ACCURACY_M},
    "voice": {"max_s": voice.LONGEST_S, "max_bytes": voice.BYTES_MAX},
    "tracks": True,
    "description_max": 500,
    "datums": list(DEGREES),
}


class BootstrapSchema(Schema):
    """The handset's start: grids with outlines, categories, policy, the oldest app talked to, the data's epoch."""

    server_time = Moment(required=True)
    user = fields.Nested(MeSchema, required=True)
    grids = fields.List(fields.Nested(AreaSchema), required=True)
    categories = fields.List(fields.Nested(CategorySchema), required=True)
    policy = fields.Dict(required=True, metadata={"additionalProperties": True})
    min_app = fields.String(required=True)
    epoch = fields.String(required=True)


@blp.get("/bootstrap")
@requires(Permission.EVENT_REPORT)
@blp.response(200, BootstrapSchema)
def bootstrap() -> dict[str, Any]:
    """Everything the handset starts with."""
    snapshot = net.current()
    homes = [grant.path for grant in current_user.grants(Permission.EVENT_REPORT)]
    nodes = [n for n in snapshot.by_id.values() if any(n.path.startswith(h) for h in homes) and n.boundary]
    return {
        "server_time": clock.now(),
        "user": me(current_user, current_app.config["DEMO"]),
        "grids": [area(snapshot, node, with_boundary=True) for node in nodes],
        "categories": categories(),
        "policy": POLICY | {"ops": sorted(KINDS), "self_classes": reporting.self_classes(homes)},
        "min_app": str(current_app.config["MIN_APP"]),
        "epoch": str(page.epoch()),
    }
