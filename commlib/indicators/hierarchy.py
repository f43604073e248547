"""Which place belongs to which."""

from __future__ import annotations

import re

import pandas as pd

from commlib.declarations.sources import REGISTER
from commlib.placelists import own_units
from commlib.places import UNIT_LEVELS, PlaceBook, PlaceLevel

_VILLAGE = re.compile("[0-9]{12}")


def hierarchy_of(facts: pd.DataFrame, book: PlaceBook | None = None) -> pd.DataFrame:
    """The places of a facts frame and what they belong to: place, parent, level, county, registered, counted.

    A community belongs to its township where a code of the register or the project's own list of places says which, all
    else below the county to the county. `registered` marks what the national register or that list holds; those of them
    that are units, not placeholders (whose villages count all the same), are `counted`: the N of "n of N". With a `book`
    the units of the own list are there even where they report nothing; of the register's villages those that report are.
    """
    by_register = facts["document"] == REGISTER
    no_unit = by_register & (facts["quantity"] == "township_units") & (facts["member"] == "") & (facts["value"] == 0)
    places = facts.assign(registered=by_register | facts["place"].str.fullmatch(_VILLAGE))
    places = places.groupby("place", as_index=False).agg(
        level=("level", "first"), county=("county", "first"), registered=("registered", "any"))
    counties = pd.DataFrame({"place": facts["county"].unique()})
    counties = counties.assign(level="county", county=counties["place"], registered=True)
    own = _own(counties["place"], book)
    places = pd.concat([counties, own.drop(columns="parent"), places], ignore_index=True).drop_duplicates("place")
    places = places.astype({"registered": bool})
    places = places.assign(counted=places["registered"] & ~places["place"].isin(facts.loc[no_unit, "place"]))
    return places.assign(parent=_parents(places, dict(zip(own["place"], own["parent"], strict=True)))).reset_index(drop=True)


def _own(counties: pd.Series[str], book: PlaceBook | None) -> pd.DataFrame:
    """The townships and communities that the project's own lists declare in these counties."""
    rows = []
    for county in counties if book else []:
        for unit in own_units(book.folder.parent / "places" / f"{county}.csv") if book else []:
            level = UNIT_LEVELS.get(unit.get("level", ""))
            if level:
                above = unit.get("parent_id", "") if level is PlaceLevel.COMMUNITY else ""
                rows.append((unit["unit_id"], level.value, county, True, above or county))
    return pd.DataFrame(rows, columns=["place", "level", "county", "registered", "parent"])


def _parents(places: pd.DataFrame, declared: dict[str, str]) -> list[str]:
    """The place above each, as far as it is among them; the county itself has none."""
    known = set(places["place"])
    found = []
    for place, level, county in places[["place", "level", "county"]].itertuples(index=False):
        above = declared.get(place) or (place[:9] if level == "community" and _VILLAGE.fullmatch(place) else county)
        found.append("" if level == "county" else above if above in known else county)
    return found
