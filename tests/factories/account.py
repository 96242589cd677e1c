"""Accounts beside those of the demo."""

from __future__ import annotations

from functools import cache

from sqlalchemy import select

from fixtures.daling import PASSWORD, STREET
from grid.accounts import department as departments
from grid.accounts import user as users
from grid.accounts.password import hash_password
from grid.accounts.user import User
from grid.areas.area import Area, AreaCode
from grid.db import db, transaction
from tests.factories.reader import look_again

_hash = cache(hash_password)  # once: it is made to be slow


def make_user(username: str, *posts: str, area: str = STREET, department: str | None = None) -> User:
    """An account with these posts in one area; the password is everybody's."""
    with transaction():
        held = db.session.get_one(Area, db.session.get_one(AreaCode, area).area_id)
        unit = departments.find(department) if department else None
        user = users.create(username, f"测试{username}", "", [(post, held) for post in posts], unit)
        user.password_hash = _hash(PASSWORD)
    return user


def find_user(username: str) -> User:
    """The account, freshly read."""
    look_again()
    return db.session.scalars(select(User).where(User.username == username)).one()


def disable(username: str) -> None:
    """Take somebody's account away."""
    user = find_user(username)
    with transaction():
        user.is_active = False
