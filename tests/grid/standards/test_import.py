"""From a workbook to what holds: every trap of the workbooks, the preview, and the dated version."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fixtures.daling import STREET
from fixtures.standards import city
from grid.accounts import user as users
from grid.areas import net
from grid.db import db, transaction
from grid.errors import Conflict, Invalid, NotFound, Stale
from grid.events import handling, rulebook
from grid.events.category import Category, CategoryScheme, FilingCondition
from grid.events.responsibility import Responsibility
from grid.imports.fate import Fate
from grid.standards import batch
from grid.standards.batch import BatchState, ImportBatch
from grid.standards.line import Line
from grid.trail.entry import TrailEntry
from tests.conftest import Clock
from tests.factories.census import census
from tests.factories.event import fresh, make_event
from tests.factories.workbook import BURNING, HEADING, KITES, make_line, make_workbook

TODAY = date(2026, 11, 23)
GRID = "441323002001001"


def preview(data: bytes, scheme: str = "urban", **told: Any) -> ImportBatch:
    drafted = batch.draft(data, scheme, **told)
    with transaction():
        return batch.keep(users.find("xt01"), drafted)


def take(data: bytes, chosen: list[int] | None = None, **told: Any) -> ImportBatch:
    found = preview(data, **told)
    with transaction():
        return batch.confirm(users.find("xt01"), found, chosen)


def lines(found: ImportBatch) -> list[Line]:
    return [Line.of(told) for told in found.lines]


def fates(found: ImportBatch) -> list[str]:
    return [str(line.fate) for line in lines(found)]


def only(found: ImportBatch) -> Line:
    [line] = lines(found)
    return line


def reason(line: Line) -> tuple[str, str]:
    [found] = line.reasons
    return found["cell"], found["text"]


def changes(line: Line) -> dict[str, tuple[str, str]]:
    return {change["field"]: (change["before"], change["after"]) for change in line.changes}


def handlers(code: str, area: str = "") -> dict[str, str]:
    """Condition → department, as the rules say; of Daling, or of an area in it."""
    found, place = rulebook.current().find(code), area or net.current().find(STREET).path
    choices = {c.text: rulebook.choose_department(found, c.id, place) for c in found.conditions}
    return {text: choice.value.department_code for text, choice in choices.items() if choice}


# -- every trap of the workbooks ---------------------------------------------------------------------------------


def test_a_workbook_with_every_trap_is_understood(app: Flask) -> None:
    found = preview(city.build())

    assert [(line.sheet, line.row, line.code, str(line.fate)) for line in lines(found)] == [
        ("部件", 4, "C0101", "unchanged"),
        ("部件", 5, "C0101", "changed"),
        ("部件", 6, "C0101", "unchanged"),
        ("部件", 7, "C0101", "skipped"),
        ("部件", 8, "", "skipped"),
        ("部件", 9, "C0137", "refused"),
        ("部件", 10, "C0198", "new"),
        ("部件", 11, "C0197", "new"),
        ("事件", 4, "E0110", "unchanged"),
        ("事件", 5, "E0128", "unchanged"),
        ("事件", 6, "E0184", "unchanged"),
        ("事件", 7, "E0184", "changed"),
        ("事件", 8, "E0406", "changed"),
        ("事件", 9, "E0499", "refused"),
        ("事件", 10, "E0496", "refused"),
        ("事件", 11, "E0495", "new"),
        ("事件", 12, "E0506", "unchanged"),
        ("事件", 13, "E0505", "unchanged"),
        ("", 0, "E0506", "ended"),
    ]
    by_row = {(line.sheet, line.row): line for line in lines(found)}
    assert reason(by_row["部件", 7]) == ("部件 第 7 行", "与部件 第 6 行重复")
    assert reason(by_row["部件", 8]) == ("部件!G8", "合并块里的空行，没有立案条件和时限")
    assert reason(by_row["部件", 9]) == ("部件!I9", "没有处置时限")
    assert reason(by_row["事件", 8]) == ("事件!I8", "时限后面多了“制止”，按 1紧急工作时 导入，请核对")
    assert reason(by_row["事件", 9]) == ("事件!I9", "处置时限“30”看不懂：没有写单位")
    assert reason(by_row["事件", 10]) == ("事件!E10", "没有叫“大岭消防大队”的部门，是不是“大岭消防站”")
    assert changes(by_row["部件", 5]) == {"立案条件": ("井盖破损大于25平方厘米", "井盖破损大于25 cm²")}
    assert changes(by_row["事件", 7]) == {"处置时限": ("1个工作日", "2个工作日")}
    assert str(by_row["部件", 11].limit) == "3个工作日"


def test_blank_cells_repeat_the_row_above_only_as_far_as_they_may(app: Flask) -> None:
    found = preview(
        make_workbook(
            KITES,
            make_line(small_code=76, small_name="气球缠线", big_code=None, big_name=None, unit=None),
            make_line(
                **dict.fromkeys(("big_code", "big_name", "small_code", "small_name", "unit")), condition="气球爆了"
            ),
        )
    )

    kites, balloons, burst = lines(found)
    assert [line.code for line in (kites, balloons, burst)] == ["E0177", "E0176", "E0176"]
    assert kites.units is not None
    assert balloons.units is None
    assert (burst.name, burst.units) == ("气球缠线", None)


def test_a_limit_merged_over_several_conditions_holds_for_each(app: Flask) -> None:
    rows = (
        KITES,
        make_line(condition="风筝缠在树上", limit=None),
        make_line(condition="风筝缠在塔上", limit=None),
    )

    merged = preview(make_workbook(*rows, merged=("I2:I4",)))
    blank = preview(make_workbook(*rows))

    assert [str(line.limit) for line in lines(merged)] == ["4小时"] * 3
    assert fates(blank) == ["new", "refused", "refused"]


BAD_CELLS: list[tuple[dict[str, Any], str, str]] = [
    ({"small_code": "六"}, "事件!C2", "小类代码应是 01 到 99"),
    ({"big_code": 123}, "事件!A2", "大类代码应是 01 到 99"),
    ({"small_name": None}, "事件!D2", "没有小类名称"),
    ({"small_name": "长" * 61}, "事件!D2", "太长：61 个字，最多 60 个"),
    ({"condition": None}, "事件!G2", "有时限，但没有立案条件"),
    ({"condition": "条" * 501}, "事件!G2", "太长"),
    ({"condition": "井\ue123盖"}, "事件!G2", "有无法识别的字符"),
    ({"limit": "立即"}, "事件!I2", "看不懂"),
    ({"limit": date(2026, 11, 23)}, "事件!I2", "日期"),
    ({"unit": "大岭城管"}, "事件!E2", "是不是“大岭城管中队”"),
    ({"unit": "天文台"}, "事件!E2", "请先建立这个部门"),
    ({"unit": "大岭城管中队（月球）"}, "事件!E2", "没有“月球”这个区域"),
    ({"big_name": None, "big_code": "44"}, "事件 第 2 行", "没有大类名称"),
]


def test_a_bad_cell_is_named_with_its_reason(app: Flask) -> None:
    for told, cell, words in BAD_CELLS:
        line = only(preview(make_workbook(make_line(**told))))

        assert line.fate is Fate.REFUSED
        assert (cell, True) in [(found["cell"], words in found["text"]) for found in line.reasons], line.reasons


def test_an_error_value_is_refused(app: Flask) -> None:
    line = only(preview(make_workbook(make_line(condition="#REF!"))))

    assert reason(line)[0] == "事件!G2"
    assert "错误值" in reason(line)[1]


def test_a_row_that_contradicts_another_is_refused(app: Flask) -> None:
    found = preview(
        make_workbook(KITES, make_line(small_name="风筝缠树", condition="缠在树上"), make_line(limit="5小时"))
    )

    first, other_name, other_limit = lines(found)
    assert fates(found) == ["new", "refused", "refused"]
    assert "与事件 第 2 行的名称不同" in reason(other_name)[1]
    assert "与事件 第 2 行是同一条立案条件" in reason(other_limit)[1]


KINDS: list[tuple[str, tuple[str, ...], Any, Any, str]] = [
    ("部件", HEADING, (), KITES, "C0177"),
    ("Sheet1", ("类型", *HEADING), (), ("部件", *KITES), "C0177"),
    ("Sheet1", ("类型", *HEADING), (), ("部件(设施)", *KITES), "C0177"),
    ("Sheet1", HEADING, (("某市部件立案标准",), ()), KITES, "C0177"),
    ("Sheet1", HEADING, (("某市部件和事件立案标准",), ()), KITES, ""),
    ("Sheet1", HEADING, (), KITES, ""),
    ("Sheet1", HEADING, (), make_line(big_code="E01"), "E0177"),
    ("Sheet1", HEADING, (), make_line(big_code="R", big_name="风筝"), "R77"),
]


def test_the_kind_comes_from_a_column_the_sheet_or_the_title(app: Flask) -> None:
    for title, heading, above, row, code in KINDS:
        line = only(preview(make_workbook(row, title=title, heading=heading, above=above)))

        assert line.code == code
        assert line.fate is (Fate.NEW if code else Fate.REFUSED)


def test_a_row_between_others_may_name_the_kind(app: Flask) -> None:
    found = preview(make_workbook(("一、部件",), KITES, ("二、事件",), KITES, title="Sheet1"))

    assert [line.code for line in lines(found)] == ["C0177", "E0177"]


def test_headings_have_many_names_and_may_carry_the_unit_of_the_limit(app: Flask) -> None:
    heading = (
        "大类编码",
        "大类",
        "小类编号",
        "小类",
        "责任单位",
        "主管 部门",
        "立案\n标准",
        "结案标准",
        "处理时限（小时）",
    )

    line = only(preview(make_workbook(make_line(limit=4), heading=heading)))

    assert (line.code, line.condition, str(line.limit)) == ("E0177", KITES[6], "4小时")


# -- against what stands -----------------------------------------------------------------------------------------


def test_a_condition_in_other_words_is_the_same_condition(app: Flask) -> None:
    line = only(
        preview(make_workbook(make_line(BURNING, condition="露天焚烧垃圾、树叶、秸秆", limit="1紧急工作时")))
    )

    assert line.fate is Fate.CHANGED
    assert set(changes(line)) == {"立案条件", "处置时限"}


def test_a_quite_different_condition_is_new_and_the_old_one_ends(app: Flask) -> None:
    found = preview(make_workbook(make_line(BURNING, condition="炉灶冒黑烟")))

    new, ended = lines(found)
    assert (new.fate, ended.fate) == (Fate.NEW, Fate.ENDED)
    assert ended.condition == BURNING[6]


def test_nothing_ends_while_a_row_of_the_class_is_refused(app: Flask) -> None:
    found = preview(make_workbook(make_line(BURNING, condition="炉灶冒黑烟"), make_line(BURNING, limit="立即")))

    assert fates(found) == ["new", "refused"]


def test_nothing_ends_while_nobody_knows_which_class_a_row_means(app: Flask) -> None:
    found = preview(make_workbook(make_line(BURNING, condition="炉灶冒黑烟"), make_line(small_code="?")))

    assert fates(found) == ["new", "refused"]


def test_classes_the_workbook_lacks_end_only_when_it_is_complete(app: Flask) -> None:
    partial, complete = preview(make_workbook(BURNING)), preview(make_workbook(BURNING), is_complete=True)

    assert fates(partial) == ["unchanged"]
    assert complete.counts["ended"] == 95
    assert complete.counts["unchanged"] == 1


def test_a_code_of_another_scheme_is_refused(app: Flask) -> None:
    line = only(preview(make_workbook(BURNING), scheme="social"))

    assert "代码 E0120 已经用在" in reason(line)[1]


# -- taking it in ------------------------------------------------------------------------------------------------


def test_nothing_is_taken_in_before_somebody_confirms(app: Flask) -> None:
    before = census("import_batch", "trail_entry")

    preview(city.build())

    assert census("import_batch", "trail_entry") == before
    assert "E0495" not in rulebook.current().by_code


def test_confirming_takes_everything_in_at_once(app: Flask) -> None:
    done = take(city.build())

    book = rulebook.current()
    assert (done.state, len(done.taken)) == (BatchState.CONFIRMED, 7)
    assert [str(c.limit) for c in book.find("E0184").conditions] == ["2紧急工作时", "2个工作日"]
    assert [c.text for c in book.find("E0506").conditions] == ["积水没过路沿，车辆难行"]
    assert book.find("C0198").conditions == ()
    assert handlers("E0495") == {"店家占道促销": "cg"}
    [kept] = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "standards:import"))
    assert kept.data["sha256"] == done.sha256
    assert [str(line.fate) for line in lines(preview(city.build())) if line.fate and line.fate.is_wish] == []


def test_only_the_chosen_rows_are_taken_in(app: Flask) -> None:
    take(make_workbook(KITES, make_line(BURNING, limit="9小时")), [1])

    assert "E0177" in rulebook.current().by_code
    assert [str(c.limit) for c in rulebook.current().find("E0120").conditions] == ["2紧急工作时"]


def test_rows_that_cannot_be_taken_in_are_not(app: Flask) -> None:
    found = preview(make_workbook(KITES, make_line(limit="立即", condition="别的"), BURNING))
    before = census()

    for chosen in ([2], [3], [1, 99], [-1], []):
        with pytest.raises(Invalid) as refused, transaction():
            batch.confirm(None, batch.get(found.id), chosen)
        assert refused.value.field == "lines"

    assert census() == before


def test_what_is_replaced_ends_on_the_day_and_stays_in_the_tables(app: Flask) -> None:
    take(make_workbook(make_line(BURNING, limit="1紧急工作时", small_name="露天焚烧")))

    old, new = db.session.scalars(select(Category).where(Category.code == "E0120").order_by(Category.id))
    assert (old.name, old.valid_to) == ("焚烧垃圾、树叶", TODAY)
    assert (new.name, new.valid_from, new.valid_to) == ("露天焚烧", TODAY, None)
    rows = db.session.scalars(select(FilingCondition).where(FilingCondition.text == BURNING[6])).all()
    assert sorted((str(row.limit), row.valid_to) for row in rows) == [
        ("1紧急工作时", None),
        ("2紧急工作时", TODAY),
    ]


def test_a_version_of_a_later_day_holds_from_that_day(app: Flask, time: Clock) -> None:
    later = TODAY + timedelta(days=3)
    take(make_workbook(make_line(BURNING, limit="1紧急工作时", unit="大岭城管中队")), valid_from=later)

    assert [str(c.limit) for c in rulebook.current().find("E0120").conditions] == ["2紧急工作时"]
    assert [str(c.limit) for c in rulebook.on(later).find("E0120").conditions] == ["1紧急工作时"]
    assert handlers("E0120") == {BURNING[6]: "hb"}

    time.move(days=3)
    db.session.info.clear()
    assert [str(c.limit) for c in rulebook.current().find("E0120").conditions] == ["1紧急工作时"]
    assert handlers("E0120") == {BURNING[6]: "cg"}


def test_no_version_goes_before_a_later_one_or_into_the_past(app: Flask) -> None:
    take(make_workbook(KITES), valid_from=TODAY + timedelta(days=3))

    with pytest.raises(Conflict, match="2026-11-26"):
        preview(make_workbook(BURNING))
    with pytest.raises(Invalid, match="不能早于今天"):
        preview(make_workbook(BURNING), valid_from=TODAY - timedelta(days=1))


def test_two_versions_of_one_day_leave_the_second(app: Flask) -> None:
    for name, limit, unit in (
        ("甲", "4小时", "大岭水务站"),
        ("乙", "5小时", "sw"),
        ("甲", "6小时", "大岭城管中队"),
    ):
        take(make_workbook(make_line(small_name=name, limit=limit, unit=unit)))

    found = rulebook.current().find("E0177")
    assert (found.name, [str(c.limit) for c in found.conditions]) == ("甲", ["6小时"])
    assert handlers("E0177") == {KITES[6]: "cg"}


def test_a_class_ended_today_can_come_back_today(app: Flask) -> None:
    take(make_workbook(KITES))
    take(make_workbook(BURNING), is_complete=True)
    assert [found.code for found in rulebook.current().classes if found.scheme.code == "urban"] == ["E0120"]

    take(make_workbook(make_line(small_name="风筝又缠线")))

    assert rulebook.current().find("E0177").name == "风筝又缠线"
    assert handlers("E0177") == {KITES[6]: "yj"}


def test_a_scheme_of_ones_own_begins_with_its_workbook(app: Flask) -> None:
    row = make_line(big_code="R", big_name="风筝", small_code=1)

    with pytest.raises(Invalid, match="没有这个类别体系"):
        preview(make_workbook(row), scheme="kites")
    take(make_workbook(row), scheme="kites", scheme_name="风筝管理")

    assert db.session.scalar(select(CategoryScheme.name).where(CategoryScheme.code == "kites")) == "风筝管理"
    assert rulebook.current().find("R01").scheme.name == "风筝管理"


def test_units_of_one_condition_leave_the_others_alone(app: Flask) -> None:
    """E0101: row 6 gives its first condition to cg, row 7 the class to zj."""
    before = handlers("E0101")
    numbers = set(db.session.scalars(select(Responsibility.number).where(Responsibility.valid_to.is_(None))))

    told = {"condition": "违章建筑正在搭建", "closing": "停工并恢复原状", "limit": "2紧急工作日"}
    take(make_workbook(make_line(BURNING, small_code="01", small_name="私搭乱建", unit="大岭派出所", **told)), [1])

    assert before == {"违章建筑正在搭建": "cg", "违章建筑已经建成": "zj"}
    assert handlers("E0101") == {"违章建筑正在搭建": "ga", "违章建筑已经建成": "zj"}
    now = set(db.session.scalars(select(Responsibility.number).where(Responsibility.valid_to.is_(None))))
    assert numbers - now == {6}


def test_a_unit_for_one_area_is_kept_beside_the_general_one(app: Flask) -> None:
    take(make_workbook(make_line(unit="大岭城管中队、大岭派出所（东兴社区）")))
    found = rulebook.current().find("E0177")

    here, there = (make_event(reporter=who).area_path for who in ("wg09", "wg01"))
    departments = [rulebook.choose_department(found, found.conditions[0].id, path) for path in (here, there)]

    assert [choice.value.department_code for choice in departments if choice] == ["ga", "cg"]


def test_a_preview_made_before_another_change_is_refused(app: Flask) -> None:
    mine, theirs = preview(make_workbook(KITES)), preview(make_workbook(make_line(BURNING, limit="9小时")))
    with transaction():
        batch.confirm(None, theirs)
    before = census()

    with pytest.raises(Conflict, match="重新上传"), transaction():
        batch.confirm(None, mine)

    assert census() == before


def test_a_workbook_is_taken_in_once(app: Flask) -> None:
    done = take(make_workbook(KITES))

    with pytest.raises(Conflict, match="已经导入过"), transaction():
        batch.confirm(None, done)


def test_a_preview_of_yesterday_cannot_be_confirmed(app: Flask, time: Clock) -> None:
    found = preview(make_workbook(KITES))
    time.move(days=1)

    with pytest.raises(Invalid, match="重新上传"), transaction():
        batch.confirm(None, found)


def test_a_workbook_that_changes_nothing_cannot_be_confirmed(app: Flask) -> None:
    found = preview(make_workbook(BURNING))

    with pytest.raises(Invalid, match="没有可以导入的内容"), transaction():
        batch.confirm(None, found)


def test_a_department_closed_since_the_preview_stops_the_import(app: Flask) -> None:
    found = preview(make_workbook(KITES))
    with transaction():
        department = db.session.scalars(select(Responsibility)).first()
        assert department is not None
        for row in db.session.scalars(select(type(department.department))):
            row.is_active = row.code != "yj"
    before = census()

    with pytest.raises(Conflict, match="已停用"), transaction():
        batch.confirm(None, found)

    assert census() == before


def test_previews_nobody_confirms_go_after_a_week(app: Flask, time: Clock) -> None:
    old = preview(make_workbook(KITES)).id
    time.move(days=8)

    new = preview(make_workbook(KITES)).id

    assert [found.id for found in batch.recent()] == [new]
    with pytest.raises(NotFound):
        batch.get(old)


# -- cases in the middle of their life ---------------------------------------------------------------------------


def test_a_case_keeps_the_condition_it_was_filed_under(app: Flask, time: Clock) -> None:
    """Filed and not yet dispatched; then its condition, its limit and its department change."""
    event = make_event(category="E0410", state="pending_dispatch", area=GRID)
    filed = event.condition_id
    row = make_line(
        BURNING, big_code="04", big_name="街面秩序", small_code="10", small_name="电动车乱停放", unit="大岭派出所",
        condition="堵住盲道、路口或消防栓", closing="车辆移走", limit="1小时",
    )  # fmt: skip
    take(make_workbook(row))
    event = fresh(event)
    found = rulebook.current().by_id[event.category_id]

    choice = rulebook.choose_department(found, event.condition_id, event.area_path)
    with transaction():
        handling.move(users.find("dd01"), event, "dispatch", department="ga")

    assert (found.name, event.condition_id) == ("电动车乱停放", filed)
    assert choice is not None and choice.value.department_code == "ga"
    assert event.assignments[0].due_at == time() + timedelta(hours=2)  # the 2小时 it was filed with


def test_a_case_of_an_ended_class_can_still_be_read_and_reclassed(app: Flask) -> None:
    event = make_event(category="E0128", state="pending_filing", area=GRID)
    take(make_workbook(BURNING), is_complete=True)
    event = fresh(event)

    assert rulebook.current().by_id[event.category_id].name == "商业噪音"
    with pytest.raises(Invalid):
        rulebook.current().find("E0128")
    with pytest.raises(Invalid), transaction():
        condition = rulebook.current().by_id[event.category_id].past[0].id
        handling.move(users.find("dd01"), event, "file", condition=condition)


def test_two_people_confirming_the_same_batch_take_it_in_once(app: Flask) -> None:
    found = preview(make_workbook(KITES))
    db.session.expunge(found)
    with transaction():
        batch.confirm(None, batch.get(found.id))

    with pytest.raises((Stale, Conflict)), transaction():
        batch.confirm(None, db.session.merge(found, load=False))

    assert len([c for c in rulebook.current().classes if c.code == "E0177"]) == 1
