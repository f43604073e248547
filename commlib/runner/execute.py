"""Running a plan: each item is executed in a process of its own, kept, and published only if it succeeded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from commlib import phrases
from commlib.addresses import is_here, names_by_folder, remove, write_whole
from commlib.errors import CommlibError, StoreError
from commlib.publish.rendering import other_language
from commlib.reads import EVERYTHING, recording
from commlib.runner.children import Answer, Limits, Task
from commlib.runner.dispatch import dispatch
from commlib.runner.engine import OURS, CellError, engine_for, execute_notebook, keep_what_was_executed
from commlib.runner.outcomes import Outcome as Outcome
from commlib.runner.outcomes import Status as Status
from commlib.runner.pages import Workshop, mend_language_links, publish
from commlib.runner.plan import Item, Plan
from commlib.runner.warm import named_in

HandOut: TypeAlias = "Callable[[list[Task], int, dict[str, str], Callable[[Answer], None]], None]"
# One worker is one core: libraries that would start a thread per core are told not to.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def execute(workshop: Workshop, plan: Plan, jobs: int, on_done: Callable[[Outcome], None], *,
            limits: Limits = Limits(), elsewhere: HandOut | None = None) -> list[Outcome]:
    """Run every item, at most `jobs` at a time, telling of each outcome as it comes; outcomes in the plan's order.

    `elsewhere` hands the items out to other machines (`Cluster.dispatch`) instead of this one.
    Each item runs in a child of its own, forked from a warm parent: one that dies or takes more than its limits fails
    alone. On an interrupt all are ended at once and the interrupt goes on.
    """
    planned = {(item.notebook.id, item.county, item.language) for item in plan.items}
    standing = names_by_folder(workshop.site, {item.county or "" for item in plan.items})
    done: dict[int, Outcome] = {}

    def record(answer: Answer) -> None:
        item = plan.items[answer.number]
        if here is not workshop:
            answer = deliver(answer, item, here, workshop)
        done[answer.number] = _died(workshop, item, answer, limits) if answer.ended else replace(
            answer.result, memory=answer.memory)
        on_done(done[answer.number])

    def twin_expected(item: Item) -> bool:
        other = str(other_language(item.language))
        return (item.notebook.id, item.county, other) in planned or (
            workshop.page(item, other).name in standing[item.county or ""])

    with TemporaryDirectory(prefix="commlib-") as folder:   # of the stock engine's sockets, and of what goes to an address
        here = workshop if elsewhere or is_here(workshop.out) else replace(workshop, out=Path(folder))
        tasks = [Task(number, partial(run_item, here, item, twin_expected(item), limits), limits)
                 for number, item in enumerate(plan.items)]
        hand_out = elsewhere or partial(dispatch, named=named_in(item.notebook.path for item in plan.items))
        hand_out(tasks, jobs, _environment(workshop, folder), record)
    mend_language_links(workshop, done.values())
    return [done[number] for number in sorted(done)]


def _died(workshop: Workshop, item: Item, answer: Answer, limits: Limits) -> Outcome:
    """The outcome of an item whose process died or was killed: no page, and the copy as far as it was written."""
    remove(workshop.page(item))
    keep_what_was_executed(workshop.kept(item))
    if answer.late_cell:
        key, seconds = "run.cell_too_late", limits.cell
    else:
        key, seconds = "run.too_late" if answer.ended == "killed" else "run.worker_died", limits.notebook
    line = phrases.phrase(key, item.language, ended=answer.ended, number=answer.late_cell, seconds=f"{seconds:g}")
    return Outcome(item, Status.FAILED, line, answer.seconds, engine_for(item.notebook.path), memory=answer.memory)


def run_item(workshop: Workshop, item: Item, has_twin: bool, limits: Limits) -> Outcome:
    """Execute one item, keep its executed copy and publish its page, or withdraw the page where anything failed."""
    start, engine, reads = time.monotonic(), engine_for(item.notebook.path), {EVERYTHING}
    try:
        with recording() as recorded:
            executed = execute_notebook(item.notebook.path, item.parameters, workshop.kept(item), workshop.home.root,
                                        engine, limits)
            if isinstance(executed, CellError):
                where = phrases.phrase("run.cell", "en", number=executed.cell) if executed.cell else ""
                fault = f"{where}{executed.line}"
            else:
                publish(workshop, item, executed, item.language, has_twin=has_twin)   # it reads the county's name
                fault = ""
        if engine == OURS:   # the stock engine's kernel is another process: nobody saw what it read
            reads = recorded
    except CommlibError as error:
        fault = error.say(item.language).splitlines()[0]
    if fault:
        remove(workshop.page(item))
    return Outcome(item, Status.FAILED if fault else Status.OK, fault, time.monotonic() - start, engine, frozenset(reads))


def deliver(answer: Answer, item: Item, here: Workshop, there: Workshop) -> Answer:
    """Lay an item's copy and then its page from a folder of this machine where they belong, or withdraw the page.

    Gives the answer; where that fails, the item failed, and the answer says so.
    """
    if answer.ended:
        keep_what_was_executed(here.kept(item))
    made = [(mine, place) for mine, place in ((here.kept(item), there.kept(item)), (here.page(item), there.page(item)))
            if mine.is_file()]
    try:
        for mine, place in made:
            write_whole(place, mine.read_bytes())
        if len(made) < 2:
            remove(there.page(item))
    except StoreError as error:
        if answer.result:
            fault = error.say(item.language).splitlines()[0]
            return replace(answer, result=replace(answer.result, status=Status.FAILED, first_line=fault))
    finally:
        for mine, _ in made:
            mine.unlink()
    return answer


def _environment(workshop: Workshop, sockets: str) -> dict[str, str]:
    return {**ONE_THREAD, "JUPYTER_RUNTIME_DIR": sockets, "COMMLIB_HOME": str(workshop.home.root),
            "COMMLIB_OUTPUTS": str(workshop.home.outputs.resolve())}
