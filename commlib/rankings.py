"""Places of a county ranked by an indicator: at a period, against the period before, and over the periods."""

from __future__ import annotations

import pandas as pd

from commlib.declarations.measures import measures
from commlib.declarations.tables import table
from commlib.indicators.registry import Direction, indicators
from commlib.intake.ledgers import reach_of
from commlib.periods import Period, parse_period
from commlib.places import PlaceLevel
from commlib.ranking import competition_ranks
from commlib.tabulation import township_of
from commlib.units import unit
from commlib.view import CountyView

_MOST_PERIODS = 12   # of a course of ranks
RANK_COLUMNS = ["place", "label", "value", "low", "high", "unit", "grade", "status", "rank", "before", "rise", "gap"]


def townships(view: CountyView) -> dict[str, str]:
    """Name by key of the townships of the county; placeholders are none."""
    return {each.key: each.name[view.language] for each in view.book.townships(view.place.key) if each.kind != "placeholder"}


def ranked_places(view: CountyView, history: pd.DataFrame, level: str) -> dict[str, str]:
    """Name by key of the places that are ranked: all townships, or the communities and sites that ever reported."""
    if level == PlaceLevel.TOWNSHIP:
        return townships(view)
    keys = history.loc[history["level"].isin(["community", "site"]), "place"].unique()
    return {key: view.name_of(key) for key in sorted(keys)}


def periods_of(view: CountyView, history: pd.DataFrame, places: dict[str, str]) -> list[str]:
    """The periods of one fineness in which places have a value, up to the view's own; the last is the moment of a ranking."""
    own = history[history["place"].isin(places) & history["value"].notna()]
    found = sorted({parse_period(text) for text in own["period"].unique()}, key=Period.order)
    if view.period:
        asked = parse_period(view.period)
        found = [each for each in found if each == asked or (each.dated and asked.dated and each.ends <= asked.ends)]
    return [each.text for each in found if len(each.text) == len(found[-1].text) and each.dated == found[-1].dated]


def is_rate(name: str) -> bool:
    """Whether a quantity is a share, a ratio or so much per something: only then places compare with the county's own value."""
    unit_id = indicators()[name].unit if name in indicators() else measures()[name.partition("__")[0]].unit
    return "/" in unit_id or unit(unit_id).measures("share")


def unlisted(view: CountyView, history: pd.DataFrame) -> set[str]:
    """The townships that the county's ledgers of things, which alone give an indicator, name nowhere: they have none of it.

    A ledger is a table with ids of its own, whose files span townships; only then is silence no missing report.
    """
    sources = ";".join(history.loc[history["place"] == view.place.key, "sources"].unique())
    given = [each.split("/")[1] if each.startswith("release:") else "" for each in sources.split(";")]
    named: set[str] = set()
    for each in dict.fromkeys(given):
        if not each or set(table(each, view.home).key) & set(table(each, view.home).place):
            return set()   # a report says it, or each place sends rows of its own
        rows = view.store.county_rows(each, view.place.key)
        if reach_of(rows, view.book) != {view.place.key: {view.place.key}}:
            return set()
        named |= {township_of(view, place) for place in rows["_place"].unique()}
    return set(townships(view)) - named


def ranks(view: CountyView, name: str, member: str = "", level: str = "township", period: str = "", earlier: str | None = None,
          ) -> pd.DataFrame:
    """Places by an indicator, in RANK_COLUMNS: the order of the ranks, who did not report last and with NaN everywhere.

    Ranks are competition ranks, 1 the best by the indicator's direction (the highest where it has none). `before` is the rank at
    `earlier` (default: the period before the moment in which any place reported), `rise` = before − rank, `gap` = value − the
    county's own pooled value, in the indicator's unit (percentage points for percents); NaN for amounts, whose sum the county is.
    """
    history = view.history(name, member)
    places = ranked_places(view, history, level)
    periods = periods_of(view, history, places)
    now = period or (periods[-1] if periods else "")
    if earlier is None:
        earlier = periods[periods.index(now) - 1] if now in periods[1:] else ""
    highest_first = name not in indicators() or indicators()[name].direction is not Direction.LOWER
    rows, then = (history[history["period"] == each].drop_duplicates("place", keep="last").set_index("place")
                  for each in (now, earlier))
    frame = pd.DataFrame({"place": list(places), "label": list(places.values())}, dtype=object)
    for column in ("value", "low", "high"):
        frame[column] = frame["place"].map(rows[column]).astype(float)
    for column in ("unit", "grade"):
        frame[column] = frame["place"].map(rows[column]).astype(object)
    absent = dict.fromkeys(unlisted(view, history), "not_listed")
    frame["status"] = frame["place"].map({**absent, **rows["status"]}).astype(object).fillna("not_reported")
    frame["rank"] = competition_ranks(frame["value"], highest_first)
    frame["before"] = competition_ranks(frame["place"].map(then["value"]).astype(float), highest_first)
    frame["rise"] = frame["before"] - frame["rank"]
    county = rows["value"].get(view.place.key, float("nan")) if is_rate(name) else float("nan")
    frame["gap"] = frame["value"] - float(county)
    return frame.sort_values(["rank", "place"], kind="stable", na_position="last").reset_index(drop=True)


def rank_course(view: CountyView, name: str, member: str = "", level: str = "township") -> pd.DataFrame:
    """The rank of each place over the last twelve periods: label, period, rank; no row where a place did not report."""
    history = view.history(name, member)
    periods = periods_of(view, history, ranked_places(view, history, level))[-_MOST_PERIODS:]
    parts = [ranks(view, name, member, level, each, "").assign(period=each) for each in periods]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["label", "period", "rank"])
    return found.loc[found["rank"].notna(), ["label", "period", "rank"]].reset_index(drop=True)
