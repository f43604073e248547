"""Questionnaires: bases, intervals and changes against known answers; incomplete questions and several answers apart."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import statsmodels.api as sm
from intake_home import NEIXIANG, small_home
from statsmodels.stats.weightstats import DescrStatsW
from test_blocks import Balance
from theme_home import opened, release

from commlib.blocks import survey
from commlib.formatting import percent
from commlib.indicators.registry import indicators
from commlib.methods.proportions import difference_interval, same_people_interval, wilson_interval
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


NOT_RATED = {   # a later survey of workers that asks nothing on the scale, received a year after the other
    "survey": [{"survey_id": "w", "unit_id": NEIXIANG, "asked": "workers", "to": "2014-06-30", "issued": "40", "valid": "10"}],
    "survey_answer": [{"survey_id": "w", "question_no": "1", "option": option, "n": "5", "topic": topic}
                      for option, topic in (("离家近", "services"), ("说不清", ""))],
}


def test_what_a_later_survey_did_not_ask_is_not_zero_and_hides_nothing(tmp_path: Path) -> None:
    numbers = zip(("很满意", "满意", "一般", "不满意", "很不满意"), ("40", "80", "50", "20", "10"), strict=True)
    rated = {"survey": [{"survey_id": "r", "unit_id": NEIXIANG, "to": "2013-06-30", "issued": "250", "valid": "200"}],
             "survey_answer": [{"survey_id": "r", "question_no": "1", "option": option, "n": n, "topic": "public_safety"}
                               for option, n in numbers]}
    home = small_home(tmp_path)
    for received, rows in (("2013-06", rated), ("2014-06", NOT_RATED)):
        for table_id, lines in rows.items():
            release(home, table_id, lines, period=received)
    view = opened(home, {})
    found = {each: view.result(each).iloc[0] for each in ("acceptance_rate", "satisfaction_index", "response_rate")}
    assert [float(row["value"]) for row in found.values()] == [85, 65, 80]   # worked: 170, 130 and 200 of 200, 200 and 250
    assert {row["period"] for row in found.values()} == {"2013-06"}
    topics = view.history("satisfaction_rate", "services"), view.history("satisfaction_rate", "public_safety")
    assert [len(each) for each in topics] == [0, 1] and float(topics[1]["value"].iloc[0]) == 60
    assert set(view.history("ratings", "worst")["value"]) == {10} and set(view.history("ratings")["period"]) == {"2013-06"}


def test_newcombes_interval_is_the_one_that_he_prints() -> None:
    """Newcombe (1998), table II, 56/70 against 48/80: method 10 gives 0.0524 to 0.3339."""
    difference, low, high = difference_interval((48, 56), (80, 70))
    assert (difference, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert np.isnan(difference_interval((0, 1), (0, 2))[0])


SCORES = np.array([1, 0.75, 0.5, 0.25, 0])


def by_people(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """The mean of two questions' scores and its standard error over people as clusters, by statsmodels' sandwich estimator."""
    answers, people = np.concatenate([first, second]), np.tile(np.arange(len(first)), 2)
    fit = sm.OLS(answers, np.ones(len(answers))).fit(cov_type="cluster", cov_kwds={"groups": people, "use_correction": False})
    return float(fit.params[0]), float(fit.bse[0])


def test_the_interval_of_pooled_questions_is_wide_enough_however_answers_agree() -> None:
    """One question: statsmodels' own interval of a weighted mean. Two: the cluster-robust error, met where all answer alike."""
    counts = np.array([40, 80, 50, 20, 10])
    one = same_people_interval(SCORES, counts[None, :])
    assert one[0] == pytest.approx(0.65) and one[1:] == pytest.approx(DescrStatsW(SCORES, counts).zconfint_mean(), rel=1e-9)
    first = np.repeat(SCORES, counts)
    for second, alike in ((first, True), (np.random.default_rng(7).permutation(first), False), (first[::-1], False)):
        mean, low, high = same_people_interval(SCORES, np.stack([counts, counts]))
        expected, error = by_people(first, second)
        ours = (high - low) / 2 / NormalDist().inv_cdf(0.975)
        assert mean == pytest.approx(expected) and ours >= error
        assert (ours == pytest.approx(error, rel=0.003)) == alike   # n − 1 and n differ by 0.25 % at 200 people
    assert np.isnan(same_people_interval(SCORES, np.array([[1, 0, 0, 0, 0]]))[0])
    assert np.isnan(same_people_interval(SCORES, np.array([[9, 0, 0, 0, 0]]))[1])   # all alike: no spread to tell an error from


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_gives_pooled_values_with_their_interval(views: dict[str, CountyView], language: str) -> None:
    """28, 20, 20, 12 of 80 on the scale, in the one question whose options all came: 85 % acceptable, index 70.

    Its error by hand: (28 + 11.25 + 5 + 0.75) ÷ 80 − 0.7² = 0.0725, √(0.0725 ÷ 79) = 3.03 %, times 1.96 is 5.94.
    """
    said = survey.satisfaction(views[language]).plain
    index = phrase("survey.pooled_value", language, label=indicators()["satisfaction_index"].label,
                   value=percent(70, language), low="64.1", high="75.9")
    assert index in said and percent(85, language) in said


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
