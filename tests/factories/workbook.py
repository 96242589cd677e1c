"""Workbooks of standards, made on the spot; and what a hand can do to a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

COLUMNS = "big_code big_name small_code small_name unit authority condition closing limit".split()
HEADING = tuple("大类代码 大类名称 小类代码 小类名称 处置单位 主管部门 立案条件 结案条件 处置时限".split())
# A class that Daling has, as it stands there.
_BURNING = "01|市容环境|20|焚烧垃圾、树叶|大岭生态环境所||露天焚烧垃圾、树叶|火已熄灭，灰烬清走|2紧急工作时"
BURNING = tuple(_BURNING.split("|"))
# One it has not.
KITES = tuple("01|市容环境|77|风筝缠线|大岭应急办||风筝缠在电线上|取下，电线完好|4小时".split("|"))


def make_line(like: tuple[Any, ...] = KITES, **told: Any) -> tuple[Any, ...]:
    """A row of a workbook, in all but what is told like another."""
    return tuple(told.get(name, value) for name, value in zip(COLUMNS, like, strict=True))


def make_workbook(
    *rows: tuple[Any, ...],
    title: str = "事件",
    heading: tuple[str, ...] = HEADING,
    above: tuple[tuple[Any, ...], ...] = (),
    merged: tuple[str, ...] = (),
) -> bytes:
    """One sheet: rows ``above`` the heading, the heading, the rows; blocks merged afterwards."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in (*above, heading, *rows):
        sheet.append(row)
    for block in merged:
        sheet.merge_cells(block)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def remade(data: bytes, edit: Callable[[str, bytes], bytes] = lambda name, part: part, **more: bytes) -> bytes:
    """The same workbook with its parts edited, and ``more`` parts by their paths (__ for /)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
        for name, part in more.items():
            new.writestr(name.replace("__", "/") + ".xml", part)
    return out.getvalue()
