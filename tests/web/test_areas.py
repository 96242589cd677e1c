"""Regions and grids on the console: the tree and the map; an import with a flaw in red, then one that goes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from shapely import box

from tests.factories.drawing import VILLAGE, make_feature, make_map, outline
from tests.web import phone
from tests.web.conftest import HOME, keep

pytestmark = pytest.mark.browser


def opened(console: Callable[[str], Page]) -> Page:
    admin = console("xt01")
    admin.goto("/console/#/settings/areas")
    admin.get_by_test_id("area-row").first.wait_for()
    return admin


def test_the_tree_and_the_map_show_the_net(console: Callable[[str], Page]) -> None:
    admin = opened(console)

    expect(admin.get_by_test_id("area-counts")).to_contain_text("7 个社区")
    admin.get_by_test_id("area-words").fill("富祥")
    expect(admin.get_by_role("button", name="富祥社区第1网格", exact=True)).to_be_visible()
    admin.get_by_role("button", name="富祥社区", exact=True).click()
    expect(admin.locator(".leaflet-container canvas").first).to_be_visible()
    keep(admin, "console-areas")


def test_a_drawing_with_a_gap_is_shown_in_red_and_a_mended_one_goes_in(
    console: Callable[[str], Page], tmp_path: Path
) -> None:
    village = outline(VILLAGE)
    half = village.intersection(box(0, 0, village.centroid.x, 90))
    wrong, right = tmp_path / "有空隙.geojson", tmp_path / "改好了.geojson"
    wrong.write_bytes(make_map(make_feature(half, community=VILLAGE, name="大洲村第1网格")))
    rest = village.difference(half)
    right.write_bytes(make_map(*(make_feature(part, community=VILLAGE) for part in (half, rest))))
    admin = opened(console)

    admin.get_by_test_id("import-grids").click()
    admin.get_by_test_id("file").set_input_files(wrong)

    expect(admin.get_by_test_id("import-refused")).to_contain_text("1 处")
    expect(admin.locator(".area-flaw")).to_contain_text("空隙")
    expect(admin.get_by_test_id("import-row")).to_contain_text("平方米")
    expect(admin.get_by_test_id("import-confirm")).to_have_count(0)
    keep(admin, "console-areas-gap")

    admin.get_by_test_id("file").set_input_files(right)
    expect(admin.get_by_test_id("import-row")).to_have_count(2)
    keep(admin, "console-areas-preview")
    admin.get_by_test_id("import-confirm").click()
    expect(admin.get_by_test_id("import-done")).to_contain_text("2 条")
    admin.get_by_test_id("import-close").click()
    expect(admin.get_by_test_id("area-counts")).to_contain_text("16 个网格")


def test_regions_from_a_table_say_which_row_is_wrong(console: Callable[[str], Page], tmp_path: Path) -> None:
    table = tmp_path / "区域.csv"
    table.write_text("代码,名称,层级\n441323002301,新塘村,村\n4413230023,写错村,村\n", encoding="utf-8")
    admin = opened(console)

    admin.get_by_test_id("import-regions").click()
    admin.get_by_test_id("file").set_input_files(table)

    expect(admin.get_by_test_id("import-row")).to_contain_text("12 位")
    keep(admin, "console-areas-regions")
    admin.get_by_test_id("import-confirm").click()
    expect(admin.get_by_test_id("import-done")).to_contain_text("1 条")


def test_a_checkpoint_is_set_up_on_the_map_and_ticked_by_walking_there(
    console: Callable[[str], Page], handset: Callable[..., Page]
) -> None:
    admin = opened(console)
    admin.get_by_test_id("open-checkpoints").click()
    admin.get_by_role("region", name="巡查点地图").click(position={"x": 200, "y": 200})
    form = admin.get_by_test_id("checkpoint-form")
    form.get_by_label("名称").fill("东门变压器")
    form.get_by_label("经度").fill(str(HOME["longitude"]))
    form.get_by_label("纬度").fill(str(HOME["latitude"]))
    form.get_by_label("几天一次").fill("1")
    admin.get_by_test_id("checkpoint-save").click()
    row = admin.get_by_test_id("checkpoint-row").filter(has_text="东门变压器")
    expect(row).to_contain_text("还没有")
    keep(admin, "console-checkpoints")

    worker = handset("wg01", geolocation={**HOME, "latitude": HOME["latitude"] + 0.003})
    phone.ready(worker)
    worker.goto("/m/#/patrol")
    point = worker.get_by_test_id("checkpoint").filter(has_text="东门变压器")
    expect(point).to_contain_text("还没去过")
    worker.get_by_test_id("shift").click()
    worker.get_by_text("签退").wait_for()
    worker.context.set_offline(True)
    worker.context.set_geolocation(HOME)
    expect(point).to_contain_text("到过")
    keep(worker, "handset-round")
    with worker.expect_response("**/sync/push") as pushed:
        worker.context.set_offline(False)
        worker.evaluate("window.dispatchEvent(new Event('online'))")
    assert {one["status"] for one in pushed.value.json()["results"]} == {"applied"}
    worker.get_by_test_id("shift").click()

    admin.get_by_test_id("checkpoints-close").click()
    admin.get_by_test_id("open-checkpoints").click()
    expect(row).not_to_contain_text("还没有")


def test_a_checkpoint_is_taken_off_only_when_sure_and_comes_back(console: Callable[[str], Page]) -> None:
    admin = opened(console)
    admin.get_by_test_id("open-checkpoints").click()
    admin.get_by_role("region", name="巡查点地图").click(position={"x": 200, "y": 200})
    form = admin.get_by_test_id("checkpoint-form")
    form.get_by_label("名称").fill("西门水泵")
    form.get_by_label("经度").fill("")
    form.get_by_label("纬度").fill(str(HOME["latitude"]))
    admin.get_by_test_id("checkpoint-save").click()
    expect(form.get_by_role("alert")).to_contain_text("请填经度")
    form.get_by_label("经度").fill(str(HOME["longitude"]))
    admin.get_by_test_id("checkpoint-save").click()
    row = admin.get_by_test_id("checkpoint-row").filter(has_text="西门水泵")

    row.get_by_test_id("checkpoint-edit").click()
    admin.get_by_test_id("checkpoint-off").click()
    expect(form.get_by_role("alert")).to_contain_text("手机上不再有“西门水泵”")
    admin.get_by_test_id("checkpoint-off-sure").click()
    expect(row).to_have_count(0)

    admin.get_by_test_id("checkpoints-false").click()
    keep(admin, "console-checkpoints-off")
    row.get_by_test_id("checkpoint-restore").click()
    expect(row).to_have_count(0)
    admin.get_by_test_id("checkpoints-true").click()
    expect(row.get_by_test_id("checkpoint-edit")).to_be_visible()
