"""From matplotlib's SVG file to SVG that stands inside a page: small, named, safe beside other charts."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from commlib.charts.fonts import layout_family
from commlib.charts.style import font_stack, style

_FONT_FAMILY = re.compile(r"\s*font-family:[^;]*;?")


@dataclass(frozen=True, slots=True)
class Extra:
    """What matplotlib cannot say about one mark: its hover words, a halo behind text, heavier type."""

    hover: str = ""
    halo: bool = False
    strong: bool = False


@contextmanager
def drawing(salt: str) -> Iterator[None]:
    """Set matplotlib for one drawing and put everything back after: text as text, stable ids, the layout font."""
    import matplotlib

    settings: Any = {   # Any: matplotlib types the names of its settings one by one
        "svg.fonttype": "none", "svg.hashsalt": salt, "svg.image_inline": True, "path.simplify": False,
        "font.family": [layout_family(), "DejaVu Sans"], "axes.unicode_minus": False,
        "hatch.linewidth": 1.0, "text.usetex": False,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")   # reported by characters_missing
        yield


def finish(raw: str, chart_id: str, title: str, description: str, extras: Mapping[str, Extra]) -> str:
    """Turn a whole SVG file into an inline `<svg role="img">`: titled, ids prefixed, the page's fonts."""
    root = ElementTree.fromstring(raw)
    for parent in list(root.iter()):
        for child in list(parent):
            # matplotlib's `*{…}` rule would reach into the whole page, its metadata serve nobody here
            if child.tag.endswith("}metadata") or child.find("./{*}style") is not None:
                parent.remove(child)
    for element in root.iter():
        _plain(element, chart_id, extras)
    _head(root, chart_id, title, description)
    return ElementTree.tostring(root, encoding="unicode").strip() + "\n"


def _plain(element: ElementTree.Element, chart_id: str, extras: Mapping[str, Extra]) -> None:
    """Drop namespaces and layout blanks, prefix ids and references, add hover titles and text extras."""
    element.tag = element.tag.rpartition("}")[2]
    element.text = element.text if element.text and element.text.strip() else None
    element.tail = None
    extra = extras.get(element.get("id", ""), Extra())
    element.attrib.update(_attributes(element, chart_id))
    for name in [name for name in element.attrib if name.startswith("{")]:
        element.set(name.rpartition("}")[2], element.attrib.pop(name))
    for words in element.iterfind("{*}text"):
        additions = "; paint-order: stroke; stroke: {}; stroke-width: 3px; stroke-linejoin: round"
        words.set("style", words.get("style", "") + (additions.format(style().chart.card) if extra.halo else "")
                  + ("; font-weight: 600" if extra.strong else ""))
    if element.tag == "text":
        element.set("style", _FONT_FAMILY.sub("", element.get("style", "")).strip())
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
    if extra.hover:
        hover = ElementTree.Element("title")
        hover.text = extra.hover
        element.insert(0, hover)


def _attributes(element: ElementTree.Element, chart_id: str) -> dict[str, str]:
    """Give the attributes anew with ids and references under the chart's own prefix."""
    renewed = {}
    for name, value in element.attrib.items():
        if name == "id":
            value = f"{chart_id}-{value}"
        elif name.endswith("href") and value.startswith("#"):
            value = f"#{chart_id}-{value[1:]}"
        elif name == "d":
            value = " ".join(value.split())
        renewed[name] = value.replace("url(#", f"url(#{chart_id}-")
    return renewed


def _head(root: ElementTree.Element, chart_id: str, title: str, description: str) -> None:
    """Write the root: role, name, description, fluid width up to the column."""
    sheet = style()
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib.update({
        "xmlns": "http://www.w3.org/2000/svg", "id": chart_id, "class": "chart", "role": "img", "width": "100%",
        "aria-labelledby": f"{chart_id}-title {chart_id}-desc",
        "style": f"max-width: {sheet.size.column:g}px; height: auto; background: {sheet.chart.card}; "
                 f"font-family: {font_stack(sheet.sans)}; font-variant-numeric: tabular-nums; "
                 "stroke-linejoin: round; stroke-linecap: butt",
    })
    for position, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(tag, {"id": f"{chart_id}-{tag}"})
        element.text = words
        root.insert(position, element)
