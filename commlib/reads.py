"""What an analysis really read: slices of the data, by name, noted by their readers while a recording runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

EVERYTHING = "*"   # stands for every slice, where what was read cannot be known

_recorded: set[str] | None = None


def note(name: str) -> None:
    """Add a slice, such as `facts/411325`, to the recording that runs; nothing where none does."""
    if _recorded is not None:
        _recorded.add(name)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Record what is read inside, in every thread of this process; a recording inside another takes it over."""
    global _recorded
    outer, _recorded = _recorded, set()
    found = _recorded
    try:
        yield found
    finally:
        _recorded = outer
        if outer is not None:
            outer |= found
