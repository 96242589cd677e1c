"""Dataset (数据集): what a report says, before it is a page: columns, rows, and the finding they show.

Every renderer takes its words from ``text`` and its numbers from ``plain``; nothing else formats a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from grid import clock
from grid.areas.net import Node
from grid.geo.shapes import Shape
from reports.period import Period

NONE = "—"
CASE_NO_LENGTH = 22  # street 9, day 8, serial 5


class Kind(StrEnum):
    """What a column holds. case: a case number. span: seconds. ratio: a ``Ratio``."""

    TEXT = "text"
    CASE = "case"
    COUNT = "count"
    RATIO = "ratio"
    MOMENT = "moment"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Part of a whole; without a whole there is no rate (X ÷ 0 → —)."""

    part: int
    whole: int

    @property
    def value(self) -> Decimal | None:
        """To a tenth of a percent, half up."""
        if not self.whole:
            return None
        return (Decimal(self.part) / Decimal(self.whole)).quantize(Decimal("0.001"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. width: share of a page's width beside the others."""

    code: str
    label: str
    kind: Kind = Kind.TEXT
    width: float = 1

    @property
    def is_numeric(self) -> bool:
        """Set to the right."""
        return self.kind not in (Kind.TEXT, Kind.CASE)


@dataclass(frozen=True, slots=True)
class Chart:
    """How a dataset is drawn. kind: hours, ranking, split or map; by: column of names; of: columns of numbers."""

    kind: str
    by: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Columns and rows under the finding they show. shapes: outlines by the rows' codes, for a map."""

    code: str
    name: str
    finding: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    chart: Chart | None = None
    note: str = ""
    shapes: dict[str, Shape] = field(default_factory=dict)

    def column(self, code: str) -> list[Any]:
        """All values of one column."""
        place = [column.code for column in self.columns].index(code)
        return [row[place] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline number (要数)."""

    code: str
    label: str
    kind: Kind
    value: Any
    is_bad: bool = False

    @property
    def text(self) -> str:
        return text(self.kind, self.value)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, as every renderer gets it. reader: who it was made for, printed on every export."""

    code: str
    name: str
    place: Node
    parent_name: str
    period: Period
    made_at: datetime
    reader: str
    is_demo: bool
    headline: tuple[Figure, ...]
    datasets: tuple[Dataset, ...]
    definitions: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return f"{self.place.name}{self.name}"

    @property
    def watermark(self) -> str:
        """Who took it out of the house, and when."""
        return f"{self.reader} {clock.local(self.made_at):%Y-%m-%d %H:%M:%S} 导出"

    @property
    def as_of(self) -> str:
        """The moment of the data in words; midnight is the end of its day."""
        if self.period.as_of == self.period.end:
            return f"{self.period.first:%Y-%m-%d} 24:00"
        return f"{clock.local(self.period.as_of):%Y-%m-%d %H:%M}"

    def dataset(self, code: str) -> Dataset:
        return next(each for each in self.datasets if each.code == code)


def text(kind: Kind, value: Any) -> str:
    """A value in the words of the page."""
    if value is None or value == "":
        return NONE
    match kind:
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.RATIO:
            return NONE if value.value is None else f"{value.value * 100:.1f}%"
        case Kind.MOMENT:
            return f"{clock.local(value):%m-%d %H:%M}"
        case Kind.SPAN:
            return span(value)
        case Kind.CASE:
            return _grouped(value)
        case _:
            return str(value)


def plain(kind: Kind, value: Any) -> Any:
    """A value as a plain number or string; None when there is none."""
    match kind:
        case Kind.RATIO:
            return None if value is None or value.value is None else float(value.value)
        case Kind.MOMENT:
            return None if value is None else clock.local(value).isoformat(timespec="seconds")
        case _:
            return value


def _grouped(number: str) -> str:
    """A case number as people read it: street, day, serial; `YL` before those of practice."""
    if len(number) < CASE_NO_LENGTH:
        return number
    practice, plain = number[:-CASE_NO_LENGTH], number[-CASE_NO_LENGTH:]
    return " ".join(part for part in (practice, plain[:9], plain[9:17], plain[17:]) if part)


def span(seconds: int) -> str:
    """A length of time, to its two largest units."""
    minutes = seconds // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分" if minutes else "不到1分"
