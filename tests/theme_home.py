"""Counties for tests of themes: a few rows taken into a small project, and the fictional county that sends every table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from intake_home import NEIXIANG, rows_of, taken

from commlib.home import Home
from commlib.intake.releases import Releases
from commlib.view import CountyView, open_county

TOWN, OTHER_TOWN = "411325100", "411325101"
FIRST, SECOND, THIRD = "411325100001", "411325100002", "411325101200"   # communities: two of the first township, one of the other
Rows = Mapping[str, Sequence[Mapping[str, str]]]
Opener = Callable[..., CountyView]


def release(home: Home, table_id: str, rows: Sequence[Mapping[str, str]], period: str = "", refused: int = 0) -> None:
    """Take accepted rows of a table in, as a return of their own, of the period that is said of it, with so many refused."""
    name, releases = f"{table_id}{period}.xlsx", Releases(home)
    releases.add(taken(table_id, rows_of(table_id, rows), name=name), f"{table_id}{period}", [
        {"file": name, "sheet": "表", "table": table_id, "confidence": 1.0, "accepted": len(rows), "refused": refused,
         "faults": []}], period=period)


def opened(home: Home, rows: Rows, period: str | None = None, language: str = "zh") -> CountyView:
    """A county whose returns hold these rows by table."""
    for table_id, lines in rows.items():
        release(home, table_id, lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COMMLIB_OUTPUTS", raising=False)
        view = open_county(NEIXIANG, period, language, home)
        assert view.store.root.is_relative_to(Path(home.outputs))
        return view
