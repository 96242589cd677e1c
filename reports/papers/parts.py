"""Parts (版块) that several papers are made of: the title, facts side by side, a table of texts, lights."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table, TableStyle

from grid.worktime.limit import Light
from reports import paper
from reports.color import CALM, HEAD, LATE, LINE, NO_LIGHT, SOON
from reports.fonts import Typesetter
from reports.paper import WIDTH, words

LABEL = 20 * mm
ROOM = 28 * mm  # for a heading, the head of a table and its first row
# Shape and word beside the colour: a black-and-white printer says it too.
MARKS = {
    Light.GREEN: ("●", CALM),
    Light.YELLOW: ("▲", SOON),
    Light.RED: ("■", LATE),
    Light.NONE: ("○", NO_LIGHT),
}

Facts = Sequence[tuple[str, str | Flowable]]


def title(name: str, beside: str, script: Typesetter) -> list[Flowable]:
    """What the paper is, and of what."""
    return [words(name, "title", script, bold=True), words(beside, "muted", script), Spacer(0, 3 * mm)]


def titled(name: str, script: Typesetter, *shown: Flowable, room: float = ROOM) -> list[Flowable]:
    """A heading over what it is of; on the next page, when less than ``room`` points are left on this one."""
    head = words(name, "heading", script, bold=True)
    return [CondPageBreak(room), Spacer(0, 4 * mm), head, *shown] if shown else []


def facts(pairs: Facts, script: Typesetter, columns: int = 2, width: float = WIDTH) -> Table:
    """Labels with their values, ``columns`` pairs a row, between hairlines."""
    cells: list[list[str | Flowable]] = []
    for start in range(0, len(pairs), columns):
        row: list[str | Flowable] = []
        for label, value in pairs[start : start + columns]:
            shown = words(value or "—", "cell", script) if isinstance(value, str) else value
            row += [words(label, "head", script), shown]
        cells.append(row + [""] * (2 * columns - len(row)))
    each = width / columns
    made = Table(cells, [LABEL, each - LABEL] * columns)
    made.setStyle(TableStyle([("LINEABOVE", (0, 0), (-1, 0), 0.4, LINE), *paper.hairlines()]))
    return made


def grid(
    heads: Sequence[tuple[str, float]], rows: Sequence[Sequence[str | Flowable]], script: Typesetter
) -> Table:
    """A table of texts with a grey head, repeated on each page. heads: label and share of the width."""
    share = WIDTH / sum(width for _, width in heads)
    body = [[words(v, "cell", script) if isinstance(v, str) else v for v in row] for row in rows]
    head = [words(label, "head", script) for label, _ in heads]
    made = Table([head, *body], [width * share for _, width in heads], repeatRows=1)
    made.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, 0), HEAD), *paper.hairlines()]))
    return made


def light(shining: Light, script: Typesetter, word: str = "") -> Paragraph:
    """A light as shape and word. word: instead of its own."""
    shape, color = MARKS[shining]
    told = script.markup(f"{shape} {word or shining.label}")
    return Paragraph(f'<font color="{color}">{told}</font>', paper.STYLES["cell"])
