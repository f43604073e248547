"""Notes that say the same of many cells of a column become one, at the range of its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from commlib import phrases
from commlib.declarations.checks import Severity
from commlib.intake.faults import ReturnFault

FEWEST = 4        # from how many on notes are gathered
_MOST_SPANS = 12  # stretches of cells that an address lists; of more the first and last cell are named
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
_VALUES = re.compile(r"“[^”]*”|\"[^\"]*\"|[0-9][0-9.,]*")   # what differs from cell to cell in the same sentence


def gathered(faults: Iterable[ReturnFault]) -> list[ReturnFault]:
    """The faults with like notes gathered where the first of them stood; errors and warnings stay one by one.

    Alike are notes of one code and one sentence, but for the values in it, in one column of one sheet. The gathered one has
    the range of cells (`C5:C10004`, `C5:C9,C12`) and says how many they are.
    """
    groups: dict[object, list[ReturnFault]] = {}
    for number, fault in enumerate(faults):
        match = _CELL.fullmatch(fault.cell) if fault.severity is Severity.NOTE else None
        kind = (fault.sheet, fault.code, match[1], fault.allowed.zh, _VALUES.sub("", fault.remedy.zh)) if match else number
        groups.setdefault(kind, []).append(fault)
    return [fault for group in groups.values() for fault in (group if len(group) < FEWEST else [_one(group)])]


def _one(group: list[ReturnFault]) -> ReturnFault:
    first = group[0]
    return replace(first, cell=cell_range([fault.cell for fault in group]),
                   remedy=phrases.text("taking.gathered", remedy=first.remedy, n=len(group)))


def cell_range(cells: Iterable[str]) -> str:
    """The cells of one column as a range, or as several parted by commas; of very many stretches the first to the last."""
    column = ""
    rows = set()
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match:
            column = match[1]
            rows.add(int(match[2]))
    spans: list[tuple[int, int]] = []
    for row in sorted(rows):
        spans[-1:] = [(spans[-1][0], row)] if spans and spans[-1][1] == row - 1 else [*spans[-1:], (row, row)]
    if len(spans) > _MOST_SPANS:
        spans = [(spans[0][0], spans[-1][1])]
    return ",".join(f"{column}{low}" if low == high else f"{column}{low}:{column}{high}" for low, high in spans)
