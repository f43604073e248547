"""Read a CSV file strictly as text against its declaration; every fault is collected and raised once."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.columns import Column, range_words
from commlib.declarations.schemas import schema
from commlib.declarations.tables import TableDeclaration, split_ids
from commlib.errors import DataError, Fault
from commlib.intake.faults import explained
from commlib.units import unit_ids

# What a file that is no CSV begins with, and what it then is.
_SIGNATURES = {b"PK\x03\x04": "zip / xlsx", b"\xd0\xcf\x11\xe0": "xls / doc", b"\xff\xfe": "UTF-16",
               b"\xfe\xff": "UTF-16", b"%PDF": "PDF", b"PAR1": "Parquet", b"\x1f\x8b": "gzip"}


def read_table(path: Path, declaration: TableDeclaration) -> pd.DataFrame:
    """Read a declared table as a frame of text; index `line`: the line of the file on which the row begins.

    Nothing is coerced ("NA" stays "NA", "000" stays "000"). Columns of the file that are not declared are kept,
    declared optional ones that are missing are added blank, those declared `dropped` are left out.
    Raises DataError with every fault of the file: header, ragged rows, cells and duplicate keys.
    """
    lines, faults = _rows(path.name, _decoded(path))
    line, header = lines[0] if lines else (1, [])
    faults += _header_faults(path.name, str(line), header, declaration)
    body, ragged = _even(path.name, lines[1:], len(header))
    faults += ragged
    if len(set(header)) < len(header):
        raise _failed(path.name, faults)   # no cell can be named while two columns share a name
    index = pd.Index([number for number, _ in body], name="line", dtype="int64")
    frame = pd.DataFrame([cells for _, cells in body], columns=header, index=index, dtype=str)
    frame = frame.drop(columns=[column.name for column in declaration.columns if column.dropped], errors="ignore")
    faults += _cell_faults(path.name, frame, declaration)
    if faults:
        raise _failed(path.name, faults)
    for column in declaration.columns:
        if not column.required and not column.dropped and column.name not in frame:
            frame[column.name] = pd.Series("", index=frame.index, dtype=str)
    return frame


def reference_faults(file: str, frame: pd.DataFrame, declaration: TableDeclaration,
                     targets: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Every id in a `references` column that its target table (by table id, where given) does not hold."""
    faults = []
    for column in declaration.columns:
        target, _, name = column.references.partition(".")
        if not target or target not in targets or column.name not in frame:
            continue
        known = set(targets[target][name])
        for line, cell in frame[column.name].items():
            for missing in (part for part in split_ids(cell) if part not in known):
                faults.append(Fault(file, str(line), column.name, missing, *explained(
                    "fault", "reference", column=column.references, near=_near(missing, known), table=target)))
    return faults


def collected(faults: Iterable[Fault]) -> DataError:
    """The one error that carries the faults of one or several files."""
    listed = list(faults)
    return _failed(" / ".join(dict.fromkeys(fault.file for fault in listed)), listed)


def _failed(file: str, faults: list[Fault]) -> DataError:
    return DataError(phrases.text("fault.file", file=file, n=len(faults)), faults)


def _decoded(path: Path) -> str:
    """The file's text; raises DataError where it is missing, cannot be read, is empty or is no UTF-8 text."""
    def refuse(found: str, remedy: str, row: str = "") -> DataError:
        mend = phrases.text(remedy, path=str(path))
        return _failed(path.name, [Fault(path.name, row, "", found, phrases.text("fault.allowed_csv"), mend)])

    try:
        data = path.read_bytes()
    except FileNotFoundError as fault:
        raise refuse("-", "fault.remedy_missing_file") from fault
    except OSError as fault:
        raise refuse(fault.strerror or str(fault), "fault.remedy_unreadable") from fault
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise refuse("0" if not data else "", "fault.remedy_empty_file")
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise refuse(kind, "fault.remedy_not_csv")
    if b"\0" in data:
        raise refuse("\\x00", "fault.remedy_not_csv", str(data[:data.index(b"\0")].count(b"\n") + 1))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        row = str(data[:fault.start].count(b"\n") + 1)
        raise refuse(f"\\x{data[fault.start]:02x}", "fault.remedy_encoding", row) from fault


def _rows(file: str, text: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """The rows with the line on which each begins; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if cells:
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as fault:
        return rows, [Fault(file, str(begins), "", str(fault), *explained("fault", "quotes"))]
    return rows, []


def _header_faults(file: str, line: str, header: list[str], declaration: TableDeclaration) -> Iterator[Fault]:
    for name in dict.fromkeys(name for name in header if header.count(name) > 1):
        yield Fault(file, line, name, f"{name} × {header.count(name)}", phrases.text("fault.allowed_once"),
                    phrases.text("fault.remedy_duplicate_column"))
    strange = [name for name in header if name not in {column.name for column in declaration.columns}]
    for column in declaration.columns:
        if column.required and column.name not in header:
            remedy = phrases.text("fault.remedy_missing_column", column=column.name, label=column.label)
            yield Fault(file, line, column.name, _near(column.name, strange, 0.7) or "-",
                        phrases.text("fault.allowed_column"), remedy)


def _even(file: str, rows: list[tuple[int, list[str]]], width: int) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """Part the rows that have as many cells as the header from those that have not, or that are wholly blank."""
    even, faults = [], []
    for line, cells in rows:
        if len(cells) != width:
            faults.append(Fault(file, str(line), "", str(len(cells)), phrases.text("fault.allowed_cells", n=width),
                                phrases.text("fault.remedy_ragged")))
        elif not any(cell.strip() for cell in cells):
            faults.append(Fault(file, str(line), "", "", phrases.text("fault.allowed_filled"),
                                phrases.text("fault.remedy_blank_row")))
        else:
            even.append((line, cells))
    return even, faults


def _cell_faults(file: str, frame: pd.DataFrame, declaration: TableDeclaration) -> list[Fault]:
    """Every cell that the declaration's schema refuses and every row whose key stood before, in order of lines."""
    import pandera.errors

    checked = schema(declaration)
    checked = checked.remove_columns([name for name in checked.columns if name not in frame])
    try:
        checked.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        cases = failed.failure_cases
    else:
        return []
    faults = []
    keys = list(declaration.key)
    for line in sorted(cases.loc[cases["check"] == "key", "index"].unique()):
        same = (frame[keys] == frame.loc[line, keys]).all(axis="columns")
        first = str(frame.index[same][0])
        found = " + ".join(frame.loc[line, keys])
        faults.append((line, Fault(file, str(line), " + ".join(keys), found, *explained("fault", "key", first=first))))
    for case in cases[cases["check"] != "key"].itertuples():
        column = declaration.column(str(case.column))
        faults.append((case.index, Fault(file, str(case.index), column.name, str(case.failure_case),
                                         *_explained(column, str(case.check), str(case.failure_case)))))
    return [fault for _, fault in sorted(faults, key=lambda pair: pair[0])]


def _explained(column: Column, check: str, found: str) -> tuple[Text, Text]:
    """What a column allows and what to do about a cell that a named check refused."""
    if check == "blank":
        return phrases.text("fault.allowed_filled"), phrases.text("fault.remedy_blank", label=column.label)
    if check == "allowed" or column.type == "unit":
        known = column.allowed or tuple(unit_ids())
        remedy = phrases.text("fault.remedy_listed", near=_near(found, known)) if _near(found, known) else \
            phrases.text("fault.remedy_listed_any", label=column.label)
        return Text.same(", ".join(known)), remedy
    if check == "pattern":
        return explained("fault", "pattern", pattern=column.pattern, label=column.label)
    if check == "range":
        return range_words(column) or Text.same("-"), phrases.text("fault.remedy_range", label=column.label)
    return explained("fault", column.type)


def _near(found: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    return next(iter(difflib.get_close_matches(found.strip(), list(known), n=1, cutoff=cutoff)), "")
