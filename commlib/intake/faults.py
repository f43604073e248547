"""What is odd about a return: one fault at one cell, with a code of a closed list, what is allowed and what to do.

Notes that say the same of many cells of a column become one, at the range of its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from commlib import phrases
from commlib.bilingual import Text, excerpt
from commlib.declarations.checks import Severity

_FEWEST = 4       # from how many on notes are gathered
_MOST_SPANS = 12  # stretches of cells that an address lists; of more the first and last cell are named
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
_VALUES = re.compile(r"“[^”]*”|\"[^\"]*\"|[0-9][0-9.,]*")   # what differs from cell to cell in the same sentence


class Code(StrEnum):
    """Every kind of oddity, one word each; a group to each part of the intake that tells them."""

    # files and sheets (sheets, sources)
    UNREADABLE = "unreadable"      # damaged, truncated, not there, or a server that does not answer
    KIND = "kind"                  # the content is not what the ending says, or of a kind that is not read
    ENCRYPTED = "encrypted"        # a password is asked for
    OVERSIZE = "oversize"          # too many rows, cells or bytes, a zip bomb among them
    EMPTY = "empty"                # no cell is filled
    ENCODING = "encoding"          # bytes that no known charset makes text of
    CHARSET = "charset"            # note: which charset the text was read in
    RAGGED = "ragged"              # a line of a csv with more cells than its header
    FORMULA = "formula"            # a formula without a stored result, or an error such as #REF!
    EXTERNAL = "external"          # note: the workbook refers to other files, which are never opened
    HIDDEN = "hidden"              # note: hidden sheets, rows or columns, which were read
    # layout, headers and recognition (layout, headers, recognise)
    UNRECOGNISED = "unrecognised"  # no table is near enough
    HEADLESS = "headless"          # no header row
    COLUMN = "column"              # a required column is missing
    STRANGE = "strange"            # note: a column that the table does not declare
    DOUBLE = "double"              # two columns of a return name the same declared column
    MAPPING = "mapping"            # the confirmed mapping beside the return does not fit it
    CONTINUED = "continued"        # a continued block that does not fit the block before it
    # cells (cells)
    BLANK = "blank"                # a cell that must be filled is not
    FORM = "form"                  # not of the form of its type or pattern
    RANGE = "range"                # outside the declared range
    CHOICE = "choice"              # not in the closed list
    UNIT = "unit"                  # an unknown unit, or one that measures something else
    AMBIGUOUS = "ambiguous"        # can be read in two ways: never guessed
    HEDGED = "hedged"              # note: about, more than, at least: kept as an interval
    REREAD = "reread"              # note: a cell that was written another way and read by rule
    PERSONAL = "personal"          # what looks like an identity number, a telephone or a name of a resident
    # places and periods (resolve)
    PLACE = "place"                # no place of that name
    NAMESAKE = "namesake"          # more than one place of that name
    RENAMED = "renamed"            # note: an old, alternative or slightly different name of a place
    PERIOD = "period"              # no period, or one that contradicts the title or the row
    # checks (checks)
    KEY = "key"                    # two rows with one key
    SUM = "sum"                    # parts do not make the total
    PART = "part"                  # a part above its whole
    ORDER = "order"                # stages or amounts in the wrong order
    DATES = "dates"                # dates in the wrong order
    RATE = "rate"                  # a printed rate, growth or product that its parts do not give
    ROUNDING = "rounding"          # note: printed truncated instead of rounded
    FALLEN = "fallen"              # a cumulative number fell
    JUMP = "jump"                  # a change beyond the limit since the last release
    UNCHANGED = "unchanged"        # the same for too many periods
    UNIQUE = "unique"              # values that two rows must not share
    ROWS = "rows"                  # rows that sum to more than another table says
    REFERENCE = "reference"        # an id that the other table does not hold
    LOGIC = "logic"                # a printed line of logic (7栏=1栏+4栏) that does not hold, or is not understood
    TOTAL = "total"                # a printed total that the rows do not give


@dataclass(frozen=True, slots=True)
class ReturnFault:
    """One oddity of a return at its cell (`C7`; `line 12` of a csv; "" for a whole sheet or file)."""

    file: str
    sheet: str
    cell: str
    severity: Severity
    code: Code
    found: str
    allowed: Text
    remedy: Text

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", excerpt(self.found))

    def record(self) -> dict[str, str]:
        """The fault for JSON, in both languages."""
        return {"file": self.file, "sheet": self.sheet, "cell": self.cell, "severity": str(self.severity),
                "code": str(self.code), "found": self.found, "remedy_zh": self.remedy.zh, "remedy_en": self.remedy.en,
                "allowed_zh": self.allowed.zh, "allowed_en": self.allowed.en}


def explained(group: str, reason: str, **values: Any) -> tuple[Text, Text]:
    """What is allowed and what to do: the phrases `<group>.allowed_<reason>` and `<group>.remedy_<reason>`."""
    return phrases.text(f"{group}.allowed_{reason}", **values), phrases.text(f"{group}.remedy_{reason}", **values)


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
    return [fault for group in groups.values() for fault in (group if len(group) < _FEWEST else [_one(group)])]


def _one(group: list[ReturnFault]) -> ReturnFault:
    """Several notes of a column as one at the range of their cells; of very many stretches from the first to the last."""
    cells = [cell for fault in group if (cell := _CELL.fullmatch(fault.cell))]
    column, spans = cells[0][1], stretches(int(cell[2]) for cell in cells)
    if len(spans) > _MOST_SPANS:
        spans = [(spans[0][0], spans[-1][1])]
    where = ",".join(f"{column}{low}" if low == high else f"{column}{low}:{column}{high}" for low, high in spans)
    return replace(group[0], cell=where, remedy=phrases.text("taking.gathered", remedy=group[0].remedy, n=len(group)))


def stretches(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Whole numbers as unbroken stretches in order: the first and the last of each."""
    spans: list[tuple[int, int]] = []
    for each in sorted(set(numbers)):
        spans[-1:] = [(spans[-1][0], each)] if spans and spans[-1][1] == each - 1 else [*spans[-1:], (each, each)]
    return spans
