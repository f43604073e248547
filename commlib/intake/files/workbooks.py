"""Workbooks that are written: the same content gives the same bytes, texts stay texts and no cell begins as a formula."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from commlib import phrases
from commlib.bilingual import Language
from commlib.formatting import FORMULA_STARTS, no_formula
from commlib.intake.faults import ReturnFault
from commlib.intake.files.sheets import Cell, letters, shown
from commlib.intake.personal import masked

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NO_TIME = datetime(1980, 1, 1)   # the first date that a zip knows
_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))   # what a sheet's name may not hold
_SHEET_NAME_LENGTH = 31
MOST_COLUMNS = 16_384   # of a sheet
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")   # what no workbook may hold
_LONGEST = 32_767       # characters of a cell
_LONGEST_COMMENT = 1_500
_EXACT = 10 ** 15       # from here on a spreadsheet's numbers lose digits
_HEAD_FILL = "DDE6EF"
_WIDE = re.compile("[\u2e80-\uffef]")


class _DatelessZip(ZipFile):
    """A zip whose entries all bear the first date that the format knows."""

    def writestr(self, zinfo_or_arcname: ZipInfo | str, data: Any, *_: Any, **__: Any) -> None:
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        super().writestr(ZipInfo(name), data, ZIP_DEFLATED)

    def write(self, filename: str | os.PathLike[str], arcname: Any = None, *_: Any, **__: Any) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes())


def workbook_bytes(book: Workbook) -> bytes:
    """The workbook as an xlsx file without any time in it: the same workbook gives the same bytes."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = _NO_TIME   # the format demands some date
    book.properties.creator = "commlib"
    buffer = io.BytesIO()
    ExcelWriter(book, _DatelessZip(buffer, "w")).save()
    return buffer.getvalue()


def sheet_name(words: str) -> str:
    """Words as the name of a sheet: without the marks that it may not hold, and not too long."""
    return words.translate(_SHEET_NAME).strip()[:_SHEET_NAME_LENGTH]


def write_cell(sheet: Worksheet, row: int, column: int, value: str) -> Any:
    """Write a text (row and column from 1), never as a formula, and give the cell."""
    cell: Any = sheet.cell(row, column)
    cell.value = no_formula(value)
    return cell


# ---- sheets written from top to bottom

class Writer:
    """One sheet that is written from top to bottom. No text becomes a formula, whatever it begins with."""

    def __init__(self, book: Any, name: str, language: Language) -> None:
        self.sheet: Any = book.create_sheet()
        self.sheet.title, self.language = name, language
        self._styles: dict[tuple[object, ...], Any] = {}

    def say(self, key: str, **values: object) -> str:
        """A sentence of the fault workbook."""
        return phrases.phrase(f"marked.{key}", self.language, **values)

    def widths(self, *characters: int) -> None:
        """The widths of the columns; to be said before the first row."""
        for number, width in enumerate(characters):
            self.sheet.column_dimensions[letters(number)].width = width

    def row(self, cells: Sequence[object], *, bold: bool = False, fill: str = "", wrap: bool = False) -> None:
        """A row of texts, numbers and cells that were made before."""
        from openpyxl.cell import Cell as Made

        self.sheet.append([each if each is None or isinstance(each, Made) else
                           self.cell(each, fill=fill, bold=bold, wrap=wrap) for each in cells])

    def head(self, words: Sequence[str]) -> None:
        """A header row."""
        self.row(words, bold=True, fill=_HEAD_FILL, wrap=True)

    def plain(self, raw: Cell) -> Any:
        """A raw cell as a sheet takes it: only a text that could be taken for something else is made a cell of its own."""
        if raw is None or (type(raw) is float and math.isfinite(raw)) or type(raw) is bool:
            return raw
        if isinstance(raw, str) and raw and raw[0] not in "=+-@\t\r#" and len(raw) <= _LONGEST \
                and not UNPRINTABLE.search(raw) and masked(raw) == raw:
            return raw
        return self.cell(raw) if raw != "" else None

    def cell(self, raw: Cell, number_format: str = "", fill: str = "", comment: Any = None, bold: bool = False,
             wrap: bool = False) -> Any:
        """A cell with its looks: a text as text, a number as it is stored, what no sheet holds as text."""
        from openpyxl.cell import WriteOnlyCell

        value = _storable(raw)
        text = isinstance(value, str)
        made: Any = WriteOnlyCell(self.sheet, None if text else value)
        if text:
            made._value, made.data_type = value, "s"
        if isinstance(value, date | time | timedelta) and not number_format:
            number_format = made.number_format
        made._style = self._style(made, number_format, fill, bold, wrap, text and value.startswith(FORMULA_STARTS))
        made.comment = comment
        return made

    def link(self, words: str, location: str) -> Any:
        """A cell that leads to another of the workbook."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        made = self.cell(words)
        made.hyperlink = Hyperlink(ref="", location=location, display=words)
        return made

    def explained(self, faults: Sequence[ReturnFault]) -> Any:
        """A comment that says of each fault what was found, what is allowed and what to do."""
        from openpyxl.comments import Comment

        lines = []
        for fault in faults:
            heading = self.say("comment_kind", severity=phrases.text(f"severity.{fault.severity}"),
                               kind=phrases.text(f"code.{fault.code}"))
            lines += [heading, *([self.say("comment_found", found=fault.found)] if fault.found else []),
                      self.say("comment_allowed", allowed=fault.allowed), self.say("comment_remedy", remedy=fault.remedy)]
        words = UNPRINTABLE.sub("", "\n".join(lines))[:_LONGEST_COMMENT]
        height = sum(1 + (len(line) + len(_WIDE.findall(line))) // 40 for line in words.splitlines())
        return Comment(words, "commlib", height=20 + 17 * height, width=300)

    def _style(self, made: Any, *looks: Any) -> Any:
        """The number of a style; equal looks are made once."""
        from openpyxl.styles import Alignment, Font, PatternFill
        from openpyxl.styles.cell_style import StyleArray

        if looks not in self._styles:
            number_format, fill, bold, wrap, quoted = looks
            if number_format:
                made.number_format = number_format
            if fill:
                made.fill = PatternFill("solid", fgColor=fill)
            if bold:
                made.font = Font(bold=True)
            if wrap:
                made.alignment = Alignment(vertical="top", wrap_text=True)
            if quoted:   # shown and kept as text when somebody edits the cell
                made._style = made._style or StyleArray()
                made._style.quotePrefix = 1
            self._styles[looks] = made._style
        return self._styles[looks]


def _storable(raw: Cell) -> Any:
    """A raw cell as a workbook can hold it; what it cannot hold becomes text."""
    if raw is None or isinstance(raw, bool) or (isinstance(raw, float | Decimal) and math.isfinite(raw)):
        return raw
    if (isinstance(raw, int) and abs(raw) < _EXACT) or isinstance(raw, timedelta):
        return raw
    is_time = isinstance(raw, time) or (isinstance(raw, date) and raw.year >= 1900)
    if is_time and getattr(raw, "tzinfo", None) is None:
        return raw
    if isinstance(raw, datetime | float) or not isinstance(raw, str):
        raw = shown(raw)
    return masked(UNPRINTABLE.sub("", raw))[:_LONGEST]


def starred(words: str) -> str:
    """As many stars as there were characters, at most 18: that something stood there remains visible."""
    return "*" * min(len(words), 18)
