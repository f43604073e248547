"""Declared alarms: what each rule reads, from which value on it is red, amber or a matter of the data, and where that is from.

The rules stand in `alarms.toml`; thresholds alone may be set otherwise, by a notebook or by `data/alarms.toml` of a project.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.reading import Reading, one_of, within
from commlib.home import Home
from commlib.reads import note

OWN_THRESHOLDS = "alarms.toml"   # in the data folder of a project
_LIMIT = re.compile(r"(>=|<=|>|<) ?(-?\d+(?:\.\d+)?)")
_WORDS = {">=": "≥", "<=": "≤"}
_COMPARES: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


class AlarmSeverity(StrEnum):
    """How grave an alarm is, the gravest first; `data` is a doubt about the data, not about the work."""

    RED = "red"
    AMBER = "amber"
    DATA = "data"


class AlarmTest(StrEnum):
    """What a rule looks at; the fields that each reads stand in `FIELDS`."""

    LEVEL = "level"                 # indicators against a threshold, or against the targets that hold for the place
    SCHEDULE = "schedule"           # housing or projects against their schedule
    COLUMNS = "columns"             # one column of a table against another
    ELAPSED = "elapsed"             # the time from one date to another, or to the last day reported where it is missing
    SERIES = "series"               # the last change, or how long nothing changed, of columns with a declared check
    FAULTS = "faults"               # what the intake said of the returns
    COMPLETENESS = "completeness"   # how full the last return of each table and township is
    LACKING = "lacking"             # in how many places a ledger of all there is, and every other return, has no such thing
    UNMET = "unmet"                 # in how many places an item of a standard is not met
    REPEAT = "repeat"               # for how many periods an amber alarm has stood


FIELDS: dict[AlarmTest, frozenset[str]] = {
    AlarmTest.LEVEL: frozenset({"indicators", "themes", "members", "target", "bound", "without", "rest"}),
    AlarmTest.SCHEDULE: frozenset({"of", "form"}),
    AlarmTest.COLUMNS: frozenset({"table", "column", "against", "form", "by"}),
    AlarmTest.ELAPSED: frozenset({"start", "done", "on", "which", "by"}),
    AlarmTest.SERIES: frozenset({"check"}),
    AlarmTest.FAULTS: frozenset({"codes"}),
    AlarmTest.COMPLETENESS: frozenset(),
    AlarmTest.LACKING: frozenset({"table", "item", "asked", "met", "told_by"}),
    AlarmTest.UNMET: frozenset({"table"}),
    AlarmTest.REPEAT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold and on which side of it something is wrong: `>= 10`."""

    sign: str
    value: float

    def fires(self, value: float) -> bool:
        """Whether a value is on the wrong side; NaN never is."""
        return _COMPARES[self.sign](value, self.value)

    @property
    def words(self) -> str:
        """The sign as readers write it."""
        return _WORDS.get(self.sign, self.sign)


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One declared alarm. `own`: its thresholds are this project's choice, `source` else names where they were found."""

    id: str
    label: Text
    step: Text
    source: Text
    own: bool
    test: AlarmTest
    unit: str
    limits: Mapping[AlarmSeverity, Limit] = field(hash=False)
    reads: Mapping[str, Any] = field(hash=False)
    active: bool = True   # variants of another rule stand by until a project switches them on

    def severity(self, value: float) -> AlarmSeverity | None:
        """The gravest severity whose limit a value passes; None where it passes none."""
        return next((each for each in AlarmSeverity if each in self.limits and self.limits[each].fires(value)), None)


Thresholds = Mapping[str, Mapping[str, "str | float | bool"]]


@cache
def alarm_rules() -> dict[str, AlarmRule]:
    """All declared rules by id, in the order of the file; raises DeclarationError with every fault in it."""
    reading = Reading(Path(str(files("commlib").joinpath("declarations/alarms.toml"))))
    found = {name: _rule(reading, name, raw) for name, raw in reading.file().items()}
    reading.finish()
    return found


def rules_of(home: Home, county: str, thresholds: Thresholds | None = None) -> dict[str, AlarmRule]:
    """The rules with the thresholds of the project's `data/alarms.toml`, those for the county in it, then those given.

    Raises DeclarationError that names each wrong rule, severity or threshold, with what is allowed.
    """
    note("alarms")
    rules, path = dict(alarm_rules()), home.data / OWN_THRESHOLDS
    if path.is_file():
        reading = Reading(path)
        raw = reading.file()
        counties = reading.field(raw, "county", dict[str, Any]())
        rules = _with(reading, rules, {name: each for name, each in raw.items() if name != "county"})
        for key in counties:
            changed = _with(reading, rules, reading.table(counties, key, "county"), f"county.{key}")
            rules = changed if key == county else rules
        reading.finish()
    reading = Reading(Path("thresholds"))
    rules = _with(reading, rules, reading.table({"thresholds": thresholds or {}}, "thresholds"))
    reading.finish()
    return {name: rule for name, rule in rules.items() if rule.active}


def _with(reading: Reading, rules: dict[str, AlarmRule], raw: Mapping[str, Any], inside: str = "") -> dict[str, AlarmRule]:
    """The rules with other thresholds; a number alone keeps the sign that is declared."""
    changed = dict(rules)
    reading.only(raw, rules, inside)
    for name in (name for name in raw if name in rules):
        limits, declared, place = reading.table(raw, name, inside), rules[name], within(inside, name)
        reading.only(limits, [*AlarmSeverity, "active"], place)
        new = {each: _changed(reading, f"{place}.{each}", limits[each], declared.limits.get(each))
               for each in AlarmSeverity if each in limits}
        changed[name] = replace(declared, limits={**declared.limits, **new},
                                active=reading.field(limits, "active", declared.active, place))
    return changed


def _changed(reading: Reading, place: str, found: object, declared: Limit | None) -> Limit:
    if declared and isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found):
        return replace(declared, value=float(found))
    return _limit(reading, place, found)


def _limit(reading: Reading, place: str, found: object) -> Limit:
    match = _LIMIT.fullmatch(str(found))
    if match:
        return Limit(match[1], float(match[2]))
    reading.wrong(place, found, phrases.text("alarm.allowed_limit"))
    return Limit(">", 0)


def _rule(reading: Reading, name: str, raw: Mapping[str, Any]) -> AlarmRule:
    test = reading.word(raw, "test", AlarmTest, AlarmTest.LEVEL, name)
    reading.only(raw, {"label", "step", "source", "own", "active", "test", "unit", "reads", *AlarmSeverity}, name)
    reads = reading.field(raw, "reads", dict[str, Any](), name)
    reading.only(reads, FIELDS[test], f"{name}.reads")
    limits = {each: _limit(reading, f"{name}.{each}", raw[each]) for each in AlarmSeverity if each in raw}
    if not limits:
        reading.wrong(name, "", one_of(AlarmSeverity))
    label, step, source = (reading.words(raw, each, name) for each in ("label", "step", "source"))
    return AlarmRule(name, label, step, source, reading.field(raw, "own", False, name), test,
                     reading.field(raw, "unit", "", name), limits, reads, reading.field(raw, "active", True, name))
