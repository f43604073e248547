"""Projects of three years with their progress and approvals, and the money that flows to them as they are built."""

from __future__ import annotations

import calendar
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from commlib.demo.county import MONTHS, Community, County, month
from commlib.demo.housing import tenths

_STARTS = MONTHS // 3 + 2   # quarters in one of which a project begins; a county that is behind has begun fewer of them
_PROJECTS = (12, 19)
_EARLY = 300   # days by which a project begins too early for its approvals
_SCARCE = 0.55  # of the money arrives for a project that begins before it is approved
_SLOWED = 0.7  # of the pace of a project whose money is held
_HELD = 5      # quarter from which money that is held is not paid out
_SOON = 4      # quarters in one of which a project begins that has such troubles
_COST = (0.93, 1.03)   # what a project costs of what was planned
_LEFT = 0.94   # of a project's investment that its flows of money come to, at most


@dataclass(frozen=True, slots=True)
class _Project:
    """A project: its place, what it is, its size and money (tenths of CNY10k), when it begins, how many quarters it takes, and
    what it costs of what was planned."""

    id: str
    community: Community
    kind: str
    name: str
    office: str
    unit: str
    quantity: int
    money: int
    start: int
    quarters: int
    cost: float

    def done(self, quarter: int) -> float:
        """The share that is done at the end of a quarter: slow at both ends."""
        share = min(max((quarter + 1 - self.start) / self.quarters, 0.0), 1.0)
        return share * share * (3 - 2 * share)


@cache
def words() -> dict[str, Any]:
    """What `words.toml` says."""
    with files("commlib").joinpath("demo/words.toml").open("rb") as stream:
        return tomllib.load(stream)


def quarter_end(quarter: int) -> str:
    """The last day of a quarter by its number from the first."""
    year, number = month(quarter * 3 + 2)
    return f"{year}-{number:02d}-{calendar.monthrange(year, number)[1]}"


def money_rows(county: County) -> dict[str, pd.DataFrame]:
    """Rows of `project`, `project_progress`, `approval`, `fund_source` and `fund_flow`, all text."""
    chance = county.chance("projects")
    projects = [_project(county, number, chance) for number in range(1, int(chance.integers(*_PROJECTS)) + 1)]
    last = county.months // 3
    return {
        "project": pd.DataFrame([_project_row(each) for each in projects]),
        "project_progress": pd.DataFrame([_progress_row(each, quarter, county) for quarter in range(last)
                                          for each in projects]),
        "approval": pd.DataFrame([row for each in projects for row in _approvals(each, county, chance)]),
        "fund_source": pd.DataFrame([{"source_id": key, "name": name, "class": kind}
                                     for key, (name, kind, _, _) in words()["sources"].items()]),
        "fund_flow": pd.DataFrame([row for quarter in range(last) for row in _flows(projects, quarter, county, chance)]),
    }


def _project(county: County, number: int, chance: np.random.Generator) -> _Project:
    kinds = list(words()["projects"])
    kind = kinds[(number - 1) % len(kinds)]
    name, office, unit, least, most, cheap, dear = words()["projects"][kind]
    community = county.communities[int(chance.integers(len(county.communities)))]
    size = chance.uniform()
    quantity = int(least + size * (most - least))
    name = f"{community.township_name}{community.name}{name}"
    key, start = f"XM{number:03d}", int(chance.integers(0, _STARTS))
    start = start % _SOON if key in (*county.early, *county.held) else start
    money = int((cheap + size * (dear - cheap)) * chance.uniform(9, 11))
    return _Project(key, community, kind, name, office, unit, quantity, money, start, int(chance.integers(4, 8)),
                    chance.uniform(*_COST))


def _project_row(project: _Project) -> dict[str, str]:
    year, number = month(project.start * 3)
    end, last = month((project.start + project.quarters) * 3 - 1)
    return {"project_id": project.id, "township_id": project.community.township, "unit_id": project.community.key,
            "class": project.kind, "name": project.name, "planned_quantity": str(project.quantity), "quantity_unit": project.unit,
            "total_investment": tenths(project.money), "start_due": f"{year}-{number:02d}", "finish_due": f"{end}-{last:02d}",
            "contractor": f"云澜第{'一二三四五六七'[project.quarters - 1]}建筑公司"}


def _progress_row(project: _Project, quarter: int, county: County) -> dict[str, str]:
    pace = min(county.pace, 1.0) * (_SLOWED if project.id in county.held else 1.0)
    before = quarter // 4 * 4 - 1   # the last quarter of the year before
    planned, of_year = (project.done(end) - project.done(before) for end in (before + 4, quarter))
    done = project.done(quarter) * pace
    stage = "not_started" if not done else "completed" if done >= 1 else "under_construction"
    return {"project_id": project.id, "as_of": quarter_end(quarter), "quantity_done": tenths(int(project.quantity * done * 10)),
            "quantity_unit": project.unit, "investment_done": tenths(int(project.money * done * project.cost)), "stage": stage,
            "year_plan": tenths(int(project.money * planned)) if planned else "",
            "year_done": tenths(int(project.money * of_year * pace * project.cost)) if planned else "",
            "percent_reported": tenths(int(done * 1000))}


def _approvals(project: _Project, county: County, chance: np.random.Generator) -> list[dict[str, str]]:
    year, number = month(project.start * 3)
    day = date(year, number, 1) - timedelta(days=int(chance.integers(150, 210)))
    day += timedelta(days=_EARLY) if project.id in county.early else timedelta()
    rows, last = [], quarter_end(county.months // 3 - 1)
    for at, (name, (office, days, fee)) in enumerate(words()["procedures"].items(), 1):
        end = day + timedelta(days=int(days * chance.uniform(0.7, 1.6)))
        submitted, finished = (each.isoformat() if each.isoformat() <= last else "" for each in (day, end))
        rows.append({"project_id": project.id, "procedure_no": str(at), "procedure": name, "office": office,
                     "submitted_on": submitted, "finished_on": finished, "fee": tenths(int(fee * chance.uniform(8, 13)))})
        day = end + timedelta(days=int(chance.integers(1, 6)))
    return rows


def _flows(projects: list[_Project], quarter: int, county: County, chance: np.random.Generator) -> list[dict[str, str]]:
    """The money of a quarter: what each project does in it, from a source each time, of which not all arrives."""
    keys = list(words()["sources"])
    weights = np.array([words()["sources"][key][3] for key in keys])
    rows: list[dict[str, str]] = []
    for project in projects:
        budget = int(project.money * _LEFT * (project.done(quarter) - project.done(quarter - 1)))
        if not budget:
            continue
        key = str(chance.choice(keys, p=weights / weights.sum()))
        arrival = county.arrival * (_SCARCE if project.id in county.early else 1.0)
        arrived = min(int(budget * arrival * chance.uniform(0.9, 1.08)), budget)
        disbursed = int(arrived * chance.uniform(0.88, 1.0))
        paid = int(disbursed * chance.uniform(0.85, 1.0))
        if project.id in county.held and quarter >= _HELD:
            disbursed = paid = 0
        year, number = month(quarter * 3)
        day = date(year, number, 1) + timedelta(days=int(chance.integers(3, 50)))
        rows.append({
            "flow_id": f"ZJ{year}{quarter % 4 + 1}{len(rows) + 1:03d}", "date": day.isoformat(),
            "township_id": project.community.township, "unit_id": project.community.key, "project_id": project.id,
            "project_name": project.name, "implementer": project.office, "source_id": key, "level": words()["sources"][key][2],
            "budget": tenths(budget), "arrived": tenths(arrived),
            "disbursed_on": (day + timedelta(days=int(chance.integers(5, 30)))).isoformat(), "disbursed": tenths(disbursed),
            "paid": tenths(paid), "paid_rate": f"{100 * paid / budget:.1f}", "balance": tenths(budget - paid)})
    return rows
