"""Many machines: a run's tasks over a Dask cluster, each of whose workers keeps a warm parent of its own.

A worker has the package and nothing else: the project comes as an archive (see `parcel`), is executed in folders of the
worker's own, and what comes of it is laid where the run wants it. A worker that is lost is made up for by Dask.
"""

from __future__ import annotations

import socket
import time
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
from commlib.runner.delivery import deliver
from commlib.runner.dispatch import DEAD, Parent, dispatch, start_parent
from commlib.runner.pages import Workshop
from commlib.runner.parcel import needed, pack, unpack
from commlib.runner.warm import named_in

if TYPE_CHECKING:
    from concurrent.futures import Future

_AT_ONCE = 1000   # tasks that the scheduler knows of: more than any cluster works on, few enough to keep it quick
_IDLE = 600.0   # seconds after which a warm parent without work is ended
_PATIENCE = 60   # seconds to wait for a scheduler to answer, and then for a first worker


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know of a run: its token, the project's archive, what it must have, and which folder to see."""

    token: str
    archive: Path
    needs: Mapping[str, str]
    environment: Mapping[str, str]
    sign: Path | None

    @property
    def project(self) -> str:
        """Names all that a worker is set up for: the archive and the code, not the run."""
        return " ".join([self.archive.name, *self.needs.values()])


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
            except BaseException:
                with suppress(Exception):   # where the scheduler is gone, the workers have none to ask for anything
                    client.run(_stop, job, on_error="ignore")
                raise

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

_machines: dict[str, _Machine] = {}   # by the project that they are set up for
_entering = Lock()


def _work(job: Job, task: Task) -> Answer:
    """Do one task in a thread of a worker."""
    with _entering:
        if job.project not in _machines:
            for other in _machines.values():
                other.rest(0)
            _machines[job.project] = _Machine(job)
        machine = _machines[job.project]
    if job.sign and not job.sign.is_file():
        raise StoreError(phrases.text("cluster.not_shared", host=socket.gethostname(), folder=job.sign.parent))
    return machine.run(task, job.token)


def _stop(job: Job) -> None:
    """End what runs in this worker for a run."""
    if job.project in _machines:
        Thread(target=_machines[job.project].stop, args=(job.token,)).start()   # Dask's own thread must not wait


class _Machine:
    """What a worker keeps for a project: it unpacked, a folder to execute in, and a warm parent that its threads share.

    They stay for the next run; the warm parent ends when it has had nothing to do for a while.
    """

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
        self._lock, self._numbers, self._used = Lock(), count(), 0.0
        self._parent: Parent | None = None
        self._asked: dict[int, Future[Answer]] = {}
        self._stopped: set[str] = set()   # tokens of runs

    def run(self, task: Task, token: str) -> Answer:
        """Execute one item here, lay what comes of it where the run wants it, and give the answer for the run."""
        from distributed import secede

        work, there, item, *rest = _parts(task)
        here = Workshop(self.home, Path(self._folder.name, token[:8]), there.vintage)
        own = replace(item, notebook=replace(item.notebook, path=self.home.notebooks / item.notebook.path.name))
        answer = self._ask(replace(task, work=partial(work, here, own, *rest)), token)
        if not is_here(there.out):
            secede()  # type: ignore[no-untyped-call]  # the next item need not wait while this one is on its way
        answer = deliver(answer, item, here, there)
        return replace(answer, number=task.number, result=answer.result and replace(answer.result, item=item))

    def _ask(self, task: Task, token: str) -> Answer:
        """Have the warm parent do a task, among those of other threads; where it dies, a parent of its own does it."""
        from concurrent.futures import Future

        future: Future[Answer] = Future()
        with self._lock:
            parent, number = self._parent or self._start(), next(self._numbers)
            self._asked[number] = future
            try:
                parent.give(replace(task, number=number))
            except DEAD as death:
                self._parent = None
                self._asked.pop(number).set_exception(death)
        try:
            return future.result()
        except DEAD:
            if token in self._stopped:
                raise
        alone: list[Answer] = []
        dispatch([task], 1, self._environment, alone.append)
        return alone[0]

    def _start(self) -> Parent:
        named = named_in(self.home.notebooks.glob("*.ipynb"))
        parent, asked = start_parent(self._jobs, self._environment, named), dict[int, "Future[Answer]"]()
        self._parent, self._asked = parent, asked
        Thread(target=self._listen, args=(parent, asked), daemon=True).start()
        Thread(target=self._watch, args=(parent,), daemon=True).start()
        return parent

    def _listen(self, parent: Parent, asked: dict[int, Future[Answer]]) -> None:
        """Give each answer of a warm parent to the thread that asked; when it dies, tell all that still wait."""
        try:
            while True:
                answer = parent.take()
                self._used = time.monotonic()
                asked.pop(answer.number).set_result(answer)
        except DEAD as death:
            with self._lock:
                self._parent = None if self._parent is parent else self._parent
            for future in asked.values():
                future.set_exception(death)
            parent.end()

    def _watch(self, parent: Parent) -> None:
        while self._parent is parent:
            time.sleep(_IDLE / 10)
            self.rest(_IDLE)

    def rest(self, seconds: float) -> None:
        """End the warm parent if it has had nothing to do for so long."""
        with self._lock:
            if self._parent and not self._asked and time.monotonic() - self._used > seconds:
                self._parent.end()
                self._parent = None

    def stop(self, token: str) -> None:
        """End what runs for a run, with the warm parent; what it does for others is done again."""
        self._stopped.add(token)
        if self._parent:
            self._parent.end()


def _parts(task: Task) -> tuple[Any, ...]:
    """The function of a run's task and what it is given: workshop, item and the rest."""
    assert isinstance(task.work, partial)
    return task.work.func, *task.work.args
