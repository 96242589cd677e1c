"""Holders (任职人员): who holds a permission in a place, by a post of their own or one lent to them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import chain

from sqlalchemy import select

from grid.accounts import delegation
from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.accounts.user import User, UserPost
from grid.db import db


class Roll:
    """The holders in some places, each permission read once for them all; of one moment, so not to be kept."""

    def __init__(self, area_paths: Iterable[str]) -> None:
        self._areas = set(chain.from_iterable(_ids(path) for path in area_paths))
        self._own = cache(self._read_own)
        self._department = cache(_department)

    def at(self, area_path: str, permission: Permission, departments: Iterable[int] | None = None) -> list[int]:
        """Ids of the people who hold a permission where something is. departments: only of these."""
        codes = _codes(permission)
        own = chain.from_iterable(self._own(permission).get(area, ()) for area in _ids(area_path))
        borrowed = delegation.borrowers(codes, area_path)
        if departments is None:
            return [*(user_id for user_id, _ in own), *borrowed]
        ours = set(departments)
        theirs = [user_id for user_id in borrowed if self._department(user_id) in ours]
        return [*(user_id for user_id, department in own if department in ours), *theirs]

    def _read_own(self, permission: Permission) -> dict[int, list[tuple[int, int | None]]]:
        found = (
            select(UserPost.area_id, UserPost.user_id, User.department_id)
            .join(User, User.id == UserPost.user_id)
            .where(UserPost.post.in_(_codes(permission)), UserPost.area_id.in_(self._areas), User.is_active)
            .order_by(UserPost.user_id)
        )
        by_area: dict[int, list[tuple[int, int | None]]] = {}
        for area_id, user_id, department_id in db.session.execute(found):
            by_area.setdefault(area_id, []).append((user_id, department_id))
        return by_area


def at(area_path: str, permission: Permission, departments: Iterable[int] | None = None) -> list[int]:
    """Ids of the people who hold a permission where something is. departments: only of these."""
    return Roll([area_path]).at(area_path, permission, departments)


def _codes(permission: Permission) -> list[str]:
    return [code for code in posts.holding(permission) if not posts.find(code).is_internal]


def _ids(area_path: str) -> list[int]:
    return [int(part) for part in area_path.strip("/").split("/")]


def _department(user_id: int) -> int | None:
    return db.session.scalar(select(User.department_id).where(User.id == user_id))
