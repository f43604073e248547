"""A county among its peers: its rank in prefecture, province and nation by what every county of the country has."""

from __future__ import annotations

import pandas as pd

from commlib import phrases
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.html import Cell, Column, Row, Table, chart, columns, waits
from commlib.blocks.overview import county_row
from commlib.charts.dots import position_strip
from commlib.declarations.sources import REGISTER, source_title
from commlib.formatting import MISSING, ordinal
from commlib.labels import quantity_label
from commlib.peers import Standing, standings
from commlib.view import CountyView

COMPARED = ("township_units", "villagers_committees", "residents_committees", "quasi_units", "governance_units_per_township",
            "residents_committee_share")
CIRCLES = ("prefecture", "province", "nation")
_SHOWN_FIRST = ("province", "nation", "prefecture")   # as dots; the table has all three


def _rank(standing: Standing, language: str) -> str:
    place = standing.position
    return ordinal(place.rank, place.n, language) if place else MISSING


def peer_table(view: CountyView) -> Block:
    """Ranks by the register, the highest value first: a row each indicator, a column each circle, and a strip of percentiles."""
    language = view.language
    found = {name: standings(view, name) for name in COMPARED if county_row(view, name) is not None}
    found = {name: each for name, each in found.items() if any(standing.position for standing in each)}
    if not found:
        return waits(phrases.phrase("register.no_rank", language), language)
    names = {each.circle: each.name[language] for standing in found.values() for each in standing}
    rows: list[Row] = [{
        "indicator": quantity_label(name)[language], "value": wording.value_cell(county_row(view, name), language),
        **{each.circle: Cell(_rank(each, language)) for each in standing}} for name, standing in found.items()]
    heads = [*columns(language, "indicator", "value", numeric=("value",)),
             *(Column(circle, names[circle], True) for circle in CIRCLES if circle in names)]
    source = phrases.phrase("label.source", language, source=source_title(REGISTER, language))
    table = Table(phrases.phrase("peer.title", language), heads, rows, source=source,
                  note=phrases.phrase("register.positions_note", language)).block()
    ranked = {each.circle for standing in found.values() for each in standing if each.position}
    return together(_strip(view, found, next(each for each in _SHOWN_FIRST if each in ranked), names), table)


def _strip(view: CountyView, found: dict[str, list[Standing]], circle: str, names: dict[str, str]) -> Block:
    """Where the county stands in one circle by every indicator, as dots from 0 to 100 %."""
    language = view.language
    marks = [(name, each.position) for name, standing in found.items() for each in standing
             if each.circle == circle and each.position]
    frame = pd.DataFrame([{"label": quantity_label(name)[language], "percentile": position.percentile, "rank": position.rank,
                           "n": position.n, "text": ordinal(position.rank, position.n, language)} for name, position in marks])
    title = phrases.phrase("peer.strip", language, circle=names[circle])
    return chart(position_strip(frame, chart_id=f"peers-{circle}", title=title, language=language), title)
