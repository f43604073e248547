"""Blocks of the report audit: stated against recomputed, verdicts, and what a reader should not trust."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pandas as pd

from commlib import phrases
from commlib.audit import FINDINGS, Outcome, Verdict, audit_reports, without_reprints
from commlib.audit.agreement import disagreements
from commlib.bilingual import Text
from commlib.blocks.block import Block, together
from commlib.blocks.html import Cell, Row, Table, bullets, chart, columns, folded, mark, waits
from commlib.charts.dots import stated_against_recomputed
from commlib.declarations.measures import measures
from commlib.formatting import amount, percent
from commlib.frames import each_row
from commlib.indicators.totals import total_differences
from commlib.labels import figure_label, quantity_label
from commlib.periods import parse_period
from commlib.store import Store
from commlib.view import CountyView

_MARKS = {Outcome.CONSISTENT: ("good", "✓"), Outcome.ROUNDING: ("warning", "≈"), Outcome.BASE_MISLABELLED: ("bad", "✕"),
          Outcome.INCONSISTENT: ("bad", "✕"), Outcome.UNVERIFIABLE: ("neutral", "?")}
_WORST_FIRST = (Outcome.INCONSISTENT, Outcome.BASE_MISLABELLED, Outcome.ROUNDING, Outcome.CONSISTENT, Outcome.UNVERIFIABLE)


@cache
def _audited(store: Store, county: str) -> tuple[tuple[Verdict, ...], dict[str, str]]:
    """Verdicts on a county's reports and the reports' own indicator of each figure; several blocks ask for them."""
    figures = store.county_figures(county)
    verdicts = without_reprints(audit_reports(figures, store.county_claims(county)), figures)
    return tuple(verdicts), dict(zip(figures["id"], figures["indicator"], strict=True))


def verdicts_of(view: CountyView) -> list[Verdict]:
    """The verdicts on the county's own reports, the worst first; a report that is printed again counts once."""
    verdicts, _ = _audited(view.store, view.place.key)
    return sorted(verdicts, key=lambda each: (_WORST_FIRST.index(each.verdict), each.document, each.id))


def audit_counts(view: CountyView) -> Counter[Outcome]:
    """How many stated values came out how."""
    return Counter(each.verdict for each in verdicts_of(view))


def audit_chart(view: CountyView) -> Block:
    """Stated percentages against what their own parts give, with the band that rounding allows."""
    language = view.language
    found = [each for each in verdicts_of(view) if each.unit == "percent" and each.recomputed is not None and each.band]
    if not found:
        return waits(phrases.phrase("audit_page.nothing_to_draw", language), language)
    frame = pd.DataFrame([{"label": f"{_label(view, each)} {each.stated_id}", "stated": float(each.stated),
                           "low": float(each.band[0]), "high": float(each.band[1]), "recomputed": float(each.recomputed),
                           "verdict": each.verdict.value} for each in found if each.band and each.recomputed is not None])
    title = phrases.phrase("audit_page.chart", language)
    drawn = stated_against_recomputed(frame, chart_id="audit", title=title, unit="%", language=language)
    return chart(drawn, title, note=phrases.phrase("audit_page.chart_note", language))


def audit_table(view: CountyView) -> Block:
    """Every stated value that was checked, its verdict and why; those that cannot be checked are folded."""
    verdicts = verdicts_of(view)
    if not verdicts:
        return waits(phrases.phrase("audit_page.nothing", view.language), view.language)
    checked = [each for each in verdicts if each.verdict is not Outcome.UNVERIFIABLE]
    open_ones = [each for each in verdicts if each.verdict is Outcome.UNVERIFIABLE]
    shown = _verdict_table(view, checked, "audit_page.checked") if checked else None
    rest = folded(phrases.phrase("audit_page.unverifiable", view.language, n=len(open_ones)),
                  _verdict_table(view, open_ones, "audit_page.unverifiable")) if open_ones else None
    return together(shown, rest)


def _verdict_table(view: CountyView, verdicts: list[Verdict], title: str) -> Block:
    language = view.language
    heads = columns(language, "figure", "stated", "recomputed", "verdict", "why", "sources", numeric=("stated", "recomputed"))
    rows: list[Row] = [{
        "figure": _label(view, each), "stated": _stated(each, language), "recomputed": _recomputed(each, language),
        "verdict": verdict_cell(each.verdict, language), "why": each.why[language],
        "sources": "; ".join([each.stated_id, *each.operands]),
    } for each in verdicts]
    return Table(phrases.phrase(title, language, n=len(rows)), heads, rows, kind="words").block()


def _stated(verdict: Verdict, language: str) -> str:
    if verdict.unit == "percent":   # with the very digits that the report prints
        return verdict.stated + ("%" if language == "zh" else " %")
    return amount(float(verdict.stated), verdict.unit, language)


def _recomputed(verdict: Verdict, language: str) -> Cell:
    if verdict.recomputed is None:
        return Cell("—", "", "missing")
    value = float(verdict.recomputed)
    shown = percent(value, language, 2) if verdict.unit == "percent" else amount(value, verdict.unit, language)
    return Cell(shown, f"{value:.10g}")


def verdict_cell(outcome: Outcome, language: str) -> Cell:
    """A verdict as sign and word."""
    kind, sign = _MARKS[outcome]
    word = phrases.phrase(f"chart.verdict_{outcome}", language)
    return Cell(f"{sign} {word}", markup=mark("verdict", kind, f"{sign} {word}"))


def _label(view: CountyView, verdict: Verdict) -> str:
    _, indicators = _audited(view.store, view.place.key)
    label = figure_label(verdict.stated_id, indicators[verdict.stated_id]) or Text.same(verdict.stated_id)
    if not verdict.place:
        return label[view.language]
    return phrases.phrase("label.at", view.language, label=label, place=view.book.place(view.place.key, verdict.place).name)


def rules_of_audit(view: CountyView) -> Block:
    """The ordered rules by which each verdict was reached."""
    rules = [text[view.language] for key, text in phrases.catalogue().items() if key.startswith("audit_rule.")]
    return bullets(phrases.phrase("audit_page.rules", view.language), rules)


def distrust(view: CountyView) -> Block:
    """In plain words, what a reader should not trust: each finding in one line, the worst first."""
    findings = [each for each in verdicts_of(view) if each.verdict in FINDINGS]
    lines = [phrases.phrase("audit_page.distrust_line", view.language, figure=_label(view, each), id=each.stated_id,
                            stated=_stated(each, view.language), why=each.why[view.language]) for each in findings]
    lines += _difference_lines(view, {each.stated_id for each in findings})
    if not lines:
        sentence = phrases.phrase("audit_page.no_finding", view.language)
        return Block(f"<p>{sentence}</p>", sentence)
    return bullets(phrases.phrase("audit_page.distrust", view.language, n=len(lines)), lines)


def _difference_lines(view: CountyView, said: set[str]) -> list[str]:
    """Figures that differ from what tables give, and totals from their parts, but for what a finding speaks of already."""
    apart = list(each_row(disagreements(view.facts, view.hierarchy)))
    lines = [phrases.phrase("audit_page.table_line", view.language, label=quantity_label(row.id, row.member)[view.language],
                            place=view.name_of(row.place), period=parse_period(row.period).label[view.language], id=row.source,
                            stated=f"{row.stated:,.10g}", tables=f"{row.tables:,.10g}") for row in apart]
    rows = each_row(total_differences(view.facts, view.hierarchy, measures().values()))
    return lines + [phrases.phrase(
        "audit_page.total_line", view.language, label=quantity_label(row.id)[view.language], stated=f"{row.stated:,.10g}",
        summed=f"{row.summed:,.10g}", sources=row.sources)
        for row in rows if row.sources.split(";")[0] not in said | {each.source for each in apart}]
