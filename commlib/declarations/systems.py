"""Declared systems of work: who files what, on which cycle, which questions and decisions it serves, by which rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from commlib.bilingual import Text


@dataclass(frozen=True, slots=True)
class Filing:
    """One regular filing or meeting: its cycle, what it is and by whom."""

    cycle: str
    what: Text
    by: Text


@dataclass(frozen=True, slots=True)
class SystemOfWork:
    """The system of work that one report describes."""

    document: str
    who: Text
    cycles: tuple[Filing, ...]
    tables: tuple[Text, ...]
    questions: tuple[Text, ...]
    decisions: tuple[Text, ...]
    rules: tuple[Text, ...]


@cache
def systems() -> dict[str, SystemOfWork]:
    """Systems of work by document; a report that is printed again has none of its own."""
    with files("commlib").joinpath("declarations/systems.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    found = {}
    for document, entry in raw.items():
        if "repeats" in entry:
            continue
        cycles = tuple(Filing(each["cycle"], Text.of(each["what"]), Text.of(each["by"])) for each in entry["cycles"])
        lists = (tuple(Text.of(each) for each in entry[name]) for name in ("tables", "questions", "decisions", "rules"))
        found[document] = SystemOfWork(document, Text.of(entry["who"]), cycles, *lists)
    return found
