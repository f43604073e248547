"""Housing progress over the months: the stages that are reported, the order of the townships, and the schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from commlib import rankings
from commlib.periods import Period, parse_period
from commlib.view import CountyView, kept, places_behind

COMPLETION = "households_completed_of_planned"
INVESTED = "fixed_asset_investment_communities"
CHAINS = {   # of one unit each, from what is planned to what is moved into; only the last may be of households in dwellings
    "households": ("households_planned__plan", "households_started", "households_topped_out", "households_completed",
                   "households_moved_in"),
    "dwellings": ("dwellings_task__target", "dwellings_built_or_building", "dwellings_completed", "households_moved_in"),
    "communities": ("communities_task__target", "communities_started", "communities_with_residents"),
}
_PACE_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Schedule:
    """What should be completed by when: a monthly plan, the year's task, or all that is planned, spread evenly.

    `done` and `due` are percent of `base` households at the moment; their difference is the lead, in percentage points.
    `done` is NaN where what is completed stands for other places than what it is held against.
    """

    kind: str
    base: float
    done: float
    due: float
    months: pd.Series[float]   # households by month

    @property
    def lead(self) -> float:
        """Ahead of the schedule by so many percentage points; behind it below zero."""
        return self.done - self.due


def moment(view: CountyView) -> str:
    """The period that the page speaks of: the last with reported progress up to the view's own; "" where there is none."""
    return str(kept(view, "progress.moment", lambda: _moment(view)))


def _moment(view: CountyView) -> str:
    stages = {name for chain in CHAINS.values() for name in chain if "__" not in name}
    own = view.facts[(view.facts["kind"] == "measure") & view.facts["quantity"].isin(stages) & (view.facts["scope_en"] == "")]
    found = [parse_period(text) for text in own["period"].unique()]
    if view.period:
        asked = parse_period(view.period)
        found = [each for each in found if each == asked or (
            each.dated and asked.dated and each.year == asked.year and asked.first_month <= each.first_month
            and each.ends <= asked.ends)]
    return max(found, key=Period.order).text if found else ""


def at(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """The rows of a history at a period, by place."""
    return rows[rows["period"] == period].drop_duplicates("place", keep="last").set_index("place")


def stages(view: CountyView, chain: str) -> dict[str, pd.DataFrame]:
    """The rows of each stage of a chain at the moment, by place; those without any are left out.

    A task that is given for the year stands before two stages or more; alone it makes no chain of what was built before it.
    """
    found = {name: at(view.history(name), moment(view)) for name in CHAINS[chain]}
    first = CHAINS[chain][0]
    if found[first].empty and first.endswith("__target") and sum(map(len, found.values())) > max(map(len, found.values())):
        found[first] = at(view.history(first), moment(view)[:4])
    return {name: rows for name, rows in found.items() if len(rows)}


def chains(view: CountyView) -> list[str]:
    """The chains of which the county itself has two stages or more."""
    return [each for each in CHAINS if sum(view.place.key in rows.index for rows in stages(view, each).values()) > 1]


def months(view: CountyView) -> list[str]:
    """Every month from the first to the last of which progress is reported, up to the moment."""
    last = moment(view)
    known = [text for text in view.history("households_completed")["period"].unique() if is_month(text) and text <= last]
    return [str(each) for each in pd.period_range(min(known), last, freq="M")] if known and is_month(last) else []


def is_month(text: str) -> bool:
    """Whether a period is one month of a year."""
    return len(text) == 7 and parse_period(text).dated and "Q" not in text


def before(month: str, number: int = 1) -> str:
    """The month so many months before; "" for what is no month."""
    return str(pd.Period(month, freq="M") - number) if is_month(month) else ""


def value_at(rows: pd.DataFrame, place: str, name: str = "value") -> float:
    """A number of a place from rows by place; NaN where it has none."""
    return float(rows[name].get(place, float("nan")))


def row_of(rows: pd.DataFrame, place: str) -> pd.Series[Any]:
    """The row of a place that is there, from rows by place."""
    return rows[rows.index == place].iloc[0]


def of_county(view: CountyView, name: str, period: str, member: str = "", place: str = "") -> float:
    """The county's own value of an indicator or measure at a period, or that of a place in it; NaN where there is none."""
    rows = at(view.history(name, member), period)
    return value_at(rows, place or view.place.key)


def change(view: CountyView, name: str, earlier: str) -> float:
    """By how much the county's value changed since an earlier period; NaN unless the same places reported at both ends."""
    ends = [at(view.history(name), period) for period in (earlier, moment(view))]
    first, last = (value_at(rows, view.place.key) for rows in ends)
    return last - first if alike(view, view.place.key, *ends) else float("nan")


def alike(view: CountyView, place: str, *rows: pd.DataFrame) -> bool:
    """Whether the values of a place, in rows by place each of one moment, stand for the same places."""
    return len({places_behind(view, each, place) for each in rows}) == 1


def ranks(view: CountyView) -> pd.DataFrame:
    """The townships by completion rate at the moment, with their ranks a month before; as `rankings.ranks` gives them."""
    return rankings.ranks(view, COMPLETION, period=moment(view), earlier=before(moment(view)))


def pace(view: CountyView) -> float:
    """Households completed a month, on average of the last three months; NaN where the two ends cannot be compared."""
    return change(view, "households_completed", before(moment(view), _PACE_MONTHS)) / _PACE_MONTHS


def schedule(view: CountyView, place: str = "") -> Schedule | None:
    """What the completions of the county, or of a place in it, are held against at the moment.

    None where they are of no month or nothing is planned.
    """
    now = moment(view)
    own = at(view.history(COMPLETION), now)
    if not is_month(now) or (place or view.place.key) not in own.index:
        return None
    row = row_of(own, place or view.place.key)   # whose name is the place
    return _by_plan(view, row) or _by_task(view, row) or _evenly(view, row)


def _by_plan(view: CountyView, row: pd.Series[Any]) -> Schedule | None:
    """By a plan of completions that is given month by month."""
    rows, now, place = view.history("households_completed__plan"), moment(view), str(row.name)
    own = rows[(rows["place"] == place) & rows["period"].map(is_month).astype(bool)]
    planned = own.set_index("period")["value"].sort_index()
    if len(planned) < 2 or now not in planned.index or not row["denominator"]:
        return None
    base, known = float(row["denominator"]), alike(view, place, at(rows, now), at(view.history(COMPLETION), now))
    return Schedule("plan", base, 100 * row["numerator"] / base if known else float("nan"), 100 * planned[now] / base, planned)


def _by_task(view: CountyView, row: pd.Series[Any]) -> Schedule | None:
    """By the year's task, spread evenly over its twelve months, on top of what was completed before the year."""
    now, place = moment(view), str(row.name)
    tasks, completed = at(view.history("households_planned__target"), now[:4]), view.history("households_completed")
    task, done = value_at(tasks, place), at(completed, now)
    if not task > 0:
        return None
    months_before = completed[(completed["place"] == place) & completed["period"].map(is_month).astype(bool)
                              & (completed["period"] < now[:4])]["period"]
    before_it = at(completed, months_before.max()) if len(months_before) else None   # the level at the last report before
    level = 0.0 if before_it is None else value_at(before_it, place)
    known = alike(view, place, tasks, done, *([] if before_it is None else [before_it]))
    due = pd.Series({f"{now[:4]}-{number:02d}": level + task * number / 12 for number in range(1, 13)})
    share = 100 * (value_at(done, place) - level) / task if known else float("nan")
    return Schedule("task", task, share, 100 * parse_period(now).last_month / 12, due)


def _evenly(view: CountyView, row: pd.Series[Any]) -> Schedule | None:
    """All that is planned, spread evenly from January of the first year reported to December of this one."""
    base = float(row["denominator"])
    first, now = months(view)[0][:4], moment(view)
    span = [str(each) for each in pd.period_range(f"{first}-01", f"{now[:4]}-12", freq="M")]
    if not base > 0:
        return None
    due = pd.Series({month: base * (number + 1) / len(span) for number, month in enumerate(span)})
    return Schedule("linear", base, float(row["value"]), 100 * due[now] / base, due)
