"""Exact arithmetic on closed intervals, which is what hedged figures make of a sum, a difference or a share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import isinf

from commlib.hedges import INFINITY, Bound


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from low to high, both included; the ends may be infinite."""

    low: Bound
    high: Bound

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def scaled(self, factor: Fraction) -> Interval:
        """Multiply both ends by a positive factor."""
        return Interval(self.low * factor, self.high * factor)

    def nearest(self, value: Fraction) -> Bound:
        """The point of the interval that is closest to a value."""
        return max(self.low, min(self.high, value))


UNBOUNDED = Interval(-INFINITY, INFINITY)
NOTHING = Interval(Fraction(0), Fraction(0))


def total(intervals: Iterable[Interval]) -> Interval:
    """Add intervals up; none at all make zero."""
    return sum(intervals, start=NOTHING)


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
