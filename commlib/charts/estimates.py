"""Estimates: a dot with its interval on one axis, the number with the interval at the right; no interval, an open dot."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.bars import draw_name
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style

_TICKS = 5
_EDGE = 8.0   # px of air at both ends of the axis
_LINE = 3.0   # px of the line of an interval


def estimates(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str,
              references: Sequence[tuple[str, float]] = (), notes: Sequence[str] = (), write: Write | None = None) -> Chart:
    """Draw rows of (label, value, low, high, base) ranked by value; `base` is the number of answers, NaN where it is not known.

    A row whose ends are missing or alike is stated without an interval and drawn as an open dot. The finding says which
    highest and lowest intervals overlap, so that nothing is called higher by its dot alone. Raises ParameterError.
    """
    parts.require(frame, ["label", "value", "low", "high"], chart_id)
    write = write or findings.plain_writer(unit, language)
    rows = frame.assign(label=frame["label"].astype(str)).sort_values("value", ascending=False, kind="stable", na_position="last")
    rows = rows.reset_index(drop=True)
    rows["open"] = rows["low"].isna() | rows["high"].isna() | (rows["low"] == rows["high"])
    rows["text"] = [_words(row, write, language) for row in rows.to_dict("records")]
    canvas = Canvas(chart_id)
    height = _draw(canvas, rows, references, unit, language, notes, write)
    return canvas.chart(height, title, _finding(rows, write, language), language, notes, rows)


def _words(row: dict[Hashable, Any], write: Write, language: str) -> str:
    if math.isnan(row["value"]):
        return phrases.phrase("chart.not_reported", language)
    text = write(row["value"])
    if not row["open"]:
        text = phrases.phrase("chart.estimate", language, text=text, low=write(row["low"]), high=write(row["high"]))
    base = row.get("base", math.nan)
    return text if math.isnan(base) else phrases.phrase("chart.of_base", language, text=text, n=f"{base:,.0f}")


def _draw(canvas: Canvas, rows: pd.DataFrame, references: Sequence[tuple[str, float]], unit: str, language: str,
          notes: Sequence[str], write: Write) -> float:
    size, colours = style().size, style().chart
    laid, left, _ = parts.stack_rows(rows["label"], [""] * len(rows), 0)
    right = size.column - max(fonts.width(text, size.label) for text in rows["text"]) - 2 * size.gap
    most = max([*rows[["value", "high"]].max().dropna(), *(value for _, value in references)], default=1.0)
    marks = layout.ticks(0, 100 if unit == "%" and most <= 100 else most, _TICKS)
    scale = layout.span_scale(0, marks[-1], left + _EDGE, right - _EDGE)
    words = [f"{label} {write(value)}" for label, value in references]
    flags = parts.measure_flags([(scale(value), line) for (_, value), line in zip(references, words, strict=True)])
    top = parts.draw_unit(canvas, left, unit, language) + parts.flags_height(flags)
    laid, left, bottom = parts.stack_rows(rows["label"], [""] * len(rows), top)
    parts.draw_axis(canvas, scale, marks, top, bottom)
    for flag, line in zip(flags, words, strict=True):
        parts.draw_flag(canvas, flag, line, top, bottom, colours.reference)
    for row, record in zip(laid, rows.to_dict("records"), strict=True):
        draw_name(canvas, row, left)
        hover = phrases.phrase("chart.hover", language, label=record["label"], text=record["text"])
        if math.isnan(record["value"]):
            parts.draw_missing(canvas, scale(0), row, "not_reported", language, hover)
            continue
        if not record["open"]:
            canvas.rectangle(scale(record["low"]), row.middle - _LINE / 2, scale(record["high"]) - scale(record["low"]), _LINE,
                             colours.bar_quiet, hover=hover)
        canvas.mark(scale(record["value"]), row.middle, "circle", colours.card if record["open"] else colours.bar_strong,
                    colours.bar_strong, size=11, hover=hover)
        parts.draw_lines(canvas, right + size.gap, row.middle, [record["text"]], colours.ink, "left")
    return parts.draw_notes(canvas, bottom + size.line, notes)


def _finding(rows: pd.DataFrame, write: Write, language: str) -> str:
    """The highest and the lowest, and whether their intervals are apart."""
    known = rows[rows["value"].notna()]
    said = findings.extremes("chart.estimated", known, write, language)
    sampled = known[~known["open"]]
    if len(sampled) > 1:
        apart = sampled["low"].iloc[0] > sampled["high"].iloc[-1]
        said = findings.joined([said, phrases.phrase("chart.apart" if apart else "chart.overlap", language,
                                                     first=sampled["label"].iloc[0], last=sampled["label"].iloc[-1])], language)
    return said
