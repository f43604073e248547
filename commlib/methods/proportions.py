"""Intervals for proportions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def wilson_interval(successes: NDArray[Any], trials: NDArray[Any], level: float = 0.95,
                    ) -> tuple[NDArray[Any], NDArray[Any]]:
    """Wilson's score interval of each proportion, as two arrays of shares between 0 and 1; NaN where trials are 0.

    Reference: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212, by statsmodels' `proportion_confint`.
    """
    from statsmodels.stats.proportion import proportion_confint  # 1 s to import: only where an estimate is made

    successes, trials = np.asarray(successes, dtype="float64"), np.asarray(trials, dtype="float64")
    low, high = np.full(trials.shape, np.nan), np.full(trials.shape, np.nan)
    known = trials > 0
    if known.any():
        low[known], high[known] = proportion_confint(successes[known], trials[known], 1 - level, method="wilson")
    return low, high
