"""What may be asked for about a case now, and which requests wait for the caller's word."""

from __future__ import annotations

from datetime import timedelta

from grid import clock
from grid.accounts.permission import Permission as P
from grid.accounts.user import User
from grid.events import request_rule, requesting
from grid.events.event import Event
from grid.events.request import EventRequest, RequestKind
from grid.events.request_rule import RULES, RequestRule
from grid.events.scope import may
from grid.events.state import State
from grid.events.way import Field, Offer, note


def of_requests(actor: User, event: Event) -> list[Offer]:
    """Decisions first, then what one may ask for, then a new round of what is closed."""
    offers = [offer for request in event.requests if request.is_pending for offer in on(actor, event, request)]
    offers += [_ask(rule, event) for rule in RULES.values() if _may_ask_now(actor, rule, event)]
    if event.state in (State.CLOSED, State.FORCE_CLOSED) and may(actor, P.EVENT_REOPEN, event):
        offers.append(Offer("reopen", "重开", "reopenings", False, False, (note(True, "为什么重开"),)))
    return offers


def _may_ask_now(actor: User, rule: RequestRule, event: Event) -> bool:
    part = requesting.own_part(actor, event) if rule.own_states is not None else None
    if not request_rule.fits(rule, event, part) or not requesting.may_ask(actor, rule, event, part):
        return False
    return not request_rule.objection(rule, event, part, clock.now())


def _ask(rule: RequestRule, event: Event) -> Offer:
    fields: tuple[Field, ...] = (note(True, "理由"),)
    if "until" in rule.needs:
        last = (clock.local(request_rule.latest(event, clock.now())) - timedelta(days=1)).date().isoformat()
        fields = (Field("until", f"到哪一天（最晚 {last}）", "date", True), *fields)
    is_danger = rule.kind in (RequestKind.VOID, RequestKind.RETURN)
    return Offer(rule.kind.value, rule.label, "requests", is_danger, False, fields)


def on(actor: User, event: Event, request: EventRequest) -> list[Offer]:
    """What the caller may say to one request now."""
    way, what = f"requests/{request.id}/decisions", request.kind.label
    if requesting.may_decide(actor, event, request):
        return [
            Offer("approve", f"同意{what}", way, False, True, (note(False, "意见"),)),
            Offer("refuse", f"不同意{what}", way, False, False, (note(True, "理由"),)),
        ]
    if request.asker_id == actor.id:
        return [Offer("withdraw", f"撤回{what}申请", way, False, False, ())]
    return []
