"""Blocks of the county overview: key figures, indicators by theme, what is reported and what each gap blocks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
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
from commlib.declarations.sources import REGISTER
from commlib.formatting import percent, plain
from commlib.frames import each_row
from commlib.indicators.compute import formulas
from commlib.indicators.registry import Indicator, indicators
from commlib.labels import quantity_label, unknown
from commlib.view import CountyView

_CARDS_OF_EACH = 3
_MOST_BELOW = 20   # rows of places below the county; more are folded
_EXPORTED = ["id", "label", "member", "place", "place_name", "period", "value", "low", "high", "unit", "grade", "status",
             "sources"]
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
    """Indicators of the county by theme: value, base, grade and status, and the figures each comes from.

    Raises ParameterError with the nearest themes for one that there is not.
    """
    themes = {each.theme for each in indicators().values()} | {each.theme for each in measures().values()}
    if theme is not None and theme not in themes:
        raise unknown("overview.unknown_theme", theme, sorted(themes))
    rows = view.results if theme is None else view.result(*(each.id for each in indicators().values() if each.theme == theme))
    whole = rows[rows["place"] == view.place.key]
    below = rows[rows["place"] != view.place.key]
    below = below[below["sources"] != REGISTER]   # every township's, which the village register shows
    told, exported = None, pd.concat([whole, below])
    if len(below) > _TOO_MANY_BELOW:
        kept = below[:0] if theme is None else below[below["level"] == "township"]
        key = "overview.elsewhere_below" if theme is None else "overview.communities_below"
        told = finding([phrases.phrase(key, view.language, n=plain(len(below) - len(kept)))])
        below = kept
    tables = [_indicator_table(view, below, "below")] if len(below) else []
    if len(below) > _MOST_BELOW:
        tables = [folded(phrases.phrase("overview.many_below", view.language, n=len(below)), tables[-1])]
    if len(whole):
        tables = [*(_by_folded_theme(view, whole) if theme is None else [_indicator_table(view, whole, "county")]), *tables]
    if not tables:
        return waits(phrases.phrase("overview.no_indicator" if theme is None else "overview.none_of_theme", view.language),
                     view.language)
    return replace(together(*tables, told), frame=_exported(view, exported))


def _by_folded_theme(view: CountyView, rows: pd.DataFrame) -> list[Block]:
    """A folded table for each theme: all of them below one another are more than a reader scrolls through."""
    rows = _in_registry_order(rows)
    themes = rows["id"].map(lambda each: indicators()[each].theme)
    return [folded(phrases.phrase("overview.of_theme", view.language, theme=phrases.text(f"theme.{theme}"), n=len(part)),
                   _indicator_table(view, part, "county")) for theme, part in rows.groupby(themes, sort=False)]


def _exported(view: CountyView, rows: pd.DataFrame) -> pd.DataFrame:
    """What is saved of an indicator table: a row each value, unrounded, with everything that its number depends on."""
    labels = [quantity_label(row["id"], row["member"])[view.language] for _, row in rows.iterrows()]
    places = [wording.place_label(view, row) or view.place.name[view.language] for _, row in rows.iterrows()]
    return rows.assign(label=labels, place_name=places)[_EXPORTED].reset_index(drop=True)


def _indicator_table(view: CountyView, rows: pd.DataFrame, title: str) -> Block:
    language = view.language
    lines: list[Row] = [{
        "theme": phrases.phrase(f"theme.{indicators()[row['id']].theme}", language), "indicator": wording.label_at(view, row),
        "value": wording.value_cell(row, language), "base": wording.base_text(row, language),
        "grade": wording.grade_mark(view, row), "sources": wording.sources_text(row["sources"], language),
    } for _, row in _in_registry_order(rows).iterrows()]
    heads = columns(language, "indicator", "value", "base", "grade", "sources", numeric=("value",))
    group = "theme" if len({line["theme"] for line in lines}) > 1 else ""
    return Table(phrases.phrase(f"overview.indicators_{title}", language), heads, lines, kind="words", group=group,
                 note=phrases.phrase("overview.indicators_note", language)).block()


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
        "label": [wording.label_at(view, row) for _, row in rows.iterrows()], "value": rows["value"].to_numpy(),
        "text": [f"{wording.value_cell(row, language).text} {wording.grade_mark(view, row).text}" for row in each_row(rows)]})
    ends = {"low": percent(float(rows["value"].min()), language), "high": percent(float(rows["value"].max()), language)}
    finding = phrases.phrase("overview.shares_finding", language, n=len(frame), **ends) if ends["low"] != ends["high"] else ""
    partial = int((rows["status"] == "partial").sum())
    part = phrases.phrase("overview.shares_partial", language, n=partial) if partial else ""
    drawn = ranked_bars(frame, chart_id="shares", title=title, unit="%", language=language, finding=finding)
    return chart(drawn, title, note=joined([part, phrases.phrase("overview.shares_note", language)], language))


def waiting_table(view: CountyView) -> Block:
    """What is missing: indicators that have no value here, and the measures each waits for."""
    language = view.language
    known, facts = set(view.results["id"]), view.facts[view.facts["kind"] == "measure"]
    reported = set(zip(facts["quantity"], facts["member"], facts["nature"], strict=True))
    lines = [{"theme": phrases.phrase(f"theme.{one.theme}", language), "indicator": one.label[language],
              "waits_for": "; ".join(dict.fromkeys(_waits_for(one, reported, language)))
              or phrases.phrase("overview.apart", language)} for one in indicators().values() if one.id not in known]
    title = phrases.phrase("overview.waiting", language, n=len(lines), of=len(indicators()))
    heads = columns(language, "indicator", "waits_for")
    return folded(title, Table(title, heads, lines, kind="words", group="theme").block())


def _waits_for(indicator: Indicator, reported: set[tuple[str, str, str]], language: str) -> Iterator[str]:
    """The measures, by label, that an indicator lacks."""
    for formula in formulas(indicator):
        for slot in formula.slots.values():
            if slot.years_back or (slot.measure.id, slot.member, slot.nature.value) not in reported:
                label = quantity_label(slot.measure.id, slot.member)[language]
                yield wording.with_nature(label, BACK_WORDS.get(slot.years_back, slot.nature.value), language)


def reported_figures(view: CountyView, *themes: str) -> Block:
    """Every figure that the county's reports state, or those of some themes, with its words of period and its figure id."""
    language, wanted = view.language, {phrases.phrase(f"theme.{each}", view.language) for each in themes}
    lines = [{"theme": theme, "figure": wording.label_at(view, pd.Series(fact._asdict()).rename({"quantity": "id"})),
              "value": wording.fact_cell(fact, language),
              "nature": wording.doubted(view, _nature(fact, language), fact.source),
              "period_words": _words(fact.words, language), "sources": fact.source}
             for theme, fact in _by_theme(view.reported, language) if not themes or theme in wanted]
    if not lines:
        return waits(phrases.phrase("overview.no_figure" if len(view.returned) else "overview.no_report", language), language)
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


def _nature(fact: Any, language: str) -> str:
    if fact.kind == "stated":
        return phrases.phrase("grade.stated", language)
    return phrases.phrase(f"nature.{fact.nature}", language)


def _words(words: str, language: str) -> str:
    key = "words." + "_".join("".join(part if part.isalnum() else " " for part in words.lower()).split())
    return phrases.phrase(key, language) if key in phrases.catalogue() else words


