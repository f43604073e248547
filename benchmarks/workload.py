"""What is run: fictional slices, two ordinary notebooks over them, and the same cells as a bare function."""

from __future__ import annotations

import ast
import html
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

PROJECT = Path(__file__).parents[1]
CELLS = Path(__file__).parent / "cells"
NOTEBOOKS = ("light", "heavy")
COMMUNITIES, MONTHS = 60, 36
# No clock in a figure: figures of two contenders can be compared byte by byte.
ENVIRONMENT = {"SOURCE_DATE_EPOCH": "0"}
_INLINE_SVG = "%config InlineBackend.figure_formats = ['svg']"
_MARK = re.compile(r"^# %%(.*)\n", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell of a script in cells/: `parameters`, `markdown` or "" (code), and its source."""

    kind: str
    source: str


def cells(notebook: str) -> list[Cell]:
    """The cells of a script: what stands before the first mark belongs to none."""
    parts = _MARK.split((CELLS / f"{notebook}.py").read_text(encoding="utf-8"))[1:]
    return [Cell(kind.strip(), source.strip()) for kind, source in zip(parts[::2], parts[1::2], strict=True)]


def make_home(folder: Path, counties: int) -> list[str]:
    """A project folder with the project's data, fictional slices of so many counties and the notebooks; the counties' keys."""
    from commlib.home import Home
    from commlib.places import place_book

    (folder / "notebooks").mkdir(parents=True)
    shutil.copytree(PROJECT / "data", folder / "data")
    (folder / "data" / "slices").mkdir()
    keys = [place.key for place in place_book(Home(folder)).counties()][:counties]
    for key in keys:
        slice_of(key).to_parquet(folder / "data" / "slices" / f"{key}.parquet", index=False)
    for number, name in enumerate(NOTEBOOKS):
        write_notebook(folder / "notebooks" / f"{name}.ipynb", name, number)
    return keys


def slice_of(county: str) -> pd.DataFrame:
    """Fictional rows of one county: 60 communities in 36 months, the same for the same key."""
    chance = np.random.default_rng(int(county))
    size = COMMUNITIES * MONTHS
    households = np.repeat(chance.integers(200, 3000, COMMUNITIES), MONTHS)
    residents = (households * np.repeat(chance.uniform(2.2, 3.4, COMMUNITIES), MONTHS)
                 * np.tile(np.linspace(1, 1.06, MONTHS), COMMUNITIES)).astype(int)
    workers = np.repeat(chance.integers(3, 15, COMMUNITIES), MONTHS)
    complaints = chance.poisson(residents / 400 + 12 / workers)
    budget = residents * chance.uniform(1.5, 3, size)
    surveyed = chance.integers(30, 120, size)
    return pd.DataFrame({
        "community": np.repeat([f"Community {number:02}" for number in range(1, COMMUNITIES + 1)], MONTHS),
        "kind": np.repeat(chance.choice(["urban", "town", "village"], COMMUNITIES), MONTHS),
        "month": np.tile([f"{2021 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)], COMMUNITIES),
        "households": households, "residents": residents, "workers": workers,
        "elderly": chance.binomial(residents, 0.19), "volunteers": chance.binomial(residents, 0.04),
        "budget": budget, "spent": budget * chance.uniform(0.6, 1.05, size),
        "complaints": complaints, "resolved": chance.binomial(complaints, 0.8),
        "surveyed": surveyed, "satisfied": chance.binomial(surveyed, np.repeat(chance.uniform(0.5, 0.95, COMMUNITIES), MONTHS)),
        "centre": np.repeat(chance.integers(0, 2, COMMUNITIES), MONTHS),
    })


def write_notebook(path: Path, name: str, order: int = 0) -> None:
    """Write a script's cells as a notebook that papermill, nbconvert and `commlib run` alike can run."""
    made: list[dict[str, Any]] = []
    for number, cell in enumerate(cells(name)):
        source = f"{_INLINE_SVG}\n{cell.source}" if "import matplotlib.pyplot" in cell.source else cell.source
        code = {} if cell.kind == "markdown" else {"outputs": [], "execution_count": None}
        made.append({"cell_type": "markdown" if cell.kind == "markdown" else "code", "id": f"cell-{number}", "source": source,
                     "metadata": {"tags": ["parameters"]} if cell.kind == "parameters" else {}, **code})
    words = {"zh": "基准", "en": "Benchmark"}
    declared = {"title": words, "scope": "county", "order": order, "parameters": {
        "county": {"type": "county", "default": "110101", **words}, "lang": {"type": "language", "default": "zh", **words}}}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"cells": made, "metadata": {"commlib": declared, "kernelspec": kernel, "language_info": {"name": "python"}},
             "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def compiled(notebook: str) -> list[tuple[CodeType, CodeType | None]]:
    """Each code cell but the parameters as statements and, where it ends in one, the expression that a notebook would show."""
    found = []
    for cell in cells(notebook):
        if cell.kind:
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        shown = compile(ast.Expression(last.value), notebook, "eval") if isinstance(last, ast.Expr) else None
        found.append((compile(tree, notebook, "exec"), shown))
    return found


def bare_page(code: list[tuple[CodeType, CodeType | None]], county: str) -> str:
    """Run the compiled cells in a plain namespace; their tables and figures, drawn as a notebook draws them, as one page."""
    said: list[str] = []
    names: dict[str, Any] = {"county": county, "lang": "zh", "print": lambda *words: said.append(
        f"<pre>{html.escape(' '.join(map(str, words)))}</pre>")}
    for statements, expression in code:
        exec(statements, names)
        value = eval(expression, names) if expression else None
        said += figures()
        if value is not None:
            said.append(value._repr_html_() if hasattr(value, "_repr_html_") else f"<pre>{html.escape(repr(value))}</pre>")
    return "<!doctype html><meta charset='utf-8'><title>" + county + "</title>\n" + "\n".join(said)


def figures() -> Iterator[str]:
    """Every open figure as SVG by the very function that a notebook's inline backend calls, then closed."""
    import matplotlib.pyplot as plt
    from IPython.core.pylabtools import print_figure

    for number in plt.get_fignums():
        yield print_figure(plt.figure(number), fmt="svg", bbox_inches="tight")
    plt.close("all")


def environment(home: Path, *, one_thread: bool) -> dict[str, str]:
    """What every contender runs with; `one_thread` as `commlib run` sets it for its own workers."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    kept = {name: value for name, value in os.environ.items() if name not in (*threads, "COMMLIB_OUTPUTS", "MPLBACKEND")}
    return {**kept, **ENVIRONMENT, "COMMLIB_HOME": str(home), **(dict.fromkeys(threads, "1") if one_thread else {})}
