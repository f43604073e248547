"""Cells of tables that several blocks share: whole numbers, rates, differences with their sign, ranks and their change."""

from __future__ import annotations

import math

from commlib import phrases
from commlib.blocks.html import Cell
from commlib.formatting import MISSING, amount, percent, plain


def _missing(language: str = "") -> Cell:
    return Cell(MISSING, phrases.phrase("status.not_reported", language) if language else "", "missing")


def number(value: float, language: str) -> Cell:
    """A whole number as a cell: "—" not reported, "0" zero."""
    return _missing(language) if math.isnan(value) else Cell(plain(value), f"{value:.10g}")


def rate_cell(value: float, language: str) -> Cell:
    """A rate in percent as a cell; "—" where there is none."""
    return _missing() if math.isnan(value) else Cell(percent(value, language), f"{value:.10g}")


def amount_cell(value: float, unit_id: str, language: str) -> Cell:
    """A value in its unit as a cell; "—" where there is none."""
    if unit_id == "percent":
        return rate_cell(value, language)
    return _missing() if math.isnan(value) else Cell(amount(value, unit_id, language), f"{value:.10g}")


def points(value: float, language: str) -> Cell:
    """A difference with its sign, such as of percentage points; "—" where there is none."""
    return _missing() if math.isnan(value) else Cell(signed(value, 1), f"{value:.10g}")


def signed(value: float, decimals: int = 0) -> str:
    """A number with its sign in front: +1.2, −3; zero has none."""
    text = plain(abs(value), decimals)
    return text if not text.strip("0.") else f"{'+' if value > 0 else '−'}{text}"


def rank_cell(value: float) -> Cell:
    """A rank as a cell; "—" for who has none."""
    return _missing() if math.isnan(value) else Cell(plain(value), f"{value:.10g}")


def rise_cell(value: float) -> Cell:
    """By how many ranks something rose or fell, with an arrow."""
    if math.isnan(value):
        return _missing()
    return Cell(f"{'↑' if value > 0 else '↓'}{abs(value):.0f}" if value else "0", f"{value:.10g}")
