"""What the store follows from: data, releases and the code that reads them; its stamps and its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from commlib.home import Home

_LEFT_OUT = "demo"   # of the data: returns that are taken in, and only then become part of the store
# What the stored facts follow from, beside the data: when one of these changes, the store is built again.
_CODE = ("declarations", "intake", "indicators/compute.py", "indicators/held.py", "indicators/hierarchy.py",
         "hedges.py", "periods.py", "placelists.py", "placenames.py", "places.py", "slices.py", "store.py", "store_build.py",
         "store_inputs.py", "units.py")


def _inputs(home: Home) -> list[Path]:
    package = Path(__file__).parent
    code = [path for name in _CODE for path in (package / name, *(package / name).rglob("*"))]
    data = [path for path in home.data.rglob("*") if path.relative_to(home.data).parts[0] != _LEFT_OUT]
    # Data after code, whatever the folders are called: two homes with the same data have the same store. Of a release, which
    # never changes once it is there, the record alone: it holds the fingerprint of all that the release followed from.
    return [path for files in (code, data, (home.outputs / "releases").glob("[0-9]*/release.json")) for path in sorted(files)
            if path.is_file() and path.suffix in {".py", ".toml", ".csv", ".parquet", ".json", ".yml"}]


def stamps_of(home: Home) -> dict[str, list[int]]:
    """Size and time of change of every file that the store follows from, by its path."""
    return {str(path): [path.stat().st_size, path.stat().st_mtime_ns] for path in _inputs(home)}


def fingerprint_of(paths: Iterable[str | Path]) -> str:
    """The fingerprint of the names and contents of files, in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for path in map(Path, paths):
        digest.update(path.name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def vintage_of(paths: Iterable[str]) -> str:
    """The vintage of the data among these files: what a page shows, the same whatever code made it."""
    return fingerprint_of(path for path in paths if not Path(path).is_relative_to(Path(__file__).parent))[:12]


def register_key(home: Home) -> str:
    """The fingerprint of all that the facts of the register alone follow from."""
    return fingerprint_of(path for path in _inputs(home) if path.is_relative_to(Path(__file__).parent)
                          or any(path.is_relative_to(home.data / part) for part in ("register", "places")))
