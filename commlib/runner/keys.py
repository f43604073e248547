"""The key of an item: what its page follows from beside the data and its county, as hashes; no time, no path is in it.

Which modules of the package a notebook reaches is read from the imports in the sources, without running anything.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from commlib.home import Home
from commlib.runner.pages import package_version

if TYPE_CHECKING:
    from commlib.runner.notebooks import Value
    from commlib.runner.plan import Item

_PACKAGE = Path(__file__).parents[1]
_ROOT = _PACKAGE.name
_HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)   # no expression can hold an import
_LOCK = "requirements.lock"
_PAGE = frozenset({"commlib.publish.page", "commlib.runner.pages"})   # what makes a page of any notebook


@dataclass(frozen=True, slots=True)
class Key:
    """The parts of a key: hashes of the notebook's text, of its settings, and of all code and declarations it uses."""

    notebook: str
    parameters: str
    code: str

    def __str__(self) -> str:
        return f"{self.notebook}.{self.parameters}.{self.code}"

    @classmethod
    def of(cls, text: str) -> Key | None:
        """The key that was written as text; None where it is none."""
        parts = text.split(".")
        return cls(*parts) if len(parts) == 3 else None


@dataclass(frozen=True)
class Keys:
    """Gives the keys of a run's items; each notebook and the code it reaches are read and hashed once.

    A page's county is no part of its key: the ledger keeps it beside, with the notebook's name and the language.
    """

    home: Home
    _known: dict[tuple[str, tuple[tuple[str, Value], ...]], Key] = field(default_factory=dict)

    def key(self, item: Item) -> Key:
        """The key of an item as files stand now (those that were read already: as they stood)."""
        asked = item.notebook.id, item.settings
        if asked not in self._known:
            text = item.notebook.path.read_bytes()
            code = code_hash(self.home, _PAGE | notebook_modules(text.decode("utf-8")))
            self._known[asked] = Key(_hash(text), _hash(json.dumps(item.settings).encode()), code)
        return self._known[asked]


def code_hash(home: Home, names: Iterable[str]) -> str:
    """The hash of all code that these modules reach, of the package's other files and of the locked libraries."""
    code = [f"{name} {_module_hash(name)}" for name in sorted(reached(names))]
    return _hash("\n".join([_surroundings(home.root), *code]).encode())


@cache
def _module_hash(name: str) -> str:
    return _hash(modules()[name].read_bytes())


def lock_file(root: Path) -> Path | None:
    """The locked libraries of a project, or of the checkout that this package stands in; None where there are none."""
    return next((path for path in (root / _LOCK, _PACKAGE.parent / _LOCK) if path.is_file()), None)


def _surroundings(root: Path) -> str:
    """What all pages follow from: phrases, declarations, templates, styles, the locked libraries, Python."""
    files = [path for path in sorted(_PACKAGE.rglob("*"))
             if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts]
    lines = [f"{path.relative_to(_PACKAGE).as_posix()} {_hash(path.read_bytes())}" for path in files]
    lines += [_hash(lock.read_bytes())] if (lock := lock_file(root)) else []
    return "\n".join([*lines, package_version(), f"{sys.version_info.major}.{sys.version_info.minor}"])


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


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
