"""Blocks of services and governance: the calendar of joint office days against its rule, and disclosure by quarter."""

from __future__ import annotations

import pandas as pd

from commlib import phrases, tabulation
from commlib.blocks.block import Block, together
from commlib.blocks.html import chart, finding
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.heatmap import state_map
from commlib.declarations.rule_files import rules
from commlib.formatting import percent, plain
from commlib.frames import each_row
from commlib.view import CountyView

_MOST_VILLAGES = 40
_RULE = "youxian_office_days"


def office_calendar(view: CountyView) -> Block:
    """Villages by month against the rule of so many office days of so many hours: kept, in part, or nothing reported.

    A month is kept where that many days of at least so many hours stand in the log; a village of the log without a row in a
    month has not reported it. Shown are the villages that kept fewest months; the share is of all months of all villages.
    """
    rows = tabulation.rows_of(view, "joint_office")
    if rows.frame.empty:
        return table_waits(view, "joint_office", "date", "hours")
    days, hours = _asked(view)
    found = pd.DataFrame({"place": rows.frame["village_id"], "month": rows.frame["date"].str[:7],
                          "hours": tabulation.numbers(rows, "hours")})
    found["full"] = found["hours"] >= hours
    sums = found.groupby(["place", "month"]).agg(held=("hours", "size"), full=("full", "sum")).reset_index()
    sums["state"] = ["met" if full >= days else "partly" for full in sums["full"]]
    across = [str(each) for each in pd.period_range(sums["month"].min(), sums["month"].max(), freq="M")]
    kept = sums[sums["state"] == "met"].groupby("place").size().reindex(sums["place"].unique(), fill_value=0)
    order = kept.sort_values(kind="stable").index[:_MOST_VILLAGES]
    cells = pd.DataFrame([{"label": view.name_of(place), "column": row.month, "state": row.state}
                          for place in order.tolist() for row in each_row(sums[sums["place"] == place])])
    title = phrases.phrase("services.calendar", view.language, days=days, hours=plain(hours), span=rows.when(view.language))
    drawn = state_map(cells, across, chart_id="office-calendar", title=title, language=view.language)
    said = phrases.phrase("services.calendar_found", view.language, villages=len(kept), months=len(across),
                          kept=int(kept.sum()), of=len(kept) * len(across), shown=len(order),
                          share=percent(100 * kept.sum() / (len(kept) * len(across)), view.language))
    return together(finding([said]), chart(drawn, title, source=source_line(view, rows)))


def _asked(view: CountyView) -> tuple[int, float]:
    """The days a month and the hours a day that the one declared rule of joint offices asks for."""
    rule = rules(view.home)[_RULE]
    assert rule.rate
    return int(rule.rate.value), float(rule.paid[0].limits["hours"].amount.value)


def disclosure_map(view: CountyView) -> Block:
    """Townships by item and quarter: whether all villages that reported disclosed it, some, or none."""
    rows = tabulation.rows_of(view, "disclosure")
    if rows.frame.empty:
        return table_waits(view, "disclosure", "item", "published")
    townships, items = (tabulation.groups(view, rows, name) for name in ("township_id", "item"))
    stated = rows.frame["published"]
    told = pd.DataFrame({"label": townships["label"], "item": items["label"], "order": items["order"],
                         "period": rows.frame["period"],
                         "yes": stated.eq("yes") | (stated.eq("") & rows.frame["published_on"].ne("")), "no": stated.eq("no")})
    told["column"] = told["period"] + " " + told["item"]
    groups = told.groupby(["label", "column"], sort=False)[["yes", "no"]].mean()
    states = ["met" if row.yes == 1 else "missed" if row.no == 1 else "partly" for row in groups.itertuples()]
    across = list(dict.fromkeys(told.sort_values(["period", "order"], kind="stable")["column"]))
    title = phrases.phrase("services.disclosure", view.language, span=rows.when(view.language))
    words = {state: phrases.phrase(f"services.disclosed_{state}", view.language) for state in ("met", "partly", "missed")}
    drawn = state_map(groups.reset_index().assign(state=states), across, chart_id="disclosure", title=title,
                      language=view.language, words=words)
    return chart(drawn, title, source=source_line(view, rows))
