"""Two programs with the same arguments: the analyses as bare functions, and papermill's API, each in two processes.

python pools.py bare|papermill HOME NOTEBOOK OUT COUNTY,COUNTY… WORKERS
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import workload


def bare(notebook: str, out: str, county: str) -> None:
    """Run the cells as a function and write their page."""
    page = workload.bare_page(_code(notebook), county)
    Path(out, f"{county}.html").write_text(page, encoding="utf-8")


def with_papermill(notebook: str, out: str, county: str) -> None:
    """Execute the notebook by papermill and convert it by nbconvert, as its documentation has it."""
    import papermill

    kept = f"{out}/{county}.ipynb"
    papermill.execute_notebook(f"notebooks/{notebook}.ipynb", kept, parameters={"county": county}, progress_bar=False)
    page, _ = _exporter().from_filename(kept)
    Path(out, f"{county}.html").write_text(page, encoding="utf-8")


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    return HTMLExporter()


@cache
def _code(notebook: str) -> Any:
    return workload.compiled(notebook)


def main(kind: str, home: str, notebook: str, out: str, counties: str, workers: str) -> None:
    """Share the counties among forked workers that have everything imported."""
    os.chdir(home)
    Path(out).mkdir(parents=True)
    needed = ("papermill", "nbconvert") if kind == "papermill" else (
        "matplotlib.pyplot", "matplotlib.backends.backend_svg", "IPython.core.pylabtools", "statsmodels.api",
        "statsmodels.formula.api", "statsmodels.stats.proportion", "pyarrow.parquet")
    for name in needed:
        importlib.import_module(name)
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")   # plt.show() outside a notebook
    work = {"bare": bare, "papermill": with_papermill}[kind]
    with multiprocessing.get_context("fork").Pool(int(workers)) as pool:
        pool.starmap(work, [(notebook, out, county) for county in counties.split(",")], chunksize=1)
        pool.close()
        pool.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
