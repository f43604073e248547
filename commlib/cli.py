"""The command line: thin, its heavy parts loaded by the command that needs them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from commlib import phrases
from commlib.bilingual import Language
from commlib.errors import CommlibError, ParameterError

if TYPE_CHECKING:
    from commlib.runner.run import Summary


class Format(StrEnum):
    """How a command answers."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


class AnswerFormat(StrEnum):
    """How `value` answers."""

    TEXT = "text"
    JSON = "json"


class _Commands(TyperGroup):
    """The commands; what the user can mend is said in both languages and ends with the error's exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommlibError as error:
            for language in Language:
                typer.echo(error.say(language), err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("\n" + _both("run.interrupted"), err=True)
            raise typer.Exit(130) from None


def _both(key: str, **values: Any) -> str:
    text = phrases.text(key, **values)
    return f"{text.zh} / {text.en}"


app = typer.Typer(cls=_Commands, name="commlib", help=_both("cli.commlib"), no_args_is_help=True, add_completion=False,
                  rich_markup_mode=None, pretty_exceptions_enable=False)

AnyFormat = Annotated[Format, typer.Option("--format", help=_both("cli.format"))]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", help=_both("cli.out"))]
WordsLanguage = Annotated[Language, typer.Option("--lang", help=_both("cli.words"))]


@app.command(help=_both("cli.run"))
def run(
    notebooks: Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK]...", help=_both("cli.notebooks"))] = None,
    county: Annotated[str | None, typer.Option(metavar="CODE[,CODE]|all", help=_both("cli.counties"))] = None,
    period: Annotated[str | None, typer.Option(help=_both("cli.period"))] = None,
    lang: Annotated[str, typer.Option(metavar="zh,en", help=_both("cli.languages"))] = "zh,en",
    jobs: Annotated[int | None, typer.Option(help=_both("cli.jobs"))] = None,
    out: OutFolder = None,
    force: Annotated[bool, typer.Option("--force", help=_both("cli.force"))] = False,
    only_failed: Annotated[bool, typer.Option("--only-failed", help=_both("cli.only_failed"))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=_both("cli.resume"))] = False,
) -> None:
    """Run what changed and publish its pages."""
    from commlib.home import find_home
    from commlib.runner.changes import Choice
    from commlib.runner.dispatch import default_jobs
    from commlib.runner.run import run as run_all

    if jobs is not None and jobs < 1:
        raise ParameterError(phrases.text("parameter.bad_jobs", found=jobs))
    choice = Choice.FAILED if only_failed else Choice.ALL if force else Choice.CHANGED
    command = " ".join(["commlib", *sys.argv[1:]])
    summary = run_all(find_home(), notebooks or [], county, period, _languages(lang), jobs or default_jobs(), out, choice,
                      command)
    if resume:
        _say_before(summary)
    _say_summary(summary)


@app.command(help=_both("cli.plan"))
def plan(
    notebooks: Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK]...", help=_both("cli.notebooks"))] = None,
    county: Annotated[str | None, typer.Option(metavar="CODE[,CODE]|all", help=_both("cli.counties"))] = None,
    period: Annotated[str | None, typer.Option(help=_both("cli.period"))] = None,
    lang: Annotated[str, typer.Option(metavar="zh,en", help=_both("cli.languages"))] = "zh,en",
    out: OutFolder = None,
    output: AnyFormat = Format.TEXT,
) -> None:
    """List the work as data: each item with the reason why it runs or does not."""
    from commlib.home import find_home
    from commlib.runner.changes import PLAN_COLUMNS, plan_rows
    from commlib.runner.run import prepare

    languages = _languages(lang)
    work = prepare(find_home(), notebooks or [], county, period, languages, out)
    _show(plan_rows(work.weighed(), work.planned.skipped, languages[0]), PLAN_COLUMNS, output)


@app.command(help=_both("cli.runs"))
def runs(out: OutFolder = None, output: AnyFormat = Format.TEXT) -> None:
    """List every run."""
    from commlib.home import find_home
    from commlib.runner.changes import RUN_COLUMNS, run_rows
    from commlib.runner.run import ledger_in

    _show(run_rows(ledger_in(find_home(), out)), RUN_COLUMNS, output)


@app.command(help=_both("cli.failures"))
def failures(out: OutFolder = None, output: AnyFormat = Format.TEXT) -> None:
    """List every item that failed or was left undone."""
    from commlib.home import find_home
    from commlib.runner.changes import FAILURE_COLUMNS, failure_rows
    from commlib.runner.run import ledger_in

    _show(failure_rows(ledger_in(find_home(), out)), FAILURE_COLUMNS, output)


@app.command(help=_both("cli.audit"))
def audit(
    data: Annotated[Path | None, typer.Option(metavar="DIR", help=_both("cli.data"))] = None,
    output: AnyFormat = Format.TEXT,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Recompute what reports state and give a verdict on each."""
    from commlib.audit import audit_reports
    from commlib.home import find_home
    from commlib.intake.reported import read_reported
    from commlib.listings import VERDICT_COLUMNS, verdict_rows

    verdicts = audit_reports(*read_reported(data or find_home().data / "reported"))
    _show(verdict_rows(verdicts, lang), VERDICT_COLUMNS, output)


@app.command(help=_both("cli.value"))
def value(
    asked: Annotated[str, typer.Argument(metavar="ID", help=_both("cli.id"))],
    county: Annotated[str, typer.Option(metavar="CODE", help=_both("cli.county"))],
    place: Annotated[str | None, typer.Option(metavar="CODE_OR_NAME", help=_both("cli.place"))] = None,
    period: Annotated[str | None, typer.Option(help=_both("cli.period"))] = None,
    output: Annotated[AnswerFormat, typer.Option("--format", help=_both("cli.format"))] = AnswerFormat.TEXT,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Answer one indicator or measure at one place."""
    from commlib.answer import answer, known_place, question
    from commlib.runner.parameters import check_period
    from commlib.view import open_county

    if period and (fault := check_period(period)):
        raise ParameterError(fault)
    understood = question(asked)
    view = open_county(county, period, lang)
    found = answer(view, understood, known_place(view, place))
    if output is AnswerFormat.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(understood.label[lang])
    answers = [found, *found.pop("members", {}).values()]
    _show([{name: _plain(cell) for name, cell in each.items()} for each in answers], tuple(found), Format.TEXT)


@app.command(help=_both("cli.indicators"))
def indicators(output: AnyFormat = Format.TEXT) -> None:
    """List every indicator."""
    from commlib.listings import indicator_rows

    _show(indicator_rows(), (), output)


@app.command(help=_both("cli.measures"))
def measures(output: AnyFormat = Format.TEXT) -> None:
    """List every measure."""
    from commlib.listings import measure_rows

    _show(measure_rows(), (), output)


@app.command(help=_both("cli.tables"))
def tables(output: AnyFormat = Format.TEXT) -> None:
    """List every column of every table."""
    from commlib.listings import table_rows

    _show(table_rows(), (), output)


@app.command(help=_both("cli.places"))
def places(output: AnyFormat = Format.TEXT) -> None:
    """List every county and declared slug."""
    from commlib.home import find_home
    from commlib.listings import place_rows

    _show(place_rows(find_home()), (), output)


def _languages(given: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in given.split(",")))


def _say_before(summary: Summary) -> None:
    before = summary.before
    typer.echo(_both("run.no_before") if before is None else _both(
        "run.before", run=before.run, started=before.started, done=before.done, failed=before.failed,
        left=before.due - before.done - before.failed))


def _say_summary(summary: Summary) -> None:
    for each in summary.failures:
        what = " ".join(part for part in (each.item.notebook.id, each.item.county, each.item.language) if part)
        typer.echo(f"{_both('run.failure')} {what}: {each.first_line}")
    failed = len(summary.failures)
    typer.echo(_both("run.counts", done=len(summary.outcomes) - failed, failed=failed, skipped=summary.skipped,
                     unchanged=summary.unchanged))
    typer.echo(f"{_both('run.index')}: {summary.index}")
    if failed:
        raise typer.Exit(1)


def _show(rows: Sequence[dict[str, str]], columns: Sequence[str], output: Format) -> None:
    """Write rows to stdout; `columns` are needed only where there may be no row."""
    names = columns or (list(rows[0]) if rows else [])
    if output is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif output is Format.CSV:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
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


def _plain(cell: Any) -> str:
    if isinstance(cell, list):
        return ";".join(cell)
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return "—" if cell is None else str(cell)


def main() -> None:
    """Run the command line."""
    app()
