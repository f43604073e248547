"""Blocks of single buildings: the ladder of storeys, and the backward schedule of what was due when."""

from __future__ import annotations

import pandas as pd

from commlib import phrases, progress
from commlib.blocks.block import Block, together
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding, folded, waits
from commlib.charts.bars import ranked_bars
from commlib.declarations.tables import table
from commlib.formatting import MISSING, plain
from commlib.view import CountyView

_MOST_BARS = 40
_STATES = ("overdue", "done_late", "ahead", "done_in_time", "undated")


def _rows(view: CountyView) -> pd.DataFrame:
    """The last report of each building with what the list of buildings says of it, as text; up to the view's period."""
    reports = view.store.county_rows("building_progress", view.place.key)
    if reports.empty:
        return reports
    if view.period:
        reports = reports[reports["as_of"].str[:len(view.period)] <= view.period]
    last = reports.sort_values("as_of", kind="stable").drop_duplicates("building_id", keep="last")
    listed = view.store.county_rows("building", view.place.key)
    own = listed.drop(columns=[name for name in listed if name in last and name != "building_id"])
    joined = last.merge(own, on="building_id", how="left") if len(own) else last
    wanted = ("storeys_reached", "storeys_planned", "stage", "due_on", "done_on", "community_id")
    return joined.reindex(columns=[*joined.columns, *(name for name in wanted if name not in joined)]).fillna("")


def _label(view: CountyView, row: pd.Series) -> str:
    place = view.name_of(row["community_id"]) if row["community_id"] else ""
    return f"{place} {row['building_id']}".strip()


def _stage(view: CountyView, stage: str) -> str:
    choices = table("building_progress", view.home).column("stage").choices
    return next((each.label[view.language] for each in choices if each.id == stage), stage)


def _wait(view: CountyView, key: str) -> Block:
    wanted = {name: table(name, view.home).label for name in ("building", "building_progress")}
    return waits(phrases.phrase(key, view.language, **wanted), view.language)


def storey_ladder(view: CountyView) -> Block:
    """Every building by the storeys it has reached, with those that are planned and its stage in words."""
    language, rows = view.language, _rows(view)
    rows = rows[rows["storeys_reached"] != ""] if len(rows) else rows
    if rows.empty:
        return _wait(view, "housing.no_storeys")
    told = [phrases.phrase("housing.storeys_of", language, reached=row["storeys_reached"],
                           planned=row["storeys_planned"] or MISSING, stage=_stage(view, row["stage"]) or MISSING)
            for _, row in rows.iterrows()]
    frame = pd.DataFrame({"label": [_label(view, row) for _, row in rows.iterrows()],
                          "value": rows["storeys_reached"].astype(float).to_numpy(), "text": told})
    title = phrases.phrase("housing.ladder", language, n=len(frame))
    drawn = ranked_bars(frame, chart_id="storeys", title=title, unit=phrases.phrase("housing.storeys", language),
                        language=language, first=_MOST_BARS)
    return chart(drawn, title)


def backward_schedule(view: CountyView) -> Block:
    """What was due when: each building's next date against its stage; and the pace that the rest would take."""
    language, rows = view.language, _rows(view)
    rows = rows[rows["due_on"] != ""] if len(rows) else rows
    paced = finding(_pace(view))
    if rows.empty:
        return together(paced, _wait(view, "housing.no_due"))
    rows = rows.assign(state=[_state(row) for _, row in rows.iterrows()])
    rows = rows.assign(order=rows["state"].map(_STATES.index)).sort_values(["order", "due_on"], kind="stable")
    lines: list[Row] = [{"building": _label(view, row), "stage": _stage(view, row["stage"]), "due_on": row["due_on"],
                         "done_on": row["done_on"] or MISSING, "as_of": row["as_of"],
                         "state": phrases.phrase(f"housing.{row['state']}", language), "days": _days(row)}
                        for _, row in rows.iterrows()]
    heads = columns(language, "building", "stage", "due_on", "done_on", "state", "days", "as_of", numeric=("days",))
    overdue = int((rows["state"] == "overdue").sum())
    said = finding([phrases.phrase("housing.overdue_found", language, n=len(rows), overdue=overdue,
                                   late=int((rows["state"] == "done_late").sum()))])
    title = phrases.phrase("housing.backward", language, n=len(rows))
    return together(paced, said, folded(title, Table(title, heads, lines).block()))


def _state(row: pd.Series) -> str:
    """Whether what is due was done in time; dates of days compare as text, others are left undated."""
    due, done, seen = row["due_on"], row["done_on"], row["as_of"]
    if min(len(due), len(done or seen)) < len("2013-09-30"):
        return "undated"
    if done:
        return "done_late" if done > due else "done_in_time"
    return "overdue" if seen > due else "ahead"


def _days(row: pd.Series) -> Cell:
    """Days late, or left where negative: from the date due to the date done, else to the day of the report."""
    if row["state"] == "undated":
        return Cell(MISSING, "", "missing")
    days = (pd.Timestamp(row["done_on"] or row["as_of"]) - pd.Timestamp(row["due_on"])).days
    return Cell(plain(float(days)), str(days))


def _pace(view: CountyView) -> list[str]:
    """How many homes are left, how many are completed a month now, and how long the rest would take at that pace."""
    language, plan, pace = view.language, progress.schedule(view), progress.pace(view)
    planned, done = (progress.of_county(view, name, progress.moment(view))
                     for name in ("households_planned__plan", "households_completed"))
    left = planned - done
    if plan is None or not left > 0 or not pace >= 0:
        return []
    if pace == 0:
        return [phrases.phrase("housing.pace_none", language, left=plain(left))]
    return [phrases.phrase("housing.pace", language, left=plain(left), pace=plain(pace, 1), months=plain(left / pace, 1))]
