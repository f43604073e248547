"""The two frames read once into records: figures as stated and claims as put, with every fault collected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from numbers import Integral

import pandas as pd

from commlib import phrases
from commlib.audit.intervals import Interval
from commlib.bilingual import Text
from commlib.errors import DataError, Fault
from commlib.hedges import Qualifier, interval, number
from commlib.labels import figure_label
from commlib.units import is_unit, unit, unit_ids

_PRINTED_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FIGURE_COLUMNS = ("id", "doc", "article", "county", "level", "place", "period", "indicator", "label_zh", "value",
                   "unit", "qualifier", "repeats", "restates")
# What a claims file says it has recomputed is never read: the audit finds it out.
_CLAIM_COLUMNS = ("id", "doc", "article", "county", "operation", "stated_id", "stated_value", "stated_unit",
                  "numerator_ids", "denominator_ids")
_RANGE_PARTNER = {Qualifier.RANGE_LOW: Qualifier.RANGE_HIGH, Qualifier.RANGE_HIGH: Qualifier.RANGE_LOW}


class Operation(StrEnum):
    """How a stated figure is said to follow from others."""

    SHARE = "share"
    SUM = "sum"
    DIFFERENCE = "difference"
    GROWTH_MULTIPLE = "growth_multiple"
    PER_UNIT = "per_unit"
    RESTATEMENT = "restatement"


@dataclass(frozen=True, slots=True)
class Figure:
    """One stated figure, as printed; `value` is None where the report leaves it blank."""

    id: str
    report: tuple[str, str, str]
    level: str
    place: str
    period: str
    indicator: str
    label: Text
    printed: str
    value: Fraction | None
    unit: str
    qualifier: Qualifier
    original: str
    interval: Interval | None

    @property
    def document(self) -> str:
        """The document it stands in, such as `000-5`."""
        return "-".join(part for part in self.report[:2] if part)

    @property
    def hedged(self) -> bool:
        """Whether the report hedges it."""
        return self.qualifier is not Qualifier.EXACT

    def same_place(self, other: Figure) -> bool:
        """Whether both speak of one place of one county."""
        return (self.report[2], self.level, self.place) == (other.report[2], other.level, other.place)

    @property
    def base_value(self) -> Fraction:
        """The value in the base unit of its dimension; only for a figure that has one."""
        return (self.value if self.value is not None else Fraction(0)) * unit(self.unit).factor


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with its figures looked up; `printed` is what it says is stated."""

    id: str
    county: str
    operation: Operation
    stated: Figure
    printed: str
    unit: str
    numerators: tuple[Figure, ...]
    denominators: tuple[Figure, ...]

    @property
    def operands(self) -> tuple[Figure, ...]:
        """All figures that the claim is recomputed from, in order."""
        return self.numerators + self.denominators


def read_figures(frame: pd.DataFrame) -> tuple[dict[str, Figure], list[Fault]]:
    """Read figures by id (one row a figure, in file order), with every fault; a faulty row counts as without value."""
    rows = _rows(frame, _FIGURE_COLUMNS)
    faults: list[Fault] = []
    figures: dict[str, Figure] = {}
    for position, (line, row) in enumerate(rows):
        found = [*_number_faults("figures.csv", line, "value", row["value"]),
                 *_unit_faults("figures.csv", line, "unit", row["unit"]),
                 *_choice_faults("figures.csv", line, "qualifier", row["qualifier"] or Qualifier.EXACT, Qualifier)]
        faults += found
        beside = [rows[near][1] for near in (position - 1, position + 1) if 0 <= near < len(rows)]
        figures.setdefault(row["id"], _figure(row, beside, faulty=bool(found)))
    return figures, faults


def read_claims(frame: pd.DataFrame, figures: dict[str, Figure]) -> tuple[list[Claim], list[Fault]]:
    """Read claims (one row a claim) and look their figures up, with every fault; faulty claims are left out."""
    claims: list[Claim] = []
    faults: list[Fault] = []
    for line, row in _rows(frame, _CLAIM_COLUMNS):
        named = {"stated_id": [row["stated_id"]],
                 **{column: _ids(row[column]) for column in ("numerator_ids", "denominator_ids")}}
        found = [*_choice_faults("claims.csv", line, "operation", row["operation"], Operation),
                 *_number_faults("claims.csv", line, "stated_value", row["stated_value"]),
                 *(_unit_faults("claims.csv", line, "stated_unit", row["stated_unit"]) if row["stated_unit"] else []),
                 *(Fault("claims.csv", line, column, one, phrases.text("audit.allowed_id"),
                         phrases.text("audit.remedy_id"))
                   for column, ids in named.items() for one in ids if one not in figures)]
        parts = named["numerator_ids"] + named["denominator_ids"]
        if row["operation"] == Operation.RESTATEMENT and len(parts) > 1:
            found.append(Fault("claims.csv", line, "numerator_ids", ";".join(parts),
                               phrases.text("audit.allowed_one"), phrases.text("audit.remedy_one")))
        faults += found
        if not found:
            claims.append(_claim(row, {column: tuple(figures[one] for one in ids) for column, ids in named.items()}))
    return claims, faults


def raise_faults(faults: list[Fault]) -> None:
    """Raise DataError with all faults, where there are any."""
    if faults:
        raise DataError(phrases.text("audit.faults", count=len(faults)), faults)


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    kept = frame.reindex(columns=list(columns)).astype(object)
    kept = kept.where(kept.notna(), "")
    rows = kept.to_dict("records")
    # A frame that was read from a file has its lines as index `line`; in another the header would be line 1.
    first = 0 if frame.index.name == "line" else 2
    lines = [str(int(label) + first if isinstance(label, Integral) else place + 2)
             for place, label in enumerate(frame.index)]
    return [(line, {str(name): str(value).strip() for name, value in row.items()})
            for line, row in zip(lines, rows, strict=True)]


def _ids(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(";") if one.strip()]


def _figure(row: dict[str, str], beside: list[dict[str, str]], faulty: bool) -> Figure:
    value = number(row["value"]) if row["value"] and not faulty else None
    qualifier = Qualifier.EXACT if faulty else Qualifier(row["qualifier"] or Qualifier.EXACT)
    named = row["label_zh"] or row["indicator"] or row["id"] or "?"
    known = figure_label(row["id"], row["indicator"])
    return Figure(
        id=row["id"], report=(row["doc"], row["article"], row["county"]), level=row["level"], place=row["place"],
        period=row["period"], indicator=row["indicator"],
        label=Text(zh=named, en=known.en if known else row["indicator"].replace("_", " ") or named),
        printed=row["value"], value=value, unit=row["unit"], qualifier=qualifier,
        original=row["repeats"] or row["restates"],
        interval=None if value is None else _allowed(row, qualifier, beside),
    )


def _allowed(row: dict[str, str], qualifier: Qualifier, beside: list[dict[str, str]]) -> Interval:
    same = ("doc", "article", "county", "level", "place", "indicator", "period", "unit")
    partner = _RANGE_PARTNER.get(qualifier)
    for other in beside if partner else []:
        if (other["qualifier"] == partner and all(other[name] == row[name] for name in same)
                and _PRINTED_NUMBER.fullmatch(other["value"])):
            ends = sorted((number(row["value"]), number(other["value"])))
            return Interval(ends[0], ends[1])
    return Interval(*interval(row["value"], qualifier))


def _claim(row: dict[str, str], found: dict[str, tuple[Figure, ...]]) -> Claim:
    stated = found["stated_id"][0]
    return Claim(
        id=row["id"], county=row["county"] or stated.report[2], operation=Operation(row["operation"]), stated=stated,
        printed=row["stated_value"] or stated.printed, unit=row["stated_unit"] or stated.unit,
        numerators=found["numerator_ids"], denominators=found["denominator_ids"],
    )


def _number_faults(file: str, line: str, column: str, found: str) -> list[Fault]:
    if not found or _PRINTED_NUMBER.fullmatch(found):
        return []
    return [Fault(file, line, column, found, phrases.text("audit.allowed_number"),
                  phrases.text("audit.remedy_number"))]


def _unit_faults(file: str, line: str, column: str, found: str) -> list[Fault]:
    if is_unit(found):
        return []
    return [Fault(file, line, column, found, phrases.text("audit.allowed_listed", known=", ".join(unit_ids())),
                  phrases.text("audit.remedy_unit"))]


def _choice_faults(file: str, line: str, column: str, found: str, choices: type[StrEnum]) -> list[Fault]:
    if found in {choice.value for choice in choices}:
        return []
    return [Fault(file, line, column, found, phrases.text("audit.allowed_listed", known=", ".join(choices)),
                  phrases.text("audit.remedy_listed"))]
