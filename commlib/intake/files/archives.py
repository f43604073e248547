"""What a workbook's archive says beside its values: hidden rows, formats, formulas; and archives that are refused unopened.

The markup is searched as bytes, for a parser of every cell would take longer than reading the values.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.extents import extent
from commlib.intake.files.sheets import (
    MOST_BYTES,
    MOST_RATIO,
    Refused,
    column_number,
    file_fault,
    too_large,
)

_SMALL = 10 * 2**20   # what may unpack at any ratio
_READ = (".xml", ".rels")
_ROW = re.compile(rb"<row\b([^>]*)>|<\w+:row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,9})[\"']")
_NO_RESULT = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)"
                        rb"\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt=[\"']e[\"'][^>]*)>(?:\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?"
                         rb"\s*<(?:\w+:)?v>([^<]*)<")
_ATTRIBUTE = rb"\b%s=[\"']([^\"']*)[\"']"
# Number formats of the file format itself that say more than the number: fixed decimals, percentages, month and year.
_BUILT_IN = {2: "0.00", 4: "#,##0.00", 9: "0%", 10: "0.00%", 17: "mmm-yy"}
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass
class Details:
    """What the markup of one sheet says beside the values; rows and columns from 0."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    unread: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def checked_archive(path: Path) -> tuple[dict[str, Details], list[ReturnFault]]:
    """The details of each sheet by name, and notes, of an xlsx or ods file; nothing larger than it says is unpacked.

    Raises Refused with the fault of a bomb, a sheet too large, a damaged archive, or one that is no workbook.
    """
    file = path.name
    try:
        with ZipFile(path) as archive:
            _no_bomb(file, archive)
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _spreadsheet(file, archive), _outside(file, names)
            if "content.xml" in names and b"encryption-data" in _content(file, archive, "META-INF/manifest.xml"):
                raise Refused(file_fault(file, Code.ENCRYPTED, "ods", "encrypted"))
            if "content.xml" in names:
                return _open_document(file, _content(file, archive, "content.xml")), []
            raise Refused(file_fault(file, Code.KIND, "xlsb" if "xl/workbook.bin" in names else "zip", "kind"))
    except (BadZipFile, zlib.error, expat.ExpatError, KeyError, OSError, NotImplementedError, EOFError) as fault:
        raise Refused(file_fault(file, Code.UNREADABLE, fault, "damaged")) from fault


def _no_bomb(file: str, archive: ZipFile) -> None:
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise Refused(file_fault(file, Code.ENCRYPTED, entry.filename, "encrypted"))
    sizes = [entry.file_size for entry in archive.infolist()]
    packed = max(1, sum(entry.compress_size for entry in archive.infolist()))
    if sum(sizes) > MOST_BYTES or (sum(sizes) > _SMALL and sum(sizes) / packed > MOST_RATIO):
        raise _bomb(file, sum(sizes))


def _bomb(file: str, size: int) -> Refused:
    return Refused(file_fault(file, Code.OVERSIZE, f"{size / 2**20:,.0f} MB", "bytes", size=MOST_BYTES // 2**20,
                              ratio=MOST_RATIO))


def _content(file: str, archive: ZipFile, name: str) -> bytes:
    """The bytes of an entry, refused where it unpacks to more than the archive declares: the reader would not look."""
    entry: ZipInfo = archive.getinfo(name)
    if entry.compress_type == ZIP_STORED:
        return archive.read(name)
    if entry.compress_type != ZIP_DEFLATED or archive.fp is None:
        raise BadZipFile(name)
    archive.fp.seek(entry.header_offset)
    head = archive.fp.read(30)
    if head[:4] != b"PK\x03\x04":
        raise BadZipFile(name)
    archive.fp.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(archive.fp.read(entry.compress_size), entry.file_size + 1)
    if len(unpacked) > entry.file_size:
        raise _bomb(file, len(unpacked))
    if len(unpacked) < entry.file_size:
        raise BadZipFile(name)
    return unpacked


def _outside(file: str, names: set[str]) -> list[ReturnFault]:
    found = sorted(name for name in names if name.startswith("xl/externalLinks/") and name.endswith(".xml"))
    found += sorted(name for name in names if name in ("xl/connections.xml", "xl/vbaProject.bin"))
    return [file_fault(file, Code.EXTERNAL, ", ".join(found), "external", severity=Severity.NOTE)] if found else []


# ---- xlsx

def _spreadsheet(file: str, archive: ZipFile) -> dict[str, Details]:
    kept = {name: _content(file, archive, name) for name in archive.namelist() if name.endswith(_READ)}
    targets = {at["Id"]: posixpath.normpath(posixpath.join("xl", at["Target"])) if not at["Target"].startswith("/")
               else at["Target"][1:] for tag, at in _elements(kept["xl/_rels/workbook.xml.rels"]) if tag == "Relationship"}
    formats = _telling_formats(kept.get("xl/styles.xml", b""))
    details = {}
    for tag, at in _elements(kept["xl/workbook.xml"]):
        target = targets.get(next((value for key, value in at.items() if key.endswith(":id")), ""), "")
        if tag == "sheet" and target in kept:
            details[at["name"]] = _sheet_details(file, at["name"], kept[target], formats)
    return details


def _elements(markup: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small document: local name and attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, at: found.append((tag.rpartition(":")[2], dict(at)))
    parser.Parse(markup, True)
    return found


def _telling_formats(styles: bytes) -> dict[int, str]:
    """The formats that change what a number says, by the number of the cell style."""
    if not styles:
        return {}
    codes, cells, inside = dict(_BUILT_IN), [], False
    for tag, at in _elements(styles):
        if tag == "numFmt":
            codes[int(at["numFmtId"])] = at.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            cells.append(codes.get(int(at.get("numFmtId", 0)), ""))
    return {number: code for number, code in enumerate(cells) if telling(code)}


def telling(code: str) -> bool:
    """Whether a number format says something that the number does not: percent, fixed decimals, a date without a day."""
    bare = _QUOTED.sub("", code).lower()
    return "%" in bare or ".0" in bare or ("y" in bare and "d" not in bare)


def _sheet_details(file: str, sheet: str, markup: bytes, formats: dict[int, str]) -> Details:
    if b"\0" in markup or b"<!DOCTYPE" in markup:   # no spreadsheet writes these, and what reads them may be misled
        raise BadZipFile(sheet)
    too_large(file, *extent(markup), sheet)
    details = Details()
    if b"hidden=" in markup:
        details.hidden_rows = frozenset(
            int(number) - 1 for at in map(b"".join, _ROW.findall(markup)) if _is_set(at) and (number := _attribute(at, b"r")))
        details.hidden_columns = frozenset(
            number - 1 for at in _COLUMN.findall(markup) if _is_set(at)
            for number in range(int(_attribute(at, b"min") or 1), min(int(_attribute(at, b"max") or 0), 16384) + 1))
    if b"<f" in markup or b":f" in markup:
        for at, formula, empty in _NO_RESULT.findall(markup):
            if not (empty and _attribute(at, b"t") == b"str"):   # a formula may well give an empty text
                _put(details.unread, at, "=" + unescape(formula.decode("utf-8", "replace")))
    if b't="e"' in markup or b"t='e'" in markup:
        for at, found in _ERROR_CELL.findall(markup):
            _put(details.unread, at, found.decode("utf-8", "replace"))
    if formats:
        styles = b"|".join(str(number).encode() for number in formats)
        found = re.findall(rb"<(?:\w+:)?c\b(?=[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'])[^>]*?\bs=[\"'](" + styles
                           + rb")[\"'](?:[^>]*[^/>])?>", markup)
        columns = {name: column_number(name.decode()) for name in {name for name, _, _ in found}}
        details.formats = {(int(row) - 1, columns[name]): formats[int(style)] for name, row, style in found}
    return details


def _attribute(attributes: bytes, name: bytes) -> bytes:
    match = re.search(_ATTRIBUTE % name, attributes)
    return match[1] if match else b""


def _is_set(attributes: bytes) -> bool:
    return _attribute(attributes, b"hidden") in (b"1", b"true")


def _put(kept: dict[tuple[int, int], str], attributes: bytes, value: str) -> None:
    match = _REFERENCE.search(attributes)
    if match:
        kept[int(match[2]) - 1, column_number(match[1].decode())] = value


# ---- ods

class _Document:
    """The reading of an ods document, one element after the other."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: dict[str, Details] = {}
        self.name = ""
        self.row = self.column = self.rows = self.wide = 0

    def start(self, tag: str, at: dict[str, str]) -> None:
        if tag == "table:table":
            self.name = at.get("table:name", "")
            self.sheets[self.name] = Details()
            self.row = self.column = self.wide = 0
        elif tag == "table:table-column" and self.name:
            times = int(at.get("table:number-columns-repeated", 1))
            if at.get("table:visibility") in ("collapse", "filter"):
                self.sheets[self.name].hidden_columns |= frozenset(range(self.wide, self.wide + min(times, 16384)))
            self.wide += times
        elif tag == "table:table-row":
            self.column, self.rows = 0, int(at.get("table:number-rows-repeated", 1))
            if at.get("table:visibility") in ("collapse", "filter"):
                self.sheets[self.name].hidden_rows |= frozenset(range(self.row, self.row + min(self.rows, 1_048_576)))
        elif tag in ("table:table-cell", "table:covered-table-cell") and self.name:
            self._cell(at)

    def _cell(self, at: dict[str, str]) -> None:
        details, times = self.sheets[self.name], int(at.get("table:number-columns-repeated", 1))
        kind = at.get("office:value-type", "")
        down, across = int(at.get("table:number-rows-spanned", 1)), int(at.get("table:number-columns-spanned", 1))
        if kind or "table:formula" in at:
            too_large(self.file, self.row + self.rows, self.column + times, self.name)
        if (down, across) != (1, 1):
            details.merged.append(((self.row, self.column), (self.row + down - 1, self.column + across - 1)))
        if "table:formula" in at and not kind:
            details.unread[self.row, self.column] = at["table:formula"]
        if kind == "percentage":
            details.formats |= {(self.row + down, self.column + right): "0%"
                                for down in range(self.rows) for right in range(times)}
        self.column += times

    def end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.row += self.rows


def _open_document(file: str, content: bytes) -> dict[str, Details]:
    document = _Document(file)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = document.start, document.end
    parser.Parse(content, True)
    return document.sheets

