"""Lines (标准条目): the rows of a workbook understood one by one, with what became of each and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from grid.errors import Invalid
from grid.events.category import NAME_MAX, TEXT_MAX
from grid.imports.fate import Fate
from grid.imports.table import Book, Cell, Row, Table
from grid.imports.wording import clean, is_legible, loose
from grid.standards import code as codes
from grid.standards import limit as limits
from grid.standards.unit import Unit, Units
from grid.worktime.limit import Limit
from grid.worktime.limit import Unit as TimeUnit

# A blank cell of these columns means: as in the row above; of the latter only within one small class.
CLASS_COLUMNS = ("kind", "big_code", "big_name", "small_code", "small_name")
WITHIN_CLASS = ("unit", "authority")
SECTION = re.compile(r"[（(]?(?:第?[一二三四五1-5]+[部分、.．)）:：]*)?(?:城市)?(部件|事件)(?:类|部分|标准)?")
TRUTH = {"是": True, "否": False, "": None}


@dataclass(slots=True)
class Line:
    """A row of the workbook, or (ENDED, row 0) one in force that the workbook no longer has.

    condition: empty for a class without any. units: None when the workbook names none. condition_id: the filing
    condition in force that it means. reasons: {cell, text}; changes: {field, before, after}.
    """

    number: int
    sheet: str
    row: int
    fate: Fate | None = None
    code: str = ""
    kind: str = ""
    name: str = ""
    big_name: str = ""
    condition: str = ""
    closing: str = ""
    limit_value: int = 0
    limit_unit: str = ""
    authority: str | None = None
    units: tuple[Unit, ...] | None = None
    automatic: bool | None = None
    condition_id: str | None = None
    reasons: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)

    @property
    def limit(self) -> Limit | None:
        return Limit(self.limit_value, TimeUnit(self.limit_unit)) if self.limit_unit else None

    @property
    def place(self) -> str:
        """Where the row stands: sheet and number."""
        return f"{self.sheet} 第 {self.row} 行" if self.row else "现行标准"

    def refuse(self, cell: str, text: str) -> None:
        self.fate = Fate.REFUSED
        self.reasons.append({"cell": cell, "text": text})

    def note(self, cell: str, text: str) -> None:
        self.reasons.append({"cell": cell, "text": text})

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """What ``plain`` kept."""
        units = told["units"]
        read = None if units is None else tuple(Unit(*unit) for unit in units)
        return cls(**told | {"fate": Fate(told["fate"]), "units": read})


def read(book: Book, units: Units) -> list[Line]:
    """The lines of a workbook; fate is set where a row is skipped or refused, else still open."""
    read_units = units.reader()
    found: list[Line] = []
    for sheet in book.tables:
        for line in _Reader(sheet, read_units).lines():
            line.number = len(found) + 1
            found.append(line)
    return found


def kind_in(words: str) -> str | None:
    """The kind that words name, if they name one only."""
    named = {kind for label, kind in codes.KINDS.items() if label in words}
    return named.pop() if len(named) == 1 else None


class _Reader:
    """Reads one sheet from the top down; remembers what blank cells repeat."""

    def __init__(self, sheet: Table, read_units: Callable[[str], tuple[Unit, ...]]) -> None:
        self.sheet = sheet
        self.read_units = read_units
        self.kind = kind_in(sheet.title) or kind_in(sheet.title_words)
        self.limit_unit = limits.unit_in(sheet.headings["limit"])
        self.last: dict[str, str] = {}

    def lines(self) -> Iterator[Line]:
        for row in self.sheet.rows:
            section = self._section(row)
            if section:
                self.kind, self.last = section, {}
            elif not row.is_blank:
                yield self._line(row)

    def _section(self, row: Row) -> str | None:
        """A row that only says 部件 or 事件, between the others."""
        told = [cell.text for cell in row.cells.values() if cell.text and not cell.is_merged]
        found = SECTION.fullmatch(clean(told[0])) if len(told) == 1 else None
        return codes.KINDS[found[1]] if found else None

    def _line(self, row: Row) -> Line:
        line = Line(0, self.sheet.title, row.number)
        told = self._filled(row)
        if self._is_empty_inside(row):
            line.fate = Fate.SKIPPED
            line.note(self._address(row, "condition"), "合并块里的空行，没有立案条件和时限")
            return line
        for name, cell in row.cells.items():
            self._check(line, name, cell)
        is_sound = line.fate is None
        self._read_class(line, row, told)
        if is_sound:
            self._read_condition(line, row, told)
            self._read_rest(line, row, told)
        return line

    def _filled(self, row: Row) -> dict[str, str]:
        """The texts of a row, blank cells of the class filled from above."""
        own = {name: cell.text for name, cell in row.cells.items()}
        if self._differs(own, "big_code"):
            self._forget(*CLASS_COLUMNS[1:], *WITHIN_CLASS)
        if self._differs(own, "small_code") or self._differs(own, "small_name"):
            self._forget("small_code", "small_name", *WITHIN_CLASS)
        for name in (*CLASS_COLUMNS, *WITHIN_CLASS):
            if name in own:
                self.last[name] = own[name] = own[name] or self.last.get(name, "")
        return own

    def _differs(self, own: dict[str, str], name: str) -> bool:
        """Does the row say something else here than the row above? 1 and 01 are the same."""
        told = loose(own.get(name, "")).lstrip("0")
        return bool(told) and told != loose(self.last.get(name, "")).lstrip("0")

    def _forget(self, *names: str) -> None:
        for name in names:
            self.last.pop(name, None)

    def _is_empty_inside(self, row: Row) -> bool:
        """Nothing of its own but what merged blocks repeat, and no condition."""
        own = [name for name, cell in row.cells.items() if (cell.text or cell.fault) and not cell.is_merged]
        return not own

    def _check(self, line: Line, name: str, cell: Cell) -> None:
        if cell.fault:
            line.refuse(cell.address, cell.fault)
        elif not is_legible(cell.text):
            line.refuse(cell.address, "有无法识别的字符，请重新输入")

    def _read_class(self, line: Line, row: Row, told: dict[str, str]) -> None:
        line.name, line.big_name = clean(told["small_name"]), clean(told.get("big_name", ""))
        self._fits(line, row, "small_name", line.name, NAME_MAX)
        self._fits(line, row, "big_name", line.big_name, NAME_MAX)
        kind = kind_in(told.get("kind", "")) or self.kind
        try:
            line.code, line.kind = codes.join(kind, told["big_code"], told["small_code"])
        except Invalid as error:
            line.refuse(self._address(row, error.field or "small_code"), error.detail)
        if not line.name:
            line.refuse(self._address(row, "small_name"), "没有小类名称")

    def _read_condition(self, line: Line, row: Row, told: dict[str, str]) -> None:
        line.condition, line.closing = clean(told["condition"]), clean(told.get("closing", ""))
        self._fits(line, row, "condition", line.condition, TEXT_MAX)
        self._fits(line, row, "closing", line.closing, TEXT_MAX)
        limit = clean(told["limit"])
        if line.condition and not limit:
            line.refuse(self._address(row, "limit"), "没有处置时限")
        elif limit and not line.condition:
            line.refuse(self._address(row, "condition"), "有时限，但没有立案条件")
        elif limit:
            self._read_limit(line, self._address(row, "limit"), limit)

    def _read_limit(self, line: Line, address: str, text: str) -> None:
        try:
            reading = limits.read(text, self.limit_unit)
        except Invalid as error:
            line.refuse(address, error.detail)
            return
        line.limit_value, line.limit_unit = reading.limit.value, reading.limit.unit.value
        if reading.rest:
            line.note(address, f"时限后面多了“{reading.rest}”，按 {reading.limit} 导入，请核对")

    def _read_rest(self, line: Line, row: Row, told: dict[str, str]) -> None:
        if "authority" in told:
            line.authority = clean(told["authority"])
            self._fits(line, row, "authority", line.authority, NAME_MAX)
        if clean(told.get("unit", "")):
            try:
                line.units = self.read_units(told["unit"])
            except Invalid as error:
                line.refuse(self._address(row, "unit"), error.detail)
        automatic = clean(told.get("automatic", ""))
        if automatic in TRUTH:
            line.automatic = TRUTH[automatic]
        else:
            line.refuse(self._address(row, "automatic"), "自动立案只能填 是 或 否")

    def _fits(self, line: Line, row: Row, name: str, text: str, most: int) -> None:
        if len(text) > most:
            line.refuse(self._address(row, name), f"太长：{len(text)} 个字，最多 {most} 个")

    def _address(self, row: Row, name: str) -> str:
        cell = row.cells.get(name)
        return cell.address if cell else f"{self.sheet.title}!第 {row.number} 行"
