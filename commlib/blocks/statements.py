"""Blocks of rules: what those that hold for a county make due, what was paid and is in arrears, and the reasons."""

from __future__ import annotations

import math
from collections.abc import Callable

from commlib import phrases
from commlib.bilingual import listed
from commlib.blocks.block import Block, together
from commlib.blocks.cells import amount_cell, decimal_cell
from commlib.blocks.completeness import last_day
from commlib.blocks.html import Cell, Column, Row, Table, bullets, folded, folded_if_long, notice
from commlib.declarations.rule_files import rules
from commlib.declarations.rules import Kind, Rule
from commlib.declarations.tables import table
from commlib.formatting import MISSING
from commlib.labels import quantity_label
from commlib.periods import parse_period
from commlib.rule_sources import bucket_of
from commlib.statements import Standing, Statement, holding, statements
from commlib.units import conversion, unit
from commlib.view import CountyView

_MONEY = "CNY10k"   # of every cell where all the rules of a table are of money


def money_rules(view: CountyView) -> Block:
    """What the rules of money that hold for the county make due, what was paid and is in arrears, with the reasons."""
    return rule_statements(view, of_money)


def of_money(rule: Rule) -> bool:
    """Whether what a rule makes due is money."""
    return bool(rule.unit) and unit(rule.unit).measures("money")


def held_rules(view: CountyView, wanted: Callable[[Rule], bool]) -> list[Rule]:
    """The rules of a kind that hold for the county and make something due."""
    return [each for each in holding(rules(view.home).values(), view.place.key, view.book)
            if each.kind is not Kind.PRINCIPLE and wanted(each)]


def rule_statements(view: CountyView, wanted: Callable[[Rule], bool]) -> Block:
    """The rules that hold for the county, each with the sums of its statements; below each statement, and its reasons."""
    language, hold = view.language, held_rules(view, wanted)
    if not hold:
        return notice("", phrases.phrase("word.note", language), word("no_rule", language))
    found = held_statements(view, hold)
    by_rule = {rule.id: [each for each in found if each.rule.id == rule.id] for rule in hold}
    money = all(of_money(rule) for rule in hold)
    lines = [_rule_line(rule, by_rule[rule.id], last_day(view), money, language) for rule in hold]
    idle = [rule for rule in hold if not by_rule[rule.id]]
    needed = dict.fromkeys(table(each, view.home).label[language] for rule in idle for each in rule.tables)
    needed |= dict.fromkeys(quantity_label(each.partition("__")[0])[language] for rule in idle for each in rule.measures)
    labels = {name: phrases.phrase(f"funding.column_{name}", language)
              for name in ("rule", "formula", "places", "due", "paid", "arrears", "late")}
    labels |= {name: phrases.phrase("funding.column_summed", language, label=labels[name]) for name in ("due", "paid", "arrears")}
    heads = [Column(name, label, name not in ("rule", "formula")) for name, label in labels.items()]
    note = word("rules_note", language)
    if idle:
        note += phrases.phrase("funding.rules_wait", language, n=len(idle), needed=listed(needed, language))
    summed = Table(phrases.phrase("funding.rules", language, n=len(hold)), heads, lines, _unit(money, language), note=note,
                   kind="words").block()
    return together(summed, *(_statement_blocks(view, found, money) if found else ()))


def _unit(money: bool, language: str) -> str:
    return unit(_MONEY).label[language] if money else ""


def _cell(value: float | None, rule: Rule, money: bool, language: str) -> Cell:
    """A sum in the one unit of a table of money, else with the unit of its rule; "—" where it is not known."""
    if value is None or not money:
        return amount_cell(math.nan if value is None else float(value), rule.unit, language)
    return decimal_cell(float(value) * float(conversion(rule.unit, _MONEY)), decimals=2)


def held_statements(view: CountyView, hold: list[Rule]) -> list[Statement]:
    """The last statement of each rule and place up to the view's period, in the order of the rules."""
    rows = {name: view.store.county_rows(name, view.place.key) for rule in hold for name in rule.tables}
    last: dict[tuple[str, str], Statement] = {}
    for each in sorted(statements(hold, view.facts, rows), key=_order):
        until = bucket_of(view.period, each.rule.per) if view.period else None
        if not (until and until[:4].isdigit() and each.period > until):
            last[each.rule.id, each.place] = each
    order = {rule.id: at for at, rule in enumerate(hold)}
    return sorted(last.values(), key=lambda each: (order[each.rule.id], each.place))


def _order(statement: Statement) -> tuple[object, ...]:
    return parse_period(statement.period).order() if statement.period else (False,)


def _rule_line(rule: Rule, found: list[Statement], until: str, money: bool, language: str) -> Row:
    def total(name: str) -> Cell:
        known = [float(value) for each in found if (value := getattr(each, name)) is not None]
        return _cell(sum(known) if known else None, rule, money, language)

    unknown = sum(each.standing is Standing.NOT_KNOWN for each in found)
    places = phrases.phrase("funding.places_unknown", language, n=len(found), unknown=unknown) if unknown else str(len(found))
    late = sum(bool(each.overdue) and (not until or each.due_by < until) for each in found)
    return {"rule": rule.label[language], "formula": rule.formula()[language], "places": places, "due": total("due"),
            "paid": total("paid"), "arrears": total("arrears"),
            "late": str(late) if rule.deadline and found else MISSING}


def _statement_blocks(view: CountyView, found: list[Statement], money: bool) -> tuple[Block, Block]:
    language = view.language
    lines: list[Row] = [{
        "rule": each.rule.label[language], "place": view.name_of(each.place),
        "period": parse_period(each.period).label[language] if each.period else MISSING,
        **{name: _cell(getattr(each, name), each.rule, money, language) for name in ("due", "paid", "arrears")},
        "standing": phrases.phrase(f"standing.{each.standing}", language),
        "due_by": each.due_by or MISSING} for each in found]
    heads = [Column(name, phrases.phrase(f"funding.column_{name}", language), name in ("due", "paid", "arrears"))
             for name in ("place", "period", "due", "paid", "arrears", "standing", "due_by")]
    title = phrases.phrase("funding.statements", language, n=len(found))
    block = Table(title, heads, lines, _unit(money, language), group="rule").block()
    reasons = together(*(bullets(f"{each.rule.label[language]} · {view.name_of(each.place)}",
                                 [line[language] for line in each.lines]) for each in found))
    return folded_if_long(title, block, len(found)), folded(word("reasons", language), reasons)


def word(key: str, language: str) -> str:
    """A word of the pages of money."""
    return phrases.phrase(f"funding.{key}", language)
