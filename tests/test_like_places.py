"""Two numbers are compared, and divided, only where they stand for the same places; periods are named where they differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_home import small_home
from theme_home import FIRST, OTHER_TOWN, SECOND, THIRD, TOWN, Opener, opened, release

from commlib import progress
from commlib.alarms.figures import schedule as lags_of
from commlib.blocks import head, housing, overview, targets, theme
from commlib.declarations.alarms import alarm_rules
from commlib.declarations.tables import table
from commlib.narratives import narrative
from commlib.periods import parse_period
from commlib.phrases import phrase, text
from commlib.view import CountyView, places_behind

PLACES = (FIRST, SECOND, THIRD)
# Households started, completed and moved in by the end of a month, of 100 planned in each community; None: no row.
MONTHS: dict[str, tuple[tuple[int, int, int] | None, ...]] = {
    "2012-12-31": ((60, 20, 10), (60, 30, 10), (60, 40, 10)),
    "2013-03-31": ((70, 30, 10), None, (70, 50, 20)),
    "2013-06-30": ((80, 40, 20), (80, 60, 20), (80, 70, 30)),
    "2013-07-31": (None, (90, 65, 30), (90, 80, 40)),
    "2013-08-31": ((90, 50, 30), None, (90, 90, 60)),
}


def place(community: str) -> dict[str, str]:
    return {"township_id": community[:9], "community_id": community}


def months() -> list[dict[str, str]]:
    return [{**place(community), "as_of": day, "planned": "100", "started": str(row[0]), "completed": str(row[1]),
             "moved_in": str(row[2])}
            for day, found in MONTHS.items() for community, row in zip(PLACES, found, strict=True) if row]


@pytest.fixture(scope="module")
def view_of(tmp_path_factory: pytest.TempPathFactory) -> Opener:
    home = small_home(tmp_path_factory.mktemp("like"))
    opened(home, {"housing_progress": months(), "housing_task": [
        {**place(each), "year": "2013", "target_units": "60", "target_households": "60"} for each in PLACES],
        "contract_payment": [{"contract_id": "C1", "instalment": "1", "due_on": "2019-05-01", "amount": "5"}],
        "village_survey": [{"township_id": TOWN, "village_id": FIRST, "period": "2014", "supplied_persons": "1000",
                            "tap_water_persons": "950"}]})
    return lambda period=None, language="zh": opened(home, {}, period, language)


def test_a_partial_value_stands_for_the_places_that_reported(view_of: Opener) -> None:
    view = view_of("2013-08")
    rows = progress.at(view.history("households_completed"), "2013-08")
    assert places_behind(view, rows, view.place.key) == {FIRST, THIRD}
    assert places_behind(view, rows, TOWN) == {FIRST} and places_behind(view, rows, SECOND) == set()


def test_the_schedule_is_said_only_of_the_places_that_it_is_of(view_of: Opener) -> None:
    plan = progress.schedule(view_of("2013-06"))   # 170 homes after 90, of a task of 180, by the middle of the year
    assert plan is not None and (plan.kind, plan.done, plan.due) == ("task", pytest.approx(100 * 80 / 180), 50)
    plan = progress.schedule(view_of("2013-08"))   # 140 of two communities are not 50 more than the 90 of three
    assert plan is not None and plan.kind == "task" and plan.lead != plan.lead
    told = narrative(view_of("2013-08"), "housing_progress").plain
    assert phrase("housing.lead_unknown", "zh") in told and "序时进度0" not in told
    other = progress.schedule(view_of("2013-08"), OTHER_TOWN)
    assert other is not None and other.lead == pytest.approx(100 * 50 / 60 - 100 * 8 / 12)
    table = housing.by_place(view_of("2013-08")).frame
    assert list(map(str, table[phrase("column.lead", "zh")])).count("—") == len(table) - 1
    assert "落后" not in told


def test_an_alarm_of_the_schedule_leaves_out_who_reports_less_than_before(view_of: Opener) -> None:
    found = list(lags_of(view_of("2013-08"), alarm_rules()["behind_schedule"]))
    assert [(each.place, each.value) for each in found if each.value == each.value] == [
        (OTHER_TOWN, pytest.approx(100 * 8 / 12 - 100 * 50 / 60))]
    (county, *_) = lags_of(view_of("2013-06"), alarm_rules()["behind_schedule"])
    assert county.value == pytest.approx(50 - 100 * 80 / 180)
    assert [month for month, _ in county.history] == ["2013-06"]   # in March two of the three reported


def own(view: CountyView, name: str) -> tuple[CountyView, object]:
    found = progress.at(view.history(name), str(view.period))
    return view, progress.row_of(found.reset_index().set_index("place", drop=False), view.place.key)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_as_many_places_are_not_the_same_places(view_of: Opener, language: str) -> None:
    view = view_of("2013-08", language)   # one township reported whole in July and in August, another one community each
    assert progress.change(view, "households_completed", "2013-07") != progress.change(view, "households_completed", "2013-07")
    before = text("theme_words.period_alike", period=parse_period("2013-03").label)   # 140 of 200 after 80 of 200
    assert theme.change_text(*own(view, progress.COMPLETION)) == phrase(
        "theme_words.points_up", language, size="30.0", against=before)
    assert theme.change_text(*own(view_of("2013-07", language), progress.COMPLETION)) == ""


def test_shares_divide_what_the_same_places_report(view_of: Opener) -> None:
    drawn, told = housing.funnels(view_of("2013-08")).plain, narrative(view_of("2013-08"), "housing_progress").plain
    assert "规划300" in drawn and "占规划" not in drawn and "占开工77.8%" in drawn and "占竣工64.3%" in drawn
    assert "开工180户（部分；占规划90.0%，即180 ÷ 200）" in told and "入住90户（部分；占竣工64.3%）" in told
    assert "70.0%，即140 ÷ 200" in housing.by_place(view_of("2013-08")).html
    whole = housing.funnels(view_of("2013-06")).plain
    assert "占规划80.0%" in whole and "即" not in narrative(view_of("2013-06"), "housing_progress").plain


def test_a_card_and_a_sentence_name_a_period_that_is_not_the_pages(view_of: Opener) -> None:
    view, named = view_of(), parse_period("2013-08").label["zh"]
    assert head.latest_period(view) == "2014" and "2019" not in head.head(view).html   # an instalment is due in 2019
    assert f"{named}：" in overview.key_figures(view).html
    assert f"（{named}）" in narrative(view, "county_overview").plain
    assert f"{named}：" not in overview.key_figures(view_of("2013-08")).html


def test_the_main_indicators_say_how_many_places_reported_in_full(view_of: Opener) -> None:
    assert phrase("status.partial_of", "zh", n=1, expected=16) in targets.target_table(view_of("2013-08")).html


def test_rows_that_were_refused_are_not_passed_over(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    release(home, "housing_progress", months()[:2], refused=1)
    view = opened(home, {}, "2012-12")
    told = narrative(view, "housing_progress").plain
    assert phrase("housing.refused", "zh", table=table("housing_progress").label, n=1) in told
