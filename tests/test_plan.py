from __future__ import annotations

from pathlib import Path

import pytest
from runner_home import LANGUAGE, make_home, write_notebook

from commlib.errors import ParameterError
from commlib.home import Home
from commlib.places import place_book
from commlib.runner.notebooks import AnalysisNotebook, read_notebooks
from commlib.runner.plan import choose_counties, plan
from commlib.store import open_store


@pytest.fixture
def home(tmp_path: Path, shared_store: None) -> Home:
    root = make_home(tmp_path / "home")
    write_notebook(root, "overview", order=1, needs="report")
    write_notebook(root, "register", order=2, needs="register")
    write_notebook(root, "methods", order=3, scope="once", parameters={"lang": LANGUAGE})
    return Home(root)


@pytest.fixture
def notebooks(home: Home) -> list[AnalysisNotebook]:
    return read_notebooks(home)


def test_every_applicable_pair_in_order(home: Home, notebooks: list[AnalysisNotebook]) -> None:
    work = plan(home, notebooks, "431024,110101,nanchang-wuxi")
    assert [(item.notebook.id, item.county, item.language) for item in work.items] == [
        ("overview", "431024", "zh"), ("overview", "431024", "en"),
        ("register", "431024", "zh"), ("register", "431024", "en"),
        ("register", "110101", "zh"), ("register", "110101", "en"),
        ("overview", "nanchang-wuxi", "zh"), ("overview", "nanchang-wuxi", "en"),
        ("methods", None, "zh"), ("methods", None, "en")]
    assert [(each.notebook.id, each.county) for each in work.skipped] == [
        ("overview", "110101"), ("register", "nanchang-wuxi")]
    assert work.skipped[0].reason.zh and work.skipped[0].reason.en


def test_parameters_carry_county_period_and_language(home: Home, notebooks: list[AnalysisNotebook]) -> None:
    work = plan(home, notebooks, "431024", "2023-06", ["en"])
    assert [dict(item.parameters) for item in work.items] == [
        {"county": "431024", "period": "2023-06", "lang": "en"}] * 2 + [{"lang": "en"}]


def test_the_default_is_every_county_with_a_report(home: Home, notebooks: list[AnalysisNotebook]) -> None:
    counties = {item.county for item in plan(home, notebooks).items} - {None}
    assert counties == set(open_store(home).reported_counties())
    assert {"370828", "431024", "430223", "411325", "330521", "620602", "130102", "nanchang-wuxi"} <= counties


def test_all_is_the_register_and_the_slugs(home: Home) -> None:
    book = place_book(home)
    keys, said = choose_counties(book, open_store(home), "all")
    assert said == []
    assert keys[:2847] == [place.key for place in book.counties()]
    assert set(keys[2847:]) == set(book.slugs)


def test_every_wrong_choice_is_told_at_once(home: Home, notebooks: list[AnalysisNotebook]) -> None:
    with pytest.raises(ParameterError) as refused:
        plan(home, notebooks, "43102,999999", "2013-9", ["zh", "fr"])
    for found in ("43102", "999999", "2013-9", "fr"):
        assert found in refused.value.message.zh and found in refused.value.message.en
