"""Search (查找人员): the accounts of an installation by words, department, post, area and state, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import undefer

from grid.accounts import password as passwords
from grid.accounts.department import Department
from grid.accounts.scope import within
from grid.accounts.user import User, UserPost
from grid.areas import net
from grid.areas.area import Area
from grid.db import db


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: anything. words: of account or name; not of a
    mobile number, which has no place in an address."""

    words: str = ""
    department: str = ""
    post: str = ""
    area: str = ""
    is_active: bool | None = None


def page(wanted: Wanted, after: str, limit: int) -> tuple[list[User], str | None]:
    """Accounts beyond ``after``, by account, and the account the next page begins after."""
    found = db.session.scalars(
        select(User)
        .where(User.username > after, User.password_hash != passwords.UNUSABLE, *_where(wanted))
        .order_by(User.username)
        .limit(limit + 1)
        .options(undefer(User.mobile))
    ).all()
    return list(found[:limit]), found[limit - 1].username if len(found) > limit else None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if wanted.words:
        fits = [one.icontains(wanted.words, autoescape=True) for one in (User.username, User.name)]
        parts.append(or_(*fits))
    if wanted.department:
        parts.append(User.department.has(Department.code == wanted.department))
    if wanted.post or wanted.area:
        parts.append(User.posts.any(_held(wanted)))
    if wanted.is_active is not None:
        parts.append(User.is_active.is_(wanted.is_active))
    return parts


def _held(wanted: Wanted) -> ColumnElement[bool]:
    """A post, held inside an area. Raises NotFound for an area that is none."""
    held = UserPost.post == wanted.post if wanted.post else UserPost.post != ""
    if not wanted.area:
        return held
    path = net.current().find(wanted.area).path
    return held & UserPost.area.has(within(Area.path, path))
