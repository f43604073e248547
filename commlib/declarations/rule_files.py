"""Reading the YAML files of rules strictly: every wrong field of every file is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.columns import DATES, FORM, NUMBERS, Column, ColumnType, Level, Personal
from commlib.declarations.measures import Argument, UnknownArgument, read_argument
from commlib.declarations.reading import one_of, within
from commlib.declarations.rules import Amount, Condition, Deadline, Kind, Limit, Per, Rule, Source
from commlib.declarations.sources import sources
from commlib.declarations.tables import TableDeclaration, tables
from commlib.declarations.yaml_files import YamlReading
from commlib.home import Home
from commlib.reads import note
from commlib.units import is_unit, unit

_FOLDER = Path(__file__).parent / "rules"
_SLICE = "data/rules"
_FIELDS = ("number", "label", "kind", "document", "rate", "unit", "base", "of", "conditions", "cap", "per", "level", "paid",
           "deadline", "valid_from", "valid_to", "area", "note")
_SOURCE = ("measure", "table", "column", "where", "distinct", "on", "last", "complete")
_AMOUNT, _LIMIT = ("value", "up_to", "at_least", "unit", "figures"), ("at_least", "at_most", "unit", "figures")
_DAY = FORM[ColumnType.DATE]
_MONTH_DAY = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


def rules(home: Home | None = None) -> dict[str, Rule]:
    """Every rule by id, the project's own last; raises DeclarationError with every fault of all files at once."""
    own = sorted((home.data / "rules").glob("*.yml")) if home else []
    note(_SLICE)
    return read_rules([*sorted(_FOLDER.glob("*.yml")), *own], home) if own else _package_rules()


@cache
def _package_rules() -> dict[str, Rule]:
    return read_rules(sorted(_FOLDER.glob("*.yml")), None)


def read_rules(paths: Sequence[Path], home: Home | None) -> dict[str, Rule]:
    """The rules of these files by id; raises DeclarationError naming file, field, found and allowed of every fault."""
    reading = YamlReading(paths[0] if paths else Path("rules"))
    declared = {each.id: each for each in tables(home)}
    entries = reading.entries(paths, _FIELDS)
    found: dict[str, Rule] = {}
    for reading.path, rule_id, raw in sorted(entries, key=lambda each: "of" in each[2]):   # what others match comes first
        found[rule_id] = _rule(reading, rule_id, raw, declared, found)
    reading.finish()
    return {rule_id: found[rule_id] for _, rule_id, _ in entries}


def _rule(reading: YamlReading, rule_id: str, raw: Mapping[str, Any], declared: Mapping[str, TableDeclaration],
          others: Mapping[str, Rule]) -> Rule:
    reading.only(raw, _FIELDS, rule_id)
    if raw.get("of", "") and raw["of"] not in {each.id for each in others.values() if not each.of}:
        reading.wrong(f"{rule_id}.of", raw["of"], one_of(each.id for each in others.values() if not each.of))
    rule = Rule(
        id=rule_id, label=reading.words(raw, "label", rule_id), kind=reading.word(raw, "kind", Kind, Kind.PRINCIPLE, rule_id),
        document=read_document(reading, raw, rule_id), number=int(reading.text(raw, "number", rule_id, "[0-9]{1,3}") or 0),
        rate=_amount(reading, raw, "rate", rule_id), unit=read_unit(reading, raw, rule_id),
        of=others.get(str(raw.get("of", ""))), base=_source(
            reading, reading.part(raw, "base", rule_id, _SOURCE), f"{rule_id}.base", declared) if "base" in raw else None,
        conditions=tuple(_condition(reading, each, at, declared) for at, each in reading.tables(raw, "conditions", rule_id)),
        cap=_amount(reading, raw, "cap", rule_id), per=reading.word(raw, "per", Per, Per.YEAR, rule_id),
        level=reading.word(raw, "level", Level, Level.ANY, rule_id), paid=_paid(reading, raw, rule_id, declared),
        deadline=_deadline(reading, raw, rule_id), note=reading.optional_words(raw, "note", rule_id),
        area=reading.text(raw, "area", rule_id, r"\*|[0-9]{2,6}|[a-z][a-z0-9-]*", phrases.text("rule.allowed_area")),
        valid_from=reading.text(raw, "valid_from", rule_id, _DAY, phrases.text("fault.allowed_date")),
        valid_to=reading.text(raw, "valid_to", rule_id, _DAY, phrases.text("fault.allowed_date")))
    if rule.valid_to and rule.valid_from[:len(rule.valid_to)] > rule.valid_to:
        reading.wrong(f"{rule_id}.valid_to", rule.valid_to, phrases.text("table.allowed_range", minimum=rule.valid_from))
    _check_parts(reading, rule)
    return rule


def read_document(reading: YamlReading, raw: Mapping[str, Any], inside: str) -> str | Text:
    """The field `document`: the id of a declared source, or a name in both languages."""
    if isinstance(raw.get("document"), Mapping):
        return reading.words(raw, "document", inside)
    if raw.get("document") not in sources():
        reading.wrong(f"{inside}.document", raw.get("document", ""), phrases.text("rule.allowed_document"))
    return str(raw.get("document", ""))


def read_unit(reading: YamlReading, raw: Mapping[str, Any], inside: str) -> str:
    """The field `unit`: one of the closed list; "" where there is none."""
    found = reading.text(raw, "unit", inside)
    if not found or is_unit(found):
        return found
    reading.wrong(within(inside, "unit"), found, phrases.text("table.allowed_unit"))
    return ""


def _amount(reading: YamlReading, raw: Mapping[str, Any], name: str, inside: str) -> Amount | None:
    if name not in raw:
        return None
    part, at = reading.part(raw, name, inside, _AMOUNT), within(inside, name)
    value, up_to = reading.fraction(part, "value", at), reading.fraction(part, "up_to", at)
    if value is None or (up_to is not None and up_to < value):
        reading.wrong(at, f"{part.get('value', '')} {part.get('up_to', '')}".strip(), phrases.text("rule.allowed_number"))
    return Amount(value or Fraction(0), read_unit(reading, part, at) or "count", up_to, reading.yes(part, "at_least", at),
                  reading.strings(part, "figures", at))


def read_limit(reading: YamlReading, raw: Mapping[str, Any], inside: str, own_unit: str) -> Limit:
    """The one field of `at_least` and `at_most`, in the unit of what is compared with it (`own_unit`) where that is given."""
    named = [name for name in ("at_least", "at_most") if name in raw]
    if len(named) != 1:
        reading.wrong(inside, ", ".join(named), one_of(("at_least", "at_most")))
    given = read_unit(reading, raw, inside) or own_unit or "count"
    if own_unit and unit(given).kind != unit(own_unit).kind:
        reading.wrong(within(inside, "unit"), given, phrases.text("table.allowed_measure_unit", unit=own_unit, other=given))
    factor = unit(given).factor / unit(own_unit or given).factor   # kept in the unit of what it is compared with
    value = reading.fraction(raw, named[0], inside) if named else None
    return Limit(Amount((value or Fraction(0)) * factor, own_unit or given, figures=reading.strings(raw, "figures", inside)),
                 named[:1] == ["at_least"])


def _source(reading: YamlReading, raw: Mapping[str, Any], at: str, declared: Mapping[str, TableDeclaration]) -> Source:
    """One source; a wrong field is a fault and left out."""
    if ("measure" in raw) == ("table" in raw):
        reading.wrong(at, ", ".join(raw), one_of(("measure", "table")))
    if "measure" in raw:
        return Source(argument=_argument(reading, raw, at))
    table = declared.get(reading.text(raw, "table", at))
    if table is None:
        found = str(raw.get("table", ""))
        reading.wrong(within(at, "table"), found, one_of(get_close_matches(found, declared, n=5, cutoff=0.0)))
        return Source()
    columns = {each.name: each for each in table.columns if each.personal is not Personal.DROP}
    dates, numbers = ({name: each for name, each in columns.items() if each.type in types and not each.unit_from}
                      for types in (DATES, NUMBERS))

    def column(name: str, known: Mapping[str, Column]) -> str:
        found = reading.text(raw, name, at)
        if found and found not in known:
            reading.wrong(within(at, name), found, one_of(known))
        return found if found in known else ""

    where, limits = _where(reading, reading.part(raw, "where", at, columns), within(at, "where"), columns)
    summed = column("column", numbers)
    return Source(None, table, columns[summed] if summed else None, where, limits, column("distinct", columns),
                  column("on", dates), reading.yes(raw, "last", at), reading.yes(raw, "complete", at))


def _argument(reading: YamlReading, raw: Mapping[str, Any], at: str) -> Argument | None:
    try:
        found = read_argument(reading.text(raw, "measure", at))
        if found.is_mapping:
            raise UnknownArgument(", ".join(found.members))
        return found
    except UnknownArgument as fault:
        reading.wrong(within(at, "measure"), raw["measure"], one_of([str(fault)]))
        return None


def _where(reading: YamlReading, raw: Mapping[str, Any], at: str,
           columns: Mapping[str, Column]) -> tuple[dict[str, tuple[str, ...]], dict[str, Limit]]:
    where, limits = {}, {}
    for name, asked in ((name, asked) for name, asked in raw.items() if name in columns):
        place, column = within(at, name), columns[name]
        if isinstance(asked, Mapping):
            reading.only(asked, _LIMIT, place)
            if column.type not in NUMBERS:
                reading.wrong(place, column.type, one_of(NUMBERS))
            limits[name] = read_limit(reading, asked, place, column.unit)
            continue
        words = (asked,) if isinstance(asked, str) else reading.strings(raw, name, at)
        known = column.allowed or (("yes", "no") if column.type is ColumnType.BOOLEAN else ())
        for word in words:
            if known and word not in (*known, "*"):
                reading.wrong(place, word, one_of((*known, "*")))
        where[name] = words
    return where, limits


def _condition(reading: YamlReading, raw: Mapping[str, Any], at: str, declared: Mapping[str, TableDeclaration]) -> Condition:
    reading.only(raw, {*_SOURCE, *_LIMIT}, at)
    source = _source(reading, {name: each for name, each in raw.items() if name in _SOURCE}, at, declared)
    limited = {name: each for name, each in raw.items() if name in _LIMIT} or {"at_least": "1"}
    return Condition(source, read_limit(reading, limited, at, source.unit if source.argument or source.table else ""))


def _paid(reading: YamlReading, raw: Mapping[str, Any], rule_id: str,
          declared: Mapping[str, TableDeclaration]) -> tuple[Source, ...]:
    """The first of these that says something counts; of money what the table of statements says of the rule before all others."""
    found = []
    for at, each in reading.tables(raw, "paid", rule_id):
        reading.only(each, _SOURCE, at)
        found.append(_source(reading, each, at, declared))
    if str(raw.get("unit", "")).startswith("CNY"):
        table = declared["subsidy_statement"]
        found.insert(0, Source(table=table, column=table.column("paid"), where={"rule_id": (rule_id,)}))
    return tuple(found)


def _deadline(reading: YamlReading, raw: Mapping[str, Any], rule_id: str) -> Deadline | None:
    part, at = reading.part(raw, "deadline", rule_id, ("day", "column", "within")), f"{rule_id}.deadline"
    if "deadline" not in raw:
        return None
    day = reading.text(part, "day", at, _MONTH_DAY, phrases.text("rule.allowed_day"))
    found = Deadline(day, reading.text(part, "column", at), _amount(reading, part, "within", at))
    if bool(found.day) == bool(found.column or found.within):
        reading.wrong(at, ", ".join(part), one_of(("day", "column", "within")))
    if found.within and not unit(found.within.unit).measures("month"):
        reading.wrong(within(at, "within.unit"), found.within.unit, one_of(("months", "years")))
    return found


def _check_parts(reading: YamlReading, rule: Rule) -> None:
    """Faults that only show when the rule is seen whole: what its kind needs, and units that do not come out."""
    has = {"rate": rule.rate, "unit": rule.unit, "base": rule.base, "of": rule.of}
    needs = {Kind.PER_UNIT: {"rate", "unit", "base"}, Kind.MATCH: {"rate", "unit", "of"}, Kind.PRINCIPLE: set()}.get(
        rule.kind, {"rate", "unit"})
    for name in has:
        if name in ("base", "of") and has[name] and name not in needs:
            reading.wrong(within(rule.id, name), name, phrases.text("rule.allowed_none", kind=rule.kind))
        elif name in needs and not has[name]:
            reading.wrong(within(rule.id, name), "", phrases.text("rule.allowed_needed", kind=rule.kind))
    dates = [each.name for each in (rule.base.table.columns if rule.base and rule.base.table else ()) if each.type in DATES]
    if rule.deadline and rule.deadline.column and rule.deadline.column not in dates:
        reading.wrong(within(rule.id, "deadline.column"), rule.deadline.column, one_of(dates))
    if rule.of and (rule.per, rule.level) != (rule.of.per, rule.of.level):
        reading.wrong(within(rule.id, "of"), f"{rule.per}, {rule.level}", phrases.text(
            "rule.allowed_same", known=f"{rule.of.per}, {rule.of.level}"))
    if not rule.rate or not rule.unit or not all(has[name] for name in needs) or rule.kind is Kind.PRINCIPLE:
        return
    if not _units_come_out(rule):
        reading.wrong(within(rule.id, "rate.unit"), rule.rate.unit, phrases.text("rule.allowed_rate", unit=rule.unit))
    for number, each in enumerate(rule.paid, 1):
        if each.unit != "count" and unit(each.unit).kind != unit(rule.unit).kind:
            reading.wrong(within(rule.id, f"paid[{number}]"), each.unit, phrases.text("rule.allowed_rate", unit=rule.unit))
    if rule.cap and unit(rule.cap.unit).kind != unit(rule.unit).kind:
        reading.wrong(within(rule.id, "cap.unit"), rule.cap.unit, phrases.text("rule.allowed_rate", unit=rule.unit))


def _units_come_out(rule: Rule) -> bool:
    """Whether rate × base (or × months, or × another rule's money) is in the unit of the rule."""
    assert rule.rate is not None
    rate = dict(unit(rule.rate.unit).kind)
    if rule.kind is Kind.MATCH:
        return rate == {"share": 1} and rule.of is not None and unit(rule.of.unit).kind == unit(rule.unit).kind
    if rule.kind is Kind.EVERY and (rule.per is Per.TO_DATE or rate in ({"month": 1}, {"frequency": 1})):
        plain = rule.rate.value > 0 and rule.rate.up_to is None
        return plain and rule.per is not Per.TO_DATE and unit(rule.unit).measures("count")
    if rule.kind is Kind.PER_UNIT and rule.base and rate == {"share": 1}:
        return unit(rule.base.unit).kind == unit(rule.unit).kind
    by = {"month": 1} if rule.kind is Kind.EVERY else {}
    if rule.kind is Kind.PER_UNIT and rule.base and "/" in rule.rate.unit:
        by = dict(unit(rule.base.unit).kind)
    powers = {name: rate.get(name, 0) + by.get(name, 0) for name in {*rate, *by}}
    return tuple(sorted((name, power) for name, power in powers.items() if power)) == unit(rule.unit).kind
