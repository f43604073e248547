"""The audit of stated claims: the published key, and every rule and operation on small frames of its own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlib.audit import Outcome, Verdict
from commlib.audit.claims import verdicts
from commlib.audit.operations import UNBOUNDED, quotient
from commlib.audit.records import Interval, read_claims, read_figures
from commlib.errors import DataError
from commlib.hedges import INFINITY, band, rounded, truncated

ROOT = Path(__file__).resolve().parents[1]
ANSWERS = ["recomputed_value", "abs_diff", "tolerance", "verdict", "explanation"]
DEFAULTS = {"doc": "900", "article": "1", "county": "nowhere", "county_name_zh": "无名县", "level": "county",
            "place": "", "period": "current", "theme": "any", "indicator": "", "label_zh": "", "value": "",
            "unit": "count", "qualifier": "exact", "kind": "level", "nature": "actual", "repeats": "", "restates": "",
            "note": ""}


def reported(name: str) -> pd.DataFrame:
    for folder in (ROOT / "data" / "reported", ROOT.parent / "shared" / "data" / "reported"):
        if (folder / name).is_file():
            return pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    pytest.skip(f"{name} is neither in data/reported nor in the shared folder")


def figures(**rows: str | dict[str, str]) -> pd.DataFrame:
    """One row a figure: `a="12 households at_least"` or a dict of columns."""
    made = []
    for name, row in rows.items():
        if isinstance(row, str):
            value, unit, qualifier = (*row.split(), "exact")[:3]
            row = {"value": value, "unit": unit, "qualifier": qualifier}
        made.append({"id": name, **DEFAULTS, "indicator": f"{name}_thing", "label_zh": f"项目{name}", **row})
    return pd.DataFrame(made, dtype=str)


def claims(operation: str, numerators: str = "", denominators: str = "", **more: str) -> pd.DataFrame:
    row = {"id": "k1", "doc": "900", "article": "1", "county": "nowhere", "claim": "", "operation": operation,
           "stated_id": "s", "stated_value": "", "stated_unit": "", "numerator_ids": numerators,
           "denominator_ids": denominators, **more}
    return pd.DataFrame([row], dtype=str)


def audit_claims(book: pd.DataFrame, asked: pd.DataFrame) -> list[Verdict]:
    known = read_figures(book)
    return verdicts(read_claims(asked, known), known)


def judge(operation: str, numerators: str = "", denominators: str = "", **rows: str | dict[str, str]) -> Verdict:
    return audit_claims(figures(**rows), claims(operation, numerators, denominators))[0]


# --- the published key --------------------------------------------------------------------------------------------

def test_every_published_claim_gets_the_verdict_of_the_key() -> None:
    key = reported("claims.csv")
    found = audit_claims(reported("figures.csv"), key.drop(columns=ANSWERS))
    assert [(one.id, one.verdict.value) for one in found] == list(zip(key["id"], key["verdict"], strict=True))
    assert len(found) == 89


def test_published_values_are_those_of_the_key_where_it_has_them() -> None:
    key = reported("claims.csv").set_index("id")
    compared = 0
    for one in audit_claims(reported("figures.csv"), key.reset_index()):
        if one.recomputed is not None:
            compared += 1
            assert float(one.recomputed) == pytest.approx(float(str(key.loc[one.id, "recomputed_value"])), abs=5e-5)
    assert compared > 40


def test_verdicts_do_not_depend_on_the_answers_in_the_file() -> None:
    key = reported("claims.csv")
    lies = key.assign(**dict.fromkeys(ANSWERS, "wrong"))
    assert audit_claims(reported("figures.csv"), lies) == audit_claims(reported("figures.csv"), key)


def test_verdicts_do_not_depend_on_names_of_counties_claims_or_figures() -> None:
    book, key = reported("figures.csv"), reported("claims.csv")
    for column in ("id", "repeats", "restates"):
        book[column] = book[column].map(lambda cell: f"x{cell}" if cell else "")
    for column in ("stated_id", "numerator_ids", "denominator_ids"):
        key[column] = key[column].map(lambda cell: ";".join(f"x{one}" for one in cell.split(";")) if cell else "")
    for frame in (book, key):
        frame["county"] = frame["county"].map(lambda name: f"renamed-{name[::-1]}")
    key["id"] = [f"q{place}" for place in range(len(key))]
    assert [one.verdict.value for one in audit_claims(book, key)] == list(key["verdict"])


@pytest.mark.parametrize(("claim", "words"), [
    ("c055", ["1,849 ÷ 2,945 = 62.78%", "截断为62.7%", "62.8%"]),
    ("c057", ["000-5-007", "年度住房任务", "2,945", "9.51%"]),
    ("c066", ["1,695", "1,686", "109", "1,586"]),
    ("c006", ["990个中没有任何整数", "798个", "80.61%"]),
    ("c007", ["960个", "97%"]),
    ("c016", ["仅截断", "762个"]),
    ("c052", ["44.24亿元"]),
    ("c065", ["差额为2,000万元"]),
    ("c076", ["679,558", "36.18%"]),
    ("c096", ["约230万元", "511"]),
])
def test_reasons_say_what_was_found(claim: str, words: list[str]) -> None:
    book, key = reported("figures.csv"), reported("claims.csv")
    why = audit_claims(book, key[key["id"] == claim])[0].why
    assert [word for word in words if word not in why.zh] == []
    assert [mark for mark in "，。（）：“" if mark in why.en] == []   # Chinese in English only as a figure's own label


# --- order of the rules -------------------------------------------------------------------------------------------

def test_a_missing_part_comes_before_everything() -> None:
    assert judge("share", "a", "", s="50 percent", a="1 count").verdict is Outcome.UNVERIFIABLE
    assert judge("share", "a", "b", s="50 percent", a="1 count", b={"value": ""}).verdict is Outcome.UNVERIFIABLE
    assert judge("share", "", "", s="50 percent").verdict is Outcome.UNVERIFIABLE
    assert judge("sum", "a", "", s="1 count", a="1 count").verdict is Outcome.UNVERIFIABLE
    assert judge("difference", "a", "", s="1 count", a="1 count").verdict is Outcome.UNVERIFIABLE
    assert judge("restatement", "", "", s="1 count").verdict is Outcome.UNVERIFIABLE
    assert judge("per_unit", "", "a", s="1 ratio", a="1 count").verdict is Outcome.UNVERIFIABLE
    assert judge("share", "a", "b", s={"value": "", "unit": "percent"}, a="1 count", b="2 count").band is None


def test_a_difference_may_take_its_rest_from_either_column() -> None:
    assert judge("difference", "a;b", "", s="2 count", a="5 count", b="3 count").verdict is Outcome.CONSISTENT
    assert judge("difference", "a", "b;c", s="1 count", a="5 count", b="3 count", c="1 count").recomputed == 1


def test_the_hedge_comes_before_equal_values() -> None:
    found = judge("sum", "a;b", "", s="5 count", a="2 count at_least", b="3 count")
    assert found.verdict is Outcome.UNVERIFIABLE
    assert [found.recomputed, found.low, found.high] == [5, 5, INFINITY]
    assert "至少5个" in found.why.zh


def test_outside_its_hedge_a_claim_goes_on_with_the_point_values() -> None:
    found = judge("sum", "a;b", "", s="4 count", a="2 count at_least", b="3 count")
    assert found.verdict is Outcome.INCONSISTENT
    assert [found.recomputed, found.low] == [5, 5]


def test_only_a_stated_value_inside_the_interval_itself_stays_open() -> None:
    below = judge("share", "a", "b", s="62.7 percent", a="6275 count at_least", b="10000 count")
    assert below.verdict is Outcome.ROUNDING           # 62.75 and more: 62.7 is outside, and is 62.75 truncated
    beside = judge("share", "a", "b", s="62.7 percent", a="6274 count at_least", b="10000 count")
    assert beside.verdict is Outcome.CONSISTENT        # 62.74 and more: outside by a hair, and 62.74 rounds to it
    inside = judge("share", "a", "b", s="62.7 percent", a="6270 count at_least", b="10000 count")
    assert inside.verdict is Outcome.UNVERIFIABLE


def test_rounding_half_up_comes_before_truncation_and_truncation_before_a_bound() -> None:
    assert judge("share", "a", "b", s="62.8 percent", a="6275 count", b="10000 count").verdict is Outcome.CONSISTENT
    assert judge("share", "a", "b", s="62.7 percent", a="6275 count", b="10000 count").verdict is Outcome.ROUNDING
    assert judge("share", "a", "b", s="62.7 percent at_least", a="6275 count", b="10000 count"
                 ).verdict is Outcome.ROUNDING
    assert judge("difference", "a;b", s="-2 count", a="1 count", b="3.5 count").verdict is Outcome.ROUNDING
    assert judge("difference", "a;b", s="-3 count", a="1 count", b="3.5 count").verdict is Outcome.CONSISTENT


def test_truncation_comes_before_another_base() -> None:
    found = judge("share", "a", "b", s="62.7 percent", a="1849 units", b="2945 units", c="2950 units")
    assert found.verdict is Outcome.ROUNDING


@pytest.mark.parametrize(("stated", "outcome"), [
    ("10 percent at_most", Outcome.CONSISTENT), ("9 percent at_most", Outcome.CONSISTENT),
    ("8 percent at_most", Outcome.INCONSISTENT), ("5 percent at_least", Outcome.CONSISTENT),
    ("20 percent at_least", Outcome.INCONSISTENT), ("30 percent approx", Outcome.INCONSISTENT),
    ("20 percent at_most", Outcome.CONSISTENT),
])
def test_a_stated_bound_is_satisfied_or_not(stated: str, outcome: Outcome) -> None:
    assert judge("share", "a", "b", s=stated, a="9 count", b="100 count").verdict is outcome


def test_a_stated_bound_comes_before_another_base() -> None:
    found = judge("share", "a", "b", s="20 percent at_most", a="9 count", b="100 count", c="45 count")
    assert found.verdict is Outcome.CONSISTENT
    assert "至多20%" in found.why.zh and "at most 20 %" in found.why.en


def test_a_stated_approximation_is_no_bound_that_could_be_satisfied() -> None:
    rows = {"a": "226 count", "b": "2 count"}
    assert judge("sum", "a;b", s="230 count approx", **rows).verdict is Outcome.INCONSISTENT
    assert judge("sum", "a;b", s="228 count approx", **rows).verdict is Outcome.CONSISTENT


# --- hedges of the parts ------------------------------------------------------------------------------------------

def test_an_approximate_part_leaves_half_a_unit_of_its_last_digit() -> None:
    found = judge("sum", "a;b", s="240 count", a="230 count approx", b="7 count")
    assert (found.low, found.high, found.verdict) == (232, 242, Outcome.UNVERIFIABLE)
    wide = judge("difference", "a;b", s="0 count", a="279000 count approx", b="1 count")
    assert (wide.low, wide.high, wide.verdict) == (278499, 279499, Outcome.INCONSISTENT)


def test_a_quantity_at_most_begins_at_zero_and_leaves_a_base_unbounded_above() -> None:
    found = judge("share", "a", "b", s="80 percent", a="20 count", b="50 count at_most")
    assert (found.low, found.high, found.verdict) == (40, INFINITY, Outcome.UNVERIFIABLE)
    below = judge("share", "a", "b", s="30 percent", a="20 count", b="50 count at_most")
    assert below.verdict is Outcome.INCONSISTENT


def test_a_range_is_read_with_its_partner() -> None:
    low = {"value": "2", "unit": "count", "qualifier": "range_low", "indicator": "spread"}
    high = {**low, "value": "4", "qualifier": "range_high"}
    found = judge("sum", "a;c", s="13 count", a=low, b=high, c="10 count")
    assert (found.low, found.high, found.verdict) == (12, 14, Outcome.UNVERIFIABLE)
    assert judge("sum", "b;c", s="13 count", a=low, b=high, c="10 count").low == 12
    assert judge("sum", "a;c", s="15 count", a=low, b=high, c="10 count").verdict is Outcome.INCONSISTENT


@pytest.mark.parametrize("column", ["indicator", "place", "period", "article", "county", "level"])
def test_a_range_without_its_partner_is_a_bound(column: str) -> None:
    low = {"value": "2", "unit": "count", "qualifier": "range_low", "indicator": "spread"}
    high = {**low, "value": "4", "qualifier": "range_high", column: "another"}
    assert judge("sum", "a;c", s="15 count", a=low, b=high, c="10 count").high == INFINITY
    assert judge("sum", "b;c", s="15 count", a=low, b=high, c="10 count").low == 10


def test_a_partner_must_be_next_to_it() -> None:
    low = {"value": "2", "unit": "count", "qualifier": "range_low", "indicator": "spread"}
    high = {**low, "value": "4", "qualifier": "range_high"}
    assert judge("sum", "a;c", s="15 count", a=low, c="10 count", b=high).high == INFINITY


def test_a_part_above_and_below_the_line_moves_once() -> None:
    found = judge("share", "a", "a;b", s="40 percent", a="230 count approx", b="270 count")
    assert found.low == Fraction(22500, 495) and found.high == Fraction(23500, 505)
    assert found.verdict is Outcome.INCONSISTENT
    assert judge("share", "a", "a;b", s="60 percent", a="50 count at_least", b="50 count").high == 100


def test_intervals_take_the_corners() -> None:
    zero, one = Interval(Fraction(0), Fraction(0)), Interval(Fraction(1), Fraction(1))
    assert quotient(one, zero, zero) is None
    assert quotient(one, zero, Interval(Fraction(-1), Fraction(1))) == UNBOUNDED
    assert quotient(one, zero, Interval(Fraction(-2), Fraction(0))) == Interval(-INFINITY, Fraction(-1, 2))
    assert quotient(one, zero, Interval(Fraction(2), INFINITY)) == Interval(Fraction(0), Fraction(1, 2))
    both = Interval(Fraction(1), INFINITY)
    assert quotient(both, zero, both) == Interval(Fraction(0), INFINITY)
    assert quotient(zero, both, one) == Interval(Fraction(1, 2), Fraction(1))
    assert quotient(zero, zero, Interval(Fraction(0), Fraction(5))) == zero


# --- operations and units -----------------------------------------------------------------------------------------

def test_money_of_different_scale_converts() -> None:
    assert judge("sum", "a;b", s="1.5 CNY100m", a="1 CNY100m", b="5000 CNY10k").verdict is Outcome.CONSISTENT
    assert judge("share", "a", "b", s="50 percent", a="5000 CNY10k", b="1 CNY100m").verdict is Outcome.CONSISTENT
    assert judge("restatement", "a", s={"value": "1.5", "unit": "CNY100m", "indicator": "same"},
                 a={"value": "15000", "unit": "CNY10k", "indicator": "same"}).verdict is Outcome.CONSISTENT


def test_sums_are_exact() -> None:
    found = judge("sum", "a;b", s="0.3 km", a="0.1 km", b="0.2 km")
    assert found.recomputed == Fraction(3, 10) and found.verdict is Outcome.CONSISTENT
    assert "完全一致" in found.why.zh


def test_a_share_stated_as_a_ratio_is_not_multiplied() -> None:
    found = judge("share", "a", "b", s="0.63 ratio", a="1849 units", b="2945 units")
    assert found.verdict is Outcome.CONSISTENT and found.recomputed == Fraction(1849, 2945)


def test_a_share_sums_both_sides() -> None:
    found = judge("share", "a;b", "c;d", s="50 percent", a="1 count", b="2 count", c="4 count", d="2 count")
    assert found.verdict is Outcome.CONSISTENT and found.why.zh.startswith("(1 + 2) ÷ (4 + 2) = 50%")


def test_growth_in_percent_and_as_a_multiple() -> None:
    rows = {"a": "150 CNY10k", "b": "0.01 CNY100m"}
    assert judge("growth_multiple", "a", "b", s="50 percent", **rows).verdict is Outcome.CONSISTENT
    assert judge("growth_multiple", "a", "b", s="1.5 ratio", **rows).verdict is Outcome.CONSISTENT
    fall = judge("growth_multiple", "a", "b", s="-20 percent", a="80 count", b="100 count")
    assert fall.verdict is Outcome.CONSISTENT and "80 ÷ 100 − 1 = −20%" in fall.why.zh


def test_what_is_missing_is_implied_where_it_can_be() -> None:
    assert "50人" in judge("growth_multiple", "a", "", s="2 ratio", a="100 persons").why.zh
    assert "80个" in judge("growth_multiple", "a", "", s="-20 percent", a="64 count").why.zh
    assert "72个" in judge("growth_multiple", "", "a", s="-20 percent", a="90 count").why.zh
    assert "未说明" in judge("growth_multiple", "a", "", s="-100 percent", a="64 count").why.zh
    assert "4.5万元" in judge("share", "", "a", s="45 percent", a="10 CNY10k").why.zh
    assert "2.5公里" in judge("sum", "a", "", s="4 km", a="1.5 km").why.zh


def test_per_unit_follows_the_units() -> None:
    rows = {"a": "2 CNY100m", "b": "10000 households"}
    assert judge("per_unit", "a", "b", s="2 CNY10k/household", **rows).verdict is Outcome.CONSISTENT
    assert judge("per_unit", "a", "b", s="20000 CNY/household", **rows).verdict is Outcome.CONSISTENT
    assert judge("per_unit", "a", "b", s="2 CNY10k/mu", **rows).verdict is Outcome.UNVERIFIABLE
    back = judge("per_unit", "a", "b", s="1500 households", a="3000 CNY10k", b="2 CNY10k/household")
    assert back.verdict is Outcome.CONSISTENT and back.recomputed == 1500
    share = judge("per_unit", "a", "b", s="500 CNY10k", a="225 CNY10k", b="45 percent")
    assert share.verdict is Outcome.CONSISTENT


@pytest.mark.parametrize(("operation", "stated", "first", "second"), [
    ("share", "50 percent", "1 persons", "2 mu"), ("share", "50 households", "1 count", "2 count"),
    ("sum", "3 households", "1 households", "2 units"), ("sum", "3 count", "1 count", "2 km"),
    ("difference", "1 CNY", "2 CNY", "1 CNY/household"), ("growth_multiple", "100 percent", "2 count", "1 km"),
    ("restatement", "1 km", "1 count", ""),
])
def test_units_that_do_not_meet_are_said_so(operation: str, stated: str, first: str, second: str) -> None:
    rows = {"a": first, **({"b": second} if second else {})}
    found = judge(operation, "a", "b" if second else "", s=stated, **rows)
    assert (found.verdict, found.recomputed) == (Outcome.UNVERIFIABLE, None)
    assert "单位不能换算" in found.why.zh and "cannot be reconciled" in found.why.en


def test_a_bare_number_is_neutral_in_rates() -> None:
    assert judge("per_unit", "a", "b", s="20 persons", a="200 persons", b="10 count").verdict is Outcome.CONSISTENT
    assert judge("per_unit", "a", "b", s="3 count", a="30 count", b="10 count").verdict is Outcome.CONSISTENT
    assert judge("share", "a", "b", s="90 percent", a="90 count", b="100 persons").verdict is Outcome.CONSISTENT
    assert judge("per_unit", "a", "b", s="3 mu", a="30 count", b="10 count").verdict is Outcome.UNVERIFIABLE


def test_households_and_dwellings_are_one_kind_for_a_base() -> None:
    assert judge("share", "a", "b", s="9.5 percent", a="280 households", b="2945 units").verdict is Outcome.CONSISTENT


def test_percentage_points_come_from_percents() -> None:
    found = judge("difference", "a;b", s="2.4 percentage_points", a="62.8 percent", b="60.4 percent")
    assert found.verdict is Outcome.CONSISTENT


def test_a_zero_base_is_said_so() -> None:
    found = judge("share", "a", "b", s="50 percent", a="1 count", b="0 count", c="2 count")
    assert (found.verdict, found.recomputed) == (Outcome.UNVERIFIABLE, None)
    assert "基数为零" in found.why.zh
    assert judge("share", "a", "b", s="50 percent", a="1 count at_most", b="0 count").verdict is Outcome.UNVERIFIABLE
    assert judge("growth_multiple", "a", "b", s="5 percent", a="1 count", b="0 count").recomputed is None


def test_the_claims_own_stated_value_and_unit_come_first() -> None:
    frame = figures(s="99 percent", a="1 count", b="2 count")
    own = audit_claims(frame, claims("share", "a", "b", stated_value="0.5", stated_unit="ratio"))[0]
    assert (own.verdict, own.stated, own.unit) == (Outcome.CONSISTENT, "0.5", "ratio")
    assert audit_claims(frame, claims("share", "a", "b"))[0].verdict is Outcome.INCONSISTENT


# --- another base -------------------------------------------------------------------------------------------------

MOVED = {"s": "9.5 percent", "a": "280 households", "b": "521 units"}


def test_another_base_is_named_with_id_label_and_value() -> None:
    found = judge("share", "a", "b", **MOVED, c="2945 units")
    assert found.verdict is Outcome.BASE_MISLABELLED
    for words in (found.why.zh, found.why.en):
        assert "(c)" in words or "（c）" in words
        assert "2,945" in words
    assert "项目c" in found.why.zh
    assert found.recomputed == Fraction(28000, 521)


@pytest.mark.parametrize("other", [
    {"value": "2945", "unit": "persons"}, {"value": "2945", "unit": "units", "qualifier": "at_least"},
    {"value": "2945", "unit": "units", "county": "elsewhere"}, {"value": "2945", "unit": "units", "article": "2"},
    {"value": "2945", "unit": "units", "doc": "901"}, {"value": "3100", "unit": "units"},
    {"value": "0", "unit": "units"},
])
def test_a_base_of_another_kind_report_or_certainty_does_not_count(other: dict[str, str]) -> None:
    assert judge("share", "a", "b", **MOVED, c=other).verdict is Outcome.INCONSISTENT


def test_a_base_may_be_given_in_another_unit_of_its_kind() -> None:
    found = judge("share", "a", "b", s="25 percent", a="500 CNY10k", b="900 CNY10k", c="0.2 CNY100m")
    assert found.verdict is Outcome.BASE_MISLABELLED


def test_a_restated_base_is_named_by_its_original() -> None:
    again = {"value": "2945", "unit": "units", "restates": "d"}
    found = judge("share", "a", "b", **MOVED, c=again, d="2945 units")
    assert "（d）" in found.why.zh and "（c）" not in found.why.zh
    far = judge("share", "a", "b", **MOVED, c={**again, "restates": "", "repeats": "elsewhere-7"})
    assert far.verdict is Outcome.BASE_MISLABELLED and "（c）" in far.why.zh


def test_an_exact_second_statement_of_a_hedged_figure_is_named_itself_and_circles_end() -> None:
    again = {"value": "2945", "unit": "units", "restates": "d"}
    hedged = judge("share", "a", "b", **MOVED, c=again, d="2945 units at_least")
    assert hedged.verdict is Outcome.BASE_MISLABELLED and "（c）" in hedged.why.zh
    circle = judge("share", "a", "b", **MOVED, c=again, d={**again, "restates": "c"})
    assert circle.verdict is Outcome.BASE_MISLABELLED


def test_a_second_printing_of_the_numerator_or_base_is_no_other_base() -> None:
    again = {"value": "280", "unit": "households", "repeats": "a"}
    found = judge("share", "a", "b", s="100 percent", a="280 households", b="521 units", c=again)
    assert found.verdict is Outcome.INCONSISTENT
    differs = judge("share", "a", "b", **MOVED, c={"value": "2945", "unit": "units", "restates": "b"})
    assert differs.verdict is Outcome.BASE_MISLABELLED and "（c）" in differs.why.zh


def test_a_base_equal_to_the_named_one_is_passed_over_and_the_same_place_preferred() -> None:
    here = {"value": "2945", "unit": "units"}
    found = judge("share", "a", "b", **MOVED, c={**here, "place": "外村", "level": "community"}, d=here)
    assert "（d）" in found.why.zh
    assert judge("share", "a", "b", s="9.4 percent", a="280 households", b="2945 units", c="2945 households"
                 ).verdict is Outcome.INCONSISTENT


@pytest.mark.parametrize(("stated", "said", "key"), [
    ("10 percent at_most", "至多10%", "符合所述的“至多10%”"), ("10 percent approx", "约10%", "四舍五入即为所述的约10%"),
    ("10 percent at_least", "至少10%", "四舍五入即为所述的至少10%")])
def test_a_stated_hedge_is_kept_in_words(stated: str, said: str, key: str) -> None:
    """280 of 2,945 are 9.51 %: below ten, and printed as ten."""
    found = judge("share", "a", "b", s=stated, a="280 count", b="2945 count")
    assert found.verdict is Outcome.CONSISTENT and found.said and found.said.zh == said and key in found.why.zh
    assert found.found and found.found.en == "9.51 %"


def test_hedged_parts_are_recomputed_to_a_range_and_a_restatement_to_nothing() -> None:
    hedged = judge("sum", "a;b", s="5 CNY100m", a="2400 CNY10k at_least", b="1800 CNY10k at_least")
    assert hedged.found and hedged.found.zh == "至少0.42亿元" and hedged.recomputed == Fraction(42, 100)
    again = judge("restatement", "a", s="22 count", a="2212 count")
    assert again.recomputed == 2212 and again.found is None and again.said and again.said.en == "22"


def test_per_unit_looks_for_another_base_but_growth_and_sums_do_not() -> None:
    per = judge("per_unit", "a", "b", s="2 CNY10k/household", a="400 CNY10k", b="100 households", c="200 households")
    assert per.verdict is Outcome.BASE_MISLABELLED
    growth = judge("growth_multiple", "a", "b", s="100 percent", a="400 count", b="100 count", c="200 count")
    assert growth.verdict is Outcome.INCONSISTENT


def test_columns_of_repeats_may_be_absent() -> None:
    frame = figures(**MOVED, c="2945 units").drop(columns=["repeats", "restates", "note", "kind", "nature", "theme"])
    assert audit_claims(frame, claims("share", "a", "b"))[0].verdict is Outcome.BASE_MISLABELLED


def test_a_sum_of_neighbours_is_mentioned_only_for_a_precise_share() -> None:
    rows = {"a": "246000 mu", "b": "637000 mu", "c": "600000 mu", "d": "50000 mu", "e": "30000 mu", "f": "60000 mu"}
    assert "36.18%" in judge("share", "a", "b", s="36.2 percent", **rows).why.zh
    assert "36.18%" not in judge("share", "a", "b", s="36 percent", **rows).why.zh


# --- restatements -------------------------------------------------------------------------------------------------

SAME = {"indicator": "homes", "unit": "count"}


@pytest.mark.parametrize(("other", "outcome"), [
    ({"value": "28"}, Outcome.CONSISTENT), ({"value": "28.4"}, Outcome.INCONSISTENT),
    ({"value": "28.5"}, Outcome.INCONSISTENT), ({"value": "20"}, Outcome.INCONSISTENT),
    ({"value": "28", "indicator": "other"}, Outcome.BASE_MISLABELLED),
    ({"value": "28", "place": "外村"}, Outcome.BASE_MISLABELLED),
    ({"value": "28", "level": "township"}, Outcome.BASE_MISLABELLED),
    ({"value": "28", "county": "elsewhere"}, Outcome.BASE_MISLABELLED),
    ({"value": "20", "indicator": "other"}, Outcome.UNVERIFIABLE),
    ({"value": "20", "place": "外村"}, Outcome.UNVERIFIABLE),
    ({"value": "20", "article": "2"}, Outcome.INCONSISTENT),
    ({"value": "20", "qualifier": "at_least"}, Outcome.UNVERIFIABLE),
    ({"value": "30", "qualifier": "at_least"}, Outcome.INCONSISTENT),
    ({"value": ""}, Outcome.UNVERIFIABLE),
])
def test_restatements(other: dict[str, str], outcome: Outcome) -> None:
    assert judge("restatement", "a", s={**SAME, "value": "28"}, a={**SAME, **other}).verdict is outcome


def test_a_restatement_is_never_a_matter_of_truncation() -> None:
    assert judge("restatement", "a", s={**SAME, "value": "28"}, a={**SAME, "value": "28.9"}
                 ).verdict is Outcome.INCONSISTENT


# --- sums that do not add up, and whole numbers of answers ----------------------------------------------------------

def test_the_part_that_is_too_many_is_named() -> None:
    rows = {"a": "5 count", "b": "7 count", "c": "4 count"}
    equal = judge("sum", "a;b;c", s="12 count", **rows)
    assert equal.verdict is Outcome.INCONSISTENT and "不计“项目c”4个" in equal.why.zh and "正合所述" in equal.why.zh
    assert "少2个" in judge("sum", "a;b;c", s="14 count", **rows).why.zh
    assert "仍多" in judge("sum", "a;b;c", s="3 count", **rows).why.zh
    assert "不计" not in judge("sum", "a;b;c", s="99 count", **rows).why.zh


@pytest.mark.parametrize(("stated", "words"), [
    ("79 percent", "没有任何整数能得到"), ("83 percent", "会印成"), ("82.6 percent", "会印成"),
    ("78.2 percent", "仅截断"), ("100 percent", "46个中的46个"), ("0 percent", "46个中的0个"),
    ("250 percent", "约为115个"),
])
def test_whether_a_whole_number_of_answers_gives_the_percentage(stated: str, words: str) -> None:
    found = judge("share", "", "a", s=stated, a="46 count")
    assert found.verdict is Outcome.UNVERIFIABLE and words in found.why.zh


# --- faults of the input ------------------------------------------------------------------------------------------

def test_all_faults_are_collected_with_their_lines() -> None:
    book = figures(s="50 percent", a="1849 count", b="2 count")
    asked = pd.concat([claims("share", "a", "zz"), claims("restatement", "a;b"), claims("share", "a;yy", "b", stated_id="xx")])
    asked.index = pd.Index([2, 3, 7], name="line")
    with pytest.raises(DataError) as caught:
        audit_claims(book, asked)
    assert {(one.file, one.row, one.column, one.found) for one in caught.value.faults} == {
        ("claims.csv", "2", "denominator_ids", "zz"), ("claims.csv", "3", "numerator_ids", "a;b"),
        ("claims.csv", "7", "numerator_ids", "yy"), ("claims.csv", "7", "stated_id", "xx")}
    assert all(one.allowed.zh and one.remedy.en for one in caught.value.faults)
    assert "4 处" in caught.value.say("zh")


def test_blank_cells_may_be_missing_values_and_no_claims_give_no_verdicts() -> None:
    frame = figures(s="50 percent", a="1 count", b="2 count").replace("", None)
    asked = claims("share", "a", "b").replace("", None)
    assert audit_claims(frame, asked)[0].verdict is Outcome.CONSISTENT
    assert audit_claims(frame, asked.iloc[:0]) == []


def test_the_frames_are_left_as_they_were_and_the_verdict_says_where() -> None:
    here = {"value": "50", "unit": "percent", "place": "甲村", "level": "community"}
    book = figures(s=here, a="1 count", b="2 count")
    asked = claims("share", "a", "b")
    before = (book.copy(), asked.copy())
    found = audit_claims(book, asked)[0]
    pd.testing.assert_frame_equal(book, before[0])
    pd.testing.assert_frame_equal(asked, before[1])
    assert (found.document, found.place, found.county, found.operands) == ("900-1", "甲村", "nowhere", ("a", "b"))
    assert found.band == (Fraction(99, 2), Fraction(101, 2))


def test_money_reads_naturally_in_both_languages() -> None:
    why = judge("sum", "a;b", s="13.81 CNY100m", a="13 CNY100m", b="8100 CNY10k").why
    assert "13亿元 + 8,100万元 = 13.81亿元" in why.zh
    assert "CNY 1.3 billion + CNY 81 million = CNY 1.381 billion" in why.en


# --- properties ---------------------------------------------------------------------------------------------------

@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_a_share_printed_by_rounding_is_always_consistent(part: int, base: int, decimals: int) -> None:
    exact = Fraction(part * 100, base)
    scaled = rounded(exact, decimals) * 10**decimals
    digits = str(int(scaled)).zfill(decimals + 1)
    printed = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    found = judge("share", "a", "b", s=f"{printed} percent", a=f"{part} count", b=f"{base} count")
    assert found.verdict is Outcome.CONSISTENT and found.recomputed == exact
    assert found.band is not None and found.band[0] <= exact < found.band[1]


@given(st.fractions(), st.integers(0, 6))
def test_rounding_and_cutting_off_are_exact_and_symmetric(value: Fraction, decimals: int) -> None:
    step = Fraction(1, 10**decimals)
    assert abs(rounded(value, decimals) - value) <= step / 2
    assert 0 <= abs(value) - abs(truncated(value, decimals)) < step
    assert rounded(-value, decimals) == -rounded(value, decimals)
    low, high = band(rounded(value, decimals), decimals)
    assert low <= value <= high


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 999))
def test_a_hedged_share_is_unverifiable_whenever_its_own_value_is_stated(part: int, base: int, more: int) -> None:
    found = judge("share", "a", "b;c", s="50 percent", a=f"{part} count at_least", b=f"{base} count",
                  c=f"{more} count approx")
    assert found.low is not None and found.recomputed is not None and found.low <= found.recomputed
    inside = found.low <= 50
    assert (found.verdict is Outcome.UNVERIFIABLE) == inside
