"""Step clock (环节时限): what a case keeps of the clock of the step it stands at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grid import clock
from grid.events.deadline_kind import DeadlineKind
from grid.worktime.limit import Light, light


@dataclass(frozen=True, slots=True)
class StepClock:
    """What is timed, and the moments at which it turns yellow and is due."""

    kind: DeadlineKind
    yellow_at: datetime
    due_at: datetime

    @property
    def light(self) -> Light:
        """Its light now."""
        return light(self.yellow_at, self.due_at, clock.now())


def columns(kept: StepClock | None) -> dict[str, DeadlineKind | datetime | None]:
    """The columns of a case that keep it."""
    values = (kept.kind, kept.yellow_at, kept.due_at) if kept else (None, None, None)
    return dict(zip(("step_kind", "step_yellow_at", "step_due_at"), values, strict=True))
