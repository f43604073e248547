"""The main indicators against their targets, the year before and the other counties."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from commlib import phrases
from commlib.bilingual import listed
from commlib.blocks import wording
from commlib.blocks.block import Block
from commlib.blocks.cells import amount_cell, points, rate_cell, signed
from commlib.blocks.html import Cell, Row, Table, columns, waits
from commlib.blocks.indicators import unit_of, writer
from commlib.blocks.overview import county_row, headline_rows
from commlib.blocks.theme import declared_target, earlier_value, gap_to_target, rank_text
from commlib.formatting import MISSING, plain
from commlib.labels import quantity_label
from commlib.targets import targets
from commlib.units import unit
from commlib.view import CountyView

_MOST_ROWS = 40
_MOST_MISSED = 3


def main_rows(view: CountyView) -> list[Any]:
    """The county's own rows of the indicators that have a target, then of the declared key results; rows of a results frame."""
    names = dict.fromkeys(f"{each.indicator}__{each.member}" if each.member else each.indicator for each in targets())
    rows = [row for name in names if (row := county_row(view, name)) is not None and declared_target(view, row)]
    told = {(row["id"], row["member"]) for row in rows}
    return rows + [row for row in headline_rows(view, "results", _MOST_ROWS) if (row["id"], row["member"]) not in told]


def target_table(view: CountyView) -> Block:
    """Indicator, unit, target, this period, completion rate, the same period last year, change, rank; "—" where unknown."""
    language, rows = view.language, main_rows(view)
    if not rows:
        return waits(phrases.phrase("overview.no_indicator", language), language)
    heads = columns(language, "indicator", "unit", "target", "this_period", "target_rate", "last_year", "on_the_year", "rank",
                    numeric=("target", "this_period", "target_rate", "last_year", "on_the_year", "rank"))
    return Table(phrases.phrase("target.title", language), heads, [_row(view, each) for each in rows],
                 note=phrases.phrase("target.note", language)).block()


def _row(view: CountyView, row: Any) -> Row:
    language, unit_id, target = view.language, unit_of(row["id"]), declared_target(view, row)
    _, before, yearly = earlier_value(view, row)
    before = before if yearly else math.nan
    done = 100 * row["value"] / target.value if target and target.at_least and target.value else math.nan
    return {"indicator": quantity_label(row["id"], row["member"])[language], "unit": unit(unit_id).label[language],
            "target": Cell(writer(row["id"], language)(target.value), target.title[language]) if target else Cell(MISSING),
            "this_period": _this_period(row, language), "target_rate": rate_cell(done, language),
            "last_year": amount_cell(before, unit_id, language), "on_the_year": _change(row, before, unit_id, language),
            "rank": Cell(rank_text(view, row) or MISSING)}


def _this_period(row: Any, language: str) -> Cell:
    """The value, with what it is of behind it where not all places reported."""
    cell = wording.value_cell(row, language)
    if row["status"] != "partial":
        return cell
    text = phrases.phrase("label.nature", language, label=cell.text, nature=wording.status_text(row, language))
    return replace(cell, text=text)


def _change(row: Any, before: float, unit_id: str, language: str) -> Cell:
    """Percentage points between rates, percent of everything else."""
    if unit_id == "percent":
        cell = points(float(row["value"]) - before)
        return cell if math.isnan(before) else Cell(phrases.phrase("target.points", language, n=cell.text), cell.title)
    change = 100 * (float(row["value"]) / before - 1) if before > 0 else math.nan
    return rate_cell(change, language) if math.isnan(change) else Cell(
        phrases.phrase("target.relative", language, n=signed(change, 1)), f"{change:.10g}")


def target_sentences(view: CountyView) -> Iterator[str]:
    """How many of the indicators with a target reach it, and by how much the first others miss it."""
    language = view.language
    found = [(row, target) for row in main_rows(view) if (target := declared_target(view, row))]
    if not found:
        return
    missed = [(row, target) for row, target in found if not target.met_by(row["value"])]
    yield phrases.phrase("target.sentence", language, n=len(found), met=len(found) - len(missed), missed=len(missed))
    if missed:
        told = [phrases.phrase("target.missed", language, label=quantity_label(row["id"], row["member"]), title=target.title,
                               target=writer(row["id"], language)(target.value), gap=gap_to_target(row, target, language))
                for row, target in missed[:_MOST_MISSED]]
        more = len(missed) - len(told)
        yield phrases.phrase("target.missed_more", language, n=plain(more), parts=listed(told, language)) if more \
            else phrases.phrase("target.missed_all", language, parts=listed(told, language))
