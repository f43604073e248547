"""Curves over the months: what was reached as lines with points, what was planned dashed, from a zero baseline."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style

_HEIGHT = 260.0    # px of the plot
_POINT = 4.5       # px of a point
_TICKS = 5


def curves(frame: pd.DataFrame, periods: Sequence[str], *, chart_id: str, title: str, unit: str, language: str,
           dashed: Collection[str] = (), write: Write | None = None) -> Chart:
    """Draw rows (label, period, value) as one line a label over `periods`, in this order from left to right.

    A period without a row is a gap in the line, not a zero; rows that are `partial` have an open point; `dashed` labels are
    plans, without points. The name and last number of a line stand at its end. Raises ParameterError.
    """
    parts.require(frame, ["label", "period", "value"], chart_id)
    canvas = Canvas(chart_id, title, language, unit=unit, write=write)
    places = {period: number for number, period in enumerate(periods)}
    rows = frame[frame["value"].notna() & frame["period"].isin(places)]
    rows = rows.assign(value=rows["value"].astype(float), at=rows["period"].map(places), label=rows["label"].astype(str))
    rows = rows.assign(partial=rows.get("partial", False))
    lines = {str(label): part.sort_values("at") for label, part in rows.groupby("label", sort=False)}
    height = _draw(canvas, lines, periods, set(dashed)) if lines else parts.draw_nothing(canvas)
    return canvas.chart(height, _finding(canvas, lines, set(dashed)), rows)


def _draw(canvas: Canvas, lines: dict[str, pd.DataFrame], periods: Sequence[str], dashed: set[str]) -> float:
    size = style().size
    words = {label: fonts.wrap(_end(canvas, label, part), size.small, size.label_column) for label, part in lines.items()}
    room = max((fonts.width(line, size.small) for each in words.values() for line in each), default=0.0) + 2 * size.gap
    marks = layout.ticks(0, max((float(part["value"].max()) for part in lines.values()), default=1.0), _TICKS)
    left = max(fonts.width(layout.tick_words(mark), size.small) for mark in marks) + size.gap
    top = parts.draw_unit(canvas, 0) + size.gap
    across = layout.span_scale(0, max(len(periods) - 1, 1), left + size.gap, size.column - room)
    upwards = layout.Scale(top + _HEIGHT, -_HEIGHT / (marks[-1] or 1))
    parts.draw_levels(canvas, upwards, marks, left, size.column - room)
    parts.draw_periods(canvas, periods, across, upwards(0))
    colours = [style().category[name] for name in ("blue", "orange", "green", "vermillion", "purple", "sky", "black")]
    for number, (label, part) in enumerate(lines.items()):
        colour = style().chart.reference if label in dashed else colours[number % len(colours)]
        _draw_line(canvas, label, part, across, upwards, colour, label in dashed)
    wanted = [(upwards(float(part["value"].iloc[-1])), size.line * len(words[label])) for label, part in lines.items()]
    for label, y in zip(lines, layout.spread(wanted, top - size.line, top + _HEIGHT + size.line / 2), strict=True):
        x = across(float(lines[label]["at"].iloc[-1])) + size.gap
        parts.draw_lines(canvas, x, y, words[label], style().chart.ink, "left", halo=True, font=size.small)
    return parts.draw_notes(canvas, top + _HEIGHT + size.line)


def _end(canvas: Canvas, label: str, part: pd.DataFrame) -> str:
    return phrases.phrase("chart.line_end", canvas.language, label=label, text=canvas.write(float(part["value"].iloc[-1])))


def _draw_line(canvas: Canvas, label: str, part: pd.DataFrame, across: layout.Scale, upwards: layout.Scale, colour: str,
               dashed: bool) -> None:
    """One line; points that do not follow one another are not joined, unless it is a plan."""
    points: list[dict[Hashable, Any]] = part.to_dict("records")
    for first, second in pairwise(points):
        if dashed or second["at"] == first["at"] + 1:
            canvas.line((across(first["at"]), upwards(first["value"])), (across(second["at"]), upwards(second["value"])),
                        colour, thickness=1.6 if dashed else 2.2, dashed=dashed)
    for point in points if not dashed else ():
        text = canvas.write(point["value"])
        text = phrases.phrase("chart.partial_mark", canvas.language, text=text) if point["partial"] else text
        hover = phrases.phrase("chart.hover_part", canvas.language, label=label, part=point["period"], text=text)
        canvas.mark(across(point["at"]), upwards(point["value"]), "circle", style().chart.card if point["partial"] else colour,
                    colour, size=_POINT, hover=hover)


def _finding(canvas: Canvas, lines: dict[str, pd.DataFrame], dashed: set[str]) -> str:
    """From where to where each line runs, and for how many periods between nothing was reported."""
    write, language = canvas.write, canvas.language
    if not lines:
        return phrases.phrase("chart.nothing", language)
    told: list[str] = []
    for label, part in lines.items():
        first, last = part.iloc[0], part.iloc[-1]
        key = "chart.course" if len(part) > 1 else "chart.course_one"
        texts = {"first_text": write(first["value"]), "last_text": write(last["value"])}
        unit = "" if told else findings.said_unit(texts.values(), canvas.unit, language)   # once, with the first line
        told.append(phrases.phrase(key, language, label=label, unit=unit, first=findings.when(first["period"], language),
                                   last=findings.when(last["period"], language), **texts))
    known = {number for label, part in lines.items() if label not in dashed for number in part["at"]}
    span = max(known) - min(known) + 1 if known else 0
    told += [phrases.phrase("chart.gaps", language, n=span - len(known), of=span)] if span > len(known) else []
    return findings.joined(told, language)
