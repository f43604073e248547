"""The smaller promises: slices that do not grow with the store, a quick start, small pages."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import time
from pathlib import Path

import slice_reads
import workload
from contenders import OURS
from course import Course, Leg
from measuring import Failed

REAL_COUNTY = "411325"   # of a page over the project's real data


def slice_ratios(folder: Path, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of a slice in the large store by those in the small one: of first and of further reads, one a round."""
    homes = slice_reads.make_stores(folder)
    first, warm = [], []
    for turn in range(rounds):
        order = [slice_reads.MANY, slice_reads.FEW][::1 if turn % 2 else -1]
        took = {counties: slice_reads.read(homes[counties], turn) for counties in order}
        first.append(took[slice_reads.MANY][0] / took[slice_reads.FEW][0])
        warm.append(took[slice_reads.MANY][1] / took[slice_reads.FEW][1])
    return first, warm


def start_seconds(rounds: int) -> tuple[list[float], list[float]]:
    """Seconds that a fresh Python takes for `import commlib`, and of the whole command `commlib --help`, one a round."""
    script = "import time; start = time.perf_counter(); import commlib; print(time.perf_counter() - start)"
    imported, helped = [], []
    for _ in range(rounds + 1):   # the first fills caches and does not count
        imported.append(float(_answer([sys.executable, "-c", script])))
        start = time.perf_counter()
        _answer([str(Path(sys.executable).with_name("commlib")), "--help"])
        helped.append(time.perf_counter() - start)
    return imported[1:], helped[1:]


def page_sizes(course: Course, notebook: str, county: str) -> tuple[int, int, int]:
    """Gzipped bytes of our page of a notebook, of nbconvert's lab page of the same outputs, and of that without code."""
    there = course.home / "notebooks" / f"{notebook}.ipynb"
    if not there.is_file():
        shutil.copy(workload.PROJECT / "notebooks" / there.name, there)
    sizes: list[int] = []

    def look(out: Path) -> None:
        from nbconvert import HTMLExporter

        kept = out / OURS.kept.format(county=county, notebook=notebook)
        lab, without_code = (HTMLExporter(exclude_input=hidden).from_filename(str(kept))[0].encode() for hidden in (False, True))
        ours = (out / "site" / county / f"{notebook}.zh.html").read_bytes()
        sizes.extend(len(gzip.compress(page, 6)) for page in (ours, lab, without_code))

    found = Course(course.home, [county])
    found.run(Leg(OURS, notebook, 1), look=look)
    ours, lab, without_code = sizes
    return ours, lab, without_code


def _answer(command: list[str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, cwd=workload.PROJECT)
    if answer.returncode:
        raise Failed(answer.stderr.strip().splitlines()[-1])
    return answer.stdout
