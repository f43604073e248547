"""Faults planted in a return: one at a cell, chosen by what the table declares, with the codes that may tell it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from commlib.declarations.checks import Check, CheckKind
from commlib.declarations.columns import DATES, NUMBERS, Blank, Column, ColumnType
from commlib.declarations.tables import TableDeclaration
from commlib.intake.faults import Code
from commlib.intake.files.sheets import letters, numeric, shown

Grid = list[list[Any]]
Change = tuple[str, Any, tuple[Code, ...]]   # the kind of the fault, the new cell, the codes that tell it
NO_PLACE = "虚无缥缈"                         # begins the name of a place that nobody knows
IDENTITY = "110101199003077758"              # of the form of an identity number; nobody's
_FACTOR = 3                                  # by which a number leaves its check


@dataclass(frozen=True)
class Planted:
    """One planted fault. `cells` is where it may be told: the changed cell first, then those that it is compared with."""

    sheet: str
    cells: tuple[str, ...]
    kind: str
    codes: tuple[str, ...]
    was: str
    now: str

    def record(self, file: str) -> dict[str, Any]:
        """The fault as a list of planted faults keeps it."""
        return {"file": file, **asdict(self)}


def plant(grid: Grid, sheet: str, table: TableDeclaration, columns: Mapping[str, int], body: Sequence[int],
          chance: random.Random, number: int) -> list[Planted]:
    """Change up to `number` cells of a grid of raw cells, at most one in a row, and say what was planted.

    `columns` gives the place of each declared column in the grid, `body` the rows of data (both from 0). Only cells that
    hold a value are changed. The same chance plants the same faults.
    """
    found: list[Planted] = []
    told: dict[str, int] = {}   # the kinds that were planted least come first
    for row in chance.sample(list(body), len(body)):
        offers = offers_of(grid[row], table, columns)
        chance.shuffle(offers)
        offers.sort(key=lambda offer: told.get(offer[2][0], 0))
        if len(found) == number or not offers:
            continue
        place, others, (kind, now, codes) = offers[0]
        was, grid[row][place] = grid[row][place], now
        told[kind] = told.get(kind, 0) + 1
        cells = tuple(f"{letters(each)}{row + 1}" for each in (place, *others))
        found.append(Planted(sheet, cells, kind, tuple(map(str, codes)), shown(was), shown(now)))
    return found


def plant_total(grid: Grid, sheet: str, row: int, place: int, chance: random.Random) -> Planted:
    """Make one number of a printed total wrong by more than rounding."""
    was, grid[row][place] = grid[row][place], grid[row][place] + chance.randint(200, 900)
    return Planted(sheet, (f"{letters(place)}{row + 1}",), "wrong_total", (str(Code.TOTAL),), shown(was), shown(grid[row][place]))


Offer = tuple[int, tuple[int, ...], Change]


def offers_of(cells: Sequence[Any], table: TableDeclaration, columns: Mapping[str, int]) -> list[Offer]:
    """All that can be made wrong in a row: the place of the cell, the places it is compared with, and the change."""
    return [*_cell_offers(cells, table, columns), *_check_offers(cells, table, columns)]


def _cell_offers(cells: Sequence[Any], table: TableDeclaration, columns: Mapping[str, int]) -> Iterator[Offer]:
    """What can be made wrong at one cell alone."""
    for name, place in columns.items():
        column = table.column(name)
        raw = cells[place] if place < len(cells) else None
        if raw in (None, "") or column.dropped:
            continue
        for change in (_of_number if column.type in NUMBERS else _OTHERS.get(column.type, _of_choice))(column, raw):
            yield place, (), change
        if column.blank is Blank.REFUSED and column.type is not ColumnType.PLACE:
            yield place, (), ("blank", None, (Code.BLANK,))


def _of_number(column: Column, raw: Any) -> Iterator[Change]:
    if not numeric(raw) or raw < 0:
        return
    digits = shown(raw)
    yield "letter_in_number", f"{digits[:-1]}O{digits[-1]}", (Code.FORM,)
    yield "words", "若干", (Code.FORM,)
    yield "error_value", "#REF!", (Code.FORMULA,)
    yield "two_points", f"{digits}.5.5", (Code.FORM, Code.AMBIGUOUS)
    yield "misplaced_comma", f"{digits[0]},{digits}7,1", (Code.FORM, Code.AMBIGUOUS)
    yield "two_numbers", f"{digits}/{digits}7", (Code.FORM, Code.AMBIGUOUS)
    if column.minimum == 0 and raw:
        yield "negative", -raw, (Code.RANGE,)
    if column.maximum is not None:
        yield "above_maximum", float(column.maximum) * _FACTOR + 7, (Code.RANGE, Code.FORM)
    if column.type is ColumnType.INTEGER and column.unit != "year":
        yield "fraction", raw + 0.37, (Code.FORM,)
    if column.unit and not column.unit_from:
        yield "wrong_unit", f"{digits}公斤", (Code.UNIT, Code.FORM)


def _of_date(column: Column, raw: Any) -> Iterator[Change]:
    yield "impossible_date", "2013年14月", (Code.FORM, Code.PERIOD)
    yield "no_such_day", "2013-02-30", (Code.FORM, Code.PERIOD)
    yield "no_date", "待定日期", (Code.FORM, Code.PERIOD)


def _of_place(column: Column, raw: Any) -> Iterator[Change]:
    ending = {"township": "镇", "county": "县"}.get(str(column.level), "村")
    yield "unknown_place", f"{NO_PLACE}{ending}", (Code.PLACE,)
    yield "slip_in_place", f"{shown(raw)[0]}嗯{shown(raw)[1:]}", (Code.PLACE,)


def _of_code(column: Column, raw: Any) -> Iterator[Change]:
    if column.pattern:
        yield "bad_code", f"{shown(raw)}甲", (Code.FORM,)


def _of_choice(column: Column, raw: Any) -> Iterator[Change]:
    if column.choices or column.type is ColumnType.BOOLEAN:
        yield "no_choice", "说不上来", (Code.CHOICE,)
    elif column.type is ColumnType.TEXT:
        yield "identity_number", f"{shown(raw)}（{IDENTITY}）", (Code.PERSONAL,)


_OTHERS: dict[ColumnType, Callable[[Column, Any], Iterator[Change]]] = {
    **dict.fromkeys(DATES, _of_date), ColumnType.PLACE: _of_place, ColumnType.CODE: _of_code}


def _check_offers(cells: Sequence[Any], table: TableDeclaration, columns: Mapping[str, int]) -> Iterator[Offer]:
    """What can be made wrong between the cells of a row: parts and stages above what bounds them, totals and rates."""
    for check in table.checks:
        if not set(check.columns) <= set(columns):
            continue
        places = [columns[name] for name in check.columns]
        values: list[Any] = [cells[place] if place < len(cells) else None for place in places]
        excused = check.unless in columns and cells[columns[check.unless]] not in (None, "")
        if excused or not all(isinstance(value, int | float) and value >= 0 for value in values):
            continue
        for position, change in _of_check(check, values):
            others = tuple(place for place in places if place != places[position])
            yield places[position], others, change


def _of_check(check: Check, values: Sequence[Any]) -> Iterator[tuple[int, Change]]:
    """The position of the cell to change among those of the check, and the change."""
    if check.kind is CheckKind.PART:
        yield 0, ("part_above_whole", values[1] * _FACTOR + 11, (Code.PART,))
    elif check.kind is CheckKind.ORDER:
        yield len(values) - 1, ("stage_above_earlier", values[0] * _FACTOR + 11, (Code.ORDER,))
    elif check.kind is CheckKind.SUM:
        yield 0, ("wrong_sum", values[0] * _FACTOR + 111, (Code.SUM,))
    elif check.kind is CheckKind.RATE and all(values):
        yield 0, ("wrong_rate", round(values[0] * 0.7 + 3, 1), (Code.RATE, Code.RANGE))
