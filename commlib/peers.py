"""A county among its peers: the values of every county of the country, and its position in each circle of peers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.measures import measures
from commlib.indicators.compute import compute, formulas, measure_formula
from commlib.indicators.hierarchy import hierarchy_of
from commlib.indicators.registry import indicators
from commlib.ranking import Position, position
from commlib.view import CountyView


@dataclass(frozen=True, slots=True)
class Standing:
    """The county's position in one circle (prefecture, province, nation), or why it has none there."""

    circle: str
    name: Text
    position: Position | None


def national_values(view: CountyView, quantity: str, member: str = "") -> pd.Series[float]:
    """The value of a register measure or indicator for each of the country's counties, by county key."""
    totals = view.store.county_totals
    wanted = [each for each in formulas(indicators()[quantity]) if each.member == member] if quantity in indicators() \
        else [measure_formula(measures()[quantity], member)]
    rows = compute(totals, hierarchy_of(totals), wanted)
    values = rows.set_index("county")["value"]
    return values[values.index.isin([county.key for county in view.book.counties()])]


def standings(view: CountyView, quantity: str, member: str = "") -> list[Standing]:
    """Where the county stands by the highest value first: in its prefecture (where it has a real one), province, nation."""
    values = national_values(view, quantity, member)
    place = view.place
    circles = [("prefecture", place.key[:4], place.prefecture), ("province", place.key[:2], place.province),
               ("nation", "", phrases.text("circle.nation"))]
    return [Standing(circle, name, position(values[values.index.str.startswith(prefix)], place.key))
            for circle, prefix, name in circles if name]
