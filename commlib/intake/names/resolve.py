"""Which places the names of a return mean: by code, by name, by a declared other name; never by likeness without a word.

Spellings that are the same by rule (width, blanks, 村委会 and 村, 居委会 and 社区) mean the same place without a word. A
declared other name, traditional characters, a name without its kind, and a unit that has become another kind since
(乡 to 镇, 镇 to 街道, 村 to 社区) are resolved with a note, and only where one place is meant; one other character of the
same sound (冈 for 岗, 龙祥 for 龙翔) with a warning, and only in the township that the row names. All else is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.checks import Severity
from commlib.declarations.columns import Column, ColumnType, Level
from commlib.declarations.tables import TableDeclaration
from commlib.intake.cells.readings import is_simplified, to_simplified
from commlib.intake.checks.rows import Rows
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.names.gazetteer import (
    COMMUNITY,
    TOWNSHIP_KINDS,
    Gazetteer,
    Unit,
    kind_of,
    short,
    sound,
    spelled,
    stem_of,
)
from commlib.places import PlaceLevel

_LEVELS = {Level.TOWNSHIP: (PlaceLevel.TOWNSHIP,), Level.COMMUNITY: (PlaceLevel.COMMUNITY,),
           Level.ANY: (PlaceLevel.TOWNSHIP, PlaceLevel.COMMUNITY), Level.COUNTY: ()}
_OFFERED, _LOOKED_AT = 3, 36   # places that are offered for a name that none bears, and that are compared
_LIKE = 0.5                    # likeness of the sound from which a place is offered


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name means: the key of one place ("" = none), and the oddity to tell, if there is one.

    Of the words for a county: whether they mean what stands `above` it, a province say, and whether the province or prefecture
    beside them is `astray`.
    """

    key: str = ""
    severity: Severity = Severity.ERROR
    code: Code | None = None
    allowed: Text | None = None
    remedy: Text | None = None
    above: bool = False
    astray: bool = False

    def told(self) -> tuple[Severity, Code, Text, Text]:
        """The oddity as a fault has it; there must be one."""
        assert self.code and self.allowed and self.remedy
        return self.severity, self.code, self.allowed, self.remedy


def refused(code: Code, allowed: Text, remedy: Text, astray: bool = False) -> Meant:
    """A name that means no one place."""
    return Meant("", Severity.ERROR, code, allowed, remedy, astray=astray)


def resolve(rows: Rows, declaration: TableDeclaration, places: Gazetteer) -> \
        tuple[dict[str, list[str]], list[tuple[int, ReturnFault]]]:
    """The keys of the places that each row names, by place column, and the faults, each with the position of its row.

    A key is "" where the cell is blank or a fault tells that no one place is meant. Names of communities are looked for
    in the township that the row names, if it names one.
    """
    columns = [each for each in declaration.columns if each.type is ColumnType.PLACE and each.name in rows.values]
    township = next((each.name for each in columns if each.level is Level.TOWNSHIP), "")
    finder = Finder(places)
    periods = rows.texts(declaration.period) if places.timed else [""] * len(rows)
    keys: dict[str, list[str]] = {}
    faults: list[tuple[int, ReturnFault]] = []
    for column in sorted(columns, key=lambda each: each.name != township):   # the township first: the others stand in it
        within = keys[township] if township and column.name != township else [""] * len(rows)
        asked = list(zip(rows.texts(column.name), within, periods, strict=True))
        known = {each: finder.find(str(each[0]), column, *each[1:]) for each in dict.fromkeys(asked)}
        keys[column.name] = [known[each].key for each in asked]
        odd = {each for each, meant in known.items() if meant.code}
        faults += [(at, rows.fault(at, column.name, *known[each].told())) for at, each in enumerate(asked) if each in odd]
    return keys, sorted(faults, key=lambda pair: pair[0])


@dataclass(frozen=True)
class Finder:
    """Finds the place that one name means in a county."""

    places: Gazetteer

    def find(self, name: str, column: Column, township: str = "", period: str = "") -> Meant:
        """The place of a level that a name means, in a township (key, "" = anywhere) and a period ("" = any)."""
        key = spelled(name)
        if not key:
            return Meant()
        if column.level in (Level.ANY, Level.COUNTY) and self._is_county(key):
            return Meant(self.places.county.key)
        levels = _LEVELS[column.level]
        found, reason = self._candidates(key, levels, township)
        now = [unit for unit in found if unit.valid(period)]
        if len(now) == 1:
            return self._one(now[0], reason)
        if now:
            named = joined([Text.same(self.places.described(unit)) for unit in now], "、", ", ")
            return refused(Code.NAMESAKE, self._allowed(column), phrases.text("resolve.remedy_namesake", places=named))
        if found:
            gone = found[0]
            return refused(Code.PLACE, self._allowed(column), phrases.text(
                "resolve.remedy_invalid", place=self.places.described(gone), since=gone.valid_from or "…",
                until=gone.valid_to or "…", period=period))
        near = _nearest(self.places, name, levels, township) if levels else None
        remedy = phrases.text("resolve.remedy_near", near=near, county=self.places.county.key) if near else \
            phrases.text("resolve.remedy_unknown", county=self.places.county.key)
        return refused(Code.PLACE, self._allowed(column), remedy)

    def _is_county(self, key: str) -> bool:
        county = self.places.county
        return key in (county.key, f"{county.key}000000", spelled(county.name_zh), *map(spelled, county.aliases))

    def _candidates(self, key: str, levels: tuple[PlaceLevel, ...], township: str) -> tuple[list[Unit], str]:
        """The units that a spelled name may mean by the first rule that knows one, and what to tell of that rule."""
        def fitting(units: Iterable[Unit]) -> list[Unit]:
            return [unit for unit in units if unit.level in levels and (not township or township in (unit.key, unit.township))]

        code = key[:9] if len(key) == 12 and key.endswith("000") else key
        if code in self.places.by_key:
            return fitting([self.places.by_key[code]]), ""
        for word in (key, *self._without_prefix(key, township)):
            for index, sought, reason in self._rules(word):
                if units := fitting(index.get(sought, [])):
                    return units, reason
        for above in () if township else self.places.townships:
            named = spelled(above.name)
            for prefix in dict.fromkeys((named, *(above.stem + kind for kind in TOWNSHIP_KINDS))):
                if not key.startswith(prefix) or key == prefix:
                    continue
                found, reason = self._candidates(key.removeprefix(prefix), levels, above.key)
                if found:
                    return found, reason if prefix == named else "kind"
        if not is_simplified(key) and (units := fitting(self.places.simplified.get(to_simplified(short(key)), []))):
            return units, "traditional"
        found, reason = self._of_stem(key, levels, fitting)
        return (found, reason) if found else (self._of_sound(key, levels, township), "sound")

    def _rules(self, word: str) -> tuple[tuple[dict[str, list[Unit]], str, str], ...]:
        return ((self.places.names, word, ""), (self.places.aliases, short(word), "alias"),
                (self.places.shorts, short(word), ""))

    def _without_prefix(self, key: str, township: str) -> list[str]:
        """The name without the county or the township that stands before it; of another township nothing is cut."""
        above = self.places.by_key.get(township)
        prefixes = [spelled(self.places.county.name_zh), *([spelled(above.name)] if above else [])]
        return [key.removeprefix(prefix) for prefix in prefixes if key.startswith(prefix) and key != prefix]

    def _of_stem(self, key: str, levels: tuple[PlaceLevel, ...],
                 fitting: Callable[[Iterable[Unit]], list[Unit]]) -> tuple[list[Unit], str]:
        """The units whose name is the same but for its kind: where the return leaves it out, or it has changed since.

        A community that only a village shares its name with may be a new one: it is not taken for the village.
        """
        kinds = {level: kind_of(key, level) for level in levels}
        if not any(kinds.values()):
            units = [unit for unit in fitting(self.places.stems.get(key, [])) if unit.kind]
            return units, "bare" if units else ""
        for level, kind in kinds.items():
            units = [unit for unit in fitting(self.places.stems.get(stem_of(key, level), [])) if unit.level is level]
            if kind not in ("", COMMUNITY) and any(unit.kind not in ("", kind) for unit in units):
                return units, "kind"
        return [], ""

    def _of_sound(self, key: str, levels: tuple[PlaceLevel, ...], township: str) -> list[Unit]:
        """The units that another character of the same sound makes of a name (冈 for 岗): of the named township, or townships."""
        def same(unit: Unit) -> bool:
            name = short(spelled(unit.name))
            return (unit.level in levels and (unit.level is PlaceLevel.TOWNSHIP or unit.township == township != "")
                    and len(name) == len(word) and sum(map(str.__ne__, name, word)) == 1 and sound(name) == sound(word))

        word = short(key)
        return [unit for unit in self.places.units if same(unit)] if len(stem_of(key, levels[0]) if levels else "") > 1 else []

    def _one(self, unit: Unit, reason: str) -> Meant:
        if not reason:
            return Meant(unit.key)
        severity = Severity.WARNING if reason == "sound" else Severity.NOTE
        return Meant(unit.key, severity, Code.RENAMED, Text.same(self.places.described(unit)),
                     phrases.text(f"resolve.note_{reason}", name=unit.name))

    def _allowed(self, column: Column) -> Text:
        return phrases.text("resolve.allowed", level=phrases.text(f"resolve.level_{column.level}"),
                            county=self.places.county.name)


def _nearest(places: Gazetteer, name: str, levels: tuple[PlaceLevel, ...], township: str = "") -> Text | None:
    """The nearest places of some levels as an enumeration with reasons, those of the township first; None: none is near."""
    key = spelled(name)
    stem, kind = stem_of(key, levels[0]), kind_of(key, levels[0])
    heard = sound(stem)
    shared = Counter(unit.key for syllable in set(heard) for unit in places.by_syllable.get(syllable, ())
                     if unit.level in levels)
    scored = []
    for unit in (places.by_key[each] for each, _ in shared.most_common(_LOOKED_AT)):
        like = SequenceMatcher(None, heard, places.sounds[unit.key], autojunk=False).ratio()
        if like >= _LIKE:
            spelt = SequenceMatcher(None, stem, unit.stem, autojunk=False).ratio()
            score = like + spelt + (unit.township == township) / 4 + (unit.kind == kind) / 8
            scored.append((-score, unit.key))
    near = [_with_reason(places, places.by_key[each], stem, kind, township) for _, each in sorted(scored)[:_OFFERED]]
    return joined(near, "、", ", ") if near else None


def _with_reason(places: Gazetteer, unit: Unit, stem: str, kind: str, township: str) -> Text:
    shown = Text.same(places.described(unit))
    if unit.stem != stem:
        reason = "sound" if places.sounds[unit.key] == sound(stem) else ""
    elif unit.kind != kind:
        reason = "kind"
    else:
        reason = "elsewhere" if township and unit.township != township else ""
    return phrases.text(f"resolve.near_{reason}", place=shown) if reason else shown
