"""The registry of indicators: one decorated function each, whose argument names are measures.

Argument grammar: `measure`, then optionally `__<member>` or `__<breakdown>` (all its members, as a mapping), then
optionally `__plan`, `__target`, `__last_year` or `__two_years_ago`. In a family (`for_each`), `each` stands for every listed
measure. Everything is checked when the theme module is imported: a wrong name raises DeclarationError.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.measures import Argument, UnknownArgument, measures, read_argument
from commlib.errors import DeclarationError
from commlib.indicators.arithmetic import Quantity, Ratio
from commlib.units import is_unit

Formula = TypeVar("Formula", bound=Callable[..., "Ratio | Mapping[str, Ratio] | Quantity"])
_MECHANISM = {"registry", "arithmetic", "compute", "held", "hierarchy", "totals"}   # modules without indicators


class Direction(StrEnum):
    """Which way is better; neutral indicators are never scored or ranked as better and worse."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A declared indicator: its function, what it needs and all that a reader is told about it."""

    id: str
    label: Text
    unit: str
    direction: Direction
    definition: Text
    defined_by: str
    theme: str
    function: Callable[..., Any]
    arguments: Mapping[str, tuple[Argument, ...]]   # by family member; the key is "" where there is no family
    members: Mapping[str, Text]                     # of a composition or family; empty for a single value
    sample: bool
    pooled: bool = False

    def member_label(self, member: str) -> Text:
        """The indicator's label, with the member behind it where there is one."""
        if not member:
            return self.label
        return Text(zh=f"{self.label.zh}：{self.members[member].zh}", en=f"{self.label.en}: {self.members[member].en}")


_registered: dict[str, Indicator] = {}


def indicator(*, label: Text, unit: str, direction: Direction, definition: Text, defined_by: str,
              for_each: tuple[str, ...] = (), sample: bool = False, pooled: bool = False) -> Callable[[Formula], Formula]:
    """Declare a function as an indicator; `sample` marks estimates from a questionnaire (they get an interval).

    `pooled` marks those of several answers of each person, of which no change is told: nothing here tests it.
    """
    def register(function: Formula) -> Formula:
        name = function.__name__
        theme = function.__module__.rpartition(".")[2]
        if name in _registered and _is_second_definition(name, function):
            raise _refusal(name, "id", name, "unique")
        if not is_unit(unit):
            raise _refusal(name, "unit", unit, "units.toml")
        if not (function.__doc__ or "").strip():
            raise _refusal(name, "docstring", "", "one sentence")
        families = {each: _arguments(name, function, each) for each in for_each} or {"": _arguments(name, function, "")}
        _registered[name] = Indicator(name, label, unit, direction, definition, defined_by, theme, function, families,
                                      _members(families), sample, pooled)
        return function
    return register


def _is_second_definition(name: str, function: Callable[..., Any]) -> bool:
    """A module that JupyterLab reloads registers again; a second definition of the name does not get through."""
    if _registered[name].function.__module__ != function.__module__:
        return True
    source = Path(function.__code__.co_filename)
    return source.is_file() and source.read_text(encoding="utf-8").count(f"def {name}(") > 1


def _members(families: Mapping[str, tuple[Argument, ...]]) -> dict[str, Text]:
    if "" not in families:
        return {each: measures()[each].label for each in families}
    for argument in families[""]:
        if argument.is_mapping:
            return {member: argument.measure.member_label(member) or argument.measure.label
                    for member in argument.members}
    return {}


def _arguments(name: str, function: Callable[..., Any], each: str) -> tuple[Argument, ...]:
    return tuple(_argument(name, parameter, each) for parameter in inspect.signature(function).parameters)


def _argument(indicator_id: str, parameter: str, each: str) -> Argument:
    try:
        return read_argument(parameter, each)
    except UnknownArgument as unknown:
        raise _refusal(indicator_id, "argument", parameter, str(unknown)) from None


def _refusal(indicator_id: str, field: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(phrases.text("error.bad_declaration", file="commlib/indicators", id=indicator_id,
                                         field=field, found=found, allowed=allowed))


@cache
def _load_themes() -> None:
    package = importlib.import_module("commlib.indicators")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in _MECHANISM:
            importlib.import_module(f"commlib.indicators.{module.name}")


def indicators() -> dict[str, Indicator]:
    """All registered indicators by id, in the order of their theme files."""
    _load_themes()
    return dict(_registered)
