"""Substitution (顶岗、代办、交接): when people change, their area, duty and open tasks go to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from grid import clock, revision
from grid.accounts import post as posts
from grid.accounts import user as users
from grid.accounts.delegation import DelegatedPost, Delegation, DelegationKind
from grid.accounts.permission import Permission, Relation
from grid.accounts.post import Post
from grid.accounts.scope import is_within, within
from grid.accounts.user import User, UserPost
from grid.areas import net
from grid.areas.area import Area
from grid.db import db
from grid.errors import Conflict, Forbidden, Invalid, NotFound
from grid.tasks import handover
from grid.trail import entry as trail

LONGEST = timedelta(days=366)
SHOWN = 200
MOST = 1000  # people to choose from


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to have whose posts, from when to when, and why. tasks: the open ones go along."""

    kind: DelegationKind
    leaver: str
    successor: str
    ends_at: datetime
    reason: str
    begins_at: datetime | None = None
    tasks: bool = False


def lend(actor: User, wanted: Wanted) -> Delegation:
    """Let one have another's posts for a while. Raises Forbidden, Invalid, Conflict.

    One lends one's own; who manages delegations, those of places below their own; posts of administrators nobody.
    """
    leaver, successor = _person(wanted.leaver, "leaver"), _person(wanted.successor, "successor")
    now = clock.now()
    begins_at = wanted.begins_at or now
    _check_times(begins_at, wanted.ends_at, now)
    lent = _lendable(leaver)
    _check_people(actor, leaver, successor, lent)
    # Nobody else lends between our look and our row.
    revision.lock(revision.ACCOUNTS)
    _check_overlap(leaver, successor, begins_at, wanted.ends_at)
    row = Delegation(
        kind=wanted.kind,
        from_user_id=leaver.id,
        to_user_id=successor.id,
        begins_at=begins_at,
        ends_at=wanted.ends_at,
        reason=wanted.reason,
        maker_id=actor.id,
        made_at=now,
    )
    db.session.add(row)
    # Its posts name the row, whose number the database gives.
    db.session.flush()
    db.session.add_all(DelegatedPost(delegation_id=row.id, post=p.post, area_id=p.area_id) for p in lent)
    revision.bump(revision.ACCOUNTS)
    told = {"from": leaver.username, "to": successor.username, "until": wanted.ends_at.isoformat()}
    trail.record(actor, "delegation:lend", "delegation", row.id, kind=wanted.kind.value, **told)
    if wanted.tasks:
        handover.hand_over(actor, leaver, successor)
    return row


def end(actor: User, delegation_id: int) -> Delegation:
    """Let it end now. Raises NotFound, Conflict when it is over already."""
    row = get(actor, delegation_id)
    now = clock.now()
    if row.ends_at <= now:
        raise Conflict("这次代理已经结束。")
    row.ends_at = max(now, row.begins_at + timedelta(microseconds=1))
    revision.bump(revision.ACCOUNTS)
    trail.record(actor, "delegation:end", "delegation", row.id)
    return row


def hand_over(actor: User, leaver: str, successor: str) -> int:
    """Give one's open tasks to another for good; how many. Raises as ``lend``."""
    one, other = _person(leaver, "leaver"), _person(successor, "successor")
    _check_people(actor, one, other, _lendable(one))
    if not other.has(Permission.TASK_ANSWER):
        raise Invalid("接手的人不能办现场任务，请另选。", field="successor")
    return handover.hand_over(actor, one, other)


def get(actor: User, delegation_id: int) -> Delegation:
    """A delegation that concerns the actor, or that they manage. Raises NotFound."""
    row = db.session.scalar(select(Delegation).where(Delegation.id == delegation_id, _visible(actor)))
    if row is None:
        raise NotFound("没有这次代理，或与你无关。")
    return row


def listed(actor: User) -> list[Delegation]:
    """Those that concern the actor or that they manage, newest first, at most ``SHOWN``."""
    found = select(Delegation).where(_visible(actor)).order_by(Delegation.id.desc()).limit(SHOWN)
    return list(db.session.scalars(found))


def _visible(actor: User) -> ColumnElement[bool]:
    """Delegations that concern somebody, or of people they manage."""
    return or_(
        Delegation.from_user_id == actor.id,
        Delegation.to_user_id == actor.id,
        Delegation.maker_id == actor.id,
        _managed(actor, Delegation.from_user_id),
    )


def _managed(actor: User, user_id: Any) -> ColumnElement[bool]:
    """People whose posts the actor arranges: ``_may_manage`` as a predicate over a column of their ids."""
    grants = list(actor.grants(Permission.DELEGATION_MANAGE))
    if any(Relation.ANY in grant.relations for grant in grants):
        return true()
    codes = [post.code for post in posts.posts().values() if _is_lendable(post)]
    lent = (
        select(UserPost.id)
        .join(Area, Area.id == UserPost.area_id)
        .where(UserPost.user_id == user_id, UserPost.post.in_(codes))
    )
    below = or_(false(), *(and_(within(Area.path, grant.path), Area.path != grant.path) for grant in grants))
    return and_(lent.exists(), ~lent.where(~below).exists())


def leavers(actor: User) -> list[User]:
    """Whose posts the actor may give to somebody: one's own, and those one manages."""
    own = [User.id == actor.id] if _lendable(actor) else []
    return _people(or_(_managed(actor, User.id), *own))


def successors(actor: User) -> list[User]:
    """Who could have them: people of the actor's streets and department; for who manages all, everybody."""
    managed = list(actor.grants(Permission.DELEGATION_MANAGE))
    if any(Relation.ANY in grant.relations for grant in managed):
        return _people(true())
    if not managed and not _lendable(actor):
        return []  # who has nothing to give has nobody to choose
    homes = {net.current().home(held.area.path) for held in actor.posts}
    here = (
        exists()
        .where(UserPost.user_id == User.id, UserPost.area_id == Area.id)
        .where(or_(false(), *(within(Area.path, home) for home in homes)))
    )
    return _people(here if actor.department_id is None else or_(here, User.department_id == actor.department_id))


def _people(wanted: ColumnElement[bool]) -> list[User]:
    codes = [post.code for post in posts.posts().values() if _is_lendable(post)]
    holds = exists().where(UserPost.user_id == User.id, UserPost.post.in_(codes))
    found = select(User).where(wanted, holds, User.is_active).order_by(User.username).limit(MOST)
    return list(db.session.scalars(found))


def _person(username: str, field: str) -> User:
    try:
        return users.find(username)
    except NotFound:
        raise Invalid("没有这个人，请从名单里选。", field=field) from None


def _lendable(user: User) -> list[UserPost]:
    return [held for held in user.posts if _is_lendable(posts.find(held.post))]


def _is_lendable(post: Post) -> bool:
    return not (post.is_by_command or post.is_internal or post.is_separate)


def _check_times(begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= max(begins_at, now):
        raise Invalid("结束时间要晚于开始时间和现在。", field="ends_at")
    if ends_at - begins_at > LONGEST:
        raise Invalid("代理最长一年。", field="ends_at")


def _check_people(actor: User, leaver: User, successor: User, lent: list[UserPost]) -> None:
    if leaver.id == successor.id:
        raise Invalid("不能由本人代理本人。", field="successor")
    if not lent:
        raise Invalid("这个人没有可以交给别人的岗位。", field="leaver")
    if actor.id != leaver.id and not _may_manage(actor, lent):
        raise Forbidden("你不能安排这个人的岗位。")
    needs_department = any(posts.find(held.post).needs_department for held in lent)
    if needs_department and leaver.department_id != successor.department_id:
        raise Invalid("部门的岗位只能交给本部门的人。", field="successor")


def _may_manage(actor: User, lent: list[UserPost]) -> bool:
    grants = list(actor.grants(Permission.DELEGATION_MANAGE))
    if any(Relation.ANY in grant.relations for grant in grants):
        return True
    # Strictly below: nobody gets by it what stands beside or above them.
    return bool(lent) and all(
        any(is_within(held.area.path, grant.path) and held.area.path != grant.path for grant in grants)
        for held in lent
    )


def _check_overlap(leaver: User, successor: User, begins_at: datetime, ends_at: datetime) -> None:
    same = select(Delegation.id).where(
        Delegation.from_user_id == leaver.id,
        Delegation.to_user_id == successor.id,
        Delegation.begins_at < ends_at,
        Delegation.ends_at > begins_at,
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise Conflict("这段时间里已经安排过同样的代理。")
