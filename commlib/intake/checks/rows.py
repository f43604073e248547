"""The rows of one return as its checks see them: values by column, the address of each cell, the width of hedged values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.columns import Column
from commlib.intake.faults import Code, ReturnFault
from commlib.units import is_unit, unit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Found = Iterator[tuple[int, ReturnFault]]   # what a check tells, each with the position of its row
_SEPARATOR = "\x1f"
SLACK = 1e-9   # of floats, relative


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers as intervals, a row each: the declared range where a cell is blank (`known` False).

    `step` is the unit of the last printed digit, the finest of the column where a cell does not say its own; `own` is
    that of the cell itself.
    """

    low: Floats
    high: Floats
    known: Bools
    step: Floats
    own: Floats

    def middle(self, at: int) -> float:
        """The number of a row as a message tells it: the middle of its interval, or the end that it has."""
        ends = [float(end) for end in (self.low[at], self.high[at]) if np.isfinite(end)]
        return sum(ends) / len(ends) if ends else 0.0


@dataclass(frozen=True)
class Rows:
    """Rows of a return in the order of the sheet: frames with the same index and the declared columns.

    `values` is text as the schema has it ("" = blank), its index the number of the row in its sheet (several rows may
    share one). A cell's address is taken from `cells` if given, else made of the column's letter and the row; without a
    letter it is `line 12`. `low` and `high` hold the interval of a hedged number, `step` the unit of the last printed
    digit where the text does not show it (12000 printed as 1.2万: 1000); NaN = nothing said. `sheets` names the sheet of
    each row where the rows come from several.
    """

    file: str
    sheet: str
    values: pd.DataFrame
    letters: Mapping[str, str] = field(default_factory=dict)
    cells: pd.DataFrame | None = None
    low: pd.DataFrame | None = None
    high: pd.DataFrame | None = None
    step: pd.DataFrame | None = None
    sheets: pd.Series[str] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def _texts(self) -> dict[str, NDArray[np.object_]]:
        return {}

    @cached_property
    def _numbers(self) -> dict[str, Numbers]:
        return {}

    def some(self, positions: Sequence[int]) -> Rows:
        """The rows at some positions, in order; these themselves where it is all of them."""
        if len(positions) == len(self):
            return self
        frames = {name: getattr(self, name) for name in ("values", "cells", "low", "high", "step", "sheets")}
        return replace(self, **{name: each.iloc[list(positions)] for name, each in frames.items() if each is not None})

    def texts(self, column: str) -> NDArray[np.object_]:
        """The cells of a column as text, "" where blank or where the return has no such column."""
        if column not in self._texts:
            cells = self.values[column] if column in self.values else pd.Series("", index=self.values.index, dtype=object)
            clean = cells.dtype == object and pd.api.types.infer_dtype(cells, skipna=False) == "string"
            self._texts[column] = cells.to_numpy() if clean else cells.fillna("").astype(str).to_numpy(object)
        return self._texts[column]

    def text(self, position: int, column: str) -> str:
        """One cell by position."""
        return str(self.texts(column)[position])

    def cell(self, position: int, column: str) -> str:
        """The address of a cell by position and column."""
        if self.cells is not None and column in self.cells:
            return str(self.cells[column].iloc[position])
        row = self.values.index[position]
        return f"{self.letters[column]}{row}" if column in self.letters else f"line {row}"

    def sheet_of(self, position: int) -> str:
        """The sheet on which a row stands."""
        return self.sheet if self.sheets is None else str(self.sheets.iloc[position])

    def on_sheet(self, sheet: str) -> Bools:
        """Which rows stand on a sheet."""
        return np.full(len(self), self.sheet == sheet) if self.sheets is None else (self.sheets == sheet).to_numpy(bool)

    def fault(self, position: int, column: str, severity: Severity, code: Code, allowed: Text, remedy: Text) -> ReturnFault:
        """A fault at a cell, with what the cell holds as found."""
        found = self.text(position, column)
        if not found and self.low is not None and self.high is not None and column in self.low:   # 3-5 is no one number
            found = "–".join(shown(float(side[column].iloc[position])) for side in (self.low, self.high))
        return ReturnFault(self.file, self.sheet_of(position), self.cell(position, column), severity, code, found, allowed,
                           remedy)

    def numbers(self, column: Column) -> Numbers:
        """The numbers of a column; what is no number counts as blank, of which its own faults tell."""
        if column.name not in self._numbers:
            self._numbers[column.name] = self._read(column)
        return self._numbers[column.name]

    def alike(self, columns: Sequence[Column]) -> list[Numbers]:
        """The numbers of several columns in the unit of the first."""
        return [_scaled(self.numbers(each), factor_of(each) / factor_of(columns[0])) for each in columns]

    def _read(self, column: Column) -> Numbers:
        cells = self.texts(column.name)
        exact = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(float)
        known = ~np.isnan(exact)
        low, high, step = (self._said(frame, column.name) for frame in (self.low, self.high, self.step))
        low, high = np.where(np.isnan(low), exact, low), np.where(np.isnan(high), exact, high)
        known |= ~np.isnan(low) & ~np.isnan(high)
        least = -np.inf if column.minimum is None else float(column.minimum)
        most = np.inf if column.maximum is None else float(column.maximum)
        own = 10.0 ** -np.array([len(cell.partition(".")[2]) for cell in cells], float) if "." in "".join(cells) else \
            np.ones(len(cells))
        finest = own[known].min() if known.any() else 1.0
        return Numbers(np.where(known, low, least), np.where(known, high, most), known,
                       np.where(np.isnan(step), finest, step), np.where(np.isnan(step), own, step))

    def _said(self, frame: pd.DataFrame | None, column: str) -> Floats:
        if frame is None or column not in frame:
            return np.full(len(self), np.nan)
        return frame[column].to_numpy(float)


def where(wrong: Bools | pd.Series[bool]) -> list[int]:
    """The positions of the rows that are marked."""
    return [int(at) for at in np.flatnonzero(wrong)]


def shown(value: float) -> str:
    """A computed number as a message writes it: no float's tail, no exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def factor_of(column: Column) -> Fraction:
    """How many base units the unit of a column holds; 1 where it has none of the list."""
    return unit(column.unit).factor if is_unit(column.unit) else Fraction(1)


def _scaled(numbers: Numbers, factor: Fraction) -> Numbers:
    """Numbers in another unit."""
    if factor == 1:
        return numbers
    low, high, step, own = (each * float(factor) for each in (numbers.low, numbers.high, numbers.step, numbers.own))
    return Numbers(low, high, numbers.known, step, own)


def joined(rows: Rows | pd.DataFrame, names: Sequence[str]) -> pd.Series[str]:
    """The cells of some columns as one text a row; "" where one of them is blank or the column is not there."""
    count = len(rows)
    parts = [rows.texts(name) if isinstance(rows, Rows) else
             rows[name].fillna("").astype(str).to_numpy(object) if name in rows else np.full(count, "", object) for name in names]
    whole = pd.Series(np.full(count, "", object) if not parts else parts[0], dtype=object)
    if len(parts) == 1:
        return whole
    blank = whole == ""
    for part in parts[1:]:
        whole, blank = whole + _SEPARATOR + part, blank | (part == "")
    return whole.where(~blank, "")
