"""Computing indicators and measures at every place at once, with roll-up by the rules of the architecture page.

At a place: (a) if all arguments are stated there, those are used; (b) else each argument is summed over the places
below that report all of them, n of N; stated and summed arguments are never mixed; percentages are never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_
from typing import Any

import numpy as np
import pandas as pd

from commlib.declarations.measures import Measure, Nature
from commlib.indicators.arithmetic import Ratio
from commlib.indicators.held import FactIndex, Slot, held, periods_of
from commlib.indicators.registry import Argument, Indicator
from commlib.methods.proportions import wilson_interval
from commlib.periods import Period

RESULT_COLUMNS = ["id", "member", "county", "place", "level", "period", "value", "low", "high", "numerator",
                  "denominator", "unit", "grade", "status", "n", "n_expected", "sources", "since"]
_STANDING = ["parent", "parent_level", "level", "county", "registered", "counted"]
_LEVELS_UPWARDS = (("site", "community"), ("community", "township"), ("township", "county"), ("community", "county"))


@dataclass(frozen=True, slots=True)
class Formula:
    """What is evaluated: slots by argument name, and a function of their values."""

    id: str
    member: str
    unit: str
    sample: bool
    slots: Mapping[str, Slot]
    call: Callable[[Mapping[str, Any]], Ratio | Any]


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
                argument.last_year)


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
    index, places = FactIndex(facts), hierarchy.set_index("place")
    places["parent_level"] = places["parent"].map(places["level"])
    parts = [_evaluate(index, places, formula) for formula in wanted]
    parts = [part for part in parts if not part.empty]
    return pd.concat(parts, ignore_index=True)[RESULT_COLUMNS] if parts else pd.DataFrame(columns=RESULT_COLUMNS)


def _evaluate(index: FactIndex, places: pd.DataFrame, formula: Formula) -> pd.DataFrame:
    rows = {name: index.of(slot) for name, slot in formula.slots.items()}
    if any(part.empty for part in rows.values()):
        return pd.DataFrame(columns=RESULT_COLUMNS)
    periods: set[Period] = set().union(*(periods_of(rows[name], slot) for name, slot in formula.slots.items()))
    parts = [_at(rows, places, formula, period) for period in sorted(periods)]
    return pd.concat(parts, ignore_index=True)


def _at(rows: Mapping[str, pd.DataFrame], places: pd.DataFrame, formula: Formula, period: Period) -> pd.DataFrame:
    slots = {name: held(rows[name], slot, period) for name, slot in formula.slots.items()}
    wide = pd.concat(slots, axis=1, join="inner").dropna(subset=[(name, "value") for name in slots])
    wide = wide.sort_index()   # sums and their sources come out alike whatever the order of the facts
    table = _tidy(wide, list(slots)).join(places[_STANDING], how="inner")
    table = table.assign(n=1, n_expected=1.0)
    if all(slot.measure.additive for slot in formula.slots.values()):
        table = _roll_up(table, places, list(slots))
    if table.empty:
        return pd.DataFrame(columns=RESULT_COLUMNS)
    return _results(table.sort_index(), formula, period)


def _tidy(wide: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Flat columns: one value, low and high per argument, the sources joined, since when any of them is carried."""
    columns = {f"{name}|{part}": wide[name, part].astype("float64") for name in names for part in ("value", "low", "high")}
    joined = {
        "sources": reduce(_join_texts, [wide[name, "source"].astype(str) for name in names]),
        "since": reduce(_join_texts, [wide[name, "since"].astype(str) for name in names]),
        "estimated": reduce(or_, [wide[name, "estimated"].astype(bool) for name in names]),
    }
    return pd.DataFrame({**columns, **joined}, index=wide.index)


def _join_texts(left: pd.Series[str], right: pd.Series[str]) -> pd.Series[str]:
    return left.where(left == right, (left + ";" + right).str.strip(";"))


def _roll_up(table: pd.DataFrame, places: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Add the places that do not state all arguments themselves but have places below that do."""
    values = [f"{name}|{part}" for name in names for part in ("value", "low", "high")]
    for child_level, parent_level in _LEVELS_UPWARDS:
        if child_level not in set(table["level"]):
            continue
        children = table[(table["level"] == child_level) & (table["parent_level"] == parent_level)]
        done = set(table.index)
        children = children[children["parent"].map({each: each not in done for each in children["parent"].unique()}).astype(bool)]
        if children.empty:
            continue
        # A place that the register does not list makes the number of those that should report unknown.
        groups = children.assign(unknown=children["n_expected"].isna() | ~children["registered"]).groupby("parent")
        sums = groups[values].sum(min_count=1)
        counted = groups["counted"].sum().where(~groups["unknown"].any(), groups.size())
        sums = sums.assign(sources=_unique_texts(children, "sources"), since=_unique_texts(children, "since"),
                           estimated=groups["estimated"].any(), n=counted)
        expected = _expected(places, child_level).reindex(sums.index)
        table = pd.concat([table, sums.assign(n_expected=expected.mask(groups["unknown"].any())).join(places[_STANDING])])
    return table


def _expected(places: pd.DataFrame, level: str) -> pd.Series[float]:
    """How many places a parent has below it; only where the register lists them all, else unknown (NaN)."""
    listed = places[(places["level"] == level) & places["registered"]]
    return listed.groupby("parent")["counted"].sum().astype("float64")


def _unique_texts(rows: pd.DataFrame, column: str) -> pd.Series[str]:
    """The different texts of each parent's rows, joined; index parent."""
    parents = rows["parent"].unique()
    pairs = rows[["parent", column]].drop_duplicates()
    if pairs[column].nunique() == 1:   # the whole register has one source
        return pd.Series([str(pairs[column].iat[0])] * len(parents), index=parents)
    return pairs.groupby("parent")[column].agg(lambda part: _each_once(";".join(part)))


def _each_once(text: str) -> str:
    return ";".join(dict.fromkeys(each for each in text.split(";") if each))


def _results(table: pd.DataFrame, formula: Formula, period: Period) -> pd.DataFrame:
    answer: Any = formula.call({name: table[f"{name}|value"] for name in formula.slots})
    is_ratio = isinstance(answer, Ratio)
    value = answer.value if is_ratio else answer
    low, high = _bounds(table, formula, value)
    partial = table["n_expected"].isna() | (table["n"] < table["n_expected"])
    status = np.select([value.isna(), partial, table["since"] != ""], ["no_denominator", "partial", "carried"], "ok")
    missing = pd.Series(np.nan, index=table.index)
    return pd.DataFrame({
        "id": formula.id, "member": formula.member, "county": table["county"], "place": table.index,
        "level": table["level"], "period": period.text, "value": value, "low": low, "high": high,
        "numerator": answer.numerator if is_ratio else missing,
        "denominator": answer.denominator if is_ratio else missing,
        "unit": formula.unit, "grade": np.where(table["estimated"] | formula.sample, "estimated", "computed"),
        "status": status, "n": table["n"], "n_expected": table["n_expected"],
        "sources": table["sources"].map({text: _each_once(text) for text in table["sources"].unique()}),
        "since": table["since"].map({text: _each_once(text) for text in table["since"].unique()}),
    }).reset_index(drop=True)


def _bounds(table: pd.DataFrame, formula: Formula, value: pd.Series[float]) -> tuple[Any, Any]:
    """The interval of each value: the sampling interval of a questionnaire share, and the hedges carried through."""
    low: Any = value
    high: Any = value
    hedged, known = table["estimated"].to_numpy(), value.notna().to_numpy()
    if formula.sample and not hedged.all():
        answer = formula.call({name: table[f"{name}|value"] for name in formula.slots})
        low, high = (end * answer.per for end in wilson_interval(np.asarray(answer.numerator), np.asarray(answer.denominator)))
    if not hedged.any():
        return low, high
    lowest, highest = _hedged_bounds(table, formula, value)
    return np.where(hedged, np.where(known, lowest, np.nan), low), np.where(hedged, np.where(known, highest, np.nan), high)


def _hedged_bounds(table: pd.DataFrame, formula: Formula, value: pd.Series[float]) -> tuple[Any, Any]:
    """Formulas are monotone in each argument, so the corners of the arguments' intervals hold the extremes."""
    lows, highs = [], []
    for ends in product(("low", "high"), repeat=len(formula.slots)):
        answer = formula.call({name: table[f"{name}|{end}"] for name, end in zip(formula.slots, ends, strict=True)})
        low = high = np.asarray(answer.value if isinstance(answer, Ratio) else answer, dtype="float64")
        if isinstance(answer, Ratio):
            low, high = (np.minimum(end, np.fmax(answer.at_most, value)) for end in _open_ends(answer, high))
        lows.append(low)
        highs.append(high)
    return np.fmin.reduce(lows), np.fmax.reduce(highs)


def _open_ends(answer: Ratio, corner: Any) -> tuple[Any, Any]:
    """What a corner without a value leaves open: without end over a base of nothing, else anything from nothing on."""
    endless = np.isnan(corner) & (np.asarray(answer.denominator) == 0) & (np.asarray(answer.numerator) > 0)
    undecided = np.isnan(corner) & ~endless
    corner = np.where(endless, np.inf, corner)
    return np.where(undecided, answer.offset, corner), np.where(undecided, np.inf, corner)
