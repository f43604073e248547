"""One executed notebook becomes one self-contained HTML page: code hidden, one language, no outside request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.bilingual import Language
from commlib.errors import PublishError
from commlib.publish import outputs, rendering

if TYPE_CHECKING:
    from nbformat import NotebookNode

PAGE = "page.html.jinja"
SILENT_TAGS = frozenset({"parameters", "injected-parameters", "hide"})
_UNFINISHED = frozenset({"pending", "running", "failed"})
_TITLE = re.compile(r"<h1>.*?</h1>\s*", re.DOTALL)
_SECTION = re.compile(r"<h2>")


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page says around its notebook; every word is already in the page's language."""

    title: str
    place: str                        # name and code of the county; "" for a notebook that runs once
    language: str
    other_language_href: str | None   # None: the page exists in one language only
    index_href: str
    fictional: bool
    style: str                        # CSS variables of the charts, put into the page as they are
    version: str
    vintage: str


def render_page(notebook: NotebookNode, *, head: PageHead) -> str:
    """Give the whole page as HTML; the same notebook and head give the same text.

    Raises PublishError where a cell failed or did not finish, or where an output carries a script or would load
    something from outside the page.
    """
    from markupsafe import Markup

    language = Language(head.language)
    _require_success(notebook)
    body = "\n".join(_fragments(notebook, language))
    if head.fictional:   # a chart is cut out and passed on without the head of its page
        word = phrases.phrase("page.fictional", language)
        body = body.replace("<figcaption>", f'<figcaption><p class="fictional">{word}</p>')
    return rendering.render(PAGE, language, head=head, style=Markup(head.style), body=Markup(body))


def _fragments(notebook: NotebookNode, language: Language) -> Iterator[str]:
    charts = sections = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if not _shown(cell, language):
            continue
        for fragment in outputs.cell_fragments(cell, language):
            if found := next(outputs.outside_loads(fragment), None):
                raise PublishError(phrases.text("publish.not_self_contained", cell=number, found=found[:120]))
            numbered, charts = outputs.number_svg_ids(fragment, charts)
            if cell.cell_type == "markdown":
                numbered, sections = _number_sections(numbered, sections)
            yield numbered


def _number_sections(prose: str, first: int) -> tuple[str, int]:
    """Drop the notebook's own title, which the head of the page says, and give each section a stable anchor."""
    count = first

    def anchored(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f'<h2 id="s{count}">'

    return _SECTION.sub(anchored, _TITLE.sub("", prose)), count


def _shown(cell: NotebookNode, language: Language) -> bool:
    tags = set(cell.metadata.get("tags", []))
    return not tags & SILENT_TAGS and f"lang-{rendering.other_language(language)}" not in tags


def _require_success(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                raise PublishError(phrases.text("publish.cell_failed", cell=number, error=_named(output)))
        record: dict[str, Any] = cell.metadata.get("papermill", {})
        if record.get("exception") or record.get("status") in _UNFINISHED:
            raise PublishError(phrases.text("publish.cell_not_run", cell=number))


def _named(output: NotebookNode) -> str:
    return f"{output.get('ename', '')}: {output.get('evalue', '')}"
