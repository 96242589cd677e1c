"""The handset API, /mobile/v1: every answer says X-WG-Api, so no Wi-Fi login page is ever taken for us."""

from __future__ import annotations

from api.http import ProblemApi
from mobile_api import bootstrap, reports, session, tasks

BLUEPRINTS = (session.blp, bootstrap.blp, reports.blp, tasks.blp)


def register(api: ProblemApi) -> None:
    """Hang the handset API into the application."""
    for blp in BLUEPRINTS:
        api.register_blueprint(blp)
