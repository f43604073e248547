"""Horizontal ranked bars: one bar a row, zero baseline, the number at the bar's end, missing rows at the bottom."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import findings, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style


def ranked_bars(
    frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str,
    references: Sequence[tuple[str, float]] = (), ascending: bool | None = False, notes: Sequence[str] = (),
    write: Write | None = None, finding: str = "", first: int | None = None,
) -> Chart:
    """Draw rows of (label, value, status, text, highlight) as ranked bars with thin labelled reference lines.

    `frame` has one row a place; `text` is the number as printed (blank: written by `write`), `status` and `highlight`
    may be absent; `finding` stands in where bars do not compare with one another. Rows without a value come last with
    their status in words; of more rows than `first` those are drawn and the rest is told. Raises ParameterError.
    """
    parts.require(frame, ["label", "value"], chart_id)
    write = write or findings.plain_writer(unit, language)
    rows = prepared(frame, write, language, ascending)
    references = [(label, float(value)) for label, value in references if math.isfinite(value)]
    finding = finding or findings.ranked_finding(rows, references, write, language)
    rows, notes = parts.first_rows(rows, first, notes, language)
    canvas = Canvas(chart_id)
    height = _draw(canvas, rows, references, unit, language, notes, write)
    return canvas.chart(height, title, finding, language, notes, rows)


def prepared(frame: pd.DataFrame, write: Write, language: str, ascending: bool | None) -> pd.DataFrame:
    """Complete and sort rows: (label, value, status, text, highlight) and the frame's other columns.

    Value is NaN where there is none, and those come last; `ascending=None` keeps the order given.
    """
    rows = pd.DataFrame({"label": frame["label"].astype(str), "value": frame["value"].astype(float)})
    rows["status"] = frame["status"].astype(str) if "status" in frame else "ok"
    rows["highlight"] = frame["highlight"].astype(bool) if "highlight" in frame else False
    rows["value"] = rows["value"].where(
        ~rows["status"].isin(parts.STATUSES_WITHOUT_VALUE) & rows["value"].map(math.isfinite))
    nameless = rows["value"].isna() & ~rows["status"].isin(parts.STATUSES_WITHOUT_VALUE)
    rows["status"] = rows["status"].where(~nameless, "not_reported")
    given = frame["text"].fillna("").astype(str) if "text" in frame else pd.Series("", index=frame.index)
    rows["text"] = [
        phrases.phrase(f"chart.{status}", language) if math.isnan(value)
        else _mark(text or write(value), status, language)
        for text, value, status in zip(given, rows["value"], rows["status"], strict=True)
    ]
    rows = rows.join(frame.drop(columns=[name for name in rows.columns if name in frame.columns]))
    if ascending is None:
        return rows.reset_index(drop=True)
    return rows.sort_values("value", ascending=ascending, kind="stable", na_position="last").reset_index(drop=True)


def _mark(text: str, status: str, language: str) -> str:
    """Say beside the number that it is of some places only, or of an earlier period."""
    return phrases.phrase(f"chart.{status}_mark", language, text=text) if status in ("partial", "carried") else text


def _draw(canvas: Canvas, rows: pd.DataFrame, references: Sequence[tuple[str, float]], unit: str, language: str,
          notes: Sequence[str], write: Write) -> float:
    size, colours = style().size, style().chart
    laid, left, _ = parts.stack_rows(rows["label"], rows["text"].where(rows["value"].notna(), ""), 0)
    ends = [(value, row.number_width + size.gap) for row, value in zip(laid, rows["value"], strict=True)
            if not math.isnan(value)]
    scale = layout.bar_scale([*ends, *((value, 0.0) for _, value in references)], left, size.column - size.margin)
    words = [f"{label} {write(value)}" for label, value in references]
    lines = [(scale(value), line) for (_, value), line in zip(references, words, strict=True)]
    flags = parts.measure_flags(lines)
    top = parts.draw_unit(canvas, left, unit, language) + parts.flags_height(flags)
    laid, left, bottom = parts.stack_rows(rows["label"], rows["text"].where(rows["value"].notna(), ""), top)
    for flag, line in zip(flags, words, strict=True):
        parts.draw_flag(canvas, flag, line, top, bottom, colours.reference)
    quiet = colours.bar_quiet if rows["highlight"].any() else colours.bar
    for row, record in zip(laid, rows.to_dict("records"), strict=True):
        draw_name(canvas, row, left, bool(record["highlight"]))
        _draw_bar(canvas, row, record, scale, colours.bar_strong if record["highlight"] else quiet, language)
    canvas.line((scale(0), top), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom, notes)


def draw_name(canvas: Canvas, row: parts.Row, left: float, strong: bool = False) -> None:
    """Write the name of a row, right-aligned at the plot's left."""
    parts.draw_lines(canvas, left - style().size.gap, row.middle, row.name, style().chart.ink, "right", strong=strong)


def _draw_bar(canvas: Canvas, row: parts.Row, record: dict[Hashable, Any], scale: layout.Scale, fill: str,
              language: str) -> None:
    size, colours = style().size, style().chart
    value = record["value"]
    hover = phrases.phrase("chart.hover", language, label=record["label"], text=record["text"])
    if math.isnan(value):
        parts.draw_missing(canvas, scale(0), row, record["status"], language, hover)
        return
    hover = phrases.phrase("chart.exact", language, text=hover, value=f"{value:.10g}")
    start, end = sorted((scale(0), scale(value)))
    if end > start:
        canvas.rectangle(start, row.middle - size.bar / 2, end - start, size.bar, fill, hover=hover)
    x, anchor = (end + 5, "left") if value >= 0 else (start - 5, "right")
    parts.draw_lines(canvas, x, row.middle, row.number, colours.ink, anchor, halo=True,
                     strong=bool(record["highlight"]), hover=hover)
