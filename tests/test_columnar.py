"""Long even text files are read by columns: rows and blocks are those of the ordinary way, whatever the text."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlib.declarations.tables import tables
from commlib.intake.files import texts
from commlib.intake.files.columnar import Columns, even_columns
from commlib.intake.files.sheets import Opened, Refused
from commlib.intake.layout.headers import vocabulary
from commlib.intake.layout.row_words import odd_rows
from commlib.intake.layout.sheet_blocks import blocks

CELLS = st.one_of(
    st.sampled_from(["", " ", "合计", "小计", "其中：住房", "全县", "续表", "注：略", "乡镇", "户数", "代码", "城关镇"]),
    st.sampled_from(["12", "2013", "123456", "１２３４５６", "²²²²²²", "12.5", "约300", "411325105201", "Total", "a\tb", "\x0b"]),
    st.sampled_from(["\u3000", "\u00a0", "字" * 31, "'=x"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5))
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=9))
ENDS = st.sampled_from(["\n", "\r\n"])


def read(path: Path, content: bytes, least: int) -> Opened | str:
    """What is read of some bytes where files from so many bytes on are read by columns; the fault where they are refused."""
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "LONG", least)
        try:
            return texts.read_text(path)
        except Refused as refused:
            return str(refused.fault)


@settings(max_examples=300, deadline=None)
@given(ROWS, ENDS, st.booleans(), st.booleans(), st.booleans())
def test_columns_are_rows(rows: list[list[str]], end: str, last: bool, marked: bool, quoted: bool) -> None:
    """Every cell, line and fault is the same, and so are the blocks and the rows that are looked at one by one."""
    lines = [",".join(f'"{cell}"' if quoted and not at else cell for cell in row) for at, row in enumerate(rows)]
    content = (end.join(lines) + (end if last else "")).encode("utf-8-sig" if marked else "utf-8")
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        usual, even = read(path, content, 10**9), read(path, content, 0)
    if isinstance(usual, str) or isinstance(even, str):
        assert usual == even
        return
    (one,), (other,) = usual.sheets, even.sheets
    assert [list(row) for row in other.rows] == one.rows and usual.faults == even.faults
    assert list(other.lines or ()) == list(one.lines or ())
    for start in range(min(2, len(one.rows))):
        for column in range(len(one.rows[0])):
            assert odd_rows(other.rows, start, column) == odd_rows(one.rows, start, column)
    known = vocabulary(tables())
    (mine, told), (theirs, said) = blocks(one, known), blocks(other, known)
    assert told == said and len(mine) == len(theirs)
    for left, right in zip(mine, theirs, strict=True):
        assert (left.titles, left.headers, left.body, left.totals, left.notes) == \
            (right.titles, right.headers, right.body, right.totals, right.notes)
        assert [left.values(each) for each in left.headers] == [right.values(each) for each in right.headers]


def test_what_is_read_by_columns() -> None:
    """Even plain text and a header in quotes are; quotes below, blank or ragged lines and other bytes are not."""
    found = even_columns('"代码","名称"\r\n123456,城关镇\r\n'.encode(), ",")
    assert isinstance(found, Columns) and list(found) == [["代码", "名称"], ["123456", "城关镇"]]
    assert found[-1] == ["123456", "城关镇"] and list(found[1:]) == [["123456", "城关镇"]]
    for other in ('a,b\n"1",2\n', "a,b\n\n1,2\n", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\r1,2\n", '"a,b",c\n1,2\n', '"a\n1,2\n', "\n",
                  ""):
        assert even_columns(other.encode(), ",") is None
    assert even_columns("名,a\n1,2\n".encode("gb18030"), ",") is None
