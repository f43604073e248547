"""One thing that a rule of alarm looked at, before any threshold is applied to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.declarations.columns import NUMBERS
from commlib.periods import parse_period
from commlib.tabulation import Rows, numbers, rows_of
from commlib.view import CountyView

_NAMES = ("name", "project_name", "procedure", "content")


@dataclass(frozen=True, slots=True)
class Seen:
    """A place or record with the value that thresholds are held against, and what a reader needs to find it again.

    A `value` of NaN could not be tested: no interval, a target that is not due yet, other places than before. `shown` and
    `against` are the value and the target where the tested value is the shortfall; `history` holds period and tested value
    from the earliest to the last; `unit` is blank where it is that of the rule.
    """

    place: str
    value: float
    item: str = ""
    unit: str = ""
    shown: float | None = None
    against: float | None = None
    since: str = ""
    history: tuple[tuple[str, float], ...] = ()
    sources: tuple[str, ...] = ()


def row_sources(rows: pd.DataFrame, language: str) -> tuple[str, ...]:
    """Where rows of returns stand: file, sheet and row, each once."""
    return tuple(dict.fromkeys(phrases.phrase("alarm.row", language, file=file, sheet=sheet, row=row)
                               for file, sheet, row in zip(rows["_file"], rows["_sheet"], rows["_row"], strict=True)))


def all_rows(view: CountyView, table_id: str) -> Rows:
    """The rows of a table up to the view's period, of all periods."""
    return rows_of(view, table_id, every=True)


def up_to(view: CountyView, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a results frame with a value up to the view's period, in the order of their periods."""
    rows = rows[rows["value"].notna()]
    order = rows["period"].map({text: parse_period(text).order() for text in rows["period"].unique()})
    rows = rows.assign(order=order).sort_values("order", kind="stable")
    return rows[rows["order"] <= parse_period(view.period).order()] if view.period and len(rows) else rows


def where(rows: Rows, condition: str) -> pd.DataFrame:
    """The rows that meet a declared condition, in which columns of numbers are numbers; all of them where it is blank."""
    if not condition or rows.frame.empty:
        return rows.frame
    columns = {each.name: numbers(rows, each.name) for each in rows.declaration.columns if each.type in NUMBERS}
    met: Any = rows.frame.assign(**columns).eval(condition, engine="python")
    kept: pd.DataFrame = rows.frame[met.astype(bool)]
    return kept


def namer(view: CountyView) -> Callable[[Any], tuple[str, str]]:
    """A function from a row to its place and name: its own, else those of the registered project that it names."""
    known = all_rows(view, "project").frame
    places, names = (dict(zip(known["project_id"], known[column], strict=True)) if len(known) else {}
                     for column in ("_place", "name"))

    def name(row: Any) -> tuple[str, str]:
        project = row.get("project_id", "")
        own = next((row[each] for each in _NAMES if row.get(each)), "") or names.get(project, "")
        place = row["_place"] if row["_place"] != view.place.key else places.get(project, view.place.key)
        return place, " ".join(part for part in (project, own) if part)

    return name


def joined(parts: Iterable[str]) -> str:
    """The parts of a name that there are, with a middle dot between them."""
    return " · ".join(part for part in parts if part)
