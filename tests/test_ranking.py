"""Ranks: ties share one, who did not report has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlib.ranking import competition_ranks, position

VALUES = pd.Series({"a": 9.0, "b": 7.0, "c": 7.0, "d": np.nan, "e": 1.0})


def test_ties_share_a_rank_and_who_did_not_report_gets_none() -> None:
    assert competition_ranks(VALUES).to_dict() == pytest.approx(
        {"a": 1, "b": 2, "c": 2, "d": np.nan, "e": 4}, nan_ok=True
    )
    assert competition_ranks(VALUES, highest_first=False)["e"] == 1


def test_a_position_counts_those_that_reported() -> None:
    found = position(VALUES, "b")
    assert found is not None and (found.rank, found.n, found.tied) == (2, 4, 1)
    assert found.percentile == pytest.approx(100 * 1.5 / 3)
    first, last = position(VALUES, "a"), position(VALUES, "e")
    assert first is not None and last is not None and (first.percentile, last.percentile, last.rank) == (100, 0, 4)


@pytest.mark.parametrize("key", ["d", "unknown"])
def test_without_a_value_there_is_no_position(key: str) -> None:
    assert position(VALUES, key) is None
    assert position(VALUES[["a"]], "a") is None


@given(st.lists(st.integers(0, 9), min_size=2, max_size=30))
def test_positions_agree_with_the_ranks_and_average_one_half(numbers: list[int]) -> None:
    values = pd.Series(numbers, index=[f"k{number}" for number in range(len(numbers))], dtype="float64")
    found = [position(values, key) for key in values.index]
    assert [each.rank for each in found if each] == competition_ranks(values).tolist()
    assert np.mean([each.percentile for each in found if each]) == pytest.approx(50)
