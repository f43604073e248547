"""What alarms look at in computed figures: indicators against thresholds and targets, progress against schedules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from commlib import phrases, progress
from commlib.alarms.seen import Seen, all_rows, namer, row_sources, up_to
from commlib.declarations.alarms import AlarmRule, alarm_rules
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import quantity_label
from commlib.rankings import townships
from commlib.tabulation import numbers
from commlib.targets import target_at, targets
from commlib.view import CountyView, kept


def level(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """Indicators at every place, the last of each up to the view's period, with all periods before it as its history.

    With `target` the tested value is by how much the place is short of a declared target that is due; with `bound = "low"`
    it is the lower end of the interval, which what a report only states does not have.
    """
    for one in read_indicators(rule):
        rows = up_to(view, _with_stated(view, one))
        for (place, member), found in rows.groupby(["place", "member"], sort=False):
            if member in rule.reads.get("without", ()) or member not in rule.reads.get("members", [member]):
                continue
            label = quantity_label(one.id, str(member))[view.language]
            if rule.reads.get("target") and not (one.unit == "percent" and found["denominator"].iloc[-1] == 1):
                yield from _against_target(one, str(place), str(member), found, label, view)
            if rule.reads.get("target"):   # a share of one single village says nothing of its own
                continue
            tested = found["low"].where(found["grade"] != "stated") if rule.reads.get("bound") == "low" else found["value"]
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


def _against_target(one: Indicator, place: str, member: str, found: pd.DataFrame, label: str, view: CountyView) -> Iterator[Seen]:
    def shortfall(period: str, value: float) -> float:
        asked = target_at(one.id, member, view.place.key, period)
        return asked.shortfall(value) if asked and asked.due_at(period) else float("nan")

    last = found.iloc[-1]
    target = target_at(one.id, member, view.place.key, last["period"])
    if target is None:   # no plan asks anything of the county here, which is not the same as in order
        return
    history = tuple((period, shortfall(period, value)) for period, value in zip(found["period"], found["value"], strict=True))
    yield Seen(place, history[-1][1], label, one.unit, shown=float(last["value"]), against=target.value, history=history,
               sources=tuple(last["sources"].split(";")))


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
        if plan:
            lags = _lags(view, plan, place, form) if not pd.isna(plan.lead) else pd.Series(dtype=float)
            yield Seen(place, float(lags.get(progress.moment(view), float("nan"))),
                       phrases.phrase(f"alarm.base_{plan.kind}", view.language), sources=_files(view, place),
                       history=tuple((str(month), float(lag)) for month, lag in lags.items()))


def _lags(view: CountyView, plan: progress.Schedule, place: str, form: str) -> pd.Series[float]:
    """The tested value by month up to the moment, where it is known; of months in which the places of the moment reported."""
    known, now = view.history("households_completed"), progress.moment(view)
    rows = known[(known["place"] == place) & (known["period"] <= now) & known["period"].isin(plan.months.index)]
    rows = rows.drop_duplicates("period", keep="last").set_index("period")
    if (rows["status"] == "partial").any():
        rows = rows[[progress.alike(view, place, *(progress.at(known, each) for each in (month, now))) for month in rows.index]]
    done, due = rows["value"].reindex(plan.months.index), plan.months[plan.months.index <= now]
    if form == "month":   # what was done and due in the month alone
        asked = due.diff()
        return (100 * done.diff() / asked[asked > 0]).dropna()
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
