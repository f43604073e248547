"""Intervals for proportions and for scores, of one question or of several."""

from __future__ import annotations

from statistics import NormalDist
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


def same_people_interval(scores: NDArray[Any], counts: NDArray[Any], level: float = 0.95) -> tuple[float, float, float]:
    """The mean score of all answers to questions that the same people answered, and an interval wide enough however these agree.

    `counts` has a row a question and a column a score. The standard error of a sum is at most the sum of the standard errors
    (Minkowski's inequality), and is that where everybody answers all alike: the design effect 1 + (m − 1)ρ of clusters (Kish
    1965, Survey Sampling) with ρ = 1, a person being a cluster of m answers. NaN without two answers to each question; no ends
    where all answers are the same.
    """
    scores, counts = np.asarray(scores, dtype="float64"), np.asarray(counts, dtype="float64")
    answers = counts.sum(axis=1)
    if not len(answers) or (answers < 2).any():
        return float("nan"), float("nan"), float("nan")
    means = counts @ scores / answers
    errors = np.sqrt(np.maximum(counts @ scores**2 / answers - means**2, 0) / (answers - 1))
    mean, error = (float(np.average(each, weights=answers)) for each in (means, errors))
    half = NormalDist().inv_cdf((1 + level) / 2) * error if error > 0 else float("nan")
    return mean, max(mean - half, float(scores.min())), min(mean + half, float(scores.max()))


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
