"""Our papermill engine, by its entry point (`papermill --engine commlib`).

Import papermill before this module: papermill loads it itself, and must be able to finish doing so.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine
from papermill.log import logger

from commlib.runner.cell_log import CellLog, read_cells
from commlib.runner.children import Answer, Limits, is_child, run_forked
from commlib.runner.running_cell import RunningCell

# What nbclient's client is told as papermill's own engine would tell it.
_OPTIONS = {"stdout_file", "stderr_file", "iopub_timeout", "on_notebook_start", "on_cell_execute", "on_cell_executed"}


class CommlibEngine(NBClientEngine):   # type: ignore[misc]
    """A papermill engine (`papermill --engine commlib`) whose kernel runs in a forked process, without sockets."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, log_output: bool = False,
                                 execution_timeout: float | None = None, cell_log: Path | None = None,
                                 **kwargs: Any) -> None:
        """Execute in this process where it was forked for it, else in a child of it.

        Raises DeadKernelError where the child dies, and CellTimeoutError where a cell takes longer than
        `execution_timeout` seconds. Unlike with papermill's own engine the child is killed, whatever it is doing, and
        what that last cell itself had put out is lost.
        """
        options = {"kernel_name": kernel_name, "log_output": log_output,
                   **{name: kwargs[name] for name in kwargs.keys() & _OPTIONS}}
        if is_child() and cell_log:
            _execute_here(nb_man, cell_log, **options)
            return
        limits = Limits(float("inf"), execution_timeout or kwargs.get("timeout") or float("inf"))
        with TemporaryDirectory(prefix="commlib-") as folder:
            log = Path(folder) / "cells"
            answer = run_forked(partial(_executed, nb_man, log, **options), limits)
            if answer.ended:
                raise _error(nb_man, answer, limits, log)
        nb_man.nb = answer.result
        nb_man.complete_pbar()


def _execute_here(nb_man: Any, log: Path, **options: Any) -> None:
    from commlib.runner.memory_kernel import MemoryKernelManager, MemoryNotebookClient

    cells = CellLog(log, nb_man.nb)
    nb_man.save = cells.beside(nb_man.save)
    MemoryNotebookClient(nb_man, cells.changed, km=MemoryKernelManager(), timeout=None, coalesce_streams=True,
                         log=logger, **options).execute()


def _executed(nb_man: Any, log: Path, **options: Any) -> Any:
    _keep_telling(nb_man)
    _execute_here(nb_man, log, **{**options, **RunningCell(Limits()).options()})
    return nb_man.nb


def _keep_telling(nb_man: Any) -> None:
    """Let papermill's log and progress bar go on to the terminal, whose descriptor the kernel captures as output.

    A notebook finds the root of all logging as in a fresh process.
    """
    terminal = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    root, logger.propagate = logging.getLogger(), False
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        logger.addHandler(handler)
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(terminal)
    root.setLevel(logging.WARNING)
    if nb_man.pbar:
        nb_man.pbar.sp = nb_man.pbar.status_printer(terminal)


def _error(nb_man: Any, answer: Answer, limits: Limits, log: Path) -> Exception:
    """The error of a child that did not live to answer; the notebook is brought to where the child left it."""
    if log.is_file() and (found := read_cells(log)):
        nb_man.nb = nbformat.from_dict(found)  # type: ignore[no-untyped-call]
    running = [(index, cell) for index, cell in enumerate(nb_man.nb.cells) if cell.metadata.papermill["status"] == "running"]
    for index, cell in running:
        nb_man.cell_complete(cell, cell_index=index)   # as papermill's client says it of the cell that ended it all
    if answer.late_cell:
        return CellTimeoutError.error_from_timeout_and_cell(
            "Cell execution timed out", limits.cell, running[0][1] if running else None)  # type: ignore[arg-type]
    return DeadKernelError(f"Kernel died ({answer.ended})")
