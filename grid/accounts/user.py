"""User (用户): a person with an account, the posts they hold and where they hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from grid import clock, revision
from grid.accounts import delegation
from grid.accounts import post as posts
from grid.accounts.department import Department
from grid.accounts.password import hash_password
from grid.accounts.permission import Permission, Relation
from grid.areas.area import Area
from grid.db import Base, UTCDateTime, Versioned, db
from grid.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission as one post of a person gives it: the relations that count, and the area they count in."""

    relations: frozenset[Relation]
    path: str


class User(Versioned, Base):
    """User (用户). mobile: sealed; mobile_blind: its keyed fingerprint, so that a number stands once."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    session_version: Mapped[int] = mapped_column(default=1)  # raised to end every session at once
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)  # the present one was given out
    mobile: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    mobile_blind: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    department: Mapped[Department | None] = relationship(lazy="joined")
    posts: Mapped[list[UserPost]] = relationship(lazy="selectin", order_by="UserPost.id")

    def grants(self, permission: Permission) -> Iterator[Grant]:
        """What this person's posts, and those lent to them now, give them of a permission."""
        if permission in posts.everyone():
            yield Grant(posts.everyone()[permission], "/")
        for held in self.posts:
            relations = posts.find(held.post).grants.get(permission)
            if relations:
                yield Grant(relations, held.area.path)
        for lent in delegation.lent_to(self.id):
            relations = posts.find(lent.post).grants.get(permission)
            if relations:
                yield Grant(relations, lent.path)

    def has(self, permission: Permission) -> bool:
        """Does any post give this permission at all? (Where, is a question of the row.)"""
        return any(True for _ in self.grants(permission))

    def permissions(self) -> list[Permission]:
        """All permissions of this person, sorted."""
        return [permission for permission in Permission if self.has(permission)]

    @property
    def is_by_command(self) -> bool:
        """Does it hold a post that only a command gives or takes (三权分立), or that no person holds?"""
        held = [posts.find(held.post) for held in self.posts]
        return any(post.is_by_command or post.is_internal for post in held)

    def post_label(self) -> str:
        """Their posts in words, for the history."""
        return "、".join(dict.fromkeys(posts.find(held.post).label for held in self.posts))


class UserPost(Base):
    """User's post (任职): a post held in an area."""

    __tablename__ = "user_post"
    __table_args__ = (
        Index("uq_user_post_user_id_post_area_id", "user_id", "post", "area_id", unique=True),
        # 三权分立: at most one administrator's post an account
        Index(
            "uq_user_post_separate",
            "user_id",
            unique=True,
            sqlite_where=text("post in ('system_admin', 'security_admin', 'audit_admin')"),
            postgresql_where=text("post in ('system_admin', 'security_admin', 'audit_admin')"),
        ),
        Index("ix_user_post_area_id_post", "area_id", "post"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    post: Mapped[str] = mapped_column(String(40))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))

    area: Mapped[Area] = relationship(lazy="joined")


def create(
    username: str, name: str, password: str, held: list[tuple[str, Area]], department: Department | None = None
) -> User:
    """Open an account with its posts. Raises Conflict when the name is taken, Invalid for an unknown post."""
    if db.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Conflict(f"账号 {username} 已被使用，请换一个。", field="username")
    user = User(
        username=username,
        name=name,
        password_hash=hash_password(password),
        department_id=department.id if department else None,
        created_at=clock.now(),
    )
    user.posts = [UserPost(post=posts.find(code).code, area_id=area.id) for code, area in held]
    db.session.add(user)
    revision.bump(revision.ACCOUNTS)
    return user


def find(username: str) -> User:
    """The active person with this user name. Raises NotFound."""
    user = db.session.scalar(select(User).where(User.username == username, User.is_active))
    if user is None:
        raise NotFound("没有这个用户。", field="username")
    return user


AUTOMATON = "automaton"


def automaton() -> User:
    """The account automatic rules act under, read apart, so that it outlives the session; it cannot sign in.

    Raises NotFound in an installation without one.
    """
    with Session(db.session.connection()) as apart:
        found = apart.scalar(select(User).where(User.username == AUTOMATON, User.is_active))
    if found is None:
        raise NotFound("没有自动规则的账号，或已停用。", field="username")
    return found
