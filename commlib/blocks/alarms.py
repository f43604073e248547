"""Blocks of alarms: the list, the gravest first, and how every rule stands: fired, green, or without data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from commlib import phrases
from commlib.alarms import Alarm, RuleState, alarm_rule_states, alarms
from commlib.bilingual import listed
from commlib.blocks.block import Block, together
from commlib.blocks.html import Cell, Row, Table, columns, finding, folded, mark, waits
from commlib.declarations.alarms import AlarmRule, AlarmSeverity, Thresholds
from commlib.formatting import MISSING, amount, plain, rounded
from commlib.labels import source_label
from commlib.periods import parse_period
from commlib.view import CountyView

_SHOWN = 15      # alarms above the fold
_SOURCES = 2     # that are named one by one
_STATES = {AlarmSeverity.RED: "bad", AlarmSeverity.AMBER: "warning", AlarmSeverity.DATA: "neutral"}


def alarm_list(view: CountyView, thresholds: Thresholds | None = None) -> Block:
    """Every alarm of the county with value, threshold, gap, since when, step and source; from the sixteenth on folded."""
    language, found = view.language, alarms(view, thresholds)
    told = finding(alarm_sentences(view, thresholds))
    if not found:
        known = any(each.known for each in alarm_rule_states(view, thresholds))
        return told if known else waits(told.plain, language)
    tables = [_table(view, part) for part in (found[:_SHOWN], found[_SHOWN:]) if part]
    if len(tables) > 1:
        tables[1] = folded(phrases.phrase("alarm.more", language, n=len(found) - _SHOWN), tables[1])
    return together(*tables)   # the page's opening paragraphs say how many there are


def _table(view: CountyView, found: list[Alarm]) -> Block:
    language = view.language
    heads = columns(language, "severity", "place", "alarm", "value", "threshold", "alarm_gap", "since", "step", "source",
                    numeric=("value", "threshold", "alarm_gap"))
    return Table(phrases.phrase("alarm.title", language), heads, [_row(view, each) for each in found], kind="words",
                 note=phrases.phrase("alarm.note", language)).block()


def _row(view: CountyView, alarm: Alarm) -> Row:
    language = view.language
    word = phrases.phrase(f"alarm.{alarm.severity}", language)
    return {"severity": Cell(word, markup=mark("status", _STATES[alarm.severity], word)),
            "place": view.name_of(alarm.place), "alarm": alarm_name(alarm, language),
            "value": _number(alarm.value, words(alarm.value, alarm.unit, language)),
            "threshold": _number(alarm.threshold, _sign(alarm) + words(alarm.threshold, alarm.unit, language)),
            "alarm_gap": _number(alarm.gap, gap_words(alarm, language)), "since": _since(alarm, language),
            "step": alarm.rule.step[language], "source": _sources(alarm, language)}


def _sign(alarm: Alarm) -> str:
    """The sign of a threshold as it is printed."""
    return alarm.sign.replace(">=", "≥").replace("<=", "≤")


def _number(value: float, text: str) -> Cell:
    return Cell(text, f"{value:.10g}" if math.isfinite(value) else "")


def alarm_name(alarm: Alarm, language: str) -> str:
    """The rule with what it is about behind it."""
    label = alarm.rule.label[language]
    return phrases.phrase("alarm.name", language, rule=label, item=alarm.item) if alarm.item else label


def words(value: float, unit: str, language: str) -> str:
    """A value of an alarm in its unit, with one decimal at most."""
    if not math.isfinite(value):
        return MISSING if math.isnan(value) else "∞"
    if unit in ("periods", "points"):
        return phrases.phrase(f"alarm.{unit}", language, n=plain(value, 0 if value == int(value) else 1))
    return amount(float(rounded(value, 1)), unit, language)


def gap_words(alarm: Alarm, language: str) -> str:
    """By how much the value is beyond the threshold: percentage points between rates, else in their unit."""
    return words(alarm.gap, "points" if alarm.unit == "percent" else alarm.unit, language)


def _since(alarm: Alarm, language: str) -> str:
    if not alarm.since:
        return MISSING
    label = parse_period(alarm.since).label[language]
    return phrases.phrase("alarm.run", language, since=label, n=alarm.run) if alarm.run > 1 else label


def _sources(alarm: Alarm, language: str) -> str:
    shown = listed([source_label(each)[language] for each in alarm.sources[:_SOURCES]], language) or MISSING
    more = len(alarm.sources) - _SOURCES
    return phrases.phrase("alarm.more_sources", language, shown=shown, n=len(alarm.sources)) if more > 0 else shown


def alarm_sentences(view: CountyView, thresholds: Thresholds | None = None) -> Iterator[str]:
    """How many alarms of each severity there are and the first of them; that none fired; or what the rules wait for."""
    language, found, states = view.language, alarms(view, thresholds), alarm_rule_states(view, thresholds)
    known = sum(each.known for each in states)
    if not known:
        names = dict.fromkeys(name for each in states if not each.untested for name in each.waits_for.split(" · "))
        waiting = listed(list(names)[:3], language)
        yield phrases.phrase("alarm.no_data", language, place=view.place.name, n=len(states), tables=waiting)
        return
    if not found:
        yield phrases.phrase("alarm.none", language, place=view.place.name, n=known, of=len(states))
        return
    counts, first = Counter(each.severity for each in found), found[0]
    parts = [phrases.phrase("alarm.count", language, severity=phrases.text(f"alarm.{each}"), n=counts[each])
             for each in AlarmSeverity if counts[each]]
    place = "" if first.place == view.place.key else view.name_of(first.place)
    yield phrases.phrase("alarm.sentence", language, n=len(found), parts=listed(parts, language), known=known, of=len(states),
                         first=alarm_name(first, language), place=place, value=words(first.value, first.unit, language),
                         threshold=_sign(first) + words(first.threshold, first.unit, language), gap=gap_words(first, language))


def alarm_states(view: CountyView, thresholds: Thresholds | None = None) -> Block:
    """Every rule with its thresholds: how many things it found beyond them, how many in order, or that it has no data."""
    language, states = view.language, alarm_rule_states(view, thresholds)
    lines: list[Row] = [{"alarm": each.rule.label[language], "threshold": thresholds_words(each.rule, language),
                         "state": _state(each, language), "fired": _count(each, each.fired), "green": _count(each, each.green),
                         "source": each.rule.source[language]} for each in states]
    heads = columns(language, "alarm", "state", "fired", "green", "threshold", "source", numeric=("fired", "green"))
    title = phrases.phrase("alarm.states", language, n=len(states), known=sum(each.known for each in states))
    return folded(title, Table(title, heads, lines, kind="words", note=phrases.phrase("alarm.states_note", language)).block())


def _state(state: RuleState, language: str) -> Cell:
    if not state.known and state.untested:
        return Cell(phrases.phrase("alarm.state_untested", language, n=state.untested), state="missing")
    if not state.known:
        return Cell(phrases.phrase("alarm.state_no_data", language, tables=state.waits_for), state="missing")
    name, colour = ("fired", "warning") if state.fired else ("green", "good")
    word = phrases.phrase(f"alarm.state_{name}", language)
    return Cell(word, markup=mark("status", colour, word))


def _count(state: RuleState, number: int) -> Cell:
    return Cell(plain(number), str(number)) if state.known else Cell(MISSING, state="missing")


def thresholds_words(rule: AlarmRule, language: str) -> str:
    """The thresholds of a rule, the gravest first, as a reader sees them."""
    def limit(severity: AlarmSeverity) -> str:
        value = rule.limits[severity].value
        return rule.limits[severity].words + (words(value, rule.unit, language) if rule.unit else
                                              phrases.phrase("alarm.each_unit", language, n=plain(value)))

    return listed([phrases.phrase("alarm.limit", language, severity=phrases.text(f"alarm.{each}"), limit=limit(each))
                   for each in AlarmSeverity if each in rule.limits], language)
