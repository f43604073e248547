"""Statements by rule, worked by hand from the reports: what is due, paid and in arrears, and why, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlib.declarations.measures import read_argument
from commlib.declarations.rule_files import rules
from commlib.home import Home
from commlib.intake.reported import FACT_COLUMNS
from commlib.statements import Standing, Statement, statements

COUNTY, TOWN, ONE, TWO = "330521", "330521100", "330521100001", "330521100002"
NO_FACTS = pd.DataFrame(columns=FACT_COLUMNS)


def fact(name: str, place: str, period: str, value: float, level: str = "community", **more: Any) -> dict[str, Any]:
    argument = read_argument(name)
    row = dict.fromkeys(FACT_COLUMNS, "") | {
        "kind": "measure", "quantity": argument.measure.id, "member": argument.members[0], "nature": argument.nature.value,
        "county": COUNTY, "place": place, "level": level, "period": period, "value": value, "low": value, "high": value,
        "qualifier": "exact", "unit": argument.measure.unit, "stated_value": f"{value:.15g}",
        "stated_unit": argument.measure.unit, "source": f"f-{name}-{place}", "document": "000-0"}
    return row | more


def facts(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=FACT_COLUMNS)


def table(place: str, *rows: Mapping[str, str]) -> pd.DataFrame:
    common = {"_county": COUNTY, "_place": place, "_release": "1", "_file": "a.xlsx", "_sheet": "S", "_dated": ""}
    return pd.DataFrame([common | {"_row": str(number)} | dict(row) for number, row in enumerate(rows, 2)])


def of(rule: str, given: pd.DataFrame = NO_FACTS, rows: Mapping[str, pd.DataFrame] | None = None) -> list[Statement]:
    return statements([rules()[rule]], given, rows or {})


def only(found: list[Statement]) -> Statement:
    assert len(found) == 1
    return found[0]


def said(statement: Statement, zh: str, en: str) -> bool:
    return any(zh in line.zh for line in statement.lines) and any(en in line.en for line in statement.lines)


# ---- the reports' own rules, by hand

def test_a_grant_of_3000_per_100_households_and_its_match() -> None:
    """820 households: 3,000 × 8.2 = CNY 24,600 by the county, as much by the town; they paid 2 and 1.23 (CNY 10k)."""
    given = facts(fact("households_total", ONE, "2013", 820))
    flow = {"fund_flow": table(ONE, {"flow_id": "1", "date": "2013-05-01", "level": "county", "disbursed": "2"},
                               {"flow_id": "2", "date": "2013-06-01", "level": "township", "disbursed": "1.23"})}
    grant, match = (only(of(rule, given, flow)) for rule in ("deqing_county_grant", "deqing_township_match"))
    assert (grant.base, grant.due, grant.paid, grant.arrears) == (820, 24_600, 20_000, 4_600)
    assert (match.due, match.paid, match.arrears) == (24_600, 12_300, 12_300)
    assert said(grant, "总户数为820户", "Base: households is 820 households")
    assert said(grant, "2.46万元 − 2万元 = 4,600元", "CNY 24,600 − CNY 20,000 = CNY 4,600")
    assert grant.sources == (f"f-households_total-{ONE}", "release:1/fund_flow/S!2")


def test_together_at_least_6000_for_each_100_households() -> None:
    given = facts(fact("households_total", ONE, "2013", 100))
    due = [only(of(rule, given)).due for rule in ("deqing_county_grant", "deqing_township_match")]
    assert sum(each for each in due if each) == 6_000


def test_a_subsidy_asks_for_a_minimum_scale() -> None:
    """Liangzhou: at least CNY 20,000 a household where at least 300 are planned: 310 planned, 150 completed = 3 million."""
    kind = {"community": table(ONE, {"community_id": ONE, "type": "new_rural"})}
    large, small, open_ = (facts(fact("households_completed", ONE, "2013-12", 150), *planned) for planned in (
        [fact("households_planned__plan", ONE, "2013-12", 310)], [fact("households_planned__plan", ONE, "2013-12", 299)], []))
    assert only(of("liangzhou_community_subsidy", large, kind)).due == 300
    missed = only(of("liangzhou_community_subsidy", small, kind))
    assert (missed.standing, missed.due) == (Standing.NOT_MET, 0)
    assert said(missed, "条件不符合：规划入住户数为299户", "Condition missed: ")
    unknown = only(of("liangzhou_community_subsidy", open_, kind))
    assert (unknown.standing, unknown.due, unknown.arrears) == (Standing.NOT_KNOWN, None, None)
    assert said(unknown, "未报不等于不符合", "not reported is not missed")


def test_a_household_that_moves_in_brings_3000_twice() -> None:
    """Caoying: 170 households moved in: CNY 510,000 to buyers and as much to infrastructure."""
    given = facts(fact("households_moved_in", ONE, "undated:000-5", 170))
    for rule in ("neixiang_purchase_subsidy", "neixiang_infrastructure_subsidy"):
        assert only(of(rule, given)).due == 510_000


def test_land_awards_by_source_in_the_unit_of_the_rule() -> None:
    """40 mu of homesteads × 4,500, 10 unused × 2,500, 5 above quota × 1,000, 3 for communities × 10,000."""
    areas = {"homestead": "40", "unused": "10", "excess": "5", "extra": "3"}
    common = {"township_id": TOWN, "period": "2013Q2", "award_paid": "5000"}
    rows = {"land_supply": table(TOWN, *(common | {"source": source, "area": area} for source, area in areas.items()))}
    due = {source: only(of(f"neixiang_land_award_{source}", rows=rows)) for source in areas}
    assert {source: each.due for source, each in due.items()} == {
        "homestead": 180_000, "unused": 25_000, "excess": 5_000, "extra": 30_000}
    assert {each.arrears for each in due.values()} == {175_000, 20_000, 0, 25_000}
    assert only(of("neixiang_land_award_extra", rows=rows)).place == TOWN


def test_a_source_of_land_without_a_row_is_not_reported() -> None:
    rows = {"land_supply": table(TOWN, {"township_id": TOWN, "period": "2013", "source": "unused", "area": "1"})}
    assert of("neixiang_land_award_homestead", rows=rows) == []


def test_linkage_money_is_200000_a_mu_and_what_is_to_date_adds_up() -> None:
    """66.5 mu × 200,000 = 13.3 million; paid 500 and then 800 (10k CNY, running total): 5.3 million open at the end of 2014."""
    rows = {"land_linkage": table(TOWN, *({"project_id": "a", "township_id": TOWN, "period": period, "area": "66.5", "paid": paid}
                                          for period, paid in (("2013Q4", "500"), ("2014Q2", "800"))))}
    first, second = of("jinxiang_linkage_fund", rows=rows)
    assert [(each.period, each.due, each.paid, each.arrears) for each in (first, second)] == [
        ("2013", 1330, 500, 830), ("2014", 1330, 800, 530)]


def test_quota_is_returned_by_the_day_of_its_row() -> None:
    rows = {"land_linkage": table(TOWN, {
        "project_id": "a", "township_id": TOWN, "period": "2013", "quota_used": "30", "quota_returned": "20",
        "return_due_on": "2013-06-30"})}
    late = only(of("neixiang_quota_return", rows=rows))
    assert (late.due, late.arrears, late.due_by, late.overdue) == (30, 10, "2013-06-30", True)
    assert said(late, "期限2013-06-30，已过期未清", "has passed")


@pytest.mark.parametrize(("passed", "due"), [("yes", 3), ("no", 0), ("", None)])
def test_an_award_comes_after_acceptance(passed: str, due: int | None) -> None:
    rows = {"acceptance": table(ONE, {"community_id": ONE, "round": "1", "inspected_on": "2013-08-02", "passed": passed}),
            "subsidy_statement": table(ONE, {"rule_id": "jiahe_acceptance_award", "unit_id": ONE, "period": "2013", "paid": "1"})}
    found = only(of("jiahe_acceptance_award", rows=rows))
    assert (found.due, found.paid) == (due, 1)
    assert said(found, "最多5万元", "up to CNY 50,000")


def test_two_office_days_of_eight_hours_are_due_in_a_month() -> None:
    days = {"2013-03-05": "8", "2013-03-19": "7.5", "2013-04-02": "9", "2013-04-16": "8", "2013-05-07": "8", "2013-05-21": ""}
    rows = {"joint_office": table(ONE, *({"village_id": ONE, "date": day, "hours": hours} for day, hours in days.items()))}
    march, april, may = of("youxian_office_days", rows=rows)
    assert [(each.period, each.paid, each.arrears) for each in (march, april, may)] == [
        ("2013-03", 1, 1), ("2013-04", 2, 0), ("2013-05", None, None)]
    assert said(may, "未报全：已知1天", "not wholly reported: known 1")


@pytest.mark.parametrize(("members", "standing", "due"), [
    ("3", Standing.DUE, 1), ("2", Standing.NOT_MET, 0), ("", Standing.NOT_KNOWN, None)])
def test_a_branch_from_three_members(members: str, standing: Standing, due: int | None) -> None:
    rows = {"community": table(ONE, {"community_id": ONE, "party_members": members})}
    found = only(of("deqing_branch", rows=rows))
    assert (found.standing, found.due) == (standing, due)


def test_meetings_by_interval_and_a_fund_by_year() -> None:
    """A meeting each half month is 24 a year, an appraisal each two months 6; a fund of CNY 10,000 a year."""
    rows = {"meeting": table(COUNTY, *({"meeting_id": str(n), "kind": kind, "date": f"2013-{n:02d}-01"}
                                       for n, kind in enumerate(["joint"] * 9 + ["appraisal"] * 3, 1)))}
    joint, appraisal = (only(of(rule, rows=rows)) for rule in ("neixiang_joint_meeting", "neixiang_appraisal"))
    assert (joint.due, joint.arrears) == (24, 15) and (appraisal.due, appraisal.arrears) == (6, 3)
    fund = only(of("jiahe_operating_fund", rows={"subsidy_statement": table(
        ONE, {"rule_id": "jiahe_operating_fund", "unit_id": ONE, "period": "2013", "paid": ""})}))
    assert (fund.due, fund.paid, fund.arrears) == (1, None, None)


def test_structures_are_due_in_november() -> None:
    stages = [("a", "2013-10-15", "structure"), ("a", "2013-12-01", "topped_out"), ("b", "2013-12-01", "structure")]
    rows = {"building_progress": table(COUNTY, *({"building_id": name, "as_of": day, "stage": stage}
                                                 for name, day, stage in stages))}
    found = only(of("neixiang_structure_deadline", rows=rows))
    assert (found.due, found.paid, found.due_by, found.overdue) == (2, 1, "2013-11-30", True)


def test_a_principle_has_no_statement() -> None:
    assert of("changan_powers_follow_tasks", facts(fact("households_total", ONE, "2013", 820))) == []


# ---- rules of one's own

def own(tmp_path: Path, more: str) -> Any:
    (tmp_path / "data" / "rules").mkdir(parents=True)
    (tmp_path / "data" / "rules" / "own.yml").write_text(
        "own:\n  label: {zh: 补助, en: grant}\n  document: {zh: 文件, en: paper}\n  kind: per_unit\n"
        "  rate: {value: 0.1, unit: CNY10k/household}\n  unit: CNY\n  base: {measure: households_total}\n"
        "  level: community\n" + more, encoding="utf-8")
    return rules(Home(tmp_path))["own"]


def test_a_cap_and_a_validity(tmp_path: Path) -> None:
    rule = own(tmp_path, "  cap: {value: 20, unit: CNY10k}\n  valid_from: 2013-01-01\n  valid_to: 2013-12-31\n")
    given = facts(*(fact("households_total", ONE, period, 300) for period in ("2012", "2013", "2014", "undated:own")))
    dated, undated = statements([rule], given, {})
    assert (dated.period, dated.due, undated.period) == ("2013", 200_000, "undated:own")
    assert said(dated, "封顶20万元", "capped at CNY 200,000")
    assert said(undated, "无法判断规则当时是否有效", "whether the rule was in force is not known")


def test_who_is_not_named_in_a_complete_ledger_was_paid_nothing(tmp_path: Path) -> None:
    rule = own(tmp_path, "  paid:\n    - {table: fund_flow, column: disbursed, complete: yes}\n")
    given = facts(*(fact("households_total", place, "2013", 10) for place in (ONE, TWO)))
    flow = {"fund_flow": table(TWO, {"flow_id": "1", "date": "2013-05-01", "disbursed": "1"})}
    assert [each.arrears for each in statements([rule], given, flow)] == [10_000, 0]


def test_a_base_that_still_holds_is_told() -> None:
    given = facts(fact("households_total", ONE, "2013-12", 820), fact("households_total", TWO, "2014", 10))
    found = {(each.place, each.period): each for each in of("deqing_county_grant", given)}
    assert (found[ONE, "2014"].due, found[TWO, "2013"].due) == (24_600, None)
    assert said(found[ONE, "2014"], "沿用2013年12月的基数", "the base of 2013-12 still holds")
    assert not said(found[ONE, "2013"], "沿用", "still holds")
    assert said(found[ONE, "2014"], "未报不等于未付", "not the same as unpaid")


def test_a_table_counts_before_a_report_and_a_year_before_its_months() -> None:
    """Stated 700, counted 820 households; of a flow the year's own 50 and not the months in it."""
    given = facts(fact("households_total", ONE, "2013", 700),
                  fact("households_total", ONE, "2013", 820, document="community@a.xlsx"))
    assert only(of("deqing_county_grant", given)).base == 820


# ---- what holds for all

amounts = st.none() | st.decimals(0, 10**6, places=3, allow_nan=False)
communities = st.lists(st.tuples(amounts, amounts), max_size=6)


def grants(given: list[tuple[Any, Any]]) -> list[Statement]:
    base = facts(*(fact("households_total", f"{TOWN}{n:03d}", "2013", float(households))
                   for n, (households, _) in enumerate(given) if households is not None))
    rows = [table(f"{TOWN}{n:03d}", {"flow_id": str(n), "date": "2013-01-01", "level": "county", "disbursed": f"{paid:f}"})
            for n, (_, paid) in enumerate(given) if paid is not None]
    return of("deqing_county_grant", base, {"fund_flow": pd.concat(rows)} if rows else {})


@given(communities)
def test_due_is_never_negative_and_arrears_are_due_less_paid(given: list[tuple[Any, Any]]) -> None:
    for each in grants(given):
        households, paid = given[int(each.place[-3:])]
        assert each.due == (None if households is None else Fraction(households) * 30)
        assert each.due is None or each.due >= 0
        assert each.paid == (None if paid is None else Fraction(paid) * 10_000)
        known = households is not None and paid is not None
        assert each.arrears == (Fraction(households) * 30 - Fraction(paid) * 10_000 if known else None)


@given(communities, st.tuples(amounts, amounts))
def test_a_further_community_never_lowers_what_is_due(given: list[tuple[Any, Any]], further: tuple[Any, Any]) -> None:
    less, more = (sum((each.due or Fraction(0) for each in grants(some)), Fraction(0)) for some in (given, [*given, further]))
    assert more >= less
