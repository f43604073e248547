"""What an xls file says beside its values: hidden rows and columns, formats, error cells."""

from __future__ import annotations

from io import StringIO
from typing import Any

from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.archives import Details, telling
from commlib.intake.files.sheets import file_fault


def old_details(file: str, data: bytes, faults: list[ReturnFault]) -> dict[str, Details]:
    """The details of each sheet by name; none, and a warning, where only the values can be read."""
    if data.startswith(b"PK"):
        return {}
    import xlrd

    try:
        with xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO()) as book:
            return {sheet.name: _details(book, sheet) for sheet in book.sheets()}
    except Exception as fault:   # whatever it stumbles over: the values come from another reader, which judges the file
        faults.append(file_fault(file, Code.HIDDEN, fault, "details", severity=Severity.WARNING))
        return {}


def _details(book: Any, sheet: Any) -> Details:
    import xlrd

    codes = {number: book.format_map[style.format_key].format_str for number, style in enumerate(book.xf_list)
             if style.format_key in book.format_map}
    telling_styles = {number: code for number, code in codes.items() if telling(code)}
    details = Details(hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden),
                      hidden_columns=frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden))
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                details.unread[row, column] = xlrd.error_text_from_code.get(sheet.cell_value(row, column), "#?")
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and telling_styles:
                code = telling_styles.get(sheet.cell_xf_index(row, column))
                if code:
                    details.formats[row, column] = code
    return details
