"""What reports state: figures, the claims among them and the checklists, read as validated frames of text; figures become facts.

A figure becomes a fact of a measure or of a rule, or a stated value of an indicator; none is dropped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.declarations.mapping import Becomes, Mapping, mapping_of
from commlib.declarations.measures import measure
from commlib.declarations.tables import table
from commlib.errors import DataError, Fault
from commlib.frames import each_row
from commlib.hedges import Qualifier, interval, number
from commlib.intake.tabular import collected, read_table, reference_faults
from commlib.places import PlaceBook
from commlib.reads import note
from commlib.units import conversion

FACT_COLUMNS = ["kind", "quantity", "member", "nature", "county", "place", "place_name", "level", "scope_zh", "scope_en",
                "detail_zh", "detail_en", "period", "words", "value", "low", "high", "qualifier", "unit",
                "stated_value", "stated_unit", "source", "document", "note"]
IDENTITY = ["kind", "quantity", "member", "nature", "county", "place", "scope_en", "detail_en", "period"]
# The reports' own words that set a figure apart from the current ones; all other words stay with it as a caveat.
_EARLIER = {"before", "earlier", "earlier rule", "earlier (year masked)", "last year", "last 2 years"}
_ONE_END = {Qualifier.RANGE_LOW.value: Qualifier.AT_LEAST.value, Qualifier.RANGE_HIGH.value: Qualifier.AT_MOST.value}


def read_stated(folder: Path, table_id: str) -> pd.DataFrame:
    """The rows of one table of a folder of reports, index `line`; raises DataError with every fault."""
    note("data/reported")
    declaration = table(table_id)
    return read_table(folder / Path(declaration.file).name, declaration)


def read_reported(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures and claims together, checked also against each other: an id that is named must be a figure's.

    Raises DataError once, with the faults of both files.
    """
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for table_id in ("reported_figure", "claim"):
        try:
            frames[table_id] = read_stated(folder, table_id)
        except DataError as error:
            faults += error.faults
    if not faults:
        for table_id, frame in frames.items():
            declaration = table(table_id)
            faults += reference_faults(Path(declaration.file).name, frame, declaration, frames)
    if faults:
        raise collected(faults)
    return frames["reported_figure"], frames["claim"]


# ---- figures become facts

def dispositions(figures: pd.DataFrame) -> pd.Series[str]:
    """What each figure becomes, by figure id: measure, rule, stated, repeat, restatement, or unmapped."""
    def decide(row: Any) -> str:
        if row.repeats:
            return "repeat"
        if row.restates:
            return "restatement"
        mapping = mapping_of(row.indicator, row.id)
        return mapping.becomes.value if mapping else "unmapped"

    return pd.Series([decide(row) for row in each_row(figures)], index=figures["id"], dtype="str")


def reported_facts(figures: pd.DataFrame, book: PlaceBook) -> pd.DataFrame:
    """The facts frame of reported figures: one row a fact (a low and a high end make one), in canonical units.

    Raises DataError naming every figure whose indicator the mapping does not know, and every two exact figures that
    claim to be the same fact.
    """
    becomes = dispositions(figures)
    unmapped = figures[figures["id"].map(becomes).eq("unmapped")]
    if len(unmapped):
        raise _unmapped(unmapped)
    kept = figures[figures["id"].map(becomes).isin([each.value for each in Becomes])]
    rows = [_fact(row, book) for row in each_row(kept)]
    facts = pd.DataFrame(rows, columns=FACT_COLUMNS)
    return _merge_ranges(facts)


def _fact(row: Any, book: PlaceBook) -> dict[str, Any]:
    mapping = mapping_of(row.indicator, row.id)
    assert mapping is not None   # sorted out before
    county = book.county_of_report(row.county)
    place, place_name, level = _place(row, county.key, county.name.zh, book)
    unit = row.unit if mapping.becomes is Becomes.STATED else measure(mapping.quantity).unit
    factor = conversion(row.unit, unit)
    low, high = interval(row.value, Qualifier(row.qualifier))
    document = f"{row.doc}-{row.article}"
    return {
        "kind": mapping.becomes.value, "quantity": mapping.quantity, "member": mapping.member,
        "nature": mapping.nature or row.nature, "county": county.key, "place": place, "place_name": place_name,
        "level": level, **_texts(mapping), "period": _period(row.period, mapping, document), "words": row.period,
        "value": float(number(row.value) * factor), "low": float(low * factor), "high": float(high * factor),
        "qualifier": row.qualifier, "unit": unit, "stated_value": row.value, "stated_unit": row.unit,
        "source": row.id, "document": document, "note": row.note,
    }


def _texts(mapping: Mapping) -> dict[str, str]:
    return {f"{name}_{language}": text[language] if text else ""
            for name, text in (("scope", mapping.scope), ("detail", mapping.detail)) for language in ("zh", "en")}


def _place(row: Any, county_key: str, county_name: str, book: PlaceBook) -> tuple[str, str, str]:
    """Key, reported name and level of the place; a figure without a place is the county's (a rule may say otherwise)."""
    if not row.place or row.place == county_name:
        return county_key, "", "county"
    place = book.place(county_key, row.place)
    return place.key, row.place, row.level


def _period(words: str, mapping: Mapping, document: str) -> str:
    said = mapping.period or ("earlier" if words in _EARLIER else "current")
    return {"current": f"undated:{document}", "earlier": f"undated:{document}:earlier"}.get(said, said)


def _merge_ranges(facts: pd.DataFrame) -> pd.DataFrame:
    """Two ends of a stated range are one fact: low, high, and their middle as its value."""
    ends = facts["qualifier"].isin([Qualifier.RANGE_LOW.value, Qualifier.RANGE_HIGH.value])
    merged = [row for _, part in facts[ends].groupby(IDENTITY, sort=False) for row in _one_range(part)]
    whole = pd.concat([facts[~ends], pd.DataFrame(merged, columns=FACT_COLUMNS)], ignore_index=True)
    twice = whole[whole.duplicated(IDENTITY, keep=False)]
    if len(twice):
        raise DataError(phrases.text("error.same_fact_twice"), [
            _fault(ids, "", phrases.text("mapping.same_fact"), phrases.text("mapping.map_detail"))
            for ids in twice.groupby(IDENTITY)["source"].agg("; ".join)])
    return whole.sort_values("source", kind="stable", ignore_index=True)


def _one_range(part: pd.DataFrame) -> list[dict[str, Any]]:
    """The two ends as one row; one end alone stays open at the other, and two of a kind stay apart (and are refused)."""
    rows = [{str(name): cell for name, cell in row.items()} for row in part.to_dict("records")]
    if len(rows) == 1:
        return [{**rows[0], "qualifier": _ONE_END[rows[0]["qualifier"]]}]
    if part["qualifier"].duplicated().any():
        return rows
    low, high = part["low"].max(), part["high"].min()
    return [{**rows[0], "value": (low + high) / 2, "low": low, "high": high, "qualifier": "range",
             "stated_value": "–".join(part["stated_value"]), "source": ";".join(part["source"])}]


def _unmapped(rows: pd.DataFrame) -> DataError:
    return DataError(phrases.text("error.unmapped_figures"), [
        _fault(f"{row.id}: {row.indicator}", str(row.Index), phrases.text("mapping.mapped_indicator"),
               phrases.text("mapping.map_it")) for row in each_row(rows)])


def _fault(found: str, row: str, allowed: Any, remedy: Any) -> Fault:
    return Fault("figures.csv", row, "indicator", found, allowed, remedy)
