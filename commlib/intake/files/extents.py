"""How far the filled cells of a sheet's markup reach, found before the reader makes room for the whole rectangle.

A reader that is told of one cell at XFD1048576 asks for 400 GB and takes the process down with it: this must be exact
for hostile markup, and quick for the usual kind.
"""

from __future__ import annotations

import re
from xml.parsers import expat

import numpy as np

from commlib.intake.files.sheets import column_number

# Addresses, or what may be ones, that can lie beyond 702 columns and 16,999 rows, which are 11.9 million cells.
_FARTHER = re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{3}|[^\"']*[0-9]{6}|[^\"']*&|[A-Za-z]*\s*(?:1[7-9]|[2-9][0-9])[0-9]{3})")
_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})([0-9]{1,7})\"((?:[^>\"]|\"[^\"]*\")*)>")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_SIGN = {each: ord(each) for each in '<c >/\t\n\r"AZ09'}
_LONGEST = 13   # signs behind a "<" in `c r="A12345"`, and one more


def extent(markup: bytes) -> tuple[int, int]:
    """How many rows and columns the filled cells reach; (0, 0) where they certainly span fewer than 12 million."""
    plain, near = _glance(markup)
    if plain and (near or not _FARTHER.search(markup)):
        return 0, 0
    if plain:
        cells = _CELL.findall(markup)
        if len(cells) == len(_ANY_CELL.findall(markup)):
            filled = [(name, number) for name, number, more in cells if not more.endswith(b"/")]
            return (max((int(number) for _, number in filled), default=0),
                    max((column_number(name.decode()) for name in {name for name, _ in filled}), default=-1) + 1)
    return _parsed(markup)


def _glance(markup: bytes) -> tuple[bool, bool]:
    """Whether all cells begin with their address, and whether all of these are one letter and at most five digits."""
    signs = np.frombuffer(markup + bytes(_LONGEST), np.uint8)
    opened = np.flatnonzero(signs == _SIGN["<"]) + 1
    cells = opened[(signs[opened] == _SIGN["c"]) & np.isin(signs[opened + 1], [_SIGN[each] for each in " >/\t\n\r"])]
    if b":c" in markup or not all((signs[cells + 1 + at] == sign).all() for at, sign in enumerate(b' r="')):
        return False, False
    near = (signs[cells + 5] >= _SIGN["A"]) & (signs[cells + 5] <= _SIGN["Z"])
    ended = np.zeros(len(cells), bool)
    for at in range(6, _LONGEST - 1):
        ended |= signs[cells + at] == _SIGN['"']
        near &= ended | ((signs[cells + at] >= _SIGN["0"]) & (signs[cells + at] <= _SIGN["9"]))
    return True, bool((near & ended).all())


class _Reach:
    """The reach of the cells of a sheet, told element by element; cells without an address follow one another."""

    def __init__(self) -> None:
        self.row = self.column = self.rows = self.columns = 0

    def start(self, tag: str, at: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self.row, self.column = int(at.get("r", self.row + 1)), 0
        elif name == "c":
            match = re.fullmatch(r"\s*([A-Za-z]{1,7})([0-9]{1,9})\s*", at.get("r", ""))
            self.column = column_number(match[1].upper()) + 1 if match else self.column + 1
            self.row = int(match[2]) if match else self.row
        elif name in ("v", "is", "f"):
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)


def _parsed(markup: bytes) -> tuple[int, int]:
    """The extent by a real parser; raises ExpatError where the markup is not well formed."""
    reach = _Reach()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reach.start
    parser.Parse(markup, True)
    return reach.rows, reach.columns
