"""Running a plan: each item is executed in a process of its own, kept, and published only if it succeeded."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from tempfile import TemporaryDirectory

from commlib import phrases
from commlib.errors import CommlibError
from commlib.publish.rendering import other_language
from commlib.publish.site import withdraw
from commlib.runner.dispatch import dispatch
from commlib.runner.engine import CellError, engine_for, execute_notebook, running_copy
from commlib.runner.pages import Workshop, mend_language_links, publish
from commlib.runner.plan import Item, Plan
from commlib.runner.warm import Answer, Task

DEADLINE = 600.0   # seconds until a notebook is killed, whatever it is doing
# One worker is one core: libraries that would start a thread per core are told not to.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Status(StrEnum):
    """How an item ended."""

    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item; `first_line` says why it failed and is empty where it did not."""

    item: Item
    status: Status
    first_line: str
    seconds: float


def execute(workshop: Workshop, plan: Plan, jobs: int, on_done: Callable[[Outcome], None]) -> list[Outcome]:
    """Run every item, at most `jobs` at a time, telling of each outcome as it comes; outcomes in the plan's order.

    Each item runs in a child of its own, forked from a warm parent: one that dies or is late fails alone. On an
    interrupt all are ended at once and the interrupt goes on.
    """
    planned = {(item.notebook.id, item.county, item.language) for item in plan.items}
    done: dict[int, Outcome] = {}

    def record(answer: Answer) -> None:
        item = plan.items[answer.number]
        done[answer.number] = _died(workshop, item, answer) if answer.ended else answer.result
        on_done(done[answer.number])

    with TemporaryDirectory(prefix="commlib-") as sockets:   # of the stock engine's kernels
        tasks = [Task(number, partial(run_item, workshop, item, _twin_expected(workshop, item, planned)), DEADLINE)
                 for number, item in enumerate(plan.items)]
        dispatch(tasks, jobs, _environment(workshop, sockets), record)
    mend_language_links(workshop, plan.items)
    return [done[number] for number in sorted(done)]


def _died(workshop: Workshop, item: Item, answer: Answer) -> Outcome:
    """The outcome of an item whose process died or was killed: no page, and the copy as far as it was written."""
    withdraw(workshop.page(item))
    if running_copy(workshop.kept(item)).is_file():
        running_copy(workshop.kept(item)).replace(workshop.kept(item))
    key = "run.too_late" if answer.ended == "killed" else "run.worker_died"
    return Outcome(item, Status.FAILED, phrases.phrase(key, item.language, ended=answer.ended, seconds=f"{DEADLINE:.0f}"),
                   answer.seconds)


def run_item(workshop: Workshop, item: Item, has_twin: bool) -> Outcome:
    """Execute one item, keep its executed copy and publish its page, or withdraw the page where anything failed."""
    start = time.monotonic()
    try:
        executed = execute_notebook(item.notebook.path, item.parameters, workshop.kept(item), workshop.home.root,
                                    engine_for(item.notebook.path))
        if isinstance(executed, CellError):
            where = phrases.phrase("run.cell", "en", number=executed.cell) if executed.cell else ""
            fault = f"{where}{executed.line}"
        else:
            publish(workshop, item, executed, item.language, has_twin=has_twin)
            fault = ""
    except CommlibError as error:
        fault = error.say(item.language).splitlines()[0]
    if fault:
        withdraw(workshop.page(item))
    return Outcome(item, Status.FAILED if fault else Status.OK, fault, time.monotonic() - start)


def _environment(workshop: Workshop, sockets: str) -> dict[str, str]:
    return {**_ONE_THREAD, "JUPYTER_RUNTIME_DIR": sockets, "COMMLIB_HOME": str(workshop.home.root),
            "COMMLIB_OUTPUTS": str(workshop.home.outputs.resolve())}


def _twin_expected(workshop: Workshop, item: Item, planned: Iterable[tuple[str, str | None, str]]) -> bool:
    other = str(other_language(item.language))
    return (item.notebook.id, item.county, other) in planned or workshop.page(item, other).is_file()


def default_jobs() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
