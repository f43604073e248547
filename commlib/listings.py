"""What the command line lists, as rows of text: indicators, measures, tables, rules, standards, places and verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from commlib.home import Home

if TYPE_CHECKING:
    from commlib.audit import Verdict

Rows = list[dict[str, str]]
VERDICT_COLUMNS = ("id", "county", "verdict", "stated", "recomputed", "unit", "why")
_DECIMALS = 6   # shown of a recomputed value; more where it is small, so that six of them tell something


def indicator_rows() -> Rows:
    """Every indicator, one row each, in the order of the themes."""
    from commlib.indicators.registry import indicators

    return [{
        "id": one.id, "theme": one.theme, "label_zh": one.label.zh, "label_en": one.label.en, "unit": one.unit,
        "direction": one.direction, "members": ";".join(one.members), "definition_zh": one.definition.zh,
        "definition_en": one.definition.en, "defined_by": one.defined_by,
        "measures": ";".join(dict.fromkeys(each.measure.id for part in one.arguments.values() for each in part)),
    } for one in indicators().values()]


def measure_rows() -> Rows:
    """Every measure, one row each, as declared."""
    from commlib.declarations.measures import measures

    return [{
        "id": one.id, "theme": one.theme, "label_zh": one.label.zh, "label_en": one.label.en, "unit": one.unit,
        "additive": _yes(one.additive), "time": one.time, "holds": one.holds,
        "breakdowns": ";".join(one.breakdowns),
        "members": ";".join(member for part in one.breakdowns.values() for member in part.members),
    } for one in measures().values()]


def table_rows(home: Home | None = None) -> Rows:
    """Every column of every table, one row each, those of the project's own tables last; `feeds` is the table's measures."""
    from commlib.declarations.tables import tables

    return [{
        "table": one.id, "theme": one.theme, "file": one.file, "cycle": one.cycle or "", "column": column.name,
        "key": _yes(column.name in one.key), "type": column.type, "unit": column.unit, "time": column.kind or "",
        "required": _yes(column.required), "blank": column.blank, "personal": column.personal,
        "allowed": ";".join(column.allowed), "minimum": _number(column.minimum), "maximum": _number(column.maximum),
        "references": column.references, "measure": column.measure, "label_zh": column.label.zh, "label_en": column.label.en,
        "aliases": ";".join(column.aliases), "feeds": ";".join(one.measures),
    } for one in tables(home) for column in one.columns]


def rule_rows(home: Home | None = None) -> Rows:
    """Every rule, one row each, the project's own last: formula in both languages, document, validity, what it needs."""
    from commlib.declarations.rule_files import rules

    return [{
        "rule": one.id, "number": str(one.number or ""), "label_zh": one.label.zh, "label_en": one.label.en, "kind": one.kind,
        "formula_zh": one.formula().zh, "formula_en": one.formula().en, "unit": one.unit, "per": one.per, "level": one.level,
        "document_zh": one.document_words.zh, "document_en": one.document_words.en, "valid_from": one.valid_from,
        "valid_to": one.valid_to, "tables": ";".join(one.tables), "measures": ";".join(one.measures),
        "figures": ";".join(figure for each in one.amounts for figure in each.figures),
    } for one in rules(home).values()]


def standard_rows(home: Home | None = None) -> Rows:
    """Every declared standard, one row each, the project's own last: how many items, and how many can be told to be met."""
    from commlib.declarations.standards import standards

    return [{
        "standard": one.id, "label_zh": one.name.zh, "label_en": one.name.en, "kind": one.kind, "level": one.level,
        "items": str(len(one.items)), "measurable": str(one.measurable), "version_zh": one.version.zh,
        "version_en": one.version.en, "valid_from": one.valid_from,
    } for one in standards(home).values()]


def item_rows(standard_id: str, home: Home | None = None) -> Rows:
    """Every item of a standard with its target; raises ParameterError naming the nearest standard."""
    from commlib.declarations.standards import standards
    from commlib.standards import known_standard

    return [{
        "item_no": each.number, "label_zh": each.label.zh, "label_en": each.label.en, "type": each.type,
        "target_zh": each.target.words().zh if each.target else "", "target_en": each.target.words().en if each.target else "",
    } for each in known_standard(standards(home), standard_id).items]


def place_rows(home: Home) -> Rows:
    """Every row of county level in the register, every declared slug and every county of the project's own.

    `county` is no where ranks leave it out.
    """
    from commlib.places import place_book

    book = place_book(home)
    return [{
        "key": place.key, "level": place.level, "kind": place.kind, "name_zh": place.name.zh, "name_en": place.name.en,
        "province_zh": place.province.zh if place.province else "",
        "prefecture_zh": place.prefecture.zh if place.prefecture else "", "parent": place.parent,
        "county": _yes(place.is_county), "fictional": _yes(place.fictional),
        "valid_from": place.valid_from, "valid_to": place.valid_to, "successor": place.successor,
        "aliases": ";".join(place.aliases),
    } for place in [*book.register.values(), *book.slugs.values()]]


def verdict_rows(verdicts: Iterable[Verdict], language: str) -> Rows:
    """One row a verdict, in the columns of VERDICT_COLUMNS; the reason in the language."""
    return [dict(zip(VERDICT_COLUMNS, (
        each.id, each.county, each.verdict.value, each.stated, plain_decimal(each.recomputed), each.unit,
        each.why[language]), strict=True)) for each in verdicts]


def plain_decimal(value: Fraction | None) -> str:
    """A recomputed value as a plain decimal without an exponent or needless zeros; "" where there is none."""
    from commlib.hedges import rounded

    if value is None:
        return ""
    places = _DECIMALS
    while value and abs(value) * 10**places < 10 ** (_DECIMALS - 1):
        places += 1
    cut = rounded(value, places)
    digits = f"{Decimal(cut.numerator * (10**places // cut.denominator)).scaleb(-places):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
