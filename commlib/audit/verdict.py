"""What the audit answers: the closed list of outcomes and the record of one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from commlib.bilingual import Text
from commlib.hedges import Bound


class Outcome(StrEnum):
    """What a check of a stated figure can find; the rules are in `rules.py`."""

    CONSISTENT = "consistent"
    ROUNDING = "rounding"
    INCONSISTENT = "inconsistent"
    BASE_MISLABELLED = "base_mislabelled"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one claim, its exact numbers in the stated unit, and the reason in both languages.

    `recomputed` is None where a part is missing or units do not meet; `band` is [low, high), what would print as the
    stated value (None where nothing is stated); `low` and `high` bound the recomputed value where a part is hedged.
    """

    id: str
    county: str
    stated_id: str
    verdict: Outcome
    stated: str
    recomputed: Fraction | None
    unit: str
    why: Text
    document: str
    place: str
    operands: tuple[str, ...]
    band: tuple[Fraction, Fraction] | None
    low: Bound | None = None
    high: Bound | None = None
