"""Holders (任职人员): who holds a permission in a place, by a post of their own or one lent to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from grid.accounts import delegation
from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.accounts.user import User, UserPost
from grid.db import db


def at(area_path: str, permission: Permission, departments: Iterable[int] | None = None) -> list[int]:
    """Ids of the people who hold a permission where something is. departments: only of these."""
    codes = [code for code in posts.holding(permission) if not posts.find(code).is_internal]
    ancestors = [int(part) for part in area_path.strip("/").split("/")]
    found = (
        select(UserPost.user_id)
        .join(User, User.id == UserPost.user_id)
        .where(UserPost.post.in_(codes), UserPost.area_id.in_(ancestors), User.is_active)
    )
    borrowed = delegation.borrowers(codes, area_path)
    if departments is None:
        return [*db.session.scalars(found), *borrowed]
    ours = list(departments)
    theirs = select(User.id).where(User.id.in_(borrowed), User.department_id.in_(ours))
    own = list(db.session.scalars(found.where(User.department_id.in_(ours))))
    return [*own, *(db.session.scalars(theirs) if borrowed else ())]
