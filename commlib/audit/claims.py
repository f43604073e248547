"""The audit itself: two frames in, one verdict a claim out."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from commlib.audit.bases import Report
from commlib.audit.records import Claim, Figure, raise_faults, read_claims, read_figures
from commlib.audit.rounding import band
from commlib.audit.rules import decide
from commlib.audit.verdict import Verdict
from commlib.hedges import decimals, number


def audit_claims(figures: pd.DataFrame, claims: pd.DataFrame) -> list[Verdict]:
    """Check every claim (one row each, text columns) against the figures (one row each, text columns), exactly.

    Columns are those of `figures.csv` and `claims.csv`; of the latter nothing that was recomputed is read. Verdicts
    come in the order of the claims. Raises DataError with every unknown id, operation, unit and qualifier and every
    unreadable number.
    """
    known, figure_faults = read_figures(figures)
    asked, claim_faults = read_claims(claims, known)
    raise_faults([*figure_faults, *claim_faults])
    reports: dict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
    for figure in known.values():
        reports[figure.report][figure.id] = figure
    return [_verdict(claim, Report(reports[claim.stated.report])) for claim in asked]


def _verdict(claim: Claim, report: Report) -> Verdict:
    decision = decide(claim, report)
    allowed = decision.recomputed.interval
    return Verdict(
        id=claim.id, county=claim.county, stated_id=claim.stated.id, verdict=decision.outcome, stated=claim.printed,
        recomputed=decision.recomputed.value, unit=claim.unit, why=decision.why, document=claim.stated.document,
        place=claim.stated.place, operands=tuple(figure.id for figure in claim.operands),
        band=band(number(claim.printed), decimals(claim.printed)) if claim.printed else None,
        low=allowed.low if allowed else None, high=allowed.high if allowed else None,
    )
