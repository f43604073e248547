"""One answer about one indicator or measure at one place, as the command line gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text, listed
from commlib.declarations.measures import Measure, Nature, measures
from commlib.errors import ParameterError
from commlib.indicators.compute import compute, measure_formula
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import unknown
from commlib.periods import parse_period
from commlib.places import Place
from commlib.view import CountyView

FIELDS = ("id", "county", "place", "period", "value", "low", "high", "unit", "numerator", "denominator", "grade",
          "status", "n", "n_expected", "sources")
_NUMBERS = ("value", "low", "high", "numerator", "denominator")
_NATURES = {Nature.PLAN: "__plan", Nature.TARGET: "__target"}


@dataclass(frozen=True, slots=True)
class Question:
    """What an id asks for: an indicator or a measure, one member or the whole, actual or planned."""

    id: str
    of: Indicator | Measure
    member: str = ""
    nature: Nature = Nature.ACTUAL
    parts: Mapping[str, str] | None = None   # id by member, where the id means several values and none of its own

    @property
    def label(self) -> Text:
        """What is asked for, in words."""
        label = self.of.member_label(self.member) if self.member else None
        return label or self.of.label


def question(question_id: str) -> Question:
    """Understand an id: `indicator`, `indicator__member`, `measure`, `measure__member`, `measure__breakdown`, and a
    measure's `__plan` or `__target` behind it. Raises ParameterError with the nearest ids.
    """
    found = _questions().get(question_id)
    if found is None:
        raise unknown("cli.unknown_id", question_id, _questions())
    return found


def answer(view: CountyView, asked: Question, place: Place) -> dict[str, Any]:
    """The answer as a record of FIELDS; where the id means several values, `members` holds an answer for each.

    Numbers that are missing or unbounded are None; the status says why. Raises nothing where nothing is reported.
    """
    empty = _empty(view, asked, place)
    if asked.parts is not None:
        members = {member: answer(view, question(part), place) for member, part in asked.parts.items()}
        return {**empty, "status": "not_applicable", "members": members}
    rows = _rows(view, asked)
    if rows.empty and isinstance(asked.of, Measure) and asked.nature is Nature.ACTUAL:
        rows = _rows(view, replace(asked, nature=_only_nature(view, asked)))
    rows = rows[(rows["place"] == place.key) & (rows["member"] == asked.member)]
    if view.period:
        rows = rows[rows["period"] == view.period]
    if rows.empty:
        return empty
    row = rows.loc[max(rows.index, key=lambda label: parse_period(str(rows.at[label, "period"])))]
    return {**empty, "period": row["period"], **{name: _finite(row[name]) for name in _NUMBERS}, "grade": row["grade"],
            "status": row["status"], "n": int(row["n"]), "n_expected": _whole(row["n_expected"]),
            "sources": [source for source in row["sources"].split(";") if source]}


def known_place(view: CountyView, code_or_name: str | None) -> Place:
    """The place that a code or a name means in the view's county, which itself is meant where none is given.

    Raises ParameterError with the nearest names for a place that neither the register nor a report knows.
    """
    place = view.book.place(view.place.key, code_or_name) if code_or_name else view.place
    reported = set(view.facts["place"])
    if place.kind == "reported" and place.key not in reported:
        names = [each.name_zh for each in view.book.townships(view.place.key)]
        names += sorted(key.partition("/")[2] for key in reported if "/" in key)
        near = get_close_matches(place.name_zh, names, n=3, cutoff=0.3) or names[:3]
        raise ParameterError(phrases.text("cli.unknown_place", found=code_or_name, county=view.place.name,
                                          near=Text(zh=listed(near, "zh") or "—", en=listed(near, "en") or "—")))
    return place


def _questions() -> dict[str, Question]:
    """Every id that can be asked for; an indicator's own come first."""
    found: dict[str, Question] = {}
    for one in indicators().values():
        parts = {member: f"{one.id}__{member}" for member in one.members}
        found[one.id] = Question(one.id, one, parts=parts or None)
        found |= {part: Question(part, one, member) for member, part in parts.items()}
    for each in measures().values():
        for question_ in _measure_questions(each):
            found.setdefault(question_.id, question_)
    return found


def _measure_questions(of: Measure) -> list[Question]:
    found = []
    for nature, ending in ((Nature.ACTUAL, ""), *_NATURES.items()):
        found.append(Question(f"{of.id}{ending}", of, "", nature))
        for breakdown in of.breakdowns.values():
            parts = {member: f"{of.id}__{member}{ending}" for member in breakdown.members}
            found += [Question(part, of, member, nature) for member, part in parts.items()]
            found.append(Question(f"{of.id}__{breakdown.id}{ending}", of, "", nature, parts))
    return found


def _only_nature(view: CountyView, asked: Question) -> Nature:
    """The nature in which a measure is stated where it is stated in one only: a task is a target, asked for or not."""
    facts = view.facts[(view.facts["kind"] == "measure") & (view.facts["quantity"] == asked.of.id)]
    natures = facts["nature"].unique()
    return Nature(natures[0]) if len(natures) == 1 else Nature.ACTUAL


def _rows(view: CountyView, asked: Question) -> pd.DataFrame:
    """The results that could answer, of all places; values of named subsets answer nothing."""
    if isinstance(asked.of, Indicator):
        rows = view.results
        return rows[(rows["id"] == asked.of.id) & (rows["scope_en"] == "")]
    return compute(view.facts, view.hierarchy, [measure_formula(asked.of, asked.member, asked.nature)])


def _empty(view: CountyView, asked: Question, place: Place) -> dict[str, Any]:
    """The answer where nothing is reported."""
    townships = [each for each in view.book.townships(view.place.key) if each.kind != "placeholder"]
    expected = (len(townships) or None) if place.key == view.place.key else 1
    given: dict[str, Any] = {
        "id": asked.id, "county": view.place.key, "place": place.key, "period": view.period, "unit": asked.of.unit,
        "status": "not_reported", "n": 0, "n_expected": expected, "sources": []}
    return {field: given.get(field) for field in FIELDS}


def _finite(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    return int(value) if math.isfinite(value) else None
