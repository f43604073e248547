"""Ledgers of things: a place that a whole ledger does not name has none, and rates are of all places, not of those that have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_home import NEIXIANG, rows_of, small_home, taken

from commlib.blocks.audit import distrust
from commlib.blocks.indicators import indicator_waits
from commlib.blocks.wording import base_from
from commlib.declarations.tables import table, tables
from commlib.home import Home
from commlib.intake.ledgers import NO_ROW, Units, told_before_none
from commlib.intake.releases import Releases
from commlib.intake.reported import FACT_COLUMNS
from commlib.intake.table_facts import table_facts
from commlib.labels import quantity_label
from commlib.places import place_book
from commlib.view import CountyView, open_county

TOWN, OTHER, THIRD_TOWN = "411325100", "411325101", "411325102"
FIRST, SECOND, THIRD, FAR = "411325100001", "411325100002", "411325101200", "411325102200"
UNITS = {NEIXIANG: {FIRST: TOWN, SECOND: TOWN, THIRD: OTHER, FAR: THIRD_TOWN}}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    return small_home(tmp_path)


def facts_of(home: Home, table_id: str, *rows: dict[str, str], units: Units = UNITS) -> pd.DataFrame:
    frame = rows_of(table_id, rows).assign(_release="3", _file="台账.xlsx", _dated="2013-09")
    return table_facts(frame, table(table_id), place_book(home), units)


def values(facts: pd.DataFrame, quantity: str, member: str = "") -> dict[str, float]:
    own = facts[(facts["quantity"] == quantity) & (facts["member"] == member)]
    return dict(zip(own["place"], own["value"], strict=True))


def branch(number: int, place: str, kind: str = "branch") -> dict[str, str]:
    return {"org_id": str(number), "township_id": place[:9], "unit_id": place, "kind": kind}


def facility(number: int, place: str, kind: str = "activity_rooms", count: str = "1", stage: str = "open") -> dict[str, str]:
    return {"facility_id": str(number), "township_id": place[:9], "community_id": place if len(place) > 9 else "", "kind": kind,
            "count": count, "stage": stage}


def test_where_a_ledger_of_the_whole_county_names_nothing_there_is_none(home: Home) -> None:
    facts = facts_of(home, "party_org", branch(1, FIRST), branch(2, THIRD, "general_branch"))
    assert values(facts, "community_organisations", "party") == {FIRST: 1, SECOND: 0, THIRD: 1, FAR: 0, NEIXIANG: 2}
    none = facts[(facts["place"] == FAR) & (facts["member"] == "party")].iloc[0]
    assert (none["low"], none["high"], none["qualifier"], none["note"]) == (0, 0, "exact", NO_ROW)
    assert none["source"] == "release:3/party_org/表"   # the sheet: no row of it speaks of the place
    # The ledger names no committee anywhere: perhaps they were not asked for.
    assert values(facts, "street_party_committees") == {FIRST: 0, THIRD: 0, NEIXIANG: 0}


def test_committees_of_townships_are_no_organisations_of_communities(home: Home) -> None:
    facts = facts_of(home, "party_org", branch(1, FIRST), branch(2, THIRD), branch(3, TOWN, "committee"))
    assert values(facts, "community_organisations", "party")[NEIXIANG] == 2
    assert values(facts, "community_organisations", "party")[TOWN] == 1 and values(facts, "street_party_committees")[TOWN] == 1


def test_a_file_of_one_township_says_nothing_of_the_others(home: Home) -> None:
    units = {NEIXIANG: {**UNITS[NEIXIANG], "411325100003": TOWN}}

    def found(*rows: dict[str, str]) -> dict[str, float]:
        return values(facts_of(home, "party_org", *rows, units=units), "community_organisations", "party")

    assert found(branch(1, FIRST), branch(2, SECOND)) == {FIRST: 1, SECOND: 1, "411325100003": 0}
    assert found(branch(1, FIRST), branch(2, FIRST)) == {FIRST: 2}   # perhaps the community's own file


def test_below_a_wider_place_with_things_of_its_own_nothing_is_known(home: Home) -> None:
    facts = facts_of(home, "facility", facility(1, THIRD), facility(2, TOWN))
    assert {FIRST, SECOND}.isdisjoint(values(facts, "facilities", "activity_rooms"))
    assert values(facts, "facilities", "activity_rooms")[FAR] == 0


def test_a_blank_number_is_not_none_and_what_is_planned_is_not_there_yet(home: Home) -> None:
    facts = facts_of(home, "facility", facility(1, FIRST, count=""), facility(2, SECOND, stage="planned"), facility(3, THIRD),
                     facility(4, FAR, "citizen_schools"), facility(5, FIRST, "citizen_schools", stage=""))
    rooms, schools = (values(facts, "facilities", kind) for kind in ("activity_rooms", "citizen_schools"))
    assert rooms == {SECOND: 0, THIRD: 1, FAR: 0, NEIXIANG: 1}
    assert schools == {FIRST: 1, SECOND: 0, THIRD: 0, FAR: 1, NEIXIANG: 2}
    assert values(facts, "facilities", "gyms") == {}   # the county's ledger names none anywhere: perhaps not asked


def test_only_tables_of_things_without_a_period_are_complete_ledgers() -> None:
    found = [each for each in tables() if each.complete]
    assert found and all(each.place and not each.period and not set(each.place) & set(each.key) for each in found)


def test_what_another_table_or_a_report_says_comes_before_none_for_want_of_a_row() -> None:
    def fact(value: float, document: str, note: str = "", place: str = FIRST, period: str = "2013-09") -> dict[str, Any]:
        return {"quantity": "volunteer_teams", "member": "", "nature": "actual", "county": NEIXIANG, "place": place,
                "period": period, "value": value, "document": document, "note": note}

    given = pd.DataFrame([fact(0, "volunteer_team@a", NO_ROW), fact(3, "000-1", period="2013"),
                          fact(0, "volunteer_team@a", NO_ROW, SECOND), fact(2, "volunteer_team@b", place=SECOND, period="2012")])
    assert told_before_none(given)["value"].tolist() == [3, 0, 2]


# ---- rates, and what they name

def release(home: Home, table_id: str, *rows: dict[str, str]) -> None:
    releases, name = Releases(home), f"{table_id}.xlsx"
    releases.add(taken(table_id, rows_of(table_id, rows), name=name, received="2013-09-30"), f"{len(releases.list())}", [
        {"file": name, "sheet": "表", "table": table_id, "confidence": 1.0, "accepted": len(rows), "refused": 0, "faults": []}])


def view(home: Home, language: str = "zh") -> CountyView:
    return open_county(NEIXIANG, None, language, home)


def test_coverage_is_of_all_communities_and_names_the_tables_that_it_is_from(home: Home) -> None:
    release(home, "community", *({"township_id": place[:9], "community_id": place, "residents": "500"}
                                 for place in (FIRST, SECOND, THIRD)))
    release(home, "party_org", branch(1, FIRST), branch(2, THIRD))
    shown = view(home)
    rows = shown.result("organisation_coverage")
    own = rows[rows["place"] == NEIXIANG].iloc[0]
    assert (own["numerator"], own["denominator"]) == (2, 3)
    assert base_from(shown, own).endswith("= 2 ÷ 3，据党组织台账、社区基本情况台账")
    assert base_from(view(home, "en"), own).endswith("= 2 ÷ 3, from: Party organisations, Community register")


@pytest.mark.parametrize(("language", "asked", "came", "nowhere"), [
    ("zh", "载于党员统计表", "党组织台账已收到，但", "没有报表提供，只见于报告"),
    ("en", "of Party members", "Party organisations came, but", "of no return, of reports alone")])
def test_a_section_waits_for_tables_that_give_what_is_lacking(
    home: Home, language: str, asked: str, came: str, nowhere: str
) -> None:
    release(home, "party_org", branch(1, FIRST), branch(2, THIRD, ""))
    shown = view(home, language)
    needed = indicator_waits(shown, "members_per_organisation").plain
    assert asked in needed and table("mass_org").label[language] not in needed   # gives organisations of other kinds alone
    assert came in indicator_waits(shown, "street_party_committees").plain
    release(home, "outlet", {"outlet_id": "1", "township_id": TOWN, "community_id": FIRST, "opened_on": "2013-05"})
    asked = indicator_waits(view(home, language), "new_outlet_class_share").plain
    assert nowhere in asked and quantity_label("new_outlets", "lt_10")[language] in asked   # by size none is


@pytest.mark.parametrize(("language", "said"), [
    ("zh", "社区党员数（县衙社区居民委员会，2013年9月）：合计数为12，各部分相加为10（入库1号，表）。"),
    ("en", "2013-09): the total is given as 12, its parts add up to 10 (release 1, 表)."),
])
def test_a_total_that_is_not_its_parts_is_told_with_place_period_and_sheet(home: Home, language: str, said: str) -> None:
    shown = view(home, language)
    parts = {"": 12, "laid_off": 1, "self_employed": 2, "retired": 3, "floating": 4}
    shown.__dict__["facts"] = pd.DataFrame([
        {**dict.fromkeys(FACT_COLUMNS, ""), "kind": "measure", "quantity": "party_members", "member": member, "nature": "actual",
         "county": NEIXIANG, "place": FIRST, "level": "community", "period": "2013-09",
         **dict.fromkeys(("value", "low", "high"), float(value)), "qualifier": "exact", "unit": "persons",
         "stated_value": str(value), "stated_unit": "persons", "document": "900-1", "source": "release:1/member_count/表"}
        for member, value in parts.items()])
    assert said in distrust(shown).plain
