"""Services: the calendar of joint office days against its rule, and disclosure, on rows whose answer is plain."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_home import small_home
from theme_home import FIRST, SECOND, THIRD, opened

from commlib.blocks import services
from commlib.phrases import phrase
from commlib.view import CountyView

DAYS = [(FIRST, "2013-01-05", "8"), (FIRST, "2013-01-20", "9"), (FIRST, "2013-02-05", "8"), (FIRST, "2013-02-15", "6"),
        (SECOND, "2013-02-05", "")]
SAID = [(FIRST, "party", "yes", ""), (SECOND, "party", "no", ""), (FIRST, "village", "", "2013-04-02"),
        (SECOND, "village", "yes", ""), (THIRD, "finance", "no", "")]
ROWS = {
    "joint_office": [{"township_id": village[:9], "village_id": village, "date": day, "hours": hours}
                     for village, day, hours in DAYS],
    "disclosure": [{"township_id": village[:9], "village_id": village, "period": "2013Q1", "item": item, "published": said,
                    "published_on": day} for village, item, said, day in SAID],
}


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CountyView]:
    home = small_home(Path(tmp_path_factory.mktemp("services")))
    return {"zh": opened(home, ROWS), "en": opened(home, {}, language="en")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_days_of_eight_hours_keep_a_month_and_silence_is_not_a_breach(views: dict[str, CountyView], language: str) -> None:
    view = views[language]
    block = services.office_calendar(view)
    states = {(row["label"], row["column"]): row["state"] for _, row in block.frame.iterrows()}
    first, second = (view.name_of(key) for key in (FIRST, SECOND))
    assert states == {(first, "2013-01"): "met", (first, "2013-02"): "partly", (second, "2013-02"): "partly"}
    assert phrase("services.calendar_found", language, villages=2, months=2, of=4, kept=1, shown=2,
                  share={"zh": "25.0%", "en": "25.0 %"}[language]) in block.plain


def test_an_item_is_disclosed_where_all_villages_that_reported_did(views: dict[str, CountyView]) -> None:
    frame = services.disclosure_map(views["zh"]).frame
    assert frame["state"].tolist() == ["partly", "met", "missed"]


def test_an_empty_county_waits(view_of: object) -> None:
    view = view_of("110101")   # type: ignore[operator]
    assert "waits" in services.office_calendar(view).html and "waits" in services.disclosure_map(view).html
