"""Building the store's tables from what the intake reads."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from commlib.declarations.measures import measures
from commlib.home import Home
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.hierarchy import hierarchy_of
from commlib.intake.register import name_disagreements, register_facts
from commlib.intake.reported import read_reported
from commlib.intake.reported_facts import reported_facts
from commlib.places import place_book


def build_tables(home: Home, folder: Path) -> list[str]:
    """Write every table of the store into a folder; gives the keys of counties that a report speaks of."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    figures, _ = read_reported(home.data / "reported")
    reported = reported_facts(figures, place_book(home))
    register = register_facts(home)
    facts = pd.concat([register, reported], ignore_index=True).sort_values("county", kind="stable", ignore_index=True)
    table = arrow.Table.from_pandas(facts, preserve_index=False)
    starts = facts.index[facts["county"] != facts["county"].shift()].to_list()
    for start, end in zip(starts, [*starts[1:], len(facts)], strict=True):
        parquet.write_table(table.slice(start, end - start), folder / "facts" / f"{facts['county'].iat[start]}.parquet")
    parquet.write_table(table.slice(0, 0), folder / "facts" / "_none.parquet")
    parquet.write_table(arrow.Table.from_pandas(county_totals(register), preserve_index=False),
                        folder / "county_totals.parquet")
    parquet.write_table(arrow.Table.from_pandas(name_disagreements(home), preserve_index=False),
                        folder / "name_disagreements.parquet")
    return sorted(reported["county"].unique())


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
