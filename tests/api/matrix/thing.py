"""What a request is about, and how people stand to it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.api.matrix.people import Who

# Things out of reach that answer as if they did not exist; and those whose very name says where they are.
HIDDEN = ("event", "task", "notice", "phone", "refused op", "endpoint", "record")
BOUND = (*HIDDEN, "area", "worker")


@dataclass
class Thing:
    """Something in the database, and the facts its relations to people follow from."""

    name: str
    path: dict[str, str]  # what fills the braces of an address
    area: str = ""
    owner: str = ""
    department: str = ""
    tasks_of: str = ""

    def relations(self, who: Who) -> set[str]:
        here = bool(self.area) and self.area.startswith(who.area)
        facts = {
            "own": self.owner == who.username,
            "area": here,
            "department": here and bool(self.department) and self.department == who.department,
            "task": self.tasks_of == who.username,
        }
        return {relation for relation, holds in facts.items() if holds}
