"""English names of Chinese places: declared ones first, else pinyin and the kind that the ending tells."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from commlib.bilingual import Text

# 师岗镇曹营社区: a community named with its township in front.
_INSIDE = re.compile(r"(?P<outer>.{1,6}?(?:街道|镇|乡))(?P<inner>.{2,}(?:社区|村|园|区|组))")


@cache
def declared_places() -> dict[str, Any]:
    """The declarations of places (`places.toml`), read once."""
    with files("commlib").joinpath("declarations/places.toml").open("rb") as stream:
        return tomllib.load(stream)


def township_kind(code: str, name: str) -> str:
    """The kind of a township-level unit by digits 7 to 9 of its code; `placeholder` for rows that are no unit."""
    rules = declared_places()["register"]
    if name.endswith(rules["placeholder"]):
        return "placeholder"
    number = int(code[6:9])
    return next((kind for kind, (low, high) in rules["township_kinds"].items() if low <= number <= high), "placeholder")


def named(zh: str, code: str = "") -> Text:
    """The name of a place in both languages: English as declared, else by pinyin."""
    return Text(zh=zh, en=english_name(zh, code if code.isdecimal() else ""))


@cache
def english_name(name: str, code: str = "") -> str:
    """The English name of a place, such as `Neixiang County`; a declared name of the code or the name goes first."""
    words = declared_places()["english"]
    if code in words["code"] or name in words["name"]:
        return str(words["code"].get(code) or words["name"][name])
    if "、" in name:
        return ", ".join(english_name(part) for part in name.split("、"))
    inside = _INSIDE.fullmatch(name)
    if inside and not code:
        return f"{english_name(inside['inner'])}, {english_name(inside['outer'])}"
    ending = _ending(name)
    stem, peoples = _peoples(name.removesuffix(ending), ending)
    kind = words["ending"].get(ending, "")
    if peoples and ending in {"乡", "镇"}:
        kind = f"Ethnic {kind}"
    return " ".join(part for part in (_capitalised(stem), " and ".join(peoples), kind) if part)


def _ending(name: str) -> str:
    """The longest declared ending that leaves two characters or more (清新区 is Qingxin District), else the longest."""
    endings = [each for each in declared_places()["english"]["ending"] if name.endswith(each) and name != each]
    return max(endings, key=lambda each: (len(name) - len(each) >= 2, len(each)), default="")


def _peoples(stem: str, ending: str) -> tuple[str, list[str]]:
    """Part the names of peoples from the end of a stem: 围场满族蒙古族 -> 围场, Manchu and Mongol.

    Only autonomous units leave 族 out (阜新蒙古自治县); elsewhere 蒙古 may be a mere part of the name.
    """
    if not ending.startswith("自治") and ending not in {"乡", "镇", "区"}:
        return stem, []
    known: dict[str, str] = {zh: en for zh, en in declared_places()["english"]["people"].items()
                             if zh.endswith("族") or ending.startswith("自治")}
    found: list[str] = []
    while True:
        people = max((each for each in known if stem.endswith(each)), key=len, default="")
        if not people:
            return stem, found
        found.insert(0, known[people])
        stem = stem.removesuffix(people)


def _capitalised(stem: str) -> str:
    """The pinyin of a stem as one word, with an apostrophe before a syllable that begins with a, e or o."""
    syllables = _syllables(stem)
    joined = "".join(f"'{syllable}" if at and syllable[:1] in set("aeo") and syllables[at - 1].isalpha() else syllable
                     for at, syllable in enumerate(syllables))
    return joined[:1].upper() + joined[1:]


def _syllables(stem: str) -> list[str]:
    """One neutral syllable a character; the declared readings go before those of pypinyin."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(stem, style=Style.NORMAL, v_to_u=True, errors=lambda others: list(others))   # type: ignore[arg-type, return-value]
    readings: dict[str, str] = declared_places()["english"]["reading"]
    for word in sorted(readings, key=len):   # the longest last, so that it stands
        for match in re.finditer(word, stem):
            syllables[match.start():match.end()] = readings[word].split()
    return [str(syllable) for syllable in syllables]
