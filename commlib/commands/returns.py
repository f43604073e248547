"""County returns: empty forms and fictional returns written, returns taken in and told sheet by sheet, releases compared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commlib import phrases
from commlib.bilingual import Language
from commlib.commands.shared import AnyFormat, Format, WordsLanguage, app, both, say, show
from commlib.errors import ParameterError, StoreError
from commlib.home import Home, find_home

if TYPE_CHECKING:
    from commlib.intake.receiving import Received, Source

_FIRST = 5   # faults of a sheet that are told; all are in the workbook
_SEVERITIES = ("error", "warning", "note")
_COLUMNS = ("number", "file", "received", "counties", "tables", "accepted", "refused")


@app.command(help=both("cli.demo"))
def demo(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=both("cli.demo_out"))] = None,
    seed: Annotated[int | None, typer.Option(help=both("cli.demo_seed"), min=0)] = None,
) -> None:
    """Write the fictional counties and their returns."""
    from commlib.demo.county import SEED
    from commlib.demo.make import demo as make
    from commlib.demo.make import write

    folder = out or find_home().data
    made = make(SEED if seed is None else seed)
    number = write(made, folder)
    typer.echo(both("demo.written", n=number, faults=len(made.faults), path=folder))


@app.command(help=both("cli.intake"))
def intake(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help=both("cli.intake_paths"))],
    county: Annotated[str, typer.Option(metavar="CODE", help=both("cli.intake_county"))] = "",
    period: Annotated[str, typer.Option(help=both("cli.intake_period"))] = "",
    table: Annotated[str, typer.Option(metavar="NAME", help=both("cli.intake_table"))] = "",
    mapped: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=COLUMN", help=both("cli.intake_map"))] = None,
    received: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help=both("cli.intake_received"))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=both("cli.dry_run"))] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=both("cli.intake_out"))] = None,
    output: AnyFormat = Format.TEXT,
    lang: WordsLanguage = Language.ZH,
    quiet: Annotated[bool, typer.Option("--quiet", help=both("cli.intake_quiet"))] = False,
) -> None:
    """Take returns in: files, folders or database addresses."""
    from commlib.intake.receiving import Intake, Said, exit_code, sources

    home = find_home()
    said = Said(_county(home, county), _period(period), _table(home, table), _day(received))
    found = sources(paths, lambda number: say(phrases.text("intake.left_out", n=number)))
    if mapped:
        _confirm(found, table, mapped, dry_run)
    taking = Intake(home, said, out or home.outputs / "intake", lang, dry_run)
    all_received = []
    for source in found:
        all_received.append(taking.receive(source))
        if output is Format.TEXT and not quiet:
            _tell(all_received[-1], lang)
    _answer(all_received, output, lang, dry_run)
    raise typer.Exit(exit_code(all_received))


@app.command(help=both("cli.releases"))
def releases(
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", help=both("cli.release_number"))] = None,
    county: Annotated[str, typer.Option(metavar="CODE", help=both("cli.county"))] = "",
    output: AnyFormat = Format.TEXT,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """List the releases, or tell what one of them changed."""
    from commlib.intake.releases import Releases

    home = find_home()
    kept, key = Releases(home), _county(home, county)
    if number is not None:
        sentences = [each for each in kept.difference(number, lang) if not key or each.startswith(f"{key} ")]
        show([{"said": each} for each in sentences], ["said"], output) if output is not Format.TEXT else \
            typer.echo("\n".join(sentences))
        return
    show([{
        "number": str(each.number), "file": each.file, "received": each.received, "counties": ";".join(each.counties),
        "tables": ";".join(each.tables), "accepted": str(each.accepted()), "refused": str(sum(each.refused.values())),
    } for each in kept.list() if key in ("", *each.counties)], _COLUMNS, output)


@app.command(help=both("cli.form"))
def form(
    asked: Annotated[str, typer.Argument(metavar="TABLE", help=both("cli.table"))],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=both("cli.form_out"))] = None,
    county: Annotated[str | None, typer.Option(metavar="CODE", help=both("cli.form_county"))] = None,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Write the empty return form of a table; a file that is there already is never written over."""
    from commlib.declarations.tables import table
    from commlib.intake.forms import form_bytes
    from commlib.places import place_book

    home = find_home()
    content = form_bytes(table(asked, home), lang, place_book(home).county(county) if county else None)
    path = out or Path(f"{asked}.{lang}.xlsx")
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:   # it may be filled in
        raise StoreError(phrases.text("form.exists", path=path)) from None
    except OSError as problem:
        raise StoreError(phrases.text("error.cannot_write", path=path, problem=problem.strerror or problem)) from None
    typer.echo(f"{both('form.written')}: {path}")


def _county(home: Home, given: str) -> str:
    """The key of the county that is meant ("" = none is said); raises ParameterError for an unknown one."""
    from commlib.places import place_book

    return place_book(home).county(given).key if given else ""


def _period(given: str) -> str:
    from commlib.periods import parse_period

    return parse_period(given).text if given else ""


def _table(home: Home, given: str) -> str:
    from commlib.declarations.tables import table

    return table(given, home).id if given else ""


def _day(given: str) -> str:
    """A day as ISO; raises ParameterError for what is none."""
    from commlib.periods import parse_period

    if given and len(given) != len("2013-09-30"):
        raise ParameterError(phrases.text("intake.no_day", found=given))
    return parse_period(given).text if given else ""


def _confirm(found: list[Source], table: str, mapped: list[str], dry_run: bool) -> None:
    """Keep what a person says of the headers of one file in the mapping beside it."""
    from commlib.intake.layout.mappings import write_mapping

    pairs = dict(each.rpartition("=")[::2] for each in mapped)
    address = found[0].address
    if len(found) != 1 or isinstance(address, str) or not table or dry_run or "" in {*pairs, *pairs.values()}:
        raise ParameterError(phrases.text("intake.map_alone"))
    say(phrases.text("intake.mapped", path=write_mapping(address, "", table, pairs)))


def _tell(received: Received, language: str) -> None:
    """The sheets of a return, the first faults of each, and where the rest stands."""
    for record in received.records:
        counts = Counter(fault["severity"] for fault in record["faults"])
        where = " · ".join(part for part in (record["file"], record["sheet"]) if part)
        faults = "，".join(f"{phrases.phrase(f'severity.{each}', language)} {counts[each]}" for each in _SEVERITIES)
        key = "intake.sheet" if record["table"] else "intake.no_table"
        typer.echo(phrases.phrase(key, language, where=where, table=record["table"], sure=f"{record['confidence']:.0%}",
                                  why=record[f"why_{language}"], accepted=record["accepted"], refused=record["refused"],
                                  faults=faults if language == "zh" else faults.replace("，", ", ")))
        _tell_faults([each for each in record["faults"] if each["severity"] != "note"], language)
    if received.unchanged and received.release:
        typer.echo("  " + phrases.phrase("intake.unchanged", language, n=received.release.number))
    if received.workbook:
        typer.echo("  " + phrases.phrase("intake.workbook", language, path=received.workbook))


def _tell_faults(faults: list[dict[str, Any]], language: str) -> None:
    for fault in sorted(faults, key=lambda each: _SEVERITIES.index(each["severity"]))[:_FIRST]:
        typer.echo("  " + phrases.phrase("intake.fault", language, cell=fault["cell"] or "—", found=fault["found"],
                                         severity=phrases.phrase(f"severity.{fault['severity']}", language),
                                         allowed=fault[f"allowed_{language}"], remedy=fault[f"remedy_{language}"]))
    if len(faults) > _FIRST:
        typer.echo("  " + phrases.phrase("intake.more", language, n=len(faults) - _FIRST))


def _answer(received: list[Received], output: Format, language: str, dry_run: bool) -> None:
    """All of it at the end: the records as JSON, the faults as CSV, or one line of counts."""
    from commlib.intake.receiving import shown

    records = [record for each in received for record in shown(each.records, language)]
    if output is Format.JSON:
        typer.echo(json.dumps(records, ensure_ascii=False, indent=1))
    elif output is Format.CSV:
        from commlib.formatting import no_formula

        columns = ("file", "sheet", "cell", "severity", "code", "found", "allowed", "remedy_zh", "remedy_en")
        show([{name: str(no_formula(fault[name])) for name in columns} for record in records for fault in record["faults"]],
             columns, output)
    else:
        typer.echo(phrases.phrase(
            "intake.dry" if dry_run else "intake.counts", language, returns=len(received),
            accepted=sum(record["accepted"] for record in records), refused=sum(record["refused"] for record in records),
            unchanged=sum(each.unchanged for each in received), unread=sum(not each.readable for each in received)))
