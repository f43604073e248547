"""The empty return form of a table: one sheet to fill in, one of notes and one with the choices, all from its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.bilingual import Language, Text, listed
from commlib.declarations.checks import check_words
from commlib.declarations.columns import NUMBERS, Column, ColumnType, range_words
from commlib.declarations.tables import TableDeclaration
from commlib.intake.files.workbooks import sheet_name, workbook_bytes, write_cell
from commlib.places import Place
from commlib.units import unit, unit_ids

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 3      # below the title and the line of sender, period and units
_LAST_ROW = 2000    # down to which drop-downs and ranges reach
_WIDTHS = (10, 28)  # least and most characters of a column
_HEAD_FILL = "DDE6EF"
_NOTE_WIDTHS = (24, 12, 12, 44, 24, 60)


def form_bytes(declaration: TableDeclaration, language: str, county: Place | None = None) -> bytes:
    """The empty form as an xlsx file, with the county as its sender if given; the same of all gives the same bytes.

    Columns that are dropped on load, personal ones among them, are not on it. No cell holds a formula or a time.
    """
    from openpyxl import Workbook

    lang = Language(language)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_name(declaration.label[lang])
    columns = [column for column in declaration.columns if not column.dropped]
    _heading(sheet, declaration, columns, lang, county)
    _notes(book.create_sheet(sheet_name(phrases.phrase("form.notes", lang))), declaration, columns, lang)
    choices = {column.name: words for column in columns if (words := choice_words(column, lang))}
    addresses = _lists(book, choices, lang) if choices else {}
    for number, column in enumerate(columns, 1):
        _column(sheet, number, column, addresses.get(column.name, ""), lang)
    return workbook_bytes(book)


def header_words(column: Column, language: str) -> str:
    """The header of a column as the form prints it: its label, with the unit in brackets where it has one."""
    if not column.unit:
        return column.label[language]
    words = unit(column.unit).label[language]
    return f"{column.label.zh}（{words}）" if language == "zh" else f"{column.label.en} ({words})"


def choice_words(column: Column, language: str) -> list[str]:
    """The words that a drop-down offers; [] for a column that is filled in freely."""
    if column.type is ColumnType.BOOLEAN:
        return [phrases.phrase("word.yes", language), phrases.phrase("word.no", language)]
    if column.type is ColumnType.UNIT:
        return list(dict.fromkeys(unit(each).label[language] for each in unit_ids()))
    return [choice.label[language] for choice in column.choices]


def marked_title(words: str, place: Place | None, language: str) -> str:
    """A title over what is about a place: of a fictional one it says so."""
    if not (place and place.fictional):
        return words
    word = phrases.phrase("page.fictional", language)
    return f"{words}（{word}）" if language == "zh" else f"{words} ({word})"


def _heading(sheet: Worksheet, declaration: TableDeclaration, columns: Sequence[Column], language: Language,
             county: Place | None) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    def across(row: int, words: str, font: Font, align: str) -> None:
        cell = write_cell(sheet, row, 1, words)
        cell.font, cell.alignment = font, Alignment(horizontal=align, vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(columns))

    across(1, marked_title(declaration.label[language], county, language), Font(bold=True, size=16), "center")
    units = list(dict.fromkeys(unit(column.unit).label[language] for column in columns
                               if column.unit not in ("", "percent")))
    sender = f"{county.name[language]}  " if county else " " * 20
    parts = [phrases.phrase("form.sender", language) + sender, phrases.phrase("form.date", language) + " " * 16]
    if units:
        parts.append(phrases.phrase("form.units", language, units=listed(units, language)))
    across(2, "".join(parts), Font(size=10), "left")
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height, sheet.row_dimensions[HEADER_ROW].height = 30, 20, 34
    side = Side(style="thin")
    for number, column in enumerate(columns, 1):
        cell = write_cell(sheet, HEADER_ROW, number, header_words(column, language))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD_FILL)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _column(sheet: Worksheet, number: int, column: Column, choices: str, language: Language) -> None:
    """Width, number format, note and what may be filled in of one column."""
    from openpyxl.comments import Comment
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(number)
    head = header_words(column, language)
    size = len(head) * (2 if language is Language.ZH else 1) + 2
    dimension: Any = sheet.column_dimensions[letter]
    dimension.width = min(max(size, _WIDTHS[0]), _WIDTHS[1])
    if column.type not in NUMBERS:
        dimension.number_format = "@"   # codes keep their zeros, and 2013.10 never becomes 2013.1
    cell = sheet.cell(HEADER_ROW, number)
    comment = Comment("\n".join(_explained(column, language)), "commlib", height=120, width=260)
    cell.comment = comment
    rule = _validation(column, choices, language)
    if rule is not None:
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _validation(column: Column, choices: str, language: Language) -> Any:
    """A drop-down, or the range of a number; it warns and lets "about 300" through, for the intake reads that too."""
    from openpyxl.worksheet.datavalidation import DataValidation

    words = range_words(column)
    if choices:
        rule = DataValidation(type="list", formula1=choices, allow_blank=True)
    elif column.type in NUMBERS and words:
        low, high = column.minimum, column.maximum
        operator = "between" if None not in (low, high) else "lessThanOrEqual" if low is None else "greaterThanOrEqual"
        first, second = (high, None) if low is None else (low, high)
        rule = DataValidation(type="decimal", operator=operator, formula1=str(first), allow_blank=True,
                              formula2=None if second is None else str(second))
    else:
        return None
    rule.errorStyle = "warning"
    rule.error = (words or phrases.text("fault.allowed_choice"))[language]
    rule.errorTitle = column.label[language]
    rule.showErrorMessage = True
    return rule


def _explained(column: Column, language: Language) -> list[str]:
    """What is to be filled in, what is allowed, what a blank means, and the definition and caveat."""
    said: list[Text | None] = [phrases.text(f"type.{column.type}"), range_words(column),
                               phrases.text(f"blank.{column.blank}"), column.note, column.caveat]
    if column.personal:
        said.append(phrases.text(f"personal.{column.personal}"))
    return [each[language] for each in said if each]


def _notes(sheet: Worksheet, declaration: TableDeclaration, columns: Sequence[Column], language: Language) -> None:
    from openpyxl.styles import Alignment, Font

    by_name = {column.name: column for column in declaration.columns}
    rows = [[declaration.label[language]], [phrases.phrase("form.row", language, row=declaration.row)]]
    if declaration.cycle:
        rows.append([phrases.phrase("form.cycle", language, cycle=phrases.text(f"cycle.{declaration.cycle}"))])
    key = listed([by_name[name].label[language] for name in declaration.key], language)
    rows.append([phrases.phrase("form.key", language, columns=key)])
    rows += [[declaration.note[language]]] if declaration.note else []
    rows += [[phrases.phrase("form.several_units", language)], []]
    heads = len(rows) + 1
    rows.append([phrases.phrase(f"form.head_{each}", language)
                 for each in ("column", "type", "unit", "allowed", "blank", "meaning")])
    rows += [_note_row(column, language) for column in columns]
    shown = [check for check in declaration.checks if not any(by_name[name].dropped for name in check.columns)]
    if shown:
        rows += [[], [phrases.phrase("form.checks", language)]]
    titles = {1, heads, len(rows)}
    rows += [[check_words(check, by_name)[language], phrases.phrase(f"severity.{check.severity}", language)] for check in shown]
    for number, row in enumerate(rows, 1):
        for place, words in enumerate(row, 1):
            cell = write_cell(sheet, number, place, words)
            cell.font = Font(bold=number in titles)
            cell.alignment = Alignment(vertical="top", wrap_text=heads <= number < heads + len(columns) + 1)
    for letter, width in zip("ABCDEF", _NOTE_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width


def _note_row(column: Column, language: Language) -> list[str]:
    words = range_words(column)
    allowed = listed(choice_words(column, language), language) or (words[language] if words else "")
    meaning = " ".join(each[language] for each in (column.note, column.caveat) if each)
    return [column.label[language], phrases.phrase(f"type.{column.type}", language),
            unit(column.unit).label[language] if column.unit else "", allowed,
            phrases.phrase(f"blank.{column.blank}", language), meaning]


def _lists(book: Workbook, choices: dict[str, list[str]], language: Language) -> dict[str, str]:
    """Write the choices of each column below its id, and give the address of each list."""
    from openpyxl.utils import get_column_letter

    sheet: Any = book.create_sheet(sheet_name(phrases.phrase("form.lists", language)))
    addresses = {}
    for number, (name, words) in enumerate(choices.items(), 1):
        write_cell(sheet, 1, number, name)
        for row, word in enumerate(words, 2):
            write_cell(sheet, row, number, word)
        letter = get_column_letter(number)
        addresses[name] = f"'{sheet.title}'!${letter}$2:${letter}${len(words) + 1}"
    return addresses
