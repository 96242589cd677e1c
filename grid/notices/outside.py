"""Outside (外发内容): all that may be told of a thing outside the house: class, grid, case number, our own words.

Nothing anybody wrote is in it: no description, no address, no name, no number of a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from grid.notices.cause import Cause

WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Outside:
    """What it is about. key: one of the cause's keys. what: words of ours ("待派遣"), never what somebody typed.

    event_id: of the case a link leads to.
    """

    cause: Cause
    area_path: str
    area_name: str
    what: str
    key: str = ""
    class_name: str = ""
    case_no: str | None = None
    event_id: UUID | None = None
    is_urgent: bool = False
    is_practice: bool = False

    @property
    def words(self) -> str:
        """One line: 【演练】占道经营 · 大岭社区第1网格 待派遣（案卷 …）."""
        place = " · ".join(part for part in (self.class_name, self.area_name) if part)
        number = f"（案卷 {self.case_no}）" if self.case_no else ""
        return f"{'【演练】' if self.is_practice else ''}{place} {self.what}{number}"[:WORDS_MAX]
