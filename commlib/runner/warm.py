"""The warm parent: a process of its own that imports everything once and forks one child for each notebook.

It reads no data and opens no connection, so what it hands on is only code. Tasks come and answers go through two pipes;
when that of the tasks closes, it ends, and its children with it. The deadlines are its own: a child that misses one is
killed, whatever it is doing.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import selectors
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from commlib.runner.children import Child, Task, adopt_orphans, end_adopted, fork, kill, kill_late, next_deadline, reap

INLINE = "module://matplotlib_inline.backend_inline"   # where a kernel's figures are drawn
# Imported as well where a notebook names them; like those below they do no more than import.
NAMED = ("matplotlib.pyplot", "scipy.stats", "statsmodels.api", "statsmodels.formula.api")
_MODULES = (
    "pandas", "pyarrow.parquet", "matplotlib.figure", "matplotlib.backends.backend_svg",
    "statsmodels.stats.proportion", "pypinyin", "pandera.pandas", "nbformat", "papermill", "jinja2", "markdown_it",
    "IPython.core.pylabtools", "commlib.narratives", "commlib.blocks.catalogue", "commlib.blocks.work", "commlib.publish.page",
    "commlib.runner.memory_kernel",
    # what a kernel imports when it starts
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "sqlite3", "tornado.platform.asyncio", "IPython.core.magics",
    # what pandas imports when it first reads a file or shows a table
    "pyarrow.dataset", "pandas.core.arrays.arrow.extension_types", "pandas.io.formats.html", "pandas.io.formats.string",
)


def named_in(notebooks: Iterable[Path]) -> list[str]:
    """The modules of NAMED that notebooks name."""
    sources = [path.read_text(encoding="utf-8") for path in set(notebooks)]
    return [name for name in NAMED if any(name in source for source in sources)]


def warm_up(named: Sequence[str] = ()) -> None:
    """Import what notebooks need, as a kernel would import it, draw once, and set the garbage collector at rest.

    `named` are the modules of NAMED that the notebooks to come name.
    """
    gc.disable()   # what imports make stays
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
    if threading.active_count() != 1:
        raise RuntimeError(f"the warm parent must fork with one thread, not {threading.enumerate()}")
    gc.enable()
    gc.collect()
    gc.freeze()


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


def serve(jobs: int, requests: Connection, answers: Connection) -> None:
    """Run tasks as they come, at most `jobs` at a time, until the requests end: then all that still runs is ended too."""
    waiting: deque[Task] = deque()
    children: dict[int, Child] = {}   # by the handles that tell of their ends
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    answers.send(None)   # it has started
    try:
        while True:
            while waiting and len(children) < jobs:
                child = fork(waiting.popleft(), alone=True)
                children[child.handle] = child
                selector.register(child.handle, selectors.EVENT_READ)
            for key, _ in selector.select(next_deadline(children.values())):
                if key.fileobj is requests:
                    waiting.append(requests.recv())
                    continue
                selector.unregister(key.fd)
                answer = reap(children.pop(key.fd))
                end_adopted({child.pid for child in children.values()})
                answers.send(answer)
            kill_late(children.values())
    except EOFError:   # the process that asks has all its answers, or is no more
        return
    finally:
        for child in children.values():
            kill(child)
            os.waitpid(child.pid, 0)
        end_adopted(set())


def main() -> None:
    """Serve as the warm parent of the process that started this one with two of its pipes, jobs, and names of modules."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the process that started it answers Ctrl-C
    requests, answers = Connection(int(sys.argv[1]), writable=False), Connection(int(sys.argv[2]), readable=False)
    os.dup2(2, 1)
    del sys.path[0]   # the working folder: a kernel puts it where it wants it
    adopt_orphans()
    from commlib.runner.engine import prepare_process

    prepare_process({})
    warm_up(sys.argv[4:])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)   # from here on there are children to be ended first
    serve(int(sys.argv[3]), requests, answers)

