"""Numbers, figures and formulas in words of both languages, for the reasons of a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from commlib import phrases
from commlib.audit.operations import RATIOS, counts_from
from commlib.audit.records import Claim, Figure, Interval, Operation
from commlib.bilingual import Text, joined
from commlib.formatting import plain
from commlib.hedges import INFINITY, Bound, Qualifier, decimals, number, rounded
from commlib.placenames import english_name
from commlib.units import unit

MOST_DECIMALS = 4
_WHOLE = ("count", "person", "household", "dwelling")
_MONEY_WORDS = ((Fraction(10**9), "billion"), (Fraction(10**6), "million"))
_HEDGE_PHRASE = {Qualifier.AT_LEAST: "audit.at_least", Qualifier.RANGE_LOW: "audit.at_least",
                 Qualifier.AT_MOST: "audit.at_most", Qualifier.RANGE_HIGH: "audit.at_most",
                 Qualifier.APPROX: "audit.approx"}


def quantity(value: Fraction, unit_id: str, places: int, keep_zeros: bool = False) -> Text:
    """A value with its unit, rounded to so many decimals: 13.81亿元, CNY 1.381 billion; 62.7%, 62.7 %."""
    digits = _digits(value, unit_id, places, keep_zeros)
    label = unit(unit_id).label
    return Text(zh=f"{digits}{label.zh}", en=_english(rounded(value, places), unit_id, digits))


def as_printed(printed: str, unit_id: str) -> Text:
    """A value with its unit and with the very decimals that it is printed with."""
    return quantity(number(printed), unit_id, decimals(printed), keep_zeros=True)


def counts_whole(unit_id: str) -> bool:
    """Whether a unit counts what comes in whole numbers."""
    return any(unit(unit_id).measures(name) for name in _WHOLE)


def about(base_value: Fraction, unit_id: str) -> Text:
    """An implied value, given in base units: whole where things are counted, else to four digits or the whole part."""
    value = base_value / unit(unit_id).factor
    whole = unit(unit_id).factor == 1 and counts_whole(unit_id)
    digits = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return quantity(value, unit_id, 0 if whole else max(0, MOST_DECIMALS - digits))


def result(claim: Claim, value: Fraction) -> Text:
    """A recomputed value with as many decimals (two to four) as it takes to tell it from the stated one."""
    fewest = max(2, decimals(claim.printed))
    for places in range(fewest, max(fewest, MOST_DECIMALS)):
        if rounded(value, places) == value or rounded(value, places) not in (0, number(claim.printed)):
            return quantity(value, claim.unit, places)
    return quantity(value, claim.unit, max(fewest, MOST_DECIMALS))


def should_be(claim: Claim, value: Fraction) -> Text:
    """A recomputed value as it would be printed with the decimals of the stated one."""
    return quantity(value, claim.unit, decimals(claim.printed), keep_zeros=True)


def stated(claim: Claim) -> Text:
    """What the claim says is stated, with its hedge."""
    return _with_hedge(as_printed(claim.printed, claim.unit), claim.stated.qualifier)


def amount(figure: Figure, with_unit: bool = True) -> Text:
    """A figure's value with its hedge; a range in full."""
    ends = figure.interval
    if figure.qualifier in (Qualifier.RANGE_LOW, Qualifier.RANGE_HIGH) and ends and 0 < ends.low <= ends.high < INFINITY:
        return spread(ends, figure.unit, MOST_DECIMALS)
    if with_unit:
        return _with_hedge(as_printed(figure.printed, figure.unit), figure.qualifier)
    bare = Text.same(_digits(number(figure.printed), figure.unit, decimals(figure.printed), keep_zeros=True))
    return _with_hedge(bare, figure.qualifier)


def spread(allowed: Interval, unit_id: str, places: int) -> Text:
    """An interval in words: from … to …, at least …, at most …."""
    low, high = _end(allowed.low, unit_id, places), _end(allowed.high, unit_id, places)
    if low and high:
        return phrases.text("audit.between", low=low, high=high)
    if low:
        return phrases.text("audit.at_least", value=low)
    return phrases.text("audit.at_most", value=high) if high else phrases.text("audit.anything")


def allowed(claim: Claim, ends: Interval) -> Text:
    """What hedged parts leave open for the recomputed value."""
    return spread(ends, claim.unit, max(decimals(claim.printed), MOST_DECIMALS - 2))


def left_side(claim: Claim, denominators: Sequence[Figure] | None = None) -> Text:
    """The operation on the numbers, e.g. `1,849 ÷ 2,945`; units stand by them where they are not all the same."""
    below = claim.denominators if denominators is None else denominators
    units = {figure.unit for figure in (*claim.numerators, *below)}
    if claim.operation not in RATIOS:
        units.add(claim.unit)
    bare = len(units) == 1
    return _combined(claim, [amount(figure, not bare) for figure in claim.numerators],
                     [amount(figure, not bare) for figure in below])


def labels(claim: Claim) -> Text:
    """The operation on the names, e.g. `建成和在建住房 ÷ 年度住房任务`."""
    return _combined(claim, [figure.label for figure in claim.numerators],
                     [figure.label for figure in claim.denominators])


def formula(claim: Claim, value: Fraction) -> Text:
    """The whole working: `1,849 ÷ 2,945 = 62.78%（建成和在建住房 ÷ 年度住房任务）`."""
    return phrases.text("audit.formula", left=left_side(claim), result=result(claim, value), labels=labels(claim))


def plus(parts: Iterable[Text], sign: str = " + ") -> Text:
    """Texts joined by an operator."""
    return joined(parts, sign, sign)


def sentences(*parts: Text | None) -> Text:
    """Sentences one after another, as each language spaces them; None is left out."""
    return joined(filter(None, parts), "", " ")


def place_of(figure: Figure) -> Text:
    """The place a figure speaks of, in the report's words; the level where it names none."""
    if figure.place:
        return Text(zh=figure.place, en=english_name(figure.place))
    return phrases.text("audit.whole_county" if figure.level == "county" else "audit.no_place")


def _combined(claim: Claim, above: list[Text], below: list[Text]) -> Text:
    if claim.operation not in RATIOS:
        return plus([*above, *below], " − " if claim.operation is Operation.DIFFERENCE else " + ")
    whole = plus([_bracketed(above), _bracketed(below)], " ÷ ")
    return plus([whole, Text.same("1")], " − ") if counts_from(claim) else whole


def _bracketed(parts: list[Text]) -> Text:
    return parts[0] if len(parts) == 1 else plus([Text.same("("), plus(parts), Text.same(")")], "")


def _with_hedge(value: Text, qualifier: Qualifier) -> Text:
    key = _HEDGE_PHRASE.get(qualifier)
    return phrases.text(key, value=value) if key else value


def _end(end: Bound, unit_id: str, places: int) -> Text | None:
    return quantity(end, unit_id, places) if isinstance(end, Fraction) else None


def _digits(value: Fraction, unit_id: str, places: int, keep_zeros: bool = False) -> str:
    text = plain(value, places)
    if not keep_zeros and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "") if unit(unit_id).measures("calendar") else text


def _english(value: Fraction, unit_id: str, digits: str) -> str:
    base, _, per = unit(unit_id).label.en.partition(" per ")
    top = unit(unit_id.partition("/")[0])
    behind = f" per {per}" if per else ""
    if top.measures("money"):
        return f"CNY {_money(value * top.factor)}{behind}"
    if top.measures("count"):
        return f"{digits}{behind}"
    if value == 1 and base.endswith("s") and not base.endswith(("ss", "times")):
        base = base.removesuffix("s")
    return f"{digits} {base}{behind}"


def _money(yuan: Fraction) -> str:
    for size, word in _MONEY_WORDS:
        if abs(yuan) >= size:
            return f"{_digits(yuan / size, 'CNY', 12)} {word}"
    return _digits(yuan, "CNY", MOST_DECIMALS)
