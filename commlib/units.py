"""The closed list of units and exact conversion between units of one dimension."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.errors import DeclarationError

# 280 households in 521 dwellings is a share that reports state; as a base the three count as one kind.
_ONE_KIND_AS_BASE = {"household": "home", "dwelling": "home"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: label, what it measures (powers of dimensions), how many base units it holds, and its English singular."""

    id: str
    label: Text
    dimension: tuple[tuple[str, int], ...]
    factor: Fraction
    singular: str = ""

    @property
    def kind(self) -> tuple[tuple[str, int], ...]:
        """The dimension in which households, dwellings and units count as one."""
        return tuple(sorted((_ONE_KIND_AS_BASE.get(name, name), power) for name, power in self.dimension))

    def measures(self, dimension: str) -> bool:
        """Tell whether the unit is a plain unit of the named dimension, such as `money`."""
        return self.dimension == ((dimension, 1),)


@cache
def _declared() -> dict[str, dict[str, dict[str, Any]]]:
    with files("commlib").joinpath("declarations/units.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def unit(unit_id: str) -> Unit:
    """Look up a unit by id; `a/b` is a unit of the list per a denominator of the list.

    Raises DeclarationError naming the unknown unit and the known ones.
    """
    base, slash, denominator = unit_id.partition("/")
    declared = _declared()
    if base not in declared["unit"] or (slash and denominator not in declared["per"]):
        raise DeclarationError(phrases.text("error.unknown_unit", unit=unit_id, known=", ".join(unit_ids())))
    top = declared["unit"][base]
    if not denominator:
        return Unit(unit_id, Text(zh=top["zh"], en=top["en"] or "number"), ((top["dimension"], 1),),
                    Fraction(top["factor"]), top.get("one", ""))
    per = declared["per"][denominator]
    label = Text(zh=f"{top['zh']}/{per['zh']}", en=f"{top['en']} per {per['en']}".strip())
    powers = {top["dimension"]: 1}
    powers[per["dimension"]] = powers.get(per["dimension"], 0) - 1
    dimension = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(unit_id, label, dimension, Fraction(top["factor"]) / Fraction(per["factor"]))


def unit_ids() -> list[str]:
    """Every plain unit of the closed list."""
    return list(_declared()["unit"])


def per_ids() -> list[str]:
    """Every denominator that may stand behind the "/" of a unit."""
    return list(_declared()["per"])


def is_unit(unit_id: str) -> bool:
    """Tell whether the id is in the closed list."""
    try:
        unit(unit_id)
    except DeclarationError:
        return False
    return True


@cache
def scales(language: str) -> dict[str, list[tuple[Fraction, str]]]:
    """How amounts of a dimension are written in a language: factors and forms, largest first."""
    return {dimension: [(Fraction(each["factor"]), each["form"]) for each in options]
            for dimension, options in _declared()["scale"][language].items()}


def conversion(source: str, target: str) -> Fraction:
    """The exact factor from one unit to another of the same dimension: 1 亿元 = 10,000 万元, 1 公顷 = 15 亩.

    Raises DeclarationError where the two do not measure the same thing.
    """
    first, second = unit(source), unit(target)
    if first.dimension != second.dimension:
        raise DeclarationError(phrases.text("error.units_differ", first=source, second=target))
    return first.factor / second.factor
