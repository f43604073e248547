"""The cells of a recognised block as rows of its table: every kept column read by its declaration, each oddity at its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd

from commlib import phrases
from commlib.declarations.checks import Severity
from commlib.declarations.columns import NUMBERS, Column, ColumnType, Level, Personal
from commlib.declarations.tables import TableDeclaration
from commlib.errors import DeclarationError
from commlib.hedges import Bound
from commlib.intake.cells.columns import ColumnReadings, read_cell, read_column
from commlib.intake.cells.numbers import unit_in_words
from commlib.intake.cells.readings import Reading, Refusal, Setting, State, decimal_text
from commlib.intake.checks.rows import Rows
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import letters
from commlib.intake.layout.blocks import Block, TotalKind
from commlib.intake.layout.headers import Header, is_unit_word
from commlib.intake.layout.matching import Slice
from commlib.intake.names.gazetteer import kind_of, spelled
from commlib.intake.personal import masked, personal_fault, suspicious
from commlib.places import PlaceLevel
from commlib.units import conversion


@dataclass
class BlockRows:
    """What was read of a block, slice after slice: a position for each row of each slice.

    `faults` have the position of their row, -1 for the block as a whole. `at` is the sheet's row of each position (from 0),
    `hedged` the bounds and qualifier of a cell by column and position; `unread` the rows with a cell that has no value.
    """

    block: Block
    table: TableDeclaration
    at: list[int] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)
    hedged: dict[str, dict[int, Reading]] = field(default_factory=dict)
    faults: list[tuple[int, ReturnFault]] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)

    def rows(self) -> Rows:
        """The rows as the checks see them."""
        index = pd.Index(np.array(self.at, np.int64) + 1)
        low, high, step = (self._sides(pick) for pick in (_low, _high, _step))
        arrays = {name: np.array(cells, dtype=object) for name, cells in self.values.items()}
        values = pd.DataFrame(arrays, index=index, dtype=object)
        cells = pd.DataFrame(self.cells, index=index, dtype=object) if self.cells else None
        return Rows(self.block.sheet.file, self.block.sheet.name, values, self.letters, cells, low, high, step)

    def _sides(self, pick: Callable[[Reading], Bound | None]) -> pd.DataFrame | None:
        found: dict[str, np.ndarray] = {}
        for name, cells in self.hedged.items():
            side = found[name] = np.full(len(self.at), np.nan)
            for position, reading in cells.items():
                value = pick(reading)
                side[position] = np.nan if value is None else float(value)
        return pd.DataFrame(found) if found else None


def _low(reading: Reading) -> Bound | None:
    return reading.low if reading.bounds else None


def _high(reading: Reading) -> Bound | None:
    return reading.high if reading.bounds else None


def _step(reading: Reading) -> Fraction | None:
    return reading.step


def read_rows(block: Block, table: TableDeclaration, slices: Sequence[Slice],
              pseudonym: Callable[[str], str]) -> BlockRows:
    """Read the body of a block by its slices; columns declared as dropped are never read."""
    found = BlockRows(block, table)
    kept = [each for each in table.columns if not each.dropped
            and any(each.name in part.columns or each.name in part.given for part in slices)]
    count = len(block.body)
    found.at = list(block.body) * len(slices)
    for column in kept:
        headers = [part.columns.get(column.name) for part in slices]
        if all(header is not None and header == headers[0] and not header.beside for header in headers):
            found.letters[column.name] = letters(headers[0].column) if headers[0] else ""
        else:
            found.cells[column.name] = [_address(block, part, column.name, row) for part in slices for row in block.body]
        found.values[column.name] = []
        for number, (part, header) in enumerate(zip(slices, headers, strict=True)):
            read = _read_header(found, column, header, number * count) if header else _given(found, column, part)
            found.values[column.name] += _taken(found, column, read, header, number * count, pseudonym)
    return found


def _address(block: Block, part: Slice, name: str, row: int) -> str:
    """Where the cell of a column stands for a row; that of the words that stand for the whole column otherwise."""
    if name in part.columns:
        return block.sheet.address(*block.cell(part.columns[name], row))
    line = part.given.get(name)
    return block.sheet.address(line.row, line.column) if line else ""


# ---- reading

def _read_header(found: BlockRows, column: Column, header: Header, first: int) -> ColumnReadings:
    """Read the cells under a header; a cell whose value is not in the file marks its row."""
    block, sheet = found.block, found.block.sheet
    setting, fault = setting_of(block, header, column)
    if fault:
        found.faults.append((-1, fault))
    formats = {at: sheet.formats[place] for at, row in enumerate(block.body)
               if (place := block.cell(header, row)) in sheet.formats} if sheet.formats else {}
    read = read_column(block.values(header), column, setting, formats)
    found.faults += [(-1, fault.at(file=sheet.file, sheet=sheet.name, cell=sheet.address(*header.cell))) for fault in read.faults]
    if sheet.unread:
        found.unread |= {first + at for at, row in enumerate(block.body) if block.cell(header, row) in sheet.unread}
    return read


def _given(found: BlockRows, column: Column, part: Slice) -> ColumnReadings:
    """Read the words that stand for a column of every row; where they cannot be read, the block is refused."""
    line = part.given.get(column.name)
    count = len(found.block.body)
    if line is None:
        return ColumnReadings([""] * count)
    read = read_cell(line.text, column, Setting(typed=False, year=_year(found.block)))
    sheet = found.block.sheet
    for fault in read.faults if isinstance(read, Refusal) else ():
        found.faults.append((-1, fault.at(file=sheet.file, sheet=sheet.name, cell=sheet.address(line.row, line.column))))
    return ColumnReadings([read.text if isinstance(read, Reading) else ""] * count)


def _year(block: Block) -> int | None:
    """The one year that the words above the table name; None where there are several or none."""
    years = {int(match[0]) for line in block.periods if (match := re.match(r"(?:19|20)[0-9]{2}", _plain(line.text)))}
    return years.pop() if len(years) == 1 else None


def _plain(words: str) -> str:
    return re.sub(r"^\D+", "", unicodedata.normalize("NFKC", words))


def setting_of(block: Block, header: Header, column: Column) -> tuple[Setting, ReturnFault | None]:
    """What plain numbers of a column are in: the unit of its header, else the one of the line of units that fits it.

    A unit that cannot become the column's, and a line with two that fit, is an error at the header.
    """
    plain = Setting(typed=block.sheet.lines is None, year=_year(block))
    if column.type not in NUMBERS:
        return plain, None
    words = [header.unit] if header.unit else [each for each in block.units if _fits(each, column)]
    if not words or (header.unit and not unit_in_words(header.unit, column.unit)[0] and is_unit_word(header.unit)):
        return plain, None   # a counter such as 家 says nothing about the number
    meant = {unit_in_words(each, column.unit) for each in words}
    if len(meant) > 1 or not _fits(words[0], column):
        return plain, block.sheet.fault(
            Severity.ERROR, Code.UNIT, "、".join(words), phrases.text("taking.allowed_unit", unit=_label(column)),
            phrases.text("taking.remedy_unit", label=column.label), *header.cell)
    unit_id, scale = meant.pop()
    return Setting(unit=unit_id, scale=scale, typed=plain.typed, year=plain.year), None


def _fits(words: str, column: Column) -> bool:
    """Whether a unit in words can become that of a column; a column without one takes any."""
    found, _ = unit_in_words(words, column.unit)
    if not found or not column.unit:
        return bool(found)
    try:
        conversion(found, column.unit)
    except DeclarationError:
        return False
    return True


def _label(column: Column) -> object:
    from commlib.units import is_unit, unit

    return unit(column.unit).label if is_unit(column.unit) else column.label


# ---- what was read

def _taken(found: BlockRows, column: Column, read: ColumnReadings, header: Header | None, first: int,
           pseudonym: Callable[[str], str]) -> list[str]:
    """The texts of a column, and its oddities kept at their cells: hedges, refusals, notes, personal data."""
    texts = list(read.texts)
    hidden = column.personal is Personal.PSEUDONYM
    suspects = frozenset() if hidden else suspicious(texts, column)
    refused: set[int] = set()
    told = {at for at, text in enumerate(texts) if text in suspects} if suspects else set()
    for at in sorted(told | read.odd.keys()):
        each = read.odd.get(at)
        words = texts[at] if at in told else each.faults[0].found if each and each.faults and not hidden else ""
        if at in told or masked(words) != words:
            _tell(found, at, first, header, [personal_fault(words, column)])
            texts[at] = ""
            refused.add(at)
        elif each is not None:
            texts[at] = _odd(found, column, each, (at, first), header, texts, refused)
    return [pseudonym(text) if text else "" for text in texts] if hidden else texts


def _odd(found: BlockRows, column: Column, each: Reading | Refusal, place: tuple[int, int], header: Header | None,
         texts: list[str], refused: set[int]) -> str:
    """Keep what is odd about one cell and give its text."""
    at, first = place
    hidden = column.personal is Personal.PSEUDONYM
    faults = [fault for fault in each.faults if not hidden or fault.severity is Severity.ERROR]
    if header is not None and found.block.cell(header, found.block.body[at]) in found.block.sheet.unread:
        faults = []   # told with the file
    if hidden:   # what stands there is told to nobody
        faults = [personal_fault("*", column, fault) for fault in faults]
    _tell(found, at, first, header, faults)
    if isinstance(each, Refusal):
        refused.add(at)
        return ""
    if each.bounds is not None or each.step is not None:
        found.hedged.setdefault(column.name, {})[first + at] = each
    if each.state is not State.SAME_AS_ABOVE:
        return each.text
    if header is not None and (group := _heading_total(found.block, column, header, at)):
        return group
    if at == 0 or at - 1 in refused or not texts[at - 1]:
        if column.type is not ColumnType.PLACE or at - 1 in refused:   # a place may be said by the title, or by a finer one
            refused.add(at)
            _tell(found, at, first, header, [_nothing_above(column)])
        return ""
    above = found.hedged.get(column.name, {}).get(first + at - 1)
    if above is not None:
        found.hedged[column.name][first + at] = above
    return texts[at - 1]


def _heading_total(block: Block, column: Column, header: Header, at: int) -> str:
    """The township that a printed total between a row and the one before it names: the rows below the total are of it."""
    if column.level is not Level.TOWNSHIP or header.beside:
        return ""
    before = block.body[at - 1] if at else -1
    for total in reversed(block.totals):
        if before < total.row < block.body[at] and total.kind is not TotalKind.PART:
            cell = "" if total.column == header.column else str(block.sheet.value(total.row, header.column) or "").strip()
            words = cell or total.label
            if kind_of(spelled(words), PlaceLevel.TOWNSHIP):
                return words
    return ""


def _nothing_above(column: Column) -> ReturnFault:
    return ReturnFault("", "", "", Severity.ERROR, Code.BLANK, "", phrases.text("fault.allowed_filled"),
                       phrases.text("taking.remedy_above", label=column.label))


def _tell(found: BlockRows, at: int, first: int, header: Header | None, faults: Sequence[ReturnFault]) -> None:
    sheet = found.block.sheet
    if header is not None and faults:
        cell = sheet.address(*found.block.cell(header, found.block.body[at]))
        found.faults += [(first + at, fault.at(file=sheet.file, sheet=sheet.name, cell=cell)) for fault in faults]


def hedge_columns(found: BlockRows, accepted: Sequence[int]) -> Mapping[str, list[str]]:
    """The columns `<name>__low`, `__high` and `__qualifier` of the accepted positions, where some cell is hedged."""
    columns: dict[str, list[str]] = {}
    for name, cells in found.hedged.items():
        hedged = {at: each for at, each in cells.items() if each.bounds is not None}
        if not any(at in hedged for at in accepted):
            continue
        columns[f"{name}__low"] = [_bound(hedged[at].low) if at in hedged else "" for at in accepted]
        columns[f"{name}__high"] = [_bound(hedged[at].high) if at in hedged else "" for at in accepted]
        columns[f"{name}__qualifier"] = [str(hedged[at].qualifier) if at in hedged else "" for at in accepted]
    return columns


def _bound(bound: Bound | None) -> str:
    return decimal_text(bound) if isinstance(bound, Fraction) else ""
