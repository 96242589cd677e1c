"""A second street, so that there is a "foreign": 平山街道 with one community, one grid, its own people."""

from __future__ import annotations

from datetime import date

from shapely import box

from grid.accounts.department import Department
from grid.areas import area as areas
from grid.areas.area import Area, Level
from grid.db import db, transaction
from tests.factories.account import make_user

COUNTY, STREET, GRID = "441323", "441323001", "441323001001001"
WORKER, DESK, CLERK = "wg51", "dd51", "ps01"
DEPARTMENT, SECOND_DEPARTMENT = "ps", "pa"
_SINCE = date(2026, 1, 1)


def make_second_street() -> None:
    """Beside Daling, in the same county, with a worker, a dispatching desk and a department."""
    with transaction():
        county = db.session.get_one(Area, db.session.get_one(areas.AreaCode, COUNTY).area_id)
        street = areas.add(county, Level.STREET, "平山街道", STREET, None, _SINCE)
        community = areas.add(street, Level.COMMUNITY, "第一社区", GRID[:12], None, _SINCE)
        areas.add(community, Level.GRID, "第一社区第1网格", GRID, box(114.81, 22.93, 114.83, 22.95), _SINCE)
        db.session.add(Department(code=DEPARTMENT, name="平山城管中队", area_id=street.id))
        db.session.add(Department(code=SECOND_DEPARTMENT, name="平山派出所", area_id=street.id))
    make_user(WORKER, "grid_worker", area=GRID)
    make_user(DESK, "acceptor", "shift_leader", "dispatcher", area=STREET)
    make_user(CLERK, "clerk", "department_head", area=STREET, department=DEPARTMENT)
