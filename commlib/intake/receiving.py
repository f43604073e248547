"""Taking returns in: which files are meant, what was taken in already, what is kept and what is said of each sheet."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.addresses import remove, write_whole
from commlib.bilingual import Language
from commlib.declarations.checks import Severity
from commlib.declarations.tables import TableDeclaration, tables
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.intake.differences import Records
from commlib.intake.files.sources import ADDRESS
from commlib.intake.layout.mappings import mapping_path
from commlib.intake.marked import marked_workbook
from commlib.intake.releases import Release, Releases
from commlib.intake.taking import TakenReturn, take_return

_ENDINGS = {".xlsx", ".xlsm", ".xls", ".ods", ".et", ".csv", ".tsv", ".tab", ".txt", ".parquet"}
_PACKAGE = Path(__file__).parents[1]
# What the accepted rows of a file follow from, beside the file.
_CODE = ("intake", "declarations", "hedges.py", "periods.py", "placelists.py", "placenames.py", "places.py", "retired.py",
         "units.py")
_DATA = ("tables", "places", "register")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of the returns when they were handed in: it stands where they do not say it themselves."""

    county: str = ""
    period: str = ""
    table: str = ""
    received: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one database address as text, and the name under which its fault workbook is kept."""

    address: Path | str
    name: str


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one return: a record a sheet, the release that holds its rows (None without any), where its faults lie."""

    name: str
    records: Records
    readable: bool
    release: Release | None = None
    unchanged: bool = False
    workbook: Path | None = None

    @property
    def faulty(self) -> bool:
        """Whether a fault is worse than a note."""
        return _is_faulty(self.records)


@dataclass
class Intake:
    """An intake into one project: nothing is written where it is `dry`, else releases, and fault workbooks into `out`."""

    home: Home
    said: Said
    out: Path
    language: str = Language.ZH
    dry: bool = False
    releases: Releases = field(init=False)
    declared: Sequence[TableDeclaration] = field(init=False)
    _basis: str = field(init=False)

    def __post_init__(self) -> None:
        self.releases, self.declared, self._basis = Releases(self.home), tables(self.home), _basis(self.home)

    def receive(self, source: Source) -> Received:
        """Take one return in; what was taken in already, and stands, is passed over.

        Raises ParameterError for an unknown county, StoreError where nothing can be written.
        """
        fingerprint, workbook = self._fingerprint(source), self.out / f"{source.name}.faults.xlsx"
        standing = self.releases.standing(fingerprint) if fingerprint else None
        if standing is None or (_is_faulty(self.releases.answer(standing.number)) and not (self.dry or workbook.is_file())):
            taken = take_return(source.address, self.declared, self.home, county=self.said.county, period=self.said.period,
                                table=self.said.table, earlier=self.releases.rows, dry=self.dry)
            return self._kept(taken, fingerprint or self._hash(_content(taken)), workbook)
        answer = self.releases.answer(standing.number)
        return Received(standing.file, answer, True, standing, True, workbook if _is_faulty(answer) else None)

    def _kept(self, taken: TakenReturn, fingerprint: str, workbook: Path) -> Received:
        answer = records(taken)
        found = Received(taken.name, answer, taken.readable())
        if self.dry:
            return found
        release, unchanged = self.releases.standing(fingerprint), True
        if release is None and any(each.recognised.table for each in taken.tables):
            release, unchanged = self.releases.add(taken, fingerprint, answer, county=self.said.county, period=self.said.period,
                                                   received=self.said.received), False
        if found.faulty:
            write_whole(workbook, marked_workbook(taken, self.language, self.home))
            said = json.dumps(shown(answer, self.language), ensure_ascii=False, indent=1)
            write_whole(workbook.with_suffix(".json"), said.encode())
        else:   # those of a return that has been mended since
            remove(workbook)
            remove(workbook.with_suffix(".json"))
        return Received(taken.name, answer, found.readable, release, bool(release) and unchanged,
                        workbook if found.faulty else None)

    def _fingerprint(self, source: Source) -> str:
        """Of a file the hash of all that its rows follow from; "" where that shows only once it is read."""
        if isinstance(source.address, str) or not source.address.is_file():
            return ""
        beside = mapping_path(source.address)
        return self._hash(source.address.name.encode(), source.address.read_bytes(),
                          beside.read_bytes() if beside.is_file() else b"")

    def _hash(self, *content: bytes) -> str:
        digest = hashlib.blake2b(self._basis.encode() + json.dumps(asdict(self.said)).encode(), digest_size=16)
        for each in content:
            digest.update(hashlib.blake2b(each).digest())
        return digest.hexdigest()


def sources(given: Sequence[str], say_left_out: Callable[[int], None] = lambda number: None) -> list[Source]:
    """What is meant by files, folders (every return in them, by name) and database addresses.

    Lock files, hidden files, confirmed mappings and lists of planted faults are no returns; how many other files are of a
    kind that is not read is told. Raises ParameterError for a folder without a return.
    """
    found, left_out = [], 0
    for each in given:
        if ADDRESS.match(each):
            found.append(Source(each, re.sub(r"[^\w.-]+", "_", each.partition("://")[2].rpartition("@")[2])))
            continue
        path = Path(each)
        if not path.is_dir():
            found.append(Source(path, path.name))
            continue
        inside = [one for one in sorted(path.rglob("*")) if one.is_file()
                  and not one.name.endswith((".mapping.yml", "faults.json"))
                  and not any(part.startswith((".", "~$")) for part in one.relative_to(path).parts)]
        returns = [one for one in inside if one.suffix.lower() in _ENDINGS]
        if not returns:
            raise ParameterError(phrases.text("intake.no_return", found=each, endings="、".join(sorted(_ENDINGS))))
        found += [Source(one, one.relative_to(path).as_posix()) for one in returns]
        left_out += len(inside) - len(returns)
    if left_out:
        say_left_out(left_out)
    return found


def records(taken: TakenReturn) -> Records:
    """What is said of a return: a record a block with its faults; those of no block stand with their sheet or the file."""
    apart: dict[str, list[dict[str, str]]] = {}
    for fault in taken.faults:
        apart.setdefault(fault.sheet, []).append(fault.record())
    found = []
    for each in taken.tables:
        one, sheet = each.recognised, each.recognised.block.sheet.name
        found.append({
            "file": taken.name, "sheet": sheet, "table": one.table.id if one.table else "",
            "confidence": round(one.confidence, 3),
            "why_zh": one.why.zh, "why_en": one.why.en, "accepted": len(each.rows), "refused": each.refused,
            "faults": [*apart.pop(sheet, []), *(fault.record() for fault in each.faults)]})
    none = {"table": "", "confidence": 0.0, "why_zh": "", "why_en": "", "accepted": 0, "refused": 0}
    return [*({"file": taken.name, "sheet": sheet, **none, "faults": faults} for sheet, faults in apart.items()), *found]


def shown(answer: Records, language: str) -> Records:
    """The records as the command prints them: what is allowed in one language."""
    wanted = ("file", "sheet", "cell", "severity", "code", "found", "allowed", "remedy_zh", "remedy_en")

    def fault(one: dict[str, Any]) -> dict[str, str]:
        return {name: one[f"allowed_{language}" if name == "allowed" else name] for name in wanted}

    return [{**record, "faults": [fault(one) for one in record["faults"]]} for record in answer]


def exit_code(received: Sequence[Received]) -> int:
    """0 where all is clean or has notes alone, 1 with warnings or errors, 2 where a return could not be read at all."""
    return 2 if not all(each.readable for each in received) else int(any(each.faulty for each in received))


def _is_faulty(answer: Records) -> bool:
    return any(fault["severity"] != Severity.NOTE for record in answer for fault in record["faults"])


def _content(taken: TakenReturn) -> bytes:
    """What a database held: names and cells of its tables."""
    return repr([(sheet.name, [list(row) for row in sheet.rows]) for sheet in taken.sheets]).encode()


def _basis(home: Home) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in _followed(home):
        digest.update(path.name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _followed(home: Home) -> Iterator[Path]:
    for top in (*(_PACKAGE / name for name in _CODE), *(home.data / name for name in _DATA)):
        for path in sorted((top, *top.rglob("*"))):
            if path.is_file() and path.suffix in {".py", ".toml", ".csv", ".parquet"}:
                yield path
