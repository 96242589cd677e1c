"""The handset API, /mobile/v1: every answer says X-WG-Api, so no Wi-Fi login page is ever taken for us."""

from __future__ import annotations

from api.http import ProblemApi
from mobile_api import (
    bootstrap,
    crowd,
    device,
    files,
    forms,
    mending,
    osmand,
    reports,
    session,
    shifts,
    sync,
    tasks,
    tracks,
)

BLUEPRINTS = (
    session.blp,
    bootstrap.blp,
    reports.blp,
    tasks.blp,
    device.blp,
    forms.blp,
    sync.blp,
    files.blp,
    tracks.blp,
    shifts.blp,
    osmand.blp,
)


def register(api: ProblemApi) -> None:
    """Hang the handset API into the application, and give the console what mends a handset's ops."""
    crowd.register(api._app)
    api._app.extensions["mend_op"] = mending.mend
    for name, schema in (sync.SCHEMAS | tracks.SCHEMAS).items():
        api.spec.components.schema(name, schema=schema)
    for blp in BLUEPRINTS:
        api.register_blueprint(blp)
