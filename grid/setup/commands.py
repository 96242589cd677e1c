"""Commands of setting up: `wangge init`, `wangge import regions`, `wangge import grids`."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from grid.accounts.password import check_strength
from grid.db import db, transaction
from grid.errors import DomainError
from grid.geo.crs import Datum
from grid.imports import preview as previews
from grid.imports.commands import FILE, sealer, tell
from grid.imports.commands import group as import_group
from grid.imports.fate import Fate
from grid.imports.preview import ImportPreview, PreviewState
from grid.seal import Sealer
from grid.setup import administrator, grid_import, picture, region_import, street
from grid.setup.administrator import Administrator
from grid.setup.street import Result

FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
DATUM = click.Choice([datum.value for datum in Datum])
DATUM_HELP = "坐标系：" + "；".join(f"{datum.value} {datum.label}" for datum in Datum) + "。"


class _Undone(Exception):  # noqa: N818  not an error: a way out of a transaction
    """Everything is taken back."""


@click.command("init")
@click.argument("folder", type=FOLDER)
@click.option("--example", is_flag=True, help="把一个虚构街道的文件写进这个空文件夹，照着改。")
@click.option("--check", is_flag=True, help="只检查所有文件，什么都不写入。")
@click.option("--datum", type=DATUM, help=DATUM_HELP + "文件里写明了就不用给。")
@click.option("--admin-file", type=FILE, help="三位管理员的表：账号、姓名、岗位、密码。不给就逐个询问。")
@click.option("--passwords", type=NEW_FILE, help="初始密码写到哪个文件；不给就写进数据文件夹。")
@click.option("--yes", is_flag=True, help="不再询问，直接建立。")
@click.pass_obj
def init(
    info: Any,
    folder: Path,
    example: bool,
    check: bool,
    datum: str | None,
    admin_file: Path | None,
    passwords: Path | None,
    yes: bool,
) -> None:
    """Make a real street out of an empty database and a FOLDER of its own files; all of it or nothing."""
    app = info.load_app()
    try:
        if example:
            app.extensions["example_street"](folder)
            click.echo(f"已写入 {folder}。先读其中的 说明.txt，再运行 wangge init --check {folder}")
            return
        if not folder.is_dir():
            raise click.ClickException(f"没有文件夹 {folder}。")
        street.refuse_unless_empty()
        chosen = Datum(datum) if datum else None
        told = administrator.read(admin_file.read_bytes()) if admin_file else []
        db.session.rollback()  # the questions may stand for hours
        if check:
            _check(folder, told, sealer(), chosen)
            return
        administrators = told or _ask()
        if not yes:
            click.confirm(f"用 {folder} 里的文件建立街道吗？", abort=True)
        target = passwords or Path(app.config["DATA"]).resolve() / "initial-passwords.csv"
        result = _build(folder, administrators, sealer(), chosen, target)
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException("数据库打不开，或还没有建表：请先运行 wangge db upgrade。") from error
    _conclude(result, target, administrators)


def _check(folder: Path, administrators: Sequence[Administrator], key: Sealer, datum: Datum | None) -> None:
    result = _attempt(folder, administrators, key, datum, lambda result: False)
    for note in result.notes:
        click.echo(f"注意：{note}")
    _refuse(result)
    click.echo("都没有问题：" + _made(result) + "。什么都没有写入。")


def _build(
    folder: Path, administrators: Sequence[Administrator], key: Sealer, datum: Datum | None, target: Path
) -> Result:
    if target.exists():
        raise click.ClickException(f"{target} 已经存在，请先移走它，或用 --passwords 另给一个文件。")
    try:
        result = _attempt(folder, administrators, key, datum, lambda done: _hand_out(done, target))
    except BaseException:
        target.unlink(missing_ok=True)  # nobody has these passwords
        raise
    _refuse(result)
    return result


def _attempt(
    folder: Path,
    administrators: Sequence[Administrator],
    key: Sealer,
    datum: Datum | None,
    keep: Callable[[Result], bool],
) -> Result:
    """Take all in; ``keep`` is asked before the commit, when there are no problems, and may say no."""
    done: list[Result] = []
    try:
        with (
            click.progressbar(length=len(street.FILES) + 1, label="读入", item_show_func=_step) as bar,
            transaction(),
        ):
            done.append(street.build(folder, administrators, key, datum, lambda words: bar.update(1, words)))
            if done[0].problems or not keep(done[0]):
                raise _Undone
    except _Undone:
        pass
    return done[0]


def _step(words: str | None) -> str | None:
    return words


def _hand_out(result: Result, target: Path) -> bool:
    """Write the first passwords down where only their owner may read them."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["账号", "姓名", "初始密码"])
        writer.writerows(result.initial)
        file.flush()
        os.fsync(file.fileno())
    return True


def _refuse(result: Result) -> None:
    if not result.problems:
        return
    click.echo(f"有 {len(result.problems)} 处要改，什么都没有写入：", err=True)
    for line in street.table(result.problems):
        click.echo(line, err=True)
    raise SystemExit(1)


def _made(result: Result) -> str:
    return "，".join(f"{words} {count}" for words, count in result.made.items())


def _conclude(result: Result, target: Path, administrators: Sequence[Administrator]) -> None:
    for note in result.notes:
        click.echo(f"注意：{note}")
    click.echo("已建立：" + _made(result) + "。")
    click.echo(f"初始密码在 {target}，只有你能读。发给本人后请删除；每个人第一次登录都要修改密码。")
    first = administrators[0].username
    click.echo("现在运行 wangge run 和 wangge worker。")
    click.echo(f"打开 http://127.0.0.1:8000/console/ ，用 {first} 登录。")


def _ask() -> list[Administrator]:
    """The three administrators, one after the other, until each password is strong enough."""
    return [_ask_one(post.code, post.label) for post in administrator.needed()]


def _ask_one(code: str, label: str) -> Administrator:
    username = click.prompt(f"{label}的账号")
    name = click.prompt(f"{label}的姓名")
    while True:
        password = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
        try:
            check_strength(password, username)
        except DomainError as error:
            click.echo(error.detail, err=True)
            continue
        return Administrator(username, name, code, password)


@import_group.command("regions")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_regions(file: Path, yes: bool) -> None:
    """Import provinces to communities and villages from a table (csv, xlsx): preview, then confirm."""
    try:
        with transaction():
            kept = region_import.draft(None, file.read_bytes(), file.name, sealer())
        tell(kept)
        _ask_to_import(kept, yes)
        with transaction():
            done = region_import.confirm(None, previews.get(kept.id, region_import.KIND), None, sealer())
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入 {len(done.taken)} 个区域。")


@import_group.command("grids")
@click.argument("file", type=FILE)
@click.option("--datum", type=DATUM, help=DATUM_HELP + "文件里写明了就不用给。")
@click.option("--picture", "image", type=NEW_FILE, help="把边界和问题画成一张图（.svg）。")
@click.option("--yes", is_flag=True, help="不再询问，直接导入。")
def import_grids(file: Path, datum: str | None, image: Path | None, yes: bool) -> None:
    """Import unit grids and outlines from GeoJSON: preview, a picture of what is wrong, then confirm."""
    chosen = Datum(datum) if datum else None
    try:
        data = file.read_bytes()
        if image:
            _, layout, _ = grid_import.compare(data, chosen)
            image.write_text(picture.svg(layout), encoding="utf-8")
            click.echo(f"图在 {image}。")
            db.session.rollback()
        with transaction():
            kept = grid_import.draft(None, data, file.name, sealer(), chosen)
        tell(kept)
        if kept.state is PreviewState.REFUSED:
            raise click.ClickException("有问题的地方改好后再导入；什么都没有写入。")
        _ask_to_import(kept, yes)
        with transaction():
            done = grid_import.confirm(None, previews.get(kept.id, grid_import.KIND), None, sealer())
    except DomainError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"已导入 {len(done.taken)} 个。")


def _ask_to_import(kept: ImportPreview, yes: bool) -> None:
    if not any(kept.counts[fate] for fate in Fate if fate.is_wish):
        raise click.ClickException("没有要导入的：与现有数据相同，或都被拒绝。")
    if not yes:
        db.session.rollback()  # the question may stand for hours
        click.confirm("导入吗？", abort=True)


COMMANDS = (init,)
