"""Sign-in sessions (登录会话): who is signed in from where, lockout, and families of rotating refresh tokens.

A family is one sign-in. Each refresh spends the current token and hands out the next; a spent one that comes back
later than the grace period means a copy is about, and ends the family. The grace exists because phones retry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from grid import clock
from grid.accounts.password import matches
from grid.accounts.user import User, UserPost
from grid.areas.area import Area
from grid.db import Base, UTCDateTime, changed, db, insert, new_id
from grid.errors import Unauthenticated

FAMILY_LIFE = timedelta(hours=12)  # one shift
GRACE = timedelta(seconds=10)
ATTEMPTS = 5
ATTEMPTS_PER_ADDRESS = 50  # an office shares one address
LOCK = timedelta(minutes=15)


class LoginSession(Base):
    """Sign-in session (登录会话): one family of refresh tokens."""

    __tablename__ = "login_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    device: Mapped[str] = mapped_column(String(100), default="")
    token_id: Mapped[UUID]  # jti of the refresh token that is good now
    spent_token_id: Mapped[UUID | None]  # the one before it
    rotated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str] = mapped_column(String(20), default="")

    user: Mapped[User] = relationship(lazy="joined")


class LoginThrottle(Base):
    """Sign-in throttle (登录限制): failures per account and per address, shared by all workers."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a name and a password found; ``settle`` writes it down."""

    keys: tuple[tuple[str, int], ...]
    user: User | None
    is_locked: bool


def check(username: str, password: str, address: str) -> Verdict:
    """Check a sign-in without writing. An unknown name takes as long, and looks the same, as a wrong password."""
    keys = ((f"user:{username.lower()[:80]}", ATTEMPTS), (f"addr:{address}", ATTEMPTS_PER_ADDRESS))
    now = clock.real_now()
    is_locked = db.session.scalar(
        select(LoginThrottle.key)
        .where(LoginThrottle.key.in_([key for key, _ in keys]), LoginThrottle.locked_until > now)
        .limit(1)
    )
    user = db.session.scalar(select(User).where(User.username == username, User.is_active))
    is_right = matches(password, user.password_hash if user else None)
    return Verdict(keys, user if is_right else None, is_locked is not None)


def settle(verdict: Verdict, device: str) -> LoginSession | None:
    """Open a session for a right password, count a wrong one; None when signed in by neither."""
    if verdict.is_locked:
        return None
    if verdict.user is None:
        count_failure(verdict)
        return None
    db.session.execute(delete(LoginThrottle).where(LoginThrottle.key == verdict.keys[0][0]))
    now = clock.real_now()
    session = LoginSession(
        id=new_id(),
        user=verdict.user,
        device=device,
        token_id=new_id(),
        rotated_at=now,
        created_at=now,
        expires_at=now + FAMILY_LIFE,
    )
    db.session.add(session)
    return session


def count_failure(verdict: Verdict) -> None:
    """Write down that the password was wrong."""
    for key, limit in verdict.keys:
        _count_failure(key, limit)


def _count_failure(key: str, limit: int) -> None:
    now = clock.real_now()
    first = insert(LoginThrottle).values(key=key, failures=0, since=now)
    db.session.execute(first.on_conflict_do_nothing())  # two first failures at once are two
    row = db.session.get_one(LoginThrottle, key, with_for_update=True, populate_existing=True)
    if now - row.since > LOCK:
        row.failures, row.since, row.locked_until = 0, now, None
    row.failures += 1
    if row.failures >= limit:
        row.locked_until = now + LOCK


# Every request asks this, so it is one statement, and of the posts' areas only what scopes need.
WHOLE = (joinedload(LoginSession.user).joinedload(User.posts).joinedload(UserPost.area).load_only(Area.path),)


def alive(session_id: UUID) -> LoginSession | None:
    """The session and its user, if both still stand."""
    found = select(LoginSession).where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
    session = db.session.scalars(found.options(*WHOLE)).unique().one_or_none()
    if session is None or session.expires_at <= clock.real_now() or not session.user.is_active:
        return None
    return session


def rotate(session_id: UUID, token_id: UUID) -> LoginSession | None:
    """Spend a refresh token and hand out the next; None when refused.

    A token spent longer ago than GRACE ends the whole family: somebody holds a copy.
    """
    now = clock.real_now()
    won = changed(
        update(LoginSession)
        .where(
            LoginSession.id == session_id,
            LoginSession.token_id == token_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
        )
        .values(token_id=new_id(), spent_token_id=token_id, rotated_at=now)
        .execution_options(synchronize_session=False)
    )
    session = db.session.get(LoginSession, session_id, populate_existing=True)
    if session is None or not session.user.is_active:
        return None
    if won:
        return session
    is_retry = session.spent_token_id == token_id and now - session.rotated_at <= GRACE
    if not is_retry and session.ended_at is None:
        end(session, "reuse")
    return None


def end(session: LoginSession, reason: str) -> None:
    """End a session: its tokens are refused from the next request on."""
    session.ended_at, session.end_reason = clock.real_now(), reason


def end_all(user: User) -> None:
    """End every session of a person (password change, disabled, other posts)."""
    user.session_version += 1
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
        .values(ended_at=clock.real_now(), end_reason="all")
    )


def end_others(session: LoginSession) -> None:
    """End every other session of its person (a password of one's own choice)."""
    db.session.execute(
        update(LoginSession)
        .where(
            LoginSession.user_id == session.user_id,
            LoginSession.id != session.id,
            LoginSession.ended_at.is_(None),
        )
        .values(ended_at=clock.real_now(), end_reason="password")
    )


def refusal(verdict: Verdict) -> Unauthenticated:
    """The answer to a refused sign-in: it does not say whether the account exists."""
    if verdict.is_locked:
        minutes = int(LOCK.total_seconds() // 60)
        return Unauthenticated(f"输错次数过多，已锁定。请 {minutes} 分钟后再试，或找管理员。")
    return Unauthenticated("账号或密码不对。连续输错 5 次会锁定 15 分钟。")
