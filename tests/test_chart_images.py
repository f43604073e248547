"""Each kind of chart as drawn, on frames with extremes: legible, complete, on zero, nothing made up and nothing left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest
from drawn_charts import LANGUAGES, LONG, NAN, assert_legible, boxes, hovers, rectangles

from commlib import phrases
from commlib.charts import layout
from commlib.charts.bars import funnel
from commlib.charts.bump import bump
from commlib.charts.composition import composition_bar, stacked_ranked_bars
from commlib.charts.curves import curves
from commlib.charts.dots import estimates
from commlib.charts.figure import Chart
from commlib.charts.fonts import characters_missing
from commlib.charts.gantt import gantt
from commlib.charts.heatmap import STATES, heat_map, state_map
from commlib.charts.pyramid import pyramid
from commlib.charts.scatter import scatter
from commlib.charts.style import style
from commlib.charts.waterfall import waterfall
from commlib.errors import ParameterError
from commlib.formatting import amount, plain
from commlib.periods import parse_period

NAMES = ["城关镇", "大柳镇", "河东镇", LONG, "Xiashuang Township", "The township of a very long English name and of more words",
         "韩佐乡", "黄羊镇"]
MONTHS = [f"20{year}-{month:02d}" for year in (22, 23) for month in range(1, 13)]
ITEMS = ["通村道路", "自来水", "farmers' library", "kindergarten", "文化活动室", "污水集中处理设施（含管网）"]
SIZES = ("one", "few", "forty", "missing", "zero", "tied", "negative")
Draw = Callable[[str, str], Chart]


def labels(size: str) -> list[str]:
    return [f"{NAMES[at % 8]}{at // 8 or ''}" for at in range({"one": 1, "forty": 40}.get(size, 8))]


def number(size: str, at: int) -> float:
    """A number of the frame of an extreme."""
    fixed = {"missing": NAN, "zero": 0.0, "tied": 12.5, "negative": -7.25 * (at + 1)}
    return fixed.get(size, NAN if at % 7 == 5 else float((at * 37 + 11) % 101) * 10)


def ranking(size: str) -> pd.DataFrame:
    """Ranks over six periods: who is not ranked has no row, or no rank."""
    count = len(labels(size))
    fixed = {"missing": NAN, "tied": 1.0, "zero": 1.0}
    rows = [(label, period, fixed.get(size, float((at * 3 + turn * (at % 3)) % count + 1)))
            for at, label in enumerate(labels(size)) for turn, period in enumerate(MONTHS[:6])
            if (at + turn) % 5 != 3 or count == 1]
    return pd.DataFrame(rows, columns=["label", "period", "rank"]).assign(highlight=lambda each: each["label"] == NAMES[0])


def bumped(language: str, size: str) -> Chart:
    return bump(ranking(size), MONTHS[:6], chart_id="bump", title="t", language=language)


def spans(size: str) -> pd.DataFrame:
    """Schedules of two parts each: overlapping, open, undated, begun at an unknown day, ended before the beginning."""
    rows: list[tuple[str, str, str, str]] = []
    for at, label in enumerate(labels(size)):
        end = {"zero": "2022-03-01", "negative": "2021-12"}.get(size, f"2022-{3 + at % 9:02d}-15")
        start = "2022-03-01" if size == "zero" else f"2022-{1 + at % 9:02d}"
        rows += [(label, "", "", "设计")] if size == "missing" or at == 5 else [
            (label, "" if at == 1 else start, end, "设计"), (label, "2022-12-31", "" if at % 3 == 0 else "2023-10", "施工 works")]
    return pd.DataFrame(rows, columns=["label", "start", "end", "state"])


def scheduled(language: str, size: str) -> Chart:
    marks = pd.DataFrame({"label": [NAMES[0]], "date": ["2022-02-03"], "words": ["省厅批复"]})
    return gantt(spans(size), chart_id="gantt", title="t", language=language, until="2023-12-31",
                 lines=[("报告期", "2023-12-31"), ("deadline", "2023-11")], markers=marks)


def money(size: str) -> pd.DataFrame:
    values = [1.5e8, 1.2e8, -2.1e7, -4.55e7, 5.35e7, 3.3e6, NAN, 5e7]
    fixed = {"missing": [NAN] * 8, "zero": [0.0] * 8, "tied": [8e4] * 8, "negative": [-value / 7 for value in values]}
    values = fixed.get(size, values)
    kinds = ["total", "total", "step", "step", "total", "step", "step", "total"]
    many = 5 if size == "forty" else 1
    frame = pd.DataFrame({"label": labels("forty")[:8 * many], "value": values * many, "kind": kinds * many})
    return frame.head(1) if size == "one" else frame


def fallen(language: str, size: str) -> Chart:
    return waterfall(money(size), chart_id="fall", title="t", language=language)


def pairs(size: str) -> pd.DataFrame:
    return pd.DataFrame({"label": labels(size), "x": [number(size, at) for at in range(len(labels(size)))],
                         "y": [number(size, at * 5 + 2) for at in range(len(labels(size)))]}).assign(
                             highlight=lambda each: each.index == 3)


def scattered(language: str, size: str) -> Chart:
    return scatter(pairs(size), chart_id="scatter", title="t", x_title="每户土地（平方米） land per household, m²", y_title="元",
                   language=language)


def ages(size: str) -> pd.DataFrame:
    count = len(labels(size))
    return pd.DataFrame({
        "label": [*(f"{age}–{age + 4}" for age in range(5 * count - 5, -1, -5)), "年龄不详 age not known, as returned"],
        "left": [abs(number(size, at)) for at in range(count + 1)],
        "right": [abs(number(size, at + 3)) for at in range(count + 1)],
        "apart": [False] * count + [True]})


def aged(language: str, size: str) -> Chart:
    return pyramid(ages(size), ("女性 women", "男性 men"), chart_id="ages", title="t", unit="人", language=language)


def states(size: str) -> pd.DataFrame:
    fixed = {"missing": "not_reported", "zero": "missed", "tied": "met"}
    return pd.DataFrame([(label, item, fixed.get(size, STATES[(at * 3 + column) % 5])) for at, label in enumerate(labels(size))
                         for column, item in enumerate(ITEMS) if (at + column) % 6 or size == "tied"],
                        columns=["label", "column", "state"])


def stated(language: str, size: str) -> Chart:
    across = ITEMS if size != "negative" else MONTHS
    renamed = dict(zip(ITEMS, across, strict=False))
    return state_map(states(size).assign(column=lambda each: each["column"].map(renamed)), across, chart_id="states", title="t",
                     language=language)


def heated(language: str, size: str) -> Chart:
    cells = [(label, item, number(size, at + column * 3)) for at, label in enumerate(labels(size))
             for column, item in enumerate(ITEMS)]
    return heat_map(pd.DataFrame(cells, columns=["label", "column", "value"]), ITEMS, chart_id="heat", title="t", unit="%",
                    language=language, write=plain)


def stacked(language: str, size: str) -> Chart:
    sources = ["中央", "省", "市", "县", "村集体", "农户自筹 households", "社会捐助"]
    parts = {f"part{at}": words for at, words in enumerate(sources)}
    frame = pd.DataFrame({"label": labels(size)})
    for at, column in enumerate(parts):
        frame[column] = [abs(number(size, at + row)) for row in range(len(frame))]
    return stacked_ranked_bars(frame, parts, chart_id="stack", title="t", unit="万元", language=language, ascending=None,
                               first=30)


def narrowed(language: str, size: str) -> Chart:
    frame = pd.DataFrame({"label": labels(size), "value": [number(size, at) for at in range(len(labels(size)))]})
    return funnel(frame, chart_id="funnel", title="t", unit="户", language=language)


def composed(language: str, size: str) -> Chart:
    frame = pd.DataFrame({"label": labels(size), "value": [number(size, at) for at in range(len(labels(size)))]})
    return composition_bar(frame, chart_id="whole", title="t", language=language, base="n")


def curved(language: str, size: str) -> Chart:
    frame = pd.DataFrame([(label, period, abs(number(size, at + turn))) for at, label in enumerate(labels(size)[:6])
                          for turn, period in enumerate(MONTHS)], columns=["label", "period", "value"])
    return curves(frame, MONTHS, chart_id="curves", title="t", unit="户", language=language)


def estimated(language: str, size: str) -> Chart:
    """Shares with intervals; those of every fourth row are stated without one, every fifth without a base."""
    values = [number(size, at) / 10 for at in range(len(labels(size)))]
    frame = pd.DataFrame({"label": labels(size), "value": values, "low": [value * 0.8 for value in values],
                          "high": [value * 1.1 if at % 4 else value * 0.8 for at, value in enumerate(values)],
                          "base": [NAN if at % 5 == 4 else 990.0 + at for at in range(len(values))]})
    return estimates(frame, chart_id="estimates", title="t", unit="%", language=language)


KINDS: list[Draw] = [bumped, scheduled, fallen, scattered, aged, stated, heated, stacked, narrowed, composed]
CASES = [(draw, size) for draw in KINDS for size in SIZES] + [(draw, size) for draw in (curved, estimated) for size in SIZES
                                                                      if size != "negative"]
EVERY = pytest.mark.parametrize(("draw", "size", "language"), [(*case, language) for case in CASES for language in LANGUAGES],
                                ids=lambda value: getattr(value, "__name__", value))


@cache
def drawn(draw: Draw, size: str, language: str) -> Chart:
    return draw(language, size)


def said(chart: Chart) -> str:
    """All the texts in the order drawn, without the blanks at which they were broken."""
    return "".join("".join(words.split()) for *_, words in boxes(chart.svg))


def hatched(chart: Chart, chart_id: str) -> int:
    return chart.svg.count(f"fill: url(#{chart_id}-")


def word(key: str, language: str, **values: object) -> str:
    return phrases.phrase(f"chart.{key}", language, **values)


@EVERY
def test_a_chart_is_legible_and_says_its_finding(draw: Draw, size: str, language: str) -> None:
    chart = drawn(draw, size, language)
    assert_legible(chart.svg)
    assert chart.finding and chart.finding in chart.alt and "nan" not in chart.svg
    assert (word("nothing", language) in chart.finding) == (size == "missing") or draw in (stated, heated)
    assert characters_missing([words for *_, words in boxes(chart.svg)]) == set()
    assert size != "few" or draw(language, size).svg == chart.svg


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [scheduled, fallen, stated, heated, stacked, narrowed, composed])
@pytest.mark.parametrize("size", ["one", "few", "forty", "tied"])
def test_every_row_has_its_whole_name(draw: Draw, size: str, language: str) -> None:
    words = said(drawn(draw, size, language))
    for label in drawn(draw, size, language).rows["label"]:
        assert "".join(label.split()) in words


@pytest.mark.parametrize("size", ["few", "forty", "tied"])
def test_ranks_stand_in_their_order_and_gaps_stay_open(size: str) -> None:
    chart, frame = drawn(bumped, size, "zh"), ranking(size)
    found = {words: places for words, places in hovers(chart.svg).items() if " · " in words}
    heights: dict[float, float] = {}
    for row in frame.itertuples():
        (_, y), = found.pop(word("hover_part", "zh", label=row.label, part=row.period, text=f"第{row.rank:.0f}位"))
        assert heights.setdefault(row.rank, y) == pytest.approx(y, abs=0.01)
    assert not found   # nobody is drawn who was not ranked
    steps = {round((heights[second] - heights[first]) / (second - first), 2) for first, second in pairwise(sorted(heights))}
    assert len(steps) <= 1 and all(step > 0 for step in steps)
    absent = sorted(set(frame["label"]) - set(frame["label"][frame["period"] == MONTHS[5]]), key=list(frame["label"]).index)
    words = said(chart)
    assert all("".join(label.split()) in words for label in frame["label"])
    assert word("unranked", "zh", period=parse_period(MONTHS[5]).label, labels="、".join(absent)) in chart.alt


def test_the_biggest_movers_are_named_with_their_ranks() -> None:
    frame = pd.DataFrame({"label": list("甲乙丙丁") * 2, "period": ["1"] * 4 + ["2"] * 4, "rank": [1, 2, 3, 4, 4, 2, 1, 3]})
    chart = bump(frame, ["1", "2"], chart_id="b", title="t", language="zh")
    assert chart.finding == ("2有4个参加排名，居首的是丙。居末的是甲（第4位）。"
                             "自1以来上升最多的是丙（2位）。自1以来下降最多的是甲（3位）。")
    assert {"4 甲（原1）", "2 乙", "1 丙（原3）", "3 丁（原4）"} <= {words for *_, words in boxes(chart.svg)}


def test_a_schedule_is_to_scale_and_what_is_open_reaches_the_report() -> None:
    frame = pd.DataFrame({"label": ["甲", "乙", "丙", "丁", "戊"],
                          "start": ["2022-01", "2022-01-01", "2023-01-01", None, "2022-06"],
                          "end": ["2022-12", "2022-01-10", "", None, "2022-05"]})
    chart = gantt(frame, chart_id="g", title="t", language="zh", until="2023-12-31")
    ends = {words.partition("：")[0]: places[0] for words, places in hovers(chart.svg, "path").items()}
    lengths = {label: right - left for label, (left, right) in ends.items()}
    assert set(ends) == {"甲", "乙", "丙"} and ends["甲"][1] == pytest.approx(ends["丙"][0], abs=0.01)
    assert lengths["甲"] == pytest.approx(lengths["乙"] * 36.5, rel=0.01)
    assert lengths["甲"] == pytest.approx(lengths["丙"], rel=0.01)
    assert "2023-01-01起，未完" in said(chart) and "1项没有日期，未画：丁" in chart.alt and "戊：2022-06至2022-05" in chart.alt
    with pytest.raises(ParameterError, match="2022年5月"):
        gantt(frame.assign(end="2022年5月"), chart_id="g", title="t", language="zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_falls_from_level_to_level(language: str) -> None:
    frame = pd.DataFrame({"label": ["计划", "到位", "拆迁", "工程", "结余"], "value": [1e8, 8e7, -3e7, 1e7, 6e7],
                          "kind": ["total", "total", "step", "step", "total"]})
    chart = waterfall(frame, chart_id="w", title="t", language=language)
    totals = sorted(rectangles(chart.svg, style().chart.bar_strong), key=lambda bar: bar[2])
    (down,), (up,) = rectangles(chart.svg, style().category["orange"]), rectangles(chart.svg, style().category["sky"])
    zero, whole = totals[0][0], totals[0][1] - totals[0][0]
    for bar, start, end in zip([*totals, down, up], (0, 0, 0, 0.5, 0.5), (1, 0.8, 0.6, 0.8, 0.6), strict=True):
        assert bar[0] == pytest.approx(zero + start * whole, abs=0.02) and bar[1] == pytest.approx(zero + end * whole, abs=0.02)
    words = said(chart)
    assert all("".join(amount(abs(value), "CNY", language).split()) in words for value in frame["value"])
    assert "−" + "".join(amount(2e7, "CNY", language).split()) in words
    assert "stated as" not in chart.alt and "列示" not in chart.alt


def test_a_level_that_the_steps_do_not_give_is_told() -> None:
    assert fallen("zh", "few").alt.count("列示") == 0   # a step is missing before the last level: nothing is claimed
    frame = pd.DataFrame({"label": ["到位", "支付", "结余"], "value": [8e6, -3e6, 4e6], "kind": ["total", "step", "total"]})
    assert "结余列示400万元，按各项增减推算为500万元" in waterfall(frame, chart_id="w", title="t", language="zh").alt
    with pytest.raises(ParameterError, match="subtotal"):
        waterfall(frame.assign(kind="subtotal"), chart_id="w", title="t", language="zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_points_are_where_their_numbers_are(language: str) -> None:
    frame = pairs("forty")
    chart, known = drawn(scattered, "forty", language), frame.dropna()
    found = hovers(chart.svg)
    hover = {(row.x, row.y): word("hover", language, label=row.label, text="") for row in known.itertuples()}
    places = {pair: next(place for words, (place,) in found.items() if words.startswith(begun)) for pair, begun in hover.items()}
    for axis in (0, 1):
        low, high = min(places, key=lambda each: each[axis]), max(places, key=lambda each: each[axis])
        step = (places[high][axis] - places[low][axis]) / (high[axis] - low[axis])
        assert (step > 0) == (axis == 0)
        for value, place in places.items():
            assert place[axis] == pytest.approx(places[low][axis] + (value[axis] - low[axis]) * step, abs=0.01)
    lacking = frame["label"][frame[["x", "y"]].isna().any(axis=1)]
    assert len(lacking) and all(label in chart.alt for label in lacking)
    assert "".join(NAMES[3].split()) in said(chart)   # highlighted


@pytest.mark.parametrize("size", ["few", "zero", "missing"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pyramid_stands_on_one_zero_and_prints_every_count(size: str, language: str) -> None:
    chart, frame = drawn(aged, size, language), ages(size)
    printed = Counter(words for *_, words in boxes(chart.svg))
    counts = [value for side in ("left", "right") for value in frame[side].dropna()]
    assert all(printed[plain(value)] >= times for value, times in Counter(counts).items())
    assert hatched(chart, "ages") == int(frame[["left", "right"]].isna().sum().sum())
    women, men = (rectangles(chart.svg, style().category[name]) for name in ("orange", "blue"))
    known = frame[~frame["apart"]]
    assert (len(women), len(men)) == tuple(int((known[side] > 0).sum()) for side in ("left", "right"))
    if size == "few":
        zero = max(right for _, right, _ in women)
        assert {round(right, 2) for _, right, _ in women} == {round(left, 2) for left, _, _ in men} == {round(zero, 2)}
        assert (zero - min(left for left, *_ in women)) / known["left"].max() == pytest.approx(
            (max(right for _, right, _ in men) - zero) / known["right"].max(), rel=0.001)
        apart = [bar for bar in rectangles(chart.svg, style().chart.missing_line) if bar[0] > 0]   # the hatch aside
        assert len(apart) == int((frame[frame["apart"]][["left", "right"]] > 0).sum().sum())
    with pytest.raises(ParameterError):
        pyramid(frame.assign(left=-1.0), ("a", "b"), chart_id="p", title="t", unit="", language=language)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_has_its_colour_sign_and_words(size: str, language: str) -> None:
    chart, across = drawn(stated, size, language), ITEMS if size != "negative" else MONTHS
    found = {(row.label, row.column): row.state for row in chart.rows.itertuples()}
    expected = Counter(found.get((label, column), "not_reported") for label in labels(size) if label in set(chart.rows["label"])
                       for column in across)
    signs = Counter(words for *_, words in boxes(chart.svg))
    shown = set(expected) | {"not_reported"}   # these are in the key, too
    for state in shown:
        assert signs[style().state[state].sign] == expected[state] + 1
        assert f"{expected[state]}" in chart.finding if expected[state] else True
    assert hatched(chart, "states") == expected["not_reported"] + 1
    for (label, column), state in found.items():
        assert word("hover_part", language, label=label, part=column, text=word(state, language)) in chart.svg


def test_states_are_closed_and_may_be_renamed() -> None:
    frame = pd.DataFrame({"label": ["甲", "乙"], "column": ["路灯", "路灯"], "state": ["met", "missed"]})
    chart = state_map(frame, ["路灯"], chart_id="s", title="t", language="zh", words={"met": "有", "missed": "无"})
    assert chart.finding == "2行1列共2格：有1格、无1格。“无”最多的是乙（各1格）。"
    with pytest.raises(ParameterError, match="kept"):
        state_map(frame.assign(state="kept"), ["路灯"], chart_id="s", title="t", language="zh")


@pytest.mark.parametrize("size", ["few", "missing", "zero"])
def test_a_heat_map_prints_every_value_and_hatches_the_rest(size: str) -> None:
    chart = drawn(heated, size, "zh")
    printed = Counter(words for *_, words in boxes(chart.svg))
    for value, times in Counter(chart.rows["value"].dropna()).items():
        assert printed[plain(value)] >= times
    assert hatched(chart, "heat") == int(chart.rows["value"].isna().sum()) + 1   # and one in the key


def test_stacks_keep_their_order_and_tell_what_is_left_out() -> None:
    chart = drawn(stacked, "forty", "zh")
    assert chart.rows["label"].tolist() == labels("forty")[:30] and "只画出前30个，共40个" in said(chart)
    assert drawn(stacked, "missing", "zh").svg.count("fill: url(#stack-") == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_reported_is_no_zero_in_words(language: str) -> None:
    frame = pd.DataFrame({"label": ["甲", "乙"], "a": [1.0, 2.0], "b": [NAN, NAN]})
    chart = stacked_ranked_bars(frame, {"a": "省", "b": "市"}, chart_id="s", title="t", unit="", language=language)
    assert word("part_of_total", language, label="市", text=word("not_reported", language)) in chart.finding
    assert "0" not in stacked("zh", "missing").finding and "0" not in aged("zh", "missing").finding


@pytest.mark.parametrize("draw", [narrowed, composed])
@pytest.mark.parametrize("size", ["few", "negative", "tied"])
def test_bars_lie_between_their_zero_and_the_edges(draw: Draw, size: str) -> None:
    chart, frame = drawn(draw, size, "zh"), drawn(draw, size, "zh").rows
    bars = sorted((bar for bar in rectangles(chart.svg, style().chart.bar)), key=lambda bar: bar[2])
    values = [value for value in frame["value"].dropna() if value]
    assert len(bars) == len(values)
    step = (bars[0][1] - bars[0][0]) / abs(values[0])
    zeros = [left if value > 0 else right for (left, right, _), value in zip(bars, values, strict=True)]
    for (left, right, _), value in zip(bars, values, strict=True):
        assert left >= 0 and right <= 720 and right - left == pytest.approx(abs(value) * step, abs=0.05)
    assert max(zeros) - min(zeros) == pytest.approx(0, abs=0.01)


def test_names_beside_their_points_never_meet() -> None:
    wanted = [(10.0, 17.0), (10.0, 34.0), (200.0, 17.0), (199.0, 17.0)]
    middles = layout.spread(wanted, 0, 220)
    spans = sorted((middle - height / 2, middle + height / 2) for middle, (_, height) in zip(middles, wanted, strict=True))
    assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(spans)) and spans[0][0] >= 0 and spans[-1][1] <= 220
    assert middles[0] < middles[1] and middles[3] < middles[2]
