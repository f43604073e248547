"""Blocks of any indicator: places ranked by it, places against several, its members, and the county over the periods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from commlib import phrases, rankings
from commlib.bilingual import Text, listed
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimals_of, points, rank_cell, rise_cell
from commlib.blocks.html import Cell, Row, Table, chart, columns, waits
from commlib.charts.bars import ranked_bars
from commlib.charts.bump import bump
from commlib.charts.composition import composition_bar
from commlib.charts.curves import curves
from commlib.charts.findings import Write, plain_writer
from commlib.charts.heatmap import heat_map
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.measures import Nature, measures, read_argument
from commlib.declarations.tables import TableDeclaration, tables
from commlib.formatting import MISSING, amount, bare
from commlib.frames import each_row
from commlib.indicators.compute import formulas
from commlib.indicators.registry import Direction, indicators
from commlib.labels import quantity_label, unknown
from commlib.periods import parse_period
from commlib.targets import target_at
from commlib.units import unit
from commlib.view import CountyView

References = Sequence[tuple[str, float]]
_FEWEST_FOR_A_COURSE = 3   # periods


def unit_of(name: str) -> str:
    """The unit of an indicator or measure, also by `id__member`, `id__plan` or `id__target`."""
    quantity = name if name in indicators() else name.partition("__")[0]
    return indicators()[quantity].unit if quantity in indicators() else measures()[quantity].unit


def unit_words(name: str, language: str) -> str:
    """The label of that unit, as it stands at an axis."""
    return unit(unit_of(name)).label[language]


def writer(name: str, language: str) -> Write:
    """Writes values of an indicator or measure as a chart of it prints them."""
    unit_id = unit_of(name)
    return plain_writer("%", language) if unit_id == "percent" else lambda value: amount(value, unit_id, language)


def _at_bars(name: str, language: str) -> Write:
    """Writes values at bars: an English "persons per 10,000 persons" stands over the plot alone."""
    unit_id = unit_of(name)
    return (lambda value: bare(value, unit_id)) if language == "en" and "/" in unit_id else writer(name, language)


def indicator_waits(view: CountyView, *names: str, level: str = "") -> Block:
    """What a section says that waits for an indicator: the measures that it lacks here, and the tables that give just these."""
    slots = [slot for name in names if name in indicators() for formula in formulas(indicators()[name])
             for slot in formula.slots.values()]
    wanted = [*((each.measure.id, each.member, each.nature.value) for each in slots),
              *((name, "", Nature.ACTUAL.value) for name in names if name in measures())]
    facts, language = view.facts if not level else view.facts[view.facts["place"] != view.place.key], view.language
    told = set(facts[["quantity", "member", "nature"]].itertuples(index=False, name=None))
    lacking = [each for each in wanted if each not in told] or wanted
    known = {each[0] for each in wanted if each in told}   # of these some members or natures are there
    labels = dict.fromkeys(wording.with_nature(quantity_label(each, member)[language], nature, language)
                           if each in known else measures()[each].label[language] for each, member, nature in lacking)
    giving = [each for each in tables(view.home) if _given_by(each) & set(lacking)]
    sent = [each for each in giving if len(view.store.county_rows(each.id, view.place.key))]
    open_ones = [each for each in giving if each not in sent]
    key, shown = ("of", open_ones) if open_ones else ("received", sent) if sent else ("reported", [])
    origin = phrases.phrase(f"indicators.waits_{key}", language, **(
        {"tables": listed([each.label[language] for each in shown], language)} if shown else {}))
    where = phrases.phrase("indicators.waits_at", language, level=phrases.text(f"indicators.by_{level}")) if level else ""
    return waits(phrases.phrase("indicators.waits", language, label=quantity_label(names[0]), where=where,
                                measures=listed(list(labels), language), origin=origin), language)


def _given_by(declaration: TableDeclaration) -> set[tuple[str, str, str]]:
    """Measure, member and nature of everything that a table feeds."""
    by = {each.measure: declaration.member for each in declaration.columns if declaration.member and "__" not in each.measure}
    by |= {each.measure: each.member for each in declaration.feeds if each.member}
    given = [(read_argument(name), declaration.column(by[name]).allowed if name in by else ()) for name in declaration.measures]
    return {(each.measure.id, member, each.nature.value) for each, members in given for member in (*each.members, *members)}


# ---- ranks

def indicator_ranking(view: CountyView, name: str, member: str = "", level: str = "township", *, references: References = (),
                      period: str = "", earlier: str | None = None) -> Block:
    """Places by an indicator: bars with the county's pooled value and targets, the ranked list, and the course of the ranks."""
    frame = rankings.ranks(view, name, member, level, period, earlier)
    known, language = int(frame["value"].notna().sum()), view.language
    if not known:
        return indicator_waits(view, name, level=level)
    when = period or rankings.periods_of(view, view.history(name, member), rankings.ranked_places(
        view, view.history(name, member), level))[-1]
    title = phrases.phrase("indicators.ranking", language, label=quantity_label(name, member), period=parse_period(when).label,
                           level=phrases.text(f"indicators.by_{level}"))
    pooled = (frame["value"] - frame["gap"]).dropna()
    lines = [(phrases.phrase("indicators.pooled", language), float(pooled.iloc[0]))] if len(pooled) else []
    target = target_at(name, member, view.place.key, when)
    lines += [(target.title[language], target.value)] if target else []
    open_ones = frame["low"] < frame["high"]   # "at least so much" keeps its words at the bar
    frame["text"] = [wording.value_cell(row, language).text if left_open else ""
                     for row, left_open in zip(each_row(frame), open_ones, strict=True)]
    drawn = ranked_bars(frame, chart_id=f"ranking-{name}-{member}".strip("-"), title=title, unit=unit_words(name, language),
                        language=language, references=[*lines, *references], write=_at_bars(name, language), first=MOST_ROWS)
    if known > 1 and frame["value"].nunique() == 1:   # nobody is first or last
        return chart(drawn, title)
    return together(chart(drawn, title), rank_table(view, frame, title, name), _course(view, name, member, level))


def rank_table(view: CountyView, frame: pd.DataFrame, title: str, name: str) -> Block:
    """The ranked list of a frame in RANK_COLUMNS: rank, value, difference to the county if there is one, rank before, change."""
    language, unit_id = view.language, unit_of(name)
    gap, decimals = ("gap", 1) if unit_id == "percent" else ("gap_value", decimals_of(frame["gap"].abs().max()))
    lines: list[Row] = [{"rank": rank_cell(row.rank), "place": row.label, "value": _ranked_cell(row, unit_id, language),
                         gap: points(row.gap, decimals), "rank_before": rank_cell(row.before),
                         "rise": rise_cell(row.rise)} for row in each_row(frame)]
    against, compared = frame["gap"].notna().any(), frame["before"].notna().any()
    names = ("rank", "value", *([gap] if against else []), *(("rank_before", "rise") if compared else ()))
    heads = columns(language, "place", *names, numeric=names)
    first = indicators()[name].direction if name in indicators() else Direction.NEUTRAL
    note = phrases.phrase("indicators.rank_note", language, n=int(frame["value"].notna().sum()), of=len(frame),
                          first=phrases.text(f"indicators.first_{first}"),
                          county=phrases.text("indicators.pooled_note" if against else "indicators.no_county_note"),
                          before=phrases.phrase("indicators.before_note", language) if compared else "")
    return Table(title, heads, lines, unit="" if unit_id == "percent" else unit(unit_id).label[language], note=note).block()


def _ranked_cell(row: Any, unit_id: str, language: str) -> Cell:
    """A value of a ranked list as a number of the unit that stands above it, with its sign where that is a percentage."""
    if math.isnan(row.value):
        return Cell(MISSING, phrases.phrase(f"chart.{row.status}", language), "missing" if row.status == "not_reported" else "")
    if unit_id == "percent" or row.low < row.high:
        return wording.value_cell(row, language)
    return Cell(bare(row.value, unit_id), f"{row.value:.10g}")


def _course(view: CountyView, name: str, member: str, level: str) -> Block | None:
    course = rankings.rank_course(view, name, member, level)
    periods = list(dict.fromkeys(course["period"]))
    if len(periods) < _FEWEST_FOR_A_COURSE:
        return None
    title = phrases.phrase("indicators.course", view.language, label=quantity_label(name, member))
    drawn = bump(course, periods, chart_id=f"course-{name}-{member}".strip("-"), title=title, language=view.language)
    return chart(drawn, title)


# ---- several indicators, or several members

def indicator_map(view: CountyView, *names: str, level: str = "township") -> Block:
    """A heat map of places by indicators of one unit (`id`, or `id__member`), each at the last period that it has."""
    language = view.language
    columns_of = {each: _split(each) for each in names}
    across, parts = [], []
    for indicator, member in columns_of.values():
        frame = rankings.ranks(view, indicator, member, level)
        if frame["value"].notna().any():
            label = _short_label(indicator, member, [each for each, _ in columns_of.values()])[language]
            across.append(label)
            parts.append(frame[["place", "label", "value", "status"]].assign(column=label))
    if not parts:
        return indicator_waits(view, *dict.fromkeys(each for each, _ in columns_of.values()), level=level)
    cells = pd.concat(parts).sort_values("place", kind="stable")
    shared = {indicator for indicator, member in columns_of.values() if member}   # of one indicator its members head the columns
    labels = [quantity_label(each)[language] for each in shared] if len(shared) == 1 else across
    title = phrases.phrase("indicators.map", language, labels=listed(labels, language),
                           level=phrases.text(f"indicators.by_{level}"))
    drawn = heat_map(cells, across, chart_id=f"map-{names[0]}", title=title, unit=unit_words(names[0], language),
                     language=language, write=plain_writer("", language))
    return chart(drawn, title)


def _split(name: str) -> tuple[str, str]:
    indicator, _, member = name.partition("__")
    return indicator, member


def _short_label(indicator: str, member: str, all_names: Sequence[str]) -> Text:
    """The member alone where all columns are of one indicator."""
    if member and len(set(all_names)) == 1:
        return indicators()[indicator].members[member]
    return quantity_label(indicator, member)


def own_values(view: CountyView, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a results frame that give a value of the whole county; named subsets of it are left out."""
    whole = rows[rows["scope_en"] == ""] if "scope_en" in rows else rows
    return whole[(whole["place"] == view.place.key) & whole["value"].notna()]


def make_whole(rows: pd.DataFrame) -> bool:
    """Whether the values of an indicator's members are the parts of one whole, in percent; coverage by item is no composition."""
    return bool(rows["unit"].eq("percent").all() and rows["period"].nunique() == 1 and abs(rows["value"].sum() - 100) < 1)


def indicator_members(view: CountyView, name: str) -> Block:
    """The county's value of every member of an indicator: one bar of 100 % where they make a whole, else ranked bars.

    Raises ParameterError with the nearest ids for one that there is not.
    """
    if name not in indicators():
        raise unknown("cli.unknown_id", name, indicators())
    language, declared = view.language, indicators()[name]
    rows = own_values(view, view.result(name))
    if rows.empty:
        return indicator_waits(view, name)
    frame = pd.DataFrame({"label": [declared.members.get(row.member, declared.label)[language] for row in each_row(rows)],
                          "value": rows["value"].to_numpy(), "status": rows["status"].to_numpy(),
                          "text": [wording.value_cell(row, language).text for row in each_row(rows)]})
    title, notes = declared.label[language], [declared.definition[language]]
    if make_whole(rows):
        return chart(composition_bar(frame, chart_id=f"members-{name}", title=title, language=language, notes=notes), title,
                     source=wording.sources_text(rows["sources"].iloc[0], language) if rows["sources"].nunique() == 1 else "")
    open_ones = (rows["low"] < rows["high"]).any() and not declared.sample   # bounds alone: nobody knows which is the larger
    said = phrases.phrase("indicators.members_open", language, parts=listed(
        [f"{label} {text}" for label, text in zip(frame["label"], frame["text"], strict=True)], language)) if open_ones else ""
    drawn = ranked_bars(frame, chart_id=f"members-{name}", title=title, unit=unit_words(name, language), language=language,
                        notes=notes, write=writer(name, language), finding=said, alike=False)
    return chart(drawn, title)


def indicator_course(view: CountyView, *names: str) -> Block:
    """The county's own value of indicators or measures of one unit over the periods, a line each."""
    language, parts = view.language, []
    for each in names:
        name, member = (each, "") if each in indicators() or "__" not in each else _split(each)
        rows = view.history(name, member)
        own = rows[(rows["place"] == view.place.key) & rows["value"].notna() & ~rows["period"].str.startswith("undated")]
        parts.append(own[["period", "value"]].assign(label=quantity_label(name, member)[language],
                                                     partial=own["status"] == "partial"))
    frame = pd.concat(parts)
    finest = frame["period"].str.len().max() if len(frame) else 0
    frame = frame[frame["period"].str.len() == finest]
    if frame["period"].nunique() < 2:
        return indicator_waits(view, *(each.partition("__")[0] for each in names))
    title = phrases.phrase("indicators.over_time", language, labels=listed(dict.fromkeys(frame["label"]), language))
    drawn = curves(frame, sorted(frame["period"].unique()), chart_id=f"course-{names[0]}", title=title, language=language,
                   unit=unit_words(names[0], language), write=writer(names[0], language))
    return chart(drawn, title)
