"""Preview (预览): lines against what stands; each learns its fate, and what is gone becomes a line of its own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from grid.events.category import FilingCondition
from grid.imports.fate import Fate
from grid.imports.wording import clean, likeness, loose
from grid.imports.wording import pairs as sign_pairs
from grid.standards.line import Line
from grid.standards.standing import Directory, Standing, StandingClass

MOST_ALIKE = 30  # conditions of one class that are compared with each other, word by word
ALIKE = 0.5
GONE = "工作簿里没有这一条"
YES = {True: "是", False: "否"}


def compare(lines: list[Line], standing: Standing, directory: Directory, is_complete: bool = False) -> list[Line]:
    """All lines with their fates, numbered; those in force that the workbook lacks come last.

    A class that the workbook has is meant in full, unless one of its rows was refused. is_complete: so is the
    scheme.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.code and line.fate is not Fate.SKIPPED:
            groups.setdefault(line.code, []).append(line)
    is_sure = all(line.code or line.fate is Fate.SKIPPED for line in lines)
    gone: list[Line] = []
    for code, group in groups.items():
        found = standing.classes.get(code)
        missing = _Comparison(standing, directory, found).run(group)
        gone += missing if is_sure and all(line.fate is not Fate.REFUSED for line in group) else []
    if is_complete and is_sure:
        gone += [gone_line(found, None) for code, found in standing.classes.items() if code not in groups]
    for number, line in enumerate(gone, len(lines) + 1):
        line.number = number
    return lines + gone


def judge(line: Line, old: FilingCondition | None, standing: Standing, directory: Directory) -> None:
    """Settle the fate of one line by itself. old: the condition it takes the place of, None: of none."""
    _Comparison(standing, directory, standing.classes.get(line.code)).alone(line, old)


class _Comparison:
    """One small class of the workbook against the same class in force, if there is one."""

    def __init__(self, standing: Standing, directory: Directory, found: StandingClass | None) -> None:
        self.standing, self.directory, self.found = standing, directory, found

    def run(self, group: list[Line]) -> list[Line]:
        """Settle the fates; returns what is in force and not in the workbook."""
        self._refuse_contradictions(group)
        sound = [line for line in group if line.fate is None]
        stated = [line for line in sound if line.condition]
        for line in sound:
            if not line.condition:
                self._judge_bare(line, bool(stated))
        known = self.found.conditions if self.found else []
        pairs, missing = _match(stated, known)
        for line in stated:
            self._judge(line, pairs.get(line.number))
        return [gone_line(self.found, old) for old in missing if stated and self.found]

    def alone(self, line: Line, old: FilingCondition | None) -> None:
        """The same of one line that says nothing of the other conditions of its class."""
        line.big_name = line.big_name or self.standing.big_name(line.code)
        self._check_class(line, line)
        known = self.found.conditions if self.found else []
        twin = next((row for row in known if row is not old and loose(row.text) == loose(line.condition)), None)
        if line.fate is None and twin is not None and line.condition:
            line.refuse("condition", f"和现行的一条相同：{line.code} {line.name}“{twin.text}”（{twin.limit}）")
        elif line.fate is None and line.condition:
            self._judge(line, old)
        elif line.fate is None:
            self._judge_bare(line, False)

    def _refuse_contradictions(self, group: list[Line]) -> None:
        sound = [line for line in group if line.fate is None]
        seen: dict[str, Line] = {}
        for line in sound:
            first = sound[0]
            line.big_name = line.big_name or first.big_name or self.standing.big_name(line.code)
            self._check_class(line, first)
            twin = seen.setdefault(loose(line.condition), line)
            if line.fate is None and twin is not line and line.condition:
                _refuse_twin(line, twin)

    def _check_class(self, line: Line, first: Line) -> None:
        if line.code in self.standing.elsewhere:
            line.refuse(line.place, f"代码 {line.code} 已经用在“{self.standing.elsewhere[line.code]}”里")
        elif not line.big_name:
            line.refuse(line.place, "没有大类名称")
        elif (line.name, line.big_name) != (first.name, first.big_name):
            line.refuse(line.place, f"代码 {line.code} 与{first.place}的名称不同：“{first.big_name} {first.name}”")

    def _judge_bare(self, line: Line, has_others: bool) -> None:
        """A row that names a class and no condition."""
        if has_others:
            line.fate = Fate.SKIPPED
            line.note(line.place, "没有立案条件和时限，同一小类另有条件")
            return
        if self.found is None:
            line.fate = Fate.NEW
            line.note(line.place, "没有立案条件，只建小类")
            return
        if self.found.conditions:
            line.units = None  # said of a class as such, which has conditions with units of their own
        line.changes += self._class_changes(line, None)
        line.fate = Fate.CHANGED if line.changes else Fate.UNCHANGED

    def _judge(self, line: Line, old: FilingCondition | None) -> None:
        if old is None:
            line.changes += self._name_changes(line)
            line.fate = Fate.NEW
            return
        line.changes += self._class_changes(line, old.id)
        line.condition_id = str(old.id)
        pairs = [
            ("立案条件", old.text, line.condition),
            ("结案条件", old.closing, line.closing),
            ("处置时限", str(old.limit), str(line.limit)),
            ("主管部门", old.authority, old.authority if line.authority is None else line.authority),
            ("自动立案", YES[old.is_certain], YES[old.is_certain if line.automatic is None else line.automatic]),
        ]
        line.changes += _changes(pairs)
        line.fate = Fate.CHANGED if line.changes else Fate.UNCHANGED

    def _name_changes(self, line: Line) -> list[dict[str, str]]:
        if self.found is None:
            return []
        category = self.found.category
        return _changes([("小类名称", category.name, line.name), ("大类名称", category.big_name, line.big_name)])

    def _class_changes(self, line: Line, condition_id: UUID | None) -> list[dict[str, str]]:
        changes = self._name_changes(line)
        if self.found is not None and line.units is not None:
            now = self.directory.standing_units(self.found, condition_id)
            words = self.directory.units.words
            changes += _changes([("处置单位", words(now), words(line.units))])
        return changes


def _changes(pairs: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [
        {"field": name, "before": old, "after": new}
        for name, old, new in pairs
        if new != old and new != clean(old)  # what only typing tells apart is the same
    ]


def _refuse_twin(line: Line, twin: Line) -> None:
    if (line.limit, line.closing) == (twin.limit, twin.closing):
        line.fate = Fate.SKIPPED
        line.note(line.place, f"与{twin.place}重复")
    else:
        line.refuse(line.place, f"与{twin.place}是同一条立案条件，时限或结案条件不同")


def _match(
    lines: list[Line], known: list[FilingCondition]
) -> tuple[dict[int, FilingCondition], list[FilingCondition]]:
    """Which condition in force each line means: the same words, words alike, else none; and those nobody means."""
    pairs: dict[int, FilingCondition] = {}
    left = {loose(old.text): old for old in reversed(known)}
    for line in lines:
        old = left.pop(loose(line.condition), None)
        if old is not None:
            pairs[line.number] = old
    others = [old for old in known if old not in set(pairs.values())]
    open_lines = [line for line in lines if line.number not in pairs]
    if max(len(others), len(open_lines)) <= MOST_ALIKE:
        signs = {old.id: sign_pairs(old.text) for old in others}
        for line in open_lines:
            mine = sign_pairs(line.condition)
            likely = [old for old in others if likeness(mine, signs[old.id]) >= ALIKE]
            if likely:
                pairs[line.number] = best = max(likely, key=partial(_likeness_to, mine, signs))
                others.remove(best)
    return pairs, others


def _likeness_to(mine: set[str], signs: dict[UUID, set[str]], old: FilingCondition) -> float:
    return likeness(mine, signs[old.id])


def gone_line(found: StandingClass | None, old: FilingCondition | None) -> Line:
    """The line that ends a condition in force; old None: the whole class."""
    assert found is not None  # noqa: S101  what is gone was there
    category = found.category
    line = Line(0, "", 0, Fate.ENDED, category.code, category.kind, category.name, category.big_name)
    line.note("", GONE)
    if old is not None:
        line.condition, line.closing, line.condition_id = old.text, old.closing, str(old.id)
        line.limit_value, line.limit_unit = old.limit_value, old.limit_unit
    return line
