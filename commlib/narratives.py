"""Narratives: sentences that an analyst can paste into a report, chosen by the data and filled from one file of phrases.

No causal verbs, no sentence without its numbers; where there is nothing to say, that is what is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from commlib import phrases
from commlib.audit import FINDINGS, Outcome
from commlib.bilingual import listed
from commlib.blocks import wording
from commlib.blocks.alarms import alarm_sentences
from commlib.blocks.audit import audit_counts, verdicts_of
from commlib.blocks.block import Block
from commlib.blocks.completeness import by_place, completeness, received_tables
from commlib.blocks.facilities import facilities_sentences
from commlib.blocks.head import latest_period
from commlib.blocks.housing_words import housing_sentences
from commlib.blocks.html import finding
from commlib.blocks.overview import county_row, headline_rows
from commlib.blocks.register import townships_of
from commlib.blocks.returns import current_faults
from commlib.blocks.targets import target_sentences
from commlib.blocks.theme import theme_pages, theme_sentences
from commlib.charts.findings import joined
from commlib.declarations.checks import Severity
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.declarations.tables import table
from commlib.errors import ParameterError
from commlib.formatting import ordinal, percent, plain
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label
from commlib.peers import standings
from commlib.periods import parse_period
from commlib.view import CountyView


def narrative(view: CountyView, section: str) -> Block:
    """The paragraphs of a section in the view's language; raises ParameterError naming the sections there are."""
    if section in theme_pages() and section not in _SECTIONS:
        return finding(theme_sentences(view, section))
    if section not in _SECTIONS:
        raise ParameterError(phrases.text("error.unknown_section", found=section, known=", ".join([*_SECTIONS, *theme_pages()])))
    return finding(_SECTIONS[section](view))


def _overview(view: CountyView) -> Iterator[str]:
    language, place = view.language, view.place.name[view.language]
    yield from _register_sentence(view)
    reported, returned = view.reported, view.returned
    if reported.empty and returned.empty:
        yield phrases.phrase("narrative.no_report", language, place=place)
        return
    own = view.results[(view.results["sources"] != REGISTER) & ~view.results["sources"].str.startswith("release:")]
    if len(returned):
        files = returned["document"].str.partition(FROM_TABLE)
        yield phrases.phrase("narrative.returns", language, place=place, files=files[2].nunique(), tables=files[0].nunique(),
                             values=f"{len(returned):,}")
    if len(reported):
        yield phrases.phrase("narrative.reports", language, place=place, documents=reported["document"].nunique(),
                             figures=reported["source"].str.split(";").explode().nunique(),
                             computed=int((own["grade"] != "stated").sum()), stated=int((own["grade"] == "stated").sum()))
    yield joined(list(_headlines(view)), language)
    yield joined(list(target_sentences(view)), language)
    yield from alarm_sentences(view)
    yield from _audit_sentence(view)


def _headlines(view: CountyView) -> Iterator[str]:
    """The key results of the county that its reports feed, each with its base."""
    for row in headline_rows(view, "results"):
        if row.sources == REGISTER or row.id not in indicators():
            continue
        key = "narrative.headline_stated" if row.grade == "stated" else "narrative.headline"
        label, period = quantity_label(row.id, row.member)[view.language], parse_period(row.period)
        if period.dated and row.period != latest_period(view):   # of another period than the page
            label = phrases.phrase("label.at", view.language, label=label, place=period.label)
        value = wording.value_cell(row, view.language).text + wording.doubt_words(view, row.sources)
        yield phrases.phrase(key, view.language, value=value, label=label,
                             base=wording.base_text(row, view.language))


def _register_sentence(view: CountyView) -> Iterator[str]:
    if REGISTER not in set(view.facts["document"]):
        yield phrases.phrase("narrative.not_in_register", view.language, place=view.place.name)
        return
    rows = {quantity: county_row(view, quantity) for quantity in
            ("township_units", "villagers_committees", "residents_committees", "quasi_units")}
    if any(row is None for row in rows.values()):   # the view is of a period before the register
        return
    yield phrases.phrase("narrative.register", view.language, place=view.place.name,
                         **{quantity: plain(row["value"]) for quantity, row in rows.items()})


def _village_register(view: CountyView) -> Iterator[str]:
    language = view.language
    table = townships_of(view)
    yield from _register_sentence(view)
    if table.empty:
        return
    units = table[~table.index.isin([each.key for each in view.book.townships(view.place.key) if each.kind == "placeholder"])]
    if len(units):
        yield _spread(units, language)
    for quantity in ("villagers_committees", "residents_committees"):
        places = [phrases.phrase("narrative.standing", language, circle=each.name,
                                 rank=ordinal(each.position.rank, each.position.n, language))
                  for each in standings(view, quantity) if each.position]
        if places:
            yield phrases.phrase("narrative.standings", language, label=quantity_label(quantity)[language],
                                 places=("，" if language == "zh" else "; ").join(places))


def _spread(table: pd.DataFrame, language: str) -> str:
    ranked = table.sort_values("total", ascending=False, kind="stable")
    most, least = ranked.iloc[0], ranked.iloc[-1]
    return phrases.phrase("narrative.spread", language, n=len(table), mean=plain(table["total"].mean(), 1),
                          most=most["name"], most_n=plain(most["total"]), least=least["name"], least_n=plain(least["total"]))


def _report_audit(view: CountyView) -> Iterator[str]:
    verdicts = verdicts_of(view)
    if not verdicts:
        yield phrases.phrase("audit_page.nothing", view.language)
        return
    yield from _audit_sentence(view)
    worst = [each for each in verdicts if each.verdict in FINDINGS][:2]
    for each in worst:
        yield phrases.phrase("narrative.worst", view.language, why=each.why, id=each.stated_id)
    if not worst:
        yield phrases.phrase("audit_page.no_finding", view.language)


def _audit_sentence(view: CountyView) -> Iterator[str]:
    counts = audit_counts(view)
    if counts:
        parts = [phrases.phrase(f"narrative.audit_{outcome}", view.language, n=counts[outcome])
                 for outcome in Outcome if counts[outcome]]
        yield phrases.phrase("narrative.audit", view.language, n=counts.total(), parts=listed(parts, view.language))


def _data_quality(view: CountyView) -> Iterator[str]:
    language, came = view.language, view.store.county_returns(view.place.key)
    if came.empty:
        yield phrases.phrase("returns.nothing", language, county=view.place.key, place=view.place.name)
        return
    yield phrases.phrase("returns.summary", language, place=view.place.name, files=came["file"].nunique(),
                         tables=len(received_tables(view)), n=came["release"].nunique(),
                         accepted=plain(float(came["accepted"].astype(int).sum())),
                         refused=plain(float(came["refused"].astype(int).sum())))
    faults = current_faults(view)
    if len(faults):
        kinds, counts = faults["code"].value_counts(), faults["severity"].value_counts()
        yield phrases.phrase("returns.summary_faults", language, **{str(each): counts.get(str(each), 0) for each in Severity},
                             kind=phrases.text(f"code.{kinds.index[0]}"), n=kinds.iloc[0])
    cells = {each.id: completeness(view, each.id) for each in received_tables(view) if each.period and by_place(each)}
    missing = {name: int(frame["value"].isna().sum()) for name, frame in cells.items()}
    worst = max(missing, key=lambda name: missing[name] / max(len(cells[name]), 1), default="")
    if worst and missing[worst]:
        share = percent(100 * missing[worst] / len(cells[worst]), language)
        yield phrases.phrase("returns.summary_gaps", language, table=table(worst, view.home).label, share=share,
                             cells=plain(float(len(cells[worst]))), missing=plain(float(missing[worst])))
    elif worst:
        yield phrases.phrase("returns.summary_full", language, n=len(cells))


_SECTIONS: dict[str, Callable[[CountyView], Iterator[str]]] = {
    "county_overview": _overview, "village_register": _village_register, "report_audit": _report_audit,
    "data_quality": _data_quality, "housing_progress": housing_sentences, "facilities_and_standards": facilities_sentences,
}
