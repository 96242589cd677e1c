"""Import of staff (导入人员): previewed row by row, then confirmed; who is not in the file stays as he is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from grid import revision
from grid.accounts import password as passwords
from grid.accounts import post as posts
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.errors import Conflict
from grid.imports import preview
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.preview import ImportPreview, PreviewState
from grid.imports.table import Row
from grid.seal import Sealer
from grid.staff import account, appointment, mobile, roster
from grid.staff.account import Particulars
from grid.staff.appointment import Held
from grid.staff.roster import Entry

KIND = "staff"
STATES = {True: "启用", False: "停用"}


@dataclass(frozen=True, slots=True)
class Initial:
    """A new account's first password: told once, kept as a hash."""

    username: str
    name: str
    password: str
    hash: str


def draft(actor: User | None, data: bytes, file_name: str, sealer: Sealer) -> ImportPreview:
    """Read a csv or xlsx and keep what it would do. Raises Invalid for a file beyond use."""
    basis = preview.basis(revision.ACCOUNTS, revision.NET)
    return preview.keep(actor, KIND, data, file_name, compare(actor, data, sealer), basis, sealer)


def prepare(actor: User | None, found: ImportPreview, sealer: Sealer) -> tuple[list[Line], dict[str, Initial]]:
    """The lines once more and first passwords for the new accounts; before the transaction: hashing is slow."""
    if found.state is not PreviewState.PREVIEWED:
        return [], {}
    lines = compare(actor, preview.file(found, sealer), sealer)
    return lines, initials(lines)


def initials(lines: Iterable[Line]) -> dict[str, Initial]:
    """A random password for each line that opens an account."""
    new = [line for line in lines if line.fate is Fate.NEW]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return {one.username: one for one in pool.map(_initial, new)}


def _initial(line: Line) -> Initial:
    password = passwords.initial(line.key)
    return Initial(line.key, line.label, password, passwords.hash_password(password))


def confirm(
    actor: User | None,
    found: ImportPreview,
    chosen: Collection[int] | None,
    prepared: tuple[list[Line], dict[str, Initial]],
    sealer: Sealer,
) -> list[Initial]:
    """Open and change the accounts of the chosen rows, or of all that would change something.

    Returns the first passwords of the new ones. Raises Conflict, also when the rows now mean something else.
    """
    lines, first = prepared
    numbers = set(preview.choose(found, chosen))
    wanted = [line for line in lines if line.number in numbers]
    if len(wanted) < len(numbers) or any(line.fate is None or not line.fate.is_wish for line in wanted):
        raise Conflict("预览之后数据又有改动，请重新上传文件看预览。")
    for line in wanted:
        apply(actor, line, first, sealer)
    preview.settle(actor, found, sorted(numbers))
    return [first[line.key] for line in wanted if line.fate is Fate.NEW]


def apply(actor: User | None, line: Line, first: dict[str, Initial], sealer: Sealer) -> User:
    """What a compared line asks for, done."""
    entry: Entry = line.told
    if line.fate is Fate.NEW:
        wish = Particulars(entry.name, entry.held, entry.department_id, mobile=entry.mobile)
        return account.open_(actor, entry.username, wish, first[line.key].hash, sealer)
    user = account.get(entry.username)
    return account.change(actor, user, _wish(entry, user), sealer)


def _wish(entry: Entry, user: User) -> Particulars:
    return Particulars(
        entry.name,
        entry.held,
        entry.department_id or user.department_id,
        user.is_active if entry.is_active is None else entry.is_active,
        entry.mobile,
    )


def compare(actor: User | None, data: bytes, sealer: Sealer) -> list[Line]:
    """The rows of a file with their fates against the accounts as they are."""
    lines = roster.read(data)
    names = [line.key.lower() for line, _ in lines]
    found = db.session.scalars(
        select(User).where(func.lower(User.username).in_(names)).options(undefer(User.mobile))
    )
    known = {user.username.lower(): user for user in found}
    owners = _owners(lines, sealer)
    for line, row in lines:
        if line.fate is None:
            _judge(actor, line, row, known.get(line.key.lower()), owners, sealer)
    return [line for line, _ in lines]


def _owners(lines: list[tuple[Line, Row]], sealer: Sealer) -> dict[str, str]:
    """Whose the numbers of the file are now: fingerprint → account."""
    prints = [mobile.fingerprint(line.told.mobile, sealer) for line, _ in lines if line.told.mobile]
    rows = db.session.execute(select(User.mobile_blind, User.username).where(User.mobile_blind.in_(prints)))
    return {blind: username for blind, username in rows if blind}


def _judge(
    actor: User | None, line: Line, row: Row, user: User | None, owners: dict[str, str], sealer: Sealer
) -> None:
    entry: Entry = line.told
    cell = partial(_address, row)
    blind = mobile.fingerprint(entry.mobile, sealer) if entry.mobile else ""
    if owners.get(blind, entry.username) != entry.username:
        line.refuse(cell("mobile"), f"这个手机号已登记在账号 {owners[blind]} 上")
    if user is not None and (user.username != entry.username or user.password_hash == passwords.UNUSABLE):
        line.refuse(cell("username"), f"和已有的账号 {user.username} 太像，请换一个")
        return
    department_id = entry.department_id or (user.department_id if user else None)
    if why := appointment.refusal(actor, user, entry.held, department_id is not None):
        line.refuse(cell("department" if why.endswith("填部门") else "posts"), why)
    if line.fate is not None:
        return
    if user is None:
        _judge_new(line, cell("state"))
    else:
        line.compare(_pairs(entry, user, blind, sealer))
        _refuse_forbidden(actor, line, user, cell("username"))


def _judge_new(line: Line, cell: str) -> None:
    line.fate = Fate.NEW
    if line.told.is_active is False:
        line.fate = Fate.SKIPPED
        line.note(cell, "没有这个账号，又是停用，不建立")


def _refuse_forbidden(actor: User | None, line: Line, user: User, cell: str) -> None:
    """What would change and may not be changed by this person."""
    if actor is None or line.fate is not Fate.CHANGED:
        return
    if user.is_by_command:
        line.refuse(cell, "这个账号只能用命令管理（三权分立）")
    elif user.id == actor.id and {change["field"] for change in line.changes} - {"姓名", "手机号"}:
        line.refuse(cell, "不能改自己的岗位、部门和状态")


def _pairs(entry: Entry, user: User, blind: str, sealer: Sealer) -> list[tuple[str, str, str]]:
    wish = _wish(entry, user)
    pairs = [
        ("姓名", user.name, wish.name),
        ("岗位", words(appointment.of(user)), words(wish.held)),
        ("部门", user.department.name if user.department else "", entry.department or _department(user)),
        ("状态", STATES[user.is_active], STATES[wish.is_active]),
    ]
    if blind and blind != user.mobile_blind:
        pairs.append(("手机号", mobile.shown(user, sealer), f"{mobile.masked(entry.mobile or '')}（新号码）"))
    return pairs


def _department(user: User) -> str:
    return user.department.name if user.department else ""


def words(held: Held) -> str:
    """Posts with their areas: 网格员（甲网格、乙网格）."""
    node = net.current().node
    areas: dict[str, list[str]] = {}
    for post, area_id in sorted(held):
        areas.setdefault(posts.find(post).label, []).append(node(area_id).name)
    return "，".join(f"{label}（{'、'.join(names)}）" for label, names in areas.items())


def _address(row: Row, column: str) -> str:
    """The cell of a column, or of the account when the table has no such column."""
    return (row.cells.get(column) or row.cells["username"]).address
