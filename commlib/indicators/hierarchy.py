"""Which place belongs to which."""

from __future__ import annotations

import pandas as pd

from commlib.declarations.sources import REGISTER


def hierarchy_of(facts: pd.DataFrame) -> pd.DataFrame:
    """The places of a facts frame and what they belong to: place, parent, level, county, registered, counted.

    Every place below the county belongs to the county. `registered` marks those that the national register lists;
    those of them that are units, not placeholders (whose villages count all the same), are `counted`: the N of "n of N".
    """
    by_register = facts["document"] == REGISTER
    no_unit = by_register & (facts["quantity"] == "township_units") & (facts["member"] == "") & (facts["value"] == 0)
    places = facts.assign(registered=by_register)
    places = places.groupby("place", as_index=False).agg(
        level=("level", "first"), county=("county", "first"), registered=("registered", "any"))
    counties = pd.DataFrame({"place": facts["county"].unique()})
    counties = counties.assign(level="county", county=counties["place"], registered=True)
    places = pd.concat([counties, places[~places["place"].isin(counties["place"])]], ignore_index=True)
    places = places.assign(counted=places["registered"] & ~places["place"].isin(facts.loc[no_unit, "place"]))
    return places.assign(parent=places["county"].where(places["level"] != "county", ""))
