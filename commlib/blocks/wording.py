"""Results in words: the value, base, grade, status and origin of a row as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.blocks.html import Cell, mark
from commlib.formatting import MISSING, amount, hedged, plain
from commlib.indicators.registry import indicators
from commlib.labels import source_label
from commlib.view import CountyView


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


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"


def grade_mark(row: Any, language: str) -> Cell:
    """Grade and, where it says something, status as inline marks."""
    words = [mark("grade", row.grade, phrases.phrase(f"grade.{row.grade}", language))]
    if row.status != "ok":
        words.append(mark("status", row.status, status_text(row, language)))
    plain = [phrases.phrase(f"grade.{row.grade}", language), *([] if row.status == "ok" else [status_text(row, language)])]
    return Cell(" ".join(plain), markup=" ".join(words))


def status_text(row: Any, language: str) -> str:
    """A status in words, with n of N for a partial value and the period of a carried one."""
    if row.status == "partial":
        known = not pd.isna(row.n_expected)
        key = "partial_of_unknown" if not known else "partial_of" if row.n else "partial_none"   # parts of some, none wholly
        return phrases.phrase(f"status.{key}", language, n=int(row.n), expected=int(row.n_expected) if known else "")
    if row.status == "carried":
        return phrases.phrase("status.carried_since", language, since=row.since)
    return phrases.phrase(f"status.{row.status}", language)


def sources_text(sources: str, language: str) -> str:
    """Where a value comes from: figure ids, or the data set's short name."""
    return "; ".join(
        dict.fromkeys(source_label(each)[language] for each in sources.split(";") if each))


def report_sources(rows: Iterable[Any], language: str) -> str:
    """Where the values of several rows come from, each source once; not the rows of returns."""
    return sources_text(";".join(dict.fromkeys(
        part for row in rows for part in row["sources"].split(";") if ":" not in part)), language)


def place_label(view: CountyView, row: Any) -> str:
    """The place of a row, with the named subset behind it; empty for the whole county."""
    name = "" if row.place == view.place.key else view.name_of(row.place)
    scope = " ".join(part for part in (row[f"scope_{view.language}"], row.get(f"detail_{view.language}", "")) if part)
    if not scope or not name:
        return name or scope
    if name in scope:   # several places named together are place and subset at once
        return scope
    return phrases.phrase("label.scope", view.language, place=name, scope=scope)
