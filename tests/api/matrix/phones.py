"""What phones send and fetch, and what the office sees of phones and of those who walk with them."""

from __future__ import annotations

from uuid import uuid4

from tests.api.matrix.example import STALE, Example, photo, sign_in
from tests.api.matrix.shades import shades
from tests.factories.person import make_report

EXAMPLES = {
    "GET /api/workers": Example(200, "area"),
    "GET /api/workers/positions": Example(200),
    "POST /api/workers/{username}/reveal": Example(404, "person", lambda: {"json": {"purpose": "核实现场"}}),
    "GET /api/tracks": Example(200, "worker"),
    "GET /api/records/{record_id}/photos/{sha256}": Example(200, "record"),
    "GET /api/devices": Example(200),
    "GET /api/devices/{seat_id}": Example(200, "phone"),
    "POST /api/devices/{seat_id}/revoke": Example(
        412, "phone", lambda: {"json": {"mode": "drain", "reason": "离职"}, "headers": STALE}
    ),
    "GET /api/checkpoints": Example(200),
    "POST /api/checkpoints": Example(
        201, request=lambda: {"json": {"name": f"第{next(shades)}点", "lon": 114.7326, "lat": 22.9489}}
    ),
    "GET /api/checkpoints/{checkpoint_id}": Example(200, "checkpoint"),
    "PATCH /api/checkpoints/{checkpoint_id}": Example(
        412, "checkpoint", lambda: {"json": {"radius_m": 20}, "headers": STALE}
    ),
    "GET /api/quarantine": Example(200),
    "GET /api/quarantine/{row_id}": Example(200, "refused op"),
    "POST /api/quarantine/{row_id}/mend": Example(
        412, "refused op", lambda: {"json": {"payload": {}}, "headers": STALE}
    ),
    "POST /api/quarantine/{row_id}/drop": Example(
        412, "refused op", lambda: {"json": {"reason": "重复"}, "headers": STALE}
    ),
    "GET /healthz": Example(200),
    "POST /mobile/v1/session": Example(200, request=sign_in),
    "DELETE /mobile/v1/session": Example(204),
    "POST /mobile/v1/session/refresh": Example(401, request=lambda: {"json": {"refresh_token": "none"}}),
    "PUT /mobile/v1/photos/{sha256}": Example(201, "photo bytes", photo),
    "GET /mobile/v1/photos/{photo_id}": Example(200, "event"),
    "GET /mobile/v1/voices/{photo_id}": Example(404, "event"),
    "GET /mobile/v1/records/{record_id}/photos/{sha256}": Example(200, "record"),
    "POST /mobile/v1/files": Example(422),  # without a seat: see tests/mobile_api/test_files.py
    "POST /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "PATCH /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "DELETE /mobile/v1/files/{upload_id}": Example(422, "seat"),
    "POST /mobile/v1/device/enroll": Example(422, request=lambda: {"json": {"device_id": str(uuid4())}}),
    "POST /mobile/v1/device/heartbeat": Example(422, request=lambda: {"json": {"queue": 0}}),
    "GET /mobile/v1/forms": Example(200),
    "GET /mobile/v1/forms/{form_id}/{version}": Example(200, "form"),
    "GET /mobile/v1/sync/pull": Example(422),
    "POST /mobile/v1/sync/check": Example(422, request=lambda: {"json": {}}),
    "POST /mobile/v1/sync/push": Example(422, request=lambda: {"json": {"ops": []}}),
    "POST /mobile/v1/tracks": Example(422, request=lambda: {"json": {"points": []}}),
    "GET /mobile/v1/tracks": Example(422),
    "GET /mobile/v1/shifts": Example(200),
    "POST /mobile/v1/device/{device_id}/osmand-token": Example(404, "seat"),
    "GET /mobile/v1/osmand": Example(400),
    "POST /mobile/v1/osmand": Example(400),
    "GET /mobile/v1/notices": Example(200),
    "POST /mobile/v1/notices/{notice_id}/read": Example(204, "notice"),
    "PUT /mobile/v1/me/password": Example(422, request=lambda: {"json": {"old": "no", "new": "Other-2026-x"}}),
    "GET /mobile/v1/bootstrap": Example(200),
    "POST /mobile/v1/reports": Example(201, request=lambda: {"json": make_report()}),
    "GET /mobile/v1/reports": Example(200),
    "GET /mobile/v1/reports/{event_id}": Example(200, "event"),
    "GET /mobile/v1/tasks": Example(200),
    "GET /mobile/v1/tasks/{task_id}": Example(200, "task"),
    "POST /mobile/v1/tasks/{task_id}/answer": Example(
        412, "task", lambda: {"json": {"client_id": str(uuid4()), "result": "pass"}, "headers": STALE}
    ),
}
