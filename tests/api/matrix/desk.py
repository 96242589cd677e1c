"""What the desk, departments and leaders do with cases."""

from __future__ import annotations

from uuid import uuid4

from fixtures.daling import STREET
from tests.api.matrix.example import STALE, Example, entry, lending, photo, sheet, shift, sign_in, step
from tests.factories.intake import make_call

EXAMPLES = {
    "POST /api/sessions": Example(200, request=sign_in),
    "DELETE /api/sessions": Example(204),
    "POST /api/sessions/refresh": Example(401, request=lambda: {"json": {"refresh_token": "none"}}),
    "GET /api/me": Example(200),
    "GET /api/queues": Example(200),
    "GET /api/live": Example(200),
    "GET /api/events": Example(200),
    "GET /api/events/marks": Example(200),
    "GET /api/views": Example(200),
    "POST /api/views": Example(201, request=lambda: {"json": {"name": "红灯", "filters": {"light": "red"}}}),
    "GET /api/views/{view_id}": Example(404, "calendar"),
    "PUT /api/views/{view_id}": Example(
        404, "calendar", lambda: {"json": {"name": "红灯", "filters": {}, "position": 0}, "headers": STALE}
    ),
    "DELETE /api/views/{view_id}": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/events/points": Example(200),
    "GET /api/events/{event_id}": Example(200, "event"),
    "GET /api/events/{event_id}/surroundings": Example(200, "event"),
    "POST /api/events/{event_id}/steps": Example(412, "event", step("accept")),
    "POST /api/events/{event_id}/assignments/{assignment_id}/steps": Example(412, "event", step("sign")),
    "POST /api/events": Example(201, request=lambda: {"json": entry()}),
    "POST /api/events/bulk": Example(
        200, request=lambda: {"json": {"action": "accept", "items": [{"id": str(uuid4()), "version": 1}]}}
    ),
    "POST /api/intakes": Example(201, request=lambda: {"json": make_call()}),
    "GET /api/intakes": Example(200),
    "GET /api/intakes/{intake_id}": Example(404, "calendar"),
    "POST /api/intakes/{intake_id}/reply": Example(
        404, "calendar", lambda: {"json": {"words": "已办"}, "headers": STALE}
    ),
    "POST /api/intakes/{intake_id}/reveal": Example(404, "calendar", lambda: {"json": {"purpose": "回电"}}),
    "GET /api/intakes/similar": Example(
        200, request=lambda: {"query_string": {"category": "E0410", "lon": 114.72, "lat": 22.95}}
    ),
    "GET /api/intakes/places": Example(200, request=lambda: {"query_string": {"q": "富祥"}}),
    "POST /api/intakes/read": Example(200, request=lambda: {"json": {"text": "工单编号：A0001\n诉求内容：占道"}}),
    "POST /api/intakes/orders/imports": Example(201, request=lambda: sheet("工单编号,诉求内容\nA0001,占道")),
    "GET /api/intakes/orders/imports/{import_id}": Example(404, "import"),
    "GET /api/intakes/orders/imports/{import_id}/lines": Example(404, "import"),
    "GET /api/intakes/orders/imports/{import_id}/errors.xlsx": Example(404, "import"),
    "POST /api/intakes/orders/imports/{import_id}/confirm": Example(
        404, "import", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/handovers": Example(200),
    "GET /api/handovers/figures": Example(200, request=lambda: {"query_string": shift()}),
    "POST /api/handovers": Example(201, request=lambda: {"json": shift()}),
    "GET /api/handovers/{note_id}": Example(404, "calendar"),
    "POST /api/handovers/{note_id}/sign": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/requests": Example(200),
    "GET /api/delegations": Example(200),
    "GET /api/delegations/{delegation_id}": Example(404, "calendar"),
    "POST /api/delegations": Example(422, request=lambda: {"json": lending()}),
    "POST /api/delegations/{delegation_id}/end": Example(404, "calendar", lambda: {"headers": STALE}),
    "POST /api/tasks/hand-over": Example(422, request=lambda: {"json": {"leaver": "wg01", "successor": "nobody"}}),
    "POST /api/events/{event_id}/requests": Example(
        412, "event", lambda: {"json": {"action": "void", "note": "重复"}, "headers": STALE}
    ),
    "POST /api/events/{event_id}/requests/{request_id}/decisions": Example(412, "event", step("withdraw")),
    "POST /api/events/{event_id}/links": Example(
        412, "event", lambda: {"json": {"other": "44132300220261122 00001"}, "headers": STALE}
    ),
    "POST /api/events/{event_id}/links/{other_id}/end": Example(
        412, "event", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/proposals": Example(200),
    "GET /api/proposals/{proposal_id}": Example(404, "calendar"),
    "POST /api/proposals/{proposal_id}/settle": Example(
        404, "calendar", lambda: {"json": {"state": "taken"}, "headers": STALE}
    ),
    "GET /api/delegations/people": Example(200),
    "POST /api/events/{event_id}/reopenings": Example(
        412, "event", lambda: {"json": {"note": "不满意"}, "headers": STALE}
    ),
    "GET /api/procedures": Example(200),
    "POST /api/procedures": Example(
        200, request=lambda: {"json": {"rule": "bounce_max", "value": 3, "area": STREET}}
    ),
    "GET /api/procedures/{rule_id}": Example(404, "calendar"),
    "PATCH /api/procedures/{rule_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "GET /api/ladders": Example(200),
    "POST /api/ladders": Example(200, request=lambda: {"json": {"kind": "case", "rungs": [], "area": STREET}}),
    "GET /api/ladders/{ladder_id}": Example(404, "calendar"),
    "PATCH /api/ladders/{ladder_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "GET /api/events/{event_id}/supervision": Example(200, "event"),
    "POST /api/events/{event_id}/supervisions": Example(
        201,
        "event",
        lambda: {"json": {"kind": "timeout", "level": "yellow", "reason": "久拖不办", "need_reply": False}},
    ),
    "GET /api/supervisions": Example(200),
    "GET /api/supervisions/words": Example(200),
    "GET /api/supervisions/{supervision_id}": Example(404, "calendar"),
    "POST /api/supervisions/{supervision_id}/reply": Example(
        404, "calendar", lambda: {"json": {"words": "已办"}, "headers": STALE}
    ),
    "POST /api/supervisions/{supervision_id}/close": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/matters": Example(200),
    "GET /api/matters/words": Example(200),
    "POST /api/matters": Example(
        201, request=lambda: {"json": {"title": "查消防", "kind": "general", "area": STREET, "lead": "xf"}}
    ),
    "GET /api/matters/{matter_id}": Example(404, "calendar"),
    "POST /api/matters/{matter_id}/entries": Example(
        404, "calendar", lambda: {"json": {"kind": "deploy", "words": "已部署"}, "headers": STALE}
    ),
    "GET /api/whistles": Example(200),
    "GET /api/whistles/words": Example(200),
    "GET /api/whistles/{whistle_id}": Example(404, "calendar"),
    "POST /api/whistles": Example(
        201,
        request=lambda: {"json": {"kind": "daily", "words": "来", "departments": ["cg"], "area": STREET}},
    ),
    "POST /api/whistles/{whistle_id}/report-ins": Example(
        404, "calendar", lambda: {"json": {"lon": 114.72, "lat": 22.95, "datum": "wgs84"}, "headers": STALE}
    ),
    "POST /api/whistles/{whistle_id}/close": Example(
        404, "calendar", lambda: {"json": {"scores": [{"department": "cg", "score": 5}]}, "headers": STALE}
    ),
    "PUT /api/photos/{sha256}": Example(201, "photo bytes", photo),
    "GET /api/photos/{photo_id}": Example(200, "event"),
    "PUT /api/me/password": Example(422, request=lambda: {"json": {"old": "no", "new": "Other-2026-x"}}),
    "GET /api/voices/{photo_id}": Example(404, "event"),
    "GET /api/events/{event_id}/sheet.pdf": Example(200, "event"),
    "GET /api/events/{event_id}/order.pdf": Example(200, "event"),
    "GET /api/events/list.pdf": Example(200),
    "GET /api/notices": Example(200),
    "POST /api/notices/{notice_id}/read": Example(204, "notice"),
}
