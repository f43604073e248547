"""Parks and new towns: stages, tax and investment per mu, and parks beside communities, counted by hand on small returns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from test_blocks import Balance, shown_by
from test_housing_progress import COUNTY, PROJECT, Sheets, names, opened

from commlib.blocks import parks, reported
from commlib.phrases import phrase
from commlib.tabulation import groups
from commlib.view import CountyView

Opener = Callable[..., CountyView]
TOWNSHIP = names()[0]
FIRMS = ["企业编号", "企业名称", "园区编号", "截至日期", "进展",
         "投资额", "占地面积", "厂房面积", "纳税", "生产月数", "本地就业人数"]


def communities() -> list[str]:
    """Two villages of the first township whose names are told apart."""
    villages = pd.read_parquet(PROJECT / "data" / "register" / "villages.parquet").astype(str)
    own = villages[villages["code"].str.startswith(f"{COUNTY}")].drop_duplicates("name", keep=False)
    code = own["code"].str[:9].value_counts().sort_index().index[0]
    return own.loc[own["code"].str.startswith(code), "name"].tolist()[:2]


def returns() -> Sheets:
    first, second = communities()
    return {
        "产业园区台账": [
            ["产业园区台账"], ["园区编号", "园区名称", "园区类型", "乡镇", "规划面积", "起步区面积", "建设阶段", "配套社区"],
            ["Y1", "甲园", "工业园区", TOWNSHIP, 1000, 200, "运营", f"{first}、别处社区"],
            ["Y2", "乙园", "物流园区", TOWNSHIP, 500, 100, "规划", None]],
        "园区企业情况表": [
            ["园区企业情况表"], FIRMS, ["E1", "一厂", "Y1", "2012-12-31", "签约", 2, 100, None, None, 0, 0],
            ["E1", "一厂", "Y1", "2013-12-31", "投产", 2, 100, 20000, 300, 10, 50],
            ["E2", "二厂", "Y1", "2013-12-31", "投产", 1, 50, 10000, 50, 8, 30],
            ["E3", "三厂", "Y1", "2013-12-31", "试生产", 0.5, 50, None, None, 0, None],
            ["E4", "四厂", "Y1", "2013-12-31", "签约", None, None, None, None, 0, None]],
        "新城建设情况表": [
            ["新城建设情况表"], ["新城编号", "新城名称", "规划面积", "规划水域面积", "规划人口", "单体项目数", "在建项目数"],
            ["N1", "东新城", 6, 1, 70000, 16, 10]],
        "住房建设进度月报": [["住房建设进度月报"], ["乡镇", "社区", "截至日期", "规划户数", "竣工户数"],
                     ["", first, "2013-12-31", 100, 50], ["", second, "2013-12-31", 100, 50]],
    }


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    folder = tmp_path_factory.mktemp("parks")
    return lambda period=None, language="zh": opened(folder, built_outputs, returns(), period, language)


def test_a_later_stage_counts_in_those_before_it(open_in: Opener) -> None:
    assert parks.stage_funnel(open_in()).frame["value"].tolist() == [4, 3, 3, 3, 2]
    assert parks.stage_funnel(open_in("2012")).frame["value"].tolist() == [1, 0, 0, 0, 0]


def test_per_mu_is_one_sum_over_another(open_in: Opener) -> None:
    view = open_in()
    assert parks.per_mu(view, "tax").frame["value"].tolist() == pytest.approx([350 / 150])
    assert parks.per_mu(view, "investment").frame["value"].tolist() == pytest.approx([3.5 * 10_000 / 200])
    row = parks.park_table(view).frame.iloc[0].tolist()   # type, park and township first
    assert row[3:] == pytest.approx([1000, 4, 2, 175, 350 / 150, 100 * 30_000 / (150 * 2000 / 3), 9, 80])
    assert phrase("parks.without_enterprise", "zh", n=1, of=2, parks="乙园") in parks.park_table(view).plain


def test_tax_is_held_against_land(open_in: Opener) -> None:
    block = parks.land_and_tax(open_in())
    said = phrase("parks.tax_rate", "zh", n=2, rate="2.333万元/亩", above=1, land="66.7", tax="85.7")
    assert said in block.plain and block.frame["x"].tolist() == [100, 50]


def test_communities_without_a_park_are_told(open_in: Opener) -> None:
    told = parks.pairing(open_in()).plain
    assert phrase("parks.paired", "zh", n=1, of=2) in told and phrase("parks.unpaired", "zh", n=1, parks="乙园") in told
    assert phrase("parks.alone", "zh", n=1, of=2) in told


def test_codes_are_shown_by_the_names_of_what_they_refer_to(open_in: Opener) -> None:
    view = open_in()
    labels = groups(view, parks.enterprises(view)[1], "park_id")["label"]
    assert set(labels) == {"甲园"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notebook_shows_something_for_full_reported_and_empty_counties(
        open_in: Opener, view_of: Opener, language: str) -> None:
    for view in (open_in(None, language), view_of("370828", language), view_of("110101", language)):
        for source, block in shown_by("parks_and_new_towns", view, language).items():
            assert block.html.strip() and not Balance(block.html).open, source
            assert "nan" not in block.plain.split() and "{" not in block.plain, source
    empty = view_of("110101", language)
    for block in (parks.stage_funnel(empty), parks.land_and_tax(empty), parks.park_table(empty), parks.pairing(empty)):
        assert 'class="notice waits"' in block.html


def test_new_towns_and_parks_of_the_report_stand_with_their_figures(view_of: Opener) -> None:
    towns = reported.reported_sites(view_of("370828"), "planned_area", "water_area", "population_planned").frame
    assert towns.iloc[:, 0].tolist() == ["金北新城", "健康新城", "生态新城"]
    assert towns.iloc[2, 2].startswith("约4.4平方公里") and towns.iloc[0, 2] == "—"
    bars = reported.reported_bars(view_of("370828"), "project_investment").frame
    assert len(bars) == 9 and bars["value"].max() == 1_200_000   # CNY 10k: 12 billion of signed projects, planned


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_that_sends_every_table_waits_for_reports_alone(demo_view_of: Opener, language: str) -> None:
    shown = shown_by("parks_and_new_towns", demo_view_of(language), language)
    assert {source for source, block in shown.items() if 'class="notice waits"' in block.html} <= {
        source for source in shown if source.startswith("overview.reported_figures")}
    assert not any("nan" in block.plain.split() or Balance(block.html).open for block in shown.values())
