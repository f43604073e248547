"""Cells outside what their column declares: the range of its numbers, the pattern of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.columns import NUMBERS, Column, Personal, range_words
from commlib.declarations.tables import TableDeclaration
from commlib.intake.cells.glances import has_form
from commlib.intake.checks.rows import Rows, where
from commlib.intake.faults import Code, ReturnFault


def range_faults(rows: Rows, declaration: TableDeclaration) -> Iterator[tuple[int, ReturnFault]]:
    """An error at each number that no value of its interval brings into the declared range, and at each text of another form."""
    for column in declaration.columns:
        if column.name not in rows.values:
            continue
        if column.type in NUMBERS and (column.minimum is not None or column.maximum is not None):
            yield from _out_of_range(rows, column)
        elif column.pattern and column.personal is Personal.NO:
            yield from _out_of_form(rows, column)


def _out_of_range(rows: Rows, column: Column) -> Iterator[tuple[int, ReturnFault]]:
    numbers = rows.numbers(column)
    least = -np.inf if column.minimum is None else float(column.minimum)
    most = np.inf if column.maximum is None else float(column.maximum)
    for at in where(numbers.known & ((numbers.high < least) | (numbers.low > most))):
        yield at, rows.fault(at, column.name, Severity.ERROR, Code.RANGE, range_words(column) or Text.same("-"),
                             phrases.text("fault.remedy_range", label=column.label))


def _out_of_form(rows: Rows, column: Column) -> Iterator[tuple[int, ReturnFault]]:
    texts, form = rows.texts(column.name), re.compile(column.pattern)
    if has_form(texts.tolist(), column.pattern):
        return
    for at, text in enumerate(texts):
        if text and not form.fullmatch(text):
            yield at, rows.fault(at, column.name, Severity.ERROR, Code.FORM,
                                 phrases.text("fault.allowed_pattern", pattern=column.pattern),
                                 phrases.text("fault.remedy_pattern", label=column.label))
