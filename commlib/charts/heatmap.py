"""Heat map: places down, items or periods across; a value, a zero and what was not reported are three different things."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from commlib import phrases
from commlib.charts import findings, fonts, parts
from commlib.charts.bars import draw_name
from commlib.charts.composition import ink_on
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style

_WIDEST = 72.0   # px of a cell, where there are few columns
_AIR = 6.0       # px of air about a number in its cell
_CHIP = 26.0     # px of a cell in the key


def heat_map(frame: pd.DataFrame, across: Sequence[str], *, chart_id: str, title: str, unit: str, language: str,
             notes: Sequence[str] = (), write: Write | None = None) -> Chart:
    """Draw cells (label, column, value) in the order of `frame` downwards and of `across` from left to right.

    NaN, or a cell that is not there, is not reported: grey and hatched. Zero is white with a printed 0, a value the darker
    the nearer it is to the largest. Where the numbers do not fit they stand in the titles of the cells alone.
    """
    parts.require(frame, ["label", "column", "value"], chart_id)
    write = write or findings.plain_writer(unit, language)
    labels = list(dict.fromkeys(frame["label"].astype(str)))
    cells = zip(frame["label"].astype(str), frame["column"].astype(str), frame["value"].astype(float), strict=True)
    known = {(label, column): value for label, column, value in cells if not math.isnan(value)}
    canvas = Canvas(chart_id)
    rows, left, _ = parts.stack_rows(labels, [""] * len(labels), 0)
    width = min((style().size.column - left - style().size.margin) / max(len(across), 1), _WIDEST)
    top = parts.draw_unit(canvas, left, unit, language, top=_draw_key(canvas, max(known.values(), default=0.0), write, language))
    top = _draw_heads(canvas, across, left, width, top)
    rows, left, bottom = parts.stack_rows(labels, [""] * len(labels), top)
    fits = all(fonts.width(write(value), style().size.small) + _AIR <= width for value in known.values())
    for label, row in zip(labels, rows, strict=True):
        draw_name(canvas, row, left)
        for place, column in enumerate(across):
            box = (left + place * width, row.top + 1, width - 1, row.height - 2)
            value = known.get((label, column), math.nan)
            words = write(value) if not math.isnan(value) else phrases.phrase("chart.not_reported", language)
            hover = phrases.phrase("chart.hover_part", language, label=label, part=column, text=words)
            _draw_cell(canvas, box, value, max(known.values(), default=0.0), words if fits else "0" if value == 0 else "", hover)
    height = parts.draw_notes(canvas, bottom, notes)
    return canvas.chart(height, title, _finding(labels, across, known, language), language, notes, frame)


def _draw_cell(canvas: Canvas, box: tuple[float, float, float, float], value: float, most: float, words: str, hover: str) -> None:
    """One cell: hatched where nothing was reported, white for zero, else a blue of the scale."""
    colours, size = style().chart, style().size
    if math.isnan(value):
        canvas.rectangle(*box, colours.missing_fill, edge=colours.missing_line, hatched=True, hover=hover)
        return
    fill = colours.card if value == 0 else _blue(value, most)
    canvas.rectangle(*box, fill, edge=colours.grid if value == 0 else "none", hover=hover)
    left, top, width, height = box
    if words and fonts.width(words, size.small) <= width:
        canvas.text(left + width / 2, top + height / 2 + size.small * 0.36, words, ink_on(fill), size=size.small, anchor="center",
                    hover=hover)


def _blue(value: float, most: float) -> str:
    steps = style().sequential
    return steps[min(int(max(value, 0.0) / most * len(steps)), len(steps) - 1)]


def _draw_heads(canvas: Canvas, across: Sequence[str], left: float, width: float, top: float) -> float:
    """The heads of the columns, leaving out those that would crowd; the first and those that fit behind it stay."""
    size = style().size
    free = left
    for place, words in enumerate(across):
        start, room = left + place * width, fonts.width(words, size.small)
        if start >= free - 1e-6 and start + room <= size.column:
            canvas.text(start, top + size.small, words, style().chart.muted, size=size.small)
            free = start + room + _AIR
    return top + size.line + 2


def _draw_key(canvas: Canvas, most: float, write: Write, language: str) -> float:
    """What the three states look like, and the scale from its lightest to its darkest blue."""
    size, colours, x = style().size, style().chart, 0.0
    entries = [(math.nan, phrases.phrase("chart.not_reported", language)), (0.0, write(0.0))]
    for value, words in entries:
        _draw_cell(canvas, (x, 2, _CHIP, size.small + 4), value, most or 1, "", words)
        canvas.text(x + _CHIP + 5, size.small + 3, words, colours.muted, size=size.small)
        x += _CHIP + 5 + fonts.width(words, size.small) + 18
    for number, colour in enumerate(style().sequential):
        canvas.rectangle(x + number * _CHIP, 2, _CHIP, size.small + 4, colour)
    words = phrases.phrase("chart.up_to", language, most=write(most)) if most else ""
    canvas.text(x + len(style().sequential) * _CHIP + 5, size.small + 3, words, colours.muted, size=size.small)
    return size.small + 4 + size.gap


def _finding(labels: Sequence[str], across: Sequence[str], known: dict[tuple[str, str], float], language: str) -> str:
    """How many cells there are, how many were not reported and are zero, and where most are missing."""
    cells = len(labels) * len(across)
    gaps = {label: sum((label, column) not in known for column in across) for label in labels}
    missing, most = sum(gaps.values()), max(gaps.values(), default=0)
    sentences = [phrases.phrase("chart.cells", language, n=cells, rows=len(labels), columns=len(across), missing=missing,
                                zero=sum(value == 0 for value in known.values()))]
    if missing and most * len(labels) > missing:   # not all alike
        worst = [label for label in labels if gaps[label] == most]
        sentences.append(phrases.phrase("chart.most_missing", language, labels=findings.names(worst, language), n=most))
    return findings.joined(sentences, language)
