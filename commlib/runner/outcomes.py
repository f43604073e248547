"""What becomes of an item, in words that need none of the libraries that run it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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

    @property
    def failed(self) -> bool:
        """Whether it has no page."""
        return self.status is Status.FAILED

    @property
    def name(self) -> str:
        """Notebook, county and language, as a line of text names it."""
        return " ".join(part for part in (self.item.notebook.id, self.item.county, self.item.language) if part)

    def record(self) -> dict[str, Any]:
        """What is told of it as data; `memory` is the peak in MB."""
        item = self.item
        return {"notebook": item.notebook.id, "county": item.county, "period": item.period, "language": item.language,
                "status": self.status.value, "first_line": self.first_line, "engine": self.engine,
                "seconds": round(self.seconds, 3), "memory": round(self.memory, 1)}
