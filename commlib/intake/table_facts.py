"""Rows of declared tables become facts: each measure once a place and period, summed or counted over the rows that feed it.

Where a table and a report state the same measure of the same place and period, the table's row counts (it was checked against
its own form, a sentence was not); `document` of a table's fact holds an `@`, by which it is known, and the audit tells where
the two differ.

Periods: a day stands for its month. What flows adds up over its period, over the calendar year where its measure holds for
one; of stocks and running totals the last row of a month counts. A table without a period stands at what was said of the
whole return, at the day on which it was received, or at an undated period of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from commlib.declarations.columns import is_each
from commlib.declarations.measures import Argument, Time, read_argument
from commlib.declarations.sources import FROM_TABLE
from commlib.declarations.tables import Feed, TableDeclaration
from commlib.errors import ParameterError
from commlib.hedges import RANGE, Qualifier
from commlib.intake.differences import keys
from commlib.intake.ledgers import NO_ROW, Units, reach_of, unnamed
from commlib.intake.reported import FACT_COLUMNS
from commlib.periods import parse_period
from commlib.places import PlaceBook
from commlib.units import is_unit, unit

_IDENTITY = ["quantity", "member", "nature", "county", "place", "period"]
_ENDS = ("value", "low", "high")


@dataclass(frozen=True, slots=True)
class _Fed:
    """One measure that a table feeds: what it asks for, the column that is summed ("" = rows are counted) and the rows."""

    argument: Argument
    column: str
    flows: bool
    on: str
    rows: pd.DataFrame
    members: str | None = None   # the column that names the member; None = the argument says it
    none: bool = False   # the rows stand for places where what is counted was asked for and is not there


def table_facts(rows: pd.DataFrame, declaration: TableDeclaration, book: PlaceBook, units: Units | None = None) -> pd.DataFrame:
    """The facts frame that rows of one table feed; `rows` as `Releases.rows` gives them.

    What a row holds that its measure cannot take (a member it does not have, a unit of another kind) feeds nothing. Of
    `units`, the communities of each county, those that a complete ledger does not name have none of what it holds.
    """
    rows = rows.astype(object)   # each text is looked at one by one
    reach = reach_of(rows, book)
    fed = list(_fed(rows, declaration))
    if declaration.complete and units:
        fed += [replace(each, rows=unnamed(rows, each.rows, each.members or "", reach, units), none=True) for each in fed
                if not each.none and not each.on and each.argument.measure.additive and (each.members or "_place") in rows]
    parts = [found for each in fed if len(each.rows) and len(found := _contributions(each, declaration))]
    if not parts:
        return pd.DataFrame(columns=FACT_COLUMNS)
    given = pd.concat(parts, ignore_index=True)
    ledgers = {county for county, found in reach.items() if found == {county}}
    facts = _summed(_with_wider_places(given, declaration, ledgers), declaration)
    return _finished(facts, book)


def _fed(rows: pd.DataFrame, declaration: TableDeclaration) -> Iterator[_Fed]:
    """Everything that the table feeds; the measure `each` once for every measure that the rows name."""
    for column in declaration.columns:
        if not column.measure or column.name not in rows:
            continue
        flows = column.kind is Time.FLOW
        if is_each(column.measure):
            for named, part in rows.groupby(declaration.member):
                yield _Fed(read_argument(column.measure, str(named)), column.name, flows, "", part)
            continue
        argument = read_argument(column.measure)
        divided = declaration.member and "__" not in column.measure and argument.measure.breakdowns
        yield _Fed(argument, column.name, flows, "", rows, declaration.member if divided else None)
    for feed in declaration.feeds:
        argument, part = read_argument(feed.measure), rows[_meets(rows, feed)]
        if all(name in rows for name in (feed.column, feed.member) if name):
            kind = declaration.column(feed.column).kind if feed.column else None
            fed = _Fed(argument, feed.column, (kind or argument.measure.time) is Time.FLOW, feed.on, part, feed.member or None)
            yield from (fed, replace(fed, rows=_asked(rows, feed, declaration), none=True))


def _asked(rows: pd.DataFrame, feed: Feed, declaration: TableDeclaration) -> pd.DataFrame:
    """A row for each place and period (and member) where rows say whether they belong to a feed: where none does, it is zero.

    None for what does not add up, and for what a date of its own puts into a period, unless a further column says by a blank
    that it is not so. Where any word will do, a blank says no, unless the return leaves the whole column blank. Of a feed with
    `asked` only the rows of that feed say something, each of its own member, and so do rows of which each is of one member:
    what nobody was asked is not zero.
    """
    measure = read_argument(feed.measure).measure
    any_word = [name for name, words in feed.where.items() if "*" in words]
    dated = feed.on and set(any_word) <= {feed.on}
    if not measure.additive or dated or any(not (_texts(rows, name) != "").any() for name in any_word):
        return rows.iloc[:0]
    aged = [*feed.years, "_dated"] if feed.years else []
    told = [name for name in (*feed.where, feed.member, *feed.in_time[1:], feed.on, *aged)
            if name and (name == feed.on or name not in any_word)]
    at = ["_county", "_place", *(name for name in (declaration.period, "_dated", feed.on) if name in rows)]
    of = [*at, *filter(None, [feed.member])]
    there = pd.MultiIndex.from_frame(rows.loc[_meets(rows, feed), of])   # though an amount may be blank
    rows = rows[np.logical_and.reduce([_texts(rows, name) != "" for name in told])] if told else rows
    if feed.asked:
        rows = rows[_meets(rows, next(each for each in declaration.feeds if each.measure == feed.asked))]
    if feed.member and not feed.asked and feed.member != declaration.member:
        members = [each for each in declaration.column(feed.member).allowed if measure.member_label(each)]
        rows = pd.concat([rows.drop_duplicates(at).assign(**{feed.member: each}) for each in members])
    rows = rows.drop_duplicates(of)
    return rows[~pd.MultiIndex.from_frame(rows[of]).isin(there)]


def _meets(rows: pd.DataFrame, feed: Feed) -> pd.Series[bool]:
    meets = pd.Series(True, index=rows.index)
    for name, words in feed.where.items():
        cells = _texts(rows, name)
        meets &= cells != "" if "*" in words else cells.isin(words)
    if feed.in_time:
        first, last = (_texts(rows, name) for name in feed.in_time)
        length = np.minimum(first.str.len(), last.str.len())   # days against a month: as far as both say it
        cut = [one[:each] <= other[:each] for one, other, each in zip(first, last, length, strict=True)]
        meets &= (first != "") & (last != "") & np.array(cut, dtype=bool)
    for name, (least, most) in feed.years.items():
        now, then = (pd.to_numeric(cells, errors="coerce") for cells in (_texts(rows, "_dated").str[:4], _texts(rows, name)))
        meets &= (now - then).between(least, most)
    return meets


def _texts(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    return rows[name] if name in rows else pd.Series("", index=rows.index, dtype=str)


def _contributions(fed: _Fed, declaration: TableDeclaration) -> pd.DataFrame:
    """What each row gives to a measure, a row each: ends in the measure's unit, place, period, and where it stands."""
    rows, argument = fed.rows, fed.argument
    measure = argument.measure
    member = _texts(rows, fed.members) if fed.members else pd.Series(argument.members[0], index=rows.index, dtype=str)
    has = {each: not each or measure.member_label(each) is not None for each in member.unique()}
    raw = _raw_periods(fed, declaration)
    found = pd.DataFrame({
        "quantity": measure.id, "member": member, "nature": argument.nature.value, "county": rows["_county"],
        "place": rows["_place"], "raw": raw, "flows": fed.flows,
        "identity": keys(rows.drop(columns=[declaration.period], errors="ignore"), declaration),   # what a row is of, whenever
        "additive": measure.additive, "unit": measure.unit, "none": fed.none,
        **_ends(fed, declaration), **{name: rows[name] for name in ("_release", "_file", "_sheet", "_row")},
        **{f"at_{name}": _texts(rows, name) for name in declaration.place}})
    if fed.none:
        found = found.assign(value=0.0, low=0.0, high=0.0, exact=True, qualifier=Qualifier.EXACT.value, stated="0", identity="")
    yearly = measure.time is Time.FLOW and measure.holds == "year"
    found = found[found["member"].map(has).astype(bool) & found["value"].notna()
                  & (found["member"] != "" if fed.members else True)]
    return found.assign(period=[_period(text, yearly and (fed.flows or not declaration.period), argument.years_back)
                                for text in found["raw"]])


def _raw_periods(fed: _Fed, declaration: TableDeclaration) -> pd.Series[str]:
    """The day, month or longer period of each row as text."""
    raw = _texts(fed.rows, fed.on or declaration.period)
    raw = raw.where(raw != "", _texts(fed.rows, "_dated")) if not fed.on else raw
    return raw.where(raw != "", f"undated:{declaration.id}")


def _period(raw: str, yearly: bool, years_back: int) -> str:
    """The period of a fact: the month of a day, the year of what flows and holds for one, as many years back as are meant."""
    if raw.startswith("undated:"):
        return f"{raw}:earlier" if years_back else raw
    period = parse_period(raw[:4] if yearly else raw[:7])
    return period.years_on(-years_back).text if years_back else period.text


def _ends(fed: _Fed, declaration: TableDeclaration) -> dict[str, Any]:
    """Value, lowest and highest of each row in the unit of the measure; a row that is counted is one, a blank one nothing."""
    rows, target = fed.rows, fed.argument.measure.unit
    if not fed.column:
        ones = pd.Series(1.0, index=rows.index)
        return {"value": ones, "low": ones, "high": ones, "exact": True, "qualifier": Qualifier.EXACT.value, "stated": "1",
                "stated_unit": target}
    column = declaration.column(fed.column)
    units = _texts(rows, column.unit_from) if column.unit_from else pd.Series(column.unit or target, index=rows.index, dtype=str)
    said = _texts(rows, f"{fed.column}__qualifier")
    hedged = ~said.isin(["", Qualifier.EXACT.value])
    texts = {"value": rows[fed.column], **{end: _texts(rows, f"{fed.column}__{end}").where(hedged, rows[fed.column])
                                           for end in ("low", "high")}}
    read = _reader(target)
    numbers = {end: pd.Series([read(text, each) for text, each in zip(cells, units, strict=True)], index=rows.index, dtype=float)
               for end, cells in texts.items()}
    low, high = numbers["low"].where(numbers["low"].notna() | ~hedged, -np.inf), \
        numbers["high"].where(numbers["high"].notna() | ~hedged, np.inf)
    middle = ((low + high) / 2).where(np.isfinite(low) & np.isfinite(high), low.where(np.isfinite(low), high))
    value = numbers["value"].where(numbers["value"].notna() | ~hedged, middle)
    fits = pd.Series([_same_kind(each, target) for each in units], index=rows.index)
    return {"value": value.where(fits & np.isfinite(value)), "low": low, "high": high, "exact": ~hedged,
            "qualifier": said.where(hedged, Qualifier.EXACT.value), "stated": rows[fed.column], "stated_unit": units}


@cache
def _same_kind(first: str, second: str) -> bool:
    return is_unit(first) and unit(first).kind == unit(second).kind


def _reader(target: str) -> Callable[[str, str], float]:
    """Reads texts of a unit as numbers of another, exactly until the last step; each pair once."""
    @cache
    def read(text: str, source: str) -> float:
        if not text or not _same_kind(source, target):
            return float("nan")
        return float(Fraction(text) * unit(source).factor / unit(target).factor)

    return read


def _with_wider_places(given: pd.DataFrame, declaration: TableDeclaration, ledgers: set[str]) -> pd.DataFrame:
    """The rows that count: of stocks the last of each month, and at a wider place with rows of its own also those below it.

    That is so for rows about things (staff, projects) that stand at places; a row about the place itself is its whole. All of a
    county's things count at the county too where it keeps `ledgers` of the whole county: a township without a project has not
    failed to report one.
    """
    last = given.sort_values("raw", kind="stable").drop_duplicates([*_IDENTITY, "identity"], keep="last").index
    given = given[given["flows"] | given.index.isin(last)]
    whole_year = given["flows"] & (given["raw"] == given["period"]) & (given["period"].str.len() == 4)
    stated = pd.MultiIndex.from_frame(given.loc[whole_year, _IDENTITY])   # the year itself is there: its months are in it
    given = given[whole_year | ~pd.MultiIndex.from_frame(given[_IDENTITY]).isin(stated)]
    if set(declaration.place) & set(declaration.key):
        return given
    own = pd.MultiIndex.from_frame(given[_IDENTITY]).unique()
    parts = [given]
    for name in ("county", *(f"at_{each}" for each in declaration.place)):
        wider = given[(given[name] != given["place"]) & (given[name] != "")]
        wider = wider.assign(place=wider[name])
        counts = pd.MultiIndex.from_frame(wider[_IDENTITY]).isin(own)
        parts.append(wider[counts | wider["county"].isin(ledgers) if name == "county" else counts])
    return pd.concat(parts, ignore_index=True)


def _summed(given: pd.DataFrame, declaration: TableDeclaration) -> pd.DataFrame:
    """One row a measure, member, nature, place and period."""
    given = given[~given["none"] | given.groupby(_IDENTITY)["none"].transform("all")]   # zero only where nothing is
    groups = given.groupby(_IDENTITY, sort=True)
    facts = groups.agg(
        value=("value", "sum"), low=("low", "sum"), high=("high", "sum"), least=("low", "min"), most=("high", "max"),
        qualifier=("qualifier", "first"), exact=("exact", "all"),
        rows=("value", "size"), none=("none", "all"), additive=("additive", "first"), unit=("unit", "first"),
        words=("raw", "last"), stated_value=("stated", "first"), stated_unit=("stated_unit", "first"),
        file=("_file", "last")).reset_index()
    facts["source"] = _sources(given, groups.ngroup(), declaration.id)
    several = facts["rows"] > 1
    apart = several & ~facts["additive"]   # rates of several things: what lies between them is all that can be said
    facts["low"], facts["high"] = facts["least"].where(apart, facts["low"]), facts["most"].where(apart, facts["high"])
    facts["value"] = ((facts["low"] + facts["high"]) / 2).where(apart, facts["value"])
    exact = facts["exact"] & ~(apart & (facts["low"] != facts["high"]))
    facts["qualifier"] = facts["qualifier"].where(~several, RANGE).where(~exact, Qualifier.EXACT.value)
    facts["stated_value"] = facts["stated_value"].where(~several, facts["value"].map(lambda value: f"{value:.15g}"))
    facts["stated_unit"] = facts["stated_unit"].where(~several, facts["unit"])
    return facts.assign(document=declaration.id + FROM_TABLE + facts["file"], note=np.where(facts["none"], NO_ROW, ""))


def _sources(given: pd.DataFrame, group: pd.Series[int], table_id: str) -> list[str]:
    """Where the fact of each group stands: its row, or the sheets over which it was summed or that do not name its place."""
    sheets: dict[int, dict[str, list[str]]] = {}
    for number, release, sheet, row in zip(group, given["_release"], given["_sheet"], given["_row"], strict=True):
        at = f"release:{release}/{table_id}/{sheet}".replace(";", ",")
        sheets.setdefault(number, {}).setdefault(at, []).append(row)
    return [";".join(f"{at}!{rows[0]}" if len(rows) == 1 and rows[0] else at for at, rows in sheets[number].items())
            for number in sorted(sheets)]


def _finished(facts: pd.DataFrame, book: PlaceBook) -> pd.DataFrame:
    """The facts with the names and levels of their places, in the columns of every facts frame.

    Facts of places that are no longer in the register or the project's lists are left out: they would stand nowhere.
    """
    names: dict[tuple[str, str], Mapping[str, str]] = {}
    for county, place in facts[["county", "place"]].drop_duplicates().itertuples(index=False):
        with suppress(ParameterError):
            found = book.place(county, place)
            names[county, place] = {"place_name": "" if place == county else found.name_zh, "level": found.level.value}
    pairs = list(zip(facts["county"], facts["place"], strict=True))
    facts = facts[[pair in names for pair in pairs]]
    placed = pd.DataFrame([names[pair] for pair in pairs if pair in names], index=facts.index, columns=["place_name", "level"])
    texts = {name: "" for name in FACT_COLUMNS if name not in facts and name not in placed}
    return facts.assign(**{**texts, "kind": "measure"}).join(placed)[FACT_COLUMNS].reset_index(drop=True)
