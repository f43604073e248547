"""Declared checklists and classifications: their names in both languages and what kind of list each is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from commlib.bilingual import Text


@dataclass(frozen=True, slots=True)
class Standard:
    """A named list of a report: checklist, classification, procedure, principle or register."""

    id: str
    name: Text
    kind: str


@cache
def standards() -> dict[str, Standard]:
    """All declared standards by id; their items are the table `checklist_item`."""
    with files("commlib").joinpath("declarations/standards/names.csv").open(encoding="utf-8") as stream:
        return {row["standard"]: Standard(row["standard"], Text(row["zh"], row["en"]), row["kind"])
                for row in csv.DictReader(stream)}
