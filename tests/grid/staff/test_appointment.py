"""三权分立 as a truth table: who may give and take which post, on whose account."""

from __future__ import annotations

import itertools

import pytest

from grid.accounts import post as posts
from grid.accounts.user import User, UserPost
from grid.errors import Forbidden
from grid.staff import appointment

PLAIN, CLERK, SYSTEM, SECURITY, AUDIT = "leader", "clerk", "system_admin", "security_admin", "audit_admin"
SEPARATE = {SYSTEM, SECURITY, AUDIT}


def person(number: int, *held: str) -> User:
    user = User(id=number, username=f"p{number}", name="某人")
    user.posts = [UserPost(post=post, area_id=1) for post in held]
    return user


def held(*codes: str) -> appointment.Held:
    return frozenset((code, 1) for code in codes)


# before → after of one account: may a system administrator do it? (a command may do what no rule forbids at all)
TABLE = [
    ((), (PLAIN,), True),
    ((), (SYSTEM,), True),
    ((), (SECURITY,), False),
    ((), (AUDIT,), False),
    ((PLAIN,), (PLAIN, SYSTEM), True),
    ((PLAIN,), (PLAIN, AUDIT), False),
    ((PLAIN,), (SECURITY,), False),
    ((SYSTEM,), (PLAIN,), True),
    ((SECURITY,), (PLAIN,), False),
    ((AUDIT,), (PLAIN,), False),
    ((AUDIT,), (SYSTEM,), False),
    ((AUDIT, PLAIN), (AUDIT,), True),  # but see below: the account itself is not hers to touch
]


@pytest.mark.parametrize(("before", "after", "may"), TABLE)
def test_a_system_administrator_gives_and_takes_only_what_does_not_watch_her(
    before: tuple[str, ...], after: tuple[str, ...], may: bool
) -> None:
    admin = person(1, SYSTEM)

    refused = appointment.refusal(admin, person(2, *before) if before else None, held(*after), True)

    assert (refused == "") is may
    assert may or "只能用命令" in refused


@pytest.mark.parametrize(("before", "after", "may"), TABLE)
def test_a_command_may_do_all_of_it(before: tuple[str, ...], after: tuple[str, ...], may: bool) -> None:
    assert appointment.refusal(None, person(2, *before) if before else None, held(*after), True) == ""


@pytest.mark.parametrize("pair", itertools.combinations(sorted(SEPARATE), 2))
@pytest.mark.parametrize("actor", [None, person(1, SYSTEM)])
def test_nobody_makes_one_account_hold_two_of_the_three(actor: User | None, pair: tuple[str, str]) -> None:
    assert "三权分立" in appointment.refusal(actor, person(2, PLAIN), held(*pair), True)


@pytest.mark.parametrize("after", [(PLAIN,), (SYSTEM, PLAIN), (AUDIT,)])
def test_nobody_changes_his_own_posts(after: tuple[str, ...]) -> None:
    admin = person(1, SYSTEM)

    assert "自己" in appointment.refusal(admin, admin, held(*after), True)
    assert appointment.refusal(admin, admin, held(SYSTEM), True) == ""


@pytest.mark.parametrize("actor", [None, person(1, SYSTEM)])
def test_the_rules_own_post_is_nobodys_and_no_post_is_none(actor: User | None) -> None:
    [internal] = [post.code for post in posts.posts().values() if post.is_internal]

    assert appointment.refusal(actor, None, held(internal), True)
    assert appointment.refusal(actor, None, frozenset(), True)


def test_a_post_that_works_by_department_needs_one() -> None:
    assert appointment.refusal(None, None, held(CLERK), False) == "部门经办要填部门"
    assert appointment.refusal(None, None, held(CLERK), True) == ""


def test_an_administrators_post_is_held_in_one_area() -> None:
    assert "一个区域" in appointment.refusal(None, None, frozenset({(SYSTEM, 1), (SYSTEM, 2)}), True)


@pytest.mark.parametrize("watcher", [SECURITY, AUDIT])
def test_the_accounts_of_those_who_watch_are_not_hers_to_touch(watcher: str) -> None:
    with pytest.raises(Forbidden):
        appointment.refuse_reserved(person(1, SYSTEM), person(2, watcher))
    appointment.refuse_reserved(None, person(2, watcher))
    appointment.refuse_reserved(person(1, SYSTEM), person(2, SYSTEM))


def test_the_table_of_posts_says_which_are_separate() -> None:
    assert {post.code for post in posts.posts().values() if post.is_separate} == SEPARATE
    assert {post.code for post in posts.posts().values() if post.is_by_command} == {SECURITY, AUDIT}
