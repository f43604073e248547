"""Checks over time: a return with what the same places reported before, and with its own other periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commlib import phrases
from commlib.declarations.checks import Check, CheckKind, check_words
from commlib.declarations.columns import Column
from commlib.declarations.tables import TableDeclaration
from commlib.errors import ParameterError
from commlib.intake.checks.rows import SLACK, Found, Numbers, Rows, joined, shown
from commlib.intake.faults import Code, ReturnFault
from commlib.periods import parse_period

OVER_TIME = {CheckKind.CUMULATIVE: Code.FALLEN, CheckKind.JUMP: Code.JUMP, CheckKind.UNCHANGED: Code.UNCHANGED}
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """The rows of a return and the earlier ones in order of place and period.

    An earlier row for a key and period that the return has itself is left out: the return replaces it.
    """

    rows: Rows
    declaration: TableDeclaration
    earlier: pd.DataFrame | None

    @cached_property
    def before(self) -> Rows:
        """The earlier rows that still count."""
        earlier = pd.DataFrame() if self.earlier is None else self.earlier
        known = joined(earlier, self.declaration.key)
        return Rows("", "", earlier.loc[~known.isin(set(joined(self.rows, self.declaration.key))).to_numpy(bool)])

    @cached_property
    def _series(self) -> tuple[Positions, Positions]:
        """The positions of all rows (the return's, then the earlier ones) in order, and the number of the series of each.

        Rows without a whole key or a period with a date are left out.
        """
        names = [name for name in self.declaration.key if name != self.declaration.period]
        if not names:   # a table of one series
            keys = np.zeros(len(self.rows) + len(self.before), int)
        else:
            together = pd.concat([joined(self.rows, names), joined(self.before, names)], ignore_index=True)
            keys = pd.factorize(together.replace("", None))[0]
        texts = [*self.rows.texts(self.declaration.period), *self.before.texts(self.declaration.period)]
        ranks = _ranks(dict.fromkeys(texts))
        when = np.array([ranks.get(text, -1) for text in texts])
        order = np.lexsort((when, keys))
        order = order[(keys[order] >= 0) & (when[order] >= 0)]
        return order, keys[order]

    def numbers(self, column: Column) -> Numbers:
        """The numbers of a column over all rows, in the order of `_series` positions."""
        own, before = self.rows.numbers(column), self.before.numbers(column)
        return Numbers(*(np.concatenate([getattr(own, name), getattr(before, name)]) for name in Numbers.__slots__))

    def of(self, numbers: Numbers) -> tuple[Positions, Positions]:
        """The positions of known numbers in order, and the series of each."""
        order, keys = self._series
        known = numbers.known[order]
        return order[known], keys[known]

    def period(self, position: int) -> str:
        """The period of a row by its position."""
        own = len(self.rows)
        rows, at = (self.rows, position) if position < own else (self.before, position - own)
        return rows.text(at, self.declaration.period)


def series_faults(series: Series) -> Found:
    """The failures of the checks over time, each with the position of its row in the return."""
    columns = {column.name: column for column in series.declaration.columns}
    for check in series.declaration.checks:
        for name in check.columns if check.kind in OVER_TIME else ():
            if name in series.rows.values:
                numbers = series.numbers(columns[name])
                find = _falls if check.kind is CheckKind.CUMULATIVE else _jumps if check.kind is CheckKind.JUMP else _unchanged
                for at, other in find(numbers, *series.of(numbers), check, len(series.rows)):
                    yield at, _fault(series, check, columns, name, numbers, (at, other))


def _falls(numbers: Numbers, order: Positions, keys: Positions, check: Check, own: int) -> Iterator[tuple[int, int]]:
    """A number below the one before it; of the two the one without which the series rises, else the later."""
    tolerance = float(check.tolerance or 0) + SLACK
    low, high = numbers.low[order], numbers.high[order]
    for at in np.flatnonzero((keys[1:] == keys[:-1]) & (high[1:] < low[:-1] - tolerance)) + 1:
        now, before = int(order[at]), int(order[at - 1])
        too_high = at + 1 < len(order) and keys[at + 1] == keys[at] and high[at + 1] < low[at - 1] - tolerance \
            and not (at >= 2 and keys[at - 2] == keys[at] and high[at] < low[at - 2] - tolerance)
        guilty, other = (before, now) if before < own and (too_high or now >= own) else (now, before)
        if guilty < own:
            yield guilty, other


def _jumps(numbers: Numbers, order: Positions, keys: Positions, check: Check, own: int) -> Iterator[tuple[int, int]]:
    """A number of the return that no change within the limit makes of the one before it; none after a zero."""
    share = float(check.limit or 0) / 100
    low, high = numbers.low[order], numbers.high[order]
    base_low, base_high = low[:-1], high[:-1]
    with np.errstate(invalid="ignore"):
        up = low[1:] > base_high + share * np.abs(base_high) + SLACK
        down = high[1:] < base_low - share * np.abs(base_low) - SLACK
    apart = (keys[1:] == keys[:-1]) & (base_low * base_high > 0) & (up | down)
    for at in np.flatnonzero(apart & (order[1:] < own)) + 1:
        yield int(order[at]), int(order[at - 1])


def _unchanged(numbers: Numbers, order: Positions, keys: Positions, check: Check, own: int) -> Iterator[tuple[int, int]]:
    """The last of at least so many periods with one and the same exact number other than zero."""
    low, exact = numbers.low[order], (numbers.low == numbers.high)[order]
    if not len(order):
        return
    same = np.concatenate([[False], (keys[1:] == keys[:-1]) & (low[1:] == low[:-1]) & exact[1:] & exact[:-1] & (low[1:] != 0)])
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(same))))
    last = np.concatenate([~same[1:], [True]])
    long = np.arange(len(same)) - starts + 1 >= float(check.limit or 0)
    for at in np.flatnonzero(last & same & long & (order < own)):
        yield int(order[at]), int(order[starts[at]])


def _fault(series: Series, check: Check, columns: dict[str, Column], name: str, numbers: Numbers,
           pair: tuple[int, int]) -> ReturnFault:
    at, other = pair
    value = shown(numbers.middle(other))
    allowed = phrases.text("check_fault.allowed_series", rule=check_words(check, columns), label=columns[name].label,
                           period=series.period(other), value=value)
    remedy = phrases.text(f"check_fault.remedy_{check.kind}", period=series.period(other))
    return series.rows.fault(at, name, check.severity, OVER_TIME[check.kind], allowed, remedy)


def _ranks(texts: Sequence[str] | dict[str, None]) -> dict[str, int]:
    """The rank of each dated period in time."""
    periods = []
    for text in texts:
        try:
            period = parse_period(str(text))
        except ParameterError:
            continue
        if period.dated:
            periods.append(period)
    return {period.text: rank for rank, period in enumerate(sorted(periods))}
