"""Retired county codes: what became of a code that the register no longer holds, and the reason in words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.errors import ParameterError
from commlib.placenames import english_name

RETIRED_LIST = "retired_counties.csv"


class Named(Protocol):
    """What is asked of a present place: its name, and the retired code whose reports it keeps."""

    @property
    def name(self) -> Text:
        """The name in both languages."""

    @property
    def former_code(self) -> str:
        """The code of the former unit whose reports it keeps; "" for others."""


@dataclass(frozen=True, slots=True)
class RetiredCode:
    """A code that is no longer used: its last name, the year and why (`reason`: a member of the declared list).

    `successors` are the codes that followed at once; one of them may have been retired later.
    """

    code: str
    name_zh: str
    prefecture_zh: str
    year: str
    reason: str
    successors: tuple[str, ...]

    @property
    def name(self) -> Text:
        """The name with its prefecture of the time: 无锡市南长区, Nanchang District, Wuxi City."""
        english = [english_name(name) for name in (self.name_zh, self.prefecture_zh) if name]
        return Text(zh=self.prefecture_zh + self.name_zh, en=", ".join(english))


def retired_codes(rows: Iterable[Mapping[str, str]]) -> dict[str, RetiredCode]:
    """The rows of the table `retired_county` by code."""
    return {row["code"]: RetiredCode(row["code"], row["name"], row["prefecture"], row["year"], row["reason"],
                                     tuple(filter(None, row["successors"].split(";")))) for row in rows}


def present_codes(code: str, retired: Mapping[str, RetiredCode], present: Container[str]) -> list[str]:
    """The present codes that follow a retired one, through all that were retired since; empty where there is none."""
    return [step for step in _following(code, retired, present) if step in present]


def _following(code: str, retired: Mapping[str, RetiredCode], present: Container[str]) -> list[str]:
    """A code and those that followed it, each once, as far as the present ones."""
    steps = [code]
    for step in steps:   # grows while it is gone through
        if step in retired and step not in present:
            steps += [each for each in retired[step].successors if each not in steps]
    return steps


def why_retired(code: str, retired: Mapping[str, RetiredCode], present: Mapping[str, Named]) -> Text:
    """What became of a retired code, a clause for each retirement on the way to the present places."""
    ways = [step for step in _following(code, retired, present) if step in retired and step not in present]
    return joined([_clause(retired[step], retired, present) for step in ways], "；", "; ")


def resolution(code: str, retired: Mapping[str, RetiredCode], present: Mapping[str, Named],
               slugs: Mapping[str, Named]) -> tuple[list[str], Text]:
    """The present codes that a retired one means, with the reason and the slugs that keep what the former unit reported.

    Raises ParameterError with the reason where no present place follows the code.
    """
    why, codes = why_retired(code, retired, present), present_codes(code, retired, present)
    if not codes:
        raise ParameterError(phrases.text("place.retired_gone", why=why))
    said = phrases.text("place.resolved", why=why, places=with_codes((each, present[each].name) for each in codes))
    for slug in (key for key, each in slugs.items() if each.former_code == code):
        said = phrases.text("place.resolved_slug", said=said, slug=slug)
    return codes, said


def with_codes(named: Iterable[tuple[str, Text]]) -> Text | None:
    """Codes with their names as an enumeration, `320213 梁溪区、320214 新吴区`; None where there is none."""
    found = [joined([Text.same(code), name], " ", " ") for code, name in named]
    return joined(found, "、", ", ") if found else None


def _clause(one: RetiredCode, retired: Mapping[str, RetiredCode], present: Mapping[str, Named]) -> Text:
    found = with_codes([(one.code, one.name)])
    followed = [(code, (present[code] if code in present else retired[code]).name) for code in one.successors
                if code in present or code in retired]
    reason = one.reason if followed else "without"
    return phrases.text(f"place.retired_{reason}", found=found, year=one.year, successors=with_codes(followed))
