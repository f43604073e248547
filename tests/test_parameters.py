from __future__ import annotations

from pathlib import Path

import pytest
from runner_home import COUNTY, LANGUAGE, PARAMETERS, make_home, write_notebook

from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home
from commlib.places import place_book
from commlib.runner.notebooks import AnalysisNotebook, choose_notebooks, read_notebook, read_notebooks
from commlib.runner.parameters import check

WITH_EXTRAS = {**PARAMETERS, "top": {"type": "integer", "default": 5, "zh": "前几", "en": "top"},
               "by": {"type": "choice", "default": "township", "choices": ["township", "community"], "zh": "按",
                      "en": "by"}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(make_home(tmp_path / "home"))


def notebook(home: Home) -> AnalysisNotebook:
    return read_notebook(write_notebook(home.root, "alpha", parameters=WITH_EXTRAS))


def test_a_declaration_is_read_whole(home: Home) -> None:
    read = notebook(home)
    assert (read.id, read.title.en, read.scope, read.needs) == ("alpha", "Analysis", "county", "")
    assert [(each.name, each.type, each.default) for each in read.parameters] == [
        ("county", "county", "411325"), ("period", "period", None), ("lang", "language", "zh"),
        ("top", "integer", 5), ("by", "choice", "township")]


def test_notebooks_come_in_declared_order_and_unknown_ones_are_refused(home: Home) -> None:
    write_notebook(home.root, "alpha", order=20)
    write_notebook(home.root, "beta", order=10)
    known = read_notebooks(home)
    assert [each.id for each in known] == ["beta", "alpha"]
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
        "county": "431024", "period": "2013-09", "lang": "zh", "top": 5, "by": "township"}


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
