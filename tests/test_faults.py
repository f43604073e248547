"""Items that do harm fail alone: the rest finish, no file is half-written, nothing is left running, the summary is true."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import BEFORE, FAULTS, HARMLESS
from runner_home import make_home, write_notebook

from commlib.home import Home
from commlib.runner.execute import Outcome, Status, execute
from commlib.runner.notebooks import read_notebooks
from commlib.runner.pages import Workshop
from commlib.runner.plan import plan
from commlib.store import open_store

pytestmark = pytest.mark.slow
COUNTY = "431024"
DEADLINE, MEMORY = 12.0, 1 << 30
MARKER = f"{3600 + os.getpid() % 1000}.{os.getpid()}"   # seconds of a sleep, to find it by


@pytest.fixture
def home(tmp_path: Path, shared_store: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_home(tmp_path / "home")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    return root


def processes_with(words: str) -> list[int]:
    """The living processes whose command line holds these words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words in line and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def gone(words: str, seconds: float = 10.0) -> bool:
    """Whether no process with these words is left, at the latest after so many seconds."""
    end = time.monotonic() + seconds
    while processes_with(words):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def run_faults(home: Path, out: Path) -> Iterator[Outcome]:
    known = Home(home)
    work = plan(known, read_notebooks(known), COUNTY, None, ("zh",))
    return iter(execute(Workshop(known, out, open_store(known).vintage), work, 3, lambda outcome: None, DEADLINE, MEMORY))


def test_faults_fail_alone_and_everything_else_finishes(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")   # ipykernel captures no descriptor where it is set
    for name, (source, _) in FAULTS.items():
        # The fault stands in a cell of its own: what ran before it must be in the kept copy.
        path = write_notebook(home, name, BEFORE)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"].append({**notebook["cells"][-1], "id": "fault", "source": source})
        path.write_text(json.dumps(notebook), encoding="utf-8")
    for name, source in HARMLESS.items():
        write_notebook(home, name, source.replace("{marker}", MARKER))
    write_notebook(home, "a_good")
    write_notebook(home, "z_good")
    out = tmp_path / "out"
    outcomes = {each.item.notebook.id: each for each in run_faults(home, out)}
    wrong = {name: outcomes[name].first_line for name, (_, words) in FAULTS.items()
             if outcomes[name].status is Status.OK or words.replace("LATE", "12") not in outcomes[name].first_line}
    assert not wrong, wrong
    assert {name: each.first_line for name, each in outcomes.items() if name not in FAULTS and each.status is not Status.OK} == {}
    pages = {path.name for path in (out / "site" / COUNTY).iterdir()}
    assert pages == {f"{name}.zh.html" for name in (*HARMLESS, "a_good", "z_good")}
    for name in FAULTS:
        kept = json.loads((out / "runs" / COUNTY / f"{name}.zh.ipynb").read_text(encoding="utf-8"))
        assert any("before\n" in output.get("text", []) for cell in kept["cells"] for output in cell.get("outputs", [])), name
    assert not [path for path in out.rglob(".*") if path.is_file()]
    assert gone(f"sleep {MARKER}")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_run_that_is_ended(home: Path, tmp_path: Path, number: signal.Signals) -> None:
    marker = f"{MARKER}{int(number)}"
    write_notebook(home, "starts_more", f"import subprocess\nsubprocess.Popen(['sleep', '{marker}'], start_new_session=True)\n"
                                        "sum(range(10**12))")
    write_notebook(home, "waits", f"import subprocess\nsubprocess.run(['sleep', '{marker}'])")
    command = [sys.executable, "-m", "commlib", "run", "--county", COUNTY, "--lang", "zh", "--jobs", "2", "--out",
               str(tmp_path / "out")]
    run = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env={**os.environ, "COMMLIB_HOME": str(home)}, cwd=Path(__file__).parents[1])
    end = time.monotonic() + 60
    while len(processes_with(f"sleep {marker}")) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert len(processes_with(f"sleep {marker}")) == 2
    warm = [pid for pid in processes_with("commlib.runner.warm") if os.getpgid(pid) in (run.pid, pid)]
    assert warm
    run.send_signal(number)
    run.communicate(timeout=30)
    assert run.returncode != 0
    assert gone(f"sleep {marker}")
    assert all(gone_pid(pid) for pid in warm)
    assert not list((tmp_path / "out").glob("site/*/*.html"))


def gone_pid(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process ends within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False
