"""The summary of a run as a file: what a scheduler or a mail reads, true however the run ends."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commlib import phrases
from commlib.bilingual import Text
from commlib.commands.shared import both
from commlib.errors import CommlibError, StoreError

if TYPE_CHECKING:
    from commlib.runner.run import Summary

INTERRUPTED, TERMINATED = 130, 143   # exit codes, as shells have them: 128 and the number of the signal


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which a scheduler sends: the run ends as on Ctrl-C."""


@contextmanager
def summarised(path: Path | None, summary: Summary) -> Iterator[None]:
    """Keep the file true while a run fills its summary, and say how to go on where the run is interrupted.

    Raises StoreError where the file cannot be written, before anything is run.
    """
    said = _Said(path, summary, datetime.now(UTC))
    said.write("running")
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except CommlibError as error:
        said.write("error", error.exit_code, error.message)
        raise
    except KeyboardInterrupt as stop:
        code = TERMINATED if isinstance(stop, _Terminated) else INTERRUPTED
        said.write("interrupted", code)
        typer.echo("\n" + both("run.interrupted", command=_resuming()), err=True)
        raise typer.Exit(code) from None
    except Exception as fault:
        said.write("error", 1, Text(zh=repr(fault), en=repr(fault)))
        raise
    else:
        said.write("failed" if summary.failures else "ok", 1 if summary.failures else 0)
    finally:
        signal.signal(signal.SIGTERM, before)


class _Said:
    """The file of one run, written anew whenever there is something to say; no file where no path is given."""

    def __init__(self, path: Path | None, summary: Summary, started: datetime) -> None:
        self.path, self.summary, self.started = path, summary, started

    def write(self, status: str, code: int | None = None, error: Text | None = None) -> None:
        """Write it whole or not at all; raises StoreError."""
        if self.path is None:
            return
        whole = json.dumps(self._record(status, code, error), ensure_ascii=False, indent=1) + "\n"
        temporary = self.path.with_name(f".{self.path.name}.tmp")
        try:
            temporary.write_text(whole, encoding="utf-8")
            temporary.replace(self.path)
        except OSError as problem:
            raise StoreError(phrases.text("publish.not_written", path=self.path, reason=problem.strerror or problem)) from None

    def _record(self, status: str, code: int | None, error: Text | None) -> dict[str, Any]:
        known, shop = self.summary, self.summary.workshop
        failed = len(known.failures)
        return {
            "status": status, "exit_code": code, "command": invoked(),
            "started": self.started.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds") if code is not None else None,
            "out": str(shop.out) if shop else None,
            "index": known.index.relative_to(shop.out).as_posix() if shop and known.index else None,
            "counts": {"due": known.due, "done": len(known.outcomes) - failed, "failed": failed,
                       "left": known.due - len(known.outcomes), "unchanged": known.unchanged, "skipped": len(known.skipped)},
            "failures": [{**each.record(), "kept": kept.relative_to(shop.out).as_posix() if kept.is_file() else None}
                         for each in known.failures if shop for kept in [shop.kept(each.item)]],
            "error": {"zh": error.zh, "en": error.en} if error else None,
            "resume": _resuming() if status == "interrupted" else None,
        }


def invoked(arguments: list[str] | None = None) -> str:
    """This command line as one would type it, or that of the same program with other arguments."""
    program = sys.argv[0]
    if Path(program).name == "__main__.py":
        words = [sys.executable, "-m", "commlib"]
    else:
        words = ["commlib" if shutil.which("commlib") == program else program]
    return shlex.join([*words, *(sys.argv[1:] if arguments is None else arguments)])


def _resuming() -> str:
    """The command that goes on where this one stopped: without `--force`, which would begin anew."""
    command, *rest = [each for each in sys.argv[1:] if each not in ("--force", "--resume")] or ["run"]
    return invoked([command, "--resume", *rest])


def _terminate(number: int, frame: Any) -> None:
    raise _Terminated
