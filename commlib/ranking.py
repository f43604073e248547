"""Ranks out of those that reported: 1 is the highest value, ties share a rank, who did not report gets none."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Position:
    """A place's rank among n, how many share it, and the share of the others that lie below it, in percent."""

    rank: int
    n: int
    tied: int
    percentile: float


def competition_ranks(values: pd.Series[float], highest_first: bool = True) -> pd.Series[float]:
    """Standard competition ranks (1, 2, 2, 4); NaN, not the last rank, where the value is missing."""
    return values.rank(method="min", ascending=not highest_first, na_option="keep")


def position(values: pd.Series[float], key: str) -> Position | None:
    """The position of one key by the highest value first; None where it has no value or stands alone.

    The percentile counts the others with a lower value, and half of the ties (mid-rank percentile).
    """
    known = values.dropna()
    if key not in known.index or len(known) < 2:
        return None
    own = known[key]
    below, tied = int((known < own).sum()), int((known == own).sum()) - 1
    return Position(int((known > own).sum()) + 1, len(known), tied, 100 * (below + tied / 2) / (len(known) - 1))
