"""Handing tasks to those who do them, a warm parent or a pool of processes, and taking the answers, a few at a time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Protocol

from commlib import phrases
from commlib.errors import CommlibError
from commlib.runner.children import Answer, Task
from commlib.runner.engine import supported
from commlib.runner.pool import StockPool
from commlib.runner.warm import receive, send

_LONGEST_END = 20.0   # seconds
_AHEAD = 2   # tasks handed over beyond those that run, so that no child waits for the next one


def dispatch(tasks: Iterable[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None],
             named: Sequence[str] = ()) -> None:
    """Run tasks in children of a warm parent, at most `jobs` at a time, telling of each answer as it comes.

    `named` are modules of `warm.NAMED`, for the parent to import as well.

    Where our engine is not supported, a pool of processes stands for the warm parent. Where a parent dies, each task that
    it left unanswered has a parent of its own: the one whose parent dies again was it. On an interrupt the parent is
    ended at once, its children with it, and the interrupt goes on. Raises CommlibError where a parent cannot even start.
    """
    waiting = deque(tasks)
    while waiting:
        for suspect in _one_parent(waiting, jobs, environment, on_answer, named):
            for task in _one_parent(deque([suspect]), 1, environment, on_answer, named):
                on_answer(Answer(task.number, None, "parent", 0.0, 0.0))


class Parent(Protocol):
    """Does tasks in processes of its own; `give` and `take` raise an error of DEAD where it is no more."""

    def give(self, task: Task) -> None:
        """Begin a task as soon as a process is free."""

    def take(self) -> Answer:
        """Wait for the next answer."""

    def close(self) -> None:
        """End after the last answer."""

    def end(self) -> None:
        """End now, with all that runs."""


class NeverStarted(EOFError):
    """A warm parent that died before its first task: no other would do better."""


DEAD = (EOFError, BrokenPipeError, BrokenProcessPool)


def start_parent(jobs: int, environment: Mapping[str, str], named: Sequence[str] = ()) -> Parent:
    """A warm parent that runs at most so many tasks at a time, or a pool of processes where our engine is not supported."""
    return WarmParent(jobs, environment, named) if supported() else StockPool(jobs, environment)


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
        parent.close()
    except NeverStarted:
        parent.end()
        raise CommlibError(phrases.text("run.never_started")) from None
    except DEAD:
        parent.end()
    except BaseException:
        parent.end()
        raise
    return list(handed.values())


class WarmParent:
    """A warm parent in a fresh process of this interpreter, whatever this one has imported."""

    def __init__(self, jobs: int, environment: Mapping[str, str], named: Sequence[str]) -> None:
        source = str(Path(__file__).parents[2])
        path = os.pathsep.join(part for part in (source, os.environ.get("PYTHONPATH", "")) if part)
        command = [sys.executable, "-c", "from commlib.runner.warm import main; main()", str(jobs), *named]
        self._process = subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         env={**os.environ, **environment, "PYTHONPATH": path})
        assert self._process.stdin and self._process.stdout
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._started = False

    def give(self, task: Task) -> None:
        """Hand a task over; raises BrokenPipeError where the process is no more, NeverStarted where it never was ready."""
        try:
            send(self._requests, task)
        except BrokenPipeError:
            if self._started:
                raise
            raise NeverStarted from None

    def take(self) -> Answer:
        """Wait for the next answer; raises EOFError where the process is no more, NeverStarted where it never was ready."""
        try:
            if not self._started:
                receive(self._answers)
                self._started = True
            answer: Answer = receive(self._answers)
        except EOFError:
            if self._started:
                raise
            raise NeverStarted from None
        return answer

    def close(self) -> None:
        """End the process after its last answer."""
        self._requests.close()
        self._process.wait()

    def end(self) -> None:
        """End the process, which has no children yet or, when its requests end, ends them and all that they started."""
        with contextlib.suppress(OSError):
            self._requests.close()
        self._process.terminate()   # it heeds this only while it still imports
        try:
            self._process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            self._process.kill()   # its children die with it


def default_jobs() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
