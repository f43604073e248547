"""Building the store's tables: the facts of the register and of reports, and what it holds of releases.

Of releases these are the rows that hold, the facts they feed, and what was said of each return.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd

from commlib.bilingual import Language
from commlib.declarations.measures import measures
from commlib.declarations.tables import TableDeclaration, table, tables
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.hierarchy import hierarchy_of
from commlib.intake.ledgers import communities_of, told_before_none
from commlib.intake.register import check_retired, name_disagreements, register_facts
from commlib.intake.releases import Releases
from commlib.intake.reported import FACT_COLUMNS, read_reported, read_stated, reported_facts
from commlib.intake.table_facts import table_facts
from commlib.places import PlaceBook, place_book
from commlib.slices import REGISTER_PART
from commlib.store_inputs import register_key

_OWN = ("_county", "_sheet", "_row", "_place", "_release", "_file", "_dated")
_RETURN = ("release", "file", "received", "sheet", "table", "confidence", "accepted", "refused",
           "changed_zh", "changed_en")
_FAULT = ("release", "table", "file", "sheet", "cell", "severity", "code", "found", "allowed_zh", "allowed_en", "remedy_zh",
          "remedy_en")


def build_tables(home: Home, folder: Path) -> list[str]:
    """Write every table of the store into a folder; gives the keys of counties that a report or released rows speak of."""
    book = place_book(home)
    check_retired(home, book)
    figures, claims = read_reported(home.data / "reported")
    from_tables, counties = _write_released(home, folder, book)
    facts = told_before_none(pd.concat([reported_facts(figures, book), from_tables], ignore_index=True))
    _write_facts(_register_part(home, folder.parent / REGISTER_PART), facts, folder)
    reported = {"figures": figures, "claims": claims, "checklist_items": read_stated(home.data / "reported", "checklist_item")}
    for name, frame in reported.items():
        keys = {each: book.county_of_report(each).key for each in frame["county"].unique()}
        _write_by_county(frame, frame["county"].map(keys), folder / name)
    return sorted({*facts["county"], *counties})


def _register_part(home: Home, folder: Path) -> Path:
    """The folder with what follows from the register alone, made where it is not there: another release does not change it."""
    target, building = folder / register_key(home), folder / ".building"
    if not target.is_dir():
        shutil.rmtree(building, ignore_errors=True)
        register = register_facts(home)
        _write_by_county(register, register["county"], building / "facts")
        for name, frame in (("county_totals", county_totals(register)), ("name_disagreements", name_disagreements(home))):
            frame.to_parquet(building / f"{name}.parquet", index=False)
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


def _write_released(home: Home, folder: Path, book: PlaceBook) -> tuple[pd.DataFrame, list[str]]:
    """Write the released rows by table and county, and what was said of the returns; gives their facts and their counties.

    Rows of a table or a county that the project no longer declares stay in their release and feed nothing.
    """
    releases, facts = Releases(home), [pd.DataFrame(columns=FACT_COLUMNS)]
    counties = [each for each in releases.counties() if each in book.register or each in book.slugs]
    units = communities_of(_rows(releases, table("community", home), counties), book)
    for declaration in tables(home):
        rows = _placed(_rows(releases, declaration, counties), declaration, releases, home)
        _write_by_county(rows, rows["_county"], folder / "rows" / declaration.id)
        facts.append(table_facts(rows, declaration, book, units))
    _write_returns(releases, folder)
    return pd.concat(facts, ignore_index=True).astype({"value": float, "low": float, "high": float}), counties


def _rows(releases: Releases, declaration: TableDeclaration, counties: Sequence[str]) -> pd.DataFrame:
    own = [releases.rows(declaration.id, county) for county in counties if declaration.id in releases.tables(county)]
    return pd.concat([_empty(declaration), *own], ignore_index=True).fillna("").astype(str)


def _placed(rows: pd.DataFrame, declaration: TableDeclaration, releases: Releases, home: Home) -> pd.DataFrame:
    """Rows of a table without places stand where the thing that they refer to stands: an outlet's month at its outlet."""
    references = [each for each in declaration.columns if each.references and each.name in declaration.key]
    if declaration.place or rows.empty or not references:
        return rows
    name, _, key = references[0].references.partition(".")
    things = _rows(releases, table(name, home), sorted(rows["_county"].unique()))
    at = things.drop_duplicates(["_county", key], keep="last").set_index(["_county", key])["_place"]
    found = pd.Series(at.reindex(pd.MultiIndex.from_frame(rows[["_county", references[0].name]])).to_numpy(), index=rows.index)
    return rows.assign(_place=found.where(found.notna(), rows["_place"]).astype(str))


def _empty(declaration: TableDeclaration) -> pd.DataFrame:
    return pd.DataFrame(columns=[*(column.name for column in declaration.columns if not column.dropped), *_OWN], dtype=str)


def _write_returns(releases: Releases, folder: Path) -> None:
    """One row a sheet and one row a fault, in every county that the return has rows of or was said to be of.

    Accepted are the rows of that county; what was refused is of the sheet, for whose it is may be what is wrong with it.
    """
    returns, faults = [], []
    for each in releases.list():
        changed = {language: _changed(releases, each.number, language) for language in Language}
        for county in sorted({*each.counties, *([each.county] if each.county else [])}):
            own = {"_county": county, "release": each.number, "received": each.received,
                   **{f"changed_{language}": "\n".join(words for words in said if words.startswith(f"{county} "))
                      for language, said in changed.items()}}
            left = {name: sum(found[county].values()) for name, found in each.tables.items() if county in found}
            for record in releases.answer(each.number):
                accepted = min(record["accepted"], left.get(record["table"], 0))   # a prefecture's return has others' rows too
                left[record["table"]] = left.get(record["table"], 0) - accepted
                returns.append({**record, **own, "accepted": accepted})
                faults += [{**fault, **own, "table": record["table"]} for fault in record["faults"]]
    for name, found, columns in (("returns", returns, _RETURN), ("return_faults", faults, _FAULT)):
        frame = pd.DataFrame(found, columns=["_county", *columns]).fillna("").astype(str)
        _write_by_county(frame[list(columns)], frame["_county"], folder / name)


def _changed(releases: Releases, number: int, language: str) -> tuple[str, ...]:
    """What a release changed in words; nothing where its table or county is no longer declared."""
    try:
        return releases.difference(number, language)
    except ParameterError:
        return ()


def _write_by_county(frame: pd.DataFrame, counties: pd.Series[str], folder: Path) -> None:
    """Write one file a county, and `_none` with the columns alone for counties without a row."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    folder.mkdir(parents=True, exist_ok=True)
    ordered = counties.reset_index(drop=True).sort_values(kind="stable")
    table, keys = arrow.Table.from_pandas(frame.iloc[ordered.index], preserve_index=False), ordered.to_list()
    starts = [place for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    for start, end in pairwise([*starts, len(keys)]):   # none for a table without rows
        parquet.write_table(table.slice(start, end - start), folder / f"{keys[start]}.parquet")
    parquet.write_table(table.slice(0, 0), folder / "_none.parquet")
