"""Declared measures: additive facts with a unit, how long they hold, and the members of their breakdowns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
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
    """All declared measures by id; raises DeclarationError naming measure, field, value and choices."""
    with files("commlib").joinpath("declarations/measures.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    return {measure_id: _measure(measure_id, entry) for measure_id, entry in raw.items()}


def _measure(measure_id: str, entry: Mapping[str, Any]) -> Measure:
    def refuse(field: str, allowed: str) -> DeclarationError:
        return DeclarationError(phrases.text("error.bad_declaration", file="measures.toml", id=measure_id, field=field,
                                             found=entry.get(field, "—"), allowed=allowed))

    for field in ("zh", "en", "unit", "theme", "additive", "time", "holds"):
        if field not in entry:
            raise refuse(field, "…")
    if not is_unit(entry["unit"]):
        raise refuse("unit", "units.toml")
    if not isinstance(entry["additive"], bool):
        raise refuse("additive", "true, false")
    if entry["time"] not in set(Time):
        raise refuse("time", ", ".join(Time))
    holds = str(entry["holds"])
    if holds not in {"date", "year", "always"} and not holds.isdigit():
        raise refuse("holds", "date, year, always, 12")
    breakdowns = {name: _breakdown(name, part) for name, part in entry.get("breakdown", {}).items()}
    members = [member for each in breakdowns.values() for member in each.members]
    if len(members) != len(set(members)):
        raise refuse("breakdown", "unique members")
    return Measure(measure_id, Text.of(entry), entry["unit"], entry["theme"], entry["additive"], Time(entry["time"]),
                   holds, breakdowns)


def _breakdown(name: str, entry: Mapping[str, Any]) -> Breakdown:
    members = {member: Text.of(label) for member, label in entry["members"].items()}
    return Breakdown(name, entry["exclusive"], entry["exhaustive"], members)


def measure(measure_id: str) -> Measure:
    """Look up one measure; raises DeclarationError for an unknown id."""
    try:
        return measures()[measure_id]
    except KeyError:
        raise DeclarationError(phrases.text("error.unknown_measure", id=measure_id)) from None
