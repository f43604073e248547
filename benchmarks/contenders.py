"""Who is compared: each contender is one command that executes a notebook for some counties and writes their pages."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from measuring import Failed

WORKERS = 2
_HERE = Path(__file__).parent
_BIN = Path(sys.executable).parent
_PLOOMBER = "ploomber-engine"
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Contender:
    """One way to run notebooks: what it is called, its command, and where it leaves what it executed for a county."""

    id: str
    words: str
    command: Callable[[Path, str, Path, Sequence[str]], list[str]]
    kept: str   # a pattern inside the folder of outputs
    one_thread: bool = True


def _ours(home: Path, notebook: str, out: Path, keys: Sequence[str], *more: str) -> list[str]:
    return [str(_BIN / "commlib"), "run", notebook, "--county", ",".join(keys), "--lang", "zh", "--jobs", str(WORKERS),
            "--out", str(out), *more]


def _command_lines(home: Path, notebook: str, out: Path, keys: Sequence[str]) -> list[str]:
    papermill, jupyter = shlex.quote(str(_BIN / "papermill")), shlex.quote(str(_BIN / "jupyter"))
    out.mkdir()
    return ["sh", "-ec", f"for county in {' '.join(keys)}; do\n"
            f"{papermill} notebooks/{notebook}.ipynb {out}/$county.ipynb -r county $county --no-progress-bar\n"
            f"{jupyter} nbconvert --to html {out}/$county.ipynb\ndone"]


def _jupyter_execute(home: Path, notebook: str, out: Path, keys: Sequence[str]) -> list[str]:
    """It takes no parameters: each county has a copy of the notebook, prepared before the clock starts."""
    jupyter = shlex.quote(str(_BIN / "jupyter"))
    out.mkdir()
    (out / "data").symlink_to(home / "data")   # it runs a notebook in the folder that holds it
    prepared = json.loads((home / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    for key in keys:
        for cell in prepared["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = f'county, lang = "{key}", "zh"'
        (out / f"{key}.ipynb").write_text(json.dumps(prepared), encoding="utf-8")
    return ["sh", "-ec", f"for county in {' '.join(keys)}; do\n{jupyter} execute --inplace {out}/$county.ipynb\n"
            f"{jupyter} nbconvert --to html {out}/$county.ipynb\ndone"]


def _pool(kind: str) -> Callable[[Path, str, Path, Sequence[str]], list[str]]:
    def command(home: Path, notebook: str, out: Path, keys: Sequence[str]) -> list[str]:
        return [sys.executable, str(_HERE / "pools.py"), kind, str(home), notebook, str(out), ",".join(keys), str(WORKERS)]

    return command


OURS = Contender("ours", "`commlib run`, 2 workers", _ours, "runs/{county}/{notebook}.zh.ipynb")
COMMAND_LINES = Contender("command_lines", "`papermill` then `jupyter nbconvert`, in a loop", _command_lines, "{county}.ipynb",
                          one_thread=False)
PAPERMILL = Contender("papermill", "papermill's API + HTMLExporter, 2 processes, 1 BLAS thread", _pool("papermill"),
                      "{county}.ipynb")
BARE = Contender("bare", "the same cells as a bare function, 2 processes", _pool("bare"), "{county}.html")
JUPYTER_EXECUTE = Contender("jupyter_execute", "`jupyter execute` then `jupyter nbconvert`, in a loop", _jupyter_execute,
                            "{county}.ipynb", one_thread=False)


@contextmanager
def dask_cluster(environment: Mapping[str, str]) -> Iterator[str]:
    """A Dask scheduler with two worker processes on this machine, started before the clock; its address. Raises Failed."""
    script = ("import sys; from distributed import LocalCluster\n"
              f"with LocalCluster(n_workers={WORKERS}, threads_per_worker=1, dashboard_address=None) as cluster:\n"
              "    print(cluster.scheduler_address, flush=True); sys.stdin.read()")
    with TemporaryDirectory() as folder, subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**environment, "DASK_TEMPORARY_DIRECTORY": folder}) as process:
        assert process.stdin and process.stdout
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise Failed("no Dask cluster on this machine: is the extra `cluster` installed?")
            yield address
        finally:
            process.stdin.close()


def over_dask(address: str) -> Contender:
    """Ours, its work sent to a Dask scheduler."""
    return Contender("dask", "`commlib run --cluster`, 2 worker processes",
                     lambda home, notebook, out, keys: _ours(home, notebook, out, keys, "--cluster", address), OURS.kept)


def ploomber(folder: Path) -> Contender:
    """ploomber-engine in an environment of its own, with this one's libraries; raises Failed where it cannot be installed."""
    python = folder / "bin" / "python"
    same = [f"{name}=={version(name)}" for name in ("pandas", "matplotlib", "statsmodels", "pyarrow", "nbconvert")]
    steps = [[sys.executable, "-m", "venv", "--clear", str(folder)],
             [str(python), "-m", "pip", "install", "--quiet", _PLOOMBER, "ipykernel", *same]]
    for step in [] if (folder / "ready").is_file() else steps:
        answer = subprocess.run(step, capture_output=True, text=True)
        if answer.returncode:
            raise Failed(f"not installed: {(answer.stderr or answer.stdout).strip().splitlines()[-1]}")
    (folder / "ready").touch()

    def command(home: Path, notebook: str, out: Path, keys: Sequence[str]) -> list[str]:
        return [str(python), str(_HERE / "ploomber_loop.py"), notebook, str(out), ",".join(keys)]

    return Contender("ploomber", "ploomber-engine + HTMLExporter, 1 process, own environment", command, "{county}.ipynb")


def drawn(contender: Contender, out: Path, notebook: str, county: str) -> list[str]:
    """The figures that a contender made for a county, as the SVG texts it left, to compare them."""
    kept = out / contender.kept.format(county=county, notebook=notebook)
    if kept.suffix == ".html":
        return _SVG.findall(kept.read_text(encoding="utf-8"))
    cells = nbformat.read(kept, as_version=4).cells  # type: ignore[no-untyped-call]
    outputs = [each for cell in cells for each in cell.get("outputs", [])]
    return [svg for each in outputs if "image/svg+xml" in each.get("data", {})
            for svg in _SVG.findall("".join(each["data"]["image/svg+xml"]))]
