"""The rows of a sheet parted into blocks: title lines, header, body, totals, notes; everything is kept, nothing is guessed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from commlib.declarations.checks import Severity
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.intake.files.sheets import Cell, Sheet, blank, shown
from commlib.intake.layout.blocks import Block, Header, Line, Total, TotalKind
from commlib.intake.layout.headers import Heads
from commlib.intake.layout.row_words import SENTENCE, is_continued, is_note, is_number, is_signature, odd_rows, total_of

_LEADING = 4     # columns in which a label of a row may stand


@dataclass
class _Body:
    """What the rows below a header are found to be."""

    body: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)   # few words below a footnote: part of it, unless data come after


def blocks(sheet: Sheet, known: Collection[str]) -> tuple[list[Block], list[ReturnFault]]:
    """The blocks of a sheet, continued ones joined to what they continue, and faults of those that do not fit.

    `known` is the `headers.vocabulary` of the declared tables. A block without `headers` has data and no header row.
    """
    heads = Heads(sheet, known)
    found: list[Block] = []
    faults: list[ReturnFault] = []
    start = 0
    while start < heads.height:
        block, start = _block(heads, start, found[-1] if found else None)
        if block is None:
            continue
        if block.continued and found:
            found[-1:] = joined(found[-1], block, faults)
        else:
            found.append(block)
    return [_first_row_is_whole(each) for each in found], faults


def _block(heads: Heads, start: int, before: Block | None) -> tuple[Block | None, int]:
    """The block that begins at a row, and the row after it."""
    sheet = heads.sheet
    top = heads.header_start(start)
    above = [row for row in range(start, heads.height if top is None else top) if heads.filled(row)]
    lines = [line(sheet, row, heads.filled(row)) for row in above]
    continued = before is not None and any(is_continued(shown(sheet.value(each.row, each.column))) for each in lines)
    if top is None:
        body = [row for row in above if any(is_number(cell) for _, cell in heads.filled(row))]
        lines = [each for each in lines if each.row not in body]
        return (Block(sheet, tuple(lines), body=tuple(body)) if above else None), heads.height
    titles = [each for each in lines if not is_continued(each.text)]
    if before is not None and (continued or not titles):
        titles = [*before.titles, *titles]
    bottom = heads.header_end(top)
    found, end = _walk(heads, top, bottom)
    found.notes += [line(sheet, row, heads.filled(row)) for row in found.below]
    return Block(sheet, tuple(titles), heads.headers(top, bottom), tuple(range(top, bottom + 1)), tuple(found.body),
                 tuple(found.totals), tuple(found.notes), tuple(found.repeated), continued), end


def _walk(heads: Heads, top: int, bottom: int) -> tuple[_Body, int]:
    """Part the rows below a header; ends at the first row of the next block."""
    rows, found = heads.sheet.rows, _Body()
    again = _words(rows[top])
    row = bottom + 1
    sample = rows[row] if row < heads.height else ()
    column = next((number for number, cell in enumerate(sample) if is_number(cell)), 0)
    odd = [*odd_rows(rows, row, column), heads.height]
    while row < heads.height:
        following = odd[bisect_left(odd, row)]
        if following > row and not found.notes:
            found.body += range(row, following)
            row = following
            continue
        cells = rows[row]
        first = next((number for number, cell in enumerate(cells) if cell != "" and not blank(cell)), None)
        if first is None:
            row += 1
            continue
        if isinstance(cells[first], str):
            ahead = _next_header(heads, row, first, again, bottom - top)
            if ahead is not None and ahead < 0:
                return found, row
            if ahead:
                found.repeated += range(row, ahead)
                row = ahead
                continue
        _sort_row(heads, row, first, found)
        row += 1
    return found, heads.height


def _next_header(heads: Heads, row: int, first: int, again: list[str], deep: int) -> int | None:
    """What a row of words begins: -1 another block; the row after the same header printed again; None nothing."""
    cells = heads.sheet.rows[row]
    words = cells[first].strip()
    lone = all(blank(cell) for cell in cells[first + 1:])
    if "续" in words and is_continued(words) and len(heads.filled(row)) <= 2:
        return -1
    if words == again[0] and _words(cells) == again:
        return row + deep + 1
    if not is_number(words) and heads.is_known(words) and heads.is_heading(row) and heads.hits(row) >= 3:
        return -1
    if not lone or is_note(words) or is_signature(words) or total_of(cells):
        return None
    header = heads.next_heading(row)
    if header is None:
        return None
    return header + deep + 1 if _words(heads.sheet.rows[header]) == again else -1


def _words(cells: Sequence[Cell]) -> list[str]:
    """The texts of a row without blanks, to compare headers."""
    return [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]


def _sort_row(heads: Heads, row: int, first: int, found: _Body) -> None:
    """Put a row with the body, the totals or the notes."""
    cells = heads.sheet.rows[row]
    words = cells[first]
    total = total_of(cells)
    if total:
        found.totals.append(Total(row, *total))
    elif isinstance(words, str) and _says_note(heads, row, words) and not _numbers(cells[first + 1:]):
        found.notes.append(line(heads.sheet, row, heads.filled(row)))
    elif found.notes and isinstance(words, str) and len(heads.filled(row)) <= 2 and not _numbers(cells):
        found.below.append(row)
    else:
        found.body += [*found.below, row]
        found.below.clear()


def _says_note(heads: Heads, row: int, words: str) -> bool:
    """Whether a row is a footnote or a signature: it says so, or it is a lone sentence."""
    return is_note(words) or is_signature(words) or (
        len(words) > SENTENCE and len(heads.filled(row)) <= 2 and not is_number(words))


def _numbers(cells: Sequence[Cell]) -> bool:
    return any(is_number(cell) for cell in cells)


def joined(before: Block, after: Block, faults: list[ReturnFault]) -> list[Block]:
    """Join a continued block: rows to rows where the header is the same, columns to columns where the rows are.

    Where neither fits, both stay and a fault is kept, so that no row is paired with another place's; a few rows that
    bear another place than their counterpart are left out of it, each with a fault.
    """
    whole = replace(before, titles=after.titles, totals=(*before.totals, *after.totals), notes=(*before.notes, *after.notes),
                    repeated=(*before.repeated, *after.header_rows, *after.repeated))
    if [(each.column, each.path) for each in before.headers] == [(each.column, each.path) for each in after.headers]:
        return [replace(whole, body=(*before.body, *after.body))]
    paths = {each.path: each for each in before.headers if each.path}
    shared = [(paths[each.path], each) for each in after.headers if each.path in paths]
    more = [replace(each, beside=True) for each in after.headers if each.path and each.path not in paths]
    odd = _odd_rows(before, after, shared)
    if shared and more and len(before.body) == len(after.body) and 2 * len(odd) < len(after.body):
        faults += [_unpaired(after, right.column, row) for row, right in odd.items()]
        beside = {one: other for one, other in zip(before.body, after.body, strict=True) if other not in odd}
        if [each.label for each in before.totals] == [each.label for each in after.totals]:
            beside |= {one.row: other.row for one, other in zip(before.totals, after.totals, strict=True)}
            whole = replace(whole, totals=before.totals)
        return [replace(whole, headers=(*before.headers, *more), beside={**before.beside, **beside})]
    if shared and more and not set(after.values(shared[0][1])) <= {None, ""}:
        same = {each.path for _, each in shared}
        if len(same) < len([each for each in after.headers if each.path]) / 2:
            faults.append(_unpaired(after, after.headers[0].column, after.header_rows[0],
                                    f"{len(before.body)} / {len(after.body)}"))
    return [before, after]


def _odd_rows(before: Block, after: Block, shared: Sequence[tuple[Header, Header]]) -> dict[int, Header]:
    """The rows of a continued block that do not say the same as their counterparts, and the first header under which."""
    odd: dict[int, Header] = {}
    for left, right in shared:
        for row, one, other in zip(after.body, before.values(left), after.values(right), strict=False):
            if shown(one) != shown(other):
                odd.setdefault(row, right)
    return odd


def _unpaired(after: Block, column: int, row: int, found: str = "") -> ReturnFault:
    return after.sheet.fault(Severity.ERROR, Code.CONTINUED, found or after.sheet.value(row, column),
                             *explained("sheet", "continued"), row, column)


def line(sheet: Sheet, row: int, cells: Sequence[tuple[int, Cell]]) -> Line:
    """A row of words as one line."""
    words = dict.fromkeys(re.sub(r"\s+", " ", shown(cell)).strip() for _, cell in cells)
    return Line(row, cells[0][0], " ".join(words))


def _first_row_is_whole(block: Block) -> Block:
    """Set the first row apart where it alone bears a name that stands in the title: the county's own total."""
    if len(block.body) < 2:
        return block
    first = block.body[0]
    cells = [(column, cell.strip()) for column, cell in enumerate(block.sheet.rows[first][:_LEADING])
             if isinstance(cell, str) and cell.strip() and not is_number(cell)]
    if len(cells) != 1 or not cells[0][1].endswith(("县", "市", "区", "州", "旗", "盟")) or cells[0][1] not in block.title:
        return block
    column, label = cells[0]
    if any(shown(block.sheet.value(row, column)).strip() == label for row in block.body[1:]):
        return block
    return replace(block, body=block.body[1:], totals=(Total(first, column, TotalKind.WHOLE, label), *block.totals))
