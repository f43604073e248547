"""The parameter contract: what is given to a notebook is checked against its declaration before any kernel starts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from commlib import phrases
from commlib.bilingual import Language, Text, excerpt, joined
from commlib.errors import ParameterError
from commlib.periods import parse_period
from commlib.places import PlaceBook
from commlib.runner.notebooks import AnalysisNotebook, Parameter, ParameterType, Value, unknown_choice

_DATE_PARTS = re.compile(r"\s*([0-9]{4})[^0-9]*([0-9]{1,2})?[^0-9]*([0-9]{1,2})?")
_EXAMPLES = {ParameterType.COUNTY: "411325", ParameterType.INTEGER: 5, ParameterType.NUMBER: 0.5,
             ParameterType.PERIOD: "2013-09"}


def check(notebook: AnalysisNotebook, given: Mapping[str, Any], book: PlaceBook) -> dict[str, Value]:
    """Every parameter of the notebook with its given or default value, in declared order; values are never evaluated.

    Raises ParameterError once with all that is wrong: unknown names, wrong types, unknown counties, periods, languages
    and choices, each with the nearest valid value.
    """
    names = [each.name for each in notebook.parameters]
    faults = [unknown_choice("parameter.unknown_name", name, names, notebook=notebook.id)
              for name in given if name not in names]
    values: dict[str, Value] = {}
    for parameter in notebook.parameters:
        values[parameter.name] = given.get(parameter.name, parameter.default)
        faults += _faults(parameter, values[parameter.name], book)
    if faults:
        raise ParameterError(joined(faults, "\n", "\n"))
    return values


def check_period(found: str) -> Text | None:
    """What is wrong with a period, with the nearest period that could be meant; None where it is one."""
    problem = _refusal(parse_period, found)
    nearest = _nearest_period(found) if problem else ""
    return phrases.text("parameter.nearest", problem=problem, nearest=nearest) if nearest else problem


def check_language(found: str) -> Text | None:
    """What is wrong with a language, with the nearest one; None where it is one."""
    return _unlisted(found, [str(language) for language in Language])


def _faults(parameter: Parameter, value: Any, book: PlaceBook) -> list[Text]:
    if value is None and parameter.default is None:
        return []
    if not parameter.type.holds(value):
        return [phrases.text("parameter.wrong_type", name=parameter.name, label=parameter.label, found=excerpt(repr(value)),
                             kind=phrases.text(f"parameter.kind_{parameter.type}"), example=_example(parameter))]
    problem = _problem(parameter, value, book)
    return [phrases.text("parameter.wrong_value", name=parameter.name, label=parameter.label, problem=problem)] if problem else []


def _example(parameter: Parameter) -> str:
    """The default as an example, else a usual value of the type, inside its range."""
    usual = _EXAMPLES.get(parameter.type, "") if parameter.default is None else parameter.default
    return json.dumps(parameter.nearest(usual) if isinstance(usual, int | float) else usual, ensure_ascii=False)


def _problem(parameter: Parameter, value: Any, book: PlaceBook) -> Text | None:
    """What is wrong with a value of the right type; None where nothing is."""
    match parameter.type:
        case ParameterType.COUNTY:
            return _refusal(book.county, value)
        case ParameterType.PERIOD:
            return check_period(value)
        case ParameterType.LANGUAGE:
            return check_language(value)
        case ParameterType.CHOICE:
            return _unlisted(value, list(parameter.choices))
    if not parameter.type.counted or (nearest := parameter.nearest(value)) == value:
        return None
    low, high = ("…" if limit is None else limit for limit in (parameter.minimum, parameter.maximum))
    return phrases.text("parameter.out_of_range", found=excerpt(repr(value)), low=low, high=high, nearest=nearest)


def _refusal(reader: Callable[[str], object], found: str) -> Text | None:
    try:
        reader(found)
    except ParameterError as error:
        return error.message
    return None


def _unlisted(found: str, known: list[str]) -> Text | None:
    return None if found in known else unknown_choice("parameter.unknown_choice", found, known)


def _nearest_period(found: str) -> str:
    """The longest valid period that the digits of a text could mean, e.g. 2013-09 for `2013/9`; "" where none."""
    parts = _DATE_PARTS.match(unicodedata.normalize("NFKC", found[:80]))   # full-width digits mean digits
    if not parts:
        return ""
    year, *rest = (part for part in parts.groups() if part)
    texts = ["-".join([year, *(part.zfill(2) for part in rest[:count])]) for count in (2, 1, 0)]
    return next(text for text in texts if not _refusal(parse_period, text))
