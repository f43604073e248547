"""Pyramid: groups of age down, two sides from one zero line, every count printed; the unknown group stands apart."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.style import style
from commlib.errors import ParameterError

_SIDES = ("left", "right")


def pyramid(frame: pd.DataFrame, sides: tuple[str, str], *, chart_id: str, title: str, unit: str, language: str,
            notes: Sequence[str] = ()) -> Chart:
    """Draw rows (label, left, right, apart) of counts from top to bottom in the order given, to both sides of zero.

    `sides` names left and right; rows that are `apart` (not known) stand below a gap; NaN is not reported: hatched. Raises
    ParameterError.
    """
    parts.require(frame, ["label", *_SIDES], chart_id)
    rows = frame.assign(label=frame["label"].astype(str), apart=frame["apart"].astype(bool) if "apart" in frame else False,
                        **{side: frame[side].astype(float) for side in _SIDES})
    negative = (rows[list(_SIDES)] < 0).any(axis=1)
    if negative.any():
        raise ParameterError(phrases.text("chart.negative_part", chart=chart_id, label=rows["label"][negative].iloc[0]))
    rows = rows.sort_values("apart", kind="stable").reset_index(drop=True)
    canvas = Canvas(chart_id, title, language, notes, unit)
    height = _draw(canvas, rows, dict(zip(_SIDES, sides, strict=True)))
    return canvas.chart(height, _finding(canvas, rows, sides), rows)


def _finding(canvas: Canvas, rows: pd.DataFrame, sides: tuple[str, str]) -> str:
    """The total, both sides of it, the largest group, and how many are of unknown group or were not reported."""
    write, language = canvas.write, canvas.language
    both = rows[list(_SIDES)].sum(axis=1, min_count=1)
    if both.isna().all():
        return phrases.phrase("chart.nothing", language)
    of_each = {words: rows[side] for side, words in zip(_SIDES, sides, strict=True)}
    told = [findings.totals(both, of_each, write, language, canvas.unit)]
    grouped = both[~rows["apart"]].dropna()
    if len(grouped) > 1 and grouped.max() > grouped.min():
        labels = rows["label"][grouped.index[grouped == grouped.max()]].tolist()
        told.append(phrases.phrase("chart.largest", language, labels=findings.names(labels, language),
                                   text=write(float(grouped.max()))))
    told += [phrases.phrase("chart.highlight_apart", language, label=rows["label"][index], text=write(float(both[index])))
             for index in rows.index[rows["apart"] & both.notna()]]
    missing = int(rows[list(_SIDES)].isna().sum().sum())
    told += [phrases.phrase("chart.without_value", language, n=missing, status=phrases.phrase("chart.not_reported", language))] \
        if missing else []
    return findings.joined(told, language)


def _draw(canvas: Canvas, rows: pd.DataFrame, sides: Mapping[str, str]) -> float:
    size, colours, write = style().size, style().chart, canvas.write
    left = parts.Stack(rows["label"]).left
    zero = (left + size.column - size.margin) / 2
    counts = [(value, fonts.width(write(value), size.label) + size.gap) for side in _SIDES for value in rows[side].dropna()]
    step = layout.bar_scale(counts, zero, size.column - size.margin).step
    scales = {"left": layout.Scale(zero, -step), "right": layout.Scale(zero, step)}
    top = parts.draw_unit(canvas, left)
    heads = {side: _head(canvas, words, rows[side], zero - left - 2 * size.gap) for side, words in sides.items()}
    top += size.line * max(len(lines) for lines in heads.values())
    for side, x, anchor in (("left", zero - size.gap, "right"), ("right", zero + size.gap, "left")):
        for index, line in enumerate(reversed(heads[side])):
            canvas.text(x, top - 4 - index * size.line, line, colours.ink, anchor=anchor, strong=True)
    bottom = top
    for apart, group in rows.groupby("apart"):
        start = bottom + (size.gap * 2 if apart and bottom > top else 0)
        laid, bottom = parts.Stack(group["label"]).placed(start)
        for row, record in zip(laid, group.to_dict("records"), strict=True):
            parts.draw_name(canvas, row, left)
            for side, words in sides.items():
                _draw_side(canvas, row, record, side, words, scales[side])
        canvas.line((zero, start), (zero, bottom), colours.axis)
    return parts.draw_notes(canvas, bottom)


def _head(canvas: Canvas, words: str, counts: pd.Series, width: float) -> list[str]:
    """The name of a side with its sum, in lines."""
    said = phrases.phrase("chart.line_end", canvas.language, label=words,
                          text=findings.summed(counts, canvas.write, canvas.language))
    return fonts.wrap(said, style().size.label, width / 1.06)   # it is written strong, which runs wider


def _draw_side(canvas: Canvas, row: parts.Row, record: Mapping[Hashable, Any], side: str, words: str, scale: layout.Scale,
               ) -> None:
    value = record[side]
    text = phrases.phrase("chart.not_reported", canvas.language) if math.isnan(value) else canvas.write(value)
    hover = phrases.phrase("chart.hover_part", canvas.language, label=record["label"], part=words, text=text)
    if math.isnan(value):
        x = scale(0) if side == "right" else scale(0) - parts.missing_width(canvas, "not_reported") - style().size.gap
        parts.draw_missing(canvas, x, row, "not_reported", hover)
        return
    fill = style().chart.missing_line if record["apart"] else style().category["orange" if side == "left" else "blue"]
    parts.draw_span(canvas, row, (scale(0), scale(value)), fill, hover)
    parts.draw_lines(canvas, scale(value) + (5 if side == "right" else -5), row.middle, [text], style().chart.ink,
                     "left" if side == "right" else "right", hover=hover)
