"""Blocks of the village register: the county's governance units, their distribution and the county's position."""

from __future__ import annotations

import pandas as pd

from commlib import phrases
from commlib.blocks.block import Block
from commlib.blocks.cells import number
from commlib.blocks.html import Column, Row, Table, chart, columns, finding, waits
from commlib.charts.bars import ranked_bars
from commlib.charts.composition import composition_bar, stacked_ranked_bars
from commlib.charts.histogram import distribution
from commlib.declarations.measures import measures
from commlib.declarations.sources import REGISTER, source_title
from commlib.formatting import percent
from commlib.frames import each_row
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label
from commlib.peers import national_values
from commlib.units import unit
from commlib.view import CountyView

UNITS = ("villagers_committees", "residents_committees", "quasi_units")


def townships_of(view: CountyView) -> pd.DataFrame:
    """The county's townships in code order: name, and one column per kind of unit; index place."""
    rows = {quantity: view.measure(quantity) for quantity in UNITS}
    columns = {quantity: part[part["level"] == "township"].set_index("place")["value"] for quantity, part in rows.items()}
    table = pd.DataFrame(columns).sort_index()
    return table.assign(name=[view.name_of(place) for place in table.index], total=table.sum(axis=1))


def township_chart(view: CountyView) -> Block:
    """Villages, communities and quasi-units of every township as stacked bars ranked by their number."""
    table = townships_of(view)
    if table.empty:
        return _waits(view)
    title = phrases.phrase("register.by_township", view.language)
    labels = {each: quantity_label(each)[view.language] for each in UNITS if table[each].sum() > 0}
    drawn = stacked_ranked_bars(table.rename(columns={"name": "label"}).reset_index(drop=True), labels,
                                chart_id="townships", title=title, unit=phrases.phrase("word.units", view.language),
                                language=view.language)
    return chart(drawn, title, _source(view))


def township_table(view: CountyView) -> Block:
    """The same by township as a table, with the county's total last."""
    table, language = townships_of(view), view.language
    if table.empty:
        return _waits(view)
    names = (*UNITS, "total")
    heads = [*columns(language, "township", "code"), *(Column(each, quantity_label(each)[language], True) for each in UNITS),
             *columns(language, "total", numeric=("total",))]
    rows: list[Row] = [{"township": row["name"], "code": str(place), **{each: number(row[each]) for each in names}}
                       for place, row in table.iterrows()]
    sums = {each: number(table[each].sum()) for each in names}
    total: Row = {"township": view.place.name[language], "code": view.place.key, **sums}
    return Table(phrases.phrase("register.by_township", language), heads, rows, total=total,
                 unit=phrases.phrase("register.unit", language), source=_source(view)).block()


def township_kinds(view: CountyView) -> Block:
    """The county's townships by kind: subdistricts, towns, townships and others as shares of their number."""
    rows = view.results[(view.results["id"] == "township_kind_share") & (view.results["place"] == view.place.key)]
    if rows.empty:
        return _waits(view)
    title = phrases.phrase("register.kinds", view.language)
    frame = pd.DataFrame({
        "label": [indicators()["township_kind_share"].members[each][view.language] for each in rows["member"]],
        "value": rows["value"].to_numpy(),
        "text": [phrases.phrase("register.kind_text", view.language, n=f"{count:,.0f}", share=percent(value, view.language))
                 for count, value in zip(rows["numerator"], rows["value"], strict=True)]})
    base = phrases.phrase("register.kinds_base", view.language, n=f"{rows['denominator'].iat[0]:,.0f}")
    drawn = composition_bar(frame[frame["value"] > 0].reset_index(drop=True), chart_id="kinds", title=title,
                            language=view.language, base=base)
    return chart(drawn, title, _source(view))


def ranking_chart(view: CountyView, quantity: str, by: str = "township", first: int | None = None) -> Block:
    """The places of one level ranked by a measure or indicator, with the county's mean or pooled value as a line.

    `first` shows that many places of the ranking and says of how many; finding and line are of all places either way.
    """
    rows = view.measure(quantity) if quantity not in indicators() else view.results[view.results["id"] == quantity]
    places = rows[(rows["level"] == by) & (rows["member"] == "")]
    if places.empty:
        return _waits(view)
    title = phrases.phrase("register.ranking", view.language, label=quantity_label(quantity)[view.language])
    frame = pd.DataFrame({"label": [view.name_of(place) for place in places["place"]], "value": places["value"].to_numpy(),
                          "status": places["status"].to_numpy()})
    own = view.county_result(rows)
    pooled = own["value"] if own is not None and quantity in indicators() else places["value"].mean()
    word = phrases.phrase("register.pooled" if quantity in indicators() else "register.mean", view.language)
    drawn = ranked_bars(frame, chart_id=f"rank-{quantity.replace('_', '-')}", title=title,
                        unit=_axis_unit(quantity, view.language), language=view.language, references=[(word, float(pooled))],
                        first=first)
    return chart(drawn, title, _source(view))


def national_distribution(view: CountyView, quantity: str = "villagers_committees") -> Block:
    """All counties of the country by a measure, with this county marked."""
    values = national_values(view, quantity)
    label = quantity_label(quantity)[view.language]
    title = phrases.phrase("register.distribution", view.language, label=label, n=f"{len(values):,}")
    drawn = distribution(values, float(values.get(view.place.key, float("nan"))), view.place.name[view.language],
                         chart_id=f"nation-{quantity.replace('_', '-')}", title=title,
                         unit=_axis_unit(quantity, view.language), language=view.language)
    return chart(drawn, title, _source(view))


def name_disagreements(view: CountyView) -> Block:
    """Units whose name says another kind than their code; the codes decide."""
    language = view.language
    table = view.store.name_disagreements
    own = table[table["county"] == view.place.key]
    if own.empty:
        return finding([phrases.phrase("register.no_disagreement", language)])
    rows = [{"name": row.name, "code": row.code, "kind_by_code": quantity_label(row.kind_by_code)[language],
             "kind_by_name": quantity_label(row.kind_by_name)[language]} for row in each_row(own)]
    heads = columns(language, "name", "code", "kind_by_code", "kind_by_name")
    return Table(phrases.phrase("register.disagreements", language, n=len(rows)), heads, rows, source=_source(view)).block()


def _axis_unit(quantity: str, language: str) -> str:
    declared = indicators()[quantity].unit if quantity in indicators() else measures()[quantity].unit
    return phrases.phrase("word.units", language) if declared == "count" else unit(declared).label[language]


def _source(view: CountyView) -> str:
    return phrases.phrase("label.source", view.language, source=source_title(REGISTER, view.language))


def _waits(view: CountyView) -> Block:
    return waits(phrases.phrase("register.waits", view.language), view.language)
