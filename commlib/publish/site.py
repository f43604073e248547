"""The site on disk: where pages lie, how they appear there whole or not at all, and the index over them."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from commlib import phrases
from commlib.addresses import write_whole
from commlib.bilingual import Language, Text
from commlib.errors import PublishError
from commlib.publish import rendering

_NAME = re.compile(r"[\w-][\w.-]*")
_INDEX_FILES = {Language.ZH: "index.html", Language.EN: "index.en.html"}


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is there; `href` is relative to the site's folder."""

    href: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page is not there, in the index's language: it could not run, or it failed."""

    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One county of the index, in the index's language; `findings` is None where nothing was audited."""

    key: str
    name: str
    name_pinyin_or_en: str
    province: str
    coverage: str
    findings: int | None
    cells: Mapping[str, Link | Reason]
    fictional: bool = False


def page_path(site: Path, notebook: str, county: str | None, language: str) -> Path:
    """Give the file of a page: `<site>/<county>/<notebook>.<language>.html`, or without the county for a once-notebook.

    Raises PublishError for a name that could leave the site's folder.
    """
    for name in (notebook,) if county is None else (notebook, county):
        if not _NAME.fullmatch(name):
            raise PublishError(phrases.text("publish.bad_name", found=name))
    folder = site if county is None else site / county
    return folder / f"{notebook}.{Language(language)}.html"


def index_path(site: Path, language: str) -> Path:
    """Give the file of the index in a language; the Chinese one is what a folder opens with."""
    return site / _INDEX_FILES[Language(language)]


def relative_href(page: Path, target: Path) -> str:
    """Give the address of one file of the site as seen from another, escaped for an href."""
    return quote(Path(os.path.relpath(str(target), str(page.parent))).as_posix())


def write_index(
    site: Path,
    rows: Sequence[IndexRow],
    once: Sequence[tuple[Text, Link | Reason]],
    analyses: Sequence[tuple[str, Text]],
    language: str,
    *,
    style: str,
    version: str,
    vintage: str,
) -> Path:
    """Write the index of one language over the rows in the order given, and give its path.

    `once` are the notebooks that run once, `analyses` the columns (id, heading); the two languages link to each other.
    """
    from markupsafe import Markup

    path = index_path(site, language)
    script = files("commlib.publish").joinpath("templates/index.js").read_text(encoding="utf-8").strip()
    cells = [cell for row in rows for cell in row.cells.values()] + [cell for _, cell in once]
    html = rendering.render(
        "index.html.jinja",
        language,
        rows=[(row, _search_key(row), [row.cells.get(analysis) for analysis, _ in analyses]) for row in rows],
        once=[(label[language], cell) for label, cell in once],
        headings=[label[language] for _, label in analyses],
        reasons=_numbered_reasons(cells),
        pages=sum(isinstance(cell, Link) for cell in cells),
        failed=sum(isinstance(cell, Reason) and cell.failed for cell in cells),
        other_href=_INDEX_FILES[rendering.other_language(language)],
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        version=version,
        vintage=vintage,
    )
    write_whole(path, html.encode("utf-8"))
    return path


def _numbered_reasons(cells: Sequence[Link | Reason]) -> dict[str, int]:
    """Number each different reason once, in order of appearance: thousands of cells share a few."""
    texts = dict.fromkeys(cell.text for cell in cells if isinstance(cell, Reason))
    return {text: number for number, text in enumerate(texts, start=1)}


def _search_key(row: IndexRow) -> str:
    """Give what the search box compares: name, code, province, pinyin joined and apart, without tone marks or case."""
    words = _unmarked(row.name_pinyin_or_en)
    return " ".join(dict.fromkeys([_unmarked(row.name), row.key.lower(), _unmarked(row.province), words,
                                   re.sub(r"[\s'’-]+", "", words)]))


def _unmarked(words: str) -> str:
    decomposed = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
