"""Known answers: every indicator gives the value worked out by hand from what a report states."""

from __future__ import annotations

import csv
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commlib.declarations.mapping import Becomes, mapping_of
from commlib.declarations.measures import Argument
from commlib.indicators.arithmetic import Ratio
from commlib.indicators.registry import Indicator, indicators
from commlib.units import conversion

HERE = Path(__file__).resolve().parent
FIGURE_ID = re.compile(r"\d{3}-\d-\d{3}")
ONLY_FIGURES = re.compile(r"\d{3}-\d-\d{3}(;\d{3}-\d-\d{3})*")
OTHER_ORIGINS = ("national_register:", "domain.md ", "methods.md ", "worked: ")
Line = dict[str, Any]


def golden_lines() -> list[Line]:
    """Every line of indicators.toml."""
    lines: list[Line] = tomllib.loads((HERE / "indicators.toml").read_text(encoding="utf-8"))["golden"]
    return lines


@cache
def figures() -> dict[str, dict[str, str]]:
    """The reported figures by id, of the project or else of the shared folder."""
    project = HERE.parents[1]
    folders = [project / "data" / "reported", project.parent / "shared" / "data" / "reported"]
    found = next(folder / "figures.csv" for folder in folders if (folder / "figures.csv").is_file())
    with found.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def arguments_of(line: Line) -> dict[str, Argument]:
    """The arguments of the line's indicator by name; in a family those of the line's member."""
    indicator = indicators()[line["id"]]
    arguments = indicator.arguments.get(line.get("member", "")) or indicator.arguments[""]
    return {each.name: each for each in arguments}


def inputs_of(line: Line) -> list[tuple[Argument, str, float]]:
    """Argument, breakdown member and number of every input, the members of a breakdown one after the other."""
    arguments = arguments_of(line)
    return [(arguments[name], member, number) for name, given in line["inputs"].items()
            for member, number in (given if isinstance(given, dict) else {arguments[name].members[0]: given}).items()]


def name_of(line: Line) -> str:
    return "-".join(part for part in (line["id"], line.get("member", ""), line["from"].split(" ")[0][:20]) if part)


@pytest.mark.parametrize("line", golden_lines(), ids=name_of)
def test_the_function_gives_the_expected_value(line: Line) -> None:
    answer = indicators()[line["id"]].function(**line["inputs"])
    found = answer[line["member"]] if isinstance(answer, dict) else answer
    value = found.value if isinstance(found, Ratio) else found   # a difference is its value
    assert value == pytest.approx(line["expected"], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("line", golden_lines(), ids=name_of)
def test_the_inputs_are_arguments_and_members_that_exist(line: Line) -> None:
    indicator: Indicator = indicators()[line["id"]]
    assert line.get("member", "") in (tuple(indicator.members) or ("",))
    assert set(line["inputs"]) == set(arguments_of(line))
    for argument, member, _ in inputs_of(line):
        assert isinstance(line["inputs"][argument.name], dict) == argument.is_mapping
        assert member in argument.members


def test_every_indicator_has_a_golden_line() -> None:
    missing = set(indicators()) - {line["id"] for line in golden_lines()}
    assert not missing, f"add a line to tests/golden/indicators.toml for: {sorted(missing)}"


@pytest.mark.parametrize("line", golden_lines(), ids=name_of)
def test_where_the_inputs_come_from_is_said_and_exists(line: Line) -> None:
    assert ONLY_FIGURES.fullmatch(line["from"]) or line["from"].startswith(OTHER_ORIGINS)
    assert set(FIGURE_ID.findall(line["from"])) <= set(figures())


@pytest.mark.parametrize("line", [each for each in golden_lines() if ONLY_FIGURES.fullmatch(each["from"])], ids=name_of)
def test_inputs_are_the_reported_figures_that_the_mapping_leads_there(line: Line) -> None:
    ids = line["from"].split(";")
    assert len(ids) == len(inputs_of(line)), "one figure id for each input, in the order of the inputs"
    for figure_id, (argument, member, number) in zip(ids, inputs_of(line), strict=True):
        figure = figures()[figure_id]
        factor = conversion(figure["unit"], argument.measure.unit)
        assert number == pytest.approx(float(figure["value"]) * float(factor), rel=1e-12), figure_id
        mapped = mapping_of(figure["indicator"], figure_id)
        assert mapped is not None and mapped.becomes is Becomes.MEASURE
        found = (mapped.quantity, mapped.member, mapped.nature or figure["nature"])
        assert found == (argument.measure.id, member, argument.nature.value), figure_id
