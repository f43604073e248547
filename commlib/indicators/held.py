"""Which fact holds at a period: the one place that picks values in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commlib.declarations.measures import Measure, Nature
from commlib.declarations.sources import FROM_TABLE
from commlib.periods import Period, holds_at, parse_period

NO_FACT = -1


@dataclass(frozen=True, slots=True)
class Slot:
    """One quantity that a formula needs: a measure, a member, its nature, and how many years back."""

    measure: Measure
    member: str
    nature: Nature
    years_back: int = 0


class FactIndex:
    """The facts of whole places by what they measure; named subsets, single objects and rules stay out."""

    def __init__(self, facts: pd.DataFrame) -> None:
        whole = facts[(facts["kind"] == "measure") & (facts["scope_en"] == "") & (facts["detail_en"] == "")]
        # Of two that say the same the later document counts, and rows of tables before what reports state.
        from_table = whole["document"].str.contains(FROM_TABLE, regex=False)
        self.rows = whole.assign(_table=from_table).sort_values(["_table", "document"], kind="stable").drop(columns="_table")
        self._positions: dict[Any, Any] = self.rows.groupby(["quantity", "member", "nature"]).indices

    def positions(self, slot: Slot) -> NDArray[Any]:
        """Where in `rows` the facts stand that belong to a slot, of all places and periods."""
        found: NDArray[Any] = self._positions.get((slot.measure.id, slot.member, slot.nature.value), np.empty(0, dtype="int64"))
        return found


class Holdings:
    """For each slot and period the fact that holds at each place, as its position in `index.rows`."""

    def __init__(self, facts: pd.DataFrame, places: pd.Index[str]) -> None:
        self.index = FactIndex(facts)
        self.places, self._place = len(places), places.get_indexer(pd.Index(self.index.rows["place"]))
        self._code, texts = pd.factorize(self.index.rows["period"])
        self._periods = [parse_period(text) for text in texts]

    def periods(self, slots: Iterable[Slot]) -> list[Period]:
        """The periods at which all slots together could be asked for, in order; none where one of them has no fact."""
        stated = [[period.years_before(-slot.years_back) for period in self._stated(slot).values()] for slot in slots]
        return sorted({period for each in stated for period in each if period}) if all(stated) else []

    def at(self, slot: Slot, moment: Period) -> NDArray[Any]:
        """The position of the fact that holds at each place at the moment that the slot looks at, or NO_FACT."""
        found = np.full(self.places + 1, NO_FACT)   # the last, which is left out, takes the facts of unknown places
        positions = self.index.positions(slot)
        usable = {code: each for code, each in self._stated(slot).items() if holds_at(each, moment, slot.measure.holds)}
        for code in sorted(usable, key=lambda code: _closeness(usable[code], moment)):   # the closest last: it stays
            now = positions[self._code[positions] == code]
            latest = np.full_like(found, NO_FACT)
            np.maximum.at(latest, self._place[now], now)
            found = np.where(latest == NO_FACT, found, latest)
        return found[:-1]

    def _stated(self, slot: Slot) -> dict[int, Period]:
        """The periods that a slot has facts of, by their code."""
        return {code: self._periods[code] for code in np.unique(self._code[self.index.positions(slot)])}


def _closeness(period: Period, moment: Period) -> tuple[Any, ...]:
    """Its own period counts most, then the latest before it, then (within the year) one after it."""
    return period == moment, period.ends <= moment.ends, period.order()
