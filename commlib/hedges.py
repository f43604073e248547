"""What a hedge means: 近, 余, 至少 and ranges as intervals, and the digits that a figure is printed with."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

INFINITY = float("inf")
Bound = Fraction | float   # a float only for the infinities
RANGE = "range"            # how facts and cells call a figure that is given by its two ends


class Qualifier(StrEnum):
    """How a report hedges a figure."""

    EXACT = "exact"
    APPROX = "approx"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE_LOW = "range_low"
    RANGE_HIGH = "range_high"


# The words of a hedge that stand before a number and after it; 余, 多 and 来 also between its digits and 万 or the unit.
BETWEEN = {**dict.fromkeys(("余", "多", "餘"), Qualifier.AT_LEAST), "来": Qualifier.APPROX}
_BEFORE = {
    **dict.fromkeys(("约", "約", "大约", "大概", "近", "将近", "接近", "~", "≈", "about", "approx."), Qualifier.APPROX),
    **dict.fromkeys(("超过", "超過", "超", "逾", "至少", "不少于", "不低于", "大于", "高于", ">", ">=", "≥", "over", "at least"),
                    Qualifier.AT_LEAST),
    **dict.fromkeys(("不足", "不到", "未满", "低于", "小于", "少于", "不超过", "不高于", "至多", "最多", "<", "<=", "≤", "under",
                     "at most"), Qualifier.AT_MOST),
}
_AFTER = {
    **BETWEEN, **dict.fromkeys(("左右", "上下"), Qualifier.APPROX),
    **dict.fromkeys(("以上", "及以上", "+"), Qualifier.AT_LEAST),
    **dict.fromkeys(("以下", "及以下", "以内"), Qualifier.AT_MOST),
}
_LONGEST_BEFORE, _LONGEST_AFTER = (sorted(words, key=len, reverse=True) for words in (_BEFORE, _AFTER))


def unhedged(text: str) -> tuple[str, frozenset[Qualifier]]:
    """A figure without the words of hedge around it, and what they say; two that contradict each other are both given."""
    found: set[Qualifier] = set()
    while word := next((each for each in _LONGEST_BEFORE if text.startswith(each)), ""):
        text = text[len(word):].strip()
        found.add(_BEFORE[word])
    while word := next((each for each in _LONGEST_AFTER if text.endswith(each)), ""):
        text = text[:-len(word)].strip()
        found.add(_AFTER[word])
    return text, frozenset(found)


def number(printed: str) -> Fraction:
    """Read a printed number exactly; raises ValueError where it is none."""
    try:
        value = Decimal(printed.strip())
    except InvalidOperation:
        raise ValueError(printed) from None
    if not value.is_finite():
        raise ValueError(printed)
    return Fraction(value)


def decimals(printed: str) -> int:
    """How many decimals a number is printed with."""
    return len(printed.strip().partition(".")[2])


def half_digit(printed: str) -> Fraction:
    """Half a unit of the last non-zero digit: the width that "about 230" (5) or "nearly 279,000" (500) leaves open."""
    return Fraction(10) ** int(Decimal(printed.strip()).normalize().as_tuple().exponent) / 2


def interval(printed: str, qualifier: Qualifier) -> tuple[Bound, Bound]:
    """The lowest and highest value that a hedged figure allows; an exact one allows only itself.

    A quantity printed without a minus sign is not negative, so "at most 10" begins at 0.
    """
    value = number(printed)
    if qualifier in (Qualifier.AT_LEAST, Qualifier.RANGE_LOW):
        return value, INFINITY
    if qualifier in (Qualifier.AT_MOST, Qualifier.RANGE_HIGH):
        return (Fraction(0) if value >= 0 else -INFINITY), value
    if qualifier is Qualifier.APPROX:
        return value - half_digit(printed), value + half_digit(printed)
    return value, value


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero to so many decimals: 62.75 to one decimal is 62.8."""
    return _signed(value, (abs(value) * 10**decimals + Fraction(1, 2)) // 1, decimals)


def truncated(value: Fraction, decimals: int) -> Fraction:
    """Cut off after so many decimals, towards zero: 62.78 to one decimal is 62.7."""
    return _signed(value, abs(value) * 10**decimals // 1, decimals)


def band(value: Fraction, decimals: int) -> tuple[Fraction, Fraction]:
    """The values that would print as `value`, from low (included) to high (not): 62.7 is [62.65, 62.75)."""
    half = Fraction(1, 2 * 10**decimals)
    return value - half, value + half


def _signed(value: Fraction, scaled: int, decimals: int) -> Fraction:
    return Fraction(scaled if value >= 0 else -scaled, 10**decimals)
