"""A whole run: plan, execute, index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commlib import phrases
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.runner.execute import Outcome, Status, execute
from commlib.runner.index import write_indexes
from commlib.runner.notebooks import choose_notebooks, read_notebooks
from commlib.runner.pages import Workshop
from commlib.runner.plan import plan
from commlib.runner.progress import progress_bar
from commlib.store import open_store


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to."""

    outcomes: tuple[Outcome, ...]
    skipped: int
    index: Path

    @property
    def failures(self) -> list[Outcome]:
        """The items that failed, in the order of the plan."""
        return [outcome for outcome in self.outcomes if outcome.status is Status.FAILED]


def run(home: Home, notebooks: list[str], counties: str | None, period: str | None, languages: list[str], jobs: int,
        out: Path | None = None) -> Summary:
    """Run notebooks (all where none is named) for counties and languages and write the index.

    Raises ParameterError before anything is executed or written where anything given is unknown.
    """
    known = read_notebooks(home)
    if not known:
        raise ParameterError(phrases.text("run.no_notebooks", folder=home.notebooks))
    work = plan(home, choose_notebooks(known, notebooks), counties, period, languages)
    store = open_store(home)
    workshop = Workshop(home, (out or home.outputs).resolve(), store.vintage)
    with progress_bar(len(work.items), languages[0]) as on_done:
        outcomes = execute(workshop, work, jobs, on_done)
    index = write_indexes(workshop, known, outcomes, store)
    return Summary(tuple(outcomes), len(work.skipped), index)
