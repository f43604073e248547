"""Periods: years, quarters, months and days, and the undated period of a report that names no date."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from functools import cache, total_ordering

from commlib import phrases
from commlib.bilingual import Text, excerpt
from commlib.errors import ParameterError

_DATED = re.compile(r"(?P<year>\d{4})"
                    r"(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_UNDATED = re.compile(r"undated:(?P<document>[0-9A-Za-z_-]+)(?P<earlier>:earlier)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A period as text (`2013`, `2013Q3`, `2013-09`, `undated:000-5`, `undated:000-5:earlier`), read once."""

    text: str
    year: int | None = None
    first_month: int = 1
    last_month: int = 12
    document: str | None = None
    earlier: bool = False

    @property
    def dated(self) -> bool:
        """Whether the period names a date; dated and undated facts never meet in one indicator."""
        return self.year is not None

    @property
    def ends(self) -> int:
        """Months since year 0 at the period's end; only for dated periods."""
        return (self.year or 0) * 12 + self.last_month

    @property
    def months(self) -> int:
        """How many months the period covers: 12 a year, 3 a quarter, 1 a month or a day of it."""
        return self.last_month - self.first_month + 1

    def __lt__(self, other: Period) -> bool:
        return self.order() < other.order()

    def order(self) -> tuple[bool, int, int, bool, str]:
        """A key that sorts periods by when they end: undated ones first, and of these what is earlier first."""
        return (self.dated, self.ends if self.dated else 0, self.first_month, not self.earlier, self.text)

    def years_before(self, years: int) -> Period | None:
        """The same period so many years before (below zero: after); what an undated report calls earlier is one year before it.

        None where an undated report tells of no such period.
        """
        if not years or self.dated:
            return self.years_on(-years) if years else self
        if abs(years) == 1 and self.earlier == (years < 0):
            return parse_period(self.text.removesuffix(":earlier") if self.earlier else f"{self.text}:earlier")
        return None

    def years_on(self, years: int) -> Period:
        """The same dated period some years later, or before; of a leap day the 28th."""
        year, rest = (self.year or 0) + years, self.text[4:]
        return parse_period(f"{year:04d}{'-02-28' if rest == '-02-29' and not calendar.isleap(year) else rest}")

    @property
    def label(self) -> Text:
        """The period in words for a reader."""
        if self.year is None:
            return phrases.text("period.earlier" if self.earlier else "period.undated")
        if "Q" in self.text:
            return phrases.text("period.quarter", year=self.year, quarter=self.text[-1])
        month, day = self.text[5:7], self.text[8:10]
        if day:
            return Text(zh=f"{self.year}年{int(month)}月{int(day)}日", en=self.text)
        if month:
            return Text(zh=f"{self.year}年{int(month)}月", en=self.text)
        return Text(zh=f"{self.year}年", en=self.text)


@cache   # the same few texts stand in hundreds of thousands of rows
def parse_period(text: str) -> Period:
    """Read a period; raises ParameterError that says which forms are allowed."""
    dated = _DATED.fullmatch(text)
    if dated and not (dated["day"] and int(dated["day"]) > calendar.monthrange(int(dated["year"]), int(dated["month"]))[1]):
        quarter, month = dated["quarter"], dated["month"]
        first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
        last = int(month) if month else 3 * int(quarter) if quarter else 12
        return Period(text, int(dated["year"]), first, last)
    undated = _UNDATED.fullmatch(text)
    if undated:
        return Period(text, document=undated["document"], earlier=bool(undated["earlier"]))
    raise ParameterError(phrases.text("error.bad_period", found=excerpt(text)))


def month_end(month: int) -> str:
    """The last day of a month that is counted since year 0, as `Period.ends` is: `2013-09-30`."""
    year, before = divmod(month - 1, 12)
    return f"{year:04d}-{before + 1:02d}-{calendar.monthrange(year, before + 1)[1]}"


def holds_at(fact: Period, at: Period, rule: str) -> bool:
    """Tell whether a fact of one period still holds at another, by its measure's declared rule.

    `rule` is `date` (only its own period), `year` (any period of its calendar year), `always`, or a number of
    months after the end of its period. Undated facts hold only in their own period.
    """
    if fact == at:
        return True
    if not (fact.dated and at.dated):
        return False
    if rule == "always":
        return fact.ends <= at.ends
    if rule == "year":
        return fact.year == at.year
    if rule == "date":
        return False
    return 0 <= at.ends - fact.ends <= int(rule)
