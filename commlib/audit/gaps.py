"""What a claim lacks, what the missing part would have to be, and whether any whole count could give a percentage."""

from __future__ import annotations

from fractions import Fraction

from commlib import phrases
from commlib.audit.operations import RATIOS, base_needed, base_total, numerator_needed, units_meet
from commlib.audit.records import Claim, Operation
from commlib.audit.rounding import rounded, truncated
from commlib.audit.wording import about, amount, quantity, result, stated
from commlib.bilingual import Text
from commlib.hedges import decimals, number
from commlib.units import unit

_COUNTED = ("count", "person", "household", "dwelling")


def missing(claim: Claim) -> Text:
    """Say what is missing, and what the stated value implies for it where that can be told."""
    if not claim.printed:
        return phrases.text("audit.missing_stated", label=claim.stated.label)
    blank = [figure for figure in claim.operands if figure.value is None]
    if blank:
        return phrases.text("audit.missing_value", label=blank[0].label, id=blank[0].id)
    if claim.operation in RATIOS:
        return _missing_side(claim)
    if claim.operation is Operation.SUM and len(claim.operands) == 1 and units_meet(claim):
        part = claim.operands[0]
        rest = number(claim.printed) * unit(claim.unit).factor - part.base_value
        return phrases.text("audit.missing_parts", label=part.label, amount=amount(part), stated=stated(claim),
                            gap=about(rest, claim.unit))
    return phrases.text("audit.missing_operand")


def _missing_side(claim: Claim) -> Text:
    growth = claim.operation is Operation.GROWTH_MULTIPLE
    if claim.operation is Operation.PER_UNIT or not claim.operands or not unit(claim.unit).measures("share"):
        return phrases.text("audit.missing_operand")
    if not claim.denominators:
        needed = base_needed(claim, number(claim.printed), claim.numerators)
        key = "audit.missing_previous" if growth else "audit.missing_base"
        if needed is None or needed <= 0:
            return phrases.text(f"{key}_only")
        return phrases.text(key, amount=amount(claim.numerators[0]) if len(claim.numerators) == 1 else
                            about(base_total(claim.numerators), claim.numerators[0].unit),
                            label=claim.numerators[0].label, stated=stated(claim),
                            base=about(needed, claim.numerators[0].unit))
    if not growth:
        counted = _granularity(claim)
        if counted is not None:
            return counted
    first = claim.denominators[0]
    return phrases.text("audit.missing_current" if growth else "audit.missing_numerator",
                        base=about(base_total(claim.denominators), first.unit), stated=stated(claim),
                        amount=about(numerator_needed(claim, number(claim.printed)), first.unit))


def _granularity(claim: Claim) -> Text | None:
    """Whether any whole count out of a whole base prints as the stated percentage; None where that is no question."""
    base = base_total(claim.denominators)
    unit_id = claim.denominators[0].unit
    if (claim.unit != "percent" or base.denominator != 1 or base <= 0 or claim.stated.hedged
            or any(figure.hedged or figure.unit != unit_id for figure in claim.denominators)
            or not any(unit(unit_id).measures(name) for name in _COUNTED)):
        return None
    target, places = number(claim.printed), decimals(claim.printed)
    near = target * base / 100 // 1
    counts = [count for count in range(int(near) - 1, int(near) + 3) if 0 <= count <= base]
    if not counts:
        return None

    def share(count: int) -> Fraction:
        return count * 100 / base

    nearest = min(counts, key=lambda count: abs(share(count) - target))
    cut = next((count for count in counts if truncated(share(count), places) == target), None)
    count, key = nearest, "audit.grain_none"
    if rounded(share(nearest), places) == target:   # where any count rounds to it, the nearest does
        key = "audit.grain_fits"
    elif cut is not None:
        count, key = cut, "audit.grain_cut"
    return phrases.text(key, base=quantity(base, unit_id, 0), count=quantity(Fraction(count), unit_id, 0),
                        result=result(claim, share(count)), stated=stated(claim))
