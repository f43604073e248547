"""Names of places in a return: what means the same place resolves, what is told, and what is never guessed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.columns import Column, ColumnType, Level
from commlib.declarations.tables import TableDeclaration
from commlib.errors import DataError, ParameterError
from commlib.home import Home
from commlib.intake.checks.rows import Rows
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.names.gazetteer import Gazetteer, gazetteer, short, spelled
from commlib.intake.names.resolve import resolve
from commlib.places import PlaceLevel

NEIXIANG = "411325"   # 16 townships with 295 villages and communities
WORDS = Text.same("words")
HEADER = "unit_id,parent_id,level,name_zh,name_variants,valid_from,valid_to\n"
DECLARED = HEADER + """\
411325/龙翔社区,411325104,community,龙翔社区,,2012-05,
411325101,,township,夏馆镇,夏馆古镇;霞馆镇,,
411325/湍东老湾村,411325104,village,老湾村,,,2010
411325/板场老湾村,411325300,village,老湾村,,2011,
411325111205,,village,李沟村民委员会,北李沟村,,
"""
LETTERS = {"town": "A", "place": "B", "any": "C"}


def column(name: str, kind: ColumnType, level: Level = Level.ANY) -> Column:
    return Column(name, WORDS, kind, False, level=level)


TABLE = TableDeclaration("t", "own", WORDS, WORDS, ("place",), (
    column("any", ColumnType.PLACE), column("place", ColumnType.PLACE, Level.COMMUNITY),
    column("town", ColumnType.PLACE, Level.TOWNSHIP), column("period", ColumnType.PERIOD)), period="period")


@cache
def neixiang(folder: Path | None = None) -> Gazetteer:
    return gazetteer(NEIXIANG, Home(folder or PROJECT))


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """The county with places of the project's own."""
    home = tmp_path_factory.mktemp("home")
    (home / "data" / "places").mkdir(parents=True)
    (home / "data" / "register").symlink_to(PROJECT / "data" / "register")
    (home / "data" / "places" / f"{NEIXIANG}.csv").write_text(DECLARED, encoding="utf-8")
    return neixiang(home)


def meant(places: Gazetteer, name: str, town: str = "", at: str = "place", period: str = "") -> tuple[str, list[ReturnFault]]:
    """The key that one cell of row 5 gets, and the faults told there."""
    cells = pd.DataFrame({"town": [town], at: [name], "period": [period]}, index=[5], dtype=str)
    keys, faults = resolve(Rows("t.xlsx", "Sheet1", cells, LETTERS), TABLE, places)
    return keys[at][0], [fault for _, fault in faults if fault.cell == f"{LETTERS[at]}5"]


@pytest.mark.parametrize(("at", "town", "name", "key"), [
    ("town", "", "师岗镇", "411325102"), ("town", "", " 师 岗　镇\u200b", "411325102"), ("town", "", "411325102", "411325102"),
    ("town", "", "４１１３２５１０２", "411325102"), ("town", "", "411325102000", "411325102"),
    ("town", "", "内乡县师岗镇", "411325102"),
    ("place", "师岗镇", "郭营村民委员会", "411325102213"), ("place", "师岗镇", "郭营村委会", "411325102213"),
    ("place", "师岗镇", "郭营村", "411325102213"), ("place", "师岗镇", "郭营村村委会", "411325102213"),
    ("place", "灌涨镇", "郭营村", "411325108203"), ("place", "", "灌涨镇郭营村", "411325108203"),
    ("place", "灌涨镇", "灌涨镇郭营村", "411325108203"), ("place", "", "411325108203", "411325108203"),
    ("place", "城关镇", "县衙社区", "411325100001"), ("place", "", "县衙居委会", "411325100001"),
    ("place", "", "县衙社区居委会", "411325100001"),
    ("any", "", "内乡县", NEIXIANG), ("any", "", "411325", NEIXIANG), ("any", "", "师岗镇", "411325102"),
    ("any", "师岗镇", "师岗镇", "411325102"), ("any", "师岗镇", "郭营村", "411325102213"), ("place", "", "", ""),
])
def test_what_is_written_another_way_by_rule_is_the_same_place(at: str, town: str, name: str, key: str) -> None:
    assert meant(neixiang(), name, town if at != "town" else "", at) == (key, [])


@pytest.mark.parametrize(("at", "name", "key", "says"), [
    ("town", "師崗鎮", "411325102", "繁体"), ("town", "师岗", "411325102", "省略了类别"),
    ("town", "板场镇", "411325300", "类别已变"),
    ("town", "城关街道办事处", "411325100", "类别已变"), ("place", "县衙", "411325100001", "省略了类别"),
    ("place", "縣衙社區", "411325100001", "繁体"), ("place", "县衙村", "411325100001", "类别已变"),
    ("town", "夏馆古镇", "411325101", "别名"), ("town", "霞馆镇", "411325101", "别名"),
    ("place", "北李沟村民委员会", "411325111205", "别名"),
])
def test_what_is_written_otherwise_is_resolved_with_a_note(declared: Gazetteer, at: str, name: str, key: str, says: str) -> None:
    found, faults = meant(declared, name, at=at)
    assert found == key
    assert [(fault.severity, fault.code) for fault in faults] == [(Severity.NOTE, Code.RENAMED)]
    assert says in faults[0].remedy.zh and key in faults[0].allowed.en


@pytest.mark.parametrize(("at", "town", "name", "key"), [
    ("town", "", "师冈镇", "411325102"), ("town", "", "狮岗镇", "411325102"), ("town", "", "王殿镇", "411325107"),
    ("place", "湍东镇", "龙祥社区", "411325/龙翔社区"),
])
def test_one_other_character_of_the_same_sound_is_resolved_with_a_warning(declared: Gazetteer, at: str, town: str, name: str,
                                                                          key: str) -> None:
    found, faults = meant(declared, name, town if at != "town" else "", at)
    assert found == key
    assert [(fault.severity, fault.code, fault.found) for fault in faults] == [(Severity.WARNING, Code.RENAMED, name)]


@pytest.mark.parametrize(("at", "town", "name", "offers"), [
    ("place", "", "龙祥社区", "411325/龙翔社区 湍东镇 龙翔社区（同音）"), ("place", "城关镇", "龙祥社区", "龙翔社区"),
    ("place", "", "山峰社区", "山峰村民委员会（只是类别不同）"),
    ("place", "王店镇", "县衙社区", "城关镇 县衙社区居民委员会（属别的乡镇）"),
    ("place", "王店镇", "411325100001", ""), ("place", "师岗镇", "灌涨镇郭营村", ""),
    ("town", "", "郭营村", ""), ("place", "", "师岗镇", ""), ("place", "", "鑫鑫鑫", ""), ("place", "", "???", ""),
])
def test_what_is_only_like_a_place_is_refused_with_the_nearest(declared: Gazetteer, at: str, town: str, name: str,
                                                               offers: str) -> None:
    key, faults = meant(declared, name, town if at != "town" else "", at)
    assert key == ""
    assert [(fault.severity, fault.code, fault.found) for fault in faults] == [(Severity.ERROR, Code.PLACE, name)]
    assert offers in faults[0].remedy.zh and "data/places/411325.csv" in faults[0].remedy.en


def test_a_declared_place_is_one_like_any_other(declared: Gazetteer) -> None:
    assert meant(declared, "龙翔社区", "湍东镇", period="2013-09") == ("411325/龙翔社区", [])
    assert meant(neixiang(), "龙翔社区", "湍东镇")[0] == ""


def test_one_name_in_two_townships_is_two_places() -> None:
    key, faults = meant(neixiang(), "郭营村")
    assert key == "" and [fault.code for fault in faults] == [Code.NAMESAKE]
    assert "411325102213 师岗镇" in faults[0].remedy.en and "411325108203 灌涨镇" in faults[0].remedy.zh


def test_a_changed_kind_resolves_only_where_one_place_is_left() -> None:
    kaiping = gazetteer("130205", Home(PROJECT))   # it has both 开平街道 and 开平镇
    key, faults = meant(kaiping, "开平乡", at="town")
    assert key == "" and [fault.code for fault in faults] == [Code.NAMESAKE]
    assert meant(kaiping, "开平镇", at="town") == ("130205100", [])
    assert meant(kaiping, "开平", at="town")[0] == ""


def test_a_place_is_only_meant_while_it_is_valid(declared: Gazetteer) -> None:
    assert meant(declared, "老湾村", period="2009-12")[0] == "411325/湍东老湾村"
    assert meant(declared, "老湾村", period="2013Q2")[0] == "411325/板场老湾村"
    assert meant(declared, "老湾村")[1][0].code is Code.NAMESAKE
    key, faults = meant(declared, "老湾村", "湍东镇", period="2013-09")
    assert key == "" and faults[0].code is Code.PLACE and "2010" in faults[0].remedy.zh


def test_a_township_that_is_not_found_leaves_the_county_to_look_in() -> None:
    cells = pd.DataFrame({"town": ["无名镇"] * 2, "place": ["县衙社区", "郭营村"]}, index=[5, 6], dtype=str)
    keys, faults = resolve(Rows("t.xlsx", "Sheet1", cells, LETTERS), TABLE, neixiang())
    assert keys["place"] == ["411325100001", ""]
    assert [(fault.cell, fault.code) for _, fault in faults] == [("A5", Code.PLACE), ("A6", Code.PLACE), ("B6", Code.NAMESAKE)]


def test_the_file_of_own_places_is_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "data" / "places").mkdir(parents=True)
    (tmp_path / "data" / "register").symlink_to(PROJECT / "data" / "register")
    (tmp_path / "data" / "places" / f"{NEIXIANG}.csv").write_text(HEADER + "x,,hamlet,甲,,,\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        gazetteer(NEIXIANG, Home(tmp_path))
    assert [fault.found for fault in refused.value.faults] == ["hamlet"]
    orphans = HEADER + "411325/甲村,411326100,village,甲村,,,\n411325/乙社区,411325900,community,乙社区,,,\n"
    (tmp_path / "data" / "places" / f"{NEIXIANG}.csv").write_text(
        orphans + "411325900,411325,township,新办街道,,,\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        gazetteer(NEIXIANG, Home(tmp_path))
    assert [(fault.row, fault.found) for fault in refused.value.faults] == [("2", "411326100")]
    with pytest.raises(ParameterError):
        gazetteer("999999", Home(PROJECT))


def test_every_short_name_finds_its_own_place() -> None:
    places = neixiang()
    units = [unit for unit in places.units if unit.level is PlaceLevel.COMMUNITY]
    cells = pd.DataFrame({"town": [places.by_key[unit.township].name for unit in units],
                          "place": [short(spelled(unit.name)) for unit in units]}, dtype=str)
    keys, faults = resolve(Rows("t.xlsx", "Sheet1", cells, LETTERS), TABLE, places)
    assert len(units) == 295 and keys["place"] == [unit.key for unit in units] and not faults


@given(st.text(max_size=12) | st.text("师岗冈镇乡村社区委会龙翔祥", max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_place_a_fault_or_blank(name: str) -> None:
    for at in ("town", "place", "any"):
        key, faults = meant(neixiang(), name, at=at)
        refused = [fault for fault in faults if fault.severity is Severity.ERROR]
        assert bool(key) + bool(refused) == bool(spelled(name))
        assert not key or key == NEIXIANG or key in neixiang().by_key


def test_ten_thousand_rows_resolve_at_once() -> None:
    places = neixiang()
    units = [unit for unit in places.units if unit.level is PlaceLevel.COMMUNITY]
    names = [(places.by_key[unit.township].name, unit.name.replace("民委员会", "委会")) for unit in units] * 34
    cells = pd.DataFrame([*names, *[("师冈镇", f"龙祥{row}社区") for row in range(100)]], columns=["town", "place"], dtype=str)
    keys, faults = resolve(Rows("t.xlsx", "Sheet1", cells, LETTERS), TABLE, places)
    assert len(cells) > 10_000 and sum(map(bool, keys["place"])) == len(names) and len(faults) == 200
