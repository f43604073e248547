"""Progress of a run: a bar on a terminal, a line or a JSON object an item, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from commlib import phrases

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from commlib.runner.outcomes import Outcome


class Mode(StrEnum):
    """How progress is shown; `auto` is the bar on a terminal and nothing elsewhere."""

    AUTO = "auto"
    BAR = "bar"
    LINES = "lines"
    JSON = "json"
    NONE = "none"


@contextmanager
def watching(total: int, mode: Mode = Mode.NONE, language: str = "zh", say: Callable[[str], None] = lambda line: None,
             ) -> Iterator[Callable[[Outcome], None]]:
    """Give a function to be told of every outcome; lines go through `say`, the bar is drawn on stderr."""
    if mode in (Mode.LINES, Mode.JSON):
        shown = _json_line if mode is Mode.JSON else _line
        number = 0

        def on_done(outcome: Outcome) -> None:
            nonlocal number
            number += 1
            say(shown(outcome, number, total, language))

        yield on_done
    elif mode is Mode.NONE:
        yield lambda outcome: None
    else:
        with _bar(total, mode, language) as drawn:
            yield drawn


@contextmanager
def _bar(total: int, mode: Mode, language: str) -> Iterator[Callable[[Outcome], None]]:
    from rich import progress
    from rich.console import Console

    failed = 0
    console = Console(stderr=True, force_terminal=True if mode is Mode.BAR else None)
    with progress.Progress(*_columns(language), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(phrases.phrase("run.running", language), total=total,
                            failures=phrases.phrase("run.failed_so_far", language, count=0))

        def on_done(outcome: Outcome) -> None:
            nonlocal failed
            failed += outcome.failed
            bar.update(task, advance=1, failures=phrases.phrase("run.failed_so_far", language, count=failed))

        yield on_done


def _columns(language: str) -> list[ProgressColumn]:
    """What the bar says: done of all, failures so far, items a second, time gone and time left."""
    from rich import progress
    from rich.text import Text

    class Rate(progress.ProgressColumn):
        def render(self, task: progress.Task) -> Text:
            rate = task.finished_speed or task.speed
            return Text(phrases.phrase("run.rate", language, rate="—" if rate is None else f"{rate:.1f}"))

    return [progress.TextColumn("{task.description}"), progress.BarColumn(), progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[failures]}"), Rate(), progress.TimeElapsedColumn(),
            progress.TimeRemainingColumn()]


def _line(outcome: Outcome, number: int, total: int, language: str) -> str:
    if outcome.failed:
        state = phrases.phrase("run.failed_now", language, error=outcome.first_line)
    else:
        state = phrases.phrase("run.done_now", language)
    return f"[{number}/{total}] {outcome.name} {outcome.seconds:.1f} s {state}"


def _json_line(outcome: Outcome, number: int, total: int, language: str) -> str:
    return json.dumps({"number": number, "total": total, **outcome.record()}, ensure_ascii=False)
