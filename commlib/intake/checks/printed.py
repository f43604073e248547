"""What a return prints about its own rows: totals (合计, 小计, 其中), and lines of logic for its columns (7栏=1栏+4栏; 8=2+5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from commlib import phrases
from commlib.declarations.checks import CheckKind, Severity
from commlib.declarations.columns import NUMBERS, Column, ColumnType
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import TableDeclaration
from commlib.intake.checks.rows import SLACK, Bools, Floats, Found, Rows, shown, where
from commlib.intake.checks.within import apart, row_faults, tolerance_of
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.intake.layout.blocks import TotalKind
from commlib.units import is_unit, unit

# What no one adds up: shares, differences of shares, scores, ranks, years, whatever is "per" something or in units row by row.
_NEVER_SUMMED = ("share", "share_difference", "score", "rank", "calendar")
_OF_PRINTED_TOTALS = (CheckKind.SUM, CheckKind.PART, CheckKind.ORDER, CheckKind.RATE, CheckKind.GROWTH)
_TERM = r"(?:第?\(?\d{1,3}\)?(?:栏|列|项)?)"
_SIDE = rf"{_TERM}(?:[+\-]{_TERM})*"
_STATEMENT = re.compile(rf"(?P<left>{_SIDE})(?P<sign>=|≥|≤)(?P<right>{_SIDE})")
_SIGNS = {"＝": "=", ">=": "≥", "≧": "≥", "<=": "≤", "≦": "≤", "⩾": "≥", "⩽": "≤", "−": "-", "–": "-", "〔": "(", "〕": ")"}
# What looks like logic without being read: a column with its number beside a sign, or numbers on both sides of one.
_LIKE_LOGIC = re.compile(r"\d(?:栏|列|项).*[=≥≤<>]|[=≥≤<>].*\d(?:栏|列|项)|^\(?\d+\)?[=≥≤]\(?\d+\)?[+\-*/×÷(\d)]*$")


# ---- totals

def total_faults(rows: Rows, totals: Rows, kinds: Sequence[TotalKind], declaration: TableDeclaration) -> list[ReturnFault]:
    """Every printed total that the rows do not give, as a warning, and the checks within a row on the totals themselves.

    `rows` are all rows of the body, refused ones too, a cell that could not be read being blank; `kinds` is what
    each row of `totals` is. A total stands for the rows that bear its place, a 小计 and one of several totals else
    for the rows between it and the next total (above or below, whichever fits), any other for all rows of its sheet. A
    row 其中 is no total: it may not be more than the total or row above it.
    """
    columns = [each for each in declaration.columns if _is_summed(each, declaration) and each.name in totals.values]
    found: list[tuple[int, ReturnFault]] = []
    for position, kind in enumerate(kinds):
        if kind is TotalKind.PART:
            found += _of_which_faults(rows, totals, position, columns, kinds)
            continue
        scopes = [scope for scope in _scopes(rows, totals, position, kinds, declaration) if scope.any()]
        tries = [list(_differences(rows, totals, position, columns, scope)) for scope in scopes]
        if tries:
            fewest = min(tries, key=len)
            found += fewest
    for check in declaration.checks:
        found += row_faults(totals, check, declaration) if check.kind in _OF_PRINTED_TOTALS else ()
    return [fault for _, fault in sorted(found, key=lambda pair: pair[0])]


def _is_summed(column: Column, declaration: TableDeclaration) -> bool:
    """Whether a column is of numbers that add up over places."""
    if column.type not in NUMBERS or column.unit_from or "/" in column.unit:
        return False
    if is_unit(column.unit) and any(unit(column.unit).measures(each) for each in _NEVER_SUMMED):
        return False
    if any(check.kind in (CheckKind.RATE, CheckKind.GROWTH) and check.columns[0] == column.name for check in declaration.checks):
        return False
    return not column.measure or column.measure.startswith("each") or read_argument(column.measure).measure.additive


def _scopes(rows: Rows, totals: Rows, position: int, kinds: Sequence[TotalKind],
            declaration: TableDeclaration) -> Iterator[Bools]:
    """The sets of rows that a total may stand for; the one with the fewest differences is taken."""
    sheet = rows.on_sheet(totals.sheet_of(position))
    if declaration.period and (period := totals.text(position, declaration.period)):
        sheet &= (rows.texts(declaration.period) == period) | (rows.texts(declaration.period) == "")
    for place in declaration.place:
        named = totals.text(position, place)
        if named and (same := sheet & (rows.texts(place) == named)).any():
            yield same
            return
    whole = [each for each, kind in enumerate(kinds) if kind is not TotalKind.PART]
    partial = kinds[position] is TotalKind.SUBTOTAL
    if not partial:
        yield sheet
    if partial or list(kinds).count(TotalKind.TOTAL) > 1:
        numbers, at = rows.values.index.to_numpy(), totals.values.index[position]
        others = sorted(totals.values.index[each] for each in whole if totals.sheet_of(each) == totals.sheet_of(position))
        above = max((each for each in others if each < at), default=-1)
        below = min((each for each in others if each > at), default=np.inf)
        yield sheet & (numbers > above) & (numbers < at)
        yield sheet & (numbers > at) & (numbers < below)


def _differences(rows: Rows, totals: Rows, position: int, columns: Sequence[Column], scope: Bools) -> Found:
    """The columns in which a total is not the sum over the rows of its scope."""
    for column in columns:
        total, parts = totals.numbers(column), rows.numbers(column)
        if not total.known[position] or not (parts.known & scope).any():
            continue
        low, high = (np.array([side[scope].sum()]) for side in (parts.low, parts.high))
        step = np.array([max(float(total.step[position]), float(parts.step[scope].max()))])
        # Whole units are counted, not rounded: there the number of rows widens nothing.
        tolerance = tolerance_of(None, step, int(scope.sum()) if column.type is ColumnType.DECIMAL else 1)
        here: tuple[Floats, Floats] = (total.low[[position]], total.high[[position]])
        if apart(*here, low, high, tolerance)[0]:
            known = scope & parts.known
            made = shown(sum(parts.middle(at) for at in where(known)))
            yield position, totals.fault(position, column.name, Severity.WARNING, Code.TOTAL, *explained(
                "check_fault", "total", n=int(known.sum()), value=made, tolerance=shown(float(tolerance[0]))))


def _of_which_faults(rows: Rows, totals: Rows, position: int, columns: Sequence[Column], kinds: Sequence[TotalKind]) -> Found:
    """The columns in which a row 其中 is more than the nearest total or row above it."""
    at, sheet = totals.values.index[position], totals.sheet_of(position)
    above = [(row, rows, each) for each, row in enumerate(rows.values.index) if row < at and rows.sheet_of(each) == sheet]
    above += [(row, totals, each) for each, row in enumerate(totals.values.index) if row < at and totals.sheet_of(each) == sheet
              and kinds[each] is not TotalKind.PART]
    if not above:
        return
    _, holder, whole = max(above, key=lambda each: each[0])
    for column in columns:
        part, held = totals.numbers(column), holder.numbers(column)
        if part.known[position] and held.known[whole] and part.low[position] > held.high[whole] + SLACK:
            allowed = phrases.text("check_fault.allowed_of_which", value=holder.text(whole, column.name),
                                   cell=holder.cell(whole, column.name))
            yield position, totals.fault(position, column.name, Severity.WARNING, Code.PART, allowed,
                                         phrases.text("check_fault.remedy_total"))


# ---- lines of logic

@dataclass(frozen=True, slots=True)
class Logic:
    """One statement: the columns of each side with +1 or -1, the sign between them (=, ≥, ≤), and its own words."""

    left: tuple[tuple[str, int], ...]
    right: tuple[tuple[str, int], ...]
    sign: str
    words: str


def read_logic(lines: Iterable[tuple[str, str]], numbered: Mapping[int, str], file: str, sheet: str) \
        -> tuple[list[Logic], list[ReturnFault]]:
    """The statements of the lines (address and text), and a note for each that looks like one and is not understood.

    `numbered` is the declared column under each number that the form prints (the row 栏次). Text without logic is passed
    over. A column that is named and is not there, or holds no number, is not understood either.
    """
    logic, faults = [], []
    for cell, text in lines:
        for words in _statements(text):
            match = _STATEMENT.fullmatch(words)
            sides = [_side(match[side], numbered) for side in ("left", "right")] if match else []
            if match and all(sides):
                logic.append(Logic(sides[0], sides[1], match["sign"], words))
            elif match or _LIKE_LOGIC.search(words):
                known = ", ".join(f"{number} {name}" for number, name in sorted(numbered.items())) or "-"
                faults.append(ReturnFault(file, sheet, cell, Severity.NOTE, Code.LOGIC, words,
                                          *explained("check_fault", "logic_line", known=known)))
    return logic, faults


def logic_faults(rows: Rows, logic: Iterable[Logic], declaration: TableDeclaration) -> list[ReturnFault]:
    """The rows in which a statement does not hold, as a warning at the first column of its left side."""
    found: list[tuple[int, ReturnFault]] = []
    numeric = {column.name: column for column in declaration.columns if column.type in NUMBERS}
    for each in logic:
        names = [name for name, _ in (*each.left, *each.right)]
        if not set(names) <= set(numeric):
            continue
        numbers = {name: rows.numbers(numeric[name]) for name in names}
        sides = [_interval([(numbers[name].low, numbers[name].high, sign) for name, sign in side])
                 for side in (each.left, each.right)]
        told = np.all([np.any([numbers[name].known for name, _ in side], axis=0) for side in (each.left, each.right)], axis=0)
        steps = np.max([one.step for one in numbers.values()], axis=0)
        (low, high), (other_low, other_high) = sides
        tolerance = tolerance_of(None if each.sign == "=" else 0, steps, max(len(each.left), len(each.right)))
        if each.sign == "≥":   # only too small a left side is wrong
            low = np.full(len(low), -np.inf)
        elif each.sign == "≤":
            high = np.full(len(high), np.inf)
        for at in where(told & apart(low, high, other_low, other_high, tolerance)):
            made = shown(sum(sign * numbers[name].middle(at) for name, sign in each.right if numbers[name].known[at]))
            cells = ", ".join(rows.cell(at, name) for name in names[1:])
            found.append((at, rows.fault(at, names[0], Severity.WARNING, Code.LOGIC, phrases.text(
                "check_fault.allowed_logic", words=each.words, value=made), phrases.text("check_fault.remedy_sum", cells=cells))))
    return [fault for _, fault in sorted(found, key=lambda pair: pair[0])]


def _statements(text: str) -> list[str]:
    """The pieces of a line that may each be a statement, in one way of writing."""
    plain = unicodedata.normalize("NFKC", text)
    for found, meant in _SIGNS.items():
        plain = plain.replace(found, meant)
    pieces = re.split(r"[;,:、。\n]", plain)
    return [re.sub(r"\s+", "", piece).strip(".") for piece in pieces if piece.strip()]


def _side(text: str, numbered: Mapping[int, str]) -> tuple[tuple[str, int], ...]:
    """The columns of one side with their signs; () where a number names no column."""
    terms = [(int(number), -1 if sign == "-" else 1) for sign, number in re.findall(r"([+\-]?)[第(]*(\d+)", text)]
    return tuple((numbered[number], sign) for number, sign in terms) if all(number in numbered for number, _ in terms) else ()


def _interval(terms: Iterable[tuple[Floats, Floats, int]]) -> tuple[Floats, Floats]:
    """The interval of a sum of terms with signs."""
    ends = [(low, high) if sign > 0 else (-high, -low) for low, high, sign in terms]
    return np.sum([low for low, _ in ends], axis=0), np.sum([high for _, high in ends], axis=0)
