"""A sheet as it came: raw cells with their addresses, what is merged or hidden, and what was odd about the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault, explained, stretches

MOST_ROWS = 1_048_576       # what a sheet of a spreadsheet can hold
MOST_CELLS = 12_000_000     # the rectangle of all filled cells: more does not fit a laptop's memory
MOST_BYTES = 512 * 2**20    # of a file, or of what an archive unpacks to
MOST_RATIO = 250            # unpacked to packed, from which on an archive is taken for a bomb

Cell = Any                  # str, float, int, bool, Decimal, date, datetime, time, timedelta, or None where empty
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of raw cells. Rows and columns count from 0; `rows[0][0]` is the cell A1, a blank cell is "" or None.

    `name` is "" where a file has no sheets. `merged` are (first, last) corners. `formats` holds the number formats that
    change what a number says: percentages, fixed decimals (2013.10 is stored as 2013.1) and dates without a day.
    `unread` are the cells whose value is not in the file: formulas without a result, and errors such as #REF!.
    `lines` has the first line of each row of a text file, a range where each line is a row; None for a workbook.
    """

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False
    lines: Sequence[int] | None = None

    def address(self, row: int, column: int | None = None) -> str:
        """The cell as a spreadsheet names it (`C7`); without a column the row: `7:7`, or `line 12` of a text file.

        "" for a row below 0, where words stand that are in no cell: the name of the sheet or file.
        """
        if row < 0:
            return ""
        if column is not None:
            return f"{letters(column)}{row + 1}"
        return f"line {self.lines[row]}" if self.lines else f"{row + 1}:{row + 1}"

    def value(self, row: int, column: int) -> Cell:
        """The raw cell; None outside what is filled."""
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else None

    def fault(self, severity: Severity, code: Code, found: object, allowed: Text, remedy: Text, row: int | None = None,
              column: int | None = None) -> ReturnFault:
        """A fault of this sheet at a cell, a row or, where neither is given, the sheet as a whole."""
        cell = self.address(row, column) if row is not None else ""
        return ReturnFault(self.file, self.name, cell, severity, code, shown(found), allowed, remedy)

    def placed(self, fault: ReturnFault, row: int, column: int) -> ReturnFault:
        """A fault of a cell's content at its cell of this sheet."""
        return replace(fault, file=self.file, sheet=self.name, cell=self.address(row, column))


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file or database gave: its sheets, and the faults of opening it; without sheets one of them says why."""

    sheets: tuple[Sheet, ...] = ()
    faults: tuple[ReturnFault, ...] = ()


class Refused(Exception):
    """A file, or one sheet of it, that is not read; it carries the fault."""

    def __init__(self, fault: ReturnFault) -> None:
        super().__init__(fault.found)
        self.fault = fault


def file_fault(file: str, code: Code, found: object, reason: str, *, severity: Severity = Severity.ERROR, sheet: str = "",
               cell: str = "", **values: Any) -> ReturnFault:
    """A fault of a file: `reason` names its two phrases, `sheet.allowed_<reason>` and `sheet.remedy_<reason>`."""
    return ReturnFault(file, sheet, cell, severity, code, str(found), *explained("sheet", reason, **values))


def too_large(file: str, rows: int, columns: int, sheet: str = "") -> None:
    """Raise Refused where a sheet has more rows or a larger rectangle of cells than is read."""
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise Refused(file_fault(file, Code.OVERSIZE, f"{rows:,} × {columns:,}", "rows", sheet=sheet,
                                 rows=f"{MOST_ROWS:,}", cells=f"{MOST_CELLS:,}"))


def letters(column: int) -> str:
    """The letters of a column that counts from 0: A, …, Z, AA, …"""
    text, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        text = chr(65 + digit) + text
    return text


def column_number(text: str) -> int:
    """The number of a column from 0 by its letters."""
    number = 0
    for each in text:
        number = number * 26 + ord(each) - 64
    return number - 1


def blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, or only blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def numeric(cell: Cell) -> bool:
    """Whether a cell is stored as a number, a date or a time."""
    return isinstance(cell, int | float | Decimal | date | time | timedelta) and not isinstance(cell, bool)


def shown(cell: Cell) -> str:
    """A raw cell as text: no ".0" behind a whole number, dates in ISO form without a midnight."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def unread_faults(sheet: Sheet) -> list[ReturnFault]:
    """An error at each cell whose value is not in the file."""
    faults = []
    for (row, column), found in sheet.unread.items():
        reason = "formula" if found.startswith("=") else "error_cell"
        faults.append(sheet.fault(Severity.ERROR, Code.FORMULA, found, *explained("sheet", reason), row, column))
    return faults


def hidden_faults(sheet: Sheet) -> list[ReturnFault]:
    """A note for a sheet, rows and columns that are hidden: they were read like the others."""
    def note(found: object, cell: str) -> ReturnFault:
        return file_fault(sheet.file, Code.HIDDEN, found, "hidden", severity=Severity.NOTE, sheet=sheet.name, cell=cell)

    notes = [note(sheet.name, "")] if sheet.hidden else []
    height, width = len(sheet.rows), max(map(len, sheet.rows), default=0)
    rows, columns = (stretches(each for each in hidden if each < end)
                     for hidden, end in ((sheet.hidden_rows, height), (sheet.hidden_columns, width)))
    return [*notes, *(note(last - first + 1, f"{first + 1}:{last + 1}") for first, last in rows),
            *(note(last - first + 1, f"{letters(first)}:{letters(last)}") for first, last in columns)]
