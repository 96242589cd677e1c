"""Writing a workbook (工作簿): a scheme as it stands, in the columns cities use; read back it changes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.errors import NotFound
from grid.events.category import CategoryScheme, FilingCondition
from grid.standards import code as codes
from grid.standards import standing
from grid.standards.book import COLUMNS
from grid.standards.preview import YES
from grid.standards.standing import Directory, Standing, StandingClass
from grid.trail import entry as trail

WIDTHS = {"condition": 44, "closing": 36, "unit": 24, "small_name": 22, "big_name": 16}
TITLES = {"component": "部件", "event": "事件"}


def export(actor: User | None, scheme_code: str) -> bytes:
    """The scheme in force today as .xlsx, with a trail entry. Raises NotFound."""
    scheme = db.session.scalar(select(CategoryScheme).where(CategoryScheme.code == scheme_code))
    if scheme is None:
        raise NotFound("没有这个类别体系。", field="scheme")
    found = standing.load(scheme, clock.today())
    who = actor.name if actor else "命令行"
    data = _workbook(found, Directory.now(), _colophon(scheme, who, clock.local(clock.now())))
    trail.record(actor, "standards:export", "category_scheme", scheme.code, classes=len(found.classes))
    return data


def _workbook(found: Standing, directory: Directory, colophon: list[str]) -> bytes:
    workbook = Workbook(write_only=True)
    for kind, title in TITLES.items():
        classes = [c for c in found.classes.values() if c.category.kind == kind]
        if classes:
            _write(workbook.create_sheet(title), _rows(classes, directory))
    if not found.classes:
        _write(workbook.create_sheet(TITLES["event"]), ())
    about = workbook.create_sheet("说明")
    for text in colophon:
        about.append([_cell(about, text)])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, rows: Iterable[list[str]]) -> None:
    for letter, name in zip("ABCDEFGHIJKLMN", COLUMNS, strict=False):
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 12)
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, words[0]) for words in COLUMNS.values()])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])


def _rows(classes: list[StandingClass], directory: Directory) -> Iterator[list[str]]:
    for found in classes:
        if not found.conditions:
            yield _row(found, None, directory)
        for condition in found.conditions:
            yield _row(found, condition, directory)


def _row(found: StandingClass, condition: FilingCondition | None, directory: Directory) -> list[str]:
    category = found.category
    parts = codes.split(category.code, category.kind)
    units = directory.standing_units(found, condition.id if condition else None)
    told = {
        "kind": codes.LABELS[category.kind],
        "big_code": parts.big,
        "big_name": category.big_name,
        "small_code": parts.small,
        "small_name": category.name,
        "unit": directory.units.words(units),
    }
    if condition is not None:
        told |= {
            "authority": condition.authority,
            "condition": condition.text,
            "closing": condition.closing,
            "limit": str(condition.limit),
            "automatic": YES[condition.is_certain],
        }
    return [told.get(name, "") for name in COLUMNS]


def _colophon(scheme: CategoryScheme, who: str, at: datetime) -> list[str]:
    return [
        f"{scheme.name}（{scheme.code}）：立案条件、结案条件、处置时限、权责",
        f"导出人：{who}    导出时间：{at:%Y-%m-%d %H:%M}",
        "改完后可以原样导入：导入前会逐行预览，确认后才生效。",
        "一个小类有几条立案条件就写几行。处置单位写部门全名，几个单位用“、”隔开，只管某个区域的写成“部门（区域）”。",
        "处置时限写成 4小时、2个工作日、2紧急工作时（昼夜连续）、1紧急工作日（自然日）、30分钟。",
    ]


def _cell(sheet: Worksheet, text: str) -> Cell:
    """A text that stays a text, whatever it starts with."""
    cell: Cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _heading(sheet: Worksheet, text: str) -> Cell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    return cell
