"""Blocks of earned value: what should have been built by when in money, what was, and what was spent."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pandas as pd

from commlib import phrases
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimal_cell, number, signed
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding
from commlib.blocks.projects import cutoff, register, reports
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.curves import curves
from commlib.charts.findings import plain_writer
from commlib.formatting import plain
from commlib.methods.progress import EarnedValue, earned_schedule, earned_value, planned_shares
from commlib.tabulation import rows_of
from commlib.units import unit
from commlib.view import CountyView

_LINES = ("value_planned", "value_earned", "value_cost")


def earned(view: CountyView) -> Block:
    """The S-curve of planned value, earned value and money spent, the indices at the cut-off, and the same by township."""
    last = cutoff(view)
    frame = register(view)
    base = value_base(frame)
    if last is None or base.empty:
        return table_waits(view, "project_progress", "quantity_done", "investment_done") if len(frame) else \
            table_waits(view, "project", "total_investment", "start_due", "finish_due")
    months = value_months(view, base, last)
    value = valued(base, last)
    said = _said(view, base, value, len(frame))
    return together(finding(said), _curve(view, base, months), _table(view, base, last))


def value_base(frame: pd.DataFrame) -> pd.DataFrame:
    """Projects of which budget, both dates, the share done and the money spent are known, with `done` as a share.

    The share is by quantity; where that is not known, as reported in percent; 0 for what is reported as not started.
    """
    done = frame["physical"].fillna(frame["percent"])
    done = done.where(done.notna() | ~frame["stage"].isin(["not_started", "preparing"]), 0.0) / 100
    dated = frame["begins"].notna() & frame["finish_due"].notna() & (frame["finish_due"] >= frame["begins"])
    money = frame["money"].where(frame["money"].notna() | frame["started"] | frame["at"].isna(), 0.0)
    return frame.assign(done=done, money=money)[dated & (frame["investment"] > 0) & done.notna() & money.notna()]


def valued(base: pd.DataFrame, at: pd.Timestamp) -> EarnedValue:
    """Planned value, earned value and cost of projects at a day, in CNY 10k."""
    return earned_value(base["investment"].to_numpy(), _due(base, at), base["done"].to_numpy(), base["money"].to_numpy())


def _due(base: pd.DataFrame, at: pd.Timestamp) -> np.ndarray:
    first, last = (base[name].map(pd.Timestamp.toordinal).to_numpy() for name in ("begins", "finish_due"))
    return planned_shares(first, last, at.toordinal())


def value_months(view: CountyView, base: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """The S-curve: month, label, value, partial; a point for each month of reports, the plan from its first to its last month.

    Between two points lie as many months as the reports have in common. A project without a report in a month counts as it
    was last reported, and the month is partial.
    """
    told = reports(view)
    told = told[told["project_id"].isin(base.index)]
    seen = sorted({pd.Period(each, "M") for each in told["at"]})
    step = reduce(math.gcd, [(later - seen[0]).n for later in seen[1:]], 0) or 1
    begin, end = pd.Period(base["begins"].min(), "M"), max(pd.Period(base["finish_due"].max(), "M"), seen[-1])
    before, after = max((seen[0] - begin).n, 0) // step + 1, -(-(end - seen[0]).n // step)   # begins at nothing
    lines = []
    for count in range(-before, after + 1):
        month = seen[0] + count * step
        day = month.end_time.normalize()
        lines.append({"month": str(month), "label": _LINES[0], "value": float((base["investment"] * _due(base, day)).sum())})
        if month in seen and day <= last:
            then = register(view, day).loc[base.index]
            at = value_base(then)
            now = valued(at, day)
            partial = len(at) < len(base) or set(told.loc[told["at"].dt.to_period("M") == month, "project_id"]) < set(base.index)
            lines += [{"month": str(month), "label": name, "value": each, "partial": partial}
                      for name, each in zip(_LINES[1:], (now.earned, now.cost), strict=True)]
    return pd.DataFrame(lines).fillna({"partial": False})


def _curve(view: CountyView, base: pd.DataFrame, months: pd.DataFrame) -> Block:
    language = view.language
    frame = months.assign(period=months["month"], label=months["label"].map(
        {name: phrases.phrase(f"projects.{name}", language) for name in _LINES}))
    title = phrases.phrase("projects.s_curve", language, n=len(base))
    drawn = curves(frame, sorted(frame["period"].unique()), chart_id="earned-value", title=title, language=language,
                   unit=unit("CNY10k").label[language], dashed=[phrases.phrase("projects.value_planned", language)],
                   write=plain_writer("", language, 0))
    return chart(drawn, title, source=source_line(view, rows_of(view, "project_progress", "investment_done")),
                 note=phrases.phrase("projects.value_note", language))


def _said(view: CountyView, base: pd.DataFrame, value: EarnedValue, of: int) -> list[str]:
    """Indices at the cut-off in words, on which projects they rest, and the schedule in time."""
    language, last = view.language, cutoff(view)
    rests = phrases.phrase("projects.value_base" if len(base) < of else "projects.value_base_all", language, n=len(base), of=of)
    if last is None or not value.planned > 0:
        return [rests]
    key = "ahead" if value.schedule_variance > 0 else "behind" if value.schedule_variance < 0 else "even"
    said = [rests,
            phrases.phrase("projects.value_at", language, day=last.date().isoformat(), planned=plain(value.planned),
                           earned=plain(value.earned), cost=plain(value.cost)),
            phrases.phrase(f"projects.value_{key}", language, index=plain(value.schedule_index, 2),
                           size=plain(abs(value.schedule_variance)))]
    if value.cost:
        said.append(phrases.phrase("projects.value_cost_index", language, index=plain(value.cost_index, 2)))
    begin = pd.Period(base["begins"].min(), "M")
    now = pd.Period(last, "M")
    end = max(pd.Period(base["finish_due"].max(), "M"), now)
    ends = [(begin + number).end_time.normalize() for number in range((end - begin).n + 1)]
    planned = [float((base["investment"] * _due(base, day)).sum()) for day in ends]
    reached, passed = earned_schedule(planned, value.earned), (now - begin).n + 1
    said.append(phrases.phrase("projects.value_time", language, reached=plain(reached, 1), passed=plain(passed),
                               index=plain(reached / passed, 2)))
    return said


def _table(view: CountyView, base: pd.DataFrame, last: pd.Timestamp) -> Block:
    language = view.language
    lines = [_line(part["township_label"].iloc[0], valued(part, last)) for _, part in base.groupby("township")]
    total = _line(phrases.phrase("rows.pooled", language), valued(base, last))
    numeric = (*_LINES, "schedule_index", "schedule_variance", "cost_index")
    title = phrases.phrase("projects.value_table", language, day=last.date().isoformat())
    return Table(title, columns(language, "township", *numeric, numeric=numeric), lines, unit=unit("CNY10k").label[language],
                 total=total).block()


def _line(label: str, value: EarnedValue) -> Row:
    return {"township": label, "value_planned": number(value.planned, ""), "value_earned": number(value.earned, ""),
            "value_cost": number(value.cost, ""), "schedule_index": decimal_cell(value.schedule_index, decimals=2),
            "schedule_variance": Cell(signed(value.schedule_variance), f"{value.schedule_variance:.10g}"),
            "cost_index": decimal_cell(value.cost_index, decimals=2)}
