"""The columns of a declared table: what their cells are, which headers name them and which measure they feed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.measures import Time, UnknownArgument, read_argument
from commlib.declarations.reading import Reading
from commlib.units import is_unit, unit


class ColumnType(StrEnum):
    """How a cell of text is read; `unit` is an id of the closed list of units, `place` a name or code of a place."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    CODE = "code"
    UNIT = "unit"
    DATE = "date"
    PERIOD = "period"
    BOOLEAN = "boolean"
    PLACE = "place"
    CHOICE = "choice"


class Blank(StrEnum):
    """What a blank cell is: a fault, nothing known, zero, or what the cell above says."""

    REFUSED = "refused"
    MISSING = "missing"
    ZERO = "zero"
    SAME_AS_ABOVE = "same_as_above"


class Personal(StrEnum):
    """What happens on load to a column about residents or staff: nothing, it is left out, or it gets a pseudonym."""

    NO = ""
    DROP = "drop"
    PSEUDONYM = "pseudonym"


class Level(StrEnum):
    """At which level the places of a column stand; `any` where rows of several levels share it."""

    ANY = "any"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"


NUMBERS = (ColumnType.DECIMAL, ColumnType.INTEGER)
DATES = (ColumnType.DATE, ColumnType.PERIOD)
_YEAR = r"[0-9]{4}"
_DAY = _YEAR + r"(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
# The form of a cell once it is read. ASCII digits only: full-width digits, thousands separators and signs such as %
# are faults of a strict file, and of a return the work of the cell reader.
FORM = {
    ColumnType.DECIMAL: r"[+-]?[0-9]+(?:\.[0-9]+)?", ColumnType.INTEGER: r"[+-]?[0-9]+", ColumnType.CODE: r"\S+",
    ColumnType.DATE: _DAY, ColumnType.PERIOD: rf"{_DAY}|{_YEAR}Q[1-4]", ColumnType.BOOLEAN: "yes|no",
    ColumnType.PLACE: r"\S(?:.*\S)?",
}
_FIELDS = {"label", "type", "required", "blank", "dropped", "personal", "allowed", "pattern", "minimum", "maximum",
           "references", "unit", "unit_from", "kind", "level", "measure", "aliases", "note", "caveat"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list: its id, its label and the other words that returns write for it."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: what its cells are, whether it must exist, what a blank is, and what it feeds."""

    name: str
    label: Text
    type: ColumnType
    required: bool
    blank: Blank = Blank.REFUSED
    dropped: bool = False
    personal: Personal = Personal.NO
    choices: tuple[Choice, ...] = ()
    pattern: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    references: str = ""
    unit: str = ""
    unit_from: str = ""
    kind: Time | None = None
    level: Level = Level.ANY
    measure: str = ""
    aliases: tuple[str, ...] = ()
    note: Text | None = None
    caveat: Text | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The ids of the closed list; () where any value is allowed."""
        return tuple(choice.id for choice in self.choices)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every text that names the column in a header: id, both labels and the aliases."""
        return (self.name, self.label.zh, self.label.en, *self.aliases)


def header_key(text: str) -> str:
    """A header or title without what never tells columns apart: width, case, spaces, brackets and other marks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def value_key(text: str) -> str:
    """A word of a closed list without what never tells choices apart: width, case and spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def is_each(measure: str) -> bool:
    """Whether a column feeds the measure that its row's member names (`each`, `each__last_year`)."""
    return measure.partition("__")[0] == "each"


def range_words(column: Column) -> Text | None:
    """The declared range in words; None where there is none."""
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return None
    key = "fault.allowed_between" if None not in (low, high) else \
        "fault.allowed_minimum" if high is None else "fault.allowed_maximum"
    return phrases.text(key, minimum=low, maximum=high)


def read_column(reading: Reading, columns: Mapping[str, Any], name: str) -> Column:
    """Read and check one column of a table; every fault goes to the reading."""
    field, raw = f"columns.{name}", reading.table(columns, name, "columns")
    reading.only(raw, _FIELDS, field)
    blank = reading.word(raw, "blank", Blank, Blank.REFUSED, field)
    personal = reading.word(raw, "personal", Personal, Personal.NO, field)
    column = Column(
        name, reading.words(raw, "label", field),
        reading.word(raw, "type", ColumnType, ColumnType.TEXT, field, needed=True),
        required=reading.field(raw, "required", blank is Blank.REFUSED, field), blank=blank,
        dropped=reading.field(raw, "dropped", False, field) or personal is Personal.DROP, personal=personal,
        choices=_choices(reading, raw, field), pattern=reading.field(raw, "pattern", "", field),
        minimum=reading.number(raw, "minimum", field), maximum=reading.number(raw, "maximum", field),
        references=reading.field(raw, "references", "", field), unit=reading.field(raw, "unit", "", field),
        unit_from=reading.field(raw, "unit_from", "", field),
        kind=reading.word(raw, "kind", Time, Time.STOCK, field) if "kind" in raw else None,
        level=reading.word(raw, "level", Level, Level.ANY, field), measure=reading.field(raw, "measure", "", field),
        aliases=reading.strings(raw, "aliases", field), note=reading.optional_words(raw, "note", field),
        caveat=reading.optional_words(raw, "caveat", field))
    _check_column(reading, column, field)
    return column


def _choices(reading: Reading, raw: Mapping[str, Any], field: str) -> tuple[Choice, ...]:
    """A closed list: bare ids, or tables of id, zh, en and aliases."""
    found = raw.get("allowed", [])
    choices = []
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        choices = [Choice(each, Text.same(each)) for each in reading.strings(raw, "allowed", field)]
    else:
        for inside, each in reading.tables(raw, "allowed", field):
            reading.only(each, {"id", "zh", "en", "aliases"}, inside)
            choices.append(Choice(reading.field(each, "id", "", inside), reading.words({inside: each}, inside),
                                  reading.strings(each, "aliases", inside)))
    words = [word for choice in choices
             for word in {value_key(each) for each in (choice.id, choice.label.zh, choice.label.en, *choice.aliases)}]
    for word in sorted(word for word, times in Counter(words).items() if times > 1):
        reading.wrong(f"{field}.allowed", word, phrases.text("table.allowed_once"))
    return tuple(choices)


def _check_column(reading: Reading, column: Column, field: str) -> None:
    """Faults of one column that only show when its fields are seen together."""
    try:
        re.compile(column.pattern)
    except re.error:
        reading.wrong(f"{field}.pattern", column.pattern, phrases.text("table.allowed_pattern"))
    numeric = column.type in NUMBERS
    for name, value in (("minimum", column.minimum), ("maximum", column.maximum), ("unit", column.unit),
                        ("unit_from", column.unit_from), ("kind", column.kind), ("measure", column.measure)):
        if value not in ("", None) and not numeric:
            reading.wrong(f"{field}.{name}", value, phrases.text("table.allowed_with_number"))
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        reading.wrong(f"{field}.maximum", column.maximum, phrases.text("table.allowed_range", minimum=column.minimum))
    if column.unit and not is_unit(column.unit):
        reading.wrong(f"{field}.unit", column.unit, phrases.text("table.allowed_unit"))
    if column.blank is Blank.ZERO and not numeric:
        reading.wrong(f"{field}.blank", column.blank, phrases.text("table.allowed_with_number"))
    if (column.type is ColumnType.CHOICE) and not column.choices:
        reading.wrong(f"{field}.allowed", "", phrases.text("table.allowed_words"))
    if column.measure and not is_each(column.measure):   # `each` is checked with the members of its table
        check_measure(reading, f"{field}.measure", column.measure, column.unit)


def check_measure(reading: Reading, field: str, name: str, unit_id: str) -> None:
    """Keep a fault where a measure argument is unknown or does not measure what the unit does ("" = not asked)."""
    try:
        argument = read_argument(name)
    except UnknownArgument as unknown:
        reading.wrong(field, name, Text.same(str(unknown)))
        return
    if argument.is_mapping:
        reading.wrong(field, name, phrases.text("table.allowed_one_quantity"))
    elif unit_id and is_unit(unit_id) and unit(unit_id).kind != unit(argument.measure.unit).kind:
        reading.wrong(field, name, phrases.text("table.allowed_measure_unit", unit=unit_id, other=argument.measure.unit))
