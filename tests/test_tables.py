"""Table declarations: what a wrong one says, and the schema that follows from a right one."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pandera.errors
import pytest
from source_code import PROJECT

from commlib import phrases
from commlib.declarations import tables
from commlib.declarations.checks import CheckKind
from commlib.declarations.columns import Column
from commlib.declarations.schemas import schema
from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home
from commlib.listings import table_rows

GOOD = """
id = "visits"
file = "visits.csv"
source = "own"
key = ["id"]
label = {zh = "走访", en = "Visits"}
row = {zh = "一次走访", en = "One visit"}

[columns.id]
label = {zh = "编号", en = "id"}
type = "code"

[columns.result]
label = {zh = "结果", en = "result"}
type = "text"
allowed = ["done", "open"]

[columns.homes]
label = {zh = "户数", en = "households"}
type = "integer"
blank = "missing"
minimum = 0
unit = "households"
"""


def read(tmp_path: Path, text: str) -> tables.TableDeclaration:
    path = tmp_path / "visits.toml"
    path.write_text(text, encoding="utf-8")
    return tables.read_declaration(path)


def test_declared_tables_load_and_refer_to_each_other() -> None:
    claim = tables.table("claim")
    assert claim.column("numerator_ids").references == "reported_figure.id"
    assert claim.label.zh == "报告自称的推算" and claim.key == ("id",) and claim.theme == "returns"
    assert [(each.theme, each.id) for each in tables.tables()] == sorted((each.theme, each.id) for each in tables.tables())


def test_an_unknown_table_is_a_parameter_error_that_lists_the_known() -> None:
    with pytest.raises(ParameterError, match="reported_figure"):
        tables.table("figures")


def test_an_analysts_own_table_is_one_more_file_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "tables"
    folder.mkdir(parents=True)
    (folder / "visits.toml").write_text(GOOD, encoding="utf-8")
    home = Home(tmp_path)
    own = tables.table("visits", home)
    assert [column.name for column in own.columns] == ["id", "result", "homes"] and own.theme == "own"
    assert not own.column("homes").required and own.column("id").required
    assert tables.tables(home)[-1] == own and len(tables.tables(home)) == len(tables.tables()) + 1
    assert [row["column"] for row in table_rows(home) if row["table"] == "visits"] == ["id", "result", "homes"]
    with pytest.raises(ParameterError, match="study_visit"):
        tables.table("visits")


def test_an_own_table_may_not_take_the_name_of_a_declared_one(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "tables"
    folder.mkdir(parents=True)
    (folder / "claim.toml").write_text(GOOD.replace("visits", "claim"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="claim"):
        tables.table("claim", Home(tmp_path))


@pytest.mark.parametrize(("old", "new", "field", "found"), [
    ('type = "code"', 'type = "number"', "columns.id.type", "number"),
    ('key = ["id"]', 'key = ["no"]', "key", "no"),
    ('key = ["id"]', "key = []", "key", "[]"),
    ('row = {zh = "一次走访", en = "One visit"}', 'row = {zh = "一次走访"}', "row", "一次走访"),
    ('label = {zh = "编号", en = "id"}', 'label = {zh = "编号", en = " "}', "columns.id.label", "编号"),
    ('allowed = ["done", "open"]', "allowed = []", "columns.result.allowed", "[]"),
    ('allowed = ["done", "open"]', 'allowed = [{id = "done", zh = "完成"}]', "columns.result.allowed[1]", "完成"),
    ('allowed = ["done", "open"]', 'allowed = ["done", "Done"]', "columns.result.allowed", "done"),
    ('allowed = ["done", "open"]', 'pattern = "["', "columns.result.pattern", "["),
    ('allowed = ["done", "open"]', 'unit = "mu"', "columns.result.unit", "mu"),
    ('allowed = ["done", "open"]', 'aliases = ["户 数"]', "columns.result.aliases", "户 数"),
    ('allowed = ["done", "open"]', 'personal = "hide"', "columns.result.personal", "hide"),
    ('type = "text"', 'type = "choice"\nblank = "zero"', "columns.result.blank", "zero"),
    ('blank = "missing"', 'required = "yes"', "columns.homes.required", "yes"),
    ('blank = "missing"', "emtpy = true", "columns.homes.emtpy", "emtpy"),
    ('blank = "missing"', 'blank = "nothing"', "columns.homes.blank", "nothing"),
    ("minimum = 0", 'minimum = "none"', "columns.homes.minimum", "none"),
    ("minimum = 0", "minimum = 9\nmaximum = 3", "columns.homes.maximum", "3"),
    ("minimum = 0", 'kind = "level"', "columns.homes.kind", "level"),
    ("minimum = 0", 'unit_from = "result"', "columns.homes.unit_from", "result"),
    ("minimum = 0", 'measure = "homes"', "columns.homes.measure", "homes"),
    ("minimum = 0", 'measure = "gdp"', "columns.homes.measure", "gdp"),
    ("minimum = 0", 'measure = "commerce__kind"', "columns.homes.measure", "commerce__kind"),
    ('unit = "households"', 'unit = "homes"', "columns.homes.unit", "homes"),
    ('source = "own"', 'theme = "politics"', "theme", "politics"),
    ('source = "own"', 'cycle = "weekly"', "cycle", "weekly"),
    ('source = "own"', 'period = "homes"', "period", "homes"),
    ('source = "own"', 'place = ["village"]', "place", "village"),
    ('source = "own"', 'member = "homes"', "member", "homes"),
    ('source = "own"', 'feeds = ["homes"]', "feeds[1]", "homes"),
    ('source = "own"', 'feeds = [{measure = "visits"}]', "feeds[1].measure", "visits"),
    ('source = "own"', 'feeds = [{measure = "communities", where = {result = ["lost"]}}]', "feeds[1].where.result", "lost"),
    ('source = "own"', 'feeds = [{measure = "communities", column = "result"}]', "feeds[1]", "result"),
    ('source = "own"', 'feeds = [{measure = "communities", years = {homes = [1]}}]', "feeds[1].years.homes", "1"),
    ('source = "own"', 'checks = [{kind = "part", columns = ["homes"]}]', "checks[1].columns", "homes"),
    ('source = "own"', 'checks = [{kind = "part", columns = ["homes", "rooms"]}]', "checks[1].columns", "rooms"),
    ('source = "own"', 'checks = [{kind = "part", columns = ["homes", "result"]}]', "checks[1].columns", "result"),
    ('source = "own"', 'checks = [{kind = "same", columns = ["homes"]}]', "checks[1].kind", "same"),
    ('source = "own"', 'checks = [{kind = "unique", columns = ["id"], severity = "fatal"}]', "checks[1].severity", "fatal"),
    ('source = "own"', 'checks = [{kind = "unique", columns = ["id"], limit = 3}]', "checks[1].limit", "limit"),
    ('source = "own"', 'checks = [{kind = "jump", columns = ["homes"]}]', "checks[1].kind", "jump"),
    ('source = "own"', 'checks = [{kind = "rows", columns = ["homes"], over = "day", whole = "a.b"}]', "checks[1].over", "day"),
    ('id = "visits"', 'id = "walks"', "id", "walks"),
    ('file = "visits.csv"', 'files = "visits.csv"', "files", "files"),
    ('id = "visits"', "", "id", ""),
    ("[columns.id]", "[columns.id", "-", ""),
])
def test_a_wrong_declaration_names_file_field_found_and_allowed(
        tmp_path: Path, old: str, new: str, field: str, found: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    for language in ("zh", "en"):
        said = caught.value.say(language)
        assert "visits.toml" in said and field in said and found in said


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace('type = "code"', 'type = "number"').replace('unit = "households"', 'unit = "homes"').replace(
        'key = ["id"]', 'key = ["no"]')
    with pytest.raises(DeclarationError) as caught:
        read(tmp_path, wrong)
    said = caught.value.say("en").splitlines()
    assert len(said) == 3 and all(any(field in line for line in said) for field in ("columns.id.type", "homes.unit", "key"))


def test_units_that_do_not_compare_are_a_fault_of_the_check(tmp_path: Path) -> None:
    more = '\n[columns.land]\nlabel = {zh = "面积", en = "land"}\ntype = "decimal"\nunit = "mu"\n'
    check = 'checks = [{kind = "part", columns = ["homes", "land"]}]'
    with pytest.raises(DeclarationError, match="households, mu"):
        read(tmp_path, GOOD.replace('source = "own"', check) + more)


def test_a_reference_must_name_a_declared_column(tmp_path: Path) -> None:
    declaration = read(tmp_path, GOOD.replace('type = "code"', 'type = "code"\nreferences = "homes.id"'))
    with pytest.raises(DeclarationError, match=re.escape("columns.id.references")):
        tables.check_together([declaration])


def test_two_tables_may_not_share_an_id(tmp_path: Path) -> None:
    declaration = read(tmp_path, GOOD)
    with pytest.raises(DeclarationError, match="visits"):
        tables.check_together([declaration, declaration])


def test_the_schema_collects_every_failure_of_a_text_frame(tmp_path: Path) -> None:
    checked = schema(read(tmp_path, GOOD))
    right = pd.DataFrame({"id": ["a", "b"], "result": ["done", "open"], "homes": ["", "12"], "more": "x"}, dtype=str)
    assert len(checked.validate(right, lazy=True)) == 2
    wrong = pd.DataFrame({"id": ["a", "a"], "result": ["done", "gone"], "homes": ["１２", "-3"]}, dtype=str)
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        checked.validate(wrong, lazy=True)
    cases = caught.value.failure_cases
    assert set(cases["check"]) == {"key", "allowed", "type", "range"}
    assert cases.loc[cases["check"] == "type", "failure_case"].tolist() == ["１２"]
    assert cases.loc[cases["check"] == "range", "failure_case"].tolist() == ["-3"]


def test_every_phrase_that_a_declaration_or_a_fault_needs_exists() -> None:
    needed = {f"table.allowed_{kind}" for kind in ("str", "list", "bool", "dict")}
    needed |= {f"fault.{part}_{kind}" for part in ("allowed", "remedy") for kind in ("decimal", "integer", "code")}
    assert needed <= set(phrases.catalogue())


def test_the_example_of_the_documentation_is_a_table(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "tables.md").read_text(encoding="utf-8")
    path = tmp_path / "night_school.toml"
    path.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    example = tables.read_declaration(path)
    assert example.measures == ("communities_with_after_school",) and len(example.checks) == 2
    named = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page, flags=re.MULTILINE))
    said = {word for cell in named for word in re.findall(r"\w+", cell)}
    assert said == {field.name for field in fields(Column)} - {"name", "dropped", "choices"} | {"allowed"} | set(CheckKind)
