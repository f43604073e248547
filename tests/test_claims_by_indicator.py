"""Every published claim by what checks it: a declared indicator, or a relation between figures; each is really computed.

The list holds names alone. What an indicator gives comes from its own function, on the figures that the mapping of reported
figures leads to its arguments; what it should give is the published key.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from commlib.audit.operations import RATIOS, base_needed, recompute
from commlib.audit.records import Claim, Figure, Operation, read_claims, read_figures
from commlib.declarations.mapping import Becomes, Mapping, mapping_of
from commlib.indicators.compute import Formula, formulas
from commlib.indicators.held import Slot
from commlib.indicators.registry import indicators
from commlib.units import conversion

REPORTED = Path(__file__).resolve().parents[1] / "data" / "reported"
PARTS, LIST, TWICE, PRINTINGS = "parts of a total", "count of a list", "two statements compared", "two printings compared"
RELATIONS = {PARTS: Operation.SUM, LIST: Operation.SUM, TWICE: Operation.RESTATEMENT, PRINTINGS: Operation.RESTATEMENT}
QUESTIONNAIRES = "questionnaires_valid"   # put as the base of questions whose own base no report states

CHECKED_BY = {
    "c001": "response_rate", "c002": PARTS, "c004": "year_on_year_multiple", "c005": "year_on_year_multiple",
    "c006": "satisfaction_rate", "c007": "satisfaction_rate", "c008": "satisfaction_rate", "c009": "opinion_share",
    "c010": "opinion_share", "c011": "opinion_share", "c012": "opinion_share", "c013": "opinion_share",
    "c014": "opinion_share", "c015": "opinion_share", "c016": "opinion_share", "c017": "opinion_share",
    "c018": "opinion_share", "c019": PARTS, "c020": PARTS, "c021": PARTS, "c022": PARTS, "c023": "female_worker_age_share",
    "c024": "female_worker_age_share", "c025": "female_worker_age_share", "c026": "female_worker_education_share",
    "c027": "female_worker_education_share", "c028": "female_worker_education_share", "c029": "female_worker_education_share",
    "c030": PARTS, "c031": "motive_share", "c032": "motive_share", "c033": "motive_share", "c034": "motive_share",
    "c035": PARTS, "c036": "outlook_share", "c037": "outlook_share", "c038": "outlook_share", "c039": "outlook_share",
    "c040": PARTS, "c041": PARTS, "c042": "community_investment_share", "c046": PARTS, "c047": PARTS, "c048": PARTS,
    "c049": "start_rate", "c050": TWICE, "c051": LIST, "c052": "year_on_year_growth", "c053": "year_on_year_growth",
    "c054": "year_on_year_growth", "c055": "built_or_building_of_task", "c056": "housing_completion_rate",
    "c057": "moved_in_of_completed", "c058": "moved_in_of_task", "c059": "built_or_building_of_task",
    "c060": "housing_completion_rate", "c061": "built_or_building_of_task", "c062": "housing_completion_rate", "c063": TWICE,
    "c064": "moved_in_of_completed", "c065": PARTS, "c066": PARTS, "c067": PARTS, "c068": "organisation_coverage",
    "c069": TWICE, "c070": TWICE, "c071": "organisation_coverage", "c072": "organisation_coverage", "c073": PARTS,
    "c074": PARTS, "c075": PRINTINGS, "c076": "transferred_land_share", "c077": "transferred_household_share",
    "c079": "year_on_year_growth", "c080": "year_on_year_growth", "c081": "year_on_year_growth",
    "c082": "year_on_year_growth", "c083": "transferred_land_share", "c084": "transferred_household_share",
    "c086": "year_on_year_growth", "c087": "year_on_year_growth", "c088": "year_on_year_growth",
    "c089": "year_on_year_growth", "c090": PRINTINGS, "c092": "year_on_year_growth", "c093": "year_on_year_growth",
    "c094": "year_on_year_growth", "c095": "progress_physical", "c096": "progress_money",
}


@cache
def claims() -> dict[str, Claim]:
    """The published claims by id, their figures looked up as the audit does."""
    frames = [pd.read_csv(REPORTED / name, dtype=str, keep_default_na=False) for name in ("figures.csv", "claims.csv")]
    return {claim.id: claim for claim in read_claims(frames[1], read_figures(frames[0]))}


@cache
def key() -> dict[str, str]:
    """What the key says each claim was recomputed to; blank where it could not be."""
    frame = pd.read_csv(REPORTED / "claims.csv", dtype=str, keep_default_na=False)
    return dict(zip(frame["id"], frame["recomputed_value"], strict=True))


def mapped(figure: Figure) -> Mapping:
    mapping = mapping_of(figure.indicator, figure.id)
    assert mapping is not None
    return mapping


def formula_of(claim: Claim) -> Formula:
    """The formula of the listed indicator for the member that the stated figure is mapped to."""
    indicator, member = CHECKED_BY[claim.id], mapped(claim.stated).member
    return next(each for each in formulas(indicators()[indicator]) if each.member == member)


def value_of(slot: Slot, figures: tuple[Figure, ...]) -> float | None:
    """The number that a claim's figures give to an argument; they must be of its quantity. None where it states none."""
    for figure in figures:
        found = mapped(figure)
        if found.quantity == QUESTIONNAIRES != slot.measure.id:
            return float(figure.value or 0)
        assert (found.becomes, found.quantity, found.member) == (Becomes.MEASURE, slot.measure.id, slot.member)
        assert found.nature in ("", slot.nature.value)
        return float(figure.value or 0) * float(conversion(figure.unit, slot.measure.unit))
    return None


def by_indicator(claim: Claim) -> tuple[float, bool]:
    """What the listed indicator gives, and whether all its parts are stated.

    A base that is not stated is the one that the audit finds implied; a part that is not stated is the whole number nearest
    to what the stated share makes of its base.
    """
    formula = formula_of(claim)
    over, under = formula.slots.values()
    part, base = value_of(over, claim.numerators), value_of(under, claim.denominators)
    stated = Fraction(claim.printed)
    complete = part is not None and base is not None
    if base is None:
        implied = base_needed(claim, stated, claim.numerators)
        assert implied is not None
        base = float(implied / (claim.numerators[0].base_value / Fraction(part or 1)))
    if part is None:
        part = float(round(stated * Fraction(base) / 100))
    answer = formula.call(dict(zip(formula.slots, (part, base), strict=True)))
    return float(answer.value) * float(conversion(formula.unit, claim.unit)), complete


def of_kind(ratios: bool) -> list[str]:
    return [each for each, by in CHECKED_BY.items() if (by not in RELATIONS) == ratios]


def test_every_claim_is_listed_once_with_a_declared_indicator_or_a_relation() -> None:
    assert list(CHECKED_BY) == list(claims()) and len(CHECKED_BY) == 89
    for name, claim in claims().items():
        by = CHECKED_BY[name]
        assert by in RELATIONS or by in indicators()
        assert claim.operation in RATIOS if by in indicators() else claim.operation is RELATIONS[by]


@pytest.mark.parametrize("name", of_kind(ratios=True))
def test_the_indicator_is_the_one_that_the_stated_figure_is_mapped_to(name: str) -> None:
    found = mapped(claims()[name].stated)
    assert (found.becomes, found.quantity) == (Becomes.STATED, CHECKED_BY[name])


@pytest.mark.parametrize("name", of_kind(ratios=True))
def test_the_indicator_gives_what_the_claim_was_recomputed_to(name: str) -> None:
    claim = claims()[name]
    found, complete = by_indicator(claim)
    if key()[name]:
        assert found == pytest.approx(float(key()[name]), abs=5e-5)
    else:   # nothing was recomputed: with the base that the audit finds implied the stated value comes out
        assert found == pytest.approx(float(claim.printed), rel=1e-9)
    if complete:
        assert found == pytest.approx(float(recompute(claim).value or 0), rel=1e-9)


def test_no_claim_with_both_parts_stated_is_left_to_anything_but_an_indicator() -> None:
    both = [name for name, claim in claims().items() if claim.operation in RATIOS and claim.numerators and claim.denominators]
    assert both and all(by_indicator(claims()[name])[1] for name in both)


@pytest.mark.parametrize("name", of_kind(ratios=False))
def test_the_relation_gives_what_the_claim_was_recomputed_to(name: str) -> None:
    claim = claims()[name]
    found = recompute(claim).value
    assert found is not None and float(found) == pytest.approx(float(key()[name]), abs=5e-5)
    others = {figure.report for figure in claim.operands} - {claim.stated.report}
    assert bool(others) == (CHECKED_BY[name] == PRINTINGS)
    assert CHECKED_BY[name] not in (PARTS, LIST) or not claim.denominators
