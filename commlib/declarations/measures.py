"""Declared measures: additive facts with a unit, how long they hold, and the members of their breakdowns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.reading import Reading, one_of
from commlib.errors import DeclarationError
from commlib.units import is_unit


class Nature(StrEnum):
    """What a value is: what happened, what is planned, what was set as a task, or a rule."""

    ACTUAL = "actual"
    PLAN = "plan"
    TARGET = "target"
    RULE = "rule"


class Time(StrEnum):
    """How a measure runs in time: over a period, at a date, or since a start."""

    FLOW = "flow"
    STOCK = "stock"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A closed list of members of a measure, exclusive or overlapping, exhaustive or not."""

    id: str
    exclusive: bool
    exhaustive: bool
    members: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Measure:
    """A declared quantity: label, canonical unit, theme, whether it may be summed over places, how long it holds."""

    id: str
    label: Text
    unit: str
    theme: str
    additive: bool
    time: Time
    holds: str
    breakdowns: Mapping[str, Breakdown]

    def member_label(self, member: str) -> Text | None:
        """The label of a member in any of the breakdowns; None where there is no such member."""
        found = [each.members[member] for each in self.breakdowns.values() if member in each.members]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Argument:
    """What a name such as `measure__member__plan` asks for: a measure, its members, its nature, how many years back."""

    name: str
    measure: Measure
    members: tuple[str, ...]
    is_mapping: bool
    nature: Nature
    years_back: int


_NATURES = {"plan": Nature.PLAN, "target": Nature.TARGET}
YEARS_BACK = {"last_year": 1, "two_years_ago": 2}
BACK_WORDS = {years: word for word, years in YEARS_BACK.items()}   # the phrases `nature.<word>`


class UnknownArgument(ValueError):
    """A name that asks for no declared quantity; its text says what is allowed in that place."""


def read_argument(name: str, each: str = "") -> Argument:
    """Read a name in the grammar of indicator arguments; `each` is the measure that a stem of that word stands for.

    Raises UnknownArgument that says what is allowed.
    """
    stem, *suffixes = name.split("__")
    measure_id = each if stem == "each" and each else stem
    if measure_id not in measures():
        raise UnknownArgument("measures.toml")
    declared = measures()[measure_id]
    nature, years_back, is_mapping = Nature.ACTUAL, 0, False
    members: tuple[str, ...] = ("",)
    for suffix in suffixes:
        if suffix in _NATURES:
            nature = _NATURES[suffix]
        elif suffix in YEARS_BACK:
            years_back = YEARS_BACK[suffix]
        elif suffix in declared.breakdowns:
            members, is_mapping = tuple(declared.breakdowns[suffix].members), True
        elif declared.member_label(suffix):
            members = (suffix,)
        else:
            raise UnknownArgument(", ".join([*_NATURES, *YEARS_BACK, *declared.breakdowns]))
    return Argument(name, declared, members, is_mapping, nature, years_back)


@cache
def measures() -> dict[str, Measure]:
    """All declared measures by id; raises DeclarationError with every fault of the file."""
    reading = Reading(Path(__file__).with_name("measures.toml"))
    raw = reading.file()
    found = {measure_id: _measure(reading, raw, measure_id) for measure_id in raw}
    reading.finish()
    return found


def _measure(reading: Reading, declared: Mapping[str, Any], at: str) -> Measure:
    raw = reading.table(declared, at)
    reading.only(raw, ("zh", "en", "unit", "theme", "additive", "time", "holds", "breakdown"), at)
    parts = reading.table(raw, "breakdown", at)
    found = Measure(
        at, reading.words(declared, at), reading.needed(raw, "unit", "", at), reading.needed(raw, "theme", "", at),
        reading.needed(raw, "additive", False, at), reading.word(raw, "time", Time, Time.STOCK, at, needed=True),
        reading.needed(raw, "holds", "", at), {name: _breakdown(reading, parts, name, f"{at}.breakdown") for name in parts})
    if not is_unit(found.unit):
        reading.wrong(f"{at}.unit", found.unit, phrases.text("table.allowed_unit"))
    if found.holds not in ("date", "year", "always") and not found.holds.isdigit():
        reading.wrong(f"{at}.holds", found.holds, one_of(("date", "year", "always", "12")))
    members = Counter(member for each in found.breakdowns.values() for member in each.members)
    for member in (member for member, times in members.items() if times > 1):
        reading.wrong(f"{at}.breakdown", member, phrases.text("table.allowed_once"))
    return found


def _breakdown(reading: Reading, parts: Mapping[str, Any], name: str, inside: str) -> Breakdown:
    raw, at = reading.table(parts, name, inside), f"{inside}.{name}"
    members = reading.table(raw, "members", at)
    return Breakdown(name, reading.needed(raw, "exclusive", False, at), reading.needed(raw, "exhaustive", False, at),
                     {member: reading.words(members, member, f"{at}.members") for member in members})


def measure(measure_id: str) -> Measure:
    """Look up one measure; raises DeclarationError for an unknown id."""
    try:
        return measures()[measure_id]
    except KeyError:
        raise DeclarationError(phrases.text("error.unknown_measure", id=measure_id)) from None
