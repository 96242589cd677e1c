"""Staff from the command line."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

from flask import Flask

from grid.accounts.password import matches
from tests.factories.account import find_user
from tests.factories.census import census
from tests.factories.staff import make_person, staff_xlsx


def _staff(tmp_path: Path) -> Path:
    path = tmp_path / "人员.xlsx"
    path.write_bytes(staff_xlsx(make_person(), make_person(账号="wg82", 手机号="12")))
    return path


def test_staff_is_imported_with_a_file_of_first_passwords_for_its_owner_only(app: Flask, tmp_path: Path) -> None:
    told = tmp_path / "first.csv"

    run = app.test_cli_runner().invoke(
        args=["import", "staff", str(_staff(tmp_path)), "--yes", "--passwords", str(told)]
    )

    assert run.exit_code == 0, run.output
    assert "人员!C3 手机号应是" in run.output and "已导入 1 人" in run.output
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    with told.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert matches(row["初始密码"], find_user("wg81").password_hash)
    assert row["初始密码"] not in run.output


def test_a_no_changes_nothing(app: Flask, tmp_path: Path) -> None:
    before = census("import_preview", "trail_entry")
    told = tmp_path / "first.csv"

    run = app.test_cli_runner().invoke(
        args=["import", "staff", str(_staff(tmp_path)), "--passwords", str(told)], input="n\n"
    )

    assert run.exit_code == 1 and not told.exists()
    assert census("import_preview", "trail_entry") == before


def test_a_file_of_passwords_is_never_overwritten(app: Flask, tmp_path: Path) -> None:
    told = tmp_path / "first.csv"
    told.write_text("secret")

    run = app.test_cli_runner().invoke(
        args=["import", "staff", str(_staff(tmp_path)), "--yes", "--passwords", str(told)]
    )

    assert run.exit_code == 1 and "已经存在" in run.output and told.read_text() == "secret"


def test_departments_are_imported(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "部门.csv"
    path.write_text("代码,名称,所属区域\nyl,大岭园林所,441323002\n", "utf-8")

    run = app.test_cli_runner().invoke(args=["import", "departments", str(path), "--yes"])

    assert run.exit_code == 0 and "已导入 1 个部门" in run.output, run.output


def test_a_password_is_reset_and_an_account_stopped(app: Flask) -> None:
    runner = app.test_cli_runner()

    reset = runner.invoke(args=["user", "reset-password", "wg02"])
    stopped = runner.invoke(args=["user", "disable", "wg03"])
    nobody = runner.invoke(args=["user", "disable", "automaton"])

    assert matches(reset.stdout.split("：")[1].split()[0], find_user("wg02").password_hash)
    assert find_user("wg02").must_change_password and not find_user("wg03").is_active
    assert (stopped.exit_code, nobody.exit_code) == (0, 1)
