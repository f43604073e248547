"""The audit of stated claims: does a derived figure that a report states follow from the report's own parts?"""

from commlib.audit.claims import audit_claims
from commlib.audit.reports import FINDINGS, audit_reports, without_reprints
from commlib.audit.verdict import Outcome, Verdict

__all__ = ["FINDINGS", "Outcome", "Verdict", "audit_claims", "audit_reports", "without_reprints"]
