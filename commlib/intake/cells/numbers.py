"""Cells of numbers: what is printed, hedges kept as an interval, units converted exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from commlib.bilingual import Text
from commlib.declarations.columns import Column, ColumnType, value_key
from commlib.errors import DeclarationError
from commlib.hedges import BETWEEN, RANGE, Bound, Qualifier, decimals, interval, unhedged
from commlib.intake.cells.numerals import ARABIC, HAN, SCALE, numeral, scale_of
from commlib.intake.cells.percentages import UNDECIDED, PercentForm, percent_factor
from commlib.intake.cells.readings import (
    MOST,
    PLAIN,
    Raw,
    Reading,
    Refusal,
    Setting,
    State,
    decimal_text,
    float_text,
    narrow,
    note,
    refusal,
)
from commlib.intake.faults import Code, ReturnFault
from commlib.units import conversion, is_unit, per_ids, unit, unit_ids

_SIMPLE = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?")
_HEDGE = "".join(BETWEEN)
_FIGURE = re.compile(rf"(?P<sign>[-+负]?)(?P<percent>(?:百分之)?)(?P<digits>(?:{ARABIC})(?:(?:[亿億万萬千百][0-9]+)+(?:\.[0-9]+)?"
                     rf"[亿億万萬千百]?)?|[{HAN}点]+)(?P<between>[{_HEDGE}]?)(?P<scale>(?:{SCALE})?)(?P<again>[{_HEDGE}]?)"
                     r"(?P<word>[^0-9]*(?:m2)?)")
_SPACED = re.compile(r"(?<![0-9])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")   # 12 345
_TO = re.compile(r"(?<=.)(?:[~～—–至到]|-)(?=.)")                       # 3-5
_TWO = re.compile(r"[0-9][^0-9]*[^0-9.,·a-z][^0-9]*[0-9]")   # 35户/120人
_MOST_LETTERS = 80
# What returns write for a unit beside its id and labels. ㎡ and m² are m2 to `value_key`.
_ALIASES = {
    "m2": ("平米", "平方"), "km2": ("平方千米",), "hectare": ("hm2", "公頃"), "mu": ("畝",), "persons": ("名", "口", "人次"),
    "households": ("戶",), "CNY": ("圆", "圓", "人民币", "rmb", "yuan"), "km": ("千米",), "days": ("日",), "months": ("月",),
    "years": ("岁",),
    "count": tuple("個处處座项項家支所栋件批次条间张份场幢片块"), "rank": ("名",), "class": ("等",),
}


@dataclass(frozen=True, slots=True)
class _Figure:
    """One printed figure: signed digits, what they are multiplied by, its word of unit and the hedges within it."""

    digits: str
    scale: Fraction
    scaled: bool
    word: str
    hedges: frozenset[Qualifier]


def read_number(raw: Raw, column: Column, setting: Setting = PLAIN, form: PercentForm = UNDECIDED) -> Reading | Refusal:
    """Read a cell of a number column that is not blank; bounds and value come out in the column's unit.

    A column without a unit of its own (`unit_from`) takes the setting's.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return refusal(raw, column, Code.FORM, "fault.remedy_cell_number")
    if isinstance(raw, str):
        printed = narrow(raw)
    elif abs(raw) < MOST[type(raw)]:
        printed = str(raw) if isinstance(raw, int) else float_text(raw)
    else:
        return refusal(raw, column, Code.FORM, "fault.remedy_digits")
    if isinstance(raw, str) and not _SIMPLE.fullmatch(printed):
        return _worded(raw, printed, column, setting, form)
    if (setting.unit or column.unit) == column.unit != "percent" and setting.scale == 1:
        return _placed(raw, column, printed)
    return _measured(raw, _Figure(printed, Fraction(1), False, "", frozenset()), column, setting, form, ())


def _worded(raw: Raw, printed: str, column: Column, setting: Setting, form: PercentForm) -> Reading | Refusal:
    """Read what is more than plain digits: hedges, words, units, ranges."""
    joined = _SPACED.sub(lambda match: match[0].replace(" ", ""), printed)
    if len(joined) > _MOST_LETTERS:
        return refusal(raw, column, Code.FORM, "fault.remedy_cell_number")
    text, hedges = unhedged(joined.lower())
    if column.unit == "rank":
        text = text.removeprefix("第")
    elif text[:1] in ("¥", "￥"):
        text = text[1:].removesuffix("元") + "元"
    ends = [_figure(part) for part in ([text] if _figure(text) else _TO.split(text))]
    figures = [end for end in ends if end]
    if len(figures) < len(ends) or len(ends) > 2:
        code = Code.AMBIGUOUS if _TWO.search(text) else Code.FORM
        return refusal(raw, column, code, "fault.remedy_two_values" if code is Code.AMBIGUOUS else "fault.remedy_cell_number")
    hedges = hedges.union(*(figure.hedges for figure in figures))
    notes = (note(raw, column, "fault.note_read", read=joined),) if joined != printed else ()
    if len(figures) == 2 and not re.match("-?0[0-9]", text):   # which would be a telephone number
        return _ranged(raw, figures, hedges, column, setting, form)
    if len(figures) == 2:
        return refusal(raw, column, Code.FORM, "fault.remedy_cell_number")
    if len(hedges) > 1:
        return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_hedges")
    figure = figures[0]
    hedged = _Figure(figure.digits, figure.scale, figure.scaled, figure.word, hedges)
    return _measured(raw, hedged, column, setting, form, notes)


def _figure(text: str) -> _Figure | None:
    """One figure with its scale and unit; None where the text is none, or more than one."""
    match = _FIGURE.fullmatch(text.replace(" ", "")) if not re.search("[0-9] +[0-9]", text) else None
    read = numeral(match["digits"]) if match else None
    if match is None or read is None or (match["percent"] and match["word"]):
        return None
    sign = "-" if match["sign"] in ("-", "负") and read.value else ""
    hedges = frozenset({BETWEEN[word] for word in (match["between"], match["again"]) if word})
    scaled = bool(match["scale"]) or bool(set(match["digits"]) & set("万亿萬億"))
    word = "%" if match["percent"] else match["word"]
    return _Figure(sign + read.digits, read.scale * scale_of(match["scale"]), scaled, word, hedges)


def _measured(raw: Raw, figure: _Figure, column: Column, setting: Setting, form: PercentForm,
              notes: tuple[ReturnFault, ...]) -> Reading | Refusal:
    """One figure in the column's unit, with its interval where it is hedged."""
    found = _factor(raw, figure, column, setting, form)
    if isinstance(found, Refusal):
        return found
    factor, noted = found
    notes += noted
    if not figure.hedges:
        return _placed(raw, column, figure.digits, factor, notes)
    qualifier, = figure.hedges
    bounds = _times(interval(figure.digits, qualifier), factor)
    return _placed(raw, column, figure.digits, factor, (*notes, _hedge_note(raw, column, bounds)), qualifier, bounds)


def _ranged(raw: Raw, figures: list[_Figure], hedges: frozenset[Qualifier], column: Column, setting: Setting,
            form: PercentForm) -> Reading | Refusal:
    """Two ends; a unit or 万 behind the second alone is meant of both (3-5万元)."""
    low, high = figures
    if not low.word and not low.scaled:
        low = _Figure(low.digits, high.scale, high.scaled, high.word, low.hedges)
    found = [_factor(raw, end, column, setting, form) for end in (low, high)]
    if column.blank == "refused" or hedges - {Qualifier.APPROX}:
        return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_two_values")
    ends: list[Fraction] = []
    notes: list[ReturnFault] = []
    for end, each in zip((low, high), found, strict=True):
        if isinstance(each, Refusal):
            return each
        ends.append(Fraction(end.digits) * each[0])
        notes += each[1]
    if ends[0] > ends[1]:
        return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_two_values")
    bounds: tuple[Bound, Bound] = (ends[0], ends[1])
    return Reading("", State.RANGE, RANGE, bounds, (ends[0] + ends[1]) / 2, None,
                   (*dict.fromkeys(notes), _hedge_note(raw, column, bounds)))


def _factor(raw: Raw, figure: _Figure, column: Column, setting: Setting,
            form: PercentForm) -> tuple[Fraction, tuple[ReturnFault, ...]] | Refusal:
    """What the digits are multiplied by to be in the column's unit, and what to tell about it."""
    target, given = column.unit or setting.unit, setting.unit or column.unit
    if not figure.word and given == target == "percent" and not figure.scaled and setting.scale == 1:
        return percent_factor(raw, figure.digits, column, setting, form)
    if not figure.word and figure.scaled and given and (setting.scale != 1 or unit(given).label.zh[0] in "万亿百"):
        return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_scale", unit=unit(given).label)
    if not figure.word and not given:
        return figure.scale * setting.scale, ()
    source, times = unit_in_words(figure.word, target) if figure.word else (given, setting.scale)
    if not source or not target:
        return refusal(raw, column, Code.UNIT, "fault.remedy_no_unit" if source else "fault.remedy_unknown_unit")
    try:
        factor = figure.scale * times * conversion(source, target)
    except DeclarationError:
        return refusal(raw, column, Code.UNIT, "fault.remedy_unit", unit=unit(target).label)
    if figure.word and (times != 1 or unit(source).factor != unit(given).factor):
        text, label = decimal_text(Fraction(figure.digits) * factor), unit(target).label
        read = Text(zh=text + label.zh, en=f"{text} {label.en}")
        return factor, (note(raw, column, "fault.note_read", read=read),)
    return factor, ()


def _placed(raw: Raw, column: Column, digits: str, factor: Fraction = Fraction(1), notes: tuple[ReturnFault, ...] = (),
            qualifier: str = Qualifier.EXACT, bounds: tuple[Bound, Bound] | None = None) -> Reading | Refusal:
    """The reading of one number; a column of whole numbers refuses any other."""
    if factor == 1 and (column.type is not ColumnType.INTEGER or "." not in digits):
        return Reading("0" if digits == "-0" else digits, qualifier=qualifier, bounds=bounds, faults=notes)
    value = Fraction(digits) * factor
    if column.type is ColumnType.INTEGER and value.denominator != 1:
        return refusal(raw, column, Code.FORM, "fault.remedy_whole")
    text = decimal_text(value)
    step = Fraction(1, 10 ** decimals(digits)) * factor
    return Reading(text, State.VALUE, qualifier, bounds, None if Fraction(text) == value else value,
                   None if factor == 1 else step, notes)


def _times(bounds: tuple[Bound, Bound], factor: Fraction) -> tuple[Bound, Bound]:
    low, high = (end * factor if isinstance(end, Fraction) else end for end in bounds)
    return low, high


def _hedge_note(raw: Raw, column: Column, bounds: tuple[Bound, Bound]) -> ReturnFault:
    low, high = (decimal_text(end) if isinstance(end, Fraction) else "∞" if end > 0 else "-∞" for end in bounds)
    return note(raw, column, "fault.note_hedged", Code.HEDGED, low=low, high=high)


def unit_in_words(words: str, near: str = "") -> tuple[str, Fraction]:
    """The unit that words mean and how many of it: 万平方米 is m2 and 10,000, ‰ a tenth of a per cent; "" for none.

    Where a word means several, such as 名, the one that measures what the unit `near` does.
    """
    if words == "‰":
        return "percent", Fraction(1, 10)
    whole = unit_named(words, near)
    scale = re.match(SCALE, words)
    if whole or not scale:
        return whole, Fraction(1)
    return unit_named(words[scale.end():], near), scale_of(scale[0])


def unit_named(word: str, near: str = "") -> str:
    """The id of the unit that a word means (㎡, 元/亩), of several the one that measures what `near` does; "" for none."""
    base, _, denominator = value_key(word).replace("每", "/").partition("/")
    pers = _per_words().get(denominator, []) if denominator else [""]
    ids = [f"{first}/{per}" if per else first for first in _unit_words().get(base, []) for per in pers]
    found = [each for each in ids if is_unit(each)]
    same = [each for each in found if near and unit(each).dimension == unit(near).dimension]
    return (same or found or [""])[0]


@cache
def _unit_words() -> dict[str, list[str]]:
    """Ids by every word for a unit, in the order of the closed list."""
    words: dict[str, list[str]] = {}
    for each in unit_ids():
        for word in (each, unit(each).label.zh, unit(each).label.en, *_ALIASES.get(each, ())):
            words.setdefault(value_key(word), []).append(each)
    return {word: list(dict.fromkeys(ids)) for word, ids in words.items()}


@cache
def _per_words() -> dict[str, list[str]]:
    """Ids of denominators by their words."""
    words: dict[str, list[str]] = {}
    for each in per_ids():
        label = unit(f"count/{each}").label
        for word in (each, label.zh.partition("/")[2], label.en.partition("per ")[2]):
            words.setdefault(value_key(word), []).append(each)
    return words
