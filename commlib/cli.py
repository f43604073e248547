"""The command line: the commands of `commands/`, and where it begins."""

from __future__ import annotations

from commlib.commands import analyses as analyses
from commlib.commands import questions as questions
from commlib.commands import returns as returns
from commlib.commands import schedule as schedule
from commlib.commands.shared import app as app


def main() -> None:
    """Run the command line."""
    app()
