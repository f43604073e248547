"""Official targets and benchmarks of indicators: data of `declarations/targets.toml`, checked against the indicators on load."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.reading import Reading, one_of, within
from commlib.declarations.sources import sources
from commlib.indicators.registry import indicators
from commlib.periods import parse_period

FILE = Path(__file__).parent / "declarations" / "targets.toml"
_DIGITS = {"nation": 0, "province": 2, "prefecture": 4, "county": 6}   # of the code that an area of the level has
_FEW = 25   # so many choices are all named, of more the nearest
_FIELDS = ("indicator", "member", "at_least", "at_most", "unit", "year", "level", "area", "kind", "title", "source")


class TargetKind(StrEnum):
    """Whether a value should be reached, or was reached elsewhere and is shown for comparison."""

    TARGET = "target"
    BENCHMARK = "benchmark"


@dataclass(frozen=True, slots=True)
class Target:
    """One value of an indicator in its own unit, on which side of it a place should be, by when, whose, and where it is from."""

    indicator: str
    member: str
    value: float
    at_least: bool
    year: int | None
    level: str
    area: str
    kind: str
    title: Text
    source: str

    def shortfall(self, value: float) -> float:
        """By how much a value misses the target, in its unit; below zero where it is met with room."""
        return self.value - value if self.at_least else value - self.value

    def met_by(self, value: float) -> bool:
        """Whether a value stands on the right side."""
        return self.shortfall(value) <= 0

    def due_at(self, period: str) -> bool:
        """Whether it should be reached by a period; by an undated one only what names no year."""
        year = parse_period(period).year
        return self.year is None or (year is not None and year >= self.year)


@cache
def targets() -> tuple[Target, ...]:
    """Every target and benchmark of the package, in the order of the file; raises DeclarationError with every fault."""
    return read_targets(FILE)


def targets_of(indicator_id: str, member: str = "", place_key: str = "") -> list[Target]:
    """Those that hold for a county of the code `place_key` ("" = all over the country alone), the narrowest area first."""
    found = [each for each in targets()
             if (each.indicator, each.member) == (indicator_id, member) and place_key.startswith(each.area)]
    return sorted(found, key=lambda each: -len(each.area))


def target_at(indicator_id: str, member: str, place_key: str, period: str) -> Target | None:
    """The target that a county's value at a period is held against, on every page and by every alarm; None without one.

    What is due comes before what is to come, then the narrowest area; of its years the last that is due, else the next. A value
    without a date is held against no target that names a year.
    """
    known = [each for each in targets_of(indicator_id, member, place_key) if each.kind == TargetKind.TARGET]
    due = [each for each in known if each.due_at(period)]
    if due or not parse_period(period).dated:   # whether what names a year is due cannot be told without a date
        return max(due, key=lambda each: (len(each.area), each.year or 0), default=None)
    return min(known, key=lambda each: (-len(each.area), each.year or 0), default=None)


def read_targets(path: Path) -> tuple[Target, ...]:
    """Read and check a file of targets; raises DeclarationError naming field, found and allowed of every fault."""
    reading = Reading(path)
    raw = reading.file()
    reading.only(raw, ("targets",))
    found = tuple(_target(reading, inside, each) for inside, each in reading.tables(raw, "targets"))
    reading.finish()
    return found


def _target(reading: Reading, inside: str, raw: Mapping[str, Any]) -> Target:
    def known(name: str, allowed: Collection[str]) -> str:
        value = reading.field(raw, name, "", inside)
        if value not in allowed:
            near = get_close_matches(value, list(allowed), n=3, cutoff=0.0) if len(allowed) > _FEW else allowed
            reading.wrong(within(inside, name), value, one_of(near))
        return str(value)

    reading.only(raw, _FIELDS, inside)
    declared = indicators().get(known("indicator", indicators()))
    if declared:
        known("member", tuple(declared.members) or ("",))
        known("unit", (declared.unit,))
    bounds = [name for name in ("at_least", "at_most") if name in raw]
    if len(bounds) != 1:
        reading.wrong(inside, ", ".join(bounds), one_of(("at_least", "at_most")))
    level, area = known("level", _DIGITS), reading.field(raw, "area", "", inside)
    if level in _DIGITS and not (len(area) == _DIGITS[level] and (area.isdecimal() or not area)):
        reading.wrong(within(inside, "area"), area, one_of([f"{name}: {'0' * each}" for name, each in _DIGITS.items()]))
    year: int | None = raw.get("year")
    if not isinstance(year, int | None):
        reading.wrong(within(inside, "year"), year, phrases.text("fault.allowed_integer"))
    return Target(
        str(raw.get("indicator", "")), str(raw.get("member", "")),
        float(reading.number(raw, bounds[0], inside) or 0) if bounds else 0.0, bounds == ["at_least"], year, level, area,
        reading.word(raw, "kind", TargetKind, TargetKind.TARGET, inside), reading.words(raw, "title", inside),
        known("source", sources()))
