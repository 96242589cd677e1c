"""Scope (数据范围): which rows a person reaches with a permission, as a predicate of the query and as a question.

A body of rows says once how its rows relate to people (``Reach`` per relation); from that follow the SQL predicate
added to every query and the same test on a loaded row. Tests prove that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_

from grid.accounts.permission import Permission, Relation
from grid.accounts.user import Grant, User, UserPost
from grid.areas.area import Area


@dataclass(frozen=True, slots=True)
class Reach:
    """One relation between rows and people, said twice: ``rows`` in SQL, ``holds`` of a loaded row."""

    rows: Callable[[User, Grant], ColumnElement[bool]]
    holds: Callable[[User, Grant, Any], bool]


Reaches = Mapping[Relation, Reach]


def within(column: Any, path: str) -> ColumnElement[bool]:
    """Rows at or below an area. column: a path column. path: "/1/12/"; in byte order "0" follows "/"."""
    return and_(column >= path, column < path[:-1] + "0")


def is_within(path: str, ancestor: str) -> bool:
    """The same of two paths in hand."""
    return path.startswith(ancestor)


def of_owner(owner: Any) -> Reach:
    """Rows of the person themselves. owner: their user id column."""
    return Reach(
        rows=lambda actor, grant: owner == actor.id,
        holds=lambda actor, grant, row: getattr(row, owner.key) == actor.id,
    )


def of_area(path: Any) -> Reach:
    """Rows in the area of one's post. path: their path column."""
    return Reach(
        rows=lambda actor, grant: within(path, grant.path),
        holds=lambda actor, grant, row: is_within(getattr(row, path.key), grant.path),
    )


def of_department(
    path: Any, has: Callable[[int], ColumnElement[bool]], named: Callable[[Any], Iterable[int]]
) -> Reach:
    """Rows one's department has part in, in the area of one's post.

    path: their path column. has: the predicate of a department's number. named: the departments of a loaded row.
    """

    def rows_of(actor: User, grant: Grant) -> ColumnElement[bool]:
        mine = actor.department_id
        return false() if mine is None else and_(has(mine), within(path, grant.path))

    def holds_of(actor: User, grant: Grant, row: Any) -> bool:
        mine = actor.department_id
        return mine is not None and mine in named(row) and is_within(getattr(row, path.key), grant.path)

    return Reach(rows=rows_of, holds=holds_of)


def of_people(user_id: Any, person: Callable[[Any], User]) -> Reach:
    """Rows of people who hold a post in the area of one's own. user_id: their column. person: of a loaded row."""

    def rows_of(actor: User, grant: Grant) -> ColumnElement[bool]:
        here = within(Area.path, grant.path)
        return exists().where(UserPost.user_id == user_id, Area.id == UserPost.area_id, here)

    def holds_of(actor: User, grant: Grant, row: Any) -> bool:
        return any(is_within(post.area.path, grant.path) for post in person(row).posts)

    return Reach(rows=rows_of, holds=holds_of)


def rows(actor: User, permission: Permission, reaches: Reaches) -> ColumnElement[bool]:
    """The predicate: rows ``actor`` reaches with ``permission``; none when they do not hold it."""
    # Posts held in the same place say the same; said once, the database can join instead of asking row by row.
    parts = {
        (relation, grant.path): reaches[relation].rows(actor, grant)
        for grant in actor.grants(permission)
        for relation in sorted(grant.relations & reaches.keys())
    }
    return or_(*parts.values()) if parts else false()


def office(actor: User, permission: Permission, path: str) -> str:
    """The widest area in which ``actor`` holds a permission, of those a place lies in; else the place itself."""
    return min((g.path for g in actor.grants(permission) if is_within(path, g.path)), key=len, default=path)


def is_office(actor: User, permission: Permission, path: str) -> bool:
    """Does ``actor`` hold a permission in this area or in one above?"""
    return any(is_within(path, grant.path) for grant in actor.grants(permission))


def holds(actor: User, permission: Permission, reaches: Reaches, row: Any) -> bool:
    """Does ``actor`` reach this loaded row with ``permission``?"""
    return any(
        reaches[relation].holds(actor, grant, row)
        for grant in actor.grants(permission)
        for relation in grant.relations & reaches.keys()
    )
