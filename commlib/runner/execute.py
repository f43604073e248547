"""Running a plan: each item is executed in a process of its own, kept, and published only if it succeeded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from tempfile import TemporaryDirectory

from commlib import phrases
from commlib.errors import CommlibError
from commlib.publish.rendering import other_language
from commlib.publish.site import withdraw
from commlib.reads import EVERYTHING, recording
from commlib.runner.children import MEMORY, Answer, Task
from commlib.runner.dispatch import dispatch
from commlib.runner.engine import OURS, CellError, engine_for, execute_notebook, keep_what_was_executed
from commlib.runner.outcomes import Outcome as Outcome
from commlib.runner.outcomes import Status as Status
from commlib.runner.pages import Workshop, mend_language_links, publish
from commlib.runner.plan import Item, Plan

DEADLINE = 600.0   # seconds until a notebook is killed, whatever it is doing
# One worker is one core: libraries that would start a thread per core are told not to.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def execute(workshop: Workshop, plan: Plan, jobs: int, on_done: Callable[[Outcome], None], deadline: float = DEADLINE,
            memory: int = MEMORY) -> list[Outcome]:
    """Run every item, at most `jobs` at a time, telling of each outcome as it comes; outcomes in the plan's order.

    Each item runs in a child of its own, forked from a warm parent: one that dies or is late fails alone. On an
    interrupt all are ended at once and the interrupt goes on.
    """
    planned = {(item.notebook.id, item.county, item.language) for item in plan.items}
    done: dict[int, Outcome] = {}

    def record(answer: Answer) -> None:
        item = plan.items[answer.number]
        done[answer.number] = _died(workshop, item, answer, deadline) if answer.ended else replace(
            answer.result, memory=answer.memory)
        on_done(done[answer.number])

    with TemporaryDirectory(prefix="commlib-") as sockets:   # of the stock engine's kernels
        tasks = [Task(number, partial(run_item, workshop, item, _twin_expected(workshop, item, planned)), deadline,
                      memory)
                 for number, item in enumerate(plan.items)]
        dispatch(tasks, jobs, _environment(workshop, sockets), record)
    mend_language_links(workshop, plan.items)
    return [done[number] for number in sorted(done)]


def _died(workshop: Workshop, item: Item, answer: Answer, deadline: float) -> Outcome:
    """The outcome of an item whose process died or was killed: no page, and the copy as far as it was written."""
    withdraw(workshop.page(item))
    keep_what_was_executed(workshop.kept(item))
    key = "run.too_late" if answer.ended == "killed" else "run.worker_died"
    return Outcome(item, Status.FAILED, phrases.phrase(key, item.language, ended=answer.ended, seconds=f"{deadline:g}"),
                   answer.seconds, engine_for(item.notebook.path), memory=answer.memory)


def run_item(workshop: Workshop, item: Item, has_twin: bool) -> Outcome:
    """Execute one item, keep its executed copy and publish its page, or withdraw the page where anything failed."""
    start, engine, reads = time.monotonic(), engine_for(item.notebook.path), {EVERYTHING}
    try:
        with recording() as recorded:
            executed = execute_notebook(item.notebook.path, item.parameters, workshop.kept(item), workshop.home.root, engine)
        if engine == OURS:   # the stock engine's kernel is another process: nobody saw what it read
            reads = recorded
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
    return Outcome(item, Status.FAILED if fault else Status.OK, fault, time.monotonic() - start, engine, frozenset(reads))


def _environment(workshop: Workshop, sockets: str) -> dict[str, str]:
    return {**ONE_THREAD, "JUPYTER_RUNTIME_DIR": sockets, "COMMLIB_HOME": str(workshop.home.root),
            "COMMLIB_OUTPUTS": str(workshop.home.outputs.resolve())}


def _twin_expected(workshop: Workshop, item: Item, planned: Iterable[tuple[str, str | None, str]]) -> bool:
    other = str(other_language(item.language))
    return (item.notebook.id, item.county, other) in planned or workshop.page(item, other).is_file()
