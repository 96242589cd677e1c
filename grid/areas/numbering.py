"""Codes of unit grids (单元网格): 12-digit community code + 3-digit serial, west to east, then north to south.

Source: GB/T 30428.1-2013 grid code; DB6101/T 3185-2024 for the order of serials.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TypeVar

from grid.errors import Conflict, Invalid

K = TypeVar("K", int, str)
Box = tuple[float, float, float, float]
LAST_SERIAL = 999


def number(community: str, boxes: Mapping[K, Box]) -> dict[K, str]:
    """Codes for all grids of a community that has none yet, read like a page: row by row from the north, each row
    from west to east.

    boxes: west, south, east, north of each grid. A row is the northernmost grid left and every grid whose middle
    lies north of that one's southern edge. Ties go to the smaller key.
    """
    order = [key for row in _rows(boxes) for key in row]
    if len(order) > LAST_SERIAL:
        raise Conflict(f"一个社区最多 {LAST_SERIAL} 个网格，请先拆分社区。", field="community")
    return {key: _code(community, serial) for serial, key in enumerate(order, start=1)}


def next_code(community: str, used: Collection[str]) -> str:
    """The code after the highest one ever used in the community; ended codes count, so none comes back."""
    highest = max((int(code[12:]) for code in used if code.startswith(community)), default=0)
    if highest >= LAST_SERIAL:
        raise Conflict(f"社区 {community} 的网格序号已用到 {LAST_SERIAL}，不能再新建网格。", field="community")
    return _code(community, highest + 1)


def check(code: str) -> str:
    """The same code; raises Invalid unless it has the form of a unit grid code."""
    if not re.fullmatch(r"[1-9][0-9]{14}", code) or code.endswith("000"):
        raise Invalid("网格代码应为 15 位数字：12 位社区代码加 3 位序号（001 到 999）。", field="code")
    return code


def _rows(boxes: Mapping[K, Box]) -> list[list[K]]:
    left = sorted(boxes, key=lambda key: (-_middle(boxes[key])[1], _middle(boxes[key])[0], key))
    rows = []
    while left:
        southern_edge = boxes[left[0]][1]
        row = [key for key in left if key == left[0] or _middle(boxes[key])[1] > southern_edge]
        rows.append(sorted(row, key=lambda key: (_middle(boxes[key])[0], key)))
        left = left[len(row) :]
    return rows


def _middle(box: Box) -> tuple[float, float]:
    west, south, east, north = box
    return (west + east) / 2, (south + north) / 2


def _code(community: str, serial: int) -> str:
    return check(f"{community}{serial:03d}")
