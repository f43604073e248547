"""How complete a county's returns are: which tables came, and how much of each is filled in by township and period."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from commlib import rankings
from commlib.declarations.columns import DATES, ColumnType
from commlib.declarations.tables import Cycle, TableDeclaration, table
from commlib.periods import month_end, parse_period
from commlib.tabulation import rows_of, township_of
from commlib.view import CountyView, kept

_STEPS = {Cycle.MONTH: "M", Cycle.QUARTER: "Q", Cycle.YEAR: "Y"}   # cycles without a gap between two periods


def received_tables(view: CountyView) -> list[TableDeclaration]:
    """The declared tables that the county has rows of, by id."""
    def read() -> list[TableDeclaration]:
        came = view.store.county_returns(view.place.key)
        return [table(each, view.home) for each in sorted(came.loc[came["accepted"].ne("0"), "table"].unique())
                if each and len(view.store.county_rows(each, view.place.key))]

    found: list[TableDeclaration] = kept(view, "received tables", read)
    return found


def by_place(declaration: TableDeclaration) -> bool:
    """Whether each place owes rows of a table: its rows are one a place, unlike those of ledgers and lists."""
    return bool(declaration.place) and declaration.place[-1] in declaration.key


def completeness(view: CountyView, table_id: str) -> pd.DataFrame:
    """How full a table is, as (label of the township, column: its period, value in percent); NaN: nothing was reported.

    100 stands for as many places as the township ever reported in one period, each with every column that any place of the
    county fills in. Periods in which nobody reported are there too, up to the last that other tables of the county reach.
    Nothing for a table that no place owes, such as a ledger.
    """
    found: pd.DataFrame = kept(view, f"completeness {table_id}", lambda: _completeness(view, table_id))
    return found


def _completeness(view: CountyView, table_id: str) -> pd.DataFrame:
    declaration, rows = table(table_id, view.home), view.store.county_rows(table_id, view.place.key)
    if rows.empty or not by_place(declaration):
        return pd.DataFrame(columns=["label", "column", "value"])
    filled = _filled(rows, declaration)
    cells = pd.DataFrame({"township": [township_of(view, place) for place in rows["_place"]], "place": rows["_place"],
                          "period": periods_of(rows, declaration), "filled": filled.sum(axis=1)})
    sums = cells.groupby(["township", "period"]).agg(filled=("filled", "sum"), places=("place", "nunique")).reset_index()
    owed = sums.groupby("township")["places"].transform("max") * max(int(filled.any().sum()), 1)
    sums["value"] = (100 * sums["filled"] / owed).clip(upper=100)
    across, townships = _all_periods(set(sums["period"]), declaration, reached(view)), _townships(view, set(sums["township"]))
    known = {(row[0], row[1]): row[2] for row in zip(sums["township"], sums["period"], sums["value"], strict=True)}
    return pd.DataFrame([{"label": name, "column": period, "value": known.get((key, period), float("nan"))}
                         for key, name in townships.items() for period in across])


def _filled(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.DataFrame:
    """Whether each cell that could hold something does; without key, place, period and free text."""
    apart = {*declaration.key, *declaration.place, declaration.period}
    names = [each.name for each in declaration.columns if each.name in rows and each.name not in apart
             and each.type is not ColumnType.TEXT]
    found = pd.DataFrame({name: rows[name].ne("") for name in names}, index=rows.index)
    for name in names:
        for end in ("low", "high"):
            if f"{name}__{end}" in rows:
                found[name] |= rows[f"{name}__{end}"].ne("")
    return found


def periods_of(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.Series[str]:
    """The period of each row, no finer than the table is sent; "" where it has none."""
    if declaration.period not in rows:
        return pd.Series("", index=rows.index, dtype=str)
    dates = declaration.column(declaration.period).type in DATES
    return rows[declaration.period].map(lambda text: _period(text, declaration.cycle) if dates else text)


@lru_cache(4096)
def _period(text: str, cycle: Cycle | None) -> str:
    """A date as the period of the cycle that it lies in; as it is where it is not so fine."""
    if cycle is Cycle.MONTH:
        return text[:7]
    if cycle is Cycle.YEAR:
        return text[:4]
    if cycle is Cycle.QUARTER and len(text) >= 7 and "Q" not in text:
        return f"{text[:4]}Q{(int(text[5:7]) + 2) // 3}"
    return text


def _all_periods(found: set[str], declaration: TableDeclaration, reached: int) -> list[str]:
    """The periods from the first to the last that ended by `reached`, those without any report too; one blank for none."""
    dated = sorted(found - {""}, key=parse_period)
    step = _STEPS.get(declaration.cycle) if declaration.cycle else None
    if not step or len({len(each) for each in dated}) != 1:   # of different fineness: as they are
        return dated or [""]
    first, last = (pd.Period(each, freq=step) for each in (dated[0], dated[-1]))
    month = pd.Period(year=reached // 12, month=reached % 12 + 1, freq="M")   # the one after the last that is over
    return [str(each) for each in pd.period_range(first, max(last, month.asfreq(step) - 1))]


def reached(view: CountyView) -> int:
    """Up to which month (since year 0) the county reports: the last in any table that comes by the month or quarter."""
    def read() -> int:
        ends = [0]
        for declaration in received_tables(view):
            if declaration.cycle in (Cycle.MONTH, Cycle.QUARTER):
                periods = periods_of(view.store.county_rows(declaration.id, view.place.key), declaration).unique()
                ends += [parse_period(each).ends for each in periods if each]
        return max(ends)

    found: int = kept(view, "reached", read)
    return found


def last_day(view: CountyView) -> str:
    """The last day that the county's monthly and quarterly returns reach, in the view's period; "" unknown, never today."""
    month = reached(view)
    ends = [month_end(month)] if month else []
    if view.period and parse_period(view.period).dated:
        ends.append(_last_of(view.period))   # of a day the day itself
    return min(ends, default="")


def judged_on(view: CountyView, *table_ids: str) -> str:
    """The day at which what tables leave open is judged, by every page and every alarm; "" unknown, never today.

    The last period of the reports among them in the view's period; of ledgers alone the last day that the county's returns
    reach, else the last on which they say that something was done: a single date that was typed wrong moves no other.
    """
    found = [rows_of(view, each, every=True) for each in table_ids]
    reports = [rows for rows in found if rows.declaration.period in rows.declaration.key]
    if not reports and last_day(view):
        return last_day(view)
    told = {text for rows in reports or found for name in _told_by(rows.declaration) for text in rows.frame[name]}
    return max((_last_of(text) for text in told if text), default="")


def _told_by(declaration: TableDeclaration) -> list[str]:
    """The columns that say when something was: the period of a report, else all dates but those on which something is due."""
    if declaration.period in declaration.key:
        return [declaration.period]
    return [each.name for each in declaration.columns if each.type in DATES and "due" not in each.name.split("_")]


@lru_cache(4096)
def _last_of(text: str) -> str:
    """The last day of a day, month, quarter or year."""
    return str(pd.Period(text[:10]).end_time.date())


def days_since(due_on: str, until: str) -> int:
    """Days from the end of a day, month or year to another day."""
    return (pd.Timestamp(until) - pd.Timestamp(_last_of(due_on))).days


def _townships(view: CountyView, reported: set[str]) -> dict[str, str]:
    """Name by key of the townships that owe a return, then of the county where rows are of the whole of it."""
    owing = rankings.townships(view)
    others = {key: view.name_of(key) for key in sorted(reported - set(owing))}
    return ({} if reported == {view.place.key} else owing) | others
