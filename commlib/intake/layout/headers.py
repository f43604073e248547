"""The words of a header: what they say without width, unit and traditional characters, and which declared column they name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from commlib.declarations.columns import header_key, value_key
from commlib.declarations.tables import TableDeclaration
from commlib.intake.cells.numbers import unit_in_words

JOIN = "_"      # between the levels of a merged header: 完成投资_住房
# A level that only gathers columns and changes none of them.
_GATHERING = re.compile(r"其中|(?:of which)|.*(?:情况|概况|信息|指标|内容)", re.IGNORECASE)
_OF_WHICH = re.compile(r"^其中\s*[:：,，、]?\s*(?=.)")
_BRACKETED = re.compile(r"(.*[^\s])\s*[(\[【〔]\s*(?:计量)?(?:单位\s*:?)?\s*([^()\[\]【】〔〕]+?)\s*[)\]】〕]", re.DOTALL)
_BEHIND = re.compile(r"(.*[^\s/,:;])\s*(?:[/,:;]|\s)\s*(\S+)", re.DOTALL)
_SIGNED = re.compile(r"(.*[^\s%‰])\s*([%‰])", re.DOTALL)
# What counts things and is no unit of the closed list.
_COUNTERS = frozenset("家次场幢所期间张条本台辆头只棵株宗起例对批组支部盏眼杆斤") | {"千克", "公斤", "立方米", "m3", "千瓦"}
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a block: its words from the top level down, the unit that they state, and where it stands.

    `path` is () for a column with cells and no header. `cell` is its lowest header cell (row, column). `number` is the
    printed number of the column (栏号). `beside`: its cells stand in the rows of a continued block.
    """

    column: int
    path: tuple[str, ...]
    cell: tuple[int, int]
    unit: str = ""
    number: str = ""
    beside: bool = False

    @property
    def text(self) -> str:
        """The levels as one text: 完成投资_住房."""
        return JOIN.join(self.path)


@lru_cache(4096)
def is_unit_word(words: str) -> bool:
    """Whether words are a unit or a counter, also one per another or several of ten thousand: 万平方米, 元/人, CNY per mu."""
    plain = value_key(words.replace(" per ", "/"))
    return bool(unit_in_words(plain)[0]) or all(each in _COUNTERS or bool(unit_in_words(each)[0]) for each in plain.split("/"))


@lru_cache(8192)
def split_unit(words: str) -> tuple[str, str]:
    """A header without the unit that it states, and the unit ("" where none): 户数（户）, 投资/万元, 完成投资 万元."""
    for form in (_BRACKETED, _BEHIND, _SIGNED):
        match = form.fullmatch(_width(words).strip())
        if match and is_unit_word(match[2]):
            return match[1].strip(), match[2]
    return words, ""


def _width(words: str) -> str:
    return unicodedata.normalize("NFKC", words)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(4096)
def simplified(words: str) -> str:
    """Header words in simplified characters; only for headers, for it breaks names such as 乾县."""
    try:
        words.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(words)) if _CHINESE.search(words) else words
    return words


@lru_cache(8192)
def key(words: str) -> str:
    """The key of a header or title in any width and script."""
    return header_key(simplified(words))


@lru_cache(8192)
def keys(path: tuple[str, ...]) -> tuple[str, ...]:
    """The keys under which a header may be declared, the most faithful first: whole, without units, without gathering levels."""
    bare = [split_unit(simplified(each))[0] for each in path]
    plain = [_OF_WHICH.sub("", each) for each in bare]
    telling = [each for each in plain if not _GATHERING.fullmatch(each.strip())] or plain
    forms = [path, bare, plain, telling]
    return tuple(dict.fromkeys(key for each in forms for key in (header_key(JOIN.join(each)), key_of(each)) if key))


def key_of(path: Sequence[str]) -> str:
    """The key of a path in simplified characters."""
    return key(JOIN.join(path))


def named(path: tuple[str, ...], known: Mapping[str, str]) -> str:
    """The declared column that a header names, by `TableDeclaration.headers()`; "" where it names none."""
    return next((known[each] for each in keys(path) if each in known), "")


def nearest(path: tuple[str, ...], declaration: TableDeclaration, number: int = 3) -> list[str]:
    """The columns whose headers are nearest to one that names none, nearest first: candidates, never taken."""
    known = declaration.headers()
    wanted = [*keys(path), *(key(split_unit(simplified(each))[0]) for each in path[-1:])]
    scored: dict[str, float] = {}
    for each in dict.fromkeys(wanted):
        for close in difflib.get_close_matches(each, known, n=number, cutoff=0.5):
            share = difflib.SequenceMatcher(None, each, close).ratio()
            scored[known[close]] = max(scored.get(known[close], 0.0), share)
    return sorted(scored, key=lambda name: -scored[name])[:number]


def vocabulary(declarations: Iterable[TableDeclaration]) -> frozenset[str]:
    """The keys of every declared header and of every level of one: by these a header row is told from a row of data."""
    headers = {header for each in declarations for column in each.columns for header in column.headers}
    return frozenset(header_key(part) for header in headers for part in (header, *header.split(JOIN)) if len(part) > 1)
