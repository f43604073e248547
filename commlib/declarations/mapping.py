"""The reviewed mapping from the reports' own indicator ids to measures, rules and stated indicators."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from commlib import phrases
from commlib.bilingual import Text
from commlib.errors import DeclarationError


class Becomes(StrEnum):
    """What a reported figure becomes."""

    MEASURE = "measure"
    RULE = "rule"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one reported indicator (or one figure of it) is understood."""

    becomes: Becomes
    quantity: str
    member: str
    nature: str
    detail: Text | None
    scope: Text | None
    period: str


@cache
def _mappings() -> dict[tuple[str, str], Mapping]:
    with files("commlib").joinpath("declarations/reported_figures.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = {(row["indicator"], row["figure"]): _mapping(row) for row in rows}
    if len(found) < len(rows):
        keys = [f"{row['indicator']} {row['figure']}" for row in rows]
        raise _refusal(next(key for key in keys if keys.count(key) > 1), "indicator, figure", "×2", "×1")
    return found


def _refusal(row: str, field: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(phrases.text("error.bad_declaration", file="reported_figures.csv", id=row, field=field,
                                         found=found, allowed=allowed))


def _mapping(row: dict[str, str]) -> Mapping:
    for name in ("detail", "scope"):
        if bool(row[f"{name}_zh"]) != bool(row[f"{name}_en"]):
            raise _refusal(row["indicator"], name, row[f"{name}_zh"] or row[f"{name}_en"], "zh, en")
    detail = Text(row["detail_zh"], row["detail_en"]) if row["detail_en"] else None
    scope = Text(row["scope_zh"], row["scope_en"]) if row["scope_en"] else None
    return Mapping(Becomes(row["becomes"]), row["quantity"], row["member"], row["nature"], detail, scope, row["period"])


def mapping_of(indicator: str, figure_id: str) -> Mapping | None:
    """The mapping of a figure: its own row, else its indicator's; None where the registry does not know it."""
    known = _mappings()
    return known.get((indicator, figure_id)) or known.get((indicator, ""))
