"""Reading YAML files of declarations strictly, those of the package and a county's own alike: every fault is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.columns import FORM, ColumnType
from commlib.declarations.reading import Reading, one_of, within

Entries = list[tuple[Path, str, Mapping[str, Any]]]   # file, id, fields
_PACKAGE = Path(__file__).parent


class YamlReading(Reading):
    """The reading of several YAML files: every scalar is text, so that `yes`, `on`, 000-6 and 0.1 are what they look like."""

    def file(self) -> dict[str, Any]:
        """The file's entries by id, a key never twice; {} and a fault where it is no such file."""
        import yaml

        try:
            content = self.path.read_text(encoding="utf-8")
            # libyaml is ten times as fast, but nothing stops it where a stranger's file is nested without end.
            fast = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
            loader = (fast if self.path.is_relative_to(_PACKAGE) else yaml.BaseLoader)(content)
            node = loader.get_single_node()
            self._once(node)
            return dict(loader.construct_document(node)) if node else {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError, RecursionError) as fault:
            self.wrong("-", str(fault).partition("\n")[0], phrases.text("rule.allowed_yaml"))
            return {}

    def entries(self, paths: Sequence[Path], fields: Iterable[str]) -> Entries:
        """The entries of several files with the file of each; a fault where one is no mapping or an id stands twice."""
        found: dict[str, tuple[Path, str, Mapping[str, Any]]] = {}
        for self.path in paths:
            for entry, raw in self.file().items():
                if not isinstance(raw, Mapping):
                    self.wrong(entry, raw, phrases.text("rule.allowed_mapping", known=", ".join(fields)))
                elif entry in found:
                    self.wrong(entry, entry, phrases.text("rule.allowed_once"))
                else:
                    found[entry] = (self.path, entry, raw)
        return list(found.values())

    def _once(self, node: Any, inside: str = "") -> None:
        """Keep a fault for each key that a mapping has twice; YAML itself would let the last one count."""
        pairs = node.value if node is not None and isinstance(node.value, list) else []
        keys = [pair[0].value for pair in pairs if isinstance(pair, tuple)]
        for key in {each for each in keys if keys.count(each) > 1}:
            self.wrong(within(inside, str(key)), key, phrases.text("rule.allowed_once"))
        for pair in pairs:
            self._once(*((pair[1], within(inside, str(pair[0].value))) if isinstance(pair, tuple) else (pair, inside)))

    def text(self, raw: Mapping[str, Any], name: str, inside: str, form: str = ".*", allowed: Text | None = None) -> str:
        """A text of a form; "" where there is none."""
        found = raw.get(name, "")
        if isinstance(found, str) and (not found or re.fullmatch(form, found)):
            return found
        self.wrong(within(inside, name), found, allowed or phrases.text("table.allowed_str"))
        return ""

    def fraction(self, raw: Mapping[str, Any], name: str, inside: str) -> Fraction | None:
        """An exact number that is not negative; None where there is none."""
        text = self.text(raw, name, inside, FORM[ColumnType.DECIMAL], phrases.text("rule.allowed_number"))
        if text.startswith("-"):
            self.wrong(within(inside, name), text, phrases.text("rule.allowed_number"))
        return abs(Fraction(text)) if text else None

    def yes(self, raw: Mapping[str, Any], name: str, inside: str) -> bool:
        """A word of yes or no; no where there is none."""
        return self.text(raw, name, inside, "yes|no", one_of(("yes", "no"))) == "yes"

    def part(self, raw: Mapping[str, Any], name: str, inside: str, fields: Iterable[str]) -> Mapping[str, Any]:
        """A mapping inside, with no other fields than these; {} where there is none."""
        found = raw.get(name, {})
        if not isinstance(found, Mapping):
            self.wrong(within(inside, name), found, phrases.text("rule.allowed_mapping", known=", ".join(fields)))
            return {}
        self.only(found, fields, within(inside, name))
        return found
