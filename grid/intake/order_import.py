"""Import of orders (导入工单): previewed row by row, then confirmed; each new row becomes a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import uuid5

from grid import revision
from grid.accounts.user import User
from grid.errors import Conflict
from grid.imports import preview
from grid.imports.fate import Fate
from grid.imports.preview import ImportPreview
from grid.intake import order_sheet, taking
from grid.seal import Sealer

KIND = "orders"


def draft(actor: User, data: bytes, file_name: str, sealer: Sealer) -> ImportPreview:
    """Read a csv or xlsx and keep what it would do. Raises Invalid for a file beyond use."""
    basis = preview.basis(revision.RULES, revision.NET)
    return preview.keep(actor, KIND, data, file_name, order_sheet.read(actor, data), basis, sealer)


def confirm(actor: User, found: ImportPreview, chosen: Collection[int] | None, sealer: Sealer) -> int:
    """Take in the chosen rows, or all that are new; how many. Raises Conflict when they mean another thing now."""
    numbers = set(preview.choose(found, chosen))
    lines = order_sheet.read(actor, preview.file(found, sealer))
    wanted = [line for line in lines if line.number in numbers and line.fate is Fate.NEW]
    if len(wanted) < len(numbers):
        raise Conflict("预览之后数据又有改动，请重新上传文件看预览。")
    for line in wanted:
        wish: taking.Wish = line.told
        taking.take_in(actor, replace(wish, client_id=uuid5(found.id, str(line.number))), sealer)
    preview.settle(actor, found, sorted(numbers))
    return len(wanted)
