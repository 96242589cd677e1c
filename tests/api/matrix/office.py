"""What is kept in order: organisation, standards, calendar, reports, notices."""

from __future__ import annotations

from uuid import uuid4

from fixtures.daling import STREET
from tests.api.matrix.example import STALE, Example, department, person, robot, sheet
from tests.api.matrix.people import GRID
from tests.factories.drawing import make_map, make_village_grid
from tests.factories.workbook import KITES, make_workbook

EXAMPLES = {
    "GET /api/departments": Example(200),
    "GET /api/departments/details": Example(200),
    "POST /api/departments": Example(201, request=department),
    "GET /api/departments/{code}": Example(200, "department"),
    "PUT /api/departments/{code}": Example(
        412, "department", lambda: {"json": {"name": "城管", "active": True}, "headers": STALE}
    ),
    "POST /api/departments/imports": Example(201, request=lambda: sheet("代码,名称,所属区域\nzz,某所,441323002")),
    "GET /api/departments/imports/{import_id}": Example(404, "import"),
    "GET /api/departments/imports/{import_id}/lines": Example(404, "import"),
    "POST /api/departments/imports/{import_id}/confirm": Example(
        404, "import", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/users": Example(200),
    "POST /api/users": Example(201, request=person),
    "GET /api/users/{username}": Example(200, "person"),
    "PUT /api/users/{username}": Example(412, "person", lambda: person(username=None) | {"headers": STALE}),
    "POST /api/users/{username}/password-reset": Example(412, "person", lambda: {"headers": STALE}),
    "POST /api/users/{username}/reveal": Example(404, "person", lambda: {"json": {"purpose": "通知开会"}}),
    "POST /api/users/imports": Example(
        201, request=lambda: sheet(f"账号,姓名,岗位,负责区域\nwg80,某人,网格员,{GRID}")
    ),
    "GET /api/users/imports/{import_id}": Example(404, "import"),
    "GET /api/users/imports/{import_id}/lines": Example(404, "import"),
    "GET /api/users/imports/{import_id}/errors.xlsx": Example(404, "import"),
    "POST /api/users/imports/{import_id}/confirm": Example(404, "import", lambda: {"json": {}, "headers": STALE}),
    "GET /api/posts": Example(200),
    "GET /api/categories": Example(200),
    "GET /api/areas": Example(200),
    "GET /api/areas/locate": Example(
        200, request=lambda: {"query_string": {"lon": 114.72, "lat": 22.95, "datum": "wgs84"}}
    ),
    "POST /api/areas/regions/imports": Example(
        201, request=lambda: {"content_type": "text/csv", "data": "代码,名称\n441323002301,新塘村"}
    ),
    "GET /api/areas/regions/imports/{import_id}": Example(404, "calendar"),
    "GET /api/areas/regions/imports/{import_id}/lines": Example(404, "calendar"),
    "POST /api/areas/regions/imports/{import_id}/confirm": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "POST /api/areas/grids/imports": Example(
        201, request=lambda: {"content_type": "application/geo+json", "data": make_map(make_village_grid())}
    ),
    "GET /api/areas/grids/imports/{import_id}": Example(404, "calendar"),
    "GET /api/areas/grids/imports/{import_id}/lines": Example(404, "calendar"),
    "GET /api/areas/grids/imports/{import_id}/map": Example(404, "calendar"),
    "POST /api/areas/grids/imports/{import_id}/confirm": Example(
        404, "calendar", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/calendar": Example(200),
    "PUT /api/calendar/{day}": Example(
        412, "calendar", lambda: {"json": {"kind": "holiday", "name": "台风停工"}, "headers": STALE}
    ),
    "DELETE /api/calendar/{day}": Example(412, "calendar", lambda: {"headers": STALE}),
    "POST /api/calendar/imports": Example(
        201, request=lambda: {"content_type": "text/csv", "data": "日期,类型,名称\n2027-02-05,放假,春节"}
    ),
    "GET /api/calendar/imports/{import_id}": Example(404, "calendar"),
    "POST /api/calendar/imports/{import_id}/confirm": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/standards/imports": Example(200),
    "POST /api/standards/imports": Example(
        201,
        request=lambda: {"content_type": "application/octet-stream", "data": make_workbook(KITES)},
    ),
    "GET /api/standards/imports/{batch_id}": Example(200, "standards"),
    "GET /api/standards/imports/{batch_id}/lines": Example(200, "standards"),
    "POST /api/standards/imports/{batch_id}/confirm": Example(
        412, "standards", lambda: {"json": {}, "headers": STALE}
    ),
    "GET /api/standards/export.xlsx": Example(200),
    "GET /api/standards/rows": Example(200),
    "POST /api/standards/rows": Example(
        412,
        request=lambda: {
            "json": {"code": "E0406", "name": "占道经营", "condition": "新的一条", "limit": "4小时"},
            "headers": STALE,
        },
    ),
    "POST /api/standards/rows/end": Example(412, request=lambda: {"json": {"code": "E0406"}, "headers": STALE}),
    "GET /api/categories/mappings": Example(200),
    "POST /api/rules/try": Example(200, request=lambda: {"json": {"category": "E0406", "area": GRID}}),
    "GET /api/work-policy": Example(200),
    "PUT /api/work-policy": Example(
        412,
        request=lambda: {
            "json": {"slots": [{"start": "09:00", "end": "17:00"}], "workday_mode": "hours8"},
            "headers": STALE,
        },
    ),
    "GET /api/reports/brief": Example(200, "area"),
    "GET /api/reports/brief.pdf": Example(200, "area"),
    "GET /api/reports/brief.xlsx": Example(200, "area"),
    "GET /api/workload": Example(200),
    "GET /api/workload/month": Example(200, request=lambda: {"query_string": {"department": "cg"}}),
    "GET /api/workload/cases": Example(
        200, request=lambda: {"query_string": {"department": "cg", "figure": "received"}}
    ),
    "GET /api/jobs": Example(200),
    "GET /api/jobs/failing": Example(200),
    "GET /api/jobs/{job_id}": Example(404, "calendar"),
    "POST /api/jobs/{job_id}/retry": Example(404, "calendar", lambda: {"headers": STALE}),
    "GET /api/practice": Example(200),
    "POST /api/practice/wipe": Example(200),
    "GET /api/notice-rules": Example(200, request=lambda: {"query_string": {"area": STREET}}),
    "POST /api/notice-rules": Example(
        404, "calendar", lambda: {"json": {"cause": "moved", "endpoint": str(uuid4()), "area": STREET}}
    ),
    "GET /api/notice-rules/{rule_id}": Example(404, "calendar"),
    "PATCH /api/notice-rules/{rule_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "POST /api/quiet-hours": Example(
        200, request=lambda: {"json": {"begins": "22:00", "ends": "07:00", "area": STREET}}
    ),
    "GET /api/quiet-hours/{hours_id}": Example(404, "calendar"),
    "PATCH /api/quiet-hours/{hours_id}": Example(
        404, "calendar", lambda: {"json": {"valid_to": None}, "headers": STALE}
    ),
    "POST /api/notice-endpoints": Example(201, request=robot),
    "GET /api/notice-endpoints/{endpoint_id}": Example(200, "endpoint"),
    "PUT /api/notice-endpoints/{endpoint_id}": Example(
        412, "endpoint", lambda: {"json": {"name": "群"}, "headers": STALE}
    ),
    "POST /api/notice-endpoints/{endpoint_id}/test": Example(404, "calendar", lambda: {"json": {}}),
    "GET /api/deliveries": Example(200),
    "POST /api/deliveries/{delivery_id}/retry": Example(404, "calendar"),
}
