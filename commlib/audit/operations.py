"""Each operation evaluated exactly, in the unit of what is stated, on values and on the intervals of hedged parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from commlib.audit.intervals import NOTHING, Interval, quotient, total
from commlib.audit.records import Claim, Figure, Operation
from commlib.units import unit

RATIOS = (Operation.SHARE, Operation.PER_UNIT, Operation.GROWTH_MULTIPLE)
ADDITIVE = (Operation.SUM, Operation.DIFFERENCE)
# Percent and percentage points count the same thing when they are added or taken from each other.
_AS_SHARE = {"share_difference": "share"}


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the parts give in the stated unit; `value` is None over a zero base, `interval` where no part is hedged."""

    value: Fraction | None
    interval: Interval | None


def recompute(claim: Claim) -> Recomputed:
    """Evaluate a claim whose operands all have values and whose units meet."""
    hedged = any(figure.hedged for figure in claim.operands)
    if claim.operation in RATIOS:
        value = ratio(claim, claim.numerators, base_total(claim.denominators))
        return Recomputed(value, _ratio_interval(claim) if hedged else None)
    factor = 1 / unit(claim.unit).factor
    signs = _signs(claim)
    value = sum((sign * one.base_value for sign, one in zip(signs, claim.operands, strict=True)), start=Fraction(0))
    return Recomputed(value * factor, _signed_interval(claim, signs).scaled(factor) if hedged else None)


def ratio(claim: Claim, numerators: Sequence[Figure], base: Fraction) -> Fraction | None:
    """What the claim's ratio comes to over a base given in base units; None where it is zero."""
    return _as_stated(claim, base_total(numerators) / base) if base else None


def base_total(figures: Sequence[Figure]) -> Fraction:
    """The sum of figures of one kind, in base units."""
    return sum((figure.base_value for figure in figures), start=Fraction(0))


def base_needed(claim: Claim, stated: Fraction, numerators: Sequence[Figure]) -> Fraction | None:
    """The base, in base units, over which the numerators would give exactly the stated ratio; None where none can."""
    share = stated * unit(claim.unit).factor + (1 if _is_rate(claim) else 0)
    return base_total(numerators) / share if share else None


def numerator_needed(claim: Claim, stated: Fraction) -> Fraction:
    """What would have to stand above the line, in base units, for the denominators to give the stated ratio."""
    share = stated * unit(claim.unit).factor + (1 if _is_rate(claim) else 0)
    return base_total(claim.denominators) * share


def units_meet(claim: Claim) -> bool:
    """Tell whether the units of the parts can make the stated unit; households and dwellings count as one base."""
    if claim.operation not in RATIOS:
        wanted = _dimension(claim.unit, claim.operation)
        return all(_dimension(figure.unit, claim.operation) == wanted for figure in claim.operands)
    above, below = ({_kind(figure.unit) for figure in side} for side in (claim.numerators, claim.denominators))
    if len(above) != 1 or len(below) != 1:
        return False
    powers: Counter[str] = Counter(dict(above.pop()))
    powers.subtract(dict(below.pop()))
    # A bare number is neutral: 200 persons in 10 communities are 20 persons, 90 forms from 100 persons are 90 %.
    left = frozenset((name, power) for name, power in powers.items() if power and name != "count")
    if claim.operation is Operation.PER_UNIT:
        return left == frozenset(part for part in _kind(claim.unit) if part[0] != "count")
    if claim.operation is Operation.SHARE and {"count"} & set(powers):
        left = frozenset(part for part in left if part[0] not in ("person", "home"))
    return not left and unit(claim.unit).measures("share")


def _is_rate(claim: Claim) -> bool:
    """A growth in percent counts from one; a multiple, stated as a ratio, does not."""
    return claim.operation is Operation.GROWTH_MULTIPLE and claim.unit != "ratio"


def _as_stated(claim: Claim, quotient_value: Fraction) -> Fraction:
    return (quotient_value - (1 if _is_rate(claim) else 0)) / unit(claim.unit).factor


def _ratio_interval(claim: Claim) -> Interval | None:
    both = {figure.id for figure in claim.numerators} & {figure.id for figure in claim.denominators}
    shared = [figure for figure in claim.numerators if figure.id in both]
    found = quotient(_base_interval([figure for figure in claim.numerators if figure.id not in both]),
                     _base_interval(shared),
                     _base_interval([figure for figure in claim.denominators if figure.id not in both]))
    if found is None:
        return None
    less = Fraction(1 if _is_rate(claim) else 0)
    return (found - Interval(less, less)).scaled(1 / unit(claim.unit).factor)


def _base_interval(figures: Sequence[Figure]) -> Interval:
    return total(figure.interval.scaled(unit(figure.unit).factor) for figure in figures if figure.interval)


def _signs(claim: Claim) -> list[int]:
    first_only = claim.operation is Operation.DIFFERENCE
    return [-1 if first_only and place else 1 for place in range(len(claim.operands))]


def _signed_interval(claim: Claim, signs: list[int]) -> Interval:
    plus = _base_interval([one for sign, one in zip(signs, claim.operands, strict=True) if sign > 0])
    minus = _base_interval([one for sign, one in zip(signs, claim.operands, strict=True) if sign < 0])
    return plus - minus if minus != NOTHING else plus


def _kind(unit_id: str) -> frozenset[tuple[str, int]]:
    # A share is a plain number: money ÷ percent is money again.
    return frozenset(part for part in unit(unit_id).kind if part[0] != "share")


def _dimension(unit_id: str, operation: Operation) -> tuple[tuple[str, int], ...]:
    dimension = unit(unit_id).dimension
    if operation not in ADDITIVE:
        return dimension
    return tuple((_AS_SHARE.get(name, name), power) for name, power in dimension)
