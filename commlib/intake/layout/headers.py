"""The header of a table: where it begins and ends, the path of words over each column, and which declared column these name.

Words of a header are compared without width, unit and traditional characters.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from commlib.declarations.columns import header_key, value_key
from commlib.declarations.tables import TableDeclaration
from commlib.intake.cells.numbers import unit_in_words
from commlib.intake.cells.readings import simplified
from commlib.intake.files.sheets import Cell, Sheet, blank, shown
from commlib.intake.layout.blocks import JOIN, PERIOD, Header
from commlib.intake.layout.row_words import is_number

# A level that only gathers columns and changes none of them.
_GATHERING = re.compile(r"其中|(?:of which)|.*(?:情况|概况|信息|指标|内容)", re.IGNORECASE)
_OF_WHICH = re.compile(r"^其中\s*[:：,，、]?\s*(?=.)")
_BRACKETED = re.compile(r"(.*[^\s])\s*[(\[【〔]\s*(?:计量)?(?:单位\s*:?)?\s*([^()\[\]【】〔〕]+?)\s*[)\]】〕]", re.DOTALL)
_BEHIND = re.compile(r"(.*[^\s/,:;])\s*(?:[/,:;]|\s)\s*(\S+)", re.DOTALL)
_SIGNED = re.compile(r"(.*[^\s%‰])\s*([%‰])", re.DOTALL)
# What counts things and is no unit of the closed list.
_COUNTERS = frozenset("家次场幢所期间张条本台辆头只棵株宗起例对批组支部盏眼杆斤") | {"千克", "公斤", "立方米", "m3", "千瓦"}

_AHEAD = 12     # rows of words above a header
_DEEPEST = 6    # rows of a header
_WIDEST = 16384
_META = re.compile(r".{1,12}[:：].*|[(（].*[)）]|附[件表]?\s*[\d一二三四五六七八九十]*", re.DOTALL)


@lru_cache(4096)
def is_unit_word(words: str) -> bool:
    """Whether words are a unit or a counter, also one per another or several of ten thousand: 万平方米, 元/人, CNY per mu."""
    plain = value_key(words.replace(" per ", "/"))
    return bool(unit_in_words(plain)[0]) or all(each in _COUNTERS or bool(unit_in_words(each)[0]) for each in plain.split("/"))


@lru_cache(8192)
def split_unit(words: str) -> tuple[str, str]:
    """A header without the unit that it states, and the unit ("" where none): 户数（户）, 投资/万元, 完成投资 万元."""
    for form in (_BRACKETED, _BEHIND, _SIGNED):
        match = form.fullmatch(unicodedata.normalize("NFKC", words).strip())
        if match and is_unit_word(match[2]):
            return match[1].strip(), match[2]
    return words, ""


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
    joined = [JOIN.join(each) for each in forms]
    return tuple(dict.fromkeys(found for each in joined for found in (header_key(each), key(each)) if found))


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


class Heads:
    """The search for headers on one sheet; `known` are the keys of declared headers and their levels."""

    def __init__(self, sheet: Sheet, known: Collection[str]) -> None:
        self.sheet, self.known = sheet, known
        self._is_known: dict[str, bool] = {}
        self.height = len(sheet.rows)
        self.across = [each for each in sheet.merged if each[1][1] > each[0][1]]
        self._covered = {(row, column): start for start, end in sheet.merged if end[0] - start[0] < _DEEPEST
                         for row in range(start[0], end[0] + 1) for column in range(start[1], min(end[1], _WIDEST) + 1)}

    def filled(self, row: int) -> list[tuple[int, Cell]]:
        """The filled cells of a row with their columns."""
        return [(column, cell) for column, cell in enumerate(self.sheet.rows[row]) if not blank(cell)] \
            if row < self.height else []

    def hits(self, row: int) -> int:
        """How many cells of a row are declared headers, or levels of one."""
        return sum(isinstance(cell, str) and self.is_known(cell) for _, cell in self.filled(row))

    def is_known(self, words: str) -> bool:
        """Whether words are a declared header, with or without the unit they state."""
        if words not in self._is_known:
            bare = split_unit(simplified(words))[0] if not _META.fullmatch(words) else ""   # 单位：户 is no column 单位
            self._is_known[words] = key(words) in self.known or key(bare) in self.known
        return self._is_known[words]

    # ---- what a row is

    def is_words(self, row: int) -> bool:
        """Whether a row holds at least two cells, none of them a number: a header, or data without numbers."""
        cells = self.filled(row)
        return len(cells) >= 2 and not any(is_number(cell) for _, cell in cells)

    def is_heading(self, row: int) -> bool:
        """Whether a row of words is one of declared headers: two of them, and at least half of what is filled."""
        return self.is_words(row) and self.hits(row) >= max(2, len(self.filled(row)) / 2)

    def is_title(self, row: int) -> bool:
        """Whether all of a row is words about the table: one text, a label and what it says, a date."""
        cells = self.filled(row)
        if len({shown(cell) for _, cell in cells}) <= 1:
            return True
        words = [shown(cell).strip() for _, cell in cells]
        telling = sum(bool(_META.fullmatch(each) or PERIOD.fullmatch(each)) for each in words)
        labelled = any(each.endswith((":", "：")) for each in words)
        hits = self.hits(row)
        return (hits < 2 and (telling == len(words) or labelled)) or (not hits and telling > 0 and len(words) <= 3)

    def next_heading(self, row: int) -> int | None:
        """The header that a lone line of words announces: a heading of declared headers before any row of data."""
        for ahead in range(row + 1, min(self.height, row + _AHEAD)):
            if self.is_heading(ahead):
                return ahead
            if self.filled(ahead) and not self.is_title(ahead):
                return None
        return None

    # ---- the header

    def header_start(self, start: int) -> int | None:
        """The first row of a header at or below a row; None where data or nothing come first."""
        first = None
        seen = 0
        for row in range(start, self.height):
            if not self.filled(row):
                continue
            if self.is_title(row) and not self.is_heading(row):
                seen += 1
            elif self.is_heading(row):   # what spans it from above, months say, is its first level
                return first if first is not None and self.header_end(first) >= row else row
            elif first is None and self.is_words(row):
                first = row
            elif not self.is_words(row):
                break
            if seen > _AHEAD or (first is not None and row > first + 3):
                break
        return first

    def header_end(self, top: int) -> int:
        """The last row of a header: what is merged down, what stands under a merged or spread title, units, numbers."""
        bottom = top
        while bottom + 1 < min(self.height, top + _DEEPEST):
            reach = max((end[0] for start, end in self.sheet.merged
                         if top <= start[0] <= bottom < end[0] <= start[0] + 4), default=bottom)
            if reach == bottom and not (self.goes_on(top, bottom) or self.is_aside(bottom + 1)):
                break
            bottom = max(reach, bottom + 1)
        return bottom

    def goes_on(self, top: int, bottom: int) -> bool:
        """Whether the next row holds the lower level of the row: words, under titles that span several columns, nowhere else."""
        below = self.filled(bottom + 1)
        if not below or any(is_number(cell) for _, cell in below):
            return False
        named = {column for row in range(top, bottom + 1) for column, _ in self.filled(row)}
        if self.is_heading(bottom + 1) and min(named) not in dict(below):
            return True   # declared headers under others, and none under the first column
        if all(self.is_known(f"{shown(self.sheet.value(bottom, column))}{JOIN}{cell}") and column in named
               for column, cell in below):
            return True   # each makes a declared header with the one above it
        spread = self.spread(bottom)
        return any(column in spread for column, _ in below) and all(
            column in spread or (column not in named and (bottom, column) not in self._covered) for column, _ in below)

    def spread(self, row: int) -> set[int]:
        """The columns under a title of several columns: merged ones, or in a file without merges one with blanks behind it."""
        spread = {column for start, end in self.across if start[0] <= row <= end[0] == row
                  for column in range(start[1], end[1] + 1)}
        if not self.sheet.merged:
            filled = [column for column, _ in self.filled(row)]
            ends = [*filled[1:], len(self.sheet.rows[row])] if filled else []
            spread |= {column for first, end in zip(filled, ends, strict=True) if end > first + 1
                       for column in range(first, end)}
        return spread

    def is_aside(self, row: int) -> bool:
        """Whether a row below a header holds only units (户, 万元) or the numbers of the columns (甲, 1, 2, 3)."""
        return bool(self.unit_row(row) or self.number_row(row))

    def unit_row(self, row: int) -> bool:
        """Whether most cells of a row are units and none is a number."""
        words = [shown(cell) for _, cell in self.filled(row)]
        units = sum(is_unit_word(each) for each in words)
        return self.is_words(row) and units >= 2 and units >= 0.6 * len(words)

    def number_row(self, row: int) -> bool:
        """Whether a row numbers the columns: 甲 乙 1 2 3 or (1) (2) (3)."""
        words = [shown(cell).strip("()（） ") for _, cell in self.filled(row)]
        counted = [each for each in words if each not in "甲乙丙丁戊序号栏次" and each]
        return len(counted) >= 3 and counted == [str(number) for number in range(1, len(counted) + 1)] \
            and len(counted) >= len(words) - 4

    def headers(self, top: int, bottom: int) -> tuple[Header, ...]:
        """The columns of a header with their paths, filled to the right and then down."""
        levels = [row for row in range(top, bottom + 1) if not self.is_aside(row) or row == top]
        width = max((column + 1 for row in range(top, bottom + 1) for column, _ in self.filled(row)), default=0)
        width = max([width, *(end[1] + 1 for start, end in self.across if top <= start[0] <= bottom)])
        units = next((row for row in range(top + 1, bottom + 1) if self.unit_row(row)), None)
        numbers = next((row for row in range(top + 1, bottom + 1) if self.number_row(row)), None)
        return tuple(self._header(column, levels, units, numbers) for column in range(width))

    def _header(self, column: int, levels: Sequence[int], units: int | None, numbers: int | None) -> Header:
        parts: list[str] = []
        cell = (levels[-1], column)
        for row in levels:
            place, words = self._level(row, column, levels)
            if words and words != (parts[-1] if parts else ""):
                parts.append(words)
                cell = place if place[1] == column else (row, column)
        stated = shown(self.sheet.value(units, column)) if units is not None else ""
        stated = stated if is_unit_word(stated) else next(
            (unit for each in reversed(parts) if (unit := split_unit(simplified(each))[1])), "")
        number = shown(self.sheet.value(numbers, column)).strip("()（） ") if numbers is not None else ""
        return Header(column, tuple(parts), cell, stated, number)

    def _level(self, row: int, column: int, levels: Sequence[int]) -> tuple[tuple[int, int], str]:
        """The words over a column at one level, and where they stand."""
        place = self._covered.get((row, column), (row, column))
        found = self.sheet.value(*place)
        if blank(found) and (row, column) not in self._covered and row != levels[-1] and self._below(row, column, levels):
            left = next((each for each in range(column - 1, -1, -1) if not blank(self.sheet.value(row, each))), None)
            if left is not None and self._below(row, left, levels):
                place, found = (row, left), self.sheet.value(row, left)
        return place, re.sub(r"\s+", " ", shown(found)).strip()

    def _below(self, row: int, column: int, levels: Sequence[int]) -> bool:
        """Whether a column has words of its own below a level."""
        return any(not blank(self.sheet.value(each, column)) for each in levels if each > row)
