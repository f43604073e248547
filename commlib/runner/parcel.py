"""The project as one archive, named by what it holds, through which other machines get it whole and once."""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
import time
from importlib import metadata
from io import BytesIO
from pathlib import Path

from filelock import FileLock

from commlib.addresses import reaching, write_whole
from commlib.home import Home
from commlib.runner.keys import code_hash, lock_file, modules
from commlib.runner.pages import DISTRIBUTION
from commlib.store import open_store, settle

_STORE = Path("outputs", "store")
_READY = ".ready"   # stands in an unpacked project; its time is that of the last use
_KEPT = 14 * 86400.0   # seconds


def pack(home: Home, folder: Path) -> Path:
    """Lay the project's data, notebooks, lock and built store in a folder, which may be at an address; gives the archive.

    Nothing is written where it lies there already. Raises StoreError where the folder cannot be reached.
    """
    store = open_store(home).root
    lock = lock_file(home.root)
    files = {path.relative_to(home.root): path for part in (home.data, home.notebooks) for path in sorted(part.rglob("*"))
             if path.is_file() and not any(name.startswith(".") for name in path.relative_to(home.root).parts)}
    files |= {Path(lock.name): lock} if lock else {}
    digest = hashlib.blake2b(store.name.encode(), digest_size=16)
    for name, path in files.items():
        digest.update(f"{name.as_posix()} {hashlib.blake2b(path.read_bytes()).hexdigest()}\n".encode())
    archive = folder / f"commlib-{digest.hexdigest()}.tar.gz"
    with reaching(archive):
        if archive.is_file():
            return archive
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1, dereference=True) as packed:
        for name, path in files.items():
            packed.add(path, name)
        packed.add(store, _STORE / store.name)
        packed.add(store.with_name("CURRENT"), _STORE / "CURRENT")
    write_whole(archive, content.getvalue())
    return archive


def unpack(archive: Path, folder: Path) -> Home:
    """The project of an archive, unpacked below a folder of this machine unless it stands there; its outputs are in it.

    Raises StoreError where the archive cannot be read.
    """
    home = Home(folder / archive.name.partition(".")[0])
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(home.root.with_suffix(".lock")):   # several workers of one machine come at once
        if not (home.root / _READY).is_file():
            shutil.rmtree(home.root, ignore_errors=True)
            with reaching(archive), tarfile.open(fileobj=BytesIO(archive.read_bytes())) as packed:
                packed.extractall(home.root, filter="data")
            settle(home, home.root / _STORE)
        (home.root / _READY).touch()
        for old in folder.glob(f"*/{_READY}"):
            if time.time() - old.stat().st_mtime > _KEPT:
                shutil.rmtree(old.parent, ignore_errors=True)
    return home


def needed(home: Home) -> dict[str, str]:
    """What must be the same on every machine for the same pages: our code with all it reads, and the libraries' versions."""
    try:
        asked = [re.split(r"[^\w.-]", each)[0] for each in metadata.requires(DISTRIBUTION) or () if "extra ==" not in each]
    except metadata.PackageNotFoundError:
        asked = []
    return {"commlib": code_hash(home, modules()), **{name: metadata.version(name) for name in asked}}
