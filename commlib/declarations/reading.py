"""Reading one declaration file strictly: every fault is kept with file, field, what was found and what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.errors import DeclarationError

Word = TypeVar("Word", bound=StrEnum)
_NOTHING = Text.same("-")


class Reading:
    """The reading of one file: the faults found so far; `finish` raises them all at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults: list[Text] = []

    def file(self) -> dict[str, Any]:
        """The file's content; raises DeclarationError where it is no TOML file in UTF-8."""
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
            self.wrong("-", str(fault), phrases.text("table.allowed_toml"))
            raise self._error() from fault

    def wrong(self, field: str, found: object, allowed: Text) -> None:
        """Keep one fault."""
        self._faults.append(phrases.text("table.wrong", file=self.path.name, field=field, found=found, allowed=allowed))

    def finish(self) -> None:
        """Raise DeclarationError with every fault, one a line; nothing where there is none."""
        if self._faults:
            raise self._error()

    def _error(self) -> DeclarationError:
        return DeclarationError(joined(self._faults, "\n", "\n"))

    def field(self, raw: Mapping[str, Any], name: str, default: Any, inside: str = "") -> Any:
        """A field of the kind of its default; a wrong one is a fault and gives the default."""
        value = raw.get(name, default)
        if isinstance(value, type(default)):
            return value
        self.wrong(within(inside, name), value, phrases.text(f"table.allowed_{type(default).__name__}"))
        return default

    def needed(self, raw: Mapping[str, Any], name: str, blank: Any, inside: str = "") -> Any:
        """A field of the kind of `blank` that must be there; a text or table must not be blank."""
        if name not in raw or (raw[name] == blank and blank is not False):
            self.wrong(within(inside, name), raw.get(name, ""), phrases.text(f"table.allowed_{type(blank).__name__}"))
            return blank
        return self.field(raw, name, blank, inside)

    def words(self, raw: Mapping[str, Any], name: str, inside: str = "") -> Text:
        """A label or sentence in both languages."""
        try:
            return Text.of(raw[name])
        except (KeyError, TypeError, ValueError):
            self.wrong(within(inside, name), raw.get(name, ""), phrases.text("table.allowed_both"))
            return _NOTHING

    def optional_words(self, raw: Mapping[str, Any], name: str, inside: str) -> Text | None:
        """A sentence in both languages, or None where there is none."""
        return self.words(raw, name, inside) if name in raw else None

    def word(self, raw: Mapping[str, Any], name: str, vocabulary: type[Word], default: Word, inside: str = "",
             needed: bool = False) -> Word:
        """A word of a closed vocabulary; where it must be there, a missing one is a fault."""
        found = raw.get(name, "" if needed else default)
        if found in list(vocabulary):
            return vocabulary(found)
        self.wrong(within(inside, name), found, one_of(vocabulary))
        return default

    def strings(self, raw: Mapping[str, Any], name: str, inside: str = "") -> tuple[str, ...]:
        """A list of words, none of them blank; () where there is none."""
        found = raw.get(name, [])
        if isinstance(found, list) and all(isinstance(each, str) and each for each in found) and (found or name not in raw):
            return tuple(found)
        self.wrong(within(inside, name), found, phrases.text("table.allowed_words"))
        return ()

    def number(self, raw: Mapping[str, Any], name: str, inside: str) -> Decimal | None:
        """An exact number, or None where there is none."""
        found = raw.get(name)
        if found is None or (isinstance(found, int | float) and not isinstance(found, bool)):
            return None if found is None else Decimal(str(found))
        self.wrong(within(inside, name), found, phrases.text("fault.allowed_decimal"))
        return None

    def only(self, raw: Mapping[str, Any], fields: Iterable[str], inside: str = "") -> None:
        """Keep a fault for each field that the format does not know."""
        for name in raw:
            if name not in fields:
                self.wrong(within(inside, name), name, one_of(sorted(fields)))

    def table(self, raw: Mapping[str, Any], name: str, inside: str = "") -> Mapping[str, Any]:
        """A table inside; {} where there is none."""
        found = raw.get(name, {})
        if isinstance(found, Mapping):
            return found
        self.wrong(within(inside, name), found, phrases.text("table.allowed_table"))
        return {}

    def tables(self, raw: Mapping[str, Any], name: str, inside: str = "") -> list[tuple[str, Mapping[str, Any]]]:
        """The tables of a list with the field that each stands at; [] where there is none."""
        place = within(inside, name)
        numbered = {f"{place}[{number}]": each for number, each in enumerate(self.field(raw, name, list[Any](), inside), 1)}
        read = [(field, self.table(numbered, field)) for field in numbered]
        return [(field, each) for field, each in read if isinstance(numbered[field], Mapping)]


def within(inside: str, name: str) -> str:
    """The dotted place of a field."""
    return f"{inside}.{name}" if inside else name


def one_of(known: Iterable[str]) -> Text:
    """What is allowed where a list is closed."""
    return phrases.text("table.allowed_one_of", known=", ".join(known))
