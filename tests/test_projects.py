"""Projects: planned against done, late starts, approvals, earned value and open problems, counted by hand on small returns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_blocks import Balance, shown_by
from test_housing_progress import Sheets, names, opened

from commlib.alarms import alarms
from commlib.blocks import approvals, open_items, project_value, projects, reported
from commlib.methods.progress import earned_schedule, earned_value, planned_shares
from commlib.phrases import phrase
from commlib.view import CountyView

Opener = Callable[..., CountyView]
FIRST, SECOND = names()[:2]
RETURNS: Sheets = {
    "项目台账": [
        ["项目台账"],
        ["项目编号", "乡镇", "项目类别", "项目名称", "计划工程量", "工程量单位", "总投资", "计划开工时间", "计划完工时间"],
        ["P1", FIRST, "道路", "甲路", 10, "公里", 100, "2013-01-01", "2013-12-31"],
        ["P2", FIRST, "道路", "乙路", 2000, "米", 300, "2013-07-01", "2013-12-31"],
        ["P3", SECOND, "桥梁", "丙桥", 4, "个", 200, "2013-08", "2014-06"],
        ["P4", SECOND, "住房", "丁楼", None, None, 50, "2013-03-01", "2013-09-30"]],
    "项目进度表": [
        ["项目进度表"], ["项目编号", "截至日期", "完成工程量", "工程量单位", "完成投资", "进展阶段", "形象进度"],
        ["P1", "2013-06-30", 3, "公里", 25, "在建", 30], ["P1", "2013-09-30", 6000, "米", 55, "在建", 58],
        ["P2", "2013-09-30", 500, "米", 60, "在建", 25], ["P3", "2013-09-30", 0, "个", 0, "未开工", 0]],
    "报批手续进度表": [
        ["报批手续进度表"], ["项目编号", "手续序号", "手续名称", "办理部门", "申报时间", "办结时间", "收费标准"],
        ["P1", 1, "立项", "发改局", "2012-11-01", "2012-11-11", 0],
        ["P1", 2, "施工许可", "住建局", "2012-12-01", "2013-07-15", 6],
        ["P2", 1, "立项", "发改局", "2013-05-01", "2013-06-01", 0], ["P3", 1, "立项", "发改局", "2013-09-01", None, 0]],
    "问题整改台账": [
        ["问题整改台账"], ["问题编号", "乡镇", "问题类别", "问题内容", "提出时间", "责任部门", "整改期限", "解决时间"],
        ["W1", FIRST, "资金", "缺口", "2013-08-01", "财政局", "2013-09-01", None],
        ["W2", FIRST, "用地", "未批", "2013-08-15", "财政局", "2013-12-01", None],
        ["W3", SECOND, "质量", "裂缝", "2013-08-20", "交通局", "2013-09-10", "2013-09-30"],
        ["W4", SECOND, "手续", "缺件", "2013-08-25", "交通局", None, None]],
    "质量检查记录": [
        ["质量检查记录"], ["检查编号", "乡镇", "检查日期", "问题", "严重程度", "整改完成时间"],
        ["Z1", FIRST, "2012-09-02", "裂缝", "严重", None], ["Z2", FIRST, "2013-09-02", "漏水", "一般", "2013-09-20"]],
}


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    folder = tmp_path_factory.mktemp("projects")
    return lambda period=None, language="zh": opened(folder, built_outputs, RETURNS, period, language)


def test_quantities_are_pooled_within_one_unit_and_money_over_all(open_in: Opener) -> None:
    frame = projects.register(open_in())
    assert frame["physical"].tolist()[:3] == pytest.approx([60, 25, 0]) and pd.isna(frame["physical"]["P4"])   # 6000 m of 10 km
    assert frame["spent"].tolist()[:3] == pytest.approx([55, 20, 0])
    told = projects.planned_and_done(open_in(), "class")
    assert told.frame["value"].tolist() == pytest.approx([60, 25, 0, np.nan], nan_ok=True)   # km and m of roads, bridges, homes
    assert told.frame["label"].tolist()[:2] == ["道路（公里）", "道路（米）"]
    assert "28.8%" in told.plain and "19.2%" in told.plain   # 115 of 400 for roads, 115 of 600 in the county
    assert phrase("projects.left_out", "zh", n=1) in told.plain


def test_what_is_reported_is_held_against_what_is_recomputed(open_in: Opener) -> None:
    told = projects.project_list(open_in()).plain
    assert phrase("projects.reported_against", "zh", n=3, wide=1, points="1") in told
    assert phrase("projects.widest", "zh", project="甲路", reported="58.0", physical="60.0", off="−2.0") in told


def test_who_is_late_is_judged_at_the_last_report_or_the_end_of_the_period(open_in: Opener) -> None:
    assert projects.cutoff_words(open_in()) == "2013-09-30" and projects.cutoff_words(open_in("2013-06")) == "2013-06-30"
    found = projects.late_projects(projects.register(open_in()), pd.Timestamp("2013-09-30"))
    assert found["kind"].to_dict() == {"P3": "not_started", "P4": "not_reported"}
    assert projects.late(open_in()).frame.iloc[0].tolist()[3:5] == ["2013-08-31", 30]   # due in August is due at its end
    then = projects.late_projects(projects.register(open_in("2013-06")), pd.Timestamp("2013-06-30"))
    assert then["kind"].to_dict() == {"P4": "not_reported"}
    later = projects.late_projects(projects.register(open_in("2014")), pd.Timestamp("2014-12-31"))
    assert later["kind"].to_dict() == {"P3": "not_started", "P1": "not_finished", "P2": "not_finished", "P4": "not_reported"}


def test_works_before_the_last_approval_are_marked(open_in: Opener) -> None:
    view = open_in()
    frame = approvals.procedures(view)
    assert frame["days"].tolist()[:3] == [11, 227, 32] and frame["days"].isna().tolist() == [False, False, False, True]
    assert approvals.built_before(view, frame).to_dict("list") == {
        "label": ["甲路"], "date": ["2013-06-30"], "approved": ["2013-07-15"]}
    assert phrase("projects.early", "zh", n=1, of=3, unapproved=0, projects="甲路") in approvals.approval_gantt(view).plain
    told = approvals.approval_durations(view).plain
    assert phrase("projects.longest_office", "zh", office="住建局", days="227", all="270") in told
    early = approvals.procedures(open_in("2013-06"))   # what was not finished by then is open
    assert early.set_index(["project_id", "procedure"])["end"]["P1", "施工许可"] == ""


def test_earned_value_by_hand() -> None:
    due = planned_shares(np.array([1, 11, 30]), np.array([20, 20, 40]), 15)   # days 1 to 15 of 20, 11 to 15 of 10, none
    assert due.tolist() == pytest.approx([0.75, 0.5, 0])
    value = earned_value(np.array([100, 200, 50]), due, np.array([0.5, 1.2, 0]), np.array([60, 210, 0]))
    assert (value.planned, value.earned, value.cost) == pytest.approx((175, 250, 270))   # more than all counts as all
    assert value.schedule_index == pytest.approx(250 / 175) and value.schedule_variance == pytest.approx(75)
    assert value.cost_index == pytest.approx(250 / 270)
    assert earned_schedule([100, 200, 300, 400], 250) == pytest.approx(2.5) and earned_schedule([100, 200], 0) == 0
    assert earned_schedule([100, 200, 200], 200) == 2 and earned_schedule([0, 100], 50) == pytest.approx(1.5)


def test_earned_value_of_the_returns(open_in: Opener) -> None:
    base = project_value.value_base(projects.register(open_in()))
    assert base.index.tolist() == ["P1", "P2", "P3"]   # nothing was reported of the fourth
    value = project_value.valued(base, pd.Timestamp("2013-09-30"))
    assert value.planned == pytest.approx(100 * 273 / 365 + 300 * 92 / 184 + 200 * 61 / 334)
    assert (value.earned, value.cost) == pytest.approx((0.6 * 100 + 0.25 * 300, 115))
    curve = project_value.value_months(open_in(), base, pd.Timestamp("2013-09-30")).set_index(["label", "month"])
    assert curve["value"]["value_earned", "2013-06"] == pytest.approx(30) and curve["partial"]["value_earned", "2013-06"]
    assert curve["value"]["value_planned", "2012-12"] == 0 and curve["value"]["value_planned", "2014-06"] == pytest.approx(600)


def test_open_problems_and_defects_at_the_last_date_reported(open_in: Opener) -> None:
    frame, _, last = open_items.open_rows(open_in(), "problem")
    assert last == "2013-09-30" and frame["open"].tolist() == [True, True, False, True]
    assert frame["days"].tolist()[:2] == [29, -62] and frame["days"].isna().tolist()[2:] == [True, True]
    told = phrase("projects.open_found", "zh", day="2013-09-30", n=4, settled=1, open=3, overdue=1)
    assert told in open_items.open_problems(open_in()).plain
    told = phrase("projects.open_defects", "zh", day="2013-09-30", n=2, settled=1, open=1)
    assert told in open_items.open_defects(open_in()).plain   # a defect of the year before is still open


@pytest.mark.parametrize("period", [None, "2013-09", "2013-06", "2014"])
def test_alarms_count_the_same_things_and_days_as_the_page(open_in: Opener, period: str | None) -> None:
    """At the end of September 丙桥, due by August, is 30 days late and 丁楼, due on 1 March and never reported, 213 days."""
    view, days = open_in(period), 365.25 / 12
    fired = {rule: {each.item.split()[0]: each for each in alarms(view) if each.rule.id == rule}
             for rule in ("not_started_in_time", "problem_overdue")}
    last = projects.cutoff(view)
    late = projects.late_projects(projects.register(view), last)
    late = late[late["kind"] != "not_finished"]
    assert {name: round(each.value * days) for name, each in fired["not_started_in_time"].items()} \
        == {name: (last - row["due"]).days for name, row in late.iterrows()}
    silent = phrase("projects.not_reported", "zh")
    assert {name for name, each in fired["not_started_in_time"].items() if silent in each.item} \
        == set(late.index[late["kind"] == "not_reported"])
    frame, _, _ = open_items.open_rows(view, "problem")
    over = frame[frame["days"] > 0]
    assert {name: each.value for name, each in fired["problem_overdue"].items()} \
        == dict(zip(over["content"], over["days"], strict=True))
    if period != "2013-06":
        assert (len(late), (last - late.loc["P4", "due"]).days, over["days"].tolist()) == (2, 213, [29])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notebook_shows_something_for_full_reported_and_empty_counties(
        open_in: Opener, view_of: Opener, language: str) -> None:
    for view in (open_in(None, language), view_of("roads-county", language), view_of("110101", language)):
        for source, block in shown_by("infrastructure_projects", view, language).items():
            assert block.html.strip() and not Balance(block.html).open, source
            assert "nan" not in block.plain.split() and "{" not in block.plain, source
    empty = view_of("110101", language)
    for block in (projects.late(empty), project_value.earned(empty), approvals.approval_gantt(empty),
                  open_items.open_problems(empty)):
        assert 'class="notice waits"' in block.html
    bars = reported.reported_bars(view_of("roads-county", language), "investment_completed").frame
    assert bars["value"].tolist() == [230, 155]   # the ferry project and the dangerous bridges


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_that_sends_every_table_waits_for_reports_alone(demo_view_of: Opener, language: str) -> None:
    shown = shown_by("infrastructure_projects", demo_view_of(language), language)
    assert {source for source, block in shown.items() if 'class="notice waits"' in block.html} <= {
        source for source in shown if source.startswith("overview.reported_figures")}
    assert not any("nan" in block.plain.split() or Balance(block.html).open for block in shown.values())
