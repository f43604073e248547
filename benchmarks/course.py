"""Contenders run in turn: every round runs each of them once, so that what slows the machine slows all of them."""

from __future__ import annotations

import contextlib
import shutil
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import workload
from contenders import BARE, OURS, Contender, drawn
from measuring import Failed, Spent, run


@dataclass(frozen=True)
class Leg:
    """What is timed once a round: a contender, a notebook, and for how many counties."""

    contender: Contender
    notebook: str
    counties: int


@dataclass
class Course:
    """A home with its counties, what every leg took in each round, and which contenders failed and why."""

    home: Path
    keys: Sequence[str]
    took: dict[Leg, list[Spent]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    worker_memory: list[float] = field(default_factory=list)   # MB, the peak of each of our workers, as the ledger has it
    together: dict[Leg, float] = field(default_factory=dict)   # MB
    _runs: int = 0

    def run(self, leg: Leg, *, memory: bool = False, look: Callable[[Path], None] | None = None) -> Spent:
        """Run one leg into a folder of its own, which `look` may read before it is removed; raises Failed."""
        self._runs += 1
        out = self.home / "out" / f"{self._runs}-{leg.contender.id}"
        out.parent.mkdir(exist_ok=True)
        try:
            command = leg.contender.command(self.home, leg.notebook, out, self.keys[:leg.counties])
            spent = run(command, workload.environment(self.home, one_thread=leg.contender.one_thread), self.home, memory=memory)
            if leg.contender.kept == OURS.kept:
                self.worker_memory += _ledger_memory(out)
            if look:
                look(out)
            return spent
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def prepare(self, legs: Iterable[Leg]) -> None:
        """Run each contender once for one county, uncounted: it fills caches, and shows that all draw the same figures."""
        expected: dict[str, list[str]] = {}
        for contender, notebook in dict.fromkeys((leg.contender, leg.notebook) for leg in legs):
            found: list[str] = []

            def look(out: Path, contender: Contender = contender, notebook: str = notebook,
                     found: list[str] = found) -> None:
                found += drawn(contender, out, notebook, self.keys[0])

            with self._noting(contender):
                self.run(Leg(contender, notebook, 1), look=look)
                if contender is BARE:
                    expected[notebook] = found
                if not found or found != expected.get(notebook):
                    raise Failed(f"draws {len(found)} figures, and not the same as the bare function")

    def rounds(self, legs: Sequence[Leg], number: int, say: Callable[[str], None]) -> None:
        """Run all legs so many times, every other round backwards; a contender that fails runs no more."""
        for turn in range(number):
            for leg in legs if turn % 2 == 0 else reversed(legs):
                if leg.contender.id not in self.failures:
                    with self._noting(leg.contender):
                        spent = self.run(leg)
                        self.took.setdefault(leg, []).append(spent)
                        say(f"round {turn + 1}: {leg.notebook} x {leg.counties}, {leg.contender.id}: "
                            f"{spent.wall / leg.counties:.3f} s a notebook")

    def look_at_memory(self, legs: Iterable[Leg]) -> None:
        """Run legs once more, looking at the memory of all their processes, which would disturb the clock."""
        for leg in legs:
            if leg.contender.id not in self.failures:
                with self._noting(leg.contender):
                    self.together[leg] = self.run(leg, memory=True).together

    @contextlib.contextmanager
    def _noting(self, contender: Contender) -> Iterator[None]:
        try:
            yield
        except (Failed, OSError) as problem:
            self.failures[contender.id] = str(problem)

    def each(self, leg: Leg, *, cpu: bool = False) -> list[float]:
        """Seconds a notebook of each round: the whole command's divided by the counties; none of a contender that failed."""
        took = [] if leg.contender.id in self.failures else self.took.get(leg, [])
        return [(spent.cpu if cpu else spent.wall) / leg.counties for spent in took]

    def further(self, leg: Leg, few: Leg) -> list[float]:
        """Seconds of each further notebook: what more counties took more, so that starting is left out."""
        saved, more = few.counties, leg.counties - few.counties
        return [(many * leg.counties - one * saved) / more for many, one in zip(self.each(leg), self.each(few), strict=True)]


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """One by the other, round by round."""
    return [one / other for one, other in zip(over, under, strict=False)]


def median(values: Sequence[float]) -> float:
    """The median; NaN of nothing."""
    return statistics.median(values) if values else float("nan")


def _ledger_memory(out: Path) -> list[float]:
    from commlib.runner.ledger import Ledger

    return [entry.memory for entry in Ledger(out / "runs").entries().values()]
