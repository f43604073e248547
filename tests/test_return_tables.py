"""The tables of county returns: all there, complete, in the words that returns use, and each with a schema that bites."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandera.errors
import pytest
from dummy_rows import dummy_rows, violations

from commlib import phrases
from commlib.declarations.checks import SHAPES, CheckKind, check_words
from commlib.declarations.columns import NUMBERS, Blank, Column, ColumnType, Level, Personal, header_key
from commlib.declarations.measures import Time, read_argument
from commlib.declarations.schemas import schema
from commlib.declarations.tables import FOLDER, Cycle, TableDeclaration, table, tables
from commlib.home import Home
from commlib.listings import table_rows
from commlib.places import PlaceLevel
from commlib.units import is_unit, unit

PLACES_AND_STANDARDS = """unit unit_profile economy community village_merge standard standard_item checklist_result
    acceptance"""
FACILITIES_AND_SERVICES = """facility utility_coverage transport service_window service_case duty_roster commerce
    safety_resource environment sanitation_campaign care_register"""
HOUSING_AND_LAND = """housing_task housing_progress building building_progress quality_check approval land_plan land_supply
    land_linkage land_transfer crop_area resettlement expropriation"""
MONEY = """fund_source fund_flow subsidy_rule subsidy_statement project project_progress contract_payment
    department_project donation"""
ECONOMY = "outlet outlet_month employment park park_enterprise new_town cooperative_shop"
PEOPLE = """staff workload training party_org member_count member_recruit member_document mass_org association
    volunteer_team social_group pairing task meeting event study_visit"""
CHECKS_AND_VOICES = """township_return score ranking external_rank survey survey_question survey_answer opinion_log
    disclosure joint_office problem document reported_figure claim"""
NEEDED = " ".join((PLACES_AND_STANDARDS, FACILITIES_AND_SERVICES, HOUSING_AND_LAND, MONEY, ECONOMY, PEOPLE,
                   CHECKS_AND_VOICES)).split()
RESTRICTED = {"care_register", "resettlement", "staff", "member_document"}   # about single persons
ABOUT_A_PERSON = ("身份证", "电话", "手机", "姓名", "户主")

every_table = pytest.mark.parametrize("declaration", tables(), ids=lambda each: each.id)


def test_every_table_of_the_survey_of_systems_is_declared() -> None:
    assert len(NEEDED) == 79
    assert not set(NEEDED) - {each.id for each in tables()}


@every_table
def test_a_table_stands_in_the_folder_of_a_theme_that_has_a_name(declaration: TableDeclaration) -> None:
    assert (FOLDER / declaration.theme / f"{declaration.id}.toml").is_file()
    assert f"theme.{declaration.theme}" in phrases.catalogue()


@every_table
def test_labels_are_written_in_both_languages(declaration: TableDeclaration) -> None:
    said = [declaration.label, declaration.row]
    said += [words for column in declaration.columns for words in (column.label, column.note, column.caveat) if words]
    said += [choice.label for column in declaration.columns for choice in column.choices if choice.label.zh != choice.id]
    for words in said:
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in words.en), words
        assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh) or words.zh == "√" or not words.zh.isalpha(), words


@every_table
def test_every_measured_column_has_a_unit(declaration: TableDeclaration) -> None:
    for column in declaration.columns:
        if column.type is ColumnType.DECIMAL:
            assert column.unit_from or is_unit(column.unit), column.name
        assert bool(column.measure) <= bool(column.kind or column.unit_from), f"{column.name} feeds a measure without a time"


@every_table
def test_measures_run_in_time_as_their_columns_do(declaration: TableDeclaration) -> None:
    """A column that holds what happened in a period never feeds a measure of what stands at a date, nor the other way."""
    for column in declaration.columns:
        if column.measure and not column.measure.startswith("each") and column.kind:
            measure = read_argument(column.measure).measure
            stands = {Time.STOCK: {Time.STOCK}, Time.FLOW: {Time.FLOW, Time.CUMULATIVE},
                      Time.CUMULATIVE: {Time.CUMULATIVE, Time.FLOW, Time.STOCK}}[column.kind]
            assert measure.time in stands or read_argument(column.measure).nature != "actual", column.name


@every_table
def test_headers_name_one_column_each(declaration: TableDeclaration) -> None:
    seen = [header_key(header) for column in declaration.columns for header in {header_key(each) for each in column.headers}]
    assert len(seen) == len(set(seen)) and all(seen)
    assert declaration.headers()[header_key(declaration.columns[0].label.zh)] == declaration.columns[0].name


def test_titles_tell_the_tables_apart() -> None:
    titles = [header_key(title) for each in tables() for title in {header_key(one) for one in each.titles}]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


@every_table
def test_what_is_about_a_person_is_dropped_or_gets_a_pseudonym(declaration: TableDeclaration) -> None:
    for column in declaration.columns:
        number_or_name = column.type is not ColumnType.BOOLEAN   # "has a telephone: yes" is nobody's number
        if number_or_name and any(word in header for header in column.headers for word in ABOUT_A_PERSON):
            assert column.personal is Personal.DROP and column.dropped, column.name
    if declaration.id in RESTRICTED:
        assert declaration.column(declaration.key[0]).personal is Personal.PSEUDONYM
        free = [column.name for column in declaration.columns if column.name == "note" and not column.dropped]
        assert not free, "remarks about single persons stay out"


def test_checks_stand_where_the_rules_of_the_trade_ask_for_them() -> None:
    def checks(table_id: str) -> set[tuple[CheckKind, tuple[str, ...]]]:
        return {(each.kind, each.columns) for each in table(table_id).checks}

    assert (CheckKind.ORDER, ("planned", "started", "topped_out", "completed", "moved_in")) in checks("housing_progress")
    assert (CheckKind.ORDER, ("arrived", "disbursed", "paid")) in checks("fund_flow")
    assert (CheckKind.PART, ("reclaimed", "demolition_area")) in checks("land_linkage")
    assert (CheckKind.ORDER, ("n_ranked", "rank")) in checks("ranking")
    assert (CheckKind.ROWS, ("n",)) in checks("survey_answer")
    assert {each.kind for one in tables() for each in one.checks} == set(CheckKind)
    monthly = [one for one in tables() if one.cycle is Cycle.MONTH and one.period]
    followed = [one for one in monthly if any(column.kind is Time.CUMULATIVE for column in one.columns)]
    assert all(any(SHAPES[each.kind].over_time for each in one.checks) for one in followed)


@every_table
def test_a_check_is_said_in_words(declaration: TableDeclaration) -> None:
    columns = {column.name: column for column in declaration.columns}
    for check in declaration.checks:
        words = check_words(check, columns)
        assert all(columns[name].label.zh in words.zh and columns[name].label.en in words.en for name in check.columns)


def test_measures_are_fed_by_columns_members_and_counted_rows() -> None:
    assert "households_completed" in table("housing_progress").measures
    assert {"gdp", "gdp__last_year", "rural_cash_income"} <= set(table("economy").measures)
    staff = {(feed.measure, feed.member, tuple(feed.where)) for feed in table("staff").feeds}
    assert ("female_social_workers", "education", ("sex",)) in staff
    late = next(feed for feed in table("township_return").feeds if feed.measure == "returns_on_time")
    assert late.in_time == ("received_on", "due_on")
    assert all(read_argument(name).measure for one in tables() for name in one.measures)


@every_table
def test_dummy_rows_pass_the_schema(declaration: TableDeclaration) -> None:
    rows = dummy_rows(declaration)
    assert len(schema(declaration).validate(rows, lazy=True)) == 12
    assert rows.equals(dummy_rows(declaration)) and not rows.equals(dummy_rows(declaration, seed=1))


@every_table
def test_one_violated_property_fails_at_its_column_and_nowhere_else(declaration: TableDeclaration) -> None:
    wrong = violations(declaration)
    rows = dummy_rows(declaration, len(wrong) + 2)
    for row, (column, _, cell) in enumerate(wrong):
        rows.loc[row, column] = cell
    rows.loc[len(wrong) + 1] = rows.loc[len(wrong)]   # a whole row again: its key stood before
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        schema(declaration).validate(rows, lazy=True)
    cases = caught.value.failure_cases
    cells = cases[cases["check"] != "key"]
    assert {(case.index, case.column, case.check) for case in cells.itertuples()} == {
        (row, column, check) for row, (column, check, _) in enumerate(wrong)}
    assert set(cases.loc[cases["check"] == "key", "index"]) == {len(wrong) + 1}


def test_one_table_is_read_alone() -> None:
    script = ("from pathlib import Path; from unittest.mock import patch; read = []; real = Path.read_text\n"
              "def noted(path, *rest, **more):\n    read.append(path.name); return real(path, *rest, **more)\n"
              "with patch.object(Path, 'read_text', noted):\n"
              "    from commlib.declarations.tables import table\n    table('reported_figure')\n"
              "print(sorted(name for name in read if name.endswith('.toml')))")
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "['reported_figure.toml']"


def test_the_listing_says_what_each_table_feeds(tmp_path: Path) -> None:
    rows = {(row["table"], row["column"]): row for row in table_rows()}
    row = rows["housing_progress", "completed"]
    assert (row["measure"], row["unit"], row["time"], row["minimum"]) == ("households_completed", "households", "cumulative", "0")
    assert "households_moved_in" in row["feeds"].split(";")
    assert rows["staff", "phone"]["personal"] == "drop"
    assert len(table_rows(Home(tmp_path))) == len(rows)


def test_the_levels_of_places_are_those_of_the_register() -> None:
    assert {each.value for each in Level} - {"any"} <= {each.value for each in PlaceLevel}


def test_columns_of_one_name_measure_one_thing() -> None:
    """The same column name in two tables measures the same thing, so that tables can be laid side by side."""
    kinds: dict[str, set[tuple[tuple[str, int], ...]]] = {}
    for declaration in tables():
        for column in declaration.columns:
            if column.unit and column.type in NUMBERS:
                kinds.setdefault(column.name, set()).add(unit(column.unit).kind)
    # `planned` is land in the land plan and households in the housing return: names of the survey of systems.
    assert {name for name, found in kinds.items() if len(found) > 1} == {"planned"}


def blanks(column: Column) -> bool:
    return column.blank in (Blank.MISSING, Blank.ZERO)


@every_table
def test_a_blank_that_is_read_as_nothing_known_stands_in_no_key(declaration: TableDeclaration) -> None:
    assert not any(blanks(declaration.column(name)) for name in declaration.key)
    assert all(column.minimum is None or column.minimum >= Decimal(-100) for column in declaration.columns)
