"""Stated totals against their parts: checked only where all parts are reported and the parts exclude each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from commlib.declarations.measures import Measure, Nature
from commlib.declarations.sources import FROM_TABLE
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.held import FactIndex

COLUMNS = ["county", "place", "period", "id", "parts", "stated", "summed", "sources"]
_KEYS = ["county", "place", "period"]


def total_differences(facts: pd.DataFrame, hierarchy: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """Stated totals that differ from their parts, one row a difference: from members, or from all places below.

    `parts` is the breakdown's id or `places`. Hedged or incomplete parts decide nothing.
    """
    measures = list(measures)
    stated = FactIndex(facts[(facts["qualifier"] == "exact") & (facts["nature"] == Nature.ACTUAL.value)]).rows
    stated = stated[["quantity", "member", *_KEYS, "value", "source", "document"]].rename(columns={"quantity": "id"})
    sums = pd.concat([_of_members(stated, measures), _of_places(facts, hierarchy, measures)])
    both = sums.merge(stated[stated["member"] == ""], on=["id", *_KEYS])
    # Members that rows of tables add up to may lack what the rows leave blank, such as an age: that contradicts nothing.
    lacks = (both["parts"] != "places") & (both["summed"] < both["value"])
    blank = lacks & both["document"].str.contains(FROM_TABLE, regex=False)
    apart = ~np.isclose(both["value"], both["summed"].astype(float), rtol=1e-9, atol=0)   # more than the last bit
    differ = both[apart & ~blank]
    order = {measure.id: number for number, measure in enumerate(measures)}
    differ = differ.sort_values("id", key=lambda ids: ids.map(order), kind="stable").rename(columns={"value": "stated"})
    return differ.assign(sources=differ["source"] + ";" + differ["sources"])[COLUMNS].reset_index(drop=True)


def _of_members(stated: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """The sums of the members of each breakdown that divides its whole, where all members are stated."""
    whole = [(measure.id, member, breakdown.id, len(breakdown.members)) for measure in measures
             for breakdown in measure.breakdowns.values() if breakdown.exclusive and breakdown.exhaustive
             for member in breakdown.members]
    members = stated.merge(pd.DataFrame(whole, columns=["id", "member", "parts", "of"], dtype=object), on=["id", "member"])
    sums = members.groupby(["id", "parts", "of", *_KEYS]).agg(
        summed=("value", "sum"), found=("member", "nunique"), sources=("source", ";".join)).reset_index()
    return sums[sums["found"] == sums["of"]]


def _of_places(facts: pd.DataFrame, hierarchy: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """The sums over the places below each county, where all of them state exact values."""
    below = facts[facts["place"] != facts["county"]]
    rolled = compute(below, hierarchy, [measure_formula(measure) for measure in measures if measure.additive])
    complete = rolled[(rolled["level"] == "county") & (rolled["status"] == "ok") & (rolled["grade"] == "computed")]
    return complete.rename(columns={"value": "summed"})[["id", *_KEYS, "summed", "sources"]].assign(parts="places")
