"""The fault workbook: what a return was taken as, all its faults, and the sender's own sheets with the faulty cells marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from commlib import phrases
from commlib.bilingual import Language
from commlib.declarations.checks import Severity
from commlib.home import Home
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import Sheet, column_number, letters, shown
from commlib.intake.files.workbooks import MOST_COLUMNS, UNPRINTABLE, Writer, sheet_name, starred, workbook_bytes
from commlib.intake.taking import TakenReturn, TakenTable
from commlib.places import place_book

LONG = 200_000        # rows of a sheet, from which on only the rows with faults are given back
MOST_MARKS = 20_000   # cells of a sheet that are coloured
MOST_COMMENTS = 4_000  # with more of them spreadsheets become slow
MOST_OF_RANGE = 200   # cells that one fault of a range marks
MOST_LISTED = 50_000  # faults on the list
_FILLS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.NOTE: "DDEBF7"}
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_CELLS = re.compile(r"([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?")
_ROWS = re.compile(r"(\d+):\d+|line (\d+)")
Position = tuple[int, int]


@dataclass
class _Copy:
    """A sheet of the copy: which rows of the sender's it holds (`shift` 1: behind their numbers), and its marks."""

    sheet: Sheet
    name: str
    rows: Sequence[int]
    shift: int = 0
    marks: dict[Position, list[ReturnFault]] = field(default_factory=dict)
    masked: frozenset[Position] = frozenset()

    def address(self, position: Position) -> str:
        """Where a cell of the sender's sheet stands in the copy."""
        row = self._places[position[0]] + 1 if self.shift else position[0]
        return f"{letters(position[1] + self.shift)}{row + 1}"

    @cached_property
    def _places(self) -> dict[int, int]:
        return {row: place for place, row in enumerate(self.rows)}


def marked_workbook(taken: TakenReturn, language: str, home: Home | None = None) -> bytes:
    """A return as an xlsx file with every fault marked at its cell: a summary, the list of faults, the sender's sheets.

    No cell is a formula, identity numbers and personal columns are masked, and the same return gives the same bytes.
    A sheet of 200,000 rows or more comes back as its rows with faults. What was sent is not touched.
    """
    from openpyxl import Workbook

    lang, book = Language(language), Workbook(write_only=True)
    names = _names([phrases.phrase("marked.summary", lang), phrases.phrase("marked.faults", lang),
                    *(sheet.name or Path(sheet.file).stem for sheet in taken.sheets)])
    faults = sorted(taken.all_faults(), key=lambda fault: _order(taken, fault))
    copies = [_copy(taken, sheet, name, [fault for fault in faults if fault.sheet == sheet.name])
              for sheet, name in zip(taken.sheets, names[2:], strict=True)]
    _summary(Writer(book, names[0], lang), taken, copies, _fictional(taken, home))
    _listed(Writer(book, names[1], lang), faults, copies)
    for each in copies:
        _write_copy(Writer(book, each.name, lang), each)
    return workbook_bytes(book)


def _fictional(taken: TakenReturn, home: Home | None) -> bool:
    """Whether one of the counties that rows were accepted for is invented."""
    counties = {county for each in taken.tables if "_county" in each.rows for county in each.rows["_county"].unique()}
    return bool(counties) and any(place_book(home).place(county, county).fictional for county in sorted(counties))


def _names(words: Sequence[str]) -> list[str]:
    """Names of sheets: allowed, none blank, none twice in whatever letters."""
    found: list[str] = []
    for number, each in enumerate(words, 1):
        name = plain = sheet_name(UNPRINTABLE.sub("", each)) or f"Sheet{number}"
        turn = 1
        while name.casefold() in {other.casefold() for other in found} or name.casefold() == "history":
            turn += 1
            name = f"{plain[:26]} ({turn})"
        found.append(name)
    return found


# ---- where faults stand

def _order(taken: TakenReturn, fault: ReturnFault) -> tuple[int, int, int, int]:
    """Faults of the file first, then sheet by sheet from top to bottom, the grave ones of a cell first."""
    number = next((at for at, sheet in enumerate(taken.sheets) if sheet.name == fault.sheet), -1)
    row, column = next(_positions(fault, taken.sheets[number]), (-1, -1)) if number >= 0 else (-1, -1)
    return number, row, column, _ORDER.index(fault.severity)


def _positions(fault: ReturnFault, sheet: Sheet) -> Iterator[Position]:
    """The cells of a fault, row and column from 0: all of a range, the first of a row, none of a whole sheet."""
    row = _ROWS.fullmatch(fault.cell)
    for cells in filter(None, map(_CELLS.fullmatch, fault.cell.split(","))):
        first, last = column_number(cells[1]), column_number(cells[3] or cells[1])
        for number in range(int(cells[2]) - 1, int(cells[4] or cells[2])):
            yield from ((number, column) for column in range(first, last + 1))
    if row and row[1]:
        yield int(row[1]) - 1, 0
    elif row and sheet.lines:
        place = bisect_left(sheet.lines, int(row[2]))
        if place < len(sheet.lines) and sheet.lines[place] == int(row[2]):
            yield place, 0


def _copy(taken: TakenReturn, sheet: Sheet, name: str, faults: Sequence[ReturnFault]) -> _Copy:
    """What a sheet of the copy holds and where it is marked."""
    marks: dict[Position, list[ReturnFault]] = defaultdict(list)
    masked = set(_personal_cells(taken, sheet))
    for fault in faults:
        for number, position in enumerate(_positions(fault, sheet)):
            if number == MOST_OF_RANGE or (len(marks) >= MOST_MARKS and position not in marks):
                break
            marks[position].append(fault)
        if fault.code is Code.PERSONAL:
            masked.update(_positions(fault, sheet))
    if len(sheet.rows) < LONG:
        return _Copy(sheet, name, range(max([len(sheet.rows), *(row + 1 for row, _ in marks)])), 0, marks, frozenset(masked))
    heads = {row for each in taken.tables if each.recognised.block.sheet is sheet for row in each.recognised.block.header_rows}
    return _Copy(sheet, name, sorted({row for row, _ in marks} | heads), 1, marks, frozenset(masked))


def _personal_cells(taken: TakenReturn, sheet: Sheet) -> Iterator[Position]:
    """The cells of columns that are declared to hold what is personal."""
    for each in taken.tables:
        table, block = each.recognised.table, each.recognised.block
        if table is None or block.sheet is not sheet:
            continue
        personal = {column.name for column in table.columns if column.personal}
        for part in each.recognised.slices:
            for column, header in part.columns.items():
                if column in personal:
                    yield from (block.cell(header, row) for row in block.body)


# ---- the pages in front

def _summary(writer: Writer, taken: TakenReturn, copies: Sequence[_Copy], fictional: bool) -> None:
    """The first sheet: the file, and for every block what it was recognised as and what became of its rows."""
    say, faults = writer.say, taken.all_faults()
    writer.widths(24, 30, 10, 60, 10, 10, 10, 10, 10)
    writer.row([say("title")], bold=True)
    writer.row([say("file", name=taken.name)])
    for words in (*([phrases.phrase("page.fictional", writer.language)] if fictional else []),
                  *([say("received", day=taken.received)] if taken.received else []),
                  say("counted", **{str(each): sum(fault.severity is each for fault in faults) for each in _ORDER}),
                  say("colours"), *([say("masked")] if any(each.masked for each in copies) else []),
                  *[say("rows_only", sheet=each.name) for each in copies if each.shift],
                  *[say("not_all", sheet=each.name) for each in copies if len(each.marks) > MOST_COMMENTS],
                  *([say("list_cut", n=MOST_LISTED)] if len(faults) > MOST_LISTED else [])):
        writer.row([words])
    writer.row([])
    writer.head([phrases.phrase(f"marked.head_{each}", writer.language)
                 for each in ("sheet", "table", "sure", "why", "accepted", "refused")]
                + [phrases.phrase(f"severity.{each}", writer.language) for each in _ORDER])
    for copied in copies:
        own = [each for each in taken.tables if each.recognised.block.sheet is copied.sheet]
        for each in own:
            writer.row([copied.name, *_recognised(each, writer), *_counts(each.faults)], wrap=True)
        rest = [fault for fault in taken.faults if fault.sheet == copied.sheet.name]
        if rest or not own:
            writer.row([copied.name, say("of_sheet") if own else say("no_table"), None, None, None, None, *_counts(rest)])
    rest = [fault for fault in taken.faults if fault.sheet not in {sheet.name for sheet in taken.sheets}]
    if rest:
        writer.row([say("whole_file"), None, None, None, None, None, *_counts(rest)])


def _recognised(taken: TakenTable, writer: Writer) -> list[object]:
    found = taken.recognised
    words = found.table.label[writer.language] if found.table else writer.say("unrecognised")
    return [words, round(found.confidence, 2), found.why[writer.language], len(taken.rows), taken.refused]


def _counts(faults: Sequence[ReturnFault]) -> list[int]:
    return [sum(fault.severity is each for fault in faults) for each in _ORDER]


def _listed(writer: Writer, faults: Sequence[ReturnFault], copies: Sequence[_Copy]) -> None:
    """The list of faults, each with a link to its cell in the copy."""
    writer.widths(20, 12, 10, 24, 32, 44, 60)
    heads = [phrases.phrase(f"marked.head_{each}", writer.language) for each in
             ("sheet", "cell", "severity", "kind", "found", "allowed", "remedy")]
    listed = faults[:MOST_LISTED]
    writer.sheet.freeze_panes, writer.sheet.auto_filter.ref = "A2", f"A1:{letters(len(heads) - 1)}{len(listed) + 1}"
    writer.head(heads)
    by_sheet, lang = {each.sheet.name: each for each in copies}, writer.language
    for fault in listed:
        copied = by_sheet.get(fault.sheet)
        first = next(_positions(fault, copied.sheet), None) if copied else None
        link = f"'{copied.name}'!{copied.address(first)}" if copied and first in copied.marks else ""
        line = _ROWS.fullmatch(fault.cell)
        cell = writer.say("line", n=line[2]) if line and line[2] else fault.cell
        severity = writer.cell(phrases.phrase(f"severity.{fault.severity}", lang), fill=_FILLS[fault.severity])
        found = starred(fault.found) if fault.code is Code.PERSONAL else fault.found
        writer.row([copied.name if copied else fault.sheet, writer.link(cell, link) if link else cell, severity,
                    phrases.phrase(f"code.{fault.code}", lang), found, fault.allowed[lang], fault.remedy[lang]], wrap=True)


# ---- the sender's sheets

def _write_copy(writer: Writer, copied: _Copy) -> None:
    """The sender's sheet cell for cell, with what is merged and hidden, and the marks."""
    sheet, target, explained = copied.sheet, writer.sheet, 0
    if not copied.shift:
        for (top, left), (bottom, right) in sheet.merged:
            if (top, left) != (bottom, right):
                target.merged_cells.add(f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}")
        for row in sorted(each for each in sheet.hidden_rows if each < len(sheet.rows)):
            target.row_dimensions[row + 1].hidden = True
        for column in sorted(each for each in sheet.hidden_columns if each < MOST_COLUMNS):
            target.column_dimensions[letters(column)].hidden = True
        target.sheet_state = "hidden" if sheet.hidden and not copied.marks else "visible"
    else:
        writer.head([writer.say("head_row")])
    special: dict[int, dict[int, str]] = defaultdict(dict)   # what is not simply written: by row and column
    for position, number_format in sheet.formats.items():
        special[position[0]][position[1]] = number_format
    for position in (*copied.marks, *copied.masked, *sheet.unread):
        special[position[0]].setdefault(position[1], "")
    for row in copied.rows:
        raw = list(sheet.rows[row][:MOST_COLUMNS]) if row < len(sheet.rows) else []
        cells = [writer.plain(cell) for cell in raw]
        for column, number_format in special.get(row, {}).items():
            cells += [None] * (column + 1 - len(cells))
            faults = copied.marks.get((row, column), [])
            value = sheet.unread.get((row, column)) or (raw[column] if column < len(raw) else None)
            value = starred(shown(value)) if (row, column) in copied.masked and value not in (None, "") else value
            comment = writer.explained(faults) if faults and explained < MOST_COMMENTS else None
            explained += comment is not None
            worst = min((_ORDER.index(fault.severity) for fault in faults), default=-1)
            cells[column] = writer.cell(value, number_format, _FILLS[_ORDER[worst]] if faults else "", comment)
        target.append([row + 1, *cells] if copied.shift else cells)

