"""What was asked and what came of it: rows of the table, each judged by its median, and the page they are written to."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from course import Course, Leg, median

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_LIBRARIES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib", "statsmodels", "distributed")


@dataclass(frozen=True)
class Row:
    """One question with its measured values, one a round; `must` None: it is shown, not judged.

    `at_least`: the larger the better. Without values `why` says what prevented the measurement.
    """

    what: str
    must: float | None
    aim: float | None
    values: Sequence[float]
    unit: str = ""
    at_least: bool = False
    why: str = ""

    @property
    def missed(self) -> bool:
        """Whether a must is not reached, or could not be measured."""
        return self.must is not None and not self._reaches(self.must)

    @property
    def verdict(self) -> str:
        """In words: missed, must, aim, or a dash for what is only shown."""
        if self.must is None:
            return "—"
        if self.missed:
            return "**missed**"
        return "aim reached" if self.aim is not None and self._reaches(self.aim) else "must reached"

    def _reaches(self, mark: float) -> bool:
        value = median(self.values)
        return not math.isnan(value) and (value >= mark if self.at_least else value <= mark)

    def line(self) -> str:
        """The row in Markdown."""
        sign = "≥" if self.at_least else "≤"
        must, aim = (f"{sign} {_short(mark)}{self.unit}" if mark is not None else "—" for mark in (self.must, self.aim))
        return f"| {self.what} | {must} | {aim} | {self.shown()} | {self.verdict} |"

    def shown(self) -> str:
        """The median, and the range where there are several."""
        if not self.values:
            return self.why.replace("|", "/") or "not measured"
        spread = f" ({_short(min(self.values))}–{_short(max(self.values))})" if len(self.values) > 1 else ""
        return f"{_short(median(self.values))}{self.unit}{spread}"


def _short(value: float) -> str:
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def page(rows: Sequence[Row], course: Course, rounds: int, load: float) -> str:
    """The measured part of the page."""
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES if _installed(name))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [f"Measured on {datetime.now(UTC):%Y-%m-%d}: {cores} cores, {platform.system()}, load {load:.1f} before the start; "
             f"Python {platform.python_version()}, {versions}.",
             f"Medians of {rounds} interleaved rounds, their range in brackets.", "",
             "| what | must | aim | measured | verdict |", "|---|---|---|---|---|", *(row.line() for row in rows)]
    if course.took:
        lines += ["", "Whole commands, divided by their number of notebooks N:", "",
                  "| contender | notebook | N | wall, s | CPU, s | all its processes, MB |", "|---|---|---|---|---|---|",
                  *(_leg_line(course, leg) for leg in course.took)]
    lines += [f"\nNot measured: {name}: {why}" for name, why in course.failures.items()]
    return "\n".join(lines)


def _leg_line(course: Course, leg: Leg) -> str:
    wall, cpu, memory = course.each(leg), course.each(leg, cpu=True), course.together.get(leg)
    return (f"| {leg.contender.words} | {leg.notebook} | {leg.counties} | {Row('', None, None, wall).shown()} | "
            f"{Row('', None, None, cpu).shown()} | {f'{memory:.0f}' if memory else '—'} |")


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ImportError:
        return False


def write(measured: str, path: Path = PAGE) -> None:
    """Put the measured part between the page's marks; what is written by hand stays."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}", encoding="utf-8")
