"""What the words of a row say about it: a number, a period, a total, a footnote, a signature, a table that goes on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from commlib.intake.files.columnar import Columns
from commlib.intake.files.sheets import Cell, numeric
from commlib.intake.layout.blocks import TotalKind

_LEADING = 4    # columns in which the label of a total may stand
_NUMBER = re.compile(r"[约近超达]?\s*[-+]?\d[\d,.\s]*\s*(?:[%‰]|[十百千万亿]*[余多]?[^\W\d]{0,3})")
_TIME = re.compile(r"(?:(?:19|20)\d{2}年?度?)?(?:(?:0?[1-9]|1[0-2])月(?:份|底|末)?|第?[一二三四1-4]季度?|[上下]半年|Q[1-4])"
                   r"|(?:19|20)\d{2}年?[度末底]?|(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])")
_MAYBE_TOTAL = re.compile(r"[计总全其]|total", re.IGNORECASE)
_TOTAL = re.compile(r"[#\s]*(.{0,16}?)[\s]*(合\s*计|总\s*计|小\s*计|共\s*计|总\s*数|Total|Subtotal)\s*[数:]?", re.IGNORECASE)
_WHOLE = re.compile(r"[#\s]*全\s*[县市区州省镇乡旗盟](?:合计|总计|平均|总数)?")
_PART = re.compile(r"[#\s]*其\s*中\s*[:：]?\s*(.*)", re.DOTALL)
_IN_A_NAME = re.compile(r"其中[^:：\s]*(?:委员会|居委会|村委会)")   # 其中村村委会 is a village
_SIGNS = "计总全其续注备说附填制经审复统单主分负联电报日签盖栏数资逻指标※*＊A-Za-z\t\r\f\v \u3000\u00a0"
_TELLING_TEXT = f"[{_SIGNS}]|.{{31}}|^$"   # the same, and blank, of one line in the words of RE2
_TELLING = re.compile(rf"^(?:[^{_SIGNS}\n]*[{_SIGNS}].*|.{{31,}})$", re.MULTILINE)   # a word that may begin something else
SENTENCE = 30   # characters from which on a lone text is a footnote and no heading of rows
_NOTE = re.compile(r"(?:注|备注|说明|附注|填表说明|填报说明|指标说明|逻辑关系|资料来源|数据来源|remarks?|notes?|source)"
                   r"\s*(?:\d*\s*[.、:：]|$)|[※*＊]|\d+栏\s*=", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?:填\s*表\s*人|填\s*报\s*人|制\s*表\s*人?|经\s*办\s*人|审\s*核\s*人?|复\s*核\s*人?|统计负责人|单位负责人|主管领导|分管领导"
    r"|负\s*责\s*人|联系电话|联系人|电\s*话|报\s*送\s*日\s*期|填\s*报\s*日\s*期|填\s*表\s*日\s*期|报出日期|日\s*期|填报单位|单位)"
    r"\s*(?:[(（]\s*(?:盖章|签字|签章|公章)\s*[)）]\s*[:：]?|[:：])|[(（]?\s*盖\s*章\s*[)）]?$|签\s*[字章]\s*[:：]")
_CONTINUED = re.compile(r"[(（]?\s*(?:续\s*表|续上表|续\s*\d*|接上表|.{0,40}[(（]\s*续\s*表?\s*[\d一二三四]*\s*[)）])"
                        r"\s*[\d一二三四]*\s*[)）]?|.{0,40}续表\s*[\d一二三四]*")


@lru_cache(8192)
def _number_words(words: str) -> bool:
    plain = unicodedata.normalize("NFKC", words).strip()
    return bool(_NUMBER.fullmatch(plain)) and not _TIME.fullmatch(plain)


def is_number(cell: Cell) -> bool:
    """Whether a cell is data: a stored number or date, or text that begins as a number; a year or month is none."""
    if numeric(cell):
        return not (isinstance(cell, int | float) and 1949 <= cell <= 2100 and float(cell).is_integer())
    return isinstance(cell, str) and _number_words(cell)


def is_time(words: str) -> bool:
    """Whether a level of a header is a period: 2013年, 9月, 第三季度."""
    return bool(_TIME.fullmatch(unicodedata.normalize("NFKC", words).replace(" ", "")))


def total_of(cells: Sequence[Cell]) -> tuple[int, TotalKind, str] | None:
    """The column, kind and label of a row of totals by its leading cells; None for a row of data."""
    for column, cell in enumerate(cells[:_LEADING]):
        if isinstance(cell, str) and _MAYBE_TOTAL.search(cell):
            if (match := _PART.fullmatch(cell)) and not _IN_A_NAME.fullmatch(cell):
                return column, TotalKind.PART, match[1].strip()
            if match := _TOTAL.fullmatch(cell):
                subtotal = match[2].lower().replace(" ", "") in ("小计", "subtotal")
                return column, TotalKind.SUBTOTAL if subtotal else TotalKind.TOTAL, match[1].strip()
            if _WHOLE.fullmatch(cell):
                return column, TotalKind.TOTAL, cell.strip()
    return None


def odd_rows(rows: Sequence[Sequence[Cell]], start: int, column: int) -> list[int]:
    """The rows from one on that are not data at a glance, in order: all others hold a certain number in a column, and leading
    words that tell nothing. An odd row may be data all the same.
    """
    if not isinstance(rows, Columns):
        return [start + at for at in _odd(rows[start:], column)]
    maybe = ~rows.digits(column, 5)
    for at in range(min(_LEADING, len(rows.arrays))):
        maybe |= rows.telling(at, _TELLING_TEXT) if at != column else False
    looked_at = [start + int(at) for at in np.flatnonzero(maybe[start:])]
    return [looked_at[at] for at in _odd([rows[row] for row in looked_at], column)]


def _odd(below: Sequence[Sequence[Cell]], column: int) -> list[int]:
    """The positions of the rows that are not data at a glance."""
    try:
        leading = [[cells[at] for cells in below] for at in range(min(_LEADING, min(map(len, below), default=0)))]
        numbers = leading[column] if column < len(leading) else [cells[column] for cells in below]
    except IndexError:
        return list(range(len(below)))
    odd = {at for at, number in enumerate(numbers) if not (
        (len(number) > 4 and number.isdigit()) if isinstance(number, str) else
        isinstance(number, float) and not 1949 <= number <= 2100)}
    for words in (each for at, each in enumerate(leading) if at != column):
        texts = [word if isinstance(word, str) else "-" for word in words]
        telling = {"", *_TELLING.findall("\n".join(texts))}
        odd |= {at for at, text in enumerate(texts) if text in telling or "\n" in text}
    return sorted(odd)


@lru_cache(4096)
def is_note(words: str) -> bool:
    """Whether a text begins a footnote."""
    return bool(_NOTE.match(words.strip()))


@lru_cache(4096)
def is_signature(words: str) -> bool:
    """Whether a text is a line of signatures: 填表人：, 报送日期：, 盖章."""
    return bool(_SIGNED.match(words.strip()))


@lru_cache(4096)
def is_continued(words: str) -> bool:
    """Whether a text announces that a table goes on: 续表, （续表一）."""
    return bool(_CONTINUED.fullmatch(words.strip()))
