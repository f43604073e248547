"""What holds for every indicator of the registry, and how a wrong declaration is refused."""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from commlib.bilingual import Text
from commlib.declarations.measures import Argument
from commlib.errors import DeclarationError
from commlib.indicators import registry
from commlib.indicators.arithmetic import Quantity, Ratio, ratio
from commlib.indicators.registry import Direction, Indicator, indicator, indicators
from commlib.units import is_unit, unit

HAN = re.compile(r"[\u4e00-\u9fff]")
Inputs = dict[str, Any]
every_indicator = pytest.mark.parametrize("declared", indicators().values(), ids=list(indicators()))


def filled(arguments: tuple[Argument, ...], number: Any) -> Inputs:
    """The same number for every argument, and for every member of a breakdown."""
    return {each.name: dict.fromkeys(each.members, number) if each.is_mapping else number for each in arguments}


def is_difference(declared: Indicator) -> bool:
    """Whether an indicator is one quantity less another, which has no denominator."""
    arguments = next(iter(declared.arguments.values()))
    return isinstance(declared.function(**filled(arguments, 1.0)), float)


def formulas(differences: bool) -> pytest.MarkDecorator:
    """Every formula that is a difference, or every one that is a ratio."""
    return pytest.mark.parametrize(
        ("declared", "arguments"),
        [pytest.param(each, arguments, id="-".join(filter(None, (each.id, member))))
         for each in indicators().values() if is_difference(each) == differences
         for member, arguments in each.arguments.items()])


every_formula, every_difference = formulas(differences=False), formulas(differences=True)


def ratios(declared: Indicator, inputs: Inputs) -> list[Ratio]:
    answer = declared.function(**inputs)
    return [answer] if isinstance(answer, Ratio) else list(answer.values())


def in_both_languages(words: Text) -> bool:
    return bool(HAN.search(words.zh)) and bool(words.en.strip()) and not HAN.search(words.en)


# ---- what every indicator must say

@every_indicator
def test_words_stand_in_both_languages(declared: Indicator) -> None:
    assert in_both_languages(declared.label)
    assert in_both_languages(declared.definition)
    assert not any(HAN.search(label.en) for label in declared.members.values())


def test_no_two_indicators_have_the_same_label() -> None:
    for language in ("zh", "en"):
        assert Counter(each.label[language] for each in indicators().values()).most_common(1)[0][1] == 1


@every_indicator
def test_a_share_names_its_base_and_a_definition_its_formula(declared: Indicator) -> None:
    assert declared.unit != "percent" or ("（" in declared.label.zh and "(" in declared.label.en)
    sign = "−" if is_difference(declared) else "÷"
    assert sign in declared.definition.zh and sign in declared.definition.en


@every_indicator
def test_unit_direction_and_source_are_known(declared: Indicator) -> None:
    sources = tomllib.loads(files("commlib").joinpath("declarations/sources.toml").read_text(encoding="utf-8"))
    assert is_unit(declared.unit)
    assert isinstance(declared.direction, Direction)
    assert declared.defined_by in sources


@every_indicator
def test_the_docstring_is_one_sentence_with_index_and_degenerate_case(declared: Indicator) -> None:
    docstring = declared.function.__doc__ or ""
    assert docstring.endswith(".") and "\n" not in docstring
    assert "by place" in docstring and "NaN" in docstring


@every_indicator
def test_the_body_is_one_line_that_returns(declared: Indicator) -> None:
    source = textwrap.dedent(inspect.getsource(declared.function))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    assert [type(statement) for statement in definition.body] == [ast.Expr, ast.Return]
    assert definition.body[-1].lineno == definition.body[-1].end_lineno


@every_formula
def test_breakdowns_of_one_indicator_share_members(declared: Indicator, arguments: tuple[Argument, ...]) -> None:
    breakdowns = [each.members for each in arguments if each.is_mapping]
    assert all(members == tuple(declared.members) for members in breakdowns)


# ---- units: what goes in over what it is divided by gives the declared unit

def places(declared: Indicator, arguments: tuple[Argument, ...]) -> tuple[list[Argument], list[Argument]]:
    """The arguments that move the numerator (and not the denominator), and those that move the denominator."""
    ones = filled(arguments, 1.0)
    first = ratios(declared, ones)[0]
    above, below = [], []
    for each in arguments:
        moved = ratios(declared, {**ones, **filled((each,), 2.0)})[0]
        if moved.denominator != first.denominator:
            below.append(each)
        elif moved.numerator != first.numerator:
            above.append(each)
    return above or below, below   # a part that also stands in its whole: the whole has the part's unit


def powers(over: str, under: str) -> dict[str, int]:
    """The powers of one unit over another; households and dwellings are one kind, what cancels out is left out."""
    counted = Counter(dict(unit(over).kind))
    counted.subtract(dict(unit(under).kind))
    return {name: power for name, power in counted.items() if power}


@every_formula
def test_units_fit_in_dimension_and_in_scale(declared: Indicator, arguments: tuple[Argument, ...]) -> None:
    above, below = places(declared, arguments)
    assert {each.name for each in (*above, *below)} == {each.name for each in arguments}, "every argument is used"
    (top,) = {each.measure.unit for each in above}
    (bottom,) = {each.measure.unit for each in below}
    assert powers(top, bottom) == {name: power for name, power in unit(declared.unit).kind if name != "share"}
    scale: Fraction = unit(top).factor / unit(bottom).factor / unit(declared.unit).factor
    for found in ratios(declared, filled(arguments, 1.0)):
        expected = found.numerator / found.denominator * float(scale)
        assert found.value - found.offset == pytest.approx(expected, rel=1e-12)


# ---- zero and missing, one place or many at once

@every_formula
def test_a_zero_or_missing_denominator_gives_nan(declared: Indicator, arguments: tuple[Argument, ...]) -> None:
    for nothing in (0.0, math.nan):
        assert all(np.isnan(found.value) for found in ratios(declared, filled(arguments, nothing)))


@every_formula
def test_all_places_at_once_give_what_each_place_gives(declared: Indicator, arguments: tuple[Argument, ...]) -> None:
    index = pd.Index(["a", "b", "c"], name="place")
    together = ratios(declared, filled(arguments, pd.Series([3.0, 0.0, np.nan], index=index)))
    alone = ratios(declared, filled(arguments, 3.0))
    for many, one in zip(together, alone, strict=True):
        assert isinstance(many.value, pd.Series)
        pd.testing.assert_series_equal(many.value, pd.Series([one.value, np.nan, np.nan], index=index))


@every_difference
def test_a_difference_has_the_unit_of_its_parts_and_is_missing_where_one_is(
        declared: Indicator, arguments: tuple[Argument, ...]) -> None:
    first, second = arguments
    assert {first.measure.unit, second.measure.unit} == {declared.unit}
    index = pd.Index(["a", "b", "c"], name="place")
    given = {first.name: pd.Series([5.0, 2.0, np.nan], index=index), second.name: pd.Series([3.0, 6.0, 1.0], index=index)}
    pd.testing.assert_series_equal(declared.function(**given), pd.Series([2.0, -4.0, np.nan], index=index))


# ---- a wrong declaration is refused where it is made

@pytest.fixture(autouse=True)
def untouched_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test registers is gone after it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    yield


def declare(function: Callable[..., Any], unit_id: str = "percent", for_each: tuple[str, ...] = ()) -> None:
    words = Text(zh="测试（占测试）", en="test (of test)")
    indicator(label=words, unit=unit_id, direction=Direction.NEUTRAL, definition=words, defined_by="000-5",
              for_each=for_each)(function)


def assert_refused(function: Callable[..., Any], field: str, found: str, allowed: str, **declaration: Any) -> None:
    """The refusal names the indicator, the field, what was found and what is allowed, in both languages."""
    before = set(registry._registered)
    with pytest.raises(DeclarationError) as caught:
        declare(function, **declaration)
    for language in ("zh", "en"):
        for part in (function.__name__, field, found, allowed):
            assert part in caught.value.say(language)
    assert set(registry._registered) == before, "what was refused is not registered"


def test_an_unknown_measure_is_refused() -> None:
    def wrong_measure(communities_startd: Quantity, communities: Quantity) -> Ratio:
        """One over the other."""
        return ratio(communities_startd, communities)

    assert_refused(wrong_measure, "argument", "communities_startd", "measures.toml")


def test_an_unknown_measure_of_a_family_is_refused() -> None:
    def wrong_family(each: Quantity, each__last_year: Quantity) -> Ratio:
        """One over the other."""
        return ratio(each, each__last_year)

    assert_refused(wrong_family, "argument", "each", "measures.toml", for_each=("gdp", "no_such_measure"))


def test_an_unknown_suffix_is_refused_with_the_choices() -> None:
    def wrong_suffix(communities_started: Quantity, communities_task__wish: Quantity) -> Ratio:
        """One over the other."""
        return ratio(communities_started, communities_task__wish)

    assert_refused(wrong_suffix, "argument", "communities_task__wish", "plan, target, last_year, two_years_ago")


def test_an_unknown_unit_is_refused() -> None:
    def wrong_unit(communities_started: Quantity, communities: Quantity) -> Ratio:
        """One over the other."""
        return ratio(communities_started, communities)

    assert_refused(wrong_unit, "unit", "furlongs", "units.toml", unit_id="furlongs")


def test_a_missing_docstring_is_refused() -> None:
    def no_docstring(communities_started: Quantity, communities: Quantity) -> Ratio:
        return ratio(communities_started, communities)

    assert_refused(no_docstring, "docstring", "", "one sentence")


def test_a_duplicate_id_from_another_file_is_refused() -> None:
    def start_rate(communities_started: Quantity, communities: Quantity) -> Ratio:
        """One over the other."""
        return ratio(communities_started, communities)

    assert_refused(start_rate, "id", "start_rate", "unique")


def test_a_duplicate_id_in_the_same_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = inspect.getsource(indicators()["start_rate"].function).replace("def start_rate", "def written_twice")
    head = Path(inspect.getfile(indicators()["start_rate"].function)).read_text(encoding="utf-8").split("\n\n\n")[0]
    (tmp_path / "theme_written_twice.py").write_text("\n\n\n".join([head, source, source]), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match="written_twice"):
        importlib.import_module("theme_written_twice")


def test_a_reloaded_theme_registers_the_same_indicators() -> None:
    before = list(indicators())
    importlib.reload(importlib.import_module("commlib.indicators.parks"))
    assert list(indicators()) == before


@pytest.mark.parametrize(("zh", "en", "blank"), [("", "label", "zh"), ("标签", " ", "en")])
def test_a_blank_language_is_refused(zh: str, en: str, blank: str) -> None:
    with pytest.raises(ValueError, match=f"both languages; '{blank}' is blank"):
        Text(zh=zh, en=en)
