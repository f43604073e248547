"""Blocks of questionnaires: satisfaction and opinions with their bases and intervals, and what changed between two surveys."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from commlib import phrases, tabulation
from commlib.bilingual import listed
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.cells import missing, number, points, rate_cell, signed
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding, folded
from commlib.blocks.indicators import own_values
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.dots import estimates
from commlib.declarations.columns import value_key
from commlib.declarations.measures import measures
from commlib.declarations.tables import table
from commlib.formatting import MISSING, percent, plain
from commlib.frames import each_row
from commlib.indicators.registry import indicators
from commlib.methods.proportions import difference_interval, same_people_interval, wilson_interval
from commlib.view import CountyView

_REPORTED = ("satisfaction_rate", "acceptance_rate")
_RESIDENTS = "residents"                               # whom a survey asked
_NUMBERS = ("answers", "share", "interval", "acceptable")
_RATINGS = "ratings"                                  # the measure whose members are the steps of the scale, the best first
_SATISFIED, _ACCEPTABLE = 2, 3                         # how many of the first steps are satisfied, and acceptable


def steps() -> dict[str, str]:
    """The step of the scale of satisfaction by the words of an answer, as the table of answers feeds `ratings`."""
    feeds = [each for each in table("survey_answer").feeds if each.measure.startswith(f"{_RATINGS}__")]
    return {value_key(word): each.measure.rpartition("__")[2] for each in feeds for word in each.where["option"]}


def _top(count: int) -> list[str]:
    """The first so many steps of the scale."""
    return list(_members())[:count]


def _members() -> dict[str, Any]:
    (breakdown,) = measures()[_RATINGS].breakdowns.values()
    return dict(breakdown.members)


def answers(view: CountyView, asked: str = _RESIDENTS) -> pd.DataFrame:
    """One row an option of a question: survey, dated, number, question, multiple, option, step, n, base, lacking.

    Of the surveys that asked these: one that does not say whom it asked was of residents.

    The base is the number of answers that the table of questions states, else the sum of the options of a question with one
    answer; NaN for one with several whose base nobody states. `lacking` answers of the base stand at no option that came.
    """
    rows = tabulation.rows_of(view, "survey_answer")
    names = ["survey", "dated", "number", "question", "multiple", "option", "step", "n", "base", "lacking"]
    if rows.frame.empty:
        return pd.DataFrame(columns=names)
    frame = rows.frame.assign(n=tabulation.numbers(rows, "n"))
    listing = tabulation.rows_of(view, "survey_question")
    questions = listing.frame.assign(base=tabulation.numbers(listing, "n_answered")).set_index(["survey_id", "question_no"])
    held = tabulation.rows_of(view, "survey").frame.set_index("survey_id")
    keys = pd.MultiIndex.from_frame(frame[["survey_id", "question_no"]])
    found = frame[["survey_id", "question_no", "option", "n"]].rename(columns={"survey_id": "survey", "question_no": "number"})
    found["dated"] = frame["survey_id"].map(held["to"]).fillna("")
    whom = frame["survey_id"].map(held["asked"]).fillna("")
    for name, source in (("question", "text"), ("multiple", "multiple"), ("base", "base")):
        found[name] = questions[source].reindex(keys).to_numpy()
    found["question"] = found["question"].where(found["question"].notna() & found["question"].ne(""), found["number"])
    sums = found.groupby(["survey", "number"])["n"].transform("sum")
    found["base"] = found["base"].astype(float).where(found["base"].notna() | found["multiple"].eq("yes"), sums)
    found["lacking"] = (found["base"] - sums).where(found["multiple"].ne("yes"), 0.0)
    found["step"] = found["option"].map(lambda words: steps().get(value_key(words), ""))
    found = found[whom.where(whom != "", _RESIDENTS) == asked]
    if view.period:
        found = found[found["dated"].str[:len(view.period)] <= view.period]
    return found[names].sort_values(["dated", "survey", "number"], kind="stable").reset_index(drop=True)


def last_survey(found: pd.DataFrame) -> str:
    """The survey that ended last; "" where there is none."""
    return str(found["survey"].iloc[-1]) if len(found) else ""


def satisfied(found: pd.DataFrame, survey: str) -> pd.DataFrame:
    """Questions on the scale of satisfaction: label, satisfied, acceptable, base, lacking, value, low, high in percent.

    The base is the answers on the scale (who is unsure is not among them); the interval is Wilson's at 95 %. A question of which
    not all options came has no value.
    """
    own = found[found["survey"] == survey]
    own = own[own.groupby("question")["step"].transform(lambda words: words.ne("").mean()) > 0.5]
    rated, lacking = own[own["step"] != ""].groupby("question", sort=False)["n"].sum(), own.groupby("question")["lacking"].first()
    sums = {name: own[own["step"].isin(_top(count))].groupby("question")["n"].sum().reindex(rated.index, fill_value=0)
            for name, count in (("satisfied", _SATISFIED), ("acceptable", _ACCEPTABLE))}
    rows = pd.DataFrame({**sums, "base": rated, "lacking": lacking.reindex(rated.index)}).rename_axis("label").reset_index()
    return _with_interval(rows.assign(base=rows["base"].where(rows["lacking"] <= 0)), "satisfied")


def _with_interval(rows: pd.DataFrame, counted: str) -> pd.DataFrame:
    low, high = wilson_interval(rows[counted].to_numpy(float), rows["base"].fillna(0).to_numpy(float))
    return rows.assign(value=100 * rows[counted] / rows["base"], low=100 * low, high=100 * high)


def satisfaction(view: CountyView) -> Block:
    """Satisfaction by question in the last survey, with intervals; what reports state, where there is no survey."""
    found, language = answers(view), view.language
    rows = satisfied(found, last_survey(found))
    if rows["value"].isna().all():
        return _reported(view, *_REPORTED) or table_waits(view, "survey_answer", "option", "n")
    title = phrases.phrase("survey.satisfaction", language, survey=last_survey(found))
    drawn = estimates(rows, chart_id="satisfaction", title=title, unit="%", language=language,
                      notes=[phrases.phrase("survey.interval", language), _lacking(rows, language)])
    source = source_line(view, tabulation.rows_of(view, "survey_answer"))
    lines: list[Row] = [{"question": row.label, "answers": number(row.base, language), "share": rate_cell(row.value, language),
                         "interval": _interval(row), "acceptable": rate_cell(100 * row.acceptable / row.base, language)}
                        for row in each_row(rows.sort_values("value", ascending=False, kind="stable"))]
    note = phrases.phrase("survey.scale", language, satisfied=_steps(_SATISFIED, language),
                          acceptable=_steps(_ACCEPTABLE, language))
    table = Table(title, columns(language, "question", *_NUMBERS, numeric=_NUMBERS), lines, note=note).block()
    return together(chart(drawn, title, source=source), _pooled(found, rows, last_survey(found), language), table)


def _pooled(found: pd.DataFrame, rows: pd.DataFrame, survey: str, language: str) -> Block:
    """What all questions on the scale say together, with intervals that allow for the same people having answered them."""
    known = rows.loc[rows["value"].notna(), "label"]
    own = found[(found["survey"] == survey) & found["question"].isin(known) & found["step"].ne("")]
    counts = own.pivot_table(index="question", columns="step", values="n", aggfunc="sum").reindex(columns=list(_members()))
    index = np.linspace(1, 0, len(_members()))
    parts = []
    for name, scores in (("acceptance_rate", (np.arange(len(index)) < _ACCEPTABLE)), ("satisfaction_index", index)):
        value, low, high = (100 * each for each in same_people_interval(scores, counts.fillna(0).to_numpy()))
        if not math.isnan(low):
            parts.append(phrases.phrase("survey.pooled_value", language, label=indicators()[name].label,
                                        value=percent(value, language), low=plain(low, 1), high=plain(high, 1)))
    return finding([phrases.phrase("survey.pooled", language, n=len(known), parts=listed(parts, language))] if parts else [])


def _steps(count: int, language: str) -> str:
    return listed([_members()[each][language] for each in _top(count)], language)


def _lacking(rows: pd.DataFrame, language: str) -> str:
    """Which questions have no value, for not all of their options came."""
    names = rows.loc[rows["lacking"] > 0, "label"].tolist()
    return phrases.phrase("survey.lacking", language, questions=listed(names, language)) if names else ""


def _interval(row: Any) -> Cell:
    return missing() if math.isnan(row.low) else Cell(f"{plain(row.low, 1)}–{plain(row.high, 1)}")


def _reported(view: CountyView, *names: str) -> Block | None:
    """The county's own values of indicators that reports feed, as dots: with an interval where the answers are known."""
    rows = own_values(view, view.result(*names))
    if rows.empty:
        return None
    language = view.language
    known = rows["grade"] == "estimated"
    frame = pd.DataFrame({
        "label": [indicators()[row.id].members[row.member][language] if row.member else indicators()[row.id].label[language]
                  for row in each_row(rows)],
        "value": rows["value"], "low": rows["low"].where(known), "high": rows["high"].where(known), "base": rows["denominator"]})
    title = listed([indicators()[name].label[language] for name in dict.fromkeys(rows["id"])], language)
    notes = [phrases.phrase("survey.interval" if known.all() else "survey.no_interval", language)]
    drawn = estimates(frame, chart_id=f"reported-{rows['id'].iloc[0]}", title=title, unit="%", language=language, notes=notes)
    return chart(drawn, title, source=wording.sources_text(";".join(dict.fromkeys(rows["sources"])), language))


def opinions(view: CountyView, *names: str, asked: str = _RESIDENTS) -> Block:
    """Opinions, motives, outlooks: every other question of the last survey by option, and indicators that reports feed."""
    found, language = answers(view, asked), view.language
    own = found[found["survey"] == last_survey(found)]
    own = own[~own["question"].isin(satisfied(found, last_survey(found))["label"])]
    drawn = [each for name in names if (each := _reported(view, name))]
    for at, (question, part) in enumerate(own.groupby("question", sort=False)):
        rows = _with_interval(part[part["base"] > 0].assign(label=part["option"]), "n")
        if rows.empty:
            continue
        notes = [phrases.phrase("survey.multiple", language)] if part["multiple"].eq("yes").any() else []
        title = phrases.phrase("survey.question", language, question=question)
        picture = estimates(rows, chart_id=f"question-{at}", title=title, unit="%", language=language,
                            notes=[*notes, phrases.phrase("survey.interval", language)])
        drawn.append(chart(picture, title))
    return together(*drawn) if drawn else table_waits(view, "survey_answer", "option", "n")


def changes(view: CountyView) -> Block:
    """Satisfaction in the last two surveys by question: the difference in percentage points, its interval, what it shows."""
    found, language = answers(view), view.language
    surveys = list(dict.fromkeys(found["survey"]))[-2:]
    if len(surveys) < 2:
        return table_waits(view, "survey_answer", "survey_id", "n", several=True)
    before, now = (satisfied(found, each).set_index("label") for each in surveys)
    lines: list[Row] = []
    apart = 0
    for question in now.index.intersection(before.index):
        pair = before.loc[question], now.loc[question]
        difference, low, high = (100 * each for each in difference_interval(
            (pair[0]["satisfied"], pair[1]["satisfied"]), (pair[0]["base"], pair[1]["base"])))
        way = "unknown" if math.isnan(low) else "up" if low > 0 else "down" if high < 0 else "open"
        apart += way in ("up", "down")
        lines.append({"question": str(question), "before": rate_cell(float(pair[0]["value"]), language),
                      "share": rate_cell(float(pair[1]["value"]), language), "difference": points(difference),
                      "interval": Cell(MISSING if math.isnan(low) else f"{signed(low, 1)} … {signed(high, 1)}"),
                      "shows": phrases.phrase(f"survey.change_{way}", language)})
    title = phrases.phrase("survey.changes", language, before=surveys[0], now=surveys[1])
    heads = columns(language, "question", "before", "share", "difference", "interval", "shows",
                    numeric=("before", "share", "difference", "interval"))
    said = finding([phrases.phrase("survey.changes_found", language, n=len(lines), apart=apart)])
    return together(said, Table(title, heads, lines, note=phrases.phrase("survey.newcombe", language)).block())


def all_answers(view: CountyView) -> Block:
    """Every option of every question of the last survey: answers, base and share; folded."""
    found, language = answers(view), view.language
    own = found[found["survey"] == last_survey(found)]
    if own.empty:
        return table_waits(view, "survey_answer")
    lines: list[Row] = [{"question": row.question, "option": row.option, "n": plain(row.n), "answers": plain(row.base),
                         "share": rate_cell(100 * row.n / row.base if row.base > 0 else math.nan, language)}
                        for row in each_row(own)]
    title = phrases.phrase("survey.all", language, survey=last_survey(found), n=own["question"].nunique())
    heads = columns(language, "option", "n", "answers", "share", numeric=("n", "answers", "share"))
    return folded(title, Table(title, heads, lines, group="question").block())
