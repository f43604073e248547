"""Totals that a return prints (合计, 小计, 其中) against the rows that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from commlib import phrases
from commlib.declarations.checks import CheckKind, Severity
from commlib.declarations.columns import NUMBERS, Column, ColumnType
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import TableDeclaration
from commlib.intake.checks.declared import apart, row_faults, tolerance_of
from commlib.intake.checks.rows import Bools, Floats, Rows, shown, where
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.layout.blocks import TotalKind
from commlib.units import is_unit, unit

# What no one adds up: shares, differences of shares, scores, ranks, years, whatever is "per" something or in units row by row.
_NEVER_SUMMED = ("share", "share_difference", "score", "rank", "calendar")
_OF_PRINTED_TOTALS = (CheckKind.SUM, CheckKind.PART, CheckKind.ORDER, CheckKind.RATE, CheckKind.GROWTH)


def total_faults(rows: Rows, totals: Rows, kinds: Sequence[TotalKind], declaration: TableDeclaration) -> list[ReturnFault]:
    """Every printed total that the rows do not give, as a warning, and the checks within a row on the totals themselves.

    `rows` are all rows of the body, refused ones too, a cell that could not be read being blank; `kinds` is what
    each row of `totals` is. A total stands for the rows that bear its place, a 小计 and one of several totals else
    for the rows between it and the next total (above or below, whichever fits), any other for all rows of its sheet. A
    row 其中 is no total: it may not be more than the total or row above it.
    """
    columns = [each for each in declaration.columns if _is_summed(each, declaration) and each.name in totals.values]
    found: list[tuple[int, ReturnFault]] = []
    for position, kind in enumerate(kinds):
        if kind is TotalKind.PART:
            found += _of_which_faults(rows, totals, position, columns, kinds)
            continue
        scopes = [scope for scope in _scopes(rows, totals, position, kinds, declaration) if scope.any()]
        tries = [list(_differences(rows, totals, position, columns, scope)) for scope in scopes]
        if tries:
            fewest = min(tries, key=len)
            found += fewest
    for check in declaration.checks:
        found += row_faults(totals, check, declaration) if check.kind in _OF_PRINTED_TOTALS else ()
    return [fault for _, fault in sorted(found, key=lambda pair: pair[0])]


def _is_summed(column: Column, declaration: TableDeclaration) -> bool:
    """Whether a column is of numbers that add up over places."""
    if column.type not in NUMBERS or column.unit_from or "/" in column.unit:
        return False
    if is_unit(column.unit) and any(unit(column.unit).measures(each) for each in _NEVER_SUMMED):
        return False
    if any(check.kind in (CheckKind.RATE, CheckKind.GROWTH) and check.columns[0] == column.name for check in declaration.checks):
        return False
    return not column.measure or column.measure.startswith("each") or read_argument(column.measure).measure.additive


def _scopes(rows: Rows, totals: Rows, position: int, kinds: Sequence[TotalKind],
            declaration: TableDeclaration) -> Iterator[Bools]:
    """The sets of rows that a total may stand for; the one with the fewest differences is taken."""
    sheet = rows.on_sheet(totals.sheet_of(position))
    if declaration.period and (period := totals.text(position, declaration.period)):
        sheet &= (rows.texts(declaration.period) == period) | (rows.texts(declaration.period) == "")
    for place in declaration.place:
        named = totals.text(position, place)
        if named and (same := sheet & (rows.texts(place) == named)).any():
            yield same
            return
    whole = [each for each, kind in enumerate(kinds) if kind is not TotalKind.PART]
    partial = kinds[position] is TotalKind.SUBTOTAL
    if not partial:
        yield sheet
    if partial or list(kinds).count(TotalKind.TOTAL) > 1:
        numbers, at = rows.values.index.to_numpy(), totals.values.index[position]
        others = sorted(totals.values.index[each] for each in whole if totals.sheet_of(each) == totals.sheet_of(position))
        above = max((each for each in others if each < at), default=-1)
        below = min((each for each in others if each > at), default=np.inf)
        yield sheet & (numbers > above) & (numbers < at)
        yield sheet & (numbers > at) & (numbers < below)


def _differences(rows: Rows, totals: Rows, position: int, columns: Sequence[Column], scope: Bools) -> \
        Iterator[tuple[int, ReturnFault]]:
    """The columns in which a total is not the sum over the rows of its scope."""
    for column in columns:
        total, parts = totals.numbers(column), rows.numbers(column)
        if not total.known[position] or not (parts.known & scope).any():
            continue
        low, high = (np.array([side[scope].sum()]) for side in (parts.low, parts.high))
        step = np.array([max(float(total.step[position]), float(parts.step[scope].max()))])
        # Whole units are counted, not rounded: there the number of rows widens nothing.
        tolerance = tolerance_of(None, step, int(scope.sum()) if column.type is ColumnType.DECIMAL else 1)
        here: tuple[Floats, Floats] = (total.low[[position]], total.high[[position]])
        if apart(*here, low, high, tolerance)[0]:
            known = scope & parts.known
            made = shown(sum(parts.middle(at) for at in where(known)))
            allowed = phrases.text("check_fault.allowed_total", n=int(known.sum()), value=made,
                                   tolerance=shown(float(tolerance[0])))
            yield position, totals.fault(position, column.name, Severity.WARNING, Code.TOTAL, allowed,
                                         phrases.text("check_fault.remedy_total"))


def _of_which_faults(rows: Rows, totals: Rows, position: int, columns: Sequence[Column], kinds: Sequence[TotalKind]) -> \
        Iterator[tuple[int, ReturnFault]]:
    """The columns in which a row 其中 is more than the nearest total or row above it."""
    at, sheet = totals.values.index[position], totals.sheet_of(position)
    above = [(row, rows, each) for each, row in enumerate(rows.values.index) if row < at and rows.sheet_of(each) == sheet]
    above += [(row, totals, each) for each, row in enumerate(totals.values.index) if row < at and totals.sheet_of(each) == sheet
              and kinds[each] is not TotalKind.PART]
    if not above:
        return
    _, holder, whole = max(above, key=lambda each: each[0])
    for column in columns:
        part, held = totals.numbers(column), holder.numbers(column)
        if part.known[position] and held.known[whole] and part.low[position] > held.high[whole] + 1e-9:
            allowed = phrases.text("check_fault.allowed_of_which", value=holder.text(whole, column.name),
                                   cell=holder.cell(whole, column.name))
            yield position, totals.fault(position, column.name, Severity.WARNING, Code.PART, allowed,
                                         phrases.text("check_fault.remedy_total"))
