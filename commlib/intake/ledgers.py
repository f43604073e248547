"""Ledgers of things (facilities, organisations, staff): how far each reaches, and the places that it says have none.

A file that spans townships is the ledger of its county, a file of one township alone is that township's. Of a table that is
declared `complete` a place within reach that no row names has none: that is a zero, and no missing value. What a county's
ledger names nowhere was perhaps never asked for, and is zero nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pandas as pd

from commlib.declarations.sources import FROM_TABLE
from commlib.errors import ParameterError
from commlib.placelists import own_units
from commlib.places import UNIT_LEVELS, PlaceBook, PlaceLevel

NO_ROW = "no row"   # the note of a fact that is zero because rows tell of others and of none here
Units = Mapping[str, Mapping[str, str]]   # by county: its communities, and the township that each belongs to


def communities_of(rows: pd.DataFrame, book: PlaceBook) -> Units:
    """The communities of each county: those of the project's own list, and those that rows stand at."""
    found: dict[str, dict[str, str]] = {}
    for county, place in rows[["_county", "_place"]].drop_duplicates().itertuples(index=False):
        with suppress(ParameterError):   # a unit that is no longer declared
            at = book.place(county, place)
            found.setdefault(county, {}).update({at.key: at.parent} if at.level is PlaceLevel.COMMUNITY else {})
    for county, units in found.items():
        own = own_units(book.folder.parent / "places" / f"{county}.csv")
        units |= {each["unit_id"]: each.get("parent_id", "") for each in own
                  if UNIT_LEVELS.get(each.get("level", "")) is PlaceLevel.COMMUNITY}
    return found


def reach_of(rows: pd.DataFrame, book: PlaceBook) -> dict[str, set[str]]:
    """By county what its files of a table reach over: the county itself if each spans townships, else townships.

    A file that names one place alone may be that place's own, and reaches over nothing else.
    """
    named: dict[str, dict[str, dict[str, set[str]]]] = {}
    for county, file, place in rows[["_county", "_file", "_place"]].drop_duplicates().itertuples(index=False):
        with suppress(ParameterError):
            at = book.place(county, place)
            above = at.parent or county if at.level is PlaceLevel.COMMUNITY else at.key
            named.setdefault(county, {}).setdefault(file, {}).setdefault(above, set()).add(place)
    return {county: {county} if all(len(found) > 1 or county in found for found in files.values())
            else {above for found in files.values() for above, places in found.items() if len(places) > 1}
            for county, files in named.items()}


def unnamed(rows: pd.DataFrame, feeding: pd.DataFrame, member: str, reach: Mapping[str, set[str]], units: Units) -> pd.DataFrame:
    """A row for each community within reach that has none of what `feeding` holds, at each date of such rows.

    `feeding` are those of a table's `rows` that feed a measure, `member` the column that names its member ("" = none). A
    community with rows of its own says itself what it has, and below a wider place with some nothing is known.
    """
    by, parts = ["_county", *filter(None, [member])], [rows.iloc[:0]]
    for key, found in feeding.groupby(by):
        county, *kind = map(str, key)
        own = rows[(rows["_county"] == county) & (rows[member].isin([*kind, ""]) if member else True)]
        named, wider = set(own["_place"]), set((own if member else found)["_place"])
        none = [place for place, above in units.get(county, {}).items()
                if place not in named and not wider & {above, county} and reach.get(county, set()) & {above, county}]
        moments = found.drop_duplicates("_dated").drop(columns="_place").assign(_row="")
        parts.append(moments.merge(pd.DataFrame({"_place": none}, dtype=object), how="cross"))
    return pd.concat(parts, ignore_index=True)


def told_before_none(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts without zeros for want of a row where another table or a report says how many there are, whenever."""
    of = ["quantity", "member", "nature", "county", "place"]
    table_id = facts["document"].str.split(FROM_TABLE).str[0]
    none = facts["note"] == NO_ROW
    told = facts.loc[~none, of].assign(_by=table_id).drop_duplicates().groupby(of)["_by"].agg(set)
    others = [bool(told.get(tuple(row[:-1]), set()) - {row[-1]}) for row in zip(*(facts.loc[none, name] for name in of),
                                                                               table_id[none], strict=True)]
    return facts.drop(index=facts.index[none][others])
