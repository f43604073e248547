"""The audit of stated claims: does a derived figure that a report states follow from the report's own parts?"""

from commlib.audit.claims import Verdict
from commlib.audit.records import Outcome
from commlib.audit.reports import FINDINGS, audit_reports, without_reprints

__all__ = ["FINDINGS", "Outcome", "Verdict", "audit_reports", "without_reprints"]
