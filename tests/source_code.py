"""What the structural tests read: the project's files, and the modules of the package as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "commlib"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module of the package: its dotted name, its file and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def shown(self) -> str:
        """The path as a reader names it."""
        return self.path.relative_to(PROJECT).as_posix()

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Where a node stands: file:line."""
        return f"{self.shown}:{node.lineno}"


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, by name."""
    return tuple(_module(path) for path in sorted(PACKAGE.rglob("*.py")))


def _module(path: Path) -> Module:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8")))


def imported(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every import of a module, inside functions too, as the full name of the imported module."""
    known = {each.name for each in modules()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.at(node)}: a relative import"
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield node, inside if inside in known else node.module or ""


def public_definitions(module: Module) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes at the top of a module, and the public methods of its public classes."""
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            inside = node.body if isinstance(node, ast.ClassDef) else []
            yield from (each for each in inside if isinstance(each, Function) and not each.name.startswith("_"))


@cache
def project_files() -> tuple[Path, ...]:
    """Every file of the project that belongs in the repository: tracked, or new and not ignored."""
    answer = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT,
                            capture_output=True, check=True, text=True)
    files = {PROJECT / name for name in answer.stdout.split("\0") if name}
    return tuple(sorted(path for path in files if path.is_file()))
