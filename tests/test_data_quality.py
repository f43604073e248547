"""The quality of a county's returns: what is missing is told apart from zero, and what there is adds up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from return_files import workbook
from test_blocks import Balance, shown_by

from commlib.blocks import returns
from commlib.blocks.completeness import completeness
from commlib.charts.heatmap import heat_map
from commlib.home import Home
from commlib.intake.receiving import Intake, Said, sources
from commlib.phrases import phrase
from commlib.view import CountyView, open_county

PROJECT = Path(__file__).parents[1]
COUNTY, NONE = "431024", "411325"   # one with returns, one without
HEADS = ["乡镇", "社区", "截至日期", "规划户数", "开工户数", "竣工户数", "备注"]
both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def home(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project whose county sent three months of housing, one of them twice, and a list of when returns were due."""
    folder = tmp_path_factory.mktemp("quality")
    shutil.copytree(built_outputs, folder / "outputs")
    (folder / "data").symlink_to(PROJECT / "data")
    names = _townships()
    rows = {"9月": [[each, each, "2013-09-30", 100, 80, 40, ""] for each in names[:6]],
            "11月": [[each, each, "2013-11-30", 100, 90, None if number else "1O2", ""] for number, each in enumerate(names[:5])]}
    rows["9月"][5][3:6] = [None, None, None]   # came, with nothing in it
    due = [["乡镇", "报告期", "应报日期", "收到日期"],
           *([each, "2013-09", "2013-10-06", day] for each, day in zip(names, ("2013-10-05", "2013-10-09", None), strict=False))]
    sheets = {f"住房建设进度月报{name}.xlsx": {name: [[f"住房建设进度月报（填报日期：2013-12-0{number}）"], HEADS, *part]}
              for number, (name, part) in enumerate(rows.items(), 1)}
    for name, content in {**sheets, "报送情况登记表.xlsx": {"报送情况登记表": due}}.items():
        (folder / "in").mkdir(exist_ok=True)
        workbook(folder / "in" / name, content)
    found = Home(folder)
    intake = Intake(found, Said(county=COUNTY), folder / "faults")
    for source in sources([str(folder / "in")]):
        intake.receive(source)
    rows["9月"][0][4] = 81   # sent again, one number changed
    again = folder / "in" / "住房建设进度月报9月.xlsx"
    workbook(again, {"9月": [["住房建设进度月报（填报日期：2013-12-09）"], HEADS, *rows["9月"]]})
    intake.receive(sources([str(again)])[0])
    return found


def _townships() -> list[str]:
    from commlib.places import place_book

    return [each.name_zh for each in place_book(Home(PROJECT)).townships(COUNTY) if each.kind != "placeholder"]


def view_in(home: Home, county: str = COUNTY, language: str = "zh") -> CountyView:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COMMLIB_OUTPUTS", raising=False)
        view = open_county(county, None, language, home)
        assert len(view.facts)
        return view


@pytest.fixture(scope="module")
def view(home: Home) -> CountyView:
    return view_in(home)


def test_what_was_not_reported_is_apart_from_what_was_reported_empty(view: CountyView) -> None:
    cells = completeness(view, "housing_progress").pivot(index="label", columns="column", values="value")
    names = _townships()
    assert list(cells.columns) == ["2013-09", "2013-10", "2013-11"] and set(cells.index) == set(names)
    assert cells.loc[names[0], "2013-09"] == 100 and cells.loc[names[5], "2013-09"] == 0
    assert cells["2013-10"].isna().all() and cells.loc[names[6:]].isna().all().all()
    assert cells.loc[names[1], "2013-11"] == pytest.approx(200 / 3)   # two of three columns
    assert pd.isna(cells.loc[names[0], "2013-11"])                   # its row was refused


def test_the_table_of_what_came_in_counts_rows_and_townships(view: CountyView) -> None:
    frame = returns.received(view).frame
    row = frame[frame.iloc[:, 0] == "住房建设进度月报"].iloc[0].tolist()
    assert row[1:4] == [10.0, 1.0, 2.0] and row[5] == f"6 / {len(_townships())}"


def test_faults_are_counted_of_the_latest_release_of_each_file(view: CountyView) -> None:
    faults = returns.current_faults(view)
    assert faults.loc[faults["severity"] == "error", ["code", "cell"]].to_numpy().tolist() == [["form", "F3"]]
    assert phrase("code.form", "zh") in returns.faults_chart(view).html
    html = returns.fault_list(view).html
    assert "住房建设进度月报11月.xlsx 11月 F3" in html and not Balance(html).open


def test_timeliness_is_told_against_the_day_that_was_due(view: CountyView) -> None:
    rows = returns.timeliness(view).frame.set_index("label")
    names = _townships()
    assert [rows.loc[name, state] for name, state in zip(names, ("on_time", "late", "never"), strict=False)] == [1, 1, 1]
    assert rows["value"].sum() == 3


def test_releases_tell_what_they_changed(view: CountyView) -> None:
    frame = returns.release_list(view).frame
    assert len(frame) == 4 and frame.iloc[0, 1] == "住房建设进度月报9月.xlsx"
    assert COUNTY in frame.iloc[0, -1] and phrase("releases.corrected", "zh", n="1") in frame.iloc[0, -1]


def test_a_gap_names_the_indicators_that_wait_for_it(view: CountyView) -> None:
    frame = returns.blocked(view).frame
    here = {"housing_progress", "township_return"}
    assert len(frame) >= 10 and not any(cell.rpartition(" ")[2] in here for cell in frame.iloc[:, 0])
    assert frame.iloc[:, 1].is_monotonic_decreasing and frame.iloc[:, 2].ne("").all()


@both_languages
@pytest.mark.parametrize("county", [COUNTY, NONE])
def test_every_block_of_the_notebook_shows_something(home: Home, county: str, language: str) -> None:
    for source, block in shown_by("data_quality", view_in(home, county, language), language).items():
        assert block.html.strip() and not Balance(block.html).open, source
        assert "nan" not in block.plain.split() and "{" not in block.plain, source


@both_languages
def test_without_a_return_every_section_says_what_it_waits_for(home: Home, language: str) -> None:
    view = view_in(home, NONE, language)
    for block in (returns.received, returns.completeness_maps, returns.faults_chart, returns.timeliness, returns.release_list):
        assert 'class="notice waits"' in block(view).html and "<svg" not in block(view).html
    assert "commlib intake" in returns.received(view).plain and NONE in returns.received(view).plain


# ---- the chart

@both_languages
def test_a_heat_map_keeps_three_states_apart(language: str) -> None:
    frame = pd.DataFrame({"label": ["甲", "甲", "乙"], "column": ["2013-09", "2013-10", "2013-09"], "value": [50.0, 0.0, None]})
    drawn = heat_map(frame, ["2013-09", "2013-10"], chart_id="h", title="t", unit="%", language=language)
    missing = phrase("chart.not_reported", language)
    titles = [line for line in drawn.svg.replace("<title", "\n<title").splitlines() if line.startswith("<title")]
    assert sum("甲 · 2013-10" in each and missing not in each for each in titles) >= 1
    assert sum("乙 · 2013-" in each and missing in each for each in titles) >= 2   # also where there is no row
    assert drawn.finding.startswith(phrase("chart.cells", language, n=4, rows=2, columns=2, missing=2, zero=1))
    again = heat_map(frame, ["2013-09", "2013-10"], chart_id="h", title="t", unit="%", language=language)
    assert again.svg == drawn.svg
