"""How the whole country spreads over n machines: writes the table of docs/cluster.md from measured seconds.

    .venv/bin/python benchmarks/machines.py SECONDS --write

SECONDS are core-seconds a page: the wall time of a long run, times its workers, by its pages. What the scheduler and the machine
that started the run spend on each task is measured here, with tasks that do nothing on two worker processes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from distributed import Client, LocalCluster, as_completed

COUNTIES, ANALYSES, LANGUAGES = 2847, 18, 2
MACHINES, CORES = (1, 2, 5, 10, 20), 4
TASKS, PAGE = 2000, Path(__file__).parents[1] / "docs" / "cluster.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def nothing(number: int) -> int:
    return number


def seconds_a_task() -> float:
    """What handing over one task and taking its answer costs, where the task itself costs nothing."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        client.submit(nothing, -1).result()
        start = time.perf_counter()
        futures = [client.submit(nothing, number, key=("nothing", number), pure=False) for number in range(TASKS)]
        answers = [answer for _, answer in as_completed(futures, with_results=True)]
        spent = time.perf_counter() - start
    assert sorted(answers) == list(range(TASKS))
    return spent / TASKS


def table(page: float, task: float) -> str:
    """The table for so many core-seconds a page and seconds a task."""
    pages = COUNTIES * ANALYSES * LANGUAGES
    lines = [f"{COUNTIES:,} counties × {ANALYSES} analyses × {LANGUAGES} languages = {pages:,} pages,",
             f"at {page:g} core-seconds a page and {1000 * task:.1f} ms for handing over a task:", "",
             f"| machines of {CORES} cores | hours | bound by |", "|---|---|---|"]
    for machines in MACHINES:
        work, handing = pages * page / (machines * CORES), pages * task
        lines.append(f"| {machines} | {max(work, handing) / 3600:.2f} | {'the pages' if work >= handing else 'handing over'} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = table(given.seconds, seconds_a_task())
    print(found)
    if given.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{found}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
