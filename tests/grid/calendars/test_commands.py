"""`wangge calendar …`, and what doctor says of the calendar."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from grid.calendars import almanac
from grid.db import db
from grid.trail.entry import TrailEntry
from tests.factories.notice import NOTICE_2027, notice_csv, notice_xlsx


def wangge(app: Flask, *arguments: str, told: str = "") -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(arguments), input=told)


def test_show_lists_a_year(app: Flask) -> None:
    known, guessed = wangge(app, "calendar", "show", "2026"), wangge(app, "calendar", "show", "2027")

    assert (
        known.output.startswith("2026 年：248 个工作日\n")
        and "2026-02-14 星期六  调休上班  春节调休" in known.output
    )
    assert "（暂定：没有通知）" in guessed.output and "2027-02-05 星期五  放假  春节  暂定" in guessed.output


@pytest.mark.parametrize("make", [notice_csv, notice_xlsx])
def test_import_shows_asks_and_imports(app: Flask, tmp_path: Path, make: object) -> None:
    file = tmp_path / "2027"
    file.write_bytes(make())  # type: ignore[operator]

    refused = wangge(app, "calendar", "import", str(file), told="n\n")
    assert refused.exit_code == 1 and "新增  2027-02-20 调休上班 春节调休" in refused.output
    assert almanac.gaps() == [2027]

    done = wangge(app, "calendar", "import", str(file), "--source", "测试通知", "--yes")
    assert done.exit_code == 0 and "已导入。" in done.output
    db.session.rollback()
    assert almanac.gaps() == [] and len(almanac.current().of_year(2027)) == len(NOTICE_2027)
    assert (
        db.session.scalars(select(TrailEntry).where(TrailEntry.action == "calendar:import")).one().actor_id is None
    )


def test_import_refuses_with_the_date_or_the_reason(app: Flask, tmp_path: Path) -> None:
    wrong, broken = tmp_path / "wrong.csv", tmp_path / "broken.xlsx"
    wrong.write_bytes(notice_csv([*NOTICE_2027, ("2027-02-06", "上班", "")]))
    broken.write_bytes(notice_xlsx()[:1000])

    contradictory = wangge(app, "calendar", "import", str(wrong), "--yes")
    unreadable = wangge(app, "calendar", "import", str(broken), "--yes")

    assert contradictory.exit_code == unreadable.exit_code == 1
    assert "2027-02-06 自相矛盾" in contradictory.output and "什么都没有导入" in unreadable.output
    assert almanac.gaps() == [2027]


def test_doctor_warns_of_a_year_without_notice(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "notice.csv").write_bytes(notice_csv())

    before = wangge(app, "doctor")
    wangge(app, "calendar", "import", str(tmp_path / "notice.csv"), "--yes")
    after = wangge(app, "doctor")

    assert "NO NOTICE for 2027" in before.output and before.exit_code == 0
    assert "calendar    up to date" in after.output
