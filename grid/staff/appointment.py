"""Appointment (任免): who may give and take which posts; 三权分立 kept in one place."""

from __future__ import annotations

from grid.accounts import post as posts
from grid.accounts.post import Post
from grid.accounts.user import User
from grid.errors import Forbidden, Invalid

Held = frozenset[tuple[str, int]]  # post code, area id


def of(user: User) -> Held:
    """The posts a person holds."""
    return frozenset((held.post, held.area_id) for held in user.posts)


def refusal(actor: User | None, user: User | None, after: Held, has_department: bool) -> str:
    """Why these posts cannot be held, or not by this actor's will; empty when they can.

    actor: None for a command. user: None for a new account.
    """
    before = of(user) if user else frozenset()
    after_posts = _posts(after)
    if not after:
        return "至少要有一个岗位和区域"
    if wrong := _impossible(after, after_posts, has_department):
        return wrong
    if actor is None or before == after:
        return ""
    if user is not None and user.id == actor.id:
        return "不能改自己的岗位，请另一位系统管理员来改"
    reserved = [post.label for post in _posts(before ^ after) if post.is_by_command]
    return f"{reserved[0]}只能用命令任免（三权分立）" if reserved else ""


def _impossible(held: Held, held_posts: list[Post], has_department: bool) -> str:
    """What no account may hold, whoever wants it."""
    separate = [post for post in held_posts if post.is_separate]
    if any(post.is_internal for post in held_posts):
        return "这个岗位不给人用"
    if len(separate) > 1:
        return f"{separate[0].label}和{separate[1].label}不能由同一个账号担任（三权分立）"
    if separate and sum(code == separate[0].code for code, _ in held) > 1:
        return f"{separate[0].label}只能对应一个区域"
    lacking = [post.label for post in held_posts if post.needs_department and not has_department]
    return f"{lacking[0]}要填部门" if lacking else ""


def _posts(held: Held) -> list[Post]:
    return [posts.find(code) for code in sorted({code for code, _ in held})]


def refuse_reserved(actor: User | None, user: User) -> None:
    """Raises Forbidden where the actor may not touch the account at all."""
    if actor is not None and user.is_by_command:
        raise Forbidden("这个账号只能用命令管理（三权分立）。")


def refuse_own(actor: User | None, user: User) -> None:
    """Raises Forbidden for what nobody does to his own account."""
    if actor is not None and user.id == actor.id:
        raise Forbidden("不能对自己的账号做这一步，请另一位系统管理员来做。")


def check(actor: User | None, user: User | None, after: Held, has_department: bool) -> None:
    """Raises Invalid, saying why, when these posts cannot be."""
    if why := refusal(actor, user, after, has_department):
        raise Invalid(f"{why}。", field="posts")
