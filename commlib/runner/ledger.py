"""The ledger of a folder of outputs: what became of every item and every run, kept in SQLite as it comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.errors import StoreError

UNFINISHED = "unfinished"   # the status of an item that a run was to do and has not done yet
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR")   # the last: tables that are not ours
_TABLES = """
create table if not exists items (notebook text, county text, language text, period text, key text, reads text,
    status text, reason text, engine text, seconds real, memory real, first_line text, run integer,
    primary key (notebook, county, language)) without rowid;
create table if not exists runs (run integer primary key, started text, ended text, due integer, unchanged integer,
    skipped integer, done integer default 0, failed integer default 0);
create table if not exists notes (name text primary key, value text);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger holds of one page's item: "" for no county or period; `memory` is the peak in MB.

    `reads` is JSON: the slices that were read, each with the hash of what it held.
    """

    notebook: str
    county: str
    language: str
    period: str
    key: str
    reads: str
    status: str
    reason: str
    engine: str = ""
    seconds: float = 0.0
    memory: float = 0.0
    first_line: str = ""
    run: int = 0


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run; `ended` is "" where it was killed. Times are of the clock, in UTC."""

    run: int
    started: str
    ended: str
    due: int
    unchanged: int
    skipped: int
    done: int
    failed: int


_NAMES = tuple(each.name for each in fields(Entry))
_row = attrgetter(*_NAMES)
_PUT = f"insert or replace into items ({', '.join(_NAMES)}) values ({', '.join('?' * len(_NAMES))})"


class Ledger:
    """The ledger in a folder; `ledger.sqlite` is made by the first run. All methods raise StoreError where it is damaged."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.sqlite"

    def entries(self) -> dict[tuple[str, str, str], Entry]:
        """Everything known of all items, by page (notebook, county, language); empty where nothing has run."""
        return {row[:3]: Entry(*row) for row in self._rows(f"select {', '.join(_NAMES)} from items")}

    def states(self) -> dict[tuple[str, str, str], tuple[str, str, str]]:
        """Of every item, by page, only what tells whether it has to run: status, key and reads."""
        return {row[:3]: row[3:] for row in self._rows("select notebook, county, language, status, key, reads from items")}

    def runs(self) -> list[RunEntry]:
        """Every run, the first one first."""
        names = ", ".join(each.name for each in fields(RunEntry))
        return [RunEntry(*row) for row in self._rows(f"select {names} from runs order by run")]

    def begin(self, due: Iterable[Entry], unchanged: int, skipped: int, started: str) -> int:
        """Enter a run and mark its items as unfinished, so that a kill leaves them so; gives the run's number."""
        waiting = list(due)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            run = database.execute("insert into runs (started, ended, due, unchanged, skipped) values (?, '', ?, ?, ?)",
                                   (started, len(waiting), unchanged, skipped)).lastrowid or 0
            database.executemany(_PUT, [(*_row(each)[:-1], run) for each in waiting])
        return run

    @contextmanager
    def writing(self) -> Iterator[Callable[[Entry, bool], None]]:
        """Keep the ledger open for a function that enters an outcome and counts it in its run, as failed or as done.

        It is committed when that function returns.
        """
        with self._open() as database:
            def record(entry: Entry, failed: bool) -> None:
                database.execute(_PUT, _row(entry))
                column = "failed" if failed else "done"
                database.execute(f"update runs set {column} = {column} + 1 where run = ?", (entry.run,))
                database.commit()

            yield record

    def end(self, run: int, ended: str) -> None:
        """Enter that a run came to its end."""
        with self._open() as database:
            database.execute("update runs set ended = ? where run = ?", (ended, run))

    def note(self, name: str) -> str:
        """A remark that was kept under a name; "" where there is none."""
        return next((value for (value,) in self._rows("select value from notes where name = ?", name)), "")

    def keep_note(self, name: str, value: str) -> None:
        """Keep a remark under a name."""
        with self._open() as database:
            database.execute("insert or replace into notes values (?, ?)", (name, value))

    def _rows(self, query: str, *values: str) -> list[Any]:
        """What a query gives; no rows where nothing has run."""
        if not self.path.is_file():
            return []
        with self._open() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = None
        try:
            database = sqlite3.connect(self.path)
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")   # survives any kill of the process
            database.executescript(_TABLES)
            with database:
                yield database
        except sqlite3.Error as problem:
            damaged = getattr(problem, "sqlite_errorname", "").startswith(_DAMAGED)
            key = "keeping.damaged" if damaged else "error.cannot_write"
            raise StoreError(phrases.text(key, path=self.path, problem=problem)) from None
        finally:
            if database:
                database.close()
