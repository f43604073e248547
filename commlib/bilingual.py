"""Words in both languages: every label, definition and message is a `Text` with Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages of every page and message; Chinese (simplified) first."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and in English; both are required and neither may be blank."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        for language in ("zh", "en"):
            if not str(getattr(self, language)).strip():
                raise ValueError(f"Text needs both languages; {language!r} is blank in zh={self.zh!r}, en={self.en!r}")

    @classmethod
    def of(cls, value: Mapping[str, str]) -> Text:
        """Read a Text from a `{zh, en}` table of a declaration file; raises KeyError naming a missing language."""
        return cls(zh=value["zh"], en=value["en"])

    @classmethod
    def same(cls, value: str) -> Text:
        """Give a Text that reads alike in both languages, such as a code or a number."""
        return cls(zh=value, en=value)

    def __getitem__(self, language: str) -> str:
        return self.zh if Language(language) is Language.ZH else self.en


def joined(texts: Iterable[Text], zh: str, en: str) -> Text:
    """Texts one after another, with what each language sets between them; there must be one."""
    parts = list(texts)
    return Text(zh=zh.join(part.zh for part in parts), en=en.join(part.en for part in parts))


def listed(items: Iterable[str], language: str) -> str:
    """Join words as a list in the habit of the language: 、 in Chinese, commas in English."""
    return ("、" if Language(language) is Language.ZH else ", ").join(items)


def clauses(items: Iterable[str], language: str) -> str:
    """Join parts of a sentence that may hold lists themselves: with semicolons in the habit of the language."""
    return ("；" if Language(language) is Language.ZH else "; ").join(items)


def excerpt(found: object, longest: int = 80) -> str:
    """A wrong value as a message repeats it: on one line, what cannot be seen escaped, the middle of a long one left out."""
    text = str(found)
    if len(text) > longest:
        text = f"{text[:longest // 2]} … {text[-longest // 4:]}"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
