"""Staff sheets, made on the spot."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from tests.factories.workbook import saved

HEADING = ("账号", "姓名", "手机号", "岗位", "负责区域", "部门", "状态")
GRID, OTHER_GRID = "441323002001001", "441323002001002"
WORKER: dict[str, Any] = {
    "账号": "wg81",
    "姓名": "秦小满",
    "手机号": "10012340001",
    "岗位": "网格员",
    "负责区域": f"{GRID}、{OTHER_GRID}",
    "部门": "",
    "状态": "启用",
}


def make_person(**told: Any) -> dict[str, Any]:
    """A row of a staff sheet, in all but what is told like WORKER."""
    return WORKER | told


def staff_xlsx(*people: dict[str, Any], heading: tuple[str, ...] = HEADING) -> bytes:
    """A staff sheet as .xlsx."""
    workbook = Workbook()
    workbook.active.title = "人员"
    workbook.active.append(heading)
    for person in people:
        workbook.active.append([person.get(name) for name in heading])
    return saved(workbook)


def staff_csv(*people: dict[str, Any], encoding: str = "utf-8-sig") -> bytes:
    """The same as csv."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADING, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(people)
    return out.getvalue().encode(encoding)
