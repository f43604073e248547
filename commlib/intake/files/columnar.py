"""The rows of a long and even text file, kept by column: what is looked at cell by cell elsewhere is scanned whole here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.csv
from numpy.typing import NDArray

from commlib.intake.files.sheets import MOST_CELLS, MOST_ROWS, Cell

_MARK = b"\xef\xbb\xbf"


class Columns(Sequence[Sequence[Cell]]):
    """Rows of equally many texts, each row made when it is asked for."""

    def __init__(self, arrays: Sequence[pyarrow.ChunkedArray]) -> None:
        self.arrays = tuple(arrays)

    @cached_property
    def texts(self) -> list[list[str]]:
        """All cells of each column."""
        return [each.to_numpy(zero_copy_only=False).tolist() for each in self.arrays]

    def __len__(self) -> int:
        return len(self.arrays[0])

    @overload
    def __getitem__(self, row: int) -> Sequence[Cell]: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Sequence[Cell]]: ...

    def __getitem__(self, row: int | slice) -> Sequence[Cell] | Sequence[Sequence[Cell]]:
        if isinstance(row, slice):
            return [self[at] for at in range(*row.indices(len(self)))]
        return [cells[row] for cells in self.texts]

    def telling(self, column: int, pattern: str) -> NDArray[np.bool_]:
        """The rows of which the text of a column holds a pattern of RE2."""
        return _marked(pyarrow.compute.match_substring_regex(self.arrays[column], pattern))

    def digits(self, column: int, least: int) -> NDArray[np.bool_]:
        """The rows of which the text of a column is at least so many ASCII digits and nothing else."""
        cells = self.arrays[column]
        return _marked(pyarrow.compute.ascii_is_decimal(cells)) & \
            _marked(pyarrow.compute.greater_equal(pyarrow.compute.binary_length(cells), least))


def _marked(mask: pyarrow.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(mask.to_numpy(zero_copy_only=False), bool)


def _unquoted(data: bytes, delimiter: str) -> bytes:
    """The text with its first line, if it has quotes, written without them; as it is where a cell needs its quotes."""
    first, end, below = data.partition(b"\n")
    if b'"' not in first or b'"' in below:
        return data
    try:
        cells = next(csv.reader([first.removesuffix(b"\r").decode()], delimiter=delimiter, strict=True))
    except (csv.Error, UnicodeDecodeError):
        return data
    if not any(cells) or any(sign in cell for cell in cells for sign in (delimiter, '"', "\r")):
        return data
    return delimiter.join(cells).encode() + end + below


def even_columns(data: bytes, delimiter: str) -> Columns | None:
    """The rows of UTF-8 text without blank lines, nor quotes below the first line, in which all lines have as many cells.

    None for every other text.
    """
    plain = _unquoted(data.removeprefix(_MARK), delimiter)
    if b'"' in plain or b"\n\n" in plain or b"\n\r\n" in plain or plain.startswith((b"\n", b"\r", _MARK)) or not plain \
            or (b"\r" in plain and plain.count(b"\r") != plain.count(b"\r\n")):
        return None
    names = [str(number) for number in range(plain.partition(b"\n")[0].count(delimiter.encode()) + 1)]
    if plain.count(b"\n") >= MOST_ROWS or plain.count(b"\n") * len(names) >= MOST_CELLS:
        return None
    try:
        table = pyarrow.csv.read_csv(
            pyarrow.BufferReader(plain), pyarrow.csv.ReadOptions(column_names=names),
            pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False))
    except pyarrow.ArrowInvalid:   # a line with more or fewer cells, bytes that are no UTF-8
        return None
    return Columns(table.columns)
