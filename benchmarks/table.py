"""A table of figures: printed for people, written as Markdown into docs/performance.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Verdict(NamedTuple):
    """One figure against its bar."""

    what: str
    figure: str
    bar: str
    is_met: bool


@dataclass
class Table:
    """Rows under ``head``; ``how`` says under which conditions they were measured."""

    title: str
    how: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        self.rows.append(tuple(str(cell) for cell in cells))

    def judge(self, what: str, figure: str, bar: str, is_met: bool) -> None:
        self.verdicts.append(Verdict(what, figure, bar, is_met))

    def note(self, words: str) -> None:
        self.notes.append(words)

    @property
    def is_met(self) -> bool:
        return all(verdict.is_met for verdict in self.verdicts)

    def markdown(self) -> str:
        """The table as Markdown; readable as it stands."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        verdicts = [
            f"- {v.what}: **{v.figure}**, bar {v.bar}: {'met' if v.is_met else 'NOT MET'}" for v in self.verdicts
        ]
        rows = ["| " + " | ".join(line) + " |" for line in lines]
        verdicts += [f"- {note}" for note in self.notes]
        return "\n".join([f"## {self.title}", "", f"{self.how}.", "", *rows, "", *verdicts, ""])
