"""From an executed item to its page: where it lies, what its head says, and language links that never dangle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from commlib.addresses import is_here, write_whole
from commlib.home import Home
from commlib.places import place_book
from commlib.publish.rendering import other_language
from commlib.publish.site import index_path, page_path, relative_href

if TYPE_CHECKING:   # a page follows from none of these: its key would hold all code that they reach
    from nbformat import NotebookNode

    from commlib.runner.outcomes import Outcome
    from commlib.runner.plan import Item

DISTRIBUTION = "county-community-analyses"
ONCE_FOLDER = "once"


@dataclass(frozen=True)
class Workshop:
    """Where a run works: the project, the folder of its site and runs, which may be at an address, and the data's vintage."""

    home: Home
    out: Path
    vintage: str

    @property
    def site(self) -> Path:
        """The published pages."""
        return self.out / "site"

    @property
    def runs(self) -> Path:
        """The executed notebooks."""
        return self.out / "runs"

    @cached_property
    def style(self) -> str:
        """The CSS variables of every page."""
        from commlib.charts.style import css_variables

        return css_variables()

    def kept(self, item: Item, language: str = "") -> Path:
        """Where the executed copy of an item is kept (or that of its twin in another language)."""
        folder = self.runs / (item.county or ONCE_FOLDER)
        return folder / f"{item.notebook.id}.{language or item.language}.ipynb"

    def page(self, item: Item, language: str = "") -> Path:
        """Where the page of an item is published (or that of its twin in another language)."""
        return page_path(self.site, item.notebook.id, item.county, language or item.language)


def ledger_folder(home: Home, out: Path) -> Path:
    """Where the ledger and the lock of a folder of outputs are: in it, or for an address in the project's own outputs."""
    return out / "runs" if is_here(out) else home.outputs / "elsewhere" / quote(str(out), safe="")


@cache
def package_version() -> str:
    """The version that pages name: the installed distribution's, or `0` when run from bare source."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0"


def publish(workshop: Workshop, item: Item, executed: NotebookNode, language: str, *, has_twin: bool) -> None:
    """Render and publish the page of an item in a language; raises PublishError where it cannot be a page."""
    from commlib.publish.page import PageHead, render_page

    page = workshop.page(item, language)
    place = place_book(workshop.home).county(item.county) if item.county else None
    twin = workshop.page(item, other_language(language))
    head = PageHead(
        title=item.notebook.title[language], language=language,
        place=f"{place.name[language]} {place.key}" if place else "",
        other_language_href=relative_href(page, twin) if has_twin else None,
        index_href=relative_href(page, index_path(workshop.site, language)),
        fictional=bool(place and place.fictional), style=workshop.style, version=package_version(), vintage=workshop.vintage)
    write_whole(page, render_page(executed, head=head).encode("utf-8"))


def mend_language_links(workshop: Workshop, outcomes: Iterable[Outcome]) -> None:
    """Render again, from the kept copies, the pages whose switch to the other language is missing or leads nowhere.

    That can only be where not both languages' pages came of the same run: the others are not looked at.
    """
    pairs: dict[tuple[str, str | None], list[Outcome]] = {}
    for outcome in outcomes:
        pairs.setdefault((outcome.item.notebook.id, outcome.item.county), []).append(outcome)
    mend_links_of(workshop, (pair[0].item for pair in pairs.values() if len(pair) == 1 or any(each.failed for each in pair)))


def mend_links_of(workshop: Workshop, items: Iterable[Item]) -> None:
    """Look at the pages of these items, of both languages where one is given, and mend their links to each other."""
    for item in {(each.notebook.id, each.county): each for each in items}.values():
        pages = {language: workshop.page(item, language) for language in ("zh", "en")}
        present = {language: page for language, page in pages.items() if page.is_file()}
        for language, page in present.items():
            has_twin = len(present) == len(pages)
            switch = f'href="{relative_href(page, pages[other_language(language)])}"'
            kept = workshop.kept(item, language)
            if (switch in page.read_text(encoding="utf-8")) != has_twin and kept.is_file():
                import nbformat  # a second: not before there is something to mend

                executed = nbformat.reads(kept.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
                publish(workshop, item, executed, language, has_twin=has_twin)
