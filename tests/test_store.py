"""The store: built whole or not at all, built again when its data change, and read one county at a time."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as parquet
import pytest

from commlib import store_build
from commlib.errors import StoreError
from commlib.home import Home
from commlib.intake.reported import FACT_COLUMNS
from commlib.store import Store, open_store

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def store(view_of: Callable[..., Any]) -> Store:
    found: Store = view_of("411325").store
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project whose tables are tiny: what is tested is when and how the store is built."""
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    (tmp_path / "data" / "register").mkdir(parents=True)
    (tmp_path / "data" / "register" / "counties.csv").write_text("one", encoding="utf-8")
    monkeypatch.setattr(store_build, "build_tables", tiny_tables)
    return Home(tmp_path)


def tiny_tables(home: Home, folder: Path) -> list[str]:
    frame = pd.DataFrame(
        {"county": ["000001"], "said": [(home.data / "register" / "counties.csv").read_text(encoding="utf-8")]}
    )
    for name in ("facts/000001", "county_totals", "name_disagreements"):
        frame.to_parquet(folder / f"{name}.parquet")
    frame.iloc[:0].to_parquet(folder / "facts" / "_none.parquet")
    return ["000001"]


def change(home: Home, words: str) -> None:
    (home.data / "register" / "counties.csv").write_text(words, encoding="utf-8")


def folders(home: Home) -> set[str]:
    return {each.name for each in home.store.iterdir() if each.is_dir()}


# ---- building


def test_it_is_built_once_and_then_only_opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_store(home)
    monkeypatch.setattr(store_build, "build_tables", lambda *_: pytest.fail("built again"))
    assert open_store(home) == first and first.county_facts("000001").at[0, "said"] == "one"


def test_touched_files_do_not_matter_and_changed_ones_do(home: Home) -> None:
    first = open_store(home)
    os.utime(home.data / "register" / "counties.csv", ns=(1, 1))
    assert open_store(home) == first
    with pytest.MonkeyPatch.context() as patch:   # the touch was looked into once
        patch.setattr("commlib.store.fingerprint_of", lambda paths: pytest.fail("hashed again"))
        assert open_store(home) == first
    change(home, "two")
    second = open_store(home)
    assert second.root != first.root and second.vintage != first.vintage
    assert second.county_facts("000001").at[0, "said"] == "two"
    (home.data / "more.csv").write_text("x", encoding="utf-8")
    assert open_store(home).root not in (first.root, second.root)


def test_a_crash_while_building_leaves_the_previous_store_and_no_rubbish(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_store(home)
    pointed = (home.store / "CURRENT").read_text()
    change(home, "two")

    def crash(_: Home, folder: Path) -> list[str]:
        (folder / "facts" / "000001.parquet").write_bytes(b"half")
        raise RuntimeError("power cut")

    monkeypatch.setattr(store_build, "build_tables", crash)
    with pytest.raises(RuntimeError):
        open_store(home)
    assert (home.store / "CURRENT").read_text() == pointed and first.county_facts("000001").at[0, "said"] == "one"
    assert folders(home) == {first.root.name}
    change(home, "one")
    assert open_store(home).root == first.root


def test_who_reads_the_previous_store_may_finish_and_older_ones_go(home: Home) -> None:
    first = open_store(home)
    change(home, "two")
    second = open_store(home)
    assert first.county_facts("000001").at[0, "said"] == "one" and first.reported_counties() == ["000001"]
    change(home, "three")
    assert folders(home) == {first.root.name, second.root.name}
    assert folders(home) != {third := open_store(home).root.name} and folders(home) == {second.root.name, third}


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", "null"])
def test_a_damaged_manifest_is_built_again(home: Home, manifest: str) -> None:
    root = open_store(home).root
    (root / "manifest.json").write_text(manifest)
    assert open_store(home).reported_counties() == ["000001"]
    assert json.loads((root / "manifest.json").read_text())["reported"] == ["000001"]


def test_a_folder_that_cannot_be_written_is_said(home: Home) -> None:
    home.outputs.write_text("a file where the folder should be")
    with pytest.raises(StoreError) as caught:
        open_store(home)
    assert "COMMLIB_OUTPUTS" in caught.value.say("zh") and "COMMLIB_OUTPUTS" in caught.value.say("en")


# ---- reading


def test_a_county_is_read_from_its_own_file_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    whole = parquet.ParquetFile

    def counted(source: Any, *rest: Any, **named: Any) -> Any:
        opened.append(Path(source).name)
        return whole(source, *rest, **named)

    monkeypatch.setattr(parquet, "ParquetFile", counted)
    facts = store.county_facts("431024")
    assert opened == ["431024.parquet"] and set(facts["county"]) == {"431024"}
    assert set(facts["document"]) == {"national_register", "001-3"}


def test_a_county_without_facts_gives_an_empty_frame_with_all_columns(store: Store) -> None:
    nothing = store.county_facts("000000")
    assert nothing.empty and list(nothing.columns) == FACT_COLUMNS
    assert (nothing.dtypes.astype(str) == store.county_facts("431024").dtypes.astype(str)).all()


def test_a_warm_slice_takes_milliseconds(store: Store) -> None:
    seconds = []
    for _ in range(15):
        start = time.perf_counter()
        store.county_facts("431024")
        seconds.append(time.perf_counter() - start)
    median = 1000 * statistics.median(seconds)
    print(f"warm slice of one county: {median:.1f} ms (target 15)")
    assert median <= 50


def test_questions_over_all_counties_take_parameters(store: Store) -> None:
    found = store.ask(
        "select sum(value) as n from county_totals where quantity = ? and member = ''", ["villagers_committees"]
    )
    assert found.at[0, "n"] > 480_000
    counties = store.ask("select distinct county from facts where document <> ? order by 1", ["national_register"])[
        "county"
    ].to_list()
    assert counties == sorted(store.reported_counties()) and {"411325", "nanchang-wuxi", "tianjin"} <= set(counties)


def test_the_totals_are_the_sums_of_the_townships(store: Store) -> None:
    own = store.county_facts("431024")
    own = own[own["document"] == "national_register"]
    sums = own.groupby(["quantity", "member"])["value"].sum()
    totals = store.county_totals[store.county_totals["county"] == "431024"].set_index(["quantity", "member"])["value"]
    assert totals.sort_index().to_dict() == sums.to_dict()
    assert totals["villagers_committees", ""] == 167 and totals["residents_committees", ""] == 31


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:200],
        lambda whole: whole[:-4] + b"xxxx",
        lambda whole: whole[:4] + bytes(len(whole) - 8) + whole[-4:],
    ],
)
def test_a_damaged_file_is_a_clear_error(store: Store, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    root = tmp_path / "store"
    (root / "facts").mkdir(parents=True)
    (root / "facts" / "431024.parquet").write_bytes(damage((store.root / "facts" / "431024.parquet").read_bytes()))
    copy = Store(root, store.vintage)
    with pytest.raises(StoreError) as caught:
        copy.county_facts("431024")
    assert "431024.parquet" in caught.value.say("zh") and "rebuilt" in caught.value.say("en")
    with pytest.raises(StoreError):
        assert copy.county_totals is None
    with pytest.raises(StoreError):
        copy.reported_counties()


def test_a_damaged_data_file_stops_the_build_with_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    (tmp_path / "data" / "reported").mkdir(parents=True)
    shutil.copytree(PROJECT / "data" / "register", tmp_path / "data" / "register")
    for name in ("figures.csv", "claims.csv", "standards.csv"):
        shutil.copy(PROJECT / "data" / "reported" / name, tmp_path / "data" / "reported" / name)
    (tmp_path / "data" / "register" / "villages.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(StoreError) as caught:
        open_store(Home(tmp_path))
    assert "villages.parquet" in caught.value.say("en") and not (tmp_path / "outputs" / "store" / "CURRENT").exists()
