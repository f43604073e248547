"""Releases: the accepted rows of each return as they came, kept for ever, and the rows that hold after all of them.

A release is one folder that is made aside and renamed, so that it is there whole or not at all. A row holds until a later
release gives its key anew, or until the same return (file name, county, month and township of the row) comes again whole and
without it. While a row of the table was refused, nothing is taken for withdrawn: the row that is missing may be that one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from commlib import phrases
from commlib.declarations.tables import TableDeclaration, table
from commlib.errors import ParameterError, StoreError
from commlib.home import Home
from commlib.intake.differences import Records, changes, in_words, keys

if TYPE_CHECKING:
    from commlib.intake.taking import TakenReturn

_BUILDING = ".building-"
_RECORD, _ANSWER, _CHANGES = "release.json", "answer.json", "changes.json"
Scopes = Mapping[str, Mapping[str, Mapping[str, int]]]   # table -> county -> scope -> rows


@dataclass(frozen=True, slots=True)
class Release:
    """What one return brought: its rows by table, county and scope (month and township), and how many were refused.

    `received` is an ISO day or ""; `county` and `period` what was said of the whole return; `fingerprint` all that it followed
    from.
    """

    number: int
    file: str
    received: str
    county: str
    period: str
    fingerprint: str
    tables: Scopes
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The folder of the release."""
        return f"{self.number:05d}"

    @property
    def counties(self) -> tuple[str, ...]:
        """The keys of the counties that it has rows of, in order."""
        return tuple(sorted({county for counties in self.tables.values() for county in counties}))

    def accepted(self) -> int:
        """The number of accepted rows."""
        return sum(rows for counties in self.tables.values() for scopes in counties.values() for rows in scopes.values())


class Releases:
    """The releases of a project, in order; rows and folds that were read once are kept in memory."""

    def __init__(self, home: Home) -> None:
        self.folder = home.outputs / "releases"
        self._home = home
        self._known: dict[int, Release] = {}
        self._folds: dict[tuple[str, str], tuple[int, pd.DataFrame]] = {}

    def list(self) -> tuple[Release, ...]:
        """Every release, the oldest first; raises StoreError where one cannot be read."""
        names = sorted(path.name for path in self.folder.iterdir() if path.name.isdecimal()) if self.folder.is_dir() else []
        for number in map(int, names):
            if number not in self._known:
                self._known[number] = Release(**self._load(number, _RECORD))
        return tuple(self._known[int(name)] for name in names)

    def release(self, number: int) -> Release:
        """One release; raises ParameterError naming the last where there is none of that number."""
        found = {each.number: each for each in self.list()}
        if number not in found:
            raise ParameterError(phrases.text("releases.unknown", found=number, last=max(found, default=0)))
        return found[number]

    def counties(self) -> tuple[str, ...]:
        """The keys of all counties that rows were released of, in order."""
        return tuple(sorted({county for each in self.list() for county in each.counties}))

    def tables(self, county: str) -> tuple[str, ...]:
        """The ids of the tables that a county has rows of, in order."""
        return tuple(sorted({name for each in self.list() for name, counties in each.tables.items() if county in counties}))

    def rows(self, table_id: str, county: str) -> pd.DataFrame:
        """The rows of a table and county that hold after all releases: text, "" where blank.

        Columns as `TakenTable.rows`, with `_release`, `_file` and `_dated` (the period said of the whole return, else the
        day on which it was received). An empty frame where there are none.
        """
        upto, frame = self._folds.get((table_id, county), (0, pd.DataFrame()))
        for each in self.list():
            if upto < each.number and county in each.tables.get(table_id, {}):
                frame = _folded(frame, self._own(each, table_id, county), each, table(table_id, self._home))
                self._folds[table_id, county] = each.number, frame
        return frame.copy()

    def difference(self, number: int, language: str) -> tuple[str, ...]:
        """What a release changed, one sentence a county and table; raises ParameterError where there is none of the number."""
        changes = self._load(self.release(number).number, _CHANGES)
        return tuple(each[language] for each in in_words(changes, self._home))

    def answer(self, number: int) -> Records:
        """What the intake said of the return when it was taken in, sheet by sheet."""
        return list(self._load(number, _ANSWER))

    def standing(self, fingerprint: str) -> Release | None:
        """The release of a fingerprint, if the same return has not come again with something else since; else None."""
        releases = self.list()
        found = next((each for each in reversed(releases) if each.fingerprint == fingerprint), None)
        later = [each for each in releases if found and each.number > found.number and each.file == found.file]
        return None if found and any(_meet(found.tables, each.tables) for each in later) else found

    def add(self, taken: TakenReturn, fingerprint: str, answer: Records, *, county: str = "", period: str = "",
            received: str = "") -> Release:
        """Keep a return as the next release, in one step; leftovers of an intake that was killed go.

        Raises StoreError where the folder cannot be written.
        """
        from filelock import FileLock

        frames = _frames(taken)
        declared = {each.recognised.table.id: each.recognised.table for each in taken.tables if each.recognised.table}
        refused = {name: sum(each.refused for each in taken.tables if each.recognised.table is one)
                   for name, one in sorted(declared.items())}
        tables = {name: {str(county): _counts(part, declared[name]) for county, part in frame.groupby("_county")}
                  for name, frame in frames.items()}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder.with_suffix(".lock")):
                for leftover in self.folder.glob(f"{_BUILDING}*"):
                    shutil.rmtree(leftover, ignore_errors=True)
                number = max((each.number for each in self.list()), default=0) + 1
                release = Release(number, taken.name, received or taken.received, county, period, fingerprint, tables,
                                  refused)
                changes = self._changes(release, frames, declared)
                building = self.folder / f"{_BUILDING}{os.getpid()}"
                building.mkdir()
                for name, frame in frames.items():
                    frame.to_parquet(building / f"{name}.parquet", index=False)
                for name, content in ((_ANSWER, answer), (_CHANGES, changes), (_RECORD, asdict(release))):
                    (building / name).write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), encoding="utf-8")
                building.replace(self.folder / release.name)
        except OSError as problem:
            raise StoreError(phrases.text("error.cannot_write", path=self.folder.name, problem=problem)) from None
        self._known[number] = release
        return release

    def _changes(self, release: Release, frames: Mapping[str, pd.DataFrame], declared: Mapping[str, TableDeclaration]) -> Records:
        """What the release changes, by county and table: kept with it, because nothing can change it any more."""
        found = []
        for county in release.counties:
            for name in (each for each in frames if county in release.tables[each]):
                before, own = self.rows(name, county), frames[name][frames[name]["_county"] == county]
                after = _folded(before, _marked(own, release), release, declared[name])
                found.append({"county": county, "table": name, **changes(before, after, own, declared[name])})
        return found

    def _own(self, release: Release, table_id: str, county: str) -> pd.DataFrame:
        import pyarrow.parquet as parquet

        path = self.folder / release.name / f"{table_id}.parquet"
        try:
            frame = parquet.ParquetFile(path).read().to_pandas()
        except (OSError, ValueError) as problem:
            raise StoreError(phrases.text("error.damaged_store", path=f"{release.name}/{path.name}", problem=problem)) from None
        return _marked(frame[frame["_county"] == county], release)

    def _load(self, number: int, name: str) -> Any:
        path = self.folder / f"{number:05d}" / name
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise StoreError(phrases.text("error.damaged_store", path=f"{number:05d}/{name}", problem=problem)) from None


def _frames(taken: TakenReturn) -> dict[str, pd.DataFrame]:
    """The accepted rows of a return by table; several blocks of a table are one."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for each in taken.tables:
        if each.recognised.table and len(each.rows):
            parts.setdefault(each.recognised.table.id, []).append(each.rows)
    return {name: pd.concat(frames, ignore_index=True).fillna("") for name, frames in sorted(parts.items())}


def _marked(rows: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Rows of a release with where they are from and when they are of, if they do not say it themselves."""
    return rows.reset_index(drop=True).assign(
        _release=str(release.number), _file=release.file, _dated=release.period or release.received)


def _counts(rows: pd.DataFrame, declaration: TableDeclaration) -> dict[str, int]:
    return {str(scope): int(number) for scope, number in scopes(rows, declaration).value_counts(sort=False).sort_index().items()}


def scopes(rows: pd.DataFrame, declaration: TableDeclaration) -> pd.Series[str]:
    """What each row is about, as far as a return is the same: its month (or period) and its township."""
    blank = pd.Series("", index=rows.index, dtype=str)
    period = rows[declaration.period].str[:7] if declaration.period in rows else blank
    above = declaration.place[0] if len(declaration.place) > 1 else ""
    return period + "|" + rows.get(above, blank)


def _folded(before: pd.DataFrame, own: pd.DataFrame, release: Release, declaration: TableDeclaration) -> pd.DataFrame:
    """The rows that hold after a release: those before it without what it gives anew or leaves out, then its own."""
    if before.empty:
        return own
    gone = keys(before, declaration).isin(set(keys(own, declaration)))
    if not release.refused.get(declaration.id):
        gone |= (before["_file"] == release.file) & scopes(before, declaration).isin(set(scopes(own, declaration)))
    return pd.concat([before[~gone], own], ignore_index=True).fillna("")


def _meet(first: Scopes, second: Scopes) -> bool:
    """Whether two releases speak of the same month and township of a table and county."""
    def all_of(tables: Scopes) -> Iterator[tuple[str, str, str]]:
        return ((name, county, scope) for name, counties in tables.items()
                for county, found in counties.items() for scope in found)

    return not set(all_of(first)).isdisjoint(all_of(second))
