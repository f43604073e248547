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
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from commlib.runner.children import Answer as Answer
from commlib.runner.children import Child, adopt_orphans, end_adopted, fork, kill, kill_late, next_deadline, reap, take
from commlib.runner.children import Limits as Limits
from commlib.runner.children import Task as Task
from commlib.runner.learning import TRIAL, Learning, settle

INLINE = "module://matplotlib_inline.backend_inline"   # where a kernel's figures are drawn
# Imported before the first child where a notebook names them; they do no more than import. The rest is learned.
NAMED = ("matplotlib.pyplot", "scipy.stats", "statsmodels.api", "statsmodels.formula.api")
_LENGTH = struct.Struct(">Q")
_MODULES = (
    "pandas", "pyarrow.parquet", "matplotlib.figure", "matplotlib.backends.backend_svg",
    "statsmodels.stats.proportion", "pypinyin", "pandera.pandas", "nbformat", "papermill", "jinja2", "markdown_it",
    "IPython.core.pylabtools", "commlib.narratives", "commlib.blocks.catalogue", "commlib.blocks.work", "commlib.publish.page",
    "commlib.runner.memory_kernel",
    # what a kernel imports when it starts
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "sqlite3", "tornado.platform.asyncio",
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


def named_in(notebooks: Iterable[Path]) -> list[str]:
    """The modules of NAMED that notebooks name."""
    sources = [path.read_text(encoding="utf-8") for path in set(notebooks)]
    return [name for name in NAMED if any(name in source for source in sources)]


def warm_up(named: Sequence[str] = ()) -> None:
    """Import what notebooks need, as a kernel would import it, draw once, and set the garbage collector at rest.

    `named` are the modules of NAMED that the notebooks to come name.
    """
    gc.disable()   # what imports make stays; `settle` enables it again
    _import_nbformat()
    with _as_in_a_kernel():
        for name in (*_MODULES, *named):
            importlib.import_module(name)
        from commlib.charts.bars import ranked_bars
        from commlib.charts.tight_boxes import install
        from commlib.indicators.registry import indicators
        from commlib.publish.page import PAGE
        from commlib.publish.rendering import templates
        from commlib.runner.engine import supported
        from commlib.runner.pages import package_version

        indicators()
        templates().get_template(PAGE)
        package_version()
        supported()
        nbformat = importlib.import_module("nbformat")
        nbformat.validate(nbformat.v4.new_notebook())   # its schema is compiled once
        pandas = importlib.import_module("pandas")
        pandas.set_option("display.encoding", "UTF-8")   # as a kernel's streams spell it, by which pandas goes
        two = pandas.DataFrame({"label": ["一", "a"], "value": [1.0, 2.0]})
        ranked_bars(two, chart_id="warm", title="", unit="", language="zh")
        install()
    settle()


def _import_nbformat() -> None:
    """Import it without the grammar of addresses that jsonschema compiles, for a second, and nbformat never asks for.

    A notebook that imports jsonschema imports it whole.
    """
    grammar: dict[str, Any] = {"rfc3987_syntax": None}   # None: there is none to import
    sys.modules.update(grammar)
    importlib.import_module("nbformat")
    for name in [each for each in sys.modules if each in grammar or each.partition(".")[0] == "jsonschema"]:
        del sys.modules[name]


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


class Nursery:
    """The children that run, by the pipes and handles that tell of them to a selector."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._by_handle: dict[int, Child] = {}

    def begin(self, task: Task) -> None:
        """Fork a child that does a task."""
        child = fork(task, alone=True)
        for handle in {child.pipe, child.handle}:
            self._by_handle[handle] = child
            self._selector.register(handle, selectors.EVENT_READ)

    def children(self) -> list[Child]:
        """Each child that runs."""
        return list({child.pid: child for child in self._by_handle.values()}.values())

    def heard(self, handle: int) -> Answer | None:
        """What a handle that woke the selector tells: the answer of its child where it has ended, after which it is none."""
        child = self._by_handle.get(handle)
        if not child or (handle == child.pipe and not take(child)):
            return None
        self._forget(handle)
        if handle == child.pipe != child.handle:   # its answer is here; its end is told by its handle
            return None
        self._forget(child.pipe)
        answer = reap(child)
        end_adopted({each.pid for each in self.children()})
        return answer

    def _forget(self, handle: int) -> None:
        if self._by_handle.pop(handle, None):
            self._selector.unregister(handle)

    def end(self) -> None:
        """End all children, and what they and those before them left."""
        for child in self.children():
            kill(child)
            os.waitpid(child.pid, 0)
        end_adopted(set())


def serve(jobs: int, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Run tasks as they come, at most `jobs` at a time, until the requests end: then all that still runs is ended too."""
    waiting: deque[Task] = deque()
    learning = Learning()
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    nursery = Nursery(selector)
    send(answers, None)   # it has started
    try:
        while True:
            if waiting:
                learning.apply()
            more = len(waiting)   # whoever sends one task at a time has more to come as well
            while waiting and sum(child.task.number != TRIAL for child in nursery.children()) < jobs:
                nursery.begin(learning.telling(waiting.popleft()))
            if more and (trial := learning.trial()):
                nursery.begin(trial)
            for key, _ in selector.select(next_deadline(nursery.children())):
                if key.fileobj is requests:
                    waiting.append(receive(requests))
                elif (answer := nursery.heard(key.fd)) and answer.number == TRIAL:
                    learning.conclude(answer)
                elif answer:
                    send(answers, learning.hear(answer))
            kill_late(nursery.children())
    except EOFError:   # the process that asks has all its answers, or is no more
        return
    finally:
        nursery.end()


def main() -> None:
    """Serve as the warm parent of another process, whose standard streams are its requests and answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the process that started it answers Ctrl-C
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    del sys.path[0]   # the working folder: a kernel puts it where it wants it
    adopt_orphans()
    from commlib.runner.engine import prepare_process

    prepare_process({})
    warm_up(sys.argv[2:])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)   # from here on there are children to be ended first
    serve(int(sys.argv[1]), requests, answers)

