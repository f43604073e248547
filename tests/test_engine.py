"""Our engine against papermill's own, cold against warm, first against last."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engine_corpus import CELLS, NOTEBOOKS, PARAMETERS, PLAIN
from engine_runs import run_each, write_cells
from normaliser import normalised

from commlib.runner.children import Limits
from commlib.runner.engine import OURS, STOCK, CellError, engine_for, keep_what_was_executed

pytestmark = pytest.mark.slow
BOTH = (STOCK, OURS)
STATE = """
import json, locale, os, sys, warnings
import matplotlib, numpy, pandas, scipy.special, statsmodels.stats.proportion, pandera.pandas, pypinyin, pyarrow.parquet
state = {
    'pandas': {k: repr(pandas.get_option(k)) for k in sorted(pandas._config.config._registered_options)},
    'rc': {k: repr(v) for k, v in sorted(matplotlib.rcParams.items())},
    'numpy': repr(sorted(numpy.get_printoptions().items(), key=str)),
    'filters': sorted({repr(each) for each in warnings.filters}),
    'locale': [locale.setlocale(locale.LC_ALL), locale.getpreferredencoding()],
    'environment': dict(sorted(os.environ.items())), 'path': sys.path, 'cwd': os.path.basename(os.getcwd()),
    'limits': [sys.getrecursionlimit(), sys.getswitchinterval(), sys.flags.optimize], 'umask': os.umask(0o22)}
print(json.dumps(state))"""
# Of the one process that is the kernel: what its launcher tells it.
OWN_ENVIRONMENT = {"JPY_PARENT_PID", "JPY_SESSION_NAME", "PYDEVD_USE_FRAME_EVAL"}
TINY = "import pandas as pd, matplotlib.pyplot as plt\nfig = plt.figure(figsize=(1, 1))\npd.DataFrame({'县': [1]})"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every notebook of the corpus, executed by both engines: its answer, and the copy as papermill wrote it."""
    folder = tmp_path_factory.mktemp("engine")
    notebooks = {"state": [(STATE, PLAIN)], **NOTEBOOKS}
    order = [(engine, name) for engine in BOTH for name in notebooks]
    work = [(engine, write_cells(folder / f"{name}.ipynb", notebooks[name]), PARAMETERS.get(name, {}),
             folder / engine / f"{name}.ipynb") for engine, name in order]
    done: dict[str, dict[str, Any]] = {engine: {} for engine in BOTH}
    for (run, name), answer in zip(order, run_each(work, folder / "cwd"), strict=True):
        assert not answer.ended, (run, name, answer.ended)
        done[run][name] = (answer.result, json.loads((folder / run / f"{name}.ipynb").read_bytes()))
    return done


def test_the_corpus_is_large_enough() -> None:
    assert len(CELLS) >= 45


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_both_engines_give_the_same_notebook(runs: dict[str, dict[str, Any]], name: str) -> None:
    (stock, theirs), (our, ours) = runs[STOCK][name], runs[OURS][name]
    if isinstance(stock, CellError) or isinstance(our, CellError):
        assert stock == our
    theirs, ours = normalised(theirs), normalised(ours)
    for expected, found in zip(theirs["cells"], ours["cells"], strict=True):
        assert found == expected, "".join(expected["source"])
    assert ours["metadata"].keys() == theirs["metadata"].keys()
    assert {key: value for key, value in ours.items() if key != "cells"} == {
        key: value for key, value in theirs.items() if key != "cells"}


def test_a_warm_kernel_stands_in_the_same_world_as_a_cold_one(runs: dict[str, dict[str, Any]]) -> None:
    cold, warm = (json.loads("".join(runs[each]["state"][1]["cells"][0]["outputs"][0]["text"])) for each in BOTH)
    for state in (cold, warm):
        state["environment"] = {name: value for name, value in state["environment"].items() if name not in OWN_ENVIRONMENT}
        del state["cwd"]   # a folder of its own each
        # Papermill imports requests, which adds filters for its own warnings only.
        state["filters"] = [each for each in state["filters"] if "urllib3." not in each and "requests." not in each]
    differing = {f"{part}: {name}": (cold[part][name], warm[part].get(name)) for part in cold if isinstance(cold[part], dict)
                 for name in cold[part] if cold[part][name] != warm[part].get(name)}
    assert not differing
    assert {part: warm[part].keys() - cold[part].keys() for part in cold if isinstance(cold[part], dict)} == {
        part: set() for part in cold if isinstance(cold[part], dict)}
    differing = {part: (cold[part], warm[part]) for part in cold if cold[part] != warm[part]}
    assert not differing


def test_the_same_notebook_gives_the_same_bytes_first_last_and_between(tmp_path: Path) -> None:
    tiny = write_cells(tmp_path / "tiny.ipynb", [(TINY, {}), ("import numpy as np\nnp.arange(3) / 7", {})])
    awkward = list(CELLS.values())[2:60:3]
    others = [write_cells(tmp_path / f"other{number}.ipynb", [(source, PLAIN)])
              for number, source in enumerate([*awkward, *map(str, range(50 - len(awkward)))])]
    order = [tiny, *others[:25], tiny, *others[25:], tiny]
    answers = run_each([(OURS, path, {}, tmp_path / "out" / f"{number}.ipynb") for number, path in enumerate(order)],
                       tmp_path / "cwd")
    outputs = [json.dumps([cell.outputs for cell in answers[number].result.cells])
               for number, path in enumerate(order) if path is tiny]
    assert len(outputs) == 3 and len(set(outputs)) == 1
    assert len(others) == 50


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path: Path) -> None:
    source = write_cells(tmp_path / "in.ipynb", [("place = 'x'", {"tags": ["parameters"]}), ("print(place); 6 * 7", {})])
    command = [str(Path(sys.executable).with_name("papermill")), "--engine", "commlib", "--no-progress-bar",
               "--kernel", "python3", "--language", "python",
               "-p", "place", "内乡县", str(source), str(tmp_path / "out.ipynb")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    cells = json.loads((tmp_path / "out.ipynb").read_bytes())["cells"]
    assert [each.get("text") or each["data"]["text/plain"] for each in cells[-1]["outputs"]] == [["内乡县\n"], ["42"]]


def test_two_notebooks_draw_different_numbers(tmp_path: Path) -> None:
    drawing = write_cells(tmp_path / "drawing.ipynb", [("import random, numpy\nrandom.random(), numpy.random.random()", {})])
    answers = run_each([(OURS, drawing, {}, tmp_path / "out" / f"{number}.ipynb") for number in range(2)], tmp_path / "cwd")
    one, other = (answer.result.cells[0].outputs[0].data["text/plain"].split(", ") for answer in answers)
    assert one[0] != other[0] and one[1] != other[1]


# What a terminal's user meets: cells, papermill's options, the error that it ends with, and its exit code.
ENDS = {
    "raises": (["1", "1 / 0", "2"], [], "ZeroDivisionError: division by zero", 1),
    "asks": (["input()"], [], "StdinNotImplementedError", 1),
    "is_late": (["'done'", "while True:\n    pass", "2"], ["--execution-timeout", "5"], "exceptions.CellTimeoutError", 1),
    "dies": (["'done'", "import os\nos._exit(3)", "2"], [], "exceptions.DeadKernelError", 138),
}


@pytest.mark.parametrize("name", ENDS)
def test_papermill_ends_with_our_engine_as_with_its_own(tmp_path: Path, name: str) -> None:
    sources, options, error, code = ENDS[name]
    source = write_cells(tmp_path / "in.ipynb", [(each, {}) for each in sources])
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    runs = {engine: subprocess.Popen(
        [str(Path(sys.executable).with_name("papermill")), "--engine", engine, "--kernel", "python3", "--language", "python",
         "--progress-bar", *options, str(source), str(tmp_path / f"{engine}.ipynb")], cwd=tmp_path, env=environment,
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for engine in BOTH}
    for engine, run in runs.items():
        said = run.communicate("typed\n", timeout=240)[1]
        assert (run.returncode, error in said) == (code, True), (engine, said)
    stock, ours = (normalised(json.loads((tmp_path / f"{engine}.ipynb").read_bytes()))["cells"] for engine in BOTH)
    for expected, found in zip(stock, ours, strict=True):
        if name not in ("is_late", "dies") or expected["source"] == ["'done'"]:   # what the last cell put out died with it
            assert found == expected
        assert found["metadata"].get("papermill") == expected["metadata"].get("papermill")


@pytest.mark.parametrize("engine", BOTH)
def test_a_cell_that_is_too_late_is_killed_and_what_ran_before_it_is_kept(tmp_path: Path, engine: str) -> None:
    slow = [(None, {}), ("show = __import__('IPython').display.display", {}), ("handle = show('first', display_id='d')", {}),
            ("handle.update('second')", {}), ("sum(range(10**12))", {}), ("'never'", {})]
    kept = tmp_path / "out" / "slow.ipynb"
    answer, = run_each([(engine, write_cells(tmp_path / "slow.ipynb", slow), {"n": 1}, kept)], tmp_path / "cwd",
                       limits=Limits(cell=10.0))
    assert (answer.ended, answer.late_cell) == ("killed", 5)
    assert not kept.exists()
    keep_what_was_executed(kept)
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    cells = json.loads(kept.read_bytes())["cells"]
    assert [cell["metadata"]["papermill"]["status"] for cell in cells] == [*["completed"] * 5, "running", "pending"]
    assert cells[3]["outputs"][0]["data"]["text/plain"] == ["'second'"]


@pytest.mark.parametrize(("source", "engine"), [
    ("1 + 1", OURS), ("%debug", STOCK), ("breakpoint()", STOCK), ("import ipywidgets as w\nwith w.Output():\n    1", STOCK)])
def test_what_cannot_be_run_faithfully_goes_to_papermills_own_engine(tmp_path: Path, source: str, engine: str) -> None:
    assert engine_for(write_cells(tmp_path / "n.ipynb", [(source, {})])) == engine
