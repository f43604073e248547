"""Where what a report states and what the county's own tables add up to disagree, at one place and period."""

from __future__ import annotations

import pandas as pd

from commlib.declarations.measures import Nature, measures
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.hedges import decimals
from commlib.indicators.compute import compute, measure_formula
from commlib.units import unit

COLUMNS = ["id", "member", "nature", "place", "period", "stated", "tables", "source", "sources"]
_SAME = ["id", "member", "nature", "place", "period"]
_SLACK = 1e-9


def disagreements(facts: pd.DataFrame, hierarchy: pd.DataFrame) -> pd.DataFrame:
    """Reported figures that the rows of tables, summed to the same place, measure and period, do not allow; one row each.

    `stated` and `tables` are in the measure's unit. A figure allows what its hedge and its last printed digit leave open; of
    places that have not all reported the sum is the least that there can be.
    """
    whole = facts[(facts["kind"] == "measure") & (facts["scope_en"] == "") & (facts["detail_en"] == "")]
    from_table = whole["document"].str.contains(FROM_TABLE, regex=False)
    stated = whole[~from_table & (whole["document"] != REGISTER)].rename(columns={"quantity": "id", "value": "stated"})
    rows = whole[from_table & whole["quantity"].isin(set(stated["id"]))]
    both = stated.merge(_totals(rows, hierarchy), on=_SAME, suffixes=("", "_tables"))
    if both.empty:
        return pd.DataFrame(columns=COLUMNS)
    open_by = both["stated_value"].map(lambda printed: 0.5 / 10 ** decimals(printed.partition("–")[0])) \
        * [float(unit(own).factor / unit(measure).factor) for own, measure in zip(both["stated_unit"], both["unit"], strict=True)]
    slack = open_by + both["stated"].abs() * _SLACK
    above = both["low_tables"] > both["high"] + slack
    below = (both["high_tables"] < both["low"] - slack) & (both["status"] != "partial")
    return both[above | below][COLUMNS].reset_index(drop=True)


def _totals(rows: pd.DataFrame, hierarchy: pd.DataFrame) -> pd.DataFrame:
    """What tables give of each measure at every place and period, rolled up by the rules of all results."""
    asked = rows[["quantity", "member", "nature"]].drop_duplicates().sort_values(["quantity", "member", "nature"])
    parts = [compute(rows, hierarchy, [measure_formula(measures()[quantity], member, Nature(nature))]).assign(nature=nature)
             for quantity, member, nature in asked.itertuples(index=False)]
    names = [*_SAME, "tables", "low", "high", "status", "sources"]
    found = pd.concat(parts).rename(columns={"value": "tables"}) if parts else pd.DataFrame(columns=names)
    return found[found["status"] != "carried"][names].rename(columns={"low": "low_tables", "high": "high_tables"})
