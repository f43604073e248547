"""Pieces that several charts share: rows of names, flags at lines, the chip of a missing value, keys, notes."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts import fonts, layout
from commlib.charts.figure import Canvas
from commlib.charts.style import style
from commlib.errors import ParameterError

MOST_ROWS = 40       # of a chart of many places, projects or buildings; the rest is told
BASELINE = 0.36      # from the middle of a line of text down to its baseline, in parts of the font size
STATUSES_WITHOUT_VALUE = ("not_reported", "not_listed", "no_denominator", "suppressed", "not_applicable")
_CHIP = 44.0         # px that a hatched chip is wider than its words
_TEXT_COLUMN = 0.45  # the widest a number with its words may grow, as a part of the plot


def require(frame: pd.DataFrame, columns: Sequence[str], chart_id: str) -> None:
    """Raise ParameterError where the frame lacks columns."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ParameterError(phrases.text("chart.missing_columns", chart=chart_id, missing=", ".join(missing),
                                          needed=", ".join(columns)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a ranking: lines of its name and of its number, and where it stands in px."""

    name: list[str]
    number: list[str]
    top: float
    height: float

    @property
    def middle(self) -> float:
        """The y of the middle of the row."""
        return self.top + self.height / 2

    @property
    def number_width(self) -> float:
        """Width of the widest line of the number in px."""
        return max((fonts.width(line, style().size.label) for line in self.number), default=0.0)


class Stack:
    """The rows of a chart below one another: names and numbers in lines; they are placed where the y of their top is known."""

    def __init__(self, labels: Iterable[str], numbers: Iterable[str] | None = None) -> None:
        size = style().size
        names = [fonts.wrap(label, size.label, size.label_column) for label in labels]
        widest = max((fonts.width(line, size.label) for lines in names for line in lines), default=0.0)
        self.left = widest + size.gap   # x of the plot
        room = (size.column - self.left - size.margin) * _TEXT_COLUMN
        self.rows: list[Row] = []
        for name, number in zip(names, [""] * len(names) if numbers is None else numbers, strict=True):
            lines = fonts.wrap(number, size.label, room)
            self.rows.append(Row(name, lines, 0.0, size.row + (max(len(name), len(lines)) - 1) * size.line))

    @property
    def right(self) -> float:
        """The x of the plot's right where all numbers stand in a column of their own behind it."""
        size = style().size
        return size.column - max((row.number_width for row in self.rows), default=0.0) - 2 * size.gap

    def placed(self, top: float) -> tuple[list[Row], float]:
        """The rows from the y of their top on, and the y of the bottom."""
        rows = []
        for row in self.rows:
            rows.append(replace(row, top=top))
            top += row.height
        return rows, top


def stack_of(rows: pd.DataFrame) -> Stack:
    """Rows (label, value, text) as a stack; a row without a value has no number."""
    return Stack(rows["label"], rows["text"].where(rows["value"].notna(), ""))


def draw_known(canvas: Canvas, stack: Stack, top: float, rows: pd.DataFrame, zero: float,
               ) -> Iterator[tuple[Row, dict[Hashable, Any], str]]:
    """Write the name of each of rows (label, value, text, status, highlight), and at x `zero` why one has no value.

    Gives one after the other those that have one, with their record and hover words, to be drawn before the next.
    """
    for row, record in zip(stack.placed(top)[0], rows.to_dict("records"), strict=True):
        draw_name(canvas, row, stack.left, bool(record.get("highlight")))
        hover = phrases.phrase("chart.hover", canvas.language, label=record["label"], text=record["text"])
        if math.isnan(record["value"]):
            draw_missing(canvas, zero, row, record.get("status", "not_reported"), hover)
        else:
            yield row, record, hover


def exactly(canvas: Canvas, hover: str, value: float) -> str:
    """Hover words with the unrounded value behind them."""
    return phrases.phrase("chart.exact", canvas.language, text=hover, value=f"{value:.10g}")


def draw_name(canvas: Canvas, row: Row, left: float, strong: bool = False) -> None:
    """Write the name of a row, right-aligned at the plot's left."""
    draw_lines(canvas, left - style().size.gap, row.middle, row.name, style().chart.ink, "right", strong=strong)


def draw_span(canvas: Canvas, row: Row, ends: tuple[float, float], fill: str, hover: str = "", *, edge: str = "none") -> None:
    """Draw a bar of a row between two x; nothing where there is nothing between them."""
    size, (low, high) = style().size, sorted(ends)
    if high > low:
        canvas.rectangle(low, row.middle - size.bar / 2, high - low, size.bar, fill, edge=edge, hover=hover)


def draw_lines(canvas: Canvas, x: float, middle: float, lines: Sequence[str], colour: str, anchor: str, *,
               font: float | None = None, halo: bool = False, strong: bool = False, hover: str = "") -> None:
    """Write lines of text centred on `middle`, in the size of labels where `font` does not give another."""
    size = style().size
    for index, line in enumerate(lines):
        baseline = middle + (index - (len(lines) - 1) / 2) * size.line + (font or size.label) * BASELINE
        canvas.text(x, baseline, line, colour, size=font, anchor=anchor, halo=halo, strong=strong, hover=hover)


def draw_missing(canvas: Canvas, x: float, row: Row, status: str, hover: str) -> None:
    """Write why a row has no value: a hatched light-grey chip off the baseline for not reported, else words only.

    It stands at the right of `x`, or at its left where there is no room.
    """
    size, colours = style().size, style().chart
    words = phrases.phrase(f"chart.{status}", canvas.language)
    width = fonts.width(words, size.small)
    left = x + size.gap
    if left + width + _CHIP > size.column:
        left = x - missing_width(canvas, status)
    if status == "not_reported":
        canvas.rectangle(left, row.middle - size.bar / 2 - 1, width + _CHIP, size.bar + 2, colours.missing_fill,
                         edge=colours.missing_line, hatched=True, hover=hover)
        left += _CHIP / 2
        canvas.rectangle(left - 4, row.middle - size.bar / 2 + 0.5, width + 8, size.bar - 1, colours.card)
    canvas.text(left, row.middle + size.small * BASELINE, words, colours.missing, size=size.small, hover=hover)


def missing_width(canvas: Canvas, status: str) -> float:
    """Width in px of what `draw_missing` draws from its x on."""
    return fonts.width(phrases.phrase(f"chart.{status}", canvas.language), style().size.small) + style().size.gap + _CHIP


def first_rows(rows: pd.DataFrame, first: int | None, notes: Sequence[str], language: str) -> tuple[pd.DataFrame, Sequence[str]]:
    """The first rows that are drawn, and the notes with the one that tells of the rest."""
    if first is None or first >= len(rows):
        return rows, notes
    return rows.head(first), [*notes, phrases.phrase("chart.first", language, first=first, n=len(rows))]


class Flags:
    """Labelled vertical lines (x, words): their words stand above the plot and never meet across the whole column."""

    def __init__(self, lines: Sequence[tuple[float, str]]) -> None:
        size = style().size
        self.words = [words for _, words in lines]
        self._placed = layout.place_flags([(x, fonts.width(words, size.small)) for x, words in lines], 0, size.column)

    @property
    def height(self) -> float:
        """Height in px that they take above the plot."""
        return (max(flag.level for flag in self._placed) + 1) * style().size.line + 4 if self._placed else 0.0

    def draw(self, canvas: Canvas, top: float, bottom: float) -> None:
        """Draw all as dashed reference lines from their words, above the plot's `top`, down to `bottom`."""
        for number in range(len(self.words)):
            self.draw_one(canvas, number, top, bottom, style().chart.reference)

    def draw_one(self, canvas: Canvas, number: int, top: float, bottom: float, colour: str, *, ink: str = "",
                 thickness: float = 1.0, dashed: bool = True, strong: bool = False) -> None:
        """Draw one of them in a look of its own."""
        size, flag, words = style().size, self._placed[number], self.words[number]
        baseline = top - 6 - flag.level * size.line
        canvas.line((flag.x, baseline - size.small + 2), (flag.x, bottom), colour, thickness=thickness, dashed=dashed,
                    hover=words)
        x, anchor = (flag.span[0], "left") if flag.rightwards else (flag.span[1], "right")
        canvas.text(x, baseline, words, ink or colour, size=size.small, anchor=anchor, halo=True, strong=strong)


def reference_flags(canvas: Canvas, references: Iterable[tuple[str, float]], scale: layout.Scale) -> Flags:
    """Reference values (label, value) as flags that say label and value."""
    return Flags([(scale(value), f"{label} {canvas.write(value)}") for label, value in references])


def draw_unit(canvas: Canvas, x: float, top: float = 0.0) -> float:
    """Write the unit of the axis below `top` and give the y below it; nothing where there is no unit."""
    size = style().size
    if not canvas.unit:
        return top + size.margin
    words = phrases.phrase("chart.unit", canvas.language, unit=canvas.unit)
    lines = fonts.wrap(words, size.small, size.column - x)
    for index, line in enumerate(lines):
        canvas.text(x, top + size.small + 2 + index * size.line, line, style().chart.muted, size=size.small)
    return top + size.line * len(lines) + 5


def draw_axis(canvas: Canvas, scale: layout.Scale, marks: Sequence[float], top: float, bottom: float) -> None:
    """Draw thin vertical gridlines at the ticks and write the ticks below, leaving out those that would crowd."""
    size, colours = style().size, style().chart
    free = 0.0
    for mark in marks:
        x, words = scale(mark), layout.tick_words(mark)
        half = fonts.width(words, size.small) / 2
        canvas.line((x, top), (x, bottom), colours.grid)
        centre = min(max(x, half), size.column - half)
        if centre - half >= free:
            canvas.text(centre, bottom + size.line - 2, words, colours.muted, size=size.small, anchor="center")
            free = centre + half + 8


def draw_levels(canvas: Canvas, upwards: layout.Scale, marks: Sequence[float], left: float, right: float) -> None:
    """Draw thin horizontal gridlines at the ticks and write the ticks at the left; the line of zero is darker."""
    size, colours = style().size, style().chart
    for mark in marks:
        y = upwards(mark)
        canvas.line((left, y), (right, y), colours.grid if mark else colours.axis)
        canvas.text(left - size.gap / 2, y + size.small * BASELINE, layout.tick_words(mark), colours.muted, size=size.small,
                    anchor="right")


def draw_periods(canvas: Canvas, periods: Sequence[str], across: layout.Scale, y: float) -> None:
    """Write the periods at 0, 1, 2… of the scale below y: of many only those at half years, and none that would crowd."""
    size, colours = style().size, style().chart
    many = len(periods) > 14 and any(period.endswith(("-01", "-07")) for period in periods)
    free = 0.0
    for number, period in enumerate(periods):
        half, x = fonts.width(period, size.small) / 2, across(number)
        centre = max(x, half)
        if centre - half >= free and x + half <= size.column and (not number or not many or period.endswith(("-01", "-07"))):
            canvas.line((x, y), (x, y + 4), colours.axis)
            canvas.text(centre, y + size.line, period, colours.muted, size=size.small, anchor="center")
            free = centre + half + size.gap


def draw_notes(canvas: Canvas, top: float, *above: str) -> float:
    """Write the notes below the plot over the whole column, after what is said `above` them, and give the y below."""
    return draw_paragraphs(canvas, top, [*above, *canvas.notes])


def draw_nothing(canvas: Canvas) -> float:
    """Write that nothing was reported, and the notes; give the y below."""
    return draw_notes(canvas, 0, phrases.phrase("chart.nothing", canvas.language))


def draw_paragraphs(canvas: Canvas, top: float, paragraphs: Iterable[str]) -> float:
    """Write paragraphs over the whole column and give the y below them."""
    size = style().size
    for line in [line for words in paragraphs if words for line in fonts.wrap(words, size.small, size.column - size.margin)]:
        top += size.line
        canvas.text(0, top, line, style().chart.muted, size=size.small)
    return top + size.margin


def draw_key(canvas: Canvas, top: float, entries: Sequence[tuple[str, str]]) -> float:
    """Draw a compact key of (colour, words), flowing over as many lines as needed, and give the y below it."""
    size = style().size
    x, baseline, square = 0.0, top + size.small, 10.0
    for colour, words in entries:
        lines = fonts.wrap(words, size.small, size.column - square - 6)
        needed = square + 6 + fonts.width(lines[0], size.small)
        if x and x + needed > size.column:
            x, baseline = 0.0, baseline + size.line
        canvas.rectangle(x, baseline - square + 0.5, square, square, colour)
        for index, line in enumerate(lines):
            canvas.text(x + square + 6, baseline + index * size.line, line, style().chart.muted, size=size.small)
        baseline += (len(lines) - 1) * size.line
        x += needed + 18
    return baseline + size.gap
