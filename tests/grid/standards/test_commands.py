"""The commands: import with a question, export, try."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from fixtures.standards import city
from grid.events import rulebook
from tests.factories.census import census
from tests.factories.workbook import KITES, make_line, make_workbook

DONGXING = "441323002005001"


def write(folder: Path, data: bytes) -> str:
    path = folder / "标准.xlsx"
    path.write_bytes(data)
    return str(path)


def test_an_import_shows_every_row_that_needs_a_look_and_asks(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    before = census("import_batch", "trail_entry")

    done = run(args=["import", "standards", write(tmp_path, city.build())], input="n\n")

    assert done.exit_code == 1
    assert "是不是“大岭消防站”" in done.output
    assert "新增 3，变更 3，不变 7，停用 1，跳过 2，拒绝 3" in done.output
    assert census("import_batch", "trail_entry") == before


def test_an_import_takes_in_the_chosen_rows(app: Flask, tmp_path: Path) -> None:
    data = make_workbook(KITES, make_line(condition="风筝断线伤人"), make_line(small_code=76, small_name="气球"))

    done = app.test_cli_runner().invoke(
        args=["import", "standards", write(tmp_path, data), "--lines", "1-2", "--yes"]
    )

    assert done.exit_code == 0, done.output
    assert "已导入 2 条，从 2026-11-23 起生效。" in done.output
    assert len(rulebook.current().find("E0177").conditions) == 2
    assert "E0176" not in rulebook.current().by_code


def test_a_broken_file_and_a_bad_list_of_rows_say_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke

    broken = run(args=["import", "standards", write(tmp_path, b"no workbook"), "--yes"])
    bad = run(args=["import", "standards", write(tmp_path, make_workbook(KITES)), "--yes", "--lines", "a"])

    assert (broken.exit_code, bad.exit_code) == (1, 1)
    assert "不是 Excel 工作簿" in broken.output
    assert "1,4-9" in bad.output


def test_an_export_can_be_imported_again(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    path = str(tmp_path / "out.xlsx")

    out = run(args=["export", "standards", path, "--scheme", "social"])
    back = run(args=["import", "standards", path, "--scheme", "social", "--yes"])

    assert out.exit_code == 0
    assert "不变 39" in back.output
    assert "没有可以导入的内容" in back.output


def test_rules_are_tried_in_words(app: Flask) -> None:
    args = ["rules", "try", "--category", "E0406", "--area", DONGXING, "--at", "2026-11-23 17:00"]

    done = app.test_cli_runner().invoke(args=args)

    assert done.exit_code == 0, done.output
    assert "处置    大岭市场监管所（责任清单第 16 条）" in done.output
    assert "时限    2紧急工作时，到 2026-11-23 19:00" in done.output


def test_a_place_is_lon_before_lat(app: Flask) -> None:
    run = app.test_cli_runner().invoke

    right = run(args=["rules", "try", "--category", "E0110", "--place", "114.7326,22.9489", "--datum", "wgs84"])
    swapped = run(args=["rules", "try", "--category", "E0110", "--place", "22.9489,114.7326"])
    word = run(args=["rules", "try", "--category", "E0110", "--place", "here"])

    assert right.exit_code == 0, right.output
    assert (swapped.exit_code, word.exit_code) == (1, 1)
    assert "经度在前" in word.output
