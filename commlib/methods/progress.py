"""Progress of works in money: earned value and earned schedule.

References: Project Management Institute (2019), The Standard for Earned Value Management; ISO 21508:2018, Earned value management
in project and programme management; for the schedule in time Lipke (2003), Schedule is different, The Measurable News, 31-34.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """Planned value, earned value and actual cost up to a day, in the unit of the budgets."""

    planned: float
    earned: float
    cost: float

    @property
    def schedule_index(self) -> float:
        """Earned ÷ planned (SPI): below 1 behind the plan; NaN where nothing was due."""
        return self.earned / self.planned if self.planned else float("nan")

    @property
    def schedule_variance(self) -> float:
        """Earned − planned (SV) in money: below zero behind the plan."""
        return self.earned - self.planned

    @property
    def cost_index(self) -> float:
        """Earned ÷ actual cost (CPI): below 1 where the work cost more than it was to cost; NaN where nothing was spent."""
        return self.earned / self.cost if self.cost else float("nan")


def planned_shares(starts: Numbers, finishes: Numbers, day: float) -> Numbers:
    """The share of each piece of work that was due by the end of a day, spread evenly over its days from start to finish.

    Days are numbers, the first and the last day both worked on; shares lie between 0 and 1.
    """
    starts, finishes = np.asarray(starts, dtype="float64"), np.asarray(finishes, dtype="float64")
    return np.asarray(np.clip((day - starts + 1) / (finishes - starts + 1), 0, 1))


def earned_value(budgets: Numbers, due: Numbers, done: Numbers, cost: Numbers) -> EarnedValue:
    """Earned value of pieces of work from their budgets, the shares due and done (done counts up to 1), and what was spent.

    NaN anywhere makes the sum NaN: leave out whole pieces of work that are not known.
    """
    budgets = np.asarray(budgets, dtype="float64")
    done = np.minimum(np.asarray(done, dtype="float64"), 1)
    return EarnedValue(float((budgets * due).sum()), float((budgets * done).sum()), float(np.sum(cost)))


def earned_schedule(planned: Sequence[float], earned: float) -> float:
    """Periods by whose end the plan has what is earned now: k + (EV − PV_k) ÷ (PV_k+1 − PV_k), from 0 at the start.

    `planned` is the planned value at the end of the first, second, … period; all of them where the plan never asked for more.
    """
    curve = np.concatenate([[0.0], np.asarray(planned, dtype="float64")])
    if earned >= curve[-1]:
        return float(np.argmax(curve >= curve[-1]))
    last = int(np.nonzero(curve <= earned)[0][-1])
    return last + float((earned - curve[last]) / (curve[last + 1] - curve[last]))
