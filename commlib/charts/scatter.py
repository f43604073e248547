"""Scatter: two numbers of each place as a point; those that stand out are named where their names have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style

_HEIGHT = 360.0
_POINT = 9.0
_FEW = 12            # of so many points all are named
_NAME = 170.0        # px of the longest line of a name
_FAR = (7.0, 18.0, 34.0, 56.0)   # px of a name from its point, tried in this order

Box = tuple[float, float, float, float]   # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Point:
    """The places that share a pair of values, where they stand in px, and whether they stand out."""

    labels: list[str]
    values: tuple[float, float]
    x: float
    y: float
    own: bool


def scatter(frame: pd.DataFrame, *, chart_id: str, title: str, x_title: str, y_title: str, language: str,
            ) -> Chart:
    """Draw rows (label, x, y, highlight) as points; the titles of the axes name their units.

    Named are the highlighted and those outermost, all where there are few. A row that lacks a number is not drawn, but told.
    Raises ParameterError.
    """
    parts.require(frame, ["label", "x", "y"], chart_id)
    rows = frame.assign(label=frame["label"].astype(str), x=frame["x"].astype(float), y=frame["y"].astype(float),
                        highlight=frame["highlight"].astype(bool) if "highlight" in frame else False)
    known = rows[rows["x"].notna() & rows["y"].notna()].reset_index(drop=True)
    lacking = rows["label"][rows["x"].isna() | rows["y"].isna()].tolist()
    told = [phrases.phrase("chart.lacking", language, n=len(lacking), labels=listed(lacking, language))] if lacking else []
    axes = [phrases.phrase("chart.axis_y", language, title=y_title), phrases.phrase("chart.axis_x", language, title=x_title)]
    canvas = Canvas(chart_id, title, language, told)
    height = parts.draw_nothing(canvas) if known.empty else _draw(canvas, known, axes)
    canvas.notes = [*axes, *told]   # they stand at the axes, and are said in the alternative text alone
    return canvas.chart(height, _finding(known, (x_title, y_title), canvas.write, language), rows)


def _finding(known: pd.DataFrame, titles: tuple[str, str], write: Write, language: str) -> str:
    """How many points there are, and who is highest and lowest on each axis."""
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    told = [phrases.phrase("chart.points", language, n=len(known))]
    for column, title in zip(("x", "y"), titles, strict=True):
        rows = known.assign(value=known[column], text=known[column].map(write))
        told.append(phrases.phrase("chart.axis_says", language, title=title,
                                   said=findings.extremes("chart.ranked", rows, write, language)))
    return findings.joined(told, language)


def _outermost(known: pd.DataFrame) -> list[int]:
    """The rows to be named, most outstanding first: the highlighted, then by distance from the medians in quartile ranges."""
    far = pd.Series(0.0, index=known.index)
    for column in ("x", "y"):
        spread = float(known[column].quantile(0.75) - known[column].quantile(0.25)) or float(known[column].std(ddof=0)) or 1.0
        far = far + ((known[column] - known[column].median()) / spread) ** 2
    order = far[far > 0].sort_values(ascending=False, kind="stable").index if len(known) > _FEW else far.index
    own = known.index[known["highlight"]]
    return [*own, *[index for index in order if index not in set(own)][:_FEW]]


def _draw(canvas: Canvas, known: pd.DataFrame, axes: Sequence[str]) -> float:
    size, colours, language = style().size, style().chart, canvas.language
    xs, ys = (_ticks(known[column]) for column in ("x", "y"))
    left = max(fonts.width(layout.tick_words(mark), size.small) for mark in ys) + size.gap
    top = parts.draw_paragraphs(canvas, 0, axes[:1]) + size.gap
    across = layout.span_scale(xs[0], xs[-1], left + size.gap, size.column - 3 * size.gap)
    upwards = layout.Scale(top + _HEIGHT, -_HEIGHT / (ys[-1] - ys[0]), ys[0])
    parts.draw_levels(canvas, upwards, ys, left, size.column - size.gap)
    parts.draw_axis(canvas, across, xs, top, top + _HEIGHT)
    places = list(zip(known["x"], known["y"], strict=True))
    shared = {place: known[[each == place for each in places]] for place in dict.fromkeys(places)}
    points = {place: _Point(part["label"].tolist(), place, across(place[0]), upwards(place[1]), bool(part["highlight"].any()))
              for place, part in shared.items()}
    for point in sorted(points.values(), key=lambda each: each.own):
        text = listed([canvas.write(value) for value in point.values], language)
        hover = phrases.phrase("chart.hover", language, label=listed(point.labels, language), text=text)
        canvas.mark(point.x, point.y, "circle", colours.own if point.own else colours.bar, colours.card, size=_POINT, hover=hover)
    bottom = top + _HEIGHT + size.line
    wanted = [points[place] for place in dict.fromkeys(places[index] for index in _outermost(known))]
    area = (left + 2, top - size.gap, size.column - 4, top + _HEIGHT - 2)
    unnamed = _draw_names(canvas, wanted, list(points.values()), area)
    told = phrases.phrase("chart.unnamed", language, labels=listed(unnamed, language)) if unnamed else ""
    return parts.draw_notes(canvas, bottom, axes[1], told)


def _ticks(values: pd.Series) -> list[float]:
    """Round ticks about all values; about one value, where there is no other, one unit to either side."""
    low, high = float(values.min()), float(values.max())
    return layout.ticks(low, high, 6) if high > low else layout.ticks(low - 1, low + 1, 2)


def _draw_names(canvas: Canvas, wanted: Sequence[_Point], drawn: Sequence[_Point], area: Box) -> list[str]:
    """Write names where they meet neither points nor one another; gives the highlighted that found no room."""
    size, colours = style().size, style().chart
    taken: list[Box] = [(point.x - 5, point.y - 5, point.x + 5, point.y + 5) for point in drawn]
    unnamed: list[str] = []
    for point in wanted:
        lines = fonts.wrap(findings.names(point.labels, canvas.language), size.small, _NAME)
        width, height = max(fonts.width(line, size.small) for line in lines), len(lines) * size.line
        box = next((box for box in _candidates(point, width, height) if _free(box, taken, area)), None)
        if box is None:
            unnamed += point.labels if point.own else []
            continue
        taken.append(box)
        near = min(max(point.x, box[0]), box[2]), min(max(point.y, box[1]), box[3])
        if abs(near[0] - point.x) + abs(near[1] - point.y) > 2 * _FAR[0]:
            canvas.line((point.x, point.y), near, colours.axis, thickness=0.8)
        parts.draw_lines(canvas, box[0], (box[1] + box[3]) / 2, lines, colours.own_text if point.own else colours.ink, "left",
                         font=size.small, halo=True, strong=point.own)
    return unnamed


def _candidates(point: _Point, width: float, height: float) -> list[Box]:
    """Where a name may stand about its point: right, left, above, below and between, ever farther away."""
    found = []
    for far in _FAR:
        for right, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
            left = point.x + far if right > 0 else point.x - far - width if right < 0 else point.x - width / 2
            top = point.y + far * 0.8 if down > 0 else point.y - far * 0.8 - height if down < 0 else point.y - height / 2
            found.append((left, top, left + width, top + height))
    return found


def _free(box: Box, taken: Sequence[Box], area: Box) -> bool:
    inside = box[0] >= area[0] and box[1] >= area[1] and box[2] <= area[2] and box[3] <= area[3]
    return inside and not any(box[0] < right and left < box[2] and box[1] < bottom and top < box[3]
                              for left, top, right, bottom in taken)
