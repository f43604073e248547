"""Questions: one value, the audit of reports, and the lists of what there is."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from commlib.bilingual import Language
from commlib.commands.shared import AnyFormat, Format, Period, WordsLanguage, app, both, say, show
from commlib.errors import ParameterError
from commlib.home import find_home
from commlib.listings import (
    VERDICT_COLUMNS,
    indicator_rows,
    item_rows,
    measure_rows,
    place_rows,
    rule_rows,
    standard_rows,
    table_rows,
    verdict_rows,
)


class SchemaFormat(StrEnum):
    """How `parameters` answers."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    SCHEMA = "schema"


class AnswerFormat(StrEnum):
    """How `value` answers."""

    TEXT = "text"
    JSON = "json"


@app.command(help=both("cli.audit"))
def audit(
    data: Annotated[Path | None, typer.Option(metavar="DIR", help=both("cli.data"))] = None,
    output: AnyFormat = Format.TEXT,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Recompute what reports state and give a verdict on each."""
    from commlib.audit import audit_reports
    from commlib.intake.reported import read_reported

    verdicts = audit_reports(*read_reported(data or find_home().data / "reported"))
    show(verdict_rows(verdicts, lang), VERDICT_COLUMNS, output)


@app.command(help=both("cli.value"))
def value(
    asked: Annotated[str, typer.Argument(metavar="ID", help=both("cli.id"))],
    county: Annotated[str, typer.Option(metavar="CODE", help=both("cli.county"))],
    place: Annotated[str | None, typer.Option(metavar="CODE_OR_NAME", help=both("cli.place"))] = None,
    period: Period = None,
    output: Annotated[AnswerFormat, typer.Option("--format", help=both("cli.format"))] = AnswerFormat.TEXT,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Answer one indicator or measure at one place."""
    from commlib.answer import answer, known_place, question
    from commlib.runner.parameters import check_period
    from commlib.view import open_county

    if period is not None and (fault := check_period(period)):
        raise ParameterError(fault)
    understood = question(asked)
    view = open_county(county, period, lang)
    if view.place.resolved:
        say(view.place.resolved)
    found = answer(view, understood, known_place(view, place))
    if output is AnswerFormat.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(understood.label[lang])
    answers = [found, *found.pop("members", {}).values()]
    show([{name: _plain(cell) for name, cell in each.items()} for each in answers], tuple(found), Format.TEXT)


@app.command(help=both("cli.indicators"))
def indicators(output: AnyFormat = Format.TEXT) -> None:
    """List every indicator."""
    show(indicator_rows(), (), output)


@app.command(help=both("cli.measures"))
def measures(output: AnyFormat = Format.TEXT) -> None:
    """List every measure."""
    show(measure_rows(), (), output)


@app.command(help=both("cli.tables"))
def tables(output: AnyFormat = Format.TEXT) -> None:
    """List every column of every table."""
    show(table_rows(find_home()), (), output)


@app.command(help=both("cli.rules"))
def rules(output: AnyFormat = Format.TEXT) -> None:
    """List every rule."""
    show(rule_rows(find_home()), (), output)


@app.command(help=both("cli.standards"))
def standards(
    standard: Annotated[str | None, typer.Argument(metavar="[ID]", help=both("cli.standard"))] = None,
    output: AnyFormat = Format.TEXT,
) -> None:
    """List every standard, or the items of one."""
    home = find_home()
    show(item_rows(standard, home) if standard else standard_rows(home), (), output)


@app.command(help=both("cli.parameters"))
def parameters(
    notebooks: Annotated[list[str] | None, typer.Argument(metavar="[NOTEBOOK]...", help=both("cli.notebooks"))] = None,
    output: Annotated[SchemaFormat, typer.Option("--format", help=both("cli.parameter_format"))] = SchemaFormat.TEXT,
) -> None:
    """List what the notebooks may be given, or write their JSON schemas by notebook."""
    from commlib.places import place_book
    from commlib.runner.notebooks import choose_notebooks, read_notebooks
    from commlib.runner.options import parameter_rows, schema_of

    home = find_home()
    chosen = choose_notebooks(read_notebooks(home), notebooks or [])
    if output is SchemaFormat.SCHEMA:
        schemas = {each.id: schema_of(each, place_book(home)) for each in chosen}
        typer.echo(json.dumps(next(iter(schemas.values())) if len(schemas) == 1 else schemas, ensure_ascii=False))
    else:
        show(parameter_rows(chosen), (), Format(output.value))


@app.command(help=both("cli.places"))
def places(output: AnyFormat = Format.TEXT) -> None:
    """List every county and declared slug."""
    show(place_rows(find_home()), (), output)


def _plain(cell: Any) -> str:
    if isinstance(cell, list):
        return ";".join(cell)
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return "—" if cell is None else str(cell)
