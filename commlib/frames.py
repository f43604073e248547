"""One small habit for frames: rows as records whose fields have the columns' names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples, whose fields the type checker cannot know."""
    yield from frame.itertuples()
