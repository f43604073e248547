"""The appraisal sheets: ranks with ties, gains over one and two months, points and returned ranks, all worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from intake_home import places, small_home
from test_blocks import Balance
from theme_home import NEIXIANG, opened

from commlib import rankings
from commlib.blocks import appraisal
from commlib.phrases import phrase
from commlib.progress import COMPLETION
from commlib.view import CountyView

Opener = Callable[..., CountyView]
TOWNS = sorted(code for code in places("townships")["code"] if code.startswith(NEIXIANG))
COMPLETED = {"2013-07": [10, 20, 30, 40, 50, 60, 70], "2013-08": [30, 20, 30, 40, 50, 60, 70],
             "2013-09": [90, 30, 30, 40, 50, 60, 71]}


def community(town: str) -> str:
    codes = places("villages")["code"]
    return next(code for code in codes if code.startswith(town))


ROWS = {
    "housing_progress": [{"township_id": town, "community_id": community(town), "as_of": f"{month}-28", "planned": "100",
                          "completed": str(number)}
                         for month, numbers in COMPLETED.items() for town, number in zip(TOWNS, numbers, strict=False)],
    "score": [{"township_id": town, "period": "2013-09", "indicator": name, "points": points}
              for town, name, points in [(TOWNS[0], "住房", "60"), (TOWNS[0], "设施", "20.5"), (TOWNS[1], "住房", "70"),
                                         (TOWNS[2], "住房", "80.5")]],
    "ranking": [{"township_id": town, "period": period, "rank": rank, "previous_rank": before, "n_ranked": "3",
                 "spoke_at_meeting": spoke}
                for town, period, rank, before, spoke in [
                    (TOWNS[0], "2013-07", "1", "", ""), (TOWNS[1], "2013-07", "2", "", ""), (TOWNS[0], "2013-09", "1", "1", "no"),
                    (TOWNS[1], "2013-09", "2", "2", "yes"), (TOWNS[2], "2013-09", "3", "", "")]],
    "external_rank": [{"unit_id": NEIXIANG, "year": "2013", "ranking": "public_opinion_rank", "rank": "7", "n_ranked": "123",
                       "scope": "province"}],
}


@pytest.fixture(scope="module")
def open_in(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    home = small_home(tmp_path_factory.mktemp("appraisal"))
    opened(home, ROWS)
    return lambda period=None, language="zh": opened(home, {}, period, language)


def test_ranks_tie_and_who_did_not_report_has_none(open_in: Opener) -> None:
    frame = rankings.ranks(open_in(), COMPLETION)
    assert frame["rank"].tolist()[:7] == [1, 2, 3, 4, 5, 6, 6] and frame["rank"][7:].isna().all() and len(frame) == len(TOWNS)
    assert frame["place"].tolist()[0] == TOWNS[0] and frame["before"][0] == 5 and frame["rise"][0] == 4
    assert frame["gap"].tolist()[0] == pytest.approx(90 - 371 / 7)   # 371 of 700 in the county, pooled
    course = rankings.rank_course(open_in(), COMPLETION)
    first = course[course["label"] == frame["label"][0]]
    assert first["rank"].tolist() == [7, 5, 1] and first["period"].tolist() == ["2013-07", "2013-08", "2013-09"]


@pytest.mark.parametrize(("months", "gain", "before"), [(1, 60, 5), (2, 80, 7)])
def test_a_sheet_compares_with_so_many_months_before(open_in: Opener, months: int, gain: float, before: float) -> None:
    block = appraisal.progress_sheet(open_in(), months)
    first = block.frame.iloc[0].tolist()
    assert first[1:8] == [first[1], 90, gain, pytest.approx(90 - 371 / 7), 1, before, before - 1]
    assert first[8] == phrase("appraisal.leads", "zh") and block.frame.iloc[-1, 8] == phrase("appraisal.silent", "zh")
    assert (block.frame.iloc[:, 8] == phrase("appraisal.among_last", "zh")).sum() == 3
    assert not Balance(block.html).open


def test_points_are_added_up_and_the_rank_beside_the_returned_one(open_in: Opener) -> None:
    frame = appraisal.score_sheet(open_in()).frame
    totals, ranks, returned = (frame.iloc[:3, number].tolist() for number in (3, 4, 5))
    assert totals == [80.5, 80.5, 70] and ranks == [1, 1, 3]
    assert sorted(map(float, returned)) == [1, 2, 3] and "≠" in appraisal.score_sheet(open_in()).html
    assert frame.iloc[3, 1:6].tolist() == ["—"] * 5   # a township without points has neither total nor rank


@pytest.mark.parametrize("language", ["zh", "en"])
def test_courses_and_ranks_by_others(open_in: Opener, language: str) -> None:
    view = open_in(None, language)
    assert "<svg" in appraisal.rank_course(view).html
    assert appraisal.external_ranks(view).frame.iloc[0, 2:4].tolist() == [7, 123]


def test_without_rows_each_waits_for_its_table(view_of: Opener) -> None:
    view = view_of("110101")
    for block in (appraisal.progress_sheet(view), appraisal.score_sheet(view), appraisal.rank_course(view),
                  appraisal.external_ranks(view)):
        assert 'class="notice waits"' in block.html
