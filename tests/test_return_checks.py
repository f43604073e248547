"""The declared checks over the rows of one return: every kind passes and fails at its cell, and says what to do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from dummy_rows import dummy_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, Severity
from commlib.declarations.columns import Column, ColumnType
from commlib.declarations.tables import TableDeclaration, tables
from commlib.intake.checks.declared import Context, checked
from commlib.intake.checks.printed import logic_faults, read_logic, total_faults
from commlib.intake.checks.rows import Rows
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.layout.blocks import TotalKind

WORDS = Text.same("words")
FIRST_ROW = 6
LETTERS = dict(zip("kpabcdef", "ABCDEFGH", strict=True))


def number(name: str, kind: ColumnType = ColumnType.DECIMAL, unit: str = "", minimum: int | None = 0) -> Column:
    return Column(name, Text.same(name.upper()), kind, False, minimum=None if minimum is None else Decimal(minimum), unit=unit)


def declared(*checks: Check, units: dict[str, str] | None = None, kind: ColumnType = ColumnType.INTEGER,
             minimum: int | None = 0) -> TableDeclaration:
    """A table of a place `k`, a period `p`, numbers `a` to `e` and the flag `f`."""
    units = units or {}
    columns = [Column("k", Text.same("K"), ColumnType.PLACE, True), Column("p", Text.same("P"), ColumnType.PERIOD, True),
               *(number(name, kind, units.get(name, "households"), minimum) for name in "abcde"),
               Column("f", Text.same("F"), ColumnType.BOOLEAN, False)]
    return TableDeclaration("t", "own", WORDS, WORDS, ("k", "p"), tuple(columns), place=("k",), period="p", checks=checks)


def frame(*cells: dict[str, Any], first: int = FIRST_ROW) -> pd.DataFrame:
    """Rows with a place and a period of their own where none is given."""
    blank = dict.fromkeys(LETTERS, "") | {"p": "2013-09"}
    filled = [{name: str(cell) for name, cell in {**blank, "k": f"k{at}", **each}.items()} for at, each in enumerate(cells)]
    return pd.DataFrame(filled, index=range(first, first + len(cells)), columns=list(LETTERS), dtype=str)


def rows_of(*cells: dict[str, Any], first: int = FIRST_ROW, **more: Any) -> Rows:
    return Rows("t.xlsx", "Sheet1", frame(*cells, first=first), LETTERS, **more)


def check_rows(rows: Rows, table: TableDeclaration, context: Context | None = None) -> list[ReturnFault]:
    return [fault for _, fault in checked(rows, table, context or Context())]


def faults_of(check: Check, *cells: dict[str, Any], context: Context | None = None, **more: Any) -> list[ReturnFault]:
    return check_rows(rows_of(*cells), declared(check, **more), context)


def where(faults: list[ReturnFault]) -> list[tuple[str, str]]:
    return [(fault.cell, fault.code) for fault in faults]


SUM = Check(CheckKind.SUM, ("a", "b", "c"))
PART = Check(CheckKind.PART, ("a", "b"))
ORDER = Check(CheckKind.ORDER, ("a", "b", "c", "d"), unless="f")
DATES = Check(CheckKind.DATES, ("a", "b", "c"))
RATE = Check(CheckKind.RATE, ("a", "b", "c"), Severity.WARNING)
GROWTH = Check(CheckKind.GROWTH, ("a", "b", "c"))
PRODUCT = Check(CheckKind.PRODUCT, ("a", "b", "c"))
PERCENT = {"units": {"a": "percent"}, "kind": ColumnType.DECIMAL}


@pytest.mark.parametrize(("check", "cells", "more"), [
    (SUM, {"a": 516, "b": 240, "c": 277}, {}),                        # rounded parts
    (SUM, {"a": 516, "b": 240}, {}),                                  # the blank part may be the rest
    (SUM, {"a": "", "b": 240, "c": 277}, {}), (SUM, {"a": 516}, {}),  # nothing to compare
    (PART, {"a": 240, "b": 240}, {}), (PART, {"a": 240}, {}),
    (PART, {"a": "", "b": 3}, {}),
    (ORDER, {"a": 9, "b": 7, "c": 7, "d": 0}, {}), (ORDER, {"a": 9, "d": 9}, {}),
    (ORDER, {"a": 9, "b": 10, "f": "yes"}, {}),                       # excused: carried over
    (RATE, {"a": "86.3", "b": 17282, "c": 20034}, PERCENT), (RATE, {"a": "86", "b": 17282, "c": 20034}, PERCENT),
    (RATE, {"a": 50, "b": 0, "c": 0}, PERCENT),                       # of nothing there is no rate
    (GROWTH, {"a": "-10.5", "b": 179, "c": 200}, {**PERCENT, "minimum": None}),
    (PRODUCT, {"a": 900, "b": 3, "c": 300}, {}),
    (PRODUCT, {"a": "9", "b": "20", "c": "4500"},
     {"units": {"a": "CNY10k", "b": "mu", "c": "CNY/mu"}, "kind": ColumnType.DECIMAL}),
])
def test_a_row_that_keeps_its_check_has_no_fault(check: Check, cells: dict[str, Any], more: dict[str, Any]) -> None:
    assert where(faults_of(check, cells, **more)) == []


@pytest.mark.parametrize(("check", "cells", "more", "cell", "code"), [
    (SUM, {"a": 520, "b": 240, "c": 277}, {}, "C7", Code.SUM),
    (SUM, {"a": 200, "b": 240}, {}, "C7", Code.SUM),                  # the known part alone is more
    (PART, {"a": 241, "b": 240}, {}, "C7", Code.PART),
    (ORDER, {"a": 9, "b": 10, "c": 7, "d": 6}, {}, "D7", Code.ORDER),
    (ORDER, {"a": 90, "b": 9, "c": 70, "d": 60}, {}, "D7", Code.ORDER),   # started is too small, all else is in order
    (ORDER, {"a": 9, "b": 80, "c": 70, "d": 60}, {}, "C7", Code.ORDER),   # planned is too small
    (ORDER, {"a": 90, "b": 80, "c": 70, "d": 71}, {}, "F7", Code.ORDER),
    (ORDER, {"a": 9, "b": 10, "f": "no"}, {}, "D7", Code.ORDER),
    (RATE, {"a": "86.2", "b": 17282, "c": 20034}, PERCENT, "C7", Code.ROUNDING),   # 86.263 cut off; rounded it is 86.3
    (RATE, {"a": "86.4", "b": 17282, "c": 20034}, PERCENT, "C7", Code.RATE),
    (GROWTH, {"a": "10.5", "b": 179, "c": 200}, {**PERCENT, "minimum": None}, "C7", Code.RATE),
    (PRODUCT, {"a": 901, "b": 3, "c": 300}, {}, "C7", Code.RATE),
])
def test_a_row_that_breaks_its_check_is_told_at_the_cell(check: Check, cells: dict[str, Any], more: dict[str, Any], cell: str,
                                                         code: Code) -> None:
    found = faults_of(check, {}, cells, **more)
    assert where(found) == [(cell, code)]
    assert found[0].severity is (Severity.NOTE if code is Code.ROUNDING else check.severity)
    assert found[0].found == str(cells[{"C": "a", "D": "b", "F": "d"}[cell[0]]]) and found[0].remedy.zh


def test_dates_are_compared_as_far_as_they_are_known() -> None:
    columns = [Column(name, Text.same(name), ColumnType.DATE, False) for name in "abc"]
    table = TableDeclaration("t", "own", WORDS, WORDS, ("a", "b", "c"), tuple(columns), checks=(DATES,))
    rows = rows_of({"a": "2013-05-02", "b": "2013", "c": "2013-05"}, {"a": "2013-05-02", "b": "2013-04"},
                   {"a": "2013Q3", "b": "", "c": "2013-06-30"})
    assert where(check_rows(rows, table)) == [("D7", Code.DATES), ("E8", Code.DATES)]


def test_numbers_printed_less_finely_than_others_may_be_rounded() -> None:
    table = declared(Check(CheckKind.PART, ("a", "b")), kind=ColumnType.DECIMAL)
    assert where(check_rows(rows_of({"a": "12.34", "b": "12.3"}, {"a": "12.36", "b": "12.3"}, {"a": "12.35"}), table)) == \
        [("C7", Code.PART)]
    assert where(check_rows(rows_of({"a": "12.4", "b": "12.3"}), table)) == [("C6", Code.PART)]


@pytest.mark.parametrize(("low", "high", "wrong"), [(500, 530, False), (300, 400, True), (519, 600, True), (518, 600, False)])
def test_a_hedged_number_fails_only_where_no_value_of_it_would_pass(low: int, high: int, wrong: bool) -> None:
    cells = frame({"a": 510, "b": 240, "c": 277})
    rows = Rows("t.xlsx", "Sheet1", cells, LETTERS, low=pd.DataFrame({"a": [low]}, index=cells.index, dtype=float),
                high=pd.DataFrame({"a": [high]}, index=cells.index, dtype=float))
    assert bool(check_rows(rows, declared(SUM))) is wrong
    ends = Rows("t.xlsx", "Sheet1", cells.assign(a=""), LETTERS, low=rows.low, high=rows.high)   # 3-5: no one value
    assert [fault.found for fault in check_rows(ends, declared(SUM))] == ([f"{low}–{high}"] if wrong else [])


def test_a_number_printed_in_ten_thousands_may_be_off_by_half_of_them() -> None:
    cells = frame({"a": 12000, "b": 6300, "c": 5300}, {"a": 13000, "b": 6300, "c": 5300})
    step = pd.DataFrame({"a": [1000.0, 1000.0]}, index=cells.index)
    assert where(check_rows(Rows("t.xlsx", "Sheet1", cells, LETTERS, step=step), declared(SUM))) == [("C7", Code.SUM)]


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=4), st.integers(0, 10**6), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_a_sum_passes_just_within_its_tolerance(parts: list[int], off: int, decimals: int) -> None:
    names = "abcde"[:len(parts) + 1]
    scale = Decimal(10) ** -decimals
    total = (sum(parts) + off) * scale
    cells = dict(zip(names, [total, *(part * scale for part in parts)], strict=True))
    table = declared(Check(CheckKind.SUM, tuple(names)), kind=ColumnType.DECIMAL)
    found = check_rows(rows_of({name: f"{cell:f}" for name, cell in cells.items()}), table)
    allowed = max(Decimal(1), scale / 2 * len(parts))
    assert bool(found) == (off * scale > allowed)


@given(st.lists(st.lists(st.integers(0, 1000), min_size=3, max_size=3), min_size=1, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_a_printed_total_of_whole_numbers_is_their_sum(cells: list[list[int]], data: st.DataObject) -> None:
    rows = rows_of(*(dict(zip("abc", each, strict=True)) for each in cells))
    sums = {name: sum(each[number] for each in cells) for number, name in enumerate("abc")}
    wrong = data.draw(st.sampled_from(["", "a", "b", "c"]))
    printed = {name: value + (2 if name == wrong else 0) for name, value in sums.items()}
    totals = rows_of({"k": "", "p": "", **printed}, first=FIRST_ROW + len(cells))
    found = total_faults(rows, totals, [TotalKind.TOTAL], declared())
    assert where(found) == ([(f"{LETTERS[wrong]}{FIRST_ROW + len(cells)}", Code.TOTAL)] if wrong else [])


# ---- over time

def series(*values: Any, **more: Any) -> Rows:
    return rows_of(*({"k": "k", "p": f"2013-{month:02d}", "a": value} for month, value in enumerate(values, 1)), **more)


FALLS, JUMPS = Check(CheckKind.CUMULATIVE, ("a",)), Check(CheckKind.JUMP, ("a",), limit=Decimal(50))
SAME = Check(CheckKind.UNCHANGED, ("a",), Severity.NOTE, limit=Decimal(3))


@pytest.mark.parametrize(("check", "values", "cells"), [
    (FALLS, (10, 20, 20, 30), []), (FALLS, (10, "", 20), []), (FALLS, (10, 20, 3, 40), ["C8"]),
    (FALLS, (10, 20, 300, 40, 50), ["C8"]), (FALLS, (10, 20, "", 19), ["C9"]),
    (JUMPS, (10, 15, 8), []), (JUMPS, (10, 16), ["C7"]), (JUMPS, (10, 4), ["C7"]), (JUMPS, (0, 16), []),
    (SAME, (5, 5, 6), []), (SAME, (0, 0, 0), []), (SAME, (5, 5, 5), ["C8"]), (SAME, (4, 5, 5, 5, 5, 6), ["C10"]),
])
def test_the_periods_of_one_place_are_compared_in_order(check: Check, values: tuple[Any, ...], cells: list[str]) -> None:
    rows = series(*values)
    backwards = Rows(rows.file, rows.sheet, rows.values.iloc[::-1], LETTERS)
    for each in (rows, backwards):
        assert sorted(fault.cell for fault in check_rows(each, declared(check))) == cells


def test_a_return_is_compared_with_what_was_reported_before() -> None:
    earlier = frame({"k": "k", "p": "2013-07", "a": 30}, {"k": "k", "p": "2013-08", "a": 30},
                    {"k": "k", "p": "2013-09", "a": 99}, {"k": "other", "p": "2013-08", "a": 500})
    rows = rows_of({"k": "k", "p": "2013-09", "a": 30}, {"k": "new", "p": "2013-09", "a": 1})
    context = Context(earlier)
    assert where(check_rows(rows, declared(FALLS, JUMPS), context)) == []   # its own September is replaced
    assert where(check_rows(rows, declared(SAME), context)) == [("C6", Code.UNCHANGED)]
    low = rows_of({"k": "k", "p": "2013-09", "a": 12})
    found = check_rows(low, declared(FALLS, JUMPS), context)
    assert where(found) == [("C6", Code.FALLEN), ("C6", Code.JUMP)]
    assert "2013-08" in found[0].remedy.zh and "30" in found[0].allowed.en
    late_correction = rows_of({"k": "k", "p": "2013-06", "a": 31})
    assert where(check_rows(late_correction, declared(FALLS), context)) == [("C6", Code.FALLEN)]


# ---- keys, rows, totals, logic, reporters

def test_a_second_row_with_the_same_key_or_values_is_told_with_the_first() -> None:
    rows = rows_of({"k": "x", "a": 1}, {"k": "y", "a": 1}, {"k": "x", "a": 2}, {"k": "", "a": 3}, {"k": "", "a": ""})
    found = check_rows(rows, declared(Check(CheckKind.UNIQUE, ("a",), Severity.WARNING)))
    assert where(found) == [("C7", Code.UNIQUE), ("A8", Code.KEY)]
    assert found[1].severity is Severity.ERROR and "A6" in found[1].remedy.en


def test_rows_may_not_sum_to_more_than_the_other_table_says() -> None:
    check = Check(CheckKind.ROWS, ("a",), Severity.WARNING, over="p", whole="other.n")
    others = {"other": pd.DataFrame({"k": ["q1", "q2"], "n": ["100", "100"]})}
    rows = rows_of({"k": "q1", "p": "2013-01", "a": 60}, {"k": "q1", "p": "2013-02", "a": 40},
                   {"k": "q2", "p": "2013-01", "a": 60}, {"k": "q2", "p": "2013-02", "a": 41}, {"k": "q3", "a": 999})
    assert where(check_rows(rows, declared(check), Context(others=others))) == [("C9", Code.ROWS)]
    assert check_rows(rows, declared(check)) == []


def test_a_cell_is_named_by_letter_line_or_its_own_address() -> None:
    cells = frame({"a": 9, "b": 4, "c": 3})
    assert where(check_rows(Rows("t.csv", "", cells), declared(SUM))) == [("line 6", Code.SUM)]
    addresses = pd.DataFrame({"a": ["AB7"]}, index=cells.index)   # a month that stood in a column
    sheets = pd.Series(["续表"], index=cells.index)
    found = check_rows(Rows("t.xlsx", "Sheet1", cells, LETTERS, cells=addresses, sheets=sheets), declared(SUM))
    assert [(each.sheet, each.cell) for each in found] == [("续表", "AB7")] and "D6" in found[0].remedy.zh


def test_an_id_that_the_other_table_does_not_hold_is_told() -> None:
    columns = (Column("k", WORDS, ColumnType.CODE, True), Column("a", WORDS, ColumnType.CODE, False, references="other.id"),
               Column("b", WORDS, ColumnType.CODE, False, references="t.k"))
    table = TableDeclaration("t", "own", WORDS, WORDS, ("k",), columns)
    others = {"other": pd.DataFrame({"id": ["p-01", "p-02"]}), "t": pd.DataFrame({"k": ["old"]})}
    rows = rows_of({"a": "p-01;p-2", "b": "old"}, {"a": "p-02", "b": "k0"}, {"a": "", "b": "k9"})
    found = check_rows(rows, table, Context(others=others))
    assert where(found) == [("C6", Code.REFERENCE), ("D8", Code.REFERENCE)] and "p-02" in found[0].remedy.zh
    assert check_rows(rows, table) == []


def test_units_of_one_kind_are_compared_in_one_unit() -> None:
    table = declared(SUM, units={"a": "CNY10k", "b": "CNY", "c": "CNY"}, kind=ColumnType.DECIMAL)
    assert where(check_rows(rows_of({"a": 12, "b": 70000, "c": 50000}, {"a": 12, "b": 90000, "c": 50000}), table)) == \
        [("C7", Code.SUM)]


def test_subtotals_stand_for_the_rows_between_them_and_parts_for_less_than_their_whole() -> None:
    values = pd.concat([frame({"a": 1}, {"a": 2}), frame({"a": 10}, {"a": 20}, first=9)])
    rows = Rows("t.xlsx", "Sheet1", values, LETTERS)
    totals = pd.concat([frame({"a": number}, first=row) for row, number in ((8, 3), (11, 30), (12, 33), (13, 34))])
    totals[["k", "p"]] = ""
    kinds = [TotalKind.SUBTOTAL, TotalKind.SUBTOTAL, TotalKind.TOTAL, TotalKind.PART]
    sums = Rows("t.xlsx", "Sheet1", totals, LETTERS)
    assert where(total_faults(rows, sums, kinds, declared())) == [("C13", Code.PART)]
    leading = Rows("t.xlsx", "Sheet1", totals.set_index(pd.Index([5, 8, 4, 3])), LETTERS)   # totals that go before their rows
    assert where(total_faults(rows, leading, kinds, declared())) == []
    wrong = Rows("t.xlsx", "Sheet1", totals.assign(a=["3", "33", "33", "1"]), LETTERS)
    assert where(total_faults(rows, wrong, kinds, declared())) == [("C11", Code.TOTAL)]


def test_a_total_of_a_named_place_stands_for_its_rows_and_shares_are_never_summed() -> None:
    table = declared(SUM, units={"d": "percent"})
    rows = rows_of({"k": "x", "a": 5, "b": 4, "c": 1, "d": 50}, {"k": "x", "p": "2013-10", "a": 7, "d": 50}, {"k": "y", "a": 100})
    totals = rows_of({"k": "x", "p": "", "a": 12, "b": 4, "c": 20, "d": 50}, first=9)
    found = total_faults(rows, totals, [TotalKind.SUBTOTAL], table)
    assert where(found) == [("C9", Code.SUM)]   # and c may hold what the second row leaves blank
    assert found[0].severity is Severity.ERROR


def test_lines_of_logic_are_read_and_applied() -> None:
    numbered = {1: "a", 2: "b", 3: "c", 4: "d", 7: "e"}
    lines = [("A20", "逻辑关系：７栏＝１栏＋４栏；(3)=(1)-(2)，2栏≤1栏。填表人：张三"),
             ("A21", "9栏=1栏+2栏; 7=1×4"), ("A22", "2013年=好")]
    logic, unread = read_logic(lines, numbered, "t.xlsx", "Sheet1")
    assert [each.words for each in logic] == ["7栏=1栏+4栏", "(3)=(1)-(2)", "2栏≤1栏"]
    assert [(each.cell, each.found, each.severity) for each in unread] == \
        [("A21", "9栏=1栏+2栏", Severity.NOTE), ("A21", "7=1×4", Severity.NOTE)]
    rows = rows_of({"a": 10, "b": 4, "c": 6, "d": 5, "e": 15}, {"a": 10, "b": 14, "c": 0, "d": 5, "e": 19}, {"a": 1, "e": 1})
    assert where(logic_faults(rows, logic, declared())) == [("G7", Code.LOGIC), ("E7", Code.LOGIC), ("D7", Code.LOGIC)]


# ---- all tables

@pytest.mark.parametrize("table", [each for each in tables() if each.checks], ids=lambda each: each.id)
def test_rows_that_keep_the_checks_raise_no_alarm(table: TableDeclaration) -> None:
    cells = dummy_rows(table, 12)
    cells.index += 5
    others = {check.whole.partition(".")[0]: pd.DataFrame() for check in table.checks if check.whole}
    assert check_rows(Rows("t.xlsx", table.id, cells), table, Context(others=others)) == []


@pytest.mark.parametrize(("total", "faults"), [("200", 0), ("999", 10_000)])
def test_ten_thousand_rows_are_checked_at_once(total: str, faults: int) -> None:
    table = declared(SUM, ORDER, FALLS, JUMPS)
    places, periods = [f"k{row % 500}" for row in range(10_000)], [f"{2000 + row // 500}" for row in range(10_000)]
    cells = pd.DataFrame({"k": places, "p": periods, "a": total, "b": "1000" if faults else "100", "c": "100", "d": "0"})
    found = check_rows(Rows("t.xlsx", "Sheet1", cells, LETTERS), table)
    assert where(found)[:1] == ([("C0", Code.SUM)] if faults else []) and len(found) == 2 * faults   # of the sum, and the order
