"""Taking returns in beside reading the same files with pandas: `python benchmarks/intake.py` prints both ratios and the memory.

A housing return of 10,000 rows in all declared columns (must: 3 times `read_excel` by calamine), and the register of 620,573
villages as CSV (must: 4 times `read_csv` as text, which codes are, and 1.5 GB). Turns alternate; the best of each is compared.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow.csv
import pyarrow.parquet
from openpyxl import Workbook

from commlib.declarations.tables import table, tables
from commlib.home import Home
from commlib.intake.forms import header_words
from commlib.intake.names.gazetteer import gazetteer
from commlib.intake.taking import TakenReturn, take_return

HOME = Home(Path(__file__).resolve().parents[1])
COUNTY, ROWS, ROUNDS = "411325", 10_000, 5


def housing_return(path: Path) -> Path:
    """A long return of one county: every declared column, months for each community, nothing hidden and nothing wrong."""
    places, declaration = gazetteer(COUNTY, HOME), table("housing_progress")
    communities = [unit for unit in places.units if unit.township]
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("一")
    sheet.append(["内乡县住房建设进度月报"])
    sheet.append([header_words(column, "zh") for column in declaration.columns])
    for row in range(ROWS):
        months, number = divmod(row, len(communities))
        unit, planned, done = communities[number], 400 + row % 97, 100 + months
        sheet.append([places.by_key[unit.township].name, unit.name, f"{2010 + months // 12}-{1 + months % 12:02d}", planned,
                      200 + months, 60, 30, 30, 120 + months, done, 60 + months, 40, round(100 * done / planned, 1),
                      50 + months, 1200.5 + months, 700.5 + months, 500, "否", ""])
    book.save(path)
    return path


def register_file(path: Path) -> Path:
    """The villages of the register as a CSV with the two columns that their table declares."""
    pyarrow.csv.write_csv(pyarrow.parquet.read_table(HOME.data / "register" / "villages.parquet", columns=["code", "name"]), path,
                          pyarrow.csv.WriteOptions(quoting_style="none"))
    return path


def compared(theirs: Callable[[], object], ours: Callable[[], TakenReturn], rows: int) -> str:
    """Seconds of both and their ratio; raises SystemExit where a row was not taken."""
    took: dict[str, list[float]] = {"theirs": [], "ours": []}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        theirs()
        took["theirs"].append(time.perf_counter() - start)
        start = time.perf_counter()
        found = ours()
        took["ours"].append(time.perf_counter() - start)
        if sum(len(each.rows) for each in found.tables) != rows:
            raise SystemExit(f"{found.name}: {[str(fault.code) for fault in found.all_faults()][:5]}")
    pandas_best, best = min(took["theirs"]), min(took["ours"])
    return f"{best:.2f} s, pandas {pandas_best:.2f} s, {best / pandas_best:.2f} times"


def main() -> None:
    """Print one line for each file."""
    declared = tables()
    with TemporaryDirectory() as folder:
        os.environ["COMMLIB_OUTPUTS"] = folder
        book = housing_return(Path(folder, "housing.xlsx"))
        print(f"{ROWS} rows of xlsx:", compared(lambda: pd.read_excel(book, engine="calamine"),
                                                lambda: take_return(book, declared, HOME), ROWS))
        text = register_file(Path(folder, "villages.csv"))
        rows = pyarrow.parquet.read_metadata(HOME.data / "register" / "villages.parquet").num_rows
        print(f"{rows} rows of csv:", compared(lambda: pd.read_csv(text, dtype=str),
                                               lambda: take_return(text, declared, HOME, table="register_village"), rows))
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
