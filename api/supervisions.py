"""Supervisions (督办) of cases: what presses, the department's reply, the end; and a case's clocks and alarms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE

from api.auth import current_user
from api.fields import Moment, Schema, Text, coded, fields, one_of
from api.http import Blueprint
from api.idempotency import once
from api.mark import requires
from api.paging import PageQuerySchema, page_of
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from grid.accounts.permission import Permission
from grid.db import transaction
from grid.events import handling, notify
from grid.supervision import dossier, supervision, supervision_list
from grid.supervision.supervision import Order, Supervision, SupervisionKind, SupervisionLevel
from grid.supervision.supervision_list import Filters, SupervisionLight

blp = Blueprint("supervisions", __name__, url_prefix="/api", description="督办")


class SupervisedCaseSchema(Schema):
    """The case a supervision is of."""

    id = fields.UUID(required=True)
    case_no = fields.String(allow_none=True, required=True)
    state = coded(required=True)
    category = fields.String(required=True)
    area_name = fields.String(required=True)


class SupervisionSchema(Schema):
    """A supervision. may_reply, may_close: whether the caller may, now."""

    id = fields.UUID(required=True)
    event = fields.Nested(SupervisedCaseSchema, required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    kind = coded(required=True)
    level = coded(required=True)
    light = coded(required=True)
    state = coded(required=True)
    reason = fields.String(required=True)
    requirement = fields.String(required=True)
    need_reply = fields.Boolean(required=True)
    issuer = fields.Nested(PersonRefSchema, required=True)
    issued_at = Moment(required=True)
    due_at = Moment(allow_none=True, required=True)
    reply = fields.String(required=True)
    replier = fields.Nested(PersonRefSchema, allow_none=True, required=True)
    replied_at = Moment(allow_none=True, required=True)
    closing = fields.String(required=True)
    closed_at = Moment(allow_none=True, required=True)
    may_reply = fields.Boolean(required=True)
    may_close = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class SupervisionQuerySchema(PageQuerySchema):
    """open: without those that are closed."""

    light = fields.String(validate=one_of(SupervisionLight))
    kind = fields.String(validate=one_of(SupervisionKind))
    department = Text(maximum=40)
    open = fields.Boolean(load_default=False)


class SupervisionWordsSchema(Schema):
    """Words to choose from."""

    kinds = fields.List(coded(), required=True)
    levels = fields.List(coded(), required=True)
    lights = fields.List(coded(), required=True)


class SupervisionOrderSchema(Schema):
    """What a supervision says. department: who must reply; left out: who leads the case."""

    kind = fields.String(required=True, validate=one_of(SupervisionKind))
    level = fields.String(required=True, validate=one_of(SupervisionLevel))
    reason = Text(maximum=500, minimum=1, required=True)
    requirement = Text(maximum=500, load_default="")
    need_reply = fields.Boolean(load_default=True)
    department = Text(maximum=40, minimum=1)


class SupervisionReplySchema(Schema):
    """The department's words."""

    words = Text(maximum=1000, minimum=1, required=True)


class SupervisionCloseSchema(Schema):
    """note: needed when the department has not replied and should have."""

    note = Text(maximum=500, load_default="")


class ClockSchema(Schema):
    """A clock of a case. department: whose it is, if a department's."""

    kind = coded(required=True)
    department = fields.String(allow_none=True, required=True)
    limit = fields.String(required=True)
    state = coded(required=True)
    started_at = Moment(required=True)
    due_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)
    light = coded(required=True)


class AlarmSchema(Schema):
    """What was said of a clock, or of photos that did not come."""

    act = coded(required=True)
    words = fields.String(required=True)
    at = Moment(attribute="fired_at", required=True)


class CaseSupervisionSchema(Schema):
    """Clocks, alarms and supervisions of a case. kinds: of supervision the caller may issue now."""

    clocks = fields.List(fields.Nested(ClockSchema), required=True)
    alarms = fields.List(fields.Nested(AlarmSchema), required=True)
    supervisions = fields.List(fields.Nested(SupervisionSchema), required=True)
    kinds = fields.List(coded(), required=True)
    departments = fields.List(fields.Nested(NamedSchema), required=True)


@blp.get("/events/<uuid:event_id>/supervision")
@requires(Permission.EVENT_READ)
@blp.response(200, CaseSupervisionSchema)
def of_case(event_id: UUID) -> dict[str, Any]:
    """What is timed of a case, what was said of it, and who presses it."""
    found = dossier.of(current_user, handling.get(current_user, event_id))
    return vars(found) | {"supervisions": [_told(row) for row in found.supervisions]}


@blp.post("/events/<uuid:event_id>/supervisions")
@requires(Permission.SUPERVISION_ISSUE)
@blp.arguments(SupervisionOrderSchema)
@blp.response(201, SupervisionSchema)
@blp.alt_response(409, description="the case is over")
def issue(told: dict[str, Any], event_id: UUID) -> dict[str, Any]:
    """Supervise a case; it goes on as before."""
    order = Order(**told | {"kind": SupervisionKind(told["kind"]), "level": SupervisionLevel(told["level"])})
    made: list[UUID] = []

    def work() -> dict[str, Any]:
        made.append(supervision.issue(current_user, handling.hold(current_user, event_id), order).id)
        return {"supervision": str(made[0])}

    with transaction():
        result = once("supervision.issue", told | {"event": str(event_id)}, work)
    return _told(supervision_list.get(current_user, made[0] if made else UUID(result["supervision"])))


@blp.get("/supervisions")
@requires(Permission.SUPERVISION_READ)
@blp.arguments(SupervisionQuerySchema, location="query", unknown=RAISE)
@blp.response(200, page_of(SupervisionSchema))
def supervisions(told: dict[str, Any]) -> dict[str, Any]:
    """Supervisions in the caller's scope, newest first."""
    after, limit = told.pop("after"), told.pop("limit")
    if "light" in told:
        told["light"] = SupervisionLight(told["light"])
    items, following = supervision_list.listed(current_user, Filters(**told), after, limit)
    return {"items": [_told(row) for row in items], "next": following}


@blp.get("/supervisions/words")
@requires(Permission.SUPERVISION_READ)
@blp.response(200, SupervisionWordsSchema)
def words() -> dict[str, Any]:
    """The words to choose from."""
    return {"kinds": list(SupervisionKind), "levels": list(SupervisionLevel), "lights": list(SupervisionLight)}


@blp.get("/supervisions/<uuid:supervision_id>")
@requires(Permission.SUPERVISION_READ)
@blp.etag
@blp.response(200, SupervisionSchema)
def one(supervision_id: UUID) -> dict[str, Any]:
    """One supervision."""
    found = supervision_list.get(current_user, supervision_id)
    blp.set_etag({"version": found.version})
    return _told(found)


@blp.post("/supervisions/<uuid:supervision_id>/reply")
@requires(Permission.SUPERVISION_REPLY)
@blp.etag
@blp.arguments(SupervisionReplySchema)
@blp.response(200, SupervisionSchema)
@blp.alt_response(409, description="closed already")
def reply(told: dict[str, Any], supervision_id: UUID) -> dict[str, Any]:
    """The department's answer; another one replaces it until it is closed."""
    with transaction():
        found = supervision_list.hold(current_user, supervision_id)
        blp.check_etag({"version": found.version})
        supervision_list.check_may_reply(current_user, found)
        supervision.reply(current_user, found, told["words"])
    blp.set_etag({"version": found.version})
    return _told(found)


@blp.post("/supervisions/<uuid:supervision_id>/close")
@requires(Permission.SUPERVISION_ISSUE)
@blp.etag
@blp.arguments(SupervisionCloseSchema)
@blp.response(200, SupervisionSchema)
@blp.alt_response(409, description="closed already")
def close(told: dict[str, Any], supervision_id: UUID) -> dict[str, Any]:
    """The office that issued it has done with it."""
    with transaction():
        found = supervision_list.hold(current_user, supervision_id)
        blp.check_etag({"version": found.version})
        supervision.close(current_user, found, told["note"])
    blp.set_etag({"version": found.version})
    return _told(found)


def _told(row: Supervision) -> dict[str, Any]:
    names = (
        "id department kind level state reason requirement need_reply issuer issued_at due_at reply replier"
        " replied_at closing closed_at version"
    )
    event = row.event
    return {name: getattr(row, name) for name in names.split()} | {
        "light": supervision_list.light(row),
        "event": {
            "id": event.id,
            "case_no": event.case_no,
            "state": event.state,
            "category": notify.class_name(event),
            "area_name": row.area.name,
        },
        "may_reply": supervision_list.may_reply(current_user, row),
        "may_close": supervision_list.may_close(current_user, row),
    }
