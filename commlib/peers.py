"""A county among its peers: the values of every county of the country, and its position in each circle of peers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.measures import measures
from commlib.home import Home
from commlib.indicators.arithmetic import Ratio
from commlib.indicators.compute import formulas, measure_formula
from commlib.indicators.registry import indicators
from commlib.places import place_book
from commlib.ranking import Position, position
from commlib.store import Store
from commlib.view import CountyView


@dataclass(frozen=True, slots=True)
class Standing:
    """The county's position in one circle (prefecture, province, nation), or why it has none there."""

    circle: str
    name: Text
    position: Position | None


def national_values(view: CountyView, quantity: str, member: str = "") -> pd.Series[float]:
    """The value of a register measure or indicator for each of the country's counties, by county key."""
    return _national(view.store, view.home, quantity, member)


@cache
def _national(store: Store, home: Home, quantity: str, member: str) -> pd.Series[float]:
    declared = [each for each in formulas(indicators()[quantity]) if each.member == member] if quantity in indicators() \
        else [measure_formula(measures()[quantity], member)]
    wide, formula = _wide_totals(store, home), declared[0]
    answer: Any = formula.call({name: wide[slot.measure.id, slot.member] for name, slot in formula.slots.items()})
    values: Any = answer.value if isinstance(answer, Ratio) else answer
    known: pd.Series[float] = values.dropna()
    return known


@cache
def _wide_totals(store: Store, home: Home) -> pd.DataFrame:
    """The register at county level: one row a county of the country, one column a measure and member."""
    wide = store.county_totals.pivot(index="county", columns=["quantity", "member"], values="value")
    return wide[wide.index.isin([county.key for county in place_book(home).counties()])]


def standings(view: CountyView, quantity: str, member: str = "") -> list[Standing]:
    """Where the county stands by the highest value first: in its prefecture (where it has a real one), province, nation."""
    values = national_values(view, quantity, member)
    place = view.place
    circles = [("prefecture", place.key[:4], place.prefecture), ("province", place.key[:2], place.province),
               ("nation", "", phrases.text("circle.nation"))]
    return [Standing(circle, name, position(values[values.index.str.startswith(prefix)], place.key))
            for circle, prefix, name in circles if name]
