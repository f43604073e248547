"""The analyses: what each notebook in `notebooks/` declares about itself, read from its JSON and checked."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from commlib import phrases
from commlib.bilingual import Language, Text, excerpt
from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home

Value: TypeAlias = "str | int | float | None"


class Scope(StrEnum):
    """How often a notebook runs: for every county that it applies to, or once."""

    COUNTY = "county"
    ONCE = "once"


class Needs(StrEnum):
    """What a county must have for a notebook to apply to it; `any` asks for nothing."""

    ANY = ""
    REPORT = "report"
    REGISTER = "register"


class ParameterType(StrEnum):
    """What a parameter's value must be."""

    TEXT = "text"
    COUNTY = "county"
    PERIOD = "period"
    LANGUAGE = "language"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"

    @property
    def counted(self) -> bool:
        """Whether values are numbers, which may have a range."""
        return self in (ParameterType.INTEGER, ParameterType.NUMBER)

    def holds(self, value: Any) -> bool:
        """Whether a value is of this type: truth values are no numbers, and nan and the infinities are none either."""
        if self is ParameterType.NUMBER:
            return type(value) in (int, float) and math.isfinite(value)
        return type(value) is (int if self is ParameterType.INTEGER else str)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter; a default of None means "not given".

    `choices` is empty unless its type is choice; `minimum` and `maximum`, both included, are of numbers only.
    """

    name: str
    type: ParameterType
    label: Text
    default: Value
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def nearest(self, value: float) -> float:
        """The value of the declared range that is nearest to a number."""
        low = value if self.minimum is None else max(value, self.minimum)
        return low if self.maximum is None else min(low, self.maximum)


@dataclass(frozen=True, slots=True)
class AnalysisNotebook:
    """One analysis: where it stands, what it is called, which counties it applies to and what it may be told."""

    id: str
    path: Path
    title: Text
    scope: Scope
    needs: Needs
    order: int
    parameters: tuple[Parameter, ...]

    def parameter_of(self, kind: ParameterType) -> Parameter | None:
        """The first parameter of a type, or None."""
        return next((each for each in self.parameters if each.type is kind), None)


_FIELDS = {"title", "scope", "needs", "order", "parameters"}
_PARAMETER_FIELDS = {"type", "default", "zh", "en", "choices", "minimum", "maximum"}
_COUNTY_PARAMETERS = {Scope.COUNTY: 1, Scope.ONCE: 0}


def read_notebooks(home: Home) -> list[AnalysisNotebook]:
    """Every analysis of the project, in their declared order; raises DeclarationError for a wrong declaration."""
    found = [read_notebook(path) for path in sorted(home.notebooks.glob("*.ipynb"))]
    return sorted(found, key=lambda notebook: (notebook.order, notebook.id))


def choose_notebooks(known: list[AnalysisNotebook], wanted: list[str]) -> list[AnalysisNotebook]:
    """The analyses of these ids in their declared order, all of them if none is named.

    Raises ParameterError naming every unknown id with the nearest one.
    """
    ids = [notebook.id for notebook in known]
    names = [name.removesuffix(".ipynb").rpartition("/")[2] for name in wanted]
    unknown = [name for name in names if name not in ids]
    if unknown:
        raise ParameterError(joined([unknown_choice("parameter.unknown_notebook", name, ids) for name in unknown]))
    return [notebook for notebook in known if not names or notebook.id in names]


def joined(lines: list[Text]) -> Text:
    """Several messages as one, a line each."""
    return Text(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))


def unknown_choice(key: str, found: object, known: list[str], **values: Any) -> Text:
    """A message that names what was found, the nearest known value, and all known ones where they are few."""
    near = get_close_matches(str(found)[:80], known, n=1, cutoff=0.0)
    return phrases.text(key, found=excerpt(found), nearest=near[0] if near else "—", known=", ".join(known), **values)


def read_notebook(path: Path) -> AnalysisNotebook:
    """Read one notebook's declaration; raises DeclarationError with file, field, what was found and is allowed."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        declared = raw["metadata"]["commlib"]
        cells = raw["cells"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise _refusal(path, "metadata.commlib", f"{type(fault).__name__}: {fault}", "JSON") from None
    _only(path, "", declared, _FIELDS)
    entries = _mapping(path, "parameters", declared.get("parameters"))
    order = declared.get("order", 100)
    if not isinstance(order, int) or isinstance(order, bool):
        raise _refusal(path, "order", order, "10, 20, 30 …")
    notebook = AnalysisNotebook(
        id=path.stem, path=path, title=_words(path, "title", declared.get("title")),
        scope=_choice(path, "scope", declared.get("scope"), Scope),
        needs=_choice(path, "needs", declared.get("needs", ""), Needs), order=order,
        parameters=tuple(_parameter(path, name, entry) for name, entry in entries.items()),
    )
    _check_kinds(notebook)
    _check_cell(notebook, cells)
    return notebook


def _parameter(path: Path, name: str, raw: Any) -> Parameter:
    field = f"parameters.{name}"
    entry = _mapping(path, field, raw)
    _only(path, f"{field}.", entry, _PARAMETER_FIELDS)
    if not name.isidentifier():
        raise _refusal(path, field, name, "a–z, 0–9, _")
    kind = _choice(path, f"{field}.type", entry.get("type"), ParameterType)
    choices = entry.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(each, str) for each in choices) \
            or bool(choices) != (kind is ParameterType.CHOICE):
        raise _refusal(path, f"{field}.choices", choices, "[…] (type = choice)")
    limits = {name: entry[name] for name in ("minimum", "maximum") if name in entry}
    for limit, value in limits.items():
        if not (kind.counted and kind.holds(value)) or value > limits.get("maximum", value):
            raise _refusal(path, f"{field}.{limit}", value, "minimum ≤ maximum (type = integer, number)")
    default = entry.get("default")
    declared = Parameter(name, kind, _words(path, field, entry), default, tuple(choices), **limits)
    if (default is not None and not kind.holds(default)) or (kind is ParameterType.CHOICE and default not in choices):
        raise _refusal(path, f"{field}.default", default, ", ".join(choices) or kind)
    if kind.counted and default is not None and declared.nearest(default) != default:
        raise _refusal(path, f"{field}.default", default, f"{declared.minimum} … {declared.maximum}")
    if kind is ParameterType.LANGUAGE and default not in set(Language):
        raise _refusal(path, f"{field}.default", default, ", ".join(Language))
    return declared


def _check_kinds(notebook: AnalysisNotebook) -> None:
    """A page is of one county (or none) and in one language, so these stand among the parameters exactly once."""
    for kind, expected in ((ParameterType.COUNTY, _COUNTY_PARAMETERS[notebook.scope]), (ParameterType.LANGUAGE, 1)):
        found = sum(each.type is kind for each in notebook.parameters)
        if found != expected:
            raise _refusal(notebook.path, f"parameters ({kind})", found, str(expected))


def _check_cell(notebook: AnalysisNotebook, cells: list[Mapping[str, Any]]) -> None:
    """The cell tagged `parameters` assigns exactly what is declared, so that Jupyter and the runner mean the same."""
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise _refusal(notebook.path, "tags: parameters", len(tagged), "1")
    try:
        assigned = _assignments("".join(tagged[0].get("source", "")))
    except (SyntaxError, ValueError) as fault:
        raise _refusal(notebook.path, "cell: parameters", str(fault), "name = literal") from None
    declared = {each.name: each.default for each in notebook.parameters}
    for name in [*declared, *assigned]:
        if name not in assigned or name not in declared or (type(declared[name]), declared[name]) != assigned[name]:
            found = f"{name} = {assigned[name][1]!r}" if name in assigned else "—"
            raise _refusal(notebook.path, f"cell: parameters, {name}", found,
                           f"{name} = {declared[name]!r}" if name in declared else ", ".join(declared))


def _assignments(source: str) -> dict[str, tuple[type, Any]]:
    """Names and literal values that a cell assigns, `a, b = 1, 2` included; raises ValueError for anything else."""
    found: dict[str, tuple[type, Any]] = {}
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise ValueError(ast.unparse(statement))
        target = statement.targets[0]
        value = ast.literal_eval(statement.value)
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = value if isinstance(target, ast.Tuple) else (value,)
        if not all(isinstance(name, ast.Name) for name in names) or len(names) != len(values):
            raise ValueError(ast.unparse(statement))
        found.update({ast.unparse(name): (type(each), each) for name, each in zip(names, values, strict=True)})
    return found


def _choice(path: Path, field: str, found: Any, choices: type[StrEnum]) -> Any:
    if not isinstance(found, str) or found not in set(choices):
        raise _refusal(path, field, found, ", ".join(str(choice) or '""' for choice in choices))
    return choices(found)


def _words(path: Path, field: str, raw: Any) -> Text:
    try:
        return Text.of(raw)
    except (KeyError, TypeError, ValueError) as fault:
        raise _refusal(path, field, fault, "zh, en") from None


def _mapping(path: Path, field: str, raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise _refusal(path, field, raw, "{…}")
    return raw


def _only(path: Path, prefix: str, raw: Any, fields: set[str]) -> None:
    for name in _mapping(path, prefix or "commlib", raw):
        if name not in fields:
            raise _refusal(path, prefix + name, name, ", ".join(sorted(fields)))


def _refusal(path: Path, field: str, found: Any, allowed: str) -> DeclarationError:
    return DeclarationError(phrases.text("error.bad_declaration", file=path.name, id=path.stem, field=field,
                                         found=found, allowed=allowed))
