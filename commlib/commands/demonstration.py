"""The demonstration: fictional counties and their returns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commlib.commands.shared import app, both


@app.command(help=both("cli.demo"))
def demo(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=both("cli.demo_out"))] = None,
    seed: Annotated[int | None, typer.Option(help=both("cli.demo_seed"), min=0)] = None,
) -> None:
    """Write the fictional counties and their returns."""
    from commlib.demo.county import SEED
    from commlib.demo.make import demo as make
    from commlib.demo.make import write
    from commlib.home import find_home

    folder = out or find_home().data
    made = make(SEED if seed is None else seed)
    number = write(made, folder)
    typer.echo(both("demo.written", n=number, faults=len(made.faults), path=folder))
