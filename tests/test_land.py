"""Land: before and after, the balance of linkage and its deadlines, awards, and crops by kind of area, worked by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_blocks import Balance
from test_housing_progress import Opener, Sheets, names, opened

from commlib.blocks import funding, land, rows, statements
from commlib.home import Home
from commlib.intake.receiving import Intake, Said, sources
from commlib.phrases import phrase
from commlib.view import CountyView, open_county

DATA = Path(__file__).parents[1] / "data"
EMPTY, DEMO = "110105", "demo-hengxi"
PROJECT = ["项目区编号", "项目区名称", "乡镇", "报告期", "已复垦面积", "建新占用耕地", "周转指标", "已使用指标",
           "已归还指标", "应归还时间"]


def linkage(period: str, used: float, returned: float, taken: Any = 30) -> list[list[Any]]:
    """Project 1 reclaims 100 against 30 + 70, project 2 99 against `taken` + 70."""
    return [["X1", "东区", names()[0], period, 100, 30, 70, used, returned, "2013-06-30"],
            ["X2", "西区", names()[0], period, 99, taken, 70, used, used, "2013-06-30"],
            ["X3", "北区", names()[0], period, 10, None, 70, used, 0, "2014-01-31"]]


RETURNS: Sheets = {
    "用地": [["社区用地规划表"], ["乡镇", "社区", "规划占地面积", "原宅基地面积", "涉及户数", "节约用地面积", "测算方法"],
           [names()[0], "431024100007", 60, 100, 200, 40, "实测"], [names()[1], "431024102203", 50, 75, 100, 25, "估算"],
           [names()[2], "431024103203", 30, None, 100, 9, "估算"]],
    "挂钩": [["增减挂钩项目表"], PROJECT,
           *linkage("2013Q1", 50, 0), *linkage("2013Q4", 60, 20)],
    "奖补": [["土地来源与奖补表"], ["乡镇", "报告期", "土地来源", "面积", "奖补标准", "应奖补金额", "已奖补金额"],
           *([names()[0], quarter, "宅基地整理", 10, 4500, 45000, paid] for quarter, paid in (("2013Q1", 45000), ("2013Q2", 0)))],
    "种植": [["种植面积表"], ["单位名称", "年度", "作物", "种植面积", "面积口径"],
           [names()[0], "2013", "水稻", 80, "播种面积"], [names()[1], "2013", "水稻", 50, "占地面积"]]}


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    folder = tmp_path_factory.mktemp("land")
    return lambda period=None, language="zh": opened(folder, built_outputs, RETURNS, period, language)


def test_before_and_after_keep_what_is_computed_and_what_is_returned_apart(open_in: Opener) -> None:
    block = land.before_after(open_in())
    found = {row["label"]: row for row in block.frame.to_dict("records")}
    assert [found[name]["planned"] for name in names()[:3]] == [60, 50, 30]
    assert [found[name]["saved"] for name in names()[:3]] == [40, 25, 9]   # the last as returned: its former area is missing
    assert "40.0%" in block.html and "33.3%" in block.html and "实测" in block.html and not Balance(block.html).open
    assert phrase("land.method_note", "zh") in block.html


def test_linkage_is_balanced_where_reclaimed_land_is_no_less(open_in: Opener) -> None:
    """100 against 30 + 70 is balanced, 99 is short, without farmland taken nothing is said; together 199 of 200."""
    frame = land.linkage_balance(open_in()).frame
    assert frame.iloc[:, 0].tolist() == ["东区", "西区", "北区", phrase("housing.county", "zh")]
    assert frame.iloc[:2, 5].tolist() == [100, 99] and frame.iloc[2, 5] == "—" and frame.iloc[3, 5] == 99.5
    assert frame.iloc[:, 6].tolist() == [phrase(f"land.{each}", "zh") for each in ("balanced", "short", "unknown", "short")]


def test_quota_is_overdue_at_the_last_day_reported(open_in: Opener) -> None:
    """At 2013-12-31: X1 keeps 40 mu, 184 days late; X2 returned all; X3 is due next year. Three years from the end of March."""
    block = land.quota_deadlines(open_in(language="en"))
    assert "At 2013-12-31 quota is still out after its date in 1 of 3 projects: 40 mu." in block.html
    assert "184" in block.html and "2016-03-31" in block.html and "2013-03-31" in block.html
    for word in ("overdue", "returned", "running"):
        assert phrase(f"land.{word}", "en") in block.html
    assert phrase("land.column_first", "en") in block.html and "Henan" not in block.html


def test_awards_of_a_year_are_added_up_on_both_sides(open_in: Opener) -> None:
    """45,000 of 90,000 were paid."""
    frame = rows.rows_by(open_in(), "land_supply", "township_id", "award_paid", "award_due", 100).frame
    assert frame["value"].tolist() == [50]
    view = open_in("2013")
    assert float(view.results.set_index(["id", "place"]).loc[("land_award_payment_rate", view.place.key), "value"]) == 50


def test_sown_area_and_land_are_never_in_one_chart(open_in: Opener) -> None:
    block = land.crops(open_in())
    assert block.html.count("<svg") == 2 and "130" not in block.plain
    assert "面积口径：播种面积" in block.html and "面积口径：占地面积" in block.html


def test_crops_of_a_report_that_does_not_say_which_area(view_of: Callable[..., CountyView]) -> None:
    """You county: 60 + 5 + 3 (10,000 mu) are more than the 63.7 of arable land."""
    told = land.crops(view_of("430223")).html
    assert phrase("land.kind_unsaid", "zh") in told and "68万亩" in told and "63.7万亩" in told


def test_land_under_crops_is_held_against_the_arable_land(view_of: Callable[..., CountyView]) -> None:
    view = view_of("430223", "en")   # 637,000 mu are arable
    assert "637,000 mu" in land.above_arable(view, 640_000) and not land.above_arable(view, 630_000)
    assert not land.above_arable(view_of("110101"), 640_000)   # nobody knows


def test_land_saved_as_a_report_states_it(view_of: Callable[..., CountyView]) -> None:
    """Liangzhou: 750 and 840 mu saved beside 1,204 and 300 planned; the former areas and the method are not stated."""
    block = land.before_after(view_of("620602", "en"))
    assert sorted(block.frame["saved"]) == [750, 840] and "1,954" not in block.html.partition("<table")[2]   # no former area
    assert phrase("land.no_method", "en") in block.html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_without_data_waits_for_the_tables_by_name(view_of: Callable[..., CountyView], language: str) -> None:
    view = view_of(EMPTY, language)
    for block, table in ((land.before_after(view), "land_plan"), (land.linkage_balance(view), "land_linkage"),
                         (land.quota_deadlines(view), "land_linkage"), (land.crops(view), "crop_area")):
        assert 'class="notice waits"' in block.html and f"({table})" in block.plain.replace("（", "(").replace("）", ")")
    assert 'class="notice waits"' in land.ranking(view, "land_per_household").html
    assert phrase("funding.no_rule", language) in land.land_rules(view).plain


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demonstration_fills_every_section(built_outputs: Path, tmp_path: Path, language: str) -> None:
    folder = tmp_path
    shutil.copytree(built_outputs, folder / "outputs")
    (folder / "data").symlink_to(DATA)
    intake = Intake(Home(folder), Said(county=DEMO), folder / "faults")
    for name in ("住房与土地", "资金与园区", "项目台账", "2023年资金拨付台账"):
        for source in sources([str(DATA / "demo" / DEMO / f"珩溪县{name}.ods")]):
            intake.receive(source)
    view = open_county(DEMO, None, language, Home(folder))
    shown = [land.before_after(view), land.linkage_balance(view), land.quota_deadlines(view), land.crops(view),
             funding.fund_waterfall(view), funding.fund_table(view, "level"), funding.fund_table(view, "project_name"),
             funding.leverage(view), funding.ageing(view), statements.money_rules(view)]
    for block in shown:
        assert "notice" not in block.html and not Balance(block.html).open
    assert all("<svg" in shown[number].html for number in (0, 2, 3, 4, 8))
