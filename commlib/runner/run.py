"""A whole run: plan, see what changed, execute that, index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commlib import phrases
from commlib.addresses import is_here
from commlib.bilingual import Language, Text
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.publish.site import index_path
from commlib.runner.changes import Choice, Weighed, due, finished, waiting, weigh
from commlib.runner.children import Limits
from commlib.runner.index import audit_findings, write_indexes
from commlib.runner.keys import code_hash
from commlib.runner.ledger import Ledger, RunEntry
from commlib.runner.lock import held
from commlib.runner.notebooks import AnalysisNotebook, choose_notebooks, read_notebooks
from commlib.runner.outcomes import Outcome
from commlib.runner.pages import Workshop, ledger_folder, mend_links_of
from commlib.runner.plan import Plan, Skipped, plan
from commlib.runner.progress import watching
from commlib.store import Store, open_store

if TYPE_CHECKING:
    from commlib.runner.cluster import Cluster

Watch = Callable[[int], AbstractContextManager[Callable[[Outcome], None]]]
_INDEX = "index"   # the note of what the index was written from


@dataclass(slots=True)
class Summary:
    """What a run has come to, true at any moment of it: outcomes as they came, in the plan's order when it has ended.

    `due` counts what the run took, `before` is the run before it (None: it is the first). Until it is known,
    `workshop` and `index` are None.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    due: int = 0
    unchanged: int = 0
    skipped: tuple[Skipped, ...] = ()
    workshop: Workshop | None = None
    index: Path | None = None
    before: RunEntry | None = None

    @property
    def failures(self) -> list[Outcome]:
        """The items that failed."""
        return [outcome for outcome in self.outcomes if outcome.failed]


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done where: the plan, the folder of outputs and its ledger."""

    workshop: Workshop
    store: Store
    known: list[AnalysisNotebook]
    planned: Plan
    ledger: Ledger

    def weighed(self) -> list[Weighed]:
        """Every item with the reason why it has to run, or `unchanged`."""
        return weigh(self.workshop, self.store, self.planned, self.ledger.states())


def prepare(home: Home, notebooks: list[str], counties: str | None, period: str | None, languages: Sequence[str],
            out: Path | None = None, options: Sequence[str] = ()) -> Work:
    """Plan notebooks (all where none is named) for counties and languages; `options` are other parameters, `name=value`.

    Raises ParameterError where anything given is unknown.
    """
    known = read_notebooks(home)
    if not known:
        raise ParameterError(phrases.text("run.no_notebooks", folder=home.notebooks))
    planned = plan(home, choose_notebooks(known, notebooks), counties, period, languages, options)
    store = open_store(home)
    return Work(Workshop(home, (out or home.outputs).resolve(), store.vintage), store, known, planned,
                ledger_in(home, out))


def ledger_in(home: Home, out: Path | None = None) -> Ledger:
    """The ledger of a folder of outputs; the project's where none is named."""
    return Ledger(ledger_folder(home, (out or home.outputs).resolve()))


def run(home: Home, notebooks: list[str], counties: str | None, period: str | None, languages: list[str], jobs: int,
        out: Path | None = None, choice: Choice = Choice.CHANGED, *, limits: Limits = Limits(), command: str = "",
        watch: Watch = watching, summary: Summary | None = None, cluster: Cluster | None = None,
        options: Sequence[str] = (), notify: Callable[[Text], None] | None = None) -> Summary:
    """Run what changed of the planned work and write the index; gives `summary`, which is true also where this raises.

    `command` is what another run is told goes on, `watch` is told of each outcome, and `notify`, before anything runs,
    what a retired code that was asked for means now; `options` as in `prepare`. Raises ParameterError before
    anything is executed or written where anything given is unknown, and StoreError where another run holds the folder.
    """
    summary = Summary() if summary is None else summary
    work = prepare(home, notebooks, counties, period, languages, out, options)
    if notify:
        for notice in work.planned.notices:
            notify(notice)
    summary.workshop, summary.skipped = work.workshop, work.planned.skipped
    with held(work.ledger.path.parent, command):
        summary.before = next(reversed(work.ledger.runs()), None)
        stopped = bool(summary.before and not summary.before.ended)
        if stopped and is_here(work.workshop.out):
            _sweep(work.workshop)
        weighed = work.weighed()
        taken = due(weighed, choice)
        summary.due, summary.unchanged = len(taken), len(weighed) - len(taken)
        findings = _execute(work, taken, jobs, limits, watch, summary, cluster)
        if stopped:   # it may have come to its last page and not to its language links
            mend_links_of(work.workshop, work.planned.items)
        summary.index = _write_index(work, summary.outcomes, findings)
    return summary


def _sweep(workshop: Workshop) -> None:
    """Remove what a run that was killed was just writing: copies of notebooks and pages under their names of the time."""
    for folder, pattern in ((workshop.runs, "*/.*.running.ipynb"), (workshop.site, "**/.*.tmp")):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _execute(work: Work, taken: list[Weighed], jobs: int, limits: Limits, watch: Watch, summary: Summary,
             cluster: Cluster | None) -> dict[str, int] | None:
    """Execute what is taken, entering each outcome in the summary and the ledger as it comes.

    Gives the `audit_findings` for the index, worked out while children run; None where nothing was taken.
    """
    findings = None
    by_page = {(each.item.notebook.id, each.item.county, each.item.language): each for each in taken}
    run_number = work.ledger.begin(map(waiting, taken), summary.unchanged, len(work.planned.skipped), _now())
    if taken:
        from commlib.charts.fonts import font_file
        from commlib.runner.execute import execute  # it loads papermill, which a run without work does not need

        work.ledger.keep_note(_INDEX, "")   # a kill from here on leaves the index to be written again
        font_file()   # asked for before anything runs: where there is none, every item would fail of it
        with work.ledger.writing() as enter, watch(len(taken)) as on_done, ThreadPoolExecutor(1) as beside:

            def record(outcome: Outcome) -> None:
                page = outcome.item.notebook.id, outcome.item.county, outcome.item.language
                enter(finished(by_page[page], outcome, work.store, run_number), outcome.failed)
                summary.outcomes.append(outcome)
                on_done(outcome)

            audited = beside.submit(audit_findings, work.store)   # while the warm parent imports
            planned = Plan(tuple(each.item for each in taken), work.planned.skipped)
            summary.outcomes[:] = execute(work.workshop, planned, jobs, record, limits=limits,
                                          elsewhere=cluster.dispatch if cluster else None)
            findings = audited.result()
    work.ledger.end(run_number, _now())
    return findings


def _write_index(work: Work, outcomes: Sequence[Outcome], findings: dict[str, int] | None) -> Path:
    """Write the index, unless nothing ran since it was written and nothing that it follows from changed."""
    notebooks = "".join(each.path.read_text(encoding="utf-8") for each in work.known)
    follows = [work.store.root.name, code_hash(work.workshop.home, ["commlib.runner.index"]),
               hashlib.blake2b(notebooks.encode(), digest_size=8).hexdigest()]
    files = [index_path(work.workshop.site, language) for language in Language]
    if work.ledger.note(_INDEX) != " ".join(follows) or not all(path.is_file() for path in files):
        write_indexes(work.workshop, work.known, outcomes, work.store,
                      audit_findings(work.store) if findings is None else findings)
        work.ledger.keep_note(_INDEX, " ".join(follows))
    return files[0]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
