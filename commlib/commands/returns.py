"""County returns: the empty forms that they are filled in on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commlib import phrases
from commlib.bilingual import Language
from commlib.commands.shared import WordsLanguage, app, both
from commlib.errors import StoreError


@app.command(help=both("cli.form"))
def form(
    asked: Annotated[str, typer.Argument(metavar="TABLE", help=both("cli.table"))],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=both("cli.form_out"))] = None,
    county: Annotated[str | None, typer.Option(metavar="CODE", help=both("cli.form_county"))] = None,
    lang: WordsLanguage = Language.ZH,
) -> None:
    """Write the empty return form of a table; a file that is there already is never written over."""
    from commlib.declarations.tables import table
    from commlib.home import find_home
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
