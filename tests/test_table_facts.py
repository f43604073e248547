"""Rows of tables become facts: summed, counted, dated and placed; from the store they reach indicators and the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_home import NEIXIANG, rows_of, small_home, taken

from commlib import phrases
from commlib.audit.agreement import disagreements
from commlib.blocks.audit import distrust
from commlib.blocks.overview import share_chart
from commlib.declarations.tables import table
from commlib.errors import StoreError
from commlib.home import Home
from commlib.intake.releases import Releases
from commlib.intake.reported import FACT_COLUMNS, IDENTITY
from commlib.intake.table_facts import table_facts
from commlib.places import place_book
from commlib.reads import recording
from commlib.store import open_store
from commlib.view import CountyView, open_county

TOWN, OTHER = "411325100", "411325101"
FIRST, SECOND, THIRD = "411325100001", "411325100002", "411325101200"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    return small_home(tmp_path)


def facts_of(home: Home, table_id: str, *rows: dict[str, str], dated: str = "", **more: Any) -> pd.DataFrame:
    frame = rows_of(table_id, rows).assign(_release="3", _file="月报.xlsx", _dated=dated, **more)
    found = table_facts(frame, table(table_id), place_book(home))
    assert list(found.columns) == FACT_COLUMNS and not found.duplicated(IDENTITY).any()
    return found


def values(facts: pd.DataFrame, quantity: str, member: str = "") -> dict[tuple[str, str], float]:
    own = facts[(facts["quantity"] == quantity) & (facts["member"] == member)]
    return dict(zip(zip(own["place"], own["period"], strict=True), own["value"], strict=True))


def month(place: str, day: str, **cells: str) -> dict[str, str]:
    return {"township_id": place[:9], "community_id": place, "as_of": day, **cells}


# ---- values, units and hedges

def test_a_column_feeds_its_measure_in_its_unit_at_the_place_and_month_of_the_row(home: Home) -> None:
    facts = facts_of(home, "housing_progress", month(FIRST, "2013-09-30", completed="100", planned="120", invested="1.5"))
    assert values(facts, "households_completed") == {(FIRST, "2013-09"): 100.0}
    assert values(facts, "fixed_asset_investment_communities") == {(FIRST, "2013-09"): 1.5}
    plan = facts[facts["quantity"] == "households_planned"].iloc[0]
    assert plan["nature"] == "plan" and plan["level"] == "community" and plan["place_name"] == "县衙社区居民委员会"
    assert plan["source"] == "release:3/housing_progress/表!2" and plan["document"] == "housing_progress@月报.xlsx"
    assert set(facts["quantity"]) == {"households_completed", "households_planned", "fixed_asset_investment_communities"}
    area = facts_of(home, "unit_profile", {"township_id": "", "unit_id": NEIXIANG, "period": "2013", "arable_area": "90"})
    assert values(area, "arable_area") == {(NEIXIANG, "2013"): 90.0} and set(area["unit"]) == {"mu"}


@pytest.mark.parametrize(("text", "low", "high", "qualifier", "expected"), [
    ("300", "295", "305", "approx", (300, 295, 305)), ("300", "300", "", "at_least", (300, 300, float("inf"))),
    ("", "3", "5", "range", (4, 3, 5)), ("10", "0", "10", "at_most", (10, 0, 10)), ("7", "", "", "", (7, 7, 7)),
])
def test_hedges_are_kept_as_intervals(home: Home, text: str, low: str, high: str, qualifier: str,
                                      expected: tuple[float, ...]) -> None:
    cells = {"completed": text, "completed__low": low, "completed__high": high, "completed__qualifier": qualifier}
    fact = facts_of(home, "housing_progress", month(FIRST, "2013-09-30", **cells)).iloc[0]
    assert (fact["value"], fact["low"], fact["high"]) == expected and fact["qualifier"] == (qualifier or "exact")


def test_units_that_rows_name_are_converted_exactly_and_other_kinds_feed_nothing(home: Home) -> None:
    rows = [{"unit_id": NEIXIANG, "period": "2013Q3", "indicator": indicator, "value": value, "unit": unit, "base_value": base}
            for indicator, value, unit, base in (("gdp", "13.81", "CNY100m", "12"), ("fiscal_revenue", "3", "percent", ""))]
    facts = facts_of(home, "economy", *rows)
    assert values(facts, "gdp") == {(NEIXIANG, "2013Q3"): 138_100.0, (NEIXIANG, "2012Q3"): 120_000.0}
    assert set(facts["unit"]) == {"CNY10k"} and set(facts["quantity"]) == {"gdp"}


# ---- periods

def test_of_a_running_total_the_last_row_of_a_month_counts_and_what_flows_adds_up_over_the_year(home: Home) -> None:
    half_months = [month(FIRST, f"2013-09-{day}", completed=number) for day, number in (("30", "120"), ("15", "100"))]
    assert values(facts_of(home, "housing_progress", *half_months), "households_completed") == {(FIRST, "2013-09"): 120.0}
    flows = [{"flow_id": str(number), "date": day, "township_id": TOWN, "unit_id": FIRST, "level": level, "disbursed": "10"}
             for number, (day, level) in enumerate([("2013-03-05", "county"), ("2013-05-06", "county"), ("2012-05-06", "county"),
                                                    ("2013-05-06", "central")])]
    assert values(facts_of(home, "fund_flow", *flows), "county_grants") == {(FIRST, "2012"): 10.0, (FIRST, "2013"): 20.0}


@pytest.mark.parametrize(("dated", "period"), [("2013-10-08", "2013-10"), ("2013", "2013"), ("", "undated:community")])
def test_a_table_without_a_period_stands_where_its_return_was_dated(home: Home, dated: str, period: str) -> None:
    rows = [{"township_id": TOWN, "community_id": place, "status": "planned", "pilot_batch": batch}
            for place, batch in ((FIRST, "1"), (SECOND, ""))]
    facts = facts_of(home, "community", *rows, dated=dated)
    assert values(facts, "communities") == {(FIRST, period): 1.0, (SECOND, period): 1.0}
    assert values(facts, "pilot_communities") == {(FIRST, period): 1.0, (SECOND, period): 0.0}
    assert values(facts, "communities_with_residents") == {(FIRST, period): 0.0, (SECOND, period): 0.0}   # none is so far built


def test_what_came_in_time_is_counted_apart(home: Home) -> None:
    rows = [{"township_id": place, "period": "2013-09", "due_on": "2013-10-05", "received_on": day}
            for place, day in ((TOWN, "2013-10-05"), (OTHER, "2013-10-06"), ("411325102", ""))]
    facts = facts_of(home, "township_return", *rows)
    assert len(values(facts, "returns_due")) == 3 and values(facts, "returns_on_time") == {
        (TOWN, "2013"): 1.0, (OTHER, "2013"): 0.0, ("411325102", "2013"): 0.0}


def test_where_a_date_of_its_own_dates_a_row_a_blank_beside_it_says_none(home: Home) -> None:
    due = [{"contract_id": f"c{number}", "instalment": "1", "amount": "60", "due_on": day, "paid_on": paid}
           for number, (day, paid) in enumerate((("2012-05-01", "2012-06-01"), ("2013-05-01", ""), ("", "2013-07-01")))]
    facts = facts_of(home, "contract_payment", *due)
    assert values(facts, "contract_payments_due") == {(NEIXIANG, "2012"): 60.0, (NEIXIANG, "2013"): 60.0}
    assert values(facts, "contract_payments_made") == {(NEIXIANG, "2012"): 60.0, (NEIXIANG, "2013"): 0.0}


# ---- things that stand at places

def worker(number: int, unit: str, sex: str = "female", education: str = "college", town: str = TOWN) -> dict[str, str]:
    return {"staff_id": str(number), "township_id": town, "community_id": unit, "sex": sex, "education": education}


def test_things_are_counted_where_they_stand_by_member_and_with_a_source_a_sheet(home: Home) -> None:
    facts = facts_of(home, "staff", worker(1, FIRST), worker(2, FIRST, "male"), worker(3, SECOND, education="bachelor"),
                     dated="2013")
    assert values(facts, "social_workers") == {(FIRST, "2013"): 2.0, (SECOND, "2013"): 1.0}
    assert values(facts, "female_social_workers", "bachelor") == {(FIRST, "2013"): 0.0, (SECOND, "2013"): 1.0}
    assert values(facts, "female_social_workers", "college") == {(FIRST, "2013"): 1.0, (SECOND, "2013"): 0.0}
    whole = facts[facts["member"] == ""]
    sources = dict(zip(whole["place"] + whole["quantity"], whole["source"], strict=True))
    assert sources[f"{FIRST}social_workers"] == "release:3/staff/表"
    assert sources[f"{SECOND}social_workers"] == "release:3/staff/表!4"


def test_where_a_roster_lists_none_of_a_kind_there_are_none_and_shares_keep_their_base(home: Home) -> None:
    facts = facts_of(home, "staff", worker(1, FIRST, education="bachelor"), worker(2, FIRST), worker(3, SECOND, "male"))
    assert values(facts, "female_social_workers") == {(FIRST, "undated:staff"): 2, (SECOND, "undated:staff"): 0}
    assert set(values(facts, "female_social_workers", "bachelor").values()) == {1, 0}
    assert values(facts, "male_social_workers") == {(FIRST, "undated:staff"): 0, (SECOND, "undated:staff"): 1}
    none = facts[(facts["quantity"] == "male_social_workers") & (facts["value"] == 0)].iloc[0]
    assert none["qualifier"] == "exact" and none["low"] == none["high"] == 0 and none["source"]


def test_where_a_roster_does_not_say_nothing_is_counted(home: Home) -> None:
    facts = facts_of(home, "staff", worker(1, FIRST, education=""), worker(2, SECOND, "", ""))
    assert values(facts, "female_social_workers") == {(FIRST, "undated:staff"): 1}   # of the other nobody knows
    assert values(facts, "female_social_workers", "bachelor") == {}
    assert values(facts, "social_workers") == {(FIRST, "undated:staff"): 1, (SECOND, "undated:staff"): 1}


def test_an_age_is_counted_by_the_year_of_the_roster_and_only_where_both_years_are_known(home: Home) -> None:
    born = {1: "1983", 2: "1982", 3: "1973", 4: ""}
    rows = [{**worker(number, FIRST), "birth_year": year} for number, year in born.items()]
    facts = facts_of(home, "staff", *rows, dated="2013-09")
    assert [values(facts, "social_workers", f"age_{group}") for group in ("le_30", "31_40", "41_50", "ge_51")] == [
        {(FIRST, "2013-09"): 1.0}, {(FIRST, "2013-09"): 2.0}, {(FIRST, "2013-09"): 0.0}, {(FIRST, "2013-09"): 0.0}]
    assert values(facts_of(home, "staff", *rows), "social_workers", "age_le_30") == {}


def test_a_township_with_things_of_its_own_counts_those_of_its_communities_too(home: Home) -> None:
    workers = [worker(1, FIRST), worker(2, SECOND), worker(3, ""), worker(4, THIRD, town=OTHER)]
    facts = facts_of(home, "staff", *workers, dated="2013")
    assert values(facts, "social_workers") == {
        (FIRST, "2013"): 1.0, (SECOND, "2013"): 1.0, (TOWN, "2013"): 3.0, (THIRD, "2013"): 1.0, (NEIXIANG, "2013"): 4.0}


def test_a_ledger_of_several_townships_is_the_countys_own_and_one_of_a_single_township_is_not(home: Home) -> None:
    whole, own = [worker(1, FIRST), worker(2, THIRD, town=OTHER)], [worker(3, FIRST), worker(4, SECOND)]
    assert values(facts_of(home, "staff", *whole, dated="2013"), "social_workers")[NEIXIANG, "2013"] == 2
    assert (NEIXIANG, "2013") not in values(facts_of(home, "staff", *own, dated="2013"), "social_workers")
    frames = [rows_of("staff", rows).assign(_release="1", _file=name, _dated="2013") for rows, name in ((whole, "a"), (own, "b"))]
    both = table_facts(pd.concat(frames, ignore_index=True).fillna(""), table("staff"), place_book(home))
    assert (NEIXIANG, "2013") not in values(both, "social_workers")   # one file is a township's: others may be missing


def test_a_row_about_a_place_is_its_whole_and_never_added_to_those_below(home: Home) -> None:
    facts = facts_of(home, "housing_progress", month(FIRST, "2013-09-30", completed="10"),
                     {"township_id": TOWN, "community_id": TOWN, "as_of": "2013-09-30", "completed": "25"})
    assert values(facts, "households_completed") == {(FIRST, "2013-09"): 10.0, (TOWN, "2013-09"): 25.0}


def test_rates_of_several_things_are_what_lies_between_them(home: Home) -> None:
    rows = [{"line_id": str(number), "township_id": TOWN, "kind": "bus", "fare": fare} for number, fare in enumerate(("1", "2"))]
    frame = rows_of("transport", rows).assign(_release="1", _file="表.xlsx", _dated="2013", _place=TOWN)
    facts = table_facts(frame, table("transport"), place_book(home))
    fare = facts[facts["quantity"] == "bus_fare"].iloc[0]
    assert (fare["value"], fare["low"], fare["high"], fare["qualifier"]) == (1.5, 1.0, 2.0, "range")


# ---- the store, the hierarchy and the audit

def release(home: Home, table_id: str, *rows: dict[str, str], name: str = "月报.xlsx") -> None:
    releases = Releases(home)
    releases.add(taken(table_id, rows_of(table_id, rows), name=name), f"{len(releases.list())}", [
        {"file": name, "sheet": "表", "table": table_id, "confidence": 1.0, "accepted": len(rows), "refused": 0, "faults": []}])


def view(home: Home) -> CountyView:
    return open_county(NEIXIANG, "2013-09", "zh", home)


def result(view: CountyView, place: str) -> tuple[float, str, int, float]:
    rows = view.measure("households_completed")
    row = rows[rows["place"] == place].iloc[0]
    return row["value"], row["status"], int(row["n"]), row["n_expected"]


def test_communities_roll_up_to_townships_and_the_county_with_n_of_N(home: Home) -> None:
    (home.data / "places").mkdir()
    header = "unit_id,level,parent_id,name_zh,name_variants,valid_from,valid_to\n"
    lines = [f"nx-{number},community,{OTHER},幸福{number}社区,,," for number in (1, 2)]
    (home.data / "places" / f"{NEIXIANG}.csv").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    release(home, "housing_progress", month(FIRST, "2013-09-30", completed="10"), month(SECOND, "2013-09-30", completed="20"),
            {"township_id": OTHER, "community_id": "nx-1", "as_of": "2013-09-30", "completed": "5"})
    found = view(home)
    townships = len(found.book.townships(NEIXIANG))
    assert result(found, TOWN) == (30.0, "ok", 2, 2.0) and result(found, OTHER) == (5.0, "partial", 1, 2.0)
    assert result(found, NEIXIANG) == (35.0, "partial", 1, townships)   # the other township has not reported whole
    parents = dict(zip(found.hierarchy["place"], found.hierarchy["parent"], strict=True))
    assert (parents[FIRST], parents["nx-2"], parents[TOWN], parents[NEIXIANG]) == (TOWN, OTHER, NEIXIANG, "")


@pytest.mark.parametrize(("language", "said"), [
    ("zh", "其中1项只含已上报的单位"), ("en", "Only those that reported are in 1 of them")])
def test_a_share_of_those_that_reported_is_not_shown_as_that_of_the_county(home: Home, language: str, said: str) -> None:
    release(home, "housing_progress", month(FIRST, "2013-09-30", started="20", completed="10"))
    block = share_chart(open_county(NEIXIANG, "2013-09", language, home))
    assert said in block.html and phrases.phrase("status.partial_of", language, n=1, expected=16) in block.html


def test_the_accepted_rows_of_a_prefectures_return_are_counted_in_the_county_that_they_are_of(home: Home) -> None:
    rows = pd.concat([rows_of("housing_progress", [month(FIRST, "2013-09-30", completed="10")]),
                      rows_of("housing_progress", [month("513427100001", "2013-09-30"), month("513427100002", "2013-09-30")],
                              "513427")], ignore_index=True)
    Releases(home).add(taken("housing_progress", rows, refused=1), "a", [
        {"file": "月报.xlsx", "sheet": "表", "table": "housing_progress", "confidence": 1.0, "accepted": 3, "refused": 1,
         "faults": []}])
    store = open_store(home)
    assert [store.county_returns(county)["accepted"].tolist() for county in (NEIXIANG, "513427")] == [["1"], ["2"]]


def test_the_store_holds_rows_and_is_built_again_for_a_release_without_the_register(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_store(home)
    assert first.reported_counties() == [] and first.county_rows("housing_progress", NEIXIANG).empty
    facts = first.county_facts("513427")
    monkeypatch.setattr("commlib.store_build.register_facts", lambda home: pytest.fail("the register was read again"))
    release(home, "housing_progress", month(FIRST, "2013-09-30", completed="10"))
    second = open_store(home)
    assert second.root != first.root and second.vintage != first.vintage and second.reported_counties() == [NEIXIANG]
    with recording() as reads:
        rows = second.county_rows("housing_progress", NEIXIANG)
        assert second.county_returns(NEIXIANG)["accepted"].tolist() == ["1"] and second.county_return_faults(NEIXIANG).empty
    assert rows["completed"].tolist() == ["10"] and list(rows.columns)[-7:] == list(
        second.county_rows("staff", NEIXIANG).columns)[-7:]
    assert reads == {f"rows/housing_progress/{NEIXIANG}", f"returns/{NEIXIANG}", f"return_faults/{NEIXIANG}"}
    for name in reads - {f"return_faults/{NEIXIANG}"}:
        assert first.slice_hash(name) == "absent" != second.slice_hash(name)
    assert first.slice_hash(f"facts/{NEIXIANG}") != second.slice_hash(f"facts/{NEIXIANG}")
    assert first.slice_hash("facts/513427") == second.slice_hash("facts/513427")
    pd.testing.assert_frame_equal(second.county_facts("513427"), facts)
    assert open_store(home) == second
    with pytest.raises(StoreError):
        second.county_rows("no_such_table", NEIXIANG)


def test_where_a_report_and_the_tables_disagree_the_audit_says_so(home: Home) -> None:
    release(home, "housing_progress", {"township_id": "", "community_id": NEIXIANG, "as_of": "2013-09-30", "completed": "35"})
    frame = view(home).facts
    reported = frame[frame["document"].str.contains("@")].assign(
        document="900-1", source="900-1-001", value=40.0, low=40.0, high=40.0, stated_value="40")
    both = pd.concat([frame, reported], ignore_index=True)
    apart = disagreements(both, view(home).hierarchy)
    assert apart[["id", "stated", "tables", "source"]].values.tolist() == [["households_completed", 40.0, 35.0, "900-1-001"]]
    rounded = both.assign(**{name: both[name].where(both["document"] != "900-1", 35.4) for name in ("value", "low", "high")})
    assert disagreements(rounded, view(home).hierarchy).empty
    shown = view(home)
    shown.__dict__["facts"] = both
    assert "报告称40（900-1-001），县里的报表合计为35" in distrust(shown).plain
    held = shown.measure("households_completed")
    assert held.loc[held["place"] == NEIXIANG, "value"].tolist() == [35.0]   # of the two, the table's row counts


def test_community_workers_are_those_in_posts_and_certificates_count_apart(home: Home) -> None:
    place = {"township_id": TOWN, "community_id": FIRST}
    facts = facts_of(home, "staff", *(
        {"staff_id": str(number), "post": post, "certificate": certificate, **place} for number, (post, certificate) in enumerate(
            [("chief", "none"), ("worker", "assistant"), ("grid", "senior"), ("welfare", "assistant")])), dated="2022-12")
    at = (FIRST, "2022-12")
    assert values(facts, "community_workers")[at] == 3   # a public-welfare post is none
    assert values(facts, "certified_community_workers")[at] == 2 and values(facts, "certified_social_workers")[at] == 3


def test_fiscal_money_and_other_money_are_told_apart_and_no_source_is_neither(home: Home) -> None:
    rows = [{"flow_id": str(number), "date": "2022-03-01", "level": level, "budget": "100", "arrived": arrived, "paid": "20"}
            for number, (level, arrived) in enumerate([("central", "60"), ("pooled", "30"), ("self_raised", "45"), ("", "9")])]
    facts = facts_of(home, "fund_flow", *rows)
    found = {name: set(values(facts, name).values()) for name in (
        "funds_arranged", "funds_arrived", "funds_paid", "fiscal_funds_arrived", "non_fiscal_funds_arrived")}
    assert found == {"funds_arranged": {400}, "funds_arrived": {144}, "funds_paid": {80}, "fiscal_funds_arrived": {90},
                     "non_fiscal_funds_arrived": {45}}


def test_answers_on_a_scale_of_five_are_told_by_their_words_and_others_are_none(home: Home) -> None:
    options = {"很满意": "40", "比较满意": "80", "一般": "50", "不满意": "20", "很不满意": "10", "说不清": "7"}
    facts = facts_of(home, "survey_answer", *(
        {"survey_id": "W", "question_no": "1", "option": option, "n": n, "topic": "living_circle"}
        for option, n in options.items()))
    assert set(values(facts, "ratings").values()) == {200} and set(values(facts, "ratings", "good").values()) == {80}
    assert set(values(facts, "satisfied_answers", "living_circle").values()) == {120}
    assert set(values(facts, "valid_answers", "living_circle").values()) == {200}
