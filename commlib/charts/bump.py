"""Bump chart: the rank of each place over the periods; who leads, who closes and who moved most stand out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.style import style

_STEP = 24.0      # px between two ranks, less where there are very many
_HIGHEST = 1000.0   # px from the first rank to the last
_STEPS_OF_ONE = 15  # up to so many ranks each has its number
_AIR = 5.0        # px between two names
_MOST_MOVERS = 3

Ranks = Mapping[str, Mapping[int, int]]   # of each label at each period it was ranked in


def bump(frame: pd.DataFrame, periods: Sequence[str], *, chart_id: str, title: str, language: str) -> Chart:
    """Draw rows (label, period, rank, highlight) as one line a label over `periods`; rank 1 is at the top, ties share a rank.

    No rank is a gap in the line and never the last rank; who has none at the last period is told in a note. Raises
    ParameterError.
    """
    parts.require(frame, ["label", "period", "rank"], chart_id)
    places = {period: number for number, period in enumerate(periods)}
    rows = frame.assign(label=frame["label"].astype(str), rank=pd.to_numeric(frame["rank"], errors="coerce"))
    ranks: dict[str, dict[int, int]] = {label: {} for label in rows["label"]}
    for label, period, rank in rows[["label", "period", "rank"]].itertuples(index=False):
        if not math.isnan(rank) and period in places:
            ranks[label][places[period]] = int(rank)
    ranks = {label: dict(sorted(line.items())) for label, line in ranks.items()}
    own = set(rows["label"][rows["highlight"].astype(bool)]) if "highlight" in rows else set()
    last, canvas = len(periods) - 1, Canvas(chart_id, title, language)
    absent = [label for label, line in ranks.items() if last not in line]
    if absent and len(absent) < len(ranks):
        canvas.notes = [phrases.phrase("chart.unranked", language, period=findings.when(periods[last], language),
                                       labels=listed(absent, language))]
    colours = _colours(ranks, last, own)
    height = _draw(canvas, ranks, periods, colours, findings.names(sorted(own), language))
    return canvas.chart(height, _finding(ranks, periods, language), rows)


def _change(line: Mapping[int, int], last: int) -> int:
    """Ranks gained from the first ranking to the last period; 0 where there are not two."""
    return next(iter(line.values())) - line[last] if last in line else 0


def _movers(ranks: Ranks, last: int, sign: int) -> list[str]:
    """The labels that gained most ranks, or with `sign` -1 that lost most, in the order given."""
    most = max((sign * _change(line, last) for line in ranks.values()), default=0)
    return [label for label, line in ranks.items() if most > 0 and sign * _change(line, last) == most]


def _ends(ranks: Ranks, last: int) -> tuple[list[str], list[str]]:
    """Who leads and who closes the last period; none closes where all share one rank."""
    known = {label: line[last] for label, line in ranks.items() if last in line}
    first, lowest = min(known.values(), default=0), max(known.values(), default=0)
    leading = [label for label, rank in known.items() if rank == first]
    return leading, [label for label, rank in known.items() if rank == lowest] if lowest > first else []


def _colours(ranks: Ranks, last: int, own: set[str]) -> dict[str, str]:
    """The colour of each label that stands out, by why it does; the reader's own place above all."""
    category = style().category
    leading, closing = _ends(ranks, last)
    reasons = [(leading, "black"), (closing, "black"), (_movers(ranks, last, -1), "purple"), (_movers(ranks, last, 1), "blue")]
    found = {label: category[name] for labels, name in reasons for label in labels[:_MOST_MOVERS]}
    return found | dict.fromkeys(own, style().chart.own)


def _draw(canvas: Canvas, ranks: Ranks, periods: Sequence[str], colours: Mapping[str, str], own: str) -> float:
    size, language, last = style().size, canvas.language, len(periods) - 1
    lowest = max((rank for line in ranks.values() for rank in line.values()), default=0)
    if not lowest:
        return parts.draw_nothing(canvas)
    ended = sorted((label for label in ranks if last in ranks[label]), key=lambda label: ranks[label][last])
    names = {label: fonts.wrap(_name(label, ranks[label], last, language), size.small, size.label_column) for label in ended}
    heights = [len(lines) * size.line + _AIR for lines in names.values()]
    room = max((fonts.width(line, size.small) for lines in names.values() for line in lines), default=0.0) * 1.06
    key = [(colour, phrases.phrase(f"chart.{name}", language)) for colour, name in (
        (style().category["black"], "ends"), (style().category["blue"], "climbers"), (style().category["purple"], "fallers"))
        if colour in colours.values()] + ([(style().chart.own, own)] if own else [])
    top = parts.draw_key(canvas, 2, key) if key else size.margin
    start = top + max(heights, default=size.line) / 2
    height = max((lowest - 1) * min(_STEP, _HIGHEST / lowest), sum(heights) - max(heights, default=0.0))
    down = layout.Scale(start, height / max(lowest - 1, 1), 1)
    left = fonts.width(f"{lowest:,}", size.small) + size.gap
    across = layout.span_scale(0, max(last, 1), left + size.gap, size.column - room - 3 * size.gap)
    step = 1 if lowest <= _STEPS_OF_ONE else int(layout.round_step(lowest, 10, whole=True))
    parts.draw_levels(canvas, down, sorted({1, *range(step, lowest + 1, step)}), left, across(max(last, 1)))
    for label in sorted(ranks, key=lambda each: each in colours):   # those that stand out on top
        _draw_line(canvas, label, ranks[label], periods, across, down, colours.get(label, ""))
    middles = layout.spread([(down(ranks[label][last]), high) for label, high in zip(ended, heights, strict=True)],
                            top, start + height + max(heights, default=0.0) / 2)
    for label, middle in zip(ended, middles, strict=True):
        _draw_name(canvas, names[label], (across(last), down(ranks[label][last])), middle, colours.get(label, ""))
    bottom = start + height + max(heights, default=0.0) / 2
    parts.draw_periods(canvas, periods, across, bottom)
    return parts.draw_notes(canvas, bottom + size.line, phrases.phrase("chart.rank_axis", language))


def _name(label: str, line: Mapping[int, int], last: int, language: str) -> str:
    first = next(iter(line.values()))
    key = "chart.rank_moved" if first != line[last] else "chart.rank_kept"
    return phrases.phrase(key, language, label=label, rank=line[last], first=first)


def _draw_name(canvas: Canvas, lines: Sequence[str], end: tuple[float, float], middle: float, colour: str) -> None:
    """The name at the end of its line, and a thin line to it where it had to give way."""
    size, colours = style().size, style().chart
    x = end[0] + 2 * size.gap
    canvas.line((end[0] + 5, end[1]), (x - 3, middle), colours.grid)
    parts.draw_lines(canvas, x, middle, lines, colours.ink if colour else colours.muted, "left", font=size.small,
                     strong=bool(colour))


def _draw_line(canvas: Canvas, label: str, line: Mapping[int, int], periods: Sequence[str], across: layout.Scale,
               down: layout.Scale, colour: str) -> None:
    """One line; points of periods that do not follow one another are not joined."""
    fill = colour or style().chart.missing_line
    for (first, before), (second, after) in pairwise(line.items()):
        if second == first + 1:
            canvas.line((across(first), down(before)), (across(second), down(after)), fill, thickness=2.4 if colour else 1.2,
                        hover=label)
    for at, rank in line.items():
        hover = phrases.phrase("chart.hover_part", canvas.language, label=label, part=periods[at],
                               text=phrases.phrase("number.rank", canvas.language, number=rank))
        canvas.mark(across(at), down(rank), "circle", fill, style().chart.card, size=8 if colour else 6, hover=hover)


def _finding(ranks: Ranks, periods: Sequence[str], language: str) -> str:
    """Who leads and closes the last period, and who gained and lost most ranks since its first ranking."""
    last = len(periods) - 1
    leading, closing = _ends(ranks, last)
    if not leading:
        return phrases.phrase("chart.nothing", language)
    told = [phrases.phrase("chart.leads", language, period=findings.when(periods[last], language),
                           labels=findings.names(leading, language),
                           n=sum(last in line for line in ranks.values()))]
    told += [phrases.phrase("chart.closes", language, labels=findings.names(closing, language), rank=ranks[closing[0]][last])] \
        if closing else []
    for key, sign in (("chart.gained", 1), ("chart.lost", -1)):
        movers = _movers(ranks, last, sign)
        first = min((next(iter(ranks[each])) for each in movers), default=0)
        told += [phrases.phrase(key, language, labels=findings.names(movers, language),
                                n=abs(_change(ranks[movers[0]], last)), since=findings.when(periods[first], language))] \
            if movers else []
    return findings.joined(told, language)
