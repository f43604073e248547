"""The files that name places: the register's lists, and those that a project declares itself in `data/places`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from commlib import phrases
from commlib.bilingual import excerpt
from commlib.errors import DataError, Fault, StoreError

OWN_COUNTIES = "counties.csv"   # in data/places; beside it <county>.csv, the units of one county
OWN_COLUMNS = ("key", "name_zh", "name_en", "province_zh", "prefecture_zh", "fictional", "note_zh", "note_en")
_OWN_KEY = re.compile("[a-z][a-z0-9]*(?:-[a-z0-9]+)*|[0-9]{6}")


def register_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a list of the register; raises StoreError where it cannot be read."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as fault:
        raise StoreError(phrases.text("place.no_register", path=str(path))) from fault


def coded_names(path: Path, county: str) -> Mapping[str, str]:
    """The names of a county's townships or villages by code; only row groups that may hold it are read.

    Kept while the file stays as it is. Raises StoreError where it cannot be read.
    """
    try:
        stamp = path.stat()
    except OSError as fault:
        raise StoreError(phrases.text("place.no_register", path=str(path))) from fault
    return _coded_names(path, county, (stamp.st_mtime_ns, stamp.st_size, stamp.st_ino))


@lru_cache(64)
def _coded_names(path: Path, county: str, stamp: tuple[int, ...]) -> Mapping[str, str]:
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
        found: dict[str, str] = {}
        for number in range(file.num_row_groups):
            codes = file.metadata.row_group(number).column(0).statistics
            if codes.min[:len(county)] <= county <= codes.max[:len(county)]:
                rows = file.read_row_group(number, columns=["code", "name"])
                codes_here, names = rows["code"].to_pylist(), rows["name"].to_pylist()
                found |= {code: name for code, name in zip(codes_here, names, strict=True) if code.startswith(county)}
        return MappingProxyType(found)
    except (OSError, arrow.ArrowException) as fault:
        raise StoreError(phrases.text("place.no_register", path=str(path))) from fault


def own_list(folder: Path) -> bytes:
    """What the project's own list of counties holds; nothing where there is none."""
    path = folder / OWN_COUNTIES
    return path.read_bytes() if path.is_file() else b""


def own_counties(content: bytes, taken: Iterable[str]) -> list[dict[str, str]]:
    """The rows of the project's own list of counties; `taken` are keys that other places bear.

    Raises DataError with every fault: a column that is missing, a key that is none or is taken, a blank name, a mark
    that is neither yes nor no.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    rows = [{name: (row.get(name) or "").strip() for name in OWN_COLUMNS} for row in reader] if content else []
    faults = [_fault(1, name, "-", "column") for name in OWN_COLUMNS if content and name not in (reader.fieldnames or ())]
    known = set(taken)
    for line, row in enumerate(rows if not faults else [], 2):
        if not _OWN_KEY.fullmatch(row["key"]) or row["key"] in known:
            faults.append(_fault(line, "key", row["key"], "key"))
        known.add(row["key"])
        faults += [_fault(line, name, row[name], "name") for name in ("name_zh", "name_en") if not row[name]]
        if row["fictional"] not in ("yes", "no"):
            faults.append(_fault(line, "fictional", row["fictional"], "mark"))
    if faults:
        raise DataError(phrases.text("place.own_faults", file=f"data/places/{OWN_COUNTIES}", n=len(faults)), faults)
    return rows


def _fault(line: int, column: str, found: str, kind: str) -> Fault:
    return Fault(OWN_COUNTIES, str(line), column, excerpt(found), phrases.text(f"place.own_allowed_{kind}"),
                 phrases.text(f"place.own_remedy_{kind}"))


def own_units(path: Path) -> list[Mapping[str, str]]:
    """The rows of a county's own list of units, which the intake has checked; none where there is no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        return [{name: cell or "" for name, cell in row.items() if name} for row in csv.DictReader(stream)]
