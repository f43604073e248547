"""Our papermill engine, by its entry point (`papermill --engine commlib`).

Import papermill before this module: papermill loads it itself, and must be able to finish doing so.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine

from commlib.runner.children import is_child, run_forked


class CommlibEngine(NBClientEngine):   # type: ignore[misc]
    """A papermill engine (`papermill --engine commlib`) whose kernel runs in a forked process, without sockets."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, log_output: bool = False, **kwargs: Any) -> None:
        """Execute in this process where it was forked for it, else in a child of it; raises DeadKernelError."""
        if is_child():
            _execute_here(nb_man, log_output)
            return
        answer = run_forked(partial(_executed, nb_man, log_output), kwargs.get("execution_timeout") or float("inf"))
        if answer.ended:
            raise DeadKernelError(f"Kernel died ({answer.ended})")
        nb_man.nb = answer.result


def _execute_here(nb_man: Any, log_output: bool) -> None:
    from papermill.clientwrap import PapermillNotebookClient

    from commlib.runner.memory_kernel import MemoryKernelManager

    if "://" not in str(nb_man.output_path):
        nb_man.save = partial(_save_whole, nb_man)   # so that what was executed until a kill is kept
    PapermillNotebookClient(nb_man, km=MemoryKernelManager(), timeout=None, log_output=log_output,
                            coalesce_streams=True).execute()


def _save_whole(nb_man: Any, **_: Any) -> None:
    """Save as papermill does, but by a rename, so that a kill at any moment leaves a whole file."""
    if nb_man.output_path:
        part = Path(nb_man.output_path).with_suffix(".part")
        part.write_text(nbformat.writes(nb_man.nb), encoding="utf-8")  # type: ignore[no-untyped-call]
        part.replace(nb_man.output_path)


def _executed(nb_man: Any, log_output: bool) -> Any:
    _execute_here(nb_man, log_output)
    return nb_man.nb
