"""Raw cells read by their declared column: a value, a gap, or a refusal; what was read by rule says so in a note."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import repeat
from typing import Any, cast

from commlib.declarations.columns import DATES, NUMBERS, Blank, Column, ColumnType, value_key
from commlib.intake.cells.dates import read_date, read_year
from commlib.intake.cells.glances import DASHES, ERRORS, NONE, SAME, UNKNOWN, odd_texts
from commlib.intake.cells.numbers import read_number, unit_named
from commlib.intake.cells.percentages import UNDECIDED, Form, PercentForm, percent_form, share_note
from commlib.intake.cells.readings import (
    MOST,
    PLAIN,
    Raw,
    Reading,
    Refusal,
    Setting,
    State,
    float_text,
    narrow,
    note,
    refusal,
    reread,
    simplified,
)
from commlib.intake.faults import Code, ReturnFault

_COMPARABLE = frozenset({str, int, float, bool, type(None), date, datetime})   # equal ones of a type are read alike
_YES = frozenset({"yes", "y", "true", "1", "有", "是", "√", "✓", "✔", "☑", "对", "已", "v"})
_NO = frozenset({"no", "n", "false", "0", "无", "無", "否", "×", "✗", "✘", "✕", "x", "没有", "未", "不是", "☒"})
_PARTLY = frozenset({"部分", "部份", "partly", "不完全"})
_QUOTED = re.compile("'(?=[=+\\-@])")   # which spreadsheets and this program set before a text that is no formula
_DIGITS = re.compile("[0-9]+")
_LONGEST_GAP = 14    # letters of the longest word for a gap or an error
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_ZEROS = re.compile(r"(?:1[89]|20)[0-9]{2}\.(?:10|0[1-9])")


@dataclass(frozen=True, slots=True)
class ColumnReadings:
    """A column as it was read: the text of each cell, by position what else there is to say, and what is told once.

    `odd` holds the readings that are more than a text: refusals, notes, intervals, what the cell above says.
    """

    texts: list[str]
    odd: Mapping[int, Reading | Refusal] = field(default_factory=dict)
    faults: tuple[ReturnFault, ...] = ()

    @property
    def cells(self) -> list[Reading | Refusal]:
        """The readings of all cells in their order."""
        return [self.odd.get(at) or Reading(text, State.VALUE if text else State.MISSING) for at, text in enumerate(self.texts)]


def read_column(cells: Sequence[Raw], column: Column, setting: Setting = PLAIN,
                formats: Mapping[int, str] | None = None) -> ColumnReadings:
    """Read all cells of a column by one rule: the form of its percentages and whether it writes 2013.10 are decided first.

    `formats` are the number formats by position where they are known. Equal cells are read once.
    """
    looked_at = odd_texts(cells, column)
    if looked_at is not None:
        return _texts(cast(Sequence[str], cells), looked_at, column, setting)
    known = formats or {}
    form: PercentForm = UNDECIDED
    faults: tuple[ReturnFault, ...] = ()
    if column.unit == "percent" and setting.unit in ("", "percent"):
        form = percent_form([(raw, known.get(at, setting.number_format)) for at, raw in enumerate(cells)], column)
        faults = share_note(cells, column) if form.form is Form.SHARE else ()
    if column.type in DATES:
        setting = replace(setting, zeros=any(isinstance(raw, str) and _ZEROS.fullmatch(narrow(raw)) for raw in cells))
    written = [known.get(at, setting.number_format) for at in range(len(cells))] if known else repeat(setting.number_format)
    comparable = cells if set(map(type, cells)) <= _COMPARABLE else [
        raw if type(raw) in _COMPARABLE else (id(raw), str(raw)) for raw in cells]   # a Decimal of 2013.10 equals one of 2013.1
    keys = list(zip(map(type, cells), comparable, written, strict=False))
    first = dict(zip(reversed(keys), range(len(cells) - 1, -1, -1), strict=True))
    read = {key: read_cell(cells[at], column, replace(setting, number_format=key[2]) if known else setting, form)
            for key, at in first.items()}
    texts = {key: each.text if isinstance(each, Reading) else "" for key, each in read.items()}
    telling = {key: each for key, each in read.items() if _tells(each)}
    odd = {at: telling[key] for at, key in enumerate(keys) if key in telling} if telling else {}
    return ColumnReadings([texts[key] for key in keys], odd, faults)


def _texts(cells: Sequence[str], looked_at: Sequence[int], column: Column, setting: Setting) -> ColumnReadings:
    """Texts that are read as they stand, but for those that are looked at."""
    texts = list(cells)
    read = {text: read_cell(text, column, setting) for text in {cells[at] for at in looked_at}}
    odd = {at: read[cells[at]] for at in looked_at}
    for at, each in odd.items():
        texts[at] = each.text if isinstance(each, Reading) else ""
    return ColumnReadings(texts, {at: each for at, each in odd.items() if _tells(each)})


def _tells(each: Reading | Refusal) -> bool:
    """Whether a reading is more than a text, or a gap."""
    return isinstance(each, Refusal) or bool(each.faults) or each.state not in (State.VALUE, State.MISSING) \
        or each.bounds is not None or each.step is not None


def read_cell(raw: Raw, column: Column, setting: Setting = PLAIN, form: PercentForm = UNDECIDED) -> Reading | Refusal:
    """Read one raw cell; never an exception. `form` is that of the whole column (`percent_form`).

    What the range, the pattern and the references of a column say is checked later, on the readings. A code that its
    pattern refuses because it was stored as a number is refused here.
    """
    raw = _known(raw)
    if isinstance(raw, _Strange):
        return refusal(str(raw), column, Code.FORM, _remedy(column))
    if isinstance(raw, str):
        raw = raw.strip()[1:] if _QUOTED.match(raw.strip()) else raw
        word = narrow(raw)
        gap = _gap(raw, word, column) if len(word) <= _LONGEST_GAP and not _DIGITS.fullmatch(word) else None
        if gap:
            return gap
    elif raw is None:
        return _blank(raw, column)
    if column.type in NUMBERS:
        year = read_year(raw, column, setting) if column.unit == "year" else None
        return year or read_number(raw, column, setting, form)
    if column.type in DATES:
        return read_date(raw, column, setting)
    return _reader(column)(raw, column)


class _Strange(str):
    """The name of the kind of a cell that no column takes: a time of day, a span, bytes, an infinite number."""


def _known(raw: Any) -> Any:
    """A cell as one of the kinds that are read; numbers of other libraries become plain ones, what is no number None."""
    if raw is None or type(raw) in (str, int, bool):
        return raw
    if isinstance(raw, float):
        return None if raw != raw else float(raw) if abs(raw) != float("inf") else _Strange(raw)
    if isinstance(raw, Decimal):
        fits = raw.is_finite() and abs(raw.adjusted()) < 30
        return f"{raw:f}" if fits else None if raw.is_nan() else _Strange(raw)
    if type(raw).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(raw, str | int | date):
        return raw
    item = getattr(raw, "item", None)   # of numpy
    plain = item() if callable(item) and getattr(raw, "shape", None) == () else raw
    return _known(plain) if plain is not raw and isinstance(plain, bool | int | float | str) else _Strange(type(raw).__name__)


def _blank(raw: Raw, column: Column) -> Reading | Refusal:
    """A blank cell by the column's declaration."""
    if column.blank is Blank.REFUSED:
        return refusal(raw, column, Code.BLANK, "fault.remedy_blank", label=column.label)
    state = {Blank.ZERO: State.VALUE, Blank.SAME_AS_ABOVE: State.SAME_AS_ABOVE}.get(column.blank, State.MISSING)
    return Reading("0" if column.blank is Blank.ZERO else "", state)


def _gap(raw: Raw, word: str, column: Column) -> Reading | Refusal | None:
    """A cell that is blank or says that there is nothing, no result or the same as above; None where it says something else.

    Words that a closed list or a yes-or-no column knows are its values, and in a column of text only a dash is a gap. In a
    column whose blank is zero a dash and 无 are zero too; 未统计 never is.
    """
    if not word:
        return _blank(raw, column)
    key = value_key(word)
    if key in ERRORS:
        return refusal(raw, column, Code.FORMULA, "fault.remedy_error_value")
    if key in SAME:
        return Reading("", State.SAME_AS_ABOVE, faults=(note(raw, column, "fault.note_above"),))
    dash = set(key) <= DASHES and key not in ("一", ".")
    listed = bool(column.choices) or column.type is ColumnType.BOOLEAN
    free = column.type is ColumnType.TEXT and not listed
    nothing, unknown = key in NONE and not free, key in UNKNOWN and not free
    if not (dash or nothing or unknown) or (listed and not isinstance(_reader(column)(raw, column), Refusal)):
        return None
    if column.blank is Blank.REFUSED:
        return refusal(raw, column, Code.BLANK, "fault.remedy_blank", label=column.label)
    if column.blank is Blank.ZERO and not unknown:
        return reread(raw, column, "0")
    return Reading("", State.MISSING, faults=(note(raw, column, "fault.note_missing"),))


def _read_text(raw: Any, column: Column) -> Reading | Refusal:
    """Free text as it stands, without blanks around it; a number or date as a reader sees it."""
    if isinstance(raw, str):
        return Reading(raw.strip(" \t\r\n\u3000\u00a0\ufeff"))
    text = _plain_number(raw)
    if text is None and not isinstance(raw, bool | date):
        return refusal(raw, column, Code.FORM, "fault.remedy_digits")
    if text is None:
        text = "TRUE" if raw is True else "FALSE" if raw is False else raw.isoformat().removesuffix("T00:00:00")
        return reread(raw, column, text)
    return Reading(text)


def _read_code(raw: Any, column: Column) -> Reading | Refusal:
    """A code as text; one stored as a whole number (320203.0 too) is told, and refused where its pattern does not fit."""
    if isinstance(raw, bool | date):
        return refusal(raw, column, Code.FORM, _remedy(column))
    text = (narrow(raw) if _WIDE.search(raw) else raw.strip()) if isinstance(raw, str) else _plain_number(raw)
    numbered = not isinstance(raw, str) or bool(re.fullmatch(r"[0-9]+\.0", text or ""))
    text = (text or "").removesuffix(".0") if numbered else text
    if not text or (numbered and not text.isdigit()):
        return refusal(raw, column, Code.FORM, "fault.remedy_digits" if not text else "fault.remedy_code_number")
    if re.search(r"\s", text) and column.type is ColumnType.CODE:
        return refusal(raw, column, Code.FORM, "fault.remedy_code")
    if numbered and column.pattern and not re.fullmatch(column.pattern, text):
        return refusal(raw, column, Code.FORM, "fault.remedy_code_number")
    return reread(raw, column, text) if numbered or text != str(raw).strip() else Reading(text)


def _read_place(raw: Any, column: Column) -> Reading | Refusal:
    """The name of a place on one line, for the register to resolve, or its code."""
    if not isinstance(raw, str):
        return _read_code(raw, column)
    text = re.sub(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*", "", raw).strip(" \t\u3000\u00a0\ufeff\u200b").strip()
    if not text:
        return _blank(raw, column)
    return Reading(text) if text == raw.strip() else reread(raw, column, text)


def _read_boolean(raw: Any, column: Column) -> Reading | Refusal:
    """yes or no; partly is neither."""
    key = value_key(_plain_number(raw) or ("yes" if raw is True else "no" if raw is False else str(raw)))
    if key in _YES or key in _NO:
        return Reading("yes" if key in _YES else "no")
    remedy = "fault.remedy_partly" if key in _PARTLY else "fault.remedy_boolean"
    return refusal(raw, column, Code.AMBIGUOUS if key in _PARTLY else Code.CHOICE, remedy)


def _read_choice(raw: Any, column: Column) -> Reading | Refusal:
    """The id of a choice by its id, labels and aliases, in either script; the nearest is only named."""
    known = choice_ids(column)
    key = value_key(_plain_number(raw) or str(raw))
    found = known.get(key) or known.get(value_key(simplified(key)))
    if found:
        return Reading(found)
    near = difflib.get_close_matches(value_key(simplified(key)), known, n=1, cutoff=0.5)
    if not near:
        return refusal(raw, column, Code.CHOICE, "fault.remedy_choice")
    label = next(choice.label for choice in column.choices if choice.id == known[near[0]])
    return refusal(raw, column, Code.CHOICE, "fault.remedy_listed", near=label)


def _read_unit(raw: Any, column: Column) -> Reading | Refusal:
    """The id of a unit by its id, labels and other words."""
    found = unit_named(raw) if isinstance(raw, str) else ""
    return Reading(found) if found else refusal(raw, column, Code.UNIT, "fault.remedy_choice")


@cache
def choice_ids(column: Column) -> dict[str, str]:
    """The ids of a closed list by the `value_key` of every word for them, a traditional one in simplified characters too."""
    words: dict[str, str] = {}
    for choice in column.choices:
        for word in (choice.id, choice.label.zh, choice.label.en, *choice.aliases):
            words[value_key(word)] = choice.id
    return words


def _plain_number(raw: Any) -> str | None:
    """The digits of a stored number; None for what is none, or has more digits than are kept."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) >= MOST[type(raw)]:
        return None
    return str(raw) if isinstance(raw, int) else float_text(raw)


def _reader(column: Column) -> Callable[[Any, Column], Reading | Refusal]:
    """How a word of a column is read; text with a closed list is a choice."""
    return _read_choice if column.choices else _READERS.get(column.type, _read_text)


def _remedy(column: Column) -> str:
    return "fault.remedy_cell_number" if column.type in NUMBERS else "fault.remedy_choice" \
        if column.type in (ColumnType.TEXT, ColumnType.UNIT) else f"fault.remedy_{column.type}"


_READERS: dict[ColumnType, Callable[[Any, Column], Reading | Refusal]] = {
    ColumnType.TEXT: _read_text, ColumnType.CODE: _read_code, ColumnType.PLACE: _read_place,
    ColumnType.BOOLEAN: _read_boolean, ColumnType.CHOICE: _read_choice, ColumnType.UNIT: _read_unit,
}
