"""Commands of standards: `wangge import standards`, `wangge export standards`, `wangge rules try`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from grid import clock
from grid.db import db, transaction
from grid.errors import DomainError
from grid.events.place import Position
from grid.geo.crs import Datum
from grid.imports.commands import group as import_group
from grid.imports.fate import Fate
from grid.standards import batch, sheet, trial
from grid.standards.batch import ImportBatch
from grid.standards.line import Line
from grid.standards.trial import Trial

export_group = click.Group("export", help="导出，格式可以再导入。")
rules_group = click.Group("rules", help="规则。")
FILE = click.Path(dir_okay=False, path_type=Path)


@import_group.command("standards")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scheme", default="urban", show_default=True, help="类别体系的代码。")
@click.option("--scheme-name", default="", help="体系的名称；新建体系时要填。")
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), help="从哪天起生效；不给就是今天。")
@click.option("--complete", is_flag=True, help="工作簿里没有的小类停用。")
@click.option("--lines", help="只导入这些条，如 1,4-9；不给就全部导入。")
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_standards(
    file: Path,
    scheme: str,
    scheme_name: str,
    valid_from: datetime | None,
    complete: bool,
    lines: str | None,
    yes: bool,
) -> None:
    """Import classes, conditions, limits and units from a workbook (.xlsx): preview, then confirm."""
    try:
        drafted = batch.draft(
            file.read_bytes(),
            scheme,
            scheme_name=scheme_name,
            file_name=file.name,
            valid_from=valid_from.date() if valid_from else None,
            is_complete=complete,
        )
        with transaction():
            kept = batch.keep(None, drafted)
        _tell(kept)
        chosen = _numbers(lines) if lines else None
        if not yes:
            db.session.rollback()  # the question may stand for hours
            click.confirm(f"从 {kept.valid_from} 起生效，导入吗？", abort=True)
        with transaction():
            done = batch.confirm(None, batch.get(kept.id), chosen)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入 {len(done.taken)} 条，从 {done.valid_from} 起生效。")


def _tell(kept: ImportBatch) -> None:
    """The rows that need a look, and how many of each there are."""
    for line in map(Line.of, kept.lines):
        if line.fate is not Fate.UNCHANGED:
            click.echo(f"{line.number:>5}  {_line(line)}")
    click.echo("，".join(f"{told['label']} {told['count']}" for told in kept.fate_counts if told["count"]))
    for note in kept.notes:
        click.echo(f"注意：{note}", err=True)


def _line(line: Line) -> str:
    label = line.fate.label if line.fate else ""
    changes = (f"{c['field']}：{c['before'] or '空'} → {c['after'] or '空'}" for c in line.changes)
    reasons = (f"{reason['cell']} {reason['text']}".strip() for reason in line.reasons)
    words = "；".join([*reasons, *changes])
    return f"{label}  {line.code} {line.name}  {line.condition[:30]}  {line.limit or ''}  {words}".rstrip()


def _numbers(told: str) -> list[int]:
    """1,4-9 → 1 4 5 6 7 8 9."""
    try:
        bounds = [[int(n) for n in part.split("-")] for part in told.split(",")]
    except ValueError:
        raise click.ClickException("--lines 要写成 1,4-9 这样。") from None
    return [n for pair in bounds for n in range(pair[0], min(pair[-1], pair[0] + 100_000) + 1)]


@export_group.command("standards")
@click.argument("file", type=FILE)
@click.option("--scheme", default="urban", show_default=True, help="类别体系的代码。")
def export_standards(file: Path, scheme: str) -> None:
    """Write a scheme as a workbook (.xlsx) that can be imported again."""
    try:
        with transaction():
            data = sheet.export(None, scheme)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    file.write_bytes(data)
    click.echo(f"已写入 {file}。")


@rules_group.command("try")
@click.option("--text", default="", help="描述，如 路口有人摆摊。")
@click.option("--category", help="小类代码，如 E0406；不给就按描述猜。")
@click.option("--condition", type=click.UUID, help="立案条件的编号。")
@click.option("--area", help="区域代码。")
@click.option("--place", help="经度,纬度。")
@click.option(
    "--datum", type=click.Choice([d.value for d in Datum]), default=Datum.CGCS2000.value, show_default=True
)
@click.option("--at", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%d"]), help="什么时候；不给就是现在。")
def try_rules(
    text: str,
    category: str | None,
    condition: UUID | None,
    area: str | None,
    place: str | None,
    datum: str,
    at: datetime | None,
) -> None:
    """Ask the rules about a made-up report: who, by which row, until when."""
    try:
        found = trial.run(
            text=text,
            category=category,
            condition=condition,
            position=_position(place, Datum(datum)) if place else None,
            area=area,
            at=at.replace(tzinfo=clock.LOCAL) if at else None,
        )
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    for row in _words(found):
        click.echo(row)


def _position(place: str, datum: Datum) -> Position:
    try:
        lon, lat = (float(part) for part in place.split(","))
    except ValueError:
        raise click.ClickException("--place 要写成 114.72,22.95 这样（经度在前）。") from None
    return Position(lon, lat, datum)


def _words(found: Trial) -> Iterable[str]:
    yield f"时间    {clock.local(found.at):%Y-%m-%d %H:%M}"
    yield f"地点    {found.area.name}（{found.area.code}）"
    category = found.category
    yield f"类别    {category.code} {category.big_name} · {category.name}（{category.scheme.name}）"
    if found.condition and found.due_at:
        yield f"立案    {found.condition.text}"
        yield f"时限    {found.condition.limit}，到 {clock.local(found.due_at):%Y-%m-%d %H:%M}"
    if found.dispatch:
        entry = found.dispatch.value
        yield f"处置    {entry.department_name}（责任清单第 {entry.number} 条）"
    yield f"自动    {'会自动立案并派遣' if found.is_automatic else '要人工确认'}"
    yield from (f"理由    {reason}" for reason in found.reasons)


COMMANDS = (import_group, export_group, rules_group)
