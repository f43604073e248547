"""Blocks of parks and new towns: how far enterprises have come, land against tax, each park, and parks beside communities."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from commlib import phrases, rankings
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimal_cell, missing, number, rate_cell
from commlib.blocks.html import Row, Table, chart, columns, finding, folded
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.bars import funnel, ranked_bars
from commlib.charts.findings import names
from commlib.charts.scatter import scatter
from commlib.formatting import MISSING, amount, plain
from commlib.frames import each_row
from commlib.tabulation import Rows, groups, numbers, rows_of
from commlib.units import conversion, unit
from commlib.view import CountyView

_MONEY = "CNY10k"
_NUMBERS = ("investment", "land", "workshop", "tax", "months_produced", "local_jobs")


def enterprises(view: CountyView) -> tuple[pd.DataFrame, Rows]:
    """The last row of each enterprise up to the view's period: enterprise_id, name, park_id, as_of, stage and its numbers.

    Money is in CNY 10k, all else in the unit of its column.
    """
    rows = rows_of(view, "park_enterprise", "investment")
    frame = rows.frame[["enterprise_id", "name", "park_id", "as_of", "stage"]].copy()
    for name in _NUMBERS:
        declared = rows.declaration.column(name).unit
        frame[name] = numbers(rows, name) * (float(conversion(declared, _MONEY)) if unit(declared).measures("money") else 1)
    frame["name"] = frame["name"].where(frame["name"] != "", frame["enterprise_id"])
    return frame, rows


# ---- how far they have come

def stage_funnel(view: CountyView) -> Block:
    """Enterprises that reached each stage or a later one, from signed to operating; those without a stage are told."""
    frame, rows = enterprises(view)
    language, column = view.language, rows.declaration.column("stage")
    stages = [each.id for each in column.choices]   # the first comes first
    known = frame[frame["stage"].isin(stages)]
    if known.empty:
        return table_waits(view, "park_enterprise", "stage")
    reached = known["stage"].map(stages.index)
    lines = pd.DataFrame({"label": [each.label[language] for each in column.choices],
                          "value": [float((reached >= at).sum()) for at in range(len(stages))]})
    blank = len(frame) - len(known)
    notes = [phrases.phrase("rows.blank", language, n=blank, column=column.label)] if blank else []
    title = phrases.phrase("parks.funnel", language, span=rows.when(language))
    drawn = funnel(lines, chart_id="enterprise-stages", title=title, unit=unit("count").label[language], language=language,
                   notes=[phrases.phrase("parks.funnel_note", language), *notes])
    return chart(drawn, title, source=source_line(view, rows))


# ---- land against tax

def land_and_tax(view: CountyView) -> Block:
    """Each operating enterprise by its land and the tax it paid, and who stands above the pooled rate."""
    frame, rows = enterprises(view)
    frame = frame[frame["stage"].isin(["operating", ""])]
    both = frame[(frame["land"] > 0) & frame["tax"].notna()]
    if both.empty:
        return table_waits(view, "park_enterprise", "land", "tax")
    language, declared = view.language, rows.declaration
    title = phrases.phrase("parks.land_and_tax", language, span=rows.when(language))
    x_title, y_title = (_axis(declared.column(name).label[language], declared.column(name).unit, language)
                        for name in ("land", "tax"))
    points = pd.DataFrame({"label": frame["name"], "x": frame["land"], "y": frame["tax"]})
    drawn = scatter(points, chart_id="land-tax", title=title, x_title=x_title, y_title=y_title, language=language)
    pooled = both["tax"].sum() / both["land"].sum()
    above = both["tax"] / both["land"] > pooled
    said = phrases.phrase("parks.tax_rate", language, n=len(both), rate=amount(float(pooled), "CNY10k/mu", language),
                          above=int(above.sum()), land=plain(100 * both.loc[above, "land"].sum() / both["land"].sum(), 1),
                          tax=plain(100 * both.loc[above, "tax"].sum() / both["tax"].sum(), 1) if both["tax"].sum() else MISSING)
    return together(chart(drawn, title, source=source_line(view, rows)), finding([said]))


def _axis(label: str, unit_id: str, language: str) -> str:
    return phrases.phrase("parks.axis", language, label=label, unit=unit(unit_id).label)


def per_mu(view: CountyView, top: str) -> Block:
    """Bars of parks by `investment` or `tax` per mu of the enterprises that give both, against all of them pooled."""
    frame, rows = enterprises(view)
    both = frame[frame[top].notna() & (frame["land"] > 0) & (frame["park_id"] != "")]
    if both.empty:
        return table_waits(view, "park_enterprise", "park_id", top, "land")
    language, labels = view.language, groups(view, rows, "park_id")["label"]
    sums = both.groupby(labels.loc[both.index], sort=True)[[top, "land"]].sum()
    title = phrases.phrase("parks.per_mu", language, label=rows.declaration.column(top).label, span=rows.when(language))
    drawn = ranked_bars(pd.DataFrame({"label": sums.index, "value": (sums[top] / sums["land"]).to_numpy()}),
                        chart_id=f"{top}-per-mu", title=title, unit=unit("CNY10k/mu").label[language], language=language,
                        references=[(phrases.phrase("rows.pooled", language), both[top].sum() / both["land"].sum())],
                        notes=[phrases.phrase("parks.per_mu_note", language, n=len(both), of=len(frame))])
    return chart(drawn, title, source=source_line(view, rows))


# ---- each park

def park_table(view: CountyView) -> Block:
    """Each park with its enterprises: how many operate, investment and tax per mu, workshops on the land, months, local jobs."""
    parks, (frame, rows) = rows_of(view, "park"), enterprises(view)
    if parks.frame.empty:
        return table_waits(view, "park")
    language = view.language
    known = parks.frame.assign(type_label=groups(view, parks, "type")["label"], planned=numbers(parks, "planned_area"),
                               start=numbers(parks, "start_area"), place=[_place(view, row) for row in each_row(parks.frame)])
    lines = [_line(row.name or row.park_id, row, frame[frame["park_id"] == row.park_id], language)
             for row in each_row(known.sort_values(["type", "park_id"], kind="stable"))]
    numeric = ("planned_area", "enterprises", "operating", "investment_per_mu", "tax_per_mu", "workshop_ratio", "months", "jobs")
    heads = columns(language, "park", "township", *numeric, numeric=numeric)
    title = phrases.phrase("parks.each", language, n=len(lines))
    empty = known[~known["park_id"].isin(frame["park_id"])]
    said = [phrases.phrase("parks.without_enterprise", language, n=len(empty), of=len(known),
                           parks=names([row.name or row.park_id for row in each_row(empty)], language))] if len(empty) else \
        [phrases.phrase("parks.all_have_enterprises", language, n=len(known))]
    total = _line(phrases.phrase("rows.pooled", language), None, frame, language, known["planned"].sum(min_count=1))
    return together(finding(said), Table(title, heads, lines, phrases.phrase("parks.each_unit", language), total,
                                         source_line(view, rows), phrases.phrase("parks.each_note", language),
                                         group="kind").block())


def _place(view: CountyView, row: object) -> str:
    """The township of a park by name; blank where the register leaves it open."""
    key = str(getattr(row, "township_id", ""))
    return view.name_of(key) if key else ""


def _line(label: str, park: object, own: pd.DataFrame, language: str, planned: float = math.nan) -> Row:
    working = own[own["stage"] == "operating"]
    return {"park": label, "kind": getattr(park, "type_label", "") or MISSING, "township": getattr(park, "place", "") or MISSING,
            "planned_area": number(getattr(park, "planned", planned), language),
            "enterprises": number(float(len(own)), language), "operating": number(float(len(working)), language),
            "investment_per_mu": decimal_cell(_rate(own, "investment")), "tax_per_mu": decimal_cell(_rate(own, "tax")),
            "workshop_ratio": rate_cell(100 * _rate(own, "workshop") / float(conversion("mu", "m2")), language),
            "months": decimal_cell(float(working["months_produced"].mean())),
            "jobs": number(float(own["local_jobs"].sum(min_count=1)), language)}


def _rate(own: pd.DataFrame, top: str) -> float:
    """Σ of a number ÷ Σ land in mu, of the enterprises that give both; NaN where none does."""
    both = own[own[top].notna() & (own["land"] > 0)]
    return float(both[top].sum() / both["land"].sum()) if len(both) else math.nan


# ---- parks beside communities

def pairing(view: CountyView) -> Block:
    """Which parks are paired with a community, and which communities of the county have no park beside them."""
    parks, language = rows_of(view, "park"), view.language
    if parks.frame.empty or (parks.frame["paired_community"] == "").all():
        return table_waits(view, "park", "paired_community")
    frame = parks.frame.assign(type_label=groups(view, parks, "type")["label"],
                               place=[_place(view, row) for row in each_row(parks.frame)])
    lines: list[Row] = [{"park": row.name or row.park_id, "kind": row.type_label, "township": row.place or MISSING,
                         "community": row.paired_community or missing()}
                        for row in each_row(frame.sort_values(["paired_community", "park_id"], kind="stable"))]
    title = phrases.phrase("parks.pairs", language, n=len(lines))
    heads = columns(language, "park", "kind", "township", "community")
    shown = Table(title, heads, lines, source=source_line(view, parks)).block()
    return together(finding(_paired(view, frame)), folded(title, shown), _alone(view, frame))


def _paired(view: CountyView, frame: pd.DataFrame) -> Iterator[str]:
    language = view.language
    without = frame[frame["paired_community"] == ""]
    yield phrases.phrase("parks.paired", language, n=len(frame) - len(without), of=len(frame))
    if len(without):
        yield phrases.phrase("parks.unpaired", language, n=len(without),
                             parks=names([row.name or row.park_id for row in each_row(without)], language))


def _alone(view: CountyView, frame: pd.DataFrame) -> Block | None:
    """Communities that no park names, counted by township; None where the county has no communities of its own yet."""
    places = view.hierarchy[(view.hierarchy["level"] == "community") & view.hierarchy["counted"]]
    if places.empty:
        return None
    language, named = view.language, " ".join(frame["paired_community"])
    labels = places["place"].map(view.name_of)
    known = [view.book.place(view.place.key, key).name.zh for key in places["place"]]
    own = places.assign(label=labels, paired=[name in named for name in known])
    townships = rankings.townships(view)
    lines: list[Row] = []
    for key, part in own.groupby("parent", sort=True):
        alone = part.loc[~part["paired"], "label"].tolist()
        lines.append({"township": townships.get(str(key), view.name_of(str(key))),
                      "communities": number(float(len(part)), language),
                      "with_park": number(float(part["paired"].sum()), language),
                      "without_park": names(alone, language) if alone else MISSING})
    title = phrases.phrase("parks.alone", language, n=int((~own["paired"]).sum()), of=len(own))
    called = list(dict.fromkeys(name for name in frame["paired_community"] if name and not any(each in name for each in known)))
    strange = [phrases.phrase("parks.unknown", language, n=len(called), names=names(called, language))] if called else []
    heads = columns(language, "township", "communities", "with_park", "without_park", numeric=("communities", "with_park"))
    shown = Table(title, heads, lines, kind="words", note=phrases.phrase("parks.alone_note", language)).block()
    return together(finding(strange), folded(title, shown))
