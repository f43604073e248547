"""Tiny notebooks in a project folder of their own, over the real data and the project's own store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
COUNTY = {"type": "county", "default": "411325", "zh": "县", "en": "county"}
PERIOD = {"type": "period", "default": None, "zh": "时期", "en": "period"}
LANGUAGE = {"type": "language", "default": "zh", "zh": "语言", "en": "language"}
PARAMETERS = {"county": COUNTY, "period": PERIOD, "lang": LANGUAGE}
GOOD = "from IPython.display import HTML, display\ndisplay(HTML(f'<p>{county} {period} {lang}</p>'))"


def make_home(folder: Path) -> Path:
    (folder / "notebooks").mkdir(parents=True)
    (folder / "data").symlink_to(PROJECT / "data")
    return folder


def write_notebook(home: Path, name: str, source: str = GOOD, *, parameters: dict[str, Any] | None = None,
                   cell: str | None = None, **declared: Any) -> Path:
    parameters = PARAMETERS if parameters is None else parameters
    if cell is None:
        names, values = ", ".join(parameters), ", ".join(repr(each["default"]) for each in parameters.values())
        cell = f"{names} = {values}" if parameters else ""
    declaration = {"title": {"zh": "分析", "en": "Analysis"}, "scope": "county", "parameters": parameters, **declared}
    cells = [_code(cell, "parameters"), _markdown("## 一节", "lang-zh"), _markdown("## A section", "lang-en"),
             _code(source)]
    path = home / "notebooks" / f"{name}.ipynb"
    whole = {"cells": cells, "metadata": {"commlib": declaration}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


def _code(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": "-".join(["code", *tags]), "metadata": {"tags": list(tags)}, "source": source,
            "outputs": [], "execution_count": None}


def _markdown(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"m{tags[0]}", "metadata": {"tags": list(tags)}, "source": source}
