"""The declared checks of a table over the rows of one return; each failure is a fault at its cell.

A hedged value fails only where no value of its interval would pass. What is blank passes with any value of its declared
range; a check whose result, or all of whose parts are blank, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, Severity, check_words
from commlib.declarations.columns import Column
from commlib.declarations.tables import TableDeclaration, split_ids
from commlib.intake.checks.order import dates_faults, order_faults, part_faults
from commlib.intake.checks.rates import rate_faults
from commlib.intake.checks.rows import Bools, Floats, Rows, joined, shown, where
from commlib.intake.checks.series import Series, series_faults
from commlib.intake.faults import Code, ReturnFault

SLACK = 1e-9   # of floats, relative


@dataclass(frozen=True)
class Context:
    """What a return is checked against besides itself.

    `earlier` holds rows of the same table from earlier releases with the declared columns as text, `others` those of
    other tables by id; both with places as keys, as in the rows checked. `here` are the other tables that stand in the
    same return (None: all): an id that one of these lacks is an error; any other may only not have come in yet.
    """

    earlier: pd.DataFrame | None = None
    others: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    here: frozenset[str] | None = None


def check_rows(rows: Rows, declaration: TableDeclaration, context: Context | None = None) -> list[ReturnFault]:
    """Every failure of the declared checks, of the key and of references to `others`, in the order of the rows."""
    return [fault for _, fault in checked(rows, declaration, context or Context())]


def checked(rows: Rows, declaration: TableDeclaration, context: Context) -> list[tuple[int, ReturnFault]]:
    """What `check_rows` finds, each with the position of its row."""
    found = [*key_faults(rows, declaration.key)]
    twice = {position for position, _ in found}
    found += reference_faults(rows, declaration, context)
    for check in declaration.checks:
        if check.kind is CheckKind.UNIQUE:
            found += [each for each in _unique_faults(rows, check, declaration) if each[0] not in twice]
        elif check.kind is CheckKind.ROWS:
            found += _rows_faults(rows, check, declaration, context.others)
        elif check.kind in _WITHIN_A_ROW:
            found += row_faults(rows, check, declaration)
    found += series_faults(Series(rows, declaration, context.earlier))
    return sorted(found, key=lambda pair: pair[0])


def row_faults(rows: Rows, check: Check, declaration: TableDeclaration) -> Iterator[tuple[int, ReturnFault]]:
    """The failures of a check that looks at one row at a time, each with the position of its row."""
    columns = {column.name: column for column in declaration.columns}
    excused = rows.texts(check.unless) == "yes"
    rule = check_words(check, columns)
    return (each for each in _WITHIN_A_ROW[check.kind](rows, check, columns, rule) if not excused[each[0]])


def tolerance_of(declared: object, steps: Floats, parts: int) -> Floats:
    """How far a sum may be off, row by row: as declared, else max(1, half a unit of the last digit × number of parts)."""
    return np.full(len(steps), float(str(declared))) if declared is not None else np.maximum(1.0, steps / 2 * parts)


def apart(low: Floats, high: Floats, other_low: Floats, other_high: Floats, tolerance: Floats | float) -> Bools:
    """Whether two intervals lie further apart than the tolerance, so that no value of both would pass."""
    with np.errstate(invalid="ignore"):
        slack = tolerance + SLACK * np.maximum(1.0, np.where(np.isfinite(low), np.abs(low), 1.0))
        return np.asarray((low - slack > other_high) | (high + slack < other_low))


def key_faults(rows: Rows, key: tuple[str, ...]) -> Iterator[tuple[int, ReturnFault]]:
    """The rows whose key stands in a row before; a key with a blank cell is passed over."""
    yield from _twice(rows, key, Severity.ERROR, Code.KEY, None)


def reference_faults(rows: Rows, declaration: TableDeclaration, context: Context) -> Iterator[tuple[int, ReturnFault]]:
    """The cells that name an id which the other table, where it is given, does not hold; its own rows count as well."""
    others, here = context.others, context.here
    for column in declaration.columns:
        target, _, name = column.references.partition(".")
        if name not in others.get(target, ()) or column.name not in rows.values:
            continue
        severity = Severity.ERROR if here is None or target in {*here, declaration.id} else Severity.WARNING
        known = set(others[target][name].astype(str)) | (set(rows.texts(name)) if target == declaration.id else set())
        for at, text in enumerate(rows.texts(column.name)):
            missing = [each for each in split_ids(str(text)) if each not in known]
            if missing:
                near = ", ".join(get_close_matches(missing[0], sorted(known - {""}), 1)) or "-"
                yield at, rows.fault(at, column.name, severity, Code.REFERENCE,
                                     phrases.text("fault.allowed_reference", column=column.references),
                                     phrases.text("fault.remedy_reference", near=near, table=target))


def _unique_faults(rows: Rows, check: Check, declaration: TableDeclaration) -> Iterator[tuple[int, ReturnFault]]:
    rule = check_words(check, {column.name: column for column in declaration.columns})
    return _twice(rows, check.columns, check.severity, Code.UNIQUE, rule)


def _twice(rows: Rows, names: tuple[str, ...], severity: Severity, code: Code, rule: Text | None) \
        -> Iterator[tuple[int, ReturnFault]]:
    held = joined(rows, names)
    if len(set(held.tolist())) == len(held):
        return
    again = where((held != "") & held.duplicated())
    first = {text: position for position, text in reversed(list(enumerate(held)))} if len(again) else {}
    # The cell of the first column that stands on the sheet: a period may be that of the title.
    beside = () if rows.cells is None else rows.cells
    column = next((name for held in (rows.letters, beside) for name in names if name in held), names[0])
    for position in again:
        earlier = rows.cell(first[held.iloc[position]], column)
        allowed = phrases.text("check_fault.allowed_key", cell=earlier) if rule is None else \
            phrases.text("check_fault.allowed_unique", rule=rule, cell=earlier)
        yield position, rows.fault(position, column, severity, code, allowed,
                                   phrases.text("check_fault.remedy_key", cell=earlier))


def _sum_faults(rows: Rows, check: Check, columns: Mapping[str, Column], rule: Text) -> Iterator[tuple[int, ReturnFault]]:
    total, *parts = rows.alike([columns[name] for name in check.columns])
    steps = np.max([each.step for each in (total, *parts)], axis=0)
    tolerance = tolerance_of(check.tolerance, steps, len(parts))
    low, high = np.sum([each.low for each in parts], axis=0), np.sum([each.high for each in parts], axis=0)
    told = total.known & np.any([each.known for each in parts], axis=0)
    for at in where(told & apart(total.low, total.high, low, high, tolerance)):
        known = [(name, each) for name, each in zip(check.columns[1:], parts, strict=True) if each.known[at]]
        made = shown(sum(each.middle(at) for _, each in known))
        allowed = phrases.text("check_fault.allowed_sum", rule=rule, value=made, tolerance=shown(float(tolerance[at])))
        cells = ", ".join(rows.cell(at, name) for name, _ in known)
        yield at, rows.fault(at, check.columns[0], check.severity, Code.SUM, allowed,
                             phrases.text("check_fault.remedy_sum", cells=cells))


def _rows_faults(rows: Rows, check: Check, declaration: TableDeclaration, others: Mapping[str, pd.DataFrame]) \
        -> Iterator[tuple[int, ReturnFault]]:
    """The groups of rows (alike in the key but for `over`) that sum to more than the other table says, at their last row."""
    table_id, _, whole = check.whole.partition(".")
    other = others.get(table_id)
    if other is None or whole not in other:
        return
    columns = {column.name: column for column in declaration.columns}
    shared = [name for name in declaration.key if name != check.over and name in other]
    group, numbers = joined(rows, shared), rows.numbers(columns[check.columns[0]])
    least = pd.Series(np.where(numbers.known, numbers.low, 0.0)).groupby(group.to_numpy()).sum()
    held = pd.Series(pd.to_numeric(other[whole], errors="coerce").to_numpy(float), index=joined(other, shared).to_numpy())
    held = held[~held.index.duplicated()].reindex(least.index)
    tolerance = float(check.tolerance or 0) + SLACK
    last = {text: position for position, text in enumerate(group)}
    for text in least.index[(least > held + tolerance).to_numpy()]:
        allowed = phrases.text("check_fault.allowed_rows", rule=check_words(check, columns), value=shown(held[text]),
                               made=shown(least[text]))
        yield last[text], rows.fault(last[text], check.columns[0], check.severity, Code.ROWS, allowed,
                                     phrases.text("check_fault.remedy_rows", made=shown(least[text])))


_WITHIN_A_ROW = {CheckKind.SUM: _sum_faults, CheckKind.PART: part_faults, CheckKind.ORDER: order_faults,
                 CheckKind.DATES: dates_faults, CheckKind.RATE: rate_faults, CheckKind.GROWTH: rate_faults,
                 CheckKind.PRODUCT: rate_faults}
