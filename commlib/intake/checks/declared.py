"""The declared checks of a table over the rows of one return; each failure is a fault at its cell.

A hedged value fails only where no value of its interval would pass. What is blank passes with any value of its declared
range; a check whose result, or all of whose parts are blank, is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, Severity, check_words
from commlib.declarations.columns import NUMBERS, Column, Personal, range_words
from commlib.declarations.tables import TableDeclaration, split_ids
from commlib.intake.cells.glances import has_form
from commlib.intake.checks.rows import SLACK, Found, Rows, joined, shown, where
from commlib.intake.checks.series import Series, series_faults
from commlib.intake.checks.within import WITHIN_A_ROW, row_faults
from commlib.intake.faults import Code, ReturnFault, explained


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


def checked(rows: Rows, declaration: TableDeclaration, context: Context) -> list[tuple[int, ReturnFault]]:
    """What is outside its column's range or form, every failure of the declared checks, of the key and of references.

    Each with the position of its row, in the order of the rows.
    """
    columns = {column.name: column for column in declaration.columns}
    found = [*_twice(rows, declaration.key, Severity.ERROR, Code.KEY)]
    twice = {position for position, _ in found}
    found += _reference_faults(rows, declaration, context)
    for check in declaration.checks:
        if check.kind is CheckKind.UNIQUE:
            again = _twice(rows, check.columns, check.severity, Code.UNIQUE, check_words(check, columns))
            found += [each for each in again if each[0] not in twice]
        elif check.kind is CheckKind.ROWS:
            found += _rows_faults(rows, check, declaration, context.others)
        elif check.kind in WITHIN_A_ROW:
            found += row_faults(rows, check, declaration)
    found += [*series_faults(Series(rows, declaration, context.earlier)), *_range_faults(rows, declaration)]
    return sorted(found, key=lambda pair: pair[0])


def _reference_faults(rows: Rows, declaration: TableDeclaration, context: Context) -> Found:
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
                yield at, rows.fault(at, column.name, severity, Code.REFERENCE, *explained(
                    "fault", "reference", column=column.references, near=near, table=target))


def _twice(rows: Rows, names: tuple[str, ...], severity: Severity, code: Code, rule: Text | None = None) -> Found:
    """The rows whose cells of some columns stand together in a row before; those with a blank one are passed over."""
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


def _rows_faults(rows: Rows, check: Check, declaration: TableDeclaration, others: Mapping[str, pd.DataFrame]) -> Found:
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
        yield last[text], rows.fault(last[text], check.columns[0], check.severity, Code.ROWS, *explained(
            "check_fault", "rows", rule=check_words(check, columns), value=shown(held[text]), made=shown(least[text])))


def _range_faults(rows: Rows, declaration: TableDeclaration) -> Found:
    """An error at each number that no value of its interval brings into the declared range, and at each text of another form."""
    for column in declaration.columns:
        if column.name not in rows.values:
            continue
        if column.type in NUMBERS and (column.minimum is not None or column.maximum is not None):
            yield from _out_of_range(rows, column)
        elif column.pattern and column.personal is Personal.NO:
            yield from _out_of_form(rows, column)


def _out_of_range(rows: Rows, column: Column) -> Found:
    numbers = rows.numbers(column)
    least = -np.inf if column.minimum is None else float(column.minimum)
    most = np.inf if column.maximum is None else float(column.maximum)
    for at in where(numbers.known & ((numbers.high < least) | (numbers.low > most))):
        yield at, rows.fault(at, column.name, Severity.ERROR, Code.RANGE, range_words(column) or Text.same("-"),
                             phrases.text("fault.remedy_range", label=column.label))


def _out_of_form(rows: Rows, column: Column) -> Found:
    texts, form = rows.texts(column.name), re.compile(column.pattern)
    if has_form(texts.tolist(), column.pattern):
        return
    for at, text in enumerate(texts):
        if text and not form.fullmatch(text):
            yield at, rows.fault(at, column.name, Severity.ERROR, Code.FORM, *explained(
                "fault", "pattern", pattern=column.pattern, label=column.label))
