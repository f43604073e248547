"""The fictional counties: the same bytes each time, no real name, the size that was promised, faults where the list says."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import defaultdict
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from commlib.cli import app
from commlib.declarations.tables import table, tables
from commlib.demo.county import MONTHS, County, counties, declared
from commlib.demo.ink import style
from commlib.demo.make import FAULTS, FAULTY_FILES, Demo, demo, write
from commlib.demo.packing import all_rows, books
from commlib.errors import DataError, ParameterError
from commlib.home import Home
from commlib.intake.forms import form_bytes
from commlib.intake.names.gazetteer import spelled, stem_of
from commlib.intake.taking import take_return
from commlib.placelists import OWN_COLUMNS
from commlib.places import PlaceLevel, place_book
from commlib.publish.site import IndexRow
from commlib.slices import read_slices, write_slices

PROJECT = Path(__file__).parents[1]
DATA = PROJECT / "data"
KEYS = list(declared()["county"])
ONE = "demo-tanglu"   # a file for each township
each_county = pytest.mark.parametrize("key", KEYS)
LISTED = json.loads((DATA / "demo" / "faults.json").read_text(encoding="utf-8"))


@cache
def made(county: str = ONE) -> Demo:
    """The demonstration of one county without faults."""
    return demo(only=[county], faults=0)


@cache
def known(key: str) -> County:
    """A county by its key."""
    return next(each for each in counties() if each.key == key)


@cache
def rows_of(key: str) -> dict[str, pd.DataFrame]:
    """All rows of a county by table."""
    return all_rows(known(key))


def contents(data: bytes) -> dict[str, bytes]:
    """What a file says: the entries of an archive, for how they are packed is the library's affair."""
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project with the register and the clean returns of one county."""
    root = tmp_path_factory.mktemp("demo")
    (root / "data").mkdir()
    (root / "data" / "register").symlink_to(DATA / "register")
    write(made(), root / "data")
    return Home(root)


# ---- what is made

def test_the_same_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    assert demo(only=[ONE], faults=0).files == made().files
    other = demo(seed=7, only=[ONE], faults=0).files
    assert other[f"places/{ONE}.csv"] != made().files[f"places/{ONE}.csv"]


def test_the_command_writes_what_is_committed(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["demo", "--out", str(tmp_path)])
    assert done.exit_code == 0 and str(FAULTS) in done.output
    paths = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(paths) == len(LISTED["files"]) + len(KEYS) + 3   # the two lists and the page that explains
    for path in paths:
        assert contents((DATA / path).read_bytes()) == contents((tmp_path / path).read_bytes()), path


@each_county
def test_each_county_has_the_size_that_was_promised(key: str) -> None:
    county, rows = known(key), rows_of(key)
    assert 10 <= len(county.townships) <= 20 and 60 <= len(county.communities) <= 150
    months = rows["housing_progress"]["as_of"].str[:7].nunique()
    assert months == (MONTHS if not county.stops else 21)
    assert len(rows["housing_progress"]) == months * len(county.communities)
    counted = rows["survey"][rows["survey"]["valid"] != ""]   # the full county registers one more, of its staff
    assert len(counted) == 2 and counted["valid"].astype(int).between(900, 1300).all()
    assert rows["unit_profile"]["period"].nunique() == 3 and all(len(frame) for frame in rows.values())
    assert 12 <= sum(name.startswith(f"{key}/") for name in LISTED["files"]) <= 24


@each_county
def test_numbers_agree_with_each_other_over_time(key: str) -> None:
    rows = rows_of(key)
    housing = rows["housing_progress"]
    stages = housing[["planned", "started", "topped_out", "completed", "moved_in"]].astype(int).to_numpy()
    assert (stages[:, :-1] >= stages[:, 1:]).all()
    grown = housing.assign(number=housing["invested"].astype(float)).sort_values("as_of").groupby("community_id")["number"]
    assert grown.diff().dropna().min() >= 0
    money = rows["fund_flow"][["budget", "arrived", "disbursed", "paid"]].astype(float).to_numpy()
    assert (money[:, :-1] >= money[:, 1:]).all()


def test_the_returns_of_the_full_county_agree_with_each_other() -> None:
    rows = rows_of("demo-hengxi")
    register, places = rows["community"].set_index("community_id"), rows["unit_profile"]
    townships = places[(places["_book"] != "") & (places["period"] == "2023")]
    for column, stated in (("staff", "community_workers"), ("residents", "population_permanent")):
        assert register[column].astype(int).sum() == townships[stated].astype(int).sum()
    assert register["staff"].astype(int).sum() == len(rows["staff"])
    housing = rows["housing_progress"].groupby("community_id").last()
    assert ((housing["moved_in"].astype(int) > 0) == (register["status"].loc[housing.index] == "moved_in")).all()
    centres = rows["facility"][rows["facility"]["kind"] == "service_centres"]
    assert set(centres["community_id"]) == set(register.index[register["service_facility"] == "yes"])
    named = set(rows["park"]["paired_community"]) - {""}
    assert named and named <= {each.name for each in known("demo-hengxi").communities}


def test_buildings_offices_and_tasks_of_the_full_county_are_such_as_occur() -> None:
    rows = rows_of("demo-hengxi")
    steps = rows["building_progress"]
    reached = pd.to_numeric(steps["storeys_reached"]).fillna(0)
    assert steps["stage"].nunique() == 7 and not reached[steps["stage"].isin(["not_started", "foundation"])].any()
    days = rows["joint_office"]
    full = days[days["hours"].astype(float) >= 8].groupby(["village_id", days["date"].str[:7]]).size()
    met = full.reindex(days.groupby(["village_id", days["date"].str[:7]]).size().index, fill_value=0) >= 2
    assert 0.6 < met.mean() < 1
    task = rows["housing_task"].query("year == '2023'")["target_households"].astype(int).sum()
    moved = rows["housing_progress"].groupby("community_id")["moved_in"].last().astype(int).sum()
    assert 0.5 < moved / task < 1.5
    lines = rows["transport"]
    assert (lines["kind"] == "bus").eq(lines["name"].str.endswith("公交线")).all()
    assert rows["approval"]["fee"].nunique() > 20 and rows["park_enterprise"]["months_produced"].nunique() > 3


@each_county
def test_every_return_says_when_it_was_sent_where_its_rows_say_no_time(key: str) -> None:
    for book in books(known(key), rows_of(key)):
        for paper in book.papers:
            assert paper.table.period or any(str(row[0]).startswith("填报日期") for row in paper.rows if row), book.name


def test_one_county_leads_one_lags_and_one_stops() -> None:
    shares, stopped = {}, []
    for key in KEYS:
        housing = rows_of(key)["housing_progress"]
        latest = housing[housing["as_of"] == housing["as_of"].max()]
        if latest["as_of"].iloc[0] < "2023":
            stopped.append(key)
        else:
            shares[key] = latest["completed"].astype(int).sum() / latest["planned"].astype(int).sum()
    ranked = sorted(shares, key=shares.__getitem__)
    assert stopped == ["demo-xiaodun"] and ranked[-1] == "demo-yanpu"
    assert ranked[0] == "demo-lanbo" and shares[ranked[0]] < 0.7 * shares[ranked[1]]


def test_no_fictional_name_is_that_of_a_real_unit() -> None:
    register = DATA / "register"
    names: dict[PlaceLevel, set[str]] = {}
    for level, file in ((PlaceLevel.TOWNSHIP, "townships"), (PlaceLevel.COMMUNITY, "villages")):
        real = pd.read_parquet(register / f"{file}.parquet", columns=["name"])["name"].unique()
        names[level] = {stem_of(spelled(name), level) for name in real}
    above = set()
    for file in ("provinces", "prefectures", "counties"):
        with (register / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
            above |= {row["name"][:-1] for row in csv.DictReader(stream)}
    for county in counties():
        assert not {county.name.zh[:-1], county.prefecture[:-1], declared()["province"][:-1]} & above
        assert not {stem_of(name, PlaceLevel.TOWNSHIP) for _, name in county.townships} & names[PlaceLevel.TOWNSHIP]
        assert not {stem_of(each.name, PlaceLevel.COMMUNITY) for each in county.communities} & names[PlaceLevel.COMMUNITY]


def test_every_layout_is_written_by_one_county() -> None:
    kinds = [style(each.layout) for each in counties()]
    assert len({each.layout for each in counties()}) == len(KEYS)
    assert {each.kind for each in kinds} == {"xlsx", "csv", "ods"} and any(each.traditional for each in kinds)


# ---- what the intake makes of it

def test_every_row_without_a_fault_is_taken_as_it_was_meant(home: Home) -> None:
    packed = {book.name: book for book in books(known(ONE), rows_of(ONE))}
    chosen = [name for name in packed if "住房" in name][:1] + [name for name in packed if "住房" not in name]
    for name in chosen:
        taken = take_return(home.data / "demo" / ONE / name, tables(), home)
        papers = {paper.name: paper for paper in packed[name].papers}
        assert len(taken.tables) == len(papers)
        for part in taken.tables:
            paper = papers[part.recognised.block.sheet.name]
            assert part.recognised.table is not None and part.recognised.table.id == paper.table.id
            assert part.refused == 0 and len(part.rows) == len(paper.records), f"{name} {paper.name}: {part.faults[:3]}"
            for row, record in zip(part.rows.to_dict("records"), paper.records, strict=True):
                wrong = [(column, row[column], value) for column, value in record.values.items()
                         if column in row and not table(paper.table.id).column(column).personal and not same(row[column], value)]
                assert not wrong, f"{name} {paper.name}: {wrong}"


def same(taken: str, meant: str) -> bool:
    return taken == meant or (bool(re.fullmatch(r"[\d.]+", taken)) and bool(meant) and float(taken) == float(meant))


def test_every_planted_fault_stands_where_the_list_says() -> None:
    assert len(LISTED["faults"]) == FAULTS and len({each["file"] for each in LISTED["faults"]}) == FAULTY_FILES
    assert len({each["kind"] for each in LISTED["faults"]}) >= 20
    by_file = defaultdict(list)
    for each in LISTED["faults"]:
        by_file[each["file"]].append(each)
    for name, faults in by_file.items():
        taken = take_return(DATA / "demo" / name, tables(), Home(PROJECT))
        told = {(each.sheet, each.cell, str(each.code)) for each in taken.all_faults()}
        for each in faults:
            assert any((each["sheet"], cell, code) in told for cell in each["cells"] for code in each["codes"]), each


# ---- places of a project's own

def test_own_counties_and_their_units_are_places(home: Home) -> None:
    book = place_book(home)
    county = book.county(ONE)
    assert county.fictional and not county.is_county and county.name.en == "Tanglu County" and county.note is not None
    townships = book.townships(ONE)
    assert len(townships) == 10 and all(each.fictional and each.parent == ONE for each in townships)
    community = book.place(ONE, f"{townships[0].key}-001")
    assert community.level is PlaceLevel.COMMUNITY and community.parent == townships[0].key and community.fictional
    assert book.place(ONE, townships[1].name_zh) == townships[1]
    assert not book.county("411325").fictional


def test_a_village_of_the_register_is_a_place_by_its_code() -> None:
    village = place_book(Home(PROJECT)).place("411325", "411325105201")
    assert village.level is PlaceLevel.COMMUNITY and village.parent == "411325105" and village.name.en.isascii()
    with pytest.raises(ParameterError):
        place_book(Home(PROJECT)).place("411325", "411325105999")


def test_a_wrong_list_of_counties_is_refused_with_every_fault(tmp_path: Path) -> None:
    (tmp_path / "data" / "places").mkdir(parents=True)
    (tmp_path / "data" / "register").symlink_to(DATA / "register")
    lines = [",".join(OWN_COLUMNS), "411325,甲县,Jia,,,no,,", "Bad Key,乙县,,,,maybe,,"]
    (tmp_path / "data" / "places" / "counties.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        place_book(Home(tmp_path))
    assert [(each.row, each.column) for each in caught.value.faults] == [
        ("2", "key"), ("3", "key"), ("3", "name_en"), ("3", "fictional")]


def test_a_second_demonstration_keeps_own_counties_and_removes_its_old_files(tmp_path: Path) -> None:
    places = tmp_path / "places"
    places.mkdir()
    (places / "counties.csv").write_text(",".join(OWN_COLUMNS) + "\nours,我县,Ours,,,no,,\n", encoding="utf-8")
    write(made(), tmp_path)
    gone = tmp_path / "demo" / ONE / "old.xlsx"
    gone.write_bytes(b"x")
    (tmp_path / "demo" / "faults.json").write_text(json.dumps({"files": [f"{ONE}/old.xlsx"]}), encoding="utf-8")
    write(made(), tmp_path)
    assert not gone.exists() and "ours,我县" in (places / "counties.csv").read_text(encoding="utf-8")


# ---- the mark

@pytest.mark.parametrize(("language", "mark"), [("zh", "虚构数据"), ("en", "Fictional data")])
def test_pages_charts_forms_and_returns_say_that_they_are_fictional(language: str, mark: str, home: Home) -> None:
    import openpyxl
    from test_publish import code, page
    from test_publish import shown as output

    figure = code(output(html='<figure class="block chart"><figcaption><p>x</p></figcaption></figure>'))
    for fictional in (True, False):
        shown = page(figure, fictional=fictional, language=language)
        assert (f'<p class="fictional">{mark}</p>' in shown) is fictional
        assert (f"<strong>{mark}</strong>" in shown) is fictional
    book = openpyxl.load_workbook(BytesIO(form_bytes(table("housing_progress"), language, place_book(home).county(ONE))))
    assert mark in str(book.worksheets[0]["A1"].value)
    plain = openpyxl.load_workbook(BytesIO(form_bytes(table("housing_progress"), language, place_book(home).county("411325"))))
    assert mark not in str(plain.worksheets[0]["A1"].value)


def test_the_index_marks_fictional_counties(tmp_path: Path) -> None:
    from commlib.publish.site import write_index

    rows = [IndexRow(key, key, "", "", "", None, {}, fictional=key == "made-up") for key in ("made-up", "real")]
    text = write_index(tmp_path, rows, [], [], "zh", style="", version="1", vintage="1").read_text(encoding="utf-8")
    assert text.count("虚构数据") == 1 and text.index("made-up</small>") < text.index("虚构数据") < text.index(">real")


def test_a_changed_list_of_places_changes_the_slices_of_its_readers(tmp_path: Path) -> None:
    (tmp_path / "data" / "register").mkdir(parents=True)
    write(made(), tmp_path / "data")
    hashes = []
    for changed in ("", "counties.csv", f"{ONE}.csv"):
        if changed:
            path = tmp_path / "data" / "places" / changed
            path.write_text(path.read_text(encoding="utf-8").replace("棠麓县", "棠鹿县").replace("村", "庄"), encoding="utf-8")
        write_slices(Home(tmp_path), tmp_path, [])
        hashes.append(read_slices(tmp_path))
    first, second, third = hashes
    assert first["places"] != second["places"] == third["places"]
    assert first[f"townships/{ONE}"] == second[f"townships/{ONE}"] != third[f"townships/{ONE}"]
