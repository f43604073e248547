"""What becomes of an item, in words that need none of the libraries that run it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from commlib.runner.plan import Item


class Status(StrEnum):
    """How an item ended."""

    OK = "ok"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item; `first_line` says why it failed and is empty where it did not.

    `reads` names the slices of data that were read, `memory` is the peak in MB.
    """

    item: Item
    status: Status
    first_line: str
    seconds: float
    engine: str = ""
    reads: frozenset[str] = frozenset()
    memory: float = 0.0
