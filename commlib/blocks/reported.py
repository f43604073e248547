"""Blocks of what reports state of single sites and projects below the county: a table of them, and bars of one quantity."""

from __future__ import annotations

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.blocks import wording
from commlib.blocks.block import NOTHING, Block
from commlib.blocks.html import Cell, Column, Row, Table, chart, columns
from commlib.blocks.indicators import unit_words, writer
from commlib.charts.bars import ranked_bars
from commlib.formatting import MISSING
from commlib.frames import each_row
from commlib.labels import quantity_label
from commlib.view import CountyView


def _stated(view: CountyView, quantities: tuple[str, ...]) -> pd.DataFrame:
    """What the county's reports state of some measures, with `label`: the site, the subset or the project it speaks of."""
    facts = view.reported
    facts = facts[(facts["kind"] == "measure") & facts["quantity"].isin(quantities)]
    detail = facts[f"detail_{view.language}"].tolist()
    labels = [wording.place_label(view, row) for _, row in facts.iterrows()]
    return facts.assign(label=[label if not more or more in label else f"{label} {more}".strip()
                               for label, more in zip(labels, detail, strict=True)])


def reported_sites(view: CountyView, *quantities: str) -> Block:
    """A table of the sites that reports name against measures: as stated, with what is only planned said so."""
    facts, language = _stated(view, quantities), view.language
    facts = facts[facts["label"] != ""]
    if facts.empty:
        return NOTHING   # `reported_figures` says so
    facts = facts.assign(column=facts["quantity"] + "/" + facts["member"])
    shown = [each for name in quantities for each in dict.fromkeys(facts.loc[facts["quantity"] == name, "column"])]
    lines: list[Row] = []
    for label, part in facts.groupby("label", sort=False):
        cells: dict[str, str | Cell] = {"site": str(label)}
        for column in shown:
            own = list(each_row(part[part["column"] == column]))
            cells[column] = Cell(listed([wording.doubted(view, wording.with_nature(
                wording.fact_cell(fact, language).text, fact.nature, language), fact.source) for fact in own], language)
                if own else MISSING)
        lines.append({**cells, "sources": listed(list(dict.fromkeys(part["source"])), language)})
    heads = [*columns(language, "site"),
             *(Column(each, quantity_label(*each.split("/"))[language], numeric=True) for each in shown),
             *columns(language, "sources")]
    title = phrases.phrase("projects.reported_sites", language, n=len(lines))
    return Table(title, heads, lines, kind="words", note=phrases.phrase("projects.reported_note", language)).block()


def reported_bars(view: CountyView, quantity: str) -> Block:
    """Bars of one measure as reports state it of each site or project; what is planned says so in its name."""
    facts, language = _stated(view, (quantity,)), view.language
    facts = facts[facts["label"] != ""]
    if facts.empty:
        return NOTHING   # `reported_figures` says so
    labels = [wording.with_nature(row.label, row.nature, language) for row in each_row(facts)]
    title = phrases.phrase("projects.reported_bars", language, label=quantity_label(quantity, ""))
    frame = pd.DataFrame({"label": labels, "value": facts["value"].to_numpy(),
                          "text": [wording.doubted(view, wording.fact_cell(row, language).text, row.source)
                                   for row in each_row(facts)]})
    drawn = ranked_bars(frame, chart_id=f"reported-{quantity}", title=title, unit=unit_words(quantity, language),
                        language=language, write=writer(quantity, language))
    return chart(drawn, title, source=listed(list(dict.fromkeys(facts["source"])), language))
