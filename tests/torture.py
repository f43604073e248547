"""`make torture`: runs killed at random moments and then run again give the bytes of an undisturbed run; prints the figures."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runner_home import make_home, write_notebook
from test_faults import processes_with

KILLS = int(os.environ.get("TORTURE_KILLS", "30"))
NOTEBOOKS, COUNTY = 4, "431024"


def command(home: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "commlib", "run", "--county", COUNTY, "--out", str(out)], cwd=home,
                            env={**os.environ, "COMMLIB_HOME": str(home)}, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def pages(out: Path) -> dict[str, str]:
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.glob("site/**/*.html"))}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "home")
        for number in range(NOTEBOOKS):
            write_notebook(home, f"n{number}")
        start = time.monotonic()
        first = command(home, Path(folder) / "undisturbed")
        code = first.wait()
        whole, expected = time.monotonic() - start, pages(Path(folder) / "undisturbed")
        assert code == 0 and expected
        same = orphans = 0
        for number in range(KILLS):
            out = Path(folder) / str(number)
            run = command(home, out)
            time.sleep(random.Random(number).uniform(0, whole))
            run.kill()
            run.wait()
            time.sleep(1)
            orphans += len(processes_with(f"--out {out}"))
            again = command(home, out).wait()
            same += again == 0 and pages(out) == expected
        print(f"kills {KILLS}, same final bytes {same}, processes left {orphans}; an undisturbed run: {whole:.1f} s")
        sys.exit(same != KILLS or orphans > 0)


if __name__ == "__main__":
    main()
