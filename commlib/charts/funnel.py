"""Funnel: stages as bars on one base, each with its number, its share of the first and its share of the stage before."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses, listed
from commlib.charts import findings, layout, parts
from commlib.charts.bars import draw_name, prepared
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.formatting import percent


def funnel(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str, notes: Sequence[str] = (),
           write: Write | None = None) -> Chart:
    """Draw stages (label, value, status, text) in the order given as bars from zero over the light bar of the first.

    A stage without a value is hatched, and the one behind it is held against the last that has one. A number may be larger
    than the one before it. Raises ParameterError.
    """
    parts.require(frame, ["label", "value"], chart_id)
    write = write or findings.plain_writer(unit, language)
    rows = prepared(frame, write, language, ascending=None)
    rows["text"] = _with_shares(rows, language)
    canvas = Canvas(chart_id)
    height = _draw(canvas, rows, unit, language, notes)
    return canvas.chart(height, title, _finding(rows, language), language, notes, rows)


def _with_shares(rows: pd.DataFrame, language: str) -> list[str]:
    """The number of each stage with its share of the first, and of the one before where that is another."""
    words: list[str] = []
    known: list[tuple[str, float]] = []
    for label, text, value in zip(rows["label"], rows["text"], rows["value"], strict=True):
        bases = dict.fromkeys([known[0], known[-1]]) if known and not math.isnan(value) else {}
        shares = [phrases.phrase("chart.of_stage", language, label=base, share=percent(100 * value / size, language))
                  for base, size in bases if size > 0]
        words.append(listed([text, *shares], language))
        if not math.isnan(value):
            known.append((label, value))
    return words


def _finding(rows: pd.DataFrame, language: str) -> str:
    """Every stage with its number and shares, in order."""
    known = rows[rows["value"].notna()]
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    told = [phrases.phrase("chart.stage", language, label=label, text=text)
            for label, text in zip(known["label"], known["text"], strict=True)]
    joined = phrases.phrase("chart.stages", language, stages=clauses(told, language))
    return findings.joined([joined, findings.without_value(rows, language)], language)


def _draw(canvas: Canvas, rows: pd.DataFrame, unit: str, language: str, notes: Sequence[str]) -> float:
    size, colours = style().size, style().chart
    numbers = rows["text"].where(rows["value"].notna(), "")
    laid, left, _ = parts.stack_rows(rows["label"], numbers, 0)
    known = rows["value"].dropna()
    base = float(known.iloc[0]) if len(known) else 0.0
    ends = [end for row, value in zip(laid, rows["value"], strict=True) if not math.isnan(value)
            for end in ((min(value, 0.0), 0.0), (max(value, base, 0.0), row.number_width + size.gap))]
    scale = layout.bar_scale(ends, left, size.column - size.margin)
    top = parts.draw_unit(canvas, left, unit, language)
    laid, left, bottom = parts.stack_rows(rows["label"], numbers, top)
    for row, record in zip(laid, rows.to_dict("records"), strict=True):
        draw_name(canvas, row, left)
        hover = phrases.phrase("chart.hover", language, label=record["label"], text=record["text"])
        value = float(record["value"])
        if math.isnan(value):
            parts.draw_missing(canvas, scale(0), row, record["status"], language, hover)
            continue
        if 0 <= value < base:   # what is still to be done, as a light bar behind
            canvas.rectangle(scale(0), row.middle - size.bar / 2, scale(base) - scale(0), size.bar, style().sequential[0])
        exact = phrases.phrase("chart.exact", language, text=hover, value=f"{value:.10g}")
        if value:
            start, end = sorted((scale(0), scale(value)))
            canvas.rectangle(start, row.middle - size.bar / 2, end - start, size.bar, colours.bar, hover=exact)
        parts.draw_lines(canvas, scale(max(value, base, 0.0)) + 5, row.middle, row.number, colours.ink, "left", halo=True,
                         hover=exact)
    canvas.line((scale(0), top), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom, notes)
