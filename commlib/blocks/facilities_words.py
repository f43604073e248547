"""Facilities and standards in sentences: how far each standard is met, where, what is missing most; then the theme's figures."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commlib import phrases, standards
from commlib.blocks.theme import theme_sentences
from commlib.charts.findings import joined, names
from commlib.declarations.standards import Standard
from commlib.formatting import percent
from commlib.periods import parse_period
from commlib.places import PlaceLevel
from commlib.standards import MISSED
from commlib.view import CountyView

NOTEBOOK = "facilities_and_standards"
_MOST_STANDARDS = 4


def facilities_sentences(view: CountyView) -> Iterator[str]:
    """Of each standard in use the county's score, the townships first and last, and what is missing most; then the rest."""
    for standard_id in standards.standards_in_use(view)[:_MOST_STANDARDS]:
        declared = standards.standard_of(view, standard_id)
        yield joined(list(_of_standard(view, declared, standards.scores(view, standard_id))), view.language)
    yield from theme_sentences(view, NOTEBOOK)


def _of_standard(view: CountyView, declared: Standard, found: pd.DataFrame) -> Iterator[str]:
    language = view.language
    for _, row in found[found["level"] == PlaceLevel.COUNTY].iterrows():
        known = not pd.isna(row["n_expected"])
        yield phrases.phrase("facilities.told_of" if known else "facilities.told", language, standard=declared.name,
                             version=row["version"], period=parse_period(row["as_of"][:7]).label, n=int(row["n"]),
                             of=int(row["n_expected"]) if known else "", items=f"{int(row['items']):,}",
                             met=f"{int(row['met']):,}", not_met=f"{int(row['not_met']):,}",
                             silent=f"{int(row['not_reported']):,}", score=percent(row["score"], language))
    yield from _townships(view, found[found["level"] == PlaceLevel.TOWNSHIP])
    reported, _ = standards.counted_places(view, declared.id)
    states = standards.item_states(view, declared.id)
    missed = states[states["place"].isin(reported) & (states["state"] == MISSED)]["item_no"].value_counts()
    if len(missed):
        most = [each.label[language] for each in declared.items if missed.get(each.number, 0) == missed.max()]
        yield phrases.phrase("facilities.told_gap", language, items=names(most, language), n=int(missed.max()), of=len(reported))


def _townships(view: CountyView, found: pd.DataFrame) -> Iterator[str]:
    if len(found) < 2 or found["score"].max() == found["score"].min():
        return
    ends = {end: found[found["score"] == (found["score"].max() if end == "first" else found["score"].min())]
            for end in ("first", "last")}
    said = {end: names([view.name_of(place) for place in rows["place"]], view.language) for end, rows in ends.items()}
    said |= {f"{end}_score": percent(rows["score"].iloc[0], view.language) for end, rows in ends.items()}
    yield phrases.phrase("facilities.told_townships", view.language, n=len(found), **said)
