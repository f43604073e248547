"""Which fact holds at a period: the one function that picks values in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from commlib.declarations.measures import Measure, Nature
from commlib.periods import Period, holds_at, parse_period

COLUMNS = ["value", "low", "high", "source", "since", "estimated"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One quantity that a formula needs: a measure, a member, its nature, and whether a year back."""

    measure: Measure
    member: str
    nature: Nature
    last_year: bool = False


class FactIndex:
    """The facts of whole places by what they measure; named subsets, single objects and rules stay out."""

    def __init__(self, facts: pd.DataFrame) -> None:
        whole = facts[(facts["kind"] == "measure") & (facts["scope_en"] == "") & (facts["detail_en"] == "")]
        self._groups = dict(list(whole.groupby(["quantity", "member", "nature"])))
        self._none = facts.iloc[:0]

    def of(self, slot: Slot) -> pd.DataFrame:
        """The facts that belong to a slot, of all places and periods."""
        return self._groups.get((slot.measure.id, slot.member, slot.nature.value), self._none)


def periods_of(rows: pd.DataFrame, slot: Slot) -> set[Period]:
    """The periods at which a slot could be asked for: those of its facts, a year later where it looks a year back."""
    periods = {parse_period(text) for text in rows["period"].unique()}
    return {later for period in periods if (later := _a_year_on(period))} if slot.last_year else periods


def _a_year_on(period: Period) -> Period | None:
    if period.dated:
        return period.years_on(1)
    return parse_period(period.text.removesuffix(":earlier")) if period.earlier else None


def _closeness(period: Period, moment: Period) -> tuple[Any, ...]:
    """Its own period counts most, then the latest before it, then (within the year) one after it."""
    return period == moment, period.ends <= moment.ends, period.order()


def held(rows: pd.DataFrame, slot: Slot, at: Period) -> pd.DataFrame:
    """The value that holds at a period, one row a place: value, low, high, source, since (when carried), estimated."""
    moment = at.last_year() if slot.last_year else at
    if moment is None or rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    if (rows["period"] == moment.text).all() and rows["place"].is_unique:   # nearly always
        return _columns(rows, moment)
    usable = [text for text in rows["period"].unique() if holds_at(parse_period(text), moment, slot.measure.holds)]
    latest_last = sorted(usable, key=lambda text: _closeness(parse_period(text), moment))
    rows = rows[rows["period"].isin(usable)]
    order = rows["period"].map({text: number for number, text in enumerate(latest_last)})
    rows = rows.assign(order=order).sort_values(["order", "document"], kind="stable").drop_duplicates("place", keep="last")
    return _columns(rows, moment)


def _columns(rows: pd.DataFrame, moment: Period) -> pd.DataFrame:
    return pd.DataFrame({
        "value": rows["value"], "low": rows["low"], "high": rows["high"], "source": rows["source"],
        "since": rows["period"].where(rows["period"] != moment.text, ""), "estimated": rows["qualifier"] != "exact",
    }).set_axis(rows["place"], axis=0)
