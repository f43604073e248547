"""Returns as counties send them, written to files: small builders for the tests of the intake."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


def workbook(path: Path, sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[str]] | None = None,
             hidden_rows: Sequence[int] = (), hidden_columns: Sequence[str] = (), hidden_sheets: Sequence[str] = (),
             formats: Mapping[str, str] | None = None) -> Path:
    """An xlsx file; `merges` by sheet, rows, columns and `formats` (by cell) of the first sheet."""
    book = Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet: Any = book.create_sheet()
        sheet.title = name
        for row in rows:
            sheet.append(list(row))
        for each in (merges or {}).get(name, ()):
            sheet.merge_cells(each)
        if name in hidden_sheets:
            sheet.sheet_state = "hidden"
    first: Any = book.worksheets[0]
    for number in hidden_rows:
        first.row_dimensions[number].hidden = True
    for letter in hidden_columns:
        first.column_dimensions[letter].hidden = True
    for cell, code in (formats or {}).items():
        first[cell].number_format = code
    book.save(path)
    return path


def text_file(path: Path, rows: Rows, charset: str = "utf-8", delimiter: str = ",") -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    path.write_bytes(buffer.getvalue().encode(charset))
    return path


def with_entry(path: Path, name: str, change: Any) -> Path:
    """Rewrite one entry of an archive: `change` gets its bytes (b"" where it is new) and gives the new ones."""
    with zipfile.ZipFile(path) as archive:
        entries = {each: archive.read(each) for each in archive.namelist()}
    entries[name] = change(entries.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in entries.items():
            archive.writestr(each, data)
    return path


def housing_rows(number: int = 3) -> list[list[Any]]:
    """A header of one row and some rows of the monthly housing return."""
    header = ["乡镇", "社区", "截至日期", "规划户数（户）", "开工户数（户）", "竣工户数（户）", "入住户数（户）",
              "完成投资（万元）"]
    rows = [[f"第{1 + row // 10}镇", f"幸福{row}社区", "2013-09-30", 200 + row, 150 + row, 100 + row, 50 + row, 1200.5 + row]
            for row in range(number)]
    return [header, *rows]


LIANGSHAN_MERGES = ("A1:I1", "A3:A4", "B3:C3", "D3:F3", "G3:I3")


def liangshan_rows() -> list[list[Any]]:
    """A return by county with a title, a line of units, a header of two rows, the prefecture first, and a footnote."""
    return [
        ["凉山州彝家新寨建设进度表（截至2016年9月30日）"],
        ["填报单位：凉山州", None, None, None, None, None, None, "单位：万元、户"],
        ["县名", "计划任务数", None, "完成住房", None, None, "完成投资", None, None],
        [None, "新寨（个）", "户数（户）", "合计", "新建", "改建", "总投资", "住房", "基础设施"],
        ["凉山州", 30, 500, 400, 250, 150, 9000, 6000, 3000],
        ["宁南县", 10, 240, 200, 150, 50, 4000, 2500, 1500],
        ["甘洛县", 20, 260, 200, 100, 100, 5000, 3500, 1500],
        ["合  计", 30, 500, 400, 250, 150, 9000, 6000, 3000],
        ["注：投资为累计数。"], ["填表人：某甲", None, None, "统计负责人：某乙", None, None, "报送日期：2016年10月8日"],
    ]
