"""Alarms: every declared rule fires on a worked example, stays green on its opposite and says so where it has no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

import pytest
from alarm_cases import home_of_both
from intake_home import GANLUO, NEIXIANG, NINGNAN, small_home
from test_blocks import Balance
from theme_home import OTHER_TOWN, TOWN, opened

from commlib.alarms import RuleState, alarm_rule_states, alarms, collect, figures, quality, records
from commlib.alarms.seen import Seen
from commlib.blocks import alarms as blocks_alarms
from commlib.blocks.alarms import alarm_list, alarm_states, gap_words, thresholds_words
from commlib.blocks.peers import peer_table
from commlib.blocks.targets import main_rows, target_table
from commlib.blocks.theme import declared_target
from commlib.declarations.alarms import AlarmSeverity, AlarmTest, alarm_rules, rules_of
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import table
from commlib.errors import DeclarationError
from commlib.home import Home
from commlib.labels import quantity_label
from commlib.narratives import narrative
from commlib.periods import parse_period
from commlib.phrases import phrase
from commlib.view import CountyView, open_county

Opener = Callable[..., CountyView]
EVERY = {name: {"active": True} for name in alarm_rules()}
every_rule = pytest.mark.parametrize("rule", list(alarm_rules()))
both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COMMLIB_OUTPUTS", raising=False)
        found = home_of_both(tmp_path_factory.mktemp("alarms"))
        open_county(NEIXIANG, home=found)
    return found


@pytest.fixture(scope="module")
def view_of(home: Home) -> Opener:
    views: dict[tuple[str, str], CountyView] = {}

    def opened(county: str, language: str = "zh") -> CountyView:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("COMMLIB_OUTPUTS", raising=False)
            return views.setdefault((county, language), open_county(county, lang=language, home=home))

    return opened


def state(view: CountyView, rule: str) -> tuple[int, int]:
    (found,) = [each for each in alarm_rule_states(view, EVERY) if each.rule.id == rule]
    return found.fired, found.green


@every_rule
def test_a_rule_fires_where_it_should(view_of: Opener, rule: str) -> None:
    fired, _ = state(view_of(NEIXIANG), rule)
    assert fired
    for each in alarms(view_of(NEIXIANG), EVERY):
        if each.rule.id == rule:
            assert each.severity in each.rule.limits and each.gap >= 0 and each.run >= 1
            assert each.sources or each.rule.test is AlarmTest.COMPLETENESS
            assert not each.since or parse_period(each.since).dated


@every_rule
def test_a_rule_is_green_where_all_is_in_order(view_of: Opener, rule: str) -> None:
    fired, green = state(view_of(NINGNAN), rule)
    assert not fired and green


@every_rule
def test_no_data_is_not_green(view_of: Opener, rule: str) -> None:
    (found,) = [each for each in alarm_rule_states(view_of(GANLUO), EVERY) if each.rule.id == rule]
    assert not found.known and (found.fired, found.green) == (0, 0) and found.waits_for


# ---- values worked out by hand

def one(view: CountyView, rule: str, place: str = "") -> tuple[float, float, float, str]:
    found = [each for each in alarms(view, EVERY) if each.rule.id == rule and place in ("", each.place)]
    return found[0].value, found[0].threshold, found[0].gap, found[0].severity.value


def test_the_lag_is_in_points_of_the_plan_or_in_percent_of_what_is_due(view_of: Opener) -> None:
    view = view_of(NEIXIANG)
    lags = {each.place: each for each in alarms(view) if each.rule.id == "behind_schedule"}
    stopped = next(each for each in lags.values() if each.value == pytest.approx(50 - 10))
    assert (stopped.severity, stopped.threshold, stopped.gap) == (AlarmSeverity.RED, 30, pytest.approx(10))
    assert (stopped.since, stopped.run) == ("2025-03", 4)   # 6.7 points behind in February, 15 in March
    slow = next(each for each in lags.values() if each.value == pytest.approx(50 - 30))
    assert (slow.severity, slow.since, slow.run) == (AlarmSeverity.AMBER, "2025-02", 5)
    relative = [each.value for each in alarms(view, EVERY) if each.rule.id == "behind_schedule_relative"]
    assert max(relative) == pytest.approx(80) and not any(each.rule.id == "behind_schedule_relative" for each in alarms(view))
    repeated = {each.place: each.value for each in alarms(view) if each.rule.id == "two_ambers"}
    assert repeated[slow.place] == 5 and stopped.place not in repeated   # red since, not amber


def test_amounts_days_and_places_are_counted(view_of: Opener) -> None:
    view = view_of(NEIXIANG)
    assert one(view, "paid_above_arrived") == (42, 40, 2, "red")
    assert one(view, "arrival_low") == (40, 60, 20, "amber")
    assert one(view, "funds_below_due") == (pytest.approx(90), 100, pytest.approx(10), "red")
    assert one(view, "removed_without_agreement")[0] == 50   # one of two households
    assert one(view, "facility_missing") == (5, 5, 0, "amber")
    assert one(view, "built_before_approval")[0] == (date(2025, 6, 30) - date(2025, 1, 31)).days   # P9 has no approval at all
    assert one(view, "return_late")[0] == 3 and one(view, "return_missing")[0] == 24   # up to the end of June, not today
    assert one(view, "coverage_below_target", NEIXIANG)[:3] == (50, 80, 30)
    assert one(view, "service_area_low", NEIXIANG)[:2] == (4, 30)   # 40 m² for 1,000 households
    assert one(view, "investment_negative")[0] == pytest.approx(-10)


def test_alarms_and_cards_hold_a_value_against_the_same_target(view_of: Opener) -> None:
    view = view_of(NEIXIANG)
    fired = {each.item: each.threshold for each in alarms(view) if each.rule.reads.get("target") and each.place == NEIXIANG}
    held = {quantity_label(row["id"], row["member"])["zh"]: target.value for row in main_rows(view)
            if (target := declared_target(view, row))}
    assert len(fired) >= 3 and fired.items() <= held.items()


def test_the_gravest_come_first_and_then_the_widest_gaps(view_of: Opener) -> None:
    found, order = alarms(view_of(NEIXIANG)), list(AlarmSeverity)
    keys = [(order.index(each.severity), -each.gap) for each in found]
    assert keys == sorted(keys) and {each.severity for each in found} == set(AlarmSeverity)


def test_of_a_complete_ledger_what_is_being_built_is_missing_and_what_another_return_tells_of_is_not(view_of: Opener) -> None:
    found = {each.item.partition("：")[0]: each for each in alarms(view_of(NEIXIANG), {"facility_missing": {"amber": ">= 0"}})
             if each.rule.id == "facility_missing"}
    assert {name: each.value for name, each in found.items()} == {"卫生室": 0, "农家书屋": 5, "警务室": 0}
    assert phrase("alarm.lacks", "zh", item="农家书屋", n=5, of=6) in found["农家书屋"].item


def test_nothing_is_missing_for_want_of_a_row_in_a_ledger_that_is_not_complete(
        view_of: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_of = records.rows_of

    def incomplete(view: CountyView, table_id: str) -> Any:
        rows = rows_of(view, table_id)
        return replace(rows, declaration=replace(rows.declaration, complete=False))

    monkeypatch.setattr(records, "rows_of", incomplete)
    assert not list(records.lacking(view_of(NEIXIANG), alarm_rules()["facility_missing"]))


def test_a_township_that_reports_by_year_owes_no_quarter_of_the_county(tmp_path: Path) -> None:
    reported = {TOWN: ("2023", "2024"), OTHER_TOWN: ("2023",), NEIXIANG: ("2024Q3", "2024Q4")}
    told = [{"unit_id": unit, "period": period, "indicator": "gdp", "value": "90", "unit": "CNY10k"}
            for unit, periods in reported.items() for period in periods]
    seen = quality.gaps(opened(small_home(tmp_path), {"economy": told}), alarm_rules()["return_incomplete"])
    assert {each.place: each.value for each in seen} == {TOWN: 100, OTHER_TOWN: 0, NEIXIANG: 100}   # one left 2024 out


def test_an_item_of_a_standard_bears_its_name(view_of: Opener) -> None:
    (found,) = [each for each in alarms(view_of(NEIXIANG)) if each.rule.id == "standard_item_missing"]
    assert "四统一" in found.item and "统一标识" in found.item and found.value == 6


# ---- what cannot be judged

def test_what_cannot_be_judged_is_neither_an_alarm_nor_in_order() -> None:
    rule = alarm_rules()["arrival_low"]
    fired, green, untested = collect._applied(rule, [Seen("a", float("nan")), Seen("b", 90), Seen("c", 10)])
    assert ([each.place for each in fired], green, untested) == (["c"], 1, 1)


@both_languages
def test_a_rule_that_could_judge_nothing_says_so(view_of: Opener, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_with_stated", lambda view, one: view.all_periods(one.id).assign(grade="stated"))
    view = view_of(NEIXIANG, language)
    seen = list(figures.level(view, alarm_rules()["satisfaction_low"]))
    assert seen and all(isnan(each.value) for each in seen)   # what a report only states has no interval
    monkeypatch.setattr(blocks_alarms, "alarm_rule_states", lambda *_: [
        RuleState(alarm_rules()["satisfaction_low"], 0, 0, len(seen), "")])
    shown = alarm_states(view)
    assert phrase("alarm.state_untested", language, n=len(seen)) in shown.html
    assert phrase("alarm.state_green", language) not in shown.html


def test_a_target_that_is_not_due_yet_is_not_judged(view_of: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    target = figures.target_at
    monkeypatch.setattr(figures, "target_at", lambda *asked: replace(target(*asked), year=2030) if target(*asked) else None)
    seen = list(figures.level(view_of(NEIXIANG), alarm_rules()["service_area_low"]))
    assert seen and all(isnan(each.value) for each in seen)


@pytest.mark.parametrize(("history", "expected"), [
    ((("2025-01", 15), ("2025-02", 15)), [2]), ((("2025-01", 5), ("2025-02", 15)), [1]),
    ((("2025-01", 40), ("2025-02", 15)), [1]), ((("2025-01", 15), ("2025-02", 5)), [0]),
    ((("2025-01", 15), ("2025-02", 40)), []), ((("2025-02", 15),), [None]),
    ((("undated:a", 15), ("2025-02", 15)), [None]), ((("2025-01", float("nan")), ("2025-02", 15)), [None])])
def test_two_periods_running_need_two_periods_and_red_is_not_amber(
        view_of: Opener, history: Any, expected: list[float | None]) -> None:
    seen = {"behind_schedule": [Seen("a", history[-1][1], history=history)]}
    found = list(collect._repeats(view_of(NEIXIANG), dict(alarm_rules()), seen))
    assert [None if isnan(each.value) else each.value for each in found] == expected


def test_a_lag_is_of_months_with_the_same_places_and_names_its_base(view_of: Opener) -> None:
    lags = {each.place: each for each in alarms(view_of(NEIXIANG)) if each.rule.id == "behind_schedule"}
    assert (lags[NEIXIANG].value, lags[NEIXIANG].run) == (pytest.approx(50 - 20), 1)   # in May a third township still reported
    assert {each.item for each in lags.values()} == {phrase("alarm.base_linear", "zh")}


# ---- thresholds

@both_languages
def test_limits_are_in_their_own_unit(language: str) -> None:
    said = {name: thresholds_words(rule, language) for name, rule in alarm_rules().items()}
    assert phrase("alarm.points", language, n="10") in said["coverage_below_target"]
    words = ("平方米/百户", "人/万人", "处", "按各指标的单位") if language == "zh" else ("m²", "persons", "20", "unit of each")
    rules = ("service_area_low", "workers_low", "facility_missing", "target_missed")
    assert all(word in said[rule] for word, rule in zip(words, rules, strict=True))
    assert not any("个" in each.replace("个百分点", "").replace("个月", "") for each in said.values())


def test_thresholds_can_be_given_and_stand_in_a_file_of_the_project(tmp_path: Path, view_of: Opener) -> None:
    own = {"arrival_low": {"amber": 30, "red": "< 45"}}
    (found,) = [each for each in alarms(view_of(NEIXIANG), own) if each.rule.id == "arrival_low"]
    assert (found.value, found.severity, found.threshold) == (40, AlarmSeverity.RED, 45)
    (tmp_path / "data").mkdir()
    written = '[arrival_low]\namber = 30\n[return_late]\nactive = false\n[county.411325.arrival_low]\nred = "< 45"\n'
    (tmp_path / "data" / "alarms.toml").write_text(written, encoding="utf-8")
    here, elsewhere = (rules_of(Home(tmp_path), county)["arrival_low"].limits for county in (NEIXIANG, NINGNAN))
    assert {each: limit.value for each, limit in here.items()} == {"amber": 30, "red": 45}
    assert {each: limit.value for each, limit in elsewhere.items()} == {"amber": 30}
    assert "return_late" not in rules_of(Home(tmp_path), NEIXIANG, {"jump": {"data": 80}})


def test_every_fault_of_the_projects_thresholds_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "alarms.toml").write_text('[nothing]\namber = 1\n[county.513427]\njump = 3\n', encoding="utf-8")
    with pytest.raises(DeclarationError) as refused:
        rules_of(Home(tmp_path), NEIXIANG)
    told = refused.value.say("en")
    assert told.count("alarms.toml") == 2 and "nothing" in told and "county.513427.jump" in told


@pytest.mark.parametrize(("thresholds", "said"), [
    ({"no_such": {"amber": 1}}, "no_such"), ({"arrival_low": {"pink": 1}}, "arrival_low.pink"),
    ({"arrival_low": {"amber": "much"}}, "much"), ({"arrival_low": {"amber": float("nan")}}, "nan"),
    ({"arrival_low": {"red": 5}}, "arrival_low.red"), ({"arrival_low": 5}, "arrival_low"),
    ({"arrival_low": {"active": "yes"}}, "arrival_low.active")])
def test_a_wrong_threshold_is_refused_with_what_is_allowed(view_of: Opener, thresholds: Any, said: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        alarms(view_of(NINGNAN), thresholds)
    assert all(said in refused.value.say(language) for language in ("zh", "en"))


# ---- declarations

@every_rule
def test_a_rule_reads_what_is_declared(rule: str) -> None:
    reads = alarm_rules()[rule].reads
    sides = [reads[each] for each in ("start", "done") if each in reads] or ([reads] if "table" in reads else [])
    for counted in reads.get("told_by", {}).values():
        assert read_argument(counted).members[0]
    for side in sides:
        known = {each.name for each in table(side["table"]).columns}
        named = [side[each] for each in ("column", "against", "item") if each in side]
        named += reads.get("on", "").split() if side is not reads else [side["by"]] if "by" in side else []
        assert set(named) <= known


# ---- blocks

@both_languages
def test_the_blocks_speak_both_languages_and_tell_no_data_from_green(view_of: Opener, language: str) -> None:
    bad, good, empty = (view_of(county, language) for county in (NEIXIANG, NINGNAN, GANLUO))
    for view in (bad, good, empty):
        for block in (alarm_list(view), alarm_states(view), target_table(view), peer_table(view)):
            assert block.html.strip() and not Balance(block.html).open and "nan" not in block.plain.split()
    shown = alarm_list(bad).html
    for severity in AlarmSeverity:   # never colour alone
        assert phrase(f"alarm.{severity}", language) in shown
    assert phrase("alarm.more", language, n=len(alarms(bad)) - 15) in shown
    assert phrase("alarm.state_green", language) in alarm_states(good).html
    assert phrase("alarm.state_green", language) not in alarm_states(empty).html
    assert 'class="notice waits"' in alarm_list(empty).html and 'class="notice waits"' not in alarm_list(good).html
    lag = next(each for each in alarms(bad) if each.rule.id == "behind_schedule")
    assert gap_words(lag, language) == phrase("alarm.points", language, n="10")


@both_languages
def test_the_overview_tells_of_targets_and_alarms(view_of: Opener, language: str) -> None:
    told = narrative(view_of(NEIXIANG, language), "county_overview").plain
    assert phrase("target.sentence", language, n=4, met=0, missed=4) in told
    assert phrase("alarm.count", language, severity=phrase("alarm.red", language),
                  n=sum(each.severity is AlarmSeverity.RED for each in alarms(view_of(NEIXIANG)))) in told
    table_of = target_table(view_of(NEIXIANG, language)).frame
    assert table_of is not None
    reached = table_of.set_index(phrase("column.indicator", language))[phrase("column.target_rate", language)]
    assert pytest.approx(100 * 50 / 80) in reached.tolist()
