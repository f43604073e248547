"""Service outlets with their months, parks with their enterprises."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commlib.demo.county import FIRST_YEAR, MONTHS, Community, County, month
from commlib.demo.housing import tenths
from commlib.demo.money import words

_OUTLETS, _PARKS, _FIRMS = (26, 44), (4, 6), (3, 8)
_STAGES = ("signed", "landed", "under_construction", "trial", "operating")
_YEARS = MONTHS // 12
_PAIRED = 0.8   # of the parks name a community that they are paired with


def economy_rows(county: County) -> dict[str, pd.DataFrame]:
    """Rows of `outlet`, `outlet_month`, `park` and `park_enterprise`, all text."""
    outlets, months = _outlets(county)
    parks, firms = _parks(county)
    return {"outlet": pd.DataFrame(outlets), "outlet_month": pd.DataFrame(months), "park": pd.DataFrame(parks),
            "park_enterprise": pd.DataFrame(firms)}


def _outlets(county: County) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    chance = county.chance("outlets")
    kinds = list(words()["outlets"])
    outlets, months = [], []
    for number in range(1, int(chance.integers(*_OUTLETS)) + 1):
        kind = kinds[number % len(kinds)]
        name, usual = words()["outlets"][kind]
        community: Community = county.communities[int(chance.integers(len(county.communities)))]
        opened = int(chance.integers(-30, MONTHS + 3))
        stage = "open" if opened < county.months else "preparing"
        staff = int(chance.integers(1, 9))
        outlets.append({
            "outlet_id": f"WD{number:03d}", "township_id": community.township, "community_id": community.key,
            "name": f"{community.name}{name}", "kind": kind, "floor_area": str(int(chance.integers(30, 400))),
            "chain": "yes" if chance.random() < 0.25 else "no", "investment": tenths(int(usual * chance.uniform(20, 60))),
            "opened_on": "{}-{:02d}".format(*month(opened)) if stage == "open" else "", "stage": stage,
            "employees": str(staff) if stage == "open" else ""})
        level, growth = usual * chance.uniform(0.7, 1.4), chance.uniform(0.002, 0.012)
        for at in range(max(opened, 0), county.months):
            income = round(level * (1 + growth) ** at * chance.uniform(0.92, 1.08) * 100)   # hundredths of CNY10k
            months.append({
                "outlet_id": f"WD{number:03d}", "month": "{}-{:02d}".format(*month(at)), "income": f"{income / 100:.2f}",
                "profit": f"{int(income * chance.uniform(0.08, 0.2)) / 100:.2f}",
                "tax": f"{int(income * 0.02) / 100:.2f}", "employees": str(staff)})
    return outlets, sorted(months, key=lambda row: row["month"])


def _parks(county: County) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    chance = county.chance("parks")
    parks: list[dict[str, str]] = []
    firms: list[dict[str, str]] = []
    kinds = list(words()["parks"].items())
    names = chance.permutation([first + second for first in words()["firms"]["first"] for second in words()["firms"]["second"]])
    number, serial = int(chance.integers(*_PARKS)), 0
    for at, home in enumerate(chance.choice(len(county.townships), number, replace=False)):
        kind, name = kinds[at % len(kinds)]
        key, township = county.townships[home]
        near = [each.name for each in county.communities if each.township == key]
        area = int(chance.integers(300, 1800))
        park = f"YQ{at + 1:02d}"
        parks.append({"park_id": park, "name": f"{township}{name}", "type": kind, "township_id": key,
                      "planned_area": str(area), "start_area": str(int(area * chance.uniform(0.2, 0.6))), "stage": "operating",
                      "paired_community": str(chance.choice(near)) if chance.random() < _PAIRED else ""})
        for _ in range(int(chance.integers(*_FIRMS))):
            serial += 1
            firms += _firm(serial, f"{county.name.zh[:2]}{names[serial]}", park, chance)
    return parks, firms


def _firm(serial: int, name: str, park: str, chance: np.random.Generator) -> list[dict[str, str]]:
    """The years of an enterprise, from that in which it signs."""
    signed, land = int(chance.integers(-4, _YEARS)), int(chance.integers(20, 160))
    product, money = str(chance.choice(words()["firms"]["products"])), tenths(int(land * chance.uniform(0.1, 0.35)))
    tax, workshop, jobs = int(land * chance.uniform(12, 60)), int(land * chance.uniform(140, 430)), chance.uniform(0.6, 2.4)
    rows = []
    for year in range(max(signed, 0), _YEARS):
        stage = min(year - signed, 4)
        worked = int(chance.integers(4, 10)) if year - signed == 4 else int(chance.integers(9, 13))
        at_work = stage == 4
        rows.append({
            "enterprise_id": f"QY{serial:03d}", "name": f"{name}{product}厂", "park_id": park,
            "as_of": f"{FIRST_YEAR + year}-12-31", "stage": _STAGES[stage], "investment": money, "land": str(land),
            "workshop": str(workshop) if stage else "", "tax": tenths(int(tax * 1.09 ** year * worked / 12)) if at_work else "",
            "months_produced": str(worked) if at_work else "0", "local_jobs": str(int(land * jobs)) if at_work else "0"})
    return rows
