"""Import of departments (导入部门): 代码, 名称, 所属区域; previewed row by row, then confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grid import revision
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas import net
from grid.imports import preview, table
from grid.imports.archive import Limits, refusal
from grid.imports.fate import Fate
from grid.imports.line import Line
from grid.imports.preview import ImportPreview
from grid.imports.table import Columns, Row
from grid.imports.wording import clean, is_legible
from grid.seal import Sealer
from grid.staff import bureau

KIND = "departments"
COLUMNS = Columns(
    {
        "code": ("代码", "部门代码", "部门编码", "编码"),
        "name": ("名称", "部门名称", "部门", "单位名称"),
        "area": ("所属区域", "区域代码", "区域", "所属区域代码"),
    },
    ("code", "name", "area"),
)
MB = 1024 * 1024
LIMITS = Limits(size=MB, unpacked=16 * MB, parts=200, rows=2000, lines=1000, columns=30)


def draft(actor: User | None, data: bytes, file_name: str, sealer: Sealer) -> ImportPreview:
    """Read a csv or xlsx and keep what it would do. Raises Invalid for a file beyond use."""
    basis = preview.basis(revision.ACCOUNTS, revision.NET)
    return preview.keep(actor, KIND, data, file_name, compare(data), basis, sealer)


def confirm(
    actor: User | None, found: ImportPreview, chosen: Collection[int] | None, sealer: Sealer
) -> list[Department]:
    """Open and change the departments of the chosen rows, or of all that would change something."""
    numbers = preview.choose(found, chosen)
    wanted = [line for line in compare(preview.file(found, sealer)) if line.number in set(numbers)]
    done = [apply(actor, line) for line in wanted]
    preview.settle(actor, found, numbers)
    return done


def apply(actor: User | None, line: Line) -> Department:
    """What a compared line asks for, done."""
    code, name, area_id = line.told
    if line.fate is Fate.NEW:
        return bureau.add(actor, code, name, area_id)
    department = bureau.get(code)
    return bureau.change(actor, department, name, department.is_active)


def compare(data: bytes) -> list[Line]:
    """The rows of a file with their fates against the departments as they are."""
    book = table.read(data, COLUMNS, LIMITS)
    lines = list(_lines(row for found in book.tables for row in found.rows if not row.is_blank))
    if not lines:
        raise refusal("表里没有部门")
    return lines


def _lines(rows: Iterator[Row]) -> Iterator[Line]:
    known = {department.code: department for department in bureau.every()}
    names = {(d.name, d.area_id): d.code for d in known.values() if d.is_active}
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        line = Line(number, f"第 {row.number} 行", row.text("code"), clean(row.text("name")))
        _check(line, row)
        twin = seen.setdefault(line.key.lower(), row.number)
        if line.key and twin != row.number:
            line.refuse(row.cells["code"].address, f"部门代码与第 {twin} 行重复")
        if line.fate is None:
            _judge(line, row, known.get(line.key), names)
        yield line


def _check(line: Line, row: Row) -> None:
    for cell in row.cells.values():
        if cell.fault:
            line.refuse(cell.address, cell.fault)
    if not bureau.CODE.fullmatch(line.key):
        line.refuse(row.cells["code"].address, "部门代码用字母、数字、点、横线，最多 40 个")
    if not line.label or len(line.label) > bureau.NAME_MAX or not is_legible(line.label):
        line.refuse(row.cells["name"].address, f"名称要 1 到 {bureau.NAME_MAX} 个字")
    if row.text("area") not in net.current().by_code:
        line.refuse(row.cells["area"].address, f"没有代码为“{row.text('area')[:20]}”的区域")


def _judge(line: Line, row: Row, old: Department | None, names: dict[tuple[str, int], str]) -> None:
    area = net.current().find(row.text("area"))
    line.told = (line.key, line.label, area.id)
    if names.setdefault((line.label, area.id), line.key) != line.key:
        twin = names[line.label, area.id]
        line.refuse(row.cells["name"].address, f"这个区域已有叫“{line.label}”的部门（{twin}）")
    elif old is None:
        line.fate = Fate.NEW
    elif old.area_id != area.id:
        line.refuse(row.cells["area"].address, "部门的所属区域不能改，请停用后另建一个")
    else:
        line.compare([("名称", old.name, line.label)])
