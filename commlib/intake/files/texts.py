"""Text files: which charset they are in, decided by strict decoding and evidence, and their rows as a spreadsheet counts them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.columnar import even_columns
from commlib.intake.files.sheets import MOST_BYTES, MOST_ROWS, Opened, Refused, Sheet, file_fault, too_large

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LEGACY = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}   # lead bytes of the frequent characters
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM", "utf-16": "UTF-16", "gb18030": "GB18030", "big5hkscs": "Big5"}
_UTF = ("", "utf-8-sig")   # charsets that a mark may stand before
LONG = 2**20       # bytes from which on an even file is read by columns
_LEAST = 0.6       # share of frequent characters below which decoded bytes are no Chinese, but damaged UTF-8
_MARGIN = 0.15     # by which the share of frequent characters must be higher in one charset than in the other
_SAMPLE = 20_000   # characters that are looked at
_DELIMITERS = (",", "\t", ";")


def read_text(path: Path, charset: str = "") -> Opened:
    """The rows of a csv or tsv file as one sheet of texts; a charset that a person confirmed is not weighed again.

    Raises Refused where no charset decodes it, two do equally well, a quote is not closed, or it is too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Refused(file_fault(path.name, Code.OVERSIZE, f"{path.stat().st_size / 2**20:,.0f} MB", "bytes",
                                 size=MOST_BYTES // 2**20, ratio=1))
    data = path.read_bytes()
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(file_fault(path.name, Code.KIND, "\\x00", "kind"))
    start = data[:4 * _SAMPLE].decode("utf-8-sig", "ignore")
    even = even_columns(data, _delimiter(start, path.suffix)) if charset in _UTF and len(data) >= LONG else None
    if even is not None:
        return Opened((Sheet(path.name, "", even, lines=range(1, len(even) + 1)),))
    charset = charset or decided(path.name, data)
    try:
        text = data.decode(charset)
    except (UnicodeDecodeError, LookupError) as fault:
        raise Refused(_undecodable(path.name, data)) from fault
    faults = [] if charset in ("utf-8", "utf-8-sig") else [
        file_fault(path.name, Code.CHARSET, _NAMES.get(charset, charset), "charset", severity=Severity.NOTE)]
    delimiter = _delimiter(text, path.suffix)
    rows, lines = _rows(path.name, text, delimiter)
    width = max(map(len, rows), default=0)
    too_large(path.name, len(rows), width)
    sheet = Sheet(path.name, "", rows, lines=lines)
    return Opened((sheet,), (*faults, *_ragged(sheet)))


def decided(file: str, data: bytes) -> str:
    """The charset of bytes: a byte order mark, else strict UTF-8, else GB18030 or Big5 by the share of frequent characters.

    Raises Refused where none decodes the bytes, or both and neither is clearly better.
    """
    for mark, charset in _MARKS.items():
        if data.startswith(mark):
            return charset
    if _decodes(data, "utf-8"):
        return "utf-8"
    shares = {charset: _frequent(data.decode(charset)[:_SAMPLE], charset) for charset in _LEGACY if _decodes(data, charset)}
    ranked = sorted((charset for charset in shares if shares[charset] >= _LEAST), key=lambda charset: -shares[charset])
    if not ranked:
        raise Refused(_undecodable(file, data))
    if len(ranked) > 1 and shares[ranked[0]] - shares[ranked[1]] < _MARGIN:
        found = ", ".join(f"{_NAMES[charset]} {shares[charset]:.0%}" for charset in ranked)
        raise Refused(file_fault(file, Code.ENCODING, found, "charset_unclear"))
    return ranked[0]


def _decodes(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _frequent(text: str, charset: str) -> float:
    """The share of the characters beyond ASCII that stand among the frequent ones of a charset, punctuation left out."""
    strict, first, last = _LEGACY[charset]
    beyond = [each for each in text if ord(each) > 0x7F and each not in "，。、；：（）％“”‘’《》—…　·℃㎡√×"]
    hits = 0
    for each in beyond:
        try:
            hits += first <= each.encode(strict)[0] <= last and "\u3400" <= each <= "\u9fff"
        except UnicodeEncodeError:
            continue
    return hits / len(beyond) if beyond else 1.0


def _undecodable(file: str, data: bytes) -> ReturnFault:
    try:
        data.decode("gb18030" if data[:4].isascii() else "utf-8")
    except UnicodeDecodeError as fault:
        line = data[:fault.start].count(b"\n") + 1
        return file_fault(file, Code.ENCODING, f"\\x{data[fault.start]:02x}", "encoding", cell=f"line {line}")
    return file_fault(file, Code.ENCODING, "", "encoding")


def _delimiter(text: str, suffix: str) -> str:
    """What parts the cells: what most of the first lines hold, in doubt what the ending says."""
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:30]
    usual = "\t" if suffix.lower() in (".tsv", ".tab") else ","
    counts = {each: sum(each in line for line in lines) for each in _DELIMITERS}
    return max(_DELIMITERS, key=lambda each: (counts[each], each == usual))


def _rows(file: str, text: str, delimiter: str) -> tuple[list[list[str]], tuple[int, ...]]:
    """The records, blank ones too, and the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines = list[list[str]](), list[int]()
    begins = 1
    try:
        for cells in reader:
            rows.append(cells)
            lines.append(begins)
            if len(rows) > MOST_ROWS:
                break   # refused below: there is no use in reading on
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise Refused(file_fault(file, Code.RAGGED, fault, "quotes", cell=f"line {begins}")) from fault
    return rows, tuple(lines)


def _ragged(sheet: Sheet) -> Iterator[ReturnFault]:
    """An error at each row with filled cells beyond those of the widest of the rows that most have: something slipped."""
    widths = Counter(map(len, sheet.rows))
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    for row, cells in enumerate(sheet.rows if max(widths, default=0) > usual else ()):
        if any(cell.strip() for cell in cells[usual:]):
            yield file_fault(sheet.file, Code.RAGGED, len(cells), "ragged", cell=sheet.address(row, usual), n=usual)
