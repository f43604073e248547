"""Housing progress in sentences: stages with their bases, the schedule, the change, the ranks, and what is open about it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commlib import phrases, progress
from commlib.bilingual import clauses, listed
from commlib.blocks import wording
from commlib.blocks.housing import pooled_share, stage_label
from commlib.charts import findings
from commlib.declarations.tables import table
from commlib.formatting import MISSING, amount, percent, plain, rounded
from commlib.periods import parse_period
from commlib.view import CountyView

_YI = 10_000   # CNY10k in 1 亿元
_STAGE_SHARES = {   # by chain and stage: the indicator of its share, and the stage that is its base
    ("households", "households_started"): ("households_started_of_planned", "households_planned__plan"),
    ("households", "households_topped_out"): ("households_topped_out_of_planned", "households_planned__plan"),
    ("households", "households_completed"): (progress.COMPLETION, "households_planned__plan"),
    ("households", "households_moved_in"): ("households_moved_in_of_completed", "households_completed"),
    ("dwellings", "dwellings_built_or_building"): ("built_or_building_of_task", "dwellings_task__target"),
    ("dwellings", "dwellings_completed"): ("housing_completion_rate", "dwellings_task__target"),
    ("dwellings", "households_moved_in"): ("moved_in_of_completed", "dwellings_completed"),
    ("communities", "communities_started"): ("start_rate", "communities_task__target"),
}


def housing_sentences(view: CountyView) -> Iterator[str]:
    """Stages, the schedule and the change, the ranks, the money; then what is open about it."""
    language, now, chains = view.language, progress.moment(view), progress.chains(view)
    if not chains:
        yield phrases.phrase("housing.nothing", language, place=view.place.name)
        return
    key = "housing.stages_at" if parse_period(now).dated else "housing.stages_undated"
    told = [listed(_stages(view, chain), language) for chain in chains]
    yield phrases.phrase(key, language, period=parse_period(now).label, place=view.place.name,
                         stages=clauses(told, language))
    own = [progress.row_of(rows, view.place.key) for rows in progress.stages(view, chains[0]).values()
           if view.place.key in rows.index]
    if any(row["grade"] == "estimated" for row in own):
        yield phrases.phrase("housing.estimated", language)
    if not progress.is_month(now):
        yield phrases.phrase("housing.undated_only", language)
        return
    yield findings.joined([*_against_schedule(view), *_change(view, "households_completed")], language)
    yield findings.joined(list(_ranked(view)), language)
    yield findings.joined(list(_invested(view)), language)
    yield findings.joined(list(_open_about_it(view, own)), language)


def _stages(view: CountyView, chain: str) -> Iterator[str]:
    """Each stage of the county, of which places it is where the stages are not of the same, and its share of a named base."""
    language, key, found = view.language, view.place.key, progress.stages(view, chain)
    found = {name: rows for name, rows in found.items() if key in rows.index}
    mixed = not progress.alike(view, key, *found.values())
    for name, rows in found.items():
        row = progress.row_of(rows, key)
        counted = progress.is_month(progress.moment(view)) and not pd.isna(row["n_expected"])   # n of N is told below
        status = phrases.phrase("status.partial", language) if counted else wording.status_text(row, language)
        told = [status] if mixed and row["status"] == "partial" else []
        indicator, base = _STAGE_SHARES.get((chain, name), ("", ""))
        shares = progress.at(view.history(indicator), progress.moment(view)) if indicator else rows[:0]
        if not pd.isna(progress.value_at(shares, key)):
            whole = progress.value_at(found[base], key) if base in found else float("nan")
            share = pooled_share(progress.row_of(shares, key), float(row["value"]), whole, language)
            told.append(phrases.phrase("chart.of_stage", language, label=stage_label(base, language), share=share))
        value = {"stage": stage_label(name, language), "value": wording.value_cell(row, language).text}
        yield phrases.phrase("housing.stages_value_of", language, **value, told=clauses(told, language)) if told \
            else phrases.phrase("housing.stages_value", language, **value)


def _against_schedule(view: CountyView) -> Iterator[str]:
    plan, language = progress.schedule(view), view.language
    if plan is None:
        return
    if pd.isna(plan.lead):
        yield phrases.phrase("housing.lead_unknown", language)
        return
    lead = rounded(plan.lead, 1)
    key = "ahead" if lead > 0 else "behind" if lead < 0 else "even"
    first, last = (parse_period(str(each)).label for each in (plan.months.index[0], plan.months.index[-1]))
    yield phrases.phrase(f"housing.done_{plan.kind}", language, done=percent(plan.done, language), first=first, last=last,
                         due=percent(plan.due, language), lead=phrases.text(f"housing.lead_{key}", points=abs(lead)))


def _change(view: CountyView, name: str) -> Iterator[str]:
    """The change since the month before and the growth since the year before."""
    language, now = view.language, progress.moment(view)
    more, risen = (progress.change(view, each, progress.before(now)) for each in (name, progress.COMPLETION))
    key = "unknown" if pd.isna(more) else "up" if more > 0 else "down" if more < 0 else "same"
    yield phrases.phrase(f"housing.change_{key}", language, n=plain(abs(more)), points=plain(risen, 1))
    yield from _growth(view, name)


def _growth(view: CountyView, name: str) -> Iterator[str]:
    grown = progress.of_county(view, "year_on_year_growth", progress.moment(view), name)
    if not pd.isna(grown):
        yield phrases.phrase("housing.growth_up" if grown >= 0 else "housing.growth_down", view.language,
                             value=percent(abs(grown), view.language))


def _ranked(view: CountyView) -> Iterator[str]:
    """Who is first and last, who rose most, who has no rank."""
    language, frame = view.language, progress.ranks(view)
    known = frame[frame["value"].notna()]
    if len(known) > 1 and known["value"].max() > known["value"].min():
        ends = {"first": known[known["rank"] == 1], "last": known[known["rank"] == known["rank"].max()]}
        said = {end: findings.names(part["label"].tolist(), language) for end, part in ends.items()}
        said |= {f"{end}_value": percent(part["value"].iloc[0], language) for end, part in ends.items()}
        said |= {f"{end}_gap": plain(abs(part["gap"].iloc[0]), 1) for end, part in ends.items()}
        yield phrases.phrase("housing.rank_first", language, n=len(known), **said)
        most = known["rise"].max()
        if most > 0:
            yield phrases.phrase("housing.rank_rise", language, n=plain(most),
                                 places=findings.names(known.loc[known["rise"] == most, "label"].tolist(), language))
        elif known["rise"].eq(0).all():
            yield phrases.phrase("housing.rank_same", language)
    if len(known) < len(frame) and len(known):
        yield phrases.phrase("housing.silent", language, places=findings.names(
            frame.loc[frame["value"].isna(), "label"].tolist(), language))


def _invested(view: CountyView) -> Iterator[str]:
    language, now = view.language, progress.moment(view)
    done = progress.of_county(view, progress.INVESTED, now)
    more = progress.change(view, progress.INVESTED, progress.before(now))
    if not pd.isna(done):
        yield phrases.phrase("housing.invested_up" if more > 0 else "housing.invested_done", language,
                             amount=_money(done, language), more=_money(more, language))
        yield from _growth(view, progress.INVESTED)


def _money(value: float, language: str) -> str:
    """An amount of CNY10k as a sentence writes it: from 1 亿元 (CNY 100 million) on with two decimals of that."""
    if pd.isna(value):
        return MISSING
    return amount(round(value, -2) if abs(value) >= _YI else round(value, 1), "CNY10k", language)


def _open_about_it(view: CountyView, own: list[pd.Series]) -> Iterator[str]:
    """How many townships stand behind it, whether the year's task is missing, and whether the returns stopped."""
    language, now = view.language, progress.moment(view)
    partial = [row for row in own if row["status"] == "partial" and not pd.isna(row["n_expected"])]
    if partial:
        least = min(partial, key=lambda row: row["n"] / row["n_expected"])
        yield phrases.phrase("housing.coverage", language, n=int(least["n"]), of=int(least["n_expected"]))
    refused = _refused_rows(view)
    if refused and (partial or progress.ranks(view)["value"].isna().any()):
        yield phrases.phrase("housing.refused", language, table=table("housing_progress", view.home).label, n=refused)
    if pd.isna(progress.of_county(view, "households_planned__target", now[:4])):
        yield phrases.phrase("housing.no_task", language, table=table("housing_task", view.home).label)
    latest = max(filter(progress.is_month, view.returned["period"].unique()), default=now)
    if not view.period and latest > now:
        yield phrases.phrase("housing.stopped", language, last=parse_period(now).label, other=parse_period(latest).label)


def _refused_rows(view: CountyView) -> int:
    """How many rows of housing progress came and were refused, in the last release of each file; their places no fault tells."""
    came = view.store.county_returns(view.place.key)
    came = came[came["table"] == "housing_progress"].astype({"release": int, "refused": int})
    return int(came.loc[came["release"] == came.groupby("file")["release"].transform("max"), "refused"].sum())
