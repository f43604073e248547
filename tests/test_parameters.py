from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from bad_inputs import CATEGORIES, DECLARED, BadInput, bad_inputs, faults_of
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from runner_home import COUNTY, LANGUAGE, PARAMETERS, PROJECT, make_home, write_notebook
from typer.testing import CliRunner

from commlib.cli import app
from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home
from commlib.places import place_book
from commlib.runner.notebooks import AnalysisNotebook, choose_notebooks, read_notebook, read_notebooks
from commlib.runner.options import schema_of, settings_of, split_options
from commlib.runner.parameters import check

NUMBER = {"type": "number", "zh": "数", "en": "number"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(make_home(tmp_path / "home"))


def notebook(home: Home) -> AnalysisNotebook:
    return read_notebook(write_notebook(home.root, "alpha", parameters=DECLARED))


def test_a_declaration_is_read_whole(home: Home) -> None:
    read = notebook(home)
    assert (read.id, read.title.en, read.scope, read.needs) == ("alpha", "Analysis", "county", "")
    assert [(each.name, each.type, each.default) for each in read.parameters] == [
        ("county", "county", "411325"), ("period", "period", None), ("lang", "language", "zh"),
        ("top", "integer", 5), ("share", "number", 0.5), ("by", "choice", "township")]
    assert [(each.minimum, each.maximum) for each in read.parameters[3:]] == [(1, 20), (0, 1), (None, None)]


def test_notebooks_come_in_declared_order_and_unknown_ones_are_refused(home: Home) -> None:
    write_notebook(home.root, "alpha", order=20)
    write_notebook(home.root, "beta", order=10)
    (home.notebooks / "Untitled.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}', encoding="utf-8")
    known = read_notebooks(home)
    assert [each.id for each in known] == ["beta", "alpha"], "a sketch that declares nothing is no analysis"
    assert [each.id for each in choose_notebooks(known, ["notebooks/alpha.ipynb"])] == ["alpha"]
    with pytest.raises(ParameterError) as refused:
        choose_notebooks(known, ["alpah"])
    assert "“alpha”" in refused.value.message.zh and '"alpha"' in refused.value.message.en


@pytest.mark.parametrize("declared", [
    {"scope": "monthly"}, {"needs": "luck"}, {"title": {"zh": "只有中文"}}, {"order": "first"}, {"colour": "red"},
    {"parameters": {"lang": LANGUAGE}},                                        # a county notebook without a county
    {"parameters": {"county": COUNTY}},                                        # no language
    {"parameters": {**PARAMETERS, "county": {**COUNTY, "default": 411325}}},   # a code is text
    {"parameters": {**PARAMETERS, "county": {**COUNTY, "type": "code"}}},
    {"parameters": {**PARAMETERS, "by": {"type": "choice", "default": "x", "choices": ["y"], "zh": "按", "en": "by"}}},
    {"parameters": {**PARAMETERS, "by": {"type": "choice", "default": "x", "zh": "按", "en": "by"}}},
    {"parameters": {**PARAMETERS, "x": {**NUMBER, "default": 2, "maximum": 1}}},
    {"parameters": {**PARAMETERS, "x": {**NUMBER, "default": 2, "minimum": 3, "maximum": 1}}},
    {"parameters": {**PARAMETERS, "x": {**NUMBER, "default": True}}},
    {"parameters": {**PARAMETERS, "x": {**NUMBER, "default": 2, "minimum": "1"}}},
    {"parameters": {**PARAMETERS, "county": {**COUNTY, "minimum": 1}}},
    {"cell": 'county, period, lang = "411325", "2013", "zh"'},                 # another default than declared
    {"cell": 'county, period = "411325", None'},                               # one is missing
    {"cell": 'county, period, lang, extra = "411325", None, "zh", 1'},
    {"cell": 'county, period, lang = "411325", None, str("zh")'},              # no literal
    {"cell": 'import os\ncounty, period, lang = "411325", None, "zh"'},
    {"cell": "county = ("},
])
def test_wrong_declarations_are_refused(home: Home, declared: dict[str, object]) -> None:
    path = write_notebook(home.root, "wrong", **declared)  # type: ignore[arg-type]
    with pytest.raises(DeclarationError, match=r"wrong\.ipynb"):
        read_notebook(path)


def test_a_file_that_is_no_notebook_is_refused(home: Home) -> None:
    path = home.notebooks / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"broken\.ipynb"):
        read_notebook(path)


def test_defaults_fill_what_is_not_given(home: Home) -> None:
    assert check(notebook(home), {"county": "431024", "period": "2013-09"}, place_book(home)) == {
        "county": "431024", "period": "2013-09", "lang": "zh", "top": 5, "share": 0.5, "by": "township"}


@pytest.mark.parametrize(("given", "nearest"), [
    ({"contry": "431024"}, "county"),
    ({"county": 431024}, '"411325"'),
    ({"county": "43102"}, "431021"),
    ({"county": "431024; import os"}, "431024"),
    ({"county": None}, '"411325"'),
    ({"period": "2013/9"}, "2013-09"),
    ({"period": 2013}, '"2013-09"'),
    ({"lang": "ENG"}, "en"),
    ({"top": "5"}, "5"),
    ({"top": True}, "5"),
    ({"top": 21}, "20"),
    ({"top": 5.0}, "5"),
    ({"share": -0.25}, "0"),
    ({"share": float("nan")}, "0.5"),
    ({"county": "130106"}, "130108"),
    ({"by": "townships"}, "township"),
])
def test_wrong_values_are_refused_in_both_languages_with_the_nearest(
        home: Home, given: dict[str, object], nearest: str) -> None:
    with pytest.raises(ParameterError) as refused:
        check(notebook(home), given, place_book(home))
    assert nearest in refused.value.message.zh
    assert nearest in refused.value.message.en


def test_all_problems_are_told_at_once_and_nothing_is_evaluated(home: Home, tmp_path: Path) -> None:
    mark = tmp_path / "evaluated"
    given = {"county": f"__import__('pathlib').Path({str(mark)!r}).touch()", "period": "soon", "lang": "fr", "x": 1}
    with pytest.raises(ParameterError) as refused:
        check(notebook(home), given, place_book(home))
    assert len(refused.value.message.zh.splitlines()) == 4
    assert len(refused.value.message.en.splitlines()) == 4
    assert not mark.exists()


# ---- the JSON schema accepts what the check accepts

@cache
def declared_once() -> tuple[AnalysisNotebook, Draft202012Validator]:
    """The notebook with a parameter of every type, and the validator of its schema."""
    with TemporaryDirectory() as folder:
        read = notebook(Home(make_home(Path(folder) / "home")))
    return read, Draft202012Validator(schema_of(read, BOOK))


def accepted(values: dict[str, Any]) -> bool:
    try:
        check(declared_once()[0], values, BOOK)
    except ParameterError:
        return False
    return True


def test_the_schemas_of_all_notebooks_are_valid_and_accept_their_defaults() -> None:
    for each in read_notebooks(Home(PROJECT)):
        schema = schema_of(each, BOOK)
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate({one.name: one.default for one in each.parameters})
        assert set(schema["properties"]) == {one.name for one in each.parameters}


BOOK = place_book(Home(PROJECT))
CODES = st.sampled_from([*BOOK.register, *BOOK.slugs, *BOOK.retired])
PERIODS = st.from_regex(r"\A[0-9]{4}(?:-[01][0-9](?:-[0-3][0-9])?|Q[0-9])?\n?\Z") | st.dates().map(str) \
    | st.from_regex(r"\Aundated:[\w-]*(?::earlier)?\Z") | st.sampled_from([f"{year}-02-29" for year in (1900, 2000, 2023, 2024)])
# JSON has no nan, and 5.0 is 5 to it: these stand among the bad inputs instead.
PLAIN = st.none() | st.booleans() | st.integers(-3, 25) | st.text(max_size=8) | st.sampled_from(["zh", "en", "township", "５"]) \
    | st.floats(-0.5, 1.5).filter(lambda number: not number.is_integer()) | st.lists(st.integers(), max_size=1)
VALUES = st.fixed_dictionaries({}, optional={
    "county": CODES | PLAIN, "period": PERIODS | PLAIN, "lang": PLAIN, "top": PLAIN, "share": PLAIN, "by": PLAIN, "other": PLAIN})


@settings(max_examples=400, deadline=None)
@drawn(VALUES)
def test_the_schema_accepts_what_the_check_accepts(values: dict[str, Any]) -> None:
    assert declared_once()[1].is_valid(values) == accepted(values)


@settings(max_examples=400, deadline=None)
@drawn(PERIODS)
def test_the_pattern_of_periods_is_the_parser(period: str) -> None:
    assert declared_once()[1].is_valid({"period": period}) == accepted({"period": period})


# ---- options of the command line

def test_options_are_read_by_the_declared_type_alone(home: Home) -> None:
    read = notebook(home)
    texts = split_options(["top=7", "share=1", "by=community", "top=+8"], [read])
    assert settings_of(read, texts) == {"top": 8, "share": 1.0, "by": "community"}
    assert settings_of(read, {"top": "1+1", "share": "1e3", "by": "5"}) == {"top": "1+1", "share": "1e3", "by": "5"}


@pytest.mark.parametrize(("option", "named"), [("county=411325", "--county"), ("tpo=5", "top"), ("top", "top"), ("=", "by")])
def test_an_option_that_no_notebook_takes_is_refused_with_what_there_is(home: Home, option: str, named: str) -> None:
    with pytest.raises(ParameterError) as refused:
        split_options([option, "top=5"], [notebook(home)])
    assert named in refused.value.message.zh and named in refused.value.message.en


# ---- bad inputs

@pytest.fixture
def fuzzed(home: Home, built_outputs: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project with one notebook that has a parameter of every type, over the session's store."""
    notebook(home)
    monkeypatch.setenv("COMMLIB_HOME", str(home.root))
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(built_outputs))
    return home


def let_through(bad: BadInput, home: Home, mark: Path) -> list[str]:
    """What is wrong with how one bad input is refused, by the check and on the command line; empty where nothing is."""
    try:
        check(read_notebook(home.notebooks / "alpha.ipynb"), {bad.name: bad.value}, place_book(home))
        wrong = [f"checked and accepted: {bad}"]
    except ParameterError as refused:
        wrong = faults_of(bad, refused.message.zh, refused.message.en)
    options, out = bad.options(), home.root / "out"
    if options is not None:
        asked = ["value", "villagers_committees"] if bad.category == "retired county" else ["run", "alpha", f"--out={out}"]
        said = CliRunner().invoke(app, [*asked, *options])
        wrong += faults_of(bad, said.stderr, said.stderr)
        wrong += [f"{bad}: exit code {said.exit_code}, {said.exception!r}"] if said.exit_code != 2 else []
    traces = [path for path in (mark, out) if path.exists()]   # of evaluated code, of a run that began
    return [*wrong, *(f"{bad}: made {path}" for path in traces)]


def test_bad_inputs_are_refused_before_anything_runs(fuzzed: Home, tmp_path: Path) -> None:
    mark = tmp_path / "evaluated"
    drawn_inputs = list(bad_inputs(3 * len(CATEGORIES), place_book(fuzzed), mark))
    assert {each.category for each in drawn_inputs} == set(CATEGORIES)
    assert [fault for each in drawn_inputs for fault in let_through(each, fuzzed, mark)] == []


@pytest.mark.torture
def test_two_hundred_bad_inputs_are_refused(fuzzed: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark = tmp_path / "evaluated"
    faults = [let_through(each, fuzzed, mark) for each in bad_inputs(200, place_book(fuzzed), mark, seed=17)]
    with capsys.disabled():
        print(f"\nbad inputs refused: {faults.count([])} of {len(faults)}")
    assert [fault for each in faults for fault in each] == []
