"""Findings (结论): the sentence a chart shows, made from its numbers; it stands over the chart as its title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

TENTHS = "零一二三四五六七八九"
NOTHING = "当天没有上报"
MOST_NAMES = 3


def share(part: int, whole: int) -> str:
    """A share in words: 三成, 近三成, 三成多, 一半, 全部."""
    if part == whole:
        return "全部"
    exact = Fraction(part, whole)
    if abs(exact - Fraction(1, 2)) < Fraction(1, 50):
        return "一半"
    if exact >= Fraction(19, 20):
        return "绝大多数"
    tenth = max(1, round(exact * 10))
    if tenth == 1 and exact < Fraction(1, 20):
        return "不到半成"
    gap = exact - Fraction(tenth, 10)
    words = f"{TENTHS[tenth]}成"
    if gap > Fraction(1, 100):
        return f"{words}多"
    return f"近{words}" if gap < Fraction(-1, 100) else words


Counts = Sequence[tuple[str, int]]  # names may repeat: two streets may have a grid or a department of one name


def leaders(counts: Counts) -> tuple[list[str], int]:
    """The names with the highest count, and it; none when all is zero."""
    most = max((count for _, count in counts), default=0)
    return ([name for name, count in counts if count == most] if most else []), most


def names(found: Sequence[str], measure: str) -> str:
    """A few names; the rest counted."""
    shown = "、".join(found[:MOST_NAMES])
    return shown if len(found) <= MOST_NAMES else f"{shown}等{len(found)}{measure}"


def of_hours(counts: Sequence[int]) -> str:
    """When most came in: one hour, or the two neighbours that hold most."""
    total = sum(counts)
    if not total:
        return NOTHING
    if len(counts) < 2 or total < 4:
        busy = [f"{hour}时" for hour, count in enumerate(counts) if count]
        return f"当天上报{total}件，在{'、'.join(busy)}"
    pairs = [counts[hour] + counts[hour + 1] for hour in range(len(counts) - 1)]
    hour = pairs.index(max(pairs))
    when = f"{hour}时到{hour + 2}时，{pairs[hour]}件"
    if pairs[hour] * 5 < total:
        return f"上报分散，最多在{when}"
    return f"上报最多在{when}，占{share(pairs[hour], total)}"


def of_categories(counts: Counts, places: Mapping[str, Mapping[str, int]]) -> str:
    """Which class leads, with which share, and whether one community holds half of it.

    places: of each class, events by community.
    """
    top, most = leaders(counts)
    total = sum(count for _, count in counts)
    if not top:
        return NOTHING
    if len(top) > 1:
        return f"{names(top, '类')}最多，各{most}件" if most > 1 else f"{len(top)}类各1件，没有集中的类别"
    where, there = leaders(list(places[top[0]].items()))
    focus = f"，集中在{where[0]}" if most > 1 and len(where) == 1 and there * 2 >= most else ""
    return f"{top[0]}占{share(most, total)}{focus}"


def of_grids(counts: Counts) -> str:
    """Which grid leads, and how many had nothing."""
    top, most = leaders(counts)
    if not top:
        return NOTHING
    busy = sum(1 for _, count in counts if count)
    quiet = f"，{len(counts) - busy}处没有上报" if len(counts) > busy else ""
    if len(top) > MOST_NAMES - 1:
        return f"{busy}处有上报，最多的{len(top)}处各{most}件{quiet}"
    return f"{'、'.join(top)}最多，{'各' if len(top) > 1 else ''}{most}件{quiet}"


def of_closing(on_time: int, late: int) -> str:
    """How closing went."""
    if not on_time + late:
        return "当天没有结案"
    if not late:
        return f"结案{on_time}件，全部按期"
    return f"结案{on_time + late}件，{late}件超期" if on_time else f"结案{late}件，全部超期"


def of_departments(open_: Counts, overdue: Counts) -> str:
    """Who holds most, and who is late most."""
    late, most_late = leaders(overdue)
    busy, most = leaders(open_)
    if late:
        each = "各" if len(late) > 1 else ""
        return f"超期最多的是{names(late, '家')}，{each}{most_late}件"
    if busy:
        each = "各" if len(busy) > 1 else ""
        return f"{names(busy, '家')}在办最多，{each}{most}件；各部门都没有超期"
    return "各部门手上都没有案卷"


def of_late(total: int, longest: str) -> str:
    """How many are late, and the worst."""
    return f"{total}件超期未办，最久的已超{longest}" if total else "没有超期未办的案卷"
