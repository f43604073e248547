"""Roll-up by the rules of the architecture page, on synthetic facts: complete or not, hedged, dated or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commlib.bilingual import Text
from commlib.declarations.measures import Breakdown, Measure, Nature, Time, measures
from commlib.indicators.arithmetic import growth, ratio, share
from commlib.indicators.compute import Formula, compute, formulas, measure_formula
from commlib.indicators.held import Slot
from commlib.indicators.hierarchy import hierarchy_of
from commlib.indicators.registry import indicators
from commlib.indicators.totals import total_differences
from commlib.intake.reported import FACT_COLUMNS
from commlib.methods.proportions import wilson_interval

COUNTY = "999999"
DONE, TASK = "dwellings_completed", "dwellings_task"
SPLITS = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5000)), min_size=1, max_size=12)
Row = dict[str, Any]
few = settings(max_examples=20, deadline=None)


def fact(quantity: str, value: float, place: str = COUNTY, **given_: Any) -> Row:
    """One fact of the county or of one of its townships; exact, actual and undated unless said otherwise."""
    level = "county" if place == COUNTY else "township"
    row = {
        "kind": "measure",
        "quantity": quantity,
        "nature": "actual",
        "county": COUNTY,
        "place": place,
        "level": level,
        "period": "undated:r",
        "value": value,
        "low": value,
        "high": value,
        "qualifier": "exact",
        "document": "r",
        "source": f"{quantity[:12]}@{place}",
        **given_,
    }
    return {column: row.get(column, "") for column in FACT_COLUMNS}


def listed(count: int) -> list[Row]:
    """The register's rows of so many townships: they make the N of n of N."""
    return [
        fact(
            "township_units",
            1,
            f"{COUNTY}{number:03d}",
            period="2023-06",
            document="national_register",
            source="national_register",
        )
        for number in range(count)
    ]


def township(number: int, done: float | None, task: float | None, **given_: Any) -> list[Row]:
    place = f"{COUNTY}{number:03d}"
    rows = [fact(DONE, done, place, **given_)] if done is not None else []
    return rows + ([fact(TASK, task, place, nature="target", **given_)] if task is not None else [])


def rate(rows: Sequence[Row], indicator: str = "housing_completion_rate", place: str = COUNTY) -> pd.DataFrame:
    facts = pd.DataFrame(rows)
    found = compute(facts, hierarchy_of(facts), formulas(indicators()[indicator]))
    return found[found["place"] == place].reset_index(drop=True)


def synthetic(quantity: str, holds: str = "date", additive: bool = True, breakdown: Breakdown | None = None) -> Measure:
    parts = {breakdown.id: breakdown} if breakdown else {}
    return Measure(quantity, Text.same(quantity), "count", "profile", additive, Time.STOCK, holds, parts)


def quotient(top: Slot, base: Slot, call: Any = ratio, sample: bool = False) -> Formula:
    return Formula("q", "", "ratio", sample, {"a": top, "b": base}, lambda values: call(values["a"], values["b"]))


def slot(measure: Measure, last_year: bool = False) -> Slot:
    return Slot(measure, "", Nature.ACTUAL, last_year)


def evaluate(rows: Sequence[Row], *wanted: Formula) -> pd.DataFrame:
    facts = pd.DataFrame(rows)
    return compute(facts, hierarchy_of(facts), wanted)


# ---- complete data


@few
@given(SPLITS)
def test_on_complete_data_the_county_is_the_sum_over_the_sum_for_any_split(parts: list[tuple[int, int]]) -> None:
    rows = [row for number, (done, task) in enumerate(parts) for row in township(number, done, task)]
    one = rate([*rows, *listed(len(parts))]).iloc[0]
    top, base = sum(done for done, _ in parts), sum(task for _, task in parts)
    assert (one["numerator"], one["denominator"]) == (top, base)
    assert one["value"] == pytest.approx(100 * top / base)
    assert (one["status"], one["grade"], one["n"], one["n_expected"]) == ("ok", "computed", len(parts), len(parts))
    assert set(one["sources"].split(";")) == {row["source"] for row in rows}


def test_a_county_is_never_the_mean_of_its_percentages() -> None:
    rows = [*township(0, 10, 10), *township(1, 45, 60), *township(2, 3, 20), *listed(3)]
    assert rate(rows).at[0, "value"] == pytest.approx(64.4444, abs=1e-4)  # methods.md 3.1: the mean of ratios is 63.33


@settings(max_examples=8, deadline=None)
@given(SPLITS, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing(parts: list[tuple[int, int]], random: Any) -> None:
    rows = [row for number, (done, task) in enumerate(parts) for row in township(number, done / 7, task / 3)] + listed(
        len(parts)
    )
    mixed = list(rows)
    random.shuffle(mixed)
    places = [COUNTY, f"{COUNTY}000"]
    for place in places:
        pd.testing.assert_frame_equal(rate(rows, place=place), rate(mixed, place=place), check_exact=True)


# ---- incomplete data


@few
@given(st.lists(st.tuples(st.none() | st.integers(0, 900), st.none() | st.integers(1, 900)), min_size=1, max_size=10))
def test_only_townships_that_report_every_argument_are_summed(parts: list[tuple[int | None, int | None]]) -> None:
    whole = [(done, task) for done, task in parts if done is not None and task is not None]
    rows = [row for number, (done, task) in enumerate(parts) for row in township(number, done, task)]
    found = rate([*rows, *listed(len(parts))])
    if not whole:
        assert found.empty
        return
    one = found.iloc[0]
    assert (one["numerator"], one["denominator"]) == (sum(done for done, _ in whole), sum(task for _, task in whole))
    assert (one["n"], one["n_expected"]) == (len(whole), len(parts))
    assert one["status"] == ("ok" if len(whole) == len(parts) else "partial")


def test_without_a_register_the_number_expected_is_unknown_and_the_sum_partial() -> None:
    one = rate([*township(0, 1, 2), *township(1, 1, 2)]).iloc[0]
    assert one["status"] == "partial" and one["n"] == 2 and np.isnan(one["n_expected"])


def test_a_place_outside_the_register_does_not_make_up_for_one_that_did_not_report() -> None:
    rows = [*township(0, 1, 2), *listed(2)]
    former = f"{COUNTY}/旧镇"
    one = rate([*rows, fact(DONE, 1, former), fact(TASK, 2, former, nature="target")]).iloc[0]
    assert (one["value"], one["status"], one["n"]) == (50, "partial", 2) and np.isnan(one["n_expected"])


def test_a_placeholder_of_the_register_is_summed_but_is_no_unit_that_should_report() -> None:
    placeholder = {**listed(3)[2], "value": 0.0, "low": 0.0, "high": 0.0}
    rows = [*township(0, 1, 2), *township(1, 1, 2), *listed(2), placeholder]
    assert rate(rows).iloc[0][["value", "status", "n", "n_expected"]].tolist() == [50, "ok", 2, 2]
    found = rate([*rows, *township(2, 2, 2)]).iloc[0]
    assert found[["numerator", "status", "n", "n_expected"]].tolist() == [4, "ok", 2, 2]


def test_what_the_county_states_wins_and_is_never_mixed_with_sums() -> None:
    below = [*township(0, 10, 100), *township(1, 20, 100), *listed(2)]
    stated = [fact(DONE, 90), fact(TASK, 100, nature="target")]
    assert rate([*below, *stated]).at[0, "value"] == 90
    for half in stated:  # only one argument at the county: it must not be put over the townships' sum
        assert rate([*below, half]).at[0, "value"] == pytest.approx(15)


def test_missing_is_no_row_and_a_zero_base_says_so() -> None:
    assert rate([fact(DONE, 5)]).empty
    assert rate([fact(DONE, 5), fact(TASK, float("nan"), nature="target")]).empty
    one = rate([fact(DONE, 5), fact(TASK, 0, nature="target")]).iloc[0]
    assert one["status"] == "no_denominator" and one[["value", "low", "high"]].isna().all()
    assert rate([fact(DONE, 5), fact(TASK, 10)]).empty, "an actual value is no target"


def test_a_measure_that_does_not_add_stays_where_it_is_stated() -> None:
    rate_of = synthetic("mean_age", additive=False)
    found = evaluate(
        [fact("mean_age", 40, f"{COUNTY}000"), fact("mean_age", 50, f"{COUNTY}001"), *listed(2)],
        measure_formula(rate_of),
    )
    assert set(found["place"]) == {f"{COUNTY}000", f"{COUNTY}001"}
    mixed = quotient(slot(synthetic("x")), slot(rate_of))
    found = evaluate(
        [
            row
            for place in ("000", "001")
            for row in (fact("x", 1, COUNTY + place), fact("mean_age", 5, COUNTY + place))
        ],
        mixed,
    )
    assert COUNTY not in set(found["place"])


def test_subsets_objects_and_rules_do_not_enter() -> None:
    out: list[Row] = [
        {"scope_en": "the 7 key communities"},
        {"detail_en": "a new town"},
        {"kind": "rule"},
        {"kind": "stated"},
    ]
    for given_ in out:
        assert rate([fact(DONE, 5, **given_), fact(TASK, 10, nature="target")]).empty


# ---- time


@pytest.mark.parametrize(
    ("holds", "since", "at", "found"),
    [
        ("date", "2013-08", "2013-09", False),
        ("year", "2013", "2013-09", True),
        ("year", "2012", "2013-09", False),
        ("always", "1999", "2013-09", True),
        ("12", "2012", "2013-09", True),
        ("6", "2012", "2013-09", False),
        ("12", "undated:r", "2013-09", False),
        ("always", "2013-09", "undated:r", False),
        ("always", "undated:r:earlier", "undated:r", False),
    ],
)
def test_a_value_holds_as_long_as_its_measure_says_and_says_since_when(
    holds: str, since: str, at: str, found: bool
) -> None:
    carried = synthetic("base", holds)
    rows = evaluate(
        [fact("top", 1, period=at), fact("base", 4, period=since)], quotient(slot(synthetic("top")), slot(carried))
    )
    rows = rows[rows["period"] == at]
    assert len(rows) == found
    if found:
        assert rows.iloc[0][["value", "status", "since"]].tolist() == [0.25, "carried", since]


@pytest.mark.parametrize(
    ("periods", "at", "expected"),
    [
        (["2013-01", "2013-03", "2013-09"], "2013-03", "2013-03"),
        (["2013", "2013-09"], "2013-09", "2013-09"),
        (["2013-01", "2013-09"], "2013-03", "2013-01"),
        (["2013-09", "2013-12"], "2013-03", "2013-12"),
    ],
)
def test_its_own_period_comes_first_then_the_latest_before_it(periods: list[str], at: str, expected: str) -> None:
    rows = [fact("base", number + 1, period=period, source=period) for number, period in enumerate(periods)]
    found = evaluate(
        [*rows, fact("top", 1, period=at)], quotient(slot(synthetic("top")), slot(synthetic("base", "year")))
    )
    one = found[found["period"] == at].iloc[0]
    assert one["denominator"] == periods.index(expected) + 1 and one["since"] == ("" if expected == at else expected)


@pytest.mark.parametrize(
    ("now", "before"), [("2013", "2012"), ("2013Q3", "2012Q3"), ("undated:r", "undated:r:earlier")]
)
def test_last_year_is_the_same_period_a_year_back(now: str, before: str) -> None:
    measure = synthetic("gdp_of")
    rows = evaluate(
        [fact("gdp_of", 84, period=now), fact("gdp_of", 80, period=before)],
        quotient(slot(measure), slot(measure, True), growth),
    )
    assert rows[["period", "value", "status"]].values.tolist() == [[now, pytest.approx(5), "ok"]]


# ---- hedges


@few
@given(
    st.integers(0, 400),
    st.integers(1, 400),
    st.floats(0, 3),
    st.floats(0, 3),
    st.sampled_from(["approx", "at_least", "at_most", "exact"]),
    st.sampled_from(["approx", "at_least", "at_most", "exact"]),
    st.sampled_from([ratio, share, growth, "of both"]),
)
def test_the_interval_holds_every_value_that_the_hedges_allow(
    top: int, base: int, up: float, down: float, first: str, second: str, call: Any
) -> None:
    def ends(value: float, qualifier: str) -> tuple[float, float]:
        return {
            "approx": (value * 0.5, value * 1.5),
            "at_least": (value, np.inf),
            "at_most": (0, value),
            "exact": (value, value),
        }[qualifier]

    def truth(value: float, qualifier: str, draw: float) -> float:
        low, high = ends(value, qualifier)
        return min(max(value * draw, low), high)

    (low_a, high_a), (low_b, high_b) = ends(top, first), ends(base, second)
    real_a, real_b = truth(top, first, up), truth(base, second, down)
    formula = (lambda a, b: share(a, a + b)) if call == "of both" else call
    if call is share:
        assume(real_a <= real_b)  # a part is no more than its whole
    assume((real_a + real_b if call == "of both" else real_b) > 0)
    rows = [
        fact("a", top, low=low_a, high=high_a, qualifier=first),
        fact("b", base, low=low_b, high=high_b, qualifier=second),
    ]
    one = evaluate(rows, quotient(slot(synthetic("a")), slot(synthetic("b")), formula)).iloc[0]
    real = formula(real_a, real_b).value
    tolerance = 1e-9 * (1 + abs(real))
    assert one["low"] - tolerance <= real <= one["high"] + tolerance
    assert one["low"] <= one["value"] <= one["high"]
    assert one["grade"] == ("computed" if first == second == "exact" else "estimated")


def test_a_hedged_zero_base_has_no_interval() -> None:
    one = evaluate(
        [fact("a", 5), fact("b", 0, high=3, qualifier="at_most")], quotient(slot(synthetic("a")), slot(synthetic("b")))
    ).iloc[0]
    assert one["status"] == "no_denominator" and one[["value", "low", "high"]].isna().all()


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (18, 20, 0.698966, 0.972134),
        (4, 20, 0.080658, 0.416017),
        (19, 38, 0.348499, 0.651501),
        (190, 200, 0.910422, 0.972617),
        (0, 77, 0, 0.047518),
    ],
)
def test_wilson_intervals_have_their_known_answers(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson_interval(np.array([successes]), np.array([trials]))
    assert [found[0][0], found[1][0]] == pytest.approx([low, high], abs=1e-6)
    rows = [fact("yes", successes), fact("asked", trials)]
    one = evaluate(rows, quotient(slot(synthetic("yes")), slot(synthetic("asked")), share, sample=True)).iloc[0]
    assert [one["low"], one["high"]] == pytest.approx([100 * low, 100 * high], abs=1e-4) and one["grade"] == "estimated"


@few
@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_lies_in_0_to_1_holds_the_share_and_mirrors(successes: int, trials: int) -> None:
    assume(successes <= trials)
    low, high = wilson_interval(np.array([successes, trials - successes]), np.array([trials, trials]))
    assert 0 <= low[0] <= successes / trials + 1e-12 and successes / trials - 1e-12 <= high[0] <= 1
    assert [low[1], high[1]] == pytest.approx([1 - high[0], 1 - low[0]])


def test_wilson_without_trials_is_missing() -> None:
    low, high = wilson_interval(np.array([0]), np.array([0]))
    assert np.isnan(low[0]) and np.isnan(high[0])


def test_a_hedged_place_does_not_take_the_sampling_interval_from_the_others() -> None:
    rows = [
        fact("yes", 18, f"{COUNTY}000"),
        fact("asked", 20, f"{COUNTY}000"),
        fact("yes", 18, f"{COUNTY}001", high=np.inf, qualifier="at_least"),
        fact("asked", 20, f"{COUNTY}001"),
    ]
    found = evaluate(rows, quotient(slot(synthetic("yes")), slot(synthetic("asked")), share, sample=True)).set_index(
        "place"
    )
    assert found.loc[f"{COUNTY}000", ["low", "high"]].tolist() == pytest.approx([69.8966, 97.2134], abs=1e-3)
    assert found.loc[f"{COUNTY}001", ["low", "high"]].tolist() == [90, 100]


# ---- stated totals against their parts


def breakdown(exclusive: bool = True, exhaustive: bool = True) -> Breakdown:
    return Breakdown("category", exclusive, exhaustive, {each: Text.same(each) for each in ("one", "two")})


def differences(rows: Sequence[Row], measure: Measure) -> pd.DataFrame:
    facts = pd.DataFrame(rows)
    return total_differences(facts, hierarchy_of(facts), [measure])


MEMBERS = [fact("m", 4, member="one"), fact("m", 5, member="two")]


def test_a_total_that_its_parts_do_not_make_is_found() -> None:
    found = differences([fact("m", 10), *MEMBERS], synthetic("m", breakdown=breakdown()))
    assert found[["parts", "stated", "summed"]].values.tolist() == [["category", 10, 9]]
    assert differences([fact("m", 9), *MEMBERS], synthetic("m", breakdown=breakdown())).empty


def test_members_of_rows_may_lack_what_the_rows_leave_blank() -> None:
    def of_rows(value: float, **more: Any) -> Row:
        return fact("m", value, document="staff@花名册.xlsx", **more)

    members, declared = [of_rows(4, member="one"), of_rows(5, member="two")], synthetic("m", breakdown=breakdown())
    assert differences([of_rows(10), *members], declared).empty
    assert differences([of_rows(8), *members], declared)["summed"].tolist() == [9], "more than there are is no blank"


@pytest.mark.parametrize(("exclusive", "exhaustive"), [(True, False), (False, True), (False, False)])
def test_only_exclusive_and_exhaustive_parts_decide(exclusive: bool, exhaustive: bool) -> None:
    assert differences([fact("m", 10), *MEMBERS], synthetic("m", breakdown=breakdown(exclusive, exhaustive))).empty


def test_missing_or_hedged_members_decide_nothing() -> None:
    declared = synthetic("m", breakdown=breakdown())
    assert differences([fact("m", 10), MEMBERS[0]], declared).empty
    assert differences([fact("m", 10), MEMBERS[0], {**MEMBERS[1], "qualifier": "at_least"}], declared).empty
    assert differences([fact("m", 10, qualifier="approx"), *MEMBERS], declared).empty


def test_places_below_decide_only_when_all_of_them_report_exactly() -> None:
    below = [fact("m", 4.1, f"{COUNTY}000"), fact("m", 5.2, f"{COUNTY}001")]
    found = differences([fact("m", 10), *below, *listed(2)], synthetic("m"))
    assert found[["parts", "stated"]].values.tolist() == [["places", 10]] and found.at[0, "summed"] == pytest.approx(
        9.3
    )
    assert differences([fact("m", 9.3), *below, *listed(2)], synthetic("m")).empty, "only the last bit differs"
    assert differences([fact("m", 10), *below, *listed(3)], synthetic("m")).empty, "n < N"
    assert differences([fact("m", 10), *below], synthetic("m")).empty, "N unknown"
    hedged = [below[0], {**below[1], "qualifier": "approx", "low": 5, "high": 6}]
    assert differences([fact("m", 10), *hedged, *listed(2)], synthetic("m")).empty, "hedged"


def test_deqings_party_members_are_found(view_of: Any) -> None:
    facts = view_of("330521").facts
    found = total_differences(facts, hierarchy_of(facts), measures().values())
    assert found[["parts", "stated", "summed"]].values.tolist() == [["category", 1686, 1695]]
    assert found.at[0, "sources"].split(";") == [f"000-6-{number:03d}" for number in range(6, 11)]
