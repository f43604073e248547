"""Cells that hold nothing, and columns of texts that are read as they stand: both are known at a glance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from commlib.declarations.columns import Column, ColumnType, value_key
from commlib.intake.cells.readings import Raw, narrow

DASHES = frozenset("-－—–―─一_/／\\…．.*")
SAME = frozenset({"同上", "〃", "″", "同前", "同上行", "ditto", "\"", "”", "“"})
NONE = frozenset({"无", "無", "没有", "无数据"})
UNKNOWN = frozenset({
    "未统计", "未統計", "未上报", "未报", "未填", "未填报", "未提供", "未掌握", "不详", "不明", "不适用", "暂无", "暂无数据",
    "暂缺", "缺", "缺失", "缺报", "待统计", "待定", "未知", "无法统计", "na", "n/a", "n.a.", "null", "none", "nan", "nil",
})
ERRORS = frozenset({"#ref!", "#n/a", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!"})
_PLAIN_TEXT = (ColumnType.TEXT, ColumnType.CODE)
_PLAIN_CODE = re.compile(r"(?:\[[0-9-]+\](?:\{[0-9]+\})?)+")   # patterns of digits alone
_UNSEEN = frozenset(" \t\r\n\u3000\u00a0\u2002\u2003\u2009\u202f\ufeff\u200b\u200c\u200d\u2060")
# What a text may begin with that is a gap, an error or a quoted formula; the exact reader then judges.
_TELLING_START = _UNSEEN | DASHES | {"", *"'＇#＃＂−﹣dDｄＤ"} | {word[0] for word in SAME}
_PLAIN_LINE = (f"[^{re.escape(''.join(sorted(_TELLING_START)))}\n]"
               f"(?:[^\n]*[^{re.escape(''.join(sorted(_UNSEEN)))}\n])?")   # a text that does not begin or end so


def says_nothing(text: str) -> bool:
    """Whether a text is blank, a dash, or a word for what is not known: NA, 未统计."""
    key = value_key(narrow(text))
    return key in UNKNOWN or (set(key) <= DASHES and key not in ("一", "."))


def odd_texts(cells: Sequence[Raw], column: Column) -> list[int] | None:
    """The positions of the cells of a column of texts or codes that are more than what they say; None: look at all of them."""
    if column.type not in _PLAIN_TEXT or column.choices or set(map(type, cells)) != {str}:
        return None
    texts = cast(Sequence[str], cells)
    if column.type is ColumnType.CODE:
        return [] if has_form(texts, column.pattern) else None
    if _are_lines(texts, _PLAIN_LINE):
        return []
    return [at for at, text in enumerate(texts) if text[:1] in _TELLING_START or text[-1] in _UNSEEN]


def has_form(texts: Sequence[str], pattern: str) -> bool:
    """Whether all texts certainly have the form of a pattern of digits alone; of other patterns it does not say so."""
    return bool(_PLAIN_CODE.fullmatch(pattern)) and _are_lines(texts, pattern)


def _are_lines(texts: Sequence[str], pattern: str) -> bool:
    """Whether all texts are one line each of the form of a pattern that takes no line end."""
    joined = "\n".join(texts)
    return joined.count("\n") + 1 == len(texts) and bool(re.fullmatch(f"(?:{pattern}\n)*+{pattern}", joined))
