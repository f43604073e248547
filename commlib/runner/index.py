"""The site's index: which pages lie there, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commlib import phrases
from commlib.addresses import names_by_folder
from commlib.bilingual import Language, Text, joined
from commlib.declarations.sources import FROM_TABLE, REGISTER
from commlib.errors import ParameterError
from commlib.places import Place, PlaceBook, place_book
from commlib.publish.site import IndexRow, Link, Reason, index_path, relative_href, write_index
from commlib.runner.notebooks import AnalysisNotebook, Scope
from commlib.runner.outcomes import Outcome, Status
from commlib.runner.pages import ONCE_FOLDER, Workshop, package_version
from commlib.runner.plan import Item, why_not
from commlib.store import Store


@dataclass(frozen=True)
class _Site:
    """What the index is written from."""

    workshop: Workshop
    notebooks: Sequence[AnalysisNotebook]
    book: PlaceBook
    store: Store
    reported: frozenset[str]
    failures: dict[tuple[str, str | None, str], Outcome]
    pages: dict[str, set[str]]   # the names of what lies in each folder of the site, and of the executed copies
    copies: dict[str, set[str]]

    def cell(self, notebook: AnalysisNotebook, county: str | None, language: str) -> Link | Reason:
        """The page, or why it is not there."""
        item = Item(notebook, county, None, language, ())
        page = self.workshop.page(item)
        if page.name in self.pages.get(county or "", ()):
            return Link(relative_href(index_path(self.workshop.site, language), page))
        if failure := self.failures.get((notebook.id, county, language)):
            return Reason(phrases.phrase("run.failed_now", language, error=failure.first_line), failed=True)
        reason = why_not(notebook, county, set(self.reported), self.book) if county else None
        if reason:
            return Reason(reason[language])
        if self.workshop.kept(item).name in self.copies.get(county or ONCE_FOLDER, ()):
            return Reason(phrases.phrase("run.failed_before", language), failed=True)
        return Reason(phrases.phrase("run.not_yet", language))


def write_indexes(workshop: Workshop, notebooks: Sequence[AnalysisNotebook], outcomes: Iterable[Outcome], store: Store,
                  findings: dict[str, int]) -> Path:
    """Write both languages' index over every county that has a page or a failure; gives the Chinese one's path.

    `findings` are those of `audit_findings`.
    """
    failures = {(each.item.notebook.id, each.item.county, each.item.language): each for each in outcomes
                if each.status is Status.FAILED}
    site = _Site(workshop, notebooks, place_book(workshop.home), store, frozenset(store.reported_counties()), failures,
                 names_by_folder(workshop.site), names_by_folder(workshop.runs))
    places = _places(site)
    coverage = [_coverage(site, place) for place in places]
    by_county = [notebook for notebook in notebooks if notebook.scope is Scope.COUNTY]
    for language in Language:
        rows = [_row(site, place, by_county, language, words, findings.get(place.key))
                for place, words in zip(places, coverage, strict=True)]
        once = [(each.title, site.cell(each, None, language)) for each in notebooks if each.scope is Scope.ONCE]
        write_index(workshop.site, rows, once, [(each.id, each.title) for each in by_county], language,
                    style=workshop.style, version=package_version(), vintage=workshop.vintage)
    return index_path(workshop.site, Language.ZH)


def audit_findings(store: Store) -> dict[str, int]:
    """The number of stated figures in doubt by county, for every county of which anything was checked."""
    from commlib.audit import FINDINGS, audit_reports, without_reprints

    found = {}
    for county in store.reported_counties():
        figures = store.county_figures(county)
        verdicts = without_reprints(audit_reports(figures, store.county_claims(county)), figures)
        if verdicts:
            found[county] = sum(each.verdict in FINDINGS for each in verdicts)
    return found


def _row(site: _Site, place: Place, notebooks: Sequence[AnalysisNotebook], language: str, coverage: Text,
         findings: int | None) -> IndexRow:
    other = "en" if language == "zh" else "zh"
    return IndexRow(
        key=place.key, name=place.name[language], name_pinyin_or_en=place.name[other],
        province=place.province[language] if place.province else "", coverage=coverage[language], findings=findings,
        cells={notebook.id: site.cell(notebook, place.key, language) for notebook in notebooks}, fictional=place.fictional)


def _places(site: _Site) -> list[Place]:
    """The counties that have a page or a failure, in the order of their keys."""
    keys = {folder for folder, names in site.pages.items() if folder and any(name.endswith(".html") for name in names)}
    keys |= {county for _, county, _ in site.failures if county}
    places = []
    for key in sorted(keys):
        try:
            places.append(site.book.county(key))
        except ParameterError:
            continue   # a folder of somebody else's
    return places


def _coverage(site: _Site, place: Place) -> Text:
    parts = []
    if place.key in site.reported:
        facts = site.store.county_facts(place.key)
        facts = facts[facts["document"] != REGISTER]
        of_return = facts["document"].str.contains(FROM_TABLE, regex=False)
        reported, files = facts[~of_return], len({each.partition(FROM_TABLE)[2] for each in facts.loc[of_return, "document"]})
        if len(reported) or not files:
            figures = {figure for source in reported["source"] for figure in source.split(";")}
            parts.append(phrases.text("run.coverage_reports", reports=reported["document"].nunique(), figures=len(figures)))
        if files:
            parts.append(phrases.text("run.coverage_returns", n=files))
    if place.key in site.book.register:
        parts.append(phrases.text("run.coverage_register"))
    return joined(parts or [phrases.text("run.coverage_none")], "；", "; ")
