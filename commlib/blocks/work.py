"""Blocks on how the county works: its system of work as the reports describe it, and its checklists."""

from __future__ import annotations

from html import escape

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.html import Table, bullets, columns, waits
from commlib.declarations.standards import standards
from commlib.declarations.systems import SystemOfWork, systems
from commlib.view import CountyView


def system_of_work(view: CountyView) -> Block:
    """Who files what to whom and when, and which questions, decisions and rules it serves, by report."""
    described = [systems()[document] for document in dict.fromkeys(view.facts["document"]) if document in systems()]
    if not described:
        return waits(phrases.phrase("work.no_system", view.language), view.language)
    return together(*(_described(system, view.language) for system in described))


def _described(system: SystemOfWork, language: str) -> Block:
    who = system.who[language]
    intro = Block(f'<p>{escape(who)} <small class="code">{escape(system.document)}</small></p>', who)
    rows = [{"cycle": phrases.phrase(f"cycle.{each.cycle}", language), "filing": each.what[language], "by": each.by[language]}
            for each in system.cycles]
    heads = columns(language, "cycle", "filing", "by")
    return together(intro, Table(phrases.phrase("work.cycles", language), heads, rows, kind="words").block(),
                    *(bullets(phrases.phrase(f"work.{name}", language), [each[language] for each in getattr(system, name)])
                      for name in ("questions", "decisions", "rules", "tables")))


def checklists(view: CountyView) -> Block:
    """The named checklists and classifications that the county's reports set, with their items."""
    items = view.store.county_checklist_items(view.place.key)
    if items.empty:
        return waits(phrases.phrase("work.no_checklist", view.language), view.language)
    language = view.language
    rows = [_checklist_row(str(standard), part, language) for standard, part in items.groupby("standard", sort=False)]
    order = list(dict.fromkeys(standards()[each].kind for each in standards()))
    rows.sort(key=lambda row: [phrases.phrase(f"list_kind.{kind}", language) for kind in order].index(row["kind"]))
    heads = columns(language, "checklist", "kind", "items_number", "items", numeric=("items_number",))
    return Table(phrases.phrase("work.checklists", language, n=len(rows)), heads, rows, kind="words",
                 source=wording.sources_text(";".join(sorted(set(items["doc"] + "-" + items["article"]))), language)).block()


def _checklist_row(standard: str, items: pd.DataFrame, language: str) -> dict[str, str]:
    declared = standards()[standard]
    listed = items["item_zh"] if language == "zh" else items["item_en"]
    return {"checklist": declared.name[language], "kind": phrases.phrase(f"list_kind.{declared.kind}", language),
            "items_number": str(len(items)), "items": clauses(listed, language)}
