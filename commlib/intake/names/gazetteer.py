"""The places of one county: what the register holds and what the project declares, and the ways a return writes their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from commlib import phrases
from commlib.declarations.tables import split_ids, table
from commlib.errors import Fault
from commlib.home import Home
from commlib.intake.cells.readings import to_simplified
from commlib.intake.tabular import collected, read_table
from commlib.placelists import coded_names
from commlib.places import UNIT_LEVELS, Place, PlaceLevel, place_book
from commlib.reads import note

VILLAGE, COMMUNITY = "村", "社区"
TOWNSHIP_KINDS = ("街道", "镇", "乡")
# One way of writing for each kind: a committee is the village or community that it serves.
_COMMITTEES = ((re.compile(r"村?(?:村民委员会|村委会|村委)$"), VILLAGE),
               (re.compile(r"(?:社区)?(?:居民委员会|居委会|居委)$"), COMMUNITY),
               (re.compile(r"街道办事处$|街道办$|(?<=.)办事处$"), "街道"))
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A township or a community of the county: key, name, level, the key of its township, other names, validity."""

    key: str
    name: str
    level: PlaceLevel
    township: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""

    @property
    def kind(self) -> str:
        """What the end of the name tells: 村, 社区, 街道, 镇, 乡 or nothing."""
        return kind_of(spelled(self.name), self.level)

    @property
    def stem(self) -> str:
        """The name without its kind."""
        return stem_of(spelled(self.name), self.level)

    def valid(self, period: str) -> bool:
        """Whether the unit is there in a period ("" = any); the years of its beginning and end count as valid."""
        at = period[:4] if "Q" in period else period
        since, until = self.valid_from, self.valid_to
        return not at or (at >= since[:len(at)] and (not until or at[:len(until)] <= until[:len(at)]))


@dataclass(frozen=True)
class Gazetteer:
    """The county and its units, found by code or by one of the ways to write a name."""

    county: Place
    units: tuple[Unit, ...]

    @cached_property
    def by_key(self) -> dict[str, Unit]:
        """The units by key."""
        return {unit.key: unit for unit in self.units}

    @cached_property
    def timed(self) -> bool:
        """Whether some unit is valid for a time only."""
        return any(unit.valid_from or unit.valid_to for unit in self.units)

    @cached_property
    def townships(self) -> tuple[Unit, ...]:
        """The units of township level."""
        return tuple(unit for unit in self.units if unit.level is PlaceLevel.TOWNSHIP)

    @cached_property
    def names(self) -> dict[str, list[Unit]]:
        """The units by the spelling of their name."""
        return _index((spelled(unit.name), unit) for unit in self.units)

    @cached_property
    def aliases(self) -> dict[str, list[Unit]]:
        """The units by the spelling of each declared other name."""
        return _index((short(spelled(alias)), unit) for unit in self.units for alias in unit.aliases)

    @cached_property
    def shorts(self) -> dict[str, list[Unit]]:
        """The units by their name with 村 for 村民委员会 and the like."""
        return _index((short(spelled(unit.name)), unit) for unit in self.units)

    @cached_property
    def stems(self) -> dict[str, list[Unit]]:
        """The units by their name without its kind."""
        return _index((unit.stem, unit) for unit in self.units)

    @cached_property
    def simplified(self) -> dict[str, list[Unit]]:
        """The units by their short name in simplified characters, for names that a return writes in traditional ones."""
        return _index((to_simplified(short(spelled(unit.name))), unit) for unit in self.units)

    @cached_property
    def sounds(self) -> dict[str, tuple[str, ...]]:
        """The syllables of each unit's stem, by key."""
        return {unit.key: sound(unit.stem) for unit in self.units}

    @cached_property
    def by_syllable(self) -> dict[str, list[Unit]]:
        """The units in whose stem a syllable sounds."""
        return _index((syllable, unit) for unit in self.units for syllable in self.sounds[unit.key])

    def described(self, unit: Unit) -> str:
        """A unit as a fault names it: `411325105 城关镇`, `411325105201 城关镇 山峰村民委员会`."""
        above = self.by_key.get(unit.township)
        return " ".join(part for part in (unit.key, above.name if above else "", unit.name) if part)


def spelled(name: str) -> str:
    """A name without what never tells places apart: width, blanks and signs that cannot be seen."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", name))


def short(name: str) -> str:
    """A spelled name with one way of writing for each kind: 高井村民委员会 and 高井村村委会 are 高井村."""
    for pattern, kind in _COMMITTEES:
        cut = pattern.sub("", name)
        if cut and cut != name:
            return cut + kind
    return name


def kind_of(name: str, level: PlaceLevel) -> str:
    """The kind that a spelled name ends in, of those of its level."""
    kinds = TOWNSHIP_KINDS if level is PlaceLevel.TOWNSHIP else (COMMUNITY, VILLAGE)
    return next((kind for kind in kinds if short(name).endswith(kind) and short(name) != kind), "")


def stem_of(name: str, level: PlaceLevel) -> str:
    """A spelled name without its kind; of 新华村社区 too only 新华 is left."""
    ending = "|".join(TOWNSHIP_KINDS) if level is PlaceLevel.TOWNSHIP else f"(?:{COMMUNITY}|{VILLAGE})+"
    return re.sub(f"(?<=.)(?:{ending})$", "", short(name))


def sound(name: str) -> tuple[str, ...]:
    """The syllables of a name without their tones."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(name))


def gazetteer(county: str, home: Home) -> Gazetteer:
    """The places of the county of a code or slug: the register's, then those that `data/places/<county>.csv` declares.

    Its rows name a register's code to add other names and a validity to it, or a new unit under its township or the county.
    Raises ParameterError for an unknown county, StoreError where the register cannot be read and DataError with every fault
    of the file.
    """
    book = place_book(home)
    place = book.county(county)
    units = {each.key: Unit(each.key, each.name_zh, PlaceLevel.TOWNSHIP) for each in book.townships(place.key)
             if each.kind != "own"}
    if place.key in book.register:
        note("data/register")
        names = coded_names(home.data / "register" / "villages.parquet", place.key)
        units |= {code: Unit(code, name, PlaceLevel.COMMUNITY, code[:9]) for code, name in names.items()}
    path = home.data / "places" / f"{place.key}.csv"
    if path.is_file():
        strange = _declare(units, read_table(path, table("unit")), place.key)
        if strange:
            allowed = phrases.text("resolve.allowed_parent", county=place.key)
            raise collected(Fault(path.name, line, "parent_id", found, allowed, phrases.text("resolve.remedy_parent"))
                            for line, found in strange)
    return Gazetteer(place, tuple(units.values()))


def _declare(units: dict[str, Unit], frame: pd.DataFrame, county: str) -> list[tuple[str, str]]:
    """Add rows of the table `unit`: to a unit that is known, or as a new one; tell the others, with line and parent.

    Townships go first, because communities stand in them. What stands above a township is passed over.
    """
    strange = []
    rows = sorted(frame.fillna("").astype(str).to_dict("index").items(), key=lambda each: each[1]["level"] != "township")
    for line, row in rows:
        key, parent, level = row["unit_id"], row.get("parent_id", ""), UNIT_LEVELS.get(row["level"])
        aliases, since, until = tuple(split_ids(row.get("name_variants", ""))), row.get("valid_from", ""), row.get("valid_to", "")
        known = units.get(key)
        if known:
            other = (row["name_zh"],) if row["name_zh"] != known.name else ()
            units[key] = replace(known, aliases=(*known.aliases, *other, *aliases), valid_from=since, valid_to=until)
        elif level is not None and (parent in units or parent == county):
            units[key] = Unit(key, row["name_zh"], level, parent if parent in units else "", aliases, since, until)
        elif level is not None:
            strange.append((str(line), parent))
    return strange


def _index(pairs: Iterable[tuple[str, Unit]]) -> dict[str, list[Unit]]:
    index: dict[str, list[Unit]] = {}
    for word, unit in pairs:
        if unit not in index.setdefault(word, []):
            index[word].append(unit)
    return index
