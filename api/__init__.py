"""The dispatcher and department REST API, one blueprint per noun."""

from __future__ import annotations

from flask import Flask

from api import (
    areas,
    auth,
    bulk,
    calendars,
    checkpoints,
    delegations,
    deliveries,
    departments,
    devices,
    directory,
    entries,
    event_points,
    events,
    handovers,
    health,
    http,
    intakes,
    jobs,
    ladders,
    links,
    live,
    matters,
    notice_endpoints,
    notice_rules,
    notices,
    openapi,
    papers,
    photos,
    places,
    posts,
    practice,
    procedures,
    proposals,
    quarantine,
    records,
    reports,
    requests,
    sessions,
    standard_rows,
    standards,
    supervisions,
    surroundings,
    tracks,
    users,
    views,
    voices,
    whistles,
    workload,
)
from api.http import ProblemApi

BLUEPRINTS = (
    sessions.blp,
    event_points.blp,
    events.blp,
    requests.blp,
    links.blp,
    live.blp,
    bulk.blp,
    views.blp,
    delegations.blp,
    surroundings.blp,
    entries.blp,
    intakes.blp,
    handovers.blp,
    photos.blp,
    papers.blp,
    voices.blp,
    records.blp,
    checkpoints.blp,
    areas.blp,
    directory.blp,
    departments.blp,
    users.blp,
    posts.blp,
    notices.blp,
    notice_rules.blp,
    notice_endpoints.blp,
    deliveries.blp,
    reports.blp,
    workload.blp,
    calendars.blp,
    practice.blp,
    procedures.blp,
    ladders.blp,
    supervisions.blp,
    matters.blp,
    whistles.blp,
    proposals.blp,
    standards.blp,
    standard_rows.blp,
    devices.blp,
    quarantine.blp,
    jobs.blp,
    tracks.blp,
    health.blp,
)


def register(app: Flask, key: str) -> ProblemApi:
    """Hang the API into the application; returns it so that others add their blueprints."""
    app.config.update(
        API_TITLE="Wangge 网格",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    http.register(app)
    auth.register(app, key)
    live.register(app)
    places.register(app)
    api = ProblemApi(app)
    for blp in BLUEPRINTS:
        api.register_blueprint(blp)
    return api


__all__ = ["openapi", "register"]
