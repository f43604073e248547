"""Printed rates, growth rates and products, computed again from what they follow from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, Severity
from commlib.declarations.columns import Column, ColumnType
from commlib.intake.checks.rows import Floats, Numbers, Rows, factor_of, shown, where
from commlib.intake.faults import Code, ReturnFault
from commlib.units import is_unit

_SLACK = 1e-9
Interval = tuple[Floats, Floats]


def rate_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Iterator[tuple[int, ReturnFault]]:
    """The rows whose printed result is not what its parts give.

    A result is right that is the computed one rounded to the digits that it is printed with, or within the declared
    tolerance. One that is the computed one cut off after these digits is kept and told in a note.
    """
    printed, *parts = (rows.numbers(columns[name]) for name in check.columns)
    told = np.all([each.known for each in (printed, *parts)], axis=0)
    with np.errstate(all="ignore"):
        low, high = _computed(check, columns, parts)
        half = np.full(len(rows), float(check.tolerance)) if check.tolerance is not None else printed.own / 2
        slack = _SLACK * np.maximum(1.0, np.abs(np.where(np.isfinite(low), low, 1.0)))
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
