"""Yearly profiles of the communities, the roster of their workers, and two rounds of a questionnaire."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commlib.demo.county import FIRST_YEAR, MONTHS, County, month
from commlib.demo.money import words

_ROUNDS = (2021, 2023)
_VALID = (900, 1301)
_POSTS = ("chief", "deputy", "worker", "grid")
_OLDEST = {"female": 1974, "male": 1964}   # born, for women retire at 50
_EDUCATION = {"postgraduate": 0.02, "bachelor": 0.3, "college": 0.43, "high_school": 0.25}
_CERTIFICATES = {"none": 0.7, "assistant": 0.22, "social_worker": 0.08}


def people_rows(county: County) -> dict[str, pd.DataFrame]:
    """Rows of `unit_profile`, `staff`, `survey`, `survey_question` and `survey_answer`, all text."""
    return {"unit_profile": pd.DataFrame(_profiles(county)), "staff": pd.DataFrame(_staff(county)), **_surveys(county)}


def _profiles(county: County) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for year in range(MONTHS // 12):
        whole = {"population_total": 0, "population_rural": 0, "households": 0, "arable_area": 0}
        start = len(rows)
        for each in county.communities:
            grown = 1 + 0.006 * year
            cells = {"population_total": int(each.population * grown), "population_rural": int(each.rural * (1 - 0.01 * year)),
                     "households": int(each.households * grown) // 10 * 10, "arable_area": each.arable}
            whole = {name: whole[name] + cells[name] for name in whole}
            rows.append({"township_id": each.township, "unit_id": each.key, "period": str(FIRST_YEAR + year),
                         **{name: str(cell) for name, cell in cells.items()}})
        rows.insert(start, {"township_id": "", "unit_id": county.key, "period": str(FIRST_YEAR + year),
                            **{name: str(cell) for name, cell in whole.items()}})
    return rows


def _staff(county: County) -> list[dict[str, str]]:
    chance = county.chance("staff")
    rows: list[dict[str, str]] = []
    for community in county.communities:
        for post in _POSTS[:int(chance.integers(2, 5))]:
            sex = "female" if chance.random() < 0.56 else "male"
            born = int(chance.integers(_OLDEST[sex], 2000))
            entered = f"{max(born + 22, int(chance.integers(2005, 2024)))}-{int(chance.integers(1, 13)):02d}"
            number = len(rows) + 1
            rows.append({
                "staff_id": f"RY{number:04d}", "name": f"{chance.choice(words()['staff']['surnames'])}某{number}",
                "township_id": community.township, "community_id": community.key, "sex": sex, "birth_year": str(born),
                "party_member": "yes" if chance.random() < 0.45 else "no",
                "education": str(chance.choice(list(_EDUCATION), p=list(_EDUCATION.values()))), "post": post,
                "entered_on": min(entered, "{}-{:02d}".format(*month(county.months - 2))),
                "certificate": str(chance.choice(list(_CERTIFICATES), p=list(_CERTIFICATES.values()))),
                "insured": "yes" if chance.random() < 0.9 else "no", "wage": str(int(chance.integers(24, 52)) * 100)})
    return rows


def _surveys(county: County) -> dict[str, pd.DataFrame]:
    chance = county.chance("survey")
    surveys, questions, answers = [], [], []
    liked = 0.42 + 0.2 * min(county.pace, 1.2) * county.arrival + chance.normal(0, 0.07, len(words()["survey"]["questions"]))
    for year in _ROUNDS:
        survey = f"WJ{year}"
        valid = int(chance.integers(*_VALID))
        returned = valid + int(chance.integers(5, 60))
        surveys.append({"survey_id": survey, "unit_id": county.key, "from": f"{year}-05-08", "to": f"{year}-06-20",
                        "issued": str(returned + int(chance.integers(20, 120))), "returned": str(returned), "valid": str(valid)})
        for number, text in enumerate(words()["survey"]["questions"], 1):
            answered = valid - int(chance.integers(0, 25))
            questions.append({"survey_id": survey, "question_no": f"Q{number}", "text": text, "multiple": "no",
                              "n_answered": str(answered)})
            for option, n in zip(words()["survey"]["options"], _shares(answered, liked[number - 1], chance), strict=True):
                answers.append({"survey_id": survey, "question_no": f"Q{number}", "option": option, "n": str(n),
                                "share": f"{100 * n / answered:.1f}"})
        liked += 0.04 * (county.pace - 0.6)
    return {"survey": pd.DataFrame(surveys), "survey_question": pd.DataFrame(questions), "survey_answer": pd.DataFrame(answers)}


def _shares(answered: int, liked: float, chance: np.random.Generator) -> list[int]:
    good = min(max(liked + chance.normal(0, 0.02), 0.2), 0.92)
    return [int(each) for each in chance.multinomial(answered, [good * 0.4, good * 0.6, (1 - good) * 0.6, (1 - good) * 0.3,
                                                                (1 - good) * 0.1])]
