"""Blocks of the county overview: key figures, indicators by theme, what is reported and what each gap blocks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.html import Row, Table, chart, columns, finding, folded, waits
from commlib.blocks.theme import cards
from commlib.charts.bars import ranked_bars
from commlib.charts.findings import joined
from commlib.declarations.measures import BACK_WORDS, measures
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.formatting import percent, plain
from commlib.frames import each_row
from commlib.indicators.compute import formulas
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import quantity_label
from commlib.view import CountyView

_CARDS_OF_EACH = 3
_MOST_BELOW = 20   # rows of places below the county; more are folded
_TOO_MANY_BELOW = 1000   # such rows: a page of all themes leaves them to those of the themes, and these those of communities


def key_figures(view: CountyView) -> Block:
    """At most six key figures of the county, each with its base, change, target and rank where there are any."""
    shown = [*headline_rows(view, "profile"), *headline_rows(view, "results")]
    return cards(view, shown)


def headline_rows(view: CountyView, group: str, most: int = _CARDS_OF_EACH) -> list[Any]:
    """The first of a declared list of key figures that the county has; rows of a results frame."""
    known = (row for each in _headline_ids()[group] if (row := county_row(view, each)) is not None)
    return list(islice(known, most))


@cache
def _headline_ids() -> dict[str, list[str]]:
    with files("commlib").joinpath("declarations/key_figures.toml").open("rb") as stream:
        return tomllib.load(stream)


def county_row(view: CountyView, name: str) -> Any:
    """The county's own value of a measure or indicator (`id` or `id__member`), or None."""
    quantity, _, member = name.partition("__")
    rows = view.measure(quantity, member) if quantity in measures() else view.results[view.results["id"] == quantity]
    row = view.county_result(rows, member)
    return None if row is None or pd.isna(row["value"]) else row


def indicator_table(view: CountyView, theme: str | None = None) -> Block:
    """Indicators of the county by theme: value, base, grade and status, and the figures each comes from."""
    rows = view.results if theme is None else view.result(*(each.id for each in indicators().values() if each.theme == theme))
    whole = rows[rows["place"] == view.place.key]
    below = rows[rows["place"] != view.place.key]
    below = below[below["sources"] != REGISTER]   # every township's, which the village register shows
    told = None
    if len(below) > _TOO_MANY_BELOW:
        kept = below[:0] if theme is None else below[below["level"] == "township"]
        key = "overview.elsewhere_below" if theme is None else "overview.communities_below"
        told = finding([phrases.phrase(key, view.language, n=plain(len(below) - len(kept)))])
        below = kept
    tables = [_indicator_table(view, part, title) for part, title in ((whole, "county"), (below, "below")) if len(part)]
    if len(below) > _MOST_BELOW:
        tables[-1] = folded(phrases.phrase("overview.many_below", view.language, n=len(below)), tables[-1])
    if not tables:
        return waits(phrases.phrase("overview.no_indicator", view.language), view.language)
    return together(*tables, told)


def _indicator_table(view: CountyView, rows: pd.DataFrame, title: str) -> Block:
    language = view.language
    lines: list[Row] = [{
        "theme": phrases.phrase(f"theme.{indicators()[row['id']].theme}", language), "indicator": _label(view, row),
        "value": wording.value_cell(row, language), "base": wording.base_text(row, language),
        "grade": wording.grade_mark(row, language), "sources": wording.sources_text(row["sources"], language),
    } for _, row in _in_registry_order(rows).iterrows()]
    heads = columns(language, "indicator", "value", "base", "grade", "sources", numeric=("value",))
    return Table(phrases.phrase(f"overview.indicators_{title}", language), heads, lines, kind="words", group="theme",
                 note=phrases.phrase("overview.indicators_note", language)).block()


def _label(view: CountyView, row: Any) -> str:
    place = wording.place_label(view, row)
    label = quantity_label(row["id"], row["member"])[view.language]
    return phrases.phrase("label.at", view.language, label=label, place=place) if place else label


def _in_registry_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Themes in the order in which the measures stand, indicators as their theme file lists them."""
    themes = {theme: number for number, theme in enumerate(dict.fromkeys(each.theme for each in measures().values()))}
    order = {each: (themes.get(indicators()[each].theme, len(themes)), number) for number, each in enumerate(indicators())}
    return rows.assign(order=rows["id"].map(order)).sort_values("order", kind="stable")


def share_chart(view: CountyView) -> Block:
    """The county's own shares in percent as ranked bars; values that a report only states say so."""
    language = view.language
    rows = view.results[(view.results["place"] == view.place.key) & (view.results["unit"] == "percent")
                        & (view.results["sources"] != REGISTER) & (view.results["scope_en"] == "")]
    rows = rows[rows["value"].between(0, 100)]
    if rows.empty:
        return waits(phrases.phrase("overview.no_share", language), language)
    title = phrases.phrase("overview.shares", language)
    frame = pd.DataFrame({
        "label": [_label(view, row) for _, row in rows.iterrows()], "value": rows["value"].to_numpy(),
        "text": [f"{wording.value_cell(row, language).text} {wording.grade_mark(row, language).text}" for row in each_row(rows)]})
    finding = phrases.phrase("overview.shares_finding", language, n=len(frame), low=percent(float(rows["value"].min()), language),
                             high=percent(float(rows["value"].max()), language))
    if partial := int((rows["status"] == "partial").sum()):
        finding = joined([finding, phrases.phrase("overview.shares_partial", language, n=partial)], language)
    drawn = ranked_bars(frame, chart_id="shares", title=title, unit="%", language=language, finding=finding)
    return chart(drawn, title, note=phrases.phrase("overview.shares_note", language))


def waiting_table(view: CountyView) -> Block:
    """What is missing: indicators that have no value here, and the measures each waits for."""
    language = view.language
    known, facts = set(view.results["id"]), view.facts[view.facts["kind"] == "measure"]
    reported = set(zip(facts["quantity"], facts["member"], facts["nature"], strict=True))
    lines = [{"theme": phrases.phrase(f"theme.{one.theme}", language), "indicator": one.label[language],
              "waits_for": "; ".join(needed)} for one in indicators().values()
             if one.id not in known and (needed := list(dict.fromkeys(_waits_for(one, reported, language))))]
    title = phrases.phrase("overview.waiting", language, n=len(lines), of=len(indicators()))
    heads = columns(language, "indicator", "waits_for")
    return folded(title, Table(title, heads, lines, kind="words", group="theme").block())


def _waits_for(indicator: Indicator, reported: set[tuple[str, str, str]], language: str) -> Iterator[str]:
    """The measures, by label, that an indicator lacks."""
    for formula in formulas(indicator):
        for slot in formula.slots.values():
            if slot.years_back or (slot.measure.id, slot.member, slot.nature.value) not in reported:
                label = quantity_label(slot.measure.id, slot.member)[language]
                nature = BACK_WORDS.get(slot.years_back, slot.nature.value)
                yield label if nature == "actual" else phrases.phrase("label.nature", language, label=label,
                                                                      nature=phrases.text(f"nature.{nature}"))


def reported_figures(view: CountyView, *themes: str) -> Block:
    """Every figure that the county's reports state, or those of some themes, with its words of period and its figure id."""
    facts = view.facts[(view.facts["document"] != REGISTER) & ~view.facts["document"].str.contains(FROM_TABLE, regex=False)]
    language, wanted = view.language, {phrases.phrase(f"theme.{each}", view.language) for each in themes}
    lines = [{"theme": theme, "figure": _fact_label(view, fact), "value": wording.fact_cell(fact, language),
              "nature": _nature(fact, language), "period_words": _words(fact.words, language), "sources": fact.source}
             for theme, fact in _by_theme(facts, language) if not themes or theme in wanted]
    if not lines:
        came = len(view.facts) and view.facts["document"].str.contains(FROM_TABLE, regex=False).any()
        return waits(phrases.phrase("overview.no_figure" if came else "overview.no_report", language), language)
    title = phrases.phrase("overview.reported_themes" if themes else "overview.reported", language, n=len(lines))
    heads = columns(language, "figure", "value", "nature", "period_words", "sources", numeric=("value",))
    shown = Table(title, heads, lines, kind="words", group="theme").block()
    return shown if themes else folded(title, shown)


def _by_theme(facts: pd.DataFrame, language: str) -> list[tuple[str, Any]]:
    def theme(fact: Any) -> str:
        return indicators()[fact.quantity].theme if fact.kind == "stated" else measures()[fact.quantity].theme

    themes = [each.theme for each in measures().values()] + [each.theme for each in indicators().values()]
    order = list(dict.fromkeys(themes))
    rows = sorted(each_row(facts), key=lambda fact: order.index(theme(fact)))
    return [(phrases.phrase(f"theme.{theme(fact)}", language), fact) for fact in rows]


def _fact_label(view: CountyView, fact: Any) -> str:
    row = pd.Series(fact._asdict())
    place = wording.place_label(view, row)
    label = quantity_label(fact.quantity, fact.member)[view.language]
    return phrases.phrase("label.at", view.language, label=label, place=place) if place else label


def _nature(fact: Any, language: str) -> str:
    if fact.kind == "stated":
        return phrases.phrase("grade.stated", language)
    return phrases.phrase(f"nature.{fact.nature}", language)


def _words(words: str, language: str) -> str:
    key = "words." + "_".join("".join(part if part.isalnum() else " " for part in words.lower()).split())
    return phrases.phrase(key, language) if key in phrases.catalogue() else words


