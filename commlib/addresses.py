"""Folders here or elsewhere: a path, or an address such as `s3://bucket/site` that is used like one (by universal-pathlib).

A folder is at an address exactly where it is no `pathlib.Path`: nothing of the libraries for addresses is loaded before.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from commlib import phrases
from commlib.errors import ParameterError, StoreError

_HERE = ("", "file", "local")


def located(text: str) -> Path:
    """The folder that a path or an address means; raises ParameterError where no library here can reach it."""
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath

        found = UPath(text, use_listings_cache=False)   # others write there too
        if found.protocol in _HERE:
            return Path(found.path)
        assert found.fs   # loads what reaches it
    except ImportError:
        raise ParameterError(phrases.text("address.no_library", found=text)) from None
    except ValueError as problem:
        raise ParameterError(phrases.text("address.unknown", found=text, problem=problem)) from None
    return cast(Path, found)


def is_here(folder: Path) -> bool:
    """Whether a folder is one of this machine's file system, not at an address."""
    return isinstance(folder, Path)


def names_by_folder(root: Path, folders: Iterable[str] | None = None) -> dict[str, set[str]]:
    """The names in each of these folders below a root ("": itself), in all where none is named; a missing one is empty.

    It costs one look at each folder, at an address one listing of them all. Raises StoreError where it cannot be reached.
    """
    if is_here(root):
        inside = [each.name for each in root.iterdir() if each.is_dir()] if folders is None and root.is_dir() else []
        found: dict[str, set[str]] = {name: set() for name in (["", *inside] if folders is None else folders)}
        for name in found:
            with suppress(FileNotFoundError, NotADirectoryError):
                found[name] = set(os.listdir(root / name))  # noqa: PTH208 (no Path for each of 100,000 pages)
        return found
    place: Any = root
    listed: defaultdict[str, set[str]] = defaultdict(set)
    with reaching(root):
        for path in place.fs.find(place.path):
            folder, _, name = path.removeprefix(f"{place.path.rstrip('/')}/").rpartition("/")
            listed[folder].add(name)
    return dict(listed) if folders is None else {name: listed[name] for name in folders}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half; raises StoreError where it cannot.

    At an address this is as true as the service there is: one put of an object store is whole or nothing.
    """
    if not is_here(path):
        with reaching(path), TemporaryDirectory(prefix="commlib-") as folder:
            (copy := Path(folder, path.name)).write_bytes(content)
            cast(Any, path).fs.put_file(str(copy), cast(Any, path).path)   # which tells the service what kind of file it is
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise StoreError(phrases.text("publish.not_written", path=path, reason=error.strerror or error)) from error


def remove(path: Path) -> None:
    """Remove a file; a missing one is no error. Raises StoreError where its address cannot be reached."""
    if is_here(path):
        path.unlink(missing_ok=True)
    else:
        with reaching(path):
            path.unlink(missing_ok=True)


@contextmanager
def reaching(path: Path) -> Iterator[None]:
    """Tell whatever goes wrong at an address as an error of ours: each service has errors of its own."""
    try:
        yield
    except Exception as problem:
        raise StoreError(phrases.text("address.unreachable", found=path, problem=problem)) from problem
