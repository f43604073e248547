"""The same inputs give the same bytes: every page of a run, whatever runs it, where, when, and how many at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from runner_home import PROJECT

BASE = {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
# What differs from the base: environment, workers, working folder. `OWN` as outputs: a store built anew beside the pages.
VARIANTS: dict[str, dict[str, str]] = {
    "run again": {},
    "one worker": {"jobs": "1"},
    "another time zone": {"TZ": "America/New_York"},
    "another hash seed": {"PYTHONHASHSEED": "12345"},
    "another locale": {"LC_ALL": "C", "LANG": "C"},
    "another working folder and store": {"cwd": "elsewhere", "COMMLIB_OUTPUTS": "store of its own"},
    "papermill's own engine": {"COMMLIB_ENGINE": "nbclient"},
}


def pages(folder: Path, outputs: Path, variant: dict[str, str], *arguments: str) -> dict[str, bytes]:
    """Run the project's notebooks in a variant of the base; gives every page and index by its name."""
    settings = {**BASE, **variant}
    cwd = folder / settings.pop("cwd", "")
    jobs = settings.pop("jobs", "2")
    cwd.mkdir(parents=True, exist_ok=True)
    settings["COMMLIB_OUTPUTS"] = str(folder / settings["COMMLIB_OUTPUTS"] if "COMMLIB_OUTPUTS" in settings else outputs)
    environment = {**os.environ, "COMMLIB_HOME": str(PROJECT), "PYTHONPATH": str(PROJECT), **settings}
    command = [sys.executable, "-m", "commlib", "run", "--jobs", jobs, "--out", str(folder / "out"), *arguments]
    told = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    site = folder / "out" / "site"
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The names of the pages that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.slow
def test_pages_are_the_same_in_other_surroundings_and_of_either_engine(tmp_path: Path, built_outputs: Path) -> None:
    base = pages(tmp_path / "base", built_outputs, {}, "--county", "330521")
    notebooks = len(list((PROJECT / "notebooks").glob("*.ipynb")))
    assert len(base) == 2 * notebooks + 2   # and the indexes
    every = {"jobs": "1", "TZ": "America/New_York", "PYTHONHASHSEED": "12345", "LC_ALL": "C", "cwd": "elsewhere"}
    assert differing(base, pages(tmp_path / "other", built_outputs, every, "--county", "330521")) == []
    stock = pages(tmp_path / "stock", built_outputs, VARIANTS["papermill's own engine"], "--county", "330521")
    assert differing(base, stock) == []


@pytest.mark.torture
@pytest.mark.parametrize("variant", VARIANTS)
def test_all_pages_are_the_same(variant: str, every_page: dict[str, bytes], tmp_path: Path, built_outputs: Path,
                                capsys: pytest.CaptureFixture[str]) -> None:
    found = pages(tmp_path, built_outputs, VARIANTS[variant])
    wrong = differing(every_page, found)
    with capsys.disabled():
        print(f"\n{variant}: pages equal: {len(every_page) - len(wrong)} of {len(every_page)}")
    assert wrong == []


@pytest.fixture(scope="module")
def every_page(tmp_path_factory: pytest.TempPathFactory, built_outputs: Path) -> dict[str, bytes]:
    """The pages of every county that has a report, in both languages, and the indexes."""
    found = pages(tmp_path_factory.mktemp("base"), built_outputs, {})
    assert len(found) > 60
    return found
