"""The roster: ages at a stated year, groups whose both ends are in them, and parts whose unknown stands apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_home import small_home
from theme_home import FIRST, opened

from commlib.blocks import staff
from commlib.phrases import phrase
from commlib.view import CountyView

PEOPLE = [("male", "1988", "chief", "bachelor"), ("female", "1987", "chief", "college"), ("female", "1957", "deputy", ""),
          ("female", "", "deputy", "college"), ("", "1990", "deputy", "college")]
ROWS = {"staff": [{"staff_id": str(number), "township_id": FIRST[:9], "community_id": FIRST, "sex": sex, "birth_year": born,
                   "post": post, "education": education} for number, (sex, born, post, education) in enumerate(PEOPLE)]}


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CountyView]:
    home = small_home(Path(tmp_path_factory.mktemp("staff")))
    return {"zh": opened(home, ROWS, "2013"), "en": opened(home, {}, "2013", "en")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ages_are_reckoned_at_the_end_of_the_views_year(views: dict[str, CountyView], language: str) -> None:
    block = staff.age_pyramid(views[language])
    counts = {row["label"]: (row["left"], row["right"]) for _, row in block.frame.iterrows()}
    assert counts[phrase("staff.age_to", language, high=25)] == (0, 1)           # born 1988, 25 in 2013
    assert counts[phrase("staff.age_between", language, low=26, high=30)] == (1, 0)
    assert counts[phrase("staff.age_from", language, low=56)] == (1, 0)
    assert counts[phrase("staff.age_unknown", language)] == (1, 0)
    assert phrase("staff.no_sex", language, n=1) in block.html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_not_stated_is_a_part_of_its_own(views: dict[str, CountyView], language: str) -> None:
    frame = staff.education_by_post(views[language]).frame.set_index("label")
    chief, deputy = ({"zh": "正职", "en": "chief"}[language], {"zh": "副职", "en": "deputy"}[language])
    assert frame.loc[chief, ["bachelor", "college", "unknown"]].tolist() == [1, 1, 0]
    assert frame.loc[deputy, ["bachelor", "college", "unknown"]].tolist() == [0, 2, 1]
    assert "waits" in staff.certificates_by_post(views[language]).html   # nobody's certificate is stated
