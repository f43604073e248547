"""Handing tasks to the warm parent and taking its answers, a few at a time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from commlib.runner.children import Answer, Task
from commlib.runner.warm import receive, send

_LONGEST_END = 20.0   # seconds
_AHEAD = 2   # tasks handed over beyond those that run, so that no child waits for the next one


def dispatch(tasks: Iterable[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None]) -> None:
    """Run tasks in children of a warm parent, at most `jobs` at a time, telling of each answer as it comes.

    Where a warm parent dies, each task that it left unanswered has a parent of its own: the one whose parent dies again
    was it. On an interrupt the parent is ended at once, its children with it, and the interrupt goes on.
    """
    waiting = deque(tasks)
    while waiting:
        for suspect in _one_parent(waiting, jobs, environment, on_answer):
            for task in _one_parent(deque([suspect]), 1, environment, on_answer):
                on_answer(Answer(task.number, None, "parent", 0.0, 0.0))


def _one_parent(waiting: deque[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None],
                ) -> list[Task]:
    """Run tasks in one warm parent, taking them from those that wait; gives those that it took and did not answer."""
    parent = _start(jobs, environment)
    assert parent.stdin and parent.stdout
    handed: dict[int, Task] = {}
    try:
        while waiting or handed:
            while waiting and len(handed) < jobs + _AHEAD:
                task = waiting.popleft()
                handed[task.number] = task
                send(parent.stdin, task)
            answer: Answer = receive(parent.stdout)
            del handed[answer.number]
            on_answer(answer)
        parent.stdin.close()
        parent.wait()
    except (EOFError, BrokenPipeError):
        pass
    except BaseException:
        _end(parent)
        raise
    return list(handed.values())


def _end(parent: subprocess.Popen[bytes]) -> None:
    """End a warm parent by ending its requests, upon which it ends its children and all that they started."""
    assert parent.stdin
    with contextlib.suppress(OSError):
        parent.stdin.close()
    try:
        parent.wait(_LONGEST_END)
    except subprocess.TimeoutExpired:
        parent.kill()   # its children die with it


def _start(jobs: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a warm parent in a fresh process of this interpreter, whatever this one has imported."""
    source = str(Path(__file__).parents[2])
    path = os.pathsep.join(part for part in (source, os.environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-c", "from commlib.runner.warm import main; main()", str(jobs)]
    return subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            env={**os.environ, **environment, "PYTHONPATH": path})


def default_jobs() -> int:
    """One worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
