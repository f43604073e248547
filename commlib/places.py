"""Places: which county, township or community a code, a slug or a reported name means."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text, excerpt
from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home, find_home
from commlib.placelists import coded_names, own_counties, own_list, own_units, register_rows
from commlib.placenames import declared_places, named, township_kind
from commlib.reads import note
from commlib.retired import RETIRED_LIST, RetiredCode, resolution, retired_codes, with_codes

NAME_LISTS = ("provinces.csv", "prefectures.csv", "counties.csv", RETIRED_LIST)
_LONGEST_NAME = 40   # characters that a place's name or key may have; likeness of more is not looked for


class PlaceLevel(StrEnum):
    """The level at which a place stands."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"


# Of the table `unit`; what stands higher is no place inside a county.
UNIT_LEVELS = {"township": PlaceLevel.TOWNSHIP, **dict.fromkeys(("community", "village", "site"), PlaceLevel.COMMUNITY)}


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its key and the key of what it belongs to, its names, and since when or until when it is valid.

    `kind` is what the code tells (`subdistrict`, `town`, …, `placeholder`), or `reported`. `is_county` marks the counties
    that ranks count. `inferred`: a report does not name the county itself; `resolved`: why this place is meant by a retired
    code that was asked for; `fictional`: a county made up for demonstration, or a place in one, which every page says.
    """

    key: str
    level: PlaceLevel
    name_zh: str
    parent: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    former_code: str = ""
    successor: str = ""
    inferred: bool = False
    note: Text | None = None
    is_county: bool = False
    fictional: bool = False
    province_zh: str = ""
    prefecture_zh: str = ""
    declared_name: Text | None = None
    resolved: Text | None = None

    @property
    def name(self) -> Text:
        """The name in both languages; English as declared, else by pinyin."""
        return self.declared_name or named(self.name_zh, self.key)

    @property
    def province(self) -> Text | None:
        """The name of the province, or None where it is not known."""
        return named(self.province_zh) if self.province_zh else None

    @property
    def prefecture(self) -> Text | None:
        """The name of the prefecture, or None where it is not known or a mere heading of the code list."""
        return named(self.prefecture_zh) if self.prefecture_zh else None


@dataclass(frozen=True)
class PlaceBook:
    """All places of one home: the register's, the declared slugs, retired codes and what reports call them."""

    folder: Path
    provinces: dict[str, Place]
    prefectures: dict[str, Place]
    register: dict[str, Place]
    slugs: dict[str, Place]
    retired: dict[str, RetiredCode]
    _inside: dict[str, dict[str, Place]] = field(default_factory=dict)

    def county(self, key: str) -> Place:
        """The county of a six-digit code (text) or a declared slug; of a retired code the one that follows it.

        Raises ParameterError with the nearest valid values, or with the successors to choose from where there are several.
        Functional zones and other rows of county level that are no counties are found too: `is_county` tells them apart.
        """
        found = self.present(key)
        if len(found) > 1:
            raise ParameterError(phrases.text("place.retired_choose", resolved=found[0].resolved))
        return found[0]

    def present(self, key: str) -> list[Place]:
        """The places that a key means today: one, or every successor of a retired code; `resolved` gives the reason.

        Raises ParameterError where the key is not known, or is retired and nothing in the register follows it.
        """
        if not isinstance(key, str):
            raise ParameterError(phrases.text("place.code_is_text", found=excerpt(repr(key))))
        if found := self.register.get(key) or self.slugs.get(key):
            return [found]
        if key not in self.retired:
            raise ParameterError(phrases.text("place.unknown_county", found=excerpt(key), near=self._nearest_counties(key)))
        codes, said = resolution(key, self.retired, self.register, self.slugs)
        return [replace(self.register[code], resolved=said) for code in codes]

    def counties(self) -> list[Place]:
        """The real counties of the country, by code: 2,847 in the register of 2023."""
        return [place for place in self.register.values() if place.is_county]

    def all_keys(self) -> list[str]:
        """The keys of all counties by code, then the declared slugs."""
        return [place.key for place in self.counties()] + list(self.slugs)

    def county_of_report(self, report_county_id: str) -> Place:
        """The county that a report's own county id means; a six-digit code or a slug means itself.

        A county tied to its report by inference says so in `inferred` and `note`, however it was looked up. Raises
        ParameterError for an unknown id, and for a retired code: whose figures they are now is not guessed.
        """
        tie = declared_places()["report"].get(report_county_id)
        found = self.county(tie["county"] if tie else report_county_id)
        if found.resolved:
            raise ParameterError(phrases.text("place.retired_in_report", resolved=found.resolved))
        return found

    def townships(self, county: str) -> list[Place]:
        """The township-level rows of a county, placeholders among them: the register's by code, then the project's own."""
        return [place for place in self._units(self.county(county)).values() if place.level is PlaceLevel.TOWNSHIP]

    def place(self, county: str, code_or_name: str) -> Place:
        """A place in a county: by code or key, by a township's exact name, or as a report names it.

        A reported name that is no township's gets the key `<county>/<name>`, which is accepted as it is too. Raises
        ParameterError for a code of another county, for a code that is not in the register and for a blank name.
        """
        home = self.county(county)
        if code_or_name == home.key:
            return home
        prefix, slash, name = code_or_name.partition("/")
        if slash and prefix == home.key and name.strip():
            return self._reported(home, name)
        units = self._units(home)
        if code_or_name in units:
            return units[code_or_name]
        found = [place for place in units.values() if place.level is PlaceLevel.TOWNSHIP and place.name_zh == code_or_name]
        if len(found) == 1:
            return found[0]
        if village := self._village(home, code_or_name):
            return village
        if code_or_name.isdecimal() or slash or not code_or_name.strip():
            near = difflib.get_close_matches(code_or_name, units, n=3, cutoff=0.6)
            raise ParameterError(phrases.text("place.unknown_place", found=excerpt(code_or_name), county=home.name,
                                              near=with_codes((key, units[key].name) for key in near)
                                              or phrases.text("place.none_near")))
        return self._reported(home, code_or_name)

    def _units(self, county: Place) -> dict[str, Place]:
        """The register's townships of a county and the units that the project declares in it, by key."""
        note(f"townships/{county.key}")
        if county.key not in self._inside:
            names = coded_names(self.folder / "townships.parquet", county.key) if county.key in self.register else {}
            units = {code: self._below(county, code, PlaceLevel.TOWNSHIP, name, township_kind(code, name))
                     for code, name in names.items()}
            for row in own_units(self.folder.parent / "places" / f"{county.key}.csv"):
                key, level = row.get("unit_id", ""), UNIT_LEVELS.get(row.get("level", ""))
                if level and key not in units:   # a row of a known code only adds names to it
                    units[key] = self._below(county, key, level, row.get("name_zh", ""), "own", row.get("parent_id", ""))
            self._inside[county.key] = units
        return self._inside[county.key]

    def _village(self, county: Place, code: str) -> Place | None:
        """A village or community of the register by its twelve digits; None where it is none of the county."""
        if len(code) != 12 or not code.isdecimal() or county.key not in self.register:
            return None
        note("data/register")
        kept = self._inside.setdefault(f"{county.key}/villages", {})
        if not kept:
            names = coded_names(self.folder / "villages.parquet", county.key)
            kept |= {each: self._below(county, each, PlaceLevel.COMMUNITY, names[each], "village", each[:9]) for each in names}
        return kept.get(code)

    def _below(self, county: Place, key: str, level: PlaceLevel, name: str, kind: str, parent: str = "") -> Place:
        return Place(key, level, name, parent or county.key, kind, fictional=county.fictional, province_zh=county.province_zh,
                     prefecture_zh=county.prefecture_zh)

    def _reported(self, county: Place, name: str) -> Place:
        level = PlaceLevel.TOWNSHIP if re.search(r"(?:街道|镇|乡)$", name) else PlaceLevel.COMMUNITY
        return self._below(county, f"{county.key}/{name}", level, name, "reported")

    def _nearest_counties(self, found: str) -> Text:
        """The nearest counties, as `411325 内乡县`: by exact name, by part of the name, by likeness; else an example."""
        sought = unicodedata.normalize("NFKC", found[:_LONGEST_NAME]).strip()   # full-width digits mean digits
        keys: dict[str, list[str]] = {}
        for place in [*self.register.values(), *self.slugs.values()]:
            for word in (place.key, place.name_zh, *place.aliases):
                keys.setdefault(word, []).append(place.key)
        words = [sought] if sought in keys else \
            [word for word in keys if len(sought) > 1 and word.startswith(sought)][:3] or \
            difflib.get_close_matches(sought.casefold(), keys, n=3, cutoff=0.5)
        near = dict.fromkeys(key for word in words for key in keys[word])
        return with_codes((key, self.county(key).name) for key in list(near)[:5]) or phrases.text("place.no_county_near")


def place_book(home: Home | None = None) -> PlaceBook:
    """The places of a home, read once per home and list of its own counties.

    Raises StoreError where the register's lists cannot be read, DataError with every fault of the list of own counties.
    """
    note("places")
    data = (home or find_home()).data
    return _book(data / "register", own_list(data / "places"))


@cache
def _book(folder: Path, own: bytes) -> PlaceBook:
    rules = declared_places()["register"]
    provinces = {row["code"]: Place(row["code"], PlaceLevel.PROVINCE, row["name"], province_zh=row["name"])
                 for row in register_rows(folder / "provinces.csv")}
    prefectures = {row["code"]: _prefecture(row, provinces[row["province"]], rules["pseudo_prefectures"])
                   for row in register_rows(folder / "prefectures.csv")}
    apart = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in rules["not_counties"].items()))
    register = {row["code"]: _county(row, prefectures[row["prefecture"]], apart)
                for row in register_rows(folder / "counties.csv")}
    slugs = {key: _slug(key, declared, provinces, prefectures) for key, declared in declared_places()["slug"].items()}
    slugs |= {row["key"]: _own(row) for row in own_counties(own, [*register, *slugs])}
    _tie(register, slugs)
    return PlaceBook(folder, provinces, prefectures, register, slugs, retired_codes(register_rows(folder / RETIRED_LIST)))


def _prefecture(row: dict[str, str], province: Place, headings: list[str]) -> Place:
    real = row["name"] not in headings
    return Place(row["code"], PlaceLevel.PREFECTURE, row["name"], province.key, province_zh=province.name_zh,
                 kind="prefecture" if real else "heading", prefecture_zh=row["name"] if real else "")


def _county(row: dict[str, str], prefecture: Place, apart: re.Pattern[str]) -> Place:
    other = apart.fullmatch(row["code"])
    kinds = {"县": "county", "区": "district", "市": "city", "旗": "banner"}
    kind = str(other.lastgroup) if other else kinds.get(row["name"][-1], "county")
    return Place(row["code"], PlaceLevel.COUNTY, row["name"], prefecture.key, kind, is_county=not other,
                 province_zh=prefecture.province_zh, prefecture_zh=prefecture.prefecture_zh)


def _slug(key: str, declared: dict[str, Any], provinces: dict[str, Place], prefectures: dict[str, Place]) -> Place:
    parent, name = declared.get("parent", ""), Text.of(declared["name"])
    words = {name: declared.get(name, "") for name in ("kind", "valid_from", "valid_to", "former_code", "successor")}
    return Place(key, PlaceLevel(declared["level"]), name.zh, parent, aliases=tuple(declared.get("aliases", ())),
                 note=Text.of(declared["note"]), declared_name=name, **words,
                 province_zh=provinces[declared["province"]].name_zh if "province" in declared else "",
                 prefecture_zh=prefectures[parent].name_zh if parent else "")


def _own(row: dict[str, str]) -> Place:
    said = Text(zh=row["note_zh"], en=row["note_en"]) if row["note_zh"] and row["note_en"] else None
    return Place(row["key"], PlaceLevel.COUNTY, row["name_zh"], kind="own", fictional=row["fictional"] == "yes", note=said,
                 declared_name=Text(zh=row["name_zh"], en=row["name_en"]), province_zh=row["province_zh"],
                 prefecture_zh=row["prefecture_zh"])


def _tie(register: dict[str, Place], slugs: dict[str, Place]) -> None:
    """Mark the counties that reports speak of; refuses a report or a successor tied to a code that does not exist."""
    named = {f"report.{key}": tie["county"] for key, tie in declared_places()["report"].items()}
    named |= {f"slug.{key}": place.successor for key, place in slugs.items() if place.successor}
    for entry, code in named.items():
        if code not in register:
            raise DeclarationError(phrases.text("place.wrong_tie", entry=entry, found=code))
    for report, tie in declared_places()["report"].items():
        place = register[tie["county"]]
        note = Text.of(tie["note"]) if "note" in tie else place.note
        register[place.key] = replace(place, aliases=(*place.aliases, report), note=note,
                                      inferred=tie.get("inferred", place.inferred))
