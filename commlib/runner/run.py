"""A whole run: plan, see what changed, execute that, index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from commlib import phrases
from commlib.bilingual import Language
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.publish.site import index_path
from commlib.runner.changes import Choice, Weighed, due, finished, waiting, weigh
from commlib.runner.index import write_indexes
from commlib.runner.keys import code_hash
from commlib.runner.ledger import Ledger, RunEntry
from commlib.runner.lock import held
from commlib.runner.notebooks import AnalysisNotebook, choose_notebooks, read_notebooks
from commlib.runner.outcomes import Outcome, Status
from commlib.runner.pages import Workshop
from commlib.runner.plan import Plan, plan
from commlib.runner.progress import progress_bar
from commlib.store import Store, open_store

_INDEX = "index"   # the note of what the index was written from


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to; `before` is the run before it, None where it is the first."""

    outcomes: tuple[Outcome, ...]
    unchanged: int
    skipped: int
    index: Path
    before: RunEntry | None = None

    @property
    def failures(self) -> list[Outcome]:
        """The items that failed, in the order of the plan."""
        return [outcome for outcome in self.outcomes if outcome.status is Status.FAILED]


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
        return weigh(self.workshop, self.store, self.planned, self.ledger.entries())


def prepare(home: Home, notebooks: list[str], counties: str | None, period: str | None, languages: Sequence[str],
            out: Path | None = None) -> Work:
    """Plan notebooks (all where none is named) for counties and languages.

    Raises ParameterError where anything given is unknown.
    """
    known = read_notebooks(home)
    if not known:
        raise ParameterError(phrases.text("run.no_notebooks", folder=home.notebooks))
    planned = plan(home, choose_notebooks(known, notebooks), counties, period, languages)
    store = open_store(home)
    return Work(Workshop(home, (out or home.outputs).resolve(), store.vintage), store, known, planned,
                ledger_in(home, out))


def ledger_in(home: Home, out: Path | None = None) -> Ledger:
    """The ledger of a folder of outputs; the project's where none is named."""
    return Ledger((out or home.outputs).resolve() / "runs")


def run(home: Home, notebooks: list[str], counties: str | None, period: str | None, languages: list[str], jobs: int,
        out: Path | None = None, choice: Choice = Choice.CHANGED, command: str = "") -> Summary:
    """Run what changed of the planned work and write the index; `command` is what another run is told goes on.

    Raises ParameterError before anything is executed or written where anything given is unknown, and StoreError where
    another run holds the folder.
    """
    work = prepare(home, notebooks, counties, period, languages, out)
    with held(work.workshop.runs, command):
        before = work.ledger.runs()[-1:]
        weighed = work.weighed()
        taken = due(weighed, choice)
        outcomes = _execute(work, taken, len(weighed) - len(taken), languages[0], jobs)
        index = _write_index(work, outcomes)
    return Summary(tuple(outcomes), len(weighed) - len(taken), len(work.planned.skipped), index, *before)


def _execute(work: Work, taken: list[Weighed], unchanged: int, language: str, jobs: int) -> list[Outcome]:
    """Execute what is taken, entering each outcome in the ledger as it comes."""
    by_page = {(each.item.notebook.id, each.item.county, each.item.language): each for each in taken}
    run_number = work.ledger.begin(map(waiting, taken), unchanged, len(work.planned.skipped), _now())
    outcomes: list[Outcome] = []
    if taken:
        from commlib.runner.execute import execute  # it loads papermill, which a run without work does not need

        with work.ledger.writing() as recorder, progress_bar(len(taken), language) as on_done:

            def record(outcome: Outcome) -> None:
                page = outcome.item.notebook.id, outcome.item.county, outcome.item.language
                recorder.record(finished(by_page[page], outcome, work.store, run_number), outcome.status is Status.FAILED)
                on_done(outcome)

            outcomes = execute(work.workshop, Plan(tuple(each.item for each in taken), work.planned.skipped), jobs, record)
    work.ledger.end(run_number, _now())
    return outcomes


def _write_index(work: Work, outcomes: Sequence[Outcome]) -> Path:
    """Write the index, unless nothing ran since it was written and nothing that it follows from changed."""
    notebooks = "".join(each.path.read_text(encoding="utf-8") for each in work.known)
    follows = [work.store.root.name, code_hash(work.workshop.home, ["commlib.runner.index"]),
               hashlib.blake2b(notebooks.encode(), digest_size=8).hexdigest()]
    files = [index_path(work.workshop.site, language) for language in Language]
    if outcomes or work.ledger.note(_INDEX) != " ".join(follows) or not all(path.is_file() for path in files):
        work.ledger.keep_note(_INDEX, "")   # a kill while it is written leaves it to be written again
        write_indexes(work.workshop, work.known, outcomes, work.store)
        work.ledger.keep_note(_INDEX, " ".join(follows))
    return files[0]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
