"""The one place of sentences: `phrases.toml` holds every phrase in both languages, filled in here."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from commlib.bilingual import Text


@cache
def catalogue() -> dict[str, Text]:
    """All phrases by dotted key, e.g. `status.partial`."""
    with files("commlib").joinpath("phrases.toml").open("rb") as stream:
        raw = tomllib.load(stream)
    return {f"{group}.{name}": Text.of(value) for group, entries in raw.items() for name, value in entries.items()}


def text(key: str, **values: Any) -> Text:
    """Fill a phrase in both languages; a value that is a Text gives each language its own words.

    Raises KeyError for a key or a placeholder that does not exist: both are faults of the package, caught by a test.
    """
    template = catalogue()[key]
    return Text(
        zh=template.zh.format(**{name: _in(value, "zh") for name, value in values.items()}),
        en=template.en.format(**{name: _in(value, "en") for name, value in values.items()}),
    )


def phrase(key: str, language: str, **values: Any) -> str:
    """Fill a phrase in one language."""
    return catalogue()[key][language].format(**{name: _in(value, language) for name, value in values.items()})


def _in(value: Any, language: str) -> Any:
    return value[language] if isinstance(value, Text) else value
