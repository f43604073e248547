"""Narratives: the right numbers in both languages, and no claim of a cause."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from commlib.blocks.block import Block
from commlib.blocks.theme import theme_pages
from commlib.errors import ParameterError
from commlib.narratives import narrative
from commlib.phrases import catalogue
from commlib.view import CountyView

Opener = Callable[..., CountyView]
SECTIONS = ["county_overview", "village_register", "report_audit", "data_quality", "housing_progress", *theme_pages()]
COUNTIES = ["411325", "431024", "330521", "430223", "nanchang-wuxi", "tianjin", "110101"]
# The groups of phrases that paragraphs of notebooks are made of.
TOLD = ("narrative.", "register.", "overview.", "housing.", "theme_words.", "target.", "alarm.", "facilities.", "funding.",
        "land.", "projects.", "parks.", "survey.", "staff.", "services.", "appraisal.", "indicators.", "rows.", "peer.",
        "standing.", "returns.")
CAUSAL = re.compile(
    "导致|促进|促使|造成|推动了|归功于|因此|使得"
    r"|\b(?:caused?|led to|leads? to|because|due to(?! start\b| be finished\b)|thanks to|resulted? in|boosted|improved)\b",
    re.IGNORECASE)
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
    ("330521", "organisations_and_members", ["76.1", "35", "46", "48.17", "1,686", "50"]),   # 35 ÷ 46; 1,686 ÷ 35
    ("430223", "land", ["38.6", "246,000", "637,000", "40"]),
    ("430223", "infrastructure_projects", ["90"]),
    ("431024", "infrastructure_projects", ["13", "173", "98", "87"]),
    ("431024", "facilities_and_standards", ["42.0", "170,000", "405,000"]),
    ("130102", "satisfaction_survey", ["90.0", "990", "1,100", "80.62", "97", "82.99"]),
    ("130102", "community_economy", ["461.95", "358", "68.0", "314.27"]),
    ("130102", "safety_and_environment", ["22"]),
    ("nanchang-wuxi", "staff_and_social_workers", ["87.7", "57", "65", "56.7", "17", "30"]),
    ("370828", "parks_and_new_towns", ["57.7", "29.5", "23", "78", "10.3"]),
    ("370828", "appraisal", ["75.0", "15", "20"]),
    ("411325", "appraisal", ["17.7", "521", "2,945"]),
    ("620602", "funding", ["6.7", "138,100", "2,048,600"]),
    ("620602", "land", ["0.3214", "1,504", "4,679"]),
    ("roads-county", "infrastructure_projects", ["13.8", "8", "58"]),
    ("jinshagangwan-township", "land", ["1.5", "700,000", "700"]),
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
    told_alike(zh, en)
    assert not re.search(r"[\u4e00-\u9fff]", en.plain), en.plain


def told_alike(zh: Block, en: Block) -> None:
    assert zh.html.count("<p") == en.html.count("<p") >= 1
    assert not CAUSAL.search(zh.plain) and not CAUSAL.search(en.plain)
    assert not re.search(r"\bnan\b|None|\{", zh.plain + en.plain)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_county_that_sends_every_table_is_told_of_in_both_languages(demo_view_of: Opener, section: str) -> None:
    zh, en = narrative(demo_view_of("zh"), section), narrative(demo_view_of("en"), section)
    told_alike(zh, en)   # names of places stay Chinese where nobody gave them an English one
    if section in theme_pages():
        assert "没有报送本专题的数据" not in zh.plain
        assert zh.plain.count("\n") >= 1, zh.plain


def test_an_amount_is_written_in_the_scale_of_its_language(view_of: Opener) -> None:
    assert "社区建设投入资金为1.8亿元" in narrative(view_of("431024", "zh"), "funding").plain
    assert "CNY 180 million" in narrative(view_of("431024", "en"), "funding").plain


def test_no_phrase_of_a_narrative_claims_a_cause() -> None:
    phrases = {key: text for key, text in catalogue().items() if key.startswith(TOLD)}
    assert {key.partition(".")[0] + "." for key in phrases} == set(TOLD)
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
