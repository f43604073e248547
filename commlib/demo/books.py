"""Sheets to files: xlsx, csv in any charset and OpenDocument; the same sheets give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from commlib.demo.ink import Cell
from commlib.demo.paper import Paper
from commlib.intake.files.workbooks import workbook_bytes

_DATE_FORMAT = "yyyy-mm-dd"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = ("office", "table", "text")


def book_bytes(papers: Sequence[Paper], kind: str = "xlsx", charset: str = "utf-8") -> bytes:
    """The sheets as one file of a kind: xlsx, ods, csv (one sheet) or tsv."""
    if kind == "xlsx":
        return _xlsx(papers)
    if kind == "ods":
        return _ods(papers)
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter="\t" if kind == "tsv" else ",", lineterminator="\r\n").writerows(
        [_text(cell) for cell in row] for row in papers[0].rows)
    return stream.getvalue().encode(charset)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _xlsx(papers: Sequence[Paper]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    for paper in papers:
        sheet: Any = book.create_sheet(paper.name)
        for number, row in enumerate(paper.rows, 1):
            for at, cell in enumerate(row, 1):
                if cell is None:
                    continue
                written = sheet.cell(number, at)
                written.value = cell
                if isinstance(cell, str) and cell.startswith("#"):
                    written.data_type = "e"
                elif isinstance(cell, date):
                    written.number_format = _DATE_FORMAT
        for first_row, first, last_row, last in paper.merges:
            sheet.merge_cells(start_row=first_row + 1, start_column=first + 1, end_row=last_row + 1, end_column=last + 1)
        for number in paper.hidden:
            sheet.row_dimensions[number + 1].hidden = True
    return workbook_bytes(book)


def _ods(papers: Sequence[Paper]) -> bytes:
    tables = "".join(f"<table:table table:name={quoteattr(paper.name)}>{_ods_rows(paper)}</table:table>" for paper in papers)
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _NAMES)
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>' \
              f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    manifest = '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest ' \
               'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">' \
               f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>' \
               '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), _ODS, ZIP_STORED)
        archive.writestr(ZipInfo("content.xml"), content, ZIP_DEFLATED)
        archive.writestr(ZipInfo("META-INF/manifest.xml"), manifest, ZIP_DEFLATED)
    return stream.getvalue()


def _ods_rows(paper: Paper) -> str:
    spans = {(first, left): (last - first + 1, right - left + 1) for first, left, last, right in paper.merges}
    covered = {(row, at) for first, left, last, right in paper.merges for row in range(first, last + 1)
               for at in range(left, right + 1) if (row, at) != (first, left)}
    width = max(map(len, paper.rows))
    rows = []
    for number, row in enumerate(paper.rows):
        cells = [_ods_cell(row[at] if at < len(row) else None, spans.get((number, at)), (number, at) in covered)
                 for at in range(width)]
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return f'<table:table-column table:number-columns-repeated="{width}"/>{"".join(rows)}'


def _ods_cell(cell: Cell, span: tuple[int, int] | None, covered: bool) -> str:
    if covered:
        return "<table:covered-table-cell/>"
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if cell is None:
        return f"<table:table-cell{spanned}/>"
    shown = f"<text:p>{escape(str(cell))}</text:p>"
    if isinstance(cell, int | float):
        return f'<table:table-cell{spanned} office:value-type="float" office:value="{cell}">{shown}</table:table-cell>'
    if isinstance(cell, date):
        dated = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        return f"<table:table-cell{spanned} {dated}>{shown}</table:table-cell>"
    return f'<table:table-cell{spanned} office:value-type="string">{shown}</table:table-cell>'
