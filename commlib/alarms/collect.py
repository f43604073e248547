"""The alarms of a county: every declared rule applied to what it looks at, the gravest first, and how each rule stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from commlib import phrases
from commlib.alarms import figures, quality, records
from commlib.alarms.seen import Seen, joined
from commlib.bilingual import listed
from commlib.declarations.alarms import AlarmRule, AlarmSeverity, AlarmTest, Thresholds, rules_of
from commlib.declarations.tables import table
from commlib.periods import parse_period
from commlib.view import CountyView, kept

_TESTS: dict[AlarmTest, Callable[[CountyView, AlarmRule], Iterator[Seen]]] = {
    AlarmTest.LEVEL: figures.level, AlarmTest.SCHEDULE: figures.schedule, AlarmTest.COLUMNS: records.columns,
    AlarmTest.ELAPSED: records.elapsed, AlarmTest.LACKING: records.lacking, AlarmTest.UNMET: records.unmet,
    AlarmTest.SERIES: quality.series, AlarmTest.FAULTS: quality.faults, AlarmTest.COMPLETENESS: quality.gaps,
}
_OVER_PERIODS = (AlarmTest.LEVEL, AlarmTest.SCHEDULE)
_FEWEST_PERIODS = 2   # below which nothing is "running"
_MOST_NAMED = 3   # indicators that a rule waits for
_TABLES = {"housing": ("housing_progress",), "projects": ("project", "project_progress")}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is beyond a threshold: where, by how much (in `unit`; rates differ in percentage points), since when.

    `run` is the number of reported periods since then in which it was so without a break; `limit` has the sign before it.
    """

    rule: AlarmRule
    severity: AlarmSeverity
    place: str
    item: str
    value: float
    sign: str
    threshold: float
    unit: str
    since: str
    run: int
    sources: tuple[str, ...]

    @property
    def gap(self) -> float:
        """How far the value is from the threshold."""
        return abs(self.value - self.threshold)


@dataclass(frozen=True, slots=True)
class RuleState:
    """How a rule stands in a county: how many things it looked at are beyond a threshold and how many are not.

    With neither there are no data, or only such as cannot be judged (`untested`), which is not the same as green; `waits_for`
    names what the rule reads.
    """

    rule: AlarmRule
    fired: int
    green: int
    untested: int
    waits_for: str

    @property
    def known(self) -> bool:
        """Whether the rule had anything to judge."""
        return bool(self.fired or self.green)


def alarms(view: CountyView, thresholds: Thresholds | None = None) -> list[Alarm]:
    """All alarms of a county at the view's period, the gravest first, then by how far beyond the threshold.

    `thresholds` such as `{"behind_schedule": {"amber": 15}}` come before those of the project and the declared ones;
    raises DeclarationError naming what is wrong with them.
    """
    found = [each for fired, *_ in assessed(view, thresholds).values() for each in fired]
    order = list(AlarmSeverity)
    return sorted(found, key=lambda each: (order.index(each.severity), -each.gap, each.rule.id, each.place, each.item))


def alarm_rule_states(view: CountyView, thresholds: Thresholds | None = None) -> list[RuleState]:
    """The state of every declared rule, in the order of the declarations."""
    rules = rules_of(view.home, view.place.key, thresholds)
    return [RuleState(rules[name], len(fired), green, untested, waits_for(view, rules[name]))
            for name, (fired, green, untested) in assessed(view, thresholds).items()]


def assessed(view: CountyView, thresholds: Thresholds | None = None) -> dict[str, tuple[list[Alarm], int, int]]:
    """For every rule its alarms, and how many things it found in order or could not judge."""
    answer: dict[str, tuple[list[Alarm], int, int]] = kept(view, f"alarms {thresholds!r}", lambda: _assessed(view, thresholds))
    return answer


def _assessed(view: CountyView, thresholds: Thresholds | None) -> dict[str, tuple[list[Alarm], int, int]]:
    rules, seen = rules_of(view.home, view.place.key, thresholds), dict[str, list[Seen]]()
    for rule in rules.values():
        seen[rule.id] = list(_repeats(view, rules, seen) if rule.test is AlarmTest.REPEAT else _TESTS[rule.test](view, rule))
    return {name: _applied(rules[name], each) for name, each in seen.items()}


def _applied(rule: AlarmRule, seen: list[Seen]) -> tuple[list[Alarm], int, int]:
    tested = [each for each in seen if not math.isnan(each.value)]
    fired = [_alarm(rule, each, severity) for each in tested if (severity := rule.severity(each.value))]
    return fired, len(tested) - len(fired), len(seen) - len(tested)


def _alarm(rule: AlarmRule, seen: Seen, severity: AlarmSeverity) -> Alarm:
    standing = list(takewhile(lambda each: rule.severity(each[1]), reversed(seen.history)))
    limit = rule.limits[severity]
    return Alarm(rule, severity, seen.place, seen.item, seen.value if seen.shown is None else seen.shown,
                 limit.sign if seen.against is None else "", limit.value if seen.against is None else seen.against,
                 seen.unit or rule.unit, standing[-1][0] if standing else seen.since, len(standing) or 1, seen.sources)


def _repeats(view: CountyView, rules: dict[str, AlarmRule], seen: dict[str, list[Seen]]) -> Iterator[Seen]:
    """For how many periods up to the last each figure has been amber; NaN where fewer than two dated periods were tested.

    What is red now is none of this rule's: it is neither amber nor in order.
    """
    for rule in (rules[name] for name in seen):
        for each in seen[rule.id] if rule.test in _OVER_PERIODS and AlarmSeverity.AMBER in rule.limits else ():
            tested = [period for period in each.history if not math.isnan(period[1]) and parse_period(period[0]).dated]
            ambers = list(takewhile(lambda one: rule.severity(one[1]) is AlarmSeverity.AMBER, reversed(tested)))  # noqa: B023
            if rule.severity(each.value) is not AlarmSeverity.RED:
                judged = len(tested) >= _FEWEST_PERIODS and not math.isnan(each.value)
                yield Seen(each.place, len(ambers) if judged else float("nan"), joined([rule.label[view.language], each.item]),
                           since=ambers[-1][0] if ambers else "", sources=each.sources)


def waits_for(view: CountyView, rule: AlarmRule) -> str:
    """The tables or indicators that a rule reads, by label."""
    language, reads = view.language, rule.reads
    if rule.test is AlarmTest.LEVEL:
        return listed([each.label[language] for each in figures.read_indicators(rule)][:_MOST_NAMED], language)
    names = [reads["table"]] if "table" in reads else [reads[each]["table"] for each in ("start", "done") if each in reads]
    names = names or list(_TABLES.get(reads.get("of", ""), ()))
    if not names:
        return phrases.phrase("alarm.any_return", language)
    return joined(dict.fromkeys(table(each, view.home).label[language] for each in names))
