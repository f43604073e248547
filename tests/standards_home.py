"""Returns of a county held against three standards, small enough to be counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from test_housing_progress import COUNTY, PROJECT, Opener, Sheets, opened

from commlib.home import Home
from commlib.places import place_book

RESULT_HEADS = ["乡镇", "单位名称", "标准标识", "项号", "截至日期", "是否达标", "数值", "数值单位"]
FACILITY_HEADS = ["设施编号", "乡镇", "社区", "设施类别", "数量", "建筑面积（平方米）", "建设阶段"]


def towns() -> list[tuple[str, str]]:
    """Key and name of the townships of the county."""
    return [(each.key, each.name_zh) for each in place_book(Home(PROJECT)).townships(COUNTY) if each.kind != "placeholder"]


def communities() -> list[tuple[str, str, str]]:
    """Key, name and township of two communities of the first township and one of the second."""
    frame = pd.read_parquet(PROJECT / "data" / "register" / "villages.parquet").astype(str)
    own = frame[frame["code"].str.startswith(COUNTY)].drop_duplicates("name", keep=False)
    (first, first_name), (second, second_name) = towns()[:2]
    return [(code, label, name) for key, name, n in ((first, first_name, 2), (second, second_name, 1))
            for code, label in own.loc[own["code"].str.startswith(key), ["code", "name"]].head(n).itertuples(index=False)]


def results(place: tuple[str, str, str], standard: str, met: str, day: str = "2013-09-30") -> list[list[Any]]:
    """A row for each letter: y(es), n(o), - for no row at all."""
    return [[place[2], place[1], standard, number, day, {"y": "是", "n": "否"}[letter], None, None]
            for number, letter in enumerate(met, 1) if letter != "-"]


def returns() -> Sheets:
    """Ten haves of three communities, one of them earlier too; eight ones of one township; office days in hours and shares."""
    one, two, three = communities()
    town = (towns()[0][0], towns()[0][1], towns()[0][1])
    day = "2013-09-30"
    office = [[one[2], one[1], "lian_he_ban_gong", number, day, None, value, unit]
              for number, value, unit in ((1, 48, "小时"), (2, 7, "小时"), (3, 1, None), (4, 90, "%"))]
    circle = [[place[2], place[1], "gong_gong_fu_wu_quan", 1, day, None, value, "%"] for place, value in ((one, 80), (two, 95.5))]
    rows = [*results(one, "shi_you", "yyyyyynnn-"), *results(two, "shi_you", "y" * 10),
            *results(three, "shi_you", "yy" + "n" * 8), *results(three, "shi_you", "n" * 10, "2013-06-30"),
            *results(town, "ba_ge_yi", "yyyynnn-"), *office, *circle]
    listed = [["F1", one[2], one[1], "社区服务中心", 1, 600, "投入使用"], ["F2", one[2], one[1], "卫生室", 1, 80, "在建"],
              ["F3", two[2], two[1], "卫生室", 2, 90, "建成"]]
    return {"达标情况表": [["达标情况表"], RESULT_HEADS, *rows], "公共设施台账": [["公共设施台账"], FACILITY_HEADS, *listed]}


def opener(folder: Path, built: Path, more: Sheets | None = None) -> Opener:
    """Opens the county with these returns taken in, once."""
    return lambda period=None, language="zh": opened(folder, built, {**returns(), **(more or {})}, period, language)
