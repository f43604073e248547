"""Why a verdict is what it is, in both languages: what was found, what it should be, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from commlib import phrases
from commlib.audit.operations import (
    ADDITIVE,
    RATIOS,
    base_needed,
    base_total,
    numerator_needed,
    ratio,
    units_meet,
)
from commlib.audit.records import Claim, Figure, Interval, Operation, Outcome
from commlib.audit.wording import (
    MOST_DECIMALS,
    about,
    allowed,
    amount,
    as_printed,
    counts_whole,
    formula,
    labels,
    left_side,
    place_of,
    plus,
    quantity,
    result,
    sentences,
    should_be,
    stated,
)
from commlib.bilingual import Text, joined
from commlib.hedges import decimals, number, rounded, truncated
from commlib.units import unit


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


def units_differ(claim: Claim) -> Text:
    """The parts' units do not make the stated unit."""
    shown = joined([amount(figure) for figure in claim.operands], "、", ", ")
    return phrases.text("audit.units_differ", shown=shown, labels=labels(claim), stated=stated(claim))


def within(claim: Claim, open_range: Interval) -> Text:
    """The parts are hedged and leave room for the stated value."""
    return phrases.text("audit.within", left=left_side(claim), labels=labels(claim), stated=stated(claim),
                        range=allowed(claim, open_range))


def zero_base(claim: Claim) -> Text:
    """The base is zero."""
    return phrases.text("audit.zero_base", left=left_side(claim), labels=labels(claim))


def consistent(claim: Claim, value: Fraction) -> Text:
    """The recomputed value is the stated one, exactly or rounded."""
    key = "audit.exactly" if value == number(claim.printed) else "audit.rounds"
    return phrases.text(key, formula=formula(claim, value), stated=stated(claim))


def cut_off(claim: Claim, value: Fraction) -> Text:
    """The stated value was cut off instead of rounded."""
    return phrases.text("audit.cut_off", formula=formula(claim, value), stated=as_printed(claim.printed, claim.unit),
                        rounded=should_be(claim, value))


def satisfied(claim: Claim, value: Fraction) -> Text:
    """A stated bound holds."""
    return phrases.text("audit.satisfied", formula=formula(claim, value), stated=stated(claim))


def mislabelled(claim: Claim, value: Fraction, base: Figure) -> Text:
    """Another figure of the report, as the base, gives the stated value."""
    again = ratio(claim, claim.numerators, base.base_value)
    return phrases.text(
        "audit.mislabelled", formula=formula(claim, value), stated=stated(claim), id=base.id,
        base=base.label, amount=amount(base),
        left=left_side(claim, [base]), result=result(claim, again if again is not None else Fraction(0)))


def inconsistent(claim: Claim, value: Fraction, joint: Sequence[Figure] | None) -> Text:
    """The parts do not give the stated value: what they give, and what would."""
    if claim.operation in ADDITIVE:
        return sentences(_gap(claim, value), _without_one(claim, value))
    needed = base_needed(claim, number(claim.printed), claim.numerators)
    return sentences(
        phrases.text("audit.not_stated", formula=formula(claim, value), rounded=should_be(claim, value),
                     stated=stated(claim)),
        phrases.text("audit.base_needed", base=about(needed, claim.denominators[0].unit),
                     stated=as_printed(claim.printed, claim.unit)) if needed is not None and needed > 0 else None,
        _joint(claim, joint) if joint else None)


def restated(claim: Claim, outcome: Outcome) -> Text:
    """Two statements compared: of one thing, or of two."""
    other = claim.operands[0]
    return phrases.text(
        f"audit.restated_{outcome.value}", label=claim.stated.label, place=place_of(claim.stated),
        stated=stated(claim), other=amount(other), other_id=other.id, other_label=other.label,
        other_place=place_of(other))


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
            or not counts_whole(unit_id)):
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


def _gap(claim: Claim, value: Fraction) -> Text:
    gap = value - number(claim.printed)
    key = "audit.more" if gap > 0 else "audit.less"
    return phrases.text(key, formula=formula(claim, value), stated=stated(claim), gap=_plain(claim, abs(gap)))


def _without_one(claim: Claim, value: Fraction) -> Text | None:
    """Which part of three or more, left out, brings a sum that is too large nearest to the stated value."""
    target = number(claim.printed)
    if claim.operation is not Operation.SUM or len(claim.operands) < 3 or value <= target:
        return None
    factor = unit(claim.unit).factor
    part = min(claim.operands, key=lambda one: abs(value - one.base_value / factor - target))
    rest = value - part.base_value / factor
    gap = rest - target
    key = ("audit.without_equal" if rounded(rest, decimals(claim.printed)) == target
           else "audit.without_more" if gap > 0 else "audit.without_less")
    return phrases.text(key, part=part.label, amount=amount(part), rest=_plain(claim, rest),
                        gap=_plain(claim, abs(gap)))


def _joint(claim: Claim, group: Sequence[Figure]) -> Text:
    base = base_total(group)
    again = ratio(claim, claim.numerators, base)
    return phrases.text("audit.joint_base", left=plus([amount(one, with_unit=False) for one in group]),
                        total=about(base, group[0].unit), labels=plus([one.label for one in group]),
                        result=result(claim, again if again is not None else Fraction(0)))


def _plain(claim: Claim, value: Fraction) -> Text:
    return quantity(value, claim.unit, max(MOST_DECIMALS, decimals(claim.printed)))
