"""Blocks of single buildings: the ladder of storeys, and the backward schedule of what was due when."""

from __future__ import annotations

import pandas as pd

from commlib import phrases, progress
from commlib.blocks.block import Block, together
from commlib.blocks.cells import missing, number
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding, folded
from commlib.blocks.rows import table_waits
from commlib.charts.bars import ranked_bars
from commlib.charts.parts import MOST_ROWS
from commlib.formatting import MISSING, plain
from commlib.tabulation import groups, rows_of
from commlib.view import CountyView

_STATES = ("overdue", "done_late", "ahead", "done_in_time", "undated")


def _rows(view: CountyView) -> pd.DataFrame:
    """The last report of each building up to the view's period, with its name, the storeys planned and its stage in words."""
    rows, listed = rows_of(view, "building_progress"), rows_of(view, "building").frame
    listed = listed.drop_duplicates("building_id").set_index("building_id")
    frame = rows.frame.assign(stage=groups(view, rows, "stage")["label"])
    for name in ("storeys_planned", "community_id"):
        frame[name] = frame["building_id"].map(listed[name]).fillna("")
    return frame.assign(label=[f"{view.name_of(place) if place else ''} {building}".strip() for place, building in
                               zip(frame["community_id"], frame["building_id"], strict=True)])


def storey_ladder(view: CountyView) -> Block:
    """Every building by the storeys it has reached, with those that are planned and its stage in words."""
    language, rows = view.language, _rows(view)
    rows = rows[rows["storeys_reached"] != ""]
    if rows.empty:
        return table_waits(view, "building_progress", "storeys_reached")
    told = [phrases.phrase("housing.storeys_of", language, reached=row["storeys_reached"],
                           planned=row["storeys_planned"] or MISSING, stage=row["stage"] or MISSING)
            for _, row in rows.iterrows()]
    frame = pd.DataFrame({"label": rows["label"], "value": rows["storeys_reached"].astype(float), "text": told})
    title = phrases.phrase("housing.ladder", language, n=len(frame))
    drawn = ranked_bars(frame, chart_id="storeys", title=title, unit=phrases.phrase("housing.storeys", language),
                        language=language, first=MOST_ROWS)
    return chart(drawn, title)


def backward_schedule(view: CountyView) -> Block:
    """What was due when: each building's next date against its stage; and the pace that the rest would take."""
    language, rows = view.language, _rows(view)
    rows = rows[rows["due_on"] != ""]
    paced = finding(_pace(view))
    if rows.empty:
        return together(paced, table_waits(view, "building_progress", "stage", "due_on"))
    rows = rows.assign(state=[_state(row) for _, row in rows.iterrows()])
    rows = rows.assign(order=rows["state"].map(_STATES.index)).sort_values(["order", "due_on"], kind="stable")
    lines: list[Row] = [{"building": row["label"], "stage": row["stage"], "due_on": row["due_on"],
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
        return missing()
    days = (pd.Timestamp(row["done_on"] or row["as_of"]) - pd.Timestamp(row["due_on"])).days
    return number(days)


def _pace(view: CountyView) -> list[str]:
    """How many homes are left, how many are completed a month now, and how long the rest would take at that pace."""
    language, plan, pace = view.language, progress.schedule(view), progress.pace(view)
    planned, done = (progress.at(view.history(name), progress.moment(view))
                     for name in ("households_planned__plan", "households_completed"))
    left = progress.value_at(planned, view.place.key) - progress.value_at(done, view.place.key)
    if plan is None or not left > 0 or not pace >= 0 or not progress.alike(view, view.place.key, planned, done):
        return []
    if pace == 0:
        return [phrases.phrase("housing.pace_none", language, left=plain(left))]
    return [phrases.phrase("housing.pace", language, left=plain(left), pace=plain(pace, 1), months=plain(left / pace, 1))]
