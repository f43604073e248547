"""What is odd about a return: one fault at one cell, with a code of a closed list, what is allowed and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from commlib.bilingual import Text, excerpt
from commlib.declarations.checks import Severity


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
    ABSENT = "absent"              # a place that did not report
    LATE = "late"                  # a return that came after its day


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

    def at(self, *, file: str | None = None, sheet: str | None = None, cell: str | None = None) -> ReturnFault:
        """The same fault at another place; None keeps what is there."""
        return replace(self, file=self.file if file is None else file, sheet=self.sheet if sheet is None else sheet,
                       cell=self.cell if cell is None else cell)

    def record(self, language: str) -> dict[str, str]:
        """The fault for JSON: the remedy in both languages, what is allowed in one."""
        return {"file": self.file, "sheet": self.sheet, "cell": self.cell, "severity": str(self.severity),
                "code": str(self.code), "found": self.found, "allowed": self.allowed[language],
                "remedy_zh": self.remedy.zh, "remedy_en": self.remedy.en}


def refused(faults: list[ReturnFault]) -> bool:
    """Whether one of the faults keeps out what it is about."""
    return any(fault.severity is Severity.ERROR for fault in faults)
