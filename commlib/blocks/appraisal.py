"""Blocks of the appraisal of townships: the sheet of a month or two, the sheet of points, and the course of the ranks."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from commlib import phrases, progress, rankings, tabulation
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimal_cell, missing, number, points, rank_cell, rate_cell, rise_cell
from commlib.blocks.html import Cell, Column, Row, Table, chart, columns, finding
from commlib.blocks.indicators import indicator_waits
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.bump import bump
from commlib.charts.findings import names
from commlib.declarations.tables import table
from commlib.formatting import MISSING, plain
from commlib.frames import each_row
from commlib.labels import quantity_label
from commlib.periods import Period, parse_period
from commlib.ranking import competition_ranks
from commlib.view import CountyView

_SHEET = ("returned", "value", "gain", "gap", "rank", "rank_before", "rise", "remark")
_LAST = 3   # ranks from the bottom that a sheet names


def progress_sheet(view: CountyView, months: int = 1) -> Block:
    """Townships by housing completion at the month reported, against the sheet of `months` before: value, gain, rank, remark."""
    now, language = progress.moment(view), view.language
    then = progress.before(now, months)
    frame = rankings.ranks(view, progress.COMPLETION, period=now, earlier=then)
    if frame["value"].isna().all():
        return indicator_waits(view, progress.COMPLETION, level="township")
    rows = {each: progress.at(view.history(progress.COMPLETION), each) for each in (then, now)}
    gain = frame["value"] - frame["place"].map(rows[then]["value"]).astype(float)
    lines = [_line(view, row, float(gained), rows[now], frame) for row, gained in zip(each_row(frame), gain, strict=True)]
    heads = columns(language, "township", *_SHEET, numeric=_SHEET[:-1])
    title = phrases.phrase("appraisal.sheet", language, label=quantity_label(progress.COMPLETION), months=months,
                           period=parse_period(now).label)
    note = phrases.phrase("appraisal.sheet_note", language, months=months, before=parse_period(then).label if then else MISSING,
                          n=int(frame["value"].notna().sum()), of=len(frame))
    return together(finding(_named(view, frame)), Table(title, heads, lines, note=note).block())


def _line(view: CountyView, row: Any, gained: float, rows: pd.DataFrame, frame: pd.DataFrame) -> Row:
    language = view.language
    counts = progress.row_of(rows, row.place) if row.place in rows.index else None
    silent = counts is None or pd.isna(counts["n_expected"])
    returned = missing() if counts is None or silent else f"{int(counts['n'])} / {int(counts['n_expected'])}"
    return {"township": row.label, "returned": returned, "value": rate_cell(row.value, language),
            "gain": points(gained),
            "gap": points(row.gap), "rank": rank_cell(row.rank), "rank_before": rank_cell(row.before),
            "rise": rise_cell(row.rise), "remark": _remark(row, frame, language)}


def _remark(row: Any, frame: pd.DataFrame, language: str) -> str:
    """Who did not report, who leads, and who stands among the last."""
    if math.isnan(row.value):
        return phrases.phrase("appraisal.silent", language)
    if row.rank == 1:
        return phrases.phrase("appraisal.leads", language)
    return phrases.phrase("appraisal.among_last", language) if row.label in _lowest(frame) else ""


def _lowest(frame: pd.DataFrame) -> list[str]:
    """The last three that reported, more where they tie; none where fewer than twice as many reported."""
    known = frame[frame["rank"].notna()].sort_values("value", kind="stable")
    if len(known) < 2 * _LAST:
        return []
    return [str(label) for label in known.loc[known["rank"] >= known["rank"].iloc[_LAST - 1], "label"]]


def _named(view: CountyView, frame: pd.DataFrame) -> list[str]:
    """The last by name, and those that fell furthest."""
    language, lowest = view.language, _lowest(frame)
    told = [phrases.phrase("appraisal.last", language, places=names(lowest, language), n=len(lowest))] if lowest else []
    fell = frame["rise"].min()
    if fell < 0:
        places = frame.loc[frame["rise"] == fell, "label"].tolist()
        told.append(phrases.phrase("appraisal.fell", language, places=names(places, language), n=plain(-fell)))
    return told


# ---- points

def score_sheet(view: CountyView) -> Block:
    """The points of each township by indicator in the last period, their sum and its rank, beside the rank that was returned."""
    rows = tabulation.rows_of(view, "score", every=True)
    if rows.frame.empty:
        return table_waits(view, "score")
    language, now = view.language, _last(rows.frame["period"])
    held = tabulation.Rows(rows.declaration, rows.frame[rows.frame["period"] == now], now)
    given = held.frame.assign(points=tabulation.numbers(held, "points"))
    across = list(dict.fromkeys(given["indicator"]))
    wide = given.pivot_table(index="township_id", columns="indicator", values="points", aggfunc="sum", sort=False)
    total = wide[across].sum(axis=1, min_count=1)
    stated = _ranking(view, now)
    frame = pd.DataFrame({"total": total, "rank": competition_ranks(total)}).sort_values("rank", kind="stable")
    order = [*frame.index, *(key for key in rankings.townships(view) if key not in frame.index)]
    lines = [_score_line(view, key, wide, frame, stated, across) for key in order]
    heads = [*columns(language, "township"), *(Column(each, each, True) for each in across),
             *columns(language, "total", "rank", "rank_returned", "rank_before", "spoke",
                      numeric=("total", "rank", "rank_returned", "rank_before"))]
    title = phrases.phrase("appraisal.scores", language, period=parse_period(now).label, n=len(frame))
    note = phrases.phrase("appraisal.scores_note", language)
    return Table(title, heads, lines, source=source_line(view, held), note=note).block()


def _last(periods: pd.Series[str]) -> str:
    return max((parse_period(each) for each in periods.unique()), key=Period.order).text


def _ranking(view: CountyView, period: str) -> pd.DataFrame:
    """The rows of the ranking table at a period, by township."""
    rows = tabulation.rows_of(view, "ranking", every=True).frame
    return rows[rows["period"] == period].drop_duplicates("township_id", keep="last").set_index("township_id")


def _score_line(view: CountyView, key: str, wide: pd.DataFrame, frame: pd.DataFrame, stated: pd.DataFrame,
                across: list[str]) -> Row:
    def of(rows: pd.DataFrame, name: str) -> float:
        text = rows[name].get(key, "") if name in rows else ""
        return float(text) if text not in ("", None) else math.nan

    said = str(stated["spoke_at_meeting"].get(key, "")) if "spoke_at_meeting" in stated else ""
    own, returned = of(frame, "rank"), of(stated, "rank")
    differs = not math.isnan(own) and not math.isnan(returned) and own != returned
    cell = rank_cell(returned)
    return {"township": view.name_of(key), **{each: decimal_cell(of(wide, each)) for each in across},
            "total": decimal_cell(of(frame, "total")), "rank": rank_cell(own),
            "rank_returned": Cell(f"{cell.text} ≠", cell.title, "partial") if differs else cell,
            "rank_before": rank_cell(of(stated, "previous_rank")),
            "spoke": phrases.phrase(f"word.{said}", view.language) if said in ("yes", "no") else MISSING}


def rank_course(view: CountyView) -> Block:
    """The ranks of the townships in the county's own appraisals, period by period."""
    rows = tabulation.rows_of(view, "ranking", every=True)
    periods = sorted(rows.frame["period"].unique(), key=parse_period) if len(rows.frame) else []
    if len(periods) < 2:
        return table_waits(view, "ranking", "period", "rank", several=True)
    frame = pd.DataFrame({"label": [view.name_of(key) for key in rows.frame["township_id"]], "period": rows.frame["period"],
                          "rank": tabulation.numbers(rows, "rank")})
    title = phrases.phrase("appraisal.course", view.language, table=table("ranking", view.home).label)
    drawn = bump(frame, periods, chart_id="appraisal-ranks", title=title, language=view.language)
    return chart(drawn, title, source=source_line(view, rows))


def external_ranks(view: CountyView) -> Block:
    """Where others rank the county: list, year, rank out of how many, in which circle."""
    rows = tabulation.rows_of(view, "external_rank", every=True)
    if rows.frame.empty:
        return table_waits(view, "external_rank")
    language = view.language
    listed, scope = (tabulation.groups(view, rows, name)["label"] for name in ("ranking", "scope"))
    frame = rows.frame.assign(listed=listed, circle=scope, rank_n=tabulation.numbers(rows, "rank"),
                              of=tabulation.numbers(rows, "n_ranked")).sort_values(["ranking", "year"], kind="stable")
    lines: list[Row] = [{"ranking": row.listed, "year": row.year, "rank": rank_cell(row.rank_n),
                         "n_ranked": number(row.of, language), "circle": row.circle or MISSING} for row in each_row(frame)]
    heads = columns(language, "ranking", "year", "rank", "n_ranked", "circle", numeric=("rank", "n_ranked"))
    return Table(rows.declaration.label[language], heads, lines, source=source_line(view, rows)).block()
