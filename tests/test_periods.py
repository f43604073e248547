"""Periods: which are understood, in which order they stand and how long a fact holds."""

from __future__ import annotations

import pytest

from commlib.errors import ParameterError
from commlib.periods import holds_at, parse_period

IN_ORDER = ["undated:000-5:earlier", "undated:000-5", "2012", "2013Q1", "2013-09", "2013", "2014Q2"]


@pytest.mark.parametrize(
    ("text", "first", "last"), [("2013", 1, 12), ("2013Q3", 7, 9), ("2013-09", 9, 9), ("2013-09-15", 9, 9)]
)
def test_dated_periods_know_their_months(text: str, first: int, last: int) -> None:
    period = parse_period(text)
    assert (period.year, period.first_month, period.last_month, period.dated) == (2013, first, last, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "2013Q5",
        "2013-13",
        "2013-00",
        "2013-09-32",
        "2013-02-30",
        "2013-04-31",
        "2013 ",
        "undated",
        "undated:",
        "undated:000-5:later",
        "２０１３",
        "latest",
    ],
)
def test_other_forms_are_refused_with_the_allowed_ones(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_period(text)
    assert "2013-09" in caught.value.say("zh") and "undated:" in caught.value.say("en")


def test_undated_periods_stand_before_dated_ones_and_the_earlier_first() -> None:
    assert [each.text for each in sorted(map(parse_period, reversed(IN_ORDER)))] == IN_ORDER


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2013", "2012"),
        ("2013Q3", "2012Q3"),
        ("2013-09", "2012-09"),
        ("2013-09-15", "2012-09-15"),
        ("undated:000-5", "undated:000-5:earlier"),
    ],
)
def test_last_year(text: str, before: str) -> None:
    assert parse_period(text).years_before(1) == parse_period(before)


def test_last_year_of_the_earlier_is_unknown_and_of_a_leap_day_is_a_day() -> None:
    assert parse_period("undated:000-5:earlier").years_before(1) is None
    leap = parse_period("2012-02-29").years_before(1)
    assert leap is not None and leap.text == "2011-02-28"


@pytest.mark.parametrize(
    ("fact", "at", "rule", "holds"),
    [
        ("2013-09", "2013-09", "date", True),
        ("2013-08", "2013-09", "date", False),
        ("2013", "2013-09", "year", True),
        ("2013", "2014-01", "year", False),
        ("1999", "2013-09", "always", True),
        ("2014", "2013-09", "always", False),
        ("2012", "2013-09", "12", True),
        ("2012", "2013-09", "8", False),
        ("2013-10", "2013-09", "12", False),
        ("undated:000-5", "undated:000-5", "date", True),
        ("undated:000-5", "undated:000-5:earlier", "always", False),
        ("undated:000-5", "undated:000-6", "always", False),
        ("undated:000-5", "2013", "always", False),
        ("2013", "undated:000-5", "always", False),
    ],
)
def test_how_long_a_fact_holds(fact: str, at: str, rule: str, holds: bool) -> None:
    assert holds_at(parse_period(fact), parse_period(at), rule) is holds


def test_labels_speak_both_languages() -> None:
    assert parse_period("2013-09").label.zh == "2013年9月"
    assert parse_period("2013Q3").label.zh == "2013年第3季度" and parse_period("2013Q3").label.en == "2013 Q3"
    assert parse_period("2013-09-15").label.zh == "2013年9月15日" and parse_period("2013").label.en == "2013"
    assert "undated" in parse_period("undated:000-5").label.en
    assert parse_period("undated:000-5:earlier").label != parse_period("undated:000-5").label
