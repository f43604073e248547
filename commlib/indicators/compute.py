"""Computing indicators and measures at every place at once, with roll-up by the rules of the architecture page.

At a place: (a) if all arguments are stated there, those are used; (b) else each argument is summed over the places
below that report all of them, n of N; stated and summed arguments are never mixed; percentages are never averaged.
All formulas and periods go through one table, whose rows are a case (a formula at a period) at a place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, product
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commlib.declarations.measures import Argument, Measure, Nature
from commlib.indicators.arithmetic import Ratio
from commlib.indicators.held import NO_FACT, Holdings, Slot
from commlib.indicators.registry import Indicator
from commlib.methods.proportions import wilson_interval
from commlib.periods import Period

RESULT_COLUMNS = ["id", "member", "county", "place", "level", "period", "value", "low", "high", "numerator",
                  "denominator", "unit", "grade", "status", "n", "n_expected", "sources", "since"]
_LEVELS_UPWARDS = (("site", "community"), ("community", "township"), ("township", "county"), ("community", "county"))
_ENDS = ("value", "low", "high")
_ROW = "![0-9]+(?=;|$)"   # of a source that is one row of a table


@dataclass(frozen=True, slots=True)
class Formula:
    """What is evaluated: slots by argument name, and a function of their values."""

    id: str
    member: str
    unit: str
    sample: bool
    slots: Mapping[str, Slot]
    call: Callable[[Mapping[str, Any]], Ratio | Any]

    @property
    def additive(self) -> bool:
        """Whether its arguments may be summed over places."""
        return all(slot.measure.additive for slot in self.slots.values())


Case: TypeAlias = tuple[Formula, Period]


def formulas(indicator: Indicator) -> list[Formula]:
    """The formulas of an indicator: one, or one for each member of a composition or family."""
    found = []
    for each, arguments in indicator.arguments.items():
        mapping = next((argument for argument in arguments if argument.is_mapping), None)
        for member in (mapping.members if mapping else ("",)):
            slots = {argument.name: _slot(argument, member) for argument in arguments}
            found.append(Formula(indicator.id, each or member, indicator.unit, indicator.sample, slots,
                                 _caller(indicator, arguments, member)))
    return found


def _slot(argument: Argument, member: str) -> Slot:
    return Slot(argument.measure, member if argument.is_mapping else argument.members[0], argument.nature,
                argument.years_back)


def _caller(indicator: Indicator, arguments: Iterable[Argument], member: str) -> Callable[[Mapping[str, Any]], Any]:
    def call(values: Mapping[str, Any]) -> Any:
        given = {argument.name: {member: values[argument.name]} if argument.is_mapping else values[argument.name]
                 for argument in arguments}
        answer = indicator.function(**given)
        return answer[member] if isinstance(answer, Mapping) else answer
    return call


def measure_formula(measure: Measure, member: str = "", nature: Nature = Nature.ACTUAL) -> Formula:
    """A measure as a formula of itself, so that its totals roll up by the same rules."""
    return Formula(measure.id, member, measure.unit, False, {"value": Slot(measure, member, nature)},
                   lambda values: values["value"])


def compute(facts: pd.DataFrame, hierarchy: pd.DataFrame, wanted: Iterable[Formula]) -> pd.DataFrame:
    """Evaluate formulas at all places and periods of the facts; a results frame, one row per id, member, place, period.

    `hierarchy` has one row a place, as `hierarchy_of` gives it. Places without a value give no row.
    """
    places = hierarchy.sort_values("place", ignore_index=True)   # sums and sources then do not hang on the order of the facts
    holdings = Holdings(facts, pd.Index(places["place"]))
    cases = [(formula, period) for formula in wanted for period in holdings.periods(formula.slots.values())]
    if not cases:
        return pd.DataFrame(columns=RESULT_COLUMNS)
    table = _roll_up(_stated(holdings, cases), places, np.array([formula.additive for formula, _ in cases]))
    return _results(table.sort_values(["case", "place"], ignore_index=True), places, cases)


def _stated(holdings: Holdings, cases: Sequence[Case]) -> pd.DataFrame:
    """Where all arguments of a case are stated: case and place as numbers, three ends an argument, what they follow from."""
    facts, most = holdings.index.rows, max(len(formula.slots) for formula, _ in cases)
    ends = np.vstack([facts[list(_ENDS)].to_numpy("float64"), np.full(len(_ENDS), np.nan)])   # the last stands for NO_FACT
    period, source = (np.append(facts[name].to_numpy(object), "") for name in ("period", "source"))
    moments, parts = np.full((most, len(cases)), "", dtype=object), []
    for number, (formula, at) in enumerate(cases):
        held = np.full((most, holdings.places), NO_FACT)
        for argument, slot in enumerate(formula.slots.values()):
            if moment := at.years_before(slot.years_back):
                held[argument], moments[argument, number] = holdings.at(slot, moment), moment.text
        here = np.flatnonzero(~np.isnan(ends[held[:len(formula.slots)], 0]).any(axis=0))
        parts.append((np.full(len(here), number), here, held[:, here]))
    case, place, held = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    names = [f"{argument}|{end}" for argument in range(most) for end in _ENDS]
    table = pd.DataFrame(np.hstack(ends[held]), columns=names)
    since = np.where(period[held] == moments[:, case], "", period[held])
    estimated = np.append(facts["qualifier"] != "exact", False)[held].any(axis=0)
    return table.assign(case=case, place=place, sources=_each_once(zip(*source[held], strict=True)),
                        since=_each_once(zip(*since, strict=True)), estimated=estimated, n=1, n_expected=1.0)


def _each_once(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """The different parts of each row's texts, joined; most rows have the same few texts."""
    once = cache(lambda texts: ";".join(dict.fromkeys(part for text in texts for part in text.split(";") if part)))
    return [once(texts) for texts in rows]


def _roll_up(table: pd.DataFrame, places: pd.DataFrame, additive: NDArray[Any]) -> pd.DataFrame:
    """Add, case by case, the places that do not state all arguments themselves but have places below that do."""
    level, registered, counted = (places[name].to_numpy() for name in ("level", "registered", "counted"))
    parent = pd.Index(places["place"]).get_indexer(places["parent"])
    for lower, upper in _LEVELS_UPWARDS:
        below = (level == lower) & (parent != -1) & (level[parent] == upper)
        children = table[below[table["place"]] & additive[table["case"]]]
        group = children["case"] * len(places) + parent[children["place"]]
        lacks = ~group.isin(table["case"] * len(places) + table["place"])
        if not lacks.any():
            continue
        # A place that no register lists makes the number of those that should report unknown; one that is itself the sum
        # of some of its places has not reported whole.
        rows = children[lacks].assign(
            counted=lambda rows: counted[rows["place"]] & (rows["n"] >= rows["n_expected"].fillna(0)),
            unknown=lambda rows: rows["n_expected"].isna() | ~registered[rows["place"]],
            sources=lambda rows: rows["sources"].str.replace(_ROW, "", regex=True))   # a sum names sheets, not each row
        sums = _sums(rows, group[lacks])
        case, place = np.divmod(sums.index, len(places))
        listed = parent[below & registered]
        expected = np.where(np.bincount(listed, minlength=len(places)) > 0,
                            np.bincount(listed, counted[below & registered], len(places)), np.nan)[place]
        sums = sums.assign(case=case, place=place, n_expected=np.where(sums["unknown"], np.nan, expected))
        table = pd.concat([table, sums[table.columns]], ignore_index=True)
    return table


def _sums(children: pd.DataFrame, group: pd.Series[int]) -> pd.DataFrame:
    """The arguments summed by group, how many places they were summed over, and what they follow from."""
    groups = children.groupby(group)
    some = groups[["estimated", "unknown"]].any()
    texts: dict[str, dict[int, dict[str, None]]] = {"sources": {}, "since": {}}
    for name, found in texts.items():
        for number, text in zip(group.tolist(), children[name].to_numpy(object), strict=True):
            found.setdefault(number, {})[text] = None
    return groups[list(children.filter(like="|"))].sum(min_count=1).assign(
        **some, n=groups["counted"].sum().where(~some["unknown"], groups.size()),
        **{name: _each_once(tuple(found[number]) for number in some.index) for name, found in texts.items()})


def _results(table: pd.DataFrame, places: pd.DataFrame, cases: Sequence[Case]) -> pd.DataFrame:
    """The results of a sorted table: each formula evaluated at all its periods and places in one go."""
    ends, hedged = table.filter(like="|").to_numpy(), table["estimated"].to_numpy()
    found = np.empty((len(table), 5))
    for _, numbers in groupby(range(len(cases)), key=lambda number: id(cases[number][0])):
        own = list(numbers)
        part = slice(*table["case"].searchsorted([own[0], own[-1] + 1]))
        found[part] = np.column_stack(_evaluated(cases[own[0]][0], ends[part], hedged[part]))
    value, low, high, numerator, denominator = found.T
    of_case = np.array([(formula.id, formula.member, period.text, formula.unit, "estimated" if formula.sample else "computed")
                        for formula, period in cases], dtype=object)
    id_, member, period, unit, grade = of_case[table["case"]].T
    partial = table["n_expected"].isna() | (table["n"] < table["n_expected"])
    status = np.select([np.isnan(value), partial, table["since"] != ""], ["no_denominator", "partial", "carried"], "ok")
    county, place, level = (places[name].to_numpy()[table["place"]] for name in ("county", "place", "level"))
    return pd.DataFrame({
        "id": id_, "member": member, "county": county, "place": place, "level": level, "period": period, "value": value,
        "low": low, "high": high, "numerator": numerator, "denominator": denominator, "unit": unit,
        "grade": np.where(hedged, "estimated", grade), "status": status, "n": table["n"], "n_expected": table["n_expected"],
        "sources": table["sources"], "since": table["since"]})


def _evaluated(formula: Formula, ends: NDArray[Any], hedged: NDArray[Any]) -> tuple[Any, Any, Any, Any, Any]:
    """Value, low, high, numerator and denominator at each place, of the arguments' ends (a row a place, three an argument)."""
    arguments = {name: dict(zip(_ENDS, ends.T[len(_ENDS) * number:], strict=False)) for number, name in enumerate(formula.slots)}
    answer = formula.call({name: each["value"] for name, each in arguments.items()})
    missing = np.full(len(ends), np.nan)
    columns: tuple[Any, Any, Any] = (answer.value, answer.numerator, answer.denominator) if isinstance(answer, Ratio) \
        else (answer, missing, missing)
    value, numerator, denominator = columns
    low, high = value, value
    if formula.sample and not hedged.all():   # the sampling interval of a questionnaire share
        low, high = (end * answer.per for end in wilson_interval(numerator, denominator))
    if hedged.any():
        lowest, highest = _hedged_bounds(formula, arguments, value)
        low, high = np.where(hedged, lowest, low), np.where(hedged, highest, high)
    known = np.where(np.isnan(value), np.nan, 1)
    return value, low * known, high * known, numerator, denominator


def _hedged_bounds(formula: Formula, arguments: Mapping[str, Mapping[str, Any]], value: NDArray[Any]) -> tuple[Any, Any]:
    """Formulas are monotone in each argument, so the corners of the arguments' intervals hold the extremes."""
    lows: list[Any] = []
    highs: list[Any] = []
    for corner in product(("low", "high"), repeat=len(arguments)):
        answer = formula.call({name: each[end] for (name, each), end in zip(arguments.items(), corner, strict=True)})
        low = high = answer
        if isinstance(answer, Ratio):
            low, high = (np.minimum(end, np.fmax(answer.at_most, value)) for end in _open_ends(answer))
        lows.append(low)
        highs.append(high)
    return np.fmin.reduce(lows), np.fmax.reduce(highs)


def _open_ends(answer: Ratio) -> tuple[Any, Any]:
    """What a corner without a value leaves open: without end over a base of nothing, else anything from nothing on."""
    corner = np.asarray(answer.value)
    endless = np.isnan(corner) & (np.asarray(answer.denominator) == 0) & (np.asarray(answer.numerator) > 0)
    undecided = np.isnan(corner) & ~endless
    corner = np.where(endless, np.inf, corner)
    return np.where(undecided, answer.offset, corner), np.where(undecided, np.inf, corner)
