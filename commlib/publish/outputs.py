"""Cells of an executed notebook as HTML fragments: prose, tables and charts as they are, all else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from commlib import phrases

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from nbformat import NotebookNode

_IMAGES = ("image/png", "image/jpeg")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL | re.IGNORECASE)
_SVG_PROLOGUE = re.compile(r"^\s*(?:<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|\s)*(?=<svg)", re.DOTALL | re.IGNORECASE)
_ID = re.compile(r'\s+id="([^"]*)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^")]+)')
_LABELLED = re.compile(r'(aria-(?:labelledby|describedby)=")([^"]*)(")')
_TAG = re.compile(r"<([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([^\s\"'=/>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CSS_LOADS = re.compile(r"url\(\s*[\"']?\s*(?!data:|#)[^)]*|@import[^;]*", re.IGNORECASE)
_NOTEBOOK_STYLE = re.compile(r'<style data-for="notebook">.*?</style>\n', re.DOTALL)   # of blocks; a page has its own
_STYLE_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_REFUSED_TAGS = {"script", "link", "iframe", "object", "embed", "base", "meta", "frame", "form"}
_LOADING_ATTRIBUTES = {"src", "srcset", "poster", "background", "data"}
_WORDS = {"title", "alt", "aria-label", "href"}   # words for readers and links: they may well say url(…)
_HREF_LOADERS = {"image", "use", "feimage"}


def cell_fragments(cell: NotebookNode, language: str) -> list[str]:
    """Give the HTML of one cell: its prose (markdown), or its outputs in order (code); raw cells give nothing."""
    if cell.cell_type == "markdown":
        return [markdown_html(cell.source)]
    if cell.cell_type == "code":
        return [fragment for output in cell.outputs if (fragment := _output_html(output, language))]
    return []


def markdown_html(source: str) -> str:
    """Render markdown; raw HTML in it is shown as text, tables scroll in a box of their own."""
    return str(_markdown().render(source))


def outside_loads(fragment: str) -> Iterator[str]:
    """Yield what a fragment would load from outside the page, and scripts; an ordinary link loads nothing."""
    for tag in _TAG.finditer(fragment):
        element = tag.group(1).lower()
        if element in _REFUSED_TAGS or any(_loads(element, found) for found in _ATTRIBUTE.finditer(tag.group(2))):
            yield tag.group(0)
    for sheet in _STYLE_SHEET.finditer(fragment):
        yield from (found.group(0) for found in _CSS_LOADS.finditer(sheet.group(1)))


def number_svg_ids(fragment: str, first: int) -> tuple[str, int]:
    """Make the ids inside each `<svg>` unique to the page, counting charts from `first`; give the next count.

    Charts made by the same program share ids such as `clip1`; ids that nothing refers to are dropped.
    """
    count = first

    def renamed(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return _rename_ids(match.group(0), f"c{count}-")

    return _SVG.sub(renamed, fragment), count


def _loads(element: str, attribute: re.Match[str]) -> bool:
    name, *quoted = attribute.groups(default="")
    name, value = name.lower(), "".join(quoted).strip()
    if name in _LOADING_ATTRIBUTES:
        return not value.startswith("data:")
    if element in _HREF_LOADERS and name in {"href", "xlink:href"}:
        return not value.startswith(("data:", "#"))
    return bool(_CSS_LOADS.search(value)) and name not in _WORDS


def _rename_ids(svg: str, prefix: str) -> str:
    used = {match.group(2) for match in _REFERENCE.finditer(svg)}
    used.update(name for match in _LABELLED.finditer(svg) for name in match.group(2).split())
    svg = _ID.sub(lambda match: f' id="{prefix}{match.group(1)}"' if match.group(1) in used else "", svg)
    svg = _REFERENCE.sub(lambda match: f"{match.group(1)}{prefix}{match.group(2)}", svg)
    return _LABELLED.sub(lambda match: match.group(1) + _prefixed(match.group(2), prefix) + match.group(3), svg)


def _prefixed(names: str, prefix: str) -> str:
    return " ".join(prefix + name for name in names.split())


def _output_html(output: NotebookNode, language: str) -> str:
    if output.output_type == "stream":
        return _plain(_joined(output.text))
    data = output.get("data", {})
    if "text/html" in data:
        return _NOTEBOOK_STYLE.sub("", _joined(data["text/html"]))
    alternative = str(output.get("metadata", {}).get("alt") or phrases.phrase("page.chart_alt", language))
    if "image/svg+xml" in data:
        return _figure(_labelled_svg(_SVG_PROLOGUE.sub("", _joined(data["image/svg+xml"])), alternative))
    for kind in _IMAGES:
        if kind in data:
            source = "".join(_joined(data[kind]).split())
            return _figure(f'<img src="data:{kind};base64,{source}" alt="{escape(alternative)}">')
    if "text/markdown" in data:
        return markdown_html(_joined(data["text/markdown"]))
    return _plain(_joined(data.get("text/plain", "")))


def _labelled_svg(svg: str, alternative: str) -> str:
    opening = svg.partition(">")[0]
    if "aria-label" in opening:
        return svg
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(alternative)}"', 1)


def _figure(image: str) -> str:
    return f'<figure class="block chart">{image}</figure>'


def _plain(words: str) -> str:
    bare = _ANSI.sub("", words).rstrip()
    return f"<pre>{escape(bare)}</pre>" if bare else ""


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    renderer.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0"><table>\n')
    renderer.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return renderer
