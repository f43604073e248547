"""The rows of a sheet parted into title, header, body, totals and notes, for each layout that counties send."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from return_files import LIANGSHAN_MERGES, housing_rows, liangshan_rows

from commlib.declarations.tables import tables
from commlib.intake.cells.readings import simplified
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import Sheet, blank, column_number
from commlib.intake.layout.blocks import Block, TotalKind
from commlib.intake.layout.headers import is_unit_word, keys, split_unit, vocabulary
from commlib.intake.layout.row_words import is_continued, is_note, is_number, is_signature, is_time, total_of
from commlib.intake.layout.sheet_blocks import blocks

HEADER = ["社区名称", "规划户数", "开工户数", "竣工户数"]
known = cache(lambda: vocabulary(tables()))


def corners(merge: str) -> tuple[tuple[int, int], tuple[int, int]]:
    first, last = (((int(each[1:]) - 1), column_number(each[0])) for each in merge.split(":"))
    return first, last


def sheet(rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> Sheet:
    width = max(map(len, rows))
    return Sheet("a.xlsx", "一", [[*row, *[""] * (width - len(row))] for row in rows], merged=tuple(map(corners, merges)))


def found(rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> tuple[list[Block], list[ReturnFault]]:
    return blocks(sheet(rows, merges), known())


def one(rows: Sequence[Sequence[Any]], merges: Sequence[str] = ()) -> Block:
    parts, faults = found(rows, merges)
    assert len(parts) == 1 and not faults
    return parts[0]


def paths(block: Block) -> list[str]:
    return [header.text for header in block.headers]


# ---- title, units, period, sender

def test_title_units_period_and_sender_stand_above_the_table() -> None:
    block = one(liangshan_rows(), LIANGSHAN_MERGES)
    assert block.title.startswith("凉山州彝家新寨建设进度表") and block.units == ("万元", "户")
    assert [(line.text, line.row) for line in block.periods] == [("截至2016年9月30日", 0)]
    assert [(line.text, line.row, line.column) for line in block.senders] == [("凉山州", 1, 0)]


@pytest.mark.parametrize(("words", "period"), [
    ("金乡县2013年9月进度表", "2013年9月"), ("（截至2016年9月30日）", "截至2016年9月30日"), ("二〇一三年九月", "二〇一三年九月"),
    ("2013年第三季度", "2013年第三季度"), ("2013年上半年", "2013年上半年"), ("报告期：2013-09", "2013-09"),
    ("2013年度统计表", "2013年度"),
    ("2013.10", "2013.10"), ("报送日期：2013年10月8日", ""), ("第13号表", ""), ("统计表（1953年至2013年）", ""),
])
def test_the_words_of_a_period_are_kept_as_printed(words: str, period: str) -> None:
    rows = [[words], HEADER, ["幸福社区", 1, 2, 3]]
    texts = {line.text for line in one(rows).periods}
    assert texts == {period} if period else len(texts) != 1


@pytest.mark.parametrize(("words", "units"), [
    ("单位：万元、户", ("万元", "户")), ("计量单位:亩", ("亩",)), ("填报单位：城关镇", ()),
    ("填报单位：城关镇 单位：平方米", ("平方米",)),
])
def test_the_line_of_units_is_told_from_the_sender(words: str, units: tuple[str, ...]) -> None:
    assert one([[words], HEADER, ["幸福社区", 1, 2, 3]]).units == units


def test_a_title_beside_the_line_of_units_is_still_no_header() -> None:
    block = one([["某县住房进度", "", "", "单位：户"], ["编号甲", "编号乙", "编号丙", "编号丁"], ["a", 1, 2, 3]])
    assert block.header_rows == (1,) and block.units == ("户",)


# ---- headers

def test_two_merged_rows_become_paths_filled_right_then_down() -> None:
    block = one(liangshan_rows(), LIANGSHAN_MERGES)
    assert paths(block) == ["县名", "计划任务数_新寨（个）", "计划任务数_户数（户）", "完成住房_合计", "完成住房_新建",
                            "完成住房_改建", "完成投资_总投资", "完成投资_住房", "完成投资_基础设施"]
    assert [header.unit for header in block.headers][:3] == ["", "个", "户"] and block.headers[7].cell == (3, 7)


def test_three_rows_and_a_file_without_merges_become_the_same_paths() -> None:
    rows = [["县名", "项目建设情况", "", "", "完成投资", ""], ["", "在建住房", "", "竣工", "总投资", "住房"],
            ["", "合计", "新建", "", "", ""], ["宁南县", 5, 3, 2, 10, 8]]
    expected = ["县名", "项目建设情况_在建住房_合计", "项目建设情况_在建住房_新建", "项目建设情况_竣工", "完成投资_总投资",
                "完成投资_住房"]
    assert paths(one(rows)) == expected
    assert paths(one(rows, ["A1:A3", "B1:D1", "E1:F1", "B2:C2", "D2:D3", "E2:E3", "F2:F3"])) == expected


def test_rows_of_names_under_a_whole_header_are_data_and_no_second_level() -> None:
    block = one([["姓名", "性别", "职务"], ["张三", "男", "书记"], ["李四", "女", "主任"]])
    assert block.header_rows == (0,) and list(block.body) == [1, 2]


def test_a_row_of_units_and_a_row_of_column_numbers_belong_to_the_header() -> None:
    block = one([HEADER, ["甲", "户", "户", "户"], ["甲", "1", "2", "3"], ["幸福社区", 10, 20, 30]])
    assert block.header_rows == (0, 1, 2) and list(block.body) == [3]
    assert [(header.text, header.unit, header.number) for header in block.headers][1:] == [
        ("规划户数", "户", "1"), ("开工户数", "户", "2"), ("竣工户数", "户", "3")]


def test_headers_with_breaks_and_full_width_keep_one_line() -> None:
    block = one([["社区\n名称", "规划户数\n（户）", "开工户数 ／户"], ["幸福社区", 1, 2]])
    assert paths(block)[:2] == ["社区 名称", "规划户数 （户）"] and [each.unit for each in block.headers] == ["", "户", "户"]


# ---- body, totals, notes

def test_totals_are_kept_apart_with_their_kind_and_label() -> None:
    rows = [HEADER, ["合  计", 6, 6, 6], ["幸福社区", 1, 1, 1], ["城关镇小计", 1, 1, 1], ["其中：城镇", 1, 1, 1],
            ["和谐社区", 2, 2, 2], ["总计", 6, 6, 6], ["全县", 6, 6, 6], ["# Total", 6, 6, 6]]
    block = one(rows)
    assert list(block.body) == [2, 5]
    assert [(total.row, total.kind, total.label) for total in block.totals] == [
        (1, TotalKind.TOTAL, ""), (3, TotalKind.SUBTOTAL, "城关镇"), (4, TotalKind.PART, "城镇"), (6, TotalKind.TOTAL, ""),
        (7, TotalKind.TOTAL, "全县"), (8, TotalKind.TOTAL, "")]


def test_a_total_may_stand_in_the_second_column() -> None:
    block = one([["乡镇", *HEADER], ["城关镇", "小计", 1, 1, 1], ["", "幸福社区", 1, 1, 1]])
    assert [(each.row, each.column) for each in block.totals] == [(1, 1)] and list(block.body) == [2]


def test_the_countys_own_first_row_is_kept_apart_where_the_title_names_it() -> None:
    rows = [["金乡县社区建设进度统计表"], HEADER, ["金乡县", 3, 3, 3], ["幸福社区", 1, 1, 1], ["和谐社区", 2, 2, 2]]
    assert [(each.kind, each.label) for each in one(rows).totals] == [(TotalKind.WHOLE, "金乡县")]
    rows[0] = ["社区建设进度统计表"]
    assert not one(rows).totals and len(one(rows).body) == 3, "without the title nothing says so"


def test_footnotes_and_signatures_are_kept_apart() -> None:
    rows = [HEADER, ["幸福社区", 1, 1, 1], ["注：累计数。"], ["7栏=1栏+4栏"], ["填表人：某甲", "", "统计负责人：某乙", ""],
            ["报送日期：2013年10月8日"], ["（盖章）"]]
    block = one(rows)
    assert list(block.body) == [1] and len(block.notes) == 5 and block.notes[1].text == "7栏=1栏+4栏"


def test_rows_of_words_below_a_remark_are_data_where_data_follow() -> None:
    block = one([["名称", "省份", "户数"], ["Remark", "", ""], ["西沙群岛", "海南省", ""], ["中沙群岛", "海南省", 5],
                 ["注：略"], ["某局"]])
    assert list(block.body) == [2, 3] and [note.row for note in block.notes] == [1, 4, 5]


def test_blank_rows_and_headers_printed_again_are_no_rows() -> None:
    rows = [["住房进度表"], HEADER, ["幸福社区", 1, 1, 1], [""], HEADER, ["和谐社区", 2, 2, 2], ["住房进度表"], HEADER,
            ["友爱社区", 3, 3, 3]]
    block = one(rows)
    assert list(block.body) == [2, 5, 8] and block.repeated == (4, 6, 7)


def test_a_township_as_a_row_of_its_own_is_never_lost() -> None:
    assert list(one([HEADER, ["城关镇"], ["幸福社区", 1, 1, 1], ["河东乡"], ["和谐社区", 2, 2, 2]]).body) == [1, 2, 3, 4]


def test_text_that_is_merged_down_stands_in_each_row_and_a_number_in_the_first() -> None:
    rows = [["乡镇", "社区名称", "规划户数"], ["城关镇", "甲社区", 5], ["", "乙社区", ""]]
    block = one(rows, ["A2:A3", "C2:C3"])
    assert block.values(block.headers[0]) == ["城关镇", "城关镇"] and block.values(block.headers[2]) == [5, ""]


def test_data_without_a_header_is_a_block_without_headers() -> None:
    block = one([["幸福社区", 1, 2], ["和谐社区", 3, 4]])
    assert block.headers == () and list(block.body) == [0, 1]


# ---- several blocks

def test_a_continued_table_with_the_same_header_goes_on() -> None:
    rows = [["住房进度表（2013年9月）"], HEADER, ["甲社区", 1, 1, 1], ["续表"], HEADER, ["乙社区", 2, 2, 2], ["合计", 3, 3, 3]]
    block = one(rows)
    assert list(block.body) == [2, 5] and len(block.totals) == 1


def continued(names: Sequence[str]) -> list[list[Any]]:
    return [["住房进度表（2013年9月）"], HEADER, ["甲社区", 1, 2, 3], ["乙社区", 4, 5, 6], ["合计", 5, 7, 9], ["续表一"],
            ["社区名称", "入住户数", "完成投资"], [names[0], 7, 70], [names[1], 8, 80], ["合计", 15, 150]]


def test_a_continued_table_with_other_columns_is_joined_row_by_row() -> None:
    block = one(continued(["甲社区", "乙社区"]))
    moved_in = next(header for header in block.headers if header.text == "入住户数")
    assert block.values(moved_in) == [7, 8] and block.cell(moved_in, 2) == (7, 1)
    assert block.cell(moved_in, block.totals[0].row) == (9, 1)


def test_a_continued_table_with_other_rows_is_not_joined_and_told() -> None:
    parts, faults = found(continued(["甲社区", "丙社区"]))
    assert len(parts) == 2 and [(fault.code, fault.cell) for fault in faults] == [(Code.CONTINUED, "A7")]
    assert [line.text for line in parts[1].periods] == ["2013年9月"], "it has the title of the table that it continues"


def test_one_row_of_a_continued_table_that_bears_another_name_is_left_out_and_told() -> None:
    rows = [["住房进度表（2013年9月）"], HEADER, ["甲社区", 1, 2, 3], ["乙社区", 4, 5, 6], ["丙社区", 7, 8, 9], ["续表一"],
            ["社区名称", "入住户数", "完成投资"], ["甲社区", 7, 70], ["已社区", 8, 80], ["丙社区", 9, 90]]
    parts, faults = found(rows)
    assert [(fault.code, fault.cell, fault.found) for fault in faults] == [(Code.CONTINUED, "A9", "已社区")]
    moved_in = next(header for header in parts[0].headers if header.text == "入住户数")
    assert len(parts) == 1 and parts[0].values(moved_in) == [7, None, 9]


def test_several_tables_on_a_sheet_are_several_blocks() -> None:
    rows = [["表一 2013年9月"], HEADER, ["甲社区", 1, 1, 1], ["注：累计数"], [""], ["表二 2013年10月"],
            [*HEADER[:2], "入住户数"], ["乙社区", 2, 2]]
    parts, faults = found(rows)
    assert not faults and [list(part.body) for part in parts] == [[2], [7]]
    assert [part.periods[0].text for part in parts] == ["2013年9月", "2013年10月"]


def test_a_sheet_as_calamine_gives_it_and_texts_of_a_csv_are_parted_alike() -> None:
    rows = liangshan_rows()
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert one(texts).body == one(rows, LIANGSHAN_MERGES).body and len(one(housing_rows(40)).body) == 40


CELLS = st.sampled_from([
    "", "", "", *HEADER, "乡镇", "城关镇", "幸福社区", "合计", "其中：", "小计", "续表", "注：x", "填表人：", "2013年9月", "9月",
    "单位：户", "户", "万元", "1", "2", "3", "县名", "完成投资", "住房", "金乡县", "金乡县住房表", "长长的说明" * 8, 5, 6.5,
    2013, True, None])
SPANS = st.tuples(st.integers(0, 12), st.integers(0, 5), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=14), st.lists(SPANS, max_size=3))
def test_every_filled_row_of_any_sheet_is_kept_in_just_one_place(rows: list[list[Any]], spans: list[tuple[int, ...]]) -> None:
    merged = tuple(((top, left), (top + down, left + right)) for top, left, down, right in spans)
    parts, _ = blocks(Sheet("a.xlsx", "一", rows, merged=merged), known())
    places: dict[int, set[str]] = {}
    for part in parts:
        apart = {"title": [line.row for line in part.titles], "header": part.header_rows, "body": part.body,
                 "total": [total.row for total in part.totals], "note": [line.row for line in part.notes],
                 "again": part.repeated, "beside": part.beside.values()}
        for name, numbers in apart.items():
            for number in numbers:
                places.setdefault(number, set()).add(name)
        assert all(len(part.values(header)) == len(part.body) for header in part.headers)
    for number, row in enumerate(rows):
        if not all(map(blank, row)):
            assert len(places.get(number, ())) == 1 or "续表" in row


# ---- words

@pytest.mark.parametrize(("words", "number"), [
    ("1,234", True), ("１２３４", True), ("1.2万", True), ("300余户", True), ("86.3%", True), ("约300", True), ("2013年", False),
    ("9月", False), ("60岁以上人口", False), ("户数", False), (12.5, True), (2013, False), (None, False), (True, False),
])
def test_what_is_a_number(words: Any, number: bool) -> None:
    assert is_number(words) is number


def test_what_other_words_of_a_row_are() -> None:
    assert all(map(is_time, ["9月", "2013年9月", "第三季度", "2013年", "2013-09", "上半年"])) and not is_time("9月底竣工")
    assert all(map(is_continued, ["续表", "（续表一）", "住房进度表（续）"])) and not is_continued("续建项目")
    assert all(map(is_note, ["注：x", "备注", "※ x"])) and not is_note("备注栏村")
    assert all(map(is_signature, ["填表人：", "单位负责人（签字）：", "盖章"])) and not is_signature("张家村")
    assert total_of(["计生村", "", 1]) is None and total_of(["全福村"]) is None and total_of(["其中村"]) is not None


@pytest.mark.parametrize(("words", "bare", "unit"), [
    ("户数（户）", "户数", "户"), ("完成投资/万元", "完成投资", "万元"), ("完成投资\n万元", "完成投资", "万元"),
    ("占计划%", "占计划", "%"), ("面积(㎡)", "面积", "m2"), ("投资（单位：万元）", "投资", "万元"),
    ("月报酬（元/月）", "月报酬", "元/月"),
    ("竣工户数（本月）", "竣工户数（本月）", ""), ("乡（镇）", "乡（镇）", ""), ("面积（万平方米）", "面积", "万平方米"),
])
def test_a_unit_is_parted_from_its_header_and_kept(words: str, bare: str, unit: str) -> None:
    assert split_unit(words) == (bare, unit) and (not unit or is_unit_word(unit))


def test_headers_are_known_in_any_script_and_without_levels_that_only_gather() -> None:
    assert "规划户数" in keys(("規劃戶數（戶）",)) and simplified("龍翔鎮") == "龙翔镇"
    assert "完成住房合计" in keys(("项目建设情况", "完成住房", "合计")) and "完成投资住房" in keys(("完成投资", "其中：住房"))
    assert "户数" not in keys(("计划", "户数")), "a level that says something is never dropped"
