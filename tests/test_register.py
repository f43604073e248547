"""The national register as facts, and the cross-check of its codes against its names."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from commlib.errors import StoreError
from commlib.home import Home
from commlib.intake.register import comparable, name_disagreements, register_facts, village_kinds
from commlib.intake.reported import FACT_COLUMNS

HOME = Home(Path(__file__).parents[1])
MEMBERS = ["subdistricts", "towns", "townships", "other_townships"]


@pytest.fixture(scope="module")
def facts() -> pd.DataFrame:
    return register_facts(HOME)


def total(facts: pd.DataFrame, quantity: str, member: str = "") -> float:
    return float(facts.loc[(facts["quantity"] == quantity) & (facts["member"] == member), "value"].sum())


def test_the_whole_country(facts: pd.DataFrame) -> None:
    assert list(facts.columns) == list(FACT_COLUMNS) and len(facts) == 8 * 41_351
    assert [total(facts, each) for each in ("residents_committees", "villagers_committees", "quasi_units")] == [
        124_649, 487_144, 8_779]
    assert total(facts, "township_units") == 41_340 == sum(total(facts, "township_units", each) for each in MEMBERS)
    assert not facts.duplicated(["quantity", "member", "place"]).any() and not facts.isna().any().any()
    assert set(facts["period"]) == {"2023-06"}
    assert set(facts["document"]) == set(facts["source"]) == {"national_register"}


def test_jiahe_has_167_villages_and_31_communities(facts: pd.DataFrame) -> None:
    jiahe = facts[facts["county"] == "431024"]
    assert (total(jiahe, "villagers_committees"), total(jiahe, "residents_committees")) == (167, 31)
    assert total(jiahe, "township_units") == jiahe["place"].nunique() == 10


def test_every_township_reports_every_measure_zeros_included(facts: pd.DataFrame) -> None:
    assert facts.groupby("place").size().eq(8).all()
    assert (facts["value"] == facts["low"]).all() and (facts["value"] == facts["high"]).all()
    assert (facts["value"].astype(int).astype(str) == facts["stated_value"]).all()


def test_a_placeholder_counts_its_villages_and_is_no_unit(facts: pd.DataFrame) -> None:
    haitang = facts[facts["place"] == "460202198"]
    assert len(haitang) == 8 and haitang.loc[haitang["quantity"] == "township_units", "value"].eq(0).all()
    assert total(haitang, "residents_committees") + total(haitang, "villagers_committees") > 0


def test_what_the_register_does_not_know_is_not_a_zero(facts: pd.DataFrame) -> None:
    assert not facts["county"].eq("350527").any()


def test_names_disagree_with_codes_in_264_of_580276() -> None:
    kinds = village_kinds(HOME)
    found = name_disagreements(HOME)
    assert (len(kinds), len(comparable(kinds)), len(found)) == (620_573, 580_276, 264)
    assert list(found.columns) == ["code", "name", "kind_by_code", "kind_by_name", "county"]
    assert set(found["kind_by_code"]) == set(found["kind_by_name"]) == {"residents_committees", "villagers_committees"}


@pytest.mark.parametrize(("table", "rows"), [("townships", 41_352), ("villages", 620_573)])
def test_a_countys_slice_of_the_parquet_prunes(table: str, rows: int) -> None:
    file = pyarrow.parquet.ParquetFile(HOME.data / "register" / f"{table}.parquet")
    assert file.metadata.num_rows == rows and [str(kind) for kind in file.schema_arrow.types] == ["string", "string"]
    groups = [file.metadata.row_group(number).column(0).statistics for number in range(file.num_row_groups)]
    assert sum(group.min[:6] <= "431024" <= group.max[:6] for group in groups) == 1
    assert all(first.max < second.min for first, second in pairwise(groups))


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in (HOME.data / "register").iterdir()) < 6_000_000


def test_a_damaged_register_is_a_store_error(tmp_path: Path) -> None:
    shutil.copytree(HOME.data / "register", tmp_path / "data" / "register")
    (tmp_path / "data" / "register" / "villages.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(StoreError, match=r"villages\.parquet"):
        register_facts(Home(tmp_path))
