"""The rules of the verdict, in their one order. No rule looks at an id, a county or a place by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from commlib.audit import gaps, reasons
from commlib.audit.bases import Report, joint_base, other_base
from commlib.audit.intervals import Interval
from commlib.audit.operations import RATIOS, Recomputed, recompute, units_meet
from commlib.audit.records import Claim, Operation
from commlib.audit.rounding import rounded, truncated
from commlib.audit.verdict import Outcome
from commlib.bilingual import Text
from commlib.hedges import Qualifier, decimals, interval, number


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule found."""

    outcome: Outcome
    why: Text
    recomputed: Recomputed


@dataclass(frozen=True, slots=True)
class Case:
    """A claim that can be recomputed, with what it comes to."""

    claim: Claim
    report: Report
    found: Recomputed

    @property
    def value(self) -> Fraction:
        """The recomputed value; only after the rule on zero bases."""
        return self.found.value if self.found.value is not None else Fraction(0)

    @property
    def stated(self) -> Fraction:
        """The stated value."""
        return number(self.claim.printed)

    @property
    def decimals(self) -> int:
        """The decimals that the stated value is printed with."""
        return decimals(self.claim.printed)


Rule = Callable[[Case], Decision | None]


def decide(claim: Claim, report: Report) -> Decision:
    """Give the decision of the first rule that applies to the claim."""
    if _missing(claim):
        return Decision(Outcome.UNVERIFIABLE, gaps.missing(claim), _NOT_COMPUTED)
    if not units_meet(claim):
        return Decision(Outcome.UNVERIFIABLE, reasons.units_differ(claim), _NOT_COMPUTED)
    case = Case(claim, report, recompute(claim))
    rules = _RESTATED if claim.operation is Operation.RESTATEMENT else _DERIVED
    return next(decision for rule in rules if (decision := rule(case)) is not None)


def _missing(claim: Claim) -> bool:
    if not claim.printed or any(figure.value is None for figure in claim.operands):
        return True
    if claim.operation in RATIOS:
        return not (claim.numerators and claim.denominators)
    return len(claim.operands) < (1 if claim.operation is Operation.RESTATEMENT else 2)


def _hedged(case: Case) -> Decision | None:
    allowed = case.found.interval
    if allowed is None:
        return None
    if not allowed.low <= case.stated <= allowed.high:
        return None
    return _decision(case, Outcome.UNVERIFIABLE, reasons.within(case.claim, allowed))


def _zero_base(case: Case) -> Decision | None:
    if case.found.value is not None:
        return None
    return _decision(case, Outcome.UNVERIFIABLE, reasons.zero_base(case.claim))


def _rounds(case: Case) -> Decision | None:
    if rounded(case.value, case.decimals) != case.stated:
        return None
    return _decision(case, Outcome.CONSISTENT, reasons.consistent(case.claim, case.value))


def _truncates(case: Case) -> Decision | None:
    if truncated(case.value, case.decimals) != case.stated:
        return None
    return _decision(case, Outcome.ROUNDING, reasons.cut_off(case.claim, case.value))


def _satisfies(case: Case) -> Decision | None:
    if case.claim.stated.qualifier not in (Qualifier.AT_LEAST, Qualifier.AT_MOST):
        return None
    allowed = _stated_interval(case.claim)
    if not allowed.low <= case.value <= allowed.high:
        return None
    return _decision(case, Outcome.CONSISTENT, reasons.satisfied(case.claim, case.value, allowed))


def _other_base(case: Case) -> Decision | None:
    if case.claim.operation not in (Operation.SHARE, Operation.PER_UNIT):
        return None
    base = other_base(case.claim, case.report)
    if base is None:
        return None
    return _decision(case, Outcome.BASE_MISLABELLED, reasons.mislabelled(case.claim, case.value, base))


def _inconsistent(case: Case) -> Decision:
    shared = case.claim.operation in (Operation.SHARE, Operation.PER_UNIT)
    joint = joint_base(case.claim, case.report) if shared else None
    return _decision(case, Outcome.INCONSISTENT, reasons.inconsistent(case.claim, case.value, joint))


def _restated(case: Case) -> Decision:
    first = case.claim.operands[0]
    equal = case.value == case.stated
    same = first.indicator == case.claim.stated.indicator and first.same_place(case.claim.stated)
    outcome = _RESTATEMENT[same, equal]
    return _decision(case, outcome, reasons.restated(case.claim, outcome))


def _stated_interval(claim: Claim) -> Interval:
    stated = claim.stated
    if (claim.printed, claim.unit) == (stated.printed, stated.unit) and stated.interval is not None:
        return stated.interval
    return Interval(*interval(claim.printed, Qualifier(stated.qualifier)))


def _decision(case: Case, outcome: Outcome, why: Text) -> Decision:
    return Decision(outcome, why, case.found)


_NOT_COMPUTED = Recomputed(None, None)
_RESTATEMENT = {   # (same indicator and place, equal values)
    (True, True): Outcome.CONSISTENT,
    (True, False): Outcome.INCONSISTENT,
    (False, True): Outcome.BASE_MISLABELLED,
    (False, False): Outcome.UNVERIFIABLE,
}
_DERIVED: tuple[Rule, ...] = (_hedged, _zero_base, _rounds, _truncates, _satisfies, _other_base, _inconsistent)
_RESTATED: tuple[Rule, ...] = (_hedged, _restated)
