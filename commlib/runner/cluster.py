"""Many machines: a run's tasks over a Dask cluster, each of whose workers keeps a warm parent of its own.

A worker has the package and nothing else: the project comes as an archive (see `parcel`), is executed in folders of the
worker's own, and what comes of it is laid where the run wants it. A worker that is lost is made up for by Dask.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from commlib import phrases
from commlib.addresses import is_here
from commlib.errors import ParameterError, StoreError
from commlib.home import Home
from commlib.runner.children import Answer, Task
from commlib.runner.dispatch import DEAD, Parent, dispatch, start_parent
from commlib.runner.execute import deliver
from commlib.runner.pages import Workshop
from commlib.runner.parcel import needed, pack, unpack
from commlib.runner.warm import named_in

if TYPE_CHECKING:
    from concurrent.futures import Future

_AT_ONCE = 1000   # tasks that the scheduler knows of: more than any cluster works on, few enough to keep it quick
_PATIENCE = 60   # seconds to wait for a scheduler to answer, and then for a first worker


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know of a run: its token, the project's archive, what it must have, and which folder to see."""

    token: str
    archive: Path
    needs: Mapping[str, str]
    environment: Mapping[str, str]
    sign: Path | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask scheduler, by its address, and the folder through which its machines get the project; either may be remote."""

    scheduler: str
    home: Home
    exchange: Path

    def dispatch(self, tasks: Iterable[Task], jobs: int, environment: Mapping[str, str], on_answer: Callable[[Answer], None],
                 ) -> None:
        """Run tasks on the cluster's workers, each of which counts its own jobs, telling of each answer once as it comes.

        A worker lost midway is made up for. Raises StoreError where there is no such cluster, or its machines have other
        code or libraries or do not see the folders. On an interrupt all that runs is ended and the interrupt goes on.
        """
        waiting = list(tasks)
        with self._connected() as client, _signed(waiting) as (token, sign):
            job = Job(token, pack(self.home, self.exchange), needed(self.home), environment, sign)
            try:
                _run(client, job, iter(waiting), on_answer)
            finally:
                with suppress(Exception):   # where the scheduler is gone, the workers have none to ask for anything
                    client.run(_end, token, on_error="ignore")

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A client of the scheduler, which has a worker at least."""
        try:
            from distributed import Client
        except ImportError:
            raise ParameterError(phrases.text("address.no_library", found=self.scheduler)) from None
        try:
            client: Any = Client(self.scheduler, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as problem:
            raise StoreError(phrases.text("cluster.no_scheduler", found=self.scheduler, problem=problem)) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=_PATIENCE)
            except TimeoutError:
                raise StoreError(phrases.text("cluster.no_workers", found=self.scheduler, seconds=_PATIENCE)) from None
            yield client


@contextmanager
def _signed(tasks: list[Task]) -> Iterator[tuple[str, Path | None]]:
    """A run's token, and the file of that name which shows to other machines that they see the folder of outputs.

    None at an address, and where nothing is to be done.
    """
    token = uuid4().hex
    out = next((_parts(task)[1].out for task in tasks), None)
    if out is None or not is_here(out):
        yield token, None
        return
    sign: Path = out / f".{token}"
    out.mkdir(parents=True, exist_ok=True)
    sign.touch()
    try:
        yield token, sign
    finally:
        sign.unlink(missing_ok=True)


def _run(client: Any, job: Job, tasks: Iterator[Task], on_answer: Callable[[Answer], None]) -> None:
    """Keep the scheduler supplied with tasks and tell of the answers; whatever ends this early takes the rest back."""
    from distributed import as_completed

    futures: Any = as_completed(loop=client.loop, with_results=True,  # type: ignore[no-untyped-call]
                                raise_errors=False)
    running: dict[Any, int] = {}

    def supply(number: int) -> None:
        for task in islice(tasks, number):
            future = client.submit(_work, job, task, key=(f"commlib-{job.token}", task.number), pure=False)
            running[future] = task.number
            futures.add(future)

    supply(_AT_ONCE)
    try:
        for future, result in futures:
            on_answer(_answer(future, result, running.pop(future)))
            supply(1)
    finally:
        client.cancel(list(running))


def _answer(future: Any, result: Any, number: int) -> Answer:
    """What came of a task; raises what the worker raised, which is never the notebook's doing."""
    from distributed import KilledWorker

    if future.status == "finished":
        answer: Answer = result
        return answer
    problem = future.exception() if future.status == "error" else None
    if isinstance(problem, KilledWorker):   # it was tried on several, and none lived
        return Answer(number, None, "worker", 0.0, 0.0)
    for missing in (problem, getattr(problem, "__cause__", None)):   # the scheduler wraps what it lacks itself
        if isinstance(missing, ModuleNotFoundError):
            raise StoreError(phrases.text("cluster.no_package", problem=missing)) from problem
    raise problem or StoreError(phrases.text("cluster.lost", status=future.status))


# ---- on the machines of the cluster

_machines: dict[str, _Machine] = {}   # by the tokens of the runs that they work for
_entering = Lock()


def _work(job: Job, task: Task) -> Answer:
    """Do one task in a thread of a worker."""
    if job.sign and not job.sign.is_file():
        raise StoreError(phrases.text("cluster.not_shared", host=socket.gethostname(), folder=job.sign.parent))
    with _entering:
        if job.token not in _machines:
            for token in [token for token, other in _machines.items() if other.idle()]:
                _end(token)   # who asked for it may be no more; where not, it is made again
            _machines[job.token] = _Machine(job)
        machine = _machines[job.token]
    return machine.run(task)


def _end(token: str) -> None:
    """End what this worker has for a run."""
    if machine := _machines.pop(token, None):
        Thread(target=machine.end).start()   # Dask's own thread must not wait


class _Machine:
    """What a worker has for a run: the project unpacked, a folder to execute in, and a warm parent that its threads share."""

    def __init__(self, job: Job) -> None:
        from distributed import get_worker

        worker = get_worker()
        self.home = unpack(job.archive, Path(worker.local_directory).parent / "commlib")
        own = needed(self.home)
        if different := [name for name in {**job.needs, **own} if job.needs.get(name) != own.get(name)]:
            raise StoreError(phrases.text("cluster.different", host=socket.gethostname(), different=", ".join(
                f"{name} {own.get(name, '—')} ≠ {job.needs.get(name, '—')}" for name in different)))
        self._jobs = worker.state.nthreads
        self._folder = TemporaryDirectory(prefix="commlib-", ignore_cleanup_errors=True)
        self._environment = {**job.environment, "JUPYTER_RUNTIME_DIR": self._folder.name,
                             "COMMLIB_HOME": str(self.home.root), "COMMLIB_OUTPUTS": str(self.home.root / "outputs")}
        self._lock, self._numbers, self._ended = Lock(), count(), False
        self._parent: Parent | None = None
        self._asked: dict[int, Future[Answer]] = {}

    def run(self, task: Task) -> Answer:
        """Execute one item here, lay what comes of it where the run wants it, and give the answer for the run."""
        from distributed import secede

        work, there, item, *rest = _parts(task)
        here = Workshop(self.home, Path(self._folder.name, "out"), there.vintage)
        own = replace(item, notebook=replace(item.notebook, path=self.home.notebooks / item.notebook.path.name))
        answer = self._ask(replace(task, work=partial(work, here, own, *rest)))
        if not is_here(there.out):
            secede()  # type: ignore[no-untyped-call]  # the next item need not wait while this one is on its way
        answer = deliver(answer, item, here, there)
        return replace(answer, number=task.number, result=answer.result and replace(answer.result, item=item))

    def _ask(self, task: Task) -> Answer:
        """Have the warm parent do a task, among those of other threads; where it dies, a parent of its own does it."""
        from concurrent.futures import Future

        future: Future[Answer] = Future()
        try:
            with self._lock:
                if self._ended:
                    raise EOFError
                parent, number = self._parent or self._start(), next(self._numbers)
                self._asked[number] = future
                parent.give(replace(task, number=number))
            return future.result()
        except DEAD:
            if self._ended:
                raise
        alone: list[Answer] = []
        dispatch([task], 1, self._environment, alone.append)
        return alone[0]

    def _start(self) -> Parent:
        named = named_in(self.home.notebooks.glob("*.ipynb"))
        self._parent, self._asked = start_parent(self._jobs, self._environment, named), {}
        Thread(target=self._listen, args=(self._parent, self._asked), daemon=True).start()
        return self._parent

    def _listen(self, parent: Parent, asked: dict[int, Future[Answer]]) -> None:
        """Give each answer of a warm parent to the thread that asked; when it dies, tell all that still wait."""
        try:
            while True:
                answer = parent.take()
                asked.pop(answer.number).set_result(answer)
        except DEAD as death:
            with self._lock:
                self._parent = None if self._parent is parent else self._parent
            for future in asked.values():
                future.set_exception(death)
            parent.end()

    def idle(self) -> bool:
        """Whether nothing is asked of it."""
        return not self._asked

    def end(self) -> None:
        """End what runs here, with the warm parent."""
        with self._lock:
            self._ended = True
            if self._parent:
                self._parent.end()


def _parts(task: Task) -> tuple[Any, ...]:
    """The function of a run's task and what it is given: workshop, item and the rest."""
    assert isinstance(task.work, partial)
    return task.work.func, *task.work.args
