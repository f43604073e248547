"""Declared sources: the documents and data sets that facts come from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from commlib.bilingual import Text

FROM_TABLE = "@"   # stands in the document of a fact that rows of a table feed: `<table>@<file>`
REGISTER = "national_register"   # the source of everything that comes from the codes of villages and communities


@dataclass(frozen=True, slots=True)
class Source:
    """A document or data set: title, who issued it, its date and caveats; a data set's licence, the county id of a report."""

    id: str
    kind: str
    title: Text
    issuer: Text
    date: Text
    note: Text
    licence: Text | None
    county: str = ""


@cache
def sources() -> dict[str, Source]:
    """All declared sources by id: `document-article` for reports."""
    with files("commlib").joinpath("declarations/sources.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    return {key: Source(key, entry["kind"], Text.of(entry["title"]), Text.of(entry["issuer"]), Text.of(entry["date"]),
                        Text.of(entry["note"]), Text.of(entry["licence"]) if "licence" in entry else None,
                        entry.get("county", ""))
            for key, entry in raw.items()}


def source_title(source_id: str, language: str) -> str:
    """The title of a source; its id where it is not declared, as in an analyst's own data."""
    known = sources().get(source_id)
    return known.title[language] if known else source_id
