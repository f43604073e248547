"""Schedule: when each project, approval or part of it began and ended; what is not finished stays open at its end."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.style import style
from commlib.errors import ParameterError

_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240)   # between two ticks
_SHAPES = ("diamond", "triangle", "circle", "square")


@dataclass(frozen=True, slots=True)
class _Span:
    """One bar: days from year 1, None where not known; and its two dates in words, as stated."""

    label: str
    start: int | None
    end: int | None
    state: str
    dates: tuple[str, str]
    words: str


def gantt(frame: pd.DataFrame, *, chart_id: str, title: str, language: str, until: str = "",
          lines: Sequence[tuple[str, str]] = (), markers: pd.DataFrame | None = None, notes: Sequence[str] = (),
          finding: str = "") -> Chart:
    """Draw rows (label, start, end, state) as bars over time in the order given; dates are ISO days or months.

    No end is open, drawn on to `until` (else the latest date); rows without a date are told in a note. `lines` are (words, date),
    `markers` rows (label, date, words). Parts of one label that overlap stand below one another; `finding` stands in where more
    is known than dates. Raises ParameterError.
    """
    parts.require(frame, ["label", "start", "end"], chart_id)
    spans = [_span(str(label), str(start), str(end), str(state), language) for label, start, end, state in zip(
        frame["label"], frame["start"].fillna(""), frame["end"].fillna(""),
        frame.get("state", pd.Series("", index=frame.index)).fillna(""), strict=True)]
    states = list(dict.fromkeys(span.state for span in spans if span.state))
    if len(states) > len(style().category):
        raise ParameterError(phrases.text("chart.too_many_parts", chart=chart_id, n=len(states), most=len(style().category)))
    dated = [span for span in spans if span.start is not None or span.end is not None]
    undated = [label for label in dict.fromkeys(span.label for span in spans) if label not in {span.label for span in dated}]
    backwards = [span for span in dated if span.start is not None and span.end is not None and span.end <= span.start]
    dated = [span for span in dated if span not in backwards]
    wrong = [phrases.phrase("chart.hover", language, label=span.label, text=span.words) for span in backwards]
    told = [phrases.phrase(key, language, n=len(labels), labels=listed(labels, language))
            for key, labels in (("chart.undated", undated), ("chart.backwards", wrong)) if labels]
    marks = [] if markers is None else [(str(label), _required(day), str(words))
                                        for label, day, words in markers[["label", "date", "words"]].itertuples(index=False)]
    flags = [(words, _required(day)) for words, day in lines]
    days = [day for span in dated for day in (span.start, span.end) if day is not None]
    days += [day for _, day, _ in marks] + [day for _, day in flags]
    stop = _day(until, True) or max(days, default=0)
    canvas = Canvas(chart_id, title, language, [*told, *notes])
    height = _draw(canvas, dated, states, (min(days), max(*days, stop)), stop, flags, marks) if dated else \
        parts.draw_nothing(canvas)
    return canvas.chart(height, finding or _finding(dated, undated, language), frame)


def _day(text: object, end: bool) -> int | None:
    """The day of a date, of a month its first or the one after its last; None where blank. Raises ParameterError."""
    found = str(text or "").strip()
    if not found:
        return None
    try:
        if len(found) == 7:   # a month
            year, month = int(found[:4]), int(found[5:])
            return date(year, month, 1).toordinal() + (calendar.monthrange(year, month)[1] if end else 0)
        return date.fromisoformat(found).toordinal() + end
    except ValueError:
        raise ParameterError(phrases.text("chart.bad_date", found=found)) from None


def _required(text: object) -> int:
    found = _day(text, False)
    if found is None:
        raise ParameterError(phrases.text("chart.bad_date", found=str(text)))
    return found


def _span(label: str, start: str, end: str, state: str, language: str) -> _Span:
    dates = start.strip(), end.strip()
    return _Span(label, _day(start, False), _day(end, True), state, dates, _words(*dates, language))


def _words(start: str, end: str, language: str) -> str:
    """From when to when, or only one of the two."""
    key = "span_open" if not end else "span" if start else "span_until"
    return phrases.phrase(f"chart.{key}", language, start=start, end=end)


def _lanes(spans: Sequence[_Span]) -> list[list[_Span]]:
    """Rows of spans: those of one label share a row as long as they follow one another."""
    lanes: list[list[_Span]] = []
    for label in dict.fromkeys(span.label for span in spans):
        own: list[list[_Span]] = []
        for span in (each for each in spans if each.label == label):
            free = [lane for lane in own if None not in (lane[-1].start, lane[-1].end, span.start)
                    and lane[-1].end <= span.start]   # type: ignore[operator]
            if free:
                free[0].append(span)
            else:
                own.append([span])
        lanes += own
    return lanes


def _draw(canvas: Canvas, spans: Sequence[_Span], states: Sequence[str], days: tuple[int, int], stop: int,
          lines: Sequence[tuple[str, int]], marks: Sequence[tuple[str, int, str]]) -> float:
    size, colours = style().size, style().chart
    lanes = _lanes(spans)
    labels = [lane[0].label if number == 0 or lanes[number - 1][0].label != lane[0].label else ""
              for number, lane in enumerate(lanes)]
    stack = parts.Stack(labels, [_words(lane[0].dates[0], lane[-1].dates[1], canvas.language) for lane in lanes])
    right = stack.right - size.gap
    scale = layout.span_scale(days[0], days[1], stack.left + size.gap, right)
    palette = dict(zip(states, style().category.values(), strict=False))
    shapes = dict(zip(dict.fromkeys(words for _, _, words in marks), _SHAPES * len(marks), strict=False))
    top = parts.draw_key(canvas, 2, [(palette[state], state) for state in states]) if states else size.margin
    top = _draw_shapes(canvas, shapes, top)
    flags = parts.Flags([(scale(day), words) for words, day in lines])
    top += flags.height
    laid, bottom = stack.placed(top)
    _draw_ticks(canvas, scale, days, top, bottom)
    flags.draw(canvas, top, bottom)
    at: dict[str, float] = {}
    for row, lane in zip(laid, lanes, strict=True):
        parts.draw_name(canvas, row, stack.left)
        at.setdefault(lane[0].label, row.middle)
        for span in lane:
            _draw_span(canvas, span, row, scale, stop, palette.get(span.state, colours.bar))
        parts.draw_lines(canvas, right + 2 * size.gap, row.middle, row.number, colours.ink, "left")
    for label, day, words in marks:
        if label in at:
            hover = phrases.phrase("chart.hover_part", canvas.language, label=label, part=words,
                                   text=date.fromordinal(day).isoformat())
            canvas.mark(scale(day), at[label], shapes[words], colours.ink, colours.card, size=10, hover=hover)
    return parts.draw_notes(canvas, bottom + size.line)


def _draw_span(canvas: Canvas, span: _Span, row: parts.Row, scale: layout.Scale, stop: int, fill: str) -> None:
    """One bar; an open end points onward, an end without a beginning points back, an end before its start is not drawn."""
    bar = style().size.bar
    hover = phrases.phrase("chart.hover_part" if span.state else "chart.hover", canvas.language, label=span.label,
                           part=span.state, text=span.words)
    if span.start is None and span.end is not None:
        canvas.mark(scale(span.end), row.middle, "back", fill, style().chart.card, size=bar * 0.8, hover=hover)
        return
    assert span.start is not None
    end = max(stop, span.start) if span.end is None else span.end
    if end > span.start:
        canvas.rectangle(scale(span.start), row.middle - bar / 2, max(scale(end) - scale(span.start), 2), bar, fill, hover=hover)
    if span.end is None:
        canvas.mark(scale(end) + 4, row.middle, "onward", fill, style().chart.card, size=bar * 0.9, hover=hover)


def _draw_shapes(canvas: Canvas, shapes: Mapping[str, str], top: float) -> float:
    """What the marks mean, each on its line; gives the y below."""
    size = style().size
    for words, shape in shapes.items():
        for index, line in enumerate(fonts.wrap(words, size.small, size.column - 24)):
            if not index:
                canvas.mark(6, top + size.line / 2, shape, style().chart.ink, style().chart.card, size=10)
            canvas.text(16, top + size.line / 2 + size.small * parts.BASELINE, line, style().chart.muted, size=size.small)
            top += size.line
    return top + (4 if shapes else 0)


def _draw_ticks(canvas: Canvas, scale: layout.Scale, days: tuple[int, int], top: float, bottom: float) -> None:
    """Gridlines at round months and their dates below, years alone where they are Januaries."""
    size, colours = style().size, style().chart
    first, last = (date.fromordinal(day) for day in days)
    needed = (fonts.width("2000-00", size.small) + size.gap) / scale.step   # days
    step = next((step for step in _MONTHS if step * 28 > needed), _MONTHS[-1])
    free = 0.0
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1):
        if month % step:
            continue
        day = date(month // 12, month % 12 + 1, 1)
        x, words = scale(day.toordinal()), f"{day.year}" if step >= 12 else f"{day:%Y-%m}"
        half = fonts.width(words, size.small) / 2
        if days[0] <= day.toordinal() <= days[1] and x - half >= free and x + half <= size.column:
            canvas.line((x, top), (x, bottom), colours.grid)
            canvas.text(x, bottom + size.line - 2, words, colours.muted, size=size.small, anchor="center")
            free = x + half + size.gap


def _finding(dated: Sequence[_Span], undated: Sequence[str], language: str) -> str:
    """How many there are, how many ended, are open or have no date, and which took longest."""
    if not dated:
        return phrases.phrase("chart.nothing", language)
    ended = sum(span.end is not None for span in dated)
    told = [phrases.phrase("chart.scheduled", language, n=len(dated), ended=ended, open=len(dated) - ended, undated=len(undated))]
    whole = [(span.end - span.start, span.label) for span in dated if span.start is not None and span.end is not None]
    longest = max((days for days, _ in whole), default=0)
    if longest > 0:
        labels = list(dict.fromkeys(label for days, label in whole if days == longest))
        told.append(phrases.phrase("chart.longest", language, labels=findings.names(labels, language), days=f"{longest:,}"))
    return findings.joined(told, language)
