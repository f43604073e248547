"""A return from file to accepted rows: every layout, its county and places, what is refused, and what is personal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dummy_rows import dummy_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from return_files import LIANGSHAN_MERGES, liangshan_rows, text_file, with_entry, workbook
from source_code import PROJECT

from commlib.declarations.checks import Severity
from commlib.declarations.columns import ColumnType, Personal
from commlib.declarations.tables import TableDeclaration, tables
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.intake.counties import CountyFinder
from commlib.intake.faults import Code, ReturnFault, gathered
from commlib.intake.forms import header_words
from commlib.intake.names.gazetteer import Unit, gazetteer
from commlib.intake.personal import KEY_FILE, masked
from commlib.intake.taking import TakenReturn, take_return
from commlib.places import place_book

HOME = Home(PROJECT)
COUNTY = "411325"
CHECKS = PROJECT.parent / "shared" / "data" / "checks"
declared = cache(tables)
HEADER = ["乡镇", "社区", "截至日期", "规划户数（户）", "竣工户数（户）", "入住户数（户）", "完成投资（万元）", "备注"]
TITLE = "内乡县住房建设进度月报"


@pytest.fixture(autouse=True)
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(tmp_path / "outputs"))
    return tmp_path / "outputs"


@cache
def communities() -> list[tuple[Unit, Unit]]:
    """Townships with one community each whose names are theirs alone in the county."""
    places = gazetteer(COUNTY, HOME)
    inside = [(above, next((unit for unit in places.units if unit.township == above.key
                            and len(places.names[unit.name]) == len(places.stems[unit.stem]) == 1), None))
              for above in places.townships]
    return [(above, unit) for above, unit in inside if unit]


def row(number: int, *numbers: Any) -> list[Any]:
    above, unit = communities()[number]
    return [above.name, unit.name, "2013-09-30", *numbers]


def taken(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "一", **said: Any) -> TakenReturn:
    merges = {sheet: said.pop("merges", ())}
    return take_return(workbook(path / "a.xlsx", {sheet: rows}, merges), declared(), HOME, **said)


def told(faults: Sequence[ReturnFault], *severities: Severity) -> list[tuple[str, Code]]:
    return [(fault.cell, fault.code) for fault in faults if fault.severity in (severities or (Severity.ERROR,))]


def rows_of(found: TakenReturn) -> pd.DataFrame:
    assert len(found.tables) == 1
    return found.tables[0].rows


# ---- layouts

def test_a_long_return_becomes_rows_with_keys_of_places_and_their_own_addresses(tmp_path: Path) -> None:
    found = taken(tmp_path, [[TITLE], HEADER, row(0, 200, 100, 50, 1200.5, ""), row(1, "1,200", 90, "约40", "1.2万", "好")])
    rows = rows_of(found)
    assert told(found.all_faults()) == [("G4", Code.AMBIGUOUS)], "1.2万 in a column of 万元"
    above, unit = communities()[0]
    assert rows.loc[0, ["township_id", "community_id", "_place", "_county", "_sheet", "_row"]].to_list() == [
        above.key, unit.key, unit.key, COUNTY, "一", "3"]
    assert rows.loc[0, ["as_of", "planned", "completed", "invested", "note"]].to_list() == [
        "2013-09-30", "200", "100", "1200.5", ""]
    assert found.tables[0].refused == 1 and found.readable()


def test_a_row_with_a_faulty_cell_is_refused_and_the_others_are_kept(tmp_path: Path) -> None:
    good = row(3, 200, 100, 50, 1, "")
    found = taken(tmp_path, [[TITLE], HEADER, row(0, 200, "abc", 50, 1, ""), row(1, 200, 300, 50, 1, ""),
                             row(2, 200, 100, 50, -1, ""), ["没有的镇", "x村", "2013-09-30", 1, 1, 1, 1, ""], good, good])
    assert told(found.all_faults()) == [("E3", Code.FORM), ("E4", Code.ORDER), ("G5", Code.RANGE), ("A6", Code.PLACE),
                                        ("B6", Code.PLACE), ("B8", Code.KEY)]
    assert rows_of(found)["_row"].to_list() == ["7"] and found.tables[0].refused == 5


def test_hedges_are_kept_beside_the_number(tmp_path: Path) -> None:
    rows = rows_of(taken(tmp_path, [[TITLE], HEADER, row(0, "约300", 100, "至少50", 1, ""), row(1, 100, 20, 10, 1, "")]))
    assert rows[["planned", "planned__low", "planned__high", "planned__qualifier"]].to_numpy().tolist() == [
        ["300", "250", "350", "approx"], ["100", "", "", ""]]
    assert rows.loc[0, ["moved_in__low", "moved_in__high"]].to_list() == ["50", ""] and "completed__low" not in rows


def test_months_as_columns_become_rows_with_the_cells_own_addresses(tmp_path: Path) -> None:
    found = taken(tmp_path, [["内乡县2013年住房建设进度月报"], ["社区", "1月", None, "2月", None],
                             [None, "开工户数", "竣工户数", "开工户数", "竣工户数"],
                             [communities()[0][1].name, 5, 1, 6, "x"], [communities()[1][1].name, 5, 1, 6, 2]],
                  merges=["A2:A3", "B2:C2", "D2:E2"])
    rows = rows_of(found)
    assert told(found.all_faults()) == [("E4", Code.FORM)] and found.tables[0].refused == 1
    assert rows[["as_of", "started", "completed", "_row"]].to_numpy().tolist() == [
        ["2013-01", "5", "1", "4"], ["2013-01", "5", "1", "5"], ["2013-02", "6", "2", "5"]]
    assert rows["township_id"].to_list() == [communities()[at][0].key for at in (0, 1, 1)], "which the community tells"


def test_a_continued_table_is_read_beside_the_first_and_a_falling_number_is_told_there(tmp_path: Path) -> None:
    names = [communities()[at][1].name for at in (0, 1)]
    found = taken(tmp_path, [[TITLE + "（2013年9月）"], ["社区", "规划户数", "竣工户数"], [names[0], 9, 5], [names[1], 9, 5],
                             ["续表"], ["社区", "入住户数"], [names[0], 3], [names[1], "?"]])
    assert told(found.all_faults()) == [("B8", Code.FORM)]
    assert rows_of(found)[["completed", "moved_in"]].to_numpy().tolist() == [["5", "3"]]


def test_several_counties_of_a_prefecture_each_have_their_own_rows(tmp_path: Path) -> None:
    found = taken(tmp_path, liangshan_rows(), merges=LIANGSHAN_MERGES)
    rows = rows_of(found)
    assert rows[["_county", "_place", "community_id", "as_of", "completed"]].to_numpy().tolist() == [
        ["513427", "513427", "513427", "2016-09-30", "200"], ["513435", "513435", "513435", "2016-09-30", "200"]]
    assert found.received == "2016-10-08" and not told(found.all_faults(), Severity.ERROR, Severity.WARNING)


def test_a_column_of_counties_that_no_table_declares_places_the_rows_under_it(tmp_path: Path) -> None:
    other = gazetteer("411324", HOME)
    unit = next(each for each in other.units if each.township and len(other.names[each.name]) == 1)
    rows = [["住房建设进度月报（2013年9月）"], ["县", "乡镇", "社区", "竣工户数", "入住户数"], ["内乡县", *row(0)[:2], 5, 4],
            ["镇平县", other.by_key[unit.township].name, unit.name, 3, 2], ["没有县", "a", "b", 1, 1]]
    found = taken(tmp_path, rows)
    assert rows_of(found)[["_county", "_place"]].to_numpy().tolist() == [
        [COUNTY, communities()[0][1].key], ["411324", unit.key]]
    assert told(found.all_faults()) == [("A5", Code.PLACE)]


def test_a_table_on_two_sheets_has_one_key(tmp_path: Path) -> None:
    sheets = {name: [[TITLE], HEADER, row(0, 9, 8, 7, 1, ""), row(at, 9, 8, 7, 1, "")] for at, name in enumerate(("一", "二"), 1)}
    found = take_return(workbook(tmp_path / "a.xlsx", sheets), declared(), HOME)
    assert [(fault.sheet, fault.cell, fault.code) for fault in found.all_faults()] == [("二", "B3", Code.KEY)]
    assert [len(each.rows) for each in found.tables] == [2, 1]


def test_printed_totals_and_lines_of_logic_are_checked(tmp_path: Path) -> None:
    rows = [[TITLE], HEADER, ["甲", "乙", "丙", 1, 2, 3, 4, 5], row(0, 19, 8, 7, 1, ""), row(1, 8, 8, 7, 1, ""),
            ["合计", None, None, 27, 19, 14, 2, None], ["逻辑关系：1栏=2栏"]]
    found = taken(tmp_path, rows)
    assert told(found.all_faults(), Severity.WARNING) == [("E6", Code.TOTAL), ("D4", Code.LOGIC)]
    assert len(rows_of(found)) == 2


# ---- counties and places that the table does not say

def test_a_return_that_names_no_county_is_refused_until_it_is_said(tmp_path: Path) -> None:
    rows = [["住房建设进度月报"], HEADER, row(0, 9, 8, 7, 1, "")]
    found = taken(tmp_path, rows)
    assert told(found.all_faults()) == [("2:2", Code.PLACE)] and "--county" in found.all_faults()[0].remedy.zh
    assert rows_of(found).empty and found.tables[0].refused == 1
    assert len(rows_of(taken(tmp_path, rows, county=COUNTY))) == 1
    with pytest.raises(ParameterError):
        taken(tmp_path, rows, county="999999")


@pytest.mark.parametrize(("title", "sheet"), [(TITLE, "{}"), (TITLE + "（{}）", "一"), (TITLE + " 填报单位：{}", "一")])
def test_the_township_is_taken_from_the_sheet_the_title_or_the_sender(tmp_path: Path, title: str, sheet: str) -> None:
    above, unit = communities()[0]
    rows = [[title.format(above.name)], HEADER[1:], row(0, 9, 8, 7, 1, "")[1:]]
    found = taken(tmp_path, rows, sheet.format(above.name))
    assert rows_of(found)[["township_id", "community_id"]].to_numpy().tolist() == [[above.key, unit.key]]
    assert any(fault.code is Code.PLACE and above.name in fault.remedy.zh for fault in found.all_faults())
    assert not told(found.all_faults())


def test_a_blank_township_is_the_one_above(tmp_path: Path) -> None:
    above = communities()[0][0]
    inside = [unit.name for unit in gazetteer(COUNTY, HOME).units if unit.township == above.key][:2]
    rows = [[TITLE], HEADER, [above.name, inside[0], "2013-09", 9, 8, 7, 1, ""], ["", inside[1], "2013-09", 9, 8, 7, 1, ""]]
    assert rows_of(taken(tmp_path, rows))["township_id"].to_list() == [above.key] * 2


@pytest.mark.parametrize("named", ["小计", "合计"])
def test_a_blank_township_under_the_subtotal_of_another_is_that_of_the_subtotal(tmp_path: Path, named: str) -> None:
    places = gazetteer(COUNTY, HOME)
    namesakes = [unit for unit in places.units if unit.name == "薛岗村民委员会"]
    first, second = (places.by_key[unit.township].name for unit in namesakes)
    numbers = ["2013-09", 9, 8, 7, 1, ""]
    rows = [[TITLE], HEADER, [first, named, *numbers], ["", "薛岗村", *numbers], [second + named, "", *numbers],
            ["", "薛岗村", *numbers]]
    found = taken(tmp_path, rows)
    assert rows_of(found)["community_id"].to_list() == [unit.key for unit in namesakes]
    assert not told(found.all_faults(), Severity.ERROR, Severity.WARNING), "each total is the sum of the rows below it"


def test_a_village_under_the_former_kind_of_its_township_in_one_cell_is_found_there(tmp_path: Path) -> None:
    found = taken(tmp_path, [[TITLE], HEADER[1:], ["余关乡李沟村", "2013-09", 9, 8, 7, 1, ""]], county=COUNTY)
    assert rows_of(found)["community_id"].to_list() == ["411325111205"], "of the two villages of that name"
    assert ("A3", Code.RENAMED) in told(found.all_faults(), Severity.NOTE) and not told(found.all_faults())


def test_the_title_of_units_scales_the_numbers_and_a_unit_that_does_not_fit_refuses_the_table(tmp_path: Path) -> None:
    header = ["社区", "截至日期", "规划户数", "竣工户数", "完成投资"]
    line = [communities()[0][1].name, "2013-09", 9, 8, 2]
    assert rows_of(taken(tmp_path, [[TITLE], ["单位：户、亿元"], header, line]))["invested"].to_list() == ["20000"]
    found = taken(tmp_path, [[TITLE], [*header[:4], "完成投资（公顷）"], line])
    assert told(found.all_faults()) == [("E2", Code.UNIT)] and rows_of(found).empty


@pytest.mark.parametrize(("name", "province", "key", "code"), [
    ("内乡县", "", "411325", None), ("南阳市内乡县", "", "411325", None), ("鼓楼区", "河南省", "410204", None),
    ("鼓楼区", "", "", Code.NAMESAKE), ("内乡", "", "411325", Code.RENAMED), ("禄丰县", "云南省", "532302", Code.RENAMED),
    ("孟津县", "", "", Code.PLACE), ("罗定市", "广西壮族自治区", "", Code.PLACE), ("内乡县城", "", "", Code.PLACE),
])
def test_counties_are_found_by_name_within_their_province_and_never_guessed(name: str, province: str, key: str,
                                                                          code: Code | None) -> None:
    meant = CountyFinder(place_book(HOME)).of_name(name, province)
    assert (meant.key, meant.code) == (key, code)


# ---- personal data

IDENTITY, OLD_IDENTITY, MOBILE, LANDLINE = "11010519491231002X", "110105491231002", "13812345678", "0377-65312345"
PLANTED = (IDENTITY, f"证号{OLD_IDENTITY}号", f"王某 {MOBILE}", LANDLINE, "１３８-1234-5678", "110105 19491231 002x",
           "联系人110105194912310021")   # the last with a wrong check digit


@pytest.mark.parametrize("text", PLANTED)
def test_identity_numbers_and_telephones_are_seen_in_every_writing(text: str) -> None:
    assert masked(text) != text and not any(sign.isdigit() for sign in masked(text))


@pytest.mark.parametrize("text", ["411325105201", "2013-09-30", "1234567890", "91411325MA3X12345X",
                                  "12-345 678", "2013年9月30日至2014年10月1日", "3000-5000", "project-20130930-12345678901"])
def test_other_long_numbers_are_left_alone(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("table", tables(), ids=lambda each: each.id)
def test_personal_data_reach_neither_rows_nor_faults(tmp_path: Path, table: TableDeclaration) -> None:
    """Planted in every column of text of every table, in turn: a row each, and one row that is clean."""
    asked = list(table.columns)
    about = [each for each in asked if each.type in (ColumnType.TEXT, ColumnType.PLACE, ColumnType.CHOICE, ColumnType.CODE)]
    values = dummy_rows(table, len(about) + 1)
    for number, column in enumerate(about):
        text = (IDENTITY, MOBILE)[number % 2] if column.type is ColumnType.CODE else PLANTED[number % len(PLANTED)]
        values.loc[number, column.name] = text
    headers = [header_words(each, "zh") for each in asked]
    path = text_file(tmp_path / "a.csv", [[table.label.zh], headers, *values.to_numpy().tolist()])
    found = take_return(path, [table], HOME, table=table.id, county=COUNTY)
    assert found.tables and found.tables[0].recognised.table is table
    words = found.tables[0].rows.to_csv() + repr(found.all_faults())
    for text in (IDENTITY, OLD_IDENTITY, MOBILE, LANDLINE, "１３８", "19491231"):
        assert text not in words
    kept = {each.name for each in about if not each.dropped and each.personal is Personal.NO}
    if kept:
        assert Code.PERSONAL in {fault.code for fault in found.all_faults()}
    assert not {each.name for each in asked if each.dropped} & set(found.tables[0].rows)


def test_a_person_has_one_pseudonym_in_a_project_and_another_elsewhere(tmp_path: Path, outputs: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["内乡县民生服务对象", ""], ["人员编号", "社区"], ["R-7", communities()[0][1].name]]
    table = next(each for each in declared() if each.id == "care_register")
    column = next(each.name for each in table.columns if each.personal is Personal.PSEUDONYM)

    def read() -> str:
        found = take_return(text_file(tmp_path / "a.csv", rows), [table], HOME, table=table.id)
        assert "R-7" not in repr(found.all_faults())
        return "".join(found.tables[0].rows.get(column, []))

    first = read()
    assert first == read() and "R-7" not in first
    if first:
        assert (outputs / KEY_FILE).stat().st_mode & 0o077 == 0 and len((outputs / KEY_FILE).read_bytes()) == 32
        monkeypatch.setenv("COMMLIB_OUTPUTS", str(tmp_path / "other"))
        assert read() != first


# ---- gathered notes

def test_notes_that_say_the_same_are_one_at_the_range_of_their_cells(tmp_path: Path) -> None:
    rows = [row(at, 200, 90, f"约{40 + at}", "约1" if at == 2 else "1,234", "") for at in range(6)]
    notes = taken(tmp_path, [[TITLE], HEADER, *rows]).all_faults()
    assert told(notes, Severity.NOTE) == [("F3:F8", Code.HEDGED), ("G5", Code.HEDGED)]
    assert "6" in notes[0].remedy.en and notes[0].found == "约40" and gathered(notes) == list(notes)


# ---- hostile files

def test_strange_names_and_formulas_do_no_harm(tmp_path: Path) -> None:
    found = taken(tmp_path, [[TITLE], HEADER, row(0, 9, 8, 7, 1, ""), row(1, 9, 8, 7, 1, "=cmd|' /C calc'!A0")], "_.._.._x")
    assert found.tables[0].refused == 1, "a formula without a result has no value"
    path = text_file(tmp_path / "=cmd.csv", [[TITLE], HEADER, row(0, 9, 8, 7, 1, "=cmd|' /C calc'!A0"), row(1, 9, 8, 7, 1, "")])
    assert rows_of(take_return(path, declared(), HOME))["note"].to_list() == ["=cmd|' /C calc'!A0", ""], "a text in a csv"
    path = workbook(tmp_path / "b.xlsx", {"x": [[TITLE], HEADER, row(0, 9, 8, 7, 1, "")]})
    with_entry(path, "xl/workbook.xml", lambda data: data.replace(b'name="x"', b'name="../../x"'))
    found = take_return(path, declared(), HOME)
    assert rows_of(found)["_sheet"].to_list() == ["../../x"] and not told(found.all_faults())


def test_what_cannot_be_read_is_a_fault_and_not_readable(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    found = take_return(tmp_path / "a.xlsx", declared(), HOME)
    assert not found.readable() and [fault.code for fault in found.all_faults()] == [Code.UNREADABLE]
    found = taken(tmp_path, [["唱歌", "跳舞"], ["a", "b"]])
    assert found.readable() and told(found.all_faults()) == [("1:1", Code.UNRECOGNISED)]


cells = st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates(),
                  st.sampled_from(["内乡县", "社区", "合计", "续表", "单位：万元", "2013年9月", "约300", "同上", "-", *HEADER]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grid=st.lists(st.lists(cells, max_size=8), max_size=8), known=st.booleans())
def test_no_grid_of_cells_raises(tmp_path: Path, grid: list[list[Any]], known: bool) -> None:
    rows = [[TITLE], HEADER, *grid] if known else grid
    path = text_file(tmp_path / "a.csv", rows)
    found = take_return(path, declared(), HOME, table="housing_progress" if known else "")
    assert found.readable() or found.all_faults()
    for each in found.tables:
        assert len(each.rows) + each.refused <= max(1, len(each.recognised.slices)) * len(each.recognised.block.body)


# ---- files nobody here wrote, and look-alikes

YEARBOOK = [["Area", "Province", "行政区域面积", "乡", "镇", "街道办事处", "户籍人口", "地区生产总值", "小学在校学生"],
            ["Unit", "省份", "平方公里", "个", "个", "个", "人", "万元", "人"], ["Remark", "", "", "", "", "", "", "", ""],
            ["奉贤区", "上海市", "733", "", "8", "3", "533864", "11901900", "35256"],
            ["禄丰县", "云南省", "3536", "3", "11", "", "430000", "1", "1"],
            ["罗定市", "广西壮族自治区", "2327", "", "17", "4", "1", "1", "1"],
            ["内乡县", "河南省", "2465", "4", "12", "", "72o000", "1", "1"],
            ["镇平县", "河南省", "1500", "1", "19", "2", "", "1", "", "9"],
            ["孟津县", "河南省", "1", "1", "1", "1", "1", "1", "1"]]


def test_a_yearbook_of_counties_is_taken_in_and_every_oddity_told_at_its_cell(tmp_path: Path) -> None:
    found = take_return(text_file(tmp_path / "county_yearbook.csv", YEARBOOK), declared(), HOME, period="2020")
    rows = rows_of(found)
    assert rows[["unit_id", "_county", "period", "land_area", "population_household_registered", "_row"]].to_numpy().tolist() == [
        ["310120", "310120", "2020", "733", "533864", "4"], ["532302", "532302", "2020", "3536", "430000", "5"]]
    assert told(found.all_faults()) == [("J8", Code.RAGGED), ("B6", Code.PLACE), ("G7", Code.FORM), ("A9", Code.PLACE)]
    assert ("A5", Code.RENAMED) in told(found.all_faults(), Severity.NOTE)


def test_a_census_with_provinces_codes_as_numbers_and_indents_is_taken_in(tmp_path: Path) -> None:
    rows = [["区划代码", "省", "市", "区\n县", "人口数_合计", "人口数_男", "人口数_女", "性别比（女=100）"],
            ["NA", "全国", "全国", "全国", 30, 20, 10, 104.8], [410000.0, "河南省", "河南省", "河南省", 20, 10, 10, 1],
            [411300.0, "河南省", "南阳市", "南阳市", 20, 10, 10, 1], [411325.0, "河南省", "南阳市", "  内乡县", 20, 10, 10, 1],
            [513425.0, "四川省", "凉山州", "　会理县", 9, 5, 4, "NA"], [411324.0, "河南省", "南阳市", "内乡县", 9, 5, 4, "NA"]]
    path = workbook(tmp_path / "a.xlsx", {"一": rows})
    found = take_return(path, declared(), HOME, table="unit_profile", period="2020")
    assert rows_of(found)[["_county", "population_total"]].to_numpy().tolist() == [["411325", "20"], ["513402", "9"]]
    assert told(found.all_faults()) == [("A7", Code.PLACE)] and found.tables[0].refused == 1
    notes = told(found.all_faults(), Severity.NOTE)
    assert {("A2", Code.PLACE), ("A3:A7", Code.REREAD), ("H1", Code.STRANGE), ("A6", Code.RENAMED)} <= set(notes)


def checked(name: str) -> Path:
    path = CHECKS / name
    if not path.exists():
        pytest.skip(f"the file {name}, which is not ours to hand on, is not here")
    return path


def test_the_real_yearbook() -> None:
    found = take_return(checked("county_yearbook/county_yearbook_raw.csv"), declared(), HOME, period="2020")
    faults = found.all_faults()
    assert (len(rows_of(found)), found.tables[0].refused) == (1707, 5)
    assert told(faults) == [("Z268", Code.RAGGED), ("E174", Code.FORM), ("B615", Code.PLACE), ("A982", Code.PLACE),
                            ("A1434", Code.PLACE)]
    assert sum(fault.code is Code.RENAMED for fault in faults) == 17


def test_the_real_census() -> None:
    found = take_return(checked("census_2020/census_county_2020_v1.xlsx"), declared(), HOME, table="unit_profile", period="2020")
    rows = rows_of(found)
    assert (len(rows), found.tables[0].refused) == (2953, 32) and rows["_county"].is_unique
    assert rows.set_index("_county").loc["411325", "population_total"].isdigit()
