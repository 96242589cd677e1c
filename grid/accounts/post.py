"""Post (岗位): a named bundle of permissions, from authz.yaml; and the grants that follow from holding it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from grid.accounts.permission import Permission, Relation
from grid.errors import Invalid

Grants = dict[Permission, frozenset[Relation]]


@dataclass(frozen=True, slots=True)
class Post:
    """Post (岗位). separate: excludes the other administrators' posts (三权分立). by_command: given by a command
    only, so that no administrator makes the one who watches him. internal: no person holds it.
    """

    code: str
    label: str
    grants: Grants
    is_separate: bool = False
    is_by_command: bool = False
    is_internal: bool = False

    @property
    def needs_department(self) -> bool:
        """Does some of it only work with a department?"""
        return any(Relation.DEPARTMENT in relations for relations in self.grants.values())


@cache
def _table() -> tuple[dict[str, Post], Grants, dict[str, str]]:
    told = yaml.safe_load(resources.files("grid.accounts").joinpath("authz.yaml").read_text("utf-8"))
    posts = {
        code: Post(
            code,
            p["label"],
            _grants(p["grants"]),
            p.get("separate", False),
            p.get("by_command", False),
            p.get("internal", False),
        )
        for code, p in told["posts"].items()
    }
    return posts, _grants(told["everyone"]), told["words"]


def _grants(told: dict[str, Any]) -> Grants:
    return {Permission(name): frozenset(Relation(r) for r in relations) for name, relations in told.items()}


def posts() -> dict[str, Post]:
    """All posts by code."""
    return _table()[0]


def everyone() -> Grants:
    """What every signed-in person may do."""
    return _table()[1]


def words(permission: Permission) -> str:
    """What a permission lets one do, for people."""
    return _table()[2][permission]


def find(code: str) -> Post:
    """The post with this code. Raises Invalid."""
    try:
        return posts()[code]
    except KeyError:
        raise Invalid(f"没有“{code}”这个岗位。", field="post") from None


def holding(permission: Permission) -> list[str]:
    """Codes of the posts that hold a permission."""
    return [post.code for post in posts().values() if permission in post.grants]


def labelled(word: str) -> Post | None:
    """The post that people call so, or that has this code."""
    return next((post for post in posts().values() if word in (post.code, post.label)), None)
