"""Rules as data: the twenty of the catalogue, their numbers as reports state them, and every fault of a file at once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from source_code import PROJECT
from typer.testing import CliRunner

from commlib.cli import app
from commlib.declarations.mapping import Becomes, mapping_of
from commlib.declarations.rule_files import rules
from commlib.declarations.rules import Amount, Kind, Per
from commlib.errors import DeclarationError
from commlib.frames import each_row
from commlib.home import Home
from commlib.intake.reported import read_stated
from commlib.units import conversion

FIGURES = read_stated(PROJECT / "data" / "reported", "reported_figure").set_index("id")
# Figures that reports call a rule and that are none of the twenty: what a standard lists (its items are declared there), the
# pace of a single site, a scale of estimates, and goals that no statement follows from.
NO_RULE_OF_THE_CATALOGUE = {
    "small_parks_per_community", "cultural_fronts_per_community", "teams_per_community", "rooms_per_community",
    "service_stations_per_community", "community_functions", "graduates_per_community", "association_memberships_per_person",
    "completion_horizon", "community_scale_threshold", "priority_period", "work_goal_years"}
OWN = """own_grant:
  label: {zh: 本县补助, en: our grant}
  document: {zh: 本县文件, en: our document}
  kind: per_unit
  rate: {value: 50, unit: CNY/household}
  unit: CNY10k
  base: {measure: households_in_community}
  level: community
"""


def stated() -> dict[str, Amount]:
    return {figure: amount for rule in rules().values() for amount in rule.amounts for figure in amount.figures}


def own_home(folder: Path, **files: str) -> Home:
    (folder / "data" / "rules").mkdir(parents=True)
    for name, text in files.items():
        (folder / "data" / "rules" / f"{name}.yml").write_text(text, encoding="utf-8")
    return Home(folder)


def refused(folder: Path, **files: str) -> tuple[str, str]:
    with pytest.raises(DeclarationError) as found:
        rules(own_home(folder, **files))
    return found.value.say("zh"), found.value.say("en")


def test_each_of_the_twenty_rules_is_declared() -> None:
    assert {rule.number for rule in rules().values()} == set(range(1, 21))


@pytest.mark.parametrize(("figure", "amount"), stated().items(), ids=list(stated()))
def test_a_rule_says_what_the_report_states(figure: str, amount: Amount) -> None:
    row = FIGURES.loc[figure]
    factor = conversion(row["unit"], amount.unit)
    said = amount.up_to if row["qualifier"] == "range_high" else amount.value
    assert Fraction(row["value"]) * factor == said
    assert (row["qualifier"] == "range_low") <= (amount.up_to is not None)
    assert row["qualifier"] in ("exact", "at_least", "range_low", "range_high")


def test_a_rule_names_figures_of_its_own_document_alone() -> None:
    for rule in rules().values():
        named = {figure[:5] for amount in rule.amounts for figure in amount.figures}
        own = {figure[:5] for figure in stated() if rule.document == figure[:5]}
        assert named <= own, rule.id


def test_a_rate_that_is_a_least_is_one_in_the_report() -> None:
    for rule in rules().values():
        if rule.rate and rule.rate.figures:
            said = {FIGURES.loc[figure, "qualifier"] for figure in rule.rate.figures}
            assert rule.rate.at_least == (said == {"at_least"}), rule.id


def test_every_reported_rule_figure_is_a_rule_or_none_of_the_twenty() -> None:
    left = set()
    for row in each_row(FIGURES.reset_index()):
        mapping = mapping_of(row.indicator, row.id)
        if mapping and mapping.becomes is Becomes.RULE and not row.repeats and row.id not in stated():
            left.add(mapping.quantity)
    assert left == NO_RULE_OF_THE_CATALOGUE


def test_every_label_and_formula_speaks_both_languages() -> None:
    for rule in rules().values():
        words = rule.formula()
        assert words.zh != words.en and rule.document_words.zh != rule.document_words.en
    assert rules()["deqing_county_grant"].formula().zh == "3,000元/百户 × 总户数"
    assert rules()["jiahe_acceptance_award"].formula().en.startswith("CNY 30,000 to CNY 50,000 for each place and period")


def test_money_is_looked_for_under_the_rule_in_the_table_of_statements() -> None:
    first = rules()["neixiang_purchase_subsidy"].paid[0]
    assert first.table and first.table.id == "subsidy_statement" and first.where == {"rule_id": ("neixiang_purchase_subsidy",)}


def test_a_county_writes_its_own(tmp_path: Path) -> None:
    found = rules(own_home(tmp_path, own=OWN))
    assert list(found)[-1] == "own_grant" and len(found) == len(rules()) + 1
    own = found["own_grant"]
    assert (own.kind, own.per, own.number) == (Kind.PER_UNIT, Per.YEAR, 0)
    assert own.factor() == Fraction(1, 10_000)


def test_yes_on_and_numbers_are_what_they_look_like(tmp_path: Path) -> None:
    text = OWN.replace("50,", "0.1,") + "  conditions:\n    - {table: acceptance, where: {passed: [yes]}, on: inspected_on}\n"
    own = rules(own_home(tmp_path, own=text))["own_grant"]
    assert own.rate and own.rate.value == Fraction(1, 10)
    assert own.conditions[0].source.where == {"passed": ("yes",)} and own.conditions[0].source.on == "inspected_on"


def test_all_faults_of_all_files_are_told_at_once_in_both_languages(tmp_path: Path) -> None:
    zh, en = refused(
        tmp_path, one=OWN.replace("CNY/household", "CNY/mu").replace("per_unit", "per_head"),
        two="second:\n  label: {zh: 二}\n  document: 000-9\n  kind: fixed\n  unit: CNY10k\n  colour: red\n",
        three="- a list\n", four="third: [")
    for said in (zh, en):
        assert all(part in said for part in (
            "one.yml", "own_grant.kind", "per_head", "per_unit, fixed, match, every, principle", "two.yml", "second.label",
            "second.document", "000-9", "second.rate", "second.colour", "three.yml", "four.yml"))
    assert "允许" in zh and "allowed" in en


@pytest.mark.parametrize(("old", "new", "field"), [
    ("CNY/household", "CNY/mu", "rate.unit"), ("CNY/household", "CNY/cat", "rate.unit"), ("value: 50", "value: -1", "rate.value"),
    ("value: 50", "value: many", "rate.value"), ("value: 50", "value: 50, up_to: 40", "rate"),
    ("measure: households_in_community", "measure: household", "base.measure"),
    ("measure: households_in_community", "table: comunity", "base.table"),
    ("measure: households_in_community", "table: community, column: type", "base.column"),
    ("measure: households_in_community", "table: community, column: households, where: {type: [lunar]}", "base.where.type"),
    ("measure: households_in_community", "table: community, column: households, where: {head: x}", "base.where.head"),
    ("level: community", "level: galaxy", "level"), ("level: community", "valid_from: soon", "valid_from"),
    ("level: community", "valid_from: 2014-01-01\n  valid_to: 2013", "valid_to"),
    ("level: community", "deadline: {day: 13-40}", "deadline.day"),
    ("level: community", "deadline: {column: due}", "deadline.column"),
    ("level: community", "of: nobody", "of"), ("level: community", "cap: {value: 1, unit: mu}", "cap.unit"),
    ("level: community", "paid: [{measure: planned_land_area}]", "paid[2]"),
    ("level: community", "conditions: [{measure: households_in_community, at_least: 3, unit: mu}]", "conditions[1].unit"),
    ("level: community", "unit: CNY", "unit"), ("level: community", "area: 内乡", "area"),
])
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    assert old in OWN
    zh, en = refused(tmp_path, own=OWN.replace(old, new))
    assert f"own_grant.{field} " in zh and f"own_grant.{field}:" in en


def test_no_two_rules_have_one_id(tmp_path: Path) -> None:
    assert "own_grant" in refused(tmp_path / "twice", own=OWN + OWN)[0]
    assert "deqing_branch" in refused(tmp_path / "known", own=OWN.replace("own_grant", "deqing_branch"))[1]


def test_the_command_lists_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLIB_HOME", str(PROJECT))
    listed = CliRunner().invoke(app, ["rules", "--format", "csv"])
    assert listed.exit_code == 0
    assert [line.partition(",")[0] for line in listed.stdout.splitlines()[1:]] == list(rules(Home(PROJECT)))
