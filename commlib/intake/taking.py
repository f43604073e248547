"""One return to accepted rows and faults: everything that is known about it, found in one pass."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from commlib.bilingual import Text
from commlib.declarations.columns import Column, ColumnType
from commlib.declarations.tables import TableDeclaration
from commlib.home import Home
from commlib.intake.block_rows import read_rows
from commlib.intake.cells.columns import read_cell
from commlib.intake.cells.readings import Reading, Setting
from commlib.intake.checking import Earlier, Part, check_parts
from commlib.intake.counties import county_finder
from commlib.intake.faults import ReturnFault, gathered
from commlib.intake.files.sheets import Sheet
from commlib.intake.layout.recognise import Recognised, Return, read_return
from commlib.intake.names.gazetteer import gazetteer
from commlib.intake.personal import pseudonyms, without_personal
from commlib.intake.placing import place_rows
from commlib.places import place_book

_SENT_ON = re.compile(r"(?:填报|报送|报出|填表|制表|上报)\s*(?:日期|时间)\s*[:：]\s*(\d[\d\s年月日./-]*)")


@dataclass(frozen=True)
class TakenTable:
    """One block of a return and what was taken of it.

    `rows` are the accepted rows: the declared columns that are kept, all text ("" = blank), dates and periods ISO, places as
    keys, personal columns absent or pseudonyms; `<column>__low`, `<column>__high` and `<column>__qualifier` where a cell of a
    column is hedged; and `_county`, `_sheet`, `_row` (number on the sheet, or line of the csv) and `_place` (the finest place).
    """

    recognised: Recognised
    rows: pd.DataFrame
    refused: int
    faults: tuple[ReturnFault, ...]


@dataclass(frozen=True)
class TakenReturn:
    """All of one file or address: its tables, and the faults of the file and its layout that belong to no block.

    `received` is the ISO day of a line such as 填报日期：2013年10月8日, "" where there is none.
    """

    name: str
    tables: tuple[TakenTable, ...]
    faults: tuple[ReturnFault, ...]
    sheets: tuple[Sheet, ...]
    received: str = ""

    def all_faults(self) -> tuple[ReturnFault, ...]:
        """The faults of the file, then those of its blocks in order."""
        return (*self.faults, *(fault for each in self.tables for fault in each.faults))

    def readable(self) -> bool:
        """Whether anything could be read at all; False is exit code 2 of `commlib intake`."""
        return bool(self.sheets)


def take_return(address: str | Path, declared: Sequence[TableDeclaration], home: Home, *, county: str = "", period: str = "",
                table: str = "", earlier: Earlier = lambda table, county: pd.DataFrame(), dry: bool = False) -> TakenReturn:
    """Take one return in: recognise its blocks among the declared tables, read, resolve and check every row.

    Never raises for what the file holds; `county`, `period` and `table` say what the return does not; `dry` writes nothing, not
    even the key of pseudonyms. Raises ParameterError for an unknown `county`.
    """
    book = place_book(home)
    key = book.county(county).key if county else ""
    with _uncollected():
        return _take(read_return(address, declared, table, period), home, key, earlier, dry)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of circular garbage, of which reading makes none: it would look through millions of cells."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _take(found: Return, home: Home, key: str, earlier: Earlier, dry: bool) -> TakenReturn:
    book = place_book(home)
    finder, pseudonym, units = county_finder(book), pseudonyms(home, dry), cache(lambda place: gazetteer(place, home))

    def part_of(each: Recognised, table: TableDeclaration) -> Part:
        rows = read_rows(each.block, table, each.slices, pseudonym)
        place_rows(rows, each.slices, key, finder, units)
        return Part(each, rows, found.faults, units)

    parts = [part_of(each, each.table) if each.table else None for each in found.blocks]
    check_parts([each for each in parts if each], lambda table, county: _with_declared(earlier(table, county), table, home))
    tables = tuple(_taken(each, part) for each, part in zip(found.blocks, parts, strict=True))
    faults = tuple(map(without_personal, gathered(found.faults)))
    return TakenReturn(found.name, tables, faults, found.sheets, _received(found))


def _with_declared(rows: pd.DataFrame, table: str, home: Home) -> pd.DataFrame:
    """What returns may refer to: rows of earlier releases, and of standards the declared ones too."""
    if table != "standard":
        return rows
    from commlib.declarations.standards import standards

    return pd.concat([rows, pd.DataFrame({"standard_id": list(standards(home))})], ignore_index=True).fillna("")


def _taken(recognised: Recognised, part: Part | None) -> TakenTable:
    if part is None:
        return TakenTable(recognised, pd.DataFrame(), len(recognised.block.body), tuple(map(without_personal, recognised.faults)))
    accepted, refused = part.outcome()
    faults = tuple(map(without_personal, gathered(part.told())))
    return TakenTable(recognised, part.frame(accepted), len(refused), faults)


def _received(found: Return) -> str:
    """The day on which a return says that it was sent; "" where it does not say one whole day."""
    day = Column("day", Text.same("day"), ColumnType.DATE, required=False)
    lines = (line.text for each in found.blocks for line in (*each.block.titles, *each.block.notes))
    for match in filter(None, map(_SENT_ON.search, lines)):
        read = read_cell(re.sub(r"\s+", "", match[1]), day, Setting(typed=False))
        if isinstance(read, Reading) and len(read.text) == len("2013-10-08"):
            return read.text
    return ""
