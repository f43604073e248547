"""Which modules of the package a notebook reaches, read from the imports in the sources without running anything."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_PACKAGE = Path(__file__).parents[1]
_ROOT = _PACKAGE.name
_HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)   # no expression can hold an import


@cache
def modules() -> Mapping[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return MappingProxyType(found)


def notebook_modules(text: str) -> frozenset[str]:
    """The modules that a notebook's cells import; all there are where a cell cannot be read as Python."""
    cells = [cell for cell in json.loads(text)["cells"] if cell.get("cell_type") == "code"]
    found: set[str] = set()
    for cell in cells:
        lines = "".join(cell.get("source", "")).splitlines()
        source = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
        try:
            found |= set(_imported(ast.parse(source)))
        except SyntaxError:
            return frozenset(modules())
    return frozenset(found)


def reached(names: Iterable[str]) -> frozenset[str]:
    """The modules that these import, directly or by way of others, inside functions too, themselves included."""
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [*_needs(name), *_above(name)]
    return frozenset(found)


def _above(name: str) -> list[str]:
    """The packages that a module stands in: importing it runs them."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


@cache
def _needs(name: str) -> frozenset[str]:
    source = modules()[name].read_text(encoding="utf-8")
    if name == _ROOT:   # loads nothing by itself: `from commlib import x` leads straight to where x is
        return frozenset()
    found = set(_imported(ast.parse(source)))
    if "iter_modules" in source:   # it imports what stands beside it, by name
        package = name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]
        found |= {each for each in modules() if each.startswith(f"{package}.")}
    return frozenset(found)


def _imported(tree: ast.AST) -> Iterator[str]:
    """The package's own modules that a tree imports, those for type checkers alone left out."""
    for node in _running(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == _ROOT:
                    yield from [alias.name] if alias.name != _ROOT else modules()   # who imports all may use all
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == _ROOT:
            for alias in node.names:
                yield from _meant(node.module, alias.name)


def _meant(module: str, name: str) -> Iterable[str]:
    if module == _ROOT and name in _public():
        return [_public()[name]]
    inside = f"{module}.{name}"
    known = [each for each in (inside, module) if each in modules()]
    return known[:1] if known and (module, name) != (_ROOT, "*") else modules()


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        yield node
        waiting += [each for each in ast.iter_child_nodes(node) if isinstance(each, _HOLDS_STATEMENTS)]


@cache
def _public() -> Mapping[str, str]:
    """Where the package's public names come from, as its `__init__` tells type checkers."""
    tree = ast.parse(modules()[_ROOT].read_text(encoding="utf-8"))
    return {alias.name: node.module for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{_ROOT}.")
            for alias in node.names}
