"""Taker (打印人): who prints, where from; it stands on every page, and in the trail before the paper leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grid import clock
from grid.accounts.user import User
from grid.events.event import Event
from grid.trail import entry as trail
from reports import paper
from reports.dataset import Kind, text
from reports.paper import Sheet

PRACTICE_MARK = "演练 · 不是真事"


@dataclass(frozen=True)
class Paper:
    """A printed paper. name: of the file, without what is nobody's business in a download list."""

    name: str
    data: bytes

    media_type = "application/pdf"


@dataclass(frozen=True)
class Taker:
    """Who prints. address: of the installation, for codes that open a case; empty: none is printed."""

    actor: User
    is_demo: bool
    address: str = ""

    def margins(self, running: str, is_practice: bool) -> Sheet:
        """What stands in the margins of a paper of theirs."""
        reader = f"{self.actor.name}（{self.actor.username}）"
        mark = PRACTICE_MARK if is_practice else paper.DEMO_MARK if self.is_demo else ""
        return Sheet(running, reader, f"{reader} {clock.local(clock.now()):%Y-%m-%d %H:%M:%S} 打印", mark)


def record(actor: User, event: Event, paper_code: str, **told: str) -> None:
    """Say in the trail who printed what of a case; inside the caller's transaction."""
    trail.record(actor, "event:print", "event", event.id, event.area_path, paper=paper_code, **told)


def full(moment: datetime | None) -> str:
    """A moment on paper: whole, because paper is read on another day."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else "—"


def number(case_no: str | None) -> str:
    """A case number in groups; a case that is not filed has none."""
    return text(Kind.CASE, case_no) if case_no else "还没有案卷号"
