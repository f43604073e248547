"""Lines of logic that a form prints for its columns (7栏=1栏+4栏; 8=2+5), read and applied to its rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from commlib import phrases
from commlib.declarations.checks import Severity
from commlib.declarations.columns import NUMBERS
from commlib.declarations.tables import TableDeclaration
from commlib.intake.checks.declared import apart, tolerance_of
from commlib.intake.checks.rows import Floats, Rows, shown, where
from commlib.intake.faults import Code, ReturnFault

_TERM = r"(?:第?\(?\d{1,3}\)?(?:栏|列|项)?)"
_SIDE = rf"{_TERM}(?:[+\-]{_TERM})*"
_STATEMENT = re.compile(rf"(?P<left>{_SIDE})(?P<sign>=|≥|≤)(?P<right>{_SIDE})")
_SIGNS = {"＝": "=", ">=": "≥", "≧": "≥", "<=": "≤", "≦": "≤", "⩾": "≥", "⩽": "≤", "−": "-", "–": "-", "〔": "(", "〕": ")"}
# What looks like logic without being read: a column with its number beside a sign, or numbers on both sides of one.
_LIKE_LOGIC = re.compile(r"\d(?:栏|列|项).*[=≥≤<>]|[=≥≤<>].*\d(?:栏|列|项)|^\(?\d+\)?[=≥≤]\(?\d+\)?[+\-*/×÷(\d)]*$")


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
                                          phrases.text("check_fault.allowed_logic_line", known=known),
                                          phrases.text("check_fault.remedy_logic_line")))
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
