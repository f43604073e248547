"""Raw cells by their declared column: every form that returns write, nothing guessed, nothing cut off, never an exception."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from dummy_rows import dummy_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.columns import FORM, NUMBERS, Blank, Choice, Column, ColumnType
from commlib.declarations.tables import tables
from commlib.formatting import no_formula
from commlib.hedges import INFINITY, RANGE, Qualifier, unhedged
from commlib.intake.cells.columns import read_cell, read_column
from commlib.intake.cells.numbers import unit_in_words
from commlib.intake.cells.numerals import HAN, chinese, numeral, written
from commlib.intake.cells.percentages import Form, percent_form
from commlib.intake.cells.readings import Raw, Reading, Refusal, Setting, State, decimal_text
from commlib.intake.faults import Code
from commlib.intake.forms import choice_words

DECLARED = [(each, column) for each in tables() for column in each.columns]


def column(kind: str = "integer", unit: str = "", blank: str = "missing", **more: Any) -> Column:
    return Column("x", Text(zh="栏", en="column"), ColumnType(kind), True, Blank(blank), unit=unit, **more)


def read(raw: Raw, kind: str = "integer", measured: str = "", **more: Any) -> Reading:
    found = read_cell(raw, column(kind, measured), Setting(**more))
    assert isinstance(found, Reading), found
    return found


def refused(raw: Raw, kind: str = "integer", measured: str = "", **more: Any) -> Code:
    found = read_cell(raw, column(kind, measured), Setting(**more))
    assert isinstance(found, Refusal), found
    assert found.fault.severity is Severity.ERROR and found.fault.remedy.zh and found.fault.remedy.en
    return found.fault.code


def codes(found: Reading | Refusal) -> list[Code]:
    return [fault.code for fault in found.faults]


# ---- numbers

@pytest.mark.parametrize(("raw", "text"), [
    ("1,234", "1234"), ("１２３４", "1234"), ("１，２３４", "1234"), ("1.2万", "12000"), ("1.2 万户", "12000"), ("3千", "3000"),
    ("一百二十", "120"), ("一百二十户", "120"), ("壹佰贰拾", "120"), ("两千", "2000"), ("三万零五百", "30500"),
    ("3亿5000万", "350000000"),
    ("1万2千", "12000"), ("300.0", "300"), ("0.0", "0"), (300.0, "300"), (-0.0, "0"), ("-5", "-5"), ("－5", "-5"),
    ("'-5", "-5"),
    ("+5", "5"), (" 35 ", "35"), ("35\u00a0户", "35"), ("007", "7"), (300.00000000000006, "300"), (Decimal("35"), "35"),
])
def test_a_whole_number_in_the_forms_that_returns_write(raw: Raw, text: str) -> None:
    found = read(raw, "integer", "households")
    assert (found.text, found.value, found.faults) == (text, Fraction(text), ())


@pytest.mark.parametrize(("raw", "unit", "text", "step"), [
    ("13.81亿元", "CNY10k", "138100", 100), ("3·94倍", "percent", "394", 1), ("5000元", "CNY10k", "0.5", Fraction(1, 10000)),
    ("￥300", "CNY", "300", None), ("1.2万元/亩", "CNY/mu", "12000", 1000), ("2公顷", "m2", "20000", 10000),
    ("30㎡", "m2", "30", None),
    ("2公顷", "mu", "30", 15), ("1.5万平方米", "m2", "15000", 1000), ("0.5平方公里", "m2", "500000", 100000),
    ("12‰", "percent", "1.2", Fraction(1, 10)), ("86.3%", "percent", "86.3", None), ("86.3％", "percent", "86.3", None),
    ("百分之八十六点三", "percent", "86.3", None), ("3名", "persons", "3", None), ("第3名", "rank", "3", None),
    ("86.30", "points", "86.30", None),
    (0.1 + 0.2, "points", "0.3", None), (1e-7, "points", "0.0000001", None), (".5", "points", "0.5", None),
])
def test_units_are_converted_exactly_and_the_printed_precision_is_known(raw: Raw, unit: str, text: str, step: Any) -> None:
    found = read(raw, "decimal", unit)
    assert (found.text, found.exact, found.step) == (text, None, step)


def test_what_decimals_cannot_hold_is_kept_as_a_fraction() -> None:
    found = read("5亩", "decimal", "m2")
    assert found.value == Fraction(10000, 3) and found.text == "3333.333333333333"


@pytest.mark.parametrize(("words", "factor"), [
    ("亩", Fraction(2000, 3)), ("万平方米", Fraction(10000)), ("公顷", Fraction(10000))])
def test_the_unit_of_a_header_is_meant_where_the_cell_has_none(words: str, factor: Fraction) -> None:
    unit, scale = unit_in_words(words, "m2")
    assert read("6", "decimal", "m2", unit=unit, scale=scale).value == 6 * factor
    assert read("6㎡", "decimal", "m2", unit=unit, scale=scale).value == 6
    assert read("6", "decimal", "", unit="mu").text == "6"   # a column that takes its unit from another


def test_words_of_units() -> None:
    words = ["万元", "元/㎡", "‰", "个", "秒差距"]
    assert [unit_in_words(word)[0] for word in words] == ["CNY10k", "CNY/m2", "percent", "count", ""]
    assert unit_in_words("名", "rank")[0] == "rank" and unit_in_words("万人次") == ("persons", Fraction(10000))


@pytest.mark.parametrize(("raw", "unit", "text", "qualifier", "bounds"), [
    ("约300", "households", "300", Qualifier.APPROX, (250, 350)),
    ("300余户", "households", "300", Qualifier.AT_LEAST, (300, INFINITY)),
    ("300来户", "households", "300", Qualifier.APPROX, (250, 350)),
    ("近3万户", "households", "30000", Qualifier.APPROX, (25000, 35000)),
    ("两千多户", "households", "2000", Qualifier.AT_LEAST, (2000, INFINITY)),
    ("3000多万元", "CNY10k", "3000", Qualifier.AT_LEAST, (3000, INFINITY)),
    ("300户以上", "households", "300", Qualifier.AT_LEAST, (300, INFINITY)),
    ("超过300", "households", "300", Qualifier.AT_LEAST, (300, INFINITY)),
    ("不足50户", "households", "50", Qualifier.AT_MOST, (0, 50)),
    ("50以下", "households", "50", Qualifier.AT_MOST, (0, 50)),
    ("≥1.2万", "households", "12000", Qualifier.AT_LEAST, (12000, INFINITY)),
    ("3-5", "households", "", RANGE, (3, 5)), ("3～5户", "households", "", RANGE, (3, 5)),
    ("3至5", "households", "", RANGE, (3, 5)),
    ("3-5亿元", "CNY10k", "", RANGE, (30000, 50000)), ("30%-40%", "percent", "", RANGE, (30, 40)),
])
def test_a_hedge_is_kept_as_an_interval_and_noted(raw: str, unit: str, text: str, qualifier: str, bounds: Any) -> None:
    found = read(raw, "decimal", unit)
    assert (found.text, found.qualifier, (found.low, found.high)) == (text, qualifier, bounds)
    assert Code.HEDGED in codes(found) and all(fault.severity is Severity.NOTE for fault in found.faults)


@pytest.mark.parametrize(("raw", "unit", "code"), [
    ("35户/120人", "households", Code.AMBIGUOUS), ("35（其中女12）", "households", Code.AMBIGUOUS),
    ("1 2", "households", Code.AMBIGUOUS),
    ("5-3", "households", Code.AMBIGUOUS), ("2013-09-01", "households", Code.AMBIGUOUS),
    ("约300以上", "households", Code.AMBIGUOUS),
    ("1.2亿", "CNY10k", Code.AMBIGUOUS), ("5人", "households", Code.UNIT), ("5亩", "", Code.UNIT),
    ("5箩筐", "count", Code.UNIT),
    ("12.5", "households", Code.FORM), ("1.23456万", "households", Code.FORM), ("12,34", "households", Code.FORM),
    ("1O0", "households", Code.FORM), ("1e5", "households", Code.FORM), ("12²", "households", Code.UNIT),
    ("①", "households", Code.FORM),
    ("一百二", "households", Code.FORM), ("三五", "households", Code.FORM), ("十几", "households", Code.UNIT),
    ("٣", "households", Code.FORM),
    (True, "households", Code.FORM), (datetime(2013, 3, 5), "households", Code.FORM), (float("inf"), "households", Code.FORM),
    (1e16, "households", Code.FORM),
    ("0379-62211234", "households", Code.FORM), ("#REF!", "households", Code.FORMULA), ("5个百分点", "percent", Code.UNIT),
])
def test_what_has_two_readings_or_none_is_refused(raw: Raw, unit: str, code: Code) -> None:
    assert refused(raw, "integer", unit) == code


def test_numbers_of_absurd_length_are_refused() -> None:
    assert {refused(raw, "integer") for raw in (10 ** 5000, "9" * 5000, "1" + "0" * 40, "1" + ",000" * 30)} == {Code.FORM}


@given(st.integers(0, 10 ** 15 - 1))
def test_chinese_numerals_are_read_as_they_are_written(value: int) -> None:
    assert chinese(written(value)) == value


@given(st.text(HAN + "点0123456789.,·", max_size=12))
def test_a_numeral_is_none_or_a_number(text: str) -> None:
    found = numeral(text)
    assert found is None or found.value >= 0


@given(st.decimals(-10 ** 12, 10 ** 12, places=4), st.sampled_from(["", "万", "亿"]))
def test_no_digit_is_cut_off(value: Decimal, scale: str) -> None:
    factor = {"": 1, "万": 10 ** 4, "亿": 10 ** 8}[scale]
    for raw in (f"{value:f}{scale}", f"{value:,f}{scale}户"):
        assert read(raw, "decimal", "households").value == Fraction(value) * factor


@given(st.floats(-1e14, 1e14))
def test_a_float_is_read_to_the_digits_of_a_spreadsheet(value: float) -> None:
    assert math.isclose(float(read(value, "decimal").text), value, rel_tol=1e-14)


@given(st.fractions(max_denominator=10 ** 6))
def test_a_fraction_as_decimals(value: Fraction) -> None:
    assert abs(Fraction(decimal_text(value)) - value) <= Fraction(1, 2 * 10 ** 12)


def test_words_of_hedge() -> None:
    assert unhedged("将近300户左右") == ("300户", frozenset({Qualifier.APPROX}))
    assert unhedged("不少于5") == ("5", frozenset({Qualifier.AT_LEAST}))
    assert unhedged("约5以上")[1] == {Qualifier.APPROX, Qualifier.AT_LEAST} and unhedged("5") == ("5", frozenset())


# ---- percentages

RATE = column("decimal", "percent", maximum=Decimal(200))


@pytest.mark.parametrize(("cells", "form", "texts"), [
    ([86.3, 91.2, 0, 100], Form.PERCENT, ["86.3", "91.2", "0", "100"]),
    ([0.863, 0.912, 0, 1], Form.SHARE, ["86.3", "91.2", "0", "100"]),
    ([86.3, 91.2, 88.1, 0.863], Form.PERCENT, ["86.3", "91.2", "88.1", None]),
    ([0.863, 0.912, 0.5, 86.3], Form.UNDECIDED, [None, None, None, "86.3"]),
    ([0.863, 0.912, 0.55, 86.3], Form.SHARE, ["86.3", "91.2", "55", None]),
    (["86.3%", 0.5, 0.8], Form.UNDECIDED, ["86.3", None, None]),
    ([86.3, 91.2, 0.5], Form.PERCENT, ["86.3", "91.2", "0.5"]),
    ([0, "—", None], Form.PERCENT, ["0", "", ""]),
])
def test_a_column_writes_percentages_in_one_form(cells: list[Raw], form: Form, texts: list[str | None]) -> None:
    assert percent_form([(raw, "") for raw in cells], RATE).form is form
    found = read_column(cells, RATE)
    assert [each.text if isinstance(each, Reading) else None for each in found.cells] == texts
    assert all(codes(each) == [Code.AMBIGUOUS] for each in found.cells if isinstance(each, Refusal))
    assert bool(found.faults) == (form is Form.SHARE)


def test_a_half_per_cent_among_per_cents_is_read_and_warned_of() -> None:
    warned = read_column([86.3, 91.2, 0.5], RATE).cells[2].faults
    assert [(each.code, each.severity) for each in warned] == [(Code.AMBIGUOUS, Severity.WARNING)]


def test_the_number_format_tells_a_share() -> None:
    found = read_column([0.863, 0.5, 86.3], RATE, formats={0: "0.0%", 1: "0%"}).cells
    assert [each.text for each in found if isinstance(each, Reading)] == ["86.3", "50", "86.3"]
    assert refused(0.863, "decimal", "percent") is Code.AMBIGUOUS


# ---- gaps

@pytest.mark.parametrize("raw", ["", None, "  ", "\u3000", float("nan")])
def test_a_blank_is_what_the_column_declares(raw: Raw) -> None:
    found = {str(blank): read_cell(raw, column(blank=blank)) for blank in Blank}
    assert isinstance(found["refused"], Refusal) and codes(found["refused"]) == [Code.BLANK]
    assert found["missing"] == Reading("", State.MISSING) and found["zero"] == Reading("0")
    assert found["same_as_above"] == Reading("", State.SAME_AS_ABOVE)


@pytest.mark.parametrize(("raw", "zero"), [
    ("—", "0"), ("-", "0"), ("无", "0"), ("/", "0"), ("未统计", ""), ("不详", ""), ("NA", "")])
def test_a_word_for_nothing_is_missing_or_the_declared_zero_and_noted(raw: str, zero: str) -> None:
    for blank, text in (("missing", ""), ("zero", zero)):
        found = read_cell(raw, column(blank=blank))
        assert isinstance(found, Reading) and found.text == text and codes(found) == [Code.REREAD]
        assert found.state is (State.VALUE if text else State.MISSING)
    assert codes(read_cell(raw, column(blank="refused"))) == [Code.BLANK]


def test_a_dash_in_a_remark_that_may_be_blank_is_not_told_to_be_filled_in() -> None:
    said = read("—", "text").faults[0]
    assert said.allowed.zh == "文字，可以空白" and said.remedy.zh == "按缺项处理，不当作零"


def test_same_as_above_is_told_in_any_column() -> None:
    assert {read("同上", kind).state for kind in ("integer", "text", "place", "date")} == {State.SAME_AS_ABOVE}


def test_text_keeps_its_words() -> None:
    kept = ["无", "未统计", "３户１", "12", "2013.10", "=1"]
    assert [read(raw, "text").text for raw in ("无", "未统计", " ３户１ ", 12.0, "2013.10", "=1")] == kept
    assert read("—", "text").state is State.MISSING and read("'=1", "text").text == "=1"


# ---- dates

@pytest.mark.parametrize(("raw", "text"), [
    ("2013.9", "2013-09"), ("2013.10", "2013-10"), ("2013.1", "2013-01"), (2013.9, "2013-09"), (2013.11, "2013-11"),
    ("2013年9月", "2013-09"),
    ("2013年9月30日", "2013-09-30"), ("20130901", "2013-09-01"), (20130901, "2013-09-01"), (20130901.0, "2013-09-01"),
    ("201309", "2013-09"), ("2013/9", "2013-09"), ("2013/9/30", "2013-09-30"), ("2013-9-30", "2013-09-30"), ("2013", "2013"),
    (2013, "2013"), ("2013年", "2013"), ("2013年度", "2013"), ("二〇一三年", "2013"), ("二○一三年九月三十日", "2013-09-30"),
    ("２０１３年９月", "2013-09"), ("截至2013年9月30日", "2013-09-30"), ("2013-09-30 00:00:00", "2013-09-30"),
    ("2013Q3", "2013Q3"),
    ("2013年第三季度", "2013Q3"), ("2013年3季度", "2013Q3"), (date(2013, 9, 30), "2013-09-30"),
    (datetime(2013, 9, 30), "2013-09-30"),
])
def test_a_date_in_the_forms_that_returns_write(raw: Raw, text: str) -> None:
    assert read(raw, "period") == Reading(text)


@pytest.mark.parametrize(("raw", "text"), [
    ("13.09.01", "2013-09-01"), ("85年6月", "1985-06"), ("130901", "2013-09-01"), ("2013年底", "2013-12-31"),
    ("至9月底", "2013-09-30"),
    ("9月30日", "2013-09-30"), ("2013年2月末", "2013-02-28"), ("2013年9月上旬", "2013-09-10"), ("2013年1-9月", "2013-09"),
    ("三季度", "2013Q3"),
    (41518, "2013-09-01"), (41518.5, "2013-09-01"), ("41518", "2013-09-01"), (datetime(2013, 9, 1, 14), "2013-09-01"),
])
def test_a_date_that_needed_a_rule_says_so(raw: Raw, text: str) -> None:
    found = read(raw, "period", year=2013)
    assert found.text == text and codes(found) == [Code.REREAD]


@pytest.mark.parametrize(("raw", "number_format", "text"), [
    (41518, 'yyyy"年"m"月"', "2013-09"), (2013.1, "0.00", "2013-10"), (datetime(2013, 9, 1), "yyyy-mm", "2013-09"),
    (datetime(2013, 9, 1), "yyyy年m月d日", "2013-09-01"), (datetime(2013, 1, 1), 'yyyy"年"', "2013"),
    (15000, "yyyy/m/d", "1941-01-24"),
])
def test_a_number_format_tells_a_date(raw: Raw, number_format: str, text: str) -> None:
    assert read(raw, "date", number_format=number_format) == Reading(text)


@pytest.mark.parametrize(("raw", "code"), [
    (2013.1, Code.AMBIGUOUS), ("2013.13", Code.FORM), ("2013-02-30", Code.FORM), (12, Code.FORM), ("9月", Code.PERIOD),
    (True, Code.FORM),
    ("2013年上半年", Code.FORM), ("2013Q3", Code.FORM), (20139, Code.FORM), ("9/1/2013", Code.FORM), (time(9), Code.FORM),
    (1e300, Code.FORM),
])
def test_a_date_that_cannot_be_told_is_refused(raw: Raw, code: Code) -> None:
    assert refused(raw, "date") == code


def test_the_first_month_in_a_csv_may_be_the_tenth() -> None:
    assert refused("2013.1", "date", typed=False) is Code.AMBIGUOUS
    lost = read_column(["2013.1", "2013.9"], column("date"), Setting(typed=False)).cells
    assert [codes(each) for each in lost] == [[Code.AMBIGUOUS], []]
    shown = read_column(["2013.1", "2013.10"], column("date"), Setting(typed=False)).cells
    assert [each.text for each in shown if isinstance(each, Reading)] == ["2013-01", "2013-10"]


@pytest.mark.parametrize("raw", [
    "1985.6", 1985.6, 1985.1, "1985年6月", datetime(1985, 6, 1), "19850601", "85年", 31199, "1985-06"])
def test_of_a_birth_date_the_year_is_kept(raw: Raw) -> None:
    found = read(raw, "integer", "year")
    assert found.text == "1985" and codes(found) == [Code.REREAD]


WRITTEN = ["{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日", "{0.year}.{0.month}.{0.day}"]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WRITTEN))
def test_any_day_in_any_form_is_that_day(day: date, form: str) -> None:
    assert read(form.format(day), "date").text == day.isoformat()


# ---- words and codes

@pytest.mark.parametrize(("raw", "text"), [
    ("有", "yes"), ("是", "yes"), ("√", "yes"), (True, "yes"), (1, "yes"), (1.0, "yes"), ("YES", "yes"),
    ("无", "no"), ("否", "no"), ("×", "no"), (False, "no"), ("0", "no"), ("無", "no"),
])
def test_yes_and_no(raw: Raw, text: str) -> None:
    assert read(raw, "boolean") == Reading(text)


def test_partly_is_neither() -> None:
    assert refused("部分", "boolean") is Code.AMBIGUOUS and refused("2", "boolean") is Code.CHOICE
    assert read("—", "boolean").state is State.MISSING


CHOICES = column("choice", choices=(Choice("none", Text(zh="无", en="none")),
                                    Choice("town", Text(zh="城镇", en="town"), ("街道", "镇区"))))


@pytest.mark.parametrize(("raw", "text"), [
    ("城镇", "town"), ("城鎮", "town"), (" 鎮區", "town"), ("Town", "town"), ("无", "none"), ("城 镇", "town")])
def test_a_choice_by_any_of_its_words_in_either_script(raw: Raw, text: str) -> None:
    assert read_cell(raw, CHOICES) == Reading(text)


def test_a_choice_that_is_none_names_the_nearest() -> None:
    found = read_cell("城镇化", CHOICES)
    assert codes(found) == [Code.CHOICE] and "城镇" in found.faults[0].remedy.zh


def test_codes_are_text() -> None:
    assert read("0320203", "code") == Reading("0320203") and read("豫财〔2013〕1号", "code").text == "豫财〔2013〕1号"
    for raw in (320203.0, 320203, "320203.0", "３２０２０３"):
        found = read(raw, "code")
        assert found.text == "320203" and codes(found) == [Code.REREAD]
    patterned = column("code", pattern="[1-9][0-9]{8}")
    assert codes(read_cell(320203.0, patterned)) == [Code.FORM] == codes(read_cell(1.5, column("code")))
    assert refused(4113250010010001.0, "code") is Code.FORM and read(411325001001, "code").text == "411325001001"


def test_units_and_places() -> None:
    assert [read(raw, "unit").text for raw in ("万元", "㎡", "households", "亩")] == ["CNY10k", "m2", "households", "mu"]
    assert refused("箩筐", "unit") is Code.UNIT
    assert [read(raw, "place").text for raw in (" 城关镇 ", "乾县")] == ["城关镇", "乾县"]
    assert codes(read("城关\n镇", "place")) == [Code.REREAD] and read(411325001, "place").text == "411325001"


# ---- anything at all

LETTERS = HAN + ("0123456789０１.,·％%‰-－—～至约近余多以上下不足超过户人亩元年月日底季度第Q/（）() \n'=#无同上√×"
                 "有是否千克㎡²①\u200b")
ANY = st.one_of(
    st.text(LETTERS, max_size=12), st.text(max_size=20), st.integers(), st.integers(1900, 60000), st.floats(), st.booleans(),
    st.none(), st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.decimals(), st.binary(max_size=4),
    st.lists(st.integers(), max_size=2))
SETTINGS = st.builds(Setting, unit=st.sampled_from(["", "", "mu", "CNY", "percent"]), year=st.none() | st.integers(1990, 2030),
                     typed=st.booleans(), zeros=st.booleans(),
                     number_format=st.sampled_from(["", "General", "0.00", "0%", "yyyy-mm", '"年"', "@"]))


@settings(max_examples=1500, deadline=None)
@given(ANY, st.integers(0, len(DECLARED) - 1), SETTINGS)
def test_any_cell_is_a_value_a_gap_or_a_refusal(raw: Any, at: int, setting: Setting) -> None:
    declared_column = DECLARED[at][1]
    found = read_cell(raw, declared_column, setting)
    assert isinstance(found, Reading | Refusal) and all(each.remedy.zh and each.code for each in found.faults)
    if isinstance(found, Refusal):
        return
    if found.state is not State.VALUE:
        assert found.text == "" and (found.state is not State.RANGE or found.low <= found.high)   # type: ignore[operator]
    elif declared_column.type in FORM:
        assert re.fullmatch(FORM[declared_column.type], found.text)
    if found.state is State.VALUE and declared_column.type in NUMBERS:
        assert found.low <= found.value <= found.high   # type: ignore[operator]
    if declared_column.choices and found.text:
        assert found.text in declared_column.allowed


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY, max_size=8), st.integers(0, len(DECLARED) - 1), SETTINGS)
def test_any_column_gives_a_reading_a_cell(cells: list[Any], at: int, setting: Setting) -> None:
    assert len(read_column(cells, DECLARED[at][1], setting).cells) == len(cells)


# ---- what the package writes is read back

@pytest.mark.parametrize("typed", [False, True])
def test_dummy_rows_are_read_back_as_text_and_as_numbers(typed: bool) -> None:
    for declaration in tables():
        rows = dummy_rows(declaration)
        for each in declaration.columns:
            number = typed and each.type in NUMBERS
            cells = [float(text) if number else no_formula(text) for text in rows[each.name]]
            found = read_column(cells, each, Setting(typed=typed))   # type: ignore[arg-type]
            texts = [reading.text if isinstance(reading, Reading) else reading for reading in found.cells]
            assert [Fraction(str(text)) if number else text for text in texts] == \
                [Fraction(text) if number else text for text in rows[each.name]], f"{declaration.id}.{each.name}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_choices_of_every_form_are_read_back(language: str) -> None:
    for declaration, each in DECLARED:
        for word in choice_words(each, language):
            found = read_cell(word, each)
            assert isinstance(found, Reading) and found.text and not found.faults, f"{declaration.id}.{each.name}: {word}"
        if each.choices:
            assert [read_cell(word, each).text for word in choice_words(each, language)] == list(each.allowed)   # type: ignore[union-attr]


def test_equal_cells_are_read_once_and_kinds_are_told_apart() -> None:
    found = read_column([Decimal("2013.10"), Decimal("2013.1"), timedelta(1), 1, 1.0, True], column("text")).cells
    assert [each.text if isinstance(each, Reading) else None for each in found] == ["2013.10", "2013.1", None, "1", "1", "TRUE"]
