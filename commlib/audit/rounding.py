"""Printing a number to so many decimals, exactly: half up (half away from zero) and cut off."""

from __future__ import annotations

from fractions import Fraction


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
