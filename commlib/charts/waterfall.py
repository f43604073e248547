"""Waterfall of money: levels from zero, signed steps that float between them, each with its number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses
from commlib.charts import findings, layout, parts
from commlib.charts.bars import draw_name
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.errors import ParameterError
from commlib.formatting import amount

_TOLERANCE = 1e-6   # of a level against what its steps give, in parts of the largest
_KINDS = ("total", "step")


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row: from where to where its bar runs, the level before it where it is told apart, and its words."""

    label: str
    kind: str
    start: float
    end: float
    before: float   # NaN where the row does not follow a level at once
    text: str


def waterfall(frame: pd.DataFrame, *, chart_id: str, title: str, language: str, unit_id: str = "CNY",
              notes: Sequence[str] = (), write: Write | None = None) -> Chart:
    """Draw rows (label, value, kind) in the order given: a `total` stands on zero, a signed `step` on what came before it.

    Values are in `unit_id`. A total right behind a total prints the difference; one that its steps do not give is told in a
    note; NaN is hatched and moves nothing. Raises ParameterError.
    """
    parts.require(frame, ["label", "value", "kind"], chart_id)
    unknown = sorted(set(frame["kind"].astype(str)) - set(_KINDS))
    if unknown:
        raise ParameterError(phrases.text("chart.unknown_kind", chart=chart_id, found=", ".join(unknown),
                                          known=", ".join(_KINDS)))

    def plain(value: float) -> str:
        return amount(value, unit_id, language)

    written = write or plain
    bars, gaps = _bars(frame, written, language)
    notes = [*gaps, *notes]
    canvas = Canvas(chart_id)
    height = _draw(canvas, bars, language, notes)
    known = [bar for bar in bars if not math.isnan(bar.end)]
    told = [phrases.phrase("chart.stage", language, label=bar.label, text=bar.text) for bar in known]
    finding = phrases.phrase("chart.stages", language, stages=clauses(told, language)) if told else \
        phrases.phrase("chart.nothing", language)
    missing = pd.DataFrame({"value": [bar.end for bar in bars], "status": "not_reported"})
    return canvas.chart(height, title, findings.joined([finding, findings.without_value(missing, language)], language),
                        language, notes, frame)


def _signed(value: float, write: Write, plus: str = "+") -> str:
    return (plus if value > 0 else "−" if value < 0 else "") + write(abs(value))


def _bars(frame: pd.DataFrame, write: Write, language: str) -> tuple[list[_Bar], list[str]]:
    """The bars of the rows, and what to tell of levels that their steps do not give."""
    bars: list[_Bar] = []
    gaps: list[str] = []
    level, stepped, whole = math.nan, False, True
    most = float(frame["value"].astype(float).abs().max())
    for label, value, kind in zip(frame["label"].astype(str), frame["value"].astype(float), frame["kind"], strict=True):
        if math.isnan(value):
            bars.append(_Bar(label, kind, math.nan, math.nan, math.nan, phrases.phrase("chart.not_reported", language)))
            whole = whole and kind == "total"
        elif kind == "step":
            start = 0.0 if math.isnan(level) else level
            bars.append(_Bar(label, kind, start, start + value, math.nan, _signed(value, write)))
            level, stepped = start + value, True
        else:
            before = math.nan if stepped or not whole else level
            change = "" if math.isnan(before) or before == value else _signed(value - before, write)
            text = phrases.phrase("chart.level", language, text=_signed(value, write, ""), change=change) \
                if change else _signed(value, write, "")
            bars.append(_Bar(label, kind, 0.0, value, before, text))
            if stepped and whole and abs(level - value) > _TOLERANCE * most:
                gaps.append(phrases.phrase("chart.level_gap", language, label=label, stated=_signed(value, write, ""),
                                           found=_signed(level, write, "")))
            level, stepped, whole = value, False, True
    return bars, gaps


def _draw(canvas: Canvas, bars: Sequence[_Bar], language: str, notes: Sequence[str]) -> float:
    size, colours = style().size, style().chart
    labels, numbers = [bar.label for bar in bars], ["" if math.isnan(bar.end) else bar.text for bar in bars]
    laid, left, _ = parts.stack_rows(labels, numbers, 0)
    ends = [end for bar, row in zip(bars, laid, strict=True) if not math.isnan(bar.end) for end in _reach(bar, row)]
    scale = layout.bar_scale(ends, left, size.column - size.margin)
    laid, left, bottom = parts.stack_rows(labels, numbers, size.margin)
    reached: tuple[float, float] | None = None   # the end of the bar before, and its bottom
    for bar, row in zip(bars, laid, strict=True):
        draw_name(canvas, row, left, bar.kind == "total")
        hover = phrases.phrase("chart.hover", language, label=bar.label, text=bar.text)
        if math.isnan(bar.end):
            parts.draw_missing(canvas, scale(0), row, "not_reported", language, hover)
            continue
        if reached and (bar.kind == "step" or not math.isnan(bar.before) or bar.end == reached[0]):
            canvas.line((scale(reached[0]), reached[1]), (scale(reached[0]), row.middle - size.bar / 2), colours.axis)
        _draw_bar(canvas, bar, row, scale, phrases.phrase("chart.exact", language, text=hover, value=f"{_value(bar):.10g}"))
        reached = bar.end, row.middle + size.bar / 2
    canvas.line((scale(0), size.margin), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom, notes)


def _value(bar: _Bar) -> float:
    return bar.end - bar.start


def _reach(bar: _Bar, row: parts.Row) -> list[tuple[float, float]]:
    """The ends that the scale must show, each with the px of text behind it: at the right, or left of a bar below zero."""
    known = [value for value in (bar.start, bar.end, bar.before) if not math.isnan(value)]
    room = row.number_width * 1.06 + style().size.gap   # levels are written strong, which runs wider
    low, high = min(known), max(known)
    return [(low, 0.0), (high, room)] if high > 0 or low == 0 else [(low, room)]


def _draw_bar(canvas: Canvas, bar: _Bar, row: parts.Row, scale: layout.Scale, hover: str) -> None:
    """One bar with its number, over the light bar of the difference from the level before."""
    colours, category = style().chart, style().category
    fill = colours.bar_strong if bar.kind == "total" else category["sky"] if bar.end > bar.start else category["orange"]
    known = [value for value in (bar.start, bar.end, bar.before) if not math.isnan(value)]
    if not math.isnan(bar.before):
        _rectangle(canvas, scale, bar.end, bar.before, row, style().sequential[1], hover)
    _rectangle(canvas, scale, bar.start, bar.end, row, fill, hover)
    rightwards = max(known) > 0 or min(known) == 0
    x = scale(max(known)) + 5 if rightwards else scale(min(known)) - 5
    parts.draw_lines(canvas, x, row.middle, row.number, colours.ink, "left" if rightwards else "right", halo=True,
                     strong=bar.kind == "total", hover=hover)


def _rectangle(canvas: Canvas, scale: layout.Scale, start: float, end: float, row: parts.Row, fill: str, hover: str) -> None:
    low, high = sorted((scale(start), scale(end)))
    if high > low:
        canvas.rectangle(low, row.middle - style().size.bar / 2, high - low, style().size.bar, fill, hover=hover)
