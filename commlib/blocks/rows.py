"""Blocks of any declared table: its rows by a column, by two columns, over time, and as they are.

Titles, headings and units come from the table's own declaration, so that a notebook names a table and columns and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from commlib import phrases, rankings, tabulation
from commlib.bilingual import Text, listed
from commlib.blocks.block import Block
from commlib.blocks.cells import short_cell
from commlib.blocks.html import Cell, Column, Row, Table, chart, folded, waits
from commlib.charts.bars import ranked_bars
from commlib.charts.curves import curves
from commlib.charts.findings import plain_writer
from commlib.charts.heatmap import heat_map
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.columns import NUMBERS, ColumnType, Level
from commlib.declarations.columns import Column as ColumnDeclaration
from commlib.declarations.tables import TableDeclaration, table
from commlib.formatting import MISSING
from commlib.periods import parse_period
from commlib.tabulation import Rows, Where, rows_of, tallied
from commlib.units import unit
from commlib.view import CountyView

_MOST_CHOICES = 15   # of a closed list that is shown with its zeros
_MOST_FILES = 3


def rows_by(view: CountyView, table_id: str, by: str, of: str = "", over: str = "", per: float = 1.0, where: Where | None = None,
            ) -> Block:
    """Bars of a table by a column: rows counted, `of` added up, or Σ`of` ÷ Σ`over` × `per` (100: percent)."""
    rows = rows_of(view, table_id, of, where)
    found = tallied(view, rows, [by], of, over, per)
    known = found[found[by] != ""]
    if known["value"].notna().sum() == 0:
        return table_waits(view, table_id, by, *filter(None, (of, over)))
    declaration, language = rows.declaration, view.language
    unit_words, write = _unit(declaration, of, over, per, language), None
    if unit_words == "%":
        write = plain_writer("%", language)
    column = tabulation.column_of(view, declaration, by)
    if column and column.choices and not of:
        known = _all_choices(column, by, known, language)
    title = _title(view, rows, by, of, over)
    frame = pd.DataFrame({"label": known[f"{by}_label"], "value": known["value"], "status": _statuses(known)})
    pooled = [] if not over else [(phrases.phrase("rows.pooled", language), _pooled(rows, of, over, per))]
    notes = [_blank_note(found, by, column, language)]
    drawn = ranked_bars(frame, chart_id=_id(table_id, by, of), title=title, unit=unit_words, language=language,
                        references=pooled, notes=notes, write=write, first=MOST_ROWS,
                        alike=bool(column and (column.type is ColumnType.PLACE or column.references)))
    return chart(drawn, title, source=source_line(view, rows))


def _statuses(known: pd.DataFrame) -> list[str]:
    """Of each bar: a rate of rows that give both numbers has no value only where its base is zero."""
    return ["ok" if not math.isnan(value) else "no_denominator" if n else "not_reported"
            for value, n in zip(known["value"], known["n"], strict=True)]


def rows_by_size(view: CountyView, table_id: str, of: str, bounds: Sequence[float], on: str = "") -> Block:
    """Bars of the rows of a table by the size of a number: below the first bound, from each to the next, from the last on.

    With `on`, a column of days, those of the last year alone, such as what opened in it.
    """
    rows = rows_of(view, table_id, of, on=on)
    values, language = tabulation.numbers(rows, of).dropna(), view.language
    if values.empty:
        return table_waits(view, table_id, *filter(None, (of, on)))
    column, steps = rows.declaration.column(of), [f"{each:g}" for each in bounds]
    labels = [phrases.phrase("rows.below", language, n=steps[0]),
              *(phrases.phrase("rows.between", language, low=low, high=high) for low, high in pairwise(steps)),
              phrases.phrase("rows.at_least", language, n=steps[-1])]
    counts = pd.cut(values, [-math.inf, *bounds, math.inf], right=False, labels=labels).value_counts(sort=False)
    title = _title(view, rows, of, "", "")
    drawn = ranked_bars(pd.DataFrame({"label": labels, "value": counts.to_numpy(float)}), chart_id=_id(table_id, "size", of),
                        title=title, unit=unit("count").label[language], language=language, ascending=None, alike=False,
                        notes=[phrases.phrase("rows.sizes", language, column=heading(rows.declaration, column.name, language))])
    return chart(drawn, title, source=source_line(view, rows))


def rows_grid(view: CountyView, table_id: str, down: str, across: str, of: str = "", over: str = "", per: float = 1.0,
              where: Where | None = None) -> Block:
    """A heat map of a table by two columns: rows counted, `of` added up, or Σ`of` ÷ Σ`over` × `per`.

    A place of the county without a row in the table is not reported; a pair without a row at a place that has some is zero
    where rows are counted, and said to be not listed where numbers are added up.
    """
    rows = rows_of(view, table_id, of, where)
    found = tallied(view, rows, [down, across], of, over, per)
    found = found[(found[down] != "") & (found[across] != "")]
    if found["value"].notna().sum() == 0:
        return table_waits(view, table_id, down, across, *filter(None, (of, over)))
    declaration, language = rows.declaration, view.language
    heads = list(dict.fromkeys(tallied(view, rows, [across]).pipe(lambda each: each[each[across] != ""])[f"{across}_label"]))
    values = {(row[f"{down}_label"], row[f"{across}_label"]): row["value"] for _, row in found.iterrows()}
    silent = _silent(view, tabulation.column_of(view, declaration, down), down, found)
    labels = list(dict.fromkeys([*found[f"{down}_label"], *silent]))
    told = set(found[f"{down}_label"])
    cells = pd.DataFrame([{"label": label, "column": head, "value": values.get(
        (label, head), 0.0 if not of and label in told else math.nan),
        "status": "not_listed" if label in told and (label, head) not in values else "ok"} for label in labels for head in heads])
    title = _title(view, rows, down, of, over, across)
    unit_words = _unit(declaration, of, over, per, language)
    drawn = heat_map(cells, heads, chart_id=_id(table_id, down, across), title=title, unit=unit_words, language=language,
                     write=plain_writer("", language))
    return chart(drawn, title, source=source_line(view, rows))


def rows_over_time(view: CountyView, table_id: str, of: str = "", by: str = "", every: str = tabulation.MONTH,
                   where: Where | None = None, on: str = "") -> Block:
    """Lines over the months (or years) of a table: rows counted or `of` added up, a line each for the seven largest of `by`.

    `on` names a column of days by which things are counted as they happen, such as agreements signed: a running total.
    """
    rows = rows_of(view, table_id, of, where, every=True, on=on)
    found = tallied(view, rows, [*([by] if by else []), every], of) if rows.declaration.period and len(rows.frame) else \
        pd.DataFrame({"value": []})
    found = found[found["value"].notna()]
    if len(found):   # years do not stand between months
        found = found[found[every].str.len() == found[every].str.len().max()]
    if found.empty or found[every].nunique() < 2:
        return table_waits(view, table_id, rows.declaration.period, *filter(None, (of, by)), several=not on)
    language, declaration = view.language, rows.declaration
    found = found.assign(label=found[f"{by}_label"] if by else _what(declaration, of)[language], period=found[every])
    largest = found.groupby("label")["value"].sum().sort_values(ascending=False, kind="stable").index[:7]
    found = found[found["label"].isin(largest)]
    periods = _span(sorted(found["period"].unique()))
    title = _title(view, rows, "quarter" if "Q" in periods[0] else every, of, "", by)
    if on:
        found = _running(found, periods)
        title = phrases.phrase("rows.running", language, table=declaration.label, what=_what(declaration, of),
                               on=declaration.column(on).label)
    drawn = curves(found, periods, chart_id=_id(table_id, every, by, of, on), title=title,
                   unit=_unit(declaration, of, "", 1, language), language=language)
    return chart(drawn, title, source=source_line(view, rows))


def _running(found: pd.DataFrame, periods: Sequence[str]) -> pd.DataFrame:
    """What happened up to each period, by label: a period in which nothing happened adds nothing."""
    wide = found.pivot_table(index="period", columns="label", values="value", aggfunc="sum")
    wide = wide.reindex(list(periods)).fillna(0.0).cumsum()
    return wide.rename_axis("period").reset_index().melt(id_vars="period", var_name="label")


def _span(periods: Sequence[str]) -> list[str]:
    """Every month, quarter or year from the first to the last."""
    step = {7: "M", 6: "Q", 4: "Y"}[len(periods[0])]
    return [str(each) for each in pd.period_range(periods[0], periods[-1], freq=step)]


def rows_list(view: CountyView, table_id: str, *names: str, where: Where | None = None, order: str = "", last_first: bool = False,
              open_first: bool = False) -> Block:
    """The rows themselves, folded: the named columns, in the order of one of them; personal columns are never among them."""
    rows = rows_of(view, table_id, where=where)
    if rows.frame.empty:
        return table_waits(view, table_id)
    declaration, language = rows.declaration, view.language
    frame = rows.frame
    if order:
        keys = tabulation.numbers(rows, order) if declaration.column(order).type in NUMBERS else frame[order]
        frame = frame.assign(order=keys).sort_values("order", ascending=not last_first, kind="stable", na_position="last")
    shown = Rows(declaration, frame, rows.span)
    cells = {name: _cells(view, shown, name) for name in names}
    lines: list[Row] = [{name: cells[name][number] for name in names} for number in range(len(frame))]
    heads = [Column(name, heading(declaration, name, language), declaration.column(name).type in NUMBERS) for name in names]
    title = phrases.phrase("rows.list", language, table=declaration.label, n=len(lines))
    block = Table(title, heads, lines, source=source_line(view, rows)).block()
    return block if open_first else folded(title, block)


def _cells(view: CountyView, rows: Rows, name: str) -> list[Cell]:
    column = rows.declaration.column(name)
    if column.type in NUMBERS:
        return [short_cell(value, 2) for value in tabulation.numbers(rows, name)]
    if column.type is ColumnType.BOOLEAN:
        words = {each: phrases.phrase(f"word.{each}", view.language) for each in ("yes", "no")}
        return [Cell(words.get(text, MISSING)) for text in rows.frame[name]]
    return [Cell(label or MISSING) for label in tabulation.groups(view, rows, name)["label"]]


# ---- words that come from the declaration

def _id(*parts: str) -> str:
    return "-".join(part.replace(".", "-") for part in parts if part)


def heading(declaration: TableDeclaration, name: str, language: str) -> str:
    """The heading of a column with its unit."""
    column = declaration.column(name)
    label = column.label[language]
    if not column.unit or column.unit == "count":
        return label
    words = unit(column.unit).label[language]
    return f"{label}（{words}）" if language == "zh" else f"{label} ({words})"


def table_waits(view: CountyView, table_id: str, *names: str, several: bool = False) -> Block:
    """What a section says that waits for a table, with the columns that it needs and whether of two periods or more."""
    declaration = table(table_id, view.home)
    columns = {each.name: each.label for each in declaration.columns}
    named = [columns[name] for name in dict.fromkeys(names) if name in columns]
    key = "rows.waits_several" if several else "rows.waits_columns" if named else "rows.waits"
    return waits(phrases.phrase(key, view.language, table=declaration.label, id=table_id,
                                columns=listed([each[view.language] for each in named], view.language)), view.language)


def _what(declaration: TableDeclaration, of: str) -> Text:
    return declaration.column(of).label if of else phrases.text("rows.count")


def _unit(declaration: TableDeclaration, of: str, over: str, per: float, language: str) -> str:
    if over:
        top, base = declaration.column(of).unit, declaration.column(over).unit
        words = {"top": unit(top or "count").label[language], "base": unit(base or "count").label[language]}
        key = "rows.per_one" if per == 1 else "rows.per"
        return "%" if per == 100 else phrases.phrase(key, language, n=f"{per:g}", **words)
    return unit(declaration.column(of).unit or "count").label[language] if of else unit("count").label[language]


def _title(view: CountyView, rows: Rows, by: str, of: str, over: str, across: str = "") -> str:
    declaration, language = rows.declaration, view.language
    grouped = [column.label if (column := tabulation.column_of(view, declaration, name)) else phrases.text(f"rows.by_{name}")
               for name in (by, across) if name]
    what = _what(declaration, of)
    if over:
        what = phrases.text("rows.of_over", of=what, over=declaration.column(over).label)
    span = parse_period(rows.span).label[language] if rows.span else ""
    return phrases.phrase("rows.title_at" if span else "rows.title", language, table=declaration.label, what=what, span=span,
                          by=listed([each[language] for each in grouped], language))


def _pooled(rows: Rows, of: str, over: str, per: float) -> float:
    pair = pd.DataFrame({"top": tabulation.numbers(rows, of), "base": tabulation.numbers(rows, over)}).dropna()
    return per * pair["top"].sum() / pair["base"].sum() if pair["base"].sum() else math.nan


def _all_choices(column: ColumnDeclaration, by: str, known: pd.DataFrame, language: str) -> pd.DataFrame:
    """Every choice of a closed list with the number of its rows, zero among them; too long a list keeps what there is."""
    choices = column.choices
    if len(choices) > _MOST_CHOICES or not set(known[by]) <= {each.id for each in choices}:
        return known
    values: Mapping[str, float] = dict(zip(known[by], known["value"], strict=True))
    return pd.DataFrame([{by: each.id, f"{by}_label": each.label[language], "value": values.get(each.id, 0.0), "n": 0}
                         for each in choices])


def _silent(view: CountyView, column: ColumnDeclaration | None, down: str, found: pd.DataFrame) -> list[str]:
    """The townships that have no row, where townships stand down the side."""
    if column is None or column.level is not Level.TOWNSHIP:
        return []
    return [name for key, name in rankings.townships(view).items() if key not in set(found[down])]


def _blank_note(found: pd.DataFrame, by: str, column: ColumnDeclaration | None, language: str) -> str:
    """How many rows leave the grouping blank."""
    blank = int(found.loc[found[by] == "", "n"].sum())
    return phrases.phrase("rows.blank", language, n=blank, column=column.label) if blank and column else ""


def source_line(view: CountyView, rows: Rows) -> str:
    """How many rows of which files a block is made from."""
    files = list(dict.fromkeys(rows.frame["_file"]))
    shown = listed(files[:_MOST_FILES], view.language)
    key = "rows.source" if len(files) <= _MOST_FILES else "rows.source_more"
    return phrases.phrase(key, view.language, n=len(rows.frame), files=shown, more=len(files) - _MOST_FILES)

