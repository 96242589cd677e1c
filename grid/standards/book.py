"""Reading a workbook of standards (立结案标准工作簿): its columns, and formulas refused where they stand."""

from __future__ import annotations

from grid.imports import archive, table
from grid.imports.archive import refusal
from grid.imports.table import Book, Columns

# What a heading may be called. The first of each is what cities use most and what we write.
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("类型", "部件事件", "部件或事件", "类别类型", "类别", "种类"),
    "big_code": ("大类代码", "大类编码", "大类编号"),
    "big_name": ("大类名称", "大类"),
    "small_code": ("小类代码", "小类编码", "小类编号"),
    "small_name": ("小类名称", "小类"),
    "unit": ("处置单位", "处置部门", "处置责任单位", "责任单位", "责任部门"),
    "authority": ("主管部门", "主管单位"),
    "condition": ("立案条件", "立案标准"),
    "closing": ("结案条件", "结案标准"),
    "limit": ("处置时限", "处理时限", "处置期限", "时限"),
    "automatic": ("自动立案",),
}
REQUIRED = ("big_code", "small_code", "small_name", "condition", "limit")


def read(data: bytes) -> Book:
    """What is in a workbook (.xlsx). Raises Invalid: not one, unsafe, too large, broken, no heading, formulas."""
    archive.check(data)
    book = table.read(data, Columns(COLUMNS, REQUIRED))
    for found in book.tables:
        for row in found.rows:
            for cell in row.cells.values():
                if cell.is_formula:
                    raise refusal(f"{cell.address} {cell.fault}")
    return book
