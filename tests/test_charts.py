"""Charts: bytes, well-formed SVG, nothing cut or overlapping, honest baselines, findings in words."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest
from drawn_charts import DRAWN, LANGUAGES, LONG, NAN, apart, assert_legible, boxes, ranked, rectangles, stacks, whole

from commlib import phrases
from commlib.charts import findings, layout
from commlib.charts.bars import ranked_bars
from commlib.charts.composition import composition_bar, stacked_ranked_bars
from commlib.charts.curves import curves
from commlib.charts.dots import stated_against_recomputed
from commlib.charts.figure import Chart
from commlib.charts.fonts import characters_missing, wrap
from commlib.charts.histogram import distribution
from commlib.charts.style import contrast, css_variables, ink_on, style
from commlib.errors import ParameterError

EVERY = pytest.mark.parametrize(("draw", "language"), [(draw, language) for draw in DRAWN for language in LANGUAGES])


@EVERY
def test_same_data_same_bytes_and_well_formed(draw: Callable[[str], Chart], language: str) -> None:
    chart = draw(language)
    assert chart.svg == draw(language).svg
    root = ElementTree.fromstring(chart.svg)
    assert root.get("role") == "img" and root.get("viewBox", "").startswith("0 0 720 ")
    described = [root.find(f"*[@id='{name}']") for name in root.get("aria-labelledby", "").split()]
    assert described[1] is not None and described[1].text == chart.alt
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) and all(str(name).startswith(str(root.get("id"))) for name in ids)
    assert not re.search(r"<\?xml|DOCTYPE|metadata|<style|dc:date|font-family: 'DejaVu", chart.svg)


@EVERY
def test_no_label_is_cut_or_overlaps(draw: Callable[[str], Chart], language: str) -> None:
    assert_legible(draw(language).svg)


@EVERY
def test_words_are_in_the_font(draw: Callable[[str], Chart], language: str) -> None:
    assert characters_missing([words for *_, words in boxes(draw(language).svg)]) == set()


def test_characters_missing_names_rare_ones() -> None:
    assert characters_missing(["𣵦沽村", "龟田"]) == {"𣵦"}


def test_phrases_are_in_the_font() -> None:
    catalogue = phrases.catalogue()
    said = [catalogue[key][language] for key in catalogue if key.startswith("chart.") for language in LANGUAGES]
    assert characters_missing(said) == set()


def test_bars_start_at_zero_and_keep_proportion() -> None:
    frame = pd.DataFrame({"label": ["a", "b", "c"], "value": [50.0, 100.0, -25.0]})
    svg = ranked_bars(frame, chart_id="z", title="t", unit="%", language="en").svg
    bars = sorted(rectangles(svg, style().chart.bar), key=lambda bar: bar[2])
    zero = bars[0][0]
    assert bars[1][0] == pytest.approx(zero, abs=0.01) and bars[2][1] == pytest.approx(zero, abs=0.01)
    assert bars[0][1] - zero == pytest.approx(2 * (bars[1][1] - zero), abs=0.02)
    assert zero - bars[2][0] == pytest.approx((bars[1][1] - zero) / 2, abs=0.02)


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_reported_is_hatched_and_zero_is_printed(language: str) -> None:
    frame = pd.DataFrame({"label": ["甲", "乙", "丙"], "value": [0.0, NAN, 5.0],
                          "status": ["ok", "not_reported", "ok"]})
    chart = ranked_bars(frame, chart_id="n", title="t", unit="", language=language)
    words = [text for *_, text in boxes(chart.svg)]
    assert "0" in words and phrases.phrase("chart.not_reported", language) in words
    assert chart.svg.count("fill: url(#n-") == 1 and '<pattern id="n-' in chart.svg
    assert len(rectangles(chart.svg, style().chart.bar)) == 1   # neither zero nor missing is a bar
    assert chart.rows["label"].tolist() == ["丙", "甲", "乙"]


def test_a_value_beside_not_reported_is_not_drawn() -> None:
    frame = pd.DataFrame({"label": ["甲"], "value": [7.0], "status": ["not_reported"]})
    chart = ranked_bars(frame, chart_id="n", title="t", unit="", language="zh")
    assert chart.rows["value"].isna().all() and "没有一项报数" in chart.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_alt_states_highest_lowest_median_and_missing(language: str) -> None:
    alt = ranked(language).alt
    assert LONG in alt and "大柳镇" in alt and "53.9" in alt
    assert phrases.phrase("chart.without_value", language, n=1,
                          status=phrases.phrase("chart.not_reported", language)) in alt
    assert ("第3位（共6个）" if language == "zh" else "3rd of 6") in alt


@EVERY
def test_alt_is_in_words_of_its_language(draw: Callable[[str], Chart], language: str) -> None:
    alt = draw(language).alt
    extremes = ("最高", "最低", "最多", "差距最大", "期中", "1项未报") if language == "zh" else (
        "ighest", "owest", "largest", "Widest gap", "1 not reported", "periods were not reported")
    assert any(word in alt for word in extremes)


@pytest.mark.parametrize(("language", "said"), [("zh", "（单位：万元）"), ("en", "(unit: 万元)")])
def test_a_finding_says_the_unit_once_where_its_numbers_lack_it(language: str, said: str) -> None:
    rows = pd.DataFrame({"label": ["甲", "乙"], "value": [1200.0, 30.0]})
    bare = ranked_bars(rows, chart_id="bare", title="t", unit="万元", language=language).finding
    assert bare.count(said) == 1
    with_own = ranked_bars(rows, chart_id="own", title="t", unit="万元", language=language, write=lambda value: f"{value:g}万元")
    assert "单位" not in with_own.finding and "unit" not in with_own.finding
    line = pd.DataFrame({"label": ["甲", "甲", "乙", "乙"], "period": ["2022", "2023"] * 2, "value": [1.0, 2.0, 3.0, 4.0]})
    told = curves(line, ["2022", "2023"], chart_id="line", title="t", unit="万元", language=language).finding
    assert told.count(said) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_have_no_median_and_a_pooled_value_of_equals_is_no_finding(language: str) -> None:
    rows = pd.DataFrame({"label": ["甲", "乙", "丙"], "value": [3.0, 2.0, 1.0]})
    places, kinds = (ranked_bars(rows, chart_id="k", title="t", unit="", language=language, alike=alike).finding
                     for alike in (True, False))
    median = phrases.phrase("chart.median", language)
    assert median in places and median not in kinds and "甲" in kinds
    equal = rows.assign(value=1.0)
    said = [ranked_bars(equal, chart_id="e", title="t", unit="", language=language, references=[("全县", reference)]).finding
            for reference in (1.0, 2.0)]
    assert "全县" not in said[0] and "全县" in said[1]


def test_parts_that_are_no_whole_are_never_stacked() -> None:
    assert "77.6%" in apart("zh").alt and len(rectangles(apart("zh").svg, style().chart.bar)) == 3
    assert len(rectangles(whole("zh").svg, style().category["blue"])) == 1
    many = pd.DataFrame({"label": list("abcdef"), "value": [50, 10, 10, 10, 10, 10]})
    chart = composition_bar(many, chart_id="m", title="t", language="zh")
    assert len(rectangles(chart.svg, style().chart.bar)) == 6


def test_open_bin_holds_the_tail_and_no_value_is_lost() -> None:
    from commlib.charts.histogram import bin_values

    values = pd.Series([float(i % 17) for i in range(300)] + [900.0])
    bins = bin_values(values)
    assert bins.open_end and sum(bins.counts) == 301 and bins.counts[-1] >= 1
    assert sum(bin_values(pd.Series([3.0, 3.0])).counts) == 2


def test_stacked_total_is_the_sum_and_partial_is_said() -> None:
    rows = stacks("zh").rows.set_index("label")
    assert rows.loc["城关镇", "value"] == 42 and rows.loc["下双乡", "status"] == "partial"
    assert rows.loc[LONG, "status"] == "not_reported" and rows.loc["下双乡", "text"] == "4，部分上报"


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_no_data_draws_without_failing(values: list[float]) -> None:
    frame = pd.DataFrame({"label": ["甲"] * len(values), "value": pd.Series(values, dtype=float)})
    assert "没有一项报数" in ranked_bars(frame, chart_id="e", title="t", unit="%", language="zh").alt
    assert "没有一项报数" in distribution(values, NAN, "甲", chart_id="e", title="t", unit="", language="zh").alt
    assert composition_bar(frame, chart_id="e", title="t", language="zh").svg


def test_bad_calls_are_told() -> None:
    frame = pd.DataFrame({"label": ["甲"], "v": [-1.0], "value": [1.0]})
    for wrong in (
        lambda: ranked_bars(frame, chart_id="1 x", title="t", unit="", language="zh"),
        lambda: ranked_bars(frame[["label"]], chart_id="x", title="t", unit="", language="zh"),
        lambda: stacked_ranked_bars(frame, {"v": "v"}, chart_id="x", title="t", unit="", language="zh"),
        lambda: stated_against_recomputed(
            frame.assign(stated=1, low=1, high=1, recomputed=1, verdict="odd", stated_text="", recomputed_text=""),
            chart_id="x", title="t", unit="", language="zh"),
    ):
        with pytest.raises(ParameterError):
            wrong()


def test_markup_in_labels_is_escaped() -> None:
    frame = pd.DataFrame({"label": ["<b>&$x$ 甲"], "value": [1.0]})
    svg = ranked_bars(frame, chart_id="x", title="<t>", unit="", language="zh").svg
    assert "<b>" not in svg and "<b>&$x$ 甲" in [words for *_, words in boxes(svg)]


def test_flags_never_meet_words_or_lines() -> None:
    for xs in ([10, 12, 14], [700, 705, 710, 350], [0, 720], [360, 360, 360, 361]):
        flags = layout.place_flags([(float(x), 90.0) for x in xs], 0, 720)
        for first, second in combinations(flags, 2):
            assert not layout._collide(first, second)
        assert all(flag.span[0] >= 0 and flag.span[1] <= 720 for flag in flags)


def test_wrap_keeps_every_character_and_the_limit() -> None:
    assert "".join(wrap(LONG, 13, 100)) == LONG and len(wrap(LONG, 13, 100)) > 3
    assert wrap("alpha beta", 13, 40) == ["alpha", "beta"] and wrap("", 13, 40) == [""]


def test_text_colours_have_contrast_by_day_and_night() -> None:
    sheet = style()
    for scheme in (sheet.light, sheet.dark):
        for ground in ("paper", "card", "tint", "missing-tint"):
            for ink in ("ink", "muted", "link", "good", "warn", "bad", "missing"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
    inks = [sheet.chart.ink, sheet.chart.muted, sheet.chart.reference, sheet.chart.own_text, sheet.chart.missing]
    inks += [mark.ink for mark in sheet.verdict.values()]
    assert all(contrast(ink, sheet.chart.card) >= 4.5 for ink in inks)
    grounds = [*sheet.category.values(), *sheet.sequential, *(mark.fill for mark in sheet.state.values())]
    assert all(contrast(ink_on(colour), colour) >= 4.5 for colour in grounds)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21) and contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert set(sheet.light) == set(sheet.dark)


def test_css_gives_the_same_numbers() -> None:
    css = css_variables()
    assert "--column:720px;" in css and "--category-vermillion:#D55E00;" in css and "prefers-color-scheme:dark" in css


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(matplotlib.rcParams)
    ranked("zh", 3)
    assert dict(matplotlib.rcParams) == before


def test_import_does_not_load_matplotlib() -> None:
    code = "import sys, commlib.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sentences_name_periods_in_words_and_end_once() -> None:
    assert [findings.when(each, "zh") for each in ("2023Q4", "2013-09", "第一轮")] == ["2023年第4季度", "2013年9月", "第一轮"]
    assert findings.alt_text("", "一。", "zh", ["按报表所填。", "另有2条"]) == "一。按报表所填。另有2条。"
