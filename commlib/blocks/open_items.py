"""Blocks of what is not settled yet: problems by bureau and date due, defects that checks found."""

from __future__ import annotations

import math

import pandas as pd

from commlib import phrases
from commlib.blocks.block import Block, together
from commlib.blocks.cells import number
from commlib.blocks.completeness import days_since, judged_on
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding, folded
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.composition import stacked_ranked_bars
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.tables import table
from commlib.formatting import MISSING
from commlib.frames import each_row
from commlib.tabulation import Rows, groups, rows_of
from commlib.units import unit
from commlib.view import CountyView

_PARTS = ("overdue", "within", "no_date")
_TABLES = {   # id -> raised, settled, due, what each is grouped by, what it says
    "problem": ("raised_on", "solved_on", "due_on", "bureau", "content", "kind"),
    "quality_check": ("date", "fixed_on", "", "township_id", "defect", "severity"),
}


def open_problems(view: CountyView) -> Block:
    """Problems that are not solved, by bureau: overdue, within their time, without a date; and each in the order due."""
    return _open(view, "problem")


def open_defects(view: CountyView) -> Block:
    """Defects of quality checks that are not fixed, by township and severity; and each in the order found."""
    return _open(view, "quality_check")


def open_rows(view: CountyView, table_id: str) -> tuple[pd.DataFrame, Rows, str]:
    """What was raised up to the day at which it is judged, with `open` and `days` overdue (NaN: not), and that day."""
    raised, settled, due, *_ = _TABLES[table_id]
    rows, until = rows_of(view, table_id, every=True), judged_on(view, table_id)
    frame = rows.frame[rows.frame[raised] <= until].copy()
    frame["open"] = (frame[settled] == "") | (frame[settled] > until)
    frame["days"] = [days_since(text, until) if still and text else math.nan
                     for text, still in zip(frame[due] if due else [""] * len(frame), frame["open"], strict=True)]
    return frame, Rows(rows.declaration, rows.frame.loc[frame.index], rows.span), until


def _open(view: CountyView, table_id: str) -> Block:
    raised, settled, due, by, _, kind = _TABLES[table_id]
    frame, rows, until = open_rows(view, table_id)
    if frame.empty:
        return table_waits(view, table_id, raised, settled, *([due] if due else []))
    language, still = view.language, frame[frame["open"]]
    key = "projects.open_found" if due else "projects.open_defects"
    said = finding([phrases.phrase(key, language, day=until, n=len(frame), settled=len(frame) - len(still), open=len(still),
                                   overdue=int((still["days"] > 0).sum()))])
    if still.empty:
        return said
    shown = Rows(rows.declaration, rows.frame.loc[still.index], rows.span)
    labels, kinds = groups(view, shown, by)["label"], groups(view, shown, kind)["label"]
    parts = still["days"].map(lambda days: "no_date" if pd.isna(days) else "overdue" if days > 0 else "within") if due else kinds
    words = {each: phrases.phrase(f"projects.{each}", language) for each in _PARTS} if due else \
        {each.label[language]: each.label[language] for each in rows.declaration.column(kind).choices}
    counted = pd.crosstab(labels.where(labels != "", MISSING), parts.where(parts != "", MISSING)).astype(float)
    words = {each: label for each, label in words.items() if each in counted} | ({MISSING: MISSING} if MISSING in counted else {})
    title = phrases.phrase("projects.open_chart", language, table=rows.declaration.label, by=rows.declaration.column(by).label,
                           day=until)
    drawn = stacked_ranked_bars(counted.rename_axis("label").reset_index(), words, chart_id=f"open-{table_id}", title=title,
                                unit=unit("count").label[language], language=language, first=MOST_ROWS)
    return together(said, chart(drawn, title, source=source_line(view, rows)), _list(view, table_id, still, labels, kinds))


def _list(view: CountyView, table_id: str, still: pd.DataFrame, labels: pd.Series[str], kinds: pd.Series[str]) -> Block:
    raised, _, due, _, says, _ = _TABLES[table_id]
    language, declaration = view.language, table(table_id, view.home)
    frame = still.assign(by=labels, kind_label=kinds, due=still[due] if due else "")
    frame = frame.sort_values(["due", raised] if due else [raised], kind="stable", key=lambda each: each.replace("", "9999"))
    lines: list[Row] = [{"by": row.by or MISSING, "content": getattr(row, says) or MISSING, "kind": row.kind_label or MISSING,
                         "raised_on": getattr(row, raised), "due_on": row.due or MISSING,
                         "days": number(row.days, language) if row.days > 0 else Cell(MISSING)} for row in each_row(frame)]
    heads = columns(language, "content", "kind", "raised_on", *(("due_on", "days") if due else ()), numeric=("days",))
    key = "projects.open_list" if due else "projects.open_list_undated"
    title = phrases.phrase(key, language, table=declaration.label, n=len(lines))
    return folded(title, Table(title, heads, lines, kind="words", group="by").block())
