"""The finding a chart shows, computed from its data and said in words: the alternative text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from commlib import phrases
from commlib.bilingual import Language, listed
from commlib.errors import ParameterError
from commlib.formatting import ordinal, percent, plain
from commlib.periods import parse_period

Write = Callable[[float], str]   # writes a number in the habit of the page's language
_NAMED = 3                       # places named at most before "and n more"
_ENDS = 2                        # of so many the highest and the lowest are all there is
_BARE = re.compile(r"[−+-]?[\d,.]+")   # a number that is written without its unit


def plain_writer(unit: str, language: str, decimals: int = 1) -> Write:
    """Give a writer for callers without one of their own: rounded half up, thousands apart, % where the unit is %."""

    def write(value: float) -> str:
        if unit == "%":
            return percent(value, language, decimals if value else 0)   # 0 is zero, 0.0 less than half a unit
        return plain(value, 0 if float(value).is_integer() else decimals)

    return write


def joined(sentences: Sequence[str], language: str) -> str:
    """Put sentences one behind the other: close in Chinese, a blank between in English."""
    return ("" if Language(language) is Language.ZH else " ").join(sentence for sentence in sentences if sentence)


def alt_text(title: str, finding: str, language: str, notes: Sequence[str] = ()) -> str:
    """Put title, finding and notes together as the alternative text of a chart."""
    named, *noted = (phrases.phrase("chart.note", language, note=text.rstrip("。.")) if text else "" for text in (title, *notes))
    return joined([named, finding, *noted], language)


def when(period: str, language: str) -> str:
    """A period as a sentence writes it: 2023年第4季度; what is no period, such as a round, as it is."""
    try:
        return parse_period(period).label[language]
    except ParameterError:
        return period


def names(labels: Sequence[str], language: str) -> str:
    """Name up to three places, and how many there are where there are more."""
    shown = listed(labels[:_NAMED], language)
    if len(labels) <= _NAMED:
        return shown
    return phrases.phrase("chart.and_more", language, names=shown, n=len(labels), more=len(labels) - _NAMED)


def said_unit(texts: Iterable[str], unit: str, language: str) -> str:
    """The unit as a sentence says it once, where numbers are written without it; "" where they carry their own."""
    bare = unit and any(_BARE.fullmatch(text) for text in texts)
    return phrases.phrase("chart.in_unit", language, unit=unit) if bare else ""


def ranked_finding(rows: pd.DataFrame, references: Sequence[tuple[str, float]], write: Write, language: str, unit: str = "",
                   alike: bool = True) -> str:
    """Say the finding of rows (label, value, status, text, highlight), values in any order, missing as NaN.

    Rows that are not `alike`, such as kinds or members, have a highest and a lowest but no median.
    """
    known = rows[rows["value"].notna()]
    key = "chart.ranked" if alike and len(known) > _ENDS else "chart.unlike"
    sentences = [extremes(key, known, write, language, unit)]
    if len(known) > 1:
        sentences += [_standing(row, known, language) for row in known[known["highlight"]].itertuples()]
        sentences += [
            phrases.phrase("chart.against", language, n=len(known), count=int((known["value"] >= value).sum()),
                           label=label, text=write(value))
            for label, value in references if math.isfinite(value) and not _says_nothing(known["value"], value)
        ]
    return joined([*sentences, without_value(rows, language)], language)


def _says_nothing(values: pd.Series, reference: float) -> bool:
    """Whether all rows have the very value of a reference: of a pooled value of equals that is no finding."""
    return math.isclose(values.min(), reference) and math.isclose(values.max(), reference)


def extremes(key: str, known: pd.DataFrame, write: Write, language: str, unit: str = "") -> str:
    """Say highest, lowest and median of rows that all have a value, by the phrase `key`, and once the unit that they lack."""
    if known.empty:
        return phrases.phrase("chart.nothing", language)
    top, bottom = known["value"].max(), known["value"].min()
    unit = said_unit(known["text"], unit, language)
    highest, lowest = known[known["value"] == top], known[known["value"] == bottom]
    if len(known) == 1:
        return phrases.phrase("chart.single", language, label=known["label"].iloc[0], text=known["text"].iloc[0],
                              unit=unit)
    if top == bottom:
        return phrases.phrase("chart.equal", language, n=len(known), text=highest["text"].iloc[0], unit=unit)
    return phrases.phrase(
        key, language, n=len(known), unit=unit, median=write(float(known["value"].median())),
        highest=names(highest["label"].tolist(), language), highest_text=highest["text"].iloc[0],
        lowest=names(lowest["label"].tolist(), language), lowest_text=lowest["text"].iloc[0],
    )


def _standing(row: object, known: pd.DataFrame, language: str) -> str:
    rank = int((known["value"] > row.value).sum()) + 1   # type: ignore[attr-defined]
    return phrases.phrase("chart.highlighted", language, label=row.label, text=row.text,   # type: ignore[attr-defined]
                          rank=ordinal(rank, len(known), language))


def totals(values: pd.Series, columns: Mapping[str, pd.Series], write: Write, language: str, unit: str = "",
           ) -> str:
    """Say what values add up to, and each column of them; nothing where there is none, and no zero for a column without."""
    if values.isna().all():
        return ""
    sums = listed([phrases.phrase("chart.part_of_total", language, label=words, text=summed(column, write, language))
                   for words, column in columns.items()], language)
    total = summed(values, write, language)
    return phrases.phrase("chart.totals", language, total=total, parts=sums, unit=said_unit([total], unit, language))


def summed(values: pd.Series, write: Write, language: str) -> str:
    """The sum of the values that there are, in words; not reported where there is none."""
    return write(float(values.sum())) if values.notna().any() else phrases.phrase("chart.not_reported", language)


def without_value(rows: pd.DataFrame, language: str) -> str:
    """Say how many rows have no value, by status."""
    counts = rows[rows["value"].isna()]["status"].value_counts(sort=False)
    return joined([phrases.phrase("chart.without_value", language, n=int(count),
                                  status=phrases.phrase(f"chart.{status}", language))
                   for status, count in counts.items()], language)
