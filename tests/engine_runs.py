"""Notebooks run by an engine in children of a warm parent, as `commlib run` does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pytest

from commlib.runner.children import Answer, Limits, Task
from commlib.runner.dispatch import dispatch
from commlib.runner.engine import execute_notebook
from commlib.runner.execute import ONE_THREAD
from commlib.runner.warm import NAMED

LATE = Limits(notebook=300.0)
Cells = Sequence[tuple[str | None, dict[str, Any]]]


def write_cells(path: Path, cells: Cells) -> Path:
    """Write a notebook of code cells (a source None: a markdown cell) with ids of their numbers."""
    made = [nbformat.v4.new_markdown_cell("## 一节", id=f"c{number}") if source is None
            else nbformat.v4.new_code_cell(source, id=f"c{number}", metadata=metadata)
            for number, (source, metadata) in enumerate(cells)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def run_each(work: Sequence[tuple[str, Path, Mapping[str, Any], Path]], cwd: Path, *, beside: bool = False,
             limits: Limits = LATE) -> list[Answer]:
    """Execute (engine, notebook, parameters, where to keep) in children of one warm parent, in that order of answers.

    Each has a working folder of its own in `cwd`, or (`beside`) the one where the notebook lies.
    """
    answers: dict[int, Answer] = {}
    # Short: the stock engine's kernels speak over files there; under a long name they would race for ports.
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="run-") as runtime:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)   # ipykernel does not capture descriptors where it is set
        tasks = [Task(number, partial(execute_notebook, notebook, parameters, kept,
                                      notebook.parent if beside else _own_folder(cwd, number), engine), limits)
                 for number, (engine, notebook, parameters, kept) in enumerate(work)]
        dispatch(tasks, 2, {**ONE_THREAD, "JUPYTER_RUNTIME_DIR": runtime},
                 lambda answer: answers.update({answer.number: answer}), NAMED)
    return [answers[number] for number in sorted(answers)]


def _own_folder(cwd: Path, number: int) -> Path:
    folder = cwd / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
