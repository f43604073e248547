"""Running: what changed is run and published, listed before, and looked up after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commlib import phrases
from commlib.addresses import located
from commlib.commands.shared import AnyFormat, Format, OutFolder, Period, app, both, say, show
from commlib.errors import ParameterError
from commlib.home import find_home
from commlib.runner.children import Limits
from commlib.runner.progress import Mode, watching

if TYPE_CHECKING:
    from commlib.runner.cluster import Cluster
    from commlib.runner.run import Summary, Watch

Tell = Callable[[str], None]
Notebooks = Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK]...", help=both("cli.notebooks"))]
Counties = Annotated[str | None, typer.Option(metavar="CODE[,CODE]|all", help=both("cli.counties"))]
Parameters = Annotated[list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help=both("cli.parameter"))]
Languages = Annotated[str, typer.Option(metavar="zh,en", help=both("cli.languages"))]
Scheduler = Annotated[str | None, typer.Option(metavar="tcp://HOST:PORT", help=both("cli.cluster"))]
Exchange = Annotated[Path | None, typer.Option(metavar="DIR|URL", envvar="COMMLIB_STORE", parser=located, help=both("cli.store"))]
_LIMITS = Limits()
_SHOWN = 10   # of what does not apply


@app.command(help=both("cli.run"))
def run(
    notebooks: Notebooks = None,
    county: Counties = None,
    period: Period = None,
    lang: Languages = "zh,en",
    parameter: Parameters = None,
    jobs: Annotated[int | None, typer.Option(help=both("cli.jobs"))] = None,
    out: OutFolder = None,
    force: Annotated[bool, typer.Option("--force", help=both("cli.force"))] = False,
    only_failed: Annotated[bool, typer.Option("--only-failed", help=both("cli.only_failed"))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=both("cli.resume"))] = False,
    deadline: Annotated[float, typer.Option(metavar="SECONDS", help=both("cli.deadline"))] = _LIMITS.notebook,
    cell_deadline: Annotated[float | None, typer.Option(metavar="SECONDS", help=both("cli.cell_deadline"))] = None,
    memory: Annotated[int, typer.Option(metavar="MB", help=both("cli.memory"))] = _LIMITS.memory >> 20,
    summary: Annotated[Path | None, typer.Option(metavar="FILE", help=both("cli.summary"))] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help=both("cli.quiet"))] = False,
    progress: Annotated[Mode, typer.Option(help=both("cli.progress"))] = Mode.AUTO,
    cluster: Scheduler = None,
    store: Exchange = None,
) -> None:
    """Run what changed and publish its pages."""
    from commlib.commands.summary import invoked, summarised
    from commlib.runner import run as running
    from commlib.runner.changes import Choice
    from commlib.runner.dispatch import default_jobs

    known, languages = running.Summary(), _languages(lang)
    with summarised(summary, known):
        running.run(
            find_home(), notebooks or [], county, period, languages, jobs or default_jobs(), out,
            Choice.FAILED if only_failed else Choice.ALL if force else Choice.CHANGED, command=invoked(), summary=known,
            limits=_limits(jobs, deadline, cell_deadline, memory), cluster=_cluster(cluster, store), notify=say,
            options=parameter or [], watch=_watch(progress, quiet, languages[0]))
    tell = partial(typer.echo, err=progress is Mode.JSON)   # stdout then holds nothing else
    if not quiet:
        _say_before_and_skipped(known, tell, resume, named=bool(notebooks) or county not in (None, "all"))
    _say_summary(known, tell, quiet)
    if known.failures:
        raise typer.Exit(1)


@app.command(help=both("cli.plan"))
def plan(
    notebooks: Notebooks = None,
    county: Counties = None,
    period: Period = None,
    lang: Languages = "zh,en",
    parameter: Parameters = None,
    out: OutFolder = None,
    output: AnyFormat = Format.TEXT,
) -> None:
    """List the work as data: each item with the reason why it runs or does not."""
    from commlib.runner.changes import PLAN_COLUMNS, plan_rows
    from commlib.runner.run import prepare

    languages = _languages(lang)
    work = prepare(find_home(), notebooks or [], county, period, languages, out, parameter or [])
    for notice in work.planned.notices:
        say(notice)
    show(plan_rows(work.weighed(), work.planned.skipped, languages[0]), PLAN_COLUMNS, output)


@app.command(help=both("cli.runs"))
def runs(out: OutFolder = None, output: AnyFormat = Format.TEXT) -> None:
    """List every run."""
    from commlib.runner.changes import RUN_COLUMNS, run_rows
    from commlib.runner.run import ledger_in

    show(run_rows(ledger_in(find_home(), out)), RUN_COLUMNS, output)


@app.command(help=both("cli.failures"))
def failures(out: OutFolder = None, output: AnyFormat = Format.TEXT) -> None:
    """List every item that failed or was left undone."""
    from commlib.runner.changes import FAILURE_COLUMNS, failure_rows
    from commlib.runner.run import ledger_in

    show(failure_rows(ledger_in(find_home(), out)), FAILURE_COLUMNS, output)


def _watch(progress: Mode, quiet: bool, language: str) -> Watch:
    mode = Mode.NONE if quiet and progress is Mode.AUTO else progress
    return partial(watching, mode=mode, language=language, say=typer.echo)


def _cluster(scheduler: str | None, exchange: Path | None) -> Cluster | None:
    if scheduler is None:
        return None
    from commlib.runner.cluster import Cluster

    return Cluster(scheduler, find_home(), (exchange or find_home().outputs / "exchange").resolve())


def _languages(given: str) -> list[str]:
    return list(dict.fromkeys(part.strip(" ") for part in given.split(",")))


def _limits(jobs: int | None, deadline: float, cell_deadline: float | None, memory: int) -> Limits:
    given = {"--jobs": jobs, "--deadline": deadline, "--cell-deadline": cell_deadline, "--memory": memory}
    for option, found in given.items():
        if found is not None and not found > 0:
            raise ParameterError(phrases.text("parameter.not_positive", option=option, found=found))
    return Limits(deadline, _LIMITS.cell if cell_deadline is None else cell_deadline, memory << 20)


def _say_before_and_skipped(summary: Summary, tell: Tell, resume: bool, named: bool) -> None:
    """What the last run did, where one goes on from it; why something does not apply, where it was asked for by name."""
    before = summary.before
    if resume:
        tell(both("run.no_before") if before is None else both(
            "run.before", run=before.run, started=before.started, done=before.done, failed=before.failed,
            left=before.due - before.done - before.failed))
    if named:
        for each in summary.skipped[:_SHOWN]:
            tell(f"{both('run.not_applicable')} {each.notebook.id} {each.county}: {each.reason.zh} / {each.reason.en}")
        if len(summary.skipped) > _SHOWN:
            tell(both("run.more_skipped", count=len(summary.skipped) - _SHOWN))


def _say_summary(summary: Summary, tell: Tell, quiet: bool) -> None:
    for each in summary.failures:
        tell(f"{both('run.failure')} {each.name}: {each.first_line}")
    if not quiet:
        failed = len(summary.failures)
        tell(both("run.counts", done=len(summary.outcomes) - failed, failed=failed, skipped=len(summary.skipped),
                 unchanged=summary.unchanged))
        tell(f"{both('run.index')}: {summary.index}")
