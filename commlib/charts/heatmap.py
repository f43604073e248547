"""Heat maps: places down, items or periods across; values by their size, or closed states by a colour and a sign."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.charts import findings, fonts, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import ink_on, style
from commlib.errors import ParameterError

_WIDEST = 72.0      # px of a cell, where there are few columns
_AIR = 6.0          # px of air about a number in its cell
_CHIP = 26.0        # px of a cell in the key
_MOST_LINES = 4     # of the head of a column
_MONTH = re.compile(r"\d{4}-\d{2}")
_LATIN = re.compile(r"[!-\u2e7f]+")   # a word that may not be broken
STATES = ("met", "partly", "missed", "not_reported", "not_due")
NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class _Cell:
    """What one cell shows: its fill, the words or the sign in it, and its words in full; hatched where not reported."""

    fill: str
    words: str
    hover: str
    hatched: bool = False


def heat_map(frame: pd.DataFrame, across: Sequence[str], *, chart_id: str, title: str, unit: str, language: str,
             notes: Sequence[str] = (), write: Write | None = None) -> Chart:
    """Draw cells (label, column, value, status) in the order of `frame` downwards and of `across` from left to right.

    NaN, or a cell that is not there, is not reported, grey and hatched, or blank where its status, which may be absent, says
    why else it has no value. Zero is white with a printed 0, a value the darker
    the nearer it is to the largest. Where the numbers do not fit they stand in the titles of the cells alone.
    """
    parts.require(frame, ["label", "column", "value"], chart_id)
    canvas = Canvas(chart_id, title, language, notes, unit, write)
    labels = list(dict.fromkeys(frame["label"].astype(str)))
    cells = zip(frame["label"].astype(str), frame["column"].astype(str), frame["value"].astype(float), strict=True)
    known = {(label, column): value for label, column, value in cells if not math.isnan(value)}
    why = _why_missing(frame, known)
    most = max([0.0, *known.values()])
    width = _cell_width(parts.Stack(labels).left, across)
    fits = all(fonts.width(canvas.write(value), style().size.small) + _AIR <= width for value in known.values())

    def cell(label: str, column: str) -> _Cell:
        value = known.get((label, column), math.nan)
        status = why.get((label, column), NOT_REPORTED)
        words = canvas.write(value) if not math.isnan(value) else phrases.phrase(f"chart.{status}", language)
        hover = phrases.phrase("chart.hover_part", language, label=label, part=column, text=words)
        if math.isnan(value):
            hatched = status == NOT_REPORTED
            return _Cell(style().chart.missing_fill if hatched else style().chart.card, "", hover, hatched)
        fill = style().chart.card if value == 0 else _blue(value, most)
        return _Cell(fill, words if fits else "0" if value == 0 else "", hover)

    top = parts.draw_unit(canvas, parts.Stack(labels).left, _draw_scale(canvas, most))
    return canvas.chart(_draw(canvas, labels, across, top, cell), _finding(labels, across, known, why, language), frame)


def _why_missing(frame: pd.DataFrame, known: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], str]:
    """The status of each cell that has no value for another reason than that nothing was reported."""
    if "status" not in frame:
        return {}
    cells = zip(frame["label"].astype(str), frame["column"].astype(str), frame["status"], strict=True)
    return {(label, column): str(status) for label, column, status in cells
            if (label, column) not in known and status in parts.STATUSES_WITHOUT_VALUE and status != NOT_REPORTED}


def state_map(frame: pd.DataFrame, across: Sequence[str], *, chart_id: str, title: str, language: str,
              words: Mapping[str, str] | None = None, notes: Sequence[str] = ()) -> Chart:
    """Draw cells (label, column, state) as a calendar of compliance or a checklist, each with a colour and a sign.

    `state` is met, partly, missed, not_reported or not_due, and `words` renames them for this chart; a cell that is not there
    is not reported. Raises ParameterError for another state.
    """
    parts.require(frame, ["label", "column", "state"], chart_id)
    unknown = sorted(set(frame["state"].astype(str)) - set(STATES))
    if unknown:
        raise ParameterError(phrases.text("chart.unknown_state", chart=chart_id, found=listed(unknown, language),
                                          known=", ".join(STATES)))
    named = {state: phrases.phrase(f"chart.{state}", language) for state in STATES} | dict(words or {})
    labels = list(dict.fromkeys(frame["label"].astype(str)))
    known = dict(zip(zip(frame["label"].astype(str), frame["column"].astype(str), strict=True), frame["state"], strict=True))

    def cell(label: str, column: str) -> _Cell:
        state = known.get((label, column), NOT_REPORTED)
        look = style().state[state]
        hover = phrases.phrase("chart.hover_part", language, label=label, part=column, text=named[state])
        return _Cell(look.fill, look.sign, hover, hatched=state == NOT_REPORTED)

    states = {(label, column): str(known.get((label, column), NOT_REPORTED)) for label in labels for column in across}
    shown = [state for state in named if state in states.values() or state == NOT_REPORTED]
    canvas = Canvas(chart_id, title, language, notes)
    top = _draw_key(canvas, [(_Cell(style().state[state].fill, style().state[state].sign, "", state == NOT_REPORTED),
                              named[state]) for state in shown])
    return canvas.chart(_draw(canvas, labels, across, top, cell), _states_finding(states, named, language), frame)


def _cell_width(left: float, across: Sequence[str]) -> float:
    """As much as there is for each column, but no more than its number or a word of its head asks for."""
    longest = max((fonts.width(word, style().size.small) for words in across for word in _LATIN.findall(words)), default=0.0)
    room = (style().size.column - left - style().size.margin) / max(len(across), 1)
    return min(room, max(_WIDEST, longest + 3))


def _draw(canvas: Canvas, labels: Sequence[str], across: Sequence[str], top: float, cell: Callable[[str, str], _Cell],
          ) -> float:
    """The heads, the rows of cells and the notes; gives the y below."""
    stack = parts.Stack(labels)
    left, width = stack.left, _cell_width(stack.left, across)
    top, written_out = _draw_heads(canvas, across, left, width, top)
    rows, bottom = stack.placed(top)
    for label, row in zip(labels, rows, strict=True):
        parts.draw_name(canvas, row, left)
        for place, column in enumerate(across):
            _draw_cell(canvas, (left + place * width, row.top + 1, width - 1, row.height - 2), cell(label, column))
    return parts.draw_notes(canvas, bottom, written_out)


def _draw_cell(canvas: Canvas, box: tuple[float, float, float, float], cell: _Cell) -> None:
    """One cell: hatched where nothing was reported, white with an edge where there is nothing to show, else in its colour."""
    colours = style().chart
    edge = colours.missing_line if cell.hatched else colours.grid if cell.fill == colours.card else "none"
    canvas.rectangle(*box, cell.fill, edge=edge, hatched=cell.hatched, hover=cell.hover)
    left, top, width, height = box
    size = min(style().size.small, width - 1) if len(cell.words) == 1 else style().size.small
    if cell.words and fonts.width(cell.words, size) <= width:
        ink = colours.missing if cell.hatched else ink_on(cell.fill)
        canvas.text(left + width / 2, top + height / 2 + size * parts.BASELINE, cell.words, ink, size=size, anchor="center",
                    halo=cell.hatched, strong=len(cell.words) == 1 and not cell.words.isdigit(), hover=cell.hover)


def _blue(value: float, most: float) -> str:
    steps = style().sequential
    return steps[min(int(max(value, 0.0) / most * len(steps)), len(steps) - 1)] if most > 0 else steps[0]


def _draw_heads(canvas: Canvas, across: Sequence[str], left: float, width: float, top: float) -> tuple[float, str]:
    """The heads of the columns, broken into lines where they fit, months below their years; else they are numbered.

    Gives the y below and the numbered heads, written out.
    """
    size, written_out = style().size, ""
    heads = [fonts.wrap(words, size.small, width - 2) for words in across]
    if any(len(lines) > 1 for lines in heads) and all(_MONTH.fullmatch(words) for words in across):
        return _draw_months(canvas, across, left, width, top), ""
    cut = any(fonts.width(word, size.small) > width - 2 for words in across for word in _LATIN.findall(words))
    if cut or any(len(lines) > _MOST_LINES for lines in heads):
        heads = [[str(number)] for number in range(1, len(across) + 1)]
        written_out = listed([phrases.phrase("chart.numbered", canvas.language, n=number, label=words)
                              for number, words in enumerate(across, start=1)], canvas.language)
    deepest = max((len(lines) for lines in heads), default=1)
    for place, lines in enumerate(heads):
        for index, line in enumerate(lines, start=deepest - len(lines)):
            _draw_head(canvas, line, left + (place + 0.5) * width, width, top + index * size.line)
    return top + deepest * size.line + 2, written_out


def _draw_head(canvas: Canvas, words: str, middle: float, width: float, top: float) -> None:
    """One line of a head in the middle of its column, smaller where the column is very narrow."""
    size = style().size
    font = min(size.small, (width - 1) / max(fonts.width(words, 1.0), 0.1))
    canvas.text(middle, top + size.small, words, style().chart.muted, size=font, anchor="center")


def _draw_months(canvas: Canvas, across: Sequence[str], left: float, width: float, top: float) -> float:
    """Heads of months: the year where it begins, the number of each month below; gives the y below."""
    size, free = style().size, left
    for place, words in enumerate(across):
        year, month = words.split("-")
        x = left + place * width
        if (not place or across[place - 1][:4] != year) and x >= free - 1e-6:
            canvas.text(x, top + size.small, year, style().chart.muted, size=size.small)
            free = x + fonts.width(year, size.small) + _AIR
        _draw_head(canvas, str(int(month)), x + width / 2, width, top + size.line)
    return top + 2 * size.line + 2


def _draw_key(canvas: Canvas, entries: Sequence[tuple[_Cell, str]]) -> float:
    """What each kind of cell looks like, flowing over as many lines as needed; gives the y below."""
    size, x, top = style().size, 0.0, 2.0
    for cell, words in entries:
        needed = _CHIP + 5 + fonts.width(words, size.small)
        if x and x + needed > size.column:
            x, top = 0.0, top + size.line + 4
        _draw_cell(canvas, (x, top, _CHIP, size.small + 4), cell)
        canvas.text(x + _CHIP + 5, top + size.small + 1, words, style().chart.muted, size=size.small)
        x += needed + 18
    return top + size.small + 2 + size.gap


def _draw_scale(canvas: Canvas, most: float) -> float:
    """What the three states of a value look like, and the scale from its lightest to its darkest blue."""
    size, colours = style().size, style().chart
    entries = [(_Cell(colours.missing_fill, "", "", hatched=True), phrases.phrase("chart.not_reported", canvas.language)),
               (_Cell(colours.card, "", ""), canvas.write(0.0))]
    below = _draw_key(canvas, entries)
    x = sum(_CHIP + 23 + fonts.width(words, size.small) for _, words in entries)
    for number, colour in enumerate(style().sequential):
        canvas.rectangle(x + number * _CHIP, 2, _CHIP, size.small + 4, colour)
    words = phrases.phrase("chart.up_to", canvas.language, most=canvas.write(most)) if most else ""
    canvas.text(x + len(style().sequential) * _CHIP + 5, size.small + 3, words, colours.muted, size=size.small)
    return below


def _finding(labels: Sequence[str], across: Sequence[str], known: Mapping[tuple[str, str], float],
             why: Mapping[tuple[str, str], str], language: str) -> str:
    """How many cells there are, how many were not reported and are zero, and where most are missing."""
    missing = [label for label in labels for column in across if (label, column) not in known and (label, column) not in why]
    otherwise = [phrases.phrase("chart.cells_without", language, n=n, status=phrases.phrase(f"chart.{status}", language))
                 for status, n in Counter(why.values()).items()]
    told = phrases.phrase("chart.cells", language, n=len(labels) * len(across), rows=len(labels), columns=len(across),
                          missing=len(missing), zero=sum(value == 0 for value in known.values()))
    return findings.joined([told, *otherwise, _most(missing, len(labels), "chart.most_missing", language)], language)


def _states_finding(states: Mapping[tuple[str, str], str], named: Mapping[str, str], language: str) -> str:
    """How many cells are in each state, and the places and columns with most that were missed."""
    rows, columns = ({key[side] for key in states} for side in (0, 1))
    counts = Counter(states.values())
    told = listed([phrases.phrase("chart.state_count", language, state=named[state], n=counts[state])
                   for state in named if counts[state]], language)
    missed = [key for key, state in states.items() if state == "missed"]
    return findings.joined([
        phrases.phrase("chart.states", language, n=len(states), rows=len(rows), columns=len(columns), states=told) if states else
        phrases.phrase("chart.nothing", language),
        _most([label for label, _ in missed], len(rows), "chart.most_missed", language, state=named["missed"]),
        _most([column for _, column in missed], len(columns), "chart.most_missed", language, state=named["missed"])], language)


def _most(found: Sequence[str], of: int, key: str, language: str, **more: str) -> str:
    """Name those found most often; nothing where all are found alike."""
    counts = Counter(found)
    most = max(counts.values(), default=0)
    if most * of <= len(found):
        return ""
    return phrases.phrase(key, language, labels=findings.names([each for each in counts if counts[each] == most], language),
                          n=most, **more)
