"""The work as data: which notebook runs for which county, period and language, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from commlib import phrases
from commlib.bilingual import Language, Text, joined
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.periods import parse_period
from commlib.places import Place, PlaceBook, place_book
from commlib.runner.notebooks import AnalysisNotebook, Needs, ParameterType, Scope, Value
from commlib.runner.options import settings_of, split_options
from commlib.runner.parameters import check, check_language, check_period
from commlib.store import Store, open_store

ALL_COUNTIES = "all"
ALL_LANGUAGES = tuple(language.value for language in Language)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: one notebook for one county (None: it runs once), period and language.

    `settings` are all checked parameters but the county, by name: the same for every county of a plan.
    """

    notebook: AnalysisNotebook
    county: str | None
    period: str | None
    language: str
    settings: tuple[tuple[str, Value], ...]

    @property
    def parameters(self) -> dict[str, Value]:
        """What the notebook is given: every parameter in declared order."""
        settings = dict(self.settings)
        return {each.name: settings.get(each.name, self.county) for each in self.notebook.parameters}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notebook that does not apply to a county, and why."""

    notebook: AnalysisNotebook
    county: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What will run, in order, what will not, and which retired codes were asked for, with what they mean now."""

    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[Text, ...] = ()


def plan(home: Home, notebooks: Sequence[AnalysisNotebook], counties: str | None = None, period: str | None = None,
         languages: Sequence[str] = ALL_LANGUAGES, options: Sequence[str] = ()) -> Plan:
    """Plan every notebook that applies × county × language, county by county; the once-notebooks come last.

    `counties` is a comma list of keys, `all`, or None for every county that a report speaks of; `options` are values of
    other parameters as `name=value`, each for the notebooks that declare it. Raises ParameterError once, with every
    unknown county, period, language and option.
    """
    book, store = place_book(home), open_store(home)
    faults = [fault for language in languages if (fault := check_language(language))]
    faults += [fault for fault in [check_period(period)] if fault] if period is not None else []
    with _told(faults):
        keys, notices = choose_counties(book, store, counties)
    with _told(faults):
        texts = split_options(options, notebooks)
    if faults:
        raise ParameterError(joined(faults, "\n", "\n"))
    reported, dated = set(store.reported_counties()), _with_data(store, period, keys)
    applies = [notebook for notebook in notebooks if notebook.scope is Scope.ONCE or keys]
    settings = {(notebook.id, language): _settings(notebook, keys, period, language, book, texts)
                for notebook in applies for language in languages}   # once for all counties, which are checked already
    items, skipped = [], []
    for county in keys:
        for notebook in (each for each in notebooks if each.scope is Scope.COUNTY):
            reason = why_not(notebook, county, reported, book) or _no_period(county, period, dated)
            if reason:
                skipped.append(Skipped(notebook, county, reason))
            else:
                items += [Item(notebook, county, period, language, settings[notebook.id, language]) for language in languages]
    items += [Item(notebook, None, period, language, settings[notebook.id, language]) for notebook in notebooks
              if notebook.scope is Scope.ONCE for language in languages]
    return Plan(tuple(items), tuple(skipped), tuple(notices))


def choose_counties(book: PlaceBook, store: Store, wanted: str | None) -> tuple[list[str], list[Text]]:
    """The county keys that an option means, each once, in the order of the register or as given, and what is to be said.

    A retired code means all counties that follow it, and its reason is said. Raises ParameterError with every key that
    is not known.
    """
    if wanted is None:
        return store.reported_counties(), []
    if wanted.strip() == ALL_COUNTIES:
        return list(book.all_keys()), []
    faults: list[Text] = []
    found: list[Place] = []
    for key in (part.strip(" ") for part in wanted.split(",")):
        with _told(faults):
            found += book.present(key)
    if faults:
        raise ParameterError(joined(dict.fromkeys(faults), "\n", "\n"))
    return list(dict.fromkeys(place.key for place in found)), list(dict.fromkeys(
        place.resolved for place in found if place.resolved))


@contextmanager
def _told(faults: list[Text]) -> Iterator[None]:
    """Add what is refused inside to the faults, so that all are told at once."""
    try:
        yield
    except ParameterError as error:
        faults.append(error.message)


def why_not(notebook: AnalysisNotebook, county: str, reported: set[str], book: PlaceBook) -> Text | None:
    """Why a notebook does not apply to a county; None where it does."""
    if notebook.needs is Needs.REPORT and county not in reported:
        return phrases.text("run.no_report")
    if notebook.needs is Needs.REGISTER and county not in book.register:
        return phrases.text("run.no_register")
    return None


def _with_data(store: Store, period: str | None, keys: Sequence[str]) -> set[str] | None:
    """The counties that have data of the period; None where no period is asked for.

    Raises ParameterError naming the periods there are where none of the counties has any.
    """
    if period is None:
        return None
    rows = store.ask("select distinct county, period from facts where county in (select unnest(?))", [list(keys)])
    found = set(rows.loc[rows["period"] == period, "county"])
    if not found:
        known = sorted(rows["period"].unique(), key=parse_period)
        raise ParameterError(phrases.text("run.unknown_period", found=period, known=", ".join(known) or "—"))
    return found


def _no_period(county: str, period: str | None, dated: set[str] | None) -> Text | None:
    return phrases.text("run.no_period", period=period) if dated is not None and county not in dated else None


def _settings(notebook: AnalysisNotebook, counties: Sequence[str], period: str | None, language: str, book: PlaceBook,
              texts: Mapping[str, str]) -> tuple[tuple[str, Value], ...]:
    wanted = {ParameterType.COUNTY: next(iter(counties), None), ParameterType.PERIOD: period, ParameterType.LANGUAGE: language}
    given: dict[str, Any] = {each.name: wanted[each.type] for each in notebook.parameters if wanted.get(each.type) is not None}
    given |= settings_of(notebook, texts)
    checked = check(notebook, given, book)
    return tuple((each.name, checked[each.name]) for each in notebook.parameters if each.type is not ParameterType.COUNTY)
