"""House rules that a reader of the code relies on: small modules and functions, types, docstrings, no hidden output."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from source_code import PROJECT, Function, Module, modules, project_files, public_definitions

import commlib

MODULE_LINES, FUNCTION_LINES, PUBLIC_NAMES = 300, 40, 12   # line length is the linter's
TEXT_ENDINGS = {".py", ".toml", ".md", ".yml", ".yaml", ".lock", ".txt", ".csv", ".ipynb", ".jinja", ".css", ".js",
                ".cfg", ".ini", ".json", ""}
# Written in two halves, so that this file itself is free of them.
MACHINE_PATHS = re.compile(r"(?<![\w.\-/])/(?:" + "work|root|home/[a-z]|tmp/[a-z]|Users/" + r")[/\w]")
INDEX_ADDRESSES = re.compile("--(?:extra-)?index" + "-url|--find" + r"-links|--trusted" + r"-host|https?://[^\s\"')>]*(?:pypi|"
                             + r"/simple\b|pythonhosted|anaconda\.org|registry\.npm)")
every_module = pytest.mark.parametrize("module", modules(), ids=[each.name for each in modules()])


def functions(module: Module) -> list[Function]:
    return [node for node in ast.walk(module.tree) if isinstance(node, Function)]


@every_module
def test_modules_and_functions_are_small(module: Module) -> None:
    lines = len(module.path.read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{module.shown} has {lines} lines"
    for function in functions(module):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        assert length <= FUNCTION_LINES, f"{module.at(function)} {function.name} has {length} lines"


@every_module
def test_what_is_public_says_what_it_does(module: Module) -> None:
    silent = [f"{module.at(each)} {each.name}" for each in public_definitions(module) if not ast.get_docstring(each)]
    assert not silent, f"no docstring: {silent}"
    assert ast.get_docstring(module.tree), f"{module.shown} has no docstring"


@every_module
def test_every_function_has_full_type_hints(module: Module) -> None:
    for function in functions(module):
        given = function.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
        bare = [each.arg for each in arguments if each.annotation is None and each.arg not in ("self", "cls")]
        assert not bare and function.returns is not None, f"{module.at(function)} {function.name}: {bare or 'return'}"


@every_module
def test_only_the_command_line_writes_to_the_terminal(module: Module) -> None:
    if module.name.startswith("commlib.commands."):
        return
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    loud = [module.at(node) for node in calls
            if ast.unparse(node.func) in ("print", "typer.echo", "sys.stdout.write", "sys.stderr.write", "breakpoint")]
    assert not loud, f"written to the terminal at {loud}"


def test_the_public_surface_is_small_and_real() -> None:
    assert len(commlib.__all__) <= PUBLIC_NAMES
    assert all(getattr(commlib, name) is not None for name in commlib.__all__)


def readable_files() -> list[Path]:
    return [path for path in project_files() if path.suffix in TEXT_ENDINGS]


@pytest.mark.parametrize("path", readable_files(), ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_file_names_a_machine_or_a_package_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")   # some returns are in other charsets
    found = [match[0] for pattern in (MACHINE_PATHS, INDEX_ADDRESSES) for match in pattern.finditer(text)]
    assert not found, f"{path.relative_to(PROJECT)}: {found[:5]}"
