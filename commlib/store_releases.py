"""What the store holds of releases: the rows that hold, the facts they feed, and what was said of each return."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd

from commlib.bilingual import Language
from commlib.declarations.tables import TableDeclaration, table, tables
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.intake.releases import Releases
from commlib.intake.reported_facts import FACT_COLUMNS
from commlib.intake.table_facts import table_facts
from commlib.places import PlaceBook

_OWN = ("_county", "_sheet", "_row", "_place", "_release", "_file", "_dated")
_RETURN = ("release", "file", "received", "sheet", "table", "confidence", "accepted", "refused",
           "changed_zh", "changed_en")
_FAULT = ("release", "table", "file", "sheet", "cell", "severity", "code", "found", "allowed_zh", "allowed_en", "remedy_zh",
          "remedy_en")


def write_released(home: Home, folder: Path, book: PlaceBook) -> tuple[pd.DataFrame, list[str]]:
    """Write the released rows by table and county, and what was said of the returns; gives their facts and their counties.

    Rows of a table or a county that the project no longer declares stay in their release and feed nothing.
    """
    releases, facts = Releases(home), [pd.DataFrame(columns=FACT_COLUMNS)]
    counties = [each for each in releases.counties() if each in book.register or each in book.slugs]
    for declaration in tables(home):
        rows = _placed(_rows(releases, declaration, counties), declaration, releases, home)
        write_by_county(rows, rows["_county"], folder / "rows" / declaration.id)
        facts.append(table_facts(rows, declaration, book))
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
        write_by_county(frame[list(columns)], frame["_county"], folder / name)


def _changed(releases: Releases, number: int, language: str) -> tuple[str, ...]:
    """What a release changed in words; nothing where its table or county is no longer declared."""
    try:
        return releases.difference(number, language)
    except ParameterError:
        return ()


def write_by_county(frame: pd.DataFrame, counties: pd.Series[str], folder: Path) -> None:
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
