"""Stated totals against their parts: checked only where all parts are reported and the parts exclude each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from commlib.declarations.measures import Measure, Nature
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.held import FactIndex, Slot

COLUMNS = ["county", "place", "period", "id", "parts", "stated", "summed", "sources"]


def total_differences(facts: pd.DataFrame, hierarchy: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """Stated totals that differ from their parts, one row a difference: from members, or from all places below.

    `parts` is the breakdown's id or `places`. Hedged or incomplete parts decide nothing.
    """
    index = FactIndex(facts[facts["qualifier"] == "exact"])
    found = []
    for measure in measures:
        totals = index.of(Slot(measure, "", Nature.ACTUAL))
        totals = totals[totals["level"] == "county"] if not measure.breakdowns else totals
        if not totals.empty:
            found += [_against(totals, summed, parts, measure) for parts, summed in _sums(index, facts, hierarchy, measure)]
    return pd.concat([pd.DataFrame(columns=COLUMNS), *(part for part in found if not part.empty)], ignore_index=True)


def _sums(index: FactIndex, facts: pd.DataFrame, hierarchy: pd.DataFrame, measure: Measure,
          ) -> list[tuple[str, pd.DataFrame]]:
    keys = ["county", "place", "period"]
    found = []
    for breakdown in measure.breakdowns.values():
        if breakdown.exclusive and breakdown.exhaustive:
            rows = pd.concat([index.of(Slot(measure, member, Nature.ACTUAL)) for member in breakdown.members])
            sums = rows.groupby(keys).agg(summed=("value", "sum"), parts=("member", "nunique"), sources=("source", ";".join))
            found.append((breakdown.id, sums[sums["parts"] == len(breakdown.members)]))
    if measure.additive:
        below = facts[facts["place"] != facts["county"]]
        rolled = compute(below, hierarchy, [measure_formula(measure)])
        complete = rolled[(rolled["level"] == "county") & (rolled["status"] == "ok") & (rolled["grade"] == "computed")]
        found.append(("places", complete.rename(columns={"value": "summed"}).set_index(keys)))
    return found


def _against(totals: pd.DataFrame, sums: pd.DataFrame, parts: str, measure: Measure) -> pd.DataFrame:
    both = totals.set_index(["county", "place", "period"])[["value", "source"]].join(sums[["summed", "sources"]], how="inner")
    last_bit_apart = np.isclose(both["value"].astype(float), both["summed"].astype(float), rtol=1e-9, atol=0)
    differ = both[~last_bit_apart].reset_index()
    return pd.DataFrame({
        "county": differ["county"], "place": differ["place"], "period": differ["period"], "id": measure.id,
        "parts": parts, "stated": differ["value"], "summed": differ["summed"],
        "sources": differ["source"] + ";" + differ["sources"],
    })[COLUMNS]
