"""Pyramid: groups of age down, two sides from one zero line, every count printed; the unknown group stands apart."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.bars import draw_name
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
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
    write = findings.plain_writer(unit, language)
    canvas = Canvas(chart_id)
    height = _draw(canvas, rows, dict(zip(_SIDES, sides, strict=True)), unit, language, notes, write)
    return canvas.chart(height, title, _finding(rows, sides, language, write), language, notes, rows)


def _finding(rows: pd.DataFrame, sides: tuple[str, str], language: str, write: Write) -> str:
    """The total, both sides of it, the largest group, and how many are of unknown group or were not reported."""
    both = rows[list(_SIDES)].sum(axis=1, min_count=1)
    if both.isna().all():
        return phrases.phrase("chart.nothing", language)
    told = [findings.totals(both, {words: rows[side] for side, words in zip(_SIDES, sides, strict=True)}, write, language)]
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


def _draw(canvas: Canvas, rows: pd.DataFrame, sides: Mapping[str, str], unit: str, language: str, notes: Sequence[str],
          write: Write) -> float:
    size, colours = style().size, style().chart
    _, left, _ = parts.stack_rows(rows["label"], [""] * len(rows), 0)
    zero = (left + size.column - size.margin) / 2
    counts = [(value, fonts.width(write(value), size.label) + size.gap) for side in _SIDES for value in rows[side].dropna()]
    step = layout.bar_scale(counts, zero, size.column - size.margin).step
    scales = {"left": layout.Scale(zero, -step), "right": layout.Scale(zero, step)}
    top = parts.draw_unit(canvas, left, unit, language)
    heads = {side: _head(words, rows[side], zero - left - 2 * size.gap, language, write) for side, words in sides.items()}
    top += size.line * max(len(lines) for lines in heads.values())
    for side, x, anchor in (("left", zero - size.gap, "right"), ("right", zero + size.gap, "left")):
        for index, line in enumerate(reversed(heads[side])):
            canvas.text(x, top - 4 - index * size.line, line, colours.ink, anchor=anchor, strong=True)
    bottom = top
    for apart, group in rows.groupby("apart"):
        start = bottom + (size.gap * 2 if apart and bottom > top else 0)
        laid, _, bottom = parts.stack_rows(group["label"], [""] * len(group), start)
        for row, record in zip(laid, group.to_dict("records"), strict=True):
            draw_name(canvas, row, left)
            for side, words in sides.items():
                _draw_side(canvas, row, record, side, words, scales[side], language, write)
        canvas.line((zero, start), (zero, bottom), colours.axis)
    return parts.draw_notes(canvas, bottom, notes)


def _head(words: str, counts: pd.Series, width: float, language: str, write: Write) -> list[str]:
    """The name of a side with its sum, in lines."""
    said = phrases.phrase("chart.line_end", language, label=words, text=findings.summed(counts, write, language))
    return fonts.wrap(said, style().size.label, width / 1.06)   # it is written strong, which runs wider


def _draw_side(canvas: Canvas, row: parts.Row, record: Mapping[Hashable, Any], side: str, words: str, scale: layout.Scale,
               language: str, write: Write) -> None:
    size, category = style().size, style().category
    value = record[side]
    text = phrases.phrase("chart.not_reported", language) if math.isnan(value) else write(value)
    hover = phrases.phrase("chart.hover_part", language, label=record["label"], part=words, text=text)
    if math.isnan(value):
        x = scale(0) if side == "right" else scale(0) - parts.missing_width("not_reported", language) - size.gap
        parts.draw_missing(canvas, x, row, "not_reported", language, hover)
        return
    low, high = sorted((scale(0), scale(value)))
    if high > low:
        fill = style().chart.missing_line if record["apart"] else category["orange" if side == "left" else "blue"]
        canvas.rectangle(low, row.middle - size.bar / 2, high - low, size.bar, fill, hover=hover)
    parts.draw_lines(canvas, scale(value) + (5 if side == "right" else -5), row.middle, [text], style().chart.ink,
                     "left" if side == "right" else "right", hover=hover)
