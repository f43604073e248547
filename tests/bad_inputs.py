"""Bad inputs by category, drawn with a seed: what a notebook's declaration must refuse, and what the refusal must name."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from runner_home import PARAMETERS

from commlib.places import PlaceBook
from commlib.retired import present_codes

# A notebook with a parameter of every type that has a closed domain.
DECLARED = {**PARAMETERS,
            "top": {"type": "integer", "default": 5, "minimum": 1, "maximum": 20, "zh": "前几", "en": "top"},
            "share": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1, "zh": "比例", "en": "share"},
            "by": {"type": "choice", "default": "township", "choices": ["township", "community"], "zh": "按", "en": "by"}}
# What a refusal names for each parameter: a value that is valid, or the limit of a range.
NAMED = {"county": r"\b\d{6}\b|roads-county|unnamed-community|jinshagangwan|nanchang-wuxi|zhengshan|tianjin",
         "period": r"\d{4}(?:Q[1-4]|-\d\d)?", "lang": "zh|en", "top": r"\b(?:1|5|20)\b", "share": r"\b(?:0|0\.5|1)\b",
         "by": "township|community"}
_TEXTS = ("county", "period", "lang", "by")
_OTHER_TYPES: list[Any] = [411325, 2013, 5.5, float("nan"), float("inf"), True, False, ["411325"], {"county": "411325"},
                           ("zh",), b"411325", {"zh"}, 0, -1]
Draw = Callable[[random.Random, PlaceBook, Path], tuple[str, Any]]


@dataclass(frozen=True)
class BadInput:
    """One bad value of one parameter, and a pattern of what its refusal must name in both languages."""

    category: str
    name: str
    value: Any
    named: str

    def options(self) -> list[str] | None:
        """The bad value as options of the command line; None where only Python can give it."""
        if isinstance(self.value, str):
            own = {"county": "--county", "period": "--period", "lang": "--lang"}.get(self.name)
            return [f"{own}={self.value}"] if own else ["-p", f"{self.name}={self.value}"]
        number = self.name in ("top", "share") and isinstance(self.value, int | float)
        return ["-p", f"{self.name}={self.value}"] if number else None


def bad_inputs(count: int, book: PlaceBook, mark: Path, seed: int = 3) -> Iterator[BadInput]:
    """So many bad inputs, each category in its turn; `mark` is the file that injected code would make."""
    chance = random.Random(seed)
    for category, draw in islice(cycle(CATEGORIES.items()), count):
        name, value = draw(chance, book, mark)
        yield BadInput(category, name, value, "|".join(DECLARED) if name not in DECLARED else NAMED[name])


def _unknown_name(chance: random.Random, *_: Any) -> tuple[str, Any]:
    name = chance.choice(["county", "period", "lang", "top", "share", "by"])
    place = chance.randrange(len(name))
    return chance.choice([name.upper(), name[:place] + name[place + 1:] + "x", f"{name}s", f" {name}", f"{name}\n",
                          "__class__", "os.environ", ""]), "5"


def _wrong_type(chance: random.Random, *_: Any) -> tuple[str, Any]:
    if chance.random() < 0.5:
        return chance.choice(["top", "share"]), chance.choice(
            ["five", "5,5", "٥", "５", "0x5", "5e0", "1_0", "", " 5", "5 ", "nan", "inf", "None", "True", "[5]", "1+1",
             *_OTHER_TYPES[3:12]])
    return chance.choice(_TEXTS), chance.choice(_OTHER_TYPES)


def _out_of_range(chance: random.Random, *_: Any) -> tuple[str, Any]:
    number = chance.choice([-1, 21, 10 ** 17, -(10 ** 17), chance.randint(21, 10 ** 9), -chance.randint(1, 10 ** 9)])
    return chance.choice([("top", number), ("top", str(number)), ("share", number), ("share", f"{number}.25"),
                          ("share", 1.0001), ("share", -0.5)])


def _unknown_county(chance: random.Random, book: PlaceBook, _: Path) -> tuple[str, Any]:
    while True:
        code = f"{chance.randint(0, 999999):06d}"
        if code not in book.register and code not in book.retired:
            break
    place = chance.choice(book.counties())
    wide = place.key.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return "county", chance.choice([code, code, place.key[:5], f"{place.key}0", wide, f" {place.key}x", place.name_zh,
                                    f"{place.key}.0", "neixiang", place.name.en, "-1", "4e5", "9" * 10_000])


def _retired_county(chance: random.Random, book: PlaceBook, _: Path) -> tuple[str, Any]:
    """Of retired codes those that no single county follows: one place cannot stand for several."""
    several = [code for code in book.retired if len(present_codes(code, book.retired, book.register)) > 1]
    return "county", chance.choice(several)


def _bad_period(chance: random.Random, *_: Any) -> tuple[str, Any]:
    year = chance.randint(1990, 2030)
    return "period", chance.choice([
        f"{year}/9", f"{year}-13", f"{year}-9", f"{year}Q5", f"{year}Q0", f"{year}-02-30", f"{year}-06-31", f"{year}年",
        f"{year}.5", f"{year}-09\n", f" {year}", "２０１３", "13", "last year", "undated:", "undated:a b", "2023-02-29", "",
        "9" * 5_000, f"{year}-W05"])


def _bad_language(chance: random.Random, *_: Any) -> tuple[str, Any]:
    return "lang", chance.choice(["ZH", "eng", "zh-CN", "fr", "", "中文", "en\n", "zh;en", "z" * 10_000, "{lang}", "\x00"])


def _bad_choice(chance: random.Random, *_: Any) -> tuple[str, Any]:
    return "by", chance.choice(["townships", "Township", "", "town ship", "township\n", "village", "0",
                                "township,community", "t" * 9_000])


def _injection(chance: random.Random, _: PlaceBook, mark: Path) -> tuple[str, Any]:
    code = chance.choice([
        f"__import__('pathlib').Path({str(mark)!r}).touch()", f"$(touch {mark})", f"`touch {mark}`", f"411325; touch {mark}",
        f"411325\nimport pathlib; pathlib.Path({str(mark)!r}).touch()", f"{{__import__('os').system('touch {mark}')}}",
        f"411325\" + str(open({str(mark)!r}, 'w')) + \"", f"' or 1=1; copy (select 1) to '{mark}'; --", '"; drop table facts; --',
        "../../etc/passwd", f"file://{mark}", "411325\x00", "{0.__class__.__mro__}", "%s%s%n", "<script>alert(1)</script>",
        "\u202e523114", "{{ county }}", f"!touch {mark}", f"%run {mark}", "lambda: 1"])
    return chance.choice(list(DECLARED)), code


CATEGORIES: dict[str, Draw] = {
    "unknown name": _unknown_name, "wrong type": _wrong_type, "out of range": _out_of_range, "unknown county": _unknown_county,
    "retired county": _retired_county, "bad period": _bad_period, "bad language": _bad_language, "bad choice": _bad_choice,
    "injection": _injection,
}


def faults_of(bad: BadInput, zh: str, en: str) -> list[str]:
    """What a refusal lacks: a language, or the nearest valid value."""
    lacks = [language for language, text in (("zh", zh), ("en", en)) if not re.search(bad.named, text)]
    found = [f"{bad.category} {bad.name}={str(bad.value)[:60]!r}: names no valid value in {language}" for language in lacks]
    in_both = re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[a-z]{3} [a-z]{2}", en)
    return found if in_both and max(len(zh), len(en)) < 2_000 else [*found, f"{bad}: not in both languages, or too long"]
