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

from commlib import charts, phrases
from commlib.charts import layout
from commlib.charts.composition import ink_on
from commlib.charts.fonts import wrap
from commlib.errors import ParameterError

NAN = float("nan")
LANGUAGES = ("zh", "en")
LONG = "武威市凉州区吴家井镇农村新型社区建设指挥部办公室（含续建小区）"
PLACES = ["城关镇", "大柳镇", "河东镇", LONG, "下双乡", "The township of a very long English name and more of it",
          "长城镇", "韩佐乡"]


def ranking(count: int = 8) -> pd.DataFrame:
    frame = pd.DataFrame({
        "label": [f"{PLACES[i % 8]}{i // 8 or ''}" for i in range(count)],
        "value": [(62.84, -12.3, 0.0, 88.1, 45.04, 71.0, NAN, NAN)[i % 8] for i in range(count)],
        "status": [("ok", "ok", "ok", "partial", "carried", "ok", "not_reported", "suppressed")[i % 8]
                   for i in range(count)],
    })
    return frame.assign(text="", highlight=frame.index == 0)


def ranked(language: str, count: int = 8) -> charts.Chart:
    references = [("县均值", 62.8), ("目标", 60), ("全国中位数", 85), ("x", 88)]
    return charts.ranked_bars(ranking(count), chart_id=f"ranked-{language}-{count}", title="完成率", unit="%",
                              language=language, references=references)


def skewed(language: str) -> charts.Chart:
    values = [float(i % 17 + i % 5) for i in range(300)] + [900.0]
    return charts.distribution(values, 3, "凉州区", chart_id="spread", title="t", unit="个", language=language)


def whole(language: str) -> charts.Chart:
    frame = pd.DataFrame({"label": ["下岗职工党员", "个体从业", "离退休党员", "流动党员"],
                          "value": [5.3, 12.1, 78.4, 4.2]})
    return charts.composition_bar(frame, chart_id="whole", title="t", language=language, base="3,412")


def apart(language: str) -> charts.Chart:
    frame = pd.DataFrame({"label": ["政府", "部门", "捐助"], "value": [61.3, 12.1, 4.2]})
    return charts.composition_bar(frame, chart_id="apart", title="t", language=language, base="n = 12")


def stacks(language: str) -> charts.Chart:
    frame = pd.DataFrame({"label": PLACES[:5], "v": [38, 5, 0, NAN, 4.0], "c": [3, 0, 0, NAN, NAN],
                          "q": [1.0, 1.0, 0, NAN, 0]})
    columns = {"v": "村委会", "c": "居委会", "q": "类单位 quasi-units"}
    return charts.stacked_ranked_bars(frame, columns, chart_id="stacks", title="t", unit="个", language=language)


def checks(language: str) -> charts.Chart:
    frame = pd.DataFrame({
        "label": [*PLACES[:4], LONG + LONG], "stated": [90, 100, 84, 100, 92.3], "low": [89.5, 100, 83.5, 99, 92.25],
        "high": [90.5, 100, 84.5, 101, 92.35], "recomputed": [90, 100, 53.7, NAN, 92.4],
        "verdict": ["consistent", "base_mislabelled", "inconsistent", "unverifiable", "rounding"]})
    return charts.stated_against_recomputed(frame, chart_id="checks", title="t", unit="%", language=language)


def position(language: str) -> charts.Chart:
    frame = pd.DataFrame({"label": ["武威市", "甘肃省", "全国"], "percentile": [100, 0, NAN], "rank": [1, 22, NAN],
                          "n": [4, 86, NAN]})
    return charts.position_strip(frame, chart_id="position", title="t", language=language)


def funnelled(language: str) -> charts.Chart:
    frame = pd.DataFrame({"label": ["规划", "开工", "主体完工", LONG, "moved in"], "value": [1240.0, 1116, NAN, 1300, 0],
                          "status": ["ok", "partial", "not_reported", "ok", "ok"]})
    return charts.funnel(frame, chart_id="funnel", title="t", unit="户", language=language, notes=["n of N"])


def curved(language: str) -> charts.Chart:
    months = [f"20{year}-{month:02d}" for year in (21, 22, 23) for month in range(1, 13)]
    reported = pd.DataFrame({"label": "竣工", "period": months[:30], "value": [float(at * at) for at in range(30)]})
    reported["partial"] = reported.index == 7
    started = pd.DataFrame({"label": "A stage with a long English name", "period": months[:30], "value": 850.0})
    plan = pd.DataFrame({"label": "序时进度", "period": months, "value": [40.0 * at for at in range(36)]})
    frame = pd.concat([*(each.drop(index=[3, 4]) for each in (reported, started)), plan])
    return charts.curves(frame, months, chart_id="curve", title="t", unit="户", language=language, dashed=["序时进度"])


DRAWN: list[Callable[[str], charts.Chart]] = [
    ranked, lambda language: ranked(language, 3), lambda language: ranked(language, 40), skewed, whole, apart, stacks,
    checks, position, funnelled, curved]
EVERY = pytest.mark.parametrize(("draw", "language"), [(draw, language) for draw in DRAWN for language in LANGUAGES])


def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Boxes (left, top, right, bottom, words) of all texts, measured by matplotlib's own text layout."""
    from matplotlib.font_manager import get_font

    from commlib.charts.fonts import font_file

    face, found = get_font(str(font_file())), []
    for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        style, words = element.get("style", ""), element.text or ""
        size = float(re.search(r"font-size: ([\d.]+)px", style)[1])   # type: ignore[index]
        face.set_size(size, 72)
        face.set_text(words)
        width = face.get_width_height()[0] / 64
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        left = x - width * (1 if "anchor: end" in style else 0.5 if "anchor: middle" in style else 0)
        found.append((left, y - 0.8 * size, left + width, y + 0.2 * size, words))
    return found


def rectangles(svg: str, fill: str) -> list[tuple[float, float, float]]:
    """(left, right, middle y) of the rectangles of a fill."""
    found = []
    for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        if f"fill: {fill.lower()}" in element.get("style", "").lower():
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.get("d", ""))]
            found.append((min(numbers[::2]), max(numbers[::2]), (min(numbers[1::2]) + max(numbers[1::2])) / 2))
    return found


@EVERY
def test_same_data_same_bytes_and_well_formed(draw: Callable[[str], charts.Chart], language: str) -> None:
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
def test_no_label_is_cut_or_overlaps(draw: Callable[[str], charts.Chart], language: str) -> None:
    svg = draw(language).svg
    height = float(ElementTree.fromstring(svg).get("viewBox", "").split()[3])
    found = boxes(svg)
    assert found
    for left, top, right, bottom, words in found:
        assert left >= -0.5 and right <= 720.5 and top >= -0.5 and bottom <= height, words
    for first, second in combinations(found, 2):
        across = min(first[2], second[2]) - max(first[0], second[0])
        down = min(first[3], second[3]) - max(first[1], second[1])
        assert across <= 0.5 or down <= 0.5, (first[4], second[4])


@EVERY
def test_words_are_in_the_font(draw: Callable[[str], charts.Chart], language: str) -> None:
    assert charts.characters_missing([words for *_, words in boxes(draw(language).svg)]) == set()


def test_characters_missing_names_rare_ones() -> None:
    assert charts.characters_missing(["𣵦沽村", "龟田"]) == {"𣵦"}


def test_phrases_are_in_the_font() -> None:
    catalogue = phrases.catalogue()
    said = [catalogue[key][language] for key in catalogue if key.startswith("chart.") for language in LANGUAGES]
    assert charts.characters_missing(said) == set()


def test_bars_start_at_zero_and_keep_proportion() -> None:
    frame = pd.DataFrame({"label": ["a", "b", "c"], "value": [50.0, 100.0, -25.0]})
    svg = charts.ranked_bars(frame, chart_id="z", title="t", unit="%", language="en").svg
    bars = sorted(rectangles(svg, charts.style().chart.bar), key=lambda bar: bar[2])
    zero = bars[0][0]
    assert bars[1][0] == pytest.approx(zero, abs=0.01) and bars[2][1] == pytest.approx(zero, abs=0.01)
    assert bars[0][1] - zero == pytest.approx(2 * (bars[1][1] - zero), abs=0.02)
    assert zero - bars[2][0] == pytest.approx((bars[1][1] - zero) / 2, abs=0.02)


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_reported_is_hatched_and_zero_is_printed(language: str) -> None:
    frame = pd.DataFrame({"label": ["甲", "乙", "丙"], "value": [0.0, NAN, 5.0],
                          "status": ["ok", "not_reported", "ok"]})
    chart = charts.ranked_bars(frame, chart_id="n", title="t", unit="", language=language)
    words = [text for *_, text in boxes(chart.svg)]
    assert "0" in words and phrases.phrase("chart.not_reported", language) in words
    assert chart.svg.count("fill: url(#n-") == 1 and '<pattern id="n-' in chart.svg
    assert len(rectangles(chart.svg, charts.style().chart.bar)) == 1   # neither zero nor missing is a bar
    assert chart.rows["label"].tolist() == ["丙", "甲", "乙"]


def test_a_value_beside_not_reported_is_not_drawn() -> None:
    frame = pd.DataFrame({"label": ["甲"], "value": [7.0], "status": ["not_reported"]})
    chart = charts.ranked_bars(frame, chart_id="n", title="t", unit="", language="zh")
    assert chart.rows["value"].isna().all() and "没有一项报数" in chart.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_alt_states_highest_lowest_median_and_missing(language: str) -> None:
    alt = ranked(language).alt
    assert LONG in alt and "大柳镇" in alt and "53.9" in alt
    assert phrases.phrase("chart.without_value", language, n=1,
                          status=phrases.phrase("chart.not_reported", language)) in alt
    assert ("第3位（共6个）" if language == "zh" else "3rd of 6") in alt


@EVERY
def test_alt_is_in_words_of_its_language(draw: Callable[[str], charts.Chart], language: str) -> None:
    alt = draw(language).alt
    extremes = ("最高", "最低", "差距最大", "期中", "1项未报") if language == "zh" else (
        "ighest", "owest", "Widest gap", "1 not reported", "periods were not reported")
    assert any(word in alt for word in extremes)


def test_parts_that_are_no_whole_are_never_stacked() -> None:
    assert "77.6%" in apart("zh").alt and len(rectangles(apart("zh").svg, charts.style().chart.bar)) == 3
    assert len(rectangles(whole("zh").svg, charts.style().category["blue"])) == 1
    many = pd.DataFrame({"label": list("abcdef"), "value": [50, 10, 10, 10, 10, 10]})
    chart = charts.composition_bar(many, chart_id="m", title="t", language="zh")
    assert len(rectangles(chart.svg, charts.style().chart.bar)) == 6


def test_open_bin_holds_the_tail_and_no_value_is_lost() -> None:
    from commlib.charts.histogram import bin_values

    values = pd.Series([float(i % 17) for i in range(300)] + [900.0])
    bins = bin_values(values)
    assert bins.open_end and sum(bins.counts) == 301 and bins.counts[-1] >= 1
    assert sum(bin_values(pd.Series([3.0, 3.0])).counts) == 2


def test_stacked_total_is_the_sum_and_partial_is_said() -> None:
    rows = stacks("zh").rows.set_index("label")
    assert rows.loc["城关镇", "value"] == 42 and rows.loc["下双乡", "status"] == "partial"
    assert rows.loc[LONG, "status"] == "not_reported" and rows.loc["下双乡", "text"] == "4（部分上报）"


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_no_data_draws_without_failing(values: list[float]) -> None:
    frame = pd.DataFrame({"label": ["甲"] * len(values), "value": pd.Series(values, dtype=float)})
    assert "没有一项报数" in charts.ranked_bars(frame, chart_id="e", title="t", unit="%", language="zh").alt
    assert "没有一项报数" in charts.distribution(values, NAN, "甲", chart_id="e", title="t", unit="", language="zh").alt
    assert charts.composition_bar(frame, chart_id="e", title="t", language="zh").svg


def test_bad_calls_are_told() -> None:
    frame = pd.DataFrame({"label": ["甲"], "v": [-1.0], "value": [1.0]})
    for wrong in (
        lambda: charts.ranked_bars(frame, chart_id="1 x", title="t", unit="", language="zh"),
        lambda: charts.ranked_bars(frame[["label"]], chart_id="x", title="t", unit="", language="zh"),
        lambda: charts.stacked_ranked_bars(frame, {"v": "v"}, chart_id="x", title="t", unit="", language="zh"),
        lambda: charts.stated_against_recomputed(
            frame.assign(stated=1, low=1, high=1, recomputed=1, verdict="odd"), chart_id="x", title="t", unit="",
            language="zh"),
    ):
        with pytest.raises(ParameterError):
            wrong()


def test_markup_in_labels_is_escaped() -> None:
    frame = pd.DataFrame({"label": ["<b>&$x$ 甲"], "value": [1.0]})
    svg = charts.ranked_bars(frame, chart_id="x", title="<t>", unit="", language="zh").svg
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


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_text_colours_have_contrast_by_day_and_night() -> None:
    sheet = charts.style()
    for scheme in (sheet.light, sheet.dark):
        for ground in ("paper", "card", "tint", "missing-tint"):
            for ink in ("ink", "muted", "link", "good", "warn", "bad", "missing"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
    inks = [sheet.chart.ink, sheet.chart.muted, sheet.chart.reference, sheet.chart.own_text, sheet.chart.missing]
    inks += [mark.ink for mark in sheet.verdict.values()]
    assert all(contrast(ink, sheet.chart.card) >= 4.5 for ink in inks)
    assert all(contrast(ink_on(colour), colour) >= 4.5 for colour in sheet.category.values())
    assert set(sheet.light) == set(sheet.dark)


def test_css_gives_the_same_numbers() -> None:
    css = charts.css_variables()
    assert "--column:720px;" in css and "--category-vermillion:#D55E00;" in css and "prefers-color-scheme:dark" in css


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(matplotlib.rcParams)
    ranked("zh", 3)
    assert dict(matplotlib.rcParams) == before


def test_import_does_not_load_matplotlib() -> None:
    code = "import sys, commlib.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
