"""Bureau (部门管理): departments opened, renamed and closed, each with its trail entry."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from grid import revision
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.errors import Conflict, Invalid, NotFound
from grid.events.event import Assignment
from grid.events.state import AssignmentState
from grid.trail import entry as trail

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
NAME_MAX = 60
DONE = (AssignmentState.CONFIRMED, AssignmentState.RETURNED, AssignmentState.CANCELLED)


def every() -> list[Department]:
    """All departments, active or not, by code."""
    return list(db.session.scalars(select(Department).order_by(Department.code)))


def get(code: str) -> Department:
    """The department, active or not. Raises NotFound."""
    found = db.session.scalar(select(Department).where(Department.code == code))
    if found is None:
        raise NotFound("没有这个部门。", field="department")
    return found


def headcounts() -> dict[int, int]:
    """How many active accounts each department has, by its id."""
    counted = (
        select(User.department_id, func.count()).where(User.is_active, User.department_id.is_not(None))
    ).group_by(User.department_id)
    return {department_id: count for department_id, count in db.session.execute(counted) if department_id}


def open_assignments(department: Department) -> int:
    """How many cases lie with it."""
    lying = select(func.count()).where(Assignment.department_id == department.id, Assignment.state.not_in(DONE))
    return db.session.scalar(lying) or 0


def add(actor: User | None, code: str, name: str, area_id: int) -> Department:
    """Open a department. Raises Invalid for a code that is none, Conflict for a code or name that is taken."""
    if not CODE.fullmatch(code):
        raise Invalid("部门代码用字母、数字、点、横线，以字母或数字开头。", field="code")
    if db.session.scalar(select(Department.id).where(Department.code == code)) is not None:
        raise Conflict(f"部门代码 {code} 已被使用，请换一个。", field="code")
    _refuse_twin(name, area_id)
    department = Department(code=code, name=name, area_id=area_id)
    db.session.add(department)
    _tell(actor, department, "department:create")
    return department


def change(actor: User | None, department: Department, name: str, is_active: bool) -> Department:
    """Rename, close or reopen a department. Raises Conflict while cases lie with one that is to close."""
    if (department.name, department.is_active) == (name, is_active):
        return department
    if department.is_active and not is_active:
        lying = open_assignments(department)
        if lying:
            raise Conflict(
                f"{department.name}还有 {lying} 个没办完的案卷，不能停用。请先办完或改派。", count=lying
            )
    if is_active:
        _refuse_twin(name, department.area_id, department.id)
    department.name, department.is_active = name, is_active
    _tell(actor, department, "department:change", active=is_active)
    return department


def _refuse_twin(name: str, area_id: int, own_id: int | None = None) -> None:
    """Two of one name in one place cannot be told apart in a responsibility list."""
    same = (Department.name == name, Department.area_id == area_id, Department.is_active)
    twin = db.session.execute(select(Department.id, Department.code).where(*same)).first()
    if twin is not None and twin.id != own_id:
        raise Conflict(f"这个区域已有叫“{name}”的部门（{twin.code}）。", field="name")


def _tell(actor: User | None, department: Department, action: str, **told: bool) -> None:
    revision.bump(revision.ACCOUNTS)
    revision.bump(revision.RULES)  # the rulebook speaks of departments by name
    path = net.current().node(department.area_id).path
    trail.record(actor, action, "department", department.code, path, name=department.name, **told)
