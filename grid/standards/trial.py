"""Trying the rules (规则试算): this text, class, place, time → who, by which row, until when. Decides nothing.

Answers come from the functions that decide about cases, so that what is said here is what would happen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import log, prod, sqrt
from uuid import UUID

from grid import clock
from grid.areas import net
from grid.areas.area import Level
from grid.areas.net import Located, Node
from grid.calendars import almanac
from grid.errors import Invalid
from grid.events import rulebook
from grid.events.place import Position
from grid.events.rulebook import Choice, Class, Condition, Rulebook
from grid.imports.wording import loose, pairs
from grid.worktime.limit import Limit, due

GUESSES = 5
LEAST_LIKE = 0.1
LOG_2 = log(2)  # the weight of a sign that every condition has


@dataclass(frozen=True, slots=True)
class Guess:
    """A condition that the words sound like. likeness: 0 to 1."""

    category: Class
    condition: Condition
    likeness: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules say. reasons: one sentence each. filing, dispatch: as suggested to people; None: no rule."""

    at: datetime
    category: Class
    area: Node
    located: Located | None
    guesses: tuple[Guess, ...]
    filing: Choice | None
    condition: Condition | None
    due_at: datetime | None
    dispatch: Choice | None
    is_automatic: bool
    reasons: tuple[str, ...]


def run(
    *,
    text: str = "",
    category: str | None = None,
    condition: UUID | None = None,
    position: Position | None = None,
    area: str | None = None,
    at: datetime | None = None,
) -> Trial:
    """Ask the rules. category: code, else the class the words sound like. Either position or area (code); at: now.

    Raises Invalid (unknown class or condition, no class to be guessed, no place, absurd place), NotFound (area).
    """
    moment = at or clock.now()
    book = rulebook.on(clock.local(moment).date())
    located, place = _place(position, area)
    guesses = guess(book, text, category)
    chosen = _class(book, category, guesses)
    filing = rulebook.choose_condition(chosen)
    held = chosen.condition(condition) if condition else filing.value if filing else None
    dispatch = rulebook.choose_department(chosen, held.id if held else None, place.path)
    is_sound = place.level is Level.GRID and (located is None or located.is_inside)
    automatic = [choice is not None and choice.is_certain for choice in (filing, dispatch)]
    return Trial(
        at=moment,
        category=chosen,
        area=place,
        located=located,
        guesses=guesses,
        filing=filing,
        condition=held,
        due_at=_due_at(held.limit, moment, place) if held else None,
        dispatch=dispatch,
        is_automatic=all(automatic) and is_sound and condition in (None, held.id if held else None),
        reasons=tuple(_reasons(chosen, filing, held, dispatch, guesses, is_sound)),
    )


def guess(book: Rulebook, text: str, category: str | None = None) -> tuple[Guess, ...]:
    """Conditions that words sound like, the likest first; of one class if a code is given."""
    candidates = [(c, condition) for c in book.classes if category in (None, c.code) for condition in c.conditions]
    described = [_signs(f"{c.big_name} {c.name} {condition.text}") for c, condition in candidates]
    weights = _weights(described)
    words = _signs(text)
    found = (
        Guess(c, condition, _likeness(words, signs, weights))
        for (c, condition), signs in zip(candidates, described, strict=True)
    )
    return tuple(sorted((g for g in found if g.likeness >= LEAST_LIKE), key=lambda g: -g.likeness)[:GUESSES])


def _signs(text: str) -> set[str]:
    """Signs one by one and two by two."""
    return set(loose(text)) | pairs(text)


def _weights(described: list[set[str]]) -> dict[str, float]:
    """How much a sign tells: the fewer conditions have it, the more."""
    counted = Counter(sign for signs in described for sign in signs)
    return {sign: log(1 + len(described) / count) for sign, count in counted.items()}


def _likeness(words: set[str], others: set[str], weights: dict[str, float]) -> float:
    """Cosine of the two as weighted vectors; words that no condition has count as little as a common one."""
    shared = sum(weights[sign] ** 2 for sign in words & others)
    lengths = (sqrt(sum(weights.get(sign, LOG_2) ** 2 for sign in signs)) for signs in (words, others))
    return shared / (prod(lengths) or 1)


def _due_at(limit: Limit, at: datetime, place: Node) -> datetime:
    now = almanac.current()
    return due(at, limit, now.calendar(now.policy(place.path)))


def _place(position: Position | None, area: str | None) -> tuple[Located | None, Node]:
    snapshot = net.current()
    if position is not None:
        located = snapshot.locate(position.lon, position.lat, position.datum)
        return located, located.area
    if not area:
        raise Invalid("请给出位置或区域。", field="position")
    return None, snapshot.find(area)


def _class(book: Rulebook, category: str | None, guesses: tuple[Guess, ...]) -> Class:
    if category:
        return book.find(category)
    if not guesses:
        raise Invalid("看不出是哪个类别，请选一个类别，或把描述写具体些。", field="category")
    return guesses[0].category


def _reasons(
    category: Class,
    filing: Choice | None,
    held: Condition | None,
    dispatch: Choice | None,
    guesses: tuple[Guess, ...],
    is_sound: bool,
) -> list[str]:
    told = [filing.reason if filing else f"“{category.name}”没有立案条件，不能立案"]
    told.append(dispatch.reason if dispatch else f"责任清单里没有“{category.name}”的条目，要人工选部门")
    closest = next((g.condition for g in guesses if g.category.code == category.code), None)
    if closest is not None and held is not None and closest.id != held.id:
        told.append(f"描述更像“{closest.text}”（{closest.limit}），请核对")
    if not is_sound:
        told.append("位置不在网格里，不会自动立案")
    return told
