"""Narratives: the right numbers in both languages, and no claim of a cause."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from commlib.errors import ParameterError
from commlib.narratives import narrative
from commlib.phrases import catalogue
from commlib.view import CountyView

Opener = Callable[..., CountyView]
SECTIONS = ["county_overview", "village_register", "report_audit", "data_quality", "housing_progress"]
COUNTIES = ["411325", "431024", "330521", "430223", "nanchang-wuxi", "tianjin", "110101"]
CAUSAL = re.compile(
    "导致|促进|促使|造成|推动了|归功于|因此|使得"
    r"|\b(?:caused?|led to|leads? to|because|due to|thanks to|resulted? in|boosted|improved)\b", re.IGNORECASE)
NUMBERS = [
    ("431024", "village_register", ["167", "31", "20.1", "36", "13", "1,135", "2,846"]),
    ("411325", "county_overview", ["16", "288", "1,849", "2,945", "62.8", "17.7", "9.5"]),
    ("411325", "report_audit", ["66", "62.78", "75", "71.6"]),
    ("411325", "housing_progress", ["2,945", "1,849", "62.8", "521", "17.7", "280", "53.7"]),
    ("620602", "housing_progress", ["10,561", "8,526"]),
    ("370828", "housing_progress", ["20", "15", "75.0"]),
    ("330521", "report_audit", ["1,695", "1,686"]),
    ("430223", "report_audit", ["36.2", "38.62"]),
    ("nanchang-wuxi", "county_overview", ["87.7", "57", "65"]),
    ("110101", "county_overview", ["17", "169"]),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("county", "section", "numbers"), NUMBERS)
def test_sentences_hold_the_right_numbers(
    view_of: Opener, county: str, section: str, numbers: list[str], lang: str
) -> None:
    told = narrative(view_of(county, lang), section).plain
    for number in numbers:
        assert re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", told), f"{number}: {told}"


@pytest.mark.parametrize("county", COUNTIES)
@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_tell_something_and_never_a_cause(view_of: Opener, county: str, section: str) -> None:
    zh, en = narrative(view_of(county, "zh"), section), narrative(view_of(county, "en"), section)
    assert zh.html.count("<p") == en.html.count("<p") >= 1
    assert not CAUSAL.search(zh.plain) and not CAUSAL.search(en.plain)
    assert not re.search(r"[\u4e00-\u9fff]", en.plain), en.plain
    assert not re.search(r"\bnan\b|None|\{", zh.plain + en.plain)


def test_no_phrase_of_a_narrative_claims_a_cause() -> None:
    phrases = {
        key: text for key, text in catalogue().items() if key.startswith(("narrative.", "register.", "overview.", "housing."))
    }
    assert phrases and not [key for key, text in phrases.items() if CAUSAL.search(text.zh) or CAUSAL.search(text.en)]


def test_a_county_of_the_register_is_never_said_to_be_outside_it(view_of: Opener) -> None:
    for period in ("undated:000-5", "1999"):
        assert "none directly under" not in narrative(view_of("411325", "en", period), "county_overview").plain
    assert "none directly under" in narrative(view_of("nanchang-wuxi", "en"), "county_overview").plain


def test_a_placeholder_is_no_township_of_the_narrative(view_of: Opener) -> None:
    assert "has 8 township-level units" in narrative(view_of("341004", "en"), "village_register").plain
    assert "The 8 township-level units have" in narrative(view_of("341004", "en"), "village_register").plain
    assert "township-level units have" not in narrative(view_of("330383", "en"), "village_register").plain


def test_an_unknown_section_is_refused_with_those_there_are(view_of: Opener) -> None:
    with pytest.raises(ParameterError) as caught:
        narrative(view_of("411325"), "weather")
    assert all(section in caught.value.say(language) for section in SECTIONS for language in ("zh", "en"))
