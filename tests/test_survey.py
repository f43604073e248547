"""Questionnaires: bases, intervals and changes against known answers; incomplete questions and several answers apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from intake_home import NEIXIANG, small_home
from test_blocks import Balance
from theme_home import opened

from commlib.blocks import survey
from commlib.methods.proportions import difference_interval, wilson_interval
from commlib.phrases import phrase
from commlib.view import CountyView

ANSWERS = {   # survey, question: option -> number
    ("a", "1"): {"很满意": 20, "满意": 36, "一般": 10, "不满意": 4},
    ("b", "1"): {"非常满意": 28, "比较满意": 20, "一般": 20, "不满意": 12, "说不清": 5},
    ("b", "2"): {"满意": 30, "不满意": 10}, ("b", "3"): {"修路": 60, "通水": 50},
}
ROWS = {
    "survey": [{"survey_id": "a", "unit_id": NEIXIANG, "to": "2011-06-30", "issued": "80", "valid": "70"},
               {"survey_id": "b", "unit_id": NEIXIANG, "to": "2013-06-30", "issued": "100", "valid": "90"}],
    "survey_question": [{"survey_id": number, "question_no": "1", "text": "环境", "multiple": "no", "n_answered": base}
                        for number, base in (("a", "70"), ("b", "85"))]
    + [{"survey_id": "b", "question_no": "2", "text": "道路", "multiple": "no", "n_answered": "88"},
       {"survey_id": "b", "question_no": "3", "text": "最想办的事", "multiple": "yes", "n_answered": "90"}],
    "survey_answer": [{"survey_id": number, "question_no": question, "option": option, "n": str(n)}
                      for (number, question), options in ANSWERS.items() for option, n in options.items()],
}


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CountyView]:
    home = small_home(Path(tmp_path_factory.mktemp("survey")))
    return {"zh": opened(home, ROWS), "en": opened(home, {}, language="en"), "2011": opened(home, {}, "2011")}


def test_newcombes_interval_is_the_one_that_he_prints() -> None:
    """Newcombe (1998), table II, 56/70 against 48/80: method 10 gives 0.0524 to 0.3339."""
    difference, low, high = difference_interval((48, 56), (80, 70))
    assert (difference, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert np.isnan(difference_interval((0, 1), (0, 2))[0])


def test_satisfied_are_the_two_best_steps_of_the_answers_on_the_scale(views: dict[str, CountyView]) -> None:
    rows = survey.satisfied(survey.answers(views["zh"]), "b").set_index("label")
    own = rows.loc["环境"]
    assert (own["satisfied"], own["acceptable"], own["base"]) == (48, 68, 80)   # the 5 who are unsure are not on the scale
    low, high = wilson_interval(np.array([48]), np.array([80]))
    assert (own["value"], own["low"], own["high"]) == pytest.approx((60, 100 * low[0], 100 * high[0]))
    assert np.isnan(rows.loc["道路", "value"]) and rows.loc["道路", "lacking"] == 48   # 40 of 88 answers came


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_says_what_cannot_be_computed_and_what_cannot_be_told_apart(views: dict[str, CountyView], language: str) -> None:
    view = views[language]
    block = survey.satisfaction(view)
    assert phrase("survey.lacking", language, questions="道路") in block.plain and not Balance(block.html).open
    changed = survey.changes(view)
    assert changed.frame.iloc[0, 1:4].tolist() == [80, 60, -20]
    assert changed.frame.iloc[0, 5] == phrase("survey.change_down", language)
    assert phrase("survey.changes_found", language, n=1, apart=1) in changed.plain
    assert "survey_answer" in survey.changes(views["2011"]).html   # only one survey by then


def test_several_answers_are_shares_of_those_asked_and_the_rest_is_listed(views: dict[str, CountyView]) -> None:
    block = survey.opinions(views["zh"])
    assert block.frame["value"].tolist() == pytest.approx([100 * 60 / 90, 100 * 50 / 90])
    assert phrase("survey.multiple", "zh") in block.html
    listed = survey.all_answers(views["zh"]).frame
    assert len(listed) == 9 and float(listed.iloc[0, 2]) == 28


def test_reports_without_answers_have_open_dots(view_of: object) -> None:
    block = survey.satisfaction(view_of("130102"))   # type: ignore[operator]
    assert block.frame["value"].max() == 97 and phrase("survey.no_interval", "zh") in block.html
    asked = survey.opinions(view_of("nanchang-wuxi"), "motive_share")   # type: ignore[operator]
    assert asked.frame["base"].eq(30).all() and asked.frame["low"].notna().all()
