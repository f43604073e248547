"""The published catalogues, row by row: each row is a declared indicator with a golden line, often under a longer name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from dummy_rows import dummy_rows
from intake_home import rows_of, small_home

from commlib.declarations.columns import DATES, ColumnType
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import TableDeclaration, table, tables
from commlib.indicators.compute import compute, formulas
from commlib.indicators.hierarchy import hierarchy_of
from commlib.indicators.registry import indicators
from commlib.intake.table_facts import table_facts
from commlib.places import place_book
from commlib.progress import Schedule
from commlib.targets import targets

GOLDEN = Path(__file__).resolve().parent / "golden" / "indicators.toml"
# The catalogue of formulas in the description of the articles' systems of work, in its order.
SYSTEMS_ROWS = {
    "start_rate": ("start_rate", "households_started_of_planned"),
    "built_or_building_of_task": ("built_or_building_of_task", "households_started_of_task"),
    "completed_of_task": ("housing_completion_rate", "households_completed_of_task"),
    "completed_of_started": ("completed_of_started",),
    "moved_in_of_completed": ("moved_in_of_completed", "households_moved_in_of_completed"),
    "moved_in_of_task": ("moved_in_of_task", "households_moved_in_of_task"),
    "checklist_score": ("checklist_score",),
    "coverage_villages": ("coverage_villages",),
    "coverage_population": ("coverage_population",),
    "investment_share": ("community_investment_share",),
    "cost_per_household": ("investment_per_completed_household",),
    "funding_gap": ("funding_shortfall",),
    "grant_due": ("grant_due_per_100_households",),   # the amount itself follows from the rule, at each place
    "match_ratio": ("match_ratio",),
    "arrears": ("grant_arrears",),
    "subsidy_per_household": ("subsidy_paid_per_household",),
    "land_saved": ("land_saving",),
    "land_per_household": ("land_per_household",),
    "transferred_share": ("transferred_land_share", "transferred_household_share"),
    "multiple_yoy": ("year_on_year_multiple",),
    "growth_yoy": ("year_on_year_growth",),
    "response_rate": ("response_rate",),
    "satisfaction": ("satisfaction_rate",),
    "org_coverage": ("organisation_coverage", "social_group_party_coverage"),
    "composition": ("party_member_share",),
    "recruits_per_org": ("recruits_per_organisation", "organisations_without_recruits_share"),
    "attendance_rate": ("attendance_rate",),
    "sex, age, education shares": ("female_share_of_social_workers", "worker_age_share", "worker_education_share"),
    "persons_per_household": ("persons_per_household",),
    "farm_input_per_household": ("farm_input_spending_per_household",),
    "tax_per_mu": ("tax_per_mu",),
    "investment_per_mu": ("investment_per_mu",),
    "workshop_ratio": ("workshop_ratio",),
    "progress_physical": ("progress_physical",),
    "progress_money": ("progress_money",),
    "rank_change": ("rank_change",),
    "on_time_rate": ("on_time_rate",),
    "office_day_compliance": ("joint_office_days_per_village", "joint_office_hours_per_day"),
    "settled_at_once_share": ("settled_at_once_share",),
}
# The catalogue of official indicators, by its own numbers: the seven of the 14th five-year plan with their companions, the
# statistics of civil affairs, and those of staffing, governance, roads, environment, housing, money, land and residents.
# Rows that no published source marks as found are left out: S5, M6, P1 (which `satisfaction_rate` computes all the same).
DOMAIN_ROWS = {
    "1.2 #1": ("urban_service_facility_coverage",),
    "1.2 #2": ("rural_service_facility_coverage",),
    "1.2 #3": ("service_floor_area_per_100_households",),
    "1.2 #4": ("new_community_service_floor_share",),
    "1.2 #5": ("activity_floor_share",),
    "1.2 #6": ("community_workers_per_10k_urban",),
    "1.2 #7": ("self_service_terminal_coverage",),
    "1.2 floor area standard": ("floor_area_standard_share",),
    "1.2 social organisations": ("social_organisations_per_community",),
    "1.2 certificates": ("certified_worker_share",),
    "1.3 coverage as a ratio of counts": ("service_bodies_to_committees",),
    "1.3 beds": ("elderly_beds_per_1000",),
    "S1": ("social_work_station_coverage",),
    "S2": ("certified_social_workers_per_10k",),
    "S3": ("staff_per_community",),
    "S4": ("concurrent_head_share",),
    "S6": ("households_per_community",),
    "G1": ("disclosure_on_time_rate",),
    "G2": ("full_disclosure_share",),
    "G3": ("supervision_committee_coverage", "villager_assemblies_per_village", "direct_election_share"),
    "R1": ("hard_road_rate",),
    "R2": ("coverage_villages",),
    "R3": ("large_group_hard_road_rate",),
    "R4": ("rural_road_quality_share",),
    "E1": ("sanitary_toilet_rate",),
    "E2": ("rural_tap_water_rate",),
    "E3": ("sewage_treatment_villages", "sewage_treatment_households"),
    "E4": ("refuse_collection_rate",),
    "V1-V14": ("coverage_villages",),
    "H1": ("start_rate", "households_started_of_planned"),
    "H2": ("built_or_building_of_task", "housing_completion_rate", "moved_in_of_completed", "households_completed_of_planned"),
    "H4": ("dilapidated_house_share", "brick_wood_house_share", "planned_floor_area_per_household"),
    "M1": ("fund_arrival_rate",),
    "M2": ("fund_disbursement_rate",),
    "M3": ("fund_spending_rate", "fund_unspent_share"),
    "M4": ("annual_investment_rate",),
    "M5": ("leverage_non_fiscal_to_fiscal", "leverage_total_to_fiscal"),
    "L1": ("land_quota_saved",),
    "L2": ("land_saving_rate",),
    "L3": ("linkage_balance",),
    "L4": ("quota_return_rate",),
    "L5": ("new_arable_rate",),
    "L6": ("quota_price",),
    "P2": ("acceptance_rate",),
    "P3": ("satisfaction_index",),
    "P4": ("satisfaction_rate",),
    "1.9 coverage": ("coverage_communities", "coverage_villages", "resident_service_facility_coverage"),   # three, never one name
}
# H3, progress against time, follows from a schedule of its own and not from facts alone: `progress.Schedule.lead`.
FACILITIES_OF_VILLAGES = {
    "highway", "street_lights", "electricity", "telephone", "natural_gas", "cable_tv", "broadband", "e_commerce", "sewage",
    "toilets", "kindergarten", "sports_venue", "clinic", "doctor"}
ROWS = [(row, indicator) for rows in (SYSTEMS_ROWS, DOMAIN_ROWS) for row, named in rows.items() for indicator in named]


@pytest.mark.parametrize(("row", "indicator"), ROWS)
def test_a_row_of_a_catalogue_is_a_declared_indicator_with_a_golden_line(row: str, indicator: str) -> None:
    golden = {line["id"] for line in tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["golden"]}
    assert indicator in indicators(), row
    assert indicator in golden, row


# Dwellings are what the articles report, households what the monthly return asks; the rest no return states in parts.
OF_REPORTS_ALONE = {"built_or_building_of_task", "housing_completion_rate", "moved_in_of_completed",
                    "coverage_population", "progress_physical"}
COUNTY, TOWN, VILLAGE = "411325", "411325100", "411325100001"


def rows_of_a_year(declaration: TableDeclaration) -> pd.DataFrame:
    """Rows of one month, or of three years by key, in turn of a community and of the county, that hold all words feeds ask."""
    rows = dummy_rows(declaration, 24).astype(object)
    for column in declaration.columns:
        asked = [word for feed in declaration.feeds for word in feed.where.get(column.name, ()) if word != "*"]
        if column.type in DATES:
            back = 3 if column.name in declaration.key and declaration.cycle == "year" else 1
            day = "-%02d" if column.type is ColumnType.DATE else "%.0s"
            rows[column.name] = [f"{2013 - row % back}-09" + day % (1 + row) for row in rows.index]
        elif column.type is ColumnType.PLACE:
            place = TOWN if column.level == "township" else VILLAGE
            above = place if column.name in declaration.key and column.level else COUNTY if column.name in declaration.key else ""
            rows[column.name] = [place if row % 3 else above for row in rows.index]
        elif column.type is ColumnType.UNIT and declaration.member:
            rows[column.name] = [read_argument(each).measure.unit for each in rows[declaration.member]]
        elif asked and not column.allowed:
            rows[column.name] = [asked[row % len(asked)] for row in rows.index]
    return rows_of(declaration.id, rows.to_dict("records")).assign(_release="1", _file="年报.xlsx", _dated="2013-09")


def test_rows_of_returns_compute_every_other_indicator_of_the_catalogues(tmp_path: Path) -> None:
    book = place_book(small_home(tmp_path))
    facts = pd.concat([table_facts(rows_of_a_year(each), each, book) for each in tables() if each.measures], ignore_index=True)
    results = compute(facts, hierarchy_of(facts, book), [each for _, name in ROWS for each in formulas(indicators()[name])])
    computed = set(results.loc[results["value"].notna(), "id"])
    assert {name for _, name in ROWS} - computed == OF_REPORTS_ALONE


def test_the_village_facilities_of_the_census_are_members_of_one_indicator_with_a_benchmark_each() -> None:
    assert set(indicators()["coverage_villages"].members) >= FACILITIES_OF_VILLAGES and len(FACILITIES_OF_VILLAGES) == 14
    census = {each.member for each in targets() if each.source == "agricultural_census_3"}
    assert census == FACILITIES_OF_VILLAGES
    assert {f"villages_with__{each}" for each in FACILITIES_OF_VILLAGES} <= set(table("village_survey").measures)


def test_progress_against_time_is_a_finding_of_its_own() -> None:
    assert isinstance(Schedule.lead, property)


def test_what_sounds_alike_has_another_base_and_another_label() -> None:
    bases = {each: [argument.measure.id for argument in indicators()[each].arguments[""]][-1] for each in (
        "urban_service_facility_coverage", "rural_service_facility_coverage", "resident_service_facility_coverage")}
    assert len(set(bases.values())) == 3
    workers = indicators()["community_workers_per_10k_urban"]
    assert [each.measure.id for each in workers.arguments[""]] == ["community_workers", "urban_resident_population"]
