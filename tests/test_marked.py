"""The fault workbook: marks at their cells, the sender's sheets as they were, nothing live and nothing personal in it."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from return_files import housing_rows, liangshan_rows, text_file, workbook

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.tables import read_declaration, table, tables
from commlib.intake import marked
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import Sheet
from commlib.intake.layout.recognise import read_return
from commlib.intake.marked import marked_workbook
from commlib.intake.taking import TakenReturn, TakenTable

ALLOWED, REMEDY = Text("整数", "a whole number"), Text("改成数字", "write a number")
IDENTITY = "110101199003077758"
both_languages = pytest.mark.parametrize("language", ["zh", "en"])


def fault(cell: str, sheet: str, severity: Severity = Severity.ERROR, code: Code = Code.FORM, found: str = "12O") -> ReturnFault:
    return ReturnFault("月报.xlsx", sheet, cell, severity, code, found, ALLOWED, REMEDY)


def taken(path: Path, faults: Sequence[ReturnFault] = (), refused: int = 0) -> TakenReturn:
    """A return as it is after the intake: its blocks recognised, and these faults told of the first."""
    found = read_return(path, tables())
    parts = [TakenTable(each, pd.DataFrame({"_county": []}), refused, tuple(faults) if not number else ())
             for number, each in enumerate(found.blocks)]
    return TakenReturn(found.name, tuple(parts), (*found.faults, *(() if parts else faults)), found.sheets, "2013-10-08")


def raw(sheets: Sequence[Sheet], faults: Sequence[ReturnFault] = ()) -> TakenReturn:
    """A return of sheets without a table."""
    return TakenReturn("x.xlsx", (), tuple(faults), tuple(sheets))


def book_of(found: TakenReturn, language: str = "zh") -> Workbook:
    return load_workbook(io.BytesIO(marked_workbook(found, language)))


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.fixture()
def housing(tmp_path: Path) -> Path:
    return workbook(tmp_path / "月报.xlsx", {"9月": housing_rows(30)})


# ---- marks and the pages in front

@both_languages
def test_every_fault_is_marked_at_its_cell_and_listed_with_a_link(housing: Path, language: str) -> None:
    faults = [fault("D5", "9月"), fault("E7", "9月", Severity.WARNING, Code.ORDER),
              fault("F9", "9月", Severity.NOTE, Code.HEDGED), fault("12:12", "9月", code=Code.KEY)]
    book = book_of(taken(housing, faults, refused=2), language)
    summary, listed, copy = (book[name] for name in book.sheetnames)
    assert (summary.title, listed.title, copy.title) == (phrases.phrase("marked.summary", language),
                                                         phrases.phrase("marked.faults", language), "9月")
    for cell, colour in (("D5", "FFC7CE"), ("E7", "FFEB9C"), ("F9", "DDEBF7"), ("A12", "FFC7CE")):
        assert copy[cell].fill.fgColor.rgb.endswith(colour)
        assert all(words in copy[cell].comment.text for words in ("12O", ALLOWED[language], REMEDY[language]))
    assert [row[1].hyperlink.location for row in listed.iter_rows(min_row=2)] == ["'9月'!D5", "'9月'!E7", "'9月'!F9", "'9月'!A12"]
    assert [row[3].value for row in listed.iter_rows(min_row=2)] == [
        phrases.phrase(f"code.{each}", language) for each in ("form", "order", "hedged", "key")]
    assert listed.freeze_panes == "A2" and listed.auto_filter.ref == "A1:G5"
    row = next(row for row in summary.iter_rows(values_only=True) if row[0] == "9月")
    assert row[1] == table("housing_progress").label[language] and 0.6 <= row[2] <= 1 and row[4:] == (0, 2, 2, 1, 1)
    assert len([1 for row in copy.iter_rows() for cell in row if cell.comment]) == 4


def test_the_cells_of_a_range_are_marked_up_to_a_number_and_a_whole_sheet_is_only_listed(housing: Path) -> None:
    faults = [fault("C5:D7", "9月"), fault("G3,H2:H9999", "9月", Severity.NOTE), fault("", "9月", code=Code.COLUMN)]
    book = book_of(taken(housing, faults))
    copy = book["9月"]
    marked_cells = {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment}
    assert {"C5", "C6", "C7", "D5", "D6", "D7", "G3", "H2", "H31"} <= marked_cells
    assert len(marked_cells) == 6 + marked.MOST_OF_RANGE
    rows = [row for row in book.worksheets[1].iter_rows(min_row=2) if row[3].value == phrases.phrase("code.column", "zh")]
    assert len(rows) == 1 and rows[0][1].hyperlink is None


def test_faults_of_one_cell_share_a_comment_and_the_gravest_colours_it(housing: Path) -> None:
    book = book_of(taken(housing, [fault("D5", "9月", Severity.NOTE, Code.REREAD), fault("D5", "9月", code=Code.RANGE)]))
    cell = book["9月"]["D5"]
    assert cell.fill.fgColor.rgb.endswith("FFC7CE")
    assert all(phrases.phrase(f"code.{each}", "zh") in cell.comment.text for each in ("reread", "range"))


def test_lines_of_a_csv_are_found_though_quoted_cells_break_lines(tmp_path: Path) -> None:
    rows = housing_rows(4)
    rows[1][1] = "幸福\n社区"
    found = taken(text_file(tmp_path / "9月.csv", rows), [fault("line 5", "")])
    book = book_of(found, "en")
    copy = book["9月"]
    assert book.worksheets[1]["B2"].value == "line 5" and book.worksheets[1]["B2"].hyperlink.location == "'9月'!A4"
    assert [cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment] == ["A4"]


def test_what_was_never_opened_still_gives_a_workbook() -> None:
    broken = ReturnFault("x.xlsx", "", "", Severity.ERROR, Code.UNREADABLE, "x.xlsx", ALLOWED, REMEDY)
    book = book_of(TakenReturn("x.xlsx", (), (broken,), ()))
    assert len(book.sheetnames) == 2 and phrases.phrase("marked.whole_file", "zh") in texts(book.worksheets[0])


# ---- the sender's sheets

def test_the_senders_sheet_comes_back_cell_for_cell(tmp_path: Path) -> None:
    merges = ("A1:I1", "A3:A4", "B3:C3", "D3:F3", "G3:I3")
    path = workbook(tmp_path / "凉山.xlsx", {"进度": liangshan_rows()}, merges={"进度": merges}, hidden_rows=(6,),
                    hidden_columns=("C",), formats={"B5": "0.00"})
    before = path.read_bytes()
    copy: Any = book_of(taken(path, [fault("D7", "进度")]))["进度"]
    assert [list(row) for row in copy.iter_rows(values_only=True)] == [
        [*row, *[None] * (9 - len(row))] for row in liangshan_rows()]
    assert {str(each) for each in copy.merged_cells.ranges} == set(merges)
    assert copy.row_dimensions[6].hidden and copy.column_dimensions["C"].hidden and not copy.row_dimensions[7].hidden
    assert copy["B5"].number_format == "0.00" and path.read_bytes() == before


def test_values_stay_as_they_are_stored() -> None:
    cells = ["2013.10", 12.5, 7, True, None, "", date(2013, 9, 1), datetime(2013, 9, 1, 8, 30), "007", " 前后有空格 ", 10 ** 17,
             float("inf"), "a\x0bb", date(1850, 1, 1), "#REF!"]
    copy: Any = book_of(raw([Sheet("x.xlsx", "S", [cells])]))["S"]
    assert [cell.value for cell in copy[1]] == [
        "2013.10", 12.5, 7, True, None, None, datetime(2013, 9, 1), datetime(2013, 9, 1, 8, 30), "007", " 前后有空格 ",
        str(10 ** 17), "inf", "ab", "1850-01-01", "#REF!"]
    assert copy["O1"].data_type == "s"


def test_no_cell_begins_as_a_formula() -> None:
    evil = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")"]
    sheet = Sheet("=x.xlsx", "=1+1", [evil], unread={(0, 1): "=SUM(A1:A9)"})
    faults = [ReturnFault("=x.xlsx", "=1+1", "A1", Severity.ERROR, Code.FORM, evil[0], Text("=1", "=1"), Text("+1", "+1"))]
    data = marked_workbook(raw([sheet], faults), "en")
    for each in load_workbook(io.BytesIO(data)):
        for row in each.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value[:1] in "=+-@\t":
                    assert cell.data_type == "s" and cell.quotePrefix
    copy: Any = load_workbook(io.BytesIO(data)).worksheets[2]
    assert [cell.value for cell in copy[1]] == [evil[0], "=SUM(A1:A9)", *evil[2:]]


def test_names_of_sheets_are_safe_and_differ() -> None:
    names = ["../../x", "核对结果", "问题清单", "甲" * 40, "甲" * 31, "History", "a", "A", "", "[x]:*?/\\'"]
    book = book_of(raw([Sheet("同名.xlsx", name, [["x"]]) for name in names], [fault("A1", name) for name in names]))
    found = [name.casefold() for name in book.sheetnames]
    assert len(set(found)) == len(names) + 2 == len(found) and max(map(len, found)) <= 31
    assert not any(mark in name for name in found for mark in "[]:*?/\\'") and "history" not in found


def test_of_a_long_sheet_only_the_rows_with_faults_come_back(monkeypatch: pytest.MonkeyPatch, housing: Path) -> None:
    monkeypatch.setattr(marked, "LONG", 20)
    book = book_of(taken(housing, [fault("D5", "9月"), fault("F29", "9月")]), "en")
    copy: Any = book["9月"]
    assert [row[0] for row in copy.iter_rows(values_only=True)] == ["row", 1, 5, 29]
    assert copy["E3"].comment and copy["G4"].comment and copy["E3"].value == housing_rows(30)[4][3]
    assert [row[1].hyperlink.location for row in book.worksheets[1].iter_rows(min_row=2)] == ["'9月'!E3", "'9月'!G4"]


# ---- what does not travel, and whose it is

def test_what_is_personal_is_masked_in_the_copy_and_on_the_list(tmp_path: Path) -> None:
    declared = tmp_path / "visits.toml"
    declared.write_text('''
id = "visits"
key = ["id"]
label = {zh = "走访记录", en = "Visits"}
row = {zh = "一次走访", en = "One visit"}

[columns]
id = {label = {zh = "编号", en = "id"}, type = "code"}
resident = {label = {zh = "居民姓名", en = "resident"}, type = "text", blank = "missing", personal = "drop"}
result = {label = {zh = "走访结果", en = "result"}, type = "text", blank = "missing"}
''', encoding="utf-8")
    path = workbook(tmp_path / "走访记录.xlsx", {"走访记录": [
        ["编号", "居民姓名", "走访结果"], ["a1", "某甲", f"见{IDENTITY}，已办"], ["a2", "某乙", "电话13800138000"],
        ["a3", "某丙", "住址某处"]]})
    found = read_return(path, [read_declaration(declared)])
    faults = (fault("C4", "走访记录", code=Code.PERSONAL, found="住址某处"),)
    part = TakenTable(found.blocks[0], pd.DataFrame(), 0, faults)
    book = book_of(TakenReturn(found.name, (part,), (), found.sheets))
    everything = " ".join(text for sheet in book for text in texts(sheet))
    assert not any(each in everything for each in (IDENTITY, "13800138000", "某甲", "某乙", "某丙", "住址"))
    assert book["走访记录"]["C2"].value == f"见{'*' * 18}，已办" and book["走访记录"]["B2"].value == "**"
    assert phrases.phrase("marked.masked", "zh") in texts(book.worksheets[0])


@both_languages
def test_the_return_of_a_fictional_county_says_so(housing: Path, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Book:
        def place(self, county: str, key: str) -> Any:
            return type("Place", (), {"fictional": county == "demo-x"})

    monkeypatch.setattr(marked, "place_book", lambda home: Book())
    whose = {}
    for county in ("demo-x", "431024"):
        found = taken(housing)
        rows = pd.DataFrame({"_county": [county]})
        found = TakenReturn(found.name, (TakenTable(found.tables[0].recognised, rows, 0, ()),), (), found.sheets)
        whose[county] = phrases.phrase("page.fictional", language) in texts(book_of(found, language).worksheets[0])
    assert whose == {"demo-x": True, "431024": False}


def test_the_same_return_gives_the_same_bytes_quickly() -> None:
    rows = [[*row, *["备注"] * 12] for row in housing_rows(10_000)]
    faults = [fault(f"D{number}", "月报") for number in range(2, 10_000, 10)]
    began = time.perf_counter()
    marked_workbook(raw([Sheet("月报.xlsx", "月报", rows)], faults), "zh")
    assert time.perf_counter() - began <= 10
    small = [marked_workbook(raw([Sheet("月报.xlsx", "月报", rows[:50])], faults[:3]), "zh") for _ in range(2)]
    assert small[0] == small[1]
