"""Blocks of approvals: when each procedure ran, how long each took and at which office, and what was built before approval."""

from __future__ import annotations

from typing import Any

import pandas as pd

from commlib import phrases
from commlib.blocks.block import NOTHING, Block, together
from commlib.blocks.cells import amount_cell, number, short_cell
from commlib.blocks.html import Row, Table, chart, columns, finding, folded
from commlib.blocks.projects import cutoff, register
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.findings import names
from commlib.charts.gantt import gantt
from commlib.charts.style import style
from commlib.declarations.tables import table
from commlib.formatting import MISSING, plain
from commlib.tabulation import numbers, rows_of
from commlib.view import CountyView

_DAY = len("2013-09-30")
_MOST_PROJECTS = 25   # lines of the chart; the numbers of all stand in the tables


def procedures(view: CountyView) -> pd.DataFrame:
    """One row a procedure: project_id, project, procedure, office, start and end as sent, days (NaN unless both are days), fee.

    What a period had not seen yet is blank: a procedure that ended after it is open, one handed in after it not begun.
    """
    rows = rows_of(view, "approval")
    known = rows_of(view, "project").frame.drop_duplicates("project_id").set_index("project_id")["name"]
    frame = rows.frame[["project_id", "procedure", "office"]].copy()
    frame["project"] = frame["project_id"].map(known).fillna(frame["project_id"]).where(
        lambda name: name != "", frame["project_id"])
    frame["procedure"] = frame["procedure"].where(frame["procedure"] != "", MISSING)
    last = cutoff(view) if view.period else None
    until = last.date().isoformat() if last is not None else "9999"
    for name, column in (("start", "submitted_on"), ("end", "finished_on")):
        frame[name] = rows.frame[column].where(rows.frame[column] <= until, "")
    full = (frame["start"].str.len() == _DAY) & (frame["end"].str.len() == _DAY)
    ends = pd.to_datetime(frame["end"].where(full, None)), pd.to_datetime(frame["start"].where(full, None))
    frame["days"] = (ends[0] - ends[1]).dt.days.astype(float) + 1   # both days count
    frame["fee"] = numbers(rows, "fee")
    return frame.sort_values(["project_id", "start"], kind="stable", key=lambda each: each.replace("", "9999"))


def built_before(view: CountyView, frame: pd.DataFrame) -> pd.DataFrame:
    """Projects reported under way before their last approval or with one still open: project, date first seen, when approved."""
    projects = register(view)
    last = frame.groupby("project_id")["end"].agg(lambda ends: "" if (ends == "").any() else max(ends))
    both = projects.loc[projects["first"].notna()].join(last.rename("approved"), how="inner")
    both["date"] = both["first"].dt.strftime("%Y-%m-%d")
    early = (both["approved"] == "") | (both["date"] < both["approved"])
    return both[early].rename(columns={"project": "label"})[["label", "date", "approved"]]


def approval_gantt(view: CountyView) -> Block:
    """The procedures of each project over time, with a mark where works were reported before the last approval."""
    frame, language = procedures(view), view.language
    if frame.empty or (frame["start"] + frame["end"] == "").all():
        return table_waits(view, "approval", "submitted_on", "finished_on")
    early = built_before(view, frame)
    single = frame["project_id"].nunique() == 1
    label = "procedure" if single else "project"
    shown = list(dict.fromkeys([*early["label"], *frame["project"]]))[:_MOST_PROJECTS]
    drawn_rows = frame[frame["project"].isin(shown)].assign(label=frame[label], state=_states(frame, single, language))
    markers = early[early["label"].isin(shown)].assign(
        label=frame[label].iloc[-1] if single else early["label"], words=phrases.phrase("projects.first_seen", language))
    more = frame["project"].nunique() - len(shown)
    notes = [phrases.phrase("projects.more_projects", language, n=more)] if more > 0 else []
    title = phrases.phrase("projects.gantt", language)
    drawn = gantt(drawn_rows[["label", "start", "end", "state"]], chart_id="approvals", title=title, language=language,
                  markers=markers if len(markers) else None, notes=notes)
    return together(chart(drawn, title, source=source_line(view, rows_of(view, "approval"))), _early_said(early, frame, language))


def _states(frame: pd.DataFrame, single: bool, language: str) -> pd.Series[str]:
    """What colours tell: procedures or offices where they are few, else whether a procedure is finished."""
    for name in ("office",) if single else ("procedure", "office"):
        if frame[name].nunique() <= len(style().category):
            return frame[name].where(frame[name] != "", MISSING)
    words = {each: phrases.phrase(f"projects.{each}", language) for each in ("approved", "open")}
    return (frame["end"] != "").map({True: words["approved"], False: words["open"]})


def _early_said(early: pd.DataFrame, frame: pd.DataFrame, language: str) -> Block:
    n = frame["project_id"].nunique()
    if early.empty:
        return finding([phrases.phrase("projects.none_early", language, n=n)])
    unapproved = int((early["approved"] == "").sum())
    return finding([phrases.phrase("projects.early", language, n=len(early), of=n, unapproved=unapproved,
                                   projects=names(early["label"].tolist(), language))])


def approval_durations(view: CountyView) -> Block:
    """Days of each procedure, office and project: the longest, the sum, and how many are still open."""
    frame, language = procedures(view), view.language
    if frame["days"].notna().sum() == 0:
        return NOTHING   # the chart above says what is missing
    offices = frame[frame["office"] != ""].groupby("office")["days"].sum(min_count=1).sort_values(ascending=False, kind="stable")
    longest = _longest(frame)
    said = [phrases.phrase("projects.longest", language, procedure=longest["procedure"], project=longest["project"],
                           days=plain(longest["days"]), office=longest["office"] or MISSING)]
    if offices.notna().any():
        said.append(phrases.phrase("projects.longest_office", language, office=offices.index[0], days=plain(offices.iloc[0]),
                                   all=plain(frame["days"].sum())))
    shown = [_durations(frame, by, language) for by in ("procedure", "office")]
    title = phrases.phrase("projects.by_project", language, n=frame["project_id"].nunique())
    return together(finding(said), *shown, folded(title, _by_project(frame, title, language)))


def _durations(frame: pd.DataFrame, by: str, language: str) -> Block:
    lines: list[Row] = []
    for label, part in frame.groupby(by, sort=False):
        days = part["days"].dropna()
        lines.append({by: str(label) or MISSING, "number": number(float(len(part)), language),
                      "approved": number(float((part["end"] != "").sum()), language), "median_days": short_cell(days.median()),
                      "most_days": short_cell(days.max()), "sum_days": short_cell(days.sum() if len(days) else float("nan"))})
    numeric = ("number", "approved", "median_days", "most_days", "sum_days")
    title = phrases.phrase(f"projects.durations_{by}", language)
    return Table(title, columns(language, by, *numeric, numeric=numeric), lines).block()


def _longest(frame: pd.DataFrame) -> pd.Series[Any]:
    """The procedure that took longest, of rows of which one gives its days."""
    return frame.sort_values("days", ascending=False, kind="stable").iloc[0]


def _by_project(frame: pd.DataFrame, title: str, language: str) -> Block:
    lines: list[Row] = []
    fees_in = table("approval").column("fee").unit
    for _, part in frame.groupby("project_id", sort=False):
        dated = part[part["days"].notna()]
        slow = _longest(dated) if len(dated) else None
        slowest = f"{slow['procedure']} {slow['office']} {short_cell(slow['days']).text}" if slow is not None else MISSING
        ends = pd.to_datetime(dated["end"]).max(), pd.to_datetime(dated["start"]).min()
        lines.append({"project": part["project"].iloc[0], "number": number(float(len(part)), language),
                      "approved": number(float((part["end"] != "").sum()), language),
                      "first_to_last": short_cell((ends[0] - ends[1]).days + 1 if len(dated) else float("nan")),
                      "sum_days": short_cell(dated["days"].sum() if len(dated) else float("nan")),
                      "slowest": slowest,
                      "fees": amount_cell(float(part["fee"].sum(min_count=1)), fees_in, language)})
    numeric = ("number", "approved", "first_to_last", "sum_days", "fees")
    heads = columns(language, "project", "number", "approved", "first_to_last", "sum_days", "slowest", "fees", numeric=numeric)
    return Table(title, heads, lines, kind="words",
                 note=phrases.phrase("projects.durations_note", language)).block()

