"""The view of a county: the figures of Neixiang and Jiahe, ranks, and parameters that are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from commlib.errors import ParameterError
from commlib.indicators.compute import RESULT_COLUMNS
from commlib.peers import national_values, standings
from commlib.view import CountyView, open_county

Opener = Callable[..., CountyView]
HOUSING = [
    ("housing_completion_rate", 100 * 521 / 2945, 17.69, "000-5-010;000-5-007"),
    ("built_or_building_of_task", 100 * 1849 / 2945, 62.78, "000-5-008;000-5-007"),
    ("moved_in_of_completed", 100 * 280 / 521, 53.74, "000-5-012;000-5-010"),
    ("moved_in_of_task", 100 * 280 / 2945, 9.51, "000-5-012;000-5-007"),
]


def county_values(view: CountyView, indicator: str) -> pd.DataFrame:
    rows = view.results
    return rows[(rows["id"] == indicator) & (rows["place"] == view.place.key) & (rows["scope_en"] == "")]


@pytest.mark.parametrize(("indicator", "value", "printed", "sources"), HOUSING)
def test_neixiangs_housing(view_of: Opener, indicator: str, value: float, printed: float, sources: str) -> None:
    (row,) = county_values(view_of("411325"), indicator).itertuples()
    assert row.value == pytest.approx(value) and round(row.value, 2) == printed
    assert (row.sources, row.grade, row.status, row.period) == (sources, "computed", "ok", "undated:000-5")


@pytest.mark.parametrize(("measure", "value"), [("villagers_committees", 167), ("residents_committees", 31)])
def test_jiahes_villages_and_communities(view_of: Opener, measure: str, value: float) -> None:
    view = view_of("431024")
    row = view.county_result(view.measure(measure))
    assert row is not None and row["value"] == value
    assert (row["status"], row["n"], row["n_expected"], row["sources"]) == ("ok", 10, 10, "national_register")


def test_results_have_their_columns_and_one_row_of_a_kind(view_of: Opener) -> None:
    for county in ("411325", "431024", "nanchang-wuxi", "tianjin", "110101"):
        rows = view_of(county).results
        assert set(rows.columns) >= {*RESULT_COLUMNS, "scope_zh", "scope_en"}
        assert not rows.duplicated(["id", "member", "place", "scope_en"]).any()
        assert set(rows["grade"]) <= {"computed", "stated", "estimated"} and rows["sources"].ne("").all()


def test_stated_values_are_shown_with_their_grade_and_never_rolled_up(view_of: Opener) -> None:
    rows = view_of("411325").results
    stated = rows[rows["grade"] == "stated"]
    assert len(stated) and stated[["numerator", "denominator"]].isna().all().all()
    assert set(stated["place"]) & {"411325"} == set() or set(stated["sources"].str.len()) == {9}


def test_a_named_subset_is_never_the_county(view_of: Opener) -> None:
    view = view_of("411325")
    own = view.results.iloc[:1].assign(place="411325", member="", scope_en="the 7 key communities", value=99.0)
    assert view.county_result(own) is None
    whole = own.assign(scope_en="", value=1.0)
    found = view.county_result(pd.concat([whole, own]))
    assert found is not None and found["value"] == 1.0


def test_a_period_narrows_the_results(view_of: Opener) -> None:
    assert set(view_of("411325", "zh", "undated:000-5").results["period"]) == {"undated:000-5"}
    assert set(view_of("411325", "zh", "2023-06").results["sources"]) == {"national_register"}
    assert view_of("411325", "zh", "1999").results.empty


def test_dated_and_undated_facts_never_meet(view_of: Opener) -> None:
    for county in ("411325", "431024", "330521"):
        computed = view_of(county).results
        mixed = computed["sources"].str.contains("national_register") & computed["sources"].str.contains(";")
        assert not mixed.any()


def test_the_national_rank_counts_every_county_with_data(view_of: Opener) -> None:
    view = view_of("431024")
    values = national_values(view, "villagers_committees")
    assert len(values) == 2846 and set(values.index) < {
        place.key for place in view.book.counties()
    }  # Jinmen has no data
    circles = {each.circle: each.position for each in standings(view, "villagers_committees")}
    nation = circles["nation"]
    assert nation is not None and (nation.rank, nation.n) == (1 + int((values > 167).sum()), 2846)
    assert circles["prefecture"] is not None and circles["prefecture"].n == 11
    shares = national_values(view, "residents_committee_share")
    assert shares["431024"] == pytest.approx(100 * 31 / 198)


def test_a_heading_of_the_code_list_gives_no_prefecture_rank(view_of: Opener) -> None:
    assert [each.circle for each in standings(view_of("110101"), "villagers_committees")] == ["province", "nation"]
    assert all(each.position is None for each in standings(view_of("nanchang-wuxi"), "villagers_committees"))


@pytest.mark.parametrize(
    ("county", "near"),
    [
        ("411326x", "411326"),
        ("4113255", "411325"),
        ("内乡", "411325"),
        ("nanchang", "nanchang-wuxi"),
        ("tianjing", "tianjin"),
    ],
)
def test_an_unknown_county_is_refused_with_the_nearest(county: str, near: str) -> None:
    with pytest.raises(ParameterError) as caught:
        open_county(county)
    assert near in caught.value.say("zh") and near in caught.value.say("en")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"county": 411325}, "411325"),
        ({"county": "411325", "period": "September"}, "2013-09"),
        ({"county": "411325", "lang": "fr"}, "zh, en"),
        ({"county": "411325", "lang": "ZH"}, "zh, en"),
    ],
)
def test_other_wrong_parameters_are_refused_with_what_is_allowed(parameters: dict[str, Any], named: str) -> None:
    with pytest.raises(ParameterError) as caught:
        open_county(**parameters)
    assert named in caught.value.say("zh") and named in caught.value.say("en")


def test_a_view_is_frozen_and_names_its_places(view_of: Opener) -> None:
    view = view_of("431024", "en")
    with pytest.raises(AttributeError):
        view.period = "2013"  # type: ignore[misc]
    assert view.name_of("431024") == "Jiahe County" and view.name_of("431024100") != "431024100"
