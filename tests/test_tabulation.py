"""Rows of any table counted, added up and divided: worked by hand; what stands and what flows; and the blocks made of it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from intake_home import small_home
from test_blocks import Balance
from theme_home import FIRST, OTHER_TOWN, SECOND, THIRD, TOWN, opened

from commlib import tabulation
from commlib.blocks import rows
from commlib.phrases import phrase
from commlib.view import CountyView

FLOWS = [("1", "2012-11-05", TOWN, "county", "100", "90"), ("2", "2013-02-01", TOWN, "county", "200", "100"),
         ("3", "2013-05-01", TOWN, "city", "100", "100"), ("4", "2013-09-01", OTHER_TOWN, "county", "50", ""),
         ("5", "2013-10-01", OTHER_TOWN, "", "30", "30")]
ROWS = {
    "fund_flow": [{"flow_id": flow, "date": day, "township_id": town, "level": level, "arrived": arrived, "paid": paid}
                  for flow, day, town, level, arrived, paid in FLOWS],
    "project_progress": [{"project_id": project, "as_of": day, "stage": stage, "investment_done": done}
                         for project, day, stage, done in [("a", "2013-03-31", "not_started", "0"),
                                                           ("a", "2013-06-30", "completed", "9"),
                                                           ("b", "2013-03-31", "under_construction", "4")]],
    "outlet": [{"outlet_id": "o1", "township_id": TOWN, "community_id": FIRST, "kind": "market", "stage": "open"},
               {"outlet_id": "o2", "township_id": OTHER_TOWN, "community_id": THIRD, "kind": "market", "stage": "open"}],
    "outlet_month": [{"outlet_id": outlet, "month": month, "income": income}
                     for outlet, month, income in [("o1", "2013-08", "3"), ("o1", "2013-09", "4"), ("o2", "2013-09", "5")]],
    "land_transfer": [{"unit_id": TOWN, "township_id": TOWN, "period": quarter, "area": area}
                      for quarter, area in [("2012Q4", "10"), ("2013Q1", "20"), ("2013Q3", "30")]],
    "facility": [{"facility_id": "f1", "township_id": TOWN, "community_id": SECOND, "kind": "clinics", "count": "2"}],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tabulation")


@pytest.fixture(scope="module")
def views(home: Path) -> dict[str, CountyView]:
    project = small_home(home)
    zh = opened(project, ROWS)
    return {"zh": zh, "en": opened(project, {}, language="en"), "2013-03": opened(project, {}, "2013-03")}


def tally(view: CountyView, table_id: str, *by: str, of: str = "", over: str = "", per: float = 1,
          ) -> dict[tuple[str, ...], float]:
    frame = tabulation.tallied(view, tabulation.rows_of(view, table_id, of), by, of, over, per)
    return {tuple(row[name] for name in by): row["value"] for _, row in frame.iterrows()}


def test_what_flows_is_added_up_over_the_year_of_the_last_period(views: dict[str, CountyView]) -> None:
    assert tally(views["zh"], "fund_flow", "township_id", of="arrived") == {(TOWN,): 300, (OTHER_TOWN,): 80}
    assert tabulation.rows_of(views["zh"], "fund_flow").span == "2013"
    assert tally(views["2013-03"], "fund_flow", "township_id", of="arrived") == {(TOWN,): 200}


def test_a_rate_is_pooled_over_the_rows_that_give_both_numbers(views: dict[str, CountyView]) -> None:
    rates = tally(views["zh"], "fund_flow", "township_id", of="paid", over="arrived", per=100)
    assert rates == {(TOWN,): pytest.approx(100 * 200 / 300), (OTHER_TOWN,): 100}   # the 50 without a payment do not count


def test_of_what_stands_the_last_row_of_each_thing_counts(views: dict[str, CountyView]) -> None:
    assert tally(views["zh"], "project_progress", "stage") == {("under_construction",): 1, ("completed",): 1}
    assert tally(views["zh"], "project_progress", "stage", of="investment_done")[("completed",)] == 9
    assert tally(views["2013-03"], "project_progress", "stage") == {("not_started",): 1, ("under_construction",): 1}


def test_a_grouping_may_be_a_column_of_the_table_that_an_id_refers_to(views: dict[str, CountyView]) -> None:
    assert tally(views["zh"], "outlet_month", "outlet.township_id", of="income") == {(TOWN,): 7, (OTHER_TOWN,): 5}
    assert tally(views["zh"], "outlet_month", "outlet.kind", "month") == {("market", "2013-08"): 1, ("market", "2013-09"): 2}


def test_conditions_choose_rows(views: dict[str, CountyView]) -> None:
    assert len(tabulation.rows_of(views["zh"], "fund_flow", where={"level": "*"}, every=True).frame) == 4
    assert len(tabulation.rows_of(views["zh"], "fund_flow", where={"level": ["city", "province"]}, every=True).frame) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bars_name_the_table_the_column_and_the_pooled_value(views: dict[str, CountyView], language: str) -> None:
    view = views[language]
    block = rows.rows_by(view, "fund_flow", "level", "arrived")
    assert block.frame["value"].tolist() == [250, 100]   # one flow of 30 leaves the source blank, and a note says so
    assert phrase("rows.blank", language, n=1, column={"zh": "资金来源", "en": "source by level"}[language]) in block.html
    pooled = rows.rows_by(view, "fund_flow", "township_id", "paid", "arrived", 100)
    assert phrase("rows.pooled", language) in pooled.html and not Balance(pooled.html).open
    counted = rows.rows_by(view, "facility", "kind")
    numbers = dict(zip(counted.frame["label"], counted.frame["value"], strict=True))
    assert numbers[{"zh": "卫生室", "en": "clinics"}[language]] == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_grid_tells_zero_from_what_was_not_reported(views: dict[str, CountyView], language: str) -> None:
    frame = rows.rows_grid(views[language], "project_progress", "project_id", "stage").frame
    assert frame["value"].tolist() == [0, 1, 1, 0] or frame["value"].tolist() == [1, 0, 0, 1]
    sums = rows.rows_grid(views[language], "fund_flow", "township_id", "level", "arrived").frame
    silent = sums.groupby("label")["value"].apply(lambda values: bool(values.isna().all()))
    assert silent.sum() == len(silent) - 2   # every township that has no flow is not reported, never zero


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_and_lists_and_what_is_waited_for(views: dict[str, CountyView], language: str) -> None:
    view = views[language]
    curve = rows.rows_over_time(view, "outlet_month", "income")
    assert curve.frame["value"].tolist() == [3, 9]
    listed = rows.rows_list(view, "fund_flow", "flow_id", "date", "level", "arrived", "paid", order="arrived", last_first=True)
    assert [float(each) for each in listed.frame.iloc[:, 3]] == [200, 100, 50, 30] and listed.frame.iloc[2, 4] == "—"
    for block in (rows.rows_by(view, "event", "kind"), rows.rows_grid(view, "event", "kind", "community_id"),
                  rows.rows_over_time(view, "event", "cost"), rows.rows_list(view, "event", "date"),
                  rows.rows_by(view, "facility", "kind", "floor_area")):
        assert "waits" in block.html and "figure" not in block.html


def test_a_hedged_number_counts_by_the_end_that_is_known(views: dict[str, CountyView]) -> None:
    found = tabulation.rows_of(views["zh"], "fund_flow")
    hedged = tabulation.Rows(found.declaration, found.frame.assign(arrived="", arrived__low="7"), found.span)
    assert tabulation.numbers(hedged, "arrived").eq(7).all()
    assert math.isnan(tabulation.numbers(found, "due").iloc[0])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_quarters_are_drawn_as_quarters_with_a_gap_where_one_is_missing(views: dict[str, CountyView], language: str) -> None:
    lines = rows.rows_over_time(views[language], "land_transfer", "area")
    assert lines.frame[["period", "value"]].to_numpy().tolist() == [["2012Q4", 10], ["2013Q1", 20], ["2013Q3", 30]]
    assert phrase("rows.by_quarter", language) in lines.html and phrase("chart.gaps", language, n=1, of=4) in lines.html


def test_a_base_of_zero_is_no_denominator_and_not_silence(tmp_path: Path) -> None:
    flows = [("1", TOWN, "0", "0"), ("2", OTHER_TOWN, "10", "5"), ("3", "", "", "")]
    view = opened(small_home(tmp_path), {"fund_flow": [
        {"flow_id": flow, "date": "2013-02-01", "township_id": town, "arrived": arrived, "paid": paid}
        for flow, town, arrived, paid in flows]})
    bars = rows.rows_by(view, "fund_flow", "township_id", of="paid", over="arrived", per=100)
    assert dict(zip(bars.frame["value"].fillna(-1), bars.frame["status"], strict=True)) == {50: "ok", -1: "no_denominator"}
    each = rows.rows_by(view, "fund_flow", "township_id", of="paid", over="arrived", per=1)
    assert "每1" not in each.html   # so many CNY 10k per CNY 10k, not per 1


def test_yes_and_no_are_words_of_the_page_and_numbers_have_their_unit(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    met = [{"unit_id": place, "standard_id": "s", "item_no": "1", "as_of": "2013-09-01", "met": word}
           for place, word in ((FIRST, "yes"), (SECOND, "yes"), (THIRD, "no"))]
    months = [{"enterprise_id": name, "park_id": "p", "as_of": "2013-09-01", "stage": "operating", "months_produced": number}
              for name, number in (("a", "12"), ("b", "3"))]
    view = opened(home, {"checklist_result": met, "park_enterprise": months})
    tabled = tabulation.tallied(view, tabulation.rows_of(view, "checklist_result"), ["met"])
    assert dict(zip(tabled["met_label"], tabled["value"], strict=True)) == {"是": 2, "否": 1}
    tabled = tabulation.tallied(view, tabulation.rows_of(view, "park_enterprise"), ["months_produced"])
    assert tabled["months_produced_label"].tolist() == ["3个月", "12个月"]
