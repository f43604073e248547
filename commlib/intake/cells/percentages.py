"""Percentages without a sign: one form is decided for a whole column, and cells that do not fit it are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from commlib.declarations.checks import Severity
from commlib.declarations.columns import Column
from commlib.hedges import decimals
from commlib.intake.cells.readings import Raw, Refusal, Setting, decimal_text, float_text, narrow, note, refusal
from commlib.intake.faults import Code, ReturnFault

_UNSIGNED = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,30})?")
_MOST_SHARE = 10         # ten times: where no maximum is declared, more than 1000 % is a percentage without a doubt
_SHARE_DECIMALS = 2      # 0.86 and 0.863 are shares; 0.5 may be half a per cent
_MOST_DECIMALS = 6       # more are a computation's, and tell no form
_MAJORITY = 3            # to one


class Form(StrEnum):
    """How a column writes percentages without a sign: 86.3, 0.863, or in a way that cannot be told."""

    PERCENT = "percent"
    SHARE = "share"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class PercentForm:
    """The one form of a column's percentages without a sign, and with how many decimals it writes 86.3."""

    form: Form = Form.UNDECIDED
    decimals: int = 0


UNDECIDED = PercentForm()


def percent_form(cells: Iterable[tuple[Raw, str]], column: Column) -> PercentForm:
    """The form of a column from all its cells, each with its number format ("" = unknown); signed ones decide nothing.

    86.3 can only be per cent, for a share of it is out of range. 0.863 is a share where it has two decimals or more, and
    more of them than the certain per cents have. Where both stand in one column, three to one decide, or nothing does.
    """
    counted = Counter((type(raw), raw, number_format) for raw, number_format in cells if isinstance(raw, str | int | float))
    numbers: Counter[str] = Counter()
    for (_, raw, number_format), times in counted.items():
        numbers[_unsigned(raw, number_format)] += times
    del numbers[""]
    certain = {text: times for text, times in numbers.items() if _surely_percent(text, column)}
    places = min(max(map(decimals, certain), default=0), _MOST_DECIMALS)
    shares = sum(times for text, times in numbers.items() if _like_share(text, places))
    percents = sum(certain.values())
    if not percents and not shares:
        return PercentForm(Form.UNDECIDED if any(map(float, numbers)) else Form.PERCENT)
    if percents >= _MAJORITY * shares:
        return PercentForm(Form.PERCENT, places)
    return PercentForm(Form.SHARE if shares >= _MAJORITY * percents else Form.UNDECIDED, places)


def share_note(cells: Iterable[Raw], column: Column) -> tuple[ReturnFault, ...]:
    """What is told once of a column whose numbers are shares, with the first that shows it."""
    first = next((text for raw in cells if (text := _unsigned(raw, "")) and _like_share(text, 0)), "")
    second = decimal_text(Fraction(first or "0") * 100)
    return (note(first, column, "fault.note_share_column", first=first, second=second),) if first else ()


def percent_factor(raw: Raw, digits: str, column: Column, setting: Setting,
                   form: PercentForm) -> tuple[Fraction, tuple[ReturnFault, ...]] | Refusal:
    """1 or 100 for one number without a sign, by its number format or the form of its column; a doubtful one is refused."""
    if not isinstance(raw, str) and "%" in setting.number_format:
        return Fraction(100), ()
    certain, shown = _surely_percent(digits, column), Fraction(digits)
    doubtful = {Form.PERCENT: _like_share(digits, form.decimals), Form.SHARE: certain, Form.UNDECIDED: not certain}[form.form]
    if shown and doubtful:
        return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_percent", first=digits, second=decimal_text(shown * 100))
    if form.form is Form.SHARE:
        return Fraction(100), ()
    if shown and abs(shown) <= 1 and form.form is Form.PERCENT:
        return Fraction(1), (note(raw, column, "fault.remedy_percent", Code.AMBIGUOUS, Severity.WARNING, first=digits,
                                  second=decimal_text(shown * 100)),)
    return Fraction(1), ()


def _unsigned(raw: Raw, number_format: str) -> str:
    """The digits of a number that bears no per cent sign of any kind; "" for every other cell."""
    if isinstance(raw, str):
        text = narrow(raw)
    elif isinstance(raw, bool) or not isinstance(raw, int | float) or "%" in number_format or not abs(raw) < 10 ** 15:
        return ""
    else:
        text = float_text(float(raw))
    return text if _UNSIGNED.fullmatch(text) else ""


def _surely_percent(digits: str, column: Column) -> bool:
    most = float(column.maximum) / 100 if column.maximum is not None else _MOST_SHARE
    return abs(float(digits)) > most


def _like_share(digits: str, places: int) -> bool:
    return 0 < abs(float(digits)) < 1 and decimals(digits) >= max(_SHARE_DECIMALS, places + 1)
