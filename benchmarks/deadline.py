"""What it costs to compute when a case is due, across a year with holidays."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

from benchmarks.table import Table
from grid.clock import LOCAL
from grid.worktime.calendar import WorkCalendar, WorkdayMode
from grid.worktime.day import shipped_days
from grid.worktime.limit import Limit, Unit, due, yellow_at

BAR_US = 50.0
ROUNDS = 5000
RUNS = 7
STARTED = datetime(2025, 3, 3, 11, tzinfo=LOCAL)

# Limits that end a year later, over Spring Festival, Labour Day and the golden week with their make-up days.
CASES = (
    ("working hours", Limit(260 * 8, Unit.WORK_HOUR), WorkdayMode.HOURS8),
    ("working days of 8 hours", Limit(260, Unit.WORK_DAY), WorkdayMode.HOURS8),
    ("whole working days", Limit(260, Unit.WORK_DAY), WorkdayMode.WHOLE_DAY_NEXT),
    ("natural days", Limit(365, Unit.NATURAL_DAY), WorkdayMode.HOURS8),
    ("2 working days", Limit(2, Unit.WORK_DAY), WorkdayMode.HOURS8),
)


def measure(runs: int = RUNS, rounds: int = ROUNDS) -> Table:
    """Microseconds for the due moment, and for the due moment with the moment the light turns yellow."""
    table = Table(
        "Deadlines",
        f"One process, {rounds} times in a row, median of {runs} runs; a year with its holidays and make-up days "
        "between start and end, days and hours as shipped",
        ("limit", "due at", "due µs", "due and yellow µs"),
    )
    worst = 0.0
    for name, limit, mode in CASES:
        calendar = WorkCalendar.of(shipped_days(), mode=mode)
        under = calendar if limit.unit.is_working else None

        def both(
            limit: Limit = limit, calendar: WorkCalendar = calendar, under: WorkCalendar | None = under
        ) -> None:
            yellow_at(STARTED, due(STARTED, limit, calendar), under)

        def one(limit: Limit = limit, calendar: WorkCalendar = calendar) -> None:
            due(STARTED, limit, calendar)

        due_us, both_us = (_cost_us(work, runs, rounds) for work in (one, both))
        table.add(name, f"{due(STARTED, limit, calendar):%Y-%m-%d %H:%M}", f"{due_us:.1f}", f"{both_us:.1f}")
        worst = max(worst, both_us)
    table.judge("slowest, with the light", f"{worst:.1f} µs", f"≤ {BAR_US:.0f} µs", worst <= BAR_US)
    table.judge("a new calendar's first deadline", f"{_first_ms(runs):.1f} ms", "≤ 50 ms", _first_ms(runs) <= 50)
    return table


def _cost_us(work: Callable[[], None], runs: int, rounds: int) -> float:
    work()  # years are built when first asked for
    return median(_run_us(work, rounds) for _ in range(runs))


def _run_us(work: Callable[[], None], rounds: int) -> float:
    begin = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - begin) / rounds * 1e6


def _first_ms(runs: int) -> float:
    """What a process pays once after the calendar has changed: two years laid out."""
    costs = []
    for _ in range(runs):
        calendar = WorkCalendar.of(shipped_days())
        begin = time.perf_counter()
        due(STARTED, Limit(260, Unit.WORK_DAY), calendar)
        costs.append((time.perf_counter() - begin) * 1000)
    return median(costs)


if __name__ == "__main__":
    print(measure().markdown())
