"""Runs at set times: the same command as a line for cron and as a service with its timer for systemd."""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from commlib import phrases
from commlib.commands.shared import app, both
from commlib.errors import ParameterError
from commlib.home import find_home

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LAST_DAY = 28   # that every month has
_UNIT = "commlib-run"


@dataclass(frozen=True, slots=True)
class Job:
    """A command with its working folder and its part of the environment."""

    command: tuple[str, ...]
    folder: str
    environment: tuple[tuple[str, str], ...]

    def cron(self, times: str) -> str:
        """The line for cron, where a percent sign would end the command."""
        settings = [f"{name}={shlex.quote(value)}" for name, value in self.environment]
        line = f"cd {shlex.quote(self.folder)} && {' '.join(['env', *settings])} {shlex.join(self.command)}"
        return f"{times} {line}".replace("%", r"\%")

    def service(self) -> str:
        """The service for systemd, where percent and dollar signs are written twice."""
        settings = [f"Environment={_quoted(f'{name}={value}')}" for name, value in self.environment]
        command = " ".join(_quoted(word).replace("$", "$$") for word in self.command)
        return "\n".join(["[Unit]", "Description=commlib run", "", "[Service]", "Type=oneshot",
                          f"WorkingDirectory={self.folder.replace('%', '%%')}", *settings, f"ExecStart={command}"])


@app.command(help=both("cli.schedule"), context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def schedule(
    context: typer.Context,
    at: Annotated[str, typer.Option(metavar="HH:MM", help=both("cli.at"))],
    monthly: Annotated[int | None, typer.Option(metavar="DAY", help=both("cli.monthly"))] = None,
    weekly: Annotated[str | None, typer.Option(metavar="|".join(WEEKDAYS), help=both("cli.weekly"))] = None,
    daily: Annotated[bool, typer.Option("--daily", help=both("cli.daily"))] = False,
) -> None:
    """Print how to run the given options of `run` at set times."""
    cron, calendar = times(at, monthly, weekly, daily)
    job = this_job(_checked(context))
    folder = "~/.config/systemd/user"
    parts = [f"# {both('schedule.cron')}", job.cron(cron), "",
             f"# {both('schedule.unit', path=f'{folder}/{_UNIT}.service')}", job.service(), "",
             f"# {both('schedule.unit', path=f'{folder}/{_UNIT}.timer')}", timer(calendar), "",
             f"# {both('schedule.enable')}: systemctl --user enable --now {_UNIT}.timer"]
    typer.echo("\n".join(parts))


def times(at: str, monthly: int | None = None, weekly: str | None = None, daily: bool = False) -> tuple[str, str]:
    """When to run, as cron and as systemd write it, in the machine's own time; raises ParameterError."""
    found = _TIME.fullmatch(at)
    if not found:
        raise ParameterError(phrases.text("schedule.bad_time", found=at))
    if (monthly is not None) + (weekly is not None) + daily != 1:
        raise ParameterError(phrases.text("schedule.one_of"))
    hour, minute = found.groups()
    cron, clock = f"{int(minute)} {int(hour)}", f"{hour}:{minute}:00"
    if daily:
        return f"{cron} * * *", f"*-*-* {clock}"
    if weekly is not None:
        if weekly.lower() not in WEEKDAYS:
            raise ParameterError(phrases.text("schedule.bad_weekday", found=weekly, known=", ".join(WEEKDAYS)))
        return f"{cron} * * {weekly.lower()}", f"{weekly.capitalize()} *-*-* {clock}"
    if not 1 <= (monthly or 0) <= _LAST_DAY:
        raise ParameterError(phrases.text("schedule.bad_day", found=monthly))
    return f"{cron} {monthly} * *", f"*-*-{monthly:02d} {clock}"


def this_job(arguments: list[str]) -> Job:
    """The run with these arguments, by this very Python, as it would go from here; raises ParameterError."""
    settings = {"COMMLIB_HOME": str(find_home().root)}
    if outputs := os.environ.get("COMMLIB_OUTPUTS"):
        settings["COMMLIB_OUTPUTS"] = str(Path(outputs).resolve())
    job = Job((sys.executable, "-m", "commlib", "run", *arguments), str(Path.cwd()), tuple(settings.items()))
    for word in (*job.command, job.folder, *settings.values()):
        if not word.isprintable():
            raise ParameterError(phrases.text("schedule.bad_word", found=word.encode("unicode_escape").decode()))
    return job


def timer(calendar: str) -> str:
    """The timer for systemd; a run that was missed while the machine was off is made up for."""
    return "\n".join(["[Unit]", "Description=commlib run", "", "[Timer]", f"OnCalendar={calendar}", "Persistent=true", "",
                      "[Install]", "WantedBy=timers.target"])


def _checked(context: Any) -> list[str]:
    """The arguments of the run, as that command understands them; it raises a usage error where it does not."""
    arguments = list(context.args)
    context.parent.command.get_command(context.parent, "run").make_context("run", list(arguments), parent=context.parent)
    return arguments


def _quoted(word: str) -> str:
    """A word of a unit file: quoted, with what systemd would replace written twice."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
