"""Blocks of the report audit: stated against recomputed, verdicts, and what a reader should not trust."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from commlib import phrases
from commlib.audit import FINDINGS, Outcome, Verdict
from commlib.audit.agreement import disagreements
from commlib.bilingual import Text
from commlib.blocks.block import Block, together
from commlib.blocks.cells import missing
from commlib.blocks.html import Cell, Row, Table, bullets, chart, columns, folded, waits
from commlib.blocks.wording import sources_text, verdict_cell
from commlib.charts.dots import stated_against_recomputed
from commlib.declarations.measures import measures
from commlib.declarations.sources import sources
from commlib.formatting import MISSING
from commlib.frames import each_row
from commlib.indicators.totals import total_differences
from commlib.labels import figure_label, quantity_label
from commlib.periods import parse_period
from commlib.view import CountyView

_WORST_FIRST = (Outcome.INCONSISTENT, Outcome.BASE_MISLABELLED, Outcome.ROUNDING, Outcome.CONSISTENT, Outcome.UNVERIFIABLE)


def verdicts_of(view: CountyView) -> list[Verdict]:
    """The verdicts on the county's own reports, the worst first."""
    return sorted(view.verdicts, key=lambda each: (_WORST_FIRST.index(each.verdict), each.document, each.id))


def audit_counts(view: CountyView) -> Counter[Outcome]:
    """How many stated values came out how."""
    return Counter(each.verdict for each in verdicts_of(view))


def audit_chart(view: CountyView) -> Block:
    """Stated percentages against what their own parts give, with the band that rounding allows."""
    language = view.language
    found = [each for each in verdicts_of(view) if each.unit == "percent" and each.found]
    if not found:
        return waits(phrases.phrase("audit_page.nothing_to_draw", language), language)
    frame = pd.DataFrame([{"label": f"{_label(view, each)} {each.stated_id}", "stated": float(each.stated),
                           "low": float(each.band[0]), "high": float(each.band[1]), "recomputed": float(each.recomputed),
                           "stated_text": each.said[language], "recomputed_text": each.found[language],
                           "verdict": each.verdict.value}
                          for each in found if each.band and each.recomputed is not None and each.said and each.found])
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
    return verdict.said[language] if verdict.said else MISSING


def _recomputed(verdict: Verdict, language: str) -> Cell:
    if verdict.found is None or verdict.recomputed is None:
        return missing()
    return Cell(verdict.found[language], f"{float(verdict.recomputed):.10g}")


def _label(view: CountyView, verdict: Verdict) -> str:
    label = figure_label(verdict.stated_id, verdict.indicator) or Text.same(verdict.stated_id)
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
        sentence = phrases.phrase("audit_page.no_finding" if verdicts_of(view) else "audit_page.nothing", view.language)
        return together(Block(f"<p>{sentence}</p>", sentence), _remarks(view))
    return together(bullets(phrases.phrase("audit_page.distrust", view.language, n=len(lines)), lines), _remarks(view))


def _remarks(view: CountyView) -> Block | None:
    """What was noted of each report when it was read: what is lost, inferred or hard to believe, which no rule can decide."""
    notes = [phrases.phrase("audit_page.remark", view.language, id=each, note=sources()[each].note)
             for each in dict.fromkeys(view.reported["document"]) if each in sources()]
    return bullets(phrases.phrase("audit_page.remarks", view.language), notes) if notes else None


def _difference_lines(view: CountyView, said: set[str]) -> list[str]:
    """Figures that differ from what tables give, and totals from their parts, but for what a finding speaks of already."""
    apart = list(each_row(disagreements(view.facts, view.hierarchy)))
    lines = [phrases.phrase("audit_page.table_line", view.language, label=quantity_label(row.id, row.member)[view.language],
                            place=view.name_of(row.place), period=parse_period(row.period).label[view.language], id=row.source,
                            stated=f"{row.stated:,.10g}", tables=f"{row.tables:,.10g}") for row in apart]
    rows = each_row(total_differences(view.facts, view.hierarchy, measures().values()))
    return lines + [phrases.phrase(
        "audit_page.total_line", view.language, label=quantity_label(row.id)[view.language], place=view.name_of(row.place),
        period=parse_period(row.period).label[view.language], stated=f"{row.stated:,.10g}", summed=f"{row.summed:,.10g}",
        sources=sources_text(row.sources, view.language))
        for row in rows if row.sources.split(";")[0] not in said | {each.source for each in apart}]
