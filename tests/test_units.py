"""Units: the closed list, composites and exact conversion."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlib.errors import DeclarationError
from commlib.units import conversion, is_unit, scales, unit, unit_ids

WRONG = ["", "people", "CNY10k/planet", "planet/person", "CNY/", "/person", "CNY/household/month", "亩"]


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("CNY100m", "CNY10k", 10_000),
        ("CNY10k", "CNY", 10_000),
        ("hectare", "mu", 15),
        ("km2", "mu", 1500),
        ("km2", "hectare", 100),
        ("mu", "m2", Fraction(2000, 3)),
        ("years", "months", 12),
        ("days", "hours", 24),
        ("per_month", "per_year", 12),
        ("km", "m", 1000),
        ("ratio", "percent", 100),
        ("CNY10k/household", "CNY/household", 10_000),
        ("persons/10k_persons", "persons/person", Fraction(1, 10_000)),
        ("m2/100households", "m2/household", Fraction(1, 100)),
    ],
)
def test_conversion_is_exact_both_ways(source: str, target: str, factor: Fraction | int) -> None:
    assert conversion(source, target) == factor
    assert conversion(target, source) == 1 / Fraction(factor)


@given(st.sampled_from(unit_ids()), st.sampled_from(unit_ids()))
def test_only_units_of_one_dimension_convert(first: str, second: str) -> None:
    if unit(first).dimension == unit(second).dimension:
        assert conversion(first, second) * conversion(second, first) == 1
    else:
        with pytest.raises(DeclarationError) as caught:
            conversion(first, second)
        assert first in caught.value.say("en") and second in caught.value.say("zh")


def test_percent_and_percentage_points_are_two_things() -> None:
    with pytest.raises(DeclarationError):
        conversion("percent", "percentage_points")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_in_the_list_is_refused_with_the_list(name: str) -> None:
    assert not is_unit(name)
    with pytest.raises(DeclarationError) as caught:
        unit(name)
    assert all(known in caught.value.say(language) for language in ("zh", "en") for known in ("CNY10k", "households"))


def test_every_unit_has_a_label_in_both_languages() -> None:
    assert all(unit(each).label.zh and unit(each).label.en for each in unit_ids())
    assert unit("CNY10k/household").label.zh == "万元/户"


def test_households_dwellings_and_units_count_as_one_kind_of_base_only() -> None:
    assert unit("households").kind == unit("units").kind
    assert unit("households").dimension != unit("units").dimension
    assert unit("persons").kind != unit("households").kind
    assert unit("CNY100m").measures("money") and not unit("CNY/person").measures("money")


def test_scales_go_from_large_to_small_in_both_languages() -> None:
    for language in ("zh", "en"):
        for options in scales(language).values():
            factors = [factor for factor, _ in options]
            assert factors == sorted(factors, reverse=True) and factors[-1] == 1
            assert all("{number}" in form for _, form in options)
