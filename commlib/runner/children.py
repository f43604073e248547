"""Children: processes forked for one piece of work each, limited in time and memory, ended with all they started (Linux).

A child leaves its answer in a file without a name, and its end is told by the system (a pidfd): a child that closes its
files or hands them on deceives nobody, and what else gets into that file is not an answer. Which cell it runs since when
stands in a page of memory that it shares with its parent, who keeps the deadlines by it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import pickle
import select
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

_PDEATHSIG, _SUBREAPER = 1, 36   # of prctl
_CELL = struct.Struct("=dq")   # when the running cell began, by the system's monotonic clock (0: none runs), and its number


@dataclass(frozen=True, slots=True)
class Limits:
    """What one notebook may take: seconds in all and for one cell, and bytes of memory beyond what the warm parent has."""

    notebook: float = 600.0
    cell: float = float("inf")
    memory: int = 3 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done in a child of its own: a number to answer with, the work, and what it may take."""

    number: int
    work: Callable[[], Any]
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task: its result, or how the child ended (`killed`, `exit 11` …); peak memory in MB.

    `late_cell` is the number of the cell for which the child was killed, 0 where it was not for one.
    """

    number: int
    result: Any
    ended: str
    seconds: float
    memory: float
    late_cell: int = 0


@dataclass(slots=True)
class Child:
    """A running child: its task, process, the handle that tells of its end, and the file of its answer."""

    task: Task
    pid: int
    handle: int
    answer: int
    started: float
    clock: mmap.mmap
    killed: bool = False
    late_cell: int = 0

    def left(self) -> float:
        """Seconds until its deadline, or that of the cell that it runs, or of one that began now: nobody tells when one does."""
        began, now = _CELL.unpack_from(self.clock)[0], time.monotonic()
        return max(0.0, min(self.started + self.task.limits.notebook, (began or now) + self.task.limits.cell) - now)

    def too_late(self) -> bool:
        """Whether its deadline has passed, or that of the cell that it runs, which is then noted."""
        (began, number), now = _CELL.unpack_from(self.clock), time.monotonic()
        if began and now >= began + self.task.limits.cell and now < self.started + self.task.limits.notebook:
            self.late_cell = number
        return bool(self.late_cell) or now >= self.started + self.task.limits.notebook


_is_child = False
_clock: mmap.mmap | None = None


def is_child() -> bool:
    """Whether this process was forked for one notebook and may be turned into its kernel."""
    return _is_child


def cell_begins(number: int) -> None:
    """Tell the parent that this process now runs the cell of that number, or none (0); nobody is told outside a child."""
    if _clock:
        _CELL.pack_into(_clock, 0, time.monotonic() if number else 0.0, number)


def adopt_orphans() -> None:
    """Become the parent of every orphan among this process's descendants, so that none is lost sight of."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)


def fork(task: Task, *, alone: bool) -> Child:
    """Fork a child that does the task; `alone`: it keeps no open file of this process but the standard streams."""
    global _clock
    answer, clock, parent = os.memfd_create("answer"), mmap.mmap(-1, mmap.PAGESIZE), os.getpid()
    pid = os.fork()
    if pid:
        return Child(task, pid, os.pidfd_open(pid), answer, time.monotonic(), clock)
    _clock = clock
    if alone:
        os.closerange(3, answer)
        os.closerange(answer + 1, os.sysconf("SC_OPEN_MAX"))
    _in_child(task, answer, parent)


def _in_child(task: Task, answer: int, parent: int) -> NoReturn:
    """Do the work, leave its result in the file and leave without running the parent's exit handlers."""
    global _is_child
    _is_child = True
    try:
        _bind_to_parent(task.limits.memory, parent)
        result = pickle.dumps(task.work())
        with os.fdopen(answer, "wb") as stream:
            stream.truncate(stream.seek(0))   # the notebook may have written into it
            stream.write(result)
        code = 0
    except BaseException:   # whatever it is must not return into the parent's loop
        traceback.print_exc(file=sys.__stderr__)
        code = 70
    os._exit(code)


def _bind_to_parent(memory: int, parent: int) -> None:
    """Die with the parent, in a process group of its own, with limited memory and nothing to read from."""
    import resource

    os.setpgid(0, 0)
    adopt_orphans()
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:   # it died before it could be bound to
        os._exit(1)
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + memory,) * 2)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)   # the parent's answers go through its standard output
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def reap(child: Child) -> Answer:
    """The answer of a child that has ended, after ending all that it left behind."""
    _, status, usage = os.wait4(child.pid, 0)
    end_group(child.pid)   # what the notebook started and left behind
    code = os.waitstatus_to_exitcode(status)
    ended = "killed" if child.killed else f"signal {-code}" if code < 0 else f"exit {code}" if code else ""
    result = None
    with os.fdopen(child.answer, "rb") as stream:
        stream.seek(0)
        if not ended:
            try:
                result = pickle.load(stream)
            except Exception:   # nothing is there, or only what the notebook wrote
                ended = "no answer"
    os.close(child.handle)
    child.clock.close()
    return Answer(child.task.number, result, ended, time.monotonic() - child.started, usage.ru_maxrss / 1024,
                  child.late_cell)


def kill(child: Child) -> None:
    """End a child and its process group, whatever they are doing."""
    child.killed = True
    end_group(child.pid)


def kill_late(children: Iterable[Child]) -> None:
    """End the children whose deadline, or that of the cell that they run, has passed."""
    for child in children:
        if not child.killed and child.too_late():
            kill(child)


def next_deadline(children: Iterable[Child]) -> float | None:
    """Seconds until the next deadline of a child, or of the cells that they run now; None where there is none to come."""
    soonest = min((child.left() for child in children if not child.killed), default=float("inf"))
    return None if soonest == float("inf") else soonest


def end_group(pid: int) -> None:
    """End a process group; nothing where there is none."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_adopted(own: set[int]) -> None:
    """End the processes that ended children left to this one (see `adopt_orphans`); `own` are those that still work."""
    while strays := _children_here() - own:
        for pid in strays:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children_here() -> set[int]:
    """The processes whose parent is this one, as the system lists them; none where it does not."""
    with suppress(FileNotFoundError):
        return {int(pid) for task in Path("/proc/self/task").iterdir()
                for pid in (task / "children").read_text(encoding="ascii").split()}
    return set()


def run_forked(work: Callable[[], Any], limits: Limits) -> Answer:
    """Do one piece of work in a child of this very process and wait for its answer."""
    child = fork(Task(0, work, limits), alone=False)
    while not any(select.select([child.handle], (), (), next_deadline([child]))):
        kill_late([child])
    return reap(child)
