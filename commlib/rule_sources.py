"""What facts and rows say to the sources of rules: numbers between two ends, by place and period, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from commlib.declarations.columns import Level
from commlib.declarations.measures import Time
from commlib.declarations.rules import Per, Rule, Source
from commlib.declarations.sources import FROM_TABLE
from commlib.periods import holds_at, month_end, parse_period
from commlib.units import unit

_LEVELS = {"village": Level.COMMUNITY, "site": Level.COMMUNITY}
Cells = dict[str, list["Cell"]]   # by place


@dataclass(frozen=True, slots=True)
class Cell:
    """What one row or fact says: `asked` None = not filled in, False = another case; `period` "" = whenever."""

    period: str
    thing: str
    asked: bool | None
    value: Fraction | None
    ref: str
    day: str = ""
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A number between two ends (`high` None = more may be there that is not filled in), and what says so."""

    low: Fraction
    high: Fraction | None
    refs: tuple[str, ...] = ()
    day: str = ""
    hedged: bool = False
    carried: str = ""   # the earlier period that it is taken from


def cells_of(source: Source, rule: Rule, facts: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> Cells:
    """What every row or fact says to a source, by the place at which the rule counts it."""
    found: Cells = {}
    for place, cell in (_fact_cells(source, rule, facts) if source.argument else _row_cells(source, rule, rows)):
        found.setdefault(place, []).append(cell)
    return found


def _fact_cells(source: Source, rule: Rule, facts: pd.DataFrame) -> Iterator[tuple[str, Cell]]:
    assert source.argument is not None
    argument = source.argument
    for fact in facts[facts["quantity"] == argument.measure.id].to_dict("records"):
        level = _LEVELS.get(fact["level"], fact["level"])
        if (fact["kind"], fact["member"], fact["nature"]) != ("measure", argument.members[0], argument.nature.value) \
                or fact["scope_en"] or fact["detail_en"] or rule.level not in (Level.ANY, level):
            continue
        yield fact["place"], Cell(fact["period"], "1" if FROM_TABLE in fact["document"] else "", True, _exact(fact),
                                   fact["source"], hedged=fact["qualifier"] != "exact")


def _exact(fact: Mapping[Any, Any]) -> Fraction | None:
    """The fact's value from the digits that were stated, where these are it; else from the shortest digits of the number."""
    try:
        stated = Fraction(fact["stated_value"]) * unit(fact["stated_unit"]).factor / unit(fact["unit"]).factor
    except (ValueError, TypeError, ZeroDivisionError):
        stated = None
    if stated is not None and abs(float(stated) - fact["value"]) <= 1e-9 * abs(fact["value"]):
        return stated
    return Fraction(repr(float(fact["value"]))) if abs(fact["value"]) < float("inf") else None


def _row_cells(source: Source, rule: Rule, rows: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Cell]]:
    table = source.table
    assert table is not None
    frame = rows.get(table.id)
    towns = [name for name in table.place if table.column(name).level is Level.TOWNSHIP]
    selecting = [name for name in source.where if name in (*table.key, table.member)]
    for row in frame.to_dict("records") if frame is not None else []:
        place = row["_county"] if rule.level is Level.COUNTY else row["_place"]
        if rule.level is Level.TOWNSHIP:
            place = next((row[name] for name in towns if row.get(name)), place)
        if any(row.get(name, "") not in source.where[name] for name in selecting) or (
                place == row["_county"] and rule.level in (Level.TOWNSHIP, Level.COMMUNITY)):
            continue
        period = row.get(source.on or table.period, "") or row.get("_dated", "") or ""
        thing = "\0".join(str(row.get(name, "")) for name in table.key if name != table.period)
        number: Fraction | None = Fraction(1)
        hedge = ""
        if source.column:
            number, hedge = _number(row, source.column.name), row.get(f"{source.column.name}__qualifier", "")
        yield place, Cell(period, thing if not source.distinct else row.get(source.distinct, ""), _answer(source, row), number,
                           f"release:{row.get('_release', '')}/{table.id}/{row.get('_sheet', '')}!{row.get('_row', '')}",
                           row.get(rule.deadline.column, "") if rule.deadline and rule.deadline.column else "",
                           hedge not in ("", "exact"))


def _number(row: Mapping[Any, Any], name: str) -> Fraction | None:
    text = next((found for each in (name, f"{name}__low", f"{name}__high") if (found := row.get(each))), "")
    return Fraction(text) if text else None


def _answer(source: Source, row: Mapping[Any, Any]) -> bool | None:
    """Whether a row is one of those that are meant; None where a column that tells is blank and no other says no."""
    answers: list[bool | None] = [None if not row.get(name) else "*" in words or row[name] in words
                                  for name, words in source.where.items()]
    for name, limit in source.limits.items():
        number = _number(row, name)
        answers.append(None if number is None else limit.met(number, number))
    return False if False in answers else None if None in answers else True


def read(source: Source, cells: Cells, place: str, period: str, per: Per) -> Known | None:
    """The number of a source at a place and period; None where nothing is said."""
    inside = [cell for cell in cells.get(place, []) if _belongs(cell.period, period, per)]
    if source.argument:
        return _of_facts(source, inside, cells.get(place, []), period, per)
    if not inside:
        others = source.complete and any(_belongs(cell.period, period, per) for part in cells.values() for cell in part)
        return Known(Fraction(0), Fraction(0)) if others else None
    standing = source.column is not None and source.column.kind in (Time.STOCK, Time.CUMULATIVE)
    if source.last or standing:
        inside = list({cell.thing: cell for cell in sorted(inside, key=lambda cell: cell.period)}.values())
    meant = [cell for cell in inside if cell.asked]
    known = [cell.value for cell in meant if cell.value is not None]
    low = Fraction(len({cell.thing for cell in meant})) if source.distinct else sum(known, Fraction(0))
    blank = any(cell.asked is None for cell in inside) or len(known) < len(meant)
    days = sorted(cell.day for cell in meant if cell.day)
    return Known(low, None if blank else low, tuple(cell.ref for cell in meant or inside), days[0] if days else "",
                  any(cell.hedged for cell in meant))


def _of_facts(source: Source, inside: list[Cell], every: list[Cell], period: str, per: Per) -> Known | None:
    """Flows of the periods inside are added up, a whole year before its months; of the rest the last that holds counts."""
    assert source.argument is not None
    measure = source.argument.measure
    inside = list({cell.period: cell for cell in sorted(inside, key=lambda cell: cell.thing)}.values())   # a table's row counts
    own = bool(inside)
    if measure.time is Time.FLOW:
        whole = {cell.period for cell in inside if len(cell.period) == 4}
        inside = [cell for cell in inside if cell.period in whole or cell.period[:4] not in whole]
    else:
        at = parse_period(period) if period else None
        inside = inside or [cell for cell in every if at and holds_at(parse_period(cell.period), at, measure.holds)]
        inside = sorted(inside, key=lambda cell: parse_period(cell.period))[-1:]
    values = [cell.value for cell in inside if cell.value is not None]
    if not values:
        return None
    return Known(sum(values, Fraction(0)), sum(values, Fraction(0)) if len(values) == len(inside) else None,
                 tuple(cell.ref for cell in inside), hedged=any(cell.hedged for cell in inside),
                 carried="" if own else inside[-1].period)


# ---- time

def bucket_of(period: str, per: Per) -> str | None:
    """The period of a statement in which something stands; "" whenever; None where it is too long for it."""
    if not period or period.startswith("undated"):
        return period
    if per is Per.MONTH:
        return period[:7] if len(period) >= 7 else None
    return period[:4]


def _belongs(cell: str, period: str, per: Per) -> bool:
    bucket = bucket_of(cell, per)
    if bucket == "" or bucket == period:
        return True
    return per is Per.TO_DATE and bool(bucket) and period[:4].isdigit() and str(bucket) <= period


def in_force(rule: Rule, period: str) -> bool | None:
    """Whether a rule was in force in a period; None where the period has no date."""
    if not period[:4].isdigit():
        return None
    first, last = f"{period}-01-01"[:10] if len(period) == 4 else f"{period}-01", _end(period)
    return (not rule.valid_from or rule.valid_from <= last) and (not rule.valid_to or f"{rule.valid_to}-99-99"[:10] >= first)


def _end(period: str) -> str:
    return month_end(parse_period(period).ends)


def deadline_of(rule: Rule, period: str, day: str, arrears: Fraction | None) -> tuple[str, bool | None]:
    """The day by which a rule asks for it, "" where that is not known, and whether something is open after it."""
    if not rule.deadline:
        return "", None
    dated = period[:4].isdigit()
    by = f"{period[:4]}-{rule.deadline.day}" if rule.deadline.day and dated else day
    if rule.deadline.within:
        start = day if rule.deadline.column else rule.valid_from
        span = rule.deadline.within
        by = _later(start, (span.up_to or span.value) * unit(span.unit).factor)
    if not by or not dated:
        return by, None
    return by, False if _end(period) < by else None if arrears is None else arrears > 0


def _later(day: str, months: Fraction) -> str:
    """A day some months on, the last of a shorter month; "" for no whole day or a part of a month."""
    if len(day) != 10 or months.denominator != 1:
        return ""
    last = month_end(parse_period(day).ends + int(months))
    return last[:8] + min(day[8:], last[8:])
