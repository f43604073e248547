"""The checks within a row: sums, parts, stages, amounts and dates in order, printed rates, growth rates and products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, Severity, check_words
from commlib.declarations.columns import Column, ColumnType
from commlib.declarations.tables import TableDeclaration
from commlib.errors import ParameterError
from commlib.intake.checks.rows import SLACK, Bools, Floats, Found, Numbers, Rows, factor_of, shown, where
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.periods import parse_period
from commlib.units import is_unit

_AMOUNTS, _DAYS = ("at_most", "at_least"), ("not_before", "not_after")   # of a cell after the other, and before it
Interval = tuple[Floats, Floats]


def row_faults(rows: Rows, check: Check, declaration: TableDeclaration) -> Found:
    """The failures of a check that looks at one row at a time, each with the position of its row."""
    columns = {column.name: column for column in declaration.columns}
    excused = rows.texts(check.unless) == "yes"
    rule = check_words(check, columns)
    return (each for each in WITHIN_A_ROW[check.kind](rows, check, columns, rule) if not excused[each[0]])


def tolerance_of(declared: object, steps: Floats, parts: int) -> Floats:
    """How far a sum may be off, row by row: as declared, else max(1, half a unit of the last digit × number of parts)."""
    return np.full(len(steps), float(str(declared))) if declared is not None else np.maximum(1.0, steps / 2 * parts)


def apart(low: Floats, high: Floats, other_low: Floats, other_high: Floats, tolerance: Floats | float) -> Bools:
    """Whether two intervals lie further apart than the tolerance, so that no value of both would pass."""
    with np.errstate(invalid="ignore"):
        slack = tolerance + SLACK * np.maximum(1.0, np.where(np.isfinite(low), np.abs(low), 1.0))
        return np.asarray((low - slack > other_high) | (high + slack < other_low))


def _sum_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Found:
    total, *parts = rows.alike([columns[name] for name in check.columns])
    steps = np.max([each.step for each in (total, *parts)], axis=0)
    tolerance = tolerance_of(check.tolerance, steps, len(parts))
    low, high = np.sum([each.low for each in parts], axis=0), np.sum([each.high for each in parts], axis=0)
    told = total.known & np.any([each.known for each in parts], axis=0)
    for at in where(told & apart(total.low, total.high, low, high, tolerance)):
        known = [(name, each) for name, each in zip(check.columns[1:], parts, strict=True) if each.known[at]]
        made = shown(sum(each.middle(at) for _, each in known))
        cells = ", ".join(rows.cell(at, name) for name, _ in known)
        yield at, rows.fault(at, check.columns[0], check.severity, Code.SUM, *explained(
            "check_fault", "sum", rule=rule, value=made, tolerance=shown(float(tolerance[at])), cells=cells))


def _part_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Found:
    """The rows whose part is larger than its whole, at the part."""
    part, whole = rows.alike([columns[name] for name in check.columns])
    wrong = part.known & whole.known & (part.low > whole.high + _tolerance(check, part.step, whole.step))
    for at in where(wrong):
        yield _fault(rows, at, check, columns, 1, Code.PART, rule, _AMOUNTS)


def _order_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Found:
    """The rows whose numbers rise where they may only fall, at the cell that breaks the order."""
    numbers = rows.alike([columns[name] for name in check.columns])
    tolerance = np.max([_tolerance(check, each.step, numbers[0].step) for each in numbers], axis=0)
    intervals = [(each.low, each.high + tolerance, each.known) for each in numbers]
    for at, position in _breaks(intervals):
        yield _fault(rows, at, check, columns, position, Code.ORDER, rule, _AMOUNTS)


def _dates_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Found:
    """The rows with a date before one that it must follow; a month or a year stands for any of its days."""
    intervals = []
    for name in check.columns:
        days = np.array([_days(str(text)) for text in rows.texts(name)], float).reshape(-1, 2)
        intervals.append((-days[:, 1], -days[:, 0], ~np.isnan(days[:, 0])))
    for at, position in _breaks(intervals):
        yield _fault(rows, at, check, columns, position, Code.DATES, rule, _DAYS)


def _tolerance(check: Check, first: Floats, second: Floats) -> Floats:
    """None between numbers printed alike; else half of both last digits, since a coarser one may have been rounded."""
    if check.tolerance is not None:
        return np.full(len(first), float(check.tolerance))
    return np.asarray(np.where(np.isclose(first, second), 0.0, (first + second) / 2) + SLACK)


def _breaks(intervals: Sequence[tuple[Floats, Floats, Bools]]) -> Iterator[tuple[int, int]]:
    """Row and place in the order of each cell that is larger than one before it may be."""
    running = np.full(len(intervals[0][0]), np.inf)
    wrong = np.zeros(len(running), bool)
    for low, high, known in intervals:
        wrong |= known & (low > running + SLACK)
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
            if low > running + SLACK:
                return False
            running = min(running, high)
        return True

    alone = [each[0] for number, each in enumerate(row) if falls(row[:number] + row[number + 1:])]
    if alone:
        return alone[-1:]
    return [each[0] for before, each in pairwise(row) if each[1] > before[2] + SLACK]


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


# ---- rates

def _rate_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Found:
    """The rows whose printed result is not what its parts give.

    A result is right that is the computed one rounded to the digits that it is printed with, or within the declared
    tolerance. One that is the computed one cut off after these digits is kept and told in a note.
    """
    printed, *parts = (rows.numbers(columns[name]) for name in check.columns)
    told = np.all([each.known for each in (printed, *parts)], axis=0)
    with np.errstate(all="ignore"):
        low, high = _computed(check, columns, parts)
        half = np.full(len(rows), float(check.tolerance)) if check.tolerance is not None else printed.own / 2
        slack = SLACK * np.maximum(1.0, np.abs(np.where(np.isfinite(low), low, 1.0)))
        told &= np.isfinite(low) & np.isfinite(high)
        right = (printed.low - half - slack <= high) & (printed.high + half + slack >= low)
        cut = np.where(low >= 0, (printed.low - slack <= high) & (printed.high + printed.own > low),
                       (printed.low - printed.own < high) & (printed.high + slack >= low))
    for at in where(told & ~right):
        value = shown(float((low[at] + high[at]) / 2))
        cells = ", ".join(rows.cell(at, name) for name in check.columns[1:])
        allowed = phrases.text("check_fault.allowed_rate", rule=rule, value=value)
        severity, code, said = (Severity.NOTE, Code.ROUNDING, "truncated") if cut[at] and check.kind is not CheckKind.PRODUCT \
            else (check.severity, Code.RATE, "rate")
        yield at, rows.fault(at, check.columns[0], severity, code, allowed,
                             phrases.text(f"check_fault.remedy_{said}", cells=cells, value=value))


def _computed(check: Check, columns: Mapping[str, Column], parts: list[Numbers]) -> Interval:
    """The interval of the result that the parts give, in the unit of the printed result."""
    result, *others = (columns[name] for name in check.columns)
    if check.kind is CheckKind.PRODUCT:
        low, high = np.ones(len(parts[0].low)), np.ones(len(parts[0].low))
        for column, part in zip(others, parts, strict=True):
            # A factor with decimals was rounded itself before it was printed.
            half = part.step / 2 if column.type is ColumnType.DECIMAL else 0.0
            half = np.where(part.step < 1, half, 0.0)
            low, high = _between([low, high], [part.low - half, part.high + half], np.multiply)
        scale = float(np.prod([float(factor_of(each)) for each in others])) / float(factor_of(result))
        return low * scale, high * scale
    top, base = parts
    low, high = _between([top.low, top.high], [base.low, base.high], np.divide)
    percent = Fraction(1, 100) if not is_unit(result.unit) else factor_of(result)
    if check.kind is CheckKind.GROWTH:
        return (low - 1) / float(percent), (high - 1) / float(percent)
    scale = float(factor_of(others[0]) / factor_of(others[1]) / percent)
    return low * scale, high * scale


def _between(first: list[Floats], second: list[Floats], operation: np.ufunc) -> Interval:
    """The interval of a product or quotient of intervals; not finite where a divisor may be zero."""
    ends = np.stack([operation(one, other) for one in first for other in second])
    low, high = ends.min(axis=0), ends.max(axis=0)
    if operation is np.divide:
        through_zero = (second[0] <= 0) & (second[1] >= 0)
        return np.where(through_zero, np.nan, low), np.where(through_zero, np.nan, high)
    return low, high


WITHIN_A_ROW = {CheckKind.SUM: _sum_faults, CheckKind.PART: _part_faults, CheckKind.ORDER: _order_faults,
                 CheckKind.DATES: _dates_faults, CheckKind.RATE: _rate_faults, CheckKind.GROWTH: _rate_faults,
                 CheckKind.PRODUCT: _rate_faults}
