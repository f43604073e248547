"""The engine: one notebook with its parameters, executed by papermill in a kernel of this very interpreter."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.errors import ParameterError, StoreError
from commlib.runner.children import Limits
from commlib.runner.notebooks import Value
from commlib.runner.running_cell import RunningCell, own_numbers

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "python3"
OURS, STOCK = "commlib", "nbclient"
CHOICE = "COMMLIB_ENGINE"   # the environment variable by which a user chooses papermill's own engine for everything
TESTED = {"ipykernel": ((7, 0), (8, 0)), "nbclient": ((0, 10), (0, 12)), "papermill": ((2, 6), (3, 0))}
_UNFAITHFUL = ("%%debug", "%debug", "breakpoint(", "%pdb", ".Output(", "import Output")   # ask for sockets
_LONGEST_SOCKET_FOLDER = 80   # an address of the file system has at most 107 bytes
_LONGEST_OUTPUT = 60   # seconds until nbclient gives up on what a busy machine is still to deliver; its own 4 are too few
_QUIET = ["--IPKernelApp.log_level=50"]   # a kernel says how it was stopped, and that its address is not encrypted


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a notebook failed: the number of its cell (0: none in particular) and the error's first line."""

    cell: int
    line: str


def supported() -> bool:
    """Whether our engine runs here, that is: not deselected, on Linux, and with versions that were tested.

    `COMMLIB_ENGINE=nbclient` chooses papermill's own; raises ParameterError where it names neither.
    """
    chosen = os.environ.get(CHOICE) or OURS
    if chosen not in (OURS, STOCK):
        raise ParameterError(phrases.text("run.unknown_engine", variable=CHOICE, found=chosen, known=f"{OURS}, {STOCK}"))
    return chosen == OURS and hasattr(os, "pidfd_open") and all(
        low <= _release(name) < high for name, (low, high) in TESTED.items())


@cache
def _release(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version(name).split(".")[:2] if part.isdigit())


def engine_for(notebook: Path) -> str:
    """The engine that runs a notebook faithfully: ours, or papermill's own for debuggers and output widgets."""
    source = notebook.read_text(encoding="utf-8")
    return STOCK if not supported() or any(word in source for word in _UNFAITHFUL) else OURS


def execute_notebook(notebook: Path, parameters: Mapping[str, Value], kept: Path, cwd: Path, engine: str = STOCK,
                     limits: Limits = Limits()) -> NotebookNode | CellError:
    """Execute a notebook, keep the executed copy at `kept` (whole, also when a cell fails), and give it.

    `engine` is papermill's own or ours (`nbclient`, `commlib`). Gives a CellError where a cell raises or the kernel
    dies; raises StoreError where the copy cannot be written, and CommlibError where nbclient, which keeps the limits
    outside a child, ends it for its time.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    running, writing, log = RunningCell(limits), running_copy(kept), cell_log(kept)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        executed: NotebookNode = papermill.execute_notebook(
            str(notebook), str(writing), parameters=dict(parameters), kernel_name=KERNEL, language="python",
            progress_bar=False, log_output=False, cwd=str(cwd), autosave_cell_every=0, engine_name=engine,
            iopub_timeout=_LONGEST_OUTPUT, **running.options(), **(_ours(log) if engine == OURS else _stock()))
        writing.replace(kept)
        return executed
    except PapermillExecutionError as error:
        writing.replace(kept)
        return CellError(_failed_cell(kept, error), _first_line(f"{error.ename}: {error.evalue}"))
    except TimeoutError as error:   # nbclient's; being an OSError too, it comes first
        _keep(writing, kept)
        raise running.too_late() from error
    except OSError as problem:
        reason = problem.strerror or problem
        raise StoreError(phrases.text("publish.not_written", path=kept, reason=reason)) from problem
    except Exception as error:   # a dead kernel or a start-up that timed out is this item's failure
        _keep(writing, kept)
        return CellError(0, _first_line(f"{type(error).__name__}: {error}"))
    finally:
        writing.unlink(missing_ok=True)
        log.unlink(missing_ok=True)


def _ours(log: Path) -> dict[str, Any]:
    """What our engine is told: to write the copy once, and a log of the cells until then."""
    from papermill.engines import papermill_engines

    from commlib.runner.papermill_engine import CommlibEngine  # not before papermill, which loads it by its entry point

    papermill_engines.register(OURS, CommlibEngine)   # the entry point is there only where the package is installed
    return {"request_save_on_cell_execute": False, "cell_log": log}


def _stock() -> dict[str, Any]:
    """What papermill's own engine is told: this interpreter's kernel, and streams as ours gives them."""
    return {"kernel_manager_class": _own_kernel_manager(), "coalesce_streams": True, "extra_arguments": _QUIET}


def running_copy(kept: Path) -> Path:
    """Where the copy of a notebook is written while it runs; it stays there only if its worker dies."""
    return kept.with_name(f".{kept.stem}.running.ipynb")


def cell_log(kept: Path) -> Path:
    """Where our engine notes each cell of a notebook while it runs; it stays there only if its worker dies."""
    return running_copy(kept).with_suffix(".cells")


def keep_what_was_executed(kept: Path) -> None:
    """Keep the copy of a notebook whose worker died, as far as it was written; one that is not whole is removed."""
    import nbformat

    from commlib.runner.cell_log import read_cells

    copy, log = running_copy(kept), cell_log(kept)
    with contextlib.suppress(FileNotFoundError):
        if logged := read_cells(log):
            nbformat.write(nbformat.from_dict(logged), copy)  # type: ignore[no-untyped-call]
    _keep(copy, kept)
    log.unlink(missing_ok=True)


def _keep(copy: Path, kept: Path) -> None:
    try:
        json.loads(copy.read_bytes())
        copy.replace(kept)
    except (OSError, ValueError):
        copy.unlink(missing_ok=True)


def prepare_process(environment: Mapping[str, str]) -> None:
    """Set the environment that kernels inherit, and keep the chatter of papermill and jupyter out of the log."""
    os.environ.update(environment)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@cache
def _own_kernel_manager() -> type[Any]:
    """A kernel manager that knows no kernelspec but this interpreter's, whatever else is installed under the name.

    It speaks over sockets of the file system where there are any: no port is taken, so no two kernels race for one.
    """
    from uuid import uuid4

    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.paths import jupyter_runtime_dir
    from traitlets import default

    sockets = str(Path(jupyter_runtime_dir()).resolve())
    by_file = hasattr(os, "fork") and len(sockets) < _LONGEST_SOCKET_FOLDER

    class OwnKernelManager(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _only_this_interpreter(self) -> KernelSpecManager:
            return KernelSpecManager(parent=self, kernel_dirs=[])

        @default("transport")
        def _transport(self) -> str:
            return "ipc" if by_file else "tcp"

        @default("connection_file")
        def _connection_file(self) -> str:
            return f"{sockets}/{uuid4().hex[:12]}.json"   # the sockets are named after it

    return OwnKernelManager


def _failed_cell(kept: Path, error: Any) -> int:
    """The failed cell's place among the own cells of the notebook that was kept."""
    import nbformat

    notebook = nbformat.read(kept, as_version=4)  # type: ignore[no-untyped-call]
    failed = [number for number, cell in zip(own_numbers(notebook), notebook.cells, strict=True)
              if cell.metadata.get("papermill", {}).get("exception")]
    return failed[0] if failed else int(error.cell_index)


def _first_line(message: str) -> str:
    return next((line.strip() for line in message.splitlines() if line.strip()), "?")
