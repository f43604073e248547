"""Service outlets with their months, parks with their enterprises."""

from __future__ import annotations

import pandas as pd

from commlib.demo.county import FIRST_YEAR, MONTHS, Community, County, month
from commlib.demo.housing import tenths
from commlib.demo.money import words

_OUTLETS, _PARKS, _FIRMS = (26, 44), (3, 6), (3, 8)
_STAGES = ("signed", "landed", "under_construction", "trial", "operating")
_YEARS = MONTHS // 12


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
    last = MONTHS if not county.stops else (int(county.stops[:4]) - FIRST_YEAR) * 12 + int(county.stops[5:])
    for number in range(1, int(chance.integers(*_OUTLETS)) + 1):
        kind = kinds[number % len(kinds)]
        name, usual = words()["outlets"][kind]
        community: Community = county.communities[int(chance.integers(len(county.communities)))]
        opened = int(chance.integers(-30, 12))
        staff = int(chance.integers(1, 9))
        outlets.append({
            "outlet_id": f"WD{number:03d}", "township_id": community.township, "community_id": community.key,
            "name": f"{community.name}{name}", "kind": kind, "floor_area": str(int(chance.integers(30, 400))),
            "chain": "yes" if chance.random() < 0.25 else "no", "investment": tenths(int(usual * chance.uniform(20, 60))),
            "opened_on": "{}-{:02d}".format(*month(opened)), "stage": "open", "employees": str(staff)})
        level, growth = usual * chance.uniform(0.7, 1.4), chance.uniform(0.002, 0.012)
        for at in range(max(opened, 0), last):
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
    for number in range(1, int(chance.integers(*_PARKS)) + 1):
        kind, name = kinds[(number - 1) % len(kinds)]
        key, township = county.townships[int(chance.integers(len(county.townships)))]
        area = int(chance.integers(300, 1800))
        parks.append({"park_id": f"YQ{number:02d}", "name": f"{township}{name}", "type": kind, "township_id": key,
                      "planned_area": str(area), "start_area": str(int(area * chance.uniform(0.2, 0.6))), "stage": "operating"})
        for _ in range(int(chance.integers(*_FIRMS))):
            stage, land = int(chance.integers(0, 5)), int(chance.integers(20, 160))
            tax, product = int(chance.integers(600, 5200)), str(chance.choice(words()["firms"]["products"]))
            serial = len({row["enterprise_id"] for row in firms}) + 1
            money = tenths(int(land * chance.uniform(0.1, 0.35)))
            for year in range(_YEARS):
                now = min(stage + year, 4)
                at_work = now == 4
                firms.append({
                    "enterprise_id": f"QY{serial:03d}", "name": f"{county.name.zh[:2]}{product}{serial}厂",
                    "park_id": f"YQ{number:02d}", "as_of": f"{FIRST_YEAR + year}-12-31",
                    "stage": _STAGES[now], "investment": money, "land": str(land),
                    "workshop": str(land * 260), "tax": tenths(int(tax * 1.09 ** year)) if at_work else "",
                    "months_produced": "12" if at_work else "0", "local_jobs": str(int(land * 1.5)) if at_work else "0"})
    return parks, firms
