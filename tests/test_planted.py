"""Faults planted by a seed are located to their cells; nothing is coerced silently, nothing valid is lost or called wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from planted_returns import LAYOUTS, TABLES, Counts, measure, returns

from commlib.declarations.tables import table
from commlib.demo.planted import plant

EVERY = 10   # of the returns, one in the default suite


def share_wrong(counts: Counts) -> float:
    return len(counts.alarms) / max(counts.told, 1)


def test_a_tenth_of_the_planted_faults_is_located(tmp_path: Path) -> None:
    counts = measure(returns(tmp_path, EVERY))
    assert counts.workbooks >= 3 and counts.planted >= 30
    assert (counts.missed, counts.coerced, counts.alarms, counts.lost) == ([], [], [], [])


def test_the_counts_notice_what_goes_wrong(tmp_path: Path) -> None:
    """The measure itself: a fault that was planted elsewhere, or a value that meant something else, is counted."""
    (built,) = returns(tmp_path, 100)
    first, *rest = built.planted
    row = next(at for at in built.truth if not any(cell[1:] == str(at[1]) for each in built.planted for cell in each.cells))
    name = next(name for name, text in built.truth[row].items() if text.isdecimal())
    built.truth[row][name] += "7"
    built.planted[:] = [type(first)(first.sheet, (f"ZZ{row[1]}",), first.kind, first.codes, first.was, first.now), *rest]
    counts = measure([built])
    assert counts.located == len(rest) and len(counts.missed) == 1 and len(counts.coerced) == 1 and counts.alarms


def test_the_same_chance_plants_the_same_faults() -> None:
    declaration = table("employment")
    columns = {column.name: place for place, column in enumerate(declaration.columns)}
    rows = [[7 for _ in columns] for _ in range(9)]
    planted = [plant([list(row) for row in rows], "S", declaration, columns, range(9), random.Random(3), 4) for _ in range(2)]
    assert planted[0] == planted[1] and len(planted[0]) == 4
    assert len({each.cells[0][1:] for each in planted[0]}) == 4, "at most one in a row"


@pytest.mark.torture
def test_planted_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = measure(returns(tmp_path))
    with capsys.disabled():
        print(f"\nplanted: {counts.planted} faults in {counts.workbooks} returns ({len(TABLES)} tables, {len(LAYOUTS)} layouts): "
              f"{counts.located} located to the cell ({counts.located / counts.planted:.1%}), {len(counts.coerced)} silent "
              f"coercions, {len(counts.alarms)} false alarms of {counts.told} ({share_wrong(counts):.1%}), {len(counts.lost)} "
              "valid rows lost")
    assert counts.planted >= 300 and counts.workbooks >= 30
    assert counts.located >= 0.99 * counts.planted, counts.missed
    assert counts.coerced == [] and counts.lost == []
    assert share_wrong(counts) <= 0.01, counts.alarms
