"""Places against standards: which items each meets, and items met ÷ items in the standard, pooled upwards.

Met, not met and not reported are kept apart; a county's score is one sum over another of the places that reported, never a mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.columns import Level
from commlib.declarations.rules import Amount, Limit
from commlib.declarations.standards import Item, ItemType, Kind, Standard, standards
from commlib.errors import DeclarationError, ParameterError
from commlib.places import PlaceLevel
from commlib.tabulation import rows_of, township_of
from commlib.units import conversion, unit
from commlib.view import CountyView

RESULTS = "checklist_result"
MET, MISSED, NOT_REPORTED = "met", "missed", "not_reported"   # states of an item, as charts draw them
STATE_COLUMNS = ["place", "item_no", "state", "as_of"]
SCORE_COLUMNS = ["place", "level", "met", "not_met", "not_reported", "items", "score", "as_of", "version", "n", "n_expected"]
UPWARDS = (PlaceLevel.COMMUNITY, PlaceLevel.TOWNSHIP, PlaceLevel.COUNTY)


def standards_of(view: CountyView) -> dict[str, Standard]:
    """Every standard that a county may be held against: the declared ones, then those that its returns bring, which win."""
    rows, items = (view.store.county_rows(each, view.place.key) for each in ("standard", "standard_item"))
    found = dict(standards(view.home))
    for row in rows.to_dict("records"):
        known = found.get(row["standard_id"])
        words = {each.zh: each for each in (*(item.label for item in known.items), known.name)} if known else {}
        own = tuple(_returned_item(each, words) for each in items[items["standard_id"] == row["standard_id"]].to_dict("records"))
        if own:
            document = row["document_id"] or row["issuer"] or row["_file"]
            found[row["standard_id"]] = Standard(
                row["standard_id"], words.get(row["name_zh"], Text.same(row["name_zh"])),
                known.kind if known else Kind.CHECKLIST, Text.same(document), own,
                known.level if known else Level.ANY, row["valid_from"])
    return found


def _returned_item(row: Mapping[Any, Any], words: Mapping[str, Text]) -> Item:
    """An item that a return brings; where it has no English, that of the declared standard of the same id."""
    target, kind = row["target"], row["value_type"]
    units = row["target_unit"] or ("percent" if kind == "share" else "count")
    limit = Limit(Amount(Fraction(target), units), least=True) if target else None
    same = words.get(row["label_zh"], Text.same(row["label_zh"]))
    return Item(row["item_no"], Text(row["label_zh"], row["label_en"] or same.en), ItemType(kind), limit)


def standard_of(view: CountyView, standard_id: str) -> Standard:
    """One of them; raises ParameterError naming the nearest."""
    return known_standard(standards_of(view), standard_id)


def known_standard(known: Mapping[str, Standard], standard_id: str) -> Standard:
    """A standard by id; raises ParameterError naming the nearest."""
    if standard_id not in known:
        near = get_close_matches(standard_id, known, n=1, cutoff=0.0)[0]
        raise ParameterError(phrases.text("standard.unknown", found=standard_id, nearest=near))
    return known[standard_id]


def standards_in_use(view: CountyView) -> list[str]:
    """The known standards on which places of the county reported, up to the view's period, in the order of their declaration.

    One without any measurable item is among them only where an inspector said of an item whether it is met.
    """
    rows = rows_of(view, RESULTS).frame
    reported, said = set(rows["standard_id"]), set(rows.loc[rows["met"] != "", "standard_id"])
    return [each.id for each in standards_of(view).values() if each.id in (reported if each.measurable else said)]


def unknown_results(view: CountyView) -> list[str]:
    """What results name that is not declared: `standard`, or `standard/item` of a known standard."""
    known, rows = standards_of(view), rows_of(view, RESULTS).frame
    pairs = dict.fromkeys(zip(rows["standard_id"], rows["item_no"].map(_plain_number), strict=True))
    return list(dict.fromkeys(
        standard if standard not in known else f"{standard}/{number}" for standard, number in pairs
        if standard not in known or number not in {_plain_number(each.number) for each in known[standard].items}))


def item_states(view: CountyView, standard_id: str) -> pd.DataFrame:
    """The state of each item at each place that reported, in STATE_COLUMNS, in the order of the items.

    `met`, `missed` or `not_reported`, by the last row up to the view's period; raises ParameterError for an unknown standard.
    """
    standard = standard_of(view, standard_id)
    rows = rows_of(view, RESULTS, where={"standard_id": standard_id}).frame.sort_values("as_of", kind="stable")
    last = {(row["_place"], _plain_number(row["item_no"])): row for row in rows.to_dict("records")}
    found: list[tuple[str, str, str, str]] = []
    for place in sorted(rows["_place"].unique()):
        for item in standard.items:
            row = last.get((place, _plain_number(item.number)))
            found.append((place, item.number, _judged(row, item) if row else NOT_REPORTED, row["as_of"] if row else ""))
    return pd.DataFrame(found, columns=STATE_COLUMNS)


def item_values(view: CountyView, standard_id: str, item_no: str) -> pd.DataFrame:
    """The share that each place reports of one item (`place`, `value` in percent), by the last row up to the view's period."""
    rows = rows_of(view, RESULTS, where={"standard_id": standard_id}).frame.sort_values("as_of", kind="stable")
    rows = rows[(rows["item_no"].map(_plain_number) == _plain_number(item_no)) & (rows["value"] != "")]
    rows = rows.drop_duplicates("_place", keep="last")
    told = rows["value_unit"].map(lambda given: unit(given or "percent").measures("share"))
    rows = rows[told.astype(bool)]
    factors = rows["value_unit"].map(lambda given: float(conversion(given or "percent", "percent")))
    return pd.DataFrame({"place": rows["_place"], "value": rows["value"].astype(float) * factors.astype(float)}).reset_index(
        drop=True)


def _plain_number(text: str) -> str:
    return text.strip().rstrip(".、").lstrip("0")


def _judged(row: Mapping[Any, Any], item: Item) -> str:
    """The state that a row tells: what the inspector says, else its value against the target, in the target's unit."""
    if row["met"]:
        return MET if row["met"] == "yes" else MISSED
    if item.target is None or not any(row.get(f"value{end}") for end in ("", "__low", "__high")):
        return NOT_REPORTED
    wanted = item.target.amount.unit
    try:
        factor = conversion(row["value_unit"] or wanted, wanted)
    except DeclarationError:   # metres where households are asked: nothing can be told
        return NOT_REPORTED
    hedged = row.get("value__qualifier", "") not in ("", "exact")
    low = Fraction((row["value__low"] if hedged else row["value"]) or 0) * factor
    high = row["value__high"] if hedged else row["value"]
    told = item.target.met(low, Fraction(high) * factor if high else None)
    return NOT_REPORTED if told is None else MET if told else MISSED


def scores(view: CountyView, standard_id: str) -> pd.DataFrame:
    """The score of each place that reported, and of the townships and the county above them, in SCORE_COLUMNS.

    `score` is 100 × items met ÷ items in the standard (percent), for a place above Σ met ÷ Σ items over the `n` of `n_expected`
    places that reported (NaN: it is not known how many there are); NaN where no item was told to be met or not. A place above
    that alone reported itself has its own.
    """
    standard, states = standard_of(view, standard_id), item_states(view, standard_id)
    if states.empty:
        return pd.DataFrame(columns=SCORE_COLUMNS)
    own = states.assign(**{name: states["state"] == name for name in (MET, MISSED, NOT_REPORTED)}, items=1).groupby(
        "place", as_index=False).agg(met=(MET, "sum"), not_met=(MISSED, "sum"), not_reported=(NOT_REPORTED, "sum"),
                                     items=("items", "sum"), as_of=("as_of", "max"))
    own = own.assign(level=[str(_level(view, place)) for place in own["place"]], n=1, n_expected=1.0)
    base = _base_level(standard, set(own["level"]))
    counted = own[own["level"] == base]
    above = pd.DataFrame(_pooled(view, counted, PlaceLevel(base)))
    alone = own[(own["level"] != base) & ~own["place"].isin(above["place"] if len(above) else [])]
    found = pd.concat([each for each in (counted, above, alone) if len(each)], ignore_index=True)
    told = found["met"] + found["not_met"] > 0   # else nothing is known, which is no zero
    found = found.assign(score=(100 * found["met"] / found["items"]).where(told), version=standard.version[view.language])
    return found[SCORE_COLUMNS]


def counted_places(view: CountyView, standard_id: str) -> tuple[list[str], list[str]]:
    """The places whose items are counted upwards, all of one level: those that reported, and those known that did not."""
    states = item_states(view, standard_id)
    levels = {place: str(_level(view, place)) for place in states["place"].unique()}
    if not levels:
        return [], []
    base = _base_level(standard_of(view, standard_id), set(levels.values()))
    reported = [place for place, level in levels.items() if level == base]
    return reported, [place for place in _known(view, base) if place not in reported]


def _known(view: CountyView, level: str) -> list[str]:
    return sorted(view.hierarchy[(view.hierarchy["level"] == level) & view.hierarchy["counted"]]["place"])


def _level(view: CountyView, place: str) -> PlaceLevel:
    return PlaceLevel.COUNTY if place == view.place.key else view.book.place(view.place.key, place).level


def _base_level(standard: Standard, reported: set[str]) -> str:
    """The level whose places are counted: the standard's own where places of it reported, else the finest that did."""
    if standard.level is not Level.ANY and str(standard.level) in reported:
        return str(standard.level)
    return next(str(level) for level in UPWARDS if str(level) in reported)


def _pooled(view: CountyView, counted: pd.DataFrame, base: PlaceLevel) -> Iterator[dict[str, Any]]:
    """The townships and the county above the places that are counted, each with the sums over those in it."""
    known = _known(view, str(base))
    places = pd.Series(sorted({*known, *counted["place"]}), dtype=object)
    for level in UPWARDS[UPWARDS.index(base) + 1:]:
        above = {place: view.place.key if level is PlaceLevel.COUNTY else township_of(view, place) for place in places}
        expected = places.map(above).value_counts()
        for place, rows in counted.groupby(counted["place"].map(above)):
            if (place == view.place.key) == (level is PlaceLevel.COUNTY):
                sums = {name: int(rows[name].sum()) for name in ("met", "not_met", "not_reported", "items")}
                yield {"place": place, "level": str(level), **sums, "as_of": rows["as_of"].max(), "n": len(rows),
                       "n_expected": float(expected[place]) if len(known) else float("nan")}
