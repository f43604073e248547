"""Which county a return or one of its rows is about: by code, by name within its province, by what a code became."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.intake.faults import Code
from commlib.intake.layout.blocks import Line
from commlib.intake.names.gazetteer import spelled
from commlib.intake.names.resolve import Meant, refused
from commlib.places import Place, PlaceBook, PlaceLevel
from commlib.retired import RetiredCode, present_codes, why_retired, with_codes

_SAME_UNIT = ("converted", "renumbered")    # what follows such a code is the same county under another name or code
_NATION = ("全国", "中国", "合计", "省直辖县级行政区划", "自治区直辖县级行政区划")   # and the headings of the code list
_LONGEST = 14                               # characters of the longest name of a county
_GENERIC = re.compile(r"[城郊矿东西南北]区")   # names of counties that are common words too
_FINDERS: dict[int, CountyFinder] = {}
_ENDING = re.compile(r"(?<=..)(?:自治)?[县市区旗]$")


@dataclass(frozen=True)
class CountyFinder:
    """Finds the county that a name or code means among those of a place book."""

    book: PlaceBook

    @cached_property
    def _counties(self) -> dict[str, Place]:
        return {**self.book.register, **{key: each for key, each in self.book.slugs.items() if each.level is PlaceLevel.COUNTY}}

    @cached_property
    def _names(self) -> dict[str, list[Place]]:
        """The counties by name, other names, and the name behind those of its prefecture and province."""
        names: dict[str, list[Place]] = {}
        for place in self._counties.values():
            before = {"", place.prefecture_zh, place.province_zh, place.province_zh + place.prefecture_zh,
                      place.prefecture_zh.removesuffix("市")}
            for word in {spelled(prefix + name) for prefix in before for name in (place.name_zh, *place.aliases)}:
                names.setdefault(word, []).append(place)
        return names

    @cached_property
    def _stems(self) -> dict[str, list[Place]]:
        stems: dict[str, list[Place]] = {}
        for place in self._counties.values():
            stems.setdefault(_ENDING.sub("", spelled(place.name_zh)), []).append(place)
        return stems

    @cached_property
    def _retired(self) -> dict[str, list[RetiredCode]]:
        names: dict[str, list[RetiredCode]] = {}
        for each in self.book.retired.values():
            names.setdefault(spelled(each.name_zh), []).append(each)
        return names

    @cached_property
    def _prefectures(self) -> list[str]:
        """The names of the prefectures, those of a project's own counties among them."""
        return list(dict.fromkeys(each.prefecture_zh for each in self._counties.values() if each.prefecture_zh))

    @cached_property
    def _above(self) -> frozenset[str]:
        """The spelled names of what stands above counties."""
        provinces = {each.province_zh for each in self._counties.values()}
        headings = {each.name_zh for each in self.book.prefectures.values()}
        return frozenset(map(spelled, {*self._prefectures, *provinces, *headings, *_NATION} - {""}))

    def known(self, name: str) -> bool:
        """Whether a name is that of some county, province or prefecture, today or formerly."""
        key = spelled(name)
        return key in self._names or key in self._retired or key in self._above

    def of_code(self, code: str, name: str = "") -> Meant:
        """The county of a code of 6, 9 or 12 digits; a name beside it that is not the register's is told."""
        six = code[:6]
        place = self._counties.get(six) or self._counties.get(code)
        if place is not None:
            names = {spelled(word) for word in (place.name_zh, *place.aliases)}
            full = place.prefecture_zh + place.name_zh
            if not name or spelled(name) in names or spelled(full).endswith(spelled(name)):
                return Meant(place.key)
            same = _ENDING.sub("", spelled(name)) == _ENDING.sub("", spelled(place.name_zh))
            former = any(place.key in self._present(each) for each in self._retired.get(spelled(name), ()))
            return _renamed(place) if same or former else \
                refused(Code.PLACE, _told([place]), phrases.text("taking.remedy_code_name"))
        if six in self.book.retired:
            return self._followed([self.book.retired[six]])
        return _above() if six.endswith("00") or len(code) < 6 else self._unknown(code)

    def of_name(self, name: str, province: str = "", prefecture: str = "") -> Meant:
        """The county of a name, within a province and a prefecture where they are given."""
        key = spelled(name)
        every = self._names.get(key, [])
        found = [each for each in every if _within(each, province, prefecture)]
        if len(found) == 1:
            return Meant(found[0].key)
        if not found and (key in self._above or key in (spelled(province), spelled(prefecture))):
            return _above()
        if found or every:
            remedy = "taking.remedy_county_namesake" if found else "taking.remedy_county_elsewhere"
            return refused(Code.NAMESAKE if found else Code.PLACE, phrases.text("taking.allowed_county"),
                           phrases.text(remedy, places=_told(found or every)), astray=not found)
        former = [each for each in self._retired.get(key, []) if not province or self._province(each.code, province)]
        if former:
            return self._followed(former)
        found = [each for each in self._stems.get(key, []) if _within(each, province, prefecture)]
        return _renamed(found[0]) if len(found) == 1 else self._unknown(name, province)

    def _province(self, code: str, province: str) -> bool:
        above = self.book.provinces.get(code[:2])
        return above is not None and _alike(above.name_zh, province)

    def _present(self, each: RetiredCode) -> list[str]:
        return present_codes(each.code, self.book.retired, self.book.register)

    def _followed(self, former: Sequence[RetiredCode]) -> Meant:
        """The county that a former one is today, with a note; one that was parted or merged is not given to another."""
        last = max(former, key=lambda each: each.year)
        present = {code for each in former for code in self._present(each)}
        why = why_retired(last.code, self.book.retired, self.book.register)
        told = _told([self.book.register[code] for code in sorted(present)]) if present else phrases.text("taking.allowed_county")
        if len(present) == 1 and last.reason in _SAME_UNIT:
            return Meant(present.pop(), Severity.NOTE, Code.RENAMED, told, phrases.text("taking.note_retired", why=why))
        return refused(Code.PLACE, told, phrases.text("taking.remedy_retired", why=why))

    def _unknown(self, name: str, province: str = "") -> Meant:
        words = [word for word, places in self._names.items() if any(_within(each, province, "") for each in places)]
        close = difflib.get_close_matches(spelled(name)[:_LONGEST], words, n=3, cutoff=0.5)
        near = list({self._names[word][0].key: self._names[word][0] for word in close}.values())
        remedy = phrases.text("taking.remedy_county_near", near=_told(near)) if near else phrases.text("taking.remedy_county")
        return refused(Code.PLACE, phrases.text("taking.allowed_county"), remedy)

    # ---- words above a table

    def in_words(self, lines: Iterable[Line]) -> tuple[str, Line | None]:
        """The county that the words around a table name, and the line that does; "" where none names exactly one."""
        for line in lines:
            places = self._mentioned(line.text)
            if len(places) == 1:
                return places[0], line
        return "", None

    def prefecture_in(self, lines: Iterable[Line]) -> str:
        """The prefecture that the words around a table name; "" where there is none."""
        for line in lines:
            found = {name for name in self._prefectures if _short(name) in line.text}
            if len(found) == 1:
                return found.pop()
        return ""

    def _mentioned(self, text: str) -> list[str]:
        """The counties whose names stand in a text, the longest where one holds another; of namesakes those it places."""
        words = spelled(text)
        spans: list[tuple[int, int, list[str]]] = []
        for first in range(len(words)):
            for last in range(min(len(words), first + _LONGEST), first + 1, -1):
                keys = self._keys(words[first:last], words)
                if keys and not any(low <= first and last <= high for low, high, _ in spans):
                    spans.append((first, last, keys))
                    break
        return list(dict.fromkeys(key for _, _, keys in spans for key in keys))

    def _keys(self, name: str, words: str) -> list[str]:
        places = self._names.get(name, [])
        if not places and name in self._retired:
            meant = self._followed(self._retired[name])
            return [meant.key] if meant.key else []
        around = [each for each in places if each.prefecture_zh and _short(each.prefecture_zh) in words.replace(name, "", 1)]
        if around or _GENERIC.fullmatch(name):
            return [each.key for each in around]
        return [each.key for each in places]


def county_finder(book: PlaceBook) -> CountyFinder:
    """The finder of a place book, made once: the index of its names takes longer than a small return."""
    if id(book) not in _FINDERS:   # a finder holds its book, so that no other one can come to bear its id
        _FINDERS[id(book)] = CountyFinder(book)
    return _FINDERS[id(book)]


def _renamed(place: Place) -> Meant:
    """The county of another name or kind than its own, with a note."""
    return Meant(place.key, Severity.NOTE, Code.RENAMED, _told([place]), phrases.text("taking.note_renamed", name=place.name_zh))


def _above() -> Meant:
    """What is no county, but stands above: its row is left out, with a note."""
    return Meant("", Severity.NOTE, Code.PLACE, phrases.text("taking.allowed_county"), phrases.text("taking.note_above"),
                 above=True)


def _within(place: Place, province: str, prefecture: str) -> bool:
    """Whether a county lies in a province and a prefecture ("" = any)."""
    return (not province or _alike(place.province_zh, province)) and \
        (not prefecture or not place.prefecture_zh or _alike(place.prefecture_zh, prefecture)
         or _alike(place.province_zh, prefecture))


def _alike(name: str, said: str) -> bool:
    """Whether two names mean the same unit: 广西 and 广西壮族自治区."""
    one, other = spelled(name), spelled(said)
    return one == other or (len(min(one, other, key=len)) >= 2 and (one.startswith(other) or other.startswith(one)))


def _short(name: str) -> str:
    return re.sub(r"(?<=..)(?:市|地区|盟|(?:[^州]{1,6}族)?自治州)$", "", name)


def _told(places: Iterable[Place]) -> Text:
    """Counties as `411325 河南省内乡县`."""
    listed = [(each.key, Text(zh=each.province_zh + each.name_zh, en=f"{each.name.en}, {each.province.en}"
                              if each.province else each.name.en)) for each in places]
    return with_codes(listed) or phrases.text("taking.allowed_county")
