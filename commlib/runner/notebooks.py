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
from commlib.bilingual import Language, Text, excerpt, joined
from commlib.declarations.reading import Reading, one_of
from commlib.errors import ParameterError
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


_FIELDS = ("title", "scope", "needs", "order", "parameters")
_PARAMETER_FIELDS = ("type", "default", "zh", "en", "choices", "minimum", "maximum")


def read_notebooks(home: Home) -> list[AnalysisNotebook]:
    """Every analysis of the project, in their declared order; raises DeclarationError for a wrong declaration.

    A notebook that declares nothing, as JupyterLab's new ones, is someone's sketch and no analysis.
    """
    found = [read_notebook(path) for path in sorted(home.notebooks.glob("*.ipynb")) if not _is_sketch(path)]
    return sorted(found, key=lambda notebook: (notebook.order, notebook.id))


def _is_sketch(path: Path) -> bool:
    """Whether a file is a notebook without a declaration; one that cannot be read is not, so that its fault is told."""
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return isinstance(declared, dict) and "commlib" not in declared
    except (OSError, ValueError, KeyError, TypeError):
        return False


def choose_notebooks(known: list[AnalysisNotebook], wanted: list[str]) -> list[AnalysisNotebook]:
    """The analyses of these ids in their declared order, all of them if none is named.

    Raises ParameterError naming every unknown id with the nearest one.
    """
    ids = [notebook.id for notebook in known]
    names = [name.removesuffix(".ipynb").rpartition("/")[2] for name in wanted]
    unknown = [name for name in names if name not in ids]
    if unknown:
        raise ParameterError(joined((unknown_choice("parameter.unknown_notebook", name, ids) for name in unknown), "\n", "\n"))
    return [notebook for notebook in known if not names or notebook.id in names]


def unknown_choice(key: str, found: object, known: list[str], **values: Any) -> Text:
    """A message that names what was found, the nearest known value, and all known ones where they are few."""
    near = get_close_matches(str(found)[:80], known, n=1, cutoff=0.0)
    return phrases.text(key, found=excerpt(found), nearest=near[0] if near else "—", known=", ".join(known), **values)


def read_notebook(path: Path) -> AnalysisNotebook:
    """Read one notebook's declaration; raises DeclarationError with every fault: file, field, what was found and is allowed."""
    reading = _NotebookReading(path)
    declared, cells = reading.notebook()
    reading.only(declared, _FIELDS)
    given = reading.mapping(declared, "parameters", "parameters")
    order = declared.get("order", 100)
    if type(order) is not int:
        reading.refuse("order", order, "10, 20, 30 …")
    notebook = AnalysisNotebook(
        id=path.stem, path=path, title=reading.words(declared, "title"),
        scope=reading.word({"scope": None, **declared}, "scope", Scope, Scope.COUNTY),
        needs=reading.word(declared, "needs", Needs, Needs.ANY), order=order,
        parameters=tuple(_parameter(reading, name, given) for name in given),
    )
    _check_kinds(reading, notebook)
    _check_cell(reading, notebook, cells)
    reading.finish()
    return notebook


class _NotebookReading(Reading):
    """The reading of a notebook's declaration."""

    def notebook(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What a notebook declares about itself and its cells; raises DeclarationError where the file is no such notebook."""
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            return dict(raw["metadata"]["commlib"]), [dict(cell) for cell in raw["cells"]]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            self.refuse("metadata.commlib", f"{type(fault).__name__}: {fault}", "JSON")
            raise self._error() from None

    def mapping(self, raw: Mapping[str, Any], name: str, field: str) -> dict[str, Any]:
        """A mapping; {} where there is none."""
        found = raw.get(name, {})
        if isinstance(found, dict):
            return found
        self.refuse(field, found, "{…}")
        return {}

    def refuse(self, field: str, found: object, allowed: str) -> None:
        """Keep a fault whose remedy is the same in both languages."""
        self.wrong(field, found, Text.same(allowed))


def _parameter(reading: _NotebookReading, name: str, given: Mapping[str, Any]) -> Parameter:
    field = f"parameters.{name}"
    if not name.isidentifier():
        reading.refuse(field, name, "a–z, 0–9, _")
    raw = reading.mapping(given, name, field)
    reading.only(raw, _PARAMETER_FIELDS, field)
    kind = reading.word({"type": None, **raw}, "type", ParameterType, ParameterType.TEXT, field)
    choices = reading.strings(raw, "choices", field)
    if bool(choices) != (kind is ParameterType.CHOICE):
        reading.refuse(f"{field}.choices", raw.get("choices", "-"), "[…] (type = choice)")
    limits = {limit: raw[limit] for limit in ("minimum", "maximum") if kind.counted and kind.holds(raw.get(limit))}
    for limit in raw.keys() & {"minimum", "maximum"}:
        if limit not in limits or limits[limit] > limits.get("maximum", limits[limit]):
            reading.refuse(f"{field}.{limit}", raw[limit], "minimum ≤ maximum (type = integer, number)")
    default = raw.get("default")
    declared = Parameter(name, kind, reading.words(given, name, "parameters"), default, choices, **limits)
    allowed = list(Language) if kind is ParameterType.LANGUAGE else choices
    if not (default is None or kind.holds(default)) or (allowed and default not in allowed):
        reading.wrong(f"{field}.default", default, one_of(allowed or [kind]))
    elif kind.counted and default is not None and declared.nearest(default) != default:
        reading.refuse(f"{field}.default", default, f"{declared.minimum} … {declared.maximum}")
    return declared


def _check_kinds(reading: _NotebookReading, notebook: AnalysisNotebook) -> None:
    """A page is of one county (or none) and in one language, so these stand among the parameters exactly once."""
    for kind, expected in ((ParameterType.COUNTY, int(notebook.scope is Scope.COUNTY)), (ParameterType.LANGUAGE, 1)):
        found = sum(each.type is kind for each in notebook.parameters)
        if found != expected:
            reading.refuse(f"parameters ({kind})", found, str(expected))


def _check_cell(reading: _NotebookReading, notebook: AnalysisNotebook, cells: list[dict[str, Any]]) -> None:
    """The cell tagged `parameters` assigns exactly what is declared, so that Jupyter and the runner mean the same."""
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        reading.refuse("tags: parameters", len(tagged), "1")
        return
    try:
        assigned = _assignments("".join(tagged[0].get("source", "")))
    except (SyntaxError, ValueError) as fault:
        reading.refuse("cell: parameters", str(fault), "name = literal")
        return
    declared = {each.name: each.default for each in notebook.parameters}
    for name in dict.fromkeys([*declared, *assigned]):
        if name not in assigned or name not in declared or (type(declared[name]), declared[name]) != assigned[name]:
            reading.refuse(f"cell: parameters, {name}", f"{name} = {assigned[name][1]!r}" if name in assigned else "—",
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
