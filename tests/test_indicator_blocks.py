"""Blocks of any indicator: ranks and their course, maps, members and the county over time, on numbers worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from intake_home import places, small_home
from test_blocks import Balance
from theme_home import NEIXIANG, opened

from commlib import rankings
from commlib.blocks import indicators
from commlib.blocks.cells import decimals_of, points
from commlib.blocks.overview import indicator_table
from commlib.errors import ParameterError
from commlib.phrases import phrase
from commlib.view import CountyView

Opener = Callable[..., CountyView]
TOWNS = sorted(code for code in places("townships")["code"] if code.startswith(NEIXIANG))[:3]
VILLAGES = [next(code for code in places("villages")["code"] if code.startswith(town)) for town in TOWNS]
DONE = {"2013-07": (10, 20, 30), "2013-08": (40, 20, 30), "2013-09": (90, 30, 30)}
ROWS = {"housing_progress": [{"township_id": village[:9], "community_id": village, "as_of": f"{month}-28", "planned": "100",
                              "started": "95", "completed": str(number)}
                             for month, numbers in DONE.items() for village, number in zip(VILLAGES, numbers, strict=True)]}
COMPLETED, STARTED = "households_completed_of_planned", "households_started_of_planned"


@pytest.fixture(scope="module")
def open_in(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    home = small_home(Path(tmp_path_factory.mktemp("indicators")))
    opened(home, ROWS)
    return lambda language="zh", period=None: opened(home, {}, period, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_ranking_has_bars_a_list_and_the_course_of_the_ranks(open_in: Opener, language: str) -> None:
    block = indicators.indicator_ranking(open_in(language), COMPLETED)
    assert block.html.count("<svg") == 2 and "<table" in block.html and not Balance(block.html).open
    assert phrase("indicators.pooled", language) in block.html
    known = block.frame[block.frame["value"].notna()]
    assert known["rank"].tolist() == [1, 2, 2] and known["before"].tolist() == [1, 3, 2]   # a month before 40, 20 and 30
    assert known["gap"].tolist() == pytest.approx([40, -20, -20])   # 150 of 300 in the county, pooled


def test_the_communities_that_report_are_ranked_too(open_in: Opener) -> None:
    frame = indicators.indicator_ranking(open_in(), COMPLETED, level="community").frame
    assert frame["place"].tolist()[0] == VILLAGES[0] and len(frame) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_map_has_a_column_an_indicator_and_the_county_over_time_a_line_each(open_in: Opener, language: str) -> None:
    cells = indicators.indicator_map(open_in(language), COMPLETED, STARTED).frame
    assert cells.groupby("column", sort=False)["value"].max().tolist() == [90, 95]
    lines = indicators.indicator_course(open_in(language), "households_completed", "households_started").frame
    assert lines.groupby("label", sort=False)["value"].apply(list).tolist() == [[60, 90, 150], [285, 285, 285]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_members_are_drawn_and_who_has_nothing_is_told_what_it_waits_for(view_of: Opener, language: str) -> None:
    block = indicators.indicator_members(view_of("330521", language), "organisation_coverage")
    assert block.frame["value"].round(1).tolist()[0] == 83 and "svg" in block.html
    empty = view_of("110101", language)
    for waiting in (indicators.indicator_members(empty, "organisation_coverage"), indicators.indicator_ranking(empty, COMPLETED),
                    indicators.indicator_map(empty, COMPLETED), indicators.indicator_course(empty, "households_completed")):
        assert "waits" in waiting.html and "svg" not in waiting.html


@pytest.mark.parametrize(("language", "least"), [("zh", "13.3%以上"), ("en", "at least 13.3 %")])
def test_members_of_which_only_bounds_are_known_are_not_ranked(view_of: Opener, language: str, least: str) -> None:
    """Jiahe: at least 24 of 180 million from the budget; the other sources are bounds as well."""
    told = indicators.indicator_members(view_of("431024", language), "funding_source_share").plain
    start = phrase("indicators.members_open", language, parts="")
    assert start.split("：" if language == "zh" else ":")[0] in told and least in told and "100.0" not in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_amount_is_not_held_against_the_countys_sum(open_in: Opener, language: str) -> None:
    block = indicators.indicator_ranking(open_in(language), "households_completed")
    assert block.frame["gap"].isna().all() and f">{phrase('indicators.pooled', language)} " not in block.html
    assert phrase("column.gap_value", language) not in block.html and phrase("indicators.first_neutral", language) in block.html
    rate = indicators.indicator_ranking(open_in(language), COMPLETED)
    assert phrase("column.gap", language) in rate.html and phrase("indicators.first_higher", language) in rate.html


def test_where_all_are_equal_nobody_is_ranked(open_in: Opener) -> None:
    block = indicators.indicator_ranking(open_in(), STARTED)   # 95 of 100 everywhere
    assert block.html.count("<svg") == 1 and "<table" not in block.html


def test_a_ranked_list_has_numbers_of_one_unit(open_in: Opener) -> None:
    amounts = indicators.indicator_ranking(open_in("en"), "households_completed").html
    assert ">90</td>" in amounts and "90 households</td>" not in amounts and '<span class="unit">households</span>' in amounts


@pytest.mark.parametrize("show", [indicators.indicator_ranking, indicators.indicator_map, indicators.indicator_members,
                                  indicators.indicator_course])
def test_a_wrong_name_is_refused_with_the_nearest(open_in: Opener, show: Callable[..., object]) -> None:
    with pytest.raises(ParameterError) as caught:
        show(open_in(), "households_completed_of_plan")
    assert all(COMPLETED in caught.value.say(language) for language in ("zh", "en"))
    with pytest.raises(ParameterError) as caught:
        indicator_table(open_in(), "hosing")
    assert all("housing" in caught.value.say(language) for language in ("zh", "en"))


def test_a_township_that_the_countys_ledger_does_not_name_has_no_report_missing(tmp_path: Path) -> None:
    flow = {"date": "2013-05-02", "budget": "100", "arrived": "80"}
    rows = [{**flow, "flow_id": f"L{number}", "township_id": town} for number, town in enumerate(TOWNS[:2])]
    view = opened(small_home(tmp_path), {"fund_flow": rows})
    states = rankings.ranks(view, "fund_arrival_rate").set_index("place")["status"]
    assert states[TOWNS[2]] == "not_listed" and "not_reported" not in set(states)
    alone = opened(small_home(tmp_path / "alone"), {"fund_flow": rows[:1]})   # one township's own return
    assert "not_listed" not in set(rankings.ranks(alone, "fund_arrival_rate")["status"])


def test_gaps_have_the_digits_that_the_largest_needs() -> None:
    assert [decimals_of(each) for each in (0.0345, 2.91, 76.3, 2148.2, 0.0, float("nan"))] == [4, 2, 1, 0, 0, 0]
    assert points(-0.000458, 4).text == "−0.0005" and points(2148.2, 0).text == "+2,148"
