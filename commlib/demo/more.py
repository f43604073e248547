"""Rows of the tables that only a county that sends everything sends: drawn from what `more.toml` says of each column."""

from __future__ import annotations

import ast
import calendar
import operator
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from commlib.bilingual import Text
from commlib.declarations.columns import DATES, NUMBERS, Column, ColumnType
from commlib.declarations.tables import TableDeclaration, table
from commlib.demo.county import FIRST_YEAR, MONTHS, County, month

_FIRST = date(FIRST_YEAR, 1, 1)
_LAST = (date(FIRST_YEAR + MONTHS // 12, 1, 1) - _FIRST).days - 1   # the last day that is reported, in days since the first
_STEPS = {"month": 1, "two_months": 2, "quarter": 3, "half": 6, "year": 12}
_YEARS = range(MONTHS // 12)
_SIZES = ["households", "population", "residents", "rural", "arable", "planned", "villages", "places", "party_members",
          *(f"{name}{year}" for name in ("workers", "certified", "moved") for year in _YEARS)]
_FUNCTIONS: dict[str, Callable[..., Any]] = {   # rank: from the top among the rows of a group; before: of the row before in it
    "low": np.minimum, "high": np.maximum, "pick": lambda at, *values: np.choose(np.asarray(at, int), values),
    "rank": lambda values, groups: pd.Series(values).groupby(groups).rank(ascending=False, method="first").to_numpy(),
    "before": lambda values, groups: pd.Series(values).groupby(groups).shift().to_numpy()}
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne}
_HELPER = Column("helper", Text.same("helper"), ColumnType.DECIMAL, required=False)   # a number that other columns are made of
Rows = dict[str, pd.DataFrame]


@cache
def sheets() -> list[dict[str, Any]]:
    """What `more.toml` says: the sheets in order, each with its workbook, its table and how its columns are drawn."""
    with files("commlib").joinpath("demo/more.toml").open("rb") as stream:
        return list(tomllib.load(stream)["sheet"])


def more_rows(county: County, rows: Rows) -> Rows:
    """Rows by table, all text: `rows`, which the county sends anyway, with more columns, and what `more.toml` adds.

    Beside the declared columns `_book` and `_sheet` say where those stand that are added. A county that is not `full` sends
    the sheets that are said to be of every county.
    """
    maker = _Maker(county, rows)
    found: dict[str, list[pd.DataFrame]] = {}
    for said in (each for each in sheets() if county.full or each.get("everyone")):
        drawn = maker.sheet(said)
        if said.get("onto"):
            more = drawn[[name for name in said["columns"] if name in drawn]]
            rows = {**rows, said["table"]: rows[said["table"]].assign(**more)}
        else:
            found.setdefault(said["table"], []).append(drawn)
    all_parts = {name: [rows[name], *parts] if name in rows else parts for name, parts in found.items()}
    return {**rows, **{name: pd.concat(parts, ignore_index=True).fillna("") for name, parts in all_parts.items()}}


class _Maker:
    """Draws the sheets of one county; numbers and days (since the first that is reported) stay numbers until they are written."""

    def __init__(self, county: County, rows: Rows) -> None:
        self.county, self.rows = county, rows
        self.drawn: Rows = {}
        self.communities = _communities(county, rows)
        self.until = (date.fromisoformat(rows["housing_progress"]["as_of"].max()) - _FIRST).days   # what is reported ends

    def sheet(self, said: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of a sheet as text."""
        declared = table(said["table"])
        chance = self.county.chance(f"more {said['table']} {said.get('sheet', '')}")
        frame = self._product(said, declared)
        own = pd.factorize(frame["_thing"])[0]
        frame["luck"] = chance.random(own.max() + 1)[own]
        if said.get("take"):
            frame = frame[_value(frame, said["take"], chance, own).astype(bool)].reset_index(drop=True)
            own = pd.factorize(frame["_thing"])[0]
        if said.get("anywhere"):
            part = self._set(said["anywhere"], said, declared)
            part = part.drop(columns=[name for name in frame if name in part])
            frame = frame.join(part.iloc[chance.integers(len(part), size=len(frame))].reset_index(drop=True))
        frame["n"] = np.arange(1.0, len(frame) + 1)
        known = {column.name: column for column in declared.columns}
        for name, words in said["columns"].items():
            frame[name] = _drawn(frame, known.get(name, _HELPER), words, chance, own)
        unless = f"({said.get('only')}) == 0"
        for name, when in {**said.get("blank", {}), **dict.fromkeys(said["columns"] if "only" in said else (), unless)}.items():
            frame[name] = frame[name].where(~_value(frame, when, chance, own).astype(bool))
        if not said.get("onto"):
            self.drawn[declared.id] = pd.concat([self.drawn.get(declared.id, frame[:0]), frame], ignore_index=True)
        given = [name for each in said["each"] if isinstance(each, dict) for name in each]
        named = {*said["columns"], *given, *declared.key, *declared.place}
        texts = {column.name: [_text(column, cell) for cell in frame[column.name]] for column in declared.columns
                 if column.name in frame and (column.name in named or column.references)}
        return pd.DataFrame({**texts, "_book": said.get("book", ""), "_sheet": said.get("sheet", declared.label.zh),
                             "_sent": said.get("sent", "")})

    def _product(self, said: Mapping[str, Any], declared: TableDeclaration) -> pd.DataFrame:
        """One row for each combination of what the sheet has rows of; `_thing` names it whenever."""
        frame = pd.DataFrame({"_thing": [""]})
        for each in said["each"]:
            part = self._set(each, said, declared)
            frame = frame.drop(columns=[name for name in frame if name in part and name != "_thing"])
            frame = frame.merge(part, how="cross", suffixes=("", "_other"))
            frame["_thing"] = frame["_thing"] + "/" + frame.pop("_thing_other")
        return frame

    def _set(self, each: str | Mapping[str, Sequence[str]], said: Mapping[str, Any], declared: TableDeclaration) -> pd.DataFrame:
        if not isinstance(each, str):
            (name, values), = each.items()
            return pd.DataFrame({name: list(values), "i": np.arange(1.0, len(values) + 1), "_thing": list(values)})
        if each in _STEPS:
            times = _times(_STEPS[each], said.get("years", []), declared.column(declared.period))
            return times[times["day"] <= self.until].reset_index(drop=True)
        if each.isdecimal():
            return pd.DataFrame({"i": np.arange(1.0, int(each) + 1), "_thing": [str(at) for at in range(1, int(each) + 1)]})
        if each in ("county", "township", "community", "village", "centre"):
            return self._places(each)
        if each.startswith("table:"):
            return self._others(each.removeprefix("table:"))
        values = [choice.id for choice in declared.column(each).choices]
        return self._set({each: values}, said, declared)

    def _places(self, level: str) -> pd.DataFrame:
        """Places with how large they are; `centre` is the first community of each township."""
        known = self.communities
        if level == "centre":
            return known[known["place"] == 1].reset_index(drop=True)
        if level in ("community", "village"):
            return known[known["villages"].eq(1) | (level == "community")].reset_index(drop=True)
        key = "township_id" if level == "township" else "county"
        whole = known.groupby(key, sort=False).agg({**dict.fromkeys(_SIZES, "sum"), "behind": "mean", "township": "first",
                                                              "county": "first", "county_name": "first"})
        whole.index.name = "unit_id"
        whole = whole.reset_index()
        whole["_thing"] = whole["unit_id"]
        return whole.assign(township_id=whole["unit_id"]) if level == "township" else whole

    def _others(self, name: str) -> pd.DataFrame:
        """The rows of another table with numbers and days as numbers."""
        if name not in self.rows:
            return self.drawn[name].drop(columns=["n", "luck", "i"], errors="ignore")
        frame = self.rows[name].copy()
        for column in (each for each in table(name).columns if each.name in frame and each.type in NUMBERS):
            frame[column.name] = pd.to_numeric(frame[column.name])
        for column in (each for each in table(name).columns if each.name in frame and each.type in DATES):
            texts = frame[column.name].str.ljust(10, "\0").str.replace("\0\0\0", "-01").str[:10]
            frame[column.name] = [(date.fromisoformat(text) - _FIRST).days for text in texts]
        frame = frame.rename(columns={"class": "of_class"})   # a word that no calculation can name
        return frame.assign(_thing=frame[list(table(name).key)].astype(str).agg("/".join, axis=1))


def _communities(county: County, rows: Rows) -> pd.DataFrame:
    """The communities of a county as they are at the end: keys, names, sizes, how far they are built, and by year
    (0 the first) workers, those of them who hold a certificate, and households that have moved in."""
    chance = county.chance("sizes")
    housing = rows["housing_progress"].sort_values("as_of", kind="stable").set_index("community_id")
    profile = rows["unit_profile"].drop_duplicates("unit_id", keep="last").set_index("unit_id")
    found = pd.DataFrame([{
        "county": county.key, "county_name": county.name.zh, "township_id": each.township, "township": each.township_name,
        "community": each.name,
        **dict.fromkeys(("community_id", "unit_id", "village_id", "_thing"), each.key),
        "villages": float(each.level == "village"), "places": 1.0, "behind": each.behind} for each in county.communities])
    keys = found["community_id"].to_numpy()
    found[["households", "population", "rural", "arable"]] = profile.loc[
        keys, ["households", "population_total", "population_rural", "arable_area"]].astype(float).to_numpy()
    found["residents"] = np.floor(found["population"] * chance.uniform(0.88, 1.02, len(found)))
    found["party_members"] = np.floor(found["residents"] * chance.uniform(0.02, 0.04, len(found)))
    stages = ["planned", "started", "topped_out", "completed", "moved_in"]
    found[stages] = housing.tail(len(keys))[stages].astype(float).loc[keys].to_numpy()
    for year in _YEARS:
        end = str(FIRST_YEAR + year + 1)
        staff = rows["staff"][rows["staff"]["entered_on"] < end]
        for name, counted in (("workers", staff), ("certified", staff[staff["certificate"] != "none"])):
            found[f"{name}{year}"] = counted["community_id"].value_counts().reindex(keys, fill_value=0).to_numpy(float)
        moved = housing[housing["as_of"] < end]["moved_in"].groupby(level=0).last()
        found[f"moved{year}"] = moved.loc[keys].astype(float).to_numpy()
    found["place"] = found.groupby("township_id", sort=False).cumcount() + 1.0
    return found.assign(centre_id=found.groupby("township_id", sort=False)["community_id"].transform("first"))


def _times(step: int, years: Sequence[int], column: Column) -> pd.DataFrame:
    """Periods of a length: `at` months since the first at the end, `y` years, `day` and `last` its ends, `season` the month."""
    rows = []
    for at in range(step, MONTHS + 1, step):
        year, number = month(at - 1)
        if years and year not in years:
            continue
        day = (date(*month(at - step), 1) - _FIRST).days
        last = (date(year, number, calendar.monthrange(year, number)[1]) - _FIRST).days
        words = f"{year}" if step == 12 else f"{year}Q{number // 3}" if step in (3, 6) else f"{year}-{number:02d}"
        numbers = {"at": at, "season": number, "y": year - FIRST_YEAR, "day": day, "last": last}
        rows.append({column.name: float(last) if column.type is ColumnType.DATE else words, "_thing": "",
                     **{name: float(each) for name, each in numbers.items()}})
    return pd.DataFrame(rows)


def _drawn(frame: pd.DataFrame, column: Column, words: Any, chance: np.random.Generator, own: np.ndarray) -> Any:
    """A column as `more.toml` says it: a calculation, a choice, or words with places in braces."""
    value = partial(_value, frame, chance=chance, own=own)
    if isinstance(words, list):
        return chance.choice(words, len(frame))
    if isinstance(words, dict) and "by" in words:
        at = np.clip(value(words["by"]).fillna(0), 0, len(words["of"]) - 1).astype(int)
        return np.array(words["of"])[at]
    if isinstance(words, dict):
        weights = np.array(list(words.values()), float)
        return chance.choice(list(words), len(frame), p=weights / weights.sum())
    sign, calculation = words[:1], words[1:]
    if sign == "?":
        return np.where(value(calculation), "yes", "no")
    if sign in "@!":
        days = np.floor(value(calculation))
        return days.where(days <= _LAST) if sign == "!" else days
    if sign == "=":
        digits, _, calculation = calculation.partition(" ")
        places, number = int(digits or 1), value(calculation)
        return np.floor(number) if column.type is ColumnType.INTEGER else np.floor(number * 10 ** places + 0.5) / 10 ** places
    return [words.format_map(row) for row in frame.to_dict("records")]


def _value(frame: pd.DataFrame, calculation: str, chance: np.random.Generator, own: np.ndarray) -> pd.Series[Any]:
    """A calculation over the columns: `draw` is another number from 0 to 1 in each row, `own` one for each thing whenever."""
    numbers = {"draw": chance.random(len(frame)), "own": chance.random(own.max() + 1)[own]}
    known = {**{str(name): frame[name].to_numpy() for name in frame}, **numbers}
    return pd.Series(_made(ast.parse(calculation.strip(), mode="eval").body, known), index=frame.index)


def _made(node: ast.AST, known: Mapping[str, Any]) -> Any:
    """What a piece of a calculation gives, by its operators."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return known[node.id]
        case ast.BinOp():
            return _OPERATORS[type(node.op)](_made(node.left, known), _made(node.right, known))
        case ast.UnaryOp():
            return -_made(node.operand, known)
        case ast.Compare():   # 1 or 0, for truths do not add up
            return np.asarray(_OPERATORS[type(node.ops[0])](_made(node.left, known), _made(node.comparators[0], known)), int)
        case ast.Call():
            return _FUNCTIONS[ast.unparse(node.func)](*(_made(each, known) for each in node.args))
        case _:
            raise ValueError(ast.unparse(node))


def _text(column: Column, cell: Any) -> str:
    """A value as the rows of the demonstration hold it."""
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return ""
    if column.type in DATES:
        return (_FIRST + timedelta(days=int(cell))).isoformat()
    return f"{cell:.2f}".rstrip("0").rstrip(".")
