"""Blocks of the methods page, printed from the registry and the declarations: never a second list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.bilingual import Language
from commlib.blocks import head
from commlib.blocks.alarms import thresholds_words
from commlib.blocks.block import Block, together
from commlib.blocks.html import Row, Table, columns, finding, folded
from commlib.blocks.wording import fact_cell, with_nature
from commlib.declarations.alarms import alarm_rules
from commlib.declarations.measures import BACK_WORDS, Argument, Measure, measures
from commlib.declarations.rule_files import rules
from commlib.declarations.sources import source_title
from commlib.declarations.standards import standards
from commlib.declarations.tables import tables
from commlib.formatting import amount
from commlib.frames import each_row
from commlib.home import find_home
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import quantity_label
from commlib.store import Store, open_store
from commlib.targets import targets
from commlib.units import unit
from commlib.view import language_of


def opening(lang: str) -> Block:
    """How much is declared, in one paragraph."""
    language = language_of(lang)
    return finding([phrases.phrase(
        "catalogue.opening", language, indicators=len(indicators()), measures=len(measures()), targets=len(targets()),
        alarms=len(alarm_rules()), rules=len(rules()), standards=len(standards()), tables=len(tables()))])


def indicator_catalogue(lang: str) -> Block:
    """Every indicator: label, definition, unit, direction, the measures it needs and who defines it."""
    language = language_of(lang)
    names = ("indicator", "definition", "unit", "direction", "needs", "defined_by")
    rows = [{"theme": phrases.phrase(f"theme.{each.theme}", language), **_indicator_row(each, language)}
            for each in indicators().values()]
    return _table("catalogue.indicators", names, rows, language, group="theme")


def _indicator_row(indicator: Indicator, language: Language) -> dict[str, str]:
    needs = dict.fromkeys(_argument_words(each, language) for family in indicator.arguments.values() for each in family)
    return {"indicator": f"{indicator.label[language]} ({indicator.id})", "definition": indicator.definition[language],
            "unit": unit(indicator.unit).label[language],
            "direction": phrases.phrase(f"direction.{indicator.direction}", language),
            "needs": "; ".join(needs), "defined_by": source_title(indicator.defined_by, language)}


def _argument_words(argument: Argument, language: Language) -> str:
    member = "" if argument.is_mapping else argument.members[0]
    nature = BACK_WORDS.get(argument.years_back, argument.nature.value)
    return with_nature(quantity_label(argument.measure.id, member)[language], nature, language)


def measure_catalogue(lang: str) -> Block:
    """Every measure: label, unit, whether it may be summed, how it runs in time and how long a value holds."""
    language = language_of(lang)
    ruled = _rule_measures()
    rows = [{"theme": phrases.phrase(f"theme.{each.theme}", language), **_measure_row(each, language)}
            for each in measures().values() if each.id not in ruled]
    names = ("measure", "unit", "additive", "time", "holds", "members")
    return _table("catalogue.measures", names, rows, language, group="theme", fold=True)


def _measure_row(measure: Measure, language: Language) -> dict[str, str]:
    members = [label[language] for breakdown in measure.breakdowns.values() for label in breakdown.members.values()]
    holds = phrases.phrase("holds.months", language, n=measure.holds) if measure.holds.isdigit() \
        else phrases.phrase(f"holds.{measure.holds}", language)
    return {"measure": f"{measure.label[language]} ({measure.id})", "unit": unit(measure.unit).label[language],
            "additive": phrases.phrase("word.yes" if measure.additive else "word.no", language),
            "time": phrases.phrase(f"time.{measure.time}", language), "holds": holds, "members": "; ".join(members)}


@cache
def _rules_of(store: Store) -> pd.DataFrame:
    """The rules that the reports state, in order of county and source."""
    facts = pd.concat([store.county_facts(county) for county in store.reported_counties()])
    return facts[facts["kind"] == "rule"].sort_values(["county", "source"])


def _rule_facts() -> pd.DataFrame:
    return _rules_of(open_store(find_home()))


def _rule_measures() -> set[str]:
    return set(_rule_facts()["quantity"])


def rule_catalogue(lang: str) -> Block:
    """Every rule that the reports state: what it sets, at which value, and where it stands."""
    language = language_of(lang)
    rows: list[Row] = [{"theme": phrases.phrase(f"theme.{measures()[rule.quantity].theme}", language),
             "rule": _rule_label(rule, language), "value": fact_cell(rule, language),
             "source": f"{rule.source} {source_title(rule.document, language)}"} for rule in each_row(_rule_facts())]
    rows.sort(key=lambda row: str(row["theme"]))
    return _table("catalogue.rules", ("rule", "value", "source"), rows, language, group="theme")


def _rule_label(rule: Any, language: Language) -> str:
    label = quantity_label(rule.quantity, rule.member)[language]
    details = [getattr(rule, f"{name}_{language}") for name in ("scope", "detail") if getattr(rule, f"{name}_{language}")]
    return phrases.phrase("label.at", language, label=label, place=" ".join(details)) if details else label


def target_catalogue(lang: str) -> Block:
    """Every official target and benchmark: of which indicator, how much, whose, by when, and where it was found."""
    language = language_of(lang)
    rows: list[Row] = [{
        "theme": phrases.phrase(f"theme.{indicators()[each.indicator].theme}", language),
        "target": each.title[language], "indicator": quantity_label(each.indicator, each.member)[language],
        "value": ("≥ " if each.at_least else "≤ ") + amount(each.value, indicators()[each.indicator].unit, language),
        "kind": phrases.phrase(f"catalogue.{each.kind}", language), "source": source_title(each.source, language)}
        for each in targets()]
    rows.sort(key=lambda row: str(row["theme"]))
    names = ("indicator", "value", "target", "kind", "source")
    return _table("catalogue.targets", names, rows, language, group="theme", fold=True)


def alarm_catalogue(lang: str) -> Block:
    """Every alarm rule: its thresholds, what to do, and where the thresholds were found or that they are the project's own."""
    language = language_of(lang)
    rows: list[Row] = [{
        "alarm": each.label[language], "threshold": thresholds_words(each, language), "step": each.step[language],
        "source": each.source[language]} for each in alarm_rules().values()]
    return _table("catalogue.alarms", ("alarm", "threshold", "step", "source"), rows, language, fold=True)


def standard_catalogue(lang: str) -> Block:
    """Every named checklist and classification."""
    language = language_of(lang)
    rows = [{"name": each.name[language], "kind": phrases.phrase(f"list_kind.{each.kind}", language)}
            for each in standards().values()]
    return _table("catalogue.standards", ("name", "kind"), rows, language, fold=True)


def table_catalogue(lang: str) -> Block:
    """Every declared table of input data with a file of its own: what a row is and which columns it has."""
    language = language_of(lang)
    rows = [{"table": f"{each.label[language]} ({each.id})", "row": each.row[language], "file": each.file,
             "columns": "; ".join(f"{column.label[language]} ({column.name})" for column in each.columns)}
            for each in tables() if each.file]
    return _table("catalogue.tables", ("table", "row", "file", "columns"), rows, language)


def data_cards(lang: str) -> Block:
    """The documents and data sets with their caveats, and what statuses and grades mean."""
    language = language_of(lang)
    return together(head.all_sources(language), head.legend(language))


def _table(title: str, names: tuple[str, ...], rows: Sequence[Row], language: Language, group: str = "",
           fold: bool = False) -> Block:
    heading = phrases.phrase(title, language, n=len(rows))
    block = Table(heading, columns(language, *names), rows, kind="words", group=group).block()
    return folded(heading, block) if fold else block


