"""What the commands share: the application, options that several take, and how they answer."""

from __future__ import annotations

import csv
import errno
import io
import json
import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from commlib import phrases
from commlib.addresses import located
from commlib.bilingual import Language, Text
from commlib.errors import CommlibError, ParameterError, StoreError
from commlib.formatting import no_formula

_NUMBER = re.compile(r"-?[0-9.]+")
UsageError: type[Exception] = typer.BadParameter.__mro__[1]   # typer gives it no public name


class Format(StrEnum):
    """How a command answers."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


class _Commands(TyperGroup):
    """The commands; what the user can mend is said in both languages and ends with the error's exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return self._invoke(ctx)
        except CommlibError as error:
            for language in Language:
                typer.echo(error.say(language), err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    def _invoke(self, ctx: Any) -> Any:
        """Run the command, with what it was given wrongly and what the system refuses told as errors of ours."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            command = (getattr(error, "ctx", None) or ctx).command_path
            raise ParameterError(phrases.text("usage.wrong", problem=_problem(error), help=f"{command} --help")) from None
        except OSError as problem:
            if problem.errno == errno.EPIPE:   # whoever read our answers has gone
                raise
            raise StoreError(phrases.text("error.system", problem=problem)) from problem


def _problem(error: Any) -> Text:
    """What is wrong with a command line, from the error of the library that reads it."""
    if hasattr(error, "possibilities"):
        return phrases.text("usage.no_option", found=error.option_name, near=", ".join(error.possibilities or ["—"]))
    parameter = getattr(error, "param", None)
    if parameter is None:
        return phrases.text("usage.other", problem=error.format_message())
    name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar or parameter.name
    if type(error).__name__.startswith("Missing"):
        return phrases.text("usage.missing", name=name)
    return phrases.text("usage.bad_value", name=name, problem=error.message.rstrip("."))


def both(key: str, **values: Any) -> str:
    """A phrase in both languages on one line."""
    text = phrases.text(key, **values)
    return f"{text.zh} / {text.en}"


def say(text: Text) -> None:
    """Say a sentence in both languages on stderr, beside the answer."""
    for language in Language:
        typer.echo(text[language], err=True)


app = typer.Typer(cls=_Commands, name="commlib", help=both("cli.commlib"), no_args_is_help=True, add_completion=False,
                  rich_markup_mode=None, pretty_exceptions_enable=False)

AnyFormat = Annotated[Format, typer.Option("--format", help=both("cli.format"))]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR|URL", parser=located, help=both("cli.out"))]
WordsLanguage = Annotated[Language, typer.Option("--lang", help=both("cli.words"))]
Period = Annotated[str | None, typer.Option(help=both("cli.period"))]


def show(rows: Sequence[dict[str, str]], columns: Sequence[str], output: Format) -> None:
    """Write rows to stdout; `columns` are needed only where there may be no row."""
    names = columns or (list(rows[0]) if rows else [])
    if output is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif output is Format.CSV:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell if _NUMBER.fullmatch(str(cell)) else no_formula(cell) for name, cell in row.items()}
                         for row in rows)
        typer.echo(stream.getvalue(), nl=False)
    else:
        _show_table(rows, names)


def _show_table(rows: Sequence[dict[str, str]], names: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as RichText

    table = Table(*names, box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*(RichText(str(row[name])) for name in names))
    Console(width=None if sys.stdout.isatty() else 1000).print(table)   # a pipe has no width
