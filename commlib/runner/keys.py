"""The key of an item: what its page follows from beside the data and its county, as hashes; no time, no path is in it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from commlib.home import Home
from commlib.runner.closure import modules, notebook_modules, reached
from commlib.runner.pages import package_version

if TYPE_CHECKING:
    from commlib.runner.notebooks import Value
    from commlib.runner.plan import Item

_PACKAGE = Path(__file__).parents[1]
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
