"""Checks of what must not be larger, or later, than what stands before it: parts, stages, amounts and dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check
from commlib.declarations.columns import Column
from commlib.errors import ParameterError
from commlib.intake.checks.rows import Bools, Floats, Rows, where
from commlib.intake.faults import Code, ReturnFault
from commlib.periods import parse_period

_SLACK = 1e-9
AMOUNTS, DAYS = ("at_most", "at_least"), ("not_before", "not_after")   # of a cell after the other, and before it
Interval = tuple[Floats, Floats, Bools]


def part_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Iterator[tuple[int, ReturnFault]]:
    """The rows whose part is larger than its whole, at the part."""
    part, whole = rows.alike([columns[name] for name in check.columns])
    wrong = part.known & whole.known & (part.low > whole.high + _tolerance(check, part.step, whole.step))
    for at in where(wrong):
        yield _fault(rows, at, check, columns, 1, Code.PART, rule, AMOUNTS)


def order_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Iterator[tuple[int, ReturnFault]]:
    """The rows whose numbers rise where they may only fall, at the cell that breaks the order."""
    numbers = rows.alike([columns[name] for name in check.columns])
    tolerance = np.max([_tolerance(check, each.step, numbers[0].step) for each in numbers], axis=0)
    intervals = [(each.low, each.high + tolerance, each.known) for each in numbers]
    for at, position in _breaks(intervals):
        yield _fault(rows, at, check, columns, position, Code.ORDER, rule, AMOUNTS)


def dates_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Iterator[tuple[int, ReturnFault]]:
    """The rows with a date before one that it must follow; a month or a year stands for any of its days."""
    intervals = []
    for name in check.columns:
        days = np.array([_days(str(text)) for text in rows.texts(name)], float).reshape(-1, 2)
        intervals.append((-days[:, 1], -days[:, 0], ~np.isnan(days[:, 0])))
    for at, position in _breaks(intervals):
        yield _fault(rows, at, check, columns, position, Code.DATES, rule, DAYS)


def _tolerance(check: Check, first: Floats, second: Floats) -> Floats:
    """None between numbers printed alike; else half of both last digits, since a coarser one may have been rounded."""
    if check.tolerance is not None:
        return np.full(len(first), float(check.tolerance))
    return np.asarray(np.where(np.isclose(first, second), 0.0, (first + second) / 2) + _SLACK)


def _breaks(intervals: Sequence[Interval]) -> Iterator[tuple[int, int]]:
    """Row and place in the order of each cell that is larger than one before it may be."""
    running = np.full(len(intervals[0][0]), np.inf)
    wrong = np.zeros(len(running), bool)
    for low, high, known in intervals:
        wrong |= known & (low > running + _SLACK)
        running = np.where(known, np.minimum(running, high), running)
    for at in where(wrong):
        row = [(place, low[at], high[at]) for place, (low, high, known) in enumerate(intervals) if known[at]]
        for place in _guilty(row):
            yield at, place


def _guilty(row: list[tuple[int, float, float]]) -> list[int]:
    """The one cell without which the rest is in order, the last of these; else each cell above the one before it."""
    def falls(cells: list[tuple[int, float, float]]) -> bool:
        running = np.inf
        for _, low, high in cells:
            if low > running + _SLACK:
                return False
            running = min(running, high)
        return True

    alone = [each[0] for number, each in enumerate(row) if falls(row[:number] + row[number + 1:])]
    if alone:
        return alone[-1:]
    return [each[0] for before, each in pairwise(row) if each[1] > before[2] + _SLACK]


@cache
def _days(text: str) -> tuple[float, float]:
    """The first and the last day of a period as numbers in order; nan where it is blank or undated."""
    try:
        period = parse_period(text)
    except ParameterError:
        return (np.nan, np.nan)
    if period.year is None:
        return (np.nan, np.nan)
    day = text[8:10]
    year = period.year * 12
    return ((year + period.first_month) * 32 + int(day or 0), (year + period.last_month) * 32 + int(day or 31))


def _fault(rows: Rows, at: int, check: Check, columns: Mapping[str, Column], place: int, code: Code, rule: Text,
           words: tuple[str, str]) -> tuple[int, ReturnFault]:
    """A fault at one cell of the order, with the nearest filled cell before it, or after the first of all."""
    names = check.columns if code is not Code.PART else check.columns[::-1]
    before = [name for name in names[:place] if rows.text(at, name)]
    other = before[-1] if before else next(name for name in names[place + 1:] if rows.text(at, name))
    cell = rows.cell(at, other)
    allowed = phrases.text(f"check_fault.allowed_{words[0] if before else words[1]}", rule=rule, label=columns[other].label,
                           value=rows.text(at, other), cell=cell)
    return at, rows.fault(at, names[place], check.severity, code, allowed, phrases.text("check_fault.remedy_order", cell=cell))
