"""Three years of monthly housing returns: homes planned, started, topped out, completed and moved into, what was spent, and
the task of each year."""

from __future__ import annotations

import calendar

import numpy as np
import pandas as pd

from commlib.demo.county import Community, County, month

_MIDDLE, _SPREAD, _LATE = 24.0, 8.0, 18.0   # months until half of the homes are begun, and how much later in a place behind
_WIDTH = 4.5                     # months in which a logistic course grows to e times what it was
_LAGS = {"started": 0.0, "topped_out": 4.0, "completed": 7.0, "moved_in": 10.0}
_FEWEST = 10                     # homes below which a stage still counts as none: nothing is begun by twos and threes
_COST = (13.0, 19.0)             # CNY10k a home
_WEIGHTS = {"started": 0.3, "topped_out": 0.35, "completed": 0.35}
_TASKS = {2022: 0.33, 2023: 0.45}   # of the homes are to be completed in a year; the first year is for beginning
_AMBITION = (0.85, 1.15)
_BOOK = {"_book": "任务与考核", "_sheet": "住房建设任务表", "_sent": ""}
Row = dict[str, str]


def housing_rows(county: County) -> dict[str, pd.DataFrame]:
    """Rows of `housing_progress` and `housing_task`, all text: every community in every month and year that is reported."""
    chance = county.chance("housing")
    courses = [_course(each, county, chance) for each in county.communities]
    return {"housing_progress": pd.DataFrame([row for rows, _ in courses for row in rows]),
            "housing_task": pd.DataFrame([row for _, rows in courses for row in rows]).assign(**_BOOK)}


def _course(community: Community, county: County, chance: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """The months of a community and its tasks: what is to be completed in a year, at most what is left."""
    planned = int(community.households * chance.uniform(0.25, 0.6)) // 2 * 2
    middle = chance.normal(_MIDDLE, _SPREAD) / county.pace + _LATE * community.behind
    width = _WIDTH / min(county.pace, 1.2)
    cost, share, ambition = chance.uniform(*_COST), chance.uniform(0.12, 0.22), chance.uniform(*_AMBITION)
    months: list[Row] = []
    tasks: list[Row] = []
    place = {"township_id": community.township, "community_id": community.key}
    for at in range(county.months):
        shares = {name: 1 / (1 + np.exp(-(at + 1 - middle - lag) / width)) for name, lag in _LAGS.items()}
        homes = {name: _homes(planned * part * 1.04, planned) for name, part in shares.items()}
        worth = sum(weight * shares[name] for name, weight in _WEIGHTS.items()) * planned * cost if homes["started"] else 0
        housing, roads = int(worth * (1 - share) * 10), int(worth * share * 10)   # tenths of CNY10k
        year, number = month(at)
        if number == 1 and year in _TASKS:
            left = planned - int(months[-1]["completed"])
            task = str(min(int(planned * _TASKS[year] * ambition), left))
            tasks.append({**place, "year": str(year), "target_units": task, "target_households": task})
        months.append({
            **place, "as_of": f"{year}-{number:02d}-{calendar.monthrange(year, number)[1]}", "planned": str(planned),
            **{name: str(count) for name, count in homes.items()},
            "completed_rate": f"{100 * homes['completed'] / planned:.1f}", "invested": tenths(housing + roads),
            "invested_housing": tenths(housing), "invested_infrastructure": tenths(roads)})
    return months, tasks


def _homes(expected: float, planned: int) -> int:
    return 0 if expected < _FEWEST else min(int(expected), planned)


def tenths(number: int) -> str:
    """A whole number of tenths as a decimal, without a needless zero."""
    return f"{number / 10:.1f}".removesuffix(".0")
