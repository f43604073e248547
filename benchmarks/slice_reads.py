"""Reading one county's slice from a store of 3,000 counties and from one of 30, both built by the store's own code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import workload
from measuring import Failed

MANY, FEW = 3000, 30
_TOWNSHIPS, _VILLAGES = 14, 15   # a county's and a township's, about the country's means
_FIRSTS = 10   # counties that are read first, each by a fresh process
# Run by a fresh process: the seconds of its first slice, and the median of ten more of other counties.
_READ = """
import json, statistics, sys, time
import pandas, pyarrow.parquet
from commlib.store import open_store
store = open_store()
seconds = []
for county in sys.argv[1:]:
    start = time.perf_counter()
    rows = len(store.county_facts(county))
    seconds.append(time.perf_counter() - start)
    assert rows, county
print(json.dumps([seconds[0], statistics.median(seconds[1:])]))
"""


def make_stores(folder: Path) -> dict[int, Path]:
    """Two homes with fictional registers, the few counties also among the many; their stores are built."""
    homes = {}
    for counties in (MANY, FEW):
        home = folder / f"of-{counties}"
        keys = _keys(counties)
        register = home / "data" / "register"
        register.mkdir(parents=True)
        for name in ("provinces", "prefectures", "retired_counties"):
            (register / f"{name}.csv").symlink_to(workload.PROJECT / "data" / "register" / f"{name}.csv")
        real = _register()
        made = [(key, "虚构县", key[:4], key[:2]) for key in keys if key not in set(real["code"])]
        pd.concat([real, pd.DataFrame(made, columns=real.columns)]).to_csv(register / "counties.csv", index=False)
        townships = [f"{key}{100 + number:03}" for key in keys for number in range(_TOWNSHIPS)]
        villages = [f"{code}{number:03}" for code in townships for number in range(201, 201 + _VILLAGES)]
        for name, codes, word in (("townships", townships, "虚构镇"), ("villages", villages, "虚构村委会")):
            pd.DataFrame({"code": codes, "name": word}).to_parquet(register / f"{name}.parquet", row_group_size=20_000)
        _headers_only(home / "data" / "reported")
        _python("from commlib.store import open_store; open_store()", home)
        homes[counties] = home
    return homes


def _keys(counties: int) -> list[str]:
    """Codes of counties: those of the register, then made-up ones; the few are spread over the many."""
    real = _register()["code"].tolist()
    made = [f"{prefecture}{number}" for prefecture in sorted({code[:4] for code in real}) for number in range(97, 100)]
    keys = (real + [code for code in made if code not in set(real)])[:MANY]
    return keys[::MANY // counties]


def _register() -> pd.DataFrame:
    return pd.read_csv(workload.PROJECT / "data" / "register" / "counties.csv", dtype=str)


def _headers_only(folder: Path) -> None:
    """What reports state, without a row: a real report speaks of counties that a fictional register may not hold."""
    folder.mkdir()
    for path in (workload.PROJECT / "data" / "reported").glob("*.csv"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def read(home: Path, turn: int) -> tuple[float, float]:
    """Seconds of the first slice that a process reads, and of one more (median); both the best of a few processes."""
    keys = _keys(FEW)
    answers = []
    for number in range(_FIRSTS):
        shift = (turn * _FIRSTS + number) % len(keys)
        turned = (keys[shift:] + keys[:shift])[:11]
        answers.append(json.loads(_python(_READ, home, *turned)))
    return min(first for first, _ in answers), min(warm for _, warm in answers)


def _python(script: str, home: Path, *arguments: str) -> str:
    environment = {**os.environ, "COMMLIB_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("COMMLIB_OUTPUTS", None)
    answer = subprocess.run([sys.executable, "-c", script, *arguments], env=environment, cwd=home, capture_output=True, text=True)
    if answer.returncode:
        raise Failed(answer.stderr.strip().splitlines()[-1])
    return answer.stdout
