"""The cells of a recognised block as rows of its table: every kept column read by its declaration, each oddity at its cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.intake.files.sheets import letters
from commlib.intake.layout.blocks import Block, Header, TotalKind
from commlib.intake.layout.headers import is_unit_word
from commlib.intake.layout.matching import Slice
from commlib.intake.names.gazetteer import kind_of, spelled
from commlib.intake.personal import masked, personal_fault, suspicious
from commlib.places import PlaceLevel
from commlib.units import conversion, is_unit, unit


@dataclass
class BlockRows:
    """What was read of a block, slice after slice: a position for each row of each slice.

    `faults` have the position of their row, -1 for the block as a whole. `at` is the sheet's row of each position (from 0),
    `hedged` the bounds and qualifier of a cell by column and position; `unread` the rows with a cell that has no value.

    Then its places (`placing.place_rows`): the county of each row ("" = none), the keys of its places by column, and what was
    odd about them. `left_out` are rows about a prefecture, a province or the nation; `said` are the headers that told the county.
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
    counties: list[str] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    place_faults: list[tuple[int, ReturnFault]] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)
    said: tuple[Header, ...] = ()

    def rows(self) -> Rows:
        """The rows as the checks see them."""
        index = pd.Index(np.array(self.at, np.int64) + 1)
        low, high, step = map(self._sides, ("low", "high", "step"))
        arrays = {name: np.array(cells, dtype=object) for name, cells in self.values.items()}
        values = pd.DataFrame(arrays, index=index, dtype=object)
        cells = pd.DataFrame(self.cells, index=index, dtype=object) if self.cells else None
        return Rows(self.block.sheet.file, self.block.sheet.name, values, self.letters, cells, low, high, step)

    def _sides(self, end: str) -> pd.DataFrame | None:
        """One end of the interval of each hedged cell, or the `step` of each that says it; NaN for the others."""
        found: dict[str, np.ndarray] = {}
        for name, cells in self.hedged.items():
            side = found[name] = np.full(len(self.at), np.nan)
            for position, reading in cells.items():
                if (value := getattr(reading, end) if reading.bounds or end == "step" else None) is not None:
                    side[position] = float(value)
        return pd.DataFrame(found) if found else None


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
            under = _Under(found, column, header, number * count)
            found.values[column.name] += under.taken(under.read() if header else _given(found, column, part), pseudonym)
    return found


def _address(block: Block, part: Slice, name: str, row: int) -> str:
    """Where the cell of a column stands for a row; that of the words that stand for the whole column otherwise."""
    if name in part.columns:
        return block.sheet.address(*block.cell(part.columns[name], row))
    line = part.given.get(name)
    return block.sheet.address(line.row, line.column) if line else ""


# ---- words that stand for a column, and what its numbers are in

def _given(found: BlockRows, column: Column, part: Slice) -> ColumnReadings:
    """Read the words that stand for a column of every row; where they cannot be read, the block is refused."""
    line = part.given.get(column.name)
    count = len(found.block.body)
    if line is None:
        return ColumnReadings([""] * count)
    read = read_cell(line.text, column, Setting(typed=False, year=_year(found.block)))
    if isinstance(read, Refusal):
        found.faults.append((-1, found.block.sheet.placed(read.fault, line.row, line.column)))
    return ColumnReadings([read.text if isinstance(read, Reading) else ""] * count)


def _year(block: Block) -> int | None:
    """The one year that the words above the table name; None where there are several or none."""
    matches = (re.match(r"\D*((?:19|20)[0-9]{2})", unicodedata.normalize("NFKC", line.text)) for line in block.periods)
    years = {int(match[1]) for match in matches if match}
    return years.pop() if len(years) == 1 else None


def _setting(block: Block, header: Header, column: Column) -> tuple[Setting, ReturnFault | None]:
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
        label = unit(column.unit).label if is_unit(column.unit) else column.label
        return plain, block.sheet.fault(Severity.ERROR, Code.UNIT, "、".join(words), *explained(
            "taking", "unit", unit=label, label=column.label), *header.cell)
    unit_id, scale = meant.pop()
    return replace(plain, unit=unit_id, scale=scale), None


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


# ---- cells

@dataclass(frozen=True)
class _Under:
    """The cells of a column in one slice: its header (None: words stand for them all) and the position of their first row."""

    found: BlockRows
    column: Column
    header: Header | None
    first: int

    def read(self) -> ColumnReadings:
        """Read the cells under the header; a cell whose value is not in the file marks its row."""
        block, sheet, header = self.found.block, self.found.block.sheet, self.header
        assert header is not None
        setting, fault = _setting(block, header, self.column)
        if fault:
            self.found.faults.append((-1, fault))
        formats = {at: sheet.formats[place] for at, row in enumerate(block.body)
                   if (place := block.cell(header, row)) in sheet.formats} if sheet.formats else {}
        read = read_column(block.values(header), self.column, setting, formats)
        self.found.faults += [(-1, sheet.placed(each, *header.cell)) for each in read.faults]
        if sheet.unread:
            self.found.unread |= {self.first + at for at in range(len(block.body)) if self._cell(at) in sheet.unread}
        return read

    def taken(self, read: ColumnReadings, pseudonym: Callable[[str], str]) -> list[str]:
        """The texts of the column, and its oddities kept at their cells: hedges, refusals, notes, personal data."""
        texts, column = list(read.texts), self.column
        hidden = column.personal is Personal.PSEUDONYM
        suspects = frozenset() if hidden else suspicious(texts, column)
        refused: set[int] = set()
        told = {at for at, text in enumerate(texts) if text in suspects} if suspects else set()
        for at in sorted(told | read.odd.keys()):
            each = read.odd.get(at)
            words = texts[at] if at in told else each.faults[0].found if each and each.faults and not hidden else ""
            if at in told or masked(words) != words:
                self._tell(at, [personal_fault(words, column)])
                texts[at] = ""
                refused.add(at)
            elif each is not None:
                texts[at] = self._odd(at, each, texts, refused)
        return [pseudonym(text) if text else "" for text in texts] if hidden else texts

    def _odd(self, at: int, each: Reading | Refusal, texts: list[str], refused: set[int]) -> str:
        """Keep what is odd about one cell and give its text."""
        hidden = self.column.personal is Personal.PSEUDONYM
        faults = [fault for fault in each.faults if not hidden or fault.severity is Severity.ERROR]
        if self._cell(at) in self.found.block.sheet.unread:
            faults = []   # told with the file
        if hidden:   # what stands there is told to nobody
            faults = [personal_fault("*", self.column, fault) for fault in faults]
        self._tell(at, faults)
        if isinstance(each, Refusal):
            refused.add(at)
            return ""
        if each.bounds is not None or each.step is not None:
            self.found.hedged.setdefault(self.column.name, {})[self.first + at] = each
        if each.state is not State.SAME_AS_ABOVE:
            return each.text
        if group := self._heading_total(at):
            return group
        if at == 0 or at - 1 in refused or not texts[at - 1]:
            if self.column.type is not ColumnType.PLACE or at - 1 in refused:   # a place may be said by the title, or a finer one
                refused.add(at)
                self._tell(at, [self.found.block.sheet.fault(
                    Severity.ERROR, Code.BLANK, "", phrases.text("fault.allowed_filled"),
                    phrases.text("taking.remedy_above", label=self.column.label))])
            return ""
        hedged = self.found.hedged.get(self.column.name, {})
        if self.first + at - 1 in hedged:
            hedged[self.first + at] = hedged[self.first + at - 1]
        return texts[at - 1]

    def _heading_total(self, at: int) -> str:
        """The township that a printed total between a row and the one before it names: the rows below the total are of it."""
        block, header = self.found.block, self.header
        if header is None or self.column.level is not Level.TOWNSHIP or header.beside:
            return ""
        before = block.body[at - 1] if at else -1
        for total in reversed(block.totals):
            if before < total.row < block.body[at] and total.kind is not TotalKind.PART:
                cell = "" if total.column == header.column else str(block.sheet.value(total.row, header.column) or "").strip()
                words = cell or total.label
                if kind_of(spelled(words), PlaceLevel.TOWNSHIP):
                    return words
        return ""

    def _cell(self, at: int) -> tuple[int, int] | None:
        """Where the cell of a row stands on the sheet; None for words that stand for the whole column."""
        return self.found.block.cell(self.header, self.found.block.body[at]) if self.header else None

    def _tell(self, at: int, faults: Sequence[ReturnFault]) -> None:
        if place := self._cell(at):
            self.found.faults += [(self.first + at, self.found.block.sheet.placed(fault, *place)) for fault in faults]


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
