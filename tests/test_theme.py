"""What a theme's page opens with: changes, targets and who leads, against figures worked by hand; and its declaration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake_home import small_home
from theme_home import FIRST, OTHER_TOWN, SECOND, THIRD, TOWN, opened, release

from commlib.blocks import theme
from commlib.declarations.tables import tables
from commlib.errors import DeclarationError
from commlib.home import Home
from commlib.indicators.registry import indicators
from commlib.narratives import narrative
from commlib.periods import parse_period
from commlib.phrases import phrase, text
from commlib.view import CountyView

RATE, AMOUNT = "households_completed_of_planned", "fixed_asset_investment_communities"
# Completed of 100 planned homes and investment, by month, in two communities of one township and one of another.
MONTHS = {"2012-08": ((20, 30, 40), (40, 40, 20)), "2013-06": ((40, 40, 40), (40, 35, 30)),
          "2013-07": ((50, 50, 50), (50, 50, 25)), "2013-08": ((60, 70, 50), (60, 40, 30))}
LAST = {"2013-08": "08-31", "2012-08": "08-31", "2013-07": "07-31", "2013-06": "06-30"}


def place(community: str) -> dict[str, str]:
    return {"township_id": community[:9], "community_id": community}


def rows() -> list[dict[str, str]]:
    found = [{**place(community), "as_of": f"{month[:4]}-{LAST[month]}", "planned": "100", "completed": str(completed),
              "invested": str(invested)}
             for month, (homes, money) in MONTHS.items()
             for community, completed, invested in zip((FIRST, SECOND, THIRD), homes, money, strict=True)]
    return [*found, {**place(FIRST), "as_of": "2013-09-30", "planned": "100", "completed": "90", "invested": "70"}]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small_home(tmp_path_factory.mktemp("theme"))
    opened(home, {"housing_progress": rows()})
    return home


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CountyView]:
    """A county that returned nothing, in both languages."""
    home = small_home(tmp_path_factory.mktemp("silent"))
    return {language: opened(home, {}, None, language) for language in ("zh", "en")}


def own(view: CountyView, name: str) -> Any:
    """The county's own row of an indicator or a measure at the view's period."""
    found = view.history(name)
    (row,) = (row for _, row in found[(found["place"] == view.place.key) & (found["period"] == view.period)].iterrows())
    return row


def against(key: str, period: str) -> Any:
    return text(f"theme_words.{key}", period=parse_period(period).label)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rate_changes_by_percentage_points_and_an_amount_by_percent(home: Home, language: str) -> None:
    view = opened(home, {}, "2013-08", language)
    year = against("year_before", "2012-08")   # 180 of 300 homes after 90 of 300; 130 after 100
    assert theme.change_text(view, own(view, RATE)) == phrase("theme_words.points_up", language, size="30.0", against=year)
    size = "30.0%" if language == "zh" else "30.0 %"
    assert theme.change_text(view, own(view, AMOUNT)) == phrase("theme_words.relative_up", language, size=size, against=year)


def test_without_the_same_month_last_year_it_is_the_period_before(home: Home) -> None:
    view = opened(home, {}, "2013-07")
    before = against("period_before", "2013-06")   # 150 of 300 after 120 of 300; 125 after 105
    assert theme.change_text(view, own(view, RATE)) == phrase("theme_words.points_up", "zh", size="10.0", against=before)
    assert theme.change_text(view, own(view, AMOUNT)) == phrase("theme_words.relative_up", "zh", size="19.0%", against=before)


def test_a_month_in_which_fewer_places_reported_is_compared_with_none(home: Home) -> None:
    view = opened(home, {}, "2013-09")
    row = own(view, RATE)
    assert row["value"] == 90 and row["status"] == "partial" and theme.change_text(view, row) == ""
    first = opened(home, {}, "2012-08")
    assert theme.change_text(first, own(first, RATE)) == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_is_first_and_last_is_told_with_their_values(home: Home, language: str) -> None:
    view = opened(home, {}, "2013-08", language)   # 130 of 200 in the one township, 50 of 100 in the other
    told = narrative(view, "appraisal").plain
    names = [view.name_of(each) for each in (TOWN, OTHER_TOWN)]
    assert told.index(names[0]) < told.index(names[1])
    assert "65.0" in told and "50.0" in told and phrase("theme_words.points_up", language, size="30.0", against=against(
        "year_before", "2012-08")) in told


@pytest.mark.parametrize(("persons", "kind", "gap"), [("950", "met_above", "2.0"), ("900", "ahead", "3.0")])   # of 2025
def test_a_target_of_the_province_comes_before_the_nations(tmp_path: Path, persons: str, kind: str, gap: str) -> None:
    view = opened(small_home(tmp_path), {"village_survey": [
        {"township_id": TOWN, "village_id": FIRST, "period": "2023", "supplied_persons": "1000", "tap_water_persons": persons}]},
        "2023")
    row = own(view, "rural_tap_water_rate")   # Henan asks for 93 %, the nation for 88
    target = theme.declared_target(view, row)
    assert target is not None and (target.value, target.area) == (93, "41")
    told = phrase(f"theme_words.target_{kind}", "zh", title=target.title, target="93.0%",
                  gap=phrase("theme_words.gap_points", "zh", n=gap))
    assert theme.target_text(view, row) == told


def test_a_target_that_is_no_rate_differs_in_its_unit(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    release(home, "community", [{**place(FIRST), "households": "400", "service_area": "100"}], "2026")
    view = opened(home, {})
    row = view.county_result(view.result("service_floor_area_per_100_households"))
    assert row is not None and row["value"] == 25
    told = theme.target_text(view, row)   # 25 m² of 30 m² per 100 households
    assert "百分点" not in told and told.endswith(theme.writer("service_floor_area_per_100_households", "zh")(5.0))
    assert told in narrative(view, "facilities_and_standards").plain


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("notebook", list(theme.theme_pages()))
def test_a_county_that_returned_nothing_says_so(silent: dict[str, CountyView], notebook: str, language: str) -> None:
    view = silent[language]
    told = narrative(view, notebook).plain
    labels = [each.label[language] for each in tables() if each.id in theme.theme_pages()[notebook].tables]
    assert all(label in told for label in labels) and "\n" not in told
    assert not theme.theme_figures(view, notebook).plain


# ---- the declaration

def test_each_page_names_what_is_declared_and_has_a_notebook() -> None:
    notebooks = {path.stem for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb")}
    assert set(theme.theme_pages()) <= notebooks
    for rank in {page.rank for page in theme.theme_pages().values()} - {""}:
        quantity, _, member = rank.partition("__")   # places are ranked by one number, so by one member where there are several
        assert member in (indicators()[quantity].members or {"": None})


def test_a_page_that_names_what_is_not_declared_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "pages.toml"
    path.write_text('[funding]\nfigures = ["fund_arrival_rat", "coverage_villages__moon", "funds_invested"]\n'
                    'rank = "nothing_such"\ntables = ["fund_flo"]\nodd = 1\n', encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        theme.read_pages(path)
    for language in ("zh", "en"):
        said = caught.value.say(language)
        assert said.count("pages.toml") == 5
        assert all(each in said for each in ("fund_arrival_rat", "fund_arrival_rate", "villages__moon", "fund_flow", "odd"))


@pytest.mark.parametrize(("before", "differs"), [((56, 70), True), ((48, 80), False), ((float("nan"), float("nan")), None)])
def test_two_samples_differ_where_the_interval_of_the_difference_holds_no_zero(before: tuple[float, float], differs: bool | None,
                                                                               ) -> None:
    row, earlier = ({"id": "satisfaction_rate", "numerator": top, "denominator": base} for top, base in ((48.0, 80.0), before))
    assert theme._differs(row, earlier) is differs   # Newcombe (1998), example of method 10: 56/70 − 48/80 is 0.0524 to 0.3339
    assert theme._differs({**row, "id": "acceptance_rate"}, earlier) is None   # several answers of each person
    assert theme._differs({**row, "id": "rural_tap_water_rate"}, earlier)      # no sample, no interval of chance


def test_a_month_shows_the_money_of_the_year_that_ended_before_it(tmp_path: Path) -> None:
    flows = [{"flow_id": number, "date": day, "township_id": TOWN, "budget": "100", "arrived": arrived, "paid": "10"}
             for number, day, arrived in (("1", "2012-05-01", "80"), ("2", "2013-05-01", "90"))]
    view = opened(small_home(tmp_path), {"fund_flow": flows, "housing_progress": rows()}, "2013-08")
    (row,) = (each for each in theme.theme_rows(view, "funding") if each["id"] == "fund_arrival_rate")
    assert (row["period"], row["value"]) == ("2012", 80)
    assert "2012年：" in theme.theme_figures(view, "funding").html
