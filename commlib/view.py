"""The view: the frozen record that notebooks hold of one county, one period and one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.audit import FINDINGS, Outcome, Verdict, audit_reports, without_reprints
from commlib.bilingual import Language
from commlib.declarations.measures import Nature, measure, measures
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.errors import ParameterError
from commlib.home import Home, find_home
from commlib.indicators.compute import RESULT_COLUMNS, compute, formulas, measure_formula
from commlib.indicators.hierarchy import hierarchy_of
from commlib.indicators.registry import indicators
from commlib.labels import unknown
from commlib.periods import parse_period
from commlib.places import Place, PlaceBook, place_book
from commlib.store import Store, open_store


@dataclass(frozen=True)
class CountyView:
    """One county as a notebook sees it: its place, its facts, and its results computed afresh."""

    place: Place
    period: str | None
    language: Language
    home: Home = field(repr=False)
    store: Store = field(repr=False)
    book: PlaceBook = field(repr=False)

    def __repr__(self) -> str:
        return f"<CountyView {self.place.name[self.language]} {self.place.key}, {len(self.facts)} facts, period {self.period}>"

    @cached_property
    def facts(self) -> pd.DataFrame:
        """All facts of the county and of the places in it; a facts frame."""
        return self.store.county_facts(self.place.key)

    @cached_property
    def reported(self) -> pd.DataFrame:
        """The facts that the county's reports state: neither of the register nor of rows of returns."""
        documents = self.facts["document"]
        return self.facts[(documents != REGISTER) & ~documents.str.contains(FROM_TABLE, regex=False)]

    @cached_property
    def returned(self) -> pd.DataFrame:
        """The facts that rows of returns feed."""
        return self.facts[self.facts["document"].str.contains(FROM_TABLE, regex=False)]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The audit's verdicts on what the county's reports state; a report that is printed again counts once."""
        figures = self.store.county_figures(self.place.key)
        return without_reprints(audit_reports(figures, self.store.county_claims(self.place.key)), figures)

    @cached_property
    def doubts(self) -> dict[str, Outcome]:
        """The worst finding against each reported figure that should not be trusted as it stands, by its id."""
        return {each.stated_id: each.verdict for worst_last in reversed(FINDINGS) for each in self.verdicts
                if each.verdict is worst_last}

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every indicator at every place of the county that can be computed or is stated; a results frame.

        One row per id, member, place and named subset: at the view's period, else at the latest that each has.
        """
        return self._shown(self._computed, self.facts)

    def result(self, *ids: str) -> pd.DataFrame:
        """The rows of `results` of these indicators alone: no more is computed than the themes that they are of."""
        if "_computed" in vars(self):   # all of them are there already
            return self.results[self.results["id"].isin(ids)]
        themes = dict.fromkeys(indicators()[each].theme for each in ids)
        found = [self._of_theme(theme) for theme in themes]
        rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=RESULT_COLUMNS)
        return self._shown(rows[rows["id"].isin(ids)], self.facts[self.facts["quantity"].isin(ids)])

    def _shown(self, computed: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
        stated = stated_results(facts[facts["kind"] == "stated"])
        both = pd.concat([computed.assign(scope_zh="", scope_en=""), stated], ignore_index=True)
        both = both.drop_duplicates(["id", "member", "place", "period", "scope_en"], keep="first")   # computed before stated
        return self._at_period(both, ["id", "member", "place", "scope_en"])

    def measure(self, measure_id: str, member: str = "") -> pd.DataFrame:
        """A measure at every place of the county, rolled up where it is not stated; a results frame."""
        rows = self._of_measure(measure(measure_id).id)
        rows = rows[(rows["id"] == measure_id) & (rows["member"] == member)]
        return self._at_period(rows, ["id", "member", "place"]).reset_index(drop=True)

    def history(self, name: str, member: str = "") -> pd.DataFrame:
        """An indicator, or a measure with `__plan` or `__target` behind it, at every place and period; a results frame.

        Raises ParameterError with the nearest ids for one that there is not.
        """
        if name not in indicators() and name.partition("__")[0] not in measures():
            raise unknown("cli.unknown_id", name, [*indicators(), *measures()])
        rows = self.all_periods(name) if name in indicators() else self._of_measure(name.partition("__")[0])
        return rows[(rows["id"] == name) & (rows["member"] == member)]

    def all_periods(self, name: str) -> pd.DataFrame:
        """An indicator with all its members, at every place and period; a results frame."""
        rows = self._computed if "_computed" in vars(self) else self._of_theme(indicators()[name].theme)
        return rows[rows["id"] == name]

    @cached_property
    def hierarchy(self) -> pd.DataFrame:
        """The places of the county and what they belong to, as `hierarchy_of` gives them."""
        return hierarchy_of(self.facts, self.book)

    @cached_property
    def _computed(self) -> pd.DataFrame:
        """Every indicator at every place and period of the county."""
        return compute(self.facts, self.hierarchy, [each for one in indicators().values() for each in formulas(one)])

    def _of_theme(self, theme: str) -> pd.DataFrame:
        """The indicators of one theme at every place and period: what a page of that theme needs."""
        wanted = [each for one in indicators().values() if one.theme == theme for each in formulas(one)]
        found: pd.DataFrame = kept(self, f"theme {theme}", lambda: compute(self.facts, self.hierarchy, wanted))
        return found

    def _of_measure(self, quantity: str) -> pd.DataFrame:
        """One measure with its members at every place and period; plans and targets as `id__plan`."""
        found: pd.DataFrame = kept(self, f"measure {quantity}", lambda: self._measured(quantity))
        return found

    def _measured(self, quantity: str) -> pd.DataFrame:
        facts, wanted = self.facts[self.facts["quantity"] == quantity], []
        if quantity in measures():
            for member, nature in facts[["member", "nature"]].drop_duplicates().itertuples(index=False):
                if nature in (Nature.ACTUAL, Nature.PLAN, Nature.TARGET):
                    formula = measure_formula(measures()[quantity], member, Nature(nature))
                    wanted.append(replace(formula, id=quantity if nature == Nature.ACTUAL else f"{quantity}__{nature}"))
        return compute(facts, self.hierarchy, wanted)

    def county_result(self, rows: pd.DataFrame, member: str = "") -> pd.Series | None:
        """The whole county's own row of a results frame, or None; a named subset of it is not the county."""
        whole = rows[rows["scope_en"] == ""] if "scope_en" in rows else rows
        own = whole[(whole["place"] == self.place.key) & (whole["member"] == member)]
        return own.iloc[-1] if len(own) else None

    def _at_period(self, rows: pd.DataFrame, identity: list[str]) -> pd.DataFrame:
        if self.period:
            return rows[rows["period"] == self.period].reset_index(drop=True)
        order = rows["period"].map({text: parse_period(text).order() for text in rows["period"].unique()})
        return rows.assign(order=order).sort_values("order", kind="stable").drop_duplicates(identity, keep="last") \
            .drop(columns="order").sort_index().reset_index(drop=True)

    def name_of(self, place_key: str) -> str:
        """The name of a place of this county in the view's language."""
        return self.book.place(self.place.key, place_key).name[self.language] if place_key != self.place.key \
            else self.place.name[self.language]


def kept(view: CountyView, name: str, make: Callable[[], Any]) -> Any:
    """What is worked out once for a view and asked for by several blocks; kept with the view and thrown away with it."""
    memory = vars(view).setdefault("_kept", {})
    if name not in memory:
        memory[name] = make()
    return memory[name]


def places_behind(view: CountyView, rows: pd.DataFrame, place: str) -> frozenset[str]:
    """What the value of a place stands for, in rows of one moment by place: itself where whole, else the lowest that report.

    Two values compare, and divide, only where this is the same. Empty where the place has no row.
    """
    if place not in rows.index or rows["status"].get(place) != "partial":
        return frozenset([place] if place in rows.index else [])
    parents = kept(view, "parents", lambda: dict(zip(view.hierarchy["place"], view.hierarchy["parent"], strict=True)))
    below = within = {place}
    while below := {each for each in rows.index if parents.get(each) in below}:
        within = within | below
    return frozenset(within - {parents.get(each) for each in within})


def stated_results(stated: pd.DataFrame) -> pd.DataFrame:
    """Stated values of indicators as rows of a results frame: shown with their grade, never rolled up."""
    rows = stated.assign(id=stated["quantity"], grade="stated", status="ok", sources=stated["source"], since="",
                         numerator=float("nan"), denominator=float("nan"), n=1, n_expected=1.0)
    for language in ("zh", "en"):
        joined = stated[f"scope_{language}"] + " " + stated[f"detail_{language}"]
        rows[f"scope_{language}"] = joined.str.strip()
    return rows[[*RESULT_COLUMNS, "scope_zh", "scope_en"]]


def open_county(county: str, period: str | None = None, lang: str = "zh", home: Home | None = None) -> CountyView:
    """Open a county by its six-digit code (as text) or declared slug, at a period or at the latest it has.

    Raises ParameterError, in both languages and with the nearest valid value, for a county, period or language that
    is not known.
    """
    home = home or find_home()
    book = place_book(home)
    place = book.county(county)
    if period is not None:
        parse_period(period)
    return CountyView(place, period, language_of(lang), home, open_store(home), book)


def language_of(lang: str) -> Language:
    """Read a language; raises ParameterError naming the choices."""
    if lang not in set(Language):
        raise ParameterError(phrases.text("error.unknown_language", found=lang, allowed=", ".join(Language)))
    return Language(lang)


