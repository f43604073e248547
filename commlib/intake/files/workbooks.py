"""Workbooks that are written: the same content gives the same bytes, and no cell begins as a formula."""

from __future__ import annotations

import io
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from commlib.formatting import no_formula

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NO_TIME = datetime(1980, 1, 1)   # the first date that a zip knows
_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))   # what a sheet's name may not hold
_SHEET_NAME_LENGTH = 31


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
