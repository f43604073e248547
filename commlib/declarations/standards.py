"""Standards as data: checklists, classifications, procedures, principles and registers with their items; one YAML entry each.

Those of the reports stand in `standards/*.yml` of this folder, a county's own in `data/standards/*.yml` of the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.columns import FORM, ColumnType, Level
from commlib.declarations.rules import Limit, document_words
from commlib.home import Home
from commlib.reads import note

if TYPE_CHECKING:
    from commlib.declarations.yaml_files import YamlReading  # who asks for a name needs no reader

FOLDER = Path(__file__).parent / "standards"
SLICE = "data/standards"
_FIELDS = ("label", "kind", "document", "level", "valid_from", "note", "items")
_ITEM = ("label", "type", "at_least", "at_most", "unit")


class Kind(StrEnum):
    """What a named list is."""

    CHECKLIST = "checklist"
    CLASSIFICATION = "classification"
    PROCEDURE = "procedure"
    PRINCIPLE = "principle"
    REGISTER = "register"


class ItemType(StrEnum):
    """How an item is recorded: yes or no, a count, a share, another amount, a date, or words."""

    BOOLEAN = "boolean"
    COUNT = "count"
    SHARE = "share"
    AMOUNT = "amount"
    DATE = "date"
    TEXT = "text"


_UNITS = {ItemType.COUNT: "count", ItemType.SHARE: "percent", ItemType.AMOUNT: "count"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a standard: its number, label, how it is recorded, and the target of a number where there is one."""

    number: str
    label: Text
    type: ItemType = ItemType.BOOLEAN
    target: Limit | None = None

    @property
    def measurable(self) -> bool:
        """Whether a place can be told to meet it: a yes or no, or a number with a target."""
        return self.type is ItemType.BOOLEAN or self.target is not None


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a standard: its kind, document, the level of the places that it applies to, and its items in order."""

    id: str
    name: Text
    kind: Kind
    document: str | Text
    items: tuple[Item, ...]
    level: Level = Level.ANY
    valid_from: str = ""
    note: Text | None = None

    @property
    def version(self) -> Text:
        """The version for a reader: the document and since when it holds."""
        words = document_words(self.document)
        return phrases.text("standard.since", document=words, day=self.valid_from) if self.valid_from else words

    @property
    def measurable(self) -> int:
        """How many of the items a place can be told to meet."""
        return sum(each.measurable for each in self.items)


def standards(home: Home | None = None) -> dict[str, Standard]:
    """Every declared standard by id, the project's own last; raises DeclarationError with every fault of all files at once."""
    own = sorted((home.data / "standards").glob("*.yml")) if home else []
    if home:
        note(SLICE)
    return _read([*sorted(FOLDER.glob("*.yml")), *own]) if own else _package_standards()


@cache
def _package_standards() -> dict[str, Standard]:
    return _read(sorted(FOLDER.glob("*.yml")))


def _read(paths: list[Path]) -> dict[str, Standard]:
    from commlib.declarations.yaml_files import YamlReading

    reading = YamlReading(paths[0])
    found: dict[str, Standard] = {}
    entries = reading.entries(paths, _FIELDS)
    for reading.path, standard_id, raw in entries:
        found[standard_id] = _standard(reading, standard_id, raw)
    reading.finish()
    return found


def _standard(reading: YamlReading, standard_id: str, raw: Mapping[str, Any]) -> Standard:
    from commlib.declarations.rule_files import read_document

    reading.only(raw, _FIELDS, standard_id)
    listed = reading.tables(raw, "items", standard_id)
    if not listed:
        reading.wrong(f"{standard_id}.items", raw.get("items", ""), phrases.text("standard.allowed_items"))
    return Standard(
        standard_id, reading.words(raw, "label", standard_id), reading.word(raw, "kind", Kind, Kind.CHECKLIST, standard_id),
        read_document(reading, raw, standard_id),
        tuple(_item(reading, str(number), each, at) for number, (at, each) in enumerate(listed, 1)),
        reading.word(raw, "level", Level, Level.ANY, standard_id),
        reading.text(raw, "valid_from", standard_id, FORM[ColumnType.DATE], phrases.text("fault.allowed_date")),
        reading.optional_words(raw, "note", standard_id))


def _item(reading: YamlReading, number: str, raw: Mapping[str, Any], at: str) -> Item:
    from commlib.declarations.rule_files import read_limit

    reading.only(raw, _ITEM, at)
    label, kind = reading.words(raw, "label", at), reading.word(raw, "type", ItemType, ItemType.BOOLEAN, at)
    asked = {name: each for name, each in raw.items() if name in ("at_least", "at_most", "unit")}
    if not asked:
        return Item(number, label, kind)
    if kind not in _UNITS:
        reading.wrong(f"{at}.type", kind, phrases.text("standard.allowed_number"))
        return Item(number, label, kind)
    return Item(number, label, kind, read_limit(reading, {"unit": _UNITS[kind], **asked}, at, ""))
