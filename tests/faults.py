"""Cells that do harm and how an item that runs one must end; runs as a command of their own, and what is left of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner_home import PROJECT, make_home, write_notebook

# Name -> (source, a part of the first line of its error). Each writes `before` first, which must be kept.
FAULTS: dict[str, tuple[str, str]] = {
    "exits": ("import os\nos._exit(3)", "exit 3"),
    "exits_as_if_well": ("import os\nos._exit(0)", "no answer"),
    "segfaults": ("import ctypes\nctypes.string_at(0)", "signal 11"),
    "kills_itself": ("import os\nos.kill(os.getpid(), 9)", "signal 9"),
    "hangs_in_python": ("while True:\n    try:\n        while True:\n            pass\n    except:\n        pass", "LATE"),
    "hangs_in_c": ("sum(range(10**12))", "LATE"),
    "stops": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "LATE"),
    "hogs_memory": ("held = []\nwhile True:\n    held.append(bytearray(1 << 26))", "MemoryError"),
    "floods": ("while True:\n    print('x' * 20000)", "OutputFlood"),
    "floods_and_swallows": ("for i in range(600):\n    try:\n        print('x' * 20000)\n    except Exception:\n        pass",
                            "OutputFlood"),
    "floods_by_descriptor": ("import os\nline = b'x' * 10**7 + b'\\n'\nwhile True:\n    os.write(1, line)", "OutputFlood"),
    "leaves_by_exit": ("import sys\nsys.exit(4)", "SystemExit"),
    "raises": ("raise ValueError('no such township')", "ValueError"),
    "closes_all_files": ("import os\nos.closerange(3, 200)\nos._exit(0)", "意外终止"),
}
# These do what they should not, and the item still ends well.
HARMLESS: dict[str, str] = {
    "writes_garbage": "import os\nfor number in range(1, 40):\n    try:\n        os.write(number, b'garbage \\xff\\n')\n"
                      "    except OSError:\n        pass",
    "leaves_a_process": "import subprocess\nsubprocess.Popen(['sleep', '{marker}'], start_new_session=True)",
    "leaves_a_daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
                       "        os.execvp('sleep', ['sleep', '{marker}'])\n    os._exit(0)\nos.wait()",
    "leaves_a_fork": "import os\nif os.fork() == 0:\n    os.execvp('sleep', ['sleep', '{marker}'])",
}
BEFORE = "print('before')\n"
# A notebook whose pages take turns in failing, so that the links between the languages have to be mended.
FAILS_IN_ENGLISH = "if lang == 'en':\n    raise ValueError(county)\nprint(county)"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: exit code, what it printed, and its summary file."""

    code: int
    out: str
    err: str
    summary: dict[str, Any]


def start(home: Path, out: Path, *options: str, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """Start `commlib run` as a process of its own, in a session of its own; `before` is done in it first."""
    command = [sys.executable, "-m", "commlib", "run", "--jobs", "2", "--out", str(out), "--summary", str(home / "summary.json"),
               *options]
    environment = {**os.environ, "COMMLIB_HOME": str(home)}
    environment.pop("PYTEST_CURRENT_TEST", None)   # ipykernel captures no descriptor where it is set
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            errors="replace", env=environment, cwd=PROJECT, preexec_fn=before)


def ended(process: subprocess.Popen[str], home: Path) -> Ran:
    """Wait for the end of a run."""
    out, err = process.communicate(timeout=600)
    return Ran(process.returncode, out, err, json.loads((home / "summary.json").read_text(encoding="utf-8")))


def run(home: Path, out: Path, *options: str, before: Callable[[], None] | None = None) -> Ran:
    """Start a run and wait for its end."""
    return ended(start(home, out, *options, before=before), home)


def processes_of(home: Path) -> dict[int, str]:
    """The living processes that work for a home, whoever started them, with their command lines."""
    found = {}
    mark = f"COMMLIB_HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0") and int(folder.name) != os.getpid() \
                    and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
    return found


def left_of(home: Path, seconds: float = 10.0) -> dict[int, str]:
    """The processes that still work for a home after so many seconds: none, or it is wrong."""
    end = time.monotonic() + seconds
    while (found := processes_of(home)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def half_written(out: Path) -> list[Path]:
    """Files under a name of the time of writing, pages that do not end, copies that are no JSON."""
    wrong = [path for path in out.rglob(".*") if path.is_file()]
    wrong += [path for path in out.glob("site/**/*.html") if not path.read_bytes().rstrip().endswith(b"</html>")]
    for path in out.glob("runs/*/*.ipynb"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            wrong.append(path)
    return wrong


def site_of(out: Path) -> dict[str, bytes]:
    """Every file of a site with its bytes."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted((out / "site").rglob("*")) if path.is_file()}


def killed_and_resumed(folder: Path, kills: int, random: Any) -> tuple[int, int, float]:
    """Run, kill -9 at random moments, resume each time, to the end, again and again until there were so many kills.

    Gives kills, series and seconds; asserts that each series gives the site of an undisturbed run and leaves nothing.
    """
    home = make_home(folder / "home")
    for number in range(2):
        write_notebook(home, f"good{number}")
    write_notebook(home, "fails_in_english", FAILS_IN_ENGLISH)
    asked = ("--county", "431024,411325", "--resume")
    began = time.monotonic()
    assert run(home, folder / "undisturbed", *asked).code == 1
    length = time.monotonic() - began
    done = series = 0
    while done < kills:
        out, series, over = folder / f"killed{series}", series + 1, False
        while done < kills and not over:
            process, started = start(home, out, *asked), time.monotonic()
            try:
                process.wait(random.uniform(0.2, 1.0) * length)
                over, length = True, min(length, time.monotonic() - started)   # the first run may have been a slow one
            except subprocess.TimeoutExpired:
                process.kill()
                done += 1
            process.communicate()
            assert not left_of(home), "a killed run left processes"
        finished = run(home, out, *asked)
        assert finished.code == (1 if finished.summary["failures"] else 0)
        assert site_of(out) == site_of(folder / "undisturbed"), f"series {series} is not as the undisturbed run"
        assert not half_written(out)
    return done, series, time.monotonic() - began
