"""What a person confirmed about a return, kept beside it in `<file>.mapping.yml` and used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.tables import TableDeclaration
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.layout.headers import key

LEFT_OUT = "-"    # a header that a person confirmed to be no column of the table
_FIELDS = ("table", "charset", "columns", "sheets")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmed table of a sheet ("" = none) and its columns by the key of the header; `-` leaves a column out."""

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmations:
    """What one mapping file says: a charset, and for the whole file or single sheets the table and its columns."""

    charset: str = ""
    whole: Confirmed = field(default_factory=Confirmed)
    sheets: Mapping[str, Confirmed] = field(default_factory=dict)
    file: str = ""

    def of(self, sheet: str) -> Confirmed:
        """What is confirmed for a sheet: its own words before those for the whole file."""
        own = self.sheets.get(sheet, Confirmed())
        return Confirmed(own.table or self.whole.table, {**self.whole.columns, **own.columns})


def mapping_path(path: Path) -> Path:
    """The mapping beside a return: `returns.xlsx` has `returns.xlsx.mapping.yml`."""
    return path.with_name(f"{path.name}.mapping.yml")


def read_mapping(path: Path, declared: Mapping[str, TableDeclaration]) -> tuple[Confirmations, list[ReturnFault]]:
    """What is confirmed beside a return; nothing where there is no such file. Every wrong field is an error."""
    import yaml

    beside = mapping_path(path)
    if not beside.is_file():
        return Confirmations(), []
    faults: list[ReturnFault] = []

    def wrong(field_name: str, found: object, allowed: Text) -> None:
        faults.append(ReturnFault(beside.name, "", field_name, Severity.ERROR, Code.MAPPING, str(found), allowed,
                                  phrases.text("sheet.remedy_mapping")))

    try:
        raw = yaml.safe_load(beside.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        wrong("", str(fault).partition("\n")[0], phrases.text("sheet.allowed_mapping"))
        return Confirmations(), faults
    if not isinstance(raw, dict) or not isinstance(raw.get("sheets", {}), dict):
        wrong("", type(raw).__name__, phrases.text("sheet.allowed_mapping"))
        return Confirmations(), faults
    for name in raw:
        if name not in _FIELDS:
            wrong(str(name), name, Text.same(", ".join(_FIELDS)))
    whole = _confirmed(raw, "", "", declared, wrong)
    sheets = {str(name): _confirmed(each, f"sheets.{name}.", whole.table, declared, wrong)
              for name, each in raw.get("sheets", {}).items()}
    return Confirmations(str(raw.get("charset", "")), whole, sheets, beside.name), faults


def _confirmed(raw: Any, inside: str, table: str, declared: Mapping[str, TableDeclaration], wrong: Any) -> Confirmed:
    if not isinstance(raw, dict) or not isinstance(raw.get("columns", {}), dict):
        wrong(inside.rstrip("."), type(raw).__name__, phrases.text("sheet.allowed_mapping"))
        return Confirmed()
    named = str(raw.get("table", ""))
    if named and named not in declared:
        wrong(f"{inside}table", named, phrases.text("sheet.allowed_table"))
        return Confirmed()
    columns = {}
    for header, name in raw.get("columns", {}).items():
        tables = [declared[named or table]] if named or table else list(declared.values())
        if name != LEFT_OUT and not any(name == column.name for each in tables for column in each.columns):
            wrong(f"{inside}columns.{header}", name, Text.same(", ".join(column.name for column in tables[0].columns))
                  if len(tables) == 1 else phrases.text("sheet.allowed_table"))
        else:
            columns[key(str(header))] = str(name)
    return Confirmed(named, columns)


def write_mapping(path: Path, sheet: str, table: str, columns: Mapping[str, str]) -> Path:
    """Keep what a person confirmed for a sheet (header as printed: column, or `-`) beside the return; gives the file.

    What was confirmed before stays where it is not said anew.
    """
    import yaml

    beside = mapping_path(path)
    raw = yaml.safe_load(beside.read_text(encoding="utf-8")) if beside.is_file() else None
    raw = raw if isinstance(raw, dict) else {}
    kept = raw.setdefault("sheets", {}).setdefault(sheet, {}) if sheet else raw
    kept["table"] = table
    kept.setdefault("columns", {}).update(columns)
    beside.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return beside
