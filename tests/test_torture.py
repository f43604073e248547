"""The long counts of faults, with their figures printed: `make torture`."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import FAULTS, half_written, killed_and_resumed, left_of, run
from runner_home import PROJECT, make_home, write_notebook

from commlib.home import Home
from commlib.places import place_book

pytestmark = [pytest.mark.torture, pytest.mark.slow, pytest.mark.usefixtures("shared_store")]
KILLS, COUNTIES, EVERY = 30, 280, 20   # one item in twenty does harm
LATE = "40"   # seconds


def test_kills_at_random_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.randrange(10**6)
    kills, series, seconds = killed_and_resumed(tmp_path, KILLS, random.Random(seed))
    with capsys.disabled():
        print(f"\nkills: {kills} of the run by SIGKILL in {series} series, each resumed to the bytes of an undisturbed run; "
              f"0 processes left, 0 half-written files ({seconds:.0f} s, seed {seed})")
    assert kills == KILLS


def test_one_item_in_twenty_does_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, out = make_home(tmp_path / "home"), tmp_path / "out"
    counties = [key for key in place_book(Home(PROJECT)).all_keys() if key.isdigit()][:COUNTIES]
    harm = dict(zip(counties[::EVERY], FAULTS, strict=False))
    write_notebook(home, "mixed", f"harm = { {county: FAULTS[name][0] for county, name in harm.items()} !r}\n"
                                  "print('before')\nexec(harm.get(county, ''))")
    began = time.monotonic()
    ran = run(home, out, "--county", ",".join(counties), "--lang", "zh", "--deadline", LATE, "--memory", "512")
    seconds = time.monotonic() - began
    failed = {each["county"]: each["first_line"] for each in ran.summary["failures"]}
    wrong = {name: failed.get(county) for county, name in harm.items()
             if FAULTS[name][1].replace("LATE", LATE) not in failed.get(county, "")}
    left, torn = left_of(home), half_written(out)
    pages = len(list((out / "site").glob("*/mixed.zh.html")))
    with capsys.disabled():
        print(f"\nfaults: {len(counties)} items, {len(harm)} do harm, {pages} pages of {len(counties) - len(harm)} that do none; "
              f"{len(failed)} failed, {len(wrong)} for another reason than theirs; {len(left)} processes left, "
              f"{len(torn)} half-written files; exit code {ran.code} ({seconds:.0f} s)")
    assert (wrong, left, torn) == ({}, {}, [])
    assert set(failed) == set(harm) and pages == len(counties) - len(harm)
    assert ran.code == ran.summary["exit_code"] == 1
    assert ran.summary["counts"] == {"due": len(counties), "done": pages, "failed": len(harm), "left": 0, "unchanged": 0,
                                     "skipped": 0}


def test_a_disk_that_fills_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real one of 1 MB, where this process may mount it."""
    mounted = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"', str(tmp_path / "out")]
    (tmp_path / "out").mkdir()
    if not shutil.which("unshare") or subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    home = make_home(tmp_path / "home")
    for number in range(12):
        write_notebook(home, f"big{number}", "from IPython.display import HTML, display\n"
                                             "display(HTML('<p>' + 'x' * 60_000 + '</p>'))")
    command = [*mounted, "env", f"COMMLIB_HOME={home}", sys.executable, "-m", "commlib", "run", "--county", "431024",
               "--lang", "zh", "--out", str(tmp_path / "out")]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    with capsys.disabled():
        print(f"\nfull disk: exit code {ran.returncode}, last words: {(ran.stderr or ran.stdout).strip().splitlines()[-1]}")
    assert ran.returncode in (1, 2)
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "No space left" in ran.stdout + ran.stderr or "full" in ran.stdout + ran.stderr
    assert not left_of(home)
