"""The warm parent: a process of its own that imports everything once and forks one child for each notebook.

It reads no data and opens no connection, so what it hands on is only code. Tasks come and answers go as pickles over
its standard streams; when these close, it ends, and its children with it. The deadlines are its own: a child that
misses one is killed, whatever it is doing.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import selectors
import signal
import struct
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

_LENGTH = struct.Struct(">Q")
_MODULES = (
    "pandas", "pyarrow.parquet", "matplotlib.figure", "matplotlib.backends.backend_svg", "matplotlib_inline.backend_inline",
    "statsmodels.stats.proportion", "pypinyin", "pandera.pandas", "nbformat", "papermill", "jinja2", "markdown_it",
    "commlib.narratives", "commlib.blocks.catalogue", "commlib.blocks.work", "commlib.publish.page",
    "commlib.runner.memory_kernel",
)
_MEMORY_ABOVE_START = 3 << 30   # bytes of address space that a notebook may take beyond what the warm parent has


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done in a child of its own: a number to answer with, the work, and seconds until it is killed."""

    number: int
    work: Callable[[], Any]
    deadline: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task: its result, or how the child ended (`killed`, `exit 11` …); peak memory in MB."""

    number: int
    result: Any
    ended: str
    seconds: float
    memory: float


@dataclass(slots=True)
class _Child:
    task: Task
    pid: int
    pipe: int
    started: float
    killed: bool = False
    received: bytearray = field(default_factory=bytearray)


def send(stream: IO[bytes], message: Any) -> None:
    """Write one message: its length, then its pickle."""
    packed = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(packed)) + packed)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; raises EOFError where the other side is gone."""
    return pickle.loads(_exactly(stream, *_LENGTH.unpack(_exactly(stream, _LENGTH.size))))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    """So many bytes of an unbuffered stream, which may give them in parts; raises EOFError where it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def warm_up() -> None:
    """Import what notebooks need, as a kernel would import it, draw once, and set the garbage collector at rest."""
    with _as_in_a_kernel():
        for name in _MODULES:
            importlib.import_module(name)
        from commlib.charts.bars import ranked_bars
        from commlib.indicators.registry import indicators

        indicators()
        pandas = importlib.import_module("pandas")
        two = pandas.DataFrame({"label": ["一", "a"], "value": [1.0, 2.0]})
        ranked_bars(two, chart_id="warm", title="", unit="", language="zh")
    if threading.active_count() != 1:
        raise RuntimeError(f"the warm parent must fork with one thread, not {threading.enumerate()}")
    gc.collect()
    gc.freeze()


@contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Libraries ask at import whether they are in a kernel (pandas sets its column limit by it): let them find one."""
    import IPython

    class Shell:
        kernel = True

    found, IPython.get_ipython = IPython.get_ipython, Shell
    try:
        yield
    finally:
        IPython.get_ipython = found


def serve(jobs: int, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Run tasks as they come, at most `jobs` at a time, until the requests end and all children are done."""
    waiting: deque[Task] = deque()
    children: dict[int, _Child] = {}
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    open_for_more = True
    try:
        while open_for_more or waiting or children:
            while waiting and len(children) < jobs:
                child = _fork(waiting.popleft())
                children[child.pipe] = child
                selector.register(child.pipe, selectors.EVENT_READ)
            for key, _ in selector.select(_next_deadline(children)):
                if key.fileobj is requests:
                    try:
                        waiting.append(receive(requests))
                    except EOFError:
                        selector.unregister(requests)
                        open_for_more = False
                elif _read(children[key.fd]):
                    selector.unregister(key.fd)
                    send(answers, _reap(children.pop(key.fd)))
            _kill_late(children)
    finally:
        for child in children.values():
            _kill(child)


def run_forked(work: Callable[[], Any], deadline: float = float("inf")) -> Answer:
    """Do one piece of work in a child of this very process and wait for its answer."""
    child = _fork(Task(0, work, deadline))
    with selectors.DefaultSelector() as selector:
        selector.register(child.pipe, selectors.EVENT_READ)
        while True:
            left = _next_deadline({0: child})
            if selector.select(None if left == float("inf") else left) and _read(child):
                return _reap(child)
            _kill_late({0: child})


def is_child() -> bool:
    """Whether this process was forked for one notebook and may be turned into its kernel."""
    return _child_of is not None


_child_of: int | None = None


def _fork(task: Task) -> _Child:
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return _Child(task, pid, read, time.monotonic())
    os.close(read)
    _in_child(task, write)


def _in_child(task: Task, write: int) -> NoReturn:
    """Do the work, send its result through the pipe and leave without running the parent's exit handlers."""
    global _child_of
    _child_of = os.getppid()
    try:
        _bind_to_parent()
        result = task.work()
        with os.fdopen(write, "wb") as stream:
            stream.write(pickle.dumps(result))
        code = 0
    except BaseException:   # whatever it is must not return into the parent's loop
        traceback.print_exc(file=sys.__stderr__)
        code = 70
    os._exit(code)


def _bind_to_parent() -> None:
    """Die with the parent, in a process group of its own, with limited memory and nothing to read from."""
    import ctypes
    import resource

    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)   # PR_SET_PDEATHSIG
        with open("/proc/self/statm", encoding="ascii") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY_ABOVE_START,) * 2)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)   # the parent's answers go through its standard output
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _read(child: _Child) -> bool:
    """Take what a child has sent; whether its pipe is at the end."""
    part = os.read(child.pipe, 1 << 20)
    child.received += part
    return not part


def _reap(child: _Child) -> Answer:
    os.close(child.pipe)
    _, status, usage = os.wait4(child.pid, 0)
    _kill_group(child.pid)   # what the notebook started and left behind
    code = os.waitstatus_to_exitcode(status)
    ended = "killed" if child.killed else f"signal {-code}" if code < 0 else f"exit {code}" if code else ""
    result = pickle.loads(bytes(child.received)) if not ended else None
    return Answer(child.task.number, result, ended, time.monotonic() - child.started, usage.ru_maxrss / 1024)


def _next_deadline(children: dict[int, _Child]) -> float | None:
    late = [child.started + child.task.deadline for child in children.values() if not child.killed]
    return max(0.0, min(late) - time.monotonic()) if late else None


def _kill_late(children: dict[int, _Child]) -> None:
    for child in children.values():
        if not child.killed and time.monotonic() - child.started > child.task.deadline:
            _kill(child)


def _kill(child: _Child) -> None:
    child.killed = True
    _kill_group(child.pid)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    """Serve as the warm parent of another process, whose standard streams are its requests and answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the process that started it answers Ctrl-C
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from commlib.runner.engine import prepare_process

    prepare_process({})
    warm_up()
    serve(int(sys.argv[1]), requests, answers)

