"""Read what reports state: figures, the claims among them and the checklists, each a validated frame of text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from commlib.declarations.tables import table
from commlib.errors import DataError, Fault
from commlib.intake.tabular import collected, read_table, reference_faults
from commlib.reads import note


def read_figures(folder: Path) -> pd.DataFrame:
    """The stated figures of `folder/figures.csv`, one a row, index `line`; raises DataError with every fault."""
    return _read(folder, "reported_figure")


def read_claims(folder: Path) -> pd.DataFrame:
    """The claims of `folder/claims.csv` without verdicts, one a row, index `line`; raises DataError with all faults."""
    return _read(folder, "claim")


def read_standards(folder: Path) -> pd.DataFrame:
    """The checklist items of `folder/standards.csv`, one a row, index `line`; raises DataError with every fault."""
    return _read(folder, "checklist_item")


def read_reported(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures and claims together, checked also against each other: an id that is named must be a figure's.

    Raises DataError once, with the faults of both files.
    """
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for table_id in ("reported_figure", "claim"):
        try:
            frames[table_id] = _read(folder, table_id)
        except DataError as error:
            faults += error.faults
    if not faults:
        for table_id, frame in frames.items():
            declaration = table(table_id)
            faults += reference_faults(Path(declaration.file).name, frame, declaration, frames)
    if faults:
        raise collected(faults)
    return frames["reported_figure"], frames["claim"]


def _read(folder: Path, table_id: str) -> pd.DataFrame:
    note("data/reported")
    declaration = table(table_id)
    return read_table(folder / Path(declaration.file).name, declaration)
