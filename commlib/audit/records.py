"""The two frames read once into records: figures as stated and claims as put."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.tables import split_ids, table
from commlib.errors import Fault
from commlib.hedges import Bound, Qualifier, interval, number
from commlib.intake.tabular import collected, reference_faults
from commlib.labels import figure_label
from commlib.units import unit

_PRINTED_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FIGURE_COLUMNS = ("id", "doc", "article", "county", "level", "place", "indicator", "nature", "period", "label_zh", "value",
                   "unit", "qualifier", "repeats", "restates")
# What a claims file says it has recomputed is never read: the audit finds it out.
_CLAIM_COLUMNS = ("id", "county", "operation", "stated_id", "stated_value", "stated_unit", "numerator_ids", "denominator_ids")
_RANGE_PARTNER = {Qualifier.RANGE_LOW: Qualifier.RANGE_HIGH, Qualifier.RANGE_HIGH: Qualifier.RANGE_LOW}


class Operation(StrEnum):
    """How a stated figure is said to follow from others."""

    SHARE = "share"
    SUM = "sum"
    DIFFERENCE = "difference"
    GROWTH_MULTIPLE = "growth_multiple"
    PER_UNIT = "per_unit"
    RESTATEMENT = "restatement"


class Outcome(StrEnum):
    """What a check of a stated figure can find."""

    CONSISTENT = "consistent"
    ROUNDING = "rounding"
    INCONSISTENT = "inconsistent"
    BASE_MISLABELLED = "base_mislabelled"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from low to high, both included, which is what a hedged figure leaves open; the ends may be infinite."""

    low: Bound
    high: Bound

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __contains__(self, value: Fraction) -> bool:
        return self.low <= value <= self.high

    def scaled(self, factor: Fraction) -> Interval:
        """Multiply both ends by a positive factor."""
        return Interval(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Figure:
    """One stated figure, as printed; `value` is None where the report leaves it blank."""

    id: str
    report: tuple[str, str, str]
    level: str
    place: str
    indicator: str
    nature: str
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


def read_figures(frame: pd.DataFrame) -> dict[str, Figure]:
    """Figures by id, of a frame in the columns of the table `reported_figure`, in the order of its rows."""
    rows = _rows(frame, _FIGURE_COLUMNS)
    return {row["id"]: _figure(row, rows[max(at - 1, 0):at + 2]) for at, row in enumerate(rows)}


def read_claims(frame: pd.DataFrame, figures: dict[str, Figure]) -> list[Claim]:
    """Claims, of a frame in the columns of the table `claim`, with their figures looked up.

    Raises DataError with every id that no figure has and every restatement of several figures.
    """
    rows = _rows(frame, _CLAIM_COLUMNS)
    text = pd.DataFrame(rows, columns=list(_CLAIM_COLUMNS), index=frame.index)
    faults = reference_faults("claims.csv", text, table("claim"), {"reported_figure": pd.DataFrame({"id": list(figures)})})
    for line, row in zip(frame.index, rows, strict=True):
        parts = split_ids(f"{row['numerator_ids']};{row['denominator_ids']}")
        if row["operation"] == Operation.RESTATEMENT and len(parts) > 1:
            faults.append(Fault("claims.csv", str(line), "numerator_ids", ";".join(parts), phrases.text("audit.allowed_one"),
                                phrases.text("audit.remedy_one")))
    if faults:
        raise collected(faults)
    return [_claim(row, figures) for row in rows]


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, str]]:
    """The rows of a frame of text as far as the audit reads them; a column that is not there is blank."""
    kept = frame.reindex(columns=list(columns)).astype(object)
    return [{str(name): str(cell).strip() for name, cell in row.items()}
            for row in kept.where(kept.notna(), "").to_dict("records")]


def _figure(row: dict[str, str], near: list[dict[str, str]]) -> Figure:
    qualifier = Qualifier(row["qualifier"])
    named = row["label_zh"] or row["indicator"]
    known = figure_label(row["id"], row["indicator"])
    return Figure(
        id=row["id"], report=(row["doc"], row["article"], row["county"]), level=row["level"], place=row["place"],
        indicator=row["indicator"], nature=row["nature"],
        label=Text(zh=named, en=known.en if known else row["indicator"].replace("_", " ") or named),
        printed=row["value"], value=number(row["value"]) if row["value"] else None, unit=row["unit"], qualifier=qualifier,
        original=row["repeats"] or row["restates"], interval=_allowed(row, qualifier, near) if row["value"] else None)


def _allowed(row: dict[str, str], qualifier: Qualifier, near: list[dict[str, str]]) -> Interval:
    """What a hedge leaves open; of a range, where the row beside it states the other end, what lies between the two."""
    same = ("doc", "article", "county", "level", "place", "indicator", "period", "unit")
    for other in near if qualifier in _RANGE_PARTNER else []:
        if (other["qualifier"] == _RANGE_PARTNER[qualifier] and all(other[name] == row[name] for name in same)
                and _PRINTED_NUMBER.fullmatch(other["value"])):
            return Interval(*sorted((number(row["value"]), number(other["value"]))))
    return Interval(*interval(row["value"], qualifier))


def _claim(row: dict[str, str], figures: dict[str, Figure]) -> Claim:
    stated = figures[row["stated_id"]]
    above, below = (tuple(figures[one] for one in split_ids(row[f"{side}_ids"])) for side in ("numerator", "denominator"))
    return Claim(
        id=row["id"], county=row["county"] or stated.report[2], operation=Operation(row["operation"]), stated=stated,
        printed=row["stated_value"] or stated.printed, unit=row["stated_unit"] or stated.unit, numerators=above,
        denominators=below)
