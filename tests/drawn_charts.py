"""Charts that the tests look at, and what they look for in the SVG: boxes of texts, rectangles of a colour."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree

import pandas as pd

from commlib.charts.bars import funnel, ranked_bars
from commlib.charts.composition import composition_bar, stacked_ranked_bars
from commlib.charts.curves import curves
from commlib.charts.dots import position_strip, stated_against_recomputed
from commlib.charts.figure import Chart
from commlib.charts.histogram import distribution

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


def ranked(language: str, count: int = 8) -> Chart:
    references = [("县均值", 62.8), ("目标", 60), ("全国中位数", 85), ("x", 88)]
    return ranked_bars(ranking(count), chart_id=f"ranked-{language}-{count}", title="完成率", unit="%",
                              language=language, references=references)


def skewed(language: str) -> Chart:
    values = [float(i % 17 + i % 5) for i in range(300)] + [900.0]
    return distribution(values, 3, "凉州区", chart_id="spread", title="t", unit="个", language=language)


def whole(language: str) -> Chart:
    frame = pd.DataFrame({"label": ["下岗职工党员", "个体从业", "离退休党员", "流动党员"],
                          "value": [5.3, 12.1, 78.4, 4.2]})
    return composition_bar(frame, chart_id="whole", title="t", language=language, base="3,412")


def apart(language: str) -> Chart:
    frame = pd.DataFrame({"label": ["政府", "部门", "捐助"], "value": [61.3, 12.1, 4.2]})
    return composition_bar(frame, chart_id="apart", title="t", language=language, base="n = 12")


def stacks(language: str) -> Chart:
    frame = pd.DataFrame({"label": PLACES[:5], "v": [38, 5, 0, NAN, 4.0], "c": [3, 0, 0, NAN, NAN],
                          "q": [1.0, 1.0, 0, NAN, 0]})
    columns = {"v": "村委会", "c": "居委会", "q": "类单位 quasi-units"}
    return stacked_ranked_bars(frame, columns, chart_id="stacks", title="t", unit="个", language=language)


def checks(language: str) -> Chart:
    frame = pd.DataFrame({
        "label": [*PLACES[:4], LONG + LONG], "stated": [90, 100, 84, 100, 92.3], "low": [89.5, 100, 83.5, 99, 92.25],
        "high": [90.5, 100, 84.5, 101, 92.35], "recomputed": [90, 100, 53.7, NAN, 92.4],
        "stated_text": ["90%", "100%", "约84%", "100%", "92.3%"], "recomputed_text": ["90%", "100%", "53.74%", "", "92.35%"],
        "verdict": ["consistent", "base_mislabelled", "inconsistent", "unverifiable", "rounding"]})
    return stated_against_recomputed(frame, chart_id="checks", title="t", unit="%", language=language)


def position(language: str) -> Chart:
    frame = pd.DataFrame({"label": ["武威市", "甘肃省", "全国"], "percentile": [100, 0, NAN], "rank": [1, 22, NAN],
                          "n": [4, 86, NAN]})
    return position_strip(frame, chart_id="position", title="t", language=language)


def funnelled(language: str) -> Chart:
    frame = pd.DataFrame({"label": ["规划", "开工", "主体完工", LONG, "moved in"], "value": [1240.0, 1116, NAN, 1300, 0],
                          "status": ["ok", "partial", "not_reported", "ok", "ok"]})
    return funnel(frame, chart_id="funnel", title="t", unit="户", language=language, notes=["n of N"])


def curved(language: str) -> Chart:
    months = [f"20{year}-{month:02d}" for year in (21, 22, 23) for month in range(1, 13)]
    reported = pd.DataFrame({"label": "竣工", "period": months[:30], "value": [float(at * at) for at in range(30)]})
    reported["partial"] = reported.index == 7
    started = pd.DataFrame({"label": "A stage with a long English name", "period": months[:30], "value": 850.0})
    plan = pd.DataFrame({"label": "序时进度", "period": months, "value": [40.0 * at for at in range(36)]})
    frame = pd.concat([*(each.drop(index=[3, 4]) for each in (reported, started)), plan])
    return curves(frame, months, chart_id="curve", title="t", unit="户", language=language, dashed=["序时进度"])


DRAWN: list[Callable[[str], Chart]] = [
    ranked, lambda language: ranked(language, 3), lambda language: ranked(language, 40), skewed, whole, apart, stacks,
    checks, position, funnelled, curved]


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


def hovers(svg: str, kind: str = "") -> dict[str, list[tuple[float, float]]]:
    """What has hover words, by these words: (x, y) of marks, or with the kind "path" (left, right) of rectangles."""
    found: dict[str, list[tuple[float, float]]] = {}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        words = group.find("{*}title")
        if words is None:
            continue
        for mark in group.iter("{http://www.w3.org/2000/svg}use"):
            if not kind:
                found.setdefault(words.text or "", []).append((float(mark.get("x", 0)), float(mark.get("y", 0))))
        for path in group.findall("{*}path") if kind else []:
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d", ""))]
            found.setdefault(words.text or "", []).append((min(numbers[::2]), max(numbers[::2])))
    return found


def assert_legible(svg: str) -> None:
    """All texts lie within the sheet, and no two overlap."""
    height = float(ElementTree.fromstring(svg).get("viewBox", "").split()[3])
    found = boxes(svg)
    assert found
    for left, top, right, bottom, words in found:
        assert left >= -0.5 and right <= 720.5 and top >= -0.5 and bottom <= height, words
    for first, second in combinations(found, 2):
        across = min(first[2], second[2]) - max(first[0], second[0])
        down = min(first[3], second[3]) - max(first[1], second[1])
        assert across <= 0.5 or down <= 0.5, (first[4], second[4])
