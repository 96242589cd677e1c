"""List (队列清单): the cases of a queue as filtered, each with light, time left, class, place and who has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from reportlab.platypus import Flowable
from sqlalchemy import select

from grid import clock
from grid.accounts.department import Department
from grid.areas import net
from grid.db import db
from grid.events import query, rulebook
from grid.events.event import Event
from grid.events.order import Sort, Span
from grid.events.query import Filters
from grid.events.queue import QUEUES
from grid.events.state import Stage, State
from grid.trail import entry as trail
from grid.worktime.limit import Light
from reports import paper
from reports.dataset import span
from reports.fonts import Typesetter
from reports.paper import words
from reports.papers import parts
from reports.papers.place import area_words
from reports.papers.taker import Paper, Taker, full, number

ORDERS = {Sort.NEWEST: "新的在前", Sort.DUE: "先到期的在前，只有没办结的"}
MOST = 300  # more on paper are read by nobody
HEADS = (("灯", 1.6), ("期限", 1.9), ("类别和案卷号", 4.2), ("地点", 3.2), ("情况", 3.8), ("状态和承办", 2.3))


def make(taker: Taker, filters: Filters, sort: Sort) -> Paper:
    """The list as the taker sees it now. Raises what the filters raise."""
    script = Typesetter()
    found, following = query.page(taker.actor, filters, Span(sort), MOST)
    total = query.marks(taker.actor, filters, sort).total
    now = clock.now()
    told = [*(filter_words(filters) or ["全部事件"]), ORDERS[sort], f"{total} 件", f"数据截至 {full(now)}"]
    story: list[Flowable] = [*parts.title("事件清单", " · ".join(told), script)]
    if following is not None:
        story.append(words(f"纸上只印前 {MOST} 件，共 {total} 件。请用筛选缩小范围。", "body", script))
    rows = [list(_row(event, now, script)) for event in found]
    story.append(parts.grid(HEADS, rows, script) if rows else words("这里没有事件。", "body", script))
    is_practice = bool(found) and all(event.is_practice for event in found)
    margins = taker.margins("事件清单", is_practice)
    return Paper(f"事件清单-{clock.local(now):%Y%m%d-%H%M}.pdf", paper.build(margins, story, script))


def record(taker: Taker, filters: Filters) -> None:
    """Say in the trail that a list was printed, and of what; inside the caller's transaction.

    Words searched for may name people: of them it says only that there were some.
    """
    told = [one for one in filter_words(filters) if not one.startswith("搜索")]
    trail.record(taker.actor, "event:print_list", "list", "events", filters=told, searched=filters.q is not None)


def _row(event: Event, now: datetime, script: Typesetter) -> Iterator[str | Flowable]:
    mark = "【演练】" if event.is_practice else ""
    lead = event.lead
    yield parts.light(event.light, script)
    yield _time(event, now)
    yield f"{mark}{rulebook.current().name(event.category_id)}\n{number(event.case_no)}"
    yield "\n".join(filter(None, (area_words(event), event.address)))
    yield event.description
    yield f"{event.state.label}\n{lead.department.name if lead else ''}".strip()


def _time(event: Event, now: datetime) -> str:
    if event.closed_at:
        return f"{_moment(event.closed_at, now)}\n办结"
    if event.due_at is not None:
        return _until(event.due_at, now)
    if event.step_clock is not None:
        return _until(event.step_clock.due_at, now, event.step_clock.kind.deed)
    return f"{_moment(event.reported_at, now)}\n上报"


def _until(due_at: datetime, now: datetime, deed: str = "") -> str:
    left = int((due_at - now).total_seconds())
    return f"{_moment(due_at, now)}\n{deed}{'还剩' if left >= 0 else '已超'}{span(abs(left))}"


def _moment(moment: datetime, now: datetime) -> str:
    """Without the year, where it is that of the page's head."""
    there, here = clock.local(moment), clock.local(now)
    return f"{there:%m-%d %H:%M}" if there.year == here.year else f"{there:%Y-%m-%d}"


def filter_words(filters: Filters) -> list[str]:
    """What was chosen, in words. Raises NotFound, Invalid for what does not exist."""
    makers: list[tuple[Any, Callable[[Any], str]]] = [
        (filters.queue, lambda code: "队列：" + next((q.label for q in QUEUES if q.code == code), code)),
        (filters.state, lambda code: f"状态：{State(code).label}"),
        (filters.stage, lambda code: f"环节：{Stage(code).label}"),
        (filters.category, lambda code: f"类别：{rulebook.current().find(code).name}"),
        (filters.area, lambda code: f"区域：{net.current().find(code).name}"),
        (filters.department, lambda code: f"承办：{_department(code)}"),
        (filters.open, lambda wanted: "没办结的" if wanted else "办结的"),
        (filters.overdue, lambda wanted: "只看超期" if wanted else "不看超期"),
        (filters.light, lambda code: f"灯：{Light(code).label}"),
        (filters.practice, lambda wanted: "只看演练" if wanted else "不看演练"),
        (filters.q, lambda told: f"搜索：{told}"),
        (filters.reported_from, lambda at: f"{full(at)} 起上报"),
        (filters.reported_to, lambda at: f"{full(at)} 前上报"),
    ]
    told = [make(value) for value, make in makers if value is not None]
    return [*told, *(["只看督办"] if filters.also else [])]


def _department(code: str) -> str:
    return db.session.scalar(select(Department.name).where(Department.code == code)) or code
