"""Progress of a run on a terminal: a bar with what is done, what failed and how long it will take; silent elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commlib import phrases

if TYPE_CHECKING:
    from commlib.runner.outcomes import Outcome


@contextmanager
def progress_bar(total: int, language: str) -> Iterator[Callable[[Outcome], None]]:
    """Give a function to be told of every outcome; it draws on stderr where that is a terminal."""
    from rich import progress
    from rich.console import Console

    failed = 0
    console = Console(stderr=True)
    columns = (progress.TextColumn("{task.description}"), progress.BarColumn(), progress.MofNCompleteColumn(),
               progress.TextColumn("{task.fields[failures]}"), progress.TimeElapsedColumn(),
               progress.TimeRemainingColumn())
    with progress.Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(phrases.phrase("run.running", language), total=total,
                            failures=phrases.phrase("run.failed_so_far", language, count=0))

        def on_done(outcome: Outcome) -> None:
            nonlocal failed
            failed += outcome.status == "failed"
            bar.update(task, advance=1, failures=phrases.phrase("run.failed_so_far", language, count=failed))

        yield on_done
