"""Faults planted into the sheets of the demonstration, each at a cell that is known: those of a row, and of a whole sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from commlib.declarations.checks import CheckKind
from commlib.declarations.columns import DATES, NUMBERS, Blank, Column, ColumnType
from commlib.declarations.tables import tables
from commlib.demo.ink import Cell
from commlib.demo.paper import Paper, Place, Placed
from commlib.demo.planted import Planted, offers_of
from commlib.intake.faults import Code
from commlib.intake.files.sheets import letters

_TRIES = 200
_OVER_TIME = (CheckKind.CUMULATIVE, CheckKind.JUMP, CheckKind.UNCHANGED)
_OUT_OF_RANGE = ("negative", "above_maximum")


class Bed:
    """A sheet to plant in; a row takes one fault. `typed`: whether the file keeps numbers and sheets apart from text."""

    def __init__(self, paper: Paper, chance: np.random.Generator, typed: bool = True) -> None:
        self.paper, self.chance, self.typed = paper, chance, typed
        self.taken: set[int] = set()

    def columns(self, fits: Callable[[Column], bool]) -> list[Column]:
        """The printed columns that fit; ids that other tables refer to are left alone, or all that refers to them would fall."""
        return [each for each in self.paper.table.columns if each.name in self.paper.headers and not each.dropped and fits(each)
                and f"{self.paper.table.id}.{each.name}" not in _referred()]

    def unchecked(self, name: str) -> bool:
        """Whether no check looks at a column, so that a wrong number in it is one fault and not several."""
        return not any(name in check.columns for check in self.paper.table.checks)

    def draws(self) -> Iterator[Placed]:
        """Rows that have no fault yet, in no order."""
        for _ in range(_TRIES if self.paper.records else 0):
            at = int(self.chance.integers(len(self.paper.records)))
            if at not in self.taken:
                yield self.paper.records[at]

    def write(self, kind: str, code: Code, place: Place, cell: Cell, record: Placed | None = None) -> Planted:
        """Write the wrong cell and take its row."""
        was = self.paper.cell(place)
        self.paper.put(place, cell)
        if record is not None:
            self.taken.add(next(at for at, each in enumerate(self.paper.records) if each is record))
        cells = (f"{letters(place[1])}{place[0] + 1}",)
        return Planted(self.sheet, cells, kind, (str(code),), *("" if each is None else str(each) for each in (was, cell)))

    @property
    def sheet(self) -> str:
        """The name of the sheet as the intake tells it."""
        return self.paper.name if self.typed else ""


Kind = Callable[[Bed], Planted | None]


@cache
def _referred() -> frozenset[str]:
    """The columns that some table refers to, as `table.column`."""
    return frozenset(column.references for each in tables() for column in each.columns if column.references)


def plant_in_row(bed: Bed, told: Counter[str]) -> Planted | None:
    """Plant a fault in one row, of a kind that was told least so far; None where the sheet offers none."""
    free = {each.name for each in bed.columns(lambda column: column.blank is not Blank.SAME_AS_ABOVE)}   # one would be many
    offered = []
    for record, _ in zip(bed.draws(), range(5), strict=False):
        row = next(iter(record.cells.values()))[0]
        joined = len({line for line, _ in record.cells.values()}) > 1   # by its places with the row of a continued block
        columns = {name: at for name, (line, at) in record.cells.items() if line == row and name in free - record.hedged
                   and not (joined and bed.paper.table.column(name).type is ColumnType.PLACE)}
        names = {at: name for name, at in columns.items()}
        offered += [(record, row, offer) for offer in offers_of(bed.paper.rows[row], bed.paper.table, columns)
                    if offer[2][0] not in _OUT_OF_RANGE or bed.unchecked(names[offer[0]])]
    if not offered:
        return None
    order = bed.chance.permutation(len(offered))
    record, row, (place, others, (kind, cell, codes)) = min((offered[at] for at in order), key=lambda each: told[each[2][2][0]])
    planted = bed.write(kind, codes[0], (row, place), cell, record)
    cells = planted.cells + tuple(f"{letters(each)}{row + 1}" for each in others)
    return Planted(planted.sheet, cells, kind, tuple(map(str, codes)), planted.was, planted.now)


# ---- of more than one row

def _fallen(bed: Bed) -> Planted | None:
    """A cumulative number below the one of the period before; of a column that no other check looks at from above."""
    table, names = bed.paper.table, [each for each in bed.paper.table.key if each != bed.paper.table.period]
    bound = {name for check in table.checks if check.kind in (CheckKind.SUM, CheckKind.RATE) for name in check.columns}
    bound |= {name for check in table.checks if check.kind is CheckKind.ORDER for name in check.columns[:-1]}
    falling = {name for check in table.checks if check.kind is CheckKind.CUMULATIVE for name in check.columns} - bound
    columns = bed.columns(lambda each: each.name in falling)
    for record in bed.draws() if columns else ():
        name = columns[0].name
        same = [each for each in bed.paper.records if all(each.values.get(key) == record.values.get(key) for key in names)]
        same.sort(key=lambda each: each.values.get(table.period, ""))
        at = next(number for number, each in enumerate(same) if each is record)
        numbers = [float(each.values.get(name) or 0) for each in same[max(at - 2, 0):at + 2]]
        if len(numbers) == 4 and 12 < numbers[0] < numbers[1] < numbers[3]:
            return bed.write("fallen", Code.FALLEN, record.cells[name], int(numbers[0] * 0.6), record)
    return None


def _key(bed: Bed) -> Planted | None:
    """The code of the first row in another one: two rows with one key."""
    codes = bed.columns(lambda each: each.name in bed.paper.table.key and each.type is ColumnType.CODE)
    if not codes or len(bed.paper.table.key) > 1:
        return None
    first = bed.paper.records[0]
    record = next((each for each in bed.draws() if each is not first), None)
    if record is None or 0 in bed.taken:
        return None
    bed.taken.add(0)
    return bed.write("duplicate_key", Code.KEY, record.cells[codes[0].name], bed.paper.cell(first.cells[codes[0].name]), record)


def _total(bed: Bed) -> Planted | None:
    """A printed total that the rows do not give, where the sheet has one, in a column that no check compares with another."""
    checked = {each for check in bed.paper.table.checks if check.kind not in _OVER_TIME for each in check.columns} - {"planned"}
    for name, place in bed.paper.sums[0].cells.items() if len(bed.paper.sums) == 1 and not bed.taken else ():
        number = bed.paper.cell(place)
        if isinstance(number, int | float) and number > 50 and name not in checked:
            bed.taken |= set(range(len(bed.paper.records)))   # a row that is refused would leave open what the total is
            return bed.write("total_wrong", Code.TOTAL, place, round(number * 1.13) + 40)
    return None


def _merged(bed: Bed) -> Planted | None:
    """A number merged over two rows: it stands in the first alone."""
    columns = bed.columns(lambda each: each.type in NUMBERS and each.blank is Blank.MISSING)
    rows = {next(iter(each.cells.values()))[0]: at for at, each in enumerate(bed.paper.records)}
    for record in bed.draws() if bed.typed and columns else ():
        row, at = record.cells[columns[-1].name]
        if rows.get(row + 1, 0) not in bed.taken and row + 1 in rows and isinstance(bed.paper.cell((row, at)), int | float):
            bed.taken.add(rows[row + 1])
            bed.paper.merges.append((row, at, row + 1, at))
            bed.paper.put((row + 1, at), None)
            return bed.write("merged_number", Code.AMBIGUOUS, (row, at), bed.paper.cell((row, at)), record)
    return None


def _lost_column(bed: Bed) -> Planted | None:
    """A required column that is not there: its header and all of its cells are gone."""
    needed = bed.columns(lambda each: each.required and each.type is not ColumnType.PLACE and each.name != bed.paper.table.period)
    if not needed or bed.taken:
        return None
    for record in bed.paper.records:
        bed.paper.put(record.cells[needed[0].name], None)
    bed.taken |= set(range(len(bed.paper.records)))
    place = bed.paper.headers[needed[0].name]
    planted = bed.write("missing_column", Code.COLUMN, place, None)
    where = f"{place[0] + 1}:{place[0] + 1}" if bed.typed else f"line {place[0] + 1}"
    return Planted(planted.sheet, (where,), planted.kind, planted.codes, planted.was, "")


def _odd_header(bed: Bed) -> Planted | None:
    free = bed.columns(lambda each: not each.required and each.type is ColumnType.TEXT)
    place = bed.paper.headers[free[-1].name] if free else (0, 0)
    if not free or not bed.paper.cell(place) or bed.paper.cell(place) == _ODD:
        return None
    return bed.write("unknown_column", Code.STRANGE, place, _ODD)


_ODD = "第八事项"


def _reference(bed: Bed) -> Planted | None:
    """An id that the other table, a sheet of the same workbook, does not hold."""
    keys = bed.columns(lambda each: bool(each.references) and each.name in bed.paper.table.key)
    for record in bed.draws() if bed.typed and keys else ():
        return bed.write("unknown_reference", Code.REFERENCE, record.cells[keys[0].name], "XX999", record)
    return None


def _date_lost(bed: Bed) -> Planted | None:
    """The number 2021.1, which may have been 2021.10."""
    dates = bed.columns(lambda each: each.type in DATES)
    for record in bed.draws() if bed.typed and dates else ():
        return bed.write("ambiguous_date", Code.AMBIGUOUS, record.cells[dates[0].name], 2021.1, record)
    return None


OF_SHEETS: dict[str, Kind] = {
    "fallen": _fallen, "duplicate_key": _key, "total_wrong": _total, "merged_number": _merged, "missing_column": _lost_column,
    "unknown_column": _odd_header, "unknown_reference": _reference, "ambiguous_date": _date_lost}
