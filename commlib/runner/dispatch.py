"""Handing tasks to those who do them, a warm parent or a pool of processes, and taking the answers, a few at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import Pipe, active_children, get_context
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from commlib import phrases
from commlib.errors import CommlibError
from commlib.runner.children import Answer, Task
from commlib.runner.engine import prepare_process, supported

DEAD = (EOFError, BrokenPipeError, BrokenProcessPool)   # what a parent that is no more raises
_LONGEST_END = 20.0   # seconds
_AHEAD = 2   # tasks handed over beyond those that run, so that no child waits for the next one


def dispatch(tasks: Iterable[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None],
             named: Sequence[str] = ()) -> None:
    """Run tasks in children of a warm parent, at most `jobs` at a time, telling of each answer as it comes.

    `named` are modules of `warm.NAMED`, for the parent to import as well.

    Where a parent dies, each task that it left unanswered has a parent of its own: the one whose parent dies again was
    it. On an interrupt the parent is ended at once, its children with it, and the interrupt goes on. Raises CommlibError
    where a parent cannot even start.
    """
    waiting = deque(tasks)
    while waiting:
        for suspect in _one_parent(waiting, jobs, environment, on_answer, named):
            for task in _one_parent(deque([suspect]), 1, environment, on_answer, named):
                on_answer(Answer(task.number, None, "parent", 0.0, 0.0))


def _one_parent(waiting: deque[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None],
                named: Sequence[str]) -> list[Task]:
    """Run tasks in one parent, taking them from those that wait; gives those that it took and did not answer."""
    parent = start_parent(jobs, environment, named)
    handed: dict[int, Task] = {}
    try:
        while waiting or handed:
            while waiting and len(handed) < jobs + _AHEAD:
                task = waiting.popleft()
                handed[task.number] = task
                parent.give(task)
            answer = parent.take()
            del handed[answer.number]
            on_answer(answer)
    except DEAD:
        pass   # what it was doing is told by what it leaves
    finally:
        parent.end()
    return list(handed.values())


class WarmParent:
    """A warm parent in a fresh process of this interpreter, whatever this one has imported; ready when it is made.

    Raises CommlibError where it dies before its first task: no other would do better.
    """

    def __init__(self, jobs: int, environment: Mapping[str, str], named: Sequence[str]) -> None:
        source = str(Path(__file__).parents[2])
        path = os.pathsep.join(part for part in (source, os.environ.get("PYTHONPATH", "")) if part)
        requests, self._requests = Pipe(duplex=False)
        self._answers, answers = Pipe(duplex=False)
        theirs = [requests.fileno(), answers.fileno()]
        command = [sys.executable, "-c", "from commlib.runner.warm import main; main()", *map(str, [*theirs, jobs]), *named]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=theirs,
                                         env={**os.environ, **environment, "PYTHONPATH": path})
        requests.close()
        answers.close()
        try:
            self._answers.recv()
        except BaseException as problem:
            self.end()
            if isinstance(problem, EOFError):
                raise CommlibError(phrases.text("run.never_started")) from None
            raise

    def give(self, task: Task) -> None:
        """Hand a task over, to be begun as soon as a process is free; raises BrokenPipeError where the parent is no more."""
        self._requests.send(task)

    def take(self) -> Answer:
        """Wait for the next answer; raises EOFError where the parent is no more."""
        answer: Answer = self._answers.recv()
        return answer

    def end(self) -> None:
        """End the process, which has no children yet or, when its requests end, ends them and all that they started."""
        self._requests.close()
        self._process.terminate()   # it heeds this only while it still imports
        try:
            self._process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            self._process.kill()   # its children die with it


class StockPool:
    """Papermill's own engine in a pool of processes that are started afresh, not forked, and used again.

    Nothing limits their memory, and the limits of time are nbclient's (see `running_cell.RunningCell`): enough there, since
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

    def end(self) -> None:
        """End the processes; their kernels end when they find them gone."""
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


Parent: TypeAlias = WarmParent | StockPool


def start_parent(jobs: int, environment: Mapping[str, str], named: Sequence[str] = ()) -> Parent:
    """A warm parent that runs at most so many tasks at a time, or a pool of processes where our engine is not supported."""
    return WarmParent(jobs, environment, named) if supported() else StockPool(jobs, environment)


def default_jobs() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
