"""What every table is: one TOML file a table, read once, checked on load, turned into a pandera schema on demand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.errors import DeclarationError, ParameterError
from commlib.units import is_unit

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

FOLDER = Path(__file__).parent / "tables"
SEPARATOR = ";"   # between the ids of one cell that refers to several rows

_TABLE_FIELDS = {"id", "file", "source", "key", "label", "row", "columns"}
_COLUMN_FIELDS = {"label", "type", "required", "empty", "dropped", "allowed", "pattern", "references", "note"}


class ColumnType(StrEnum):
    """How a cell of text is read; `unit` is an id of the closed list of units."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    CODE = "code"
    UNIT = "unit"


# ASCII digits only: full-width digits, thousands separators and signs such as % are faults, never guessed at.
_FORM = {ColumnType.DECIMAL: r"[+-]?[0-9]+(?:\.[0-9]+)?", ColumnType.INTEGER: r"[+-]?[0-9]+", ColumnType.CODE: r"\S+"}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: what its cells are, whether it must exist and whether a cell may be blank."""

    name: str
    label: Text
    type: ColumnType
    required: bool = True
    empty: bool = False
    dropped: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    references: str = ""
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """One declared table: its file under `data/`, its source, its key and its columns in order."""

    id: str
    label: Text
    row: Text
    file: str
    source: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Look up a column by name; raises KeyError where it is not declared."""
        return {column.name: column for column in self.columns}[name]


@cache
def _declared() -> dict[str, TableDeclaration]:
    declared = [read_declaration(path) for path in sorted(FOLDER.glob("*.toml"))]
    check_together(declared)
    return {declaration.id: declaration for declaration in declared}


def tables() -> list[TableDeclaration]:
    """Every declared table, by id; raises DeclarationError naming file, field, what was found and what is allowed."""
    return list(_declared().values())


def table(table_id: str) -> TableDeclaration:
    """Look up a table by id; raises ParameterError listing the tables that there are."""
    declared = _declared()
    if table_id not in declared:
        raise ParameterError(phrases.text("table.unknown", found=table_id, known=", ".join(declared)))
    return declared[table_id]


def read_declaration(path: Path) -> TableDeclaration:
    """Read and check one declaration file; an analyst's own table is one more file of the same kind.

    Raises DeclarationError naming file, field, what was found and what is allowed.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise _wrong(path, "-", str(fault), phrases.text("table.allowed_toml")) from fault
    _only(path, "", raw, _TABLE_FIELDS)
    columns = _field(path, raw, "columns", dict)
    declaration = TableDeclaration(
        id=_field(path, raw, "id", str), label=_words(path, "label", raw.get("label")),
        row=_words(path, "row", raw.get("row")), file=_field(path, raw, "file", str),
        source=_field(path, raw, "source", str), key=tuple(_field(path, raw, "key", list)),
        columns=tuple(_column(path, name, values) for name, values in columns.items()),
    )
    names = [column.name for column in declaration.columns]
    for name in declaration.key or ("",):
        if name not in names or not declaration.column(name).required:
            raise _wrong(path, "key", name, phrases.text("table.allowed_key", known=", ".join(names)))
    return declaration


def check_together(declared: list[TableDeclaration]) -> None:
    """Check that ids are unique and that every `references` names a declared column; raises DeclarationError."""
    known: set[str] = set()
    for declaration in declared:
        if any(name.startswith(f"{declaration.id}.") for name in known):
            raise _wrong(Path(declaration.file), "id", declaration.id, phrases.text("table.allowed_unique"))
        known |= {f"{declaration.id}.{column.name}" for column in declaration.columns}
    for declaration in declared:
        for column in declaration.columns:
            if column.references and column.references not in known:
                raise _wrong(Path(f"{declaration.id}.toml"), f"columns.{column.name}.references", column.references,
                             phrases.text("table.allowed_reference"))


def _column(path: Path, name: str, raw: Any) -> Column:
    field = f"columns.{name}"
    if not isinstance(raw, Mapping):
        raise _wrong(path, field, str(raw), phrases.text("table.allowed_table"))
    _only(path, f"{field}.", raw, _COLUMN_FIELDS)
    found = raw.get("type", "")
    if found not in list(ColumnType):
        raise _wrong(path, f"{field}.type", str(found), _one_of(ColumnType))
    flags = {flag: _field(path, raw, flag, bool, default, field) for flag, default in
             (("required", True), ("empty", False), ("dropped", False))}
    allowed, pattern = _field(path, raw, "allowed", list, [], field), _field(path, raw, "pattern", str, "", field)
    if not all(isinstance(value, str) and value for value in allowed) or ("allowed" in raw and not allowed):
        raise _wrong(path, f"{field}.allowed", str(allowed), phrases.text("table.allowed_words"))
    try:
        re.compile(pattern)
    except re.error as fault:
        raise _wrong(path, f"{field}.pattern", pattern, phrases.text("table.allowed_pattern")) from fault
    note = _words(path, f"{field}.note", raw["note"]) if "note" in raw else None
    return Column(name, _words(path, f"{field}.label", raw.get("label")), ColumnType(found), **flags,
                  allowed=tuple(allowed), pattern=pattern, note=note,
                  references=_field(path, raw, "references", str, "", field))


def _field(path: Path, raw: Mapping[str, Any], name: str, kind: type, default: Any = None, inside: str = "") -> Any:
    """Take a field of the declared kind; without a default it must be there and not be blank."""
    value = raw.get(name, default)
    if not isinstance(value, kind) or (default is None and not value):
        found = str(raw.get(name, ""))
        raise _wrong(path, ".".join(part for part in (inside, name) if part), found,
                     phrases.text(f"table.allowed_{kind.__name__}"))
    return value


def _words(path: Path, field: str, raw: Any) -> Text:
    try:
        return Text.of(raw)
    except (KeyError, TypeError, ValueError) as fault:
        raise _wrong(path, field, str(raw or ""), phrases.text("table.allowed_both")) from fault


def _only(path: Path, prefix: str, raw: Mapping[str, Any], fields: set[str]) -> None:
    for name in raw:
        if name not in fields:
            raise _wrong(path, prefix + name, name, _one_of(sorted(fields)))


def _one_of(known: Iterable[str]) -> Text:
    return phrases.text("table.allowed_one_of", known=", ".join(known))


def _wrong(path: Path, field: str, found: str, allowed: Text) -> DeclarationError:
    return DeclarationError(phrases.text("table.wrong", file=path.name, field=field, found=found, allowed=allowed))


def split_ids(cell: str) -> list[str]:
    """The ids that one cell names, in order; blank parts are left out."""
    return [part.strip() for part in cell.split(SEPARATOR) if part.strip()]


def schema(declaration: TableDeclaration) -> pandera.DataFrameSchema:
    """Build the pandera schema of a frame of text; its checks are named blank, type, allowed, pattern and key.

    Unknown extra columns pass; validate with `lazy=True` to get every failure at once.
    """
    import pandas as pd
    import pandera.pandas as pandera

    def unique(frame: pd.DataFrame) -> pd.Series[bool]:
        whole_key = set(declaration.key) <= set(frame.columns)   # a missing key column is a fault of its own
        return ~frame.duplicated(list(declaration.key)) if whole_key else pd.Series(True, index=frame.index)

    columns = {column.name: pandera.Column(str, _checks(column), required=column.required and not column.dropped)
               for column in declaration.columns}
    return pandera.DataFrameSchema(columns, checks=pandera.Check(unique, name="key", error="key"), name=declaration.id)


def _checks(column: Column) -> list[pandera.Check]:
    import pandera.pandas as pandera

    def where_filled(name: str, passes: Any) -> pandera.Check:
        return pandera.Check(lambda cells: (cells.str.strip() == "") | passes(cells), name=name, error=name)

    checks = []
    if not column.empty:
        checks.append(pandera.Check(lambda cells: cells.str.strip() != "", name="blank", error="blank"))
    if column.type is ColumnType.UNIT:
        checks.append(where_filled("type", lambda cells: cells.map(is_unit).astype(bool)))
    elif column.type in _FORM:
        checks.append(where_filled("type", lambda cells: cells.str.fullmatch(_FORM[column.type])))
    if column.allowed:
        checks.append(where_filled("allowed", lambda cells: cells.isin(column.allowed)))
    if column.pattern:
        checks.append(where_filled("pattern", lambda cells: cells.str.fullmatch(column.pattern)))
    return checks
