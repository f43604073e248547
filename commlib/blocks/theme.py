"""What a theme's page opens with: paragraphs and cards of the figures that `pages.toml` names for it, chosen by the data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import escape
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from commlib import phrases, progress, rankings
from commlib.bilingual import Text, listed
from commlib.blocks import wording
from commlib.blocks.block import NOTHING, Block
from commlib.blocks.head import latest_period
from commlib.blocks.indicators import make_whole, own_values, unit_of, writer
from commlib.charts.findings import joined, names
from commlib.declarations.measures import measures
from commlib.declarations.reading import Reading, one_of, within
from commlib.declarations.sources import REGISTER
from commlib.declarations.tables import table, tables
from commlib.formatting import ordinal, percent, plain
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label
from commlib.methods.proportions import difference_interval
from commlib.peers import standings
from commlib.periods import Period, parse_period
from commlib.targets import Target, target_at
from commlib.view import CountyView

_MOST_FIGURES = 6
_MOST_CHANGES = 3


@dataclass(frozen=True, slots=True)
class ThemePage:
    """What a theme's notebook speaks of: figures by name, the indicator that ranks places, and its tables."""

    figures: tuple[str, ...]
    rank: str
    tables: tuple[str, ...]


@cache
def theme_pages() -> dict[str, ThemePage]:
    """The declared pages by notebook; raises DeclarationError as `read_pages` does."""
    return read_pages(Path(str(files("commlib").joinpath("declarations/pages.toml"))))


def read_pages(path: Path) -> dict[str, ThemePage]:
    """Read and check a file of pages; raises DeclarationError naming every figure, rank and table that is not declared."""
    reading, found = Reading(path), {}
    known = {each.id for each in tables()}
    for name, raw in reading.file().items():
        page = ThemePage(reading.strings(raw, "figures", name), reading.field(raw, "rank", "", name),
                         reading.strings(raw, "tables", name))
        reading.only(raw, ("figures", "rank", "tables"), name)
        for figure in (*page.figures, *filter(None, [page.rank])):
            if not _is_declared(figure):
                reading.wrong(within(name, "figures" if figure in page.figures else "rank"), figure, _near(
                    figure, {*indicators(), *measures()}))
        for each in (each for each in page.tables if each not in known):
            reading.wrong(within(name, "tables"), each, _near(each, known))
        found[name] = page
    reading.finish()
    return found


def _is_declared(figure: str) -> bool:
    """Whether a figure is an indicator or a measure, with a member that it has where one is named."""
    quantity, _, member = figure.partition("__")
    if quantity in indicators():
        return not member or member in indicators()[quantity].members
    if quantity not in measures():
        return False
    return not member or any(member in each.members for each in measures()[quantity].breakdowns.values())


def _near(found: str, known: Iterable[str]) -> Text:
    """The declared names that are like a wrong one."""
    return one_of(get_close_matches(found.partition("__")[0], sorted(known), n=3, cutoff=0.0))


def theme_rows(view: CountyView, notebook: str) -> list[Any]:
    """The county's own rows of a page's figures that it has, at most six; rows of a results frame."""
    found = (row for name in theme_pages()[notebook].figures for row in _own(view, name))
    return list(islice(found, _MOST_FIGURES))


def _own(view: CountyView, name: str) -> Iterator[Any]:
    """The county's rows of one figure: of every member where none is named."""
    quantity, _, member = name.partition("__")
    rows = view.result(quantity) if quantity in indicators() else view.measure(quantity, member)
    rows = own_values(view, rows)
    if rows.empty and view.period:
        rows = _last_before(view, quantity, member, parse_period(view.period))
    if member:
        rows = rows[rows["member"] == member]
    if make_whole(rows):   # of the parts of a whole the largest
        rows = rows.sort_values("value", ascending=False, kind="stable")
    yield from (row for _, row in rows.head(_MOST_FIGURES // 2).iterrows())


def _last_before(view: CountyView, quantity: str, member: str, asked: Period) -> pd.DataFrame:
    """The county's last values that ended by the period asked for, such as the money of the year before a month."""
    rows = own_values(view, view.all_periods(quantity) if quantity in indicators() else view.history(quantity, member))
    periods = rows["period"].map(parse_period)
    ended = periods.map(lambda each: each.dated and asked.dated and each.ends <= asked.ends).astype(bool)
    last = rows.assign(ends=periods.map(lambda each: each.ends if each.dated else 0))[ended].sort_values("ends", kind="stable")
    return last.drop_duplicates("member", keep="last").drop(columns="ends")


# ---- cards

def theme_figures(view: CountyView, notebook: str) -> Block:
    """Cards of a page's figures: value with its base, the change since the period before, and the official target."""
    return cards(view, theme_rows(view, notebook))


def cards(view: CountyView, rows: Sequence[Any]) -> Block:
    """A card for each row of a results frame; nothing where there are none."""
    told = "\n".join(f"{quantity_label(row['id'], row['member'])[view.language]}: {wording.value_cell(row, view.language).text}"
                     for row in rows)
    drawn = "".join(_card(view, row) for row in rows)
    return Block(f'<dl class="key-figures">{drawn}</dl>', told, pd.DataFrame(rows)) if rows else NOTHING


def _card(view: CountyView, row: Any) -> str:
    """One key figure: value with its base, the change, the target and the rank among counties where there are any."""
    language, value = view.language, wording.value_cell(row, view.language)
    when = parse_period(row["period"]).label[language]
    base = wording.base_from(view, row)
    if row["id"] not in indicators() or row["period"] != latest_period(view):   # of another period than the page
        base = phrases.phrase("label.member", language, label=when, member=base) if base else when
    grade = wording.grade_mark(view, row)
    status = grade.markup if grade.text != phrases.phrase("grade.computed", language) else ""
    told = [change_text(view, row), target_text(view, row), rank_text(view, row)]
    extra = "".join(f'<dd class="base">{escape(each)}</dd>' for each in told if each)
    return (f'<div><dt>{escape(capital(quantity_label(row["id"], row["member"])[language]))}</dt>'
            f'<dd class="value" title="{escape(value.title)}">{escape(value.text)}</dd>'
            f'<dd class="base">{escape(base)} {status}</dd>{extra}</div>')


def rank_text(view: CountyView, row: Any) -> str:
    """The rank of a county's value, m of n in its province, else in the nation; "" for what only reports give."""
    found = [each for each in standings(view, row["id"], row["member"]) if each.position] if row["sources"] == REGISTER else []
    for each in sorted(found, key=lambda each: each.circle != "province")[:1]:
        if each.position:
            return phrases.phrase("peer.rank", view.language, circle=each.name,
                                  rank=ordinal(each.position.rank, each.position.n, view.language))
    return ""


# ---- paragraphs

def theme_sentences(view: CountyView, notebook: str) -> Iterator[str]:
    """Paragraphs of a page: the figures with their bases, changes and targets, who is first and last, and what was returned."""
    page, language, rows = theme_pages()[notebook], view.language, theme_rows(view, notebook)
    sent = [(table(each, view.home).label[language], len(view.store.county_rows(each, view.place.key))) for each in page.tables]
    sent = [(label, n) for label, n in sent if n]
    if not rows and not sent:
        yield phrases.phrase("theme_words.nothing", language, place=view.place.name,
                             tables=listed([table(each, view.home).label[language] for each in page.tables], language))
        return
    if rows:
        yield joined([capital(_figure(view, row)) for row in rows], language)
        yield joined([_of(view, row, change_text(view, row)) for row in rows[:_MOST_CHANGES]], language)
        yield joined([_of(view, row, target_text(view, row)) for row in rows], language)
    yield _ranked(view, page.rank)
    if sent:
        told = listed([phrases.phrase("theme_words.table", language, table=label, n=plain(n)) for label, n in sent], language)
        yield phrases.phrase("theme_words.tables", language, tables=told)
    if len(sent) < len(page.tables):
        missing = [table(each, view.home).label[language] for each in page.tables
                   if not len(view.store.county_rows(each, view.place.key))]
        yield phrases.phrase("theme_words.missing", language, tables=listed(missing, language))


def _figure(view: CountyView, row: Any) -> str:
    language, period = view.language, parse_period(row["period"])
    key = "stated" if row["grade"] == "stated" else "at" if period.dated else "undated"
    base = wording.base_from(view, row)
    said = {"label": quantity_label(row["id"], row["member"]), "value": wording.value_cell(row, language).text,
            "period": period.label, "base": phrases.phrase("theme_words.base", language, base=base) if base else "",
            "partial": phrases.phrase("theme_words.partial", language, status=wording.status_text(row, language))
            if row["status"] == "partial" else "",
            "doubt": wording.doubt_words(view, row["sources"])}
    return phrases.phrase(f"theme_words.figure_{key}", language, **said)


def earlier_value(view: CountyView, row: Any) -> tuple[str, float, bool]:
    """The period that a county's value is compared with, its value there, and whether that is the same period last year.

    Only where the same places reported at both ends; ("", NaN, False) where there is none.
    """
    then, found, compared = _earlier(view, row)
    return then, math.nan if found is None else float(found["value"]), compared == "year_before"


def _earlier(view: CountyView, row: Any) -> tuple[str, Any, str]:
    """The same with the row of history itself, and in a word what it is: the last year, the period before, or the last alike."""
    history, now = view.history(row["id"], row["member"]), parse_period(row["period"])
    own = history[(history["place"] == view.place.key) & history["value"].notna()]
    before = sorted((each for each in map(parse_period, own["period"].unique()) if each.dated and now.dated and each < now
                     and len(each.text) == len(now.text)), reverse=True)
    last_year = now.years_before(1) if now.dated else None
    for each in sorted(before, key=lambda each: each != last_year):
        if progress.alike(view, view.place.key, *(progress.at(history, period) for period in (each.text, row["period"]))):
            compared = "year_before" if each == last_year else "period_before" if each == before[0] else "period_alike"
            return each.text, own[own["period"] == each.text].iloc[-1], compared
    return "", None, ""


def _differs(row: Any, found: Any) -> bool | None:
    """Whether a value differs from an earlier one for certain: two samples by the interval of the difference; None: untested."""
    declared = indicators().get(row["id"])
    if declared is None or not (declared.sample or declared.pooled):
        return True
    _, low, high = difference_interval((found["numerator"], row["numerator"]), (found["denominator"], row["denominator"]))
    return None if declared.pooled or math.isnan(low) else low > 0 or high < 0


def change_text(view: CountyView, row: Any) -> str:
    """The change in words: percentage points of a percentage, percent of everything else; "" where nothing can be compared."""
    then, found, compared = _earlier(view, row)
    if found is None:
        return ""
    value, before, language = float(row["value"]), float(found["value"]), view.language
    difference = value - before if unit_of(row["id"]) == "percent" else 100 * (value / before - 1) if before > 0 else math.nan
    differs = _differs(row, found)
    if math.isnan(difference) or differs is None:
        return ""
    kind = "points" if unit_of(row["id"]) == "percent" else "relative"
    way = "up" if round(difference, 1) > 0 else "down" if round(difference, 1) < 0 else "same"
    size = plain(abs(difference), 1) if kind == "points" else percent(abs(difference), language)
    if way != "same" and not differs:
        way = "undecided"
    return phrases.phrase(f"theme_words.{kind}_{way}" if way != "same" else "theme_words.same", language, size=size,
                          against=phrases.text(f"theme_words.{compared}", period=parse_period(then).label))


def _of(view: CountyView, row: Any, told: str) -> str:
    """What is said of a figure as a sentence; "" for nothing."""
    label = quantity_label(row["id"], row["member"])
    return capital(phrases.phrase("theme_words.change", view.language, label=label, change=told)) if told else ""


def capital(sentence: str) -> str:
    """A sentence may begin with a label, which in English begins small."""
    return sentence[:1].upper() + sentence[1:]


def declared_target(view: CountyView, row: Any) -> Target | None:
    """The target that a county's value is held against, as `target_at` chooses it; None without one."""
    return target_at(row["id"], row["member"], view.place.key, row["period"])


def gap_to_target(row: Any, target: Target, language: str) -> str:
    """By how much a value differs from its target: percentage points between rates, else in the unit."""
    gap = abs(float(row["value"]) - target.value)
    if unit_of(row["id"]) == "percent":
        return phrases.phrase("theme_words.gap_points", language, n=plain(gap, 1))
    return writer(row["id"], language)(gap)


def target_text(view: CountyView, row: Any) -> str:
    """The official target and whether the value reaches it, with the difference; "" where there is no target."""
    target = declared_target(view, row)
    if target is None:
        return ""
    write, language = writer(row["id"], view.language), view.language
    late = target.due_at(row["period"])   # what is due later is not missed yet
    met = "target_met_above" if target.at_least else "target_met_below"
    key = met if target.met_by(float(row["value"])) else "target_missed" if late else "target_ahead"
    return phrases.phrase(f"theme_words.{key}", language, target=write(target.value),
                          title=target.title, gap=gap_to_target(row, target, language))


def _ranked(view: CountyView, name: str) -> str:
    """Who is first and last among the townships that report, with the difference to the county; "" where they do not differ."""
    quantity, _, member = name.partition("__")
    if not name or (quantity not in indicators() and quantity not in measures()):
        return ""
    frame = rankings.ranks(view, quantity, member)
    known, language = frame[frame["value"].notna()], view.language
    if len(known) < 2 or known["value"].max() == known["value"].min():
        return ""
    write = writer(quantity, language)
    first, last = known[known["rank"] == 1], known[known["rank"] == known["rank"].max()]
    return phrases.phrase("theme_words.ranked", language, n=len(known), label=quantity_label(quantity, member),
                          first=names(first["label"].tolist(), language), first_value=write(float(first["value"].iloc[0])),
                          last=names(last["label"].tolist(), language), last_value=write(float(last["value"].iloc[0])))
