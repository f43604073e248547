"""Blocks of money: from planned to paid, by source and place, leverage, named sources, and what is overdue."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from commlib import phrases
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimal_cell, rate_cell
from commlib.blocks.completeness import days_since, judged_on
from commlib.blocks.html import Cell, Column, Row, Table, chart, finding, folded, folded_if_long
from commlib.blocks.indicators import indicator_members, indicator_waits, own_values
from commlib.blocks.rows import heading, source_line, table_waits
from commlib.blocks.statements import held_rules, held_statements, of_money, word
from commlib.charts.composition import stacked_ranked_bars
from commlib.charts.waterfall import waterfall
from commlib.formatting import MISSING, amount, percent, plain
from commlib.indicators.registry import indicators
from commlib.periods import parse_period
from commlib.tabulation import Rows, groups, numbers, rows_of
from commlib.units import unit
from commlib.view import CountyView

_TABLE, _UNIT = "fund_flow", "CNY10k"
_LEVELS = ("budget", "arrived", "disbursed", "paid")
_RATES = {"fund_arrival_rate": ("arrived", "budget"), "fund_disbursement_rate": ("disbursed", "arrived"),
          "fund_spending_rate": ("paid", "budget")}
_CLASSES = ((0, 30), (30, 90), (90, 180), (180, math.inf))   # days overdue: more than the first, at most the second


# ---- from planned to paid

def fund_waterfall(view: CountyView) -> Block:
    """The year's money from what is allocated over what arrived and was disbursed to what is paid and left, as a waterfall.

    Of the flows that report all four amounts; the balance of the ledger (allocated less paid) is told below.
    """
    rows, language = rows_of(view, _TABLE, "budget"), view.language
    whole = _amounts(rows).dropna() if len(rows.frame) else pd.DataFrame()
    if whole.empty:
        return table_waits(view, _TABLE, *_LEVELS)
    planned, arrived, disbursed, paid = (float(whole[name].sum()) for name in _LEVELS)
    label = {name: rows.declaration.column(name).label[language] for name in _LEVELS}
    steps = [(label["budget"], planned, "total"), (word("not_arrived", language), arrived - planned, "step"),
             (label["arrived"], arrived, "total"), (word("not_disbursed", language), disbursed - arrived, "step"),
             (label["disbursed"], disbursed, "total"), (label["paid"], -paid, "step"),
             (word("left", language), disbursed - paid, "total")]
    notes = [phrases.phrase("funding.whole_rows", language, n=len(whole), of=len(rows.frame)),
             phrases.phrase("funding.balance", language, balance=amount(planned - paid, _UNIT, language))]
    title = phrases.phrase("funding.waterfall", language, table=rows.declaration.label, span=rows.when(language))
    drawn = waterfall(pd.DataFrame(steps, columns=["label", "value", "kind"]), chart_id="fund-waterfall", title=title,
                      language=language, unit_id=_UNIT, notes=notes)
    return chart(drawn, title, source=source_line(view, rows))


def _amounts(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame({name: numbers(rows, name) for name in _LEVELS})


def fund_table(view: CountyView, by: str) -> Block:
    """Allocated, arrived, disbursed, paid, what has not arrived and the three pooled rates, by a column of the ledger.

    A rate is one sum over another of the flows that give both; what has not arrived counts flows that give both amounts.
    """
    rows, language = rows_of(view, _TABLE, "budget"), view.language
    found = groups(view, rows, by) if len(rows.frame) else pd.DataFrame({"key": []})
    if not (found["key"] != "").any():
        return table_waits(view, _TABLE, by, *_LEVELS)
    amounts, declaration = _amounts(rows), rows.declaration
    order = found.sort_values("order", kind="stable")
    lines = [_fund_line(part, str(order.loc[part.index[0], "label"]) or word("blank", language), language)
             for _, part in amounts.loc[order.index].groupby(order["key"], sort=False)]
    total = _fund_line(amounts, phrases.phrase("housing.county", language), language)
    heads = [Column("label", declaration.column(by).label[language]),
             *(Column(name, heading(declaration, name, language), True) for name in _LEVELS),
             Column("gap", phrases.phrase("funding.not_arrived_in", language, unit=unit(_UNIT).label), True),
             *(Column(name, indicators()[name].label[language], True) for name in _RATES)]
    title = phrases.phrase("funding.by", language, table=declaration.label, by=declaration.column(by).label,
                           span=rows.when(language))
    block = Table(title, heads, lines, total=total, source=source_line(view, rows), note=word("by_note", language)).block()
    return folded_if_long(title, block, len(lines))


def _fund_line(amounts: pd.DataFrame, label: str, language: str) -> Row:
    cells: dict[str, str | Cell] = {name: _sum_cell(amounts[name], language) for name in _LEVELS}
    both = amounts[["budget", "arrived"]].dropna()
    cells |= {"label": label, "gap": _sum_cell(both["budget"] - both["arrived"], language)}
    for name, (top, base) in _RATES.items():
        pair = amounts[[top, base]].dropna()
        cells[name] = rate_cell(100 * pair[top].sum() / pair[base].sum() if pair[base].sum() else math.nan, language)
    return cells


def _sum_cell(values: pd.Series[float], language: str) -> Cell:
    return decimal_cell(float(values.sum(min_count=1)), language)


# ---- who pays

def named_sources(view: CountyView) -> Block:
    """The shares by source that reports state, and how much of the whole no source is named for."""
    language = view.language
    shares = own_values(view, view.result("funding_source_share"))
    if shares.empty:
        return indicator_waits(view, "funding_source_share")
    known, whole = float(shares["numerator"].sum()), float(shares["denominator"].iloc[0])
    least = bool((shares["high"] > shares["value"]).any())   # parts of "at least so much"
    said = "" if math.isnan(whole) else phrases.phrase(
        "funding.named_least" if least else "funding.named", language, known=amount(known, _UNIT, language),
        whole=amount(whole, _UNIT, language), share=percent(100 * known / whole, language),
        rest=amount(whole - known, _UNIT, language))
    return together(finding([said]), indicator_members(view, "funding_source_share"))


def leverage(view: CountyView) -> Block:
    """Both leverages in words, each with its own name: non-fiscal to fiscal as 1:x, and all funds to fiscal funds."""
    found = {name: view.history(name) for name in ("leverage_non_fiscal_to_fiscal", "leverage_total_to_fiscal")}
    if view.period:   # money is of a year
        found = {name: each[each["period"].isin([view.period, view.period[:4]])] for name, each in found.items()}
    rows = {name: view.county_result(each.sort_values("period", kind="stable")) for name, each in found.items()}
    language, told = view.language, []
    for name, row in rows.items():
        if row is not None and not math.isnan(row["value"]):
            told.append(phrases.phrase(
                f"funding.{name}", language, period=parse_period(row["period"]).label, x=plain(row["value"], 2),
                top=amount(row["numerator"], _UNIT, language), fiscal=amount(row["denominator"], _UNIT, language)))
    return finding(told) if told else indicator_waits(view, *rows)


# ---- what is overdue

def ageing(view: CountyView) -> Block:
    """Instalments of contracts and arrears by rule that are overdue at the day that the returns reach, by how long."""
    rows, language = rows_of(view, "contract_payment"), view.language
    until = judged_on(view, "contract_payment")
    late = _late_instalments(rows, until)
    owed = [each for each in held_statements(view, held_rules(view, of_money))
            if each.overdue and until and each.due_by < until]
    if not until or (rows.frame.empty and not owed):
        return table_waits(view, "contract_payment", "due_on", "amount", "paid_on")
    day = phrases.phrase("funding.until", language, day=until)
    if late.empty and not owed:
        return finding([phrases.phrase("funding.none_late", language, day=until, n=len(rows.frame))])
    parts = {"contracts": late[["days", "amount"]]}
    if owed:
        parts["statements"] = pd.DataFrame([{"days": days_since(each.due_by, until), "amount": float(
            (each.arrears or 0) * unit(each.rule.unit).factor / unit(_UNIT).factor)} for each in owed])
    return together(*_ageing_blocks(parts, day, source_line(view, rows), language), _late_list(rows, late, language))


def _late_instalments(rows: Rows, until: str) -> pd.DataFrame:
    """The instalments that fell due before a day and were not paid by then: their rows with `days` and `amount`."""
    if rows.frame.empty:
        return pd.DataFrame(columns=["days", "amount"], dtype=float)
    frame = rows.frame.assign(amount=numbers(rows, "amount"))
    frame = frame[(frame["due_on"] != "") & ((frame["paid_on"] == "") | (frame["paid_on"] > until))]
    frame = frame.assign(days=[days_since(each, until) for each in frame["due_on"]])
    return frame[frame["days"] > 0].sort_values("days", ascending=False, kind="stable")


def _ageing_blocks(parts: Mapping[str, pd.DataFrame], day: str, source: str, language: str) -> tuple[Block, Block]:
    labels = [phrases.phrase("funding.over", language, n=low) if math.isinf(high) else
              phrases.phrase("funding.between", language, low=low + 1, high=plain(high)) for low, high in _CLASSES]
    lines: list[Row] = []
    drawn: list[dict[str, object]] = []
    for label, (low, high) in [*zip(labels, _CLASSES, strict=True), (word("all", language), (0, math.inf))]:
        inside = {name: part[(part["days"] > low) & (part["days"] <= high)] for name, part in parts.items()}
        cells: dict[str, str | Cell] = {"label": label}
        for name, part in inside.items():
            known = float(part["amount"].sum())
            cells |= {f"{name}_n": str(len(part)), name: Cell(plain(known, 1), f"{known:.10g}")}
        lines.append(cells)
        drawn.append({"label": label, **{name: float(part["amount"].sum()) for name, part in inside.items()}})
    said_of = {name: phrases.phrase(f"funding.column_{name}", language) for name in parts}
    heads = [Column("label", word("column_class", language)),
             *(Column(key, words, True) for name, label in said_of.items()
               for key, words in ((f"{name}_n", phrases.phrase("funding.number_of", language, label=label)), (name, label)))]
    title = phrases.phrase("funding.ageing", language, until=day)
    money = unit(_UNIT).label[language]
    sums = [sum(part.loc[part["days"] > low, "amount"].sum() for part in parts.values()) for low in (0, _CLASSES[-1][0])]
    said = phrases.phrase("funding.ageing_finding", language, day=day, n=sum(map(len, parts.values())), low=_CLASSES[-1][0],
                          all=amount(sums[0], _UNIT, language), old=amount(sums[1], _UNIT, language))
    picture = stacked_ranked_bars(pd.DataFrame(drawn[:-1]), said_of, chart_id="ageing", title=title, unit=money,
                                  language=language, ascending=None, finding=said)
    note = word("ageing_note", language)
    return chart(picture, title, source=source), Table(title, heads, lines[:-1], money, lines[-1], note=note).block()


def _late_list(rows: Rows, late: pd.DataFrame, language: str) -> Block | None:
    if late.empty:
        return None
    names = ("contract_id", "instalment", "due_on", "amount")
    lines: list[Row] = [{**{name: str(row[name]) for name in names[:3]}, "days": str(row["days"]),
                         "amount": MISSING if math.isnan(row["amount"]) else plain(row["amount"], 1)}
                        for row in late.to_dict("records")]
    heads = [*(Column(name, heading(rows.declaration, name, language), name == "amount") for name in names),
             Column("days", phrases.phrase("column.days", language), True)]
    title = phrases.phrase("funding.late_list", language, n=len(lines))
    return folded(title, Table(title, heads, lines).block())
