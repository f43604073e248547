"""A pool of processes for papermill's own engine, where ours cannot run: no fork, or versions that were not tested."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import active_children, get_context
from queue import SimpleQueue

from commlib.runner.children import Answer, Task
from commlib.runner.engine import prepare_process


class StockPool:
    """Does tasks in a pool of processes that are started afresh, not forked, and used again.

    Nothing limits their memory, and the limits of time are nbclient's (see `engine.RunningCell`): enough there, since
    its kernel is a process of its own, which it ends. How much memory a task took is not known.
    """

    def __init__(self, jobs: int, environment: Mapping[str, str]) -> None:
        self._pool = ProcessPoolExecutor(jobs, get_context("spawn"), prepare_process, (dict(environment),))
        self._done: SimpleQueue[Future[Answer]] = SimpleQueue()

    def give(self, task: Task) -> None:
        """Hand a task over; raises BrokenProcessPool where a process of the pool died."""
        self._pool.submit(_answer, task).add_done_callback(self._done.put)

    def take(self) -> Answer:
        """Wait for the next answer; raises BrokenProcessPool where a process of the pool died."""
        return self._done.get().result()

    def close(self) -> None:
        """End the processes after their last answer."""
        self._pool.shutdown()

    def end(self) -> None:
        """End the processes now; their kernels end when they find them gone."""
        for process in active_children():
            process.terminate()
        self._pool.shutdown(cancel_futures=True)


def _answer(task: Task) -> Answer:
    """Do a task here; an error of its own is told as a forked child would tell it, by its exit."""
    start, result, ended = time.monotonic(), None, ""
    try:
        result = task.work()
    except Exception:
        traceback.print_exc()
        ended = "exit 70"
    return Answer(task.number, result, ended, time.monotonic() - start, 0.0)
