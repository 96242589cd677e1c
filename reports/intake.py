"""Intake (上报): what came in during a period, by hour, by class and by grid."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import case, func, select

from grid.accounts import scope
from grid.areas.area import Area, Level
from grid.areas.net import Net, Node
from grid.db import db
from grid.events.category import Category
from grid.events.event import Event
from reports import finding
from reports.dataset import Chart, Column, Dataset, Kind, Ratio
from reports.view import View

Intake = dict[tuple[int, int], int]


def hours(view: View) -> Dataset:
    bounds = view.period.hours()
    hour = case(*[(Event.reported_at < end, number) for number, end in enumerate(bounds[1:])])
    rows = db.session.execute(
        select(hour.label("hour"), func.count().label("count"))
        .where(view.during(Event.reported_at), view.rows)
        .group_by("hour")
    )
    found: dict[int, int] = {row[0]: row[1] for row in rows}
    counts = [found.get(number, 0) for number in range(len(bounds) - 1)]
    return Dataset(
        "hours",
        "上报时段",
        finding.of_hours(counts),
        (Column("hour", "时", Kind.COUNT), Column("count", "上报", Kind.COUNT)),
        list(enumerate(counts)),
        Chart("hours", "hour", ("count",)),
    )


def by_class_and_area(view: View) -> Intake:
    """Reports of the period by class and leaf area."""
    rows = db.session.execute(
        select(Event.category_id, Event.area_id, func.count())
        .where(view.during(Event.reported_at), view.rows)
        .group_by(Event.category_id, Event.area_id)
    )
    return {(category_id, area_id): count for category_id, area_id, count in rows}


def categories(view: View, snapshot: Net, intake: Intake) -> Dataset:
    counts: Counter[int] = Counter()
    places: dict[str, Counter[str]] = defaultdict(Counter)
    classes = select(Category.id, Category.code, Category.name, Category.big_name)
    known = {
        row.id: row
        for row in db.session.execute(classes.where(Category.id.in_(sorted({key[0] for key in intake}))))
    }
    for (category_id, area_id), count in intake.items():
        counts[category_id] += count
        places[known[category_id].name][_community(snapshot, area_id, view.place)] += count
    ranked = sorted(counts, key=lambda key: (-counts[key], known[key].code))
    total = sum(counts.values())
    by_name: Counter[str] = Counter()
    for key in ranked:
        by_name[known[key].name] += counts[key]
    return Dataset(
        "categories",
        "上报类别",
        finding.of_categories(list(by_name.items()), places),
        (
            Column("code", "代码"),
            Column("big_name", "大类", width=1.6),
            Column("name", "小类", width=2),
            Column("count", "上报", Kind.COUNT),
            Column("share", "占比", Kind.RATIO),
        ),
        [(known[k].code, known[k].big_name, known[k].name, counts[k], Ratio(counts[k], total)) for k in ranked],
        Chart("ranking", "name", ("count",)),
    )


def _community(snapshot: Net, area_id: int, below: Node) -> str:
    """The community (or village) an area lies in; nothing when that is the report's own place or above it."""
    node = snapshot.by_id.get(area_id)
    while node is not None and node.level is Level.GRID:
        node = snapshot.parent(node)
    return node.name if node is not None and len(node.path) > len(below.path) else ""


def grids(view: View, snapshot: Net, intake: Intake) -> Dataset:
    counts: Counter[int] = Counter()
    for (_, area_id), count in intake.items():
        counts[area_id] += count
    leaves = {node.id: node for node in _leaves(snapshot, view.place)}
    rows = [(n.code, n.name, _above(snapshot, n), counts.get(n.id, 0)) for n in leaves.values()]
    rows += [(*_named(snapshot, area_id), counts[area_id]) for area_id in sorted(set(counts) - set(leaves))]
    rows.sort(key=lambda row: (-row[3], row[0]))
    return Dataset(
        "grids",
        "上报网格",
        finding.of_grids([(row[1], row[3]) for row in rows]),
        (
            Column("code", "代码", width=1.6),
            Column("name", "网格", width=2),
            Column("above", "所在", width=1.4),
            Column("count", "上报", Kind.COUNT),
        ),
        rows,
        Chart("map", "name", ("count",)),
        "没有划网格的村按村统计。" if any(n.level is Level.VILLAGE for n in leaves.values()) else "",
        {node.code: node.boundary for node in leaves.values() if node.boundary is not None},
    )


def _named(snapshot: Net, area_id: int) -> tuple[str, str, str]:
    """Code, name and parent of an area that is no leaf with an outline: ended since, or not drawn."""
    node = snapshot.by_id.get(area_id)
    if node is not None:
        return node.code, node.name, _above(snapshot, node)
    return "", db.session.scalar(select(Area.name).where(Area.id == area_id)) or "", ""


def _above(snapshot: Net, node: Node) -> str:
    parent = snapshot.parent(node)
    return parent.name if parent else ""


def _leaves(snapshot: Net, below: Node) -> list[Node]:
    """Unit grids, and villages without grids, at or below an area."""
    inner = {node.parent_id for node in snapshot.by_id.values()}
    return [
        node
        for node in snapshot.by_id.values()
        if node.boundary is not None and node.id not in inner and scope.is_within(node.path, below.path)
    ]
