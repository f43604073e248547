"""The audit itself: claims and figures in, one verdict a claim out. No rule looks at an id, a county or a place by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from commlib.audit import reasons, wording
from commlib.audit.bases import Report, joint_base, other_base
from commlib.audit.operations import RATIOS, Recomputed, recompute, units_meet
from commlib.audit.records import Claim, Figure, Interval, Operation, Outcome
from commlib.bilingual import Text
from commlib.hedges import Bound, Qualifier, band, decimals, interval, number, rounded, truncated


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one claim, its exact numbers in the stated unit, and the reason in both languages.

    `recomputed` is None where a part is missing or units do not meet; `band` is [low, high), what would print as the
    stated value (None where nothing is stated); `low` and `high` bound the recomputed value where a part is hedged.
    `said` and `found` are what is stated and recomputed as a reader sees them, with the hedges; None where there is none, and
    nothing is recomputed of a figure that is only stated again.
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
    said: Text | None = None
    found: Text | None = None
    indicator: str = ""


def verdicts(claims: Iterable[Claim], figures: Mapping[str, Figure]) -> list[Verdict]:
    """Check every claim against the figures of its own report, exactly; verdicts come in the order of the claims."""
    reports: dict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
    for figure in figures.values():
        reports[figure.report][figure.id] = figure
    return [_verdict(claim, reports[claim.stated.report]) for claim in claims]


def _verdict(claim: Claim, report: Report) -> Verdict:
    found = Recomputed(None, None)
    if _lacks_a_part(claim):
        outcome, why = Outcome.UNVERIFIABLE, reasons.missing(claim)
    elif not units_meet(claim):
        outcome, why = Outcome.UNVERIFIABLE, reasons.units_differ(claim)
    else:
        found = recompute(claim)
        outcome, why = _found(claim, report, found)
    allowed = found.interval
    return Verdict(
        id=claim.id, county=claim.county, stated_id=claim.stated.id, verdict=outcome, stated=claim.printed,
        recomputed=found.value, unit=claim.unit, why=why, document=claim.stated.document,
        place=claim.stated.place, operands=tuple(figure.id for figure in claim.operands),
        band=band(number(claim.printed), decimals(claim.printed)) if claim.printed else None,
        low=allowed.low if allowed else None, high=allowed.high if allowed else None,
        said=wording.stated(claim) if claim.printed else None, found=_words(claim, found),
        indicator=claim.stated.indicator,
    )


def _words(claim: Claim, found: Recomputed) -> Text | None:
    if found.value is None or claim.operation is Operation.RESTATEMENT:
        return None
    return wording.allowed(claim, found.interval) if found.interval else wording.result(claim, found.value)


def _lacks_a_part(claim: Claim) -> bool:
    if not claim.printed or any(figure.value is None for figure in claim.operands):
        return True
    if claim.operation in RATIOS:
        return not (claim.numerators and claim.denominators)
    return len(claim.operands) < (1 if claim.operation is Operation.RESTATEMENT else 2)


def _found(claim: Claim, report: Report, found: Recomputed) -> tuple[Outcome, Text]:
    """What the first rule that applies finds; their order matters."""
    stated, places, value = number(claim.printed), decimals(claim.printed), found.value
    if found.interval is not None and stated in found.interval:
        return Outcome.UNVERIFIABLE, reasons.within(claim, found.interval)
    if value is None:
        return Outcome.UNVERIFIABLE, reasons.zero_base(claim)
    if claim.operation is Operation.RESTATEMENT:
        return _restated(claim, equal=value == stated)
    bound_holds = claim.stated.qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST) and value in _stated_interval(claim)
    if rounded(value, places) == stated:
        return Outcome.CONSISTENT, (reasons.satisfied if bound_holds else reasons.consistent)(claim, value)
    if truncated(value, places) == stated:
        return Outcome.ROUNDING, reasons.cut_off(claim, value)
    if bound_holds:
        return Outcome.CONSISTENT, reasons.satisfied(claim, value)
    shared = claim.operation in (Operation.SHARE, Operation.PER_UNIT)
    if shared and (base := other_base(claim, report)):
        return Outcome.BASE_MISLABELLED, reasons.mislabelled(claim, value, base)
    return Outcome.INCONSISTENT, reasons.inconsistent(claim, value, joint_base(claim, report) if shared else None)


def _restated(claim: Claim, equal: bool) -> tuple[Outcome, Text]:
    """Two statements of one thing must be equal; of two things they may be, and then one of them bears the wrong name."""
    first = claim.operands[0]
    if first.indicator == claim.stated.indicator and first.same_place(claim.stated):
        outcome = Outcome.CONSISTENT if equal else Outcome.INCONSISTENT
    else:
        outcome = Outcome.BASE_MISLABELLED if equal else Outcome.UNVERIFIABLE
    return outcome, reasons.restated(claim, outcome)


def _stated_interval(claim: Claim) -> Interval:
    stated = claim.stated
    if (claim.printed, claim.unit) == (stated.printed, stated.unit) and stated.interval is not None:
        return stated.interval
    return Interval(*interval(claim.printed, stated.qualifier))
