"""A street's administrator brings in her people; a new worker starts with a password of his own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.factories.staff import make_person, staff_xlsx
from tests.web.conftest import keep
from tests.web.phone import choose_pin

pytestmark = pytest.mark.browser
NEW = "Qingshan-2026"


def _pick(page: Page, data: bytes, folder: Path) -> None:
    path = folder / "人员.xlsx"
    path.write_bytes(data)
    page.get_by_test_id("file").set_input_files(path)


def _staff_page(console: Callable[[str], Page]) -> Page:
    admin = console("xt01")
    admin.get_by_test_id("nav-settings").click()
    admin.get_by_test_id("users").wait_for()
    return admin


def test_a_worker_is_imported_and_starts_with_a_password_of_his_own(
    console: Callable[[str], Page], opened: Callable[..., Page], tmp_path: Path
) -> None:
    admin = _staff_page(console)
    keep(admin, "console-users")
    wrong, right = make_person(账号="wg92", 姓名="石磊", 手机号="123"), make_person(账号="wg91", 姓名="沈青山")

    # One row is faulty; the sheet comes back with it marked.
    admin.get_by_test_id("open-import").click()
    _pick(admin, staff_xlsx(right, wrong), tmp_path)
    expect(admin.get_by_test_id("import-line")).to_have_count(2)
    keep(admin, "console-import-staff")
    with admin.expect_download() as saved:
        admin.get_by_test_id("error-sheet").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes())).active
    assert [cell.value for cell in sheet["H"]] == ["问题", None, "手机号应是 1 开头的 11 位数字"]

    # Mended, both go in; the first passwords are told once.
    _pick(admin, staff_xlsx(right, wrong | {"手机号": "10012340092"}), tmp_path)
    admin.get_by_role("button", name="导入选中的 2 人").click()
    expect(admin.get_by_test_id("import-done")).to_contain_text("已导入 2 人")
    with admin.expect_download() as saved:
        admin.get_by_test_id("save-passwords").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes())).active
    given = {row[0]: row[2] for row in sheet.iter_rows(min_row=2, values_only=True)}

    # The worker signs in, must choose a password, and sees the day's work.
    phone = opened(None, "/m/", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    phone.get_by_label("账号").fill("wg91")
    phone.get_by_label("密码").fill(given["wg91"])
    phone.get_by_role("button", name="登录").click()
    phone.get_by_test_id("password-change").wait_for()
    phone.get_by_label("新密码").fill("short")
    phone.get_by_label("再输一次").fill("short")
    phone.get_by_role("button", name="改密码").click()
    expect(phone.get_by_role("alert")).to_contain_text("至少 10 位")
    keep(phone, "handset-password-change")
    phone.get_by_label("新密码").fill(NEW)
    phone.get_by_label("再输一次").fill(NEW)
    phone.get_by_role("button", name="改密码").click()
    phone.get_by_test_id("password-change").wait_for(state="detached")
    choose_pin(phone, "135792")
    expect(phone.get_by_role("heading", name="今天")).to_be_visible()


def test_posts_say_who_may_do_what(console: Callable[[str], Page]) -> None:
    admin = _staff_page(console)

    admin.get_by_test_id("settings-posts").click()

    worker = admin.get_by_test_id("posts").locator("tr").filter(has=admin.get_by_text("网格员", exact=True))
    expect(worker).to_contain_text("上报（本区域的）")
    keep(admin, "console-posts")


def test_a_department_is_opened_and_closed(console: Callable[[str], Page]) -> None:
    admin = _staff_page(console)
    admin.get_by_test_id("settings-departments").click()
    admin.get_by_test_id("departments").wait_for()

    admin.get_by_test_id("add").click()
    admin.get_by_label("代码", exact=True).fill("yl")
    admin.get_by_label("名称", exact=True).fill("大岭园林所")
    admin.get_by_label("所属区域").click()
    admin.get_by_role("option", name="大岭街道").click()
    keep(admin, "console-departments")
    admin.get_by_test_id("save").click()
    row = admin.get_by_test_id("department-row").filter(has_text="大岭园林所")
    row.get_by_role("button", name="修改").click()
    admin.get_by_test_id("active").uncheck()
    admin.get_by_test_id("save").click()

    expect(row).to_contain_text("停用")


def test_a_number_is_shown_for_a_purpose(console: Callable[[str], Page]) -> None:
    admin = _staff_page(console)
    admin.get_by_test_id("add").click()
    admin.get_by_label("账号", exact=True).fill("wg95")
    admin.get_by_label("姓名", exact=True).fill("郑一鸣")
    admin.get_by_label("手机号", exact=True).fill("100 1234 0095")
    admin.get_by_test_id("post-0").click()
    admin.get_by_role("option", name="网格员").click()
    admin.get_by_test_id("areas-0").click()
    admin.get_by_role("option", name="大岭社区第1网格").click()
    keep(admin, "console-user-form")
    admin.get_by_test_id("save").click(force=True)
    expect(admin.get_by_test_id("first-password")).to_contain_text("wg95")

    admin.get_by_test_id("q").fill("郑一鸣")
    row = admin.get_by_test_id("user-row").filter(has_text="wg95")
    expect(row).to_contain_text("100****0095")
    row.get_by_test_id("reveal").click()
    admin.get_by_role("textbox", name="看号码做什么").fill("通知开会")
    admin.get_by_role("button", name="看号码", exact=True).click()

    expect(row).to_contain_text("10012340095")
