"""Figures of notebooks with one drawing less: the box of a plain figure is known without drawing it for nothing before.

The inline backend saves figures with `bbox_inches="tight"`; matplotlib then draws each twice, the first time with all
marks thrown away, because some artists know their place only once they are drawn. Those of a plain figure know it when
they are asked; and how a text is laid out, which is asked several times, is kept until the figure is saved. What this
touches of matplotlib is private: `install` does nothing with versions that were not tested, or where a figure saved in
both ways differs by a byte.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

TESTED = {"3.11"}   # of matplotlib
_KEPT = "_commlib_layouts"   # of texts, in a figure that is being saved
_LIBRARIES = ("matplotlib.", "pandas.")
_PLAIN = {   # exactly these, for a class derived from one may place itself when it is drawn
    "axes": {"Axes"}, "axis": {"XAxis", "YAxis"}, "spines": {"Spine"}, "lines": {"Line2D"}, "text": {"Text", "Annotation"},
    "patches": {"Rectangle", "Polygon", "PathPatch", "Wedge", "Circle", "Ellipse", "StepPatch"}, "legend": {"Legend"},
    "collections": {"LineCollection", "PathCollection", "PolyCollection", "FillBetweenPolyCollection", "QuadMesh",
                    "EventCollection"}, "image": {"AxesImage"},
}


def install() -> bool:
    """Save plain figures with one drawing less from now on; whether matplotlib allows it."""
    if ".".join(version("matplotlib").split(".")[:2]) not in TESTED:
        return False
    backends, texts = vars(import_module("matplotlib.backend_bases")), import_module("matplotlib.text").Text
    renderer_of, layout_of = backends["_get_renderer"], texts._get_layout
    figure = _example()
    expected = _saved(figure)
    backends["_get_renderer"], texts._get_layout = _drawing_once(renderer_of), _keeping_layouts(layout_of)
    installed = _saved(figure) == expected
    if not installed:
        backends["_get_renderer"], texts._get_layout = renderer_of, layout_of
    return installed


def _drawing_once(stock: Callable[..., Any]) -> Callable[..., Any]:
    """What `print_figure` asks for before it draws for nothing; it alone names a method."""
    def renderer_of(figure: Any, print_method: Any = None) -> Any:
        renderer = stock(figure, print_method)
        if print_method is not None and type(renderer).__name__ == "MixedModeRenderer" and is_plain(figure):
            _draw_once(figure)
        return renderer

    return renderer_of


def _keeping_layouts(stock: Callable[..., Any]) -> Callable[..., Any]:
    """How a text is laid out, as `Text._get_layout` has it; in a figure that is being saved each is worked out once."""
    def layout_of(text: Any, renderer: Any) -> Any:
        figure = text.get_figure(root=True)
        kept = vars(figure).get(_KEPT) if figure and not text.get_wrap() else None
        if kept is None:
            return stock(text, renderer)
        said = (text.get_text(), hash(text.get_fontproperties()), text.get_rotation(), text.get_rotation_mode(),
                text.get_horizontalalignment(), text.get_verticalalignment(), text._multialignment, text._linespacing,
                text.get_parse_math(), text.get_usetex(), figure.dpi, type(renderer))
        if said not in kept:
            kept[said] = stock(text, renderer)
        box, lines, corner = kept[said]
        return box.frozen(), lines[:], corner

    return layout_of


def _draw_once(figure: Any) -> None:
    """Let a figure pass over its next drawing, and keep the layouts of its texts until the one after."""
    def last(renderer: Any) -> None:
        del figure.draw
        try:
            figure.draw(renderer)
        finally:
            delattr(figure, _KEPT)

    setattr(figure, _KEPT, {})
    figure.draw = lambda _: setattr(figure, "draw", last)


def is_plain(figure: Any) -> bool:
    """Whether every artist of a figure knows its place without being drawn, and nobody waits for the drawing."""
    from matplotlib.figure import Figure

    drawn = figure.canvas.callbacks.callbacks.get("draw_event")
    told_each_time = any(each[0] == "always" and issubclass(UserWarning, each[2])   # of a missing glyph, say
                         for each in warnings.filters)
    axes = figure.axes
    return (type(figure) is Figure and not figure.get_layout_engine() and not drawn and not told_each_time
            and all(map(_is_plain_artist, (each for one in (figure, *axes) for each in one.get_children() if each is not figure)))
            and all(_is_plain_axes(each) for each in axes))


def _is_plain_axes(axes: Any) -> bool:
    """Whether neither a locator nor the shape of another axes decides where it lies, and no function of the notebook is asked."""
    shared = axes.get_aspect() != "auto" and any(
        len(group.get_siblings(axes)) > 1 for group in (axes.get_shared_x_axes(), axes.get_shared_y_axes()))
    asked = [each for axis in (axes.xaxis, axes.yaxis) for each in (
        axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter, axis._scale)]
    return not axes.get_axes_locator() and not shared and all(map(_is_of_a_library, asked))


def _is_of_a_library(asked: Any) -> bool:
    """Whether what an axis asks, again each time it is drawn, is none of the notebook's own functions."""
    while function := getattr(asked, "func", None):   # of a formatter, or of a partial
        asked = function
    return str(asked.__module__).startswith(_LIBRARIES) and not type(asked).__name__.startswith("FuncScale")


def _is_plain_artist(artist: Any) -> bool:
    own_words = getattr(artist, "get_wrap", bool)() or getattr(artist, "get_usetex", bool)()   # wrapped when drawn
    return type(artist) in _plain_types() and not own_words and not artist.get_agg_filter()


@cache
def _plain_types() -> frozenset[type[Any]]:
    found = (getattr(import_module(f"matplotlib.{module}"), name, None) for module, names in _PLAIN.items() for name in names)
    return frozenset(each for each in found if each)


def _example() -> Any:
    """A figure with what plain figures have, in the fonts of a notebook's own; it also fills the caches of text."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3))
    left, right = figure.subplots(1, 2)
    left.plot([1.0, 2.0, 30.0], marker="o", label="Aa Bb")
    left.errorbar([0, 1], [9, 20], yerr=[1, 2], label="–0.5%")
    left.fill_between([0, 1, 2], [1, 2, 3])
    left.tick_params(axis="x", rotation=90, labelsize=6)
    left.legend()
    left.annotate("m", (1, 2), (1.5, 20), arrowprops={"arrowstyle": "->"})
    right.barh(["a", "b"], [1, 1234567])
    right.scatter([1, 2], [0, 1], c=[1, 2])
    right.set(title="Title", xlabel="abcdefghijklmnopqrstuvwxyz", ylabel="0123456789.,%()")
    figure.suptitle("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return figure


def _saved(figure: Any) -> bytes:
    import matplotlib

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "the same"}):
        figure.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None})
    return stream.getvalue()
