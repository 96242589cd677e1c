"""Account (账号): opened, changed, stopped and given a new password, each with its trail entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from grid import clock, revision
from grid.accounts import password as passwords
from grid.accounts import session as sessions
from grid.accounts.session import LoginSession
from grid.accounts.user import User, UserPost
from grid.db import db
from grid.errors import Conflict, Invalid, NotFound
from grid.seal import Sealer
from grid.staff import appointment, mobile
from grid.staff.appointment import Held
from grid.trail import entry as trail

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
NAME_MAX = 50


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is to be true of an account. mobile: None leaves the number as it is, empty takes it away."""

    name: str
    held: Held
    department_id: int | None
    is_active: bool = True
    mobile: str | None = None


def get(username: str) -> User:
    """The account, active or not. Raises NotFound."""
    user = db.session.scalar(select(User).where(User.username == username).options(undefer(User.mobile)))
    if user is None or user.password_hash == passwords.UNUSABLE:  # the rules' own account is nobody's to manage
        raise NotFound("没有这个账号。", field="username")
    return user


def open_(actor: User | None, username: str, wish: Particulars, password_hash: str, sealer: Sealer) -> User:
    """Open an account whose password was given out, so that it must be changed. Raises Invalid, Conflict."""
    if not USERNAME.fullmatch(username):
        raise Invalid("账号用 2 到 40 个字母、数字、点、横线，以字母或数字开头。", field="username")
    if db.session.scalar(select(User.id).where(func.lower(User.username) == username.lower())) is not None:
        raise Conflict(f"账号 {username} 已被使用，请换一个。", field="username")
    appointment.check(actor, None, wish.held, wish.department_id is not None)
    user = User(
        username=username,
        name=wish.name,
        password_hash=password_hash,
        department_id=wish.department_id,
        must_change_password=True,
        created_at=clock.now(),
        posts=[UserPost(post=post, area_id=area_id) for post, area_id in sorted(wish.held)],
    )
    _write_mobile(user, wish.mobile, sealer)
    db.session.add(user)
    revision.bump(revision.ACCOUNTS)
    trail.record(actor, "account:create", "user", username, posts=sorted({post for post, _ in wish.held}))
    return user


def change(actor: User | None, user: User, wish: Particulars, sealer: Sealer) -> User:
    """Make an account so; other posts, department or state end its sessions.

    Raises Forbidden, Invalid, Conflict.
    """
    appointment.refuse_reserved(actor, user)
    before = appointment.of(user)
    moved = (before, user.department_id, user.is_active) != (wish.held, wish.department_id, wish.is_active)
    if moved:
        appointment.refuse_own(actor, user)
    appointment.check(actor, user, wish.held, wish.department_id is not None)
    changed = [
        name
        for name, is_other in (
            ("name", user.name != wish.name),
            ("posts", before != wish.held),
            ("department", user.department_id != wish.department_id),
            ("active", user.is_active != wish.is_active),
            ("mobile", _is_other_number(user, wish.mobile, sealer)),
        )
        if is_other
    ]
    if not changed:
        return user
    user.name, user.department_id, user.is_active = wish.name, wish.department_id, wish.is_active
    if before != wish.held:
        _replace_posts(user, wish.held)
    if "mobile" in changed:
        _write_mobile(user, wish.mobile, sealer)
    if moved:
        sessions.end_all(user)
    _touch(actor, user, "account:change", changed=changed, posts=sorted({post for post, _ in wish.held}))
    return user


def _touch(actor: User | None, user: User, action: str, **told: Any) -> None:
    revision.bump(revision.ACCOUNTS)
    trail.record(actor, action, "user", user.username, **told)


def _replace_posts(user: User, held: Held) -> None:
    new = held - appointment.of(user)
    for one in user.posts:
        if (one.post, one.area_id) not in held:
            db.session.delete(one)
    db.session.flush()  # the index of separate posts sees the old one gone before the new one comes
    db.session.refresh(user, ["posts"])
    user.posts += [UserPost(post=post, area_id=area_id) for post, area_id in sorted(new)]


def _is_other_number(user: User, digits: str | None, sealer: Sealer) -> bool:
    if digits is None:
        return False
    return user.mobile_blind != (mobile.fingerprint(digits, sealer) if digits else None)


def _write_mobile(user: User, digits: str | None, sealer: Sealer) -> None:
    if digits:
        owner = db.session.scalar(
            select(User.username).where(
                User.mobile_blind == mobile.fingerprint(digits, sealer), User.username != user.username
            )
        )
        if owner is not None:
            raise Conflict(f"这个手机号已登记在账号 {owner} 上。", field="mobile")
    if digits is not None:
        mobile.write(user, digits, sealer)


def disable(actor: User | None, user: User) -> None:
    """Stop an account: it cannot sign in, and its sessions end. What it did stays."""
    appointment.refuse_reserved(actor, user)
    appointment.refuse_own(actor, user)
    user.is_active = False
    sessions.end_all(user)
    _touch(actor, user, "account:change", changed=["active"])


def reset_password(actor: User | None, user: User) -> str:
    """A new initial password, told once; it must be changed at the next sign-in, and all sessions end."""
    appointment.refuse_reserved(actor, user)
    appointment.refuse_own(actor, user)
    password = passwords.initial(user.username)
    user.password_hash, user.must_change_password = passwords.hash_password(password), True
    sessions.end_all(user)
    _touch(actor, user, "account:reset_password")
    return password


def choose_password(session: LoginSession, new: str) -> None:
    """Set the password of one's own choice; every other session of the person ends. Raises Invalid."""
    user = session.user
    passwords.check_strength(new, user.username)
    if passwords.matches(new, user.password_hash):
        raise Invalid("新密码不能和现在的一样。", field="new")
    user.password_hash, user.must_change_password = passwords.hash_password(new), False
    sessions.end_others(session)
    trail.record(user, "account:change_password", "user", user.username)


def wrong_password(verdict: sessions.Verdict) -> Invalid:
    """The answer to a wrong old password. (Not 401: the session stands.)"""
    return Invalid(sessions.refusal(verdict).detail.replace("账号或密码", "现在的密码"), field="old")
