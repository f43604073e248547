"""Rules as data: what is due by which formula, under which conditions, by which document; one YAML entry a rule.

Rules of the reports stand in `rules/*.yml` of this folder, a county's own in `data/rules/*.yml` of the project, in the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from commlib import phrases
from commlib.bilingual import Text, joined
from commlib.declarations.columns import Column, Level
from commlib.declarations.measures import Argument
from commlib.declarations.sources import sources
from commlib.declarations.tables import TableDeclaration
from commlib.formatting import amount
from commlib.units import unit

CLAUSES = ("；", "; ")   # between clauses, in each language


class Kind(StrEnum):
    """How what is due follows: by rate × base, once a place and period, × what another rule makes due, × time; or not at all."""

    PER_UNIT = "per_unit"
    FIXED = "fixed"
    MATCH = "match"
    EVERY = "every"
    PRINCIPLE = "principle"


class Per(StrEnum):
    """The period of a statement; `to_date` adds up from the beginning to the end of each year."""

    MONTH = "month"
    YEAR = "year"
    TO_DATE = "to_date"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: exact, at least so much, or up to a higher end; `figures` are those of reports that state it."""

    value: Fraction
    unit: str
    up_to: Fraction | None = None
    at_least: bool = False
    figures: tuple[str, ...] = ()

    def words(self) -> Text:
        """The amount for a reader."""
        shown = amount_words(self.value, self.unit)
        if self.up_to is not None:
            return phrases.text("rule.range", low=shown, high=amount_words(self.up_to, self.unit))
        return phrases.text("rule.at_least", amount=shown) if self.at_least else shown


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number must reach (`least`) or may not exceed."""

    amount: Amount
    least: bool

    def met(self, low: Fraction, high: Fraction | None) -> bool | None:
        """Whether a number between two ends keeps to the limit; None where that is open, as where the high end is not known."""
        bound = self.amount.value
        if self.least:
            return True if low >= bound else None if high is None or high >= bound else False
        return False if low > bound else None if high is None or high > bound else True

    def words(self) -> Text:
        """The limit for a reader."""
        return phrases.text("rule.at_least" if self.least else "rule.at_most", amount=self.amount.words())


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from: a measure, or rows of a table, of which a column is summed or the rows are counted.

    `where`: a column holds one of these words (`*`: is filled in); `limits`: a number keeps to a limit. `distinct`: different
    values of this column are counted. `on`: the date column that dates a row. `last`: of each thing its last row alone.
    `complete`: where the table has rows of the county and period, a place that it does not name has none (else: not reported).
    """

    argument: Argument | None = None
    table: TableDeclaration | None = None
    column: Column | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    distinct: str = ""
    on: str = ""
    last: bool = False
    complete: bool = False

    @property
    def unit(self) -> str:
        """The unit of the number."""
        if self.argument:
            return self.argument.measure.unit
        return self.column.unit if self.column else "count"

    def words(self) -> Text:
        """What is meant, for a reader."""
        if self.argument:
            measure, member = self.argument.measure, self.argument.members[0]
            part = measure.member_label(member) if member else None
            return phrases.text("rule.part", whole=measure.label, part=part) if part else measure.label
        assert self.table is not None
        named = self.column.label if self.column else phrases.text("rule.rows") if not self.distinct else phrases.text(
            "rule.different", column=self.table.column(self.distinct).label)
        told = [phrases.text("rule.where", column=self.table.column(name).label, words=self._words(name, words))
                for name, words in self.where.items() if name != "rule_id"]
        told += [phrases.text("rule.where", column=self.table.column(name).label, words=each.words())
                 for name, each in self.limits.items()]
        found = phrases.text("rule.of_table", table=self.table.label, column=named)
        return phrases.text("rule.part", whole=found, part=joined(told, *CLAUSES)) if told else found

    def _words(self, name: str, words: Iterable[str]) -> Text:
        assert self.table is not None
        labels = {choice.id: choice.label for choice in self.table.column(name).choices}
        fixed = {"*": phrases.text("rule.filled"), "yes": phrases.text("rule.yes"), "no": phrases.text("rule.no")}
        return joined([labels.get(each) or fixed.get(each) or Text.same(each) for each in words], *CLAUSES)


@dataclass(frozen=True, slots=True)
class Condition:
    """A number that must keep to a limit before anything is due: a scale, an acceptance."""

    source: Source
    limit: Limit


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when: a day of each year (`11-30`), a date column of the base's rows, or a while after that or after `valid_from`."""

    day: str = ""
    column: str = ""
    within: Amount | None = None

    def words(self) -> Text:
        """The deadline for a reader."""
        if self.within:
            return phrases.text("rule.within", time=self.within.words())
        return phrases.text("rule.by_day", day=self.day) if self.day else phrases.text("rule.by_row")


@dataclass(frozen=True, slots=True)
class Rule:
    """One declared rule; `number` is that of the catalogue of rules (0: a rule of the project's own).

    It holds for the counties whose key begins with `area`; without one for the county of its document, or for all.
    """

    id: str
    label: Text
    kind: Kind
    document: str | Text
    number: int = 0
    rate: Amount | None = None
    unit: str = ""
    base: Source | None = None
    of: Rule | None = None
    conditions: tuple[Condition, ...] = ()
    cap: Amount | None = None
    per: Per = Per.YEAR
    level: Level = Level.ANY
    paid: tuple[Source, ...] = ()
    deadline: Deadline | None = None
    valid_from: str = ""
    valid_to: str = ""
    area: str = ""
    note: Text | None = None

    @property
    def document_words(self) -> Text:
        """The document for a reader: its title and id, or what the project wrote."""
        return document_words(self.document)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything that its statements ask: base, conditions, what was paid, and those of the rule that it matches."""
        own = [*([self.base] if self.base else []), *(each.source for each in self.conditions), *self.paid]
        return (*own, *(self.of.sources if self.of else ()))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables whose rows its statements need."""
        return tuple(dict.fromkeys(each.table.id for each in self.sources if each.table))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures whose facts its statements need, as arguments."""
        return tuple(dict.fromkeys(each.argument.name for each in self.sources if each.argument))

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """Every number that the rule states: rate, cap, deadline and limits."""
        limits = [each.limit.amount for each in self.conditions]
        limits += [each.amount for source in self.sources for each in source.limits.values()]
        found = [self.rate, self.cap, self.deadline.within if self.deadline else None, *limits]
        return tuple(each for each in found if each)

    def factor(self) -> Fraction:
        """What one unit of the base (of time: one month) makes due at a rate of one, in the rule's unit; exact."""
        assert self.rate is not None
        rate = unit(self.rate.unit).factor
        if unit(self.rate.unit).measures("month"):   # an interval: one each so many months
            return 1 / (self.rate.value * rate) / self.rate.value
        counts = "/" in self.rate.unit or unit(self.rate.unit).measures("share")
        base = unit(self.base.unit).factor if self.base and counts else Fraction(1)
        due = Fraction(1) if unit(self.rate.unit).measures("frequency") or self.of else unit(self.unit).factor
        return rate * base / due

    def formula(self) -> Text:
        """The formula with its conditions, cap and deadline, for a reader."""
        if self.kind is Kind.PRINCIPLE:
            found = phrases.text("rule.formula_principle")
            found = phrases.text("rule.part", whole=found, part=self.rate.words()) if self.rate else found
        else:
            base = self.base.words() if self.base else self.of.label if self.of else Text.same("-")
            found = phrases.text(f"rule.formula_{self.kind}", rate=self.rate.words() if self.rate else "", base=base)
        told = [phrases.text("rule.where", column=each.source.words(), words=each.limit.words()) for each in self.conditions]
        told += [phrases.text("rule.cap", cap=self.cap.words())] if self.cap else []
        told += [self.deadline.words()] if self.deadline else []
        return phrases.text("rule.part", whole=found, part=joined(told, *CLAUSES)) if told else found


def document_words(document: str | Text) -> Text:
    """A document for a reader: the title and id of a declared source, or what the project wrote."""
    if isinstance(document, Text):
        return document
    return phrases.text("rule.part", whole=sources()[document].title, part=Text.same(document))


def amount_words(value: Fraction, unit_id: str) -> Text:
    """An amount as each language writes it."""
    return Text(amount(float(value), unit_id, "zh", as_stated=True), amount(float(value), unit_id, "en", as_stated=True))
