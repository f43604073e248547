"""The warm parent: a process of its own that imports everything once and forks one child for each notebook.

It reads no data and opens no connection, so what it hands on is only code. Tasks come and answers go as pickles over
its standard streams; when these close, it ends, and its children with it. The deadlines are its own: a child that
misses one is killed, whatever it is doing.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import pickle
import selectors
import signal
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from commlib.runner.children import Answer as Answer
from commlib.runner.children import Child, adopt_orphans, end_adopted, fork, kill, kill_late, next_deadline, reap, take
from commlib.runner.children import Task as Task

INLINE = "module://matplotlib_inline.backend_inline"   # where a kernel's figures are drawn
_LENGTH = struct.Struct(">Q")
_MODULES = (
    "pandas", "pyarrow.parquet", "matplotlib.figure", "matplotlib.backends.backend_svg",
    "statsmodels.stats.proportion", "pypinyin", "pandera.pandas", "nbformat", "papermill", "jinja2", "markdown_it",
    "commlib.narratives", "commlib.blocks.catalogue", "commlib.blocks.work", "commlib.publish.page",
    "commlib.runner.memory_kernel",
)


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
        pandas.set_option("display.encoding", "UTF-8")   # as a kernel's streams spell it, by which pandas goes
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
    builtins.get_ipython = Shell   # type: ignore[attr-defined]  # a kernel's cells find it among the built-in names
    os.environ.setdefault("MPLBACKEND", INLINE)
    try:
        yield
    finally:
        IPython.get_ipython = found
        del builtins.get_ipython   # type: ignore[attr-defined]


def serve(jobs: int, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Run tasks as they come, at most `jobs` at a time, until the requests end: then all that still runs is ended too."""
    waiting: deque[Task] = deque()
    running: dict[int, Child] = {}   # by pipe and by handle
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    try:
        while True:
            while waiting and len(_each(running)) < jobs:
                child = fork(waiting.popleft(), alone=True)
                for number in {child.pipe, child.handle}:
                    running[number] = child
                    selector.register(number, selectors.EVENT_READ)
            for key, _ in selector.select(next_deadline(_each(running))):
                if key.fileobj is requests:
                    waiting.append(receive(requests))
                elif key.fd in running and _has_ended(running[key.fd], key.fd, running, selector):
                    child = running.pop(key.fd)
                    if running.pop(child.pipe, None):
                        selector.unregister(child.pipe)
                    answer = reap(child)
                    end_adopted({each.pid for each in _each(running)})
                    send(answers, answer)
            kill_late(_each(running))
    except EOFError:   # the process that asks has all its answers, or is no more
        return
    finally:
        for child in _each(running):
            kill(child)
            os.waitpid(child.pid, 0)
        end_adopted(set())


def _each(running: dict[int, Child]) -> list[Child]:
    return list({child.pid: child for child in running.values()}.values())


def _has_ended(child: Child, fd: int, running: dict[int, Child], selector: selectors.BaseSelector) -> bool:
    """Whether an event means the end of a child, whose further answer is taken here."""
    if fd == child.pipe:
        if not take(child):
            return False
        selector.unregister(fd)
        if child.handle != child.pipe:
            del running[fd]
            return False
    else:
        selector.unregister(fd)
    return True


def main() -> None:
    """Serve as the warm parent of another process, whose standard streams are its requests and answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the process that started it answers Ctrl-C
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    del sys.path[0]   # the working folder: a kernel puts it where it wants it
    adopt_orphans()
    from commlib.runner.engine import prepare_process

    prepare_process({})
    warm_up()
    serve(int(sys.argv[1]), requests, answers)

