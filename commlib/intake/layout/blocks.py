"""A block of a sheet: one table with its title lines, its headers and its rows, totals and notes kept apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from commlib.intake.files.columnar import Columns
from commlib.intake.files.sheets import Cell, Sheet

JOIN = "_"      # between the levels of a merged header: 完成投资_住房
_DIGITS = "〇零一二三四五六七八九十"
PERIOD = re.compile(rf"(?:截至|截止|至)?\s*(?:[12]\d{{3}}|[{_DIGITS}]{{4}})\s*(?:年度?|[-./](?=\d))"
                    rf"(?:\s*(?:上半年|下半年|第?[{_DIGITS}1-4]季度|(?:[01]?\d|[{_DIGITS}]{{1,2}})\s*(?:月份?|[-./](?=\d)|(?!\d))"
                    rf"(?:\s*(?:[0-3]?\d|[{_DIGITS}]{{1,3}})\s*(?:日|(?!\d))|底|末|[上中下]旬)?))?")
_UNITS = re.compile(r"(?<!\w)(?:计量)?单\s*位\s*[:：]\s*([^:：)）\s]+(?:\s*[、,，/]\s*[^:：)）\s]+)*)")
_SENDER = re.compile(r"(?:填报|报送|上报|编制|制表|填表)\s*(?:单位|部门|机关)\s*(?:[(（]\s*盖?章?\s*[)）])?"
                     r"\s*[:：]\s*([^\s:：]*)")
_SENT_ON = re.compile(r"(?:填报|报送|报出|填表|制表|上报)\s*(?:日期|时间)\s*[:：]\s*\S*")   # the day of sending is no period


class TotalKind(StrEnum):
    """What a row beside the data sums up."""

    TOTAL = "total"          # 合计, 总计, 全县
    SUBTOTAL = "subtotal"    # 小计
    PART = "part"            # 其中：…; its label may be a place, for a list of places may begin so
    WHOLE = "whole"          # a first row that bears the name of the place in the title


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words above or below a table, with the cell it begins in."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a block: its words from the top level down, the unit that they state, and where it stands.

    `path` is () for a column with cells and no header. `cell` is its lowest header cell (row, column). `number` is the
    printed number of the column (栏号). `beside`: its cells stand in the rows of a continued block.
    """

    column: int
    path: tuple[str, ...]
    cell: tuple[int, int]
    unit: str = ""
    number: str = ""
    beside: bool = False

    @property
    def text(self) -> str:
        """The levels as one text: 完成投资_住房."""
        return JOIN.join(self.path)


@dataclass(frozen=True, slots=True)
class Total:
    """A row that is no row of the table: its kind, the cell of its label and the label without the mark."""

    row: int
    column: int
    kind: TotalKind
    label: str


@dataclass(frozen=True, slots=True)
class Block:
    """One table on a sheet. `body` are its rows of data, `beside` the row of a continued block for each row that has one.

    `titles` stand above the header (a continued block without its own has those of the block before), `notes` are
    footnotes and signatures. `repeated` are header rows printed again.
    """

    sheet: Sheet
    titles: tuple[Line, ...] = ()
    headers: tuple[Header, ...] = ()
    header_rows: tuple[int, ...] = ()
    body: Sequence[int] = ()
    totals: tuple[Total, ...] = ()
    notes: tuple[Line, ...] = ()
    repeated: tuple[int, ...] = ()
    continued: bool = False
    beside: Mapping[int, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """All words above the table."""
        return " ".join(line.text for line in self.titles)

    @property
    def units(self) -> tuple[str, ...]:
        """The units of the line "单位：万元、户"."""
        found = [match[1] for line in self.titles for match in _UNITS.finditer(line.text)]
        return tuple(dict.fromkeys(each.strip() for words in found for each in re.split(r"[、,，]", words) if each.strip()))

    @property
    def senders(self) -> tuple[Line, ...]:
        """Who sends the return, where a line says so: 填报单位：城关镇."""
        return tuple(Line(line.row, line.column, match[1]) for line in self.titles
                     for match in _SENDER.finditer(line.text) if match[1])

    @property
    def periods(self) -> tuple[Line, ...]:
        """The words of time above the table, as printed: 截至2016年9月30日."""
        return tuple(Line(line.row, line.column, match[0].strip()) for line in self.titles
                     for match in PERIOD.finditer(_SENT_ON.sub(" ", line.text)))

    @property
    def context(self) -> tuple[Line, ...]:
        """Words that may name the place of the whole block, the most telling first; row -1: the sheet's and file's name."""
        return (*self.senders, *self.titles, Line(-1, -1, self.sheet.name), Line(-1, -1, Path(self.sheet.file).stem))

    def cell(self, header: Header, row: int) -> tuple[int, int]:
        """Where the cell of a column stands for a row of the body or a total; row -1 where the continued block lacks it."""
        return (self.beside.get(row, -1) if header.beside else row), header.column

    def values(self, header: Header) -> list[Cell]:
        """The raw cells of a column, one for each row of the body; None where a row is too short.

        A text that is merged down stands in all its rows; a number stays in the first, for it was not said of each.
        """
        rows, column = self.sheet.rows, header.column
        places = [self.beside.get(each, -1) for each in self.body] if header.beside else self.body
        try:
            cells = [] if header.beside else list(map(rows.texts[column].__getitem__, places)) if isinstance(rows, Columns) \
                else [rows[row][column] for row in places]
        except IndexError:
            cells = []
        cells = cells or [rows[row][column] if row >= 0 and column < len(rows[row]) else None for row in places]
        merged = {row: rows[first][column] for (first, left), (last, _) in self.sheet.merged
                  if left == column and last > first and isinstance(self.sheet.value(first, column), str)
                  for row in range(first + 1, min(last + 1, len(rows)))}
        return [merged.get(row, cell) for row, cell in zip(places, cells, strict=True)] if merged else cells
