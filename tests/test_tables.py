"""Table declarations: what a wrong one says, and the schema that follows from a right one."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pandera.errors
import pytest

from commlib import phrases
from commlib.declarations import tables
from commlib.errors import DeclarationError, ParameterError

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
empty = true
"""


def read(tmp_path: Path, text: str) -> tables.TableDeclaration:
    path = tmp_path / "visits.toml"
    path.write_text(text, encoding="utf-8")
    return tables.read_declaration(path)


def test_all_declared_tables_load_and_refer_to_each_other() -> None:
    assert [declaration.id for declaration in tables.tables()] == [
        "checklist_item", "claim", "register_county", "register_township", "register_village", "reported_figure"]
    claim = tables.table("claim")
    assert claim.column("numerator_ids").references == "reported_figure.id"
    assert claim.label.zh == "报告自称的推算" and claim.key == ("id",)


def test_an_unknown_table_is_a_parameter_error_that_lists_the_known() -> None:
    with pytest.raises(ParameterError, match="reported_figure"):
        tables.table("figures")


def test_an_analysts_own_table_is_one_more_file(tmp_path: Path) -> None:
    declaration = read(tmp_path, GOOD)
    assert [column.name for column in declaration.columns] == ["id", "result", "homes"]
    assert declaration.column("homes").empty and declaration.column("homes").required


@pytest.mark.parametrize(("old", "new", "field", "found"), [
    ('type = "code"', 'type = "number"', "columns.id.type", "number"),
    ('key = ["id"]', 'key = ["no"]', "key", "no"),
    ('key = ["id"]', "key = []", "key", "[]"),
    ('row = {zh = "一次走访", en = "One visit"}', 'row = {zh = "一次走访"}', "row", "一次走访"),
    ('label = {zh = "编号", en = "id"}', 'label = {zh = "编号", en = " "}', "columns.id.label", "编号"),
    ('allowed = ["done", "open"]', "allowed = []", "columns.result.allowed", "[]"),
    ('allowed = ["done", "open"]', 'pattern = "["', "columns.result.pattern", "["),
    ("empty = true", 'empty = "yes"', "columns.homes.empty", "yes"),
    ("empty = true", "emtpy = true", "columns.homes.emtpy", "emtpy"),
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


def test_a_reference_must_name_a_declared_column(tmp_path: Path) -> None:
    declaration = read(tmp_path, GOOD.replace('type = "code"', 'type = "code"\nreferences = "homes.id"'))
    with pytest.raises(DeclarationError, match=re.escape("columns.id.references")):
        tables.check_together([declaration])


def test_two_tables_may_not_share_an_id(tmp_path: Path) -> None:
    declaration = read(tmp_path, GOOD)
    with pytest.raises(DeclarationError, match="visits"):
        tables.check_together([declaration, declaration])


def test_the_schema_collects_every_failure_of_a_text_frame(tmp_path: Path) -> None:
    checked = tables.schema(read(tmp_path, GOOD))
    right = pd.DataFrame({"id": ["a", "b"], "result": ["done", "open"], "homes": ["", "12"], "more": "x"}, dtype=str)
    assert len(checked.validate(right, lazy=True)) == 2
    wrong = pd.DataFrame({"id": ["a", "a"], "result": ["done", "gone"], "homes": ["１２", "1.5"]}, dtype=str)
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        checked.validate(wrong, lazy=True)
    cases = caught.value.failure_cases
    assert set(cases["check"]) == {"key", "allowed", "type"}
    assert cases.loc[cases["check"] == "type", "failure_case"].tolist() == ["１２", "1.5"]


def test_every_phrase_that_a_declaration_or_a_fault_needs_exists() -> None:
    needed = {f"table.allowed_{kind}" for kind in ("str", "list", "bool", "dict")}
    needed |= {f"fault.{part}_{kind}" for part in ("allowed", "remedy") for kind in ("decimal", "integer", "code")}
    assert needed <= set(phrases.catalogue())
