"""Roster (人员表): what each row of a staff sheet says, or which of its cells cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grid.accounts import department as departments
from grid.accounts import post as posts
from grid.areas import net
from grid.errors import Invalid
from grid.imports import table
from grid.imports.archive import Limits, refusal
from grid.imports.line import Line
from grid.imports.table import Columns, Row
from grid.imports.wording import clean, is_legible
from grid.staff import account, mobile
from grid.staff.appointment import Held

COLUMNS = Columns(
    {
        "username": ("账号", "登录账号", "用户名"),
        "name": ("姓名", "名字"),
        "mobile": ("手机号", "手机号码", "手机", "联系电话", "电话"),
        "posts": ("岗位", "岗位名称", "角色"),
        "areas": ("负责区域", "负责区域代码", "负责网格", "区域代码", "网格代码"),
        "department": ("部门", "所属部门", "部门代码", "部门名称"),
        "state": ("状态", "账号状态"),
    },
    ("username", "name", "posts", "areas"),
)
MB = 1024 * 1024
LIMITS = Limits(size=2 * MB, unpacked=24 * MB, parts=200, styles=MB, strings=50_000, rows=5000, lines=2000)
STATES = {"": None} | dict.fromkeys(("启用", "正常", "在职", "在岗"), True)
STATES |= dict.fromkeys(("停用", "禁用", "离职", "注销"), False)
BETWEEN = re.compile(r"[、，,;；/\s]+")
AREAS_MAX = 50


@dataclass(slots=True)
class Entry:
    """A row as understood. None in department_id, is_active, mobile: the row says nothing of it."""

    username: str
    name: str = ""
    held: Held = frozenset()
    department_id: int | None = None
    department: str = ""
    is_active: bool | None = None
    mobile: str | None = None


def read(data: bytes) -> list[tuple[Line, Row]]:
    """The rows with what they say in ``told``; a line is refused already where a cell cannot be taken.

    Raises Invalid for a file beyond use.
    """
    book = table.read(data, COLUMNS, LIMITS)
    rows = [row for found in book.tables for row in found.rows if not row.is_blank]
    if not rows:
        raise refusal("表里没有人员")
    reader = _Reader()
    lines = [(reader.line(number, row), row) for number, row in enumerate(rows, 1)]
    _refuse_twins(lines)
    return lines


class _Reader:
    """Understands cells; knows the areas and departments there are."""

    def __init__(self) -> None:
        self._areas = net.current().by_code
        self._departments = departments.active()

    def line(self, number: int, row: Row) -> Line:
        entry = Entry(row.text("username"))
        line = Line(number, f"第 {row.number} 行", entry.username, clean(row.text("name")), told=entry)
        for cell in row.cells.values():
            if cell.fault:
                line.refuse(cell.address, cell.fault)
        reads: dict[str, Callable[[Entry, str], None]] = {
            "username": self._username,
            "name": self._name,
            "mobile": self._mobile,
            "posts": self._posts,
            "department": self._department,
            "state": self._state,
        }
        for column, does in reads.items():
            if column in row.cells and not row.cells[column].fault:
                self._try(line, row, column, does)
        return line

    def _try(self, line: Line, row: Row, column: str, does: Callable[[Entry, str], None]) -> None:
        try:
            does(line.told, row.text(column))
            if column == "posts":
                self._areas_of(line, row)
        except Invalid as error:
            line.refuse(row.cells[error.field or column].address, error.detail.rstrip("。"))

    def _username(self, entry: Entry, text: str) -> None:
        if not account.USERNAME.fullmatch(text):
            raise Invalid("账号用 2 到 40 个字母、数字、点、横线")

    def _name(self, entry: Entry, text: str) -> None:
        entry.name = clean(text)
        if not 1 <= len(entry.name) <= account.NAME_MAX or not is_legible(entry.name):
            raise Invalid(f"姓名要 1 到 {account.NAME_MAX} 个字")

    def _mobile(self, entry: Entry, text: str) -> None:
        entry.mobile = mobile.read(text) if text else None

    def _posts(self, entry: Entry, text: str) -> None:
        words = _parts(text)
        for word in words:
            if posts.labelled(word) is None:
                raise Invalid(f"没有“{word[:20]}”这个岗位")
        if not words:
            raise Invalid("没有填岗位")

    def _areas_of(self, line: Line, row: Row) -> None:
        """Every post of the row is held in every area of it."""
        codes = _parts(row.text("areas"))
        for code in codes:
            if code not in self._areas:
                raise Invalid(f"没有代码为“{code[:20]}”的区域", field="areas")
        if not 1 <= len(codes) <= AREAS_MAX:
            raise Invalid(f"负责区域要填 1 到 {AREAS_MAX} 个区域代码", field="areas")
        found = [posts.labelled(word) for word in _parts(row.text("posts"))]
        line.told.held = frozenset(
            (post.code, self._areas[code].id) for post in found if post is not None for code in codes
        )

    def _department(self, entry: Entry, text: str) -> None:
        if not text:
            return
        found = [unit for unit in self._departments if text in (unit.code, unit.name)]
        if not found:
            raise Invalid(f"没有“{text[:20]}”这个部门，或已停用")
        if len(found) > 1:
            raise Invalid(f"有 {len(found)} 个部门叫“{text[:20]}”，请填部门代码")
        entry.department_id, entry.department = found[0].id, found[0].name

    def _state(self, entry: Entry, text: str) -> None:
        if text not in STATES:
            raise Invalid("状态填“启用”或“停用”")
        entry.is_active = STATES[text]


def _parts(text: str) -> list[str]:
    """The words of a cell that holds several, each once."""
    return list(dict.fromkeys(part for part in BETWEEN.split(text) if part))


def _refuse_twins(lines: list[tuple[Line, Row]]) -> None:
    """An account or a number that stands twice is refused in both places: which is right, we cannot know."""
    for column, key in (("username", _username_of), ("mobile", _mobile_of)):
        places: dict[str, list[tuple[Line, Row]]] = {}
        for line, row in lines:
            if key(line):
                places.setdefault(key(line), []).append((line, row))
        for twins in places.values():
            for line, row in twins if len(twins) > 1 else ():
                others = "、".join(str(other.number) for _, other in twins if other is not row)
                what = COLUMNS.named(column)
                line.refuse(row.cells[column].address, f"{what}与第 {others} 行重复")


def _username_of(line: Line) -> str:
    return str(line.told.username).lower()


def _mobile_of(line: Line) -> str:
    return line.told.mobile or ""
