"""Numbers in the habit of each language: 13.81亿元, 62.8%, 第3位（共24个）; CNY 1.381 billion, 62.8 %, 3rd of 24."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from commlib import phrases
from commlib.bilingual import Language
from commlib.units import scales, unit

MISSING = "—"
_RATE_DECIMALS = 1
_WHOLE = 100   # percent
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_DECIMALS = {"zh": 2, "en": 4}   # of an amount in 万 and 亿, in million and billion


def no_formula(value: object) -> object:
    """A value for a cell of a file that is handed on: a text that a spreadsheet would take for a formula gets a quote."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def rounded(value: float | Fraction, decimals: int) -> Decimal:
    """Round half up, as the reports do, from the exact decimal text of the number."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain(value: float | Fraction, decimals: int = 0) -> str:
    """A number with thousands separators, fixed decimals and the sign of minus; "—" where it is missing."""
    if isinstance(value, float) and not math.isfinite(value):
        return MISSING
    text = f"{rounded(value, decimals):,f}"
    return "0" + text[2:] if text.startswith("-0") and not text.strip("-0.,") else text.replace("-", "−")


def _shortest(value: float) -> str:
    """All the digits of an amount that is known exactly, at most four decimals."""
    text = plain(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float, unit_id: str, language: str, as_stated: bool = False) -> str:
    """A value with its unit as a reader writes it; "—" where it is missing.

    A percentage has one decimal and a value per unit four digits, unless it is shown with the digits `as_stated`.
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    declared = unit(unit_id)
    if unit_id == "percent":
        return percent(value, language) if not as_stated else _percent_sign(_shortest(value), language)
    if unit_id in ("rank", "batch", "year", "class"):
        return phrases.phrase(f"number.{unit_id}", language, number=f"{value:g}" if unit_id == "year" else _shortest(value))
    if value == 1 and declared.singular and language == Language.EN:
        return f"1 {declared.singular}"
    if declared.dimension and len(declared.dimension) == 1 and declared.dimension[0][0] in scales(language):
        return _scaled(_exactly(value) * declared.factor, declared.dimension[0][0], language)
    if unit_id.startswith("CNY") and "/" in unit_id and language == Language.EN:
        factor = unit(unit_id.partition("/")[0]).factor
        return f"CNY {_digits(value * float(factor), unit_id, as_stated)} per {declared.label.en.rpartition(' per ')[2]}"
    label = declared.label[language]
    if language == Language.EN:
        return f"{_digits(value, unit_id, as_stated)} {'' if declared.measures('count') else label}".rstrip()
    in_ten_thousands = _exactly(value) / 10_000
    if abs(in_ten_thousands) >= 1 and (in_ten_thousands * 100).denominator == 1:
        return f"{_shortest(float(in_ten_thousands))}万{label}"
    return _digits(value, unit_id, as_stated) + label


def bare(value: float, unit_id: str) -> str:
    """The number of a value per unit without its unit, where that stands beside it already; "—" where it is missing."""
    return MISSING if math.isnan(value) else _digits(value, unit_id, False)


def _exactly(value: float) -> Fraction:
    """The number that a float stands for: 910192.43 and not the binary fraction next to it."""
    return Fraction(repr(float(value)))


def _digits(value: float, unit_id: str, as_stated: bool) -> str:
    return _shortest(value) if as_stated or float(value).is_integer() or "/" not in unit_id else _significant(value)


def _significant(value: float) -> str:
    """Four significant digits of a value per unit."""
    decimals = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0
    return plain(value, min(decimals, 6))


def percent(value: float, language: str, decimals: int = _RATE_DECIMALS) -> str:
    """A percentage: 62.8% in Chinese, 62.8 % in English; a true zero is "0", less than half a unit "0.0"."""
    return _percent_sign(plain(value, decimals if value else 0), language)


def _percent_sign(number: str, language: str) -> str:
    return number + ("%" if language == Language.ZH else " %")


def _scaled(base: Fraction, dimension: str, language: str) -> str:
    options = scales(language)[dimension]
    exact = Fraction(round(base, 6))
    for factor, form in options:
        number = exact / factor
        if abs(number) >= 1 and (number * 10 ** _MOST_DECIMALS[language]).denominator == 1:
            return form.format(number=_shortest(float(number)))
    fitting = [(factor, form) for factor, form in options if abs(exact) >= factor] or [options[-1]]
    factor, form = fitting[0] if exact.denominator > 1 else options[-1]
    return form.format(number=_shortest(float(rounded(exact / factor, _MOST_DECIMALS[language]))))


def ordinal(rank: int, of: int, language: str) -> str:
    """A rank out of n: 第3位（共24个） or 3rd of 24."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return phrases.phrase("number.rank_of", language, rank=f"{rank:,}", ending=ending, of=f"{of:,}")


def hedged(value: float, low: float, high: float, unit_id: str, language: str, as_stated: bool = False) -> str:
    """A value with what is open about it: at least, at most, between, or plainly the value."""
    def words(number: float) -> str:
        return amount(number, unit_id, language, as_stated)

    if value is None or math.isnan(value):
        return MISSING
    if low == high or math.isnan(low) or math.isnan(high):
        return words(value)
    if math.isinf(high) or (unit_id == "percent" and value == low and high == _WHOLE):   # no share is more than the whole
        nothing_known = low <= 0 and low < value
        return phrases.phrase("number.about", language, value=words(value)) if nothing_known \
            else phrases.phrase("number.at_least", language, value=words(low))
    if math.isinf(low) or (low == 0 and value == high):
        if unit_id == "rank":
            return phrases.phrase("number.among_first", language, number=_shortest(high))
        return phrases.phrase("number.at_most", language, value=words(high))
    return phrases.phrase("number.between", language, value=words(value), low=words(low), high=words(high))
