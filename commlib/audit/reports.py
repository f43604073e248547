"""The audit of whole reports: the claims that are listed, and every stated value of a declared indicator besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.audit.claims import audit_claims
from commlib.audit.verdict import Outcome, Verdict
from commlib.bilingual import Text, listed
from commlib.declarations.mapping import Becomes, mapping_of
from commlib.frames import each_row
from commlib.indicators.compute import Formula, formulas
from commlib.indicators.held import Slot
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label

FINDINGS = (Outcome.INCONSISTENT, Outcome.BASE_MISLABELLED, Outcome.ROUNDING)
_COLUMNS = ["id", "doc", "article", "county", "claim", "operation", "stated_id", "stated_value", "stated_unit",
            "numerator_ids", "denominator_ids"]


def audit_reports(figures: pd.DataFrame, claims: pd.DataFrame) -> list[Verdict]:
    """Verdicts on all claims, then on every stated value of a declared indicator that no claim is about.

    Frames of text in the columns of `figures.csv` and `claims.csv`. Indicators that the registry does not know are no
    error: nothing is asked about them.
    """
    own = pd.DataFrame(list(_registry_claims(figures, set(claims["stated_id"]))), columns=[*_COLUMNS, "missing"])
    both = pd.concat([claims[_COLUMNS], own[_COLUMNS]])
    both.index.name = claims.index.name   # the lines of the file, for faults
    verdicts = audit_claims(figures, both)
    missing = dict(zip(own["id"], own["missing"], strict=True))
    return [_naming(verdict, missing.get(verdict.id)) for verdict in verdicts]


def without_reprints(verdicts: Iterable[Verdict], figures: pd.DataFrame) -> list[Verdict]:
    """Verdicts with those left out that say again, of a figure printed again, what is said of its first printing."""
    listed = list(verdicts)
    originals = dict(zip(figures["id"], figures["repeats"], strict=True))
    said = {(verdict.stated_id, verdict.verdict, verdict.recomputed) for verdict in listed}
    return [verdict for verdict in listed
            if (originals.get(verdict.stated_id), verdict.verdict, verdict.recomputed) not in said]


def _naming(verdict: Verdict, missing: Text | None) -> Verdict:
    """A verdict that cannot be reached says which measures its indicator lacks."""
    if missing is None or verdict.verdict is not Outcome.UNVERIFIABLE:
        return verdict
    return replace(verdict, why=phrases.text("audit_page.missing_named", why=verdict.why, labels=missing))


def _registry_claims(figures: pd.DataFrame, claimed: set[str]) -> Iterator[dict[str, Any]]:
    """A claim for each stated value: the figures that fill its indicator's arguments at the same place of the report."""
    reports = {key: list(each_row(part)) for key, part in figures.groupby(["doc", "article", "county"])}
    for figure in each_row(figures):
        mapping = mapping_of(figure.indicator, figure.id)
        if figure.id in claimed or figure.repeats or figure.restates or not mapping or mapping.becomes is not Becomes.STATED:
            continue
        formula = next((each for each in formulas(indicators()[mapping.quantity]) if each.member == mapping.member), None)
        if formula:
            yield _claim(figure, formula, reports[figure.doc, figure.article, figure.county])


def _claim(figure: Any, formula: Formula, report: list[Any]) -> dict[str, Any]:
    parts = [_figure_for(slot, figure, report) for slot in formula.slots.values()]
    growth = any(slot.years_back for slot in formula.slots.values())
    operation = "growth_multiple" if growth else "share" if figure.unit == "percent" else "per_unit"
    return {"id": figure.id, "doc": figure.doc, "article": figure.article, "county": figure.county, "claim": formula.id,
            "operation": operation, "stated_id": figure.id, "stated_value": figure.value, "stated_unit": figure.unit,
            "numerator_ids": parts[0], "denominator_ids": parts[1] if len(parts) > 1 else "",
            "missing": _missing(formula, parts)}


def _missing(formula: Formula, parts: list[str]) -> Text | None:
    """The labels of the slots that no figure fills."""
    empty = [slot for slot, part in zip(formula.slots.values(), parts, strict=True) if not part]
    labels = [quantity_label(slot.measure.id, slot.member) for slot in empty]
    return Text(*(listed((label[language] for label in labels), language) for language in ("zh", "en"))) if labels else None


def _figure_for(slot: Slot, stated: Any, report: list[Any]) -> str:
    """The figure of the same report and place that states a slot of the formula; blank where none does."""
    for figure in report:
        mapping = mapping_of(figure.indicator, figure.id)
        if (mapping and mapping.becomes is Becomes.MEASURE and not slot.years_back and not mapping.scope and not mapping.detail
                and (mapping.quantity, mapping.member) == (slot.measure.id, slot.member)
                and (mapping.nature or figure.nature) == slot.nature.value
                and figure.place == stated.place and not figure.repeats and not figure.restates):
            return str(figure.id)
    return ""
