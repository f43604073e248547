"""Children: processes forked for one piece of work each, limited in time and memory, ended with all they started.

A child answers through a pipe with one sealed message; whatever else gets into that pipe is not an answer. Its end is
told by the system (a pidfd), not by the pipe, so a child that closes its files or hands them on deceives nobody. Which
cell it runs since when stands in a page of memory that it shares with its parent, who keeps the deadlines by it.
"""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
import pickle
import selectors
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

_LARGEST_ANSWER = 1 << 30   # bytes; more than this is no answer
_SEAL = 16   # bytes of the answer's checksum and of its length
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
    """A running child: its task, process, the pipe of its answer, and the handle that tells of its end (or the pipe)."""

    task: Task
    pid: int
    pipe: int
    handle: int
    started: float
    clock: mmap.mmap
    killed: bool = False
    late_cell: int = 0
    received: bytearray = field(default_factory=bytearray)

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
    """Become the parent of every orphan among this process's descendants, so that none is lost sight of (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)


def fork(task: Task, *, alone: bool) -> Child:
    """Fork a child that does the task; `alone`: it keeps no open file of this process but the standard streams."""
    global _clock
    read, write = os.pipe()
    clock = mmap.mmap(-1, mmap.PAGESIZE)
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(write)
        os.set_blocking(read, False)
        return Child(task, pid, read, os.pidfd_open(pid) if hasattr(os, "pidfd_open") else read, time.monotonic(), clock)
    _clock = clock
    os.close(read)
    if alone:
        os.closerange(3, write)
        os.closerange(write + 1, os.sysconf("SC_OPEN_MAX"))
    _in_child(task, write, parent)


def _in_child(task: Task, write: int, parent: int) -> NoReturn:
    """Do the work, send its result through the pipe and leave without running the parent's exit handlers."""
    global _is_child
    _is_child = True
    try:
        _bind_to_parent(task.limits.memory, parent)
        answer = pickle.dumps(task.work())
        with os.fdopen(write, "wb") as stream:
            stream.write(answer + len(answer).to_bytes(_SEAL, "big") + _checksum(answer))
        code = 0
    except BaseException:   # whatever it is must not return into the parent's loop
        traceback.print_exc(file=sys.__stderr__)
        code = 70
    os._exit(code)


def _checksum(answer: bytes) -> bytes:
    return hashlib.blake2b(answer, digest_size=_SEAL).digest()


def _bind_to_parent(memory: int, parent: int) -> None:
    """Die with the parent, in a process group of its own, with limited memory and nothing to read from."""
    import resource

    os.setpgid(0, 0)
    adopt_orphans()
    if sys.platform == "linux":
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


def take(child: Child) -> bool:
    """Take what a child has sent so far; whether its pipe is at the end."""
    try:
        while part := os.read(child.pipe, 1 << 20):
            child.received += part
            if len(child.received) > _LARGEST_ANSWER:
                kill(child)
                return True
    except BlockingIOError:
        return False
    return True


def reap(child: Child) -> Answer:
    """The answer of a child that has ended, after ending all that it left behind."""
    take(child)
    _, status, usage = os.wait4(child.pid, 0)
    end_group(child.pid)   # what the notebook started and left behind
    for handle in {child.pipe, child.handle}:
        os.close(handle)
    code = os.waitstatus_to_exitcode(status)
    ended = "killed" if child.killed else f"signal {-code}" if code < 0 else f"exit {code}" if code else ""
    result = None
    if not ended:
        sealed = bytes(child.received)
        length = int.from_bytes(sealed[-2 * _SEAL:-_SEAL], "big")
        answer = sealed[-2 * _SEAL - length:-2 * _SEAL]
        if sealed and _checksum(answer) == sealed[-_SEAL:]:
            result = pickle.loads(answer)
        else:
            ended = "no answer"
    child.clock.close()
    return Answer(child.task.number, result, ended, time.monotonic() - child.started, usage.ru_maxrss / 1024,
                  child.late_cell)


def kill(child: Child) -> None:
    """End a child and its process group, whatever they are doing."""
    child.killed = True
    end_group(child.pid)


def kill_late(children: list[Child]) -> None:
    """End the children whose deadline, or that of the cell that they run, has passed."""
    for child in children:
        if not child.killed and child.too_late():
            kill(child)


def next_deadline(children: list[Child]) -> float | None:
    """Seconds until the next deadline of a child, or of the cells that they run now; None where there is none to come."""
    soonest = min((child.left() for child in children if not child.killed), default=float("inf"))
    return None if soonest == float("inf") else soonest


def end_group(pid: int) -> None:
    """End a process group; nothing where there is none."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def end_adopted(own: set[int]) -> None:
    """End the processes that ended children left to this one (see `adopt_orphans`); `own` are those that still work."""
    while strays := _children_here() - own:
        for pid in strays:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children_here() -> set[int]:
    """The processes whose parent is this one, as the system lists them (Linux; none elsewhere)."""
    try:
        return {int(pid) for task in Path("/proc/self/task").iterdir()
                for pid in (task / "children").read_text(encoding="ascii").split()}
    except FileNotFoundError:
        return set()


def run_forked(work: Callable[[], Any], limits: Limits) -> Answer:
    """Do one piece of work in a child of this very process and wait for its answer."""
    child = fork(Task(0, work, limits), alone=False)
    with selectors.DefaultSelector() as selector:
        for handle in {child.pipe, child.handle}:
            selector.register(handle, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select(next_deadline([child])):
                ended = key.fd == child.handle != child.pipe
                if not ended and take(child):
                    selector.unregister(child.pipe)
                    ended = child.handle == child.pipe
                if ended:
                    return reap(child)
            kill_late([child])
