"""The content of every slice of a store as a hash, worked out when it is built, so that a run compares without reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from commlib import phrases
from commlib.declarations.alarms import OWN_THRESHOLDS
from commlib.errors import StoreError
from commlib.home import Home
from commlib.placelists import OWN_COUNTIES
from commlib.places import NAME_LISTS
from commlib.reads import EVERYTHING

ABSENT = "absent"
REGISTER_PART = "register"   # folder of the store with what was made of the register alone, for the next build to link
_FILE = "slices.json"


def write_slices(home: Home, folder: Path, reported: Iterable[str]) -> None:
    """Write the hash of every table file, of the lists of place names and of each county's units."""
    tables = [path for path in sorted(folder.rglob("*.parquet")) if path.stem != "_none"]
    found = {path.relative_to(folder).with_suffix("").as_posix(): _hash(path.read_bytes()) for path in tables}
    lists = [path for name in NAME_LISTS if (path := home.data / "register" / name).is_file()]
    lists += [path for path in [home.data / "places" / OWN_COUNTIES] if path.is_file()]
    found["places"] = _hash(b"\0".join(path.read_bytes() for path in lists))
    found["alarms"] = _hash(own.read_bytes() if (own := home.data / OWN_THRESHOLDS).is_file() else b"")
    found["reported"] = _hash(json.dumps(list(reported)).encode())
    for part in sorted(path for path in home.data.iterdir() if path.is_dir()):   # for who reads the files themselves
        files = sorted(path for path in part.iterdir() if path.suffix in (".csv", ".parquet", ".yml"))
        found[f"data/{part.name}"] = _hash(b"".join(_hash(path.read_bytes()).encode() for path in files))
    (folder / _FILE).write_text(json.dumps(found | _townships(home)))


def read_slices(folder: Path) -> dict[str, str]:
    """The hashes of a store's slices by name; raises StoreError where they cannot be read."""
    try:
        return dict(json.loads((folder / _FILE).read_text()))
    except (OSError, ValueError, TypeError) as problem:
        raise StoreError(phrases.text("error.damaged_store", path=_FILE, problem=problem)) from None


def slice_hash(slices: Mapping[str, str], name: str) -> str:
    """The hash of one slice, of all of a folder (`facts/*`) or of everything (`*`); `absent` where there is none."""
    if not name.endswith(EVERYTHING):
        return slices.get(name, ABSENT)
    inside = sorted(item for item in slices.items() if item[0].startswith(name.removesuffix(EVERYTHING)))
    return _hash(json.dumps(inside).encode())


def _townships(home: Home) -> dict[str, str]:
    """The townships of each county in the register, with the units that the project declares in it."""
    import pyarrow.parquet as parquet

    rows: dict[str, list[str]] = {}
    register = home.data / "register" / "townships.parquet"
    if register.is_file():   # the intake has refused its absence where it matters
        for row in parquet.read_table(register, columns=["code", "name"]).to_pylist():
            rows.setdefault(f"townships/{row['code'][:6]}", []).append(f"{row['code']} {row['name']}")
    for path in sorted((home.data / "places").glob("*.csv")):
        if path.name != OWN_COUNTIES:
            rows.setdefault(f"townships/{path.stem}", []).append(_hash(path.read_bytes()))
    return {name: _hash("\n".join(lines).encode()) for name, lines in rows.items()}


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
