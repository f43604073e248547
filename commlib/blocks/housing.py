"""Blocks of housing progress: the funnel, by township and community, the ranked list, and the curve against the schedule."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from commlib import phrases, progress, rankings
from commlib.blocks import wording
from commlib.blocks.block import NOTHING, Block, together
from commlib.blocks.cells import missing, number, points
from commlib.blocks.html import Cell, Row, Table, chart, columns, folded
from commlib.blocks.indicators import indicator_ranking
from commlib.blocks.rows import table_waits
from commlib.charts.bars import funnel
from commlib.charts.curves import curves
from commlib.charts.findings import joined, plain_writer
from commlib.charts.heatmap import heat_map
from commlib.declarations.measures import read_argument
from commlib.formatting import MISSING, percent, plain
from commlib.periods import parse_period
from commlib.units import unit
from commlib.view import CountyView, places_behind

_RATES = {"households_completed": progress.COMPLETION, "households_started": "households_started_of_planned",
          "households_topped_out": "households_topped_out_of_planned", "households_moved_in": "households_moved_in_of_planned"}
_COLUMNS = ("planned", "started", "topped_out", "completed", "moved_in")   # of the returns
_DRAWN = ("households_started", "households_completed", "households_moved_in")
_SHARES = {   # of the tables, by column: the indicator, the stage that is its part and the one that is its whole
    "completion": (progress.COMPLETION, "households_completed", "households_planned__plan"),
    "moved_in_share": ("households_moved_in_of_completed", "households_moved_in", "households_completed"),
}


def funnels(view: CountyView) -> Block:
    """The county's funnel from what is planned to what is moved into, one for each unit in which there are two stages."""
    drawn = [_funnel(view, chain) for chain in progress.chains(view)]
    return together(*drawn) if drawn else table_waits(view, "housing_progress", *_COLUMNS)


def _funnel(view: CountyView, chain: str) -> Block:
    language, found = view.language, progress.stages(view, chain)
    own = {name: progress.row_of(rows, view.place.key) for name, rows in found.items() if view.place.key in rows.index}
    counted = unit(read_argument(progress.CHAINS[chain][1]).measure.unit).label[language]
    lines = []
    for name in progress.CHAINS[chain]:
        row, mixed = own.get(name), read_argument(name).measure.unit != read_argument(progress.CHAINS[chain][1]).measure.unit
        if row is None and mixed:
            continue
        text = wording.value_cell(row, language).text if row is not None and mixed else ""
        lines.append({"label": stage_label(name, language), "value": row["value"] if row is not None else math.nan,
                      "status": row["status"] if row is not None else "not_reported", "text": text,
                      "behind": places_behind(view, found[name], view.place.key) if row is not None else frozenset()})
    title = phrases.phrase(f"housing.funnel_{chain}", language, period=_period(view))
    notes = [_reported(view, name, row) for name, row in own.items() if row["status"] == "partial"]
    if any(line["text"] for line in lines):
        notes.append(phrases.phrase("housing.mixed", language))
    drawn = funnel(pd.DataFrame(lines), chart_id=f"funnel-{chain}", title=title, unit=counted, language=language, notes=notes)
    return chart(drawn, title, source=wording.report_sources(own.values(), language))


def pooled_share(row: Any, part: float, whole: float, language: str) -> str:
    """A share in words; with its own numbers where those shown beside it, a part and a whole, are of other places too."""
    share = percent(float(row["value"]), language)
    if row["numerator"] == part and (row["denominator"] == whole or math.isnan(whole)):
        return share
    numbers = f"{plain(row['numerator'])} ÷ {plain(row['denominator'])}"
    return phrases.phrase("housing.share_of_both", language, share=share, numbers=numbers)


def stage_label(name: str, language: str) -> str:
    """A stage in a word: planned, started, topped out, completed, moved in."""
    return phrases.phrase(f"housing.stage_{name.partition('__')[0]}", language)


def _period(view: CountyView) -> str:
    return parse_period(progress.moment(view)).label[view.language]


def _reported(view: CountyView, name: str, row: Any) -> str:
    """Of which places a partial number is."""
    return phrases.phrase("housing.stage_partial", view.language, stage=stage_label(name, view.language),
                          text=wording.status_text(row, view.language))


# ---- by township and community

def stage_map(view: CountyView) -> Block:
    """A heat map of townships by stage, in percent of the planned households; not reported apart from zero."""
    language, names = view.language, rankings.townships(view)
    found = {name: progress.at(view.history(rate), progress.moment(view)) for name, rate in _RATES.items()}
    found = {name: rows[rows.index.isin(names)] for name, rows in found.items()}
    if all(rows.empty for rows in found.values()):
        return table_waits(view, "housing_progress", "township_id", "planned", "completed")
    across = [name for name in progress.CHAINS["households"] if len(found.get(name, ()))]
    order = progress.ranks(view)
    cells = pd.DataFrame([{"label": label, "column": stage_label(name, language),
                           "value": found[name]["value"].get(place, math.nan)}
                          for place, label in order[["place", "label"]].itertuples(index=False) for name in across])
    title = phrases.phrase("housing.map", language, period=_period(view))
    drawn = heat_map(cells, [stage_label(name, language) for name in across], chart_id="stages", title=title,
                     unit=phrases.phrase("housing.of_planned", language), language=language,
                     write=lambda value: plain(value, 1 if value else 0))
    return chart(drawn, title)


def by_place(view: CountyView) -> Block:
    """The number of households at each stage by township, with the county below, and by community, folded."""
    if "households" not in progress.chains(view) or progress.ranks(view)["value"].isna().all():
        return NOTHING   # the map above says what is missing
    return together(_township_table(view), _community_table(view))


def _township_table(view: CountyView) -> Block:
    language, plan, found, shares = view.language, progress.schedule(view), _found(view), _shares(view)
    *lines, total = [{**_line(view, key, name, found, shares), "lead": _lead(view, key, plan)} for key, name in
                     [*progress.ranks(view)[["place", "label"]].itertuples(index=False),
                      (view.place.key, phrases.phrase("housing.county", language))]]
    heads = columns(language, "township", "returned", *_stage_columns(found), "completion", "moved_in_share", "lead",
                    numeric=("returned", *_stage_columns(found), "completion", "moved_in_share", "lead"))
    title = phrases.phrase("housing.townships", language, period=_period(view))
    notes = [phrases.phrase("housing.townships_note", language),
             phrases.phrase(f"housing.lead_by_{plan.kind}", language) if plan else ""]
    return Table(title, heads, lines, phrases.phrase("housing.unit_households", language), total,
                 note=joined(notes, language)).block()


def _lead(view: CountyView, place: str, plan: progress.Schedule | None) -> Cell:
    """How far a place is ahead of its own schedule, where that is of the kind of the county's."""
    own = progress.schedule(view, place) if plan else None
    return points(own.lead if own and plan and own.kind == plan.kind else math.nan)


def _found(view: CountyView) -> dict[str, pd.DataFrame]:
    return progress.stages(view, "households")


def _stage_columns(found: dict[str, pd.DataFrame]) -> list[str]:
    return [name.partition("__")[0] for name in found]


def _shares(view: CountyView) -> dict[str, pd.DataFrame]:
    return {column: progress.at(view.history(share), progress.moment(view)) for column, (share, *_) in _SHARES.items()}


def _line(view: CountyView, place: str, name: str, found: dict[str, pd.DataFrame], shares: dict[str, pd.DataFrame]) -> Row:
    """One place: how many of its own places reported, each stage, completion, and who moved in of completed."""
    language = view.language
    cells: dict[str, str | Cell] = {"township": name, "community": name, "returned": _returned(found, place)}
    shown = {stage: float(rows["value"].get(place, math.nan)) for stage, rows in found.items()}
    cells |= {stage.partition("__")[0]: number(value, language) for stage, value in shown.items()}
    for column, (_, part, whole) in _SHARES.items():
        cells[column] = missing()
        if not math.isnan(progress.value_at(shares[column], place)):
            row = progress.row_of(shares[column], place)
            text = pooled_share(row, shown.get(part, math.nan), shown.get(whole, math.nan), language)
            cells[column] = Cell(text, f"{row['value']:.10g}")
    return cells


def _returned(found: dict[str, pd.DataFrame], place: str) -> str | Cell:
    """n of N places that reported what is completed, or else the last stage that is reported."""
    rows = found.get("households_completed", next(reversed(found.values())))
    if place not in rows.index:
        return missing()
    row = progress.row_of(rows, place)
    return f"{int(row['n'])} / {MISSING if pd.isna(row['n_expected']) else int(row['n_expected'])}"


def _community_table(view: CountyView) -> Block | None:
    language, found, shares = view.language, _found(view), _shares(view)
    places = view.hierarchy[view.hierarchy["level"] == "community"]
    reported = {place for rows in found.values() for place in rows.index}
    shown = places[places["place"].isin(reported) | (places["counted"] & places["parent"].isin(reported))]
    if shown.empty:
        return None
    lines = [{"group": view.name_of(parent), **_line(view, place, view.name_of(place), found, shares)}
             for parent, place in shown.sort_values(["parent", "place"])[["parent", "place"]].itertuples(index=False)]
    heads = columns(language, "community", *_stage_columns(found), "completion", "moved_in_share",
                    numeric=(*_stage_columns(found), "completion", "moved_in_share"))
    silent = len(set(shown["place"]) - {place for name, rows in found.items() if "__" not in name for place in rows.index})
    title = phrases.phrase("housing.communities", language, n=len(lines), silent=silent)
    return folded(title, Table(title, heads, lines, phrases.phrase("housing.unit_households", language), group="group").block())


# ---- the ranked list

def ranking(view: CountyView) -> Block:
    """Townships by completion rate against the county and the schedule: bars, the list with ranks, and their course."""
    now, plan = progress.moment(view), progress.schedule(view)
    if progress.ranks(view)["value"].isna().all():
        return table_waits(view, "housing_progress", "township_id", "planned", "completed")
    due = [(phrases.phrase(f"housing.schedule_{plan.kind}", view.language), plan.due)] if plan and plan.kind != "task" else []
    return indicator_ranking(view, progress.COMPLETION, references=due, period=now, earlier=progress.before(now))


# ---- the curve

def progress_curve(view: CountyView) -> Block:
    """Households by month against the plan or the even schedule, and the investment by month."""
    language, across = view.language, progress.months(view)
    if len(across) < 2:
        return table_waits(view, "housing_progress", "as_of", *_COLUMNS, several=True)
    plan = progress.schedule(view)
    rows, dashed = [_monthly(view, name, stage_label(name, language)) for name in _DRAWN], []
    if plan:
        label = phrases.phrase(f"housing.schedule_{plan.kind}", language)
        rows.append(pd.DataFrame({"label": label, "period": plan.months.index, "value": plan.months.to_numpy()}))
        dashed, across = [label], sorted({*across, *plan.months.index})
    unit_words = phrases.phrase("housing.unit_households", language)
    title = phrases.phrase("housing.curve", language)
    drawn = curves(pd.concat(rows), across, chart_id="curve", title=title, unit=unit_words, language=language, dashed=dashed)
    notes = [phrases.phrase(f"housing.note_{plan.kind}", language, first=plan.months.index[0], last=plan.months.index[-1])
             if plan else phrases.phrase("housing.note_none", language), phrases.phrase("housing.open_point", language)]
    return together(chart(drawn, title, note=joined(notes, language)), _investment(view))


def _monthly(view: CountyView, name: str, label: str) -> pd.DataFrame:
    rows = view.history(name)
    own = rows[(rows["place"] == view.place.key) & rows["period"].map(progress.is_month).astype(bool)].sort_values("period")
    return pd.DataFrame({"label": label, "period": own["period"], "value": own["value"], "partial": own["status"] == "partial"})


def _investment(view: CountyView) -> Block:
    language, across = view.language, progress.months(view)
    done = _monthly(view, progress.INVESTED, phrases.phrase("housing.invested", language))
    if done["period"].nunique() < 2:
        return table_waits(view, "housing_progress", "as_of", "invested", several=True)
    planned = _monthly(view, f"{progress.INVESTED}__plan", phrases.phrase("housing.invested_plan", language))
    title = phrases.phrase("housing.investment", language)
    drawn = curves(pd.concat([done, planned]), across, chart_id="investment", title=title, language=language,
                   unit=unit("CNY10k").label[language], dashed=list(planned["label"].unique()),
                   write=plain_writer("", language, 0))
    missing = phrases.phrase("housing.no_investment_plan", language) if planned.empty else ""
    return chart(drawn, title, note=missing)
