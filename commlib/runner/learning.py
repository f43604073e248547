"""What the warm parent learns from its children: modules that they imported, for it to import once for all that follow.

An import that does more than import stays with the notebooks: one that prints, asks for the kernel, starts a thread or
changes a setting that others find. Whether it does is tried in a child of its own, which is thrown away.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import locale
import logging
import os
import signal
import sys
import sysconfig
import threading
import warnings
from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from functools import partial
from importlib.machinery import ModuleSpec
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from commlib.runner.children import Answer, Limits, Task

TRIAL = -1   # the number of the task that tries imports
_INSTALLED = tuple({f"{folder}{os.sep}" for folder in (
    *map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), str(Path(__file__).parents[1]))})
_LIMITS = Limits(notebook=120.0)


def and_imported(work: Callable[[], Any], known: Set[str]) -> tuple[Any, list[str]]:
    """Do a piece of work; its result, and the installed modules that it imported beyond the known ones, in order."""
    result = work()
    late = reversed([*islice(reversed(sys.modules), max(0, len(sys.modules) - len(known)))])   # looking at all would copy them
    return result, [name for name in late if name not in known and _is_installed(name, sys.modules[name])]


def _is_installed(name: str, module: Any) -> bool:
    spec = vars(module).get("__spec__") if isinstance(module, ModuleType) else None
    return isinstance(spec, ModuleSpec) and spec.name == name and str(spec.origin).startswith(_INSTALLED)


class Learning:
    """What children told of, to be tried and then imported; what was refused is not asked for again."""

    def __init__(self) -> None:
        self._told: dict[str, None] = {}   # in order
        self._refused: list[str] = []
        self._on_trial: list[str] = []
        self._harmless: list[str] = []

    def telling(self, task: Task) -> Task:
        """The same task, which also tells what it imported; its answer is for `hear`."""
        return replace(task, work=partial(and_imported, task.work, frozenset(sys.modules)))

    def hear(self, answer: Answer) -> Answer:
        """Take note of what a child tells; gives the answer of the task itself."""
        if answer.ended:
            return answer
        result, names = answer.result
        self._told.update(dict.fromkeys(names))
        return replace(answer, result=result)

    def trial(self) -> Task | None:
        """The task of trying what was heard of; None where there is nothing to try, or while it is tried."""
        if self._on_trial or self._harmless:
            return None
        self._on_trial = [name for name in self._told if name not in sys.modules and not self._is_refused(name)]
        return Task(TRIAL, partial(import_each, self._on_trial), _LIMITS) if self._on_trial else None

    def conclude(self, answer: Answer) -> None:
        """Take note of what a trial came to."""
        self._harmless, refused = answer.result or ([], None)
        self._refused += self._on_trial if answer.ended else [refused] if refused else []
        self._on_trial = []

    def apply(self) -> None:
        """Import what was found harmless; raises RuntimeError where this process then could not fork any more."""
        if self._harmless:
            import_each(self._harmless)
            self._harmless = []
            settle()

    def _is_refused(self, name: str) -> bool:
        return any(name == each or name.startswith(f"{each}.") for each in self._refused)


def settle() -> None:
    """Make sure that this process can fork, and set the garbage collector at rest."""
    if threading.active_count() != 1:
        raise RuntimeError(f"the warm parent must fork with one thread, not {threading.enumerate()}")
    gc.enable()
    gc.collect()
    gc.freeze()


def import_each(names: list[str]) -> tuple[list[str], str | None]:
    """Import modules in order; those before the first whose import fails or does more than import, and its name."""
    for number, name in enumerate(names):
        if name in sys.modules:
            continue
        before = _settings()
        try:
            with _noticing() as noticed:
                importlib.import_module(name)
        except Exception:   # the notebooks that import it will say what is wrong
            return names[:number], name
        if noticed() or _settings() != before:
            return names[:number], name
    return names, None


@contextlib.contextmanager
def _noticing() -> Iterator[Any]:
    """A function that says whether anything was written, or asked whether there is a kernel, in this context."""
    from traitlets.config import SingletonConfigurable

    written, asked = io.StringIO(), []
    initialized = SingletonConfigurable.__dict__["initialized"]

    def told(cls: type[Any]) -> bool:
        asked.append(cls)
        return bool(initialized.__func__(cls))

    SingletonConfigurable.initialized = classmethod(told)   # type: ignore[assignment, method-assign]
    try:
        with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
            yield lambda: bool(asked or written.getvalue())
    finally:
        SingletonConfigurable.initialized = initialized   # type: ignore[method-assign]


def _settings() -> list[Any]:
    """What imports may change for others: threads, environment, hooks, signals, warnings, and options of the libraries."""
    import numpy

    matplotlib, units, pandas = map(importlib.import_module, ("matplotlib", "matplotlib.units", "pandas"))
    root = logging.getLogger()
    threads = len([*Path("/proc/self/task").iterdir()]) if sys.platform == "linux" else threading.active_count()
    return [
        threads, dict(os.environ), Path.cwd(), sys.path[:], [*map(id, sys.meta_path)], [*map(id, sys.path_hooks)],
        sys.excepthook, sys.displayhook, sys.getrecursionlimit(), [signal.getsignal(each) for each in signal.valid_signals()],
        locale.setlocale(locale.LC_ALL), root.level, root.handlers[:],
        [each for each in warnings.filters if each[2].__module__ == "builtins"],   # a library's own touch only its own
        dict(dict.items(matplotlib.rcParams)), [*units.registry], [*matplotlib.colormaps],
        repr(pandas._config.config._global_config), numpy.geterr(), repr(numpy.get_printoptions())]
