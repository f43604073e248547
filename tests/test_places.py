"""Places: counties, slugs, ties to reports, townships, reported names and English names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commlib.errors import ParameterError, StoreError
from commlib.home import Home
from commlib.placenames import english_name
from commlib.places import PlaceBook, PlaceLevel, place_book, township_kind

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def book() -> PlaceBook:
    return place_book(Home(ROOT))


def test_there_are_2847_counties_and_six_slugs(book: PlaceBook) -> None:
    kinds = [place.kind for place in book.register.values()]
    assert len(book.counties()) == 2847 and len(book.register) == 2978
    apart = ("functional_zone", "prefecture_without_counties", "special_area")
    assert [kinds.count(kind) for kind in apart] == [124, 3, 4]
    assert len(book.all_keys()) == len(set(book.all_keys())) == 2847 + 6
    assert not {"130171", "441900", "460321", "632857"} & set(book.all_keys())
    assert not book.county("441900").is_county


@pytest.mark.parametrize(("report", "key", "name", "inferred"), [
    ("jinxiang", "370828", "金乡县", False), ("jiahe", "431024", "嘉禾县", False), ("youxian", "430223", "攸县", False),
    ("neixiang", "411325", "内乡县", True), ("deqing", "330521", "德清县", True),
    ("liangzhou", "620602", "凉州区", True),
    ("changan", "130102", "长安区", True), ("nanchang-wuxi", "nanchang-wuxi", "无锡市南长区", False),
    ("unnamed-community", "unnamed-community", "未署名社区", False), ("zhengshan", "zhengshan", "郑山镇", False),
    ("tianjin", "tianjin", "天津市", False), ("roads-county", "roads-county", "未署名县（农村公路报告）", False),
    ("jinshagangwan-township", "jinshagangwan-township", "未署名乡（金沙港湾社区所在）", False),
    ("411325", "411325", "内乡县", True),
])
def test_reports_are_tied_to_counties(book: PlaceBook, report: str, key: str, name: str, inferred: bool) -> None:
    place = book.county_of_report(report)
    assert (place.key, place.name.zh, place.inferred) == (key, name, inferred)
    assert place == book.county(key) and (place.note is not None or not inferred)


def test_a_slug_says_what_became_of_the_place(book: PlaceBook) -> None:
    nanchang = book.county("nanchang-wuxi")
    assert (nanchang.former_code, nanchang.successor, nanchang.valid_to) == ("320203", "320213", "2015")
    assert nanchang.prefecture is not None and nanchang.prefecture.zh == "无锡市"
    assert book.county("zhengshan").level is PlaceLevel.TOWNSHIP and book.county("zhengshan").province is None
    assert book.county("tianjin").level is PlaceLevel.PROVINCE


@pytest.mark.parametrize(("found", "near"), [
    ("内乡县", "411325"), ("内乡", "411325"), ("neixiang", "411325"), ("411326 ", "411326"), ("41132", "411321"),
    ("长安区", "610116"), ("南长区", "nanchang-wuxi"), ("zhengshang", "zhengshan"), ("", "none near"),
    ("qqqq", "none near"),
])
def test_an_unknown_county_offers_the_nearest(book: PlaceBook, found: str, near: str) -> None:
    with pytest.raises(ParameterError) as caught:
        book.county(found)
    assert near in caught.value.say("en") and f"“{found}”" in caught.value.say("zh")


@pytest.mark.parametrize("found", [411325, 411325.0, None, ["411325"]])
def test_a_code_that_is_no_text_is_refused(book: PlaceBook, found: Any) -> None:
    with pytest.raises(ParameterError, match="text"):
        book.county(found)


def test_mere_headings_are_no_prefectures(book: PlaceBook) -> None:
    headings = [place for place in book.prefectures.values() if not place.prefecture_ranks]
    assert len(headings) == 9 and {place.kind for place in headings} == {"heading"}
    assert book.county("110101").prefecture is None and not book.county("110101").prefecture_ranks
    wuxi = book.county("320213")
    assert wuxi.prefecture is not None and wuxi.prefecture.en == "Wuxi City" and wuxi.prefecture_ranks
    assert book.county("500229").province == book.provinces["50"].name


def test_townships_come_by_code_and_by_exact_name(book: PlaceBook) -> None:
    townships = book.townships("411325")
    assert len(townships) == 16 and [place.key for place in townships] == sorted(place.key for place in townships)
    shigang = book.place("411325", "师岗镇")
    assert shigang.kind == "town" and shigang == book.place("411325", shigang.key) and shigang.parent == "411325"
    assert book.place("411325", "411325") == book.county("411325")
    assert book.townships("roads-county") == []


def test_a_reported_name_becomes_a_place_of_the_county(book: PlaceBook) -> None:
    reported = book.place("370828", "金北新城")
    assert (reported.key, reported.level, reported.kind) == ("370828/金北新城", PlaceLevel.COMMUNITY, "reported")
    assert reported == book.place("370828", "370828/金北新城") and reported.name.en == "Jinbei New Town"
    assert book.place("zhengshan", "郑山镇").level is PlaceLevel.TOWNSHIP


@pytest.mark.parametrize("found", ["411325999", "370828101", "330521/某社区", "411325/", " "])
def test_a_code_or_key_of_another_county_is_refused(book: PlaceBook, found: str) -> None:
    with pytest.raises(ParameterError, match="Neixiang County"):
        book.place("411325", found)


@pytest.mark.parametrize(("code", "name", "kind"), [
    ("110101001", "东华门街道", "subdistrict"), ("411325102", "师岗镇", "town"), ("411325306", "七里坪乡", "township"),
    ("120110406", "航空新城", "other_township"), ("469001198", "县直辖村级区划", "placeholder"),
    ("350527000", "金门县", "placeholder"),
])
def test_the_code_decides_a_townships_kind(code: str, name: str, kind: str) -> None:
    assert township_kind(code, name) == kind


@pytest.mark.parametrize(("name", "english"), [
    ("内乡县", "Neixiang County"), ("长安区", "Chang'an District"), ("攸县", "You County"), ("海安市", "Hai'an City"),
    ("东阿县", "Dong'e County"), ("围场满族蒙古族自治县", "Weichang Manchu and Mongol Autonomous County"),
    ("东乡族自治县", "Dongxiang Autonomous County"), ("正蓝旗", "Zhenglan Banner"),
    ("鄂伦春自治旗", "Oroqen Autonomous Banner"),
    ("吕梁市", "Lüliang City"), ("长子县", "Zhangzi County"), ("六合区", "Luhe District"),
    ("清新区", "Qingxin District"),
    ("万柏林区", "Wanbailin District"), ("管城回族区", "Guancheng Hui District"),
    ("坪地彝族乡", "Pingdi Yi Ethnic Township"),
    ("青园街道", "Qingyuan Subdistrict"), ("师岗镇曹营社区", "Caoying Community, Shigang Town"),
    ("陕西省", "Shaanxi Province"),
    ("龙山、龙头社区", "Longshan and Longtou communities"),
])
def test_english_names(name: str, english: str) -> None:
    assert english_name(name) == english


def test_every_county_has_an_english_name_without_chinese(book: PlaceBook) -> None:
    assert all(place.name.en.isascii() or "ü" in place.name.en for place in book.counties())


def test_loading_imports_nothing_heavy_and_a_missing_register_says_so(tmp_path: Path) -> None:
    code = ("import sys; from commlib.places import place_book; place_book(); "
            "print(sorted({'pandas', 'pyarrow', 'pypinyin', 'numpy'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(StoreError, match=r"provinces\.csv"):
        place_book(Home(tmp_path))
