"""The empty return forms: what stands on them follows from the declaration, and the same one gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from commlib.bilingual import Language
from commlib.cli import app
from commlib.declarations.checks import check_words
from commlib.declarations.columns import NUMBERS, ColumnType, header_key
from commlib.declarations.tables import TableDeclaration, read_declaration, table, tables
from commlib.intake.forms import HEADER_ROW, choice_words, form_bytes, header_words
from commlib.units import unit

HAN = re.compile(r"[\u3400-\u9fff]")
OWN = """
id = "visits"
key = ["id"]
label = {zh = "=走访/记录[一]", en = "=Visits"}
row = {zh = "一次走访", en = "One visit"}

[columns.id]
label = {zh = "+编号", en = "@id"}
type = "code"

[columns.result]
label = {zh = "结果", en = "result"}
type = "choice"
allowed = [{id = "done", zh = "=已办", en = "-done"}, {id = "open", zh = "未办", en = "open"}]
"""
every_table = pytest.mark.parametrize("declaration", tables(), ids=lambda each: each.id)
both_languages = pytest.mark.parametrize("language", [each.value for each in Language])


@cache
def form(table_id: str, language: str) -> Workbook:
    return load_workbook(io.BytesIO(form_bytes(table(table_id), language)))


def texts(book: Workbook) -> list[str]:
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def asked(declaration: TableDeclaration) -> list[Any]:
    """The columns that a form asks for."""
    return [column for column in declaration.columns if not column.dropped]


def rules(book: Workbook) -> dict[int, Any]:
    """The data validation of each column by its number."""
    sheet = book.worksheets[0]
    found = {str(rule.sqref).partition(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    numbers = {f"{get_column_letter(number)}{HEADER_ROW + 1}": number for number in range(1, sheet.max_column + 1)}
    return {numbers[start]: rule for start, rule in found.items()}


@every_table
@both_languages
def test_a_form_has_title_units_and_a_header_that_stays(declaration: TableDeclaration, language: str) -> None:
    sheet: Any = form(declaration.id, language).worksheets[0]
    assert sheet["A1"].value == declaration.label[language] and sheet.freeze_panes == f"A{HEADER_ROW + 1}"
    assert [cell.value for cell in sheet[HEADER_ROW]] == [header_words(column, language) for column in asked(declaration)]
    assert sheet.max_row == HEADER_ROW, "an empty form has no rows"
    for column in asked(declaration):
        if column.unit and column.unit != "percent":
            assert unit(column.unit).label[language] in sheet["A2"].value
            assert unit(column.unit).label[language] in header_words(column, language)


@every_table
def test_its_headers_are_headers_that_the_declaration_knows(declaration: TableDeclaration) -> None:
    for column in asked(declaration):
        bare = re.sub(r"（[^（）]*）$", "", header_words(column, "zh")) if column.unit else header_words(column, "zh")
        assert declaration.headers()[header_key(bare)] == column.name


@every_table
def test_no_cell_starts_as_a_formula_and_what_is_dropped_is_not_asked_for(declaration: TableDeclaration) -> None:
    for language in ("zh", "en"):
        book = form(declaration.id, language)
        assert not any(text.startswith(("=", "+", "-", "@")) for text in texts(book))
        headers = [cell.value for cell in book.worksheets[0][HEADER_ROW]]
        assert not {column.label[language] for column in declaration.columns if column.dropped} & set(headers)
    assert not any(HAN.search(text) for text in texts(form(declaration.id, "en")))


@every_table
@both_languages
def test_drop_downs_offer_the_choices_and_numbers_keep_their_range(declaration: TableDeclaration, language: str) -> None:
    book = form(declaration.id, language)
    found = rules(book)
    for number, column in enumerate(asked(declaration), 1):
        words = choice_words(column, language)
        if words:
            sheet_title, _, cells = found[number].formula1.partition("!")
            start, _, end = cells.replace("$", "").partition(":")
            offered = [row[0].value for row in book[sheet_title.strip("'")][start:end]]
            assert found[number].type == "list" and offered == words
        elif column.type in NUMBERS and column.minimum is not None:
            assert found[number].formula1 == f"{column.minimum}" and found[number].errorStyle == "warning"
            assert found[number].formula2 == (None if column.maximum is None else f"{column.maximum}")
        else:
            assert number not in found


@both_languages
def test_a_header_cell_tells_what_is_meant_and_the_second_sheet_all_of_it(language: str) -> None:
    declaration = table("housing_progress")
    book = form("housing_progress", language)
    sheet: Any = book.worksheets[0]
    for number, column in enumerate(asked(declaration), 1):
        comment = sheet.cell(HEADER_ROW, number).comment.text
        assert all(words[language] in comment for words in (column.note, column.caveat) if words)
    notes = "\n".join(str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)
    columns = {column.name: column for column in declaration.columns}
    assert all(check_words(check, columns)[language] in notes for check in declaration.checks)
    assert declaration.row[language] in notes and "200" in notes


@every_table
def test_dates_and_codes_are_kept_as_text(declaration: TableDeclaration) -> None:
    sheet: Any = form(declaration.id, "zh").worksheets[0]
    for number, column in enumerate(asked(declaration), 1):
        is_text = sheet.column_dimensions[get_column_letter(number)].number_format == "@"
        assert is_text is (column.type not in NUMBERS), column.name


@both_languages
def test_the_same_declaration_gives_the_same_bytes_without_a_time(language: str) -> None:
    first, second = (form_bytes(table("staff"), language) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert re.findall(rb"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml")) == [b"1980-01-01T", b"1980-01-01T"]


def test_an_own_table_gets_a_form_and_its_words_are_made_harmless(tmp_path: Path) -> None:
    path = tmp_path / "visits.toml"
    path.write_text(OWN, encoding="utf-8")
    for language in ("zh", "en"):
        book = load_workbook(io.BytesIO(form_bytes(read_declaration(path), language)))
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        assert not any(text.startswith(("=", "+", "-", "@")) for text in texts(book))
    assert load_workbook(io.BytesIO(form_bytes(read_declaration(path), "zh"))).sheetnames[0] == "=走访 记录 一"


def test_restricted_rosters_ask_for_no_names() -> None:
    said = [cell.value for cell in form("staff", "zh").worksheets[0][HEADER_ROW]]
    assert "人员编号" in said and not {"姓名", "身份证号", "联系电话", "民族", "备注"} & set(said)
    assert table("staff").column("sex").type is ColumnType.CHOICE


def test_the_command_writes_a_form_and_never_over_a_file(tmp_path: Path) -> None:
    out = tmp_path / "form.xlsx"
    first = CliRunner().invoke(app, ["form", "housing_progress", "--out", str(out)])
    assert first.exit_code == 0 and out.read_bytes() == form_bytes(table("housing_progress"), "zh")
    again = CliRunner().invoke(app, ["form", "housing_progress", "--out", str(out), "--lang", "en"])
    assert again.exit_code == 2 and "已经存在" in again.output and "was not written over" in again.output
    assert out.read_bytes() == form_bytes(table("housing_progress"), "zh")


def test_the_command_names_the_nearest_table() -> None:
    refused = CliRunner().invoke(app, ["form", "housing_progres"])
    assert refused.exit_code == 2 and "housing_progress" in refused.output
