"""Reported figures as facts: none is dropped, hedges and units are kept exactly, and periods are kept apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from commlib.errors import DataError
from commlib.home import Home
from commlib.indicators.compute import formulas
from commlib.indicators.held import FactIndex
from commlib.indicators.registry import indicators
from commlib.intake.reported import FACT_COLUMNS, IDENTITY, dispositions, read_stated, reported_facts
from commlib.places import PlaceBook, place_book
from commlib.units import conversion

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return read_stated(ROOT / "data" / "reported", "reported_figure")


@pytest.fixture(scope="module")
def book() -> PlaceBook:
    return place_book(Home(ROOT))


@pytest.fixture(scope="module")
def facts(figures: pd.DataFrame, book: PlaceBook) -> pd.DataFrame:
    return reported_facts(figures, book)


def some(figures: pd.DataFrame, *rows: dict[str, str]) -> pd.DataFrame:
    """A few figures of Neixiang's report: population figures of the county unless a row says otherwise."""
    plain = {
        **figures[figures["id"] == "000-5-007"].iloc[0].to_dict(),
        "place": "",
        "level": "county",
        "indicator": "population_total",
        "unit": "persons",
        "nature": "actual",
        "value": "100",
        "qualifier": "exact",
        "period": "NA",
    }
    return pd.DataFrame(
        [{**plain, "id": f"x-{number}", **row} for number, row in enumerate(rows)], index=range(2, 2 + len(rows))
    )


def fact_of(facts: pd.DataFrame, figure: str) -> pd.Series:
    found = facts[facts["source"].str.split(";").map(lambda listed: figure in listed)]
    assert len(found) == 1
    return found.iloc[0]


# ---- none is dropped


def test_622_figures_are_facts_rules_stated_values_repeats_and_restatements(figures: pd.DataFrame) -> None:
    assert Counter(dispositions(figures)) == {
        "measure": 350,
        "rule": 67,
        "stated": 81,
        "repeat": 111,
        "restatement": 13,
    }
    assert 350 + 67 + 81 + 111 + 13 == 622 == len(figures)


def test_every_figure_that_is_no_repetition_stands_behind_exactly_one_fact(
    figures: pd.DataFrame, facts: pd.DataFrame
) -> None:
    becomes = dispositions(figures)
    told = Counter(each for source in facts["source"] for each in source.split(";"))
    assert set(told.values()) == {1}
    assert set(told) == set(becomes.index[~becomes.isin(["repeat", "restatement"])])
    assert Counter(facts["kind"]) == {"measure": 344, "stated": 81, "rule": 62}


def test_the_frame_has_its_columns_no_gap_and_no_fact_twice(facts: pd.DataFrame) -> None:
    assert list(facts.columns) == FACT_COLUMNS and not facts.isna().any().any()
    assert not facts.duplicated(IDENTITY).any()
    assert (facts["low"] <= facts["value"]).all() and (facts["value"] <= facts["high"]).all()
    assert facts.groupby("place")["level"].nunique().max() == 1


# ---- hedges and units


def test_the_two_ends_of_a_range_are_one_fact(figures: pd.DataFrame, facts: pd.DataFrame) -> None:
    ranges = facts[facts["qualifier"] == "range"]
    assert len(ranges) == 11 and ranges["source"].str.count(";").eq(1).all()
    area = fact_of(facts, "000-3-036")
    assert (area["source"], area["low"], area["value"], area["high"], area["stated_value"]) == (
        "000-3-036;000-3-037",
        80,
        100,
        120,
        "80–120",
    )
    assert figures["qualifier"].isin(["range_low", "range_high"]).sum() == 26  # two pairs are repeats of other rows


def test_one_end_alone_stays_open_at_the_other(figures: pd.DataFrame, book: PlaceBook) -> None:
    low = reported_facts(some(figures, {"qualifier": "range_low", "value": "3"}), book).iloc[0]
    high = reported_facts(some(figures, {"qualifier": "range_high", "value": "5"}), book).iloc[0]
    assert (low["qualifier"], low["low"], low["high"]) == ("at_least", 3, float("inf"))
    assert (high["qualifier"], high["low"], high["high"]) == ("at_most", 0, 5)


@pytest.mark.parametrize(
    ("figure", "qualifier", "low", "value", "high"),
    [
        ("000-1-027", "at_least", 1900, 1900, float("inf")),
        ("000-1-075", "approx", 33.5, 34, 34.5),
        ("000-3-028", "approx", 278_500, 279_000, 279_500),
        ("000-3-030", "at_most", 0, 80_000, 80_000),
        ("000-5-007", "exact", 2945, 2945, 2945),
    ],
)
def test_hedges_are_intervals(
    facts: pd.DataFrame, figure: str, qualifier: str, low: float, value: float, high: float
) -> None:
    fact = fact_of(facts, figure)
    assert (fact["qualifier"], fact["low"], fact["value"], fact["high"]) == (qualifier, low, value, high)


def test_units_are_converted_exactly_and_the_printed_ones_kept(facts: pd.DataFrame) -> None:
    fact = fact_of(facts, "000-3-018")
    assert (fact["value"], fact["unit"], fact["stated_value"], fact["stated_unit"]) == (
        138_100.0,
        "CNY10k",
        "13.81",
        "CNY100m",
    )
    single = facts[facts["qualifier"] != "range"]
    for row in single.itertuples():
        assert row.value == pytest.approx(
            float(row.stated_value) * float(conversion(row.stated_unit, row.unit)), rel=1e-15
        )


# ---- periods


def test_undated_current_and_earlier_figures_stand_apart(facts: pd.DataFrame) -> None:
    periods = facts.groupby("document")["period"].unique().map(set)
    assert periods["000-5"] == {"undated:000-5", "undated:000-5:earlier"}
    neixiang = facts[facts["period"] == "undated:000-5:earlier"]
    assert len(neixiang) == 7
    current = facts[facts["period"] == "undated:000-5"]
    assert "" not in set(facts["words"]) and {"undated"} == set(current["period"].str.partition(":")[0])


def test_the_one_dated_figure_stands_apart(facts: pd.DataFrame) -> None:
    dated = facts[~facts["period"].str.startswith("undated")]
    assert (
        list(dated["source"]) == ["001-8-001"]
        and list(dated["period"]) == ["2011"]
        and set(dated["document"]) == {"001-8"}
    )


# ---- what is only part of a place


def test_named_subsets_single_objects_and_rules_feed_no_indicator(facts: pd.DataFrame) -> None:
    apart = facts[(facts["scope_en"] != "") | (facts["detail_en"] != "") | (facts["kind"] != "measure")]
    assert {"measure", "rule", "stated"} == set(apart["kind"])
    index = FactIndex(facts)
    slots = [slot for one in indicators().values() for each in formulas(one) for slot in each.slots.values()]
    offered = pd.concat([index.rows.iloc[index.positions(slot)] for slot in slots])
    assert len(offered) and not set(offered["source"]) & set(apart["source"])


def test_a_figure_below_the_county_without_a_place_is_a_rule_a_subset_or_a_report_on_that_place(
    facts: pd.DataFrame, figures: pd.DataFrame
) -> None:
    level = dict(zip(figures["id"], figures["level"], strict=True))
    totals = facts[
        (facts["kind"] == "measure")
        & (facts["scope_en"] == "")
        & (facts["detail_en"] == "")
        & (facts["place"] == facts["county"])
    ]
    below = totals[totals["source"].str.partition(";")[0].map(level) != "county"]
    assert set(below["county"]) <= {"tianjin", "jinshagangwan-township", "zhengshan", "unnamed-community"}


# ---- what is refused


def test_unmapped_indicators_are_all_named_with_their_rows(figures: pd.DataFrame, book: PlaceBook) -> None:
    with pytest.raises(DataError) as caught:
        reported_facts(some(figures, {"indicator": "dragons"}, {}, {"indicator": "unicorns"}), book)
    assert [(fault.file, fault.row, fault.found) for fault in caught.value.faults] == [
        ("figures.csv", "2", "x-0: dragons"),
        ("figures.csv", "4", "x-2: unicorns"),
    ]
    assert all(fault.remedy.zh and fault.remedy.en for fault in caught.value.faults)


@pytest.mark.parametrize(
    "rows",
    [
        ({}, {"value": "101"}),
        ({"qualifier": "range_low"}, {"qualifier": "range_high"}, {}),
        ({"qualifier": "range_low"}, {"qualifier": "range_low", "value": "90"}),
        (
            {"qualifier": "range_low", "value": "1"},
            {"qualifier": "range_high", "value": "2"},
            {"qualifier": "range_low", "value": "5"},
            {"qualifier": "range_high", "value": "6"},
        ),
    ],
)
def test_the_same_fact_twice_is_refused_naming_all(
    figures: pd.DataFrame, book: PlaceBook, rows: tuple[dict[str, str], ...]
) -> None:
    with pytest.raises(DataError) as caught:
        reported_facts(some(figures, *rows), book)
    named = caught.value.say("zh")
    assert len(caught.value.faults) == 1 and all(f"x-{number}" in named for number in range(len(rows)))


def test_repeats_and_restatements_are_no_second_fact(figures: pd.DataFrame, book: PlaceBook) -> None:
    rows = some(figures, {}, {"repeats": "x-0"}, {"restates": "x-0", "value": "101"})
    assert list(reported_facts(rows, book)["source"]) == ["x-0"]
