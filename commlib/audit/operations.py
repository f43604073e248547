"""Each operation evaluated exactly, in the unit of what is stated, on values and on the intervals of hedged parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import isinf

from commlib.audit.records import Claim, Figure, Interval, Operation
from commlib.hedges import INFINITY, Bound
from commlib.units import unit

RATIOS = (Operation.SHARE, Operation.PER_UNIT, Operation.GROWTH_MULTIPLE)
ADDITIVE = (Operation.SUM, Operation.DIFFERENCE)
UNBOUNDED = Interval(-INFINITY, INFINITY)
NOTHING = Interval(Fraction(0), Fraction(0))
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
    first = 1 if claim.operation is Operation.DIFFERENCE else len(claim.operands)
    plus, minus, factor = claim.operands[:first], claim.operands[first:], 1 / unit(claim.unit).factor
    allowed = _base_interval(plus) - _base_interval(minus) if hedged else None
    return Recomputed((base_total(plus) - base_total(minus)) * factor, allowed.scaled(factor) if allowed else None)


def ratio(claim: Claim, numerators: Sequence[Figure], base: Fraction) -> Fraction | None:
    """What the claim's ratio comes to over a base given in base units; None where it is zero."""
    return (base_total(numerators) / base - counts_from(claim)) / unit(claim.unit).factor if base else None


def base_total(figures: Sequence[Figure]) -> Fraction:
    """The sum of figures of one kind, in base units."""
    return sum((figure.base_value for figure in figures), start=Fraction(0))


def base_needed(claim: Claim, stated: Fraction, numerators: Sequence[Figure]) -> Fraction | None:
    """The base, in base units, over which the numerators would give exactly the stated ratio; None where none can."""
    share = stated * unit(claim.unit).factor + counts_from(claim)
    return base_total(numerators) / share if share else None


def numerator_needed(claim: Claim, stated: Fraction) -> Fraction:
    """What would have to stand above the line, in base units, for the denominators to give the stated ratio."""
    return base_total(claim.denominators) * (stated * unit(claim.unit).factor + counts_from(claim))


def counts_from(claim: Claim) -> int:
    """A growth in percent counts from one; a multiple, stated as a ratio, does not."""
    return 1 if claim.operation is Operation.GROWTH_MULTIPLE and claim.unit != "ratio" else 0


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
    if claim.operation is Operation.SHARE and "count" in powers:
        left = frozenset(part for part in left if part[0] not in ("person", "home"))
    return not left and unit(claim.unit).measures("share")


def quotient(above: Interval, shared: Interval, below: Interval) -> Interval | None:
    """(shared + above) ÷ (shared + below) over all corners; None where the denominator can only be zero.

    `shared` are the parts that stand above and below the line at once, as in men ÷ (men + women): they move together.
    A denominator that may be zero on the way from negative to positive leaves the quotient unbounded.
    """
    bottom = shared + below
    if bottom.low == bottom.high == 0:
        return None
    if bottom.low < 0 < bottom.high or (shared != NOTHING and -INFINITY in (above.low, shared.low, below.low)):
        return UNBOUNDED
    sign = 1 if bottom.high > 0 else -1
    ends = [(one.low, one.high) for one in (above, shared, below)]
    corners = [corner for one, both, other in product(*ends) if (corner := _corner(one, both, other, sign)) is not None]
    return Interval(min(corners), max(corners)) if corners else UNBOUNDED


def _corner(above: Bound, shared: Bound, below: Bound, sign: int) -> Bound | None:
    top, bottom = shared + above, shared + below
    if isinf(top) and isinf(bottom):
        # What both share grows beyond all bounds: the quotient goes to one. Else other corners hold the extremes.
        return Fraction(1) if isinf(shared) and not (isinf(above) or isinf(below)) else None
    if bottom == 0:
        return None if top == 0 else INFINITY if (top > 0) == (sign > 0) else -INFINITY
    if isinf(bottom):
        return Fraction(0)
    return top / bottom


def _ratio_interval(claim: Claim) -> Interval | None:
    both = {figure.id for figure in claim.numerators} & {figure.id for figure in claim.denominators}
    found = quotient(_base_interval([figure for figure in claim.numerators if figure.id not in both]),
                     _base_interval([figure for figure in claim.numerators if figure.id in both]),
                     _base_interval([figure for figure in claim.denominators if figure.id not in both]))
    less = Fraction(counts_from(claim))
    return (found - Interval(less, less)).scaled(1 / unit(claim.unit).factor) if found else None


def _base_interval(figures: Sequence[Figure]) -> Interval:
    return sum((figure.interval.scaled(unit(figure.unit).factor) for figure in figures if figure.interval), start=NOTHING)


def _kind(unit_id: str) -> frozenset[tuple[str, int]]:
    # A share is a plain number: money ÷ percent is money again.
    return frozenset(part for part in unit(unit_id).kind if part[0] != "share")


def _dimension(unit_id: str, operation: Operation) -> tuple[tuple[str, int], ...]:
    dimension = unit(unit_id).dimension
    if operation not in ADDITIVE:
        return dimension
    return tuple((_AS_SHARE.get(name, name), power) for name, power in dimension)
