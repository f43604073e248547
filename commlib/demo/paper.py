"""A sheet of a return: its cells, and where each value stands on it, so that faults can be planted and readings compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from commlib.bilingual import Language
from commlib.declarations.checks import CheckKind
from commlib.declarations.columns import NUMBERS, Column
from commlib.declarations.tables import TableDeclaration
from commlib.demo.ink import Cell, Ink, traditional
from commlib.units import is_unit, unit

Record = Mapping[str, str]
Place = tuple[int, int]   # row and column from 0


@dataclass(frozen=True, slots=True)
class Placed:
    """One row of a table as a sheet holds it: its values, the cell of each printed column, and which of them are hedged."""

    values: dict[str, str]
    cells: dict[str, Place]
    hedged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Summed:
    """A printed row of sums: its number on the sheet, which columns it sums and the cell of each."""

    row: int
    cells: dict[str, Place]


@dataclass
class Paper:
    """One sheet of a return. `titles` is the number of rows above the header, `headers` the cell of each column's header."""

    table: TableDeclaration
    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)   # first row and column, last row and column
    hidden: list[int] = field(default_factory=list)
    titles: int = 0
    headers: dict[str, Place] = field(default_factory=dict)
    records: list[Placed] = field(default_factory=list)
    sums: list[Summed] = field(default_factory=list)

    def put(self, place: Place, cell: Cell) -> None:
        """Write one cell."""
        row = self.rows[place[0]]
        row += [None] * (place[1] + 1 - len(row))
        row[place[1]] = cell

    def cell(self, place: Place) -> Cell:
        """What stands at a cell."""
        row = self.rows[place[0]]
        return row[place[1]] if place[1] < len(row) else None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a sheet's rows and below them: the title, who sends it, and words of a footnote."""

    title: str
    sender: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Across:
    """Columns that are printed once for each period: the periods with the words over them."""

    columns: tuple[str, ...]
    periods: Mapping[str, str]


def long_paper(table: TableDeclaration, records: Sequence[Record], columns: Sequence[str], ink: Ink, name: str, head: Head,
               paths: Mapping[str, tuple[str, str]] | None = None) -> Paper:
    """A sheet with one row a record; `paths` are two levels of words over a column, of which the upper is merged."""
    paper = Paper(table, name)
    declared = [table.column(each) for each in columns]
    _above(paper, head, declared, ink)
    _header(paper, declared, ink, paths or {})
    _body(paper, records, declared, ink)
    _below(paper, head)
    return paper


def wide_paper(table: TableDeclaration, records: Sequence[Record], fixed: Sequence[str], across: Across, ink: Ink, name: str,
               head: Head) -> Paper:
    """A sheet with one row a key and the periods as columns, each over the columns that change."""
    paper = Paper(table, name)
    named, changing = ([table.column(each) for each in names] for names in (fixed, across.columns))
    _above(paper, head, [*named, *changing], ink)
    stated, first = _stated([*named, *changing]), int(ink.style.serial)
    start = len(paper.rows)
    top: list[Cell] = [*["序号"] * first, *(ink.header(each, each.name in stated) for each in named)]
    for at, column in enumerate(named, first):
        paper.headers[column.name] = (start, at)
        paper.merges.append((start, at, start + 1, at))
    paper.merges += [(start, 0, start + 1, 0)] * first
    lower: list[Cell] = [None] * len(top)
    for words in across.periods.values():
        paper.merges.append((start, len(top), start, len(top) + len(changing) - 1))
        top += [words, *[None] * (len(changing) - 1)]
        lower += [ink.header(each, each.name in stated) for each in changing]
    paper.rows += [top, lower]
    keys = [each for each in table.key if each != table.period]
    lines: dict[tuple[str, ...], dict[str, Record]] = {}
    for record in records:
        lines.setdefault(tuple(record[each] for each in keys), {})[record[table.period]] = record
    for number, line in enumerate(lines.values(), 1):
        _wide_line(paper, number, line, (named, changing), across, ink)
    return paper


def _wide_line(paper: Paper, number: int, line: Mapping[str, Record], columns: tuple[list[Column], list[Column]], across: Across,
               ink: Ink) -> None:
    row, (named, changing) = len(paper.rows), columns
    first = next(iter(line.values()))
    paper.rows.append([number] * int(ink.style.serial))
    cells = {}
    for column in named:
        place = cells[column.name] = (row, len(paper.rows[row]))
        paper.put(place, ink.cell(column, first[column.name]))
    for period in across.periods:
        own = {}
        for column in changing:
            place = own[column.name] = (row, len(paper.rows[row]))
            paper.put(place, ink.cell(column, line[period][column.name]) if period in line else None)
        if period in line:
            kept = {each: line[period][each] for each in (*cells, *own)}
            paper.records.append(Placed({**kept, paper.table.period: period}, {**cells, **own}))


def _above(paper: Paper, head: Head, columns: Sequence[Column], ink: Ink) -> None:
    """The title and the line of who sends it and of the units."""
    if ink.style.title:
        units = [unit(each.unit).label[Language.ZH] for each in columns
                 if each.unit and each.unit not in ("percent", "year", "count") and each.name not in _stated(columns)]
        said = f"单位：{'、'.join(dict.fromkeys(units))}" if units and ink.style.header != "label" else ""
        paper.rows.append([traditional(head.title) if ink.style.traditional else head.title])
        width = len(columns) + int(ink.style.serial) - 1
        if width:
            paper.merges.append((0, 0, 0, width))
        line: list[Cell] = [f"填报单位：{head.sender}", *[None] * max(width - 1, 1)]
        paper.rows.append([*line, said or None])
    paper.titles = len(paper.rows)


def _stated(columns: Sequence[Column]) -> set[str]:
    """The columns whose unit no line above can say: percentages, and units of which another measures the same."""
    units = {each.unit for each in columns if is_unit(each.unit)}
    kinds = [unit(each).dimension for each in units]
    return {each.name for each in columns if each.unit == "percent" or (
        is_unit(each.unit) and (kinds.count(unit(each.unit).dimension) > 1 or "/" in each.unit))}


def _header(paper: Paper, columns: Sequence[Column], ink: Ink, paths: Mapping[str, tuple[str, str]]) -> None:
    start, stated = len(paper.rows), _stated(columns)
    top: list[Cell] = ["序号"] * int(ink.style.serial)
    lower: list[Cell] = [None] * len(top)
    paper.merges += [(start, 0, start + 1, 0)] * (len(top) if paths else 0)
    for column in columns:
        at = len(top)
        upper, under = paths.get(column.name, ("", ""))
        paper.headers[column.name] = (start + bool(upper), at)
        words = ink.header(column, column.name in stated)
        before = top[-1] if top else None
        held = next((each for each in reversed(top) if each is not None), None)
        top.append(None if upper and held == upper and before in (None, upper) else upper or words)
        lower.append(under or None)
        if paths and not upper:
            paper.merges.append((start, at, start + 1, at))
    paper.rows.append(top)
    if paths:
        paper.rows.append(lower)
        for at, cell in enumerate(top):
            end = next((each - 1 for each in range(at + 1, len(top)) if top[each] is not None), len(top) - 1)
            if cell is not None and end > at:
                paper.merges.append((start, at, start, end))


def _body(paper: Paper, records: Sequence[Record], columns: Sequence[Column], ink: Ink) -> None:
    """The rows, with the sums that the style prints among, over or under them."""
    summed = [each for each in columns if _is_summed(each, paper.table)]
    township = next((each.name for each in columns if each.name == "township_id"), "")
    one_period = len({record.get(paper.table.period, "") for record in records}) == 1
    homes = [record[township] for record in records] if township else []
    together = bool(homes) and len(set(homes)) == 1 + sum(one != other for one, other in pairwise(homes))
    totals = ink.style.totals if summed and len(records) > 2 and one_period and together else ""
    if totals == "first":
        _sum_row(paper, "全县合计", records, columns, summed, ink)
    start = 0
    for at, record in enumerate(records, 1):
        if at == 1 or (township and record[township] != records[at - 2][township]):
            start = at - 1
        _row(paper, at, record, records[at - 2] if at > 1 and at - 1 > start else None, columns, ink)
        if at == len(records) or (township and records[at][township] != record[township]):
            _merge_down(paper, start, at, township, ink)
            if totals == "subtotals" and township:
                _sum_row(paper, f"{ink.names[record[township]]}小计", records[start:at], columns, summed, ink)
    if totals in ("last", "subtotals"):
        _sum_row(paper, "合　计", records, columns, summed, ink)
    if totals == "subtotals":
        _sum_row(paper, "其中：前十个社区", records[:10], columns, summed, ink)
    if ink.style.hidden and len(records) > 3:
        paper.hidden.append(next(iter(paper.records[2].cells.values()))[0])


def _row(paper: Paper, number: int, record: Record, above: Record | None, columns: Sequence[Column], ink: Ink) -> None:
    row = len(paper.rows)
    paper.rows.append([number] * int(ink.style.serial))
    placed = Placed({each.name: record.get(each.name, "") for each in columns}, {})
    for column in columns:
        place = placed.cells[column.name] = (row, len(paper.rows[row]))
        same = above is not None and column.name == "township_id" and record[column.name] == above[column.name]
        if same and ink.style.same != "repeat":
            paper.put(place, "同上" if ink.style.same == "ditto" else None)
            continue
        paper.put(place, ink.cell(column, placed.values[column.name]))
        if ink.hedged:
            placed.hedged.add(column.name)
    paper.records.append(placed)


def _merge_down(paper: Paper, start: int, end: int, township: str, ink: Ink) -> None:
    if ink.style.same == "merged" and township and end - start > 1:
        (first, column), (last, _) = (paper.records[each].cells[township] for each in (start, end - 1))
        paper.merges.append((first, column, last, column))


def _is_summed(column: Column, table: TableDeclaration) -> bool:
    """Whether a printed total sums the column: numbers that add up over places."""
    rates = {check.columns[0] for check in table.checks if check.kind in (CheckKind.RATE, CheckKind.GROWTH)}
    return column.type in NUMBERS and column.unit not in ("percent", "year", "CNY/month", "CNY/m2", "months") \
        and column.name not in rates and bool(column.kind) and not column.unit_from


def _sum_row(paper: Paper, label: str, records: Sequence[Record], columns: Sequence[Column], summed: Sequence[Column],
             ink: Ink) -> None:
    row = len(paper.rows)
    cells: list[Cell] = [label, *[None] * (len(columns) + int(ink.style.serial) - 1)]
    places = {}
    for at, column in enumerate(columns, int(ink.style.serial)):
        if column in summed:
            whole = sum(round(float(record.get(column.name) or 0) * 100) for record in records)
            cells[at] = whole // 100 if whole % 100 == 0 else whole / 100
            places[column.name] = (row, at)
    paper.rows.append(cells)
    paper.sums.append(Summed(row, places))


def _below(paper: Paper, head: Head) -> None:
    paper.rows += [[each] for each in head.notes]


def continued(first: Paper, second: Paper) -> Paper:
    """The second sheet as a 续表 below the first: the same rows, other columns."""
    start = len(first.rows) + 1
    first.rows += [["续表"]]
    shift = start - second.titles
    first.rows += second.rows[second.titles:]
    first.merges += [(a + shift, b, c + shift, d) for a, b, c, d in second.merges if a >= second.titles]
    for mine, other in zip(first.records, second.records, strict=True):
        more = {name: (row + shift, column) for name, (row, column) in other.cells.items() if name not in mine.cells}
        mine.cells.update(more)
        mine.values.update({name: other.values[name] for name in more})
        mine.hedged.update(other.hedged & set(more))
    first.headers |= {name: (row + shift, at) for name, (row, at) in second.headers.items() if name not in first.headers}
    first.sums += [Summed(each.row + shift, {name: (row + shift, at) for name, (row, at) in each.cells.items()})
                   for each in second.sums]
    return first
