"""Which declared table a block is, how sure that is and why; and which cells stand for which of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.checks import Severity
from commlib.declarations.tables import TableDeclaration
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.files.sheets import Sheet
from commlib.intake.files.sources import ADDRESS, open_source
from commlib.intake.layout.blocks import Block, Line
from commlib.intake.layout.headers import key, vocabulary
from commlib.intake.layout.mappings import Confirmed, read_mapping
from commlib.intake.layout.matching import Slice, column_faults, slices
from commlib.intake.layout.sheet_blocks import blocks

SURE = 0.6       # from which confidence on a table is taken
MARGIN = 0.08    # by which it must lead the second
_SHARES = (0.4, 0.35, 0.25)   # what required columns, matched headers and the title weigh
_UNTITLED, _FEWEST = 0.9, 3   # what columns alone are worth, and from how many of them on
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Recognised:
    """A block and what it was recognised as. Without a `table` nothing of it is taken; its fault names the nearest.

    `confidence` (0 to 1) weighs the required columns found, the headers that are columns and the title. `slices` say
    which header stands for which column: one for a long table, one a period where periods are columns.
    """

    block: Block
    table: TableDeclaration | None
    confidence: float
    why: Text
    slices: tuple[Slice, ...] = ()
    faults: tuple[ReturnFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """All that was read from one file or address: its recognised blocks, and the faults of the file and its layout."""

    name: str
    blocks: tuple[Recognised, ...] = ()
    faults: tuple[ReturnFault, ...] = ()
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class _Score:
    table: TableDeclaration
    confidence: float
    required: tuple[int, int]
    matched: int
    title: str
    untitled: float   # the confidence where no table's title stands anywhere


@dataclass(frozen=True, slots=True)
class _Known:
    """A declared table with what recognition looks up: its headers and the keys of its titles."""

    table: TableDeclaration
    headers: Mapping[str, str]
    titles: Mapping[str, str]


def read_return(address: str | Path, declared: Sequence[TableDeclaration], table: str = "", period: str = "") -> Return:
    """Open a file or database address and recognise its blocks among the declared tables, or as the one that is named.

    `period` stands for the period where neither a column, a title nor a name says it.
    Never raises for what the file holds; a mapping that a person confirmed beside it goes before everything found here.
    """
    by_id = {each.id: each for each in declared}
    is_file = not (isinstance(address, str) and ADDRESS.match(address))
    confirmed, faults = read_mapping(Path(address), by_id) if is_file else (None, [])
    opened = open_source(address, confirmed.charset if confirmed else "")
    faults = [*faults, *opened.faults]
    known = [_Known(each, each.headers(), {key(title): title for title in each.titles}) for each in declared]
    words, found = vocabulary(declared), []
    for sheet in opened.sheets:
        if _is_explanation(sheet):
            continue
        parts, odd = blocks(sheet, words)
        faults += odd
        said = confirmed.of(sheet.name) if confirmed else Confirmed()
        found += [recognised(block, known, Confirmed(table or said.table, said.columns), period) for block in parts]
    name = opened.sheets[0].file if opened.sheets else faults[0].file
    return Return(name, tuple(found), tuple(faults), opened.sheets)


def _is_explanation(sheet: Sheet) -> bool:
    """Whether a sheet is one of those that our own forms bring: notes and lists of choices."""
    return sheet.name in {phrases.phrase(name, language) for name in ("form.notes", "form.lists") for language in ("zh", "en")}


def recognised(block: Block, known: Sequence[_Known], confirmed: Confirmed, period: str = "") -> Recognised:
    """Recognise one block; a confirmed table is taken whatever its score, and its faults then tell what is missing."""
    if not block.headers:
        return _unknown(block, [], Code.HEADLESS)
    scores = [_score(block, each, confirmed) for each in known]
    if not any(score.title for score in scores):   # where no title says it, a table is known by its columns alone
        scores = [replace(score, confidence=max(score.confidence, score.untitled)) for score in scores]
    scores.sort(key=lambda score: (-score.confidence, score.table.id))
    best = next((each for each in scores if each.table.id == confirmed.table), scores[0])
    second = next((each for each in scores if each is not best), None)
    margin = best.confidence - (second.confidence if second else 0.0)
    if not confirmed.table and (best.confidence < SURE or margin < MARGIN):
        return _unknown(block, scores, Code.UNRECOGNISED)
    lookup = next(each for each in known if each.table is best.table)
    parts = slices(block, lookup.table, lookup.headers, confirmed.columns)
    if period and best.table.period:
        parts = tuple(part if best.table.period in (*part.columns, *part.given) else
                      replace(part, given={**part.given, best.table.period: Line(-1, -1, period)}) for part in parts)
    return Recognised(block, best.table, best.confidence, _why(block, best, second, bool(confirmed.table)),
                      parts, tuple(column_faults(block, lookup.table, parts, confirmed.columns)))


def _score(block: Block, known: _Known, confirmed: Confirmed) -> _Score:
    """How well a table fits: the share of required columns, the share of headers that are its columns, and the title."""
    parts = slices(block, known.table, known.headers, confirmed.columns)
    named = {name for part in parts for name in (*part.columns, *part.given)}
    headers = {header.column for part in parts for header in part.columns.values()}
    printed = [header for header in block.headers if header.path]
    required = [column.name for column in known.table.columns if column.required and not column.dropped]
    found = [name for name in required if name in named]
    title = _title(block, known)
    shares = (len(found) / len(required) if required else 1.0, len(headers) / len(printed) if printed else 0.0,
              float(bool(title)))
    confidence = sum(weight * share for weight, share in zip(_SHARES, shares, strict=True))
    untitled = (shares[0] + shares[1]) / 2 * _UNTITLED if len(headers) >= _FEWEST else 0.0
    return _Score(known.table, confidence, (len(found), len(required)), len(headers), title, untitled)


def _title(block: Block, known: _Known) -> str:
    """The longest title of the table that stands above the block, in the sheet's or in the file's name."""
    places = [key(each) for each in (block.title, block.sheet.name, Path(block.sheet.file).stem)]
    found = [title for words, title in known.titles.items() if len(words) >= 3 and any(words in place for place in places)]
    return max(found, key=len, default="")


def _why(block: Block, best: _Score, second: _Score | None, confirmed: bool) -> Text:
    printed = sum(bool(header.path) for header in block.headers)
    reasons = [phrases.text("recognise.columns", matched=best.matched, printed=printed, found=best.required[0],
                            required=best.required[1])]
    if best.title:
        reasons.insert(0, phrases.text("recognise.title", title=best.title))
    if confirmed:
        reasons.insert(0, phrases.text("recognise.confirmed"))
    if second and second.confidence > 0:
        reasons.append(phrases.text("recognise.second", table=second.table.label, confidence=f"{second.confidence:.2f}"))
    return joined(reasons, "；", "; ")


def _unknown(block: Block, scores: Sequence[_Score], code: Code) -> Recognised:
    """A block that is not taken: a fault with the nearest tables, never a guess."""
    offered = [each for each in scores[:_OFFERED] if each.confidence > 0]
    near = Text(zh="、".join(f"{each.table.label.zh} {each.table.id}（{each.confidence:.2f}）" for each in offered) or "—",
                en=", ".join(f"{each.table.label.en} {each.table.id} ({each.confidence:.2f})" for each in offered) or "—")
    row = block.header_rows[0] if block.header_rows else (block.body[0] if block.body else None)
    found = "、".join(header.text for header in block.headers if header.path) or block.title
    name = "headless" if code is Code.HEADLESS else "unrecognised"
    fault = block.sheet.fault(Severity.ERROR, code, found, phrases.text(f"recognise.allowed_{name}"),
                              phrases.text(f"recognise.remedy_{name}", near=near) if offered else
                              phrases.text("recognise.remedy_headless"), row)
    return Recognised(block, None, offered[0].confidence if offered else 0.0, fault.allowed, (), (fault,))

