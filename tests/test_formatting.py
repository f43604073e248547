"""Numbers in the habits of Chinese and English readers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlib.formatting import MISSING, amount, bare, hedged, ordinal, percent, plain
from commlib.units import conversion

INF = math.inf
_SCALES = {"亿": 10**8, "万": 10**4, "billion": 10**9, "million": 10**6}


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (13.81, "CNY100m", "13.81亿元", "CNY 1.381 billion"),
        (138_100, "CNY10k", "13.81亿元", "CNY 1.381 billion"),
        (637_000, "mu", "63.7万亩", "637,000 mu"),
        (62.78438, "percent", "62.8%", "62.8 %"),
        (12_345, "persons", "12,345人", "12,345 persons"),
        (405_000, "persons", "40.5万人", "405,000 persons"),
        (1_500, "m2", "1,500平方米", "1,500 m²"),
        (8, "count", "8个", "8"),
        (2, "CNY10k/household", "2万元/户", "CNY 20,000 per household"),
        (0, "CNY10k", "0元", "CNY 0"),
        (0, "percent", "0%", "0 %"),
        (-5, "percent", "−5.0%", "−5.0 %"),
        (-1.5, "CNY100m", "−1.5亿元", "CNY −150 million"),
        (2013, "year", "2013年", "2013"),
        (1, "rank", "第1位", "rank 1"),
        (float("nan"), "percent", MISSING, MISSING),
        (INF, "persons", "∞", "∞"),
        (-INF, "persons", "−∞", "−∞"),
        (0.05, "CNY", "0.05元", "CNY 0.05"),
        (3.94, "ratio", "3.94倍", "3.94 times"),
    ],
)
def test_amounts(value: float, unit: str, zh: str, en: str) -> None:
    assert (amount(value, unit, "zh"), amount(value, unit, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (62.78, "percent", "62.78%", "62.78 %"),
        (66.0, "percent", "66%", "66 %"),
        (1.5, "mu/household", "1.5亩/户", "1.5 mu per household"),
        (4.5, "CNY10k/household", "4.5万元/户", "CNY 45,000 per household"),
        (13.81, "CNY100m", "13.81亿元", "CNY 1.381 billion"),
    ],
)
def test_a_stated_value_keeps_its_digits(value: float, unit: str, zh: str, en: str) -> None:
    assert (amount(value, unit, "zh", as_stated=True), amount(value, unit, "en", as_stated=True)) == (zh, en)


@pytest.mark.parametrize(
    ("rank", "ending"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (22, "22nd"),
        (101, "101st"),
        (111, "111th"),
        (2731, "2,731st"),
    ],
)
def test_ranks(rank: int, ending: str) -> None:
    assert ordinal(rank, 2846, "en") == f"{ending} of 2,846"
    assert ordinal(rank, 24, "zh") == f"第{rank:,}位（共24个）"


def test_halves_round_up_as_in_the_reports() -> None:
    assert (plain(2.5), plain(0.125, 2), plain(Fraction(1, 8), 2), plain(-0.04, 1)) == ("3", "0.13", "0.13", "0.0")
    assert percent(62.75, "zh") == "62.8%" and plain(1_234_567.8, 1) == "1,234,567.8" and plain(float("nan")) == MISSING


@pytest.mark.parametrize(
    ("value", "low", "high", "zh", "en"),
    [
        (5, 5, 5, "5人", "5 persons"),
        (5, 5, INF, "5人以上", "at least 5 persons"),
        (5, 0, 5, "不超过5人", "at most 5 persons"),
        (5, 4, 6, "5人（4人–6人）", "5 persons (4 persons to 6 persons)"),
        (5, 0, INF, "约5人", "about 5 persons"),
        (5, -INF, INF, "约5人", "about 5 persons"),
        (5, 0, 9, "5人（0人–9人）", "5 persons (0 persons to 9 persons)"),
        (0, 0, 4, "0人（0人–4人）", "0 persons (0 persons to 4 persons)"),
        (-5, -7, -3, "−5人（−7人–−3人）", "−5 persons (−7 persons to −3 persons)"),
        (-5, -INF, -5, "不超过−5人", "at most −5 persons"),
        (-5, -5, INF, "−5人以上", "at least −5 persons"),
        (float("nan"), 0, 1, MISSING, MISSING),
    ],
)
def test_hedged_values_say_what_is_open(value: float, low: float, high: float, zh: str, en: str) -> None:
    assert hedged(value, low, high, "persons", "zh") == zh
    assert hedged(value, low, high, "persons", "en") == en


def read_back(text: str) -> Fraction:
    scale = next((factor for word, factor in _SCALES.items() if word in text), 1)
    return Fraction("".join(sign for sign in text if sign in "0123456789.−").replace("−", "-")) * scale


@given(
    st.integers(-(10**13), 10**13),
    st.sampled_from(["CNY", "CNY10k", "persons", "households", "units", "mu", "count"]),
    st.sampled_from(["zh", "en"]),
)
def test_whole_amounts_are_scaled_without_loss(value: int, unit: str, language: str) -> None:
    base = value * (conversion("CNY10k", "CNY") if unit == "CNY10k" else 1)
    assert read_back(amount(float(value), unit, language).removesuffix("m²")) == base


@given(st.decimals(0, 10**6, places=2))
def test_money_with_two_decimals_is_scaled_without_loss(value: object) -> None:
    for language in ("zh", "en"):
        assert read_back(amount(float(str(value)), "CNY10k", language)) == Fraction(str(value)) * 10_000


@pytest.mark.parametrize(("value", "unit_id", "text"), [
    (18.9412, "persons/10k_persons", "18.94"), (0.28706, "mu/household", "0.2871"), (7.0, "hours/day", "7"),
    (float("nan"), "hours/day", "—")])
def test_a_number_without_its_unit_has_the_same_digits(value: float, unit_id: str, text: str) -> None:
    assert bare(value, unit_id) == text
