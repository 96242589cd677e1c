"""Administrator (管理员): the three accounts a street begins with, one person each (三权分立)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grid.accounts import post as posts
from grid.accounts import user as users
from grid.accounts.password import check_strength
from grid.accounts.post import Post
from grid.areas.area import Area
from grid.db import db
from grid.errors import Invalid
from grid.imports import table
from grid.imports.table import Columns
from grid.trail import entry as trail

COLUMNS = Columns(
    words={"username": ("账号",), "name": ("姓名",), "post": ("岗位",), "password": ("密码", "初始密码")},
    required=("username", "name", "post", "password"),
)


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody who is to hold one of the separate posts; the password is their own choice."""

    username: str
    name: str
    post: str
    password: str

    def open(self, root: Area) -> None:
        """Open the account. Raises Conflict when the name is taken, Invalid for a weak password."""
        check_strength(self.password, self.username)
        admin = users.create(self.username, self.name, self.password, [(self.post, root)])
        db.session.flush()  # the entry refers to the account, whose id the database gives
        trail.record(admin, "account:create", "user", self.username, post=self.post)


def needed() -> list[Post]:
    """The posts that exclude each other, in their order."""
    return [post for post in posts.posts().values() if post.is_separate]


def read(data: bytes) -> list[Administrator]:
    """The administrators of a table: exactly one for each post. Raises Invalid."""
    found = list(_read(data))
    told = sorted(one.post for one in found)
    if told != sorted(post.code for post in needed()):
        words = "、".join(post.label for post in needed())
        raise Invalid(f"管理员文件要有三行，岗位各是 {words}。", field="file")
    if len({one.username.lower() for one in found}) < len(found):
        raise Invalid("管理员文件里账号重复：三个岗位要由三个人担任。", field="file")
    return found


def _read(data: bytes) -> Iterator[Administrator]:
    labels = {post.label: post.code for post in needed()} | {post.code: post.code for post in needed()}
    for row in (row for found in table.read(data, COLUMNS).tables for row in found.rows if not row.is_blank):
        told = {name: row.text(name) for name in COLUMNS.words}
        if not all(told.values()):
            raise Invalid(f"管理员文件第 {row.number} 行没有填完。", field="file")
        if told["post"] not in labels:
            raise Invalid(f"管理员文件第 {row.number} 行的岗位不认识：{told['post'][:20]}。", field="file")
        check_strength(told["password"], told["username"])
        yield Administrator(told["username"], told["name"], labels[told["post"]], told["password"])


def refuse_clash(administrators: Iterable[Administrator], others: Iterable[str]) -> None:
    """Raises Invalid when a name on the staff list is an administrator's too."""
    taken = {one.username.lower() for one in administrators} & {other.lower() for other in others}
    if taken:
        raise Invalid(f"账号 {'、'.join(sorted(taken))} 在人员表和管理员里都有。", field="file")
