"""The audit of whole reports: the claims that are listed, and every stated value of a declared indicator besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from commlib import phrases
from commlib.audit.claims import Verdict, verdicts
from commlib.audit.records import Claim, Figure, Operation, Outcome, read_claims, read_figures
from commlib.bilingual import Text, joined
from commlib.declarations.mapping import Becomes, mapping_of
from commlib.declarations.measures import BACK_WORDS, Nature
from commlib.indicators.compute import Formula, formulas
from commlib.indicators.held import Slot
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label

FINDINGS = (Outcome.INCONSISTENT, Outcome.BASE_MISLABELLED, Outcome.ROUNDING)


def audit_reports(figures: pd.DataFrame, claims: pd.DataFrame) -> list[Verdict]:
    """Verdicts on all claims, then on every stated value of a declared indicator that no claim is about.

    Frames of text in the columns of the tables `reported_figure` and `claim`. Indicators that the registry does not know are no
    error: nothing is asked about them.
    """
    known = read_figures(figures)
    asked = read_claims(claims, known)
    own = list(_registry_claims(known, {claim.stated.id for claim in asked}))
    found = verdicts([*asked, *(claim for claim, _ in own)], known)
    return [*found[:len(asked)], *(_naming(each, missing) for each, (_, missing) in zip(found[len(asked):], own, strict=True))]


def without_reprints(found: Iterable[Verdict], figures: pd.DataFrame) -> list[Verdict]:
    """Verdicts with those left out that say again, of a figure printed again, what is said of its first printing."""
    listed = list(found)
    originals = dict(zip(figures["id"], figures["repeats"], strict=True))
    said = {(verdict.stated_id, verdict.verdict, verdict.recomputed) for verdict in listed}
    return [verdict for verdict in listed
            if (originals.get(verdict.stated_id), verdict.verdict, verdict.recomputed) not in said]


def _naming(verdict: Verdict, missing: Text | None) -> Verdict:
    """A verdict that cannot be reached says which measures its indicator lacks."""
    if missing is None or verdict.verdict is not Outcome.UNVERIFIABLE:
        return verdict
    return replace(verdict, why=phrases.text("audit_page.missing_named", why=verdict.why, labels=missing))


def _registry_claims(figures: Mapping[str, Figure], claimed: set[str]) -> Iterator[tuple[Claim, Text | None]]:
    """A claim for each stated value, by the figures that fill its indicator's arguments at the same place of the report."""
    for figure in figures.values():
        mapping = mapping_of(figure.indicator, figure.id)
        if figure.id in claimed or figure.original or not mapping or mapping.becomes is not Becomes.STATED:
            continue
        formula = next((each for each in formulas(indicators()[mapping.quantity]) if each.member == mapping.member), None)
        if formula:
            yield _claim(figure, formula, [each for each in figures.values() if each.report == figure.report])


def _claim(figure: Figure, formula: Formula, report: list[Figure]) -> tuple[Claim, Text | None]:
    """The claim, and the labels of the slots of the formula that no figure fills."""
    slots = list(formula.slots.values())
    parts = [_figures_for(slot, figure, report) for slot in slots]
    growth = any(slot.years_back for slot in slots)
    operation = Operation.GROWTH_MULTIPLE if growth else Operation.SHARE if figure.unit == "percent" else Operation.PER_UNIT
    above, below = [*parts, ()][:2]
    missing = [_slot_label(slot) for slot, part in zip(slots, parts, strict=True) if not part]
    return (Claim(figure.id, figure.report[2], operation, figure, figure.printed, figure.unit, above, below),
            joined(missing, "、", ", ") if missing else None)


def _slot_label(slot: Slot) -> Text:
    """The measure of a slot, with its nature where it is not the actual number."""
    label, nature = quantity_label(slot.measure.id, slot.member), BACK_WORDS.get(slot.years_back, slot.nature.value)
    if nature == Nature.ACTUAL:
        return label
    return phrases.text("label.nature", label=label, nature=phrases.text(f"nature.{nature}"))


def _figures_for(slot: Slot, stated: Figure, report: list[Figure]) -> tuple[Figure, ...]:
    """The figure of the same report and place that states a slot of the formula; () where none does."""
    for figure in report:
        mapping = mapping_of(figure.indicator, figure.id)
        if (mapping and mapping.becomes is Becomes.MEASURE and not slot.years_back and not mapping.scope and not mapping.detail
                and (mapping.quantity, mapping.member) == (slot.measure.id, slot.member)
                and (mapping.nature or figure.nature) == slot.nature.value
                and figure.place == stated.place and not figure.original):
            return (figure,)
    return ()
