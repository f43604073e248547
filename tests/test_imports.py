"""Imports go one way: each room only uses rooms above it in the table of docs/architecture.md."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter

import pytest
from source_code import PACKAGE, PROJECT, Module, imported, modules

HEAVY = {"pandas", "pyarrow", "matplotlib", "duckdb", "pandera", "pypinyin", "statsmodels", "papermill", "jinja2",
         "openpyxl", "opencc", "python_calamine", "sqlalchemy", "xlrd", "IPython", "nbformat"}
IMPORT_SECONDS = 0.3
every_module = pytest.mark.parametrize("module", modules(), ids=[each.name for each in modules()])


@cache
def rooms() -> dict[str, list[str]]:
    """The rooms in their order, each with its files and folders, as the table of docs/architecture.md has them."""
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Rooms")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", table, flags=re.MULTILINE)
    return {room: re.findall(r"`([\w/]+(?:\.py)?)`", files) for room, files in rows if "`" in files}


@cache
def room_of(name: str) -> str:
    """The room of a module by its dotted name."""
    module = next(each for each in modules() if each.name == name)
    inside = module.path.relative_to(PACKAGE).as_posix()
    found = [room for room, entries in rooms().items()
             for entry in entries if inside == entry or (entry.endswith("/") and inside.startswith(entry))]
    assert len(found) == 1, f"{inside} stands in {found or 'no room'} of docs/architecture.md"
    return found[0]


def test_the_rooms_of_the_page_are_those_of_the_package() -> None:
    named = {entry.rstrip("/") for entries in rooms().values() for entry in entries}
    standing = {path.name for path in PACKAGE.iterdir()
                if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))}
    assert named == standing


@every_module
def test_a_room_imports_only_from_itself_and_earlier_rooms(module: Module) -> None:
    order = list(rooms())
    known = {each.name for each in modules()}
    wrong = [f"{module.at(node)} ({room_of(module.name)}) imports {name} ({room_of(name)})"
             for node, name in imported(module) if name in known
             if order.index(room_of(name)) > order.index(room_of(module.name))]
    assert not wrong, "\n".join(wrong)


def test_no_two_modules_need_each_other_when_they_are_loaded() -> None:
    known = {each.name for each in modules()}
    needs = {each.name: (at_the_top(each) & known) - {each.name} for each in modules()}
    assert len(list(TopologicalSorter(needs).static_order())) >= len(needs)   # raises CycleError naming the circle


def at_the_top(module: Module) -> set[str]:
    """What a module imports when it is loaded: not inside functions, not for type checkers alone."""
    top = Module(module.name, module.path, ast.Module([node for node in module.tree.body if not isinstance(
        node, ast.FunctionDef | ast.ClassDef | ast.If)], []))
    return {name for _, name in imported(top)}


@every_module
def test_loading_a_module_only_defines(module: Module) -> None:
    """At the top stand imports, definitions and names; nothing is called for its effect, no loop, no open file."""
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    wrong = []
    for node in module.tree.body:
        is_words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_guard = isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'")
        if not (isinstance(node, allowed) or is_words or is_guard):
            wrong.append(module.at(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
            wrong += [module.at(each) for each in calls if ast.unparse(each.func).rpartition(".")[2] in
                      ("open", "read_text", "read_bytes", "load", "loads", "read_csv", "read_parquet", "cwd", "now")]
    assert not wrong, f"loading does something at {wrong}"


@every_module
def test_matplotlib_is_used_by_the_charts_alone(module: Module) -> None:
    found = [module.at(node) for node, name in imported(module) if name.partition(".")[0] == "matplotlib"]
    assert not found or module.path.is_relative_to(PACKAGE / "charts"), found


def loaded_by(statement: str) -> tuple[set[str], float]:
    """The modules that a fresh Python holds after a statement, and the seconds that the statement took."""
    script = ("import json, sys, time; start = time.perf_counter()\n" + statement +
              "\nprint(json.dumps([time.perf_counter() - start, list(sys.modules)]))")
    answer = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    seconds, names = json.loads(answer.stdout)
    return set(names), seconds


def test_importing_commlib_is_quick_and_loads_nothing_else() -> None:
    runs = [loaded_by("import commlib") for _ in range(3)]
    names = runs[0][0]
    assert min(seconds for _, seconds in runs) <= IMPORT_SECONDS
    assert not HEAVY & names
    assert {name for name in names if name.partition(".")[0] == "commlib"} == {"commlib"}


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    names, _ = loaded_by("import commlib.cli")
    assert not HEAVY & names


def test_every_library_that_is_imported_is_a_declared_dependency() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    declared = {re.split(r"[\[<>=~! ]", each)[0].replace("-", "_").lower() for each in wanted}
    by_way_of = {   # import name: the declared distribution that is it or brings it
        "IPython": "ipykernel", "jupyter_client": "ipykernel", "jupyter_core": "ipykernel", "traitlets": "ipykernel",
        "nbformat": "papermill", "nbclient": "papermill", "numpy": "pandas", "markdown_it": "markdown_it_py",
        "fontTools": "matplotlib", "click": "typer", "markupsafe": "jinja2",
        "upath": "universal_pathlib", "opencc": "opencc_python_reimplemented", "yaml": "pyyaml",
    }
    outside = {name.partition(".")[0] for module in modules() for _, name in imported(module)}
    outside -= {*sys.stdlib_module_names, "commlib"}
    missing = {name for name in outside if by_way_of.get(name, name).lower() not in declared}
    assert not missing, f"imported, but not in pyproject.toml: {sorted(missing)}"
