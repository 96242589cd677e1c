"""The group that every command for an import hangs in."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from grid.imports.fate import Fate
from grid.imports.preview import ImportPreview
from grid.seal import Sealer

group = click.Group("import", help="导入一个单位自己的数据。")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def sealer() -> Sealer:
    """The installation's. (The context carries what loads the application.)"""
    return cast(Sealer, click.get_current_context().obj.load_app().extensions["sealer"])


def tell(found: ImportPreview) -> None:
    """The rows that need a look, and how many of each there are."""
    for line in found.lines:
        if line["fate"] != Fate.UNCHANGED:
            click.echo(f"{line['number']:>5}  {_words(line)}")
    click.echo("，".join(f"{told['label']} {told['count']}" for told in found.fate_counts if told["count"]))
    for note in found.notes:
        click.echo(f"注意：{note}", err=True)


def _words(line: dict[str, object]) -> str:
    changes = [f"{c['field']}：{c['before'] or '空'} → {c['after'] or '空'}" for c in _dicts(line["changes"])]
    reasons = [f"{reason['cell']} {reason['text']}".strip() for reason in _dicts(line["reasons"])]
    told = "；".join([*reasons, *changes])
    return f"{Fate(str(line['fate'])).label}  {line['key']} {line['label']}  {told}".rstrip()


def _dicts(value: object) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", value)
