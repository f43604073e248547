"""What alarms look at in the data themselves: series that stand still or jump, faults of returns, and gaps."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commlib import phrases
from commlib.alarms.seen import Seen, all_rows, joined
from commlib.blocks.completeness import by_place, completeness, periods_of, received_tables
from commlib.blocks.returns import current_faults
from commlib.declarations.alarms import AlarmRule
from commlib.declarations.checks import CheckKind
from commlib.declarations.tables import TableDeclaration, table
from commlib.periods import parse_period
from commlib.tabulation import Rows, numbers, township_of
from commlib.view import CountyView


def series(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """Every column with a declared check of the kind, by township: the longest standstill, or the largest last change.

    A standstill counts the last periods with one value, where that is neither zero nor already all that is planned.
    """
    kind = CheckKind(rule.reads["check"])
    for declaration in received_tables(view):
        names = [name for check in declaration.checks if check.kind is kind for name in check.columns]
        rows = all_rows(view, declaration.id) if names else None
        for name in names if rows is not None and len(rows.frame) else ():
            assert rows is not None
            yield from _of_column(view, rows, declaration, name, kind)


def _of_column(view: CountyView, rows: Rows, declaration: TableDeclaration, name: str, kind: CheckKind) -> Iterator[Seen]:
    thing = [each for each in declaration.key if each != declaration.period]
    frame = rows.frame.assign(_value=numbers(rows, name), _period=periods_of(rows.frame, declaration))
    frame["_finished"] = frame["_value"].eq(0) | frame["_value"].eq(_whole(rows, declaration, name))
    frame = frame.dropna(subset=["_value"]).sort_values([*thing, "_period"], kind="stable")
    if frame.empty:
        return
    values = frame.groupby(thing, sort=False)["_value"]
    before = values.shift()
    if kind is CheckKind.JUMP:
        frame["_found"] = (100 * (frame["_value"] - before) / before.where(before != 0)).abs()
    else:
        run = frame["_value"].ne(before).cumsum()
        frame["_found"] = (run.groupby(run).cumcount() + 1).where(~frame["_finished"], 1)
    last = frame.drop_duplicates(thing, keep="last").dropna(subset=["_found"])
    last = last.assign(_township=[township_of(view, place) for place in last["_place"]])
    column = declaration.column(name)
    for township, found in last.groupby("_township"):
        worst = found.sort_values("_found", kind="stable", ascending=False).iloc[0]
        shown = joined([declaration.label[view.language], column.label[view.language],
                        view.name_of(worst["_place"]) if worst["_place"] != township else ""])
        yield Seen(str(township), float(worst["_found"]), item=shown, since=worst["_period"], sources=(worst["_file"],))


def _whole(rows: Rows, declaration: TableDeclaration, name: str) -> pd.Series[float]:
    """What a column can reach: the first of the stages that it is checked against, 100 percent, else nothing known."""
    for check in declaration.checks:
        if check.kind is CheckKind.ORDER and name in check.columns[1:]:
            return numbers(rows, check.columns[0])
    full = 100.0 if declaration.column(name).unit == "percent" else float("nan")
    return pd.Series(full, index=rows.frame.index)


def faults(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """How many faults of the kinds the intake told of each table that came, in the last release of each file."""
    found = current_faults(view)
    found = found[found["code"].isin(rule.reads["codes"])]
    came = view.store.county_returns(view.place.key)
    for table_id in sorted(set(came["table"]) - {""}):
        rows = found[found["table"] == table_id]
        places = [phrases.phrase("alarm.cell", view.language, file=file, sheet=sheet, cell=cell)
                  for file, sheet, cell in zip(rows["file"], rows["sheet"], rows["cell"], strict=True)]
        yield Seen(view.place.key, len(rows), item=table(table_id, view.home).label[view.language],
                   sources=tuple(dict.fromkeys(places)))


def gaps(view: CountyView, _: AlarmRule) -> Iterator[Seen]:
    """How full the last period of each table is, in percent, for the townships that ever reported it; 0 where nothing came."""
    keys = {each.name[view.language]: each.key for each in view.book.townships(view.place.key)}
    for declaration in received_tables(view):
        cells = completeness(view, declaration.id) if declaration.period and by_place(declaration) else None
        for label, found in cells.groupby("label", sort=False) if cells is not None else ():
            lengths = found["column"].map(lambda period: parse_period(period).months)
            owed = found[lengths.isin(lengths[found["value"].notna()])]   # who reports by year owes no quarter
            if owed.empty:
                continue
            history = tuple(zip(owed["column"], owed["value"].astype(float).fillna(0), strict=True))
            yield Seen(keys.get(str(label), view.place.key), history[-1][1], declaration.label[view.language], history=history)
