"""Which county and which places the rows of a block are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from commlib import phrases
from commlib.declarations.checks import Severity
from commlib.declarations.columns import Column, ColumnType, Level
from commlib.intake.block_rows import BlockRows
from commlib.intake.cells.glances import says_nothing
from commlib.intake.counties import CountyFinder
from commlib.intake.faults import Code, ReturnFault, explained
from commlib.intake.files.sheets import letters, numeric, shown
from commlib.intake.layout.blocks import Header, Line
from commlib.intake.layout.headers import keys
from commlib.intake.layout.matching import Slice
from commlib.intake.names.gazetteer import Gazetteer, spelled
from commlib.intake.names.resolve import Meant, resolve
from commlib.places import PlaceLevel

# Headers of columns that say the county of a row; a table need not declare them.
_SAYING = {
    "province": ("省", "省份", "省级", "省区市", "省市区", "province"),
    "prefecture": ("市", "地市", "市州", "地级市", "设区市", "所属市", "地区", "prefecture", "city"),
    "county": ("县", "区县", "县区", "县市", "县名", "县市区", "所属县", "所属区县", "所属县区", "县市区名称", "county"),
    "code": ("区划代码", "行政区划代码", "行政区划", "县代码", "代码", "地区代码", "code", "countycode"),
}
_ROLES = {word: role for role, words in _SAYING.items() for word in words}
_MOSTLY = 0.5   # share of the names of a column that must be counties for its rows to be counties


def place_rows(found: BlockRows, slices: Sequence[Slice], county: str, finder: CountyFinder,
               units: Callable[[str], Gazetteer]) -> None:
    """Find the county of every row and the places that it names; `county` is the key that a person named, or ""."""
    said = _saying(found, slices)
    found.counties, found.said = [""] * len(found.at), tuple(said.values())
    own = _own_column(found, finder) if "county" not in said else None
    if "county" in said or "code" in said or (own is not None and not county):
        where = said.get("county") or said.get("code") or slices[0].columns[own.name if own else ""]
        _by_row(found, said, own, finder, where)
    else:
        key, line = (county, None) if county else finder.in_words(found.block.context)
        if key:
            found.counties = [key] * len(found.at)
            if line is not None and line.row < 0:
                found.place_faults.append((-1, _taken_from(found, line, "taking.note_county", key)))
        elif found.at:
            found.place_faults.append((-1, _unknown(found)))
    _townships_of_context(found, units)
    _resolve(found, units)
    _finest(found, units)


# ---- the county

def _saying(found: BlockRows, slices: Sequence[Slice]) -> dict[str, Header]:
    """The headers that say the county of a row, by what they say; of declared columns only those of codes."""
    taken = {header.column: name for part in slices for name, header in part.columns.items()}
    said: dict[str, Header] = {}
    for header in found.block.headers:
        role = next((_ROLES[each] for each in keys(header.path) if each in _ROLES), "")
        column = found.table.column(taken[header.column]) if header.column in taken else None
        if role and (column is None or (role == "code" and column.type is ColumnType.CODE and _holds_codes(column))):
            said.setdefault(role, header)
    return said


def _holds_codes(column: Column) -> bool:
    """Whether a declared column of codes holds those of places: its pattern is one of 6, 9 or 12 digits."""
    return column.pattern in ("[1-9][0-9]{5}", "[1-9][0-9]{8}", "[1-9][0-9]{11}")


def _own_column(found: BlockRows, finder: CountyFinder) -> Column | None:
    """The place column whose cells are mostly names of counties: of a table whose rows are counties."""
    for column in found.table.columns:
        if column.type is ColumnType.PLACE and column.level in (Level.ANY, Level.COUNTY) and column.name in found.letters:
            names = [each for each in dict.fromkeys(found.values[column.name]) if each]
            known = sum(finder.known(each) for each in names)
            if known > 1 and known >= _MOSTLY * len(names):
                return column
    return None


def _by_row(found: BlockRows, said: Mapping[str, Header], own: Column | None, finder: CountyFinder,
            where: Header) -> None:
    """The county of each row by its own code or name, within the province and prefecture beside it or in the title."""
    block = found.block
    if own is None and set(said) == {"code"} and (name := _column_of(found, said["code"])):
        _by_code(found, name, finder)
        return
    repeats = len(found.at) // max(1, len(block.body))
    texts = {role: _words(found, role, header) * repeats for role, header in said.items()}
    names = found.values[own.name] if own else texts.get("county", [])
    blank = [""] * len(found.at)
    scope = "" if texts.get("prefecture") or texts.get("province") else finder.prefecture_in(block.context)
    asked = list(zip(texts.get("code", blank), names or blank, texts.get("province", blank),
                     texts.get("prefecture", [scope] * len(found.at)), strict=True))
    known: dict[tuple[str, ...], Meant] = {}
    for at, words in enumerate(asked):
        key = (words[0][:6] if not words[1] else words[0], *words[1:])
        if key not in known:
            known[key] = finder.of_code(*key[:2]) if key[0] else finder.of_name(*key[1:])
        meant = known[key]
        found.counties[at] = meant.key
        if own is not None and meant.key:
            found.keys.setdefault(own.name, [""] * len(found.at))[at] = meant.key
        if meant.code:
            place = said.get("province") or said.get("prefecture") or where if meant.astray else where
            _tell(found, at, block.sheet.address(*block.cell(place, found.at[at])), words[1] or words[0], meant)


def _column_of(found: BlockRows, header: Header) -> str:
    """The declared column that stands under a header in every slice; "" where there is none."""
    return next((name for name, column in found.letters.items() if column == letters(header.column)), "")


def _by_code(found: BlockRows, name: str, finder: CountyFinder) -> None:
    """The county of each row by the first six digits of a declared column of codes."""
    codes = [text[:6] for text in found.values[name]]
    known = {code: finder.of_code(code) if code else Meant() for code in set(codes)}
    found.counties = [known[code].key for code in codes]
    odd = {code for code, each in known.items() if each.code}
    for at, code in enumerate(codes) if odd else ():
        if code in odd:
            cell = f"{found.letters[name]}{found.at[at] + 1}"
            _tell(found, at, cell, found.values[name][at], known[code])


def _words(found: BlockRows, role: str, header: Header) -> list[str]:
    """The words of a column that says the county; a blank name is what stands above it, a code stored as a number is told."""
    words: list[str] = []
    for at, cell in enumerate(found.block.values(header)):
        text = shown(cell).strip()
        if says_nothing(text):
            text = words[-1] if words and role != "code" and not text else ""
        elif numeric(cell) or text != cell:
            remedy = phrases.text("fault.remedy_code_number") if numeric(cell) else phrases.text("fault.note_read", read=text)
            found.place_faults.append((at, found.block.sheet.fault(
                Severity.NOTE, Code.REREAD, shown(cell), phrases.text("taking.allowed_county"), remedy,
                *found.block.cell(header, found.at[at]))))
        words.append(text)
    return words


def _tell(found: BlockRows, at: int, cell: str, told: str, meant: Meant) -> None:
    if meant.above:
        found.left_out.add(at)
    sheet = found.block.sheet
    severity, code, allowed, remedy = meant.told()
    found.place_faults.append((at, ReturnFault(sheet.file, sheet.name, cell, severity, code, told, allowed, remedy)))


def _unknown(found: BlockRows) -> ReturnFault:
    """The error of a block that names no county."""
    block = found.block
    return block.sheet.fault(Severity.ERROR, Code.PLACE, block.title or block.sheet.name, *explained("taking", "block"),
                             block.header_rows[0] if block.header_rows else None)


def _taken_from(found: BlockRows, line: Line, phrase: str, key: str) -> ReturnFault:
    """The note of what was taken from words around the table."""
    block = found.block
    row, column = (line.row, line.column) if line.row >= 0 else (block.header_rows[0], None)
    return block.sheet.fault(Severity.NOTE, Code.PLACE, line.text, phrases.text("taking.allowed_column"),
                             phrases.text(phrase, place=key), row, column)


# ---- places in the county

def _townships_of_context(found: BlockRows, units: Callable[[str], Gazetteer]) -> None:
    """Give every row the township that the words around the table name, where no column does."""
    name = next((each for each in found.table.place if found.table.column(each).level is Level.TOWNSHIP), "")
    counties = set(found.counties) - {""}
    if not name or (name in found.values and any(found.values[name])) or len(counties) != 1:
        return
    places = units(counties.pop())
    for line in found.block.context:
        named = _townships_in(line, places)
        if len(named) == 1:
            found.values[name] = [named[0]] * len(found.at)
            found.cells[name] = [found.block.sheet.address(line.row, line.column)] * len(found.at)
            found.letters.pop(name, None)
            found.place_faults.append((-1, _taken_from(found, line, "taking.note_township", named[0])))
            return


def _townships_in(line: Line, places: Gazetteer) -> list[str]:
    """The townships that a line names, the longest where one holds another; a lone word may leave the kind out."""
    words = spelled(line.text).replace(spelled(places.county.name_zh), " ")
    held = [unit.name for unit in places.townships if spelled(unit.name) in words
            or any(spelled(alias) in words for alias in unit.aliases if len(alias) > 2)]
    if not held:
        held = [unit.name for unit in places.townships if unit.stem == words.strip()]
    return [name for name in dict.fromkeys(held) if not any(name != other and name in other for other in held)]


def _resolve(found: BlockRows, units: Callable[[str], Gazetteer]) -> None:
    """The keys of the places, county by county."""
    columns = [each.name for each in found.table.columns if each.type is ColumnType.PLACE and each.name in found.values]
    left = [name for name in columns if name not in found.keys]
    for name in left:
        found.keys[name] = [""] * len(found.at)
    groups: dict[str, list[int]] = {}
    for at, county in enumerate(found.counties if left else ()):
        if county and any(found.values[name][at] for name in left):
            groups.setdefault(county, []).append(at)
    whole = found.rows() if groups else None
    for county, positions in groups.items():
        assert whole is not None
        rows = whole.some(positions)
        meant, faults = resolve(rows, found.table, units(county))
        for name in left:
            for at, key in zip(positions, meant[name], strict=True):
                found.keys[name][at] = key
        found.place_faults += [(positions[at], fault) for at, fault in faults]


def _finest(found: BlockRows, units: Callable[[str], Gazetteer]) -> None:
    """Fill the township of a community that is known, and the finest place of a return that names coarser ones alone."""
    place = found.table.place
    township = next((each for each in place if found.table.column(each).level is Level.TOWNSHIP), "")
    finest = place[-1] if place else ""
    refused = {at for at, fault in found.place_faults if fault.severity is Severity.ERROR}
    for name in place:
        found.keys.setdefault(name, [""] * len(found.at))
    if finest and finest not in found.values and found.table.column(finest).level is Level.ANY:
        for at, county in enumerate(found.counties):
            coarser = next((found.keys[name][at] for name in reversed(place[:-1]) if found.keys[name][at]), county)
            found.keys[finest][at] = coarser if at not in refused else ""
    if township and finest != township:
        for at, (key, county) in enumerate(zip(found.keys[finest], found.counties, strict=True)):
            if key == county:
                found.keys[township][at] = ""   # a row about the county stands in no township
            elif key and not found.keys[township][at]:
                unit = units(county).by_key.get(key)
                if unit is not None and at not in refused:
                    found.keys[township][at] = unit.township if unit.level is PlaceLevel.COMMUNITY else unit.key
