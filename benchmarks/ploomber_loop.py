"""ploomber-engine over some counties in one process (run by the Python of its own environment).

python ploomber_loop.py NOTEBOOK OUT COUNTY,COUNTY…
"""

from __future__ import annotations

import sys
from pathlib import Path

from nbconvert import HTMLExporter
from ploomber_engine import execute_notebook


def main(notebook: str, out: str, counties: str) -> None:
    """Execute the notebook of each county and write its page."""
    Path(out).mkdir(parents=True)
    exporter = HTMLExporter()
    for county in counties.split(","):
        kept = f"{out}/{county}.ipynb"
        execute_notebook(f"notebooks/{notebook}.ipynb", kept, parameters={"county": county}, progress_bar=False)
        page, _ = exporter.from_filename(kept)
        Path(out, f"{county}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
