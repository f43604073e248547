"""Files and databases to sheets: every kind, every charset, and hostile ones, which are refused or neutralised with a fault."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy
from return_files import Rows, housing_rows, text_file, with_entry, workbook

from commlib.declarations.checks import Severity
from commlib.formatting import no_formula
from commlib.intake.faults import Code
from commlib.intake.files.sheets import MOST_ROWS, Opened, Sheet, column_number, letters, shown
from commlib.intake.files.sources import open_source

ROWS = [["乡镇", "户数", "投资"], ["城关镇", "120", "1,234"], ["河东乡", "80", "56.5"]]
TRADITIONAL = [["鄉鎮", "戶數", "投資"], ["龍翔鎮", "一百二十", "已經統計"], ["關東鄉", "八十戶", "還沒有數據"]]
SHEET_1 = "xl/worksheets/sheet1.xml"


def codes(opened: Opened) -> list[Code]:
    return [fault.code for fault in opened.faults]


def only(opened: Opened) -> Sheet:
    assert len(opened.sheets) == 1
    return opened.sheets[0]


def refusal(path: Path | str) -> tuple[Code, str]:
    """The code and what was found of a file of which nothing is read."""
    opened = open_source(path)
    assert not opened.sheets and len(opened.faults) == 1
    fault = opened.faults[0]
    assert fault.severity is Severity.ERROR and fault.remedy.zh and fault.remedy.en
    return fault.code, fault.found


# ---- workbooks

def test_a_workbook_gives_raw_cells_with_addresses_and_what_is_merged(tmp_path: Path) -> None:
    rows = [["标题"], ["乡镇", "日期"], ["城关镇", date(2013, 9, 1)], ["", 2013.1]]
    opened = open_source(workbook(tmp_path / "a.xlsx", {"一": rows, "二": [["x"]]}, {"一": ["A1:B1", "A3:A4"]},
                                  formats={"B3": 'yyyy"年"m"月"', "B4": "0.00"}))
    first, second = opened.sheets
    assert (first.name, second.name, first.file) == ("一", "二", "a.xlsx") and not opened.faults
    assert first.rows[2] == ["城关镇", date(2013, 9, 1)] and first.address(3, 1) == "B4"
    assert first.merged == (((0, 0), (0, 1)), ((2, 0), (3, 0)))
    assert first.formats == {(2, 1): 'yyyy"年"m"月"', (3, 1): "0.00"}, "2013.10 is stored as 2013.1"


def test_what_is_hidden_is_read_and_noted(tmp_path: Path) -> None:
    opened = open_source(workbook(tmp_path / "a.xlsx", {"一": housing_rows(5), "二": [["x"]]}, hidden_rows=[3, 4],
                                  hidden_columns=["C"], hidden_sheets=["二"]))
    assert opened.sheets[0].rows[2][1] == "幸福1社区" and opened.sheets[0].hidden_rows == {2, 3}
    assert [(fault.sheet, fault.cell, fault.severity) for fault in opened.faults] == [
        ("一", "3:4", Severity.NOTE), ("一", "C:C", Severity.NOTE), ("二", "", Severity.NOTE)]
    assert set(codes(opened)) == {Code.HIDDEN}


def test_percentages_and_fixed_decimals_keep_their_format(tmp_path: Path) -> None:
    opened = open_source(workbook(tmp_path / "a.xlsx", {"一": [["率", "数"], [0.863, 5]]}, formats={"A2": "0.0%", "B2": "0"}))
    assert only(opened).formats == {(1, 0): "0.0%"}


def test_a_formula_gives_its_stored_result_and_one_without_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["甲", "乙", "丙"], [1, 2, "=A2+B2"], [3, 4, "=A3&B3"]]})
    with_entry(path, SHEET_1, lambda data: data.replace(b"<f>A2+B2</f><v />", b"<f>A2+B2</f><v>3</v>").replace(
        b"<f>A2+B2</f><v></v>", b"<f>A2+B2</f><v>3</v>"))
    opened = open_source(path)
    assert only(opened).rows[1] == [1, 2, 3]
    assert [(fault.cell, fault.code, fault.found, fault.severity) for fault in opened.faults] == [
        ("C3", Code.FORMULA, "=A3&B3", Severity.ERROR)]


def test_a_formula_that_gives_an_empty_text_is_no_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["甲", "乙"], [1, "=A2"]]})
    with_entry(path, SHEET_1, lambda data: data.replace(b'<c r="B2"><f>A2</f><v />', b'<c r="B2" t="str"><f>A2</f><v></v>'))
    assert not open_source(path).faults


def test_an_error_cell_is_told_and_not_taken_for_a_blank(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["甲", "乙"], [1, "#REF!"], [1, "=1/0"]]})
    with_entry(path, SHEET_1, lambda data: data.replace(b"<f>1/0</f><v />", b"<f>1/0</f><v>#DIV/0!</v>").replace(
        b'<c r="B3">', b'<c r="B3" t="e">'))
    faults = {fault.cell: fault.found for fault in open_source(path).faults}
    assert faults == {"B2": "#REF!", "B3": "#DIV/0!"}


def test_old_workbooks_are_read_with_what_is_merged_and_hidden(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt", reason="xlwt writes the old workbooks of this test")
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    sheet.write_merge(0, 0, 0, 1, "标题")
    sheet.write(1, 0, "城关镇")
    sheet.write(1, 1, 0.5, xlwt.easyxf(num_format_str="0.0%"))
    sheet.row(1).hidden = True
    book.save(str(tmp_path / "a.xls"))
    opened = open_source(tmp_path / "a.xls")
    assert only(opened).rows == [["标题", ""], ["城关镇", 0.5]] and only(opened).merged == (((0, 0), (0, 1)),)
    assert only(opened).formats == {(1, 1): "0.0%"} and codes(opened) == [Code.HIDDEN]


def open_document(path: Path, body: str, manifest: str = "") -> Path:
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2">'
                         f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>")
    return path


def ods_cell(words: str, extra: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {extra}><text:p>{words}</text:p></table:table-cell>'


def test_open_document_sheets_are_read_with_what_is_merged_and_hidden(tmp_path: Path) -> None:
    path = open_document(tmp_path / "a.ods", (
        '<table:table table:name="一"><table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
        f'<table:table-row>{ods_cell("标题", chr(32) + "table:number-columns-spanned=" + chr(34) + "2" + chr(34))}'
        '<table:covered-table-cell/></table:table-row><table:table-row table:visibility="collapse">'
        f'{ods_cell("城关镇")}<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p>'
        '</table:table-cell></table:table-row></table:table>'))
    opened = open_source(path)
    sheet = only(opened)
    assert [shown(cell) for cell in sheet.rows[1]] == ["城关镇", "0.5"] and sheet.merged == (((0, 0), (0, 1)),)
    assert sheet.formats == {(1, 1): "0%"} and sheet.hidden_rows == {1} and codes(opened) == [Code.HIDDEN]


# ---- text

@pytest.mark.parametrize(("charset", "rows", "noted"), [
    ("utf-8", ROWS, []), ("utf-8-sig", ROWS, []), ("gb18030", ROWS, ["GB18030"]), ("gb2312", ROWS, ["GB18030"]),
    ("big5", TRADITIONAL, ["Big5"]), ("utf-16", ROWS, ["UTF-16"]), ("utf-8", TRADITIONAL, []),
])
@pytest.mark.parametrize(("ending", "delimiter"), [(".csv", ","), (".tsv", "\t"), (".csv", "\t")])
def test_text_is_read_in_its_charset_and_a_legacy_one_is_noted(tmp_path: Path, charset: str, rows: Rows, noted: list[str],
                                                               ending: str, delimiter: str) -> None:
    opened = open_source(text_file(tmp_path / f"a{ending}", rows, charset, delimiter))
    assert only(opened).rows == rows
    assert [fault.found for fault in opened.faults] == noted and set(codes(opened)) <= {Code.CHARSET}


def test_a_text_that_two_charsets_read_equally_well_is_refused_until_a_person_says_which(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,\xb0\xa1\xb0\xa1\n")
    assert refusal(path)[0] is Code.ENCODING
    assert only(open_source(path, charset="gb18030")).rows[1] == ["1", "啊啊"]


def test_bytes_that_are_no_text_are_refused_at_their_line_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("乡镇,户数\n".encode() + b"\xe4\xff\xff,1\n")
    assert refusal(path)[0] is Code.ENCODING
    assert open_source(path).faults[0].cell == "line 2"


def test_damaged_utf8_is_not_taken_for_another_charset(tmp_path: Path) -> None:
    data = bytearray("\n".join("幸福社区,城关镇,住房建设进度月报" for _ in range(40)).encode())
    for place in range(0, 60):
        (tmp_path / "a.csv").write_bytes(bytes(data[:place]) + b"\xff" + bytes(data[place + 1:]))
        assert refusal(tmp_path / "a.csv")[0] is Code.ENCODING


def test_a_line_with_too_many_cells_is_told_at_its_cell_and_an_open_quote_refuses_the_file(tmp_path: Path) -> None:
    opened = open_source(text_file(tmp_path / "a.csv", [*ROWS, ["河西乡", "1", "234", "5"]]))
    assert [(fault.code, fault.cell) for fault in opened.faults] == [(Code.RAGGED, "D4")]
    (tmp_path / "b.csv").write_text('a,b\n1,"2\n3,4\n', encoding="utf-8")
    assert refusal(tmp_path / "b.csv")[0] is Code.RAGGED


def test_lines_of_text_are_counted_with_blank_ones_and_breaks_inside_a_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('乡镇,户数\n\n"城关\n镇",1\n河东乡,2\n', encoding="utf-8")
    sheet = only(open_source(tmp_path / "a.csv"))
    assert [sheet.address(row) for row in range(4)] == ["line 1", "line 2", "line 3", "line 5"]
    assert sheet.address(3, 1) == "B4"


def test_cells_that_begin_as_a_formula_stay_text_and_exports_neutralise_them(tmp_path: Path) -> None:
    cells = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"]
    sheet = only(open_source(text_file(tmp_path / "a.csv", [["a", "b", "c", "d"], cells])))
    assert sheet.rows[1] == cells and all(str(no_formula(cell)).startswith("'") for cell in sheet.rows[1])


# ---- Parquet and databases

def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pd.DataFrame({"乡镇": ["城关镇", None], "户数": [120, 80], "日期": [date(2013, 9, 1), None]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert only(open_source(tmp_path / "a.parquet")).rows == [
        ["乡镇", "户数", "日期"], ["城关镇", 120, date(2013, 9, 1)], [None, 80, None]]
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[:len(whole) // 2])
    assert refusal(tmp_path / "b.parquet")[0] is Code.UNREADABLE


EVIL = 'x"; drop table y; --'


def test_sqlite_is_read_only_and_names_are_quoted(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table y (乡镇 text, 户数 integer)")
        connection.execute("insert into y values ('城关镇', 120)")
        connection.execute('create table "' + EVIL.replace('"', '""') + '" (a)')
    connection.close()
    opened = open_source(f"sqlite:///{tmp_path / 'a.db'}")
    assert {sheet.name: sheet.rows for sheet in opened.sheets} == {EVIL: [["a"]], "y": [["乡镇", "户数"], ["城关镇", 120]]}
    assert only(open_source(f"sqlite:///{tmp_path / 'a.db'}#y")).name == "y"
    assert refusal(f"sqlite:///{tmp_path / 'a.db'}#z; drop table y")[0] is Code.UNREADABLE
    assert refusal(f"sqlite:///{tmp_path / 'none.db'}")[0] is Code.UNREADABLE and not (tmp_path / "none.db").exists()


def test_duckdb_is_read(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table y as select '城关镇' as 乡镇, 1.50::decimal(6,2) as 投资, date '2013-09-01' as 日期")
        connection.execute('create table "' + EVIL.replace('"', '""') + '" as select 1 as a')
    opened = open_source(f"duckdb:///{tmp_path / 'a.duckdb'}")
    assert {sheet.name: sheet.rows for sheet in opened.sheets} == {
        EVIL: [["a"], [1]], "y": [["乡镇", "投资", "日期"], ["城关镇", Decimal("1.50"), date(2013, 9, 1)]]}


@pytest.mark.slow
def test_a_real_postgresql_server_is_read(tmp_path: Path) -> None:
    pgserver = pytest.importorskip("pgserver", reason="pgserver starts the PostgreSQL server of this test")
    import sqlalchemy

    server = pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        engine = sqlalchemy.create_engine(server.get_uri())
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("create table y (乡镇 text, 户数 integer, 投资 numeric)"))
            connection.execute(sqlalchemy.text("insert into y values ('城关镇', 120, 1.50)"))
            connection.execute(sqlalchemy.text("create schema s"))
            connection.execute(sqlalchemy.text("create table s.z (a integer)"))
        engine.dispose()
        assert only(open_source(server.get_uri())).rows == [["乡镇", "户数", "投资"], ["城关镇", 120, Decimal("1.50")]]
        assert only(open_source(f"{server.get_uri()}#s.z")).rows == [["a"]]
        assert refusal(f"{server.get_uri()}#y; drop table y")[0] is Code.UNREADABLE
    finally:
        server.cleanup()


def test_a_server_that_does_not_answer_is_a_fault_without_the_password() -> None:
    address = "postgresql://someone:secret@127.0.0.1:1/nowhere?connect_timeout=2"
    code, found = refusal(address)
    assert code is Code.UNREADABLE and "secret" not in f"{found} {open_source(address).faults[0].file}"


# ---- hostile files

def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"]]})
    with_entry(path, SHEET_1, lambda data: data.replace(b"</sheetData>", b"</sheetData>" + b" " * 12_000_000))
    assert path.stat().st_size < 200_000 and refusal(path)[0] is Code.OVERSIZE


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"]]})
    with_entry(path, SHEET_1, lambda data: data + b" " * 12_000_000)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(SHEET_1)
    true, lie = struct.pack("<L", entry.file_size), struct.pack("<L", 5000)
    assert data.count(true) == 2
    path.write_bytes(bytes(data).replace(true, lie))
    assert refusal(path)[0] is Code.OVERSIZE


@pytest.mark.parametrize("markup", [
    b'<row r="2000000"><c r="A2000000"><v>1</v></c></row>',
    b'<row r="1000000"><c r="XFD1000000"><v>1</v></c></row>',
    b"".join(b"<row><c><v>1</v></c></row>" for _ in range(200_000)) * 10,
    b'<row r="900000">' + b"<c><v>1</v></c>" * 16000 + b"</row>",
    b'<row r="1000000"><c r="xfd1000000"><v>1</v></c></row>', b"<row><c s='1' r = 'XFD1000000'><v>1</v></c></row>",
    b'<row><c r="XFD1000000" x="/>"><v>1</v></c></row>', b'<x:row xmlns:x="y"><x:c r="XFD1000000"><x:v>1</x:v></x:c></x:row>',
    b'<row><c r="XFD&#49;000000"><v>1</v></c></row>',
], ids=["two million", "far corner", "two million without numbers", "wide without addresses", "small letters", "other quotes",
        "a false end", "a prefix", "an entity"])
def test_a_sheet_that_is_too_large_is_refused_before_room_is_made_for_it(tmp_path: Path, markup: bytes) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"]]})
    with_entry(path, SHEET_1, lambda data: data.replace(b"</sheetData>", markup + b"</sheetData>"))
    assert refusal(path)[0] is Code.OVERSIZE


def test_rows_formatted_to_the_end_of_the_sheet_are_no_reason_to_refuse_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"]]})
    markup = b'<row r="1048576">' + b"".join(
        b'<c r="%c1048576" s="1"/>' % letter for letter in b"ABCDEFGHIJKLMNOPQRST") + b"</row>"
    with_entry(path, SHEET_1, lambda data: data.replace(b"</sheetData>", markup + b"</sheetData>"))
    assert only(open_source(path)).rows == [["x"]]


def test_a_repeated_open_document_row_is_refused_before_room_is_made_for_it(tmp_path: Path) -> None:
    path = open_document(tmp_path / "a.ods", '<table:table table:name="一"><table:table-row table:number-rows-repeated="2000000">'
                         f"{ods_cell('x')}</table:table-row></table:table>")
    assert refusal(path)[0] is Code.OVERSIZE


def test_a_text_of_two_million_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n" * (MOST_ROWS + 1), encoding="utf-8")
    assert refusal(tmp_path / "a.csv")[0] is Code.OVERSIZE


def test_links_to_other_files_are_noted_and_never_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"], [1]]})
    with_entry(path, "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    opened = open_source(path)
    assert only(opened).rows == [["x"], [1]]
    assert [(fault.code, fault.severity) for fault in opened.faults] == [(Code.EXTERNAL, Severity.NOTE)]


def test_a_sheet_named_as_a_path_is_only_a_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [["x"]]})
    with_entry(path, "xl/workbook.xml", lambda data: data.replace('name="一"'.encode(), b'name="../../x"'))
    before = sorted(tmp_path.rglob("*"))
    assert only(open_source(path)).name == "../../x" and sorted(tmp_path.rglob("*")) == before


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600


def encrypted_entry() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    return buffer.getvalue().replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.xlsx", ole("EncryptedPackage"), Code.ENCRYPTED), ("b.xlsx", encrypted_entry(), Code.ENCRYPTED),
    ("a.doc", ole("WordDocument"), Code.KIND), ("a.xls", ole("Workbook"), Code.UNREADABLE),
    ("c.xlsx", b"PK\x03\x04 cut off", Code.UNREADABLE), ("a.pdf", b"%PDF-1.4", Code.KIND),
    ("d.xls", b"<html><table><tr><td>1", Code.KIND), ("a.csv", b"", Code.EMPTY), ("b.csv", b" \n,,\n", Code.EMPTY),
    ("c.csv", b"a,b\x00\n", Code.KIND), ("a.gz", zlib.compress(b"x", wbits=31), Code.KIND),
])
def test_what_is_no_return_is_refused_with_its_reason(tmp_path: Path, name: str, data: bytes, code: Code) -> None:
    (tmp_path / name).write_bytes(data)
    assert refusal(tmp_path / name)[0] is code


def test_a_workbook_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", {"一": housing_rows(50)}).read_bytes()
    for part in (0.1, 0.5, 0.9, 0.99):
        (tmp_path / "b.xlsx").write_bytes(whole[:int(len(whole) * part)])
        assert refusal(tmp_path / "b.xlsx")[0] is Code.UNREADABLE


def test_a_workbook_with_a_changed_byte_gives_its_cells_or_a_fault_and_never_an_exception(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", {"一": housing_rows(20)}).read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "b.xlsx").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1:])
        opened = open_source(tmp_path / "b.xlsx")
        assert opened.sheets or opened.faults


def test_a_wrong_ending_is_noted_and_the_content_read(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", {"一": ROWS}).rename(tmp_path / "a.xls")
    text_file(tmp_path / "b.xls", ROWS, delimiter="\t")
    for name in ("a.xls", "b.xls"):
        opened = open_source(tmp_path / name)
        assert only(opened).rows == ROWS and codes(opened) == [Code.KIND] and opened.faults[0].severity is Severity.NOTE


def test_a_database_without_tables_is_a_fault(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").execute("vacuum")
    assert refusal(f"sqlite:///{tmp_path / 'a.db'}") == (Code.EMPTY, "0")


def test_a_fault_is_a_record_for_json_and_can_be_moved(tmp_path: Path) -> None:
    fault = open_source(tmp_path / "none.xlsx").faults[0]
    record = Sheet("a.xlsx", "一", []).placed(fault, 6, 2).record()
    assert list(record) == ["file", "sheet", "cell", "severity", "code", "found", "remedy_zh", "remedy_en", "allowed_zh",
                            "allowed_en"]
    assert (record["file"], record["sheet"], record["cell"], record["code"]) == ("a.xlsx", "一", "C7", "unreadable")


def test_a_file_that_is_not_there_and_an_empty_workbook_are_faults(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx")[0] is Code.UNREADABLE
    assert refusal(tmp_path)[0] is Code.UNREADABLE
    assert refusal(workbook(tmp_path / "a.xlsx", {"一": [], "二": []}))[0] is Code.EMPTY


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")])
def test_columns_have_the_letters_of_a_spreadsheet(number: int, name: str) -> None:
    assert letters(number) == name and column_number(name) == number


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_the_file_of_a_database_is_told_to_be_given_by_its_address(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "returns.db"
    engine = sqlalchemy.create_engine(f"{kind}:///{path}")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create table 表 (a integer)"))
    engine.dispose()
    opened = open_source(path)
    assert not opened.sheets and [(fault.code, fault.found) for fault in opened.faults] == [(Code.KIND, f"{kind}:///returns.db")]
    assert "sqlite:///" in opened.faults[0].remedy.zh
