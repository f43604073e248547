"""Measure what the project promises of its speed, side by side with what else runs notebooks; exit 1 where a must is missed.

.venv/bin/python benchmarks/runner.py [--rounds 5] [--n 30] [--only NAME …] [--write]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import contenders
import small_checks
import workload
from contenders import BARE, COMMAND_LINES, JUPYTER_EXECUTE, OURS, PAPERMILL
from course import Course, Leg, ratios
from measuring import Failed
from results import Row, page, write

FEW = 2   # counties of the runs by which the cost of starting is taken off
DASK_NOTEBOOKS, DASK_ROUNDS = 200, 3
GROUPS = ("light", "heavy", "dask", "slices", "start", "pages")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "commlib-benchmarks"


@dataclass(frozen=True)
class Asked:
    """What was asked for on the command line."""

    rounds: int
    n: int
    groups: tuple[str, ...]
    dask_notebooks: int = DASK_NOTEBOOKS


def say(words: str) -> None:
    """Tell how far it is, on stderr."""
    print(words, file=sys.stderr, flush=True)


def light(course: Course, asked: Asked) -> list[Row]:
    """The light notebook: everybody, and the memory that they take."""
    many, papermill = max(asked.n, FEW + 1), max(asked.n // 3, 2)
    ours, bare = Leg(OURS, "light", many), Leg(BARE, "light", many)
    few_ours, few_bare = Leg(OURS, "light", FEW), Leg(BARE, "light", FEW)
    loop, api = Leg(COMMAND_LINES, "light", max(asked.n // 8, 1)), Leg(PAPERMILL, "light", papermill)
    peers = [Leg(JUPYTER_EXECUTE, "light", FEW)]
    try:
        peers.append(Leg(contenders.ploomber(CACHE / "ploomber"), "light", FEW * 2))
    except (Failed, OSError) as problem:
        course.failures["ploomber"] = str(problem)
    legs = [bare, few_bare, ours, few_ours, loop, api, *peers]
    course.prepare(legs)
    course.rounds(legs, asked.rounds, say)
    course.look_at_memory([bare, ours, loop, api])
    each = course.each
    return [
        Row(f"two command lines in a loop / ours, wall ({loop.counties} and {many} notebooks)", 10, 18,
            ratios(each(loop), each(ours)), at_least=True),
        Row(f"papermill's API in 2 processes, one BLAS thread / ours, wall ({papermill} and {many})", 4.5, 7,
            ratios(each(api), each(ours)), at_least=True),
        Row("ours / bare functions with the same figures, wall of each further notebook", 1.35, 1.15,
            ratios(course.further(ours, few_ours), course.further(bare, few_bare))),
        Row(f"ours / bare functions, whole commands of {many}", None, None, ratios(each(ours), each(bare))),
        Row("ours, the whole command for two notebooks, s", None, None, [2 * value for value in each(few_ours)]),
        *(Row(f"{leg.contender.words} / ours, wall", None, None, ratios(each(leg), each(ours))) for leg in peers),
        _worker_memory(course),
    ]


def heavy(course: Course, asked: Asked) -> list[Row]:
    """The heavy notebook: the analysis itself is most of the time, so nobody gains much."""
    many = max(asked.n // 5, 2)
    ours, bare, api = (Leg(each, "heavy", many) for each in (OURS, BARE, PAPERMILL))
    loop = Leg(COMMAND_LINES, "heavy", max(asked.n // 15, 1))
    legs = [bare, ours, loop, api]
    course.prepare(legs)
    course.rounds(legs, asked.rounds, say)
    course.look_at_memory([ours])
    each = course.each
    return [Row("heavy notebook: two command lines in a loop / ours, wall", None, None, ratios(each(loop), each(ours))),
            Row("heavy notebook: papermill's API / ours, wall", None, None, ratios(each(api), each(ours))),
            Row("heavy notebook: ours / bare functions, whole commands", None, None, ratios(each(ours), each(bare))),
            _worker_memory(course)]


def _worker_memory(course: Course) -> Row:
    """The peak of the workers so far, as the ledger has it (resident, what they share with the warm parent included)."""
    found, course.worker_memory = course.worker_memory, []
    return Row("peak memory of a worker, all of these runs", 600, None, [max(found)] if found else [], " MB")


def dask(course: Course, asked: Asked) -> list[Row]:
    """The same plan over a Dask cluster on this machine and over the local pool."""
    what, number = f"Dask over the local pool, {asked.dask_notebooks} notebooks, wall", asked.dask_notebooks
    try:
        with contenders.dask_cluster(workload.environment(course.home, one_thread=True)) as address:
            legs = [Leg(OURS, "light", number), Leg(contenders.over_dask(address), "light", number)]
            course.prepare([Leg(BARE, "light", 1), *legs])
            course.rounds(legs, min(asked.rounds, DASK_ROUNDS), say)
            found = ratios(course.each(legs[1]), course.each(legs[0]))
            return [Row(what, 1.25, 1.1, found, why=course.failures.get("dask", ""))]
    except Failed as problem:
        return [Row(what, 1.25, 1.1, [], why=str(problem))]


def slices(course: Course, asked: Asked) -> list[Row]:
    """Reading a county's slice, whatever the number of the others."""
    first, warm = small_checks.slice_ratios(course.home / "stores", asked.rounds)
    return [Row("a county's slice, 3,000 counties in the store / 30: a process's first", 1.2, 1.05, first),
            Row("a county's slice, 3,000 / 30: its next ones", 1.2, 1.05, warm)]


def start(course: Course, asked: Asked) -> list[Row]:
    """How soon there is an answer."""
    imported, helped = small_checks.start_seconds(asked.rounds)
    return [Row("`import commlib`", 0.3, None, imported, " s"), Row("`commlib --help`", 0.5, None, helped, " s")]


def pages(course: Course, asked: Asked) -> list[Row]:
    """How large pages are."""
    rows = []
    for notebook, county in (("light", course.keys[0]), ("county_overview", small_checks.REAL_COUNTY)):
        ours, lab, without_code = small_checks.page_sizes(course, notebook, county)
        said = f"gzipped page of `{notebook}` / nbconvert's lab page"
        rows += [Row(f"{said} ({ours / 1000:.0f} and {lab / 1000:.0f} kB)", 1 / 2, 1 / 3, [ours / lab]),
                 Row(f"{said} without code (`--no-input`)", None, None, [ours / without_code])]
    return rows


def measure(asked: Asked) -> tuple[list[Row], Course]:
    """Make a home, measure the groups in it one after the other, and give the rows with what every contender took."""
    known: dict[str, Callable[[Course, Asked], list[Row]]] = {
        "light": light, "heavy": heavy, "dask": dask, "slices": slices, "start": start, "pages": pages}
    counties = max(asked.n, asked.dask_notebooks if "dask" in asked.groups else 1, FEW + 1)
    rows: list[Row] = []
    with TemporaryDirectory(prefix="commlib-benchmarks-") as folder:
        home = Path(folder, "home")
        course = Course(home, workload.make_home(home, counties))
        for name in asked.groups:
            say(f"== {name}")
            try:
                rows += known[name](course, asked)
            except (Failed, OSError) as problem:
                rows.append(Row(name, 0, None, [], why=f"failed: {problem}"))
    return rows, course


def main() -> int:
    """Measure what is asked for, print it and write it where that is asked for; 1 where a must is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n", type=int, default=30, help="notebooks of our longest run; the slower ones run fewer")
    parser.add_argument("--dask-notebooks", type=int, default=DASK_NOTEBOOKS)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="NAME", help=", ".join(GROUPS))
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md; only what was measured stands there then")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))   # so that what runs is ended and the home removed
    load = os.getloadavg()[0]
    rows, course = measure(Asked(given.rounds, given.n, tuple(given.only), given.dask_notebooks))
    measured = page(rows, course, given.rounds, load)
    print(measured)
    if given.write:
        write(measured)
    return int(any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
