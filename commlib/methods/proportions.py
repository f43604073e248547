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


def difference_interval(successes: tuple[float, float], trials: tuple[float, float], level: float = 0.95,
                        ) -> tuple[float, float, float]:
    """The second of two independent proportions less the first, and Newcombe's interval of that: shares, NaN without trials.

    Reference: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10, by statsmodels' `confint_proportions_2indep`.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    if not min(trials) > 0:
        return float("nan"), float("nan"), float("nan")
    low, high = confint_proportions_2indep(successes[1], trials[1], successes[0], trials[0], compare="diff", method="newcomb",
                                           alpha=1 - level)
    return successes[1] / trials[1] - successes[0] / trials[0], float(low), float(high)
