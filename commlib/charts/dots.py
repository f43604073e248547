"""Point marks on one axis: stated values against their recomputation, and ranks on a 0–100 % strip."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Language, listed
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.bars import draw_name
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.errors import ParameterError
from commlib.formatting import MISSING, ordinal

_EDGE = 10.0    # px kept free at both ends of a point axis, so that no mark is cut
_STRIP = 8.0    # thickness of a strip


def stated_against_recomputed(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str,
                              notes: Sequence[str] = (), write: Write | None = None) -> Chart:
    """Draw rows of (label, stated, low, high, recomputed, verdict) in the order given as a dot plot.

    Tolerance as a light band, stated as an open circle, recomputed as a filled mark coloured and shaped by verdict,
    which also stands in words at the right. NaN where a value is missing. Raises ParameterError.
    """
    parts.require(frame, ["label", "stated", "low", "high", "recomputed", "verdict"], chart_id)
    unknown = sorted(set(frame["verdict"].astype(str)) - set(style().verdict))
    if unknown:
        raise ParameterError(phrases.text("chart.unknown_verdict", chart=chart_id, found=", ".join(unknown),
                                          known=", ".join(style().verdict)))
    write = write or findings.plain_writer(unit, language)
    numbers = {name: frame[name].astype(float) for name in ("stated", "low", "high", "recomputed")}
    rows = frame.assign(label=frame["label"].astype(str), **numbers).reset_index(drop=True)
    finding = _checked(rows, write, language)
    canvas = Canvas(chart_id)
    height = _draw_checks(canvas, rows, unit, language, notes, write)
    return canvas.chart(height, title, finding, language, notes, rows)


def _word(verdict: str, language: str) -> str:
    return phrases.phrase(f"chart.verdict_{verdict}", language)


def _checked(rows: pd.DataFrame, write: Write, language: str) -> str:
    """Say how many checks came out how, and the widest gap."""
    counts = rows["verdict"].value_counts()
    verdicts = listed([phrases.phrase("chart.verdict_count", language, verdict=_word(name, language), n=counts[name])
                       for name in style().verdict if name in counts], language)
    said = [phrases.phrase("chart.checked", language, n=len(rows), verdicts=verdicts)]
    known = rows[rows["stated"].notna() & rows["recomputed"].notna()]
    if not known.empty:
        gaps = (known["stated"] - known["recomputed"]).abs()
        widest = known.iloc[gaps.argmax()]
        said.append(phrases.phrase(
            "chart.widest" if gaps.max() > 0 else "chart.no_gap", language,
            label=widest["label"], stated=write(float(widest["stated"])),
            recomputed=write(float(widest["recomputed"]))))
    return findings.joined(said, language)


def _draw_checks(canvas: Canvas, rows: pd.DataFrame, unit: str, language: str, notes: Sequence[str],
                 write: Write) -> float:
    size = style().size
    words = [_word(verdict, language) for verdict in rows["verdict"]]
    right = size.column - max((fonts.width(word, size.label) for word in words), default=0.0) - 2 * size.gap
    _, left, _ = parts.stack_rows(rows["label"], [""] * len(rows), 0)
    low, high = _span(rows)
    marks = layout.ticks(low, high, 6)
    scale = layout.span_scale(marks[0], marks[-1], left + _EDGE, right - _EDGE)
    top = parts.draw_unit(canvas, left + _EDGE, unit, language, top=_draw_check_key(canvas, language))
    laid, left, bottom = parts.stack_rows(rows["label"], [""] * len(rows), top)
    parts.draw_axis(canvas, scale, marks, top, bottom)
    for row, record, word in zip(laid, rows.to_dict("records"), words, strict=True):
        draw_name(canvas, row, left)
        _draw_check(canvas, row, record, scale, language, write)
        parts.draw_lines(canvas, right + size.gap, row.middle, [word], style().verdict[record["verdict"]].ink, "left")
    return parts.draw_notes(canvas, bottom + size.line, notes)


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    """Lowest and highest finite value of all the marks; 0 to 1 where there is none."""
    values = [value for name in ("stated", "low", "high", "recomputed") for value in rows[name] if math.isfinite(value)]
    return (min(values), max(values)) if values else (0.0, 1.0)


def _draw_check_key(canvas: Canvas, language: str) -> float:
    """Draw the key of the three kinds of marks and give the y below it."""
    size, colours = style().size, style().chart
    x, middle = 0.0, size.line / 2 + 2
    for name in ("band", "stated", "recomputed"):
        if name == "band":
            canvas.rectangle(x, middle - 5, 24, 10, colours.band)
            x += 30
        else:
            canvas.mark(x + 6, middle, "circle", colours.card if name == "stated" else style().verdict[
                "consistent"].colour, colours.ink if name == "stated" else colours.card)
            x += 16
        words = phrases.phrase(f"chart.{name}", language)
        canvas.text(x, middle + size.small * 0.36, words, colours.muted, size=size.small)
        x += fonts.width(words, size.small) + 18
    return middle + size.line / 2 + 4


def _draw_check(canvas: Canvas, row: parts.Row, record: dict[Hashable, Any], scale: layout.Scale, language: str,
                write: Write) -> None:
    """Draw one check: band, open stated mark, filled recomputed mark."""
    colours, look = style().chart, style().verdict[record["verdict"]]
    stated, recomputed = record["stated"], record["recomputed"]
    key = "chart.stated_and_recomputed" if math.isfinite(recomputed) else "chart.stated_text"
    text = phrases.phrase(key, language, stated=write(stated) if math.isfinite(stated) else MISSING,
                          recomputed=write(recomputed) if math.isfinite(recomputed) else MISSING)
    hover = phrases.phrase("chart.hover", language, label=record["label"], text=text)
    if math.isfinite(record["low"]) and math.isfinite(record["high"]):
        low, high = scale(record["low"]), scale(record["high"])
        width = max(high - low, 4.0)   # an exact band stays visible
        canvas.rectangle((low + high - width) / 2, row.middle - 9, width, 18, colours.band, hover=hover)
    if math.isfinite(stated) and math.isfinite(recomputed):
        canvas.line((scale(stated), row.middle), (scale(recomputed), row.middle), look.colour, thickness=1.4)
    if math.isfinite(stated):
        canvas.mark(scale(stated), row.middle, "circle", colours.card, colours.ink, size=11, hover=hover)
    if math.isfinite(recomputed) and look.shape != "none":
        canvas.mark(scale(recomputed), row.middle, look.shape, look.colour, colours.card, size=8, hover=hover)


def position_strip(frame: pd.DataFrame, *, chart_id: str, title: str, language: str,
                   notes: Sequence[str] = ()) -> Chart:
    """Draw rows of (label, percentile 0–100, rank, n, text) as marks on 0–100 % strips, in the order given.

    `text` blank prints "rank of n"; a missing percentile is not reported.
    """
    parts.require(frame, ["label", "percentile", "rank", "n"], chart_id)
    rows = frame.assign(label=frame["label"].astype(str), percentile=frame["percentile"].astype(float))
    given = frame["text"].fillna("").astype(str) if "text" in frame else [""] * len(frame)
    rows["text"] = [
        phrases.phrase("chart.not_reported", language) if math.isnan(percentile)
        else text or ordinal(int(rank), int(n), language)
        for text, percentile, rank, n in zip(given, rows["percentile"], rows["rank"], rows["n"], strict=True)
    ]
    rows = rows.reset_index(drop=True)
    finding = _positions(rows, language)
    canvas = Canvas(chart_id)
    height = _draw_strips(canvas, rows, language, notes)
    return canvas.chart(height, title, finding, language, notes, rows)


def _positions(rows: pd.DataFrame, language: str) -> str:
    """Say every position, then the highest and the lowest standing."""
    known = rows[rows["percentile"].notna()]
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    write = findings.plain_writer("", language)
    said = ("；" if language == Language.ZH else "; ").join(
        phrases.phrase("chart.position", language, label=row["label"], text=row["text"],
                       percentile=write(row["percentile"])) for _, row in known.iterrows())
    return phrases.phrase("chart.positions", language, positions=said,
                          highest=known["label"].iloc[known["percentile"].argmax()],
                          lowest=known["label"].iloc[known["percentile"].argmin()])


def _draw_strips(canvas: Canvas, rows: pd.DataFrame, language: str, notes: Sequence[str]) -> float:
    size, colours = style().size, style().chart
    words = rows["text"].where(rows["percentile"].notna(), "")
    laid, left, _ = parts.stack_rows(rows["label"], words, 0)
    right = size.column - max((row.number_width for row in laid), default=0.0) - 2 * size.gap
    scale = layout.span_scale(0, 100, left + _EDGE, right - _EDGE)
    top = size.line + 6
    for x, name, anchor in ((scale(0), "lowest_end", "left"), (scale(100), "highest_end", "right")):
        canvas.text(x, size.small + 4, phrases.phrase(f"chart.{name}", language), colours.muted, size=size.small,
                    anchor=anchor)
    laid, left, bottom = parts.stack_rows(rows["label"], words, top)
    parts.draw_axis(canvas, scale, [0, 25, 50, 75, 100], top, bottom)
    for row, record in zip(laid, rows.to_dict("records"), strict=True):
        draw_name(canvas, row, left)
        hover = phrases.phrase("chart.hover", language, label=record["label"], text=record["text"])
        if math.isnan(record["percentile"]):
            parts.draw_missing(canvas, scale(0), row, "not_reported", language, hover)
            continue
        hover = phrases.phrase("chart.exact", language, text=hover, value=f"{record['percentile']:.10g}")
        canvas.rectangle(scale(0), row.middle - _STRIP / 2, scale(100) - scale(0), _STRIP, style().sequential[0])
        canvas.rectangle(scale(0), row.middle - _STRIP / 2, scale(record["percentile"]) - scale(0), _STRIP,
                         colours.bar_quiet)
        canvas.mark(scale(record["percentile"]), row.middle, "circle", colours.bar_strong, colours.card, size=13,
                    hover=hover)
        parts.draw_lines(canvas, right + size.gap, row.middle, row.number, colours.ink, "left")
    axis = phrases.phrase("chart.percentile_axis", language)
    return parts.draw_notes(canvas, bottom + size.line, [axis, *notes])
