"""Housing progress: ranks, the three schedules, what was not reported, and single buildings, counted by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from return_files import workbook
from test_blocks import Balance, shown_by

from commlib import progress
from commlib.blocks import buildings, housing
from commlib.charts.curves import curves
from commlib.charts.style import style
from commlib.home import Home
from commlib.intake.receiving import Intake, Said, sources
from commlib.narratives import narrative
from commlib.phrases import phrase
from commlib.places import place_book
from commlib.view import CountyView, open_county

PROJECT = Path(__file__).parents[1]
COUNTY = "431024"
HEADS = ["乡镇", "社区", "截至日期", "规划户数", "开工户数", "主体完工", "竣工户数", "入住户数", "完成投资"]
Sheets = dict[str, list[list[Any]]]
Opener = Callable[..., CountyView]


def names() -> list[str]:
    return [each.name_zh for each in place_book(Home(PROJECT)).townships(COUNTY) if each.kind != "placeholder"]


def month(day: str, completed: list[int]) -> list[list[Any]]:
    """A return in which every township plans 100 homes; as many townships as there are numbers of completions."""
    rows = [[name, name, day, 100, 90, 80, number, 0, 10 * number] for name, number in zip(names(), completed, strict=False)]
    return [["住房建设进度月报"], HEADS, *rows]


RETURNS: Sheets = {
    "住房建设进度月报8月": month("2013-08-31", [10, 20, 30, 40]), "住房建设进度月报9月": month("2013-09-30", [50, 40, 40, 40]),
    "住房建设进度月报11月": month("2013-11-30", [60, 50, 50, 44]),
    "楼栋台账": [["楼栋台账"], ["楼号", "乡镇", "类别", "设计层数"],
               ["B1", names()[0], "住宅楼", 6], ["B2", names()[0], "住宅楼", 3]],
    "楼栋进度表": [["楼栋进度表"], ["楼号", "截至日期", "已建层数", "形象进度", "计划完成时间", "实际完成时间"],
                   ["B1", "2013-10-15", 2, "主体", "2013-11-20", None], ["B1", "2013-11-30", 4, "主体", "2013-11-20", None],
                   ["B2", "2013-11-30", 3, "封顶", "2013-11-25", "2013-11-24"]],
}


def opened(folder: Path, built: Path, returns: Sheets, period: str | None = None, language: str = "zh") -> CountyView:
    if not (folder / "data").exists():
        shutil.copytree(built, folder / "outputs")
        (folder / "data").symlink_to(PROJECT / "data")
        (folder / "in").mkdir()
        for name, rows in returns.items():
            workbook(folder / "in" / f"{name}.xlsx", {name: rows})
        intake = Intake(Home(folder), Said(county=COUNTY), folder / "faults")
        for source in sources([str(folder / "in")]):
            intake.receive(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COMMLIB_OUTPUTS", raising=False)
        view = open_county(COUNTY, period, language, Home(folder))
        assert len(view.facts)
    return view


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    folder = tmp_path_factory.mktemp("housing")
    return lambda period=None, language="zh": opened(folder, built_outputs, RETURNS, period, language)


def test_ties_share_a_rank_and_who_did_not_report_has_none(open_in: Opener) -> None:
    frame = progress.ranks(open_in("2013-09"))
    assert frame["rank"].tolist()[:4] == [1, 2, 2, 2] and frame["rank"][4:].isna().all() and len(frame) == len(names())
    assert frame["label"][0] == names()[0] and frame["before"][0] == 4 and frame["rise"][0] == 3
    assert frame["gap"].tolist()[:2] == pytest.approx([50 - 42.5, 40 - 42.5])   # 170 of 400 in the county
    assert set(frame["status"][4:]) == {"not_reported"}


def test_a_month_is_not_compared_with_one_that_is_missing(open_in: Opener) -> None:
    assert progress.moment(open_in()) == "2013-11" and progress.moment(open_in("2013")) == "2013-11"
    assert progress.months(open_in()) == ["2013-08", "2013-09", "2013-10", "2013-11"]
    assert progress.ranks(open_in())["rise"].isna().all()
    assert phrase("housing.change_unknown", "zh") in narrative(open_in(), "housing_progress").plain
    told = narrative(open_in("2013-09"), "housing_progress").plain
    assert phrase("housing.change_up", "zh", n="70", points="17.5") in told
    assert progress.pace(open_in()) == pytest.approx((204 - 100) / 3)


def test_all_that_is_planned_is_spread_over_the_year(open_in: Opener) -> None:
    plan = progress.schedule(open_in("2013-09"))
    assert plan is not None and (plan.kind, plan.base) == ("linear", 400)
    assert (plan.done, plan.due, plan.lead) == pytest.approx((42.5, 75, -32.5))
    assert phrase("housing.lead_behind", "zh", points="32.5") in narrative(open_in("2013-09"), "housing_progress").plain


def test_the_years_task_is_held_against_its_months(built_outputs: Path, tmp_path: Path) -> None:
    villages = pd.read_parquet(PROJECT / "data" / "register" / "villages.parquet").astype(str)
    own = villages[villages["code"].str.startswith(COUNTY)].drop_duplicates("name", keep=False).iloc[0]
    (township,) = [each.name_zh for each in place_book(Home(PROJECT)).townships(COUNTY) if each.key == own["code"][:9]]
    task = [["住房建设任务表"], ["乡镇", "社区", "年度", "任务户数"], [township, own["name"], "2013", 60]]
    row = [township, own["name"], "2013-09-30", 100, 90, 80, 50, 0, 10]
    view = opened(tmp_path, built_outputs, {"住房建设进度月报": [["住房建设进度月报"], HEADS, row], "住房建设任务表": task})
    plan = progress.schedule(view)
    assert plan is not None and plan.kind == "task" and plan.months["2013-09"] == 45
    assert (plan.base, plan.done, plan.lead) == pytest.approx((60, 100 * 50 / 60, 100 * 50 / 60 - 75))
    told = narrative(view, "housing_progress").plain
    assert "占年计划83.3%" in told and phrase("housing.lead_ahead", "zh", points="8.3") in told


def test_the_curve_leaves_a_gap_and_the_funnel_names_its_base(open_in: Opener) -> None:
    block = housing.progress_curve(open_in())
    assert phrase("chart.gaps", "zh", n=1, of=4) in block.plain and not Balance(block.html).open
    assert "占规划51.0%" in housing.funnels(open_in()).plain and "占竣工0%" in housing.funnels(open_in()).plain
    table = housing.by_place(open_in()).frame
    assert table.iloc[-1, 0] == phrase("housing.county", "zh") and table.iloc[-1, 1] == f"4 / {len(names())}"
    assert table.iloc[0, 1:].tolist()[4:6] == [60.0, 0.0] and table.iloc[5, 2] == "—"


def test_buildings_show_their_last_report_and_what_is_overdue(open_in: Opener) -> None:
    assert "4 / 6层，主体" in housing_text(buildings.storey_ladder(open_in()).frame["text"].tolist())
    frame = buildings.backward_schedule(open_in()).frame
    assert frame.iloc[0, 0].endswith("B1") and frame.iloc[0, 4] == phrase("housing.overdue", "zh") and frame.iloc[0, 5] == 10
    assert frame.iloc[1, 4] == phrase("housing.done_in_time", "zh") and frame.iloc[1, 5] == -1
    early = buildings.storey_ladder(open_in("2013-10")).frame
    assert early["value"].tolist() == [2]


def housing_text(texts: list[str]) -> str:
    return "；".join(texts)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_block_shows_something_and_counties_without_data_say_what_they_wait_for(
        open_in: Opener, view_of: Opener, language: str) -> None:
    for view in (open_in(None, language), view_of("110101", language)):
        for source, block in shown_by("housing_progress", view, language).items():
            assert block.html.strip() and not Balance(block.html).open, source
            assert "nan" not in block.plain.split() and "{" not in block.plain, source
    assert 'class="notice waits"' in housing.funnels(view_of("110101", language)).html


def test_a_line_is_broken_where_nothing_was_reported() -> None:
    frame = pd.DataFrame({"label": "a", "period": ["2013-08", "2013-09", "2013-11"], "value": [1.0, 2.0, 3.0]})
    months = ["2013-08", "2013-09", "2013-10", "2013-11"]
    drawn = curves(frame, months, chart_id="c", title="t", unit="", language="en")
    blue = style().category["blue"].lower()
    assert sum(f"stroke: {blue}" in line.lower() and "stroke-width: 2.2" in line for line in drawn.svg.split("<path")) == 1
