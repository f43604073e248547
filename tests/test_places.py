"""Places: counties, slugs, ties to reports, townships, reported names and English names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commlib import head, open_county
from commlib.errors import DataError, ParameterError, StoreError
from commlib.home import Home
from commlib.intake.register import check_retired
from commlib.placenames import english_name
from commlib.places import NAME_LISTS, PlaceBook, PlaceLevel, place_book, township_kind
from commlib.retired import RETIRED_LIST, present_codes
from commlib.runner.plan import choose_counties
from commlib.store import open_store

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def book() -> PlaceBook:
    return place_book(Home(ROOT))


def test_there_are_2847_counties_six_slugs_and_eight_that_are_made_up(book: PlaceBook) -> None:
    kinds = [place.kind for place in book.register.values()]
    assert len(book.counties()) == 2847 and len(book.register) == 2978
    apart = ("functional_zone", "prefecture_without_counties", "special_area")
    assert [kinds.count(kind) for kind in apart] == [124, 3, 4]
    assert len(book.all_keys()) == len(set(book.all_keys())) == 2847 + 6 + 8
    assert sum(each.fictional for each in book.slugs.values()) == 8
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
    ("qqqq", "none near"), ("４１１３２５", "411325"), ("411325\n", "411325"),
])
def test_an_unknown_county_offers_the_nearest(book: PlaceBook, found: str, near: str) -> None:
    with pytest.raises(ParameterError) as caught:
        book.county(found)
    assert near in caught.value.say("en") and f"“{found.strip()}" in caught.value.say("zh")


@pytest.mark.parametrize("found", [411325, 411325.0, None, ["411325"]])
def test_a_code_that_is_no_text_is_refused(book: PlaceBook, found: Any) -> None:
    with pytest.raises(ParameterError, match="text"):
        book.county(found)


def test_mere_headings_are_no_prefectures(book: PlaceBook) -> None:
    headings = [place for place in book.prefectures.values() if place.prefecture is None]
    assert len(headings) == 9 and {place.kind for place in headings} == {"heading"}
    assert book.county("110101").prefecture is None
    wuxi = book.county("320213")
    assert wuxi.prefecture is not None and wuxi.prefecture.en == "Wuxi City"
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


# ---- retired codes

def register_with(folder: Path, *retired: str) -> Home:
    """A project with the register's lists of names and a list of retired codes of its own."""
    register = folder / "data" / "register"
    register.mkdir(parents=True)
    for name in NAME_LISTS:
        (register / name).write_bytes((ROOT / "data" / "register" / name).read_bytes())
    rows = "\n".join(["code,name,prefecture,year,reason,successors", *retired])
    (register / RETIRED_LIST).write_text(f"{rows}\n", encoding="utf-8")
    return Home(folder)


def test_every_chain_of_retired_codes_ends_in_the_register(book: PlaceBook) -> None:
    check_retired(Home(ROOT), book)
    assert len(book.retired) == 681 and not set(book.retired) & set(book.register)
    for code, one in book.retired.items():
        assert present_codes(code, book.retired, book.register), code
        assert 2001 <= int(one.year) <= 2023 and one.name.en.replace("ü", "u").isascii()
        assert all(one.year <= book.retired[each].year for each in one.successors if each in book.retired)


@pytest.mark.parametrize(("code", "key", "said"), [
    ("320203", "320213", ("无锡市南长区已于2015年撤销，并入320213 梁溪区", "Nanchang District, Wuxi City", "nanchang-wuxi")),
    ("622725", "620881", ("620824", "自2002年起改用代码", "2018", "Huating City")),   # through a code retired since
    ("110224", "110115", ("大兴县已于2001年改为110115 大兴区",)),
    ("460003", "460400", ("469003", "2015")),
])
def test_a_retired_code_means_its_successor_and_says_why(
        book: PlaceBook, code: str, key: str, said: tuple[str, ...]) -> None:
    place = book.county(code)
    assert place.key == key and place.name == book.county(key).name
    assert place.resolved is not None and book.county(key).resolved is None
    assert all(each in place.resolved.zh + place.resolved.en for each in said)
    assert code in place.resolved.zh and code in place.resolved.en


def test_several_successors_are_chosen_among_where_one_place_is_asked_for(book: PlaceBook) -> None:
    assert [place.key for place in book.present("341424")] == ["340523", "340207"]
    for ask in (book.county, book.townships, lambda code: open_county(code, home=Home(ROOT))):
        with pytest.raises(ParameterError) as refused:
            ask("341424")
        for message in (refused.value.message.zh, refused.value.message.en):
            assert "340523" in message and "340207" in message and "2011" in message


@pytest.mark.usefixtures("shared_store")
def test_a_choice_of_counties_takes_all_successors_once_and_says_so(book: PlaceBook) -> None:
    keys, said = choose_counties(book, open_store(Home(ROOT)), "320202, 320203,341424,411325")
    assert keys == ["320213", "340523", "340207", "411325"]
    assert [each.zh[:6] for each in said] == ["320202", "320203", "341424"]


@pytest.mark.usefixtures("shared_store")
def test_the_head_of_a_page_opened_by_a_retired_code_gives_the_reason() -> None:
    assert "南长区已于2015年撤销" in head(open_county("320203")).html
    assert "abolished in 2015" in head(open_county("320203", lang="en")).html
    assert "2015" not in head(open_county("320213")).html


def test_a_retired_code_in_reported_data_is_an_error(book: PlaceBook) -> None:
    with pytest.raises(ParameterError, match="320213"):
        book.county_of_report("320203")


def test_a_code_that_nothing_follows_is_refused_with_the_reason(tmp_path: Path) -> None:
    home = register_with(tmp_path, "100001,甲县,,2005,merged,", "100002,乙县,,2005,merged,100003",
                         "100003,丙县,,2005,merged,100002")
    for code, said in (("100001", "2005"), ("100002", "100003")):   # the second and the third follow each other
        with pytest.raises(ParameterError, match=said):
            place_book(home).county(code)


@pytest.mark.parametrize("row", [
    "100001,甲县,,2005,merged,999999", "100001,甲县,,2005,vanished,110101", "100001,甲县,,05,merged,110101",
    "10001,甲县,,2005,merged,110101", "100001,,,2005,merged,110101",
])
def test_a_wrong_row_of_the_list_is_a_fault_of_the_data(tmp_path: Path, row: str) -> None:
    home = register_with(tmp_path, row)
    with pytest.raises(DataError, match=r"retired_counties\.csv"):
        check_retired(home, place_book(home))
