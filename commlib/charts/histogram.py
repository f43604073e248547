"""How all places are spread, and where one of them stands: a histogram with its own value marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.style import style

_PLOT = 170.0        # px height of the plot
_BINS = 36           # at most about so many
_TAIL = 0.99         # share of the places shown in bins of their own where the tail is long
_LONG = 1.6          # a tail is long where the highest value exceeds that quantile so many times


@dataclass(frozen=True, slots=True)
class Bins:
    """Counts of values in equal bins from `start`; with `open_end` the last bin holds all that is higher.

    Whole numbers are drawn half a unit to the left (`shift`), so that a line at a number stands amid its bin.
    """

    start: float
    step: float
    counts: list[int]
    open_end: bool
    shift: float = 0.0

    @property
    def end(self) -> float:
        """The upper edge of the last bin as drawn."""
        return self.start + self.step * len(self.counts)

    def index(self, value: float) -> int:
        """The bin of a value; outside values go to the first or the last bin."""
        return min(max(math.floor((value - self.start) / self.step + 1e-9), 0), len(self.counts) - 1)


def bin_values(values: pd.Series) -> Bins:
    """Sort finite values into at most about 36 round bins; a long tail goes into one open bin."""
    low, high = float(values.min()), float(values.max())
    whole = bool((values == values.round()).all())
    end = float(values.quantile(_TAIL))
    open_end = len(values) >= 50 and end > low and high - low > _LONG * (end - low)
    end = end if open_end else high
    step = layout.round_step(max(end - low, 1e-9), min(_BINS, max(6, math.isqrt(len(values)) * 2)), whole)
    step = step if high > low else 1.0
    start = math.floor(low / step + 1e-9) * step
    number = math.floor((end - start) / step + 1e-9) + 1
    if number > 1 and not whole and not open_end and math.isclose(start + (number - 1) * step, end):
        number -= 1   # the highest value closes the last bin: nothing is above 100 %
    empty = Bins(start, step, [0] * (number + open_end), open_end, 0.5 if whole else 0.0)
    counts = pd.Series([empty.index(value) for value in values]).value_counts()
    return replace(empty, counts=[int(counts.get(i, 0)) for i in range(len(empty.counts))])


def distribution(
    values: Iterable[float], marked: float, marked_label: str, *, chart_id: str, title: str, unit: str, language: str,
) -> Chart:
    """Draw all counties' values as a histogram with median, quartiles and the marked value as labelled lines.

    `marked` NaN: not reported, no line. Rows: (value), sorted.
    """
    canvas = Canvas(chart_id, title, language, unit=unit)
    known = pd.Series([float(value) for value in values if math.isfinite(value)], dtype=float)
    known = known.sort_values(ignore_index=True)
    height = parts.draw_nothing(canvas) if known.empty else _draw(canvas, known, marked, marked_label)
    return canvas.chart(height, _finding(canvas, known, marked, marked_label), known.to_frame("value"))


def _finding(canvas: Canvas, known: pd.Series, marked: float, label: str) -> str:
    write, language = canvas.write, canvas.language
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    lower, median, upper = (write(float(known.quantile(share))) for share in (0.25, 0.5, 0.75))
    said = phrases.phrase("chart.spread", language, n=f"{len(known):,}", median=median,
                          unit=findings.said_unit([median], canvas.unit, language), lower=lower,
                          upper=upper, lowest=write(float(known.iloc[0])), highest=write(float(known.iloc[-1])))
    if not math.isfinite(marked):
        return findings.joined([said, phrases.phrase("chart.unplaced", language, label=label)], language)
    others = max(len(known) - int(marked in known.array), 1)   # a place is not held against itself
    share = findings.plain_writer("%", language)(100 * int((known < marked).sum()) / others)
    return findings.joined([said, phrases.phrase("chart.placed", language, label=label, text=write(marked),
                                                 share=share)], language)


def _draw(canvas: Canvas, known: pd.Series, marked: float, label: str) -> float:
    size, colours = style().size, style().chart
    bins = bin_values(known)
    levels = layout.ticks(0, max(bins.counts), 4, whole=True)
    left = max(fonts.width(f"{level:,.0f}", size.small) for level in levels) + size.gap
    scale = layout.span_scale(bins.start - bins.shift, bins.end - bins.shift, left, size.column - 3 * size.margin)
    lines = [(phrases.phrase(f"chart.{name}", canvas.language), float(known.quantile(share)))
             for name, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))]
    lines += [(label, marked)] if math.isfinite(marked) else []
    words = [f"{name} {canvas.write(value)}" for name, value in lines]
    last = bins.end - bins.shift - bins.step / 2   # a value in the open bin is drawn at its middle
    places = [scale(last if bins.open_end and value >= bins.end - bins.step else min(max(value, bins.start), bins.end))
              for _, value in lines]
    flags = parts.Flags(list(zip(places, words, strict=True)))
    axis = phrases.phrase("chart.count_axis", canvas.language)
    canvas.text(0, size.small + 2, axis, colours.muted, size=size.small)
    top = size.line + 5 + flags.height
    vertical = layout.span_scale(0, levels[-1], top + _PLOT, top)
    _draw_bins(canvas, bins, scale, vertical, levels, bins.index(marked) if math.isfinite(marked) else -1)
    for number, (name, _) in enumerate(lines):
        own = name == label
        flags.draw_one(canvas, number, top, top + _PLOT, colours.own if own else colours.reference,
                       ink=colours.own_text if own else colours.muted, thickness=2 if own else 1, dashed=not own, strong=own)
    return parts.draw_notes(canvas, _draw_values_axis(canvas, bins, scale, top + _PLOT))


def _draw_bins(canvas: Canvas, bins: Bins, scale: layout.Scale, vertical: layout.Scale, levels: Sequence[float],
               own: int) -> None:
    """Draw count gridlines and the bins, the bin `own` in the strong colour."""
    size, colours = style().size, style().chart
    for level in levels:
        y = vertical(level)
        canvas.line((scale.origin, y), (scale(bins.end - bins.shift), y), colours.grid if level else colours.axis)
        canvas.text(scale.origin - size.gap, y + size.small * parts.BASELINE, f"{level:,.0f}", colours.muted,
                    size=size.small, anchor="right")
    for index, count in enumerate(bins.counts):
        low, high = bins.start + index * bins.step, bins.start + (index + 1) * bins.step
        if not count:
            continue
        open_bin = bins.open_end and index == len(bins.counts) - 1
        hover = phrases.phrase("chart.open_bin" if open_bin else "chart.bin", canvas.language, low=canvas.write(low),
                               high=canvas.write(high), n=f"{count:,}")
        fill = colours.bar_strong if index == own else colours.bar_quiet
        canvas.rectangle(scale(low - bins.shift) + 0.5, vertical(count), scale(high) - scale(low) - 1,
                         vertical(0) - vertical(count), fill, hover=hover)


def _draw_values_axis(canvas: Canvas, bins: Bins, scale: layout.Scale, y: float) -> float:
    """Write ticks under the bins, the open bin as "≥ low", and the unit below; gives the y below."""
    size, colours = style().size, style().chart
    closed = bins.end - bins.step * bins.open_end
    marks = [mark for mark in layout.ticks(bins.start, closed, 8, whole=bins.shift > 0)
             if bins.start - 1e-9 <= mark <= closed - bins.shift + 1e-9]
    entries = [(scale(mark), layout.tick_words(mark)) for mark in marks]
    if bins.open_end:
        words = phrases.phrase("chart.open_tick", canvas.language, low=layout.tick_words(closed))
        middle = scale(closed - bins.shift + bins.step / 2)
        reach = middle - fonts.width(words, size.small) - 14
        entries = [entry for entry in entries if entry[0] < reach] + [(middle, words)]
    for x, words in entries:
        half = fonts.width(words, size.small) / 2
        canvas.line((x, y), (x, y + 4), colours.axis)
        canvas.text(min(max(x, half), size.column - half), y + size.line, words, colours.muted, size=size.small,
                    anchor="center")
    if not canvas.unit:
        return y + size.line
    canvas.text(scale.origin, y + 2 * size.line, phrases.phrase("chart.unit", canvas.language, unit=canvas.unit), colours.muted,
                size=size.small)
    return y + 2 * size.line
