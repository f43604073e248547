"""Returns of two counties for the alarms: in one of them every declared rule fires, in the other none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from intake_home import NEIXIANG, NINGNAN, communities, rows_of, small_home, taken

from commlib.home import Home
from commlib.intake.releases import Releases

Rows = list[dict[str, str]]
MONTHS = ("2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30")
FAULTS = [{"file": "月报.xlsx", "sheet": "表", "cell": cell, "severity": "error", "code": code, "found": "1",
           "allowed_zh": "数字", "allowed_en": "a number", "remedy_zh": "改正", "remedy_en": "mend"}
          for cell, code in (("C3", "fallen"), ("D4", "sum"), ("E5", "part"))]
BUILT = {"stage": "under_construction", "investment_done": "5", "percent_reported": "60"}
IDLE = {"stage": "not_started", "investment_done": "0", "percent_reported": "0"}


def places(county: str, number: int = 6) -> list[dict[str, str]]:
    """Township and community of the first communities of a county, no two of one township."""
    found = {code[:9]: code for code, _, _ in communities(county)}
    return [{"township_id": town, "community_id": code} for town, code in list(found.items())[:number]]


def housing(county: str, bad: bool) -> Rows:
    """Of 100 homes to be built in the year: two townships behind and one that stopped reporting, or all ahead."""
    first, second, third = places(county, 3)
    done = {0: (10, 10, 10, 10, 10, 10), 1: (0, 0, 5, 13, 21, 30), 2: (9, 18, 27, 36, 45)} if bad \
        else dict.fromkeys(range(3), (10, 20, 30, 40, 50, 60))
    spent = (100, 110, 120, 130, 140, 400 if bad else 150)
    return [{**place, "as_of": day, "planned": "100", "completed": str(completed), "invested": str(money)}
            for number, place in enumerate((first, second, third))
            for day, completed, money in zip(MONTHS, done[number], spent, strict=False)]


def projects(county: str, bad: bool) -> dict[str, Rows]:
    """P1 should have begun in January, P2 is being built; P9 is in no register of projects."""
    place = places(county, 1)[0]
    register = [{"project_id": name, "township_id": place["township_id"], "unit_id": place["community_id"], "name": f"项目{name}",
                 "total_investment": "100", "start_due": "2025-01", "finish_due": "2025-12"} for name in ("P1", "P2")]
    built = {"P1": IDLE, "P2": BUILT, "P9": BUILT} if bad else {"P1": BUILT, "P2": BUILT}
    return {
        "project": register,
        "project_progress": [{"project_id": name, "as_of": day, **state} for name, state in built.items()
                             for day in ("2025-01-31", "2025-06-30")],
        "approval": [{"project_id": name, "procedure_no": "1", "finished_on": "2025-05-01" if bad else "2024-12-01"}
                     for name in ("P1", "P2")]}


def money(bad: bool) -> dict[str, Rows]:
    """Less arrived than was allocated and more paid than arrived, or all in order; a sum that nobody spends; a contract."""
    amounts = {"arrived": "40", "disbursed": "45", "paid": "42"} if bad else {"arrived": "90", "disbursed": "60", "paid": "50"}
    idle = {"date": "2024-08-01", "budget": "30", "due": "20", "arrived": "30", "disbursed": "25", "paid": "0" if bad else "20"}
    return {
        "fund_flow": [{"flow_id": "F1", "project_id": "P1", "date": "2025-01-10", "budget": "100", "due": "50", **amounts},
                      {"flow_id": "F2", "project_id": "P2", **idle}],
        "contract_payment": [{"contract_id": "C1", "instalment": "1", "due_on": "2025-01-01", "amount": "5",
                              "paid_on": "" if bad else "2024-12-30"}]}


def land(county: str, bad: bool) -> Rows:
    """Quota used since 2021 and not given back, without approval or acceptance; or used this year with both."""
    place = places(county, 1)[0]
    common = {"project_id": "L1", "township_id": place["township_id"], "village_id": place["community_id"], "quota_used": "50"}
    states: Mapping[str, Any] = {"return_due_on": "2024-06-30", "quota_returned": "10", "due": "100", "paid": "60"} if bad else \
        {"return_due_on": "2028-01-31", "quota_returned": "0", "due": "100", "paid": "100", "approval_no": "〔2024〕1号",
         "accepted_on": "2024-12-01"}
    return [{**common, "period": period, **states} for period in (("2021Q4", "2025Q2") if bad else ("2025Q1", "2025Q2"))]


def people(county: str, bad: bool) -> dict[str, Rows]:
    """A household without an agreement, an open problem, and residents of whom few or most are content."""
    place = places(county, 1)[0]
    content = ("10", "90") if bad else ("95", "5")
    return {
        "resettlement": [{**place, "household_ref": name, "old_house_removed_on": "2025-03-01", "moved_in_on": "2025-04-01",
                          "agreement_on": "" if bad and name == "H1" else "2025-01-05"} for name in ("H1", "H2")],
        "problem": [{"problem_id": "W1", "township_id": place["township_id"], "unit_id": place["community_id"], "content": "排水",
                     "due_on": "2025-03-01", "solved_on": "" if bad else "2025-02-20"}],
        "survey": [{"survey_id": "S1", "from": "2025-03-01", "to": "2025-03-31"}],
        "survey_answer": [{"survey_id": "S1", "question_no": "1", "option": option, "n": n, "topic": "services"}
                          for option, n in zip(("满意", "不满意"), content, strict=True)]}


def services(county: str, bad: bool) -> dict[str, Rows]:
    """Communities with and without what the plans ask for."""
    yes_no = ("yes", "no") if bad else ("yes", "yes")
    areas = {"service_area": "20" if bad else "400", "activity_area": "5" if bad else "300"}
    all_of = [*places(county)]
    return {
        "village_survey": [{"township_id": each["township_id"], "village_id": each["community_id"], "period": "2025",
                            "service_facility": told} for each, told in zip(all_of, yes_no, strict=False)],
        "community": [{**each, "type": "rural", "households": "500", "police_office": "yes", **areas} for each in all_of[:2]],
        "unit_profile": [{"unit_id": county, "period": "2025", "community_workers": "10" if bad else "200",
                          "population_urban_permanent": "100000"}],
        "facility": [{**each, "facility_id": f"{kind}{number}", "kind": kind, "count": "1",
                      "stage": "under_construction" if bad and number and kind == "libraries" else "open"}
                     for number, each in enumerate(all_of) for kind in ("clinics", "libraries", "police_offices")
                     if not (bad and number < 2 and kind == "police_offices")],   # these two are told of by another return
        "checklist_result": [{"township_id": each["township_id"], "unit_id": each["community_id"], "standard_id": "si_tong_yi",
                              "item_no": "1", "as_of": "2025-06-30", "met": "no" if bad else "yes"} for each in all_of],
        "economy": [{"unit_id": county, "period": "2025-06", "indicator": name, "value": "90" if bad else "110", "unit": "CNY10k",
                     "base_value": "100"} for name in ("fixed_asset_investment_total", "gdp")],
        "township_return": [{"township_id": each["township_id"], "period": "2025-06", "due_on": "2025-06-06", "received_on": day}
                            for each, day in zip(all_of, ("", "2025-06-09") if bad else ("2025-06-05",) * 2, strict=False)]}


def home_of_both(folder: Path) -> Home:
    """A project with the returns of both counties."""
    home = small_home(folder)
    releases = Releases(home)
    for county, bad in ((NEIXIANG, True), (NINGNAN, False)):
        tables = {"housing_progress": housing(county, bad), "land_linkage": land(county, bad), **money(bad),
                  **projects(county, bad), **people(county, bad), **services(county, bad)}
        for name, rows in tables.items():
            said = FAULTS if bad and name == "housing_progress" else []
            answer = [{"sheet": "表", "file": f"{name}.xlsx", "table": name, "accepted": len(rows), "refused": 0, "faults": said}]
            releases.add(taken(name, rows_of(name, rows, county), name=f"{county}{name}.xlsx"), f"{county}{name}", answer,
                         county=county, period="2025-06")
    return home
