"""Horizontal bars from a zero baseline with the number at the bar's end: ranked, or the stages of a funnel on one base."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses, listed
from commlib.charts import findings, layout, parts
from commlib.charts.figure import Canvas, Chart
from commlib.charts.findings import Write
from commlib.charts.style import style
from commlib.formatting import percent


def ranked_bars(
    frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str,
    references: Sequence[tuple[str, float]] = (), ascending: bool | None = False, notes: Sequence[str] = (),
    write: Write | None = None, finding: str = "", first: int | None = None, alike: bool = True,
) -> Chart:
    """Draw rows of (label, value, status, text, highlight) as ranked bars with thin labelled reference lines.

    `frame` has one row a place; `text` is the number as printed (blank: written by `write`), `status` and `highlight`
    may be absent; `finding` stands in where bars do not compare with one another; kinds and members, not `alike`, have no
    median. Rows without a value come last with
    their status in words; of more rows than `first` those are drawn and the rest is told. Raises ParameterError.
    """
    parts.require(frame, ["label", "value"], chart_id)
    canvas = Canvas(chart_id, title, language, notes, unit, write)
    rows = prepared(frame, canvas.write, language, ascending)
    references = [(label, float(value)) for label, value in references if math.isfinite(value)]
    finding = finding or findings.ranked_finding(rows, references, canvas.write, language, unit, alike)
    rows, canvas.notes = parts.first_rows(rows, first, notes, language)
    return canvas.chart(_draw(canvas, rows, references), finding, rows)


def prepared(frame: pd.DataFrame, write: Write, language: str, ascending: bool | None) -> pd.DataFrame:
    """Complete and sort rows: (label, value, status, text, highlight) and the frame's other columns.

    Value is NaN where there is none, and those come last; `ascending=None` keeps the order given.
    """
    rows = pd.DataFrame({"label": frame["label"].astype(str), "value": frame["value"].astype(float)})
    rows["status"] = frame["status"].astype(str) if "status" in frame else "ok"
    rows["highlight"] = frame["highlight"].astype(bool) if "highlight" in frame else False
    rows["value"] = rows["value"].where(
        ~rows["status"].isin(parts.STATUSES_WITHOUT_VALUE) & rows["value"].map(math.isfinite))
    nameless = rows["value"].isna() & ~rows["status"].isin(parts.STATUSES_WITHOUT_VALUE)
    rows["status"] = rows["status"].where(~nameless, "not_reported")
    given = frame["text"].fillna("").astype(str) if "text" in frame else pd.Series("", index=frame.index)
    rows["text"] = [
        phrases.phrase(f"chart.{status}", language) if math.isnan(value)
        else _mark(text or write(value), status, language)
        for text, value, status in zip(given, rows["value"], rows["status"], strict=True)
    ]
    rows = rows.join(frame.drop(columns=[name for name in rows.columns if name in frame.columns]))
    if ascending is None:
        return rows.reset_index(drop=True)
    return rows.sort_values("value", ascending=ascending, kind="stable", na_position="last").reset_index(drop=True)


def _mark(text: str, status: str, language: str) -> str:
    """Say beside the number that it is of some places only, or of an earlier period."""
    return phrases.phrase(f"chart.{status}_mark", language, text=text) if status in ("partial", "carried") else text


def _draw(canvas: Canvas, rows: pd.DataFrame, references: Sequence[tuple[str, float]] = (), whole: float = 0.0) -> float:
    """Draw prepared rows as bars from zero, over the light bar of a `whole` where they are stages of one; gives the y below."""
    size, colours = style().size, style().chart
    stack = parts.stack_of(rows)
    reached = [max(value, whole) if value >= 0 else value for value in rows["value"]]
    ends = [(value, row.number_width + size.gap) for row, value in zip(stack.rows, reached, strict=True) if not math.isnan(value)]
    scale = layout.bar_scale([*ends, *((value, 0.0) for _, value in references)], stack.left, size.column - size.margin)
    flags = parts.reference_flags(canvas, references, scale)
    top = parts.draw_unit(canvas, stack.left) + flags.height
    bottom = stack.placed(top)[1]
    flags.draw(canvas, top, bottom)
    quiet = colours.bar_quiet if rows["highlight"].any() else colours.bar
    for row, record, hover in parts.draw_known(canvas, stack, top, rows, scale(0)):
        value, strong = record["value"], bool(record["highlight"])
        hover = parts.exactly(canvas, hover, value)
        if 0 <= value < whole:   # what is still to be done
            parts.draw_span(canvas, row, (scale(0), scale(whole)), style().sequential[0])
        parts.draw_span(canvas, row, (scale(0), scale(value)), colours.bar_strong if strong else quiet, hover)
        x, anchor = (scale(max(value, whole)) + 5, "left") if value >= 0 else (scale(value) - 5, "right")
        parts.draw_lines(canvas, x, row.middle, row.number, colours.ink, anchor, halo=True, strong=strong, hover=hover)
    canvas.line((scale(0), top), (scale(0), bottom), colours.axis)
    return parts.draw_notes(canvas, bottom)


# ---- stages

def funnel(frame: pd.DataFrame, *, chart_id: str, title: str, unit: str, language: str, notes: Sequence[str] = (),
           ) -> Chart:
    """Draw stages (label, value, status, text) in the order given as bars from zero over the light bar of the first.

    A stage without a value is hatched, and the one behind it is held against the last that has one. A number may be larger
    than the one before it. Where `frame` has a column `behind`, the places that each number stands for, only numbers of the
    same places are held against one another. Raises ParameterError.
    """
    parts.require(frame, ["label", "value"], chart_id)
    canvas = Canvas(chart_id, title, language, notes, unit)
    rows = prepared(frame, canvas.write, language, ascending=None)
    rows = rows if "behind" in rows else rows.assign(behind="")
    rows["text"] = _with_shares(rows, language)
    known = rows[rows["value"].notna()]
    height = _draw(canvas, rows, whole=float(known["value"].iloc[0]) if known["behind"].nunique() == 1 else 0.0)
    return canvas.chart(height, _funnel_finding(rows, language), rows.drop(columns="behind"))


def _with_shares(rows: pd.DataFrame, language: str) -> list[str]:
    """The number of each stage with its share of the first, and of the one before where that is another."""
    words: list[str] = []
    known: list[tuple[str, float, object]] = []
    for label, text, value, behind in zip(rows["label"], rows["text"], rows["value"], rows["behind"], strict=True):
        bases = dict.fromkeys([known[0], known[-1]]) if known and not math.isnan(value) else {}
        shares = [phrases.phrase("chart.of_stage", language, label=base, share=percent(100 * value / size, language))
                  for base, size, of in bases if size > 0 and of == behind]
        words.append(listed([text, *shares], language))
        if not math.isnan(value):
            known.append((label, value, behind))
    return words


def _funnel_finding(rows: pd.DataFrame, language: str) -> str:
    """Every stage with its number and shares, in order."""
    known = rows[rows["value"].notna()]
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    told = [phrases.phrase("chart.stage", language, label=label, text=text)
            for label, text in zip(known["label"], known["text"], strict=True)]
    joined = phrases.phrase("chart.stages", language, stages=clauses(told, language))
    return findings.joined([joined, findings.without_value(rows, language)], language)
