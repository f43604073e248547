"""Why a verdict is what it is, in both languages: what was found, what it should be, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from commlib import phrases
from commlib.audit.intervals import Interval
from commlib.audit.operations import ADDITIVE, base_needed, base_total, ratio
from commlib.audit.records import Claim, Figure, Operation
from commlib.audit.rounding import rounded
from commlib.audit.verdict import Outcome
from commlib.audit.wording import (
    MOST_DECIMALS,
    about,
    amount,
    as_printed,
    formula,
    labels,
    left_side,
    place_of,
    plus,
    quantity,
    result,
    sentences,
    should_be,
    spread,
    stated,
)
from commlib.bilingual import Text, listed
from commlib.hedges import Qualifier, decimals, number
from commlib.units import unit

_BOUNDS = (Qualifier.AT_LEAST, Qualifier.AT_MOST)


def units_differ(claim: Claim) -> Text:
    """The parts' units do not make the stated unit."""
    amounts = [amount(figure) for figure in claim.operands]
    shown = Text(zh=listed((one.zh for one in amounts), "zh"), en=listed((one.en for one in amounts), "en"))
    return phrases.text("audit.units_differ", shown=shown, labels=labels(claim), stated=stated(claim))


def within(claim: Claim, allowed: Interval) -> Text:
    """The parts are hedged and leave room for the stated value."""
    places = max(decimals(claim.printed), MOST_DECIMALS - 2)
    return phrases.text("audit.within", left=left_side(claim), labels=labels(claim), stated=stated(claim),
                        range=spread(allowed, claim.unit, places))


def zero_base(claim: Claim) -> Text:
    """The base is zero."""
    return phrases.text("audit.zero_base", left=left_side(claim), labels=labels(claim))


def consistent(claim: Claim, value: Fraction) -> Text:
    """The recomputed value is the stated one, exactly or rounded."""
    key = "audit.exactly" if value == number(claim.printed) else "audit.rounds"
    return phrases.text(key, formula=formula(claim, value), stated=as_printed(claim.printed, claim.unit))


def cut_off(claim: Claim, value: Fraction) -> Text:
    """The stated value was cut off instead of rounded."""
    return phrases.text("audit.cut_off", formula=formula(claim, value), stated=as_printed(claim.printed, claim.unit),
                        rounded=should_be(claim, value))


def satisfied(claim: Claim, value: Fraction, allowed: Interval) -> Text:
    """A stated bound or approximation holds."""
    key = "audit.satisfied" if claim.stated.qualifier in _BOUNDS else "audit.satisfied_range"
    return phrases.text(key, formula=formula(claim, value), stated=stated(claim),
                        range=spread(allowed, claim.unit, MOST_DECIMALS))


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
