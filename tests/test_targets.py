"""Targets and benchmarks: found values alone, each of an indicator that exists, and the ones that hold for a county."""

from __future__ import annotations

from pathlib import Path

import pytest

from commlib.declarations.sources import sources
from commlib.errors import DeclarationError
from commlib.indicators.registry import Direction, indicators
from commlib.places import PlaceBook, place_book
from commlib.targets import TargetKind, read_targets, target_at, targets, targets_of

GOOD = """
targets = [
    {indicator = "hard_road_rate", at_least = 95, unit = "percent", year = 2025, level = "province", area = "42",
     kind = "target", title = {zh = "湖北省目标", en = "Hubei target"}, source = "rural_roads"},
]
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "targets.toml"
    path.write_text(text.replace("\n     ", " "), encoding="utf-8")
    return read_targets(path)


def test_the_seven_of_the_plan_have_the_values_that_were_found() -> None:
    national = {each.indicator: each.value for each in targets()
                if each.source == "services_plan_2021" and each.kind == TargetKind.TARGET}
    assert national == {
        "rural_service_facility_coverage": 80, "service_floor_area_per_100_households": 30,
        "new_community_service_floor_share": 10, "activity_floor_share": 60, "community_workers_per_10k_urban": 18,
        "self_service_terminal_coverage": 100}   # the national value of the seventh, urban coverage, was not verified


def test_a_county_has_its_own_the_narrowest_first() -> None:
    found = targets_of("rural_service_facility_coverage", "", "621202")
    assert [(each.area, each.value, each.kind) for each in found] == [
        ("6212", 100, "target"), ("", 80, "target"), ("", 12.3, "benchmark")]
    assert [each.area for each in targets_of("rural_service_facility_coverage", "", "demo-hengxi")] == ["", ""]
    assert targets_of("coverage_villages", "bus", "411325")[0].value == 55 and not targets_of("coverage_villages", "", "411325")
    assert not targets_of("no_such_indicator")


SEVERAL = """
targets = [
    {indicator = "hard_road_rate", at_least = 80, unit = "percent", year = 2020, level = "nation",
     kind = "target", title = {zh = "甲", en = "a"}, source = "rural_roads"},
    {indicator = "hard_road_rate", at_least = 70, unit = "percent", year = 2015, level = "province", area = "42",
     kind = "target", title = {zh = "乙", en = "b"}, source = "rural_roads"},
    {indicator = "hard_road_rate", at_least = 90, unit = "percent", year = 2020, level = "province", area = "42",
     kind = "target", title = {zh = "丙", en = "c"}, source = "rural_roads"},
    {indicator = "hard_road_rate", at_least = 99, unit = "percent", year = 2025, level = "prefecture", area = "4201",
     kind = "target", title = {zh = "丁", en = "d"}, source = "rural_roads"},
    {indicator = "hard_road_rate", at_least = 60, unit = "percent", year = 2015, level = "prefecture", area = "4202",
     kind = "benchmark", title = {zh = "戊", en = "e"}, source = "rural_roads"},
]
"""


@pytest.mark.parametrize(("county", "period", "value"), [
    ("420101", "2026-03", 99), ("420101", "2022", 90), ("420101", "2018-06", 70), ("420101", "2012", 99),
    ("420201", "2030", 90), ("110101", "2012", 80), ("110101", "2020", 80)])
def test_one_target_holds_the_narrowest_of_those_that_are_due_else_the_next(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, county: str, period: str, value: float) -> None:
    declared = read(tmp_path, SEVERAL)
    monkeypatch.setattr("commlib.targets.targets", lambda: declared)
    found = target_at("hard_road_rate", "", county, period)
    assert found and found.value == value and found.due_at(period) == (period[:4] >= str(found.year) and period[0] == "2")
    assert target_at("no_such_indicator", "", county, period) is None
    assert target_at("hard_road_rate", "", county, "undated:000-1") is None   # nobody knows whether it was due


def test_a_value_says_on_which_side_of_it_a_place_should_be() -> None:
    low, high = targets_of("households_per_community")
    assert (low.value, high.value) == (1000, 5000)
    assert low.met_by(1000) and not low.met_by(999) and high.met_by(5000) and not high.met_by(5001)


def test_areas_are_places_of_the_register_and_nothing_stands_twice() -> None:
    book: PlaceBook = place_book()
    known = {"", *book.provinces, *book.prefectures, *book.register}
    assert {each.area for each in targets()} <= known
    keys = [(each.indicator, each.member, each.area, each.year, each.kind, each.at_least) for each in targets()]
    assert len(keys) == len(set(keys)) > 50


def test_benchmarks_and_targets_point_the_way_of_their_indicator() -> None:
    for each in targets():
        assert indicators()[each.indicator].direction is not Direction.LOWER or not each.at_least, each
        assert sources()[each.source].kind == "official", each


@pytest.mark.parametrize(("old", "new", "field", "found", "allowed"), [
    ('"hard_road_rate"', '"hard_raod_rate"', "targets[1].indicator", "hard_raod_rate", "hard_road_rate"),
    ('"hard_road_rate"', '"coverage_villages"', "targets[1].member", "", "cement_road"),
    ("at_least = 95", 'at_least = 95, member = "all"', "targets[1].member", "all", ""),
    ('"percent"', '"ratio"', "targets[1].unit", "ratio", "percent"),
    ('"rural_roads"', '"rural_road"', "targets[1].source", "rural_road", "rural_roads"),
    ('"province"', '"state"', "targets[1].level", "state", "province"),
    ('"42"', '"421"', "targets[1].area", "421", "province: 00"),
    ('"target"', '"wish"', "targets[1].kind", "wish", "benchmark"),
    ("at_least = 95", "at_least = 95, at_most = 99", "targets[1]", "at_least, at_most", "at_most"),
    ("at_least = 95, ", "", "targets[1]", "", "at_least"),
    ("at_least = 95", 'at_least = "95"', "targets[1].at_least", "95", "12.5"),
    ("year = 2025", 'year = "2025"', "targets[1].year", "2025", ""),
    ("year = 2025", "years = 2025", "targets[1].years", "years", "year"),
    (', en = "Hubei target"', "", "targets[1].title", "湖北省目标", "en"),
    ("targets = [", "target = [", "target", "target", "targets"),
])
def test_a_wrong_entry_names_field_found_and_allowed(
        tmp_path: Path, old: str, new: str, field: str, found: str, allowed: str) -> None:
    read(tmp_path, GOOD)
    with pytest.raises(DeclarationError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    for language in ("zh", "en"):
        said = caught.value.say(language)
        assert "targets.toml" in said and field in said and found in said and allowed in said


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace('"hard_road_rate"', '"x"').replace('"rural_roads"', '"y"').replace('"42"', '"z"')
    with pytest.raises(DeclarationError) as caught:
        read(tmp_path, wrong)
    assert len(caught.value.say("en").splitlines()) == 3
