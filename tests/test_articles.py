"""Every table and plot that the fourteen reports want is answered by a section: in full on demo data, and on the reports."""

from __future__ import annotations

import ast
import json
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_blocks import Balance

from commlib.blocks.block import Block
from commlib.declarations.sources import sources
from commlib.declarations.tables import tables
from commlib.home import Home
from commlib.places import place_book
from commlib.view import CountyView

PROJECT = Path(__file__).parents[1]
ARTICLES = tomllib.loads((Path(__file__).parent / "articles.toml").read_text(encoding="utf-8"))
SHOWN: list[dict[str, Any]] = ARTICLES["shown"]
WAITS = 'class="notice waits"'
Opener = Callable[..., CountyView]
each_wanted = pytest.mark.parametrize("one", SHOWN, ids=[f"{one['article']}-{one['wanted']}" for one in SHOWN])
both = pytest.mark.parametrize("lang", ["zh", "en"])


def stored(notebook: str) -> list[dict[str, Any]]:
    loaded = json.loads((PROJECT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    return [{**cell, "source": "".join(cell["source"])} for cell in loaded["cells"]]


def shown(notebook: str, cells: list[str], view: CountyView) -> list[Block]:
    """What cells of a notebook show of a view, with the names that the notebook itself imports."""
    (imports,) = [cell["source"] for cell in stored(notebook) if cell["metadata"].get("tags") == ["hide"]]
    names: dict[str, Any] = {"view": view}
    for node in ast.parse(imports).body:
        if isinstance(node, ast.ImportFrom):
            exec(ast.unparse(node), names)   # the project's own notebooks
    return [eval(cell, names) for cell in cells]


def test_all_fourteen_reports_and_all_that_they_want_are_here() -> None:
    reports = {name: each.county for name, each in sources().items() if each.county}
    assert set(ARTICLES["wanted"]) == set(reports) and len(reports) == 14
    assert Counter(one["article"] for one in SHOWN) == ARTICLES["wanted"]
    places = place_book(Home(PROJECT))
    assert all(one["reported"] == places.county_of_report(reports[one["article"]]).key for one in SHOWN)
    assert len({(one["article"], one["wanted"]) for one in SHOWN}) == len(SHOWN)


@each_wanted
def test_the_cells_stand_in_the_notebook_under_a_heading(one: dict[str, Any]) -> None:
    headed, found = False, set()
    for cell in stored(one["notebook"]):
        headed = headed or (cell["cell_type"] == "markdown" and cell["source"].startswith("## "))
        if headed and cell["cell_type"] == "code":
            found.add(cell["source"])
    assert one["cells"] and {*one["cells"], *one.get("stated", [])} <= found


@both
@each_wanted
def test_it_is_shown_in_full_on_demo_data(demo_view_of: Opener, one: dict[str, Any], lang: str) -> None:
    for cell, block in zip(one["cells"], shown(one["notebook"], one["cells"], demo_view_of(lang)), strict=True):
        assert ("<svg" in block.html or "<table" in block.html) and WAITS not in block.html, f"{cell}: {block.plain}"
        assert not Balance(block.html).open, cell


@both
@each_wanted
def test_on_the_reported_figures_it_is_shown_or_says_which_table_it_waits_for(view_of: Opener, one: dict[str, Any], lang: str,
                                                                              ) -> None:
    labels, cells = [each.label[lang] for each in tables()], [*one["cells"], *one.get("stated", [])]
    blocks = shown(one["notebook"], cells, view_of(one["reported"], lang))
    for cell, block in zip(cells, blocks, strict=True):
        assert not Balance(block.html).open, cell
        if WAITS in block.html:
            assert any(label in block.plain for label in labels), f"{cell}: {block.plain}"
    assert any("<svg" in block.html or "<table" in block.html or WAITS in block.html for block in blocks)
    for block in blocks[len(one["cells"]):]:
        assert "<svg" in block.html and WAITS not in block.html
