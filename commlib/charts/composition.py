"""Parts of a whole: one 100 % bar for few parts that add up, ranked bars otherwise; and bars of parts by place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.bars import prepared, ranked_bars
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import ink_on, style
from commlib.errors import ParameterError

_MOST_STACKED = 5
_MOST_COLOURS = 7
_ROUNDING = 0.05        # what rounding to one decimal may take from each part of 100
_INSIDE = 8.0           # px of air around a number inside its part


def composition_bar(frame: pd.DataFrame, *, chart_id: str, title: str, language: str, base: str = "",
                    notes: Sequence[str] = ()) -> Chart:
    """Draw shares in percent (label, value, text, status) of a whole whose base `base` is named below.

    One stacked 100 % bar where at most five parts add up to 100 within rounding; else ranked bars, drawn apart.
    """
    parts.require(frame, ["label", "value"], chart_id)
    canvas = Canvas(chart_id, title, language, notes, "%")
    reason = _why_apart(frame["value"].astype(float), canvas.write, language)
    canvas.notes = [phrases.phrase("chart.base", language, base=base) if base else "", reason, *notes]
    if reason or len(frame) > _MOST_STACKED:
        return ranked_bars(frame, chart_id=chart_id, title=title, unit="%", language=language, notes=canvas.notes,
                           alike=False)
    rows = prepared(frame, canvas.write, language, ascending=None)   # parts of a whole may have an order of their own
    return canvas.chart(_draw_whole(canvas, rows), findings.extremes("chart.composed", rows, canvas.write, language), rows)


def _why_apart(values: pd.Series, write: Write, language: str) -> str:
    """Say why the parts may not be stacked; empty where they may."""
    if values.isna().any():
        return phrases.phrase("chart.no_sum", language)
    total = float(values.sum())
    if abs(total - 100) > _ROUNDING * len(values) + 1e-9 or bool((values < 0).any()):
        return phrases.phrase("chart.not_a_whole", language, sum=write(total))
    return ""


def _draw_whole(canvas: Canvas, rows: pd.DataFrame) -> float:
    size, colours = style().size, style().chart
    scale = layout.span_scale(0, float(rows["value"].sum()), 0, size.column)
    edges = [0.0, *rows["value"].cumsum()]
    palette = list(style().category.values())
    fits = [scale(value) - scale(0) > fonts.width(text, size.label) + 2 * _INSIDE
            for value, text in zip(rows["value"], rows["text"], strict=True)]
    words = [label if fit else f"{label} {text}"
             for label, text, fit in zip(rows["label"], rows["text"], fits, strict=True)]
    flags = parts.Flags([(scale((low + high) / 2), line) for low, high, line in zip(edges, edges[1:], words, strict=False)])
    top = size.margin + flags.height
    for index in range(len(rows)):
        flags.draw_one(canvas, index, top, top, palette[index], ink=colours.ink, thickness=1.5, dashed=False)
    for index, row in enumerate(rows.to_dict("records")):
        left, right = scale(edges[index]), scale(edges[index + 1])
        hover = phrases.phrase("chart.hover", canvas.language, label=row["label"], text=row["text"])
        canvas.rectangle(left, top, right - left, size.thick_bar, palette[index], edge=colours.card, hover=hover)
        if fits[index]:
            canvas.text((left + right) / 2, top + size.thick_bar / 2 + 5, row["text"], ink_on(palette[index]),
                        anchor="center", hover=hover)
    return parts.draw_notes(canvas, top + size.thick_bar + 2)


def stacked_ranked_bars(frame: pd.DataFrame, columns: Mapping[str, str], *, chart_id: str, title: str, unit: str,
                        language: str, notes: Sequence[str] = (),
                        ascending: bool | None = False, first: int | None = None, finding: str = "") -> Chart:
    """Draw rows of (label, one column a part) as stacked bars ranked by total; `columns` maps column to its words.

    A row whose parts are all missing is not reported; one with some missing is marked partial. The finding is about
    totals. `ascending=None` keeps the order given; of more rows than `first` those are drawn and the rest is told.
    Raises ParameterError for a negative part.
    """
    parts.require(frame, ["label", *columns], chart_id)
    canvas = Canvas(chart_id, title, language, notes, unit)
    rows = prepared(_totals(frame, list(columns), chart_id), canvas.write, language, ascending)
    finding = finding or findings.joined([
        findings.ranked_finding(rows, (), canvas.write, language, unit),
        findings.totals(rows["value"], {words: rows[column] for column, words in columns.items()}, canvas.write, language)],
        language)
    rows, canvas.notes = parts.first_rows(rows, first, notes, language)
    return canvas.chart(_draw_stacks(canvas, rows, columns), finding, rows)


def _totals(frame: pd.DataFrame, columns: list[str], chart_id: str) -> pd.DataFrame:
    """Add value (the total of the parts that are there) and status to (label, parts…)."""
    if len(columns) > _MOST_COLOURS:
        raise ParameterError(phrases.text("chart.too_many_parts", chart=chart_id, n=len(columns), most=_MOST_COLOURS))
    values = frame[columns].astype(float)
    negative = (values < 0).any(axis=1)
    if negative.any():
        label = str(frame["label"][negative].iloc[0])
        raise ParameterError(phrases.text("chart.negative_part", chart=chart_id, label=label))
    totals = frame[["label"]].join(values)
    totals["value"] = values.sum(axis=1, min_count=1)
    totals["status"] = values.isna().any(axis=1).map({True: "partial", False: "ok"})
    return totals


def _draw_stacks(canvas: Canvas, rows: pd.DataFrame, columns: Mapping[str, str]) -> float:
    """Draw each place: its parts with their numbers where they fit, the total behind them."""
    size, colours = style().size, style().chart
    palette = dict(zip(columns, style().category.values(), strict=False))
    stack = parts.stack_of(rows)
    scale = layout.bar_scale([(value, row.number_width + size.gap) for row, value in
                              zip(stack.rows, rows["value"], strict=True) if not math.isnan(value)],
                             stack.left, size.column - size.margin)
    top = parts.draw_key(canvas, 2, [(palette[column], words) for column, words in columns.items()])
    top = parts.draw_unit(canvas, stack.left, top)
    for row, record, total in parts.draw_known(canvas, stack, top, rows.assign(highlight=False), scale(0)):
        reached = 0.0
        for column, words in columns.items():
            value = record[column]
            if math.isnan(value) or value == 0:
                continue
            left, right, text = scale(reached), scale(reached + value), canvas.write(value)
            reached += value
            hover = phrases.phrase("chart.hover_part", canvas.language, label=record["label"], part=words, text=text)
            parts.draw_span(canvas, row, (left, right), palette[column], hover, edge=colours.card)
            if right - left > fonts.width(text, size.small) + _INSIDE:
                canvas.text((left + right) / 2, row.middle + size.small * parts.BASELINE, text, ink_on(palette[column]),
                            size=size.small, anchor="center", hover=hover)
        parts.draw_lines(canvas, scale(reached) + 5, row.middle, row.number, colours.ink, "left", hover=total)
    bottom = stack.placed(top)[1]
    canvas.line((scale(0), top), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom)
