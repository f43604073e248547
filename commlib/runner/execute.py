"""Running a plan in worker processes: each item is executed, kept, and published only if it succeeded."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from multiprocessing import active_children, get_context
from tempfile import TemporaryDirectory

from commlib import phrases
from commlib.errors import CommlibError
from commlib.publish.rendering import other_language
from commlib.publish.site import withdraw
from commlib.runner.engine import CellError, execute_notebook, prepare_process, running_copy
from commlib.runner.pages import Workshop, mend_language_links, publish
from commlib.runner.plan import Item, Plan

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
    """Run every item in `jobs` worker processes, telling of each outcome as it comes; outcomes in the plan's order.

    An item whose worker dies fails alone. On an interrupt the workers are ended at once and the interrupt goes on.
    """
    with TemporaryDirectory(prefix="commlib-") as sockets:   # connection files and sockets of the kernels
        outcomes = _execute(workshop, plan, jobs, on_done, _environment(workshop, sockets))
    mend_language_links(workshop, plan.items)
    return outcomes


def _execute(workshop: Workshop, plan: Plan, jobs: int, on_done: Callable[[Outcome], None],
             environment: Mapping[str, str]) -> list[Outcome]:
    planned = {(item.notebook.id, item.county, item.language) for item in plan.items}
    done: dict[int, Outcome] = {}

    def record(number: int, outcome: Outcome) -> None:
        done[number] = outcome
        on_done(outcome)

    tasks = [(number, partial(run_item, workshop, item, _twin_expected(workshop, item, planned)))
             for number, item in enumerate(plan.items)]
    suspects = _in_pools(tasks, jobs, environment, record)
    for number, task in suspects:   # one of them killed its worker: alone, each shows whether it was the one
        for _ in _one_pool(deque([(number, task)]), 1, environment, record):
            item = plan.items[number]
            withdraw(workshop.page(item))
            if running_copy(workshop.kept(item)).is_file():
                running_copy(workshop.kept(item)).replace(workshop.kept(item))
            record(number, Outcome(item, Status.FAILED, phrases.phrase("run.worker_died", item.language), 0.0))
    return [done[number] for number in sorted(done)]


def run_item(workshop: Workshop, item: Item, has_twin: bool) -> Outcome:
    """Execute one item, keep its executed copy and publish its page, or withdraw the page where anything failed."""
    start = time.monotonic()
    try:
        executed = execute_notebook(item.notebook.path, item.parameters, workshop.kept(item), workshop.home.root)
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


Task = tuple[int, Callable[[], Outcome]]


def _in_pools(tasks: Sequence[Task], jobs: int, environment: Mapping[str, str],
              record: Callable[[int, Outcome], None]) -> list[Task]:
    """Run tasks in one pool after another until none waits; gives those that were running when a pool broke."""
    waiting, suspects = deque(tasks), []
    while waiting:
        suspects += _one_pool(waiting, jobs, environment, record)
    return suspects


def _one_pool(waiting: deque[Task], jobs: int, environment: Mapping[str, str],
              record: Callable[[int, Outcome], None]) -> list[Task]:
    """Run tasks until none waits or a worker dies; gives the tasks that were running then.

    No more tasks are handed over than there are workers, so that those which wait are known to be innocent.
    """
    running: dict[Future[Outcome], Task] = {}
    pool = ProcessPoolExecutor(min(jobs, len(waiting)), get_context("spawn"), _start_worker, (environment,))
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.popleft()
                running[pool.submit(task[1])] = task
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                record(running[future][0], future.result())
                del running[future]
        pool.shutdown()
        return []
    except BrokenProcessPool:
        _end_workers(pool)
        return list(running.values())
    except BaseException:
        _end_workers(pool)
        raise


def _end_workers(pool: ProcessPoolExecutor) -> None:
    """End the workers without waiting for what they do; their kernels notice and end themselves."""
    for child in active_children():
        child.kill()
    pool.shutdown(cancel_futures=True)


def _start_worker(environment: Mapping[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the parent alone answers Ctrl-C
    prepare_process(environment)


def _environment(workshop: Workshop, sockets: str) -> dict[str, str]:
    return {**_ONE_THREAD, "JUPYTER_RUNTIME_DIR": sockets, "COMMLIB_HOME": str(workshop.home.root),
            "COMMLIB_OUTPUTS": str(workshop.home.outputs.resolve())}


def _twin_expected(workshop: Workshop, item: Item, planned: Iterable[tuple[str, str | None, str]]) -> bool:
    other = str(other_language(item.language))
    return (item.notebook.id, item.county, other) in planned or workshop.page(item, other).is_file()


def default_jobs() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
