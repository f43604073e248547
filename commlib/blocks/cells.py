"""Cells of tables that several blocks share: whole numbers, rates, differences with their sign, ranks and their change."""

from __future__ import annotations

import math

from commlib import phrases
from commlib.blocks.html import Cell
from commlib.formatting import MISSING, amount, percent, plain


def missing(language: str = "") -> Cell:
    """The cell "—"; with a language its title says that nothing was reported."""
    return Cell(MISSING, phrases.phrase("status.not_reported", language) if language else "", "missing")


def decimal_cell(value: float, language: str = "", decimals: int = 1) -> Cell:
    """A number with so many decimals as a cell; "—" where there is none, in a language said to be not reported."""
    return missing(language) if math.isnan(value) else Cell(plain(value, decimals), f"{value:.10g}")


def short_cell(value: float, decimals: int = 1) -> Cell:
    """A number as a cell, without decimals where it is whole; "—" where there is none."""
    return decimal_cell(value, decimals=0 if float(value).is_integer() else decimals)


def number(value: float, language: str = "") -> Cell:
    """A whole number as a cell: "—" not reported, "0" zero."""
    return decimal_cell(value, language, 0)


def rate_cell(value: float, language: str) -> Cell:
    """A rate in percent as a cell; "—" where there is none."""
    return missing() if math.isnan(value) else Cell(percent(value, language), f"{value:.10g}")


def amount_cell(value: float, unit_id: str, language: str) -> Cell:
    """A value in its unit as a cell; "—" where there is none."""
    if unit_id == "percent":
        return rate_cell(value, language)
    return missing() if math.isnan(value) else Cell(amount(value, unit_id, language), f"{value:.10g}")


def points(value: float, decimals: int = 1) -> Cell:
    """A difference with its sign, such as of percentage points; "—" where there is none."""
    return missing() if math.isnan(value) else Cell(signed(value, decimals), f"{value:.10g}")


def decimals_of(largest: float) -> int:
    """The decimals that give the largest of some differences three digits, at most six."""
    return min(6, max(0, 2 - math.floor(math.log10(abs(largest))))) if largest and math.isfinite(largest) else 0


def signed(value: float, decimals: int = 0) -> str:
    """A number with its sign in front: +1.2, −3; zero has none."""
    text = plain(abs(value), decimals)
    return text if not text.strip("0.") else f"{'+' if value > 0 else '−'}{text}"


def rank_cell(value: float) -> Cell:
    """A rank as a cell; "—" for who has none."""
    return decimal_cell(value, decimals=0)


def rise_cell(value: float) -> Cell:
    """By how many ranks something rose or fell, with an arrow."""
    if math.isnan(value):
        return missing()
    return Cell(f"{'↑' if value > 0 else '↓'}{abs(value):.0f}" if value else "0", f"{value:.10g}")
