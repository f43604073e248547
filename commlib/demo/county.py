"""A fictional county: its townships and communities with their size, the same for the same seed."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from commlib.bilingual import Text

SEED = 20240501
FIRST_YEAR, MONTHS = 2021, 36   # the three years that are reported
_TOWNSHIP_KINDS = (("街道", 0.15), ("镇", 0.5), ("乡", 0.35))
_URBAN_SHARE = 0.3              # of communities that are no villages, outside subdistricts
_BEHIND = 3                     # townships that do clearly worse than the others


@dataclass(frozen=True, slots=True)
class Community:
    """A community or village: its key and name, the keys and names of what it stands in, how large it is, and how far its
    township is behind the others (0 to 1)."""

    key: str
    name: str
    level: str
    township: str
    township_name: str
    households: int
    population: int
    rural: int
    arable: int
    behind: float


@dataclass(frozen=True)
class County:
    """A fictional county as declared in `counties.toml`, with its units."""

    key: str
    name: Text
    prefecture: str
    pace: float
    arrival: float
    stops: str
    layout: str
    full: bool
    early: tuple[str, ...]
    held: tuple[str, ...]
    seed: int
    townships: tuple[tuple[str, str], ...]   # key and name
    communities: tuple[Community, ...]

    @property
    def months(self) -> int:
        """How many months are reported."""
        return (int(self.stops[:4]) - FIRST_YEAR) * 12 + int(self.stops[5:]) if self.stops else MONTHS

    def chance(self, about: str) -> np.random.Generator:
        """A generator of its own for each matter, so that one table can change without the others."""
        return np.random.default_rng([self.seed, *f"{self.key} {about}".encode()])


@cache
def declared() -> dict[str, Any]:
    """What `counties.toml` says."""
    with files("commlib").joinpath("demo/counties.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def stems() -> Mapping[str, list[str]]:
    """The invented names without their kind, by level; no unit of the register bears one."""
    text = files("commlib").joinpath("demo/names.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {level: [row["stem"] for row in rows if row["level"] == level] for level in ("township", "community")}


def counties(seed: int = SEED) -> list[County]:
    """All fictional counties; townships of different counties bear different names."""
    taken, found = 0, []
    for key, row in declared()["county"].items():
        found.append(_county(key, row, seed, stems()["township"][taken:taken + row["townships"]]))
        taken += row["townships"]
    return found


def month(at: int) -> tuple[int, int]:
    """The year and month of a number of months since the first."""
    return FIRST_YEAR + at // 12, at % 12 + 1


def _county(key: str, row: Mapping[str, Any], seed: int, names: list[str]) -> County:
    bare = County(key, Text.of(row["name"]), row["prefecture"], row["pace"], row["arrival"], row.get("stops", ""), row["layout"],
                  row.get("full", False), tuple(row.get("early", ())), tuple(row.get("held", ())), seed, (), ())
    chance = bare.chance("units")
    kinds = chance.choice([kind for kind, _ in _TOWNSHIP_KINDS], len(names), p=[share for _, share in _TOWNSHIP_KINDS])
    kinds[0] = "镇"
    townships = tuple((f"{key}-{number:02d}", f"{stem}{kinds[number - 1]}") for number, stem in enumerate(names, 1))
    drawn = chance.choice(stems()["community"], row["communities"] - 1, replace=False)
    homes = [number % len(townships) for number in range(len(drawn))]
    places = list(zip(homes, drawn, strict=True))
    places.append((1, str(drawn[0])))   # two communities of one name, in two townships
    return replace(bare, townships=townships, communities=tuple(_communities(townships, places, chance, bare.chance("behind"))))


def _communities(townships: tuple[tuple[str, str], ...], places: list[tuple[int, str]], chance: np.random.Generator,
                 late: np.random.Generator) -> list[Community]:
    behind = late.uniform(0.0, 0.35, len(townships))
    behind[late.choice(len(behind), _BEHIND, replace=False)] = 0.9
    found = []
    counted = [0] * len(townships)
    for home, stem in sorted(places, key=lambda each: each[0]):
        counted[home] += 1
        key, name = townships[home]
        urban = name.endswith("街道") or (counted[home] > 1 and chance.random() < _URBAN_SHARE)
        households = int(chance.integers(180, 900))
        population = int(households * chance.uniform(2.6, 3.4))
        rural = 0 if urban else int(population * chance.uniform(0.8, 0.98))
        level, kind = ("community", "社区") if urban else ("village", "村")
        found.append(Community(f"{key}-{counted[home]:03d}", f"{stem}{kind}", level, key, name, households, population, rural,
                               int(rural * chance.uniform(0.9, 1.9)) // 100 * 100, float(behind[home])))
    return found


def unit_rows(county: County) -> list[dict[str, str]]:
    """The county's units as rows of the table `unit`: what `data/places/<county>.csv` holds."""
    rows = [{"unit_id": key, "parent_id": county.key, "level": "township", "name_zh": name} for key, name in county.townships]
    return rows + [{"unit_id": each.key, "parent_id": each.township, "level": each.level, "name_zh": each.name}
                   for each in county.communities]
