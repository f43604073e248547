"""The font that text is measured with: the OFL font of `pylopdf-fonts-zh-cn`, else a Chinese font of the system."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.charts.style import style
from commlib.errors import StoreError

_WIDE_PUNCTUATION = "，。、；：！？）】》”％"   # never begins a line


@cache
def font_file() -> Path:
    """Find the layout font: in the font package by pattern, else the first family of the page's stack installed.

    Raises StoreError where there is neither.
    """
    spec = find_spec("pylopdf_fonts_zh_cn")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(folder).rglob("*Sans*.[ot]tf"))
        if found:
            return found[0]
    from matplotlib.font_manager import FontProperties, fontManager

    try:
        return Path(str(fontManager.findfont(FontProperties(family=style().sans[:-1]), fallback_to_default=False)))
    except ValueError:
        raise StoreError(phrases.text("error.no_font")) from None


@cache
def layout_family() -> str:
    """Make the layout font known to matplotlib, once, and give its family name."""
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(str(font_file()))
    return str(FontProperties(fname=str(font_file())).get_name())


def _face() -> Any:
    """The open font. Matplotlib keeps it, and forgets it in a forked child, which must not share the open file."""
    from matplotlib.font_manager import get_font

    return get_font(str(font_file()))


@cache
def _characters() -> frozenset[int]:
    return frozenset(_face().get_charmap())


@lru_cache(maxsize=100_000)
def _advance(character: str) -> float:
    """Width of one character in parts of the font size; one not in the font counts as a full square."""
    if ord(character) not in _characters():
        return 1.0
    from matplotlib.ft2font import LoadFlags

    face = _face()
    face.set_size(100, 72)
    return float(face.load_char(ord(character), LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


def width(words: str, size: float) -> float:
    """Width of a line of text in px at the given font size, with the slack for a reader's own font."""
    return sum(_advance(character) for character in words) * size * style().size.slack


def characters_missing(texts: Iterable[str]) -> set[str]:
    """Characters of the texts that the layout font cannot draw (control characters aside)."""
    return {c for words in texts for c in words if ord(c) not in _characters() and c.isprintable()}


def wrap(words: str, size: float, limit: float) -> list[str]:
    """Break text into lines no wider than `limit` px: Latin at blanks, Chinese anywhere but before punctuation."""
    lines, line = [], ""
    for piece in _pieces(words, size, limit):
        if line and width((line + piece).rstrip(), size) > limit:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(words: str, size: float, limit: float) -> list[str]:
    """Cut text where a line may break; a Latin word wider than the limit is cut into characters."""
    pieces: list[str] = []
    for character in words:
        joins = bool(pieces) and (
            character in _WIDE_PUNCTUATION or character.isspace()
            or (_is_latin(character) and _is_latin(pieces[-1][-1]) and width(pieces[-1] + character, size) <= limit)
        )
        if joins:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _is_latin(character: str) -> bool:
    return ord(character) < 0x2E80 and not character.isspace()
