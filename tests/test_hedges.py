"""Hedges: what 近, 余, at least, at most and the ends of a range leave open."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlib.hedges import INFINITY, Qualifier, decimals, half_digit, interval, number

PRINTED = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=3).map(lambda value: f"{value:f}")


@pytest.mark.parametrize(
    ("printed", "half"),
    [
        ("230", "5"),
        ("279000", "500"),
        ("34", "1/2"),
        ("13.8", "1/20"),
        ("13.80", "1/20"),
        ("0.25", "1/200"),
        ("0", "1/2"),
        ("100.0", "50"),
        ("-230", "5"),
    ],
)
def test_half_a_unit_of_the_last_digit(printed: str, half: str) -> None:
    assert half_digit(printed) == Fraction(half)


@pytest.mark.parametrize(
    ("printed", "qualifier", "low", "high"),
    [
        ("62.7", "exact", Fraction("62.7"), Fraction("62.7")),
        ("230", "approx", 225, 235),
        ("1900", "at_least", 1900, INFINITY),
        ("80000", "at_most", 0, 80000),
        ("3", "range_low", 3, INFINITY),
        ("5", "range_high", 0, 5),
        ("-5", "at_most", -INFINITY, -5),
    ],
)
def test_intervals(printed: str, qualifier: str, low: float, high: float) -> None:
    assert interval(printed, Qualifier(qualifier)) == (low, high)


@given(PRINTED, st.sampled_from(Qualifier))
def test_the_printed_number_lies_in_its_own_interval(printed: str, qualifier: Qualifier) -> None:
    low, high = interval(printed, qualifier)
    assert low <= number(printed) <= high


@given(PRINTED)
def test_a_printed_number_is_read_exactly(printed: str) -> None:
    assert number(printed) == Fraction(printed) and decimals(printed) == 3


@pytest.mark.parametrize("printed", ["", "about 5", "1,000", "NaN", "Infinity", "五", "3%"])
def test_what_is_no_number_is_refused(printed: str) -> None:
    with pytest.raises(ValueError):
        number(printed)
