"""Which cell of a notebook runs now, told to the parent of a child, and how long it may: hooks that nbclient calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.errors import CommlibError
from commlib.runner.children import Limits, cell_begins, is_child

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ADDED_TAGS = {"papermill-error-cell-tag", "injected-parameters"}   # of cells that papermill puts in


class RunningCell:
    """Which cell of a notebook runs, by its place among the notebook's own cells, and how long it may."""

    def __init__(self, limits: Limits) -> None:
        self.number = 0
        self._limits, self._ends, self._numbers = limits, time.monotonic() + limits.notebook, [0]

    def options(self) -> dict[str, Any]:
        """The hooks that nbclient calls; outside a child, whose parent keeps the limits, nbclient's own limit too."""
        hooks = {"on_notebook_start": self._notebook, "on_cell_execute": self._begins, "on_cell_executed": self._ended}
        return hooks if is_child() else {**hooks, "timeout_func": self._left}

    def too_late(self) -> CommlibError:
        """The error of a notebook that nbclient ended."""
        if time.monotonic() >= self._ends:
            return CommlibError(phrases.text("run.too_late", seconds=f"{self._limits.notebook:g}"))
        return CommlibError(phrases.text("run.cell_too_late", number=self.number, seconds=f"{self._limits.cell:g}"))

    def _notebook(self, notebook: NotebookNode) -> None:
        self._numbers = own_numbers(notebook)

    def _begins(self, cell: NotebookNode, cell_index: int) -> None:
        self.number = self._numbers[cell_index]
        cell_begins(max(1, self.number))

    def _ended(self, **_: Any) -> None:
        cell_begins(0)

    def _left(self, cell: NotebookNode) -> float | None:
        left = min(self._limits.cell, max(0.001, self._ends - time.monotonic()))   # 0 would be no limit at all
        return None if left == float("inf") else left


def own_numbers(notebook: NotebookNode) -> list[int]:
    """The place of each cell among the notebook's own, those that papermill put in not counted (they have that before)."""
    numbers, number = [], 0
    for cell in notebook.cells:
        number += not _ADDED_TAGS & set(cell.metadata.get("tags", []))
        numbers.append(number)
    return numbers
