"""Seeded rows of any declared table, made from its declaration alone: valid ones, and ones with one fault each."""

from __future__ import annotations

import random
import re
import re._constants as codes
import re._parser as parser
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from commlib.declarations.checks import Check, CheckKind
from commlib.declarations.columns import Column, ColumnType
from commlib.declarations.tables import TableDeclaration

ROUNDS = 20   # in which the checks of a row must come to rest
WRONG_TYPE = {
    ColumnType.DECIMAL: "1,2", ColumnType.CODE: "a b", ColumnType.UNIT: "parsec",
    ColumnType.DATE: "2013-13", ColumnType.PERIOD: "2013Q5", ColumnType.BOOLEAN: "√", ColumnType.PLACE: " 城关镇",
}


def dummy_rows(declaration: TableDeclaration, number: int = 12, seed: int = 0) -> pd.DataFrame:
    """A frame of text with every column filled; each row keeps the schema and the checks within a row."""
    chance = random.Random(f"{declaration.id} {seed}")
    rows = []
    for row in range(number):
        cells: dict[str, Any] = {column.name: value(column, row, chance) for column in declaration.columns}
        settle(cells, declaration)
        rows.append({name: f"{cell:f}" if isinstance(cell, Decimal) else cell for name, cell in cells.items()})
    return pd.DataFrame(rows, columns=[column.name for column in declaration.columns], dtype=str)


def value(column: Column, row: int, chance: random.Random) -> str | Decimal:
    """One valid value; key columns differ from row to row because codes, places and texts do."""
    if column.choices:
        return column.allowed[row % len(column.allowed)]
    if column.pattern:
        return digits(column.pattern, row)
    if column.type in (ColumnType.DECIMAL, ColumnType.INTEGER):
        low = int(column.minimum if column.minimum is not None else -50) + 1
        high = int(column.maximum if column.maximum is not None else low + 900) - 1
        whole = Decimal(chance.randint(min(low, high), max(low, high)))
        return whole if column.type is ColumnType.INTEGER else whole + Decimal(chance.randint(0, 9)) / 10
    name = column.references.rpartition(".")[2] or column.name
    return {
        ColumnType.UNIT: "households", ColumnType.BOOLEAN: "yes" if row % 2 else "no", ColumnType.PLACE: f"place-{row}",
        ColumnType.DATE: f"{2001 + row % 20}-{1 + row % 12:02d}-{chance.randint(1, 28):02d}",
        ColumnType.TEXT: f"{name}-{row}-{chance.randint(0, 99)}", ColumnType.PERIOD: f"{2001 + row}-{1 + row % 12:02d}",
    }.get(column.type, f"{name}-{row}")


def digits(pattern: str, row: int) -> str:
    """A text of the pattern: the first of each choice, and the row's number in its last places where it fits there."""
    def one(kind: Any, found: Any) -> str:
        if kind is codes.LITERAL:
            return chr(found)
        if kind is codes.IN:
            return chr(found[0][1][0] if found[0][0] is codes.RANGE else found[0][1])
        if kind is codes.BRANCH:
            return whole(found[1][0])
        if kind is codes.SUBPATTERN:
            return whole(found[-1])
        assert kind is codes.MAX_REPEAT, f"no rows for patterns such as {pattern}"
        return whole(found[2]) * int(found[0])

    def whole(parts: Any) -> str:
        return "".join(one(*part) for part in parts)

    text = whole(parser.parse(pattern))
    numbered = text[:-2] + f"{row:02d}"
    return numbered if re.fullmatch(pattern, numbered) else text


def settle(cells: dict[str, Any], declaration: TableDeclaration) -> None:
    """Change numbers and dates until every check within a row holds."""
    for _ in range(ROUNDS):
        before = dict(cells)
        for check in declaration.checks:
            keep(check, cells)
        if cells == before:
            return
    raise AssertionError(f"{declaration.id}: its checks contradict each other")


def keep(check: Check, cells: dict[str, Any]) -> None:
    """Make one check within a row hold."""
    names = list(check.columns)
    first, rest = names[0], names[1:]
    if check.kind in (CheckKind.ORDER, CheckKind.DATES):
        ordered = sorted((cells[name] for name in names), reverse=check.kind is CheckKind.ORDER)
        cells.update(zip(names, ordered, strict=True))
    elif check.kind is CheckKind.PART:
        cells[first] = min(cells[first], cells[rest[0]])
    elif check.kind is CheckKind.SUM:
        share_out(cells, first, rest)
    elif check.kind is CheckKind.RATE:
        cells[first] = round(100 * cells[rest[0]] / cells[rest[1]], 1)
    elif check.kind is CheckKind.GROWTH:
        cells[first] = round(100 * (cells[rest[0]] / cells[rest[1]] - 1), 1)
        if cells[first] < -100 or not cells[rest[1]]:
            cells[rest[0]] = cells[rest[1]] = Decimal(1)
    elif check.kind is CheckKind.PRODUCT:
        cells[first] = Decimal(1)
        for name in rest:
            cells[first] *= cells[name]


def share_out(cells: dict[str, Any], total: str, parts: list[str]) -> None:
    """Let the parts make the total: the last takes what is left, and each takes half of the rest where that is too much."""
    left = cells[total]
    for name in parts[:-1]:
        cells[name] = cells[name] if cells[name] <= left else Decimal(int(left / 2))
        left -= cells[name]
    cells[parts[-1]] = left


def wrong_type(column: Column) -> str | None:
    """A cell that is only of the wrong type; None where no text is, or the pattern would refuse it too."""
    if column.pattern:
        return None
    return f"{column.minimum or 0}.5" if column.type is ColumnType.INTEGER else WRONG_TYPE.get(column.type)


def violations(declaration: TableDeclaration) -> list[tuple[str, str, str]]:
    """Column, name of the schema's check and the wrong cell, for every property that a column declares."""
    found = []
    for column in declaration.columns:
        faults: Mapping[str, str | None] = {
            "blank": " " if column.blank == "refused" else None,
            "type": wrong_type(column), "allowed": "no such choice" if column.choices else None,
            "pattern": ("7" if column.type is ColumnType.INTEGER else "-") if column.pattern else None,
        }
        found += [(column.name, check, cell) for check, cell in faults.items() if cell is not None]
        for bound, step in ((column.minimum, -1), (column.maximum, 1)):
            if bound is not None:
                found.append((column.name, "range", f"{bound + step:f}"))
    return found
