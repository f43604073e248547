"""Which place belongs to which."""

from __future__ import annotations

import pandas as pd

from commlib.declarations.sources import REGISTER


def hierarchy_of(facts: pd.DataFrame) -> pd.DataFrame:
    """The places of a facts frame and what they belong to: place, parent, level, county, registered.

    Every place below the county belongs to the county; `registered` marks those that the national register lists, whose
    number is the N of "n of N".
    """
    places = facts.assign(registered=facts["document"] == REGISTER)
    places = places.groupby("place", as_index=False).agg(
        level=("level", "first"), county=("county", "first"), registered=("registered", "any"))
    counties = pd.DataFrame({"place": facts["county"].unique()})
    counties = counties.assign(level="county", county=counties["place"], registered=True)
    places = pd.concat([counties, places[~places["place"].isin(counties["place"])]], ignore_index=True)
    return places.assign(parent=places["county"].where(places["level"] != "county", ""))
