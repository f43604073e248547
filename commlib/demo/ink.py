"""How a return writes its cells: the same value in the many ways that offices write it, none of which loses anything."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from commlib.bilingual import Language
from commlib.declarations.columns import NUMBERS, Column, ColumnType
from commlib.units import unit

Cell = str | int | float | date | None
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
_YES = {"yes": ("是", "√", "有"), "no": ("否", "×")}
_ODD = 0.04   # of the cells of a return that mixes ways of writing


@dataclass(frozen=True, slots=True)
class Style:
    """How one county writes its returns, as `layouts.toml` says."""

    kind: str = "xlsx"
    charset: str = "utf-8"
    title: bool = True
    header: str = "label"
    dates: str = "iso"
    same: str = "repeat"
    totals: str = ""
    numbers: str = "typed"
    gaps: tuple[str, ...] = ("",)
    traditional: bool = False
    serial: bool = False
    notes: bool = False
    hidden: bool = False


@cache
def style(name: str) -> Style:
    """The style of a layout."""
    with files("commlib").joinpath("demo/layouts.toml").open("rb") as stream:
        said: dict[str, Any] = tomllib.load(stream)[name]
    said["gaps"] = tuple(said.get("gaps", ("",)))
    return Style(**said)


@dataclass
class Ink:
    """Writes cells in a style; `names` are the names of places by key. Equal calls in one order write equal cells."""

    style: Style
    names: Mapping[str, str]
    chance: np.random.Generator
    hedged: bool = field(default=False, init=False)   # whether the last cell was written about, or more than

    def header(self, column: Column, stated: bool) -> str:
        """The words over a column; `stated`: with its unit whatever the style, because no line above says it."""
        aliases = [each for each in column.aliases if "_" not in each and "编号" not in each and "(" not in each]
        words = aliases[0] if self.style.header == "alias" and aliases else column.label.zh
        if column.unit and column.unit not in ("year", "count") and (stated or self.style.header == "label"):
            words = f"{words}（{unit(column.unit).label[Language.ZH]}）"
        return traditional(words) if self.style.traditional else words

    def cell(self, column: Column, value: str) -> Cell:
        """One value of a column as this county writes it."""
        self.hedged = False
        if not value:
            return str(self.chance.choice(self.style.gaps)) or None
        if column.type is ColumnType.PLACE:
            return self.names.get(value, value)
        if column.type in NUMBERS:
            return self._number(column, value)
        if column.type in (ColumnType.DATE, ColumnType.PERIOD):
            return self._date(value)
        if column.type is ColumnType.BOOLEAN:
            return str(self.chance.choice(_YES[value]))
        if column.type is ColumnType.UNIT:
            return unit(value).label[Language.ZH]
        return next((choice.label[Language.ZH] for choice in column.choices if choice.id == value), value)

    def _number(self, column: Column, value: str) -> Cell:
        number = float(value) if "." in value else int(value)
        mixed = self.style.numbers == "mixed"
        if mixed and column.name == "households" and value.endswith("0") and self.chance.random() < 3 * _ODD:
            self.hedged = True
            return str(self.chance.choice([f"约{value}", f"近{value}", f"{value}余户"]))
        odd = mixed and self.chance.random() < _ODD
        if column.unit in ("year", "percent"):
            return number
        if odd:
            return self._odd(column, value)
        if self.style.numbers == "wide" and self.chance.random() < _ODD:
            return value.translate(_WIDE)
        if self.style.numbers == "commas" and number >= 1000:
            return f"{number:,}" if isinstance(number, int) else f"{int(number):,}" + value[value.index("."):]
        return number

    def _odd(self, column: Column, value: str) -> Cell:
        """A number with its unit, in 万, or in full-width digits."""
        if column.unit == "mu" and value.endswith("00"):
            return f"{int(value) / 10000:g}万亩"
        if column.unit and "/" not in column.unit and self.chance.random() < 0.5:
            return f"{value}{unit(column.unit).label[Language.ZH]}"
        return value.translate(_WIDE)

    def _date(self, value: str) -> Cell:
        year, month, day = (*value.split("-"), "", "")[:3]
        form = self.style.dates
        if "Q" in year or form == "iso" or not month:
            return f"{value}年" if form in ("words", "end") and not month and "Q" not in year else value
        if form == "typed" and day:
            return date(int(year), int(month), int(day))
        if form in ("words", "typed"):
            return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
        if form == "dots":
            return f"{year}.{int(month)}" + (f".{int(day)}" if day else "")
        if form == "end" and day and int(day) >= 30:
            return f"{year}年{int(month)}月底" if int(day) == _last(int(year), int(month)) else f"{year}/{int(month)}/{int(day)}"
        if form == "end":
            return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
        return f"{year}{month}{day}"


def _last(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days


def traditional(words: str) -> str:
    """Words in traditional characters."""
    return str(_converter().convert(words))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
