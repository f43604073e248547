"""Facilities and standards: blocks and sentences on returns counted by hand, on reported figures and on an empty county."""

from __future__ import annotations

from pathlib import Path

import pytest
from standards_home import Opener, communities, opener, towns
from test_blocks import Balance, shown_by

from commlib.blocks import facilities, facility_kinds
from commlib.declarations.tables import tables
from commlib.formatting import MISSING
from commlib.narratives import narrative
from commlib.phrases import phrase

NOTEBOOK = "facilities_and_standards"


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    return opener(tmp_path_factory.mktemp("facilities"), built_outputs)


def test_the_table_of_standards_keeps_three_states_apart_and_names_the_version(open_in: Opener) -> None:
    frame = facilities.standards_met(open_in()).frame.set_index("标准")
    own = frame.loc["十有标准"]
    assert own[["达标", "未达标", "未报", "条数", "得分"]].tolist() == [18, 11, 1, 30, 60]
    assert own["依据（版本）"] == "嘉禾县农村社区建设全覆盖工作汇报（001-3）" and own["适用"] == "社区（村）"
    assert frame.loc["乡镇八个一工程", "报数"] == f"1/{len(towns())}个"


def test_the_map_has_three_states_and_the_most_missing_first(open_in: Opener) -> None:
    block = facilities.items_by_place(open_in())
    states = block.frame
    assert states["state"].value_counts().to_dict() == {"met": 18, "missed": 11, "not_reported": 1}
    assert states["label"].iloc[0] == communities()[2][1] and not Balance(block.html).open


def test_what_is_missing_in_most_places_comes_first_and_silence_is_no_lack(open_in: Opener) -> None:
    block = facilities.missing_items(open_in())
    shown = dict(zip(block.frame["label"], block.frame["value"], strict=True))
    assert (shown["有制度"], shown["有机构"], shown["有考评"]) == (2, 0, 1)   # of 有考评 one place said nothing
    assert "有制度" in narrative(open_in(), NOTEBOOK).plain


def test_the_place_that_lacks_least_comes_next(open_in: Opener) -> None:
    frame = facilities.next_places(open_in()).frame
    assert frame["单位"].tolist() == [communities()[0][1], communities()[2][1]] and frame["未达标"].tolist() == [3, 8]
    assert frame["所缺"].iloc[0] == "有制度、有队伍、有产业"


def test_a_facility_that_is_being_built_is_no_facility_yet(open_in: Opener) -> None:
    block = facility_kinds.facilities_by_place(open_in())
    states = block.frame.set_index(["label", "column"])["state"].to_dict()
    label = {name: f"{town} {name}" for _, name, town in communities()}
    first, second, third = (label[name] for _, name, _ in communities())
    assert states[first, "社区服务中心"] == "met" and states[first, "卫生室"] == "partly"
    assert states[second, "社区服务中心"] == "missed" and states[third, "卫生室"] == "not_reported"


def test_floor_area_is_never_mixed_from_two_tables(open_in: Opener) -> None:
    """Activity area and households stand in the community register; the ledger of facilities may name other places."""
    feeding = [each.id for each in tables() if "service_floor_area" in each.measures]
    assert feeding == ["community"] and open_in().measure("service_floor_area").empty   # centres alone were returned


def test_shares_within_a_kilometre_are_those_that_places_report(open_in: Opener) -> None:
    frame = facilities.reported_shares(open_in(), "gong_gong_fu_wu_quan", "1").frame
    assert sorted(frame["value"]) == [80, 95.5]


def test_reported_coverage_names_three_bases(view_of: Opener) -> None:
    block = facility_kinds.coverage_by_base(view_of("430223"))   # You county states its roads of communities
    assert list(block.frame.columns)[1:] == ["村覆盖率（占行政村）", "社区覆盖率（占社区）", "人口覆盖率（占总人口）"]
    assert MISSING in set(block.frame.iloc[:, 1].astype(str))


def test_reported_facilities_are_shown_by_kind(view_of: Opener) -> None:
    frame = facility_kinds.facilities_by_kind(view_of("130102")).frame   # Chang'an lists seven kinds
    assert frame["value"].notna().sum() == 7 and (frame["value"].dropna() > 0).all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_block_shows_something_and_counties_without_data_say_what_they_wait_for(
        open_in: Opener, view_of: Opener, language: str) -> None:
    for view in (open_in(None, language), view_of("130102", language), view_of("110101", language)):
        shown = shown_by(NOTEBOOK, view, language)
        for source, block in shown.items():
            assert block.html.strip() and not Balance(block.html).open, source
            assert "nan" not in block.plain.split() and "{" not in block.plain, source
    waiting = [block.plain for block in shown.values() if 'class="notice waits"' in block.html]
    for table in ("checklist_result", "facility", "utility_coverage"):
        assert any(table in each for each in waiting), table


def test_the_paragraph_says_score_version_and_places(open_in: Opener) -> None:
    told = narrative(open_in(), NOTEBOOK).plain
    assert "30项中达标18项，未达标11项，未报1项，得分60.0%" in told
    assert phrase("facilities.told_townships", "zh", n=2, first=towns()[0][1], last=towns()[1][1], first_score="80.0%",
                  last_score="20.0%") in told
    assert "a score of 60.0 %" in narrative(open_in(None, "en"), NOTEBOOK).plain
