"""The checks that stand beside a table as data: which columns they compare, how strictly and how grave a failure is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.columns import DATES, NUMBERS, Column, ColumnType
from commlib.declarations.reading import Reading
from commlib.units import is_unit, unit


class Severity(StrEnum):
    """How grave a failed check is: an error keeps the row out, a warning and a note are told and kept."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class CheckKind(StrEnum):
    """What a check compares; the order of its columns is the order of the words of `check.<kind>` in the phrases."""

    SUM = "sum"                  # total, then its parts
    PART = "part"                # part, whole
    ORDER = "order"              # the largest first: planned, started, completed, …
    DATES = "dates"              # the earliest first
    CUMULATIVE = "cumulative"    # never falls from one period to the next
    RATE = "rate"                # printed rate, numerator, denominator
    GROWTH = "growth"            # printed change, this value, the base value
    PRODUCT = "product"          # result, then its factors
    JUMP = "jump"                # changes by more than `limit` percent since the last release
    UNCHANGED = "unchanged"      # the same in `limit` periods one after the other
    UNIQUE = "unique"            # no two rows share these values
    ROWS = "rows"                # summed over the rows of `over`, at most the column `whole` of another table


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of check needs: how many columns, of which types, and whether the table must have a period."""

    least: int
    most: int
    types: tuple[ColumnType, ...] = NUMBERS
    over_time: bool = False
    one_unit: bool = False
    fields: frozenset[str] = frozenset()
    limit: Decimal | None = None


_MANY = 99
SHAPES = {
    CheckKind.SUM: Shape(3, _MANY, one_unit=True, fields=frozenset({"tolerance", "unless"})),
    CheckKind.PART: Shape(2, 2, one_unit=True, fields=frozenset({"tolerance", "unless"})),
    CheckKind.ORDER: Shape(2, _MANY, one_unit=True, fields=frozenset({"tolerance", "unless"})),
    CheckKind.DATES: Shape(2, _MANY, types=DATES),
    CheckKind.CUMULATIVE: Shape(1, _MANY, over_time=True, fields=frozenset({"tolerance"})),
    CheckKind.RATE: Shape(3, 3, fields=frozenset({"tolerance"})),
    CheckKind.GROWTH: Shape(3, 3, fields=frozenset({"tolerance"})),
    CheckKind.PRODUCT: Shape(3, _MANY, fields=frozenset({"tolerance"})),
    CheckKind.JUMP: Shape(1, _MANY, over_time=True, fields=frozenset({"limit"}), limit=Decimal(50)),
    CheckKind.UNCHANGED: Shape(1, _MANY, over_time=True, fields=frozenset({"limit"}), limit=Decimal(3)),
    CheckKind.UNIQUE: Shape(1, _MANY, types=tuple(ColumnType)),
    CheckKind.ROWS: Shape(1, 1, fields=frozenset({"over", "whole", "tolerance"})),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check. `tolerance` None: by rounding, max(1, half a unit of the last printed digit × number of parts).

    `unless` is a boolean column that excuses a row; `over` and `whole` belong to `rows`, `limit` to `jump` (percent)
    and `unchanged` (periods).
    """

    kind: CheckKind
    columns: tuple[str, ...]
    severity: Severity = Severity.ERROR
    tolerance: Decimal | None = None
    limit: Decimal | None = None
    unless: str = ""
    over: str = ""
    whole: str = ""
    note: Text | None = None


def read_checks(reading: Reading, raw: Mapping[str, Any], columns: Mapping[str, Column], period: str) -> tuple[Check, ...]:
    """Read and check the list `checks` of a table; every fault goes to the reading."""
    return tuple(_check(reading, field, each, columns, period) for field, each in reading.tables(raw, "checks"))


def _check(reading: Reading, field: str, raw: Mapping[str, Any], columns: Mapping[str, Column], period: str) -> Check:
    kind = reading.word(raw, "kind", CheckKind, CheckKind.UNIQUE, field, needed=True)
    shape = SHAPES[kind]
    reading.only(raw, {"kind", "columns", "severity", "note", *shape.fields}, field)
    check = Check(
        kind, reading.strings(raw, "columns", field), reading.word(raw, "severity", Severity, Severity.ERROR, field),
        reading.number(raw, "tolerance", field), reading.number(raw, "limit", field) or shape.limit,
        reading.field(raw, "unless", "", field), reading.field(raw, "over", "", field),
        reading.field(raw, "whole", "", field), reading.optional_words(raw, "note", field))
    _columns_fit(reading, field, check, columns)
    if shape.over_time and not period:
        reading.wrong(f"{field}.kind", kind, phrases.text("table.allowed_with_period"))
    if check.unless and (check.unless not in columns or columns[check.unless].type is not ColumnType.BOOLEAN):
        reading.wrong(f"{field}.unless", check.unless, phrases.text("table.allowed_check_column", types=ColumnType.BOOLEAN))
    for name in shape.fields & {"over", "whole"}:
        if not raw.get(name) or (name == "over" and check.over not in columns):
            reading.wrong(f"{field}.{name}", raw.get(name, ""), phrases.text("table.allowed_key", known=", ".join(columns)))
    return check


def _columns_fit(reading: Reading, field: str, check: Check, columns: Mapping[str, Column]) -> None:
    """Keep a fault for a wrong number of columns, an unknown one, one of a wrong type, and units that do not compare."""
    shape, inside = SHAPES[check.kind], f"{field}.columns"
    if not shape.least <= len(check.columns) <= shape.most:
        reading.wrong(inside, ", ".join(check.columns), phrases.text("table.allowed_columns", n=shape.least))
    fitting = [name for name in check.columns if name in columns and columns[name].type in shape.types]
    for name in check.columns:
        if name not in fitting:
            reading.wrong(inside, name, phrases.text("table.allowed_check_column", types=", ".join(shape.types)))
    if shape.one_unit:
        # A rank is compared with the number ranked.
        units = {columns[name].unit for name in fitting if is_unit(columns[name].unit)}
        kinds = {unit("count" if each == "rank" else each).kind for each in units}
        if len(kinds) > 1:
            reading.wrong(inside, ", ".join(columns[name].unit for name in fitting), phrases.text("table.allowed_one_unit"))


def check_words(check: Check, columns: Mapping[str, Column]) -> Text:
    """What a check asks for, in words with the labels of its columns."""
    marks = {CheckKind.SUM: ("＋", " + "), CheckKind.ORDER: (" ≥ ", " ≥ "), CheckKind.DATES: (" ≤ ", " ≤ "),
             CheckKind.PRODUCT: (" × ", " × ")}.get(check.kind, ("、", ", "))
    labels = [columns[name].label for name in check.columns]
    return phrases.text(f"check.{check.kind}", all=joined(labels, *marks), first=labels[0],
                        rest=joined(labels[1:], *marks) if labels[1:] else "", limit=check.limit or "", whole=check.whole,
                        over=columns[check.over].label if check.over else "")
