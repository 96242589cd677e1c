"""Who calls, and what authz.yaml grants them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from fixtures.daling import STREET
from tests.factories import street
from tests.factories.account import make_user

AUTHZ = yaml.safe_load(Path("grid/accounts/authz.yaml").read_text("utf-8"))
GRID = "441323002001001"


@dataclass(frozen=True)
class Who:
    """A caller, as the staff list has them."""

    username: str
    post: str
    area: str = STREET
    department: str = ""


PEOPLE = (
    Who("wg01", "grid_worker", GRID),
    Who("slr01", "acceptor"),
    Who("zbz01", "shift_leader"),
    Who("pqy01", "dispatcher"),
    Who("jb01", "clerk", department="cg"),
    Who("fz01", "department_head", department="cg"),
    Who("ld01", "leader"),
    Who("xt01", "system_admin"),
    Who("aq01", "security_admin"),
    Who("sj99", "audit_admin"),
)


def make_streets() -> None:
    """Two streets, and a clerk and a head in Daling's 城管 that are not one person."""
    street.make_second_street()
    make_user("jb01", "clerk", department="cg")
    make_user("fz01", "department_head", department="cg")


def granted(post: str, permission: str) -> set[str] | None:
    told = AUTHZ["everyone"].get(permission, AUTHZ["posts"][post]["grants"].get(permission))
    return None if told is None else set(told)
