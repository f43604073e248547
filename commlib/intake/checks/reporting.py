"""Who did not report, and who reported late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault


def absent(expected: Mapping[str, Text], reported: Iterable[str], period: str, file: str, sheet: str = "") -> list[ReturnFault]:
    """A warning for each expected place (name by key) that is not among the keys that reported for a period."""
    there = set(reported)
    return [ReturnFault(file, sheet, "", Severity.WARNING, Code.ABSENT, "",
                        phrases.text("check_fault.allowed_reported", place=name, period=period),
                        phrases.text("check_fault.remedy_absent", place=name))
            for key, name in expected.items() if key not in there]


def late(received: Mapping[str, str], due: str, names: Mapping[str, Text], file: str, sheet: str = "") -> list[ReturnFault]:
    """A note for each place whose return came in (ISO date by key) after the day that it was due on."""
    return [ReturnFault(file, sheet, "", Severity.NOTE, Code.LATE, day,
                        phrases.text("check_fault.allowed_due", place=names.get(key, key), due=due),
                        phrases.text("check_fault.remedy_late"))
            for key, day in received.items() if day > due]
