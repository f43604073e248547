"""Releases: kept for ever, whole or not at all; rows hold until they are given anew or left out of the same return."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pandas as pd
import pytest
from intake_home import NEIXIANG, NINGNAN, rows_of, small_home, taken

from commlib.errors import ParameterError, StoreError
from commlib.home import Home
from commlib.intake.releases import Releases

TABLE = "housing_progress"
FIRST, SECOND, THIRD = "411325100001", "411325100002", "411325101200"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    return small_home(tmp_path)


def progress(*given: tuple[str, str], day: str = "2013-09-30", county: str = NEIXIANG) -> pd.DataFrame:
    """Rows of the housing return: community and households completed."""
    return rows_of(TABLE, [{"township_id": place[:9], "community_id": place, "as_of": day, "completed": completed}
                           for place, completed in given], county)


def add(releases: Releases, *frames: pd.DataFrame, name: str = "月报.xlsx", refused: int = 0, print_: str = "") -> int:
    return releases.add(taken(TABLE, *frames, name=name, refused=refused), print_ or os.urandom(4).hex(), []).number


def held(releases: Releases, county: str = NEIXIANG) -> dict[tuple[str, str], str]:
    rows = releases.rows(TABLE, county)
    return {(row["community_id"], row["as_of"]): row["completed"] for _, row in rows.iterrows()}


def test_what_was_taken_in_is_read_back_as_it_came(home: Home) -> None:
    rows = progress((FIRST, "100"), (SECOND, "")).assign(started="230", started__low="225", started__high="235",
                                                          started__qualifier="approx")
    release = Releases(home).add(taken(TABLE, rows, received="2013-10-08"), "print", [{"sheet": "表", "faults": []}])
    again = Releases(home)
    assert again.list() == (release,) and release.counties == (NEIXIANG,) == again.counties()
    assert again.tables(NEIXIANG) == (TABLE,) and release.accepted() == 2 and again.answer(1)[0]["sheet"] == "表"
    expected = rows.assign(_release="1", _file="月报.xlsx", _dated="2013-10-08")
    pd.testing.assert_frame_equal(again.rows(TABLE, NEIXIANG), expected, check_dtype=False)
    assert again.rows(TABLE, NINGNAN).empty and again.rows("staff", NEIXIANG).empty


def test_a_later_release_gives_a_key_anew_and_other_returns_leave_it(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "100"), (SECOND, "90")))
    add(releases, progress((SECOND, "95"), (THIRD, "7")), name="补报.xlsx")
    september = "2013-09-30"
    assert held(releases) == {(FIRST, september): "100", (SECOND, september): "95", (THIRD, september): "7"}
    assert held(Releases(home)) == held(releases)
    assert len(releases.rows(TABLE, NEIXIANG)) == 3


def test_the_same_return_sent_again_without_a_row_withdraws_it_in_its_month_and_township_alone(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "80"), day="2013-08-31"))
    add(releases, progress((THIRD, "7")))
    add(releases, progress((FIRST, "100"), (SECOND, "90")))
    add(releases, progress((FIRST, "100")))
    assert held(releases) == {(FIRST, "2013-08-31"): "80", (THIRD, "2013-09-30"): "7", (FIRST, "2013-09-30"): "100"}


def test_nothing_counts_as_withdrawn_while_a_row_was_refused(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "100"), (SECOND, "90")))
    add(releases, progress((FIRST, "101")), refused=1)
    assert held(releases) == {(FIRST, "2013-09-30"): "101", (SECOND, "2013-09-30"): "90"}


def test_two_counties_in_one_return_are_kept_apart(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "1")), progress(("513427100001", "2"), county=NINGNAN))
    assert held(releases) == {(FIRST, "2013-09-30"): "1"}
    assert held(releases, NINGNAN) == {("513427100001", "2013-09-30"): "2"} and releases.counties() == (NEIXIANG, NINGNAN)
    add(releases, progress(("513427100001", "3"), county=NINGNAN))
    assert len(held(releases)) == 1 and held(releases, NINGNAN) == {("513427100001", "2013-09-30"): "3"}


def test_a_return_stands_until_the_same_one_comes_with_something_else(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "100")), print_="a")
    add(releases, progress((FIRST, "80"), day="2013-08-31"), print_="b")   # another month under the same name
    found = releases.standing("a")
    assert found and found.number == 1 and releases.standing("c") is None
    add(releases, progress((FIRST, "101")), print_="c")
    assert releases.standing("a") is None and releases.standing("b") and releases.standing("c")


def test_a_difference_is_told_in_both_languages(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "1100"), (SECOND, "104"), (THIRD, "1")))
    add(releases, progress((FIRST, "1156"), (THIRD, "1"), ("411325100003", "4")))
    assert releases.difference(2, "zh") == (
        "411325 内乡县：住房建设进度月报：新增1行，更正1行，撤回1行；2013年9月竣工户数 1,205 → 1,161（-44户）。",)
    assert releases.difference(2, "en") == ("411325 Neixiang County: Housing progress: new rows: 1, changed rows: 1, withdrawn "
                                            "rows: 1; in 2013-09 households completed 1,205 → 1,161 (-44 households).",)
    add(releases, progress((FIRST, "1156"), (THIRD, "1"), ("411325100003", "4")))
    assert "没有变化" in releases.difference(3, "zh")[0]
    add(releases, progress((FIRST, "1160"), day="2013-10-31"))
    said = "2013年9月 → 2013年10月（只算两期都报的）竣工户数 1,156 → 1,160（+4户）"   # two did not report in October
    assert said in releases.difference(4, "zh")[0]
    with pytest.raises(ParameterError) as caught:
        releases.difference(9, "zh")
    assert "4" in caught.value.say("zh") and "4" in caught.value.say("en")


def test_periods_with_no_place_in_common_are_not_compared(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "100"), (SECOND, "")))
    add(releases, progress((SECOND, "80"), (THIRD, "30"), day="2013-10-31"))
    assert releases.difference(2, "zh") == ("411325 内乡县：住房建设进度月报：新增2行。",)


def test_totals_in_a_return_are_not_counted_with_their_parts(home: Home) -> None:
    releases = Releases(home)
    total = rows_of(TABLE, [{"township_id": "", "community_id": NEIXIANG, "as_of": "2013-09-30", "completed": "999"}])
    add(releases, total, progress((FIRST, "10"), (SECOND, "20")))
    assert "— → 30（+30户）" in releases.difference(1, "zh")[0]
    add(releases, total.assign(completed="1001"), progress((FIRST, "10"), (SECOND, "20")))
    assert "更正1行；2013年9月竣工户数 999 → 1,001（+2户）" in releases.difference(2, "zh")[0]   # the total alone


def test_leftovers_of_a_killed_intake_go_and_count_for_nothing(home: Home) -> None:
    releases = Releases(home)
    add(releases, progress((FIRST, "1")))
    leftover = releases.folder / ".building-123"
    leftover.mkdir()
    (leftover / "release.json").write_text("{")
    assert held(Releases(home)) == held(releases)
    assert add(Releases(home), progress((SECOND, "2"))) == 2 and not leftover.exists()


def test_a_damaged_release_is_named(home: Home) -> None:
    add(Releases(home), progress((FIRST, "1")))
    (Releases(home).folder / "00001" / "release.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        Releases(home).list()
    assert "00001/release.json" in caught.value.say("zh")


def _many(root: Path, number: int) -> None:
    for each in range(5):
        add(Releases(Home(root)), progress((FIRST, str(number * 10 + each))), name=f"{number}.xlsx")


def test_intakes_at_the_same_time_get_numbers_of_their_own(home: Home) -> None:
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=_many, args=(home.root, number)) for number in range(3)]
    for each in started:
        each.start()
    for each in started:
        each.join(60)
    releases = Releases(home)
    assert [each.number for each in releases.list()] == list(range(1, 16)) and len(held(releases)) == 1
    record = json.loads((releases.folder / "00015" / "release.json").read_text(encoding="utf-8"))
    assert record["tables"] == {TABLE: {NEIXIANG: {"2013-09|411325100": 1}}}
