"""Reading reported figures and claims: the real files, and files with every kind of fault."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from commlib.declarations.tables import table
from commlib.errors import DataError, Fault
from commlib.intake.reported import read_reported, read_stated
from commlib.intake.tabular import read_table

REPORTED = Path(__file__).parents[1] / "data" / "reported"
FIGURE = {"id": "f1", "doc": "000", "article": "1", "county": "newplace", "county_name_zh": "新县", "level": "county",
          "place": "", "period": "NA", "theme": "anything", "indicator": "something_new", "label_zh": "数",
          "value": "50",
          "unit": "percent", "qualifier": "exact", "kind": "share", "nature": "actual"}
CLAIM = {"id": "c1", "doc": "000", "article": "1", "county": "newplace", "claim": "", "operation": "share",
         "stated_id": "f1", "stated_value": "50", "stated_unit": "percent", "numerator_ids": "f2;f3",
         "denominator_ids": ""}


def write(path: Path, *rows: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def faults_of(read: Callable[[], object]) -> tuple[Fault, ...]:
    with pytest.raises(DataError) as caught:
        read()
    for language in ("zh", "en"):
        assert caught.value.say(language).count("\n") == len(caught.value.faults)
    assert all(fault.remedy.zh and fault.remedy.en and fault.file for fault in caught.value.faults)
    return caught.value.faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "figures.csv", FIGURE, {**FIGURE, "id": "f2"}, {**FIGURE, "id": "f3", "value": "-0.50"})
    write(tmp_path / "claims.csv", CLAIM)
    return tmp_path


def test_the_real_files_are_read_whole_and_as_text() -> None:
    figures, claims = read_reported(REPORTED)
    assert (len(figures), len(claims), len(read_stated(REPORTED, "checklist_item"))) == (622, 89, 640)
    assert figures.index[0] == 2 and figures.index.name == "line"
    assert set(figures["doc"]) == {"000", "001"} and figures["repeats"].ne("").sum() == 111
    assert figures["restates"].ne("").sum() == 13
    assert not {"recomputed_value", "abs_diff", "tolerance", "verdict", "explanation"} & set(claims)
    assert not figures.isna().any().any() and not claims.isna().any().any()


def test_other_peoples_files_may_have_new_indicators_and_lack_what_is_optional(folder: Path) -> None:
    figures, claims = read_reported(folder)
    assert figures["repeats"].tolist() == figures["restates"].tolist() == figures["note"].tolist() == ["", "", ""]
    assert figures["period"].tolist() == ["NA"] * 3 and figures["value"].tolist() == ["50", "50", "-0.50"]
    assert claims["numerator_ids"].tolist() == ["f2;f3"]


def test_a_byte_order_mark_and_blank_lines_and_extra_columns_do_no_harm(folder: Path) -> None:
    write(folder / "figures.csv", {**FIGURE, "own": " 1,5 "})
    path = folder / "figures.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")
    figures = read_stated(folder, "reported_figure")
    assert figures["own"].tolist() == [" 1,5 "] and figures["id"].tolist() == ["f1"]


def test_a_header_alone_is_an_empty_table(folder: Path) -> None:
    (folder / "claims.csv").write_text(",".join(CLAIM) + "\n", encoding="utf-8")
    assert len(read_stated(folder, "claim")) == 0


@pytest.mark.parametrize(("column", "value", "allowed"), [
    ("value", "", "not blank"), ("value", "1,100", "a number"), ("value", "１２", "a number"), ("value", "50%",
    "a number"),
    ("value", "nan", "a number"), ("value", "1e5", "a number"), ("value", " 5", "a number"),
    ("unit", "percents", "percent"), ("unit", "CNY10k/moon", "CNY10k"), ("qualifier", "about", "approx"),
    ("kind", "flow", "change_rate"), ("nature", "wish", "plan"), ("id", "f 1", "without blanks"), ("county", "",
    "not blank"),
])
def test_a_wrong_cell_is_named_by_line_column_and_what_is_allowed(
        folder: Path, column: str, value: str, allowed: str) -> None:
    write(folder / "figures.csv", {**FIGURE, "id": "f0"}, {**FIGURE, column: value})
    (fault,) = faults_of(lambda: read_stated(folder, "reported_figure"))
    assert (fault.file, fault.row, fault.column, fault.found) == ("figures.csv", "3", column, value)
    assert allowed in fault.allowed.en


def test_all_faults_of_both_files_are_raised_once(folder: Path) -> None:
    write(folder / "figures.csv", {**FIGURE, "unit": "percents", "kind": "shares"}, {**FIGURE, "value": "x"})
    write(folder / "claims.csv", {**CLAIM, "operation": "guess"})
    faults = faults_of(lambda: read_reported(folder))
    assert [(fault.file, fault.row, fault.column) for fault in faults] == [
        ("figures.csv", "2", "unit"), ("figures.csv", "2", "kind"), ("figures.csv", "3", "id"),
        ("figures.csv", "3", "value"), ("claims.csv", "2", "operation")]
    assert '"percent"' in faults[0].remedy.en and "“share”" in faults[1].remedy.zh


def test_a_duplicate_key_names_both_rows_even_behind_a_quoted_line_break(folder: Path) -> None:
    write(folder / "figures.csv", {**FIGURE, "label_zh": "两\n行"}, {**FIGURE, "id": "f2"}, FIGURE)
    (fault,) = faults_of(lambda: read_stated(folder, "reported_figure"))
    assert (fault.row, fault.column, fault.found) == ("5", "id", "f1") and "line 2" in fault.allowed.en


def test_the_header_must_be_whole_and_without_doubles(folder: Path) -> None:
    renamed = {("Value" if name == "value" else name): cell for name, cell in FIGURE.items() if name != "nature"}
    write(folder / "figures.csv", renamed)
    faults = faults_of(lambda: read_stated(folder, "reported_figure"))
    assert [(fault.row, fault.column, fault.found) for fault in faults] == [
        ("1", "value", "Value"), ("1", "nature", "-")]
    path = folder / "figures.csv"
    path.write_text("id,id\na,b\n", encoding="utf-8")
    assert faults_of(lambda: read_stated(folder, "reported_figure"))[0].found == "id × 2"


def test_ragged_and_blank_rows_are_faults_beside_those_of_the_other_rows(folder: Path) -> None:
    path = folder / "claims.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "c2,000,1\n" + "," * (len(CLAIM) - 1) + "\n" + text.splitlines()[1].replace("c1", "c3")
                    .replace(",50,", ",fifty,") + "\n", encoding="utf-8")
    assert [(fault.row, fault.found) for fault in faults_of(lambda: read_stated(folder, "claim"))] == [
        ("3", "3"), ("4", ""), ("5", "fifty")]


def test_a_quote_that_is_never_closed_is_a_fault(folder: Path) -> None:
    path = folder / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8") + 'c2,"000\n', encoding="utf-8")
    assert faults_of(lambda: read_stated(folder, "claim"))[0].row == "3"


@pytest.mark.parametrize(("data", "row"), [
    (b"", ""), (b"\xef\xbb\xbf \n", ""), (b"PK\x03\x04rest", ""), ("编号,值\n".encode("utf-16"), ""),
    (b"id,doc\n1,\x00\n", "2"), ("id\n县\n".encode("gb18030"), "2"), (b"PAR1....", ""),
])
def test_an_empty_binary_or_wrongly_encoded_file_says_so(folder: Path, data: bytes, row: str) -> None:
    (folder / "figures.csv").write_bytes(data)
    (fault,) = faults_of(lambda: read_stated(folder, "reported_figure"))
    assert fault.row == row and "CSV" in fault.allowed.en


def test_a_missing_file_or_a_folder_in_its_place_is_a_fault_with_its_path(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: read_stated(tmp_path, "reported_figure"))
    assert str(tmp_path / "figures.csv") in fault.remedy.zh
    (tmp_path / "claims.csv").mkdir()
    assert len(faults_of(lambda: read_reported(tmp_path))) == 2


def test_ids_that_claims_and_repeats_name_must_be_figures(folder: Path) -> None:
    write(folder / "figures.csv", {**FIGURE, "repeats": "f9"}, {**FIGURE, "id": "f2", "repeats": ""})
    write(folder / "claims.csv", CLAIM, {**CLAIM, "id": "c2", "stated_id": "f8", "numerator_ids": "f1"})
    found = [(fault.file, fault.row, fault.column, fault.found) for fault in faults_of(lambda: read_reported(folder))]
    assert found == [("figures.csv", "2", "repeats", "f9"), ("claims.csv", "3", "stated_id", "f8"),
                     ("claims.csv", "2", "numerator_ids", "f3")]


def test_the_register_lists_fit_their_declaration() -> None:
    counties = read_table(REPORTED.parent / "register" / "counties.csv", table("register_county"))
    assert len(counties) == 2978 and counties["code"].is_monotonic_increasing
