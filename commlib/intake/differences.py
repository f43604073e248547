"""What a release changed, in words: rows by county and table, and the sums of the columns that feed measures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.tables import TableDeclaration, table
from commlib.home import Home
from commlib.periods import parse_period
from commlib.places import place_book
from commlib.units import unit

Records = list[dict[str, Any]]

_KINDS = ("new", "corrected", "withdrawn")
_SEPARATOR = "\x1f"


def keys(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.Series[str]:
    """The key of each row as one text."""
    found = pd.Series("", index=rows.index, dtype=str)
    for name in declaration.key:
        found = found + rows.get(name, "") + _SEPARATOR
    return found


def changes(before: pd.DataFrame, after: pd.DataFrame, own: pd.DataFrame, declaration: TableDeclaration) -> dict[str, Any]:
    """What differs between the rows of a table and county that held before a release and after it; `own` are its rows.

    `rows`: how many are new, corrected and withdrawn. `sums`: column, sum before (None: nothing was filled in) and after, at
    the latest period; of a period that is new against the latest before it, over the things that fill the column in both
    alone, for who reports now and did not then makes no change. `periods`: those two, where they are told.
    """
    now, then = _latest(after, declaration), _latest(before, declaration)
    if declaration.period and len(before):
        same = _latest(before[before[declaration.period].str[:7] == _period(now, declaration)], declaration)
        then = same if len(same) else then
    times = [_period(frame, declaration) for frame in (then, now)] if declaration.period else []
    periods = [each for each in dict.fromkeys(times) if each]
    if len(periods) > 1:
        then, now = _in_both(then, now, declaration)
    levels = _by_depth(then, now, declaration)
    sums = [(column.name, *_sums(levels, column.name)) for column in declaration.columns
            if column.measure and not column.unit_from]
    return {"rows": _rows(before, after, own, declaration), "periods": periods,
            "sums": [each for each in sums if each[2] is not None and each[1] != each[2]]}


def in_words(found: Records, home: Home) -> list[Text]:
    """One sentence a county and table of what a release changed."""
    book, said = place_book(home), []
    for each in found:
        declaration, county = table(each["table"], home), each["county"]
        named = Text(*(f"{county} {book.county(county).name[language]}" for language in ("zh", "en")))
        rows = [phrases.text(f"releases.{kind}", n=f"{each['rows'][kind]:,}") for kind in _KINDS if each["rows"][kind]]
        sums = [_sum_words(declaration, *one) for one in each["sums"]]
        if sums and each["periods"]:
            labels = [parse_period(text).label for text in each["periods"]]
            key = "releases.across" if len(labels) > 1 else "releases.at"
            sums[0] = phrases.text(key, moment=joined(labels, " → ", " → "), said=sums[0])
        parts = [joined(part, "，", ", ") for part in (rows, sums) if part] or [phrases.text("releases.nothing")]
        said.append(phrases.text("releases.changed", county=named, table=declaration.label, changes=joined(parts, "；", "; ")))
    return said


def _sum_words(declaration: TableDeclaration, name: str, first: float | None, last: float) -> Text:
    column = declaration.column(name)
    return phrases.text(
        "releases.sum", column=column.label, first="—" if first is None else f"{first:,.12g}", last=f"{last:,.12g}",
        more=f"{last - (first or 0):+,.12g}", unit=unit(column.unit or "count").label)


def _rows(before: pd.DataFrame, after: pd.DataFrame, own: pd.DataFrame, declaration: TableDeclaration) -> dict[str, int]:
    """How many rows are new, corrected and withdrawn; `own` are the rows that the release brings."""
    if before.empty:
        return dict(zip(_KINDS, (keys(own, declaration).nunique(), 0, 0), strict=True))
    names = [column.name for column in declaration.columns if column.name in after]
    known, brought = keys(before, declaration), keys(own, declaration)
    old = before[known.isin(set(brought))].reindex(columns=names, fill_value="")
    old, new = old.set_index(known[old.index]), own.reindex(columns=names, fill_value="").set_index(brought)
    old, new = (frame[~frame.index.duplicated(keep="last")] for frame in (old, new))
    common = new.index.intersection(old.index)
    corrected = int((new.loc[common].to_numpy() != old.loc[common].to_numpy()).any(axis=1).sum()) if len(common) else 0
    gone = len(set(known) - set(keys(after, declaration)))
    return dict(zip(_KINDS, (len(new) - len(common), corrected, gone), strict=True))


def _period(rows: pd.DataFrame, declaration: TableDeclaration) -> str:
    return str(rows[declaration.period].str[:7].max()) if len(rows) else ""


def _latest(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.DataFrame:
    """The rows of the latest period, each thing once."""
    if rows.empty or not declaration.period:
        return rows
    rows = rows[rows[declaration.period].str[:7] == _period(rows, declaration)].sort_values(declaration.period, kind="stable")
    own = keys(rows.drop(columns=[declaration.period]), declaration)
    return rows[~own.duplicated(keep="last")]


def _in_both(then: pd.DataFrame, now: pd.DataFrame, declaration: TableDeclaration) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of two periods that are of the same things, in one order; a column is blank where either leaves it so."""
    first, last = (frame.set_index(keys(frame.drop(columns=[declaration.period]), declaration)) for frame in (then, now))
    common, columns = first.index.intersection(last.index), first.columns.intersection(last.columns)
    first, last = (frame.loc[common, columns] for frame in (first, last))
    filled = (first != "") & (last != "")
    return first.where(filled, ""), last.where(filled, "")


def _by_depth(then: pd.DataFrame, now: pd.DataFrame, declaration: TableDeclaration) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """The rows before and after by how fine a place they fill, the finest first."""
    first, last = _depth(then, declaration), _depth(now, declaration)
    return [(then[first == depth], now[last == depth]) for depth in sorted({*first.unique(), *last.unique()}, reverse=True)]


def _sums(levels: list[tuple[pd.DataFrame, pd.DataFrame]], column: str) -> tuple[float | None, float | None]:
    """The sums of a column before and after at the finest places where they differ: totals are not counted with their parts."""
    found: tuple[float | None, float | None] = None, None
    for then, now in levels:
        found = _sum(then, column), _sum(now, column)
        if found[0] != found[1] and found[1] is not None:
            break
    return found


def _depth(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.Series[int]:
    """How fine a place each row fills: 0 the county, then the declared columns of places in order."""
    depth = pd.Series(0, index=rows.index)
    for level, name in enumerate(declaration.place, 1):
        filled = (rows[name] != "") & (rows[name] != rows["_county"]) if name in rows else depth > 0
        depth = depth.where(~filled, level)
    return depth


def _sum(rows: pd.DataFrame, column: str) -> float | None:
    """The sum of what is filled in; None where nothing is."""
    numbers = pd.to_numeric(rows[column], errors="coerce") if column in rows else pd.Series(dtype=float)
    return float(numbers.sum()) if numbers.notna().any() else None
