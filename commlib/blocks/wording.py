"""Results in words: the value, base, grade, status and origin of a row as a reader sees them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.audit import Outcome
from commlib.bilingual import listed
from commlib.blocks.html import Cell, mark
from commlib.declarations.measures import Nature
from commlib.declarations.tables import table
from commlib.formatting import MISSING, amount, hedged, plain
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label, source_label
from commlib.periods import parse_period
from commlib.view import CountyView

_MARKS = {Outcome.CONSISTENT: ("good", "✓"), Outcome.ROUNDING: ("warning", "≈"), Outcome.BASE_MISLABELLED: ("bad", "✕"),
          Outcome.INCONSISTENT: ("bad", "✕"), Outcome.UNVERIFIABLE: ("neutral", "?")}
_OF_TABLE = re.compile("release:[0-9]+/([^/]+)/")   # as `intake.table_facts` writes where a fact stands


def value_cell(row: Any, language: str) -> Cell:
    """The value of a results or facts row with its unit; the unrounded value stands in the title."""
    if row is None or math.isnan(row.value):
        status = getattr(row, "status", "not_reported")
        return Cell(MISSING, phrases.phrase(f"status.{status}", language), "missing")
    state = row.grade if getattr(row, "grade", "computed") != "computed" else row.status if row.status != "ok" else ""
    as_stated = getattr(row, "grade", "") == "stated"   # a reported 62.78 % is not shown as 62.8 %
    return Cell(hedged(row.value, row.low, row.high, row.unit, language, as_stated), f"{row.value:.10g}", state)


def fact_cell(fact: Any, language: str) -> Cell:
    """The value of a reported fact with its hedge, in the digits that the report prints."""
    if fact.qualifier == "approx":
        text = phrases.phrase("number.about", language, value=amount(fact.value, fact.unit, language, as_stated=True))
    elif fact.qualifier == "range":
        high = amount(fact.high, fact.unit, language, as_stated=True)
        text = f"{plain(fact.low, 0 if fact.low == int(fact.low) else 1)}–{high}"
    else:
        text = hedged(fact.value, fact.low, fact.high, fact.unit, language, as_stated=True)
    return Cell(text, f"{fact.stated_value} {fact.stated_unit}")


def base_text(row: Any, language: str) -> str:
    """How the value came about: the definition, and the numbers put into it."""
    definition = indicators()[row.id].definition[language]
    if math.isnan(row.numerator) or math.isnan(row.denominator):
        return definition
    numbers = f"{_number(row.numerator)} ÷ {_number(row.denominator)}"
    return phrases.phrase("label.base", language, definition=definition, numbers=numbers)


def base_from(view: CountyView, row: Any) -> str:
    """The base text of an indicator with the tables that the value was made from; of a measure these alone, "" of a report's."""
    base = base_text(row, view.language) if row["id"] in indicators() else ""
    named = [table(each, view.home).label[view.language] for each in dict.fromkeys(_OF_TABLE.findall(row["sources"]))]
    if not named:
        return base
    return phrases.phrase("label.base_from" if base else "label.from", view.language, base=base,
                          tables=listed(named, view.language))


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"


def grade_mark(view: CountyView, row: Any) -> Cell:
    """Grade and, where they say something, status and the audit's finding against a figure behind the value as inline marks.

    What comes from a figure that bears a wrong name is not called computed: nobody knows of what.
    """
    language, doubt = view.language, doubt_of(view, row.sources)
    grade, status = phrases.phrase(f"grade.{row.grade}", language), status_text(row, language)
    cells = [Cell(grade, markup=mark("grade", row.grade, grade))] if doubt is not Outcome.BASE_MISLABELLED else []
    cells += [Cell(status, markup=mark("status", row.status, status))] if row.status != "ok" else []
    cells += [verdict_cell(doubt, language)] if doubt else []
    return Cell(" ".join(each.text for each in cells), markup=" ".join(each.markup for each in cells))


def doubt_of(view: CountyView, sources: str) -> Outcome | None:
    """What the audit found against the first distrusted figure among the sources of a value; None where it found nothing."""
    return next((view.doubts[each] for each in sources.split(";") if each in view.doubts), None)


def verdict_cell(outcome: Outcome, language: str) -> Cell:
    """A verdict as sign and word."""
    kind, sign = _MARKS[outcome]
    text = f"{sign} {phrases.phrase(f'chart.verdict_{outcome}', language)}"
    return Cell(text, markup=mark("verdict", kind, text))


def doubt_words(view: CountyView, sources: str) -> str:
    """What the audit found, as it stands in a sentence; "" where it found nothing."""
    doubt = doubt_of(view, sources)
    return phrases.phrase("theme_words.doubt", view.language, verdict=phrases.text(f"chart.verdict_{doubt}")) if doubt else ""


def doubted(view: CountyView, text: str, sources: str) -> str:
    """A text with what the audit found against its figure behind it."""
    doubt = doubt_of(view, sources)
    return f"{text} {verdict_cell(doubt, view.language).text}" if doubt else text


def status_text(row: Any, language: str) -> str:
    """A status in words, with n of N for a partial value and the period of a carried one."""
    if row.status == "partial":
        known = not pd.isna(row.n_expected)
        key = "partial_of_unknown" if not known else "partial_of" if row.n else "partial_none"   # parts of some, none wholly
        return phrases.phrase(f"status.{key}", language, n=int(row.n), expected=int(row.n_expected) if known else "")
    if row.status == "carried":
        return phrases.phrase("status.carried_since", language, since=parse_period(row.since).label[language])
    return phrases.phrase(f"status.{row.status}", language)


def sources_text(sources: str, language: str) -> str:
    """Where a value comes from: figure ids, or the data set's short name."""
    return "; ".join(
        dict.fromkeys(source_label(each)[language] for each in sources.split(";") if each))


def report_sources(rows: Iterable[Any], language: str) -> str:
    """Where the values of several rows come from, each source once; not the rows of returns."""
    return sources_text(";".join(dict.fromkeys(
        part for row in rows for part in row["sources"].split(";") if ":" not in part)), language)


def with_nature(text: str, nature: str, language: str) -> str:
    """A label or a value with its nature behind it: planned, a target, of last year; nothing behind what is actual."""
    return text if nature == Nature.ACTUAL else phrases.phrase("label.nature", language, label=text,
                                                               nature=phrases.text(f"nature.{nature}"))


def label_at(view: CountyView, row: Any) -> str:
    """What a row is of, with its place behind it where that is not the whole county."""
    place, label = place_label(view, row), quantity_label(row["id"], row["member"])[view.language]
    return phrases.phrase("label.at", view.language, label=label, place=place) if place else label


def place_label(view: CountyView, row: Any) -> str:
    """The place of a row, with the named subset behind it; empty for the whole county."""
    name = "" if row.place == view.place.key else view.name_of(row.place)
    scope = " ".join(part for part in (row[f"scope_{view.language}"], row.get(f"detail_{view.language}", "")) if part)
    if not scope or not name:
        return name or scope
    if name in scope:   # several places named together are place and subset at once
        return scope
    return phrases.phrase("label.scope", view.language, place=name, scope=scope)
