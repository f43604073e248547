"""Papermill's and nbclient's own test notebooks, from their source distributions: both engines give the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest
from engine_runs import run_each
from normaliser import normalised

from commlib.runner.engine import OURS, STOCK, CellError, engine_for

pytestmark = pytest.mark.slow
OFFLINE = "COMMLIB_OFFLINE"   # set: there is no package index to ask
SOURCES = ("papermill", "nbclient")
LEFT_OUT = {
    "Autokill": "kills its kernel, whose death is told by the parent: see test_faults",
    "Interrupt": "never ends: see the limits of time",
    "keyboard_interrupt": "sleeps a minute to be interrupted by hand",
    "gcs-simple_notebook": "sleeps, then crashes its kernel: see test_faults",
    "Parallel Execute A": "waits for its twin, with names that a test of nbclient writes into it",
    "Parallel Execute B": "waits for its twin, with names that a test of nbclient writes into it",
    "JupyterWidgets": "needs ipywidgets, which is not among the dependencies",
    "Output": "needs ipywidgets, which is not among the dependencies",
    "binder": "runs papermill on a notebook of its source tree",
    "notimplemented_translator": "is written in R",
}


@pytest.fixture(scope="module")
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each engine with the unpacked source distributions of the installed versions."""
    if os.environ.get(OFFLINE) == "1":
        pytest.skip(f"{OFFLINE}=1: no source distributions without a package index")
    kept = request.config.cache.mkdir("source_distributions")
    unpacked = {engine: tmp_path_factory.mktemp(engine) for engine in (STOCK, OURS)}
    for name in SOURCES:
        archive = kept / f"{name}-{version(name)}.tar.gz"
        if not archive.is_file():
            got = subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary",
                 name, "--dest", str(kept), f"{name}=={version(name)}"], capture_output=True, text=True, check=False)
            assert archive.is_file(), f"pip could not get {archive.name}; offline, set {OFFLINE}=1.\n{got.stderr}"
        for folder in unpacked.values():
            with tarfile.open(archive) as opened:
                opened.extractall(folder, filter="data")
    return unpacked


def test_their_notebooks_come_out_the_same(folders: dict[str, Path], tmp_path: Path) -> None:
    found = {engine: sorted(path for path in folder.rglob("*.ipynb")) for engine, folder in folders.items()}
    assert LEFT_OUT.keys() <= {path.stem for path in found[OURS]}
    taken = {engine: [path for path in paths if path.stem not in LEFT_OUT] for engine, paths in found.items()}
    assert len(taken[OURS]) >= 35
    assert {engine_for(path) for path in taken[OURS]} == {OURS}
    work = [(engine, path, {}, tmp_path / engine / f"{number}.ipynb")
            for engine, paths in taken.items() for number, path in enumerate(paths)]
    answers = run_each(work, tmp_path / "cwd", beside=True)
    assert [answer.ended for answer in answers] == [""] * len(work)
    half = len(work) // 2
    for stock, ours, (_, path, _, theirs), (_, _, _, our) in zip(
            answers[:half], answers[half:], work[:half], work[half:], strict=True):
        errors = [answer.result for answer in (stock, ours) if isinstance(answer.result, CellError)]
        assert len(errors) in (0, 2) and len({(error.cell, error.line) for error in errors}) < 2, path
        assert theirs.is_file() == our.is_file(), path
        if theirs.is_file():
            assert normalised(json.loads(our.read_bytes())) == normalised(json.loads(theirs.read_bytes())), path
