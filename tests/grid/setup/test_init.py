"""`wangge init`: an empty database becomes a street that works, or stays empty and is told everything wrong."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from shapely.geometry import shape

from fixtures.qinghe import build, example
from grid.db import db
from grid.errors import Conflict, Invalid
from grid.setup import administrator
from tests.factories.census import census
from tests.factories.person import Caller
from tests.factories.photo import jpeg
from tests.grid.setup.conftest import ADMINS

Init = Callable[..., Result]


def edit(path: Path, cell: str, value: str) -> None:
    """Change one cell of a workbook's first sheet."""
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0][cell] = value
    workbook.save(path)


def test_the_example_is_written_as_it_was_built(tmp_path: Path) -> None:
    assert build.text(build.build()) == build.TARGET.read_text("utf-8")

    example.write(tmp_path / "new")

    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "departments.xlsx",
        "grids.geojson",
        "regions.xlsx",
        "staff.xlsx",
        "standards.xlsx",
        "说明.txt",
    ]
    staff = openpyxl.load_workbook(tmp_path / "new" / "staff.xlsx")
    assert [sheet.title for sheet in staff] == ["staff", "说明"]
    assert [cell.value for cell in staff["staff"][1]] == "账号 姓名 手机号 岗位 负责区域 部门 状态".split()
    with pytest.raises(Conflict):
        example.write(tmp_path / "new")


def test_a_check_finds_nothing_wrong_and_writes_nothing(empty: Flask, init: Init, folder: Path) -> None:
    before = census()

    done = init("--check", folder)

    assert done.exit_code == 0, done.output
    assert "区域 11，网格 11，部门 9，人员 26，立案条件 20" in done.output
    assert census() == before


def test_everything_wrong_in_all_files_is_told_at_once(empty: Flask, init: Init, folder: Path) -> None:
    before = census()
    edit(folder / "regions.xlsx", "A12", "999901001203x")
    edit(folder / "departments.xlsx", "C3", "123")
    edit(folder / "staff.xlsx", "D4", "巡警")
    edit(folder / "standards.xlsx", "I3", "马上")
    told = json.loads((folder / "grids.geojson").read_text("utf-8"))
    told["features"].pop()
    (folder / "grids.geojson").write_text(json.dumps(told), encoding="utf-8")

    done = init("--check", folder)

    assert done.exit_code == 1
    lines = done.output
    for file, words in (
        ("regions.xlsx", "A12"),
        ("departments.xlsx", "C3"),
        ("staff.xlsx", "巡警"),
        ("standards.xlsx", "I3"),
        ("grids.geojson", "空隙"),
    ):
        assert any(file in line and words in line for line in lines.splitlines()), (file, lines)
    assert census() == before


def test_missing_files_are_said_and_nothing_is_written(
    empty: Flask, init: Init, folder: Path, admins: Path
) -> None:
    before = census()
    for missing in ("staff.xlsx", "standards.xlsx"):
        (folder / missing).unlink()

    done = init("--yes", "--admin-file", admins, folder)

    assert done.exit_code == 1
    assert "缺少人员" in done.output and "缺少立结案标准" in done.output
    assert census() == before
    assert not (Path(empty.config["DATA"]) / "initial-passwords.csv").exists()


def test_a_broken_file_is_said_and_the_others_are_still_looked_at(empty: Flask, init: Init, folder: Path) -> None:
    (folder / "departments.xlsx").write_bytes(b"PK\x03\x04 not a workbook")

    done = init("--check", folder)

    assert "departments.xlsx" in done.output
    assert any("staff.xlsx" in line for line in done.output.splitlines())  # whose departments are not there


def test_csv_files_do_as_well(empty: Flask, init: Init, folder: Path) -> None:
    for name in ("regions", "departments", "staff"):
        (folder / f"{name}.xlsx").unlink()
        shutil.copyfile(example.HERE / f"{name}.csv", folder / f"{name}.csv")

    assert init("--check", folder).exit_code == 0


@pytest.mark.parametrize(
    ("edit_", "words"),
    [
        (("Green-Field-02", "password"), "密码至少"),
        (("审计管理员", "安全管理员"), "三行"),
        (("anquan", "XITONG"), "三个人"),
        (("乙二", ""), "没有填完"),
        (("安全管理员", "网格员"), "不认识"),
    ],
)
def test_administrators_are_three_people_with_strong_passwords(edit_: tuple[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        administrator.read(ADMINS.replace(*edit_).encode())


def test_an_administrator_who_is_on_the_staff_list_stops_it(
    empty: Flask, init: Init, folder: Path, admins: Path
) -> None:
    before = census()
    admins.write_text(admins.read_text("utf-8").replace("xitong", "w01"), encoding="utf-8")

    done = init("--yes", "--admin-file", admins, folder)

    assert done.exit_code == 1
    assert "w01" in done.output
    assert census() == before


def test_a_database_that_has_a_street_is_left_alone(app: Flask, folder: Path, admins: Path) -> None:
    before = census()

    done = app.test_cli_runner().invoke(args=["init", "--yes", "--admin-file", str(admins), str(folder)])

    assert done.exit_code == 1
    assert "已经有街道" in done.output
    assert census() == before


def test_administrators_can_be_asked_for(empty: Flask, init: Init, folder: Path) -> None:
    weak, strong = "weak\nweak\n", "Green-Field-01\nGreen-Field-01\n"
    answers = f"xitong\n甲一\n{weak}{strong}anquan\n乙二\n{strong}shenji\n丙三\n{strong}y\n"

    done = init(folder, input=answers)

    assert done.exit_code == 0, done.output
    assert "密码至少" in done.output
    assert "xitong" in done.output.splitlines()[-1]


def sign_in(app: Flask, username: str, password: str) -> Caller:
    """Sign in with the first password and choose one's own, as everybody must."""
    caller = Caller(app)
    for attempt in (password, f"My-own-{username[::-1]}-9"):
        answer = caller.post("/api/sessions", json={"username": username, "password": attempt})
        assert answer.status_code == 200, answer.text
        caller.headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
        if attempt == password:
            assert caller.get("/api/queues").status_code == 403
            chosen = {"old": password, "new": f"My-own-{username[::-1]}-9"}
            changed = caller.put("/api/me/password", json=chosen)
            assert changed.status_code < 300, changed.text
    return caller


def step(caller: Caller, event_id: str, action: str, **told: object) -> None:
    shown = caller.get(f"/api/events/{event_id}")
    assert shown.status_code == 200, shown.text
    [offer] = [each for each in shown.json["steps"] if each["action"] == action]
    answer = caller.post(
        offer["href"], json={"action": action, **told}, headers={"If-Match": shown.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text


def test_a_report_runs_through_the_new_street(empty: Flask, init: Init, folder: Path, admins: Path) -> None:
    done = init("--yes", "--admin-file", admins, folder)
    assert done.exit_code == 0, done.output
    secret = Path(empty.config["DATA"]) / "initial-passwords.csv"
    assert oct(os.stat(secret).st_mode & 0o777) == "0o600"
    with secret.open(encoding="utf-8-sig") as file:
        passwords = {row["账号"]: row["初始密码"] for row in csv.DictReader(file)}
    assert len(set(passwords.values())) == 26
    db.session.rollback()

    worker = sign_in(empty, "w01", passwords["w01"])
    start = worker.get("/mobile/v1/bootstrap").json
    [home] = start["grids"]
    assert home["code"] == "999901001001001"
    spot = shape(home["boundary"]).representative_point()
    photo = jpeg(4711)
    sha256 = hashlib.sha256(photo).hexdigest()
    assert worker.put(f"/mobile/v1/photos/{sha256}", data=photo, content_type="image/jpeg").status_code == 201
    report = {
        "client_id": str(uuid4()),
        "category": "E0406",  # certain: accepted, filed and dispatched by the rules
        "description": "人行道上摆摊",
        "occurred_at": "2026-11-23T08:58:00+08:00",
        "position": {"lon": spot.x, "lat": spot.y, "datum": "cgcs2000", "accuracy_m": 6.0},
        "photos": [{"sha256": sha256, "role": "near"}],
    }
    receipt = worker.post("/mobile/v1/reports", json=report)
    assert receipt.status_code == 201, receipt.text
    assert receipt.json["area"]["code"] == "999901001001001"
    assert receipt.json["flags"] == []
    event_id = receipt.json["id"]

    desk = sign_in(empty, "zx01", passwords["zx01"])
    case = desk.get(f"/api/events/{event_id}").json
    assert case["state"]["code"] == "pending_sign"
    assert case["case_no"].startswith("99990100120261123")
    assert case["department"]["name"] == "青禾城管中队"
    clerk = sign_in(empty, "cg01", passwords["cg01"])
    other = sign_in(empty, "pc01", passwords["pc01"])
    assert other.get(f"/api/events/{event_id}").status_code == 404
    step(clerk, event_id, "sign")
    step(clerk, event_id, "submit", note="已劝离")
    step(clerk, event_id, "confirm")
    step(desk, event_id, "forward")
    step(desk, event_id, "send_check", assignee="w01")
    [task] = worker.get("/mobile/v1/tasks").json["items"]
    etag = worker.get(f"/mobile/v1/tasks/{task['id']}").headers["ETag"]
    told = {"client_id": str(uuid4()), "result": "pass"}
    answered = worker.post(f"/mobile/v1/tasks/{task['id']}/answer", json=told, headers={"If-Match": etag})
    assert answered.status_code == 200, answered.text
    step(desk, event_id, "close")

    assert desk.get(f"/api/events/{event_id}").json["state"]["code"] == "closed"
    admin = Caller(empty).post("/api/sessions", json={"username": "xitong", "password": "Green-Field-01"})
    assert "area:manage" in admin.json["user"]["permissions"]
