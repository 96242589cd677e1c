"""Scope (数据范围): which rows a person reaches with a permission, as a predicate of the query and as a question.

A body of rows says once how its rows relate to people (``Reach`` per relation); from that follow the SQL predicate
added to every query and the same test on a loaded row. Tests prove that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from grid.accounts.permission import Permission, Relation
from grid.accounts.user import Grant, User


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
