"""What a hedge means: 近, 余, 至少 and ranges as intervals, and the digits that a figure is printed with."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

INFINITY = float("inf")
Bound = Fraction | float   # a float only for the infinities


class Qualifier(StrEnum):
    """How a report hedges a figure."""

    EXACT = "exact"
    APPROX = "approx"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE_LOW = "range_low"
    RANGE_HIGH = "range_high"


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
    digits = printed.strip().lstrip("-")
    if "." in digits and digits.rstrip("0").partition(".")[2]:
        return Fraction(1, 2 * 10 ** len(digits.rstrip("0").partition(".")[2]))
    whole = digits.partition(".")[0]
    zeros = len(whole) - len(whole.rstrip("0"))
    return Fraction(10 ** zeros, 2) if whole.strip("0") else Fraction(1, 2)


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
