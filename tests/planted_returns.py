"""Workbooks of several tables and layouts with faults planted in them, and what the intake makes of them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from dummy_rows import dummy_rows
from return_files import text_file, workbook

from commlib.declarations.checks import Severity
from commlib.declarations.columns import DATES, NUMBERS, Column, ColumnType
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import TableDeclaration, table
from commlib.demo.planted import Grid, Planted, plant, plant_total
from commlib.home import Home
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import letters
from commlib.intake.forms import header_words
from commlib.intake.names.gazetteer import Unit, gazetteer
from commlib.intake.taking import TakenReturn, take_return
from commlib.places import PlaceLevel

PROJECT = Path(__file__).parents[1]
COUNTY, ROWS, FAULTS = "411325", 22, 11   # of each workbook
TABLES = ("housing_progress", "community", "environment", "employment", "facility", "utility_coverage", "land_plan",
          "unit_profile", "event", "volunteer_team", "workload", "outlet", "acceptance", "housing_task", "land_transfer",
          "joint_office")
_FIXED = {ColumnType.DATE: "2013-09-30", ColumnType.PERIOD: "2013-09"}
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
Truth = dict[tuple[str, int], dict[str, str]]   # what was really meant, by sheet and row number


@dataclass
class Built:
    """One return as a file: what each row means, and what was planted."""

    path: Path
    truth: Truth
    planted: list[Planted]


@dataclass
class Counts:
    """What came of all returns together."""

    workbooks: int = 0
    planted: int = 0
    located: int = 0
    told: int = 0              # errors and warnings
    missed: list[str] = field(default_factory=list)
    coerced: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)   # rows without a planted fault that were not taken


@cache
def _villages() -> list[tuple[Unit, Unit]]:
    """Villages of the county with a name of their own, each with its township."""
    known = gazetteer(COUNTY, Home(PROJECT))
    single = {unit.name: unit for unit in known.units if unit.level is PlaceLevel.COMMUNITY}
    return [(unit, known.by_key[unit.township]) for unit in list(single.values())[::7]]


def _shown(column: Column, text: str) -> Any:
    """A value of a table as a return writes it."""
    if column.type in NUMBERS:
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    if column.choices:
        return next(each.label.zh for each in column.choices if each.id == text)
    if column.type is ColumnType.BOOLEAN:
        return "是" if text == "yes" else "否"
    return "户" if column.type is ColumnType.UNIT else text


def _rows(declaration: TableDeclaration, seed: int) -> tuple[list[Column], list[list[Any]], list[dict[str, str]]]:
    """The columns of a return, its rows as written and as meant."""
    columns = [each for each in declaration.columns if not each.personal and not each.dropped]
    villages = _villages()[seed % 5:][:ROWS]
    written, meant = [], []
    for cells, (village, township) in zip(dummy_rows(declaration, ROWS, seed).to_dict("records"), villages, strict=True):
        row, values = [], {}
        for column in columns:
            if column.type is ColumnType.PLACE:
                unit = township if column.level == "township" else village
                row.append(unit.name)
                values[column.name] = unit.key
                continue
            text = str(cells[column.name])
            if column.name == declaration.period and column.type in DATES:
                text = _FIXED[column.type]
            row.append(_shown(column, text))
            values[column.name] = text
        written.append(row)
        meant.append(values)
    return columns, written, meant


def build(folder: Path, name: str, layout: str, seed: int) -> Built:
    """Write one return of a table in a layout, with faults planted by the seed."""
    declaration, chance = table(name), random.Random(f"{name} {layout} {seed}")
    columns, written, meant = _rows(declaration, seed)
    heads: list[Any] = [header_words(each, "zh") for each in columns]
    grids, hidden = LAYOUTS[layout](declaration.label.zh, heads, written)
    planted, truth, sheets = [], Truth(), {}
    for sheet, (grid, bodies, shift) in grids.items():
        for body, first in bodies:
            truth.update({(sheet, row + 1): meant[first + at] for at, row in enumerate(body)})
        places = {column.name: place + shift for place, column in enumerate(columns)}
        rows = [row for body, _ in bodies for row in body]
        if layout == "totalled":
            _total(grid, columns)
        planted += plant(grid, sheet, declaration, places, rows, chance, FAULTS // len(grids))
        if layout == "totalled":
            spoiled = {cell.rstrip("0123456789") for each in planted for cell in each.cells}
            whole = [place for place in _summed(grid, columns) if letters(place) not in spoiled]   # else the total is open
            planted += [plant_total(grid, sheet, len(grid) - 1, place, chance) for place in whole[:1]]
        sheets[sheet] = grid
    path = folder / f"{declaration.label.zh}{layout}{seed}.xlsx"
    if layout == "csv":
        (grid,) = sheets.values()
        lines = [["" if cell is None else cell for cell in row] for row in grid]
        return Built(text_file(path.with_suffix(".csv"), lines, "gb18030"), truth, planted)
    return Built(workbook(path, sheets, **hidden), truth, planted)


def _total(grid: Grid, columns: Sequence[Column]) -> None:
    """Print a total below the rows: of numbers that add up, so neither of shares nor of ratios."""
    rows = grid[1:]
    adds = [each.type in NUMBERS and each.unit not in ("", "percent", "year", "rank", "score") and "/" not in each.unit
            for each in columns]
    sums = [round(sum(row[place] for row in rows), 6) if adds[place] else None for place in range(len(columns))]
    grid.append(["合计", *sums[1:]])


def _summed(grid: Grid, columns: Sequence[Column]) -> list[int]:
    """The columns of whole numbers in which a total is printed, of what adds up over places."""
    return [place for place, each in enumerate(columns)
            if place and grid[-1][place] is not None and each.type is ColumnType.INTEGER
            and (not each.measure or read_argument(each.measure).measure.additive)]


# ---- layouts: title, headers and rows to sheets of (grid, its bodies with the number of their first row, columns before)

Grids = dict[str, tuple[Grid, list[tuple[list[int], int]], int]]


def _plain(title: str, heads: list[Any], rows: list[list[Any]]) -> tuple[Grids, dict[str, Any]]:
    return {title[:20]: ([heads, *rows], [(list(range(1, len(rows) + 1)), 0)], 0)}, {}


def _titled(title: str, heads: list[Any], rows: list[list[Any]]) -> tuple[Grids, dict[str, Any]]:
    grid = [[f"内乡县{title}"], ["填报单位：内乡县（盖章）", None, None, "填报日期：2013年10月8日"], heads, *rows,
            ["注：本表一式两份。"], ["填表人：某甲", None, "审核人：某乙"]]
    return {"Sheet1": (grid, [(list(range(3, len(rows) + 3)), 0)], 0)}, {}


def _numbered(title: str, heads: list[Any], rows: list[list[Any]]) -> tuple[Grids, dict[str, Any]]:
    grid = [[title], ["序号", *heads], *([number, *row] for number, row in enumerate(rows, 1))]
    return {"数据": (grid, [(list(range(2, len(rows) + 2)), 0)], 1)}, {"hidden_rows": (6, 9), "hidden_columns": ("A",)}


def _two_sheets(title: str, heads: list[Any], rows: list[list[Any]]) -> tuple[Grids, dict[str, Any]]:
    half = len(rows) // 2
    return {f"{title[:15]}{part}": ([heads, *chosen], [(list(range(1, len(chosen) + 1)), first)], 0)
            for part, chosen, first in (("上", rows[:half], 0), ("下", rows[half:], half))}, {}


def _continued(title: str, heads: list[Any], rows: list[list[Any]]) -> tuple[Grids, dict[str, Any]]:
    half = len(rows) // 2
    grid = [[title], heads, *rows[:half], [None], [f"{title}（续表）"], heads, *rows[half:]]
    below = half + 5
    return {title[:20]: (grid, [(list(range(2, half + 2)), 0), (list(range(below, below + len(rows) - half)), half)], 0)}, {}


LAYOUTS: dict[str, Callable[[str, list[Any], list[list[Any]]], tuple[Grids, dict[str, Any]]]] = {
    "plain": _plain, "titled": _titled, "numbered": _numbered, "two_sheets": _two_sheets, "continued": _continued, "csv": _plain,
    "totalled": _plain}


# ---- what the intake makes of them

def measure(builds: Sequence[Built]) -> Counts:
    """Take every return in and count: planted, located to the cell, coerced, false alarms, valid rows lost."""
    counts, declared = Counts(), [table(each) for each in TABLES]
    for built in builds:
        taken = take_return(built.path, declared, Home(PROJECT), county=COUNTY)
        counts.workbooks += 1
        _count_faults(built, taken, counts)
        _count_rows(built, taken, counts)
    return counts


def cells_of(fault: ReturnFault) -> set[str]:
    """The cells that a fault names; of a range in one column all of them."""
    found = set()
    for part in fault.cell.split(","):
        ends = [_ADDRESS.fullmatch(each) for each in part.split(":")]
        if all(ends):
            first, last = ends[0], ends[-1]
            assert first and last
            found |= {f"{first[1]}{row}" for row in range(int(first[2]), int(last[2]) + 1)}
    return found


def _rows_of(fault: ReturnFault) -> set[int]:
    return {int(each) for each in re.findall(r"\d+", fault.cell)}


def _count_faults(built: Built, taken: TakenReturn, counts: Counts) -> None:
    csv = built.path.suffix == ".csv"
    faults = [(fault.sheet if not csv else next(iter(built.truth))[0], fault) for fault in taken.all_faults()]
    rows = {(each.sheet, int(_ADDRESS.fullmatch(each.cells[0])[2])) for each in built.planted}   # type: ignore[index]
    spoiled = {cell.rstrip("0123456789") for each in built.planted for cell in each.cells}
    for each in built.planted:
        counts.planted += 1
        own = [fault for sheet, fault in faults if sheet == each.sheet]
        if any(str(fault.code) in each.codes and set(each.cells) & cells_of(fault) for fault in own):
            counts.located += 1
        else:
            row = int(_ADDRESS.fullmatch(each.cells[0])[2])   # type: ignore[index]
            near = [(fault.cell, str(fault.code)) for fault in own if row in _rows_of(fault)]
            counts.missed.append(f"{built.path.name} {each} told {near}")
    for sheet, fault in faults:
        if fault.severity is Severity.NOTE:
            continue
        counts.told += 1
        if fault.code is Code.TOTAL and {cell.rstrip("0123456789") for cell in cells_of(fault)} & spoiled:
            continue   # of a column in which a number was changed the printed total is no longer the sum
        if not any((sheet, row) in rows for row in _rows_of(fault)):
            counts.alarms.append(f"{built.path.name} {sheet} {fault.cell} {fault.code} {fault.found!r} {fault.remedy.zh}")


def _count_rows(built: Built, taken: TakenReturn, counts: Counts) -> None:
    csv = built.path.suffix == ".csv"
    changed = {(each.sheet, _ADDRESS.fullmatch(each.cells[0])[2]): each for each in built.planted}   # type: ignore[index]
    seen = set()
    for part in taken.tables:
        for row in part.rows.to_dict("records"):
            sheet = row["_sheet"] if not csv else next(iter(built.truth))[0]
            at = (sheet, int(row["_row"]))
            seen.add(at)
            planted = changed.get((sheet, row["_row"]))
            known = any(planted and set(planted.cells) & cells_of(fault) for fault in taken.all_faults())
            for name, meant in built.truth[at].items():
                if name in row and not _same(row[name], meant) and not known:
                    counts.coerced.append(f"{built.path.name} {at} {name}: meant {meant!r}, taken {row[name]!r} {planted}")
    lost = [at for at in built.truth if at not in seen and (at[0], str(at[1])) not in changed]
    counts.lost += [f"{built.path.name} {at}" for at in lost]


def _same(taken: str, meant: str) -> bool:
    try:
        return Decimal(taken) == Decimal(meant)
    except InvalidOperation:
        return str(taken) == meant


def returns(folder: Path, every: int = 1) -> list[Built]:
    """Two layouts of each table; only one return in `every` of them."""
    plans = [(name, list(LAYOUTS)[(number + turn * 3) % len(LAYOUTS)], number + turn)
             for turn in range(2) for number, name in enumerate(TABLES)]
    return [build(folder, *plan) for plan in plans[::every]]
