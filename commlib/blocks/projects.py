"""Blocks of projects: planned against done by quantity and by money, and who is late."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.blocks.block import Block, together
from commlib.blocks.cells import number, points, rate_cell, short_cell, signed
from commlib.blocks.completeness import judged_on
from commlib.blocks.html import Cell, Column, Row, Table, chart, columns, finding, folded
from commlib.blocks.rows import source_line, table_waits
from commlib.blocks.theme import capital
from commlib.charts.bars import ranked_bars
from commlib.charts.findings import joined, names, plain_writer
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.tables import table
from commlib.errors import DeclarationError
from commlib.formatting import MISSING, plain
from commlib.frames import each_row
from commlib.tabulation import groups, numbers, rows_of, township_of
from commlib.units import conversion, unit
from commlib.view import CountyView

STARTED, FINISHED = ("under_construction", "completed", "accepted"), ("completed", "accepted")
_LATE = ("not_started", "not_finished", "not_reported")
_DIFFERENT = 1.0   # percentage points by which a reported percentage may lie off before it is told
_MONEY = "CNY10k"


# ---- the projects as they stand

def day(text: object, end: bool) -> pd.Timestamp | None:
    """The first or the last day of what a date says (a day, a month or a year); None where it is blank."""
    found = str(text or "")
    if not found:
        return None
    period = pd.Period(found[:10])
    return period.end_time.normalize() if end else period.start_time


def cutoff(view: CountyView) -> pd.Timestamp | None:
    """The day up to which projects are judged: that of the last progress report in the view's period; None without any."""
    last = judged_on(view, "project_progress")
    return pd.Timestamp(last) if last else None


def reports(view: CountyView) -> pd.DataFrame:
    """Every progress report up to the cut-off: project_id, at (day), quantity (in the unit of the plan), unit, money, percent,
    stage, started."""
    rows = rows_of(view, "project_progress", "investment_done", every=True)
    if rows.frame.empty:
        return pd.DataFrame(columns=["project_id", "at", "quantity", "unit", "money", "percent", "stage", "started"])
    frame = pd.DataFrame({"project_id": rows.frame["project_id"], "at": [day(text, True) for text in rows.frame["as_of"]],
                          "quantity": numbers(rows, "quantity_done"), "unit": rows.frame["quantity_unit"],
                          "money": numbers(rows, "investment_done"), "percent": numbers(rows, "percent_reported"),
                          "stage": rows.frame["stage"]})
    worked = (frame["quantity"] > 0) | (frame["money"] > 0)
    frame["started"] = frame["stage"].isin(STARTED) | ((frame["stage"] == "") & worked)
    last = cutoff(view)
    return frame[frame["at"] <= last].sort_values("at", kind="stable") if last is not None else frame.iloc[:0]


def register(view: CountyView, upto: pd.Timestamp | None = None) -> pd.DataFrame:
    """One row a project, by its id: what is planned and due, its last report up to a day, and its rates in percent.

    Columns project, township, class and their labels, unit, planned, investment, start_due, finish_due (days), at (NaT where
    nothing was reported), quantity, money, percent, stage, started, first (day first seen under way), physical, spent.
    """
    rows, told = rows_of(view, "project"), reports(view)
    told = told if upto is None else told[told["at"] <= upto]
    places = rows.frame["township_id"].where(rows.frame["township_id"] != "",
                                             rows.frame["_place"].map(lambda place: township_of(view, place)))
    classes = groups(view, rows, "class")["label"]
    frame = pd.DataFrame({
        "project": rows.frame["name"], "township": places, "township_label": places.map(view.name_of),
        "class": rows.frame["class"], "class_label": classes.where(classes != "", MISSING), "unit": rows.frame["quantity_unit"],
        "planned": numbers(rows, "planned_quantity"), "investment": numbers(rows, "total_investment"),
        "start_due": [day(text, True) for text in rows.frame["start_due"]],
        "begins": [day(text, False) for text in rows.frame["start_due"]],
        "finish_due": [day(text, True) for text in rows.frame["finish_due"]]}).set_index(rows.frame["project_id"])
    last = told.drop_duplicates("project_id", keep="last").set_index("project_id").rename(columns={"unit": "unit_done"})
    frame = frame.join(last.reindex(frame.index))
    frame["first"] = told[told["started"].astype(bool)].groupby("project_id")["at"].min().reindex(frame.index)
    for name in ("start_due", "begins", "finish_due", "at", "first"):
        frame[name] = pd.to_datetime(frame[name])
    frame["started"], frame["stage"] = frame["first"].notna(), frame["stage"].fillna("")
    frame["quantity"] = [_converted(row) for row in each_row(frame)]
    frame["physical"] = 100 * frame["quantity"] / frame["planned"].where(frame["planned"] > 0)
    frame["spent"] = 100 * frame["money"] / frame["investment"].where(frame["investment"] > 0)
    return frame


def _converted(row: object) -> float:
    """The quantity done in the unit of the plan; NaN where the two do not measure the same thing. A blank unit is the plan's."""
    done, source, target = (getattr(row, name) for name in ("quantity", "unit_done", "unit"))
    if pd.isna(done) or not isinstance(source, str) or source in ("", target):
        return float(done)
    try:
        return float(done) * float(conversion(source, target)) if target else math.nan
    except DeclarationError:
        return math.nan


def cutoff_words(view: CountyView) -> str:
    """The cut-off as a date; "—" where nothing was reported."""
    last = cutoff(view)
    return last.date().isoformat() if last is not None else MISSING


# ---- planned against done

def planned_and_done(view: CountyView, by: str) -> Block:
    """Bars of physical progress (within one unit each) and of progress in money by `class` or `township`, and both in numbers."""
    frame = register(view)
    quantities, money = (_pooled(frame, by, top, base, per_unit=top == "quantity")
                         for top, base in (("quantity", "planned"), ("money", "investment")))
    if quantities.empty and money.empty:
        return table_waits(view, "project_progress" if len(frame) else "project")
    blocks = [_bars(view, by, quantities, "physical"), _bars(view, by, money, "money")]
    tables = [_table(view, by, quantities, "physical"), _table(view, by, money, "money")]
    title = phrases.phrase("projects.in_numbers", view.language, by=_by(view, by))
    return together(*blocks, folded(title, together(*tables)))


def _pooled(frame: pd.DataFrame, by: str, top: str, base: str, per_unit: bool) -> pd.DataFrame:
    """Σ done ÷ Σ planned by a column, of projects that give both, within one unit of quantity where `per_unit`.

    Groups of which no project gives both have NaN; no row at all where none does anywhere.
    """
    known = frame[frame[top].notna() & (frame[base] > 0)]
    keys = [by, f"{by}_label", *(["unit"] if per_unit else [])]
    found = known.groupby(keys, sort=True).agg(planned=(base, "sum"), done=(top, "sum"), n=(top, "size")).reset_index()
    if found.empty:
        return found
    silent = frame.loc[~frame[by].isin(found[by]), [by, f"{by}_label"]].drop_duplicates()
    found = pd.concat([found, silent.assign(n=0, unit="")], ignore_index=True)
    found["of"] = found[by].map(frame[by].value_counts())
    return found.assign(rate=100 * found["done"] / found["planned"], unit=found["unit"] if per_unit else _MONEY)


def _by(view: CountyView, by: str) -> Text:
    return table("project", view.home).column("township_id" if by == "township" else by).label


def _label(view: CountyView, row: Any, kind: str) -> str:
    if kind == "money" or not row.unit:
        return str(row.label)
    return phrases.phrase("projects.in_unit", view.language, label=row.label, unit=unit(row.unit).label)


def _bars(view: CountyView, by: str, found: pd.DataFrame, kind: str) -> Block | None:
    if found.empty:
        return table_waits(view, "project_progress", "quantity_done" if kind == "physical" else "investment_done")
    language, title = view.language, phrases.phrase(f"projects.{kind}", view.language, by=_by(view, by), day=cutoff_words(view))
    frame = pd.DataFrame({"label": [_label(view, row, kind) for row in each_row(found.rename(columns={f"{by}_label": "label"}))],
                          "value": found["rate"]})
    whole = [(phrases.phrase("rows.pooled", language), 100 * found["done"].sum() / found["planned"].sum())] \
        if found.loc[found["n"] > 0, "unit"].nunique() == 1 else []
    silent = int((found.drop_duplicates(by)["of"].sum()) - found["n"].sum())
    notes = [phrases.phrase("projects.left_out", language, n=silent)] if silent > 0 else []
    drawn = ranked_bars(frame, chart_id=f"{kind}-{by}", title=title, unit="%", language=language, references=whole, notes=notes,
                        write=plain_writer("%", language), first=MOST_ROWS)
    return chart(drawn, title, source=source_line(view, rows_of(view, "project_progress", "investment_done")))


def _table(view: CountyView, by: str, found: pd.DataFrame, kind: str) -> Block | None:
    if found.empty:
        return None
    language = view.language
    labelled = each_row(found.rename(columns={f"{by}_label": "label"}))
    lines: list[Row] = [{"group": row.label, "projects": f"{row.n} / {row.of}", "unit": unit(row.unit).label[language]
                         if row.unit else MISSING, "planned": short_cell(row.planned), "done": short_cell(row.done),
                         "rate": rate_cell(row.rate, language)} for row in labelled]
    heads = [Column("group", capital(_by(view, by)[language])), *columns(language, "projects", "unit", "planned", "done", "rate",
                                                                numeric=("projects", "planned", "done", "rate"))]
    title = phrases.phrase(f"projects.{kind}", language, by=_by(view, by), day=cutoff_words(view))
    return Table(title, heads, lines, note=phrases.phrase("projects.n_note", language)).block()


def _in_unit(value: float, unit_id: str, language: str) -> Cell:
    cell = short_cell(value)
    return replace(cell, text=joined([cell.text, unit(unit_id).label[language]], language)) if unit_id and cell.title else cell


def project_list(view: CountyView) -> Block:
    """Every project: quantity and money planned and done, and what was reported beside what is recomputed, in points."""
    frame, language = register(view), view.language
    if frame.empty:
        return table_waits(view, "project")
    frame = frame.assign(off=frame["percent"] - frame["physical"])
    lines: list[Row] = [{
        "class": row.class_label, "project": row.project, "planned": _in_unit(row.planned, row.unit, language),
        "done": short_cell(row.quantity), "physical": rate_cell(row.physical, language),
        "percent_reported": rate_cell(row.percent, language), "off": points(row.off),
        "investment": short_cell(row.investment), "invested": short_cell(row.money), "spent": rate_cell(row.spent, language),
    } for row in each_row(frame.rename(columns={"class": "kind"}).sort_values(["kind", "project"], kind="stable"))]
    numeric = ("planned", "done", "physical", "percent_reported", "off", "investment", "invested", "spent")
    title = phrases.phrase("projects.list", language, n=len(lines), day=cutoff_words(view))
    shown = Table(title, columns(language, "project", *numeric, numeric=numeric), lines, group="class",
                  note=phrases.phrase("projects.list_note", language)).block()
    return together(finding(_off(frame, language)), folded(title, shown))


def _off(frame: pd.DataFrame, language: str) -> Iterator[str]:
    """How many reported percentages lie off what quantities give, and which lies off the most."""
    both = frame[frame["off"].notna()]
    if both.empty:
        return
    wide = both[both["off"].abs() >= _DIFFERENT]
    yield phrases.phrase("projects.reported_against", language, n=len(both), wide=len(wide), points=plain(_DIFFERENT))
    if len(wide):
        most = wide.sort_values("off", key=abs, ascending=False, kind="stable").iloc[0]
        yield phrases.phrase("projects.widest", language, project=most["project"], reported=plain(most["percent"], 1),
                             physical=plain(most["physical"], 1), off=signed(most["off"], 1))


# ---- late starts and late finishes

def late(view: CountyView) -> Block:
    """Which projects should have started or finished by the cut-off and did not, and which of those sent no report at all."""
    frame, last, language = register(view), cutoff(view), view.language
    if frame.empty or (frame["start_due"].isna() & frame["finish_due"].isna()).all():
        return table_waits(view, "project", "start_due", "finish_due")
    if last is None:
        return table_waits(view, "project_progress", "as_of", "stage")
    found = late_projects(frame, last)
    due, over = frame["start_due"] < last, frame["finish_due"] < last
    counts = {kind: int((found["kind"] == kind).sum()) for kind in _LATE}
    said = finding([phrases.phrase("projects.late", language, day=cutoff_words(view), n=len(frame), due=int(due.sum()),
                                   over=int(over.sum()), undated=int(frame["start_due"].isna().sum()), **counts),
                    _where_late(found, language)])
    if found.empty:
        return said
    lines: list[Row] = [{"kind": phrases.phrase(f"projects.{row.kind}", language), "project": row.project,
                         "township": row.township_label, "due_on": row.due.date().isoformat(),
                         "days": number(float((last - row.due).days), language), "spent": rate_cell(row.spent, language),
                         "as_of": MISSING if pd.isna(row.at) else row.at.date().isoformat()} for row in each_row(found)]
    heads = columns(language, "project", "township", "due_on", "days", "spent", "as_of", numeric=("days", "spent"))
    title = phrases.phrase("projects.late_list", language, n=len(lines), day=cutoff_words(view))
    return together(said, Table(title, heads, lines, group="kind", source=source_line(view, rows_of(view, "project")),
                                note=phrases.phrase("projects.late_note", language)).block())


def late_projects(frame: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """Rows of the register that are late by a day, each once: `kind` (not_started, not_finished, not_reported) and `due`."""
    silent = frame["at"].isna()
    finished = frame["stage"].isin(FINISHED) | ((frame["stage"] == "") & (frame["physical"] >= 100))
    start, finish = frame["start_due"] < last, frame["finish_due"] < last
    parts = [frame[silent & (start | finish)].assign(kind="not_reported"),
             frame[~silent & start & ~frame["started"]].assign(kind="not_started"),
             frame[~silent & frame["started"] & finish & ~finished].assign(kind="not_finished")]
    found = pd.concat(parts)
    found["due"] = found["start_due"].where((found["kind"] != "not_finished") & found["start_due"].notna(), found["finish_due"])
    order = found["kind"].map(_LATE.index)
    return found.assign(order=order).sort_values(["order", "due"], kind="stable").drop(columns="order")


def _where_late(found: pd.DataFrame, language: str) -> str:
    """In which townships most of them stand."""
    if found.empty:
        return ""
    counts = found["township_label"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    most = [str(label) for label, n in counts.items() if n == counts.iloc[0]]
    return phrases.phrase("projects.late_where", language, n=int(counts.iloc[0]), places=names(most, language))
