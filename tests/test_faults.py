"""Items that do harm fail alone: the rest finish, no file is half-written, nothing is left running, the summary is true.

What the machine does to a run (it is killed, the disk is full, a folder read-only, a file damaged) is told in both
languages, never as a traceback.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from faults import (
    BEFORE,
    FAULTS,
    HARMLESS,
    Ran,
    ended,
    half_written,
    killed_and_resumed,
    left_of,
    processes_of,
    run,
    site_of,
    start,
)
from runner_home import PROJECT, make_home, write_notebook
from typer.testing import CliRunner

from commlib.cli import app

slow = pytest.mark.slow
COUNTY = "431024"
HERE = ("--county", COUNTY, "--lang", "zh")
LATE, MEMORY = "20", "512"
HUGE = "from IPython.display import HTML, display\ndisplay(HTML('<p>' + 'x' * 900_000 + '</p>'))"


@pytest.fixture
def home(tmp_path: Path, shared_store: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_home(tmp_path / "home")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    return root


def told(said: str) -> bool:
    """Whether a message is in both languages, and no traceback."""
    lines = [line for line in said.splitlines() if line.strip()]
    return "Traceback" not in said and any(re.search(r"[\u4e00-\u9fff]", line) for line in lines) and \
        any(not re.search(r"[\u4e00-\u9fff]", line) for line in lines)


# ---- what items do

@slow
def test_faults_fail_alone_and_everything_else_finishes(home: Path, tmp_path: Path) -> None:
    for name, (source, _) in FAULTS.items():
        # The fault stands in a cell of its own: what ran before it must be in the kept copy.
        path = write_notebook(home, name, f"{BEFORE}open({str(tmp_path / name)!r}, 'a').write('tried ')")
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"].append({**notebook["cells"][-1], "id": "fault", "source": source})
        path.write_text(json.dumps(notebook), encoding="utf-8")
    good = {*HARMLESS, "a_good", "z_good"}
    for name in good:
        write_notebook(home, name, HARMLESS.get(name, "print(county)").replace("{marker}", "3600"))
    out = tmp_path / "out"
    ran = run(home, out, *HERE, "--jobs", "3", "--deadline", LATE, "--memory", MEMORY)
    lines = {each["notebook"]: each["first_line"] for each in ran.summary["failures"]}
    wrong = {name: lines.get(name) for name, (_, words) in FAULTS.items()
             if words.replace("LATE", LATE) not in lines.get(name, "")}
    assert not wrong, wrong
    assert set(lines) == set(FAULTS)
    assert ran.code == ran.summary["exit_code"] == 1 and ran.summary["status"] == "failed"
    assert ran.summary["counts"] == {"due": len(FAULTS) + len(good), "done": len(good), "failed": len(FAULTS), "left": 0,
                                     "unchanged": 0, "skipped": 0}
    assert {path.name for path in (out / "site" / COUNTY).iterdir()} == {f"{name}.zh.html" for name in good}
    for each in ran.summary["failures"]:
        kept = json.loads((out / each["kept"]).read_text(encoding="utf-8"))
        assert any("before\n" in output.get("text", []) for cell in kept["cells"] for output in cell.get("outputs", [])), each
        assert (tmp_path / each["notebook"]).read_text() == "tried ", "an item that failed is not tried again"
    assert not half_written(out)
    assert not left_of(home)
    assert len(ran.out + ran.err) < 100_000, "what a cell writes is not for the terminal"


# ---- what is done to a run

@slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_run_that_is_ended(home: Path, tmp_path: Path, number: signal.Signals) -> None:
    write_notebook(home, "starts_more", "import subprocess\nsubprocess.Popen(['sleep', '3600'], start_new_session=True)\n"
                                        "sum(range(10**12))")
    write_notebook(home, "waits", "import subprocess\nsubprocess.run(['sleep', '3600'])")
    process = start(home, tmp_path / "out", *HERE, "--force")
    end = time.monotonic() + 120
    while sum(line.startswith("sleep") for line in processes_of(home).values()) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert sum(line.startswith("sleep") for line in processes_of(home).values()) == 2
    second = run_second(home, tmp_path / "out")
    assert second.exit_code == 2 and told(second.stderr) and second.stderr.count(str(process.pid)) == 2
    process.send_signal(number)
    asked = time.monotonic()
    ran = ended(process, home)
    assert time.monotonic() - asked < 10
    assert not left_of(home)
    assert not list((tmp_path / "out").glob("site/*/*.html"))
    if number == signal.SIGKILL:
        assert (ran.code, ran.summary["status"], ran.summary["exit_code"]) == (-9, "running", None)
        return
    assert ran.code == ran.summary["exit_code"] == (130 if number == signal.SIGINT else 143)
    assert ran.summary["status"] == "interrupted" and ran.summary["counts"]["left"] == 2
    assert "--resume" in ran.summary["resume"] and "--force" not in ran.summary["resume"]
    assert ran.err.count(ran.summary["resume"]) == 2 and "Traceback" not in ran.err
    understood = subprocess.run([*ran.summary["resume"].split(), "--help"], cwd=PROJECT, capture_output=True)
    assert understood.returncode == 0


def run_second(home: Path, out: Path) -> Result:
    return CliRunner().invoke(app, ["run", *HERE, "--out", str(out)])


@slow
def test_a_run_that_is_killed_again_and_again_ends_as_if_undisturbed(tmp_path: Path, shared_store: None) -> None:
    kills, series, _ = killed_and_resumed(tmp_path, 3, random.Random(20260106))
    assert kills == 3 and series   # how many series that takes is the machine's affair: a run may end before its kill


# ---- what the machine does not give

def limit_files(size: int) -> Callable[[], None]:
    """No file may grow beyond so many bytes: as on a full disk, writing fails."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def obey_permissions() -> None:
    """The superuser, who may write anywhere, gives that right up for the process to come."""
    if os.geteuid() == 0:
        for right in (1, 2):   # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, right)   # PR_CAPBSET_DROP


@slow
def test_what_does_not_fit_on_the_disk_fails_alone(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "huge", HUGE)
    write_notebook(home, "small")
    out = tmp_path / "out"
    ran = run(home, out, *HERE, before=limit_files(600_000))
    (failure,) = ran.summary["failures"]
    assert (ran.code, failure["notebook"]) == (1, "huge") and "huge" in failure["first_line"]
    assert {path.name for path in (out / "site" / COUNTY).iterdir()} == {"small.zh.html"}
    assert not half_written(out)
    assert "Traceback" not in ran.out + ran.err


def test_a_full_disk_is_told_before_anything_runs(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "small")
    ran = run(home, tmp_path / "out", *HERE, before=limit_files(2_000))
    assert (ran.code, ran.summary["status"], ran.summary["exit_code"]) == (2, "error", 2)
    assert told(ran.err) and "ledger.sqlite" in ran.summary["error"]["zh"] and "ledger.sqlite" in ran.summary["error"]["en"]


def read_only(folder: Path) -> Path:
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    return folder


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "small")
    out = read_only(tmp_path / "out")
    ran = run(home, out, *HERE, before=obey_permissions)
    assert (ran.code, ran.summary["status"]) == (2, "error")
    assert told(ran.err) and ran.err.count(str(out)) >= 2
    assert not list(out.iterdir())


@slow
def test_a_site_that_cannot_be_written_fails_and_says_so(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "small")
    out = tmp_path / "out"
    read_only(out / "site")
    ran = run(home, out, *HERE, before=obey_permissions)
    assert (ran.code, ran.summary["status"], ran.summary["counts"]["failed"]) == (2, "error", 1)
    assert told(ran.err) and site_of(out) == {}


def test_a_summary_that_cannot_be_written_is_told_before_anything_runs(home: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["run", *HERE, "--out", str(tmp_path / "out"), "--summary", str(tmp_path / "no" / "s.json")])
    assert (result.exit_code, result.stdout) == (2, "") and told(result.stderr)
    assert not (tmp_path / "out").exists()


def test_without_a_chinese_font_nothing_runs(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "small")
    hidden = ("import commlib.charts.fonts as fonts\nfrom matplotlib.font_manager import fontManager\n"
              "fonts.find_spec = lambda name: None\nfontManager.ttflist = []\nfrom commlib.cli import main\nmain()")
    command = [sys.executable, "-c", hidden, "run", *HERE, "--out", str(tmp_path / "out")]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ran.returncode == 2 and told(ran.stderr) and ran.stderr.count("pylopdf-fonts-zh-cn") == 2
    assert not (tmp_path / "out" / "site").exists()


# ---- damaged files

@pytest.mark.parametrize("damage", ["facts", "totals"])
def test_a_damaged_store_is_told_with_its_remedy(
        home: Path, tmp_path: Path, built_outputs: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    write_notebook(home, "small")
    store = damaged_store(tmp_path, built_outputs, monkeypatch)
    for path in [store / "county_totals.parquet"] if damage == "totals" else (store / "facts").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    result = CliRunner().invoke(app, ["plan", *HERE, "--period", "2013-09"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert told(result.stderr) and "请删除 outputs/store" in result.stderr and "Delete outputs/store" in result.stderr


@pytest.mark.parametrize("name", ["manifest.json", "slices.json"])
def test_a_store_whose_own_words_are_damaged_is_mended_by_itself(
        home: Path, tmp_path: Path, built_outputs: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_notebook(home, "small")
    store = damaged_store(tmp_path, built_outputs, monkeypatch)
    (store / name).write_text('{"facts', encoding="utf-8")
    result = CliRunner().invoke(app, ["plan", *HERE, "--format", "json"])
    assert result.exit_code == 0, result.output
    assert [row["reason"] for row in json.loads(result.stdout)] == ["new"]


def damaged_store(folder: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the session's store, to be damaged."""
    shutil.copytree(built / "store", folder / "outputs" / "store")
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(folder / "outputs"))
    return folder / "outputs" / "store" / (built / "store" / "CURRENT").read_text().strip()


@pytest.mark.parametrize("garbage", [b"", b'{"cells": [', b"[]", b"\xff\xfe\x00", b'{"cells": 3, "metadata": []}', b"null"])
def test_a_garbage_notebook_is_named(home: Path, tmp_path: Path, garbage: bytes) -> None:
    write_notebook(home, "small")
    (home / "notebooks" / "torn.ipynb").write_bytes(garbage)
    result = CliRunner().invoke(app, ["run", *HERE, "--out", str(tmp_path / "out")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert told(result.stderr) and result.stderr.count("torn.ipynb") == 2
    assert not (tmp_path / "out").exists()


def test_a_run_says_how_it_ended(home: Path, tmp_path: Path) -> None:
    """The summary's status and exit code are those of the command, whatever became of it."""
    write_notebook(home, "small")
    refused: Ran = run(home, tmp_path / "out", "--county", "43102")
    assert (refused.code, refused.summary["exit_code"], refused.summary["status"]) == (2, 2, "error")
    assert "431021" in refused.summary["error"]["zh"] and "431021" in refused.summary["error"]["en"]
    assert refused.summary["counts"] == dict.fromkeys(("due", "done", "failed", "left", "unchanged", "skipped"), 0)
