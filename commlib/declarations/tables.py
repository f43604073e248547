"""What every table is: one TOML file a table, read when it is asked for, checked on load.

The files of the package stand in `tables/<theme>/<id>.toml`; an analyst's own stand in `data/tables/<id>.toml` of the
project and are of the same kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Check, CheckKind, read_checks
from commlib.declarations.columns import (
    DATES,
    NUMBERS,
    Blank,
    Column,
    ColumnType,
    check_measure,
    header_key,
    is_each,
    read_column,
)
from commlib.declarations.measures import UnknownArgument, read_argument
from commlib.declarations.reading import Reading, one_of
from commlib.errors import ParameterError
from commlib.home import Home

FOLDER = Path(__file__).parent / "tables"
SEPARATOR = ";"     # between the ids of one cell that refers to several rows
OWN_THEME = "own"   # of a file in `data/tables/` that names no theme


class Cycle(StrEnum):
    """How often a return is sent."""

    HALF_MONTH = "half_month"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Feed:
    """A measure that sums a column, or counts rows where no `column` is named, over the rows that meet the conditions.

    `where`: a column holds one of these words (`*`: whatever is filled in; "": a blank). `in_time`: the first date is there and
    is not after the second. `years`: so many whole years, at least and at most, lie between the year in a column and the
    return's date (an age). `on`: the date column that dates a row. `member`: the column whose value is the measure's member.
    `asked`: the feed of the table whose rows say that the measure was asked for at all; else any that fills in the columns does.
    """

    measure: str
    column: str = ""
    member: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_time: tuple[str, ...] = ()
    on: str = ""
    years: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """One declared table: its key, place and period, its columns in order, its checks and the measures it feeds.

    `place` lists place columns from coarse to fine: a row stands at the finest that it fills, and where the finest takes
    any level a return may leave it out and name coarser places alone. `member` is the column whose value is the member of
    the measures of the other columns, or for the measure `each` the measure itself; a row whose member a measure does not
    have feeds it nothing. `complete`: a ledger of all the things that there are, so that a place that it does not name has none.
    `file` is set for the tables kept under `data/`.
    """

    id: str
    theme: str
    label: Text
    row: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    file: str = ""
    source: str = ""
    note: Text | None = None
    aliases: tuple[str, ...] = ()
    cycle: Cycle | None = None
    place: tuple[str, ...] = ()
    period: str = ""
    member: str = ""
    complete: bool = False
    feeds: tuple[Feed, ...] = ()
    checks: tuple[Check, ...] = ()

    def column(self, name: str) -> Column:
        """Look up a column by name; raises KeyError where it is not declared."""
        return {column.name: column for column in self.columns}[name]

    def headers(self) -> dict[str, str]:
        """Column name by `header_key` of every header that names it."""
        return {header_key(header): column.name for column in self.columns for header in column.headers}

    @property
    def titles(self) -> tuple[str, ...]:
        """Every text that names the table in a title or as a sheet: id, both labels and the aliases."""
        return (self.id, self.label.zh, self.label.en, *self.aliases)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that the table feeds, as arguments (`id__member__plan`), each once."""
        named = [*(each.measure for each in self.columns if each.measure), *(each.measure for each in self.feeds)]
        members = self.column(self.member).allowed if self.member else ()
        return tuple(dict.fromkeys(
            name for each in named
            for name in ([each.replace("each", member, 1) for member in members] if is_each(each) else [each])))


def table(table_id: str, home: Home | None = None) -> TableDeclaration:
    """Read the one file of a table, the project's own tables among them where a home is given.

    Raises ParameterError naming the nearest table, DeclarationError with every fault of the file.
    """
    own = _own(home)
    if table_id in own:
        return read_declaration(own[table_id])
    if table_id not in _package():
        nearest = get_close_matches(table_id, [*_package(), *own], n=1, cutoff=0.0)
        raise ParameterError(phrases.text("table.unknown", found=table_id, nearest=nearest[0]))
    return _package_table(table_id)


def tables(home: Home | None = None) -> list[TableDeclaration]:
    """Every declared table by theme and id, all files read and checked together; the project's own ones come last.

    Raises DeclarationError with every fault: file, field, what was found and what is allowed.
    """
    declared = [*(_package_table(each) for each in _package()), *(read_declaration(path) for path in _own(home).values())]
    check_together(declared)
    return declared


@cache
def _package() -> dict[str, Path]:
    """The file of each table of the package by id, which is its stem: only names are looked at."""
    return {path.stem: path for path in sorted(FOLDER.glob("*/*.toml"))}


@cache
def _package_table(table_id: str) -> TableDeclaration:
    return read_declaration(_package()[table_id])


def _own(home: Home | None) -> dict[str, Path]:
    """The files of the project's own tables by id, looked up anew each time: an analyst edits them."""
    paths = {path.stem: path for path in sorted((home.data / "tables").glob("*.toml"))} if home else {}
    for table_id in paths.keys() & _package().keys():
        reading = Reading(paths[table_id])
        reading.wrong("id", table_id, phrases.text("table.allowed_unique"))
        reading.finish()
    return paths


def read_declaration(path: Path) -> TableDeclaration:
    """Read and check one declaration file; raises DeclarationError with every fault of it."""
    reading = Reading(path)
    raw = reading.file()
    reading.only(raw, {each.name for each in fields(TableDeclaration)})
    listed = reading.needed(raw, "columns", {})
    columns = tuple(read_column(reading, listed, name) for name in listed)
    by_name = {column.name: column for column in columns}
    period = reading.field(raw, "period", "")
    declaration = TableDeclaration(
        id=reading.needed(raw, "id", ""), label=reading.words(raw, "label"), row=reading.words(raw, "row"),
        theme=reading.field(raw, "theme", path.parent.name if path.is_relative_to(FOLDER) else OWN_THEME),
        key=reading.strings(raw, "key"), columns=columns,
        file=reading.field(raw, "file", ""), source=reading.field(raw, "source", ""),
        note=reading.optional_words(raw, "note", ""), aliases=reading.strings(raw, "aliases"),
        cycle=reading.word(raw, "cycle", Cycle, Cycle.ONCE) if "cycle" in raw else None,
        place=reading.strings(raw, "place"), period=period, member=reading.field(raw, "member", ""),
        complete=reading.field(raw, "complete", False),
        feeds=tuple(_feed(reading, inside, each, by_name) for inside, each in reading.tables(raw, "feeds")),
        checks=read_checks(reading, raw, by_name, period))
    _check_table(reading, declaration, by_name)
    reading.finish()
    return declaration


def _check_table(reading: Reading, declaration: TableDeclaration, columns: Mapping[str, Column]) -> None:
    """Faults that only show when the table is seen whole."""
    known = ", ".join(columns)
    if declaration.id != reading.path.stem:
        reading.wrong("id", declaration.id, phrases.text("table.allowed_stem", stem=reading.path.stem))
    if f"theme.{declaration.theme}" not in phrases.catalogue():
        themes = [key.partition(".")[2] for key in phrases.catalogue() if key.startswith("theme.")]
        reading.wrong("theme", declaration.theme, one_of(themes))
    for name in declaration.key or ("",):
        if name not in columns or not columns[name].required or columns[name].dropped:
            reading.wrong("key", name, phrases.text("table.allowed_key", known=known))
    wanted: list[tuple[str, str, tuple[ColumnType, ...]]] = [("place", name, (ColumnType.PLACE,)) for name in declaration.place]
    wanted += [("period", declaration.period, DATES)] if declaration.period else []
    wanted += [("member", declaration.member, (ColumnType.CHOICE,))] if declaration.member else []
    for field_name, name, types in wanted:
        if name not in columns or columns[name].type not in types:
            reading.wrong(field_name, name, phrases.text("table.allowed_check_column", types=", ".join(types)))
    fed = [each.measure for each in declaration.feeds]
    for each in declaration.feeds:
        if each.asked and each.asked not in fed:
            reading.wrong("feeds.asked", each.asked, one_of(fed))
    for column in columns.values():
        _check_headers_and_members(reading, declaration, column, columns)


def _check_headers_and_members(reading: Reading, declaration: TableDeclaration, column: Column,
                               columns: Mapping[str, Column]) -> None:
    inside = f"columns.{column.name}"
    taken = {header_key(header): other.name for other in columns.values() if other is not column for header in other.headers}
    for header in dict.fromkeys(each for each in column.headers if header_key(each) in taken):
        reading.wrong(f"{inside}.aliases", header, phrases.text("table.allowed_once"))
    if column.unit_from and (column.unit_from not in columns or columns[column.unit_from].type is not ColumnType.UNIT):
        reading.wrong(f"{inside}.unit_from", column.unit_from,
                      phrases.text("table.allowed_check_column", types=ColumnType.UNIT))
    if column.name in declaration.key and column.blank not in (Blank.REFUSED, Blank.SAME_AS_ABOVE):
        reading.wrong(f"{inside}.blank", column.blank, one_of((Blank.REFUSED, Blank.SAME_AS_ABOVE)))
    if column.measure and declaration.member in columns and ("__" not in column.measure or is_each(column.measure)):
        _check_members(reading, f"{inside}.measure", column.measure, columns[declaration.member])


def _check_members(reading: Reading, field_name: str, measure: str, member: Column) -> None:
    """Rows feed a member of their measure where it has one by that id, or the measure `each` by that id.

    A measure with breakdowns none of which has one of the ids is a fault, and an id of `each` that is no measure.
    """
    if is_each(measure):
        for name in (measure.replace("each", each, 1) for each in member.allowed):
            check_measure(reading, field_name, name, "")
        return
    try:
        declared = read_argument(measure).measure
    except UnknownArgument:
        return   # a fault of the measure itself, told already
    if declared.breakdowns and not any(declared.member_label(each) for each in member.allowed):
        reading.wrong(field_name, measure, phrases.text("table.allowed_members", column=member.name))


def _feed(reading: Reading, inside: str, raw: Mapping[str, Any], columns: Mapping[str, Column]) -> Feed:
    reading.only(raw, {each.name for each in fields(Feed)}, inside)
    where: dict[str, tuple[str, ...]] = {}
    for name, words in reading.field(raw, "where", dict[str, Any](), inside).items():
        where[name] = tuple(words) if isinstance(words, list) else (str(words),)
        allowed = columns[name].allowed if name in columns else ()
        if name not in columns or (allowed and not set(where[name]) <= {*allowed, "*", ""}):
            reading.wrong(f"{inside}.where.{name}", ", ".join(where[name]), one_of(allowed or columns))
    feed = Feed(reading.field(raw, "measure", "", inside), reading.field(raw, "column", "", inside),
                reading.field(raw, "member", "", inside), where, reading.strings(raw, "in_time", inside),
                reading.field(raw, "on", "", inside),
                {name: tuple(ends) for name, ends in reading.field(raw, "years", dict[str, Any](), inside).items()},
                reading.field(raw, "asked", "", inside))
    summed = [(name, NUMBERS) for name in (*((feed.column,) if feed.column else ()), *feed.years)]
    dated = [(name, DATES) for name in (*feed.in_time, *((feed.on,) if feed.on else ()))]
    chosen = [(feed.member, (ColumnType.CHOICE,))] if feed.member else []
    for name, types in [*summed, *dated, *chosen]:
        if name not in columns or columns[name].type not in types:
            reading.wrong(inside, name, phrases.text("table.allowed_check_column", types=", ".join(types)))
    for name in (name for name, ends in feed.years.items() if [type(end) for end in ends] != [int, int]):
        reading.wrong(f"{inside}.years.{name}", feed.years[name], one_of(["[0, 30]"]))
    unit = columns[feed.column].unit if feed.column in columns else ""
    check_measure(reading, f"{inside}.measure", feed.measure, unit)
    if feed.member in columns:
        _check_members(reading, f"{inside}.measure", feed.measure, columns[feed.member])
    return feed


def check_together(declared: list[TableDeclaration]) -> None:
    """Check that ids are unique and that every reference names a declared column; raises DeclarationError with all faults."""
    columns = {f"{each.id}.{column.name}": column for each in declared for column in each.columns}
    reading = Reading(FOLDER)
    for table_id in (name for name, times in Counter(each.id for each in declared).items() if times > 1):
        reading.path = Path(f"{table_id}.toml")
        reading.wrong("id", table_id, phrases.text("table.allowed_unique"))
    for each in declared:
        reading.path = Path(f"{each.id}.toml")
        named = {f"columns.{column.name}.references": column.references for column in each.columns if column.references}
        named |= {f"checks[{number}].whole": check.whole for number, check in enumerate(each.checks, 1)
                  if check.kind is CheckKind.ROWS}
        for place in (place for place, found in named.items() if found not in columns):
            reading.wrong(place, named[place], phrases.text("table.allowed_reference"))
    reading.finish()


def split_ids(cell: str) -> list[str]:
    """The ids that one cell names, in order; blank parts are left out."""
    return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]
