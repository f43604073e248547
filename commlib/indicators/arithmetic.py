"""The arithmetic of indicators: the one place that meets zero and missing.

Every function works alike on numbers, arrays and pandas Series (all places at once). A zero or missing denominator gives
NaN; which of the two it was, the computation tells by the arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Quantity: TypeAlias = "float | pd.Series[float] | NDArray[Any]"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator over a denominator, times `per`, plus `offset`.

    `at_most` bounds what a hedged part may mean ("1,200 or more of 1,800" is at most 100 %); an exact value above it is
    shown as it is, so that the fault is seen.
    """

    numerator: Quantity
    denominator: Quantity
    per: float = 1.0
    offset: float = 0.0
    at_most: float = np.inf

    @property
    def value(self) -> Quantity:
        """The value; NaN where the denominator is zero or missing, or where both are unbounded."""
        with np.errstate(divide="ignore", invalid="ignore"):
            quotient = np.divide(self.numerator, np.where(np.equal(self.denominator, 0), np.nan, self.denominator))
            return quotient * self.per + self.offset


def ratio(numerator: Quantity, denominator: Quantity, per: float = 1.0) -> Ratio:
    """Numerator per `per` of the denominator; it may exceed `per` (a completion rate with carried-over work)."""
    return Ratio(numerator, denominator, per)


def share(part: Quantity, whole: Quantity) -> Ratio:
    """A part of its whole in percent; a hedged part never makes more than the whole."""
    return Ratio(part, whole, per=100.0, at_most=100.0)


def growth(now: Quantity, before: Quantity) -> Ratio:
    """Growth in percent against an earlier level: 84 after 80 is +5 %; none from a level that is not above zero."""
    return Ratio(now, np.where(np.greater(before, 0), before, np.nan), per=100.0, offset=-100.0)


def composition(parts: Mapping[str, Quantity], whole: Quantity) -> dict[str, Ratio]:
    """Each part's share of the stated whole in percent, by member; the parts need not add up."""
    return {member: share(part, whole) for member, part in parts.items()}


def each_over(parts: Mapping[str, Quantity], wholes: Mapping[str, Quantity] | Quantity, per: float = 1.0,
              ) -> dict[str, Ratio]:
    """Each part per `per` of its own whole (a mapping by the same members) or of one common whole."""
    if isinstance(wholes, Mapping):
        return {member: ratio(part, wholes[member], per) for member, part in parts.items()}
    return {member: ratio(part, wholes, per) for member, part in parts.items()}


def difference(first: Quantity, second: Quantity) -> Quantity:
    """The first less the second, in the unit that both have; missing where one of them is."""
    return first - second
