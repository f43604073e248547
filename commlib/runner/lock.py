"""One run at a time in a folder of outputs: the second is refused and told who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from commlib import phrases
from commlib.errors import StoreError


@contextmanager
def held(folder: Path, command: str) -> Iterator[None]:
    """Hold a folder for one run; the operating system lets go of it when the process ends, however it ends.

    Raises StoreError naming process, machine, start and command of the run that holds it, or where it cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / "held.json"
    lock = FileLock(folder / "held.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(phrases.text("keeping.held", folder=folder, **_holder(holder))) from None
    except OSError as problem:
        raise StoreError(phrases.text("error.cannot_write", path=folder, problem=problem)) from None
    try:
        _say(holder, command)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _say(holder: Path, command: str) -> None:
    said = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": command}
    try:
        holder.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    except OSError as problem:
        raise StoreError(phrases.text("error.cannot_write", path=holder, problem=problem)) from None


def _holder(path: Path) -> dict[str, str]:
    """What the run that holds a folder says of itself; question marks where it has not said it yet."""
    names = ("pid", "host", "since", "command")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(said[name]) for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        return dict.fromkeys(names, "?")
