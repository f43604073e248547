"""A file or a database address to sheets: workbooks, text, Parquet, SQL. What something is, its content says, not its name."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.archives import Details, checked_archive, telling
from commlib.intake.files.sheets import (
    MOST_CELLS,
    MOST_ROWS,
    Opened,
    Refused,
    Sheet,
    blank,
    file_fault,
    hidden_faults,
    too_large,
    unread_faults,
)
from commlib.intake.files.texts import read_text

ADDRESS = re.compile(r"(?:postgresql|sqlite|duckdb)(?:\+\w+)?://")
_SIGNATURES = {b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\xd0\xcf\x11\xe0": "ole", b"PAR1": "parquet"}
_DATABASES = {b"SQLite format 3": "sqlite", b"DUCK": "duckdb"}   # DuckDB has a checksum before its name
_OTHERS = {b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"<htm": "HTML", b"<!do": "HTML",
           b"<?xm": "XML", b"{\\rt": "RTF"}
_ENDINGS = {"zip": (".xlsx", ".xlsm", ".ods", ".et"), "ole": (".xls", ".et"), "parquet": (".parquet",),
            "text": (".csv", ".tsv", ".txt", ".tab")}
_BOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


def open_source(address: str | Path, charset: str = "") -> Opened:
    """Every sheet of a file, or every table of a database address (`…#table` for one), and what was odd.

    Never raises for what a file holds: what cannot be read is an error among the faults, with nothing read.
    """
    database = address if isinstance(address, str) and ADDRESS.match(address) else ""
    try:
        opened = _database(database) if database else _file(Path(address), charset)
    except Refused as refused:
        return Opened((), (refused.fault,))
    if all(blank(cell) for sheet in opened.sheets for row in sheet.rows for cell in row):
        name = database.partition(":")[0] or Path(address).name
        return Opened((), (*opened.faults, file_fault(name, Code.EMPTY, "0", "empty")))
    return opened


def _file(path: Path, charset: str) -> Opened:
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as fault:
        raise Refused(file_fault(path.name, Code.UNREADABLE, fault.strerror or fault, "missing")) from fault
    if not size:
        raise Refused(file_fault(path.name, Code.EMPTY, "0", "empty"))
    other = next((name for start, name in _OTHERS.items() if head.lstrip().lower().startswith(start.lower())), "")
    if other:
        raise Refused(file_fault(path.name, Code.KIND, other, "kind"))
    if database := next((name for start, name in _DATABASES.items() if head[8:].startswith(start) or head.startswith(start)), ""):
        raise Refused(file_fault(path.name, Code.KIND, f"{database}:///{path.name}", "address"))
    kind = next((name for start, name in _SIGNATURES.items() if head.startswith(start)), "text")
    opened = {"zip": _workbook, "ole": _workbook, "parquet": _parquet}.get(kind, lambda each: read_text(each, charset))(path)
    if path.suffix.lower() not in _ENDINGS[kind]:
        note = file_fault(path.name, Code.KIND, path.suffix, "ending", severity=Severity.NOTE, endings="、".join(_ENDINGS[kind]))
        return Opened(opened.sheets, (note, *opened.faults))
    return opened


# ---- workbooks

def _workbook(path: Path) -> Opened:
    data = path.read_bytes()
    details: dict[str, Details] = {}
    faults: list[ReturnFault] = []
    if data.startswith(b"PK"):
        details, faults = checked_archive(path)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(file_fault(path.name, Code.ENCRYPTED, path.suffix, "encrypted"))
    elif not any(name in data for name in _BOOK_STREAMS):
        raise Refused(file_fault(path.name, Code.KIND, "OLE", "kind"))
    sheets = _read_sheets(path.name, data, details or _old_details(path.name, data, faults))
    for sheet in sheets:
        faults += [*unread_faults(sheet), *hidden_faults(sheet)]
    return Opened(tuple(sheets), tuple(faults))


def _read_sheets(file: str, data: bytes, details: dict[str, Details]) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for kept in book.sheets_metadata:
                if kept.typ is not SheetTypeEnum.WorkSheet:
                    continue   # charts and macros hold no cells
                found = book.get_sheet_by_name(kept.name)
                detail = details.get(kept.name, Details())
                rows = found.to_python(skip_empty_area=False)
                too_large(file, len(rows), found.total_width, kept.name)
                sheets.append(Sheet(
                    file, kept.name, rows, merged=tuple(sorted(found.merged_cell_ranges or detail.merged)),
                    hidden_rows=detail.hidden_rows, hidden_columns=detail.hidden_columns, formats=detail.formats,
                    unread=detail.unread, hidden=kept.visible is not SheetVisibleEnum.Visible))
    except PasswordError as fault:
        raise Refused(file_fault(file, Code.ENCRYPTED, fault, "encrypted")) from fault
    except Refused:
        raise
    except BaseException as fault:
        # The reader's own panics are no Exception; whatever it stumbles over, the file is what cannot be read.
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        raise Refused(file_fault(file, Code.UNREADABLE, fault, "damaged")) from fault
    return sheets


def _old_details(file: str, data: bytes, faults: list[ReturnFault]) -> dict[str, Details]:
    """What an xls says beside its values, by sheet; none, and a warning, where only the values can be read."""
    if data.startswith(b"PK"):
        return {}
    import xlrd

    try:
        with xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO()) as book:
            return {sheet.name: _old_sheet(book, sheet) for sheet in book.sheets()}
    except Exception as fault:   # whatever it stumbles over: the values come from another reader, which judges the file
        faults.append(file_fault(file, Code.HIDDEN, fault, "details", severity=Severity.WARNING))
        return {}


def _old_sheet(book: Any, sheet: Any) -> Details:
    import xlrd

    codes = {number: book.format_map[style.format_key].format_str for number, style in enumerate(book.xf_list)
             if style.format_key in book.format_map}
    telling_styles = {number: code for number, code in codes.items() if telling(code)}
    details = Details(hidden_rows=frozenset(row for row, info in sheet.rowinfo_map.items() if info.hidden),
                      hidden_columns=frozenset(column for column, info in sheet.colinfo_map.items() if info.hidden))
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                details.unread[row, column] = xlrd.error_text_from_code.get(sheet.cell_value(row, column), "#?")
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and telling_styles:
                code = telling_styles.get(sheet.cell_xf_index(row, column))
                if code:
                    details.formats[row, column] = code
    return details


# ---- Parquet

def _parquet(path: Path) -> Opened:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            too_large(path.name, file.metadata.num_rows, file.metadata.num_columns)
            size = sum(file.metadata.row_group(each).total_byte_size for each in range(file.metadata.num_row_groups))
            table = file.read() if size <= MOST_CELLS * 100 else None
    except (pyarrow.ArrowException, OSError) as fault:
        raise Refused(file_fault(path.name, Code.UNREADABLE, fault, "damaged")) from fault
    if table is None:
        raise Refused(file_fault(path.name, Code.OVERSIZE, f"{size:,}", "rows", rows=f"{MOST_ROWS:,}", cells=f"{MOST_CELLS:,}"))
    columns = [column.to_pylist() for column in table.columns]
    rows = [list(table.column_names), *map(list, zip(*columns, strict=True))]
    return Opened((Sheet(path.name, "", rows),))


# ---- databases

def _database(address: str) -> Opened:
    """Each table read whole in one read-only transaction; names are quoted by SQLAlchemy, the password is never told."""
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    plain, _, wanted = address.partition("#")
    try:
        url = sqlalchemy.make_url(plain)
        name = f"{url.get_backend_name()}:{Path(url.database or '').name}"
        sheets = _tables(name, url, wanted)
    except (ArgumentError, ImportError, SQLAlchemyError) as fault:
        backend = plain.partition(":")[0]
        words = str(getattr(fault, "orig", None) or fault).partition("\n")[0]
        raise Refused(file_fault(backend, Code.UNREADABLE, words, "database")) from fault
    return Opened(tuple(sheets))


def _tables(name: str, url: Any, wanted: str) -> list[Sheet]:
    import sqlalchemy

    arguments: dict[str, Any] = {}
    if url.get_backend_name() in ("sqlite", "duckdb"):
        if not Path(url.database or "").is_file():
            raise Refused(file_fault(name, Code.UNREADABLE, url.database or "", "missing"))
        if url.get_backend_name() == "duckdb":
            arguments["connect_args"] = {"read_only": True, "config": {"enable_external_access": "false"}}
        else:
            url = url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")   # which driver a bare address means differs by version
    engine = sqlalchemy.create_engine(url, **arguments)
    if url.get_backend_name() == "postgresql":
        engine = engine.execution_options(postgresql_readonly=True)
    try:
        with engine.connect() as connection:
            known = sorted([*(inspected := sqlalchemy.inspect(connection)).get_table_names(), *inspected.get_view_names()])
            schema, _, bare = wanted.rpartition(".")
            if schema and wanted not in known:
                known, schemas = sorted(inspected.get_table_names(schema=schema)), schema
            else:
                bare, schemas = wanted, None
            if wanted and bare not in known:
                raise Refused(file_fault(name, Code.UNREADABLE, wanted, "no_table", known="、".join(known) or "-"))
            return [_table(name, connection, each, schemas) for each in ([bare] if wanted else known)]
    finally:
        engine.dispose()


def _table(file: str, connection: Any, table: str, schema: str | None) -> Sheet:
    import sqlalchemy

    found = connection.execute(sqlalchemy.select(sqlalchemy.text("*")).select_from(
        sqlalchemy.table(table, schema=schema)).limit(MOST_ROWS + 1))
    header = list(found.keys())
    rows: list[Any] = [header]
    while part := found.fetchmany(20_000):   # in parts, so that one that is too large is given up before it is whole
        rows += [list(row) for row in part]
        too_large(file, len(rows) - 1, len(header), table)
    return Sheet(file, table, rows)
