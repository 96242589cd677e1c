"""Somebody who listens to the stream of their page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from tests.factories.person import Person


@dataclass(frozen=True)
class Heard:
    """One event of a stream. place: what to come back with."""

    place: str
    told: dict[str, Any]

    @property
    def cases(self) -> dict[UUID, str]:
        return {UUID(one["id"]): one["change"] for one in self.told["cases"]}

    @property
    def urgent(self) -> set[UUID]:
        return {UUID(one["id"]) for one in self.told["cases"] if one["urgent"]}


class Ear:
    """A stream somebody has opened; a block, at whose end it is closed. Iterating skips the beats."""

    def __init__(self, person: Person, place: str | None = None) -> None:
        headers = {} if place is None else {"Last-Event-ID": place}
        self.answer: TestResponse = person.get("/api/live", headers=headers)
        assert self.answer.status_code == 200, self.answer.text
        self._lines: Iterator[Any] = iter(self.answer.response)

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    def __iter__(self) -> Iterator[Heard]:
        for part in self._lines:
            words = bytes(part).decode()
            if words != ":\n\n":
                first, second, *rest = words.split("\n")
                assert first.startswith("id: ") and second.startswith("data: ") and rest == ["", ""]
                yield Heard(first[4:], json.loads(second[6:]))

    def next(self) -> Heard:
        return next(iter(self))


def stand(person: Person) -> str:
    """Where somebody stands who has read everything."""
    with Ear(person) as ear:
        return ear.next().place


def missed(person: Person, place: str) -> Heard:
    """What somebody is told who comes back to a place."""
    with Ear(person, place) as ear:
        return ear.next()
