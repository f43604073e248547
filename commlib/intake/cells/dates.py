"""Cells of dates and periods, in the many ways that returns write them; what has two readings is refused, not guessed.

By rule: the year stands first. Two digits of a year are 1950 to 2049. A number of five digits from 25569 (1970) to 54788
(2049) is a spreadsheet's count of days. The float 2013.1 may have been 2013.10, and so may that text in a CSV.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from commlib.declarations.columns import Column, ColumnType
from commlib.intake.cells.numerals import chinese
from commlib.intake.cells.readings import PLAIN, Raw, Reading, Refusal, Setting, float_text, narrow, refusal, reread
from commlib.intake.faults import Code

_DAY_ZERO = date(1899, 12, 30)   # of the count of days, from March 1900 on
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SERIALS = (25569, 54788)
_FIRST_SHORT = 50                # the two-digit years from here on are of the 20th century
_MONTH_LOST = re.compile(r"((?:1[89]|20)[0-9]{2})\.1")
_TIME = re.compile(r"(?<=[0-9日])[ t]+(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)z?")
_FRAMES = re.compile(r"^(?:截至到?|截止到?|至|到|于)|(?:止|为止)$")
_HAN_YEAR = re.compile("^[零〇○一二三四五六七八九]{4}(?=年|$)")
_HAN_SMALL = re.compile("[一二三四五六七八九十]+(?=月|日|号|季|-|~|至|到|—|–)")
_YEAR, _MONTH, _DAY = "(?P<year>(?:1[89]|20)[0-9]{2})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
_SHORT, _DASH = "(?P<short>[0-9]{2})", "(?:-|~|—|–|至|到){1,2}"
_FORMS = [re.compile(form) for form in (
    rf"{_YEAR}(?:年度?)?(?:全年)?",
    rf"{_YEAR}[-./]{_MONTH}(?:[-./]{_DAY})?",
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})?",
    rf"{_SHORT}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
    rf"{_SHORT}[-./]{_MONTH}[-./]{_DAY}",
    rf"(?:(?:{_YEAR}|{_SHORT})年)?(?P<run>1月?{_DASH})?{_MONTH}月份?(?:{_DAY}[日号]?|(?P<end>底|末|初|上旬|中旬|下旬|上半月|下半月))?",
    rf"(?:{_YEAR}|{_SHORT})年(?P<yearend>底|末|终|初)",
    rf"(?:(?:{_YEAR}|{_SHORT})年)?第?(?P<quarter>[1-4])季度?",
    rf"{_YEAR}[-./年]?q(?P<quarter>[1-4])",
)]
_HALF_YEAR = re.compile(r".*[上下]半年.*")
_ENDS = {"初": 1, "上旬": 10, "中旬": 20, "上半月": 15}   # the other ends are the last day


@dataclass(frozen=True, slots=True)
class _Said:
    """What a cell says as ISO text, and whether more was needed than to copy it out; `remedy` where it cannot be read."""

    text: str = ""
    noted: bool = False
    remedy: str = ""
    code: Code = Code.FORM


def read_date(raw: Raw, column: Column, setting: Setting = PLAIN) -> Reading | Refusal:
    """Read a cell of a date or period column that is not blank: `2013`, `2013-09`, `2013-09-30`, of a period also `2013Q3`."""
    if isinstance(raw, date):
        said = _stored(raw, setting.number_format)
    elif isinstance(raw, bool) or not isinstance(raw, str | int | float) or (
            not isinstance(raw, str) and not 0 <= raw < 10 ** 9):
        said = _Said()
    else:
        text = narrow(raw) if isinstance(raw, str) else str(raw) if isinstance(raw, int) else float_text(raw)
        said = _counted(text, setting) if not isinstance(raw, str) or _SERIAL.fullmatch(text) else _Said()
        lost = _MONTH_LOST.fullmatch(text)
        if lost and not said.text and (not isinstance(raw, str) or not (setting.typed or setting.zeros)):
            return refusal(raw, column, Code.AMBIGUOUS, "fault.remedy_month", year=lost[1])
        said = said if said.text else _written(text, setting)
    if not said.text or ("Q" in said.text and column.type is ColumnType.DATE):
        return refusal(raw, column, said.code, said.remedy or f"fault.remedy_{column.type}")
    return reread(raw, column, said.text) if said.noted else Reading(said.text)


def read_year(raw: Raw, column: Column, setting: Setting = PLAIN) -> Reading | Refusal | None:
    """Read a year where the column keeps only that of a date (1985.6, 85年6月); None where the cell is no date."""
    text = narrow(raw) if isinstance(raw, str) else ""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 10 ** 9:
        text = float_text(float(raw))
    if re.fullmatch("(?:1[89]|20)[0-9]{2}", text):
        return Reading(text)
    year = re.fullmatch(r"((?:1[89]|20)[0-9]{2})\.(?:0?[1-9]|1[0-2])", text) or re.fullmatch("([0-9]{2})年", text)
    if year:
        return reread(raw, column, year[1] if len(year[1]) == 4 else _full(year[1]))
    read = read_date(raw, column, setting) if isinstance(raw, date) or text else None
    return reread(raw, column, read.text[:4]) if isinstance(read, Reading) else None


def _stored(raw: date, number_format: str) -> _Said:
    """A date as the source stores it, no finer than its format shows it."""
    shown = _bare(number_format)
    timed = isinstance(raw, datetime) and (raw.hour, raw.minute, raw.second, raw.microsecond) != (0, 0, 0, 0)
    iso = f"{raw:%Y-%m-%d}" if raw.year >= 1000 else f"{raw.year:04d}-{raw:%m-%d}"
    if "y" in shown and "d" not in shown:
        return _Said(iso[:7] if "m" in shown else iso[:4])
    return _Said(iso, timed)


def _bare(number_format: str) -> str:
    """A number format without its literal words, colours and escapes; 年月日 stand for y, m and d."""
    told = number_format.lower().translate(str.maketrans("年月日", "ymd")) if '"' not in number_format else number_format.lower()
    return re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|general', "", told)


def _counted(text: str, setting: Setting) -> _Said:
    """A number that counts days, by its format or by its size, or 2013.1 that its format shows as 2013.10."""
    formatted = bool(re.search("[ymd]", _bare(setting.number_format)))
    days = float(text)
    if (formatted and 60 < days < 2_958_466) or (_SERIAL.fullmatch(text) and _SERIALS[0] <= days < _SERIALS[1] + 1):
        said = _stored(_DAY_ZERO + timedelta(days=int(days)), setting.number_format if formatted else "")
        return _Said(said.text, not formatted or not days.is_integer())
    lost = _MONTH_LOST.fullmatch(text)
    return _Said(f"{lost[1]}-10") if lost and re.fullmatch(r"[#0]+\.00_?\s?", setting.number_format) else _Said()


def _written(text: str, setting: Setting) -> _Said:
    """A date that is written out."""
    text = text.lower()
    time = _TIME.search(text)
    timed = bool(time and re.search("[1-9]", time["time"]))
    text = re.sub(r"\s+", "", _TIME.sub("", text)).strip("()（）[]【】.,。，")
    text = _FRAMES.sub("", text)
    text = _HAN_YEAR.sub(lambda match: str(chinese(match[0])).zfill(4), text)
    text = _HAN_SMALL.sub(lambda match: str(chinese(match[0]) or match[0]), text)
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            said = _built(match.groupdict(), setting)
            return _Said(said.text, said.noted or timed, said.remedy, said.code)
    return _Said(remedy="fault.remedy_half" if _HALF_YEAR.fullmatch(text) else "")


def _built(parts: Mapping[str, str | None], setting: Setting) -> _Said:
    """The ISO text of the parts of a date; blank where there is no such day."""
    short = parts.get("short")
    year = parts.get("year") or (_full(short) if short else "" if setting.year is None else f"{setting.year:04d}")
    noted = not parts.get("year") or bool(parts.get("run") or parts.get("end") or parts.get("yearend"))
    if not re.fullmatch("[0-9]{4}", year):
        return _Said(remedy="fault.remedy_no_year", code=Code.PERIOD)
    if parts.get("quarter"):
        return _Said(f"{year}Q{parts['quarter']}", noted)
    if parts.get("yearend"):
        return _Said(f"{year}-{'01-01' if parts['yearend'] == '初' else '12-31'}", True)
    if not parts.get("month"):
        return _Said(year, noted)
    month = int(parts["month"] or 0)
    last = calendar.monthrange(int(year), month)[1] if 1 <= month <= 12 and int(year) else 0
    end = parts.get("end")
    day = _ENDS.get(end, last) if end else int(parts.get("day") or 1)
    if not 1 <= day <= last:
        return _Said()
    return _Said(f"{year}-{month:02d}" + (f"-{day:02d}" if end or parts.get("day") else ""), noted)


def _full(short: str) -> str:
    return f"{'19' if int(short) >= _FIRST_SHORT else '20'}{short}"
