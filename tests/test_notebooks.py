"""Hygiene of the analyses as they are stored: they tell, the package computes."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from source_code import PROJECT

from commlib.runner.notebooks import read_notebook

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
MOST_LINES = 5
TAGS = {"parameters", "hide", "lang-zh", "lang-en"}
HAN = re.compile(r"[\u3400-\u9fff]")
Cell = dict[str, Any]
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.If,
         ast.IfExp, ast.Try, ast.TryStar, ast.With, ast.Match, ast.BinOp, ast.AugAssign, ast.UnaryOp, ast.BoolOp,
         ast.Compare, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Raise, ast.Assert, ast.Delete,
         ast.Global)
PATH_LIKE = re.compile(r"[/\\]|\.(?:csv|xlsx|parquet|json|toml|py|html|db|sql)$")
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def stored(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def cells(path: Path, kind: str) -> list[Cell]:
    return [cell for cell in stored(path)["cells"] if cell["cell_type"] == kind]


def tags(cell: Cell) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def test_there_are_notebooks() -> None:
    expected = {
        "county_overview", "housing_progress", "facilities_and_standards", "infrastructure_projects", "funding", "land",
        "satisfaction_survey", "organisations_and_members", "staff_and_social_workers", "community_economy",
        "parks_and_new_towns", "services_and_governance", "safety_and_environment", "participation_and_events", "appraisal",
        "data_quality", "report_audit", "village_register", "methods_and_sources"}
    assert expected == {path.stem for path in NOTEBOOKS} and len(expected) == 19


@every_notebook
def test_both_readme_files_list_it_by_its_title(path: Path) -> None:
    title = read_notebook(path).title
    for name, words in (("README.md", title.en), ("README.zh.md", title.zh)):
        assert f"| `{path.stem}` | {words} | " in (PROJECT / name).read_text(encoding="utf-8")


@every_notebook
def test_code_cells_are_short_and_hold_no_logic(path: Path) -> None:
    for cell in cells(path, "code"):
        lines = [line for line in source(cell).splitlines() if line.strip()]
        assert 1 <= len(lines) <= MOST_LINES, source(cell)
        for node in ast.walk(ast.parse(source(cell))):   # a magic or a shell line does not parse
            assert not isinstance(node, LOGIC), f"{type(node).__name__} in: {source(cell)}"
            assert not (isinstance(node, ast.alias) and node.name == "*"), source(cell)
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            assert not (is_text and PATH_LIKE.search(node.value)), f"a path in: {source(cell)}"


@every_notebook
def test_only_commlib_is_imported_and_what_is_imported_exists(path: Path) -> None:
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(source(cell))):
            assert not isinstance(node, ast.Import), source(cell)
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(str(node.module))
                assert module.__name__.partition(".")[0] == "commlib"
                for alias in node.names:
                    assert hasattr(module, alias.name) or importlib.import_module(f"{node.module}.{alias.name}")


@every_notebook
def test_nothing_is_imported_in_vain(path: Path) -> None:
    trees = [ast.parse(source(cell)) for cell in cells(path, "code")]
    names = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    brought = {alias.asname or alias.name for tree in trees for node in ast.walk(tree)
               if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert brought <= names


@every_notebook
def test_it_is_stored_without_outputs(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert set(cell["metadata"]) <= {"tags"}, "no timing or other traces of a run"
    assert set(stored(path)["metadata"]) == {"commlib", "kernelspec", "language_info"}
    assert stored(path)["metadata"]["language_info"] == {"name": "python"}, "no version of the author's Python"


@every_notebook
def test_the_parameters_come_first_and_the_declaration_stands_on_top(path: Path) -> None:
    assert tags(stored(path)["cells"][0]) == ["parameters"]
    assert [cell for cell in stored(path)["cells"] if "parameters" in tags(cell)] == stored(path)["cells"][:1]
    assert next(iter(stored(path)["metadata"])) == "commlib"
    assert read_notebook(path).id == path.stem   # a wrong or incomplete declaration is refused here


@every_notebook
def test_tags_are_known_and_the_imports_are_hidden(path: Path) -> None:
    for cell in stored(path)["cells"]:
        assert set(tags(cell)) <= TAGS
        if cell["cell_type"] == "code" and re.search(r"^\s*from ", source(cell), flags=re.MULTILINE):
            assert tags(cell) == ["hide"]


@every_notebook
def test_prose_stands_in_pairs_chinese_first(path: Path) -> None:
    every = stored(path)["cells"]
    for number, cell in enumerate(every):
        if cell["cell_type"] != "markdown":
            continue
        (language,) = tags(cell)
        assert language in ("lang-zh", "lang-en"), source(cell)
        partner = every[number + 1] if language == "lang-zh" else every[number - 1]
        assert tags(partner) == ["lang-en" if language == "lang-zh" else "lang-zh"], f"no partner: {source(cell)}"
        assert bool(HAN.search(source(cell))) == (language == "lang-zh"), source(cell)
        assert shape(cell) == shape(partner), f"{source(cell)} / {source(partner)}"


def shape(cell: Cell) -> list[str]:
    """The headings of a cell by their marks, and how many paragraphs it has: alike in both languages."""
    paragraphs = [part for part in source(cell).split("\n\n") if part.strip()]
    return [(re.match(r"#+ ", part) or [""])[0] for part in paragraphs]


@every_notebook
def test_the_first_heading_is_the_declared_title(path: Path) -> None:
    declared = read_notebook(path).title
    headings = [(*tags(cell), source(cell)) for cell in cells(path, "markdown") if source(cell).startswith("# ")]
    assert headings == [("lang-zh", f"# {declared.zh}"), ("lang-en", f"# {declared.en}")]
