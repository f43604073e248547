"""Blocks at a page's head and foot: its facts and notices, its sources, methods and legend."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pandas as pd

from commlib import phrases
from commlib.bilingual import clauses
from commlib.blocks.block import Block, together
from commlib.blocks.html import Column, Table, facts, finding, folded, mark, notice
from commlib.declarations.measures import read_argument
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.declarations.sources import sources as declared_sources
from commlib.declarations.tables import tables
from commlib.indicators.registry import Indicator, indicators
from commlib.periods import parse_period
from commlib.view import CountyView, kept

STATUSES = ("ok", "partial", "carried", "not_reported", "no_denominator", "suppressed", "not_applicable")
_MOST_PERIODS = 8   # that are named one by one
GRADES = ("computed", "stated", "estimated")


def head(view: CountyView, only: str = "") -> Block:
    """Period, what was reported, the register, and what a reader must know about this county before reading.

    `only` names the one source that a page rests on, such as `national_register`; blank for all of them.
    """
    language = view.language
    shown = view.facts[view.facts["document"] == only] if only else view.facts
    entries = [(phrases.phrase("head.period", language), _periods(view, shown)),
               (phrases.phrase("head.reports", language), _reports(view)),
               (phrases.phrase("head.register", language), _registered(view))]
    returns = _returns(view)
    if returns and only != REGISTER:
        entries.insert(2, (phrases.phrase("head.returns", language), returns))
    return together(facts(entries[:1] + entries[2:] if only == REGISTER else entries), _about(view))


def _about(view: CountyView) -> Block | None:
    place, language = view.place, view.language
    said = notice("", phrases.phrase("word.note", language), place.resolved[language]) if place.resolved else None
    if not place.note:
        return said
    kind, word = ("inferred", "word.inferred") if place.inferred else ("", "word.note")
    return together(said, notice(kind, phrases.phrase(word, language), place.note[language]))


def _reports(view: CountyView) -> str:
    documents = list(dict.fromkeys(view.reported["document"]))
    if not documents:
        return phrases.phrase("head.none", view.language)
    return phrases.phrase("head.reports_value", view.language, n=len(documents), documents=", ".join(documents),
                          figures=view.reported["source"].str.split(";").explode().nunique())


def _returns(view: CountyView) -> str:
    """How many returns feed the facts, of how many tables; "" where there are none."""
    documents = [each.partition(FROM_TABLE) for each in view.returned["document"].unique()]
    tables, files = ({each[part] for each in documents} for part in (0, 2))
    return phrases.phrase("head.returns_value", view.language, n=len(files), tables=len(tables)) if documents else ""


def _registered(view: CountyView) -> str:
    units = view.facts[(view.facts["quantity"] == "township_units") & (view.facts["member"] == "")]
    units = units[units["document"] == REGISTER]   # of the register, whatever the view's period and whatever a report says
    if units.empty:
        return phrases.phrase("head.not_in_register", view.language)
    return phrases.phrase("head.register_value", view.language, townships=f"{units['value'].sum():,.0f}")


def latest_period(view: CountyView) -> str:
    """The period that a page stands at: the view's own, else the last that was reported, else the register's; "" without one."""
    def last() -> str:
        found = _reporting(view, view.facts)
        found = found.assign(own=found["document"] != REGISTER).drop_duplicates(["period", "own"])
        dated = [(own, period.order(), text) for text, own in zip(found["period"], found["own"], strict=True)
                 if (period := parse_period(text)).dated]
        return max(dated)[-1] if dated else ""

    return view.period or str(kept(view, "latest period", last))


def _reporting(view: CountyView, facts: pd.DataFrame) -> pd.DataFrame:
    """The facts whose period is that of a report; not what a table dates one by one, such as what is due under a contract."""
    dated_apart = {(each.id, argument.measure.id, argument.nature.value) for each in tables(view.home) for feed in each.feeds
                   if feed.on for argument in [read_argument(feed.measure)]}
    of = zip(facts["document"].str.split(FROM_TABLE).str[0], facts["quantity"], facts["nature"], strict=True)
    reporting = facts[pd.Series([each not in dated_apart for each in of], index=facts.index, dtype=bool)]
    return reporting if len(reporting) else facts


def _periods(view: CountyView, shown: pd.DataFrame) -> str:
    if view.period:
        return parse_period(view.period).label[view.language]
    shown = _reporting(view, shown)
    labels = [parse_period(text).label[view.language] for text in sorted(shown["period"].unique(), key=parse_period)]
    if len(set(labels)) > _MOST_PERIODS and any(parse_period(text).dated for text in shown["period"].unique()):
        dated = [label for label, text in zip(labels, sorted(shown["period"].unique(), key=parse_period), strict=True)
                 if parse_period(text).dated]
        return phrases.phrase("head.periods", view.language, first=dated[0], last=dated[-1], n=len(set(labels)))
    return clauses(dict.fromkeys(reversed(labels)), view.language) or "—"


def sources(view: CountyView) -> Block:
    """The documents and data sets behind the page, with their dates and caveats."""
    language = view.language
    rows = [_source_row(each, language) for each in dict.fromkeys(view.facts["document"]) if each in declared_sources()]
    if not rows and _returns(view):
        return finding([phrases.phrase("head.only_returns", language, returns=_returns(view))])
    return _source_table(rows, language)


def all_sources(language: str) -> Block:
    """Every declared document and data set: the data cards."""
    return _source_table([_source_row(each, language) for each in declared_sources()], language)


def _source_row(source_id: str, language: str) -> dict[str, str]:
    source = declared_sources()[source_id]
    licence = source.licence[language] if source.licence else "—"
    return {"id": source_id, "title": source.title[language], "issuer": source.issuer[language],
            "date": source.date[language], "licence": licence, "note": source.note[language]}


def _source_table(rows: list[dict[str, str]], language: str) -> Block:
    names = ["id", "title", "issuer", "date", "note"]
    if any(row["licence"] != "—" for row in rows):
        names.insert(4, "licence")
    columns = [Column(name, phrases.phrase(f"column.source_{name}", language)) for name in names]
    return Table(phrases.phrase("head.sources", language), columns, rows, kind="words").block()


def method_box(view: CountyView, *themes: str) -> Block:
    """The folded method box: the definition of every indicator on the page, and what statuses and grades mean.

    `themes` names those whose indicators a page shows; none for every indicator that the county has.
    """
    rows = view.result(*(each.id for each in indicators().values() if each.theme in themes)) if themes else view.results
    shown = dict.fromkeys(rows["id"])
    return folded(phrases.phrase("head.methods", view.language),
                  together(definitions([indicators()[each] for each in shown], view.language), legend(view.language)))


def definitions(listed: Iterable[Indicator], language: str) -> Block:
    """Definitions of indicators, each with its id, unit, direction and the document that defines it."""
    entries = "".join(
        f"<dt>{escape(each.label[language])} <code>{each.id}</code></dt><dd>{escape(each.definition[language])}"
        f' <span class="muted">{escape(_defined_by(each, language))}</span></dd>' for each in listed)
    return Block(f'<dl class="methods-list">{entries}</dl>' if entries else "")


def _defined_by(indicator: Indicator, language: str) -> str:
    title = declared_sources()[indicator.defined_by].title[language]
    return phrases.phrase("head.defined_by", language, direction=phrases.text(f"direction.{indicator.direction}"), title=title)


def legend(language: str) -> Block:
    """What each status and grade means."""
    rows = "".join(f"<div><dt>{mark(kind, each, phrases.phrase(f'{kind}.{each}', language))}</dt>"
                   f"<dd>{escape(phrases.phrase(f'{kind}_meaning.{each}', language))}</dd></div>"
                   for kind, names in (("status", STATUSES), ("grade", GRADES)) for each in names)
    return Block(f'<dl class="legend">{rows}</dl>')
