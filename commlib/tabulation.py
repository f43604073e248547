"""Rows of a declared table counted, added up or divided by what their columns say: what generic blocks show.

Of what stands (stocks, running totals, stages) the last row of each thing up to the view's period counts; what flows, and what
happened on a day, is taken over the calendar year of that period. Rates are pooled: one sum over another, never a mean of rates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from commlib import phrases
from commlib.declarations.columns import NUMBERS, Column, ColumnType, Level
from commlib.declarations.measures import Time
from commlib.declarations.tables import TableDeclaration, table
from commlib.errors import ParameterError
from commlib.formatting import MISSING
from commlib.periods import parse_period
from commlib.places import PlaceLevel
from commlib.units import conversion, unit
from commlib.view import CountyView

Where = Mapping[str, str | Collection[str]]
YEAR, MONTH = "year", "month"   # what rows may be grouped by beside columns: parts of their own period
_STANDING = (Time.STOCK, Time.CUMULATIVE)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that hold at a view's period, and over which time they were taken ("" = whenever)."""

    declaration: TableDeclaration
    frame: pd.DataFrame
    span: str

    def when(self, language: str) -> str:
        """The time over which they were taken, in words; "—" for whenever."""
        return parse_period(self.span).label[language] if self.span else MISSING


def rows_of(view: CountyView, table_id: str, of: str = "", where: Where | None = None, every: bool = False, on: str = "") -> Rows:
    """The rows that hold at the view's period and meet `where` (a column holds one of these words; `*`: anything).

    `of` is the column that will be added up: whether it stands or flows tells which rows hold; `every` keeps all periods.
    `on` is a column of days that dates rows instead of the table's own period: rows without a day are left out.
    """
    declaration = table(table_id, view.home)
    if on:
        declaration, where = replace(declaration, period=on), {**(where or {}), on: "*"}
    rows = view.store.county_rows(table_id, view.place.key).astype(object)
    absent = [each.name for each in declaration.columns if each.name not in rows]
    rows = rows.reindex(columns=[*rows.columns, *absent], fill_value="")
    for name, words in (where or {}).items():
        allowed = [words] if isinstance(words, str) else list(words)
        rows = rows[rows[name] != ""] if "*" in allowed else rows[rows[name].isin(allowed)]
    if not declaration.period or rows.empty:
        return Rows(declaration, rows, "")
    when = rows[declaration.period]
    last = view.period or max(when, key=lambda text: parse_period(text[:7]).order() if text else (False,))
    if last.startswith("undated"):
        return Rows(declaration, rows, "")
    rows = rows[when.map(lambda text: _not_after(text, last))]
    if every:
        return Rows(declaration, rows, "")
    if _stands(declaration, of):
        thing = [name for name in declaration.key if name != declaration.period]
        held = rows.sort_values(declaration.period, kind="stable").drop_duplicates(thing, keep="last")
        return Rows(declaration, held.sort_index(), last[:7])
    return Rows(declaration, rows[rows[declaration.period].str[:4] == last[:4]], last if view.period else last[:4])


def _stands(declaration: TableDeclaration, of: str) -> bool:
    """Whether rows say how something stands at a time, rather than what happened over it."""
    if declaration.period not in declaration.key:
        return False
    if of:
        return declaration.column(of).kind in _STANDING
    return not any(each.kind is Time.FLOW for each in declaration.columns)


@lru_cache(4096)
def _not_after(text: str, last: str) -> bool:
    return not text or parse_period(text[:10]).order()[:2] <= parse_period(last).order()[:2]


def numbers(rows: Rows, name: str) -> pd.Series[float]:
    """A column as numbers in its declared unit; hedged ones by the end that is known, NaN where nothing is said."""
    column, frame = rows.declaration.column(name), rows.frame
    given = frame[name]
    for end in ("low", "high"):
        if f"{name}__{end}" in frame:
            given = given.where(given != "", frame[f"{name}__{end}"].fillna(""))
    found = pd.to_numeric(given, errors="coerce").astype(float)
    return _converted(found, column, frame)


def _converted(found: pd.Series[float], column: Column, frame: pd.DataFrame) -> pd.Series[float]:
    if not (column.unit_from and column.unit):
        return found
    return found * frame[column.unit_from].map(lambda source: float(conversion(source, column.unit)) if source else 1.0)


def column_of(view: CountyView, declaration: TableDeclaration, name: str) -> Column | None:
    """The column of a grouping: of the table, or of one that it refers to (`outlet.township_id`); None for year and month."""
    other, dot, own = name.rpartition(".")
    if dot:
        return table(other, view.home).column(own)
    return next((each for each in declaration.columns if each.name == name), None)


def groups(view: CountyView, rows: Rows, name: str) -> pd.DataFrame:
    """What each row belongs to by a grouping as `column_of` reads it: key, label and order, by row.

    Choices keep the order of their declaration, townships and communities that of the register; a blank has the key "".
    """
    declaration, language = rows.declaration, view.language
    column = column_of(view, declaration, name)
    if column is None:
        keys = rows.frame[declaration.period].str[:4 if name == YEAR else 7]
        return pd.DataFrame({"key": keys, "label": keys, "order": keys})
    keys, places = _keys(view, rows, name)
    if column.type is ColumnType.PLACE:
        return _places(view, column, keys, places)
    if column.type is ColumnType.CHOICE:
        labels = {each.id: each.label[language] for each in column.choices}
        order = {each: number for number, each in enumerate(labels)}
        return pd.DataFrame({"key": keys, "label": keys.map(labels).fillna(keys), "order": keys.map(order).fillna(len(order))})
    if column.type is ColumnType.BOOLEAN:
        said = {each: phrases.phrase(f"word.{each}", language) for each in ("yes", "no")}
        return pd.DataFrame({"key": keys, "label": keys.map(said).fillna(keys), "order": keys.map({"yes": 0, "no": 1}).fillna(2)})
    if column.type in NUMBERS:
        behind = "" if column.unit in ("", "count") else ("" if language == "zh" else " ") + unit(column.unit).label[language]
        return pd.DataFrame({"key": keys, "label": keys.where(keys == "", keys + behind),
                             "order": pd.to_numeric(keys, errors="coerce")})
    if column.references:
        called = _names_of(view, column)
        return pd.DataFrame({"key": keys, "label": keys.map(lambda key: called.get(key, key)), "order": keys})
    return pd.DataFrame({"key": keys, "label": keys, "order": keys})


def _keys(view: CountyView, rows: Rows, name: str) -> tuple[pd.Series[str], pd.Series[str]]:
    """The cells of a grouping and the places that rows stand at, by row; of another table through the id that refers to it."""
    other, dot, own = name.rpartition(".")
    if not dot:
        return rows.frame[name], rows.frame["_place"]
    reference = next(each for each in rows.declaration.columns if each.references.startswith(f"{other}."))
    key = reference.references.partition(".")[2]
    listed = view.store.county_rows(other, view.place.key).drop_duplicates(key, keep="last").set_index(key)
    listed = listed.reindex(columns=[own, "_place"], fill_value="")
    found = rows.frame[reference.name]
    return found.map(listed[own]).fillna(""), found.map(listed["_place"]).fillna("")


def _names_of(view: CountyView, column: Column) -> dict[str, str]:
    """The names of the things that a column of codes refers to, by code, where their table has names; of a rule its formula."""
    name, _, key = column.references.partition(".")
    rows = view.store.county_rows(name, view.place.key)
    called = next((rows[each] for each in ("name", "formula") if each in rows), None)
    if called is None:
        return {}
    shared = called.duplicated(keep=False)   # things of the same name are told apart by their codes
    labels = called.where(~shared, called + " " + rows[key])
    return {code: label for code, label, name in zip(rows[key], labels, called, strict=True) if name}


def _places(view: CountyView, column: Column, keys: pd.Series[str], places: pd.Series[str]) -> pd.DataFrame:
    """Places by name; a township column is filled from the place that the row stands at where it was left out."""
    if column.level is Level.TOWNSHIP:
        keys = keys.where(keys != "", places.map(lambda place: township_of(view, place)))
    names = {key: view.name_of(key) if key else "" for key in keys.unique()}
    return pd.DataFrame({"key": keys, "label": keys.map(names), "order": keys})


def township_of(view: CountyView, place: str) -> str:
    """The key of the township that a place is in, or is; the county's where it is in none."""
    while place != view.place.key:
        try:
            found = view.book.place(view.place.key, place)
        except ParameterError:   # a unit that is no longer declared
            return view.place.key
        if found.level is PlaceLevel.TOWNSHIP:
            return found.key
        place = found.parent or view.place.key
    return place


def tallied(view: CountyView, rows: Rows, by: Collection[str], of: str = "", over: str = "", per: float = 1.0) -> pd.DataFrame:
    """Rows counted, `of` added up, or Σ`of` ÷ Σ`over` × `per`, by one or two groupings.

    Columns `<by>`, `<by>_label` of each grouping, `value`, `n` (rows counted, or those that give a number); sorted in the order
    of the groupings. For a rate only rows count that give both numbers. NaN where no row gives a number.
    """
    parts = {name: groups(view, rows, name) for name in by}
    given = pd.DataFrame({f"{name}{end}": part[column] for name, part in parts.items()
                          for end, column in (("", "key"), ("_label", "label"), ("_order", "order"))}, index=rows.frame.index)
    given["top"] = numbers(rows, of) if of else 1.0
    if over:
        given["base"] = numbers(rows, over)
        given.loc[given[["top", "base"]].isna().any(axis=1), ["top", "base"]] = float("nan")
    keys = [f"{name}{end}" for name in by for end in ("", "_label", "_order")]
    found = given.groupby(keys, sort=False, dropna=False)
    frame = found["top"].agg(value=lambda values: values.sum(min_count=1), n="count").reset_index()
    if over:
        base = found["base"].sum(min_count=1).reset_index(drop=True)
        frame["value"] = (per * frame["value"] / base.where(base != 0)).to_numpy()
    frame = frame.sort_values([f"{name}_order" for name in by], kind="stable", na_position="last")
    return frame.drop(columns=[f"{name}_order" for name in by]).reset_index(drop=True)
