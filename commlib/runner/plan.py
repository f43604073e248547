"""The work as data: which notebook runs for which county, period and language, and what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commlib import phrases
from commlib.bilingual import Language, Text
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.periods import parse_period
from commlib.places import PlaceBook, place_book
from commlib.runner.notebooks import AnalysisNotebook, Needs, ParameterType, Scope, Value, joined
from commlib.runner.parameters import check, check_language, check_period
from commlib.store import Store, open_store

ALL_COUNTIES = "all"
ALL_LANGUAGES = tuple(language.value for language in Language)


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: one notebook for one county (None: it runs once), period and language."""

    notebook: AnalysisNotebook
    county: str | None
    period: str | None
    language: str
    parameters: Mapping[str, Value] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notebook that does not apply to a county, and why."""

    notebook: AnalysisNotebook
    county: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """What will run, in order, and what will not."""

    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...]


def plan(home: Home, notebooks: Sequence[AnalysisNotebook], counties: str | None = None, period: str | None = None,
         languages: Sequence[str] = ALL_LANGUAGES) -> Plan:
    """Plan every notebook that applies × county × language, county by county; the once-notebooks come last.

    `counties` is a comma list of keys, `all`, or None for every county that a report speaks of. Raises ParameterError
    once, with every unknown county, period, language and parameter.
    """
    book, store = place_book(home), open_store(home)
    faults = [fault for language in languages if (fault := check_language(language))]
    faults += [fault for fault in [check_period(period)] if fault] if period else []
    keys: list[str] = []
    try:
        keys = choose_counties(book, store, counties)
    except ParameterError as error:
        faults.insert(0, error.message)
    if faults:
        raise ParameterError(joined(faults))
    reported, dated = set(store.reported_counties()), _with_data(store, period, keys)
    items, skipped = [], []
    for county in keys:
        for notebook in (each for each in notebooks if each.scope is Scope.COUNTY):
            reason = why_not(notebook, county, reported, book) or _no_period(county, period, dated)
            if reason:
                skipped.append(Skipped(notebook, county, reason))
            else:
                items += [_item(notebook, county, period, language, book) for language in languages]
    items += [_item(notebook, None, period, language, book) for notebook in notebooks
              if notebook.scope is Scope.ONCE for language in languages]
    return Plan(tuple(items), tuple(skipped))


def choose_counties(book: PlaceBook, store: Store, wanted: str | None) -> list[str]:
    """The county keys that an option means, each once, in the order of the register or as given.

    Raises ParameterError with every key that is not known.
    """
    if wanted is None:
        return store.reported_counties()
    if wanted.strip() == ALL_COUNTIES:
        return list(book.all_keys())
    keys, faults = [], []
    for key in dict.fromkeys(part.strip() for part in wanted.split(",")):
        try:
            keys.append(book.county(key).key)
        except ParameterError as error:
            faults.append(error.message)
    if faults:
        raise ParameterError(joined(faults))
    return keys


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


def _item(notebook: AnalysisNotebook, county: str | None, period: str | None, language: str, book: PlaceBook) -> Item:
    wanted = {ParameterType.COUNTY: county, ParameterType.PERIOD: period, ParameterType.LANGUAGE: language}
    given = {each.name: wanted[each.type] for each in notebook.parameters if wanted.get(each.type) is not None}
    return Item(notebook, county, period, language, check(notebook, given, book))
