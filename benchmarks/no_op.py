"""How long `commlib run` takes where nothing changed: `.venv/bin/python benchmarks/no_op.py [FOLDER]`.

Builds a home of its own in FOLDER (a temporary one without it; an existing one is used again): the project's data, as many
fictional notebooks as make at least 108,000 items (3,000 counties × 18 analyses × 2 languages) of the register's counties and
the declared slugs, an empty page for each item, and a ledger that says of each that it is done. Then the real command runs over
all of them, once to warm up (it writes the index) and five times for the figure: the whole process, wall, in seconds.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from commlib.home import Home
from commlib.places import place_book
from commlib.runner.changes import finished, waiting
from commlib.runner.outcomes import Outcome, Status
from commlib.runner.run import Work, prepare

PROJECT = Path(__file__).parents[1]
ITEMS, ROUNDS = 108_000, 5
PARAMETERS = {"county": {"type": "county", "default": "411325", "zh": "县", "en": "county"},
              "period": {"type": "period", "default": None, "zh": "时期", "en": "period"},
              "lang": {"type": "language", "default": "zh", "zh": "语言", "en": "language"}}
# What a real notebook reads of a county: the names that the ledger keeps with the hash of each.
READS = ("facts/{county}", "figures/{county}", "claims/{county}", "townships/{county}", "county_totals", "places", "reported")


def main() -> None:
    """Build the home where it is not there yet, run the command, and print what it took."""
    with TemporaryDirectory() as temporary:
        root = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        home = Home(root.resolve())
        os.environ |= {"COMMLIB_HOME": str(root), "COMMLIB_OUTPUTS": str(root / "outputs")}
        if not (root / "outputs" / "runs" / "ledger.sqlite").is_file():
            build(home)
        run(home)
        rounds = [run(home) for _ in range(ROUNDS)]
        items, seconds = rounds[0][0], [each[1] for each in rounds]
        print(f"{items:,} items, nothing changed: median {statistics.median(seconds):.2f} s "
              f"({min(seconds):.2f}–{max(seconds):.2f} s, {ROUNDS} rounds)")


def build(home: Home) -> None:
    """Make the notebooks, the pages and the ledger."""
    home.notebooks.mkdir(parents=True)
    home.data.symlink_to(PROJECT / "data")
    for number in range(ceil(ITEMS / 2 / len(place_book(home).all_keys()))):
        write_notebook(home.notebooks / f"fictional_{number:02}.ipynb", number)
    work = prepare(home, [], "all", None, ["zh", "en"])
    fill(work)


def write_notebook(path: Path, number: int) -> None:
    """Write one fictional notebook: the project's own overview with another declaration."""
    notebook = json.loads((PROJECT / "notebooks" / "county_overview.ipynb").read_text(encoding="utf-8"))
    notebook["metadata"]["commlib"] = {"title": {"zh": f"虚构之{number}", "en": f"Fictional {number}"}, "scope": "county",
                                       "order": number, "parameters": PARAMETERS}
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    tagged[0]["source"] = [f"county, period, lang = {', '.join(repr(each['default']) for each in PARAMETERS.values())}"]
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def fill(work: Work) -> None:
    """Make an empty page for each item and enter each in the ledger as done."""
    weighed = work.weighed()
    run_number = work.ledger.begin(map(waiting, weighed), 0, 0, "2026-01-01T00:00:00+00:00")
    done = []
    for each in weighed:
        read = frozenset(name.format(county=each.item.county) for name in READS)
        done.append(finished(each, Outcome(each.item, Status.OK, "", 0.5, "commlib", read, 250.0), work.store, run_number))
    work.ledger.begin(done, 0, 0, "2026-01-01T01:00:00+00:00")
    for each in weighed:
        page = work.workshop.page(each.item)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()


def run(home: Home) -> tuple[int, float]:
    """Run the real command; gives the number of items that it found unchanged and the seconds that it took."""
    command = [sys.executable, "-m", "commlib", "run", "--county", "all", "--lang", "zh,en"]
    # As in any installed environment, compiled modules are there after the first run, even where this one keeps none.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(home.outputs / "compiled")}
    start = time.monotonic()
    told = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    seconds = time.monotonic() - start
    (done, unchanged) = re.findall(r"(\d+) done,.* (\d+) unchanged", told.stdout)[0]
    assert done == "0", told.stdout
    return int(unchanged), seconds


if __name__ == "__main__":
    main()
