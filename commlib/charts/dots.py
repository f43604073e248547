"""Point marks on one axis: stated values against their recomputation, ranks on a 0–100 % strip, estimates with intervals."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses, listed
from commlib.charts import findings, fonts, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.errors import ParameterError
from commlib.formatting import MISSING, ordinal

_EDGE = 10.0    # px kept free at both ends of a point axis, so that no mark is cut
_STRIP = 8.0    # thickness of a strip
_INTERVAL = 3.0   # thickness of the line of an interval
_TICKS = 5        # of an axis of estimates


def stated_against_recomputed(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str) -> Chart:
    """Draw rows of (label, stated, low, high, recomputed, verdict), with `stated_text` and `recomputed_text`, as a dot plot.

    Rows in the order given: tolerance as a light band, stated as an open circle, recomputed as a filled mark coloured and
    shaped by verdict, which also stands in words at the right. NaN where a value is missing. Raises ParameterError.
    """
    parts.require(frame, ["label", "stated", "stated_text", "low", "high", "recomputed", "recomputed_text", "verdict"], chart_id)
    unknown = sorted(set(frame["verdict"].astype(str)) - set(style().verdict))
    if unknown:
        raise ParameterError(phrases.text("chart.unknown_verdict", chart=chart_id, found=", ".join(unknown),
                                          known=", ".join(style().verdict)))
    canvas = Canvas(chart_id, title, language, unit=unit)
    numbers = {name: frame[name].astype(float) for name in ("stated", "low", "high", "recomputed")}
    rows = frame.assign(label=frame["label"].astype(str), **numbers).reset_index(drop=True)
    return canvas.chart(_draw_checks(canvas, rows), _checked(rows, language), rows)


def _word(verdict: str, language: str) -> str:
    return phrases.phrase(f"chart.verdict_{verdict}", language)


def _checked(rows: pd.DataFrame, language: str) -> str:
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
            label=widest["label"], stated=widest["stated_text"], recomputed=widest["recomputed_text"]))
    return findings.joined(said, language)


def _draw_checks(canvas: Canvas, rows: pd.DataFrame) -> float:
    size = style().size
    words = [_word(verdict, canvas.language) for verdict in rows["verdict"]]
    right = size.column - max((fonts.width(word, size.label) for word in words), default=0.0) - 2 * size.gap
    stack = parts.Stack(rows["label"])
    low, high = _span(rows)
    marks = layout.ticks(low, high, 6)
    scale = layout.span_scale(marks[0], marks[-1], stack.left + _EDGE, right - _EDGE)
    top = parts.draw_unit(canvas, stack.left + _EDGE, _draw_check_key(canvas))
    laid, bottom = stack.placed(top)
    parts.draw_axis(canvas, scale, marks, top, bottom)
    for row, record, word in zip(laid, rows.to_dict("records"), words, strict=True):
        parts.draw_name(canvas, row, stack.left)
        _draw_check(canvas, row, record, scale)
        parts.draw_lines(canvas, right + size.gap, row.middle, [word], style().verdict[record["verdict"]].ink, "left")
    return parts.draw_notes(canvas, bottom + size.line)


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    """Lowest and highest finite value of all the marks; 0 to 1 where there is none."""
    values = [value for name in ("stated", "low", "high", "recomputed") for value in rows[name] if math.isfinite(value)]
    return (min(values), max(values)) if values else (0.0, 1.0)


def _draw_check_key(canvas: Canvas) -> float:
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
        words = phrases.phrase(f"chart.{name}", canvas.language)
        canvas.text(x, middle + size.small * parts.BASELINE, words, colours.muted, size=size.small)
        x += fonts.width(words, size.small) + 18
    return middle + size.line / 2 + 4


def _draw_check(canvas: Canvas, row: parts.Row, record: dict[Hashable, Any], scale: layout.Scale) -> None:
    """Draw one check: band, open stated mark, filled recomputed mark."""
    colours, look = style().chart, style().verdict[record["verdict"]]
    stated, recomputed = record["stated"], record["recomputed"]
    key = "chart.stated_and_recomputed" if math.isfinite(recomputed) else "chart.stated_text"
    text = phrases.phrase(key, canvas.language, stated=record["stated_text"] if math.isfinite(stated) else MISSING,
                          recomputed=record["recomputed_text"] if math.isfinite(recomputed) else MISSING)
    hover = phrases.phrase("chart.hover", canvas.language, label=record["label"], text=text)
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


def position_strip(frame: pd.DataFrame, *, chart_id: str, title: str, language: str) -> Chart:
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
    canvas = Canvas(chart_id, title, language)
    return canvas.chart(_draw_strips(canvas, rows.assign(value=rows["percentile"])), _positions(rows, language), rows)


def _positions(rows: pd.DataFrame, language: str) -> str:
    """Say every position, then the highest and the lowest standing."""
    known = rows[rows["percentile"].notna()]
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    write = findings.plain_writer("", language)
    said = [phrases.phrase("chart.position", language, label=row["label"], text=row["text"],
                           percentile=write(row["percentile"])) for _, row in known.iterrows()]
    return phrases.phrase("chart.positions", language, positions=clauses(said, language),
                          highest=known["label"].iloc[known["percentile"].argmax()],
                          lowest=known["label"].iloc[known["percentile"].argmin()])


def _draw_strips(canvas: Canvas, rows: pd.DataFrame) -> float:
    size, colours = style().size, style().chart
    stack = parts.stack_of(rows)
    scale = layout.span_scale(0, 100, stack.left + _EDGE, stack.right - _EDGE)
    top = size.line + 6
    for x, name, anchor in ((scale(0), "lowest_end", "left"), (scale(100), "highest_end", "right")):
        canvas.text(x, size.small + 4, phrases.phrase(f"chart.{name}", canvas.language), colours.muted, size=size.small,
                    anchor=anchor)
    bottom = stack.placed(top)[1]
    parts.draw_axis(canvas, scale, [0, 25, 50, 75, 100], top, bottom)
    for row, record, hover in parts.draw_known(canvas, stack, top, rows, scale(0)):
        at = scale(record["value"])
        canvas.rectangle(scale(0), row.middle - _STRIP / 2, scale(100) - scale(0), _STRIP, style().sequential[0])
        canvas.rectangle(scale(0), row.middle - _STRIP / 2, at - scale(0), _STRIP, colours.bar_quiet)
        canvas.mark(at, row.middle, "circle", colours.bar_strong, colours.card, size=13,
                    hover=parts.exactly(canvas, hover, record["value"]))
        parts.draw_lines(canvas, stack.right + size.gap, row.middle, row.number, colours.ink, "left")
    return parts.draw_notes(canvas, bottom + size.line, phrases.phrase("chart.percentile_axis", canvas.language))


# ---- estimates

def estimates(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str,
              notes: Sequence[str] = ()) -> Chart:
    """Draw rows of (label, value, low, high, base) ranked by value; `base` is the number of answers, NaN where it is not known.

    A row whose ends are missing or alike is stated without an interval and drawn as an open dot. The finding says which
    highest and lowest intervals overlap, so that nothing is called higher by its dot alone. Raises ParameterError.
    """
    parts.require(frame, ["label", "value", "low", "high"], chart_id)
    canvas = Canvas(chart_id, title, language, notes, unit)
    rows = frame.assign(label=frame["label"].astype(str)).sort_values("value", ascending=False, kind="stable", na_position="last")
    rows = rows.reset_index(drop=True)
    rows["open"] = rows["low"].isna() | rows["high"].isna() | (rows["low"] == rows["high"])
    rows["text"] = [_estimate_words(row, canvas.write, language) for row in rows.to_dict("records")]
    return canvas.chart(_draw_estimates(canvas, rows), _estimate_finding(rows, canvas.write, language), rows)


def _estimate_words(row: dict[Hashable, Any], write: Write, language: str) -> str:
    if math.isnan(row["value"]):
        return phrases.phrase("chart.not_reported", language)
    text = write(row["value"])
    if not row["open"]:
        text = phrases.phrase("chart.estimate", language, text=text, low=write(row["low"]), high=write(row["high"]))
    base = row.get("base", math.nan)
    return text if math.isnan(base) else phrases.phrase("chart.of_base", language, text=text, n=f"{base:,.0f}")


def _draw_estimates(canvas: Canvas, rows: pd.DataFrame) -> float:
    size, colours = style().size, style().chart
    stack = parts.Stack(rows["label"])
    right = size.column - max(fonts.width(text, size.label) for text in rows["text"]) - 2 * size.gap
    most = max(rows[["value", "high"]].max().dropna(), default=1.0)
    marks = layout.ticks(0, 100 if canvas.unit == "%" and most <= 100 else most, _TICKS)
    scale = layout.span_scale(0, marks[-1], stack.left + _EDGE, right - _EDGE)
    top = parts.draw_unit(canvas, stack.left)
    bottom = stack.placed(top)[1]
    parts.draw_axis(canvas, scale, marks, top, bottom)
    for row, record, hover in parts.draw_known(canvas, stack, top, rows, scale(0)):
        if not record["open"]:
            low, high = scale(record["low"]), scale(record["high"])
            canvas.rectangle(low, row.middle - _INTERVAL / 2, high - low, _INTERVAL, colours.bar_quiet, hover=hover)
        canvas.mark(scale(record["value"]), row.middle, "circle", colours.card if record["open"] else colours.bar_strong,
                    colours.bar_strong, size=11, hover=hover)
        parts.draw_lines(canvas, right + size.gap, row.middle, [record["text"]], colours.ink, "left")
    return parts.draw_notes(canvas, bottom + size.line)


def _estimate_finding(rows: pd.DataFrame, write: Write, language: str) -> str:
    """The highest and the lowest, and whether their intervals are apart."""
    known = rows[rows["value"].notna()]
    said = findings.extremes("chart.estimated", known, write, language)
    sampled = known[~known["open"]]
    if len(sampled) > 1:
        apart = sampled["low"].iloc[0] > sampled["high"].iloc[-1]
        said = findings.joined([said, phrases.phrase("chart.apart" if apart else "chart.overlap", language,
                                                     first=sampled["label"].iloc[0], last=sampled["label"].iloc[-1])], language)
    return said
