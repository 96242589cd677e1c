"""A workbook of 5,000 rows: how long the preview takes, and taking it in, on both databases."""

from __future__ import annotations

import io
import os
import random
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from benchmarks.process import rss_mb
from benchmarks.table import Table
from grid.db import db, transaction
from grid.events import rulebook
from grid.standards import batch
from tests.harness import street
from tests.harness.postgres import Cluster
from wsgi import create_app

CLASSES = 1_000
CONDITIONS = 5  # each
PREVIEW_S, IMPORT_S = 5.0, 10.0
HEADING = "大类代码 大类名称 小类代码 小类名称 处置单位 主管部门 立案条件 结案条件 处置时限".split()
UNITS = "大岭城管中队 大岭派出所 大岭消防站 大岭水务站 大岭规划建设办".split()
LIMITS = "4小时 2天 1紧急工作时 5个工作日 2紧急工作日 30分钟".split()
THINGS = "井盖 路面 护栏 树木 广告 垃圾 污水 车辆 灯杆 围挡".split()
FAULTS = "破损 缺失 松动 倾斜 堵塞 脏污 外露 堆放 挡住 渗漏".split()


def workbook(changed: bool = False) -> bytes:
    """Classes E0101 … E1199: each with five conditions; ``changed``: every limit another."""
    chance, limits = random.Random(5), random.Random(6)
    book = Workbook()
    sheet = book.active
    sheet.title = "事件"
    sheet.append(HEADING)
    for number in range(CLASSES):
        big, small = divmod(number, 99)
        for ordinal in range(CONDITIONS):
            words = "".join(chance.sample(THINGS, 2) + chance.sample(FAULTS, 2)) + f"第{ordinal}种"
            limit = f"{limits.randint(6, 9)}天" if changed else limits.choice(LIMITS)
            unit = chance.choice(UNITS)
            sheet.append(
                [big + 11, f"大类{big}", small + 1, f"小类{number}", unit, "", words, f"{words}已处理", limit]
            )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def measure() -> Table:
    """Seconds for the first import, for one that changes every row, and for one that changes nothing."""
    table = Table(
        "Standards workbook",
        f"{CLASSES * CONDITIONS:,} rows in {CLASSES:,} classes, in one process: read, checked and compared "
        "(preview), then written as a dated version in one transaction (import)",
        ("database", "workbook", "preview s", "import s", "rules reloaded s", "RSS MB"),
    )
    books = {"new": workbook(), "every limit changed": workbook(changed=True)}
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as place, Cluster() as cluster:
        cluster.sql("CREATE DATABASE bench")
        urls = {"sqlite": f"sqlite:///{place}/wangge.db", "postgresql": cluster.url("bench")}
        took = [pair for name, url in urls.items() for pair in _run(table, name, url, Path(place), books)]
    preview, taken = (max(column) for column in zip(*took, strict=True))
    table.judge("slowest preview", f"{preview:.1f} s", f"≤ {PREVIEW_S:.0f} s", preview <= PREVIEW_S)
    table.judge("slowest import", f"{taken:.1f} s", f"≤ {IMPORT_S:.0f} s", taken <= IMPORT_S)
    return table


def _run(table: Table, name: str, url: str, folder: Path, books: dict[str, bytes]) -> list[tuple[float, float]]:
    street.build(url, folder)
    app = create_app({"DATABASE": url, "DATA": str(folder), "DEMO": True})
    took = []
    with app.app_context():
        for words, data in books.items():
            took.append(_import(table, name, words, data))
        begin = time.perf_counter()
        batch.draft(data, "urban")
        took.append((time.perf_counter() - begin, 0.0))
        table.add(name, "nothing changed", f"{took[-1][0]:.1f}", "—", "—", f"{rss_mb(os.getpid()):.0f}")
        db.session.remove()
        db.engine.dispose()
    return took


def _import(table: Table, name: str, words: str, data: bytes) -> tuple[float, float]:
    begin = time.perf_counter()
    drafted = batch.draft(data, "urban")
    with transaction():
        kept = batch.keep(None, drafted)
    previewed = time.perf_counter()
    with transaction():
        batch.confirm(None, batch.get(kept.id))
    taken = time.perf_counter()
    rulebook.current()
    reloaded = time.perf_counter()
    figures = (previewed - begin, taken - previewed, reloaded - taken)
    table.add(name, words, *(f"{seconds:.1f}" for seconds in figures), f"{rss_mb(os.getpid()):.0f}")
    return figures[0], figures[1]
