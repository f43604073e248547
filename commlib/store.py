"""The store: facts as Parquet, one file a county, built from `data/` on first use, atomically and behind a lock."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.addresses import write_whole
from commlib.errors import DataError, StoreError
from commlib.home import Home, find_home
from commlib.reads import note
from commlib.slices import REGISTER_PART, read_slices, slice_hash, write_slices
from commlib.store_inputs import fingerprint_of, stamps_of, vintage_of

if TYPE_CHECKING:
    import pandas as pd  # a run without work needs none of it

_CURRENT = "CURRENT"


@dataclass(frozen=True)
class Store:
    """A built store, read county by county."""

    root: Path
    vintage: str

    def county_facts(self, county: str) -> pd.DataFrame:
        """The facts of one county, read from its own file alone; an empty frame for a county without any."""
        return self._slice("facts", county)

    def county_figures(self, county: str) -> pd.DataFrame:
        """The reported figures of one county as text, in the columns of the table `reported_figure`."""
        return self._slice("figures", county)

    def county_claims(self, county: str) -> pd.DataFrame:
        """The claims of one county's reports as text, in the columns of the table `claim`."""
        return self._slice("claims", county)

    def county_checklist_items(self, county: str) -> pd.DataFrame:
        """The checklist items that one county's reports list, in the columns of the table `checklist_item`."""
        return self._slice("checklist_items", county)

    def county_rows(self, table: str, county: str) -> pd.DataFrame:
        """The rows of a declared table that hold for one county, as text, in the columns of `Releases.rows`; its own are empty.

        Raises StoreError for a table that was not declared when the store was built.
        """
        return self._slice(f"rows/{table}", county)

    def county_returns(self, county: str) -> pd.DataFrame:
        """The sheets of returns that brought rows of one county, as text: release, file, received, table, accepted, refused, …"""
        return self._slice("returns", county)

    def county_return_faults(self, county: str) -> pd.DataFrame:
        """The faults of those sheets as text: release, and the fields of a fault with its words in both languages."""
        return self._slice("return_faults", county)

    def _slice(self, table: str, county: str) -> pd.DataFrame:
        """A slice, read once while one county is asked for; each caller gets a frame of its own over the same cells."""
        path = self.root / table / f"{county}.parquet"
        note(f"{table}/{county}")   # also where there is none yet
        if county not in self._held:
            self._held.clear()
            self._held[county] = {}
        if table not in self._held[county]:
            self._held[county][table] = _read(path if path.is_file() else path.with_name("_none.parquet"))
        return self._held[county][table].copy(deep=False)

    @cached_property
    def _held(self) -> dict[str, dict[str, pd.DataFrame]]:
        return {}

    @cached_property
    def county_totals(self) -> pd.DataFrame:
        """The register's measures at county level for every county of the country: a facts frame."""
        note("county_totals")
        return _read(self.root / "county_totals.parquet")

    @cached_property
    def name_disagreements(self) -> pd.DataFrame:
        """Units of the register whose name tells another kind than their code: code, name, both kinds, county."""
        note("name_disagreements")
        return _read(self.root / "name_disagreements.parquet")

    def reported_counties(self) -> list[str]:
        """Keys of the counties and places that a report speaks of or that rows were released of, in order."""
        note("reported")
        try:
            return list(json.loads((self.root / "manifest.json").read_text())["reported"])
        except (OSError, ValueError, KeyError) as problem:
            raise StoreError(phrases.text("error.damaged_store", path="manifest.json", problem=problem)) from None

    def slice_hash(self, name: str) -> str:
        """The hash of what a slice holds, as built: `facts/411325`, `facts/*` for all of them; `absent` without one."""
        return slice_hash(self._slices, name)

    @cached_property
    def _slices(self) -> dict[str, str]:
        return read_slices(self.root)

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Answer a question over all counties by DuckDB; `facts` and `county_totals` are tables, `?` takes parameters."""
        import duckdb

        note("facts/*")
        note("county_totals")
        try:
            with duckdb.connect() as connection:
                for name, pattern in (("facts", "facts/*.parquet"), ("county_totals", "county_totals.parquet")):
                    relation = connection.read_parquet(str(self.root / pattern))
                    relation.create_view(name)
                return connection.execute(sql, list(parameters)).df()
        except (duckdb.IOException, duckdb.InvalidInputException) as problem:   # a file, not the question
            raise StoreError(phrases.text("error.damaged_store", path=self.root.name, problem=problem)) from None


def _read(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as parquet

    try:
        frame: pd.DataFrame = parquet.ParquetFile(path).read().to_pandas()
        return frame
    except (OSError, ValueError) as problem:
        raise StoreError(phrases.text("error.damaged_store", path=path.name, problem=problem)) from None


def open_store(home: Home | None = None) -> Store:
    """Open the store of a project, building it first where it is missing or older than what it follows from.

    Raises DataError with all faults of the data, or StoreError where the folder cannot be written.
    """
    from filelock import FileLock

    home = home or find_home()
    current = _current(home)
    if current:
        return current
    existed = home.outputs.exists()
    try:
        home.outputs.mkdir(parents=True, exist_ok=True)
        with FileLock(home.outputs / "store.lock"):
            return _current(home) or _build(home)
    except DataError:   # nothing is written of bad data, not even an empty folder
        (home.outputs / "store.lock").unlink(missing_ok=True)
        for folder in (home.store, *([] if existed else [home.outputs])):
            _remove_if_empty(folder)
        raise
    except (PermissionError, OSError) as problem:
        raise StoreError(phrases.text("error.cannot_write", path=home.outputs.name, problem=problem)) from None


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _named(home: Home) -> str:
    """The store that `CURRENT` names; "" where there is none."""
    try:
        return (home.store / _CURRENT).read_text().strip()
    except OSError:
        return ""


def _current(home: Home) -> Store | None:
    """The store that is in place, if nothing it follows from has moved since: stat first, hash only what moved."""
    try:
        name = _named(home)
        manifest = json.loads((home.store / name / "manifest.json").read_text())
        stamps = stamps_of(home)
        if manifest["stamps"] != stamps:
            if manifest["fingerprint"] != fingerprint_of(stamps):
                return None
            with suppress(StoreError):   # touched, not changed: whoever opens it next need not hash again
                _stamp(home.store / name, stamps)
        return Store(home.store / name, manifest["vintage"])
    except (OSError, ValueError, KeyError, TypeError):   # no store, or a manifest that is damaged: built again
        return None


def settle(home: Home, folder: Path) -> None:
    """Take the stores of a folder, built elsewhere of this home's very data and code, as up to date without hashing again."""
    _stamp(folder / (folder / _CURRENT).read_text().strip(), stamps_of(home))


def _stamp(root: Path, stamps: dict[str, list[int]]) -> None:
    manifest = root / "manifest.json"
    write_whole(manifest, json.dumps(json.loads(manifest.read_text()) | {"stamps": stamps}).encode())


def _build(home: Home) -> Store:
    """Build all tables in a folder of their own, then point `CURRENT` at it: a crash leaves the previous store whole."""
    from commlib.store_build import build_tables  # whoever only reads a store needs none of it

    stamps = stamps_of(home)
    fingerprint = fingerprint_of(stamps)
    vintage = vintage_of(stamps)
    target, building = home.store / fingerprint, home.store / f".building-{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    (building / "facts").mkdir(parents=True)
    try:
        reported = build_tables(home, building)
        write_slices(home, building, reported)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    manifest = {"fingerprint": fingerprint, "vintage": vintage, "reported": reported, "stamps": stamps}
    (building / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(target, ignore_errors=True)
    building.replace(target)
    previous = _named(home)
    pointer = home.store / f"{_CURRENT}.{os.getpid()}"
    pointer.write_text(fingerprint)
    pointer.replace(home.store / _CURRENT)
    for old in home.store.iterdir():
        # Who reads the previous store may finish; what was made of the register alone is used again.
        if old.is_dir() and old.name not in (target.name, previous, REGISTER_PART):
            shutil.rmtree(old, ignore_errors=True)
    return Store(target, vintage)
