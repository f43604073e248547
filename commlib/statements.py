"""Statements: what rules make due at each place and period, what was paid, and the reasons line by line. Pure, exact fractions.

What is not reported is never taken as none, as missed or as unpaid: then what follows from it is not known, and a line says so.
Where a table's key or member column selects rows (`source`, `rule_id`), a place without such rows has not reported; any other
column answers, and a row that says otherwise counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

import pandas as pd

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.rules import CLAUSES, Kind, Per, Rule, Source, amount_words
from commlib.declarations.sources import sources
from commlib.labels import source_label
from commlib.periods import parse_period
from commlib.places import PlaceBook
from commlib.rule_sources import Cells, Known, bucket_of, cells_of, deadline_of, in_force, read
from commlib.units import unit

_MONTHS = {Per.MONTH: 1, Per.YEAR: 12}
_SHOWN_ROWS = 3


class Standing(StrEnum):
    """What came of a rule: something is due, a condition is missed, or what it needs is not known."""

    DUE = "due"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule at one place and period, in the rule's unit; None = not known. `due` is the least where the rate is a range."""

    rule: Rule
    place: str
    period: str
    standing: Standing
    base: Fraction | None
    due: Fraction | None
    paid: Fraction | None
    due_by: str
    overdue: bool | None
    lines: tuple[Text, ...]
    sources: tuple[str, ...]

    @property
    def arrears(self) -> Fraction | None:
        """What is due less what was paid; negative where more was paid; None where either is not known."""
        return None if self.due is None or self.paid is None else self.due - self.paid


def statements(rules: Iterable[Rule], facts: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> list[Statement]:
    """The statements of rules by place and period, where any source says something.

    `facts` in FACT_COLUMNS, `rows` of each of `Rule.tables` as `Store.county_rows` gives them (a table left out has none). A rule
    that is a principle, and a period in which a rule was not in force, have no statement.
    """
    return [each for rule in rules if rule.kind is not Kind.PRINCIPLE for each in _of_rule(rule, facts, rows)]


def holding(rules: Iterable[Rule], county: str, book: PlaceBook) -> list[Rule]:
    """The rules that hold for a county: of an area that it lies in, else of a document about it or about no one county."""
    def holds(rule: Rule) -> bool:
        if rule.area:
            return rule.area == "*" or county.startswith(rule.area)
        of = sources()[rule.document].county if isinstance(rule.document, str) else ""
        return not of or book.county_of_report(of).key == county

    return [rule for rule in rules if holds(rule)]


def _of_rule(rule: Rule, facts: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> Iterator[Statement]:
    cells = {id(each): cells_of(each, rule, facts, rows) for each in rule.sources}
    at = {place for each in cells.values() for place in each}
    when = {bucket_of(cell.period, rule.per) for each in cells.values() for part in each.values() for cell in part}
    for place in sorted(at):
        for period in sorted(when - {None, ""} or {""}, key=str):
            if in_force(rule, str(period)) is not False:
                yield _statement(rule, place, str(period), cells)


def _statement(rule: Rule, place: str, period: str, cells: Mapping[int, Cells]) -> Statement:
    def known(source: Source) -> Known | None:
        return read(source, cells[id(source)], place, period, rule.per)

    lines = [phrases.text("rule.line_rule", rule=rule.label, document=rule.document_words, formula=rule.formula())]
    if (rule.valid_from or rule.valid_to) and in_force(rule, period) is None:
        lines.append(phrases.text("rule.line_force_unknown"))
    standing = Standing.DUE
    for condition in rule.conditions:
        found = known(condition.source)
        met = condition.limit.met(found.low, found.high) if found else None
        lines.append(_condition_line(condition.source, condition.limit.words(), found, met))
        if met is not True and standing is not Standing.NOT_MET:
            standing = Standing.NOT_MET if met is False else Standing.NOT_KNOWN
    base, refs = _base(rule, place, period, cells, lines)
    due = None if base.high is None else _due(rule, base.high, lines)
    if standing is not Standing.DUE:
        due = Fraction(0) if standing is Standing.NOT_MET else None
    elif due is None:
        standing = Standing.NOT_KNOWN
    lines.append(phrases.text(f"rule.line_{standing}", due=_words(due, rule.unit)))
    paid = next((_in_unit(found, each.unit, rule) for each in rule.paid if (found := known(each))), None)
    lines.append(_paid_line(rule, paid))
    settled = paid.high if paid else None
    if due is not None and settled is not None:
        lines.append(phrases.text("rule.line_arrears", due=_words(due, rule.unit), paid=_words(settled, rule.unit),
                                  arrears=_words(due - settled, rule.unit)))
    due_by, overdue = deadline_of(rule, period, base.day, None if due is None or settled is None else due - settled)
    if rule.deadline:
        word = "unknown" if overdue is None else "yes" if overdue else "no"
        lines.append(phrases.text(f"rule.line_overdue_{word}", day=due_by or "?"))
    return Statement(rule, place, period, standing, base.high, due, settled, due_by, overdue, tuple(lines),
                     tuple(dict.fromkeys([*refs, *(paid.refs if paid else ())])))


def _in_unit(found: Known, source_unit: str, rule: Rule) -> Known:
    """What was paid, in the rule's unit; what is counted stays as it is."""
    factor = Fraction(1) if source_unit == "count" else unit(source_unit).factor / unit(rule.unit).factor
    return replace(found, low=found.low * factor, high=None if found.high is None else found.high * factor)


def _base(rule: Rule, place: str, period: str, cells: Mapping[int, Cells], lines: list[Text]) -> tuple[Known, tuple[str, ...]]:
    """What the rate is taken times; `high` None where it is not known."""
    if rule.kind is Kind.FIXED or rule.kind is Kind.EVERY:
        times = Fraction(1) if rule.kind is Kind.FIXED else Fraction(_MONTHS[rule.per])
        return Known(times, times), ()
    if rule.of:
        other = _statement(rule.of, place, period, cells)
        lines.extend(phrases.text("rule.line_of", line=line) for line in other.lines[1:])
        due = None if other.due is None else other.due * unit(rule.of.unit).factor / unit(rule.unit).factor
        return Known(due or Fraction(0), due), other.sources
    assert rule.base is not None
    found = read(rule.base, cells[id(rule.base)], place, period, rule.per)
    if found is None or found.high is None:
        lines.append(phrases.text("rule.line_no_base" if found is None else "rule.line_part_base", base=rule.base.words(),
                                  least=_words(found.low if found else None, rule.base.unit)))
        return found or Known(Fraction(0), None), found.refs if found else ()
    lines.append(phrases.text("rule.line_base", base=rule.base.words(), amount=_words(found.high, rule.base.unit),
                              rows=_rows(found.refs)))
    if found.carried:
        lines.append(phrases.text("rule.line_carried", period=parse_period(found.carried).label))
    if found.hedged:
        lines.append(phrases.text("rule.line_hedged"))
    return found, found.refs


def _due(rule: Rule, base: Fraction, lines: list[Text]) -> Fraction:
    """What is due at the least; up to what, where the rate is a range, a line says; both at most the cap."""
    assert rule.rate is not None
    each = max(base, Fraction(0)) * rule.factor()
    due, up_to = rule.rate.value * each, None if rule.rate.up_to is None else rule.rate.up_to * each
    if rule.cap:
        cap = rule.cap.value * unit(rule.cap.unit).factor / unit(rule.unit).factor
        if due > cap:
            lines.append(phrases.text("rule.line_cap", due=_words(due, rule.unit), cap=rule.cap.words()))
        due, up_to = min(due, cap), None if up_to is None else min(up_to, cap)
    if up_to is not None:
        lines.append(phrases.text("rule.line_up_to", up_to=_words(up_to, rule.unit)))
    return due


# ---- lines

def _words(value: Fraction | None, unit_id: str) -> Text:
    return phrases.text("rule.not_known") if value is None else amount_words(value, unit_id or "count")


def _rows(refs: Sequence[str]) -> Text:
    shown = joined([source_label(each) for each in refs[:_SHOWN_ROWS]], *CLAUSES) if refs else phrases.text("rule.no_rows")
    return phrases.text("rule.and_more", rows=shown, n=len(refs)) if len(refs) > _SHOWN_ROWS else shown


def _condition_line(source: Source, limit: Text, found: Known | None, met: bool | None) -> Text:
    word = "unknown" if met is None else "met" if met else "missed"
    return phrases.text(f"rule.line_condition_{word}", condition=source.words(), limit=limit,
                        found=_words(found.low if found else None, source.unit), rows=_rows(found.refs if found else ()))


def _paid_line(rule: Rule, paid: Known | None) -> Text:
    if paid is None:
        return phrases.text("rule.line_no_paid")
    key = "rule.line_part_paid" if paid.high is None else "rule.line_paid"
    return phrases.text(key, paid=_words(paid.low, rule.unit), rows=_rows(paid.refs))
