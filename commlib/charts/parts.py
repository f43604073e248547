"""Pieces that several charts share: rows of names, flags at lines, the chip of a missing value, keys, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from commlib import phrases
from commlib.charts import fonts, layout
from commlib.charts.figure import Canvas
from commlib.charts.style import style
from commlib.errors import ParameterError

STATUSES_WITHOUT_VALUE = ("not_reported", "no_denominator", "suppressed", "not_applicable")
_TEXT_COLUMN = 0.45   # the widest a number with its words may grow, as a part of the plot
_BASELINE = 0.36      # from the middle of a line of text down to its baseline, in parts of the font size


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


def stack_rows(labels: Iterable[str], numbers: Iterable[str], top: float) -> tuple[list[Row], float, float]:
    """Break names and numbers into lines and stack the rows; gives rows, x of the plot's left, y of the bottom."""
    size = style().size
    names = [fonts.wrap(label, size.label, size.label_column) for label in labels]
    widest = max((fonts.width(line, size.label) for lines in names for line in lines), default=0.0)
    left = widest + size.gap
    room = (size.column - left - size.margin) * _TEXT_COLUMN
    rows: list[Row] = []
    for name, number in zip(names, numbers, strict=True):
        lines = fonts.wrap(number, size.label, room)
        height = size.row + (max(len(name), len(lines)) - 1) * size.line
        rows.append(Row(name, lines, top, height))
        top += height
    return rows, left, top


def draw_lines(canvas: Canvas, x: float, middle: float, lines: Sequence[str], colour: str, anchor: str, *,
               font: float | None = None, halo: bool = False, strong: bool = False, hover: str = "") -> None:
    """Write lines of text centred on `middle`, in the size of labels where `font` does not give another."""
    size = style().size
    for index, line in enumerate(lines):
        baseline = middle + (index - (len(lines) - 1) / 2) * size.line + (font or size.label) * _BASELINE
        canvas.text(x, baseline, line, colour, size=font, anchor=anchor, halo=halo, strong=strong, hover=hover)


def draw_missing(canvas: Canvas, x: float, row: Row, status: str, language: str, hover: str) -> None:
    """Write why a row has no value: a hatched light-grey chip off the baseline for not reported, else words only.

    It stands at the right of `x`, or at its left where there is no room.
    """
    size, colours = style().size, style().chart
    words = phrases.phrase(f"chart.{status}", language)
    width = fonts.width(words, size.small)
    left = x + size.gap
    if left + width + 44 > size.column:
        left = x - missing_width(status, language)
    if status == "not_reported":
        canvas.rectangle(left, row.middle - size.bar / 2 - 1, width + 44, size.bar + 2, colours.missing_fill,
                         edge=colours.missing_line, hatched=True, hover=hover)
        left += 22
        canvas.rectangle(left - 4, row.middle - size.bar / 2 + 0.5, width + 8, size.bar - 1, colours.card)
    canvas.text(left, row.middle + size.small * _BASELINE, words, colours.missing, size=size.small, hover=hover)


def missing_width(status: str, language: str) -> float:
    """Width in px of what `draw_missing` draws from its x on."""
    return fonts.width(phrases.phrase(f"chart.{status}", language), style().size.small) + style().size.gap + 44


def first_rows(rows: pd.DataFrame, first: int | None, notes: Sequence[str], language: str) -> tuple[pd.DataFrame, Sequence[str]]:
    """The first rows that are drawn, and the notes with the one that tells of the rest."""
    if first is None or first >= len(rows):
        return rows, notes
    return rows.head(first), [*notes, phrases.phrase("chart.first", language, first=first, n=len(rows))]


def flags_height(flags: Sequence[layout.Flag]) -> float:
    """Height in px that flags take above the plot."""
    return (max(flag.level for flag in flags) + 1) * style().size.line + 4 if flags else 0.0


def measure_flags(lines: Sequence[tuple[float, str]]) -> list[layout.Flag]:
    """Place the words of vertical lines (x, words) across the whole column."""
    size = style().size
    return layout.place_flags([(x, fonts.width(words, size.small)) for x, words in lines], 0, size.column)


def draw_flag(canvas: Canvas, flag: layout.Flag, words: str, top: float, bottom: float, colour: str, *,
              ink: str = "", thickness: float = 1.0, dashed: bool = True, strong: bool = False) -> None:
    """Draw one labelled vertical line from its words, above the plot's `top`, down to `bottom`."""
    size = style().size
    baseline = top - 6 - flag.level * size.line
    canvas.line((flag.x, baseline - size.small + 2), (flag.x, bottom), colour, thickness=thickness, dashed=dashed,
                hover=words)
    x, anchor = (flag.span[0], "left") if flag.rightwards else (flag.span[1], "right")
    canvas.text(x, baseline, words, ink or colour, size=size.small, anchor=anchor, halo=True, strong=strong)


def draw_unit(canvas: Canvas, x: float, unit: str, language: str, top: float = 0.0) -> float:
    """Write the unit of the axis below `top` and give the y below it; nothing where there is no unit."""
    size = style().size
    if not unit:
        return top + size.margin
    words = phrases.phrase("chart.unit", language, unit=unit)
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
        canvas.text(left - size.gap / 2, y + size.small * _BASELINE, layout.tick_words(mark), colours.muted, size=size.small,
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


def draw_notes(canvas: Canvas, top: float, notes: Iterable[str]) -> float:
    """Write notes below the plot over the whole column and give the y below them."""
    size = style().size
    for line in [line for note in notes if note for line in fonts.wrap(note, size.small, size.column - size.margin)]:
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
