"""Building the store's tables from what the intake reads."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd

from commlib.declarations.measures import measures
from commlib.home import Home
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.hierarchy import hierarchy_of
from commlib.intake.register import check_retired, name_disagreements, register_facts
from commlib.intake.reported import read_reported, read_standards
from commlib.intake.reported_facts import reported_facts
from commlib.places import place_book


def build_tables(home: Home, folder: Path) -> list[str]:
    """Write every table of the store into a folder; gives the keys of counties that a report speaks of."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    book = place_book(home)
    check_retired(home, book)
    figures, claims = read_reported(home.data / "reported")
    reported, register = reported_facts(figures, book), register_facts(home)
    facts = pd.concat([register, reported], ignore_index=True)
    _write_by_county(facts, facts["county"], folder / "facts")
    tables = {"figures": figures, "claims": claims, "checklist_items": read_standards(home.data / "reported")}
    for name, table in tables.items():
        keys = {each: book.county_of_report(each).key for each in table["county"].unique()}
        _write_by_county(table, table["county"].map(keys), folder / name)
    for name, table in (("county_totals", county_totals(register)), ("name_disagreements", name_disagreements(home))):
        parquet.write_table(arrow.Table.from_pandas(table, preserve_index=False), folder / f"{name}.parquet")
    return sorted(reported["county"].unique())


def _write_by_county(frame: pd.DataFrame, counties: pd.Series[str], folder: Path) -> None:
    """Write one file a county, and `_none` with the columns alone for counties without a row."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    folder.mkdir(exist_ok=True)
    ordered = counties.reset_index(drop=True).sort_values(kind="stable")
    table, keys = arrow.Table.from_pandas(frame.iloc[ordered.index], preserve_index=False), ordered.to_list()
    starts = [place for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    for start, end in pairwise([*starts, len(keys)]):   # none for a table without rows
        parquet.write_table(table.slice(start, end - start), folder / f"{keys[start]}.parquet")
    parquet.write_table(table.slice(0, 0), folder / "_none.parquet")


def county_totals(register: pd.DataFrame) -> pd.DataFrame:
    """The register's measures summed to counties: a facts frame at county level, one row a county and measure."""
    wanted = [measure_formula(measures()[quantity], member)
              for quantity, member in register[["quantity", "member"]].drop_duplicates().itertuples(index=False)]
    totals = compute(register, hierarchy_of(register), wanted)
    totals = totals[totals["level"] == "county"].rename(columns={"id": "quantity", "sources": "source"})
    first = register.iloc[:1].drop(columns=[*totals.columns.intersection(register.columns)])
    shared = first.loc[first.index.repeat(len(totals))].reset_index(drop=True)
    whole = pd.concat([totals.reset_index(drop=True), shared], axis=1)[list(register.columns)]
    return whole.assign(place_name="")
