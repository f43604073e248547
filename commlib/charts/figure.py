"""A drawing sheet of one column: px coordinates from the top left, matplotlib behind it, SVG text out of it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.charts.findings import Write, alt_text, plain_writer
from commlib.charts.style import style
from commlib.charts.svg import Extra, drawing, finish
from commlib.errors import ParameterError

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_DASH = (0, (4, 3))
_MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle": "v", "onward": ">", "back": "<"}


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A finished chart: inline SVG, its finding and alternative text in one language, its rows in the order drawn."""

    svg: str
    finding: str
    alt: str
    rows: pd.DataFrame


class Canvas:
    """Collects marks in px (y downwards) and writes them as SVG once the height is known.

    It holds what all parts of a chart need: its language and unit, how it writes numbers, and the notes below the plot.
    """

    def __init__(self, chart_id: str, title: str, language: str, notes: Sequence[str] = (), unit: str = "",
                 write: Write | None = None) -> None:
        if not _IDENTIFIER.fullmatch(chart_id):
            raise ParameterError(phrases.text("chart.bad_id", found=chart_id))
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.chart_id, self.title, self.language, self.notes, self.unit = chart_id, title, language, notes, unit
        self.write = write or plain_writer(unit, language)
        self._extras: dict[str, Extra] = {}
        self._artists: list[Any] = []
        self._flip = Affine2D()   # y is turned over when the height is known
        self._figure = Figure(dpi=72, facecolor=style().chart.card)

    def rectangle(self, left: float, top: float, width: float, height: float, fill: str, *, edge: str = "none",
                  hatched: bool = False, hover: str = "") -> None:
        """Draw a rectangle; hatched ones use the edge colour for the hatch."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((left, top), width, height, facecolor=fill, edgecolor=edge, linewidth=0.8,
                            hatch="//" if hatched else None), Extra(hover=hover))

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, *, thickness: float = 1.0,
             dashed: bool = False, hover: str = "") -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        self._add(Line2D((start[0], end[0]), (start[1], end[1]), color=colour, linewidth=thickness,
                         linestyle=_DASH if dashed else "-"), Extra(hover=hover))

    def text(self, x: float, baseline: float, words: str, colour: str, *, size: float | None = None,
             anchor: str = "left", halo: bool = False, strong: bool = False, hover: str = "") -> None:
        """Write one line of text; `anchor` is left, center or right; a halo keeps it legible over lines."""
        from matplotlib.text import Text

        if words:
            self._add(Text(x, baseline, words, color=colour, fontsize=size or style().size.label, ha=anchor,
                           va="baseline", parse_math=False), Extra(hover, halo, strong))

    def mark(self, x: float, y: float, shape: str, fill: str, edge: str, *, size: float = 9, hover: str = "") -> None:
        """Draw a point mark: circle, square, diamond, triangle (down), onward or back (pointing so)."""
        from matplotlib.lines import Line2D

        self._add(Line2D([x], [y], marker=_MARKERS[shape], markersize=size, markerfacecolor=fill,
                         markeredgecolor=edge, markeredgewidth=1.6, linestyle="none"), Extra(hover=hover))

    def _add(self, artist: Any, extra: Extra) -> None:
        name = f"m{len(self._artists) + 1}"
        artist.set_gid(name)
        artist.set_zorder(len(self._artists))   # in the order drawn
        self._extras[name] = extra
        self._artists.append(artist)

    def chart(self, height: float, finding: str, rows: pd.DataFrame) -> Chart:
        """Finish the drawing as a chart whose alternative text says title, finding and notes."""
        alt = alt_text(self.title, finding, self.language, self.notes)
        return Chart(self._svg(height, alt), finding, alt, rows)

    def _svg(self, height: float, description: str) -> str:
        """Everything as inline SVG of one column by `height` px; the same marks give the same bytes."""
        self._figure.set_size_inches(style().size.column / 72, height / 72)
        self._flip.clear().scale(1, -1).translate(0, height)
        stream = io.StringIO()
        with drawing(self.chart_id):
            for artist in self._artists:
                artist.set_transform(self._flip)
                self._figure.add_artist(artist)
            self._figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        return finish(stream.getvalue(), self.chart_id, self.title, description, self._extras)
