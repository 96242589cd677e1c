"""Handing a matter down (交办): to one department that leads and others that assist; its three clocks begin."""

from __future__ import annotations

from dataclasses import dataclass, field

from grid import clock
from grid.accounts import department as departments
from grid.accounts import scope
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import net
from grid.db import db, new_id
from grid.errors import Forbidden
from grid.events import deadline as deadlines
from grid.events import rulebook
from grid.events.deadline_kind import DeadlineKind
from grid.events.procedure_rule import Rule
from grid.job import job
from grid.supervision.matter import KIND, Matter, MatterKind, MatterState, MatterUnit
from grid.supervision.matter_list import REACHES
from grid.trail import entry as trail


@dataclass(frozen=True, slots=True)
class Order:
    """A matter as it is handed down. lead, assist: codes of departments. area: where."""

    title: str
    kind: MatterKind
    lead: str
    area: str
    content: str = ""
    source: str = ""
    assist: list[str] = field(default_factory=list)


def hand_down(actor: User, order: Order) -> Matter:
    """Hand a matter down; its three clocks begin. Raises Forbidden, Invalid, NotFound."""
    node = net.current().find(order.area)
    called = [departments.find(code, node.path) for code in dict.fromkeys([order.lead, *order.assist])]
    now = clock.now()
    matter = Matter(
        id=new_id(),
        area_id=node.id,
        area_path=node.path,
        office_path=scope.office(actor, Permission.MATTER_ISSUE, node.path),
        title=order.title,
        content=order.content,
        source=order.source,
        kind=order.kind,
        state=MatterState.OPEN,
        issuer_id=actor.id,
        issued_at=now,
        entry_count=0,
        units=[MatterUnit(department_id=d.id, department=d, is_lead=n == 0) for n, d in enumerate(called)],
        entries=[],
    )
    if not scope.holds(actor, Permission.MATTER_ISSUE, REACHES, matter):
        raise Forbidden("你的岗位不能在这里交办事项。")
    db.session.add(matter)
    # Its clocks refer to it.
    db.session.flush()
    rules = rulebook.current().procedure
    for kind, key in (
        (DeadlineKind.MATTER_DEPLOY, "deploy"),
        (DeadlineKind.MATTER_REPORT, "report"),
        (DeadlineKind.MATTER_FINISH, order.kind.value),
    ):
        one = deadlines.make(kind, rules.limit(node.path, Rule.MATTER_LIMIT, key), now, node.path)
        one.matter_id = matter.id
        db.session.add(one)
    trail.record(actor, "matter:issue", "matter", matter.id, node.path, kind=order.kind.value)
    job.enqueue(KIND, f"{KIND}:{matter.id}:0", {"matter_id": str(matter.id), "seq": 0, "kind": "issue"})
    return matter
