"""A block: one displayable thing of a notebook and of a page, with its data for export."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from commlib import phrases
from commlib.errors import ParameterError, StoreError
from commlib.formatting import no_formula


@cache
def _notebook_style() -> str:
    """The style sheet that every block carries into a notebook; a page has its own and leaves it out."""
    sheet = files("commlib.blocks").joinpath("notebook.css").read_text(encoding="utf-8")
    return f'<style data-for="notebook">\n{sheet}</style>\n'


@dataclass(frozen=True)
class Block:
    """HTML to show, the same in plain text, and the rows behind it."""

    html: str
    plain: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    def _repr_html_(self) -> str:
        return _notebook_style() + self.html

    def __repr__(self) -> str:
        return self.plain or f"<Block {len(self.frame)} rows>"

    def save(self, path: str | Path) -> Path:
        """Write the rows to an .xlsx or .csv file and give its path; a text never starts as a formula.

        Raises ParameterError for any other ending, StoreError where it cannot be written.
        """
        path = Path(path)
        if path.suffix not in (".csv", ".xlsx"):
            raise ParameterError(phrases.text("error.export_ending", found=path.name))
        rows = self.frame.map(no_formula)
        try:
            rows.to_csv(path, index=False, encoding="utf-8-sig") if path.suffix == ".csv" else rows.to_excel(path, index=False)
        except OSError as problem:
            raise StoreError(phrases.text("error.cannot_write", path=path, problem=problem)) from None
        return path


NOTHING = Block("<!-- -->")   # where another block of the section says what is missing


def together(*blocks: Block | None) -> Block:
    """Several blocks shown one below the other; the rows of the first that has any are exported."""
    shown = [block for block in blocks if block is not None]
    frame = next((block.frame for block in shown if len(block.frame)), pd.DataFrame())
    return Block("\n".join(block.html for block in shown), "\n".join(repr(block) for block in shown), frame)
