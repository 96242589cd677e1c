"""Street (街道): from a folder of a street's own files to a database it can work with; all of it or nothing.

The steps build on each other (staff name grids, standards name departments), so a check takes them all and is then
rolled back by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import select

from grid import clock, revision
from grid.accounts import post as posts
from grid.accounts.department import Department
from grid.accounts.password import UNUSABLE
from grid.accounts.user import AUTOMATON, User, UserPost
from grid.areas.area import Area, Level
from grid.db import db
from grid.errors import Conflict, DomainError
from grid.events.category import CategoryScheme
from grid.geo.crs import Datum
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.seal import Sealer
from grid.setup import grid_import, region_import
from grid.setup.administrator import Administrator
from grid.staff import department_import, staff_import
from grid.standards import batch
from grid.trail import entry as trail

SCHEME, SCHEME_NAME = "urban", "城市管理"
TABLE = (".xlsx", ".csv")
# What a street brings, in the order in which it is taken in: file name, what may follow the dot, in words.
FILES: dict[str, tuple[tuple[str, ...], str]] = {
    "regions": (TABLE, "区域"),
    "grids": ((".geojson", ".json"), "网格"),
    "departments": (TABLE, "部门"),
    "staff": (TABLE, "人员"),
    "standards": ((".xlsx",), "立结案标准"),
}
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: where in it, and what."""

    file: str
    place: str
    text: str


@dataclass(slots=True)
class Result:
    """What came of it. made: how many of what, in words; initial: (account, name, password) told once."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    initial: list[tuple[str, str, str]] = field(default_factory=list)


Work = Callable[[bytes, Result], Iterator[Problem]]


def refuse_unless_empty() -> None:
    """Raises Conflict when a street is there already."""
    for table in (Area, User, Department, CategoryScheme):
        if db.session.scalar(select(table.id).limit(1)) is not None:
            raise Conflict("数据库里已经有街道。wangge init 只用于空的数据库；增加内容请用 wangge import。")


def files(folder: Path) -> dict[str, Path]:
    """Which file holds what, of those that are there."""
    told = {
        name: [folder / f"{name}{ending}" for ending in endings if (folder / f"{name}{ending}").is_file()]
        for name, (endings, _) in FILES.items()
    }
    return {name: found[0] for name, found in told.items() if found}


def build(
    folder: Path,
    administrators: Iterable[Administrator],
    sealer: Sealer,
    datum: Datum | None = None,
    tick: Callable[[str], None] = lambda words: None,
) -> Result:
    """Take everything in, inside the caller's transaction, which must not be committed when there are problems."""
    refuse_unless_empty()
    result = Result()
    found = files(folder)
    for name, (endings, words) in FILES.items():
        if name not in found:
            result.problems.append(Problem(f"{name}{endings[0]}", "", f"缺少{words}文件。"))
    work: dict[str, Work] = {
        "regions": _regions,
        "grids": partial(_grids, datum=datum),
        "departments": _departments,
        "staff": partial(_staff, sealer=sealer),
        "standards": _standards,
    }
    for name, path in found.items():
        tick(FILES[name][1])
        _take(path, work[name], result)
    tick("管理员")
    root = db.session.scalar(select(Area).where(Area.parent_id.is_(None)).order_by(Area.id).limit(1))
    if root is not None:
        _automaton(root)
        for one in administrators:
            one.open(root)
            result.made["管理员"] = result.made.get("管理员", 0) + 1
    trail.record(None, "street:init", "street", "init", counts=result.made)
    return result


def _take(path: Path, work: Work, result: Result) -> None:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Conflict(f"文件超过 {MAX_BYTES // 1024 // 1024} MB。")
        told = list(work(path.read_bytes(), result))
    except DomainError as error:
        told = [Problem("", "", error.detail)]
    result.problems += [Problem(path.name, one.place, one.text) for one in told]


def _wrong(lines: Iterable[Line]) -> Iterator[Problem]:
    """The rows that cannot be taken in, with their cells."""
    for line in lines:
        if line.fate is Fate.REFUSED:
            for reason in line.reasons:
                yield Problem("", f"{line.place} {reason['cell']}".strip(), reason["text"])


def _regions(data: bytes, result: Result) -> Iterator[Problem]:
    lines = region_import.compare(data)
    region_import.adopt(None, [line for line in lines if line.fate is Fate.NEW])
    yield from _wrong(lines)
    streets = [line.told for line in lines if line.told is not None and line.told.level is Level.STREET]
    if not streets:
        yield Problem("", "", "表里没有街道。")
    result.made["区域"] = sum(line.fate is Fate.NEW for line in lines)


def _grids(data: bytes, result: Result, datum: Datum | None) -> Iterator[Problem]:
    _, layout, lines = grid_import.compare(data, datum)
    yield from _wrong(lines)
    grid_import.write(None, layout)
    result.notes += layout.notes
    result.notes += [f"{plot.outline.words}{note}" for plot in layout.plots for note in plot.notes]
    result.made["网格"] = sum(plot.level is Level.GRID for plot in layout.plots)


def _departments(data: bytes, result: Result) -> Iterator[Problem]:
    lines = department_import.compare(data)
    made = [department_import.apply(None, line) for line in lines if line.fate is Fate.NEW]
    db.session.flush()  # staff and standards refer to the ids of departments
    result.made["部门"] = len(made)
    yield from _wrong(lines)


def _staff(data: bytes, result: Result, sealer: Sealer) -> Iterator[Problem]:
    lines = staff_import.compare(None, data, sealer)
    first = staff_import.initials(lines)
    for line in lines:
        if line.fate is Fate.NEW:
            staff_import.apply(None, line, first, sealer)
    result.initial = [(one.username, one.name, one.password) for one in first.values()]
    result.made["人员"] = len(first)
    yield from _wrong(lines)


def _standards(data: bytes, result: Result) -> Iterator[Problem]:
    drafted = batch.draft(data, SCHEME, scheme_name=SCHEME_NAME, file_name="standards.xlsx")
    wrong = [told for told in drafted.lines if told["fate"] == Fate.REFUSED]
    for told in wrong:
        for reason in told["reasons"]:
            yield Problem("", reason["cell"] or f"{told['sheet']} 第 {told['row']} 行", reason["text"])
    kept = batch.keep(None, drafted)
    db.session.flush()  # confirming reads its version
    if not wrong:
        batch.confirm(None, kept)
        result.made["立案条件"] = len(kept.taken)


def _automaton(root: Area) -> None:
    """The account the rules act under; nobody can sign in to it."""
    post = next(post.code for post in posts.posts().values() if post.is_internal)
    db.session.add(
        User(
            username=AUTOMATON,
            name="自动规则",
            password_hash=UNUSABLE,
            created_at=clock.now(),
            posts=[UserPost(post=post, area_id=root.id)],
        )
    )
    revision.bump(revision.RULES)  # copies that know of no such account are old


def table(problems: Sequence[Problem]) -> Iterator[str]:
    """The problems as lines of a table."""
    width = max((len(one.file) for one in problems), default=0)
    for one in problems:
        yield f"{one.file:<{width}}  {one.place}{'  ' if one.place else ''}{one.text}"
