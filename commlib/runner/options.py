"""What follows from the notebooks' declarations: values from a command line, JSON schemas, the list of parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from commlib import phrases
from commlib.bilingual import Language, Text, joined
from commlib.errors import ParameterError
from commlib.places import PlaceBook
from commlib.retired import present_codes
from commlib.runner.notebooks import AnalysisNotebook, Parameter, ParameterType, Value, unknown_choice

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# The types that have an option of their own, as they belong to the plan: all other parameters are given by -p.
OWN_OPTION = {ParameterType.COUNTY: "--county", ParameterType.PERIOD: "--period", ParameterType.LANGUAGE: "--lang"}
_NUMBERS = {ParameterType.INTEGER: (re.compile(r"[+-]?[0-9]{1,18}"), int),
            ParameterType.NUMBER: (re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?"), float)}
_JSON_TYPES = {ParameterType.INTEGER: "integer", ParameterType.NUMBER: "number"}
_MONTH_DAYS = ("(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
               "02-(?:0[1-9]|1[0-9]|2[0-8])")
_LEAP_YEARS = "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00"
# A period as a pattern for readers of a schema; a test holds it against `parse_period`.
PERIOD_PATTERN = (rf"^(?:[0-9]{{4}}(?:Q[1-4]|-(?:0[1-9]|1[0-2])|-(?:{_MONTH_DAYS}))?|(?:{_LEAP_YEARS})-02-29|"
                  r"undated:[0-9A-Za-z_-]+(?::earlier)?)(?![\s\S])")


def split_options(given: Sequence[str], notebooks: Sequence[AnalysisNotebook]) -> dict[str, str]:
    """The texts of `name=value` options by name; the last one of a name counts, as with papermill.

    Raises ParameterError once, with every option that is no `name=value`, that no chosen notebook has a parameter for, or
    that has an option of its own (county, period, language).
    """
    known = {each.name: each.type for notebook in notebooks for each in notebook.parameters}
    open_names = [name for name, kind in known.items() if kind not in OWN_OPTION]
    found, faults = {}, []
    for option in given:
        name, sign, text = option.partition("=")
        if known.get(name) in OWN_OPTION:
            faults.append(phrases.text("parameter.own_option", name=name, option=OWN_OPTION[known[name]]))
        elif not sign:
            faults.append(unknown_choice("parameter.no_value", option, open_names))
        elif name not in known:
            faults.append(unknown_choice("parameter.unknown_option", name, open_names))
        found[name] = text
    if faults:
        raise ParameterError(joined(faults, "\n", "\n"))
    return found


def typed(parameter: Parameter, text: str) -> Value:
    """A text as the value that a parameter's type makes of it, by its form alone; the text itself where it is no number."""
    form, number = _NUMBERS.get(parameter.type, (None, str))
    return number(text) if form is None or form.fullmatch(text) else text


def settings_of(notebook: AnalysisNotebook, texts: Mapping[str, str]) -> dict[str, Value]:
    """What options give to one notebook: the values of those parameters that it declares, yet to be checked."""
    return {each.name: typed(each, texts[each.name]) for each in notebook.parameters if each.name in texts}


def schema_of(notebook: AnalysisNotebook, book: PlaceBook) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what a notebook may be given: it accepts what `check` accepts.

    Counties are listed whole, retired codes with one successor among them: a pattern would let unknown codes pass.
    """
    return {"$schema": _DRAFT, "title": _both(notebook.title), "type": "object", "additionalProperties": False,
            "properties": {each.name: _property(each, book) for each in notebook.parameters}}


def parameter_rows(notebooks: Sequence[AnalysisNotebook]) -> list[dict[str, str]]:
    """Every parameter of the notebooks as a row of text: how it is given, its type, its default and what it may be."""
    return [{"notebook": notebook.id, "parameter": each.name, "option": OWN_OPTION.get(each.type, f"-p {each.name}="),
             "type": each.type.value, "default": "" if each.default is None else str(each.default),
             "allowed": allowed(each), "label_zh": each.label.zh, "label_en": each.label.en}
            for notebook in notebooks for each in notebook.parameters]


def allowed(parameter: Parameter) -> str:
    """The closed list or the range of a parameter; blank where its type says all."""
    if parameter.type.counted and (parameter.minimum, parameter.maximum) != (None, None):
        low, high = ("" if limit is None else f"{limit:g}" for limit in (parameter.minimum, parameter.maximum))
        return f"{low}…{high}"
    return ";".join(Language if parameter.type is ParameterType.LANGUAGE else parameter.choices)


def _property(parameter: Parameter, book: PlaceBook) -> dict[str, Any]:
    limits = {name: limit for name in ("minimum", "maximum") if (limit := getattr(parameter, name)) is not None}
    found: dict[str, Any] = {"type": _JSON_TYPES.get(parameter.type, "string"), **limits}
    if parameter.type is ParameterType.PERIOD:
        found["pattern"] = PERIOD_PATTERN
    choices = {ParameterType.CHOICE: list(parameter.choices), ParameterType.LANGUAGE: [str(each) for each in Language],
               ParameterType.COUNTY: county_keys(book) if parameter.type is ParameterType.COUNTY else []}
    if parameter.type in choices:
        found["enum"] = choices[parameter.type]
    whole = found if parameter.default is not None else {"anyOf": [found, {"type": "null"}]}
    return {"title": _both(parameter.label), "default": parameter.default, **whole}


def county_keys(book: PlaceBook) -> list[str]:
    """Every key that one county may be given by: the register's codes, the slugs, and retired codes with one successor."""
    retired = [code for code in book.retired if len(present_codes(code, book.retired, book.register)) == 1]
    return [*book.register, *book.slugs, *retired]


def _both(words: Text) -> str:
    return f"{words.zh} / {words.en}"
