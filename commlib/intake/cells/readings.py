"""What comes of a raw cell: a reading with what was odd about it, or a refusal; nothing else and never an exception."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.checks import Severity
from commlib.declarations.columns import Blank, Column, ColumnType
from commlib.declarations.reading import one_of
from commlib.hedges import Bound, Qualifier
from commlib.intake.faults import Code, ReturnFault
from commlib.units import unit, unit_ids

Raw = str | int | float | bool | Decimal | date | datetime | time | timedelta | None

# Full-width forms become ASCII and the minus signs one. Not NFKC: that would make 122 of 12² and 1 of ①.
_WIDTH = str.maketrans({**{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}, "−": "-", "﹣": "-",
                        **dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009\u202f\t\r\n", " "),
                        **dict.fromkeys("\ufeff\u200b\u200c\u200d\u2060")})
MOST: dict[type, int] = {int: 10 ** 30, float: 10 ** 15}   # from here on a number is too long; a float has lost digits
_EXACT_DIGITS = 15   # a spreadsheet's numbers have no more
_MOST_BITS = 1000
_NOISE = 3           # digits fewer at 15 places tell the noise of a computation: 0.30000000000000004


class State(StrEnum):
    """What a cell holds: one value, two ends, nothing known, or what the cell above it says (the reader fills that in)."""

    VALUE = "value"
    RANGE = "range"
    MISSING = "missing"
    SAME_AS_ABOVE = "same_as_above"


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell that was read: `text` as tables hold it ("" unless there is one value), and the notes that it earned.

    Of a number, `exact` is set where `text` is not all of it (2 亩 in m²), `bounds` where it is hedged and `step`, the
    unit of its last printed digit, where the text does not show it (1,000 of 1.2万); all in the unit of the column.
    """

    text: str
    state: State = State.VALUE
    qualifier: str = Qualifier.EXACT
    bounds: tuple[Bound, Bound] | None = None
    exact: Fraction | None = None
    step: Fraction | None = None
    faults: tuple[ReturnFault, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The exact number of a number's cell; of a range its middle, None where nothing is known."""
        if self.exact is not None:
            return self.exact
        return Fraction(self.text) if self.text else None

    @property
    def low(self) -> Bound | None:
        """The lowest number that the cell allows."""
        return self.bounds[0] if self.bounds else self.value

    @property
    def high(self) -> Bound | None:
        """The highest number that the cell allows."""
        return self.bounds[1] if self.bounds else self.value


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that was not read, and why; the fault has no place yet (`Sheet.placed`)."""

    fault: ReturnFault

    @property
    def faults(self) -> tuple[ReturnFault, ...]:
        """The one fault, as a reading has its own."""
        return (self.fault,)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about a cell beside its content.

    `unit`, `scale`: what the header or sheet says that plain numbers are in, where that is not the column's unit ("" = it
    is; 万平方米 is m2 and 10,000, see `unit_in_words`). `number_format`: of the spreadsheet ("" = unknown). `typed`: whether
    the source tells numbers from text (a CSV does not). `year`: which a date without one belongs to. `zeros`: whether the
    column writes the tenth month as 2013.10, so that 2013.1 is the first.
    """

    unit: str = ""
    scale: Fraction = Fraction(1)
    number_format: str = ""
    typed: bool = True
    year: int | None = None
    zeros: bool = False


PLAIN = Setting()


def narrow(text: str) -> str:
    """Text with full-width forms and odd blanks made plain, without blanks around it."""
    return text.strip() if text.isascii() else text.translate(_WIDTH).strip()


def is_simplified(words: str) -> bool:
    """Whether words have simplified characters alone: those of GB 2312."""
    try:
        words.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def to_simplified(words: str) -> str:
    """Words in simplified characters, to be compared with others made so: 乾 becomes 干 here."""
    return str(_converter().convert(words))


@lru_cache(8192)
def simplified(words: str) -> str:
    """Words of headers and closed lists in simplified characters; those that have only such ones stay, with their 乾."""
    return words if is_simplified(words) else to_simplified(words)


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def float_text(value: float) -> str:
    """A finite float as plain digits: its shortest text, without the noise of computing beyond 15 digits."""
    if value.is_integer():
        return str(int(value))
    shortest, short = repr(value), f"{value:.{_EXACT_DIGITS}g}"
    text = short if len(short) <= len(shortest) - _NOISE else shortest
    return f"{Decimal(text):f}" if "e" in text else text


def decimal_text(value: Fraction, most: int = 12) -> str:
    """A fraction as decimal digits: all of them where they end, else rounded to `most` decimals."""
    rest, places = value.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for factor in (2, 5):
        while rest % factor == 0:
            rest, places = rest // factor, places + 1
    places = places if rest == 1 else most
    digits = str(abs(round(value * 10 ** places))).zfill(places + 1)
    shown = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".") if places else digits
    return f"-{shown}" if value < 0 and shown.strip("0.") else shown


def allowed_words(column: Column) -> Text:
    """What a column allows in a cell."""
    if column.choices:
        return joined([choice.label for choice in column.choices], "、", ", ")
    if column.type is ColumnType.UNIT:
        return one_of(dict.fromkeys(unit(each).label.zh for each in unit_ids()))
    if column.type is ColumnType.TEXT:
        return phrases.text("fault.allowed_filled" if column.blank is Blank.REFUSED else "fault.allowed_text")
    return phrases.text(f"fault.allowed_{column.type}")


def refusal(raw: Raw, column: Column, code: Code, remedy: str, **values: object) -> Refusal:
    """Refuse a cell: an error with the remedy of a phrase."""
    return Refusal(_fault(raw, column, Severity.ERROR, code, phrases.text(remedy, **values)))


def note(raw: Raw, column: Column, remedy: str, code: Code = Code.REREAD, severity: Severity = Severity.NOTE,
         **values: object) -> ReturnFault:
    """What a reading tells about how a cell was read."""
    return _fault(raw, column, severity, code, phrases.text(remedy, **values))


def reread(raw: Raw, column: Column, text: str) -> Reading:
    """A cell that was written in another way than the table holds it, read by rule."""
    return Reading(text, faults=(note(raw, column, "fault.note_read", read=text),))


def _fault(raw: Raw, column: Column, severity: Severity, code: Code, remedy: Text) -> ReturnFault:
    found: object = "" if raw is None else raw
    if isinstance(raw, float) and abs(raw) < float("inf"):
        found = float_text(raw)
    elif isinstance(raw, int) and raw.bit_length() > _MOST_BITS:
        found = hex(raw)   # Python refuses to write out thousands of digits
    return ReturnFault("", "", "", severity, code, re.sub(r"\s+", " ", str(found)), allowed_words(column), remedy)
