"""Running a command and saying what it took: wall and CPU seconds, and the memory of all its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

LONGEST = 3600.0   # seconds: what takes longer hangs


class Failed(RuntimeError):
    """A command that did not do what was to be measured; its last words are the message."""


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds (CPU of all its descendants that were waited for), and MB where it was looked at."""

    wall: float
    cpu: float
    largest: float = 0.0   # resident MB of its largest process
    together: float = 0.0   # proportional MB of all of them at once, the most that was seen; 0 where not looked at


def run(command: Sequence[str], environment: Mapping[str, str], cwd: Path, *, memory: bool = False) -> Spent:
    """Run a command to its end; raises Failed with its last lines where it fails or hangs."""
    with TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        look = _Look(process.pid) if memory else None
        alarm = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        alarm.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            alarm.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        together = look.most() if look else 0.0
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise Failed(f"{Path(command[0]).name} {process.returncode}: {'; '.join(lines[-3:])}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, together)


class _Look:
    """Looks every tenth of a second at the memory of a process and its descendants (never while time is measured)."""

    def __init__(self, pid: int) -> None:
        self._process, self._most, self._over = psutil.Process(pid), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                continue
            self._most = max(self._most, sum(map(_proportional, family)))

    def most(self) -> float:
        """The most that was seen, in MB."""
        self._over.set()
        self._thread.join()
        return self._most


def _proportional(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / (1 << 20)
    except (psutil.Error, AttributeError):
        return 0.0
