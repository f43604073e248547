"""The headers of a block to the columns of a table; months as columns become one slice of the rows for each month."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from commlib.bilingual import Text, joined
from commlib.declarations.checks import Severity
from commlib.declarations.columns import NUMBERS, Column
from commlib.declarations.tables import TableDeclaration
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.intake.files.columnar import Columns
from commlib.intake.files.sheets import blank, letters, numeric
from commlib.intake.layout.blocks import PERIOD, Block, Header, Line
from commlib.intake.layout.headers import key, named, nearest
from commlib.intake.layout.mappings import LEFT_OUT
from commlib.intake.layout.row_words import is_time

_SERIAL = {"序号", "行号", "行次", "no", "№"}   # numbers of the rows, which nobody misses
_ONLY_YEAR = re.compile(r"[12]\d{3}\s*年度?|[〇零一二三四五六七八九]{4}年度?")
_YEAR = re.compile(r"[12]\d{3}|[〇零一二三四五六七八九]{4}")


@dataclass(frozen=True, slots=True)
class Slice:
    """How the rows of a block are read once: the header of each column, and words that stand for a column of every row.

    A long table has one slice. Where periods are columns there is one for each, and `given` holds the words of the period
    with the cell they stand in; where the title alone says the period, `given` holds the words of the title.
    """

    columns: Mapping[str, Header] = field(default_factory=dict)
    given: Mapping[str, Line] = field(default_factory=dict)


def slices(block: Block, table: TableDeclaration, known: Mapping[str, str], confirmed: Mapping[str, str]) -> tuple[Slice, ...]:
    """The slices of a block for a table; `known` are its `headers()`, `confirmed` columns by the key of a header."""
    fixed: dict[str, Header] = {}
    times: dict[str, dict[str, Header]] = {}
    places: dict[str, Line] = {}
    spread = _spread(block, table)
    for header in block.headers:
        if header.column in spread:
            words, rest = spread[header.column]
            name = named(rest, known) if rest else _measure_of_title(block, table)
            if name:
                times.setdefault(words, {}).setdefault(name, header)
                places.setdefault(words, Line(*header.cell, words))
        elif name := column_of(header, known, confirmed):
            fixed.setdefault(name, header)
    if times:
        return tuple(Slice({**fixed, **columns}, {table.period: places[words]}) for words, columns in times.items())
    period = title_period(block) if table.period and table.period not in fixed else None
    return (Slice(fixed, {table.period: period} if period else {}),)


def column_of(header: Header, known: Mapping[str, str], confirmed: Mapping[str, str]) -> str:
    """The column that a header names: as a person confirmed, else as declared; "" where it names none or is left out."""
    said = confirmed.get(key(header.text)) if header.path else None
    if said is not None:
        return "" if said == LEFT_OUT else said
    return named(header.path, known) if header.path else ""


def _spread(block: Block, table: TableDeclaration) -> dict[int, tuple[str, tuple[str, ...]]]:
    """The columns under periods: the words of the period, with the year of the title where they have none, and the rest."""
    if not table.period:
        return {}
    title = title_period(block)
    year = _YEAR.search(title.text) if title else None
    found = {}
    for header in block.headers:
        times = [each for each in header.path if is_time(each)]
        if times:
            words = "".join(times)
            words = f"{year[0]}年{words}" if year and not _YEAR.search(words) else words
            found[header.column] = words, tuple(each for each in header.path if not is_time(each))
    return found if len({words for words, _ in found.values()}) > 1 else {}


def _measure_of_title(block: Block, table: TableDeclaration) -> str:
    """The one number column that the title or the sheet's name names, where months alone are the headers; else ""."""
    title = key(block.title + block.sheet.name)
    found = {column.name: max((len(key(each)) for each in column.headers if len(key(each)) > 1 and key(each) in title), default=0)
             for column in table.columns if column.type in NUMBERS}
    longest = max(found.values(), default=0)
    best = [name for name, length in found.items() if length == longest]
    return best[0] if longest and len(best) == 1 else ""


def title_period(block: Block) -> Line | None:
    """The period that the title says, where it says one: of several the one with 截至, else none is taken.

    A sheet 9月 says the month of a title that says the year. Where the title is silent, the name of the sheet or of the
    file may say the period; its row is -1.
    """
    lines = block.periods
    said = next((several[0] for several in (lines, [each for each in lines if each.text.startswith("截")])
                 if len({each.text for each in several}) == 1), None)
    name = block.sheet.name.strip()
    if said and _ONLY_YEAR.fullmatch(said.text) and is_time(name) and not _YEAR.search(name):
        return Line(said.row, said.column, said.text + name)
    if said or lines:
        return said
    names = [PERIOD.findall(each) for each in (name, Path(block.sheet.file).stem)]
    return next((Line(-1, -1, found[0].strip()) for found in names if len(found) == 1), None)


# ---- faults

def column_faults(block: Block, table: TableDeclaration, parts: tuple[Slice, ...],
                  confirmed: Mapping[str, str]) -> Iterator[ReturnFault]:
    """Required columns that are missing, headers that name none or one that another names, and cells without a header."""
    taken = {header.column: name for part in parts for name, header in part.columns.items()}
    present = {*taken.values(), *chain.from_iterable(part.given for part in parts)}
    known = table.headers()
    strange = [header for header in block.headers if header.path and header.column not in taken
               and key(header.text) not in _SERIAL
               and confirmed.get(key(header.text)) != LEFT_OUT]
    yield from _missing(block, table, present, strange)
    yield from _valueless(block, table, present, strange)
    period = next((line for part in parts for name, line in part.given.items() if name == table.period and line.row < 0), None)
    if period:
        yield block.sheet.fault(Severity.NOTE, Code.PERIOD, period.text, *explained("recognise", "period"), block.header_rows[0])
    for header in strange:
        name = column_of(header, known, confirmed)
        if name and header.column not in _spread(block, table):
            first = next(each for part in parts for other, each in part.columns.items() if other == name)
            yield block.sheet.fault(Severity.ERROR, Code.DOUBLE, header.text, *explained(
                "recognise", "double", label=table.column(name).label, cell=block.sheet.address(*first.cell)), *header.cell)
        else:
            near = _labels([table.column(each) for each in nearest(header.path, table)])
            yield block.sheet.fault(Severity.NOTE, Code.STRANGE, header.text, *explained(
                "recognise", "strange", table=table.label, near=near), *header.cell)
    yield from _unnamed(block)
    yield from _merged_numbers(block, taken)


def _missing(block: Block, table: TableDeclaration, present: set[str], strange: list[Header]) -> Iterator[ReturnFault]:
    place_is_said = bool(present & set(table.place) or block.senders or block.title)
    for column in table.columns:
        if not column.required or column.dropped or column.name in present or (column.name in table.place and place_is_said):
            continue
        near = [header.text for header in strange if column.name in nearest(header.path, table)]
        if column.name == table.period and len(block.periods) > 1:
            near = [each.text for each in block.periods]
        yield block.sheet.fault(Severity.ERROR, Code.COLUMN, "、".join(near) or "-", *explained(
            "recognise", "column", label=column.label, column=column.name, file=f"{block.sheet.file}.mapping.yml"),
            block.header_rows[0])


def _valueless(block: Block, table: TableDeclaration, present: set[str], strange: list[Header]) -> Iterator[ReturnFault]:
    """An error where a table states values in columns and no such column was recognised: its rows would all be empty."""
    values = [column for column in table.columns if column.measure]
    if values and strange and not table.feeds and not any(column.name in present for column in values):
        yield block.sheet.fault(Severity.ERROR, Code.COLUMN, "、".join(header.text for header in strange), *explained(
            "recognise", "values", labels=_labels(values), file=f"{block.sheet.file}.mapping.yml"), block.header_rows[0])


def _labels(columns: list[Column]) -> Text:
    labels = [Text(zh=f"{each.label.zh}（{each.name}）", en=f"{each.label.en} ({each.name})") for each in columns]
    return joined(labels or [Text.same("—")], "、", ", ")


def _unnamed(block: Block) -> Iterator[ReturnFault]:
    """A warning for each column of cells that no header names."""
    sheet = block.sheet
    columns = [header.column for header in block.headers if not header.path and not header.beside]
    width = max((header.column + 1 for header in block.headers if not header.beside), default=0)
    widest = len(sheet.rows[0]) if isinstance(sheet.rows, Columns) else \
        max(map(len, map(sheet.rows.__getitem__, block.body)), default=0)
    for column in [*columns, *range(width, widest)]:
        row = next((row for row in block.body if not blank(sheet.value(row, column))), None)
        if row is not None:
            # What stands there is not told: it may be a telephone.
            yield sheet.fault(Severity.WARNING, Code.STRANGE, letters(column),
                              *explained("recognise", "named", column=letters(column)), row, column)


def _merged_numbers(block: Block, taken: Mapping[int, str]) -> Iterator[ReturnFault]:
    """A warning for a number merged over several rows: it stands in the first of them alone."""
    body = set(block.body)
    for (first, left), (last, _) in block.sheet.merged:
        found = block.sheet.value(first, left)
        if last > first and left in taken and first in body and numeric(found):
            yield block.sheet.fault(Severity.WARNING, Code.AMBIGUOUS, found,
                                    *explained("recognise", "merged", rows=last - first + 1), first, left)
