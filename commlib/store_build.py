"""Building the store's tables from what the intake reads."""

from __future__ import annotations

import shutil
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
from commlib.slices import REGISTER_PART
from commlib.store import register_key
from commlib.store_releases import write_by_county, write_released


def build_tables(home: Home, folder: Path) -> list[str]:
    """Write every table of the store into a folder; gives the keys of counties that a report or released rows speak of."""
    book = place_book(home)
    check_retired(home, book)
    figures, claims = read_reported(home.data / "reported")
    from_tables, counties = write_released(home, folder, book)
    facts = pd.concat([reported_facts(figures, book), from_tables], ignore_index=True)
    _write_facts(_register_part(home, folder.parent / REGISTER_PART), facts, folder)
    tables = {"figures": figures, "claims": claims, "checklist_items": read_standards(home.data / "reported")}
    for name, table in tables.items():
        keys = {each: book.county_of_report(each).key for each in table["county"].unique()}
        write_by_county(table, table["county"].map(keys), folder / name)
    return sorted({*facts["county"], *counties})


def _register_part(home: Home, folder: Path) -> Path:
    """The folder with what follows from the register alone, made where it is not there: another release does not change it."""
    target, building = folder / register_key(home), folder / ".building"
    if not target.is_dir():
        shutil.rmtree(building, ignore_errors=True)
        register = register_facts(home)
        write_by_county(register, register["county"], building / "facts")
        for name, table in (("county_totals", county_totals(register)), ("name_disagreements", name_disagreements(home))):
            table.to_parquet(building / f"{name}.parquet", index=False)
        building.replace(target)
    for old in folder.iterdir():
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _write_facts(part: Path, facts: pd.DataFrame, folder: Path) -> None:
    """The tables of the register as they are; of counties with other facts, the register's facts and then those."""
    by_county = {f"facts/{county}.parquet": rows for county, rows in facts.groupby("county")}
    for path in [*part.glob("*.parquet"), *(part / "facts").glob("*.parquet")]:
        name = path.relative_to(part).as_posix()
        (folder / name).parent.mkdir(exist_ok=True)
        if name in by_county:
            by_county[name] = pd.concat([pd.read_parquet(path), by_county[name]], ignore_index=True)
        else:
            _link(path, folder / name)
    for name, rows in by_county.items():
        rows.to_parquet(folder / name, index=False)


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:   # a file system without hard links
        shutil.copyfile(path, target)


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
