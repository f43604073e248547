"""What alarms look at in computed figures: indicators against thresholds and targets, progress against schedules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from commlib import progress
from commlib.alarms.seen import Seen, all_rows, namer, row_sources
from commlib.declarations.alarms import AlarmRule, alarm_rules
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import quantity_label
from commlib.periods import parse_period
from commlib.rankings import townships
from commlib.tabulation import numbers
from commlib.targets import Target, targets, targets_of
from commlib.view import CountyView, kept


def level(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """Indicators at every place, the last of each up to the view's period, with all periods before it as its history.

    With `target` the tested value is by how much the place is short of a declared target that is due; with `bound = "low"`
    it is the lower end of the interval.
    """
    for one in read_indicators(rule):
        rows = _up_to(view, _with_stated(view, one))
        for (place, member), found in rows.groupby(["place", "member"], sort=False):
            if member in rule.reads.get("without", ()) or member not in rule.reads.get("members", [member]):
                continue
            label = quantity_label(one.id, str(member))[view.language]
            if rule.reads.get("target") and not (one.unit == "percent" and found["denominator"].iloc[-1] == 1):
                yield from _against_target(one, str(place), str(member), found, label, view)
            if rule.reads.get("target"):   # a share of one single village says nothing of its own
                continue
            tested = found["low" if rule.reads.get("bound") == "low" else "value"]
            yield Seen(str(place), float(tested.iloc[-1]), label, one.unit, sources=tuple(found["sources"].iloc[-1].split(";")),
                       history=tuple(zip(found["period"], tested.astype(float), strict=True)))


def _with_stated(view: CountyView, one: Indicator) -> pd.DataFrame:
    """Every value of an indicator, members and places; values that a report only states where nothing is computed."""
    computed, shown = view.all_periods(one.id), view.results
    stated = shown[(shown["id"] == one.id) & (shown["grade"] == "stated") & (shown["scope_en"] == "")]
    stated = stated[~stated["place"].isin(computed["place"])]
    return pd.concat([computed, stated]) if len(stated) else computed


def read_indicators(rule: AlarmRule) -> list[Indicator]:
    """The indicators that a rule reads: those it names, those of its themes, or those that no other rule of targets reads.

    Of a rule that holds them against targets only those that have one.
    """
    reads, known = rule.reads, list(indicators().values())
    if reads.get("target"):
        targeted = {each.indicator for each in targets() if each.kind == "target"}
        known = [each for each in known if each.id in targeted]
    if "rest" not in reads:
        return [each for each in known if each.id in reads.get("indicators", ()) or each.theme in reads.get("themes", ())]
    others = [each for each in alarm_rules().values() if each.reads.get("target") and "rest" not in each.reads]
    read = {each.id for other in others for each in read_indicators(other)}
    return [each for each in known if each.id not in read]


def _up_to(view: CountyView, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value up to the view's period, in the order of their periods."""
    rows = rows[rows["value"].notna()]
    order = rows["period"].map({text: parse_period(text).order() for text in rows["period"].unique()})
    rows = rows.assign(order=order).sort_values("order", kind="stable")
    return rows[rows["order"] <= parse_period(view.period).order()] if view.period and len(rows) else rows


def due_target(one: str, member: str, place: str, period: str) -> Target | None:
    """The target that is due for a place at a period: the latest whose year has come; None where none is."""
    when = parse_period(period).year
    due = [each for each in targets_of(one, member, place) if each.kind == "target"
           and (each.year is None or (when is not None and when >= each.year))]
    return max(due, key=lambda each: (each.year or 0, len(each.area)), default=None)


def shortfall(target: Target, value: float) -> float:
    """By how much a value misses a target, in its unit; below zero where it is met with room."""
    return target.value - value if target.at_least else value - target.value


def _against_target(one: Indicator, place: str, member: str, found: pd.DataFrame, label: str, view: CountyView) -> Iterator[Seen]:
    if not targets_of(one.id, member, view.place.key):
        return
    history, target = [], None
    for period, value in zip(found["period"].tolist(), found["value"].tolist(), strict=True):
        target = due_target(one.id, member, view.place.key, period)
        history.append((period, shortfall(target, value) if target else float("nan")))
    last = found.iloc[-1]
    yield Seen(place, history[-1][1], label, one.unit, shown=float(last["value"]), against=target.value if target else None,
               history=tuple(history), sources=tuple(last["sources"].split(";")))


# ---- schedules

def schedule(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """The lag in percentage points, the shortfall in percent of what is due, or the share of a month's task that was done.

    Of housing by month; of projects the lag at each report.
    """
    form = rule.reads["form"]
    if rule.reads["of"] == "projects":
        yield from _projects(view)
        return
    for place in [view.place.key, *townships(view)]:
        plan: progress.Schedule | None = kept(view, f"alarms.schedule.{place}", partial(progress.schedule, view, place))
        lags = _lags(view, plan, place, form) if plan else pd.Series(dtype=float)
        if len(lags):
            yield Seen(place, float(lags.iloc[-1]), sources=_files(view, place),
                       history=tuple((str(month), float(lag)) for month, lag in lags.items()))


def _lags(view: CountyView, plan: progress.Schedule, place: str, form: str) -> pd.Series[float]:
    """The tested value by month up to the moment, where it is known."""
    rows, now = view.history("households_completed"), progress.moment(view)
    rows = rows[(rows["place"] == place) & (rows["period"] <= now)].drop_duplicates("period", keep="last").set_index("period")
    done, due = rows["value"].reindex(plan.months.index), plan.months[plan.months.index <= now]
    if form == "month":   # what was done and due in the month alone; where as many places reported at both ends
        as_many = rows["n"].reindex(plan.months.index).diff() == 0
        asked = due.diff()
        return (100 * done.diff()[as_many] / asked[asked > 0]).dropna()
    before = plan.months[now] - plan.due * plan.base / 100
    return (100 * (due - done) / (plan.base if form == "absolute" else (due - before))).dropna()


def _files(view: CountyView, place: str) -> tuple[str, ...]:
    rows = view.history("households_completed")
    own = rows[(rows["place"] == place) & (rows["period"] == progress.moment(view))]
    return tuple(own["sources"].iloc[-1].split(";")) if len(own) else ()


def _projects(view: CountyView) -> Iterator[Seen]:
    """Each project's reported progress, else money spent of its total, behind the share of its time that has passed."""
    known, rows, name = all_rows(view, "project"), all_rows(view, "project_progress"), namer(view)
    if known.frame.empty or rows.frame.empty:
        return
    plans = known.frame.assign(total=numbers(known, "total_investment")).drop_duplicates("project_id").set_index("project_id")
    frame = rows.frame.assign(percent=numbers(rows, "percent_reported"), spent=numbers(rows, "investment_done"))
    begin, end = (frame["project_id"].map(pd.to_datetime(plans[column], format="mixed", errors="coerce"))
                  for column in ("start_due", "finish_due"))
    end += pd.offsets.MonthEnd(0)
    due = 100 * ((pd.to_datetime(frame["as_of"], format="mixed") - begin) / (end - begin)).clip(0, 1)
    frame["lag"] = due - frame["percent"].fillna(100 * frame["spent"] / frame["project_id"].map(plans["total"]))
    for _, found in frame.dropna(subset=["lag"]).sort_values("as_of", kind="stable").groupby("project_id"):
        place, item = name(found.iloc[-1])
        yield Seen(place, float(found["lag"].iloc[-1]), item, sources=row_sources(found.tail(1), view.language),
                   history=tuple(zip(found["as_of"], found["lag"].astype(float), strict=True)))
