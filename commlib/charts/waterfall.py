"""Waterfall of money: levels from zero, signed steps that float between them, each with its number."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses
from commlib.charts import findings, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.errors import ParameterError
from commlib.formatting import amount

_TOLERANCE = 1e-6   # of a level against what its steps give, in parts of the largest
_KINDS = ("total", "step")


def waterfall(frame: pd.DataFrame, *, chart_id: str, title: str, language: str, unit_id: str = "CNY",
              notes: Sequence[str] = ()) -> Chart:
    """Draw rows (label, value, kind) in the order given: a `total` stands on zero, a signed `step` on what came before it.

    Values are in `unit_id`. A total right behind a total prints the difference; one that its steps do not give is told in a
    note; NaN is hatched and moves nothing. Raises ParameterError.
    """
    parts.require(frame, ["label", "value", "kind"], chart_id)
    unknown = sorted(set(frame["kind"].astype(str)) - set(_KINDS))
    if unknown:
        raise ParameterError(phrases.text("chart.unknown_kind", chart=chart_id, found=", ".join(unknown),
                                          known=", ".join(_KINDS)))

    canvas = Canvas(chart_id, title, language, notes, write=lambda value: amount(value, unit_id, language))
    bars, gaps = _bars(frame, canvas.write, language)
    canvas.notes = [*gaps, *notes]
    told = [phrases.phrase("chart.stage", language, label=label, text=text)
            for label, text, value in zip(bars["label"], bars["text"], bars["value"], strict=True) if not math.isnan(value)]
    finding = phrases.phrase("chart.stages", language, stages=clauses(told, language)) if told else \
        phrases.phrase("chart.nothing", language)
    return canvas.chart(_draw(canvas, bars), findings.joined([finding, findings.without_value(bars, language)], language), frame)


def _signed(value: float, write: Write, plus: str = "+") -> str:
    return (plus if value > 0 else "−" if value < 0 else "") + write(abs(value))


def _bars(frame: pd.DataFrame, write: Write, language: str) -> tuple[pd.DataFrame, list[str]]:
    """The bars of the rows, and what to tell of levels that their steps do not give.

    A bar (label, kind, start, value, before, text) runs from `start` to `value`; `before` is the level that it follows at once.
    """
    bars: list[tuple[object, ...]] = []
    gaps: list[str] = []
    level, stepped, whole = math.nan, False, True
    most = float(frame["value"].astype(float).abs().max())
    for label, value, kind in zip(frame["label"].astype(str), frame["value"].astype(float), frame["kind"], strict=True):
        if math.isnan(value):
            bars.append((label, kind, math.nan, math.nan, math.nan, phrases.phrase("chart.not_reported", language)))
            whole = whole and kind == "total"
        elif kind == "step":
            start = 0.0 if math.isnan(level) else level
            bars.append((label, kind, start, start + value, math.nan, _signed(value, write)))
            level, stepped = start + value, True
        else:
            before = math.nan if stepped or not whole else level
            change = "" if math.isnan(before) or before == value else _signed(value - before, write)
            text = phrases.phrase("chart.level", language, text=_signed(value, write, ""), change=change) \
                if change else _signed(value, write, "")
            bars.append((label, kind, 0.0, value, before, text))
            if stepped and whole and abs(level - value) > _TOLERANCE * most:
                gaps.append(phrases.phrase("chart.level_gap", language, label=label, stated=_signed(value, write, ""),
                                           found=_signed(level, write, "")))
            level, stepped, whole = value, False, True
    found = pd.DataFrame(bars, columns=["label", "kind", "start", "value", "before", "text"])
    return found.assign(status="not_reported", highlight=found["kind"] == "total"), gaps


def _draw(canvas: Canvas, bars: pd.DataFrame) -> float:
    size, colours = style().size, style().chart
    stack = parts.stack_of(bars)
    ends = [end for bar, row in zip(bars.to_dict("records"), stack.rows, strict=True) if not math.isnan(bar["value"])
            for end in _reach(_ends(bar), row)]
    scale = layout.bar_scale(ends, stack.left, size.column - size.margin)
    reached: tuple[float, float] | None = None   # the end of the bar before, and its bottom
    for row, bar, hover in parts.draw_known(canvas, stack, size.margin, bars, scale(0)):
        if reached and (bar["kind"] == "step" or not math.isnan(bar["before"]) or bar["value"] == reached[0]):
            canvas.line((scale(reached[0]), reached[1]), (scale(reached[0]), row.middle - size.bar / 2), colours.axis)
        _draw_bar(canvas, bar, row, scale, parts.exactly(canvas, hover, bar["value"] - bar["start"]))
        reached = bar["value"], row.middle + size.bar / 2
    bottom = stack.placed(size.margin)[1]
    canvas.line((scale(0), size.margin), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom)


def _ends(bar: Mapping[Hashable, Any]) -> tuple[float, float]:
    """The lowest and the highest level that a bar shows."""
    known = [bar[name] for name in ("start", "value", "before") if not math.isnan(bar[name])]
    return min(known), max(known)


def _rightwards(ends: tuple[float, float]) -> bool:
    """Whether the number of a bar stands at its right: not of one below zero."""
    return ends[1] > 0 or ends[0] == 0


def _reach(ends: tuple[float, float], row: parts.Row) -> list[tuple[float, float]]:
    """The ends that the scale must show, each with the px of text behind it: at the right, or left of a bar below zero."""
    room = row.number_width * 1.06 + style().size.gap   # levels are written strong, which runs wider
    return [(ends[0], 0.0), (ends[1], room)] if _rightwards(ends) else [(ends[0], room)]


def _draw_bar(canvas: Canvas, bar: Mapping[Hashable, Any], row: parts.Row, scale: layout.Scale, hover: str) -> None:
    """One bar with its number, over the light bar of the difference from the level before."""
    colours, category, ends = style().chart, style().category, _ends(bar)
    fill = colours.bar_strong if bar["highlight"] else category["sky"] if bar["value"] > bar["start"] else category["orange"]
    if not math.isnan(bar["before"]):
        parts.draw_span(canvas, row, (scale(bar["value"]), scale(bar["before"])), style().sequential[1], hover)
    parts.draw_span(canvas, row, (scale(bar["start"]), scale(bar["value"])), fill, hover)
    x, anchor = (scale(ends[1]) + 5, "left") if _rightwards(ends) else (scale(ends[0]) - 5, "right")
    parts.draw_lines(canvas, x, row.middle, row.number, colours.ink, anchor, halo=True, strong=bar["highlight"], hover=hover)
