"""Which table a block is, how sure and why; which header is which column; months as columns; what a person confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dummy_rows import dummy_rows
from return_files import LIANGSHAN_MERGES, housing_rows, liangshan_rows, text_file, workbook

from commlib.declarations.checks import Severity
from commlib.declarations.tables import TableDeclaration, tables
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.forms import form_bytes, header_words
from commlib.intake.layout.headers import nearest
from commlib.intake.layout.mappings import mapping_path, write_mapping
from commlib.intake.layout.recognise import Recognised, Return, read_return

CHECKS = Path(__file__).resolve().parents[2] / "shared" / "data" / "checks"
TITLE = "住房建设进度月报"
# Two tables whose headers are the same words: only a title tells them apart.
TWINS = {"register_township", "register_village"}
declared = cache(tables)


def returned(path: Path, rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), table: str = "") -> Return:
    return read_return(workbook(path / "a.xlsx", {"一": rows}, {"一": merges}), declared(), table)


def only(found: Return) -> Recognised:
    assert len(found.blocks) == 1
    return found.blocks[0]


def columns(block: Recognised, part: int = 0) -> dict[str, str]:
    return {name: header.text for name, header in block.slices[part].columns.items()}


def told(faults: Sequence[ReturnFault]) -> list[tuple[str, Code, Severity]]:
    return [(fault.cell, fault.code, fault.severity) for fault in faults]


# ---- recognition

@pytest.mark.parametrize("declaration", [each for number, each in enumerate(tables()) if number % 4 == 0 or each.id in TWINS],
                         ids=lambda each: each.id)
def test_a_filled_form_is_recognised_with_and_without_its_title(tmp_path: Path, declaration: TableDeclaration) -> None:
    asked = [column for column in declaration.columns if not column.dropped]
    body = dummy_rows(declaration, 4)[[column.name for column in asked]].to_numpy().tolist()
    for language in ("zh", "en"):
        for title in ([[declaration.label[language]]], []):
            block = only(returned(tmp_path, [*title, [header_words(column, language) for column in asked], *body]))
            if declaration.id in TWINS and not title:
                assert block.table is None and told(block.faults) == [("1:1", Code.UNRECOGNISED, Severity.ERROR)]
                continue
            assert block.table is declaration and not block.faults and len(block.block.body) == 4
            assert set(block.slices[0].columns) == {column.name for column in asked}


def test_the_sheets_of_notes_and_choices_of_a_form_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(form_bytes(next(each for each in declared() if each.id == "housing_progress"), "zh"))
    block = only(read_return(path, declared()))
    assert block.table and block.table.id == "housing_progress" and not block.block.body


def test_it_says_how_sure_and_why_in_both_languages(tmp_path: Path) -> None:
    block = only(returned(tmp_path, liangshan_rows(), LIANGSHAN_MERGES))
    assert block.table and block.table.id == "housing_progress" and block.confidence > 0.9
    assert "彝家新寨建设进度表" in block.why.zh and "8 of 9" in block.why.en and "2/2" in block.why.zh


def test_the_period_of_the_title_stands_for_the_column_that_is_not_there(tmp_path: Path) -> None:
    block = only(returned(tmp_path, liangshan_rows(), LIANGSHAN_MERGES))
    given = block.slices[0].given["as_of"]
    assert (given.text, given.row, given.column) == ("截至2016年9月30日", 0, 0)
    assert told(block.faults) == [("B4", Code.STRANGE, Severity.NOTE)]


@pytest.mark.parametrize(("title", "sheet", "file", "period", "noted"), [
    ("2013年住房建设进度月报", "9月", "a", "2013年9月", False),
    ("住房建设进度月报", "2013年9月", "a", "2013年9月", True),
    ("住房建设进度月报", "一", "住房2013年9月报", "2013年9月", True),
    ("2013年9月住房建设进度月报", "2014年", "2015年", "2013年9月", False),
    ("2012年9月至2013年9月住房建设进度月报", "一", "a", "", False),
])
def test_the_period_is_taken_from_what_says_it_and_told_where_that_is_no_cell(
        tmp_path: Path, title: str, sheet: str, file: str, period: str, noted: bool) -> None:
    rows = [[title], ["社区", "竣工户数", "入住户数"], ["甲社区", 2, 1]]
    block = only(read_return(workbook(tmp_path / f"{file}.xlsx", {sheet: rows}), declared()))
    assert [line.text for line in block.slices[0].given.values()] == ([period] if period else [])
    expected = [("2:2", Code.PERIOD, Severity.NOTE)] if noted else [] if period else [("2:2", Code.COLUMN, Severity.ERROR)]
    assert told(block.faults) == expected


def test_a_period_that_a_person_names_fills_the_gap_and_nothing_else(tmp_path: Path) -> None:
    rows = [["住房建设进度月报"], ["社区", "竣工户数", "入住户数"], ["甲社区", 2, 1]]
    path = workbook(tmp_path / "a.xlsx", {"一": rows})
    assert only(read_return(path, declared(), period="2013-09")).slices[0].given["as_of"].text == "2013-09"
    path = workbook(tmp_path / "a.xlsx", {"一": [["2012年5月住房建设进度月报"], *rows[1:]]})
    assert only(read_return(path, declared(), period="2013-09")).slices[0].given["as_of"].text == "2012年5月"


def test_a_block_that_is_no_table_is_a_fault_with_the_nearest_and_a_named_table_is_taken(tmp_path: Path) -> None:
    rows = [["社区", "规划", "唱歌", "跳舞", "画画", "下棋"], ["幸福社区", 1, 2, 3, 4, 5]]
    block = only(returned(tmp_path, rows))
    assert block.table is None and told(block.faults) == [("1:1", Code.UNRECOGNISED, Severity.ERROR)]
    assert "（0." in block.faults[0].remedy.zh
    named = only(returned(tmp_path, rows, table="housing_progress"))
    assert named.table and named.table.id == "housing_progress"
    assert ("1:1", Code.COLUMN, Severity.ERROR) in told(named.faults), "the day is missing"


def test_data_without_a_header_is_a_fault(tmp_path: Path) -> None:
    block = only(returned(tmp_path, [["幸福社区", 1, 2], ["和谐社区", 3, 4]]))
    assert block.table is None and told(block.faults) == [("1:1", Code.HEADLESS, Severity.ERROR)]


# ---- headers

@pytest.mark.parametrize(("header", "column"), [
    ("規劃戶數", "planned"), ("规划户数（户）", "planned"), ("规划 户数", "planned"), ("规划户数／户", "planned"),
    ("planned households", "planned"), ("Planned", "planned"), ("计划户数", "planned"), ("竣 工\n户 数", "completed"),
    ("ＰＬＡＮＮＥＤ", "planned"), ("主体完工户数", "topped_out"),
])
def test_headers_are_matched_in_every_writing(tmp_path: Path, header: str, column: str) -> None:
    rows = [[TITLE], ["社区", "截至日期", header, "入住户数"], ["幸福社区", "2013-09-30", 1, 2]]
    assert columns(only(returned(tmp_path, rows)))[column].replace("\n", " ") == header.replace("\n", " ")


def test_a_header_that_is_nearly_a_column_is_offered_and_never_taken(tmp_path: Path) -> None:
    rows = [[TITLE], ["社区", "截至日期", "竣工的户数", "入住户数"], ["幸福社区", "2013-09-30", 1, 2]]
    block = only(returned(tmp_path, rows))
    assert "completed" not in columns(block) and told(block.faults) == [("C2", Code.STRANGE, Severity.NOTE)]
    assert "竣工户数" in block.faults[0].remedy.zh and block.table and nearest(("竣工的户数",), block.table)[0] == "completed"


def test_a_return_of_which_no_column_of_values_is_recognised_is_an_error_though_its_places_are_read(tmp_path: Path) -> None:
    rows = [[TITLE], ["社区", "截至日期", "盖好的", "搬来的"], ["幸福社区", "2013-09-30", 1, 2]]
    faults = only(returned(tmp_path, rows, table="housing_progress")).faults
    assert ("2:2", Code.COLUMN, Severity.ERROR) in told(faults)
    said = next(fault for fault in faults if fault.severity is Severity.ERROR)
    assert said.found == "盖好的、搬来的" and "竣工户数（completed）" in said.allowed.zh
    assert "a.xlsx.mapping.yml" in said.remedy.en


def test_a_title_settles_it_between_tables_with_the_same_headers_and_row_numbers_are_not_missed(tmp_path: Path) -> None:
    rows = [["社區建設進度統計表"], ["序號", "鄉鎮", "社區名稱", "規劃戶數（戶）", "竣工戶數（戶）", "完成投資"],
            ["", "", "", "", "", "住房"], [1, "龍翔鎮", "幸福社區", 5, 4, 3]]
    block = only(returned(tmp_path, rows))
    assert block.table and block.table.id == "housing_progress" and columns(block)["invested_housing"] == "完成投資_住房"
    assert told(block.faults) == [("2:2", Code.COLUMN, Severity.ERROR)], "nothing says the day"
    assert block.block.values(block.slices[0].columns["township_id"]) == ["龍翔鎮"], "names are never converted"


def test_a_column_that_stands_twice_is_read_once_and_told(tmp_path: Path) -> None:
    rows = [[TITLE], ["社区", "截至日期", "竣工户数", "竣工"], ["幸福社区", "2013-09-30", 1, 2]]
    block = only(returned(tmp_path, rows))
    assert columns(block)["completed"] == "竣工户数" and told(block.faults) == [("D2", Code.DOUBLE, Severity.ERROR)]


def test_cells_without_a_header_and_numbers_merged_over_rows_are_told(tmp_path: Path) -> None:
    rows = [[TITLE], ["社区", "截至日期", "竣工户数", ""], ["甲社区", "2013-09-30", 5, ""], ["乙社区", "2013-09-30", None, 7]]
    faults = only(returned(tmp_path, rows, ["C3:C4"])).faults
    assert told(faults) == [("D4", Code.STRANGE, Severity.WARNING), ("C3", Code.AMBIGUOUS, Severity.WARNING)]


# ---- months as columns

@pytest.mark.parametrize(("rows", "periods"), [
    ([["2013年竣工户数"], ["社区", "1月", "2月", "3月"], ["甲社区", 1, 2, 3]], ["2013年1月", "2013年2月", "2013年3月"]),
    ([["住房进度"], ["社区", "2013年1月", "2013年2月"], ["", "竣工户数", "竣工户数"], ["甲社区", 1, 2]],
     ["2013年1月", "2013年2月"]),
    ([["住房进度"], ["社区", "竣工户数", ""], ["", "2012年", "2013年"], ["甲社区", 1, 2]], ["2012年", "2013年"]),
    ([["住房进度"], ["社区", "竣工户数", ""], ["", 2012, 2013], ["甲社区", 1, 2]], ["2012", "2013"]),
], ids=["the measure in the title", "months above", "years below", "years as numbers"])
def test_periods_as_columns_become_a_slice_each(tmp_path: Path, rows: list[list[Any]], periods: list[str]) -> None:
    block = only(read_return(text_file(tmp_path / "a.csv", rows), declared(), "housing_progress"))
    assert [part.given["as_of"].text for part in block.slices] == periods and not block.faults
    assert [block.block.values(part.columns["completed"]) for part in block.slices] == [
        [str(number)] for number in range(1, len(periods) + 1)]
    assert all(columns(block, part)["community_id"] == "社区" for part in range(len(periods)))


def test_several_measures_under_each_month_stay_together(tmp_path: Path) -> None:
    rows = [["2013年住房建设进度月报"], ["社区", "1月", None, "2月", None],
            [None, "开工户数", "竣工户数", "开工户数", "竣工户数"], ["甲社区", 5, 1, 6, 2]]
    block = only(returned(tmp_path, rows, ["A2:A3", "B2:C2", "D2:E2"]))
    assert [{name: block.block.values(header) for name, header in part.columns.items()} for part in block.slices] == [
        {"community_id": ["甲社区"], "started": [5], "completed": [1]},
        {"community_id": ["甲社区"], "started": [6], "completed": [2]}]


# ---- what a person confirmed

def test_a_confirmed_mapping_beside_the_return_is_used_again(tmp_path: Path) -> None:
    rows = [["社区", "截至日期", "完成数", "备用", "入住户数"], ["甲社区", "2013-09-30", 1, 2, 3]]
    assert "completed" not in columns(only(returned(tmp_path, rows)))
    write_mapping(tmp_path / "a.xlsx", "一", "housing_progress", {"完成数": "completed"})
    write_mapping(tmp_path / "a.xlsx", "一", "housing_progress", {"备用": "-"})
    block = only(returned(tmp_path, rows))
    assert columns(block)["completed"] == "完成数" and not block.faults
    assert block.table and block.table.id == "housing_progress"


@pytest.mark.parametrize(("text", "cell"), [
    ("table: none", "table"), ("columns: {完成数: nothing}", "columns.完成数"), ("colums: {}", "colums"), ("- a", ""),
    ("a: [", ""), ("sheets: {一: {table: none}}", "sheets.一.table"), ("columns: [a]", ""),
])
def test_a_wrong_mapping_is_a_fault_at_its_field(tmp_path: Path, text: str, cell: str) -> None:
    mapping_path(tmp_path / "a.xlsx").write_text(text, encoding="utf-8")
    found = returned(tmp_path, housing_rows())
    assert told(found.faults) == [(cell, Code.MAPPING, Severity.ERROR)] and found.faults[0].file == "a.xlsx.mapping.yml"


def test_a_confirmed_charset_is_used(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", [["社区", "x"], ["啊啊", 1]], "gb18030")
    mapping_path(path).write_text("charset: gb18030\n", encoding="utf-8")
    assert read_return(path, declared()).sheets[0].rows[1] == ["啊啊", "1"]


# ---- files nobody here wrote

def checked(name: str) -> Path:
    path = CHECKS / name
    if not path.exists():
        pytest.skip(f"the file {name}, which is not ours to hand on, is not here")
    return path


def test_the_county_yearbook_is_parted_into_header_units_and_rows() -> None:
    found = read_return(checked("county_yearbook/county_yearbook_raw.csv"), declared())
    block = found.blocks[0].block
    assert block.header_rows == (0, 1) and len(block.body) + len(block.notes) + len(block.totals) >= 1712
    assert [header.unit for header in block.headers if header.text == "户籍人口"] == ["人"]


def test_the_census_workbook_is_read_whole() -> None:
    found = read_return(checked("census_2020/census_county_2020_v1.xlsx"), declared())
    assert len(found.blocks) == 1 and len(found.blocks[0].block.headers) == 153
    assert len(found.blocks[0].block.body) + len(found.blocks[0].block.totals) == 3358
