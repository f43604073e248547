"""Three years of monthly housing returns: homes planned, started, topped out, completed and moved into, and what was spent."""

from __future__ import annotations

import calendar

import numpy as np
import pandas as pd

from commlib.demo.county import MONTHS, Community, County, month

_WIDTH = 8.0                     # months in which a logistic course grows to e times what it was
_LAGS = {"started": 0.0, "topped_out": 5.0, "completed": 8.0, "moved_in": 12.0}
_FEWEST = 10                     # homes below which a stage still counts as none: nothing is begun by twos and threes
_COST = (13.0, 19.0)             # CNY10k a home
_WEIGHTS = {"started": 0.3, "topped_out": 0.35, "completed": 0.35}


def housing_rows(county: County) -> pd.DataFrame:
    """Rows of `housing_progress`, all text: every community in every month, up to the last that was reported."""
    chance = county.chance("housing")
    rows = [row for each in county.communities for row in _course(each, county, chance)]
    frame = pd.DataFrame(rows)
    return frame[frame["as_of"].str[:7] <= (county.stops or "9999")].reset_index(drop=True)


def _course(community: Community, county: County, chance: np.random.Generator) -> list[dict[str, str]]:
    planned = int(community.households * chance.uniform(0.25, 0.6)) // 2 * 2
    middle = chance.normal(14, 6) / county.pace
    width = _WIDTH / min(county.pace, 1.2)
    cost, share = chance.uniform(*_COST), chance.uniform(0.12, 0.22)
    rows = []
    for at in range(MONTHS):
        shares = {name: 1 / (1 + np.exp(-(at + 1 - middle - lag) / width)) for name, lag in _LAGS.items()}
        homes = {name: _homes(planned * part * 1.04, planned) for name, part in shares.items()}
        worth = sum(weight * shares[name] for name, weight in _WEIGHTS.items()) * planned * cost
        housing, roads = int(worth * (1 - share) * 10), int(worth * share * 10)   # tenths of CNY10k
        year, number = month(at)
        rows.append({
            "township_id": community.township, "community_id": community.key,
            "as_of": f"{year}-{number:02d}-{calendar.monthrange(year, number)[1]}", "planned": str(planned),
            **{name: str(count) for name, count in homes.items()},
            "completed_rate": f"{100 * homes['completed'] / planned:.1f}", "invested": tenths(housing + roads),
            "invested_housing": tenths(housing), "invested_infrastructure": tenths(roads)})
    return rows


def _homes(expected: float, planned: int) -> int:
    return 0 if expected < _FEWEST else min(int(expected), planned)


def tenths(number: int) -> str:
    """A whole number of tenths as a decimal, without a needless zero."""
    return f"{number / 10:.1f}".removesuffix(".0")
