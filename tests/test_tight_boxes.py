"""Figures of notebooks that are drawn once have the bytes that matplotlib's own two drawings give."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import matplotlib.backend_bases as backends
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from commlib.charts import tight_boxes
from commlib.charts.tight_boxes import install, is_plain

NUMBERS = np.random.default_rng(7)
DAYS = pd.date_range("2013-01-31", periods=24, freq="ME")


def lines() -> Figure:
    figure, axes = plt.subplots()
    axes.plot(NUMBERS.random(9), "o-", label="a")
    axes.plot(NUMBERS.random(9) * 9, "--", label="b")
    axes.legend()
    axes.set(title="t", xlabel="x", ylabel="y")
    return figure


def dates() -> Figure:
    figure, axes = plt.subplots(figsize=(7, 2))
    axes.plot(DAYS, NUMBERS.random(24))
    figure.autofmt_xdate()
    return figure


def bars() -> Figure:
    figure, axes = plt.subplots()
    axes.bar_label(axes.barh([f"long name {each}" for each in range(8)], NUMBERS.random(8) * 1e6))
    axes.invert_yaxis()
    axes.axvline(3e5, color="red")
    return figure


def errors() -> Figure:
    figure, axes = plt.subplots()
    axes.errorbar(range(5), NUMBERS.random(5), yerr=0.2, capsize=3, fmt="s")
    axes.fill_between(range(5), 0, NUMBERS.random(5), alpha=0.3)
    return figure


def panels() -> Figure:
    figure, axes = plt.subplots(2, 2, sharex=True, figsize=(8, 5))
    axes[0, 0].hist(NUMBERS.normal(size=99), bins=20)
    axes[0, 1].boxplot([NUMBERS.random(9), NUMBERS.random(9)])
    axes[1, 0].scatter(NUMBERS.random(9), NUMBERS.random(9), c=NUMBERS.random(9), s=50)
    axes[1, 1].step(range(4), range(4))
    figure.suptitle("over all")
    figure.supxlabel("below all")
    return figure


def twin() -> Figure:
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 400])
    axes.twinx().plot([1, 2], [1e-9, 5e-9], color="red")
    axes.xaxis.tick_top()
    axes.set_title("above the upper ticks")
    return figure


def logarithmic() -> Figure:
    figure, axes = plt.subplots()
    axes.loglog([1, 10, 1e5], [3, 1e-3, 9])
    axes.grid(which="both")
    return figure


def pie() -> Figure:
    figure, axes = plt.subplots()
    axes.pie([1, 2, 3], labels=["one", "two", "three"], autopct="%1.1f%%")
    return figure


def image() -> Figure:
    figure, axes = plt.subplots()
    axes.imshow(NUMBERS.random((5, 9)))
    return figure


def mesh() -> Figure:
    figure, axes = plt.subplots()
    axes.pcolormesh(NUMBERS.random((3, 4)))
    axes.set_xticks([0.5, 1.5], ["first", "second"], rotation=45, ha="right")
    return figure


def annotated() -> Figure:
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    axes.annotate("far out", (0.5, 0.5), (1.5, 1.6), arrowprops={"arrowstyle": "->"}, bbox={"boxstyle": "round"})
    axes.annotate("outside", (9, 9), (5, 5))
    axes.text(-0.5, 0.2, "left of it", rotation=30)
    axes.text(0.2, 0.2, r"$\frac{a}{b}$")
    figure.text(0.5, -0.1, "under the figure")
    return figure


def of_pandas() -> Figure:
    frame = pd.DataFrame(NUMBERS.random((24, 3)), DAYS, list("abc"))
    return frame.plot(subplots=True, legend=True)[0].figure


def kinds_of_pandas() -> Figure:
    return pd.DataFrame(NUMBERS.random((4, 3))).plot.bar(stacked=True).figure


def legend_outside() -> Figure:
    figure = lines()
    figure.axes[0].legend(loc="upper left", bbox_to_anchor=(1.05, 1), title="outside")
    figure.legend(loc="lower center", ncols=2)
    return figure


def nothing() -> Figure:
    return plt.subplots()[0]


def tight_layout() -> Figure:
    figure = panels()
    figure.tight_layout()
    return figure


def no_axis() -> Figure:
    figure = bars()
    figure.axes[0].set_axis_off()
    figure.axes[0].set_title("without an axis")
    return figure


PLAIN = (lines, dates, bars, errors, panels, twin, logarithmic, pie, image, mesh, annotated, of_pandas, kinds_of_pandas,
         legend_outside, nothing, no_axis)


def constrained() -> Figure:
    figure, axes = plt.subplots(layout="constrained")
    axes.set_ylabel("a label")
    return figure


def polar() -> Figure:
    figure, axes = plt.subplots(subplot_kw={"projection": "polar"})
    axes.plot([0, 1, 2], [1, 2, 3])
    return figure


def three_dimensions() -> Figure:
    figure = plt.figure()
    figure.add_subplot(projection="3d").scatter([1, 2], [3, 4], [5, 6])
    return figure


def arrows() -> Figure:
    figure, axes = plt.subplots()
    axes.quiver([1, 2], [1, 2], [1, 0], [0, 1])
    return figure


def table() -> Figure:
    figure, axes = plt.subplots()
    axes.table([["a long cell", "b"]], loc="bottom")
    return figure


def colour_bar() -> Figure:
    figure, axes = plt.subplots()
    figure.colorbar(axes.imshow([[1, 2]]), shrink=0.5)
    return figure


def wrapped() -> Figure:
    figure, axes = plt.subplots()
    axes.text(0.8, 0.5, "words that are wrapped where the figure ends " * 3, wrap=True)
    return figure


def parts() -> Figure:
    figure = plt.figure()
    figure.subfigures(1, 2)[0].subplots().plot([1, 2])
    return figure


def listened_to() -> Figure:
    figure = nothing()
    figure.canvas.mpl_connect("draw_event", lambda _: None)
    return figure


def shared_shape() -> Figure:
    figure, (upper, lower) = plt.subplots(2, sharex=True)
    upper.imshow(NUMBERS.random((5, 9)))
    lower.plot([0, 9], [0, 1])
    return figure


def own_function() -> Figure:
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return figure


OTHERS = (own_function, constrained, polar, three_dimensions, arrows, table, colour_bar, wrapped, parts, listened_to,
          shared_shape)


@pytest.fixture(autouse=True)
def _stock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Agg figures, fresh numbers, and matplotlib's own way again after each test."""
    monkeypatch.setattr(backends, "_get_renderer", backends._get_renderer)
    monkeypatch.setattr(Text, "_get_layout", Text._get_layout)
    with matplotlib.rc_context({"svg.hashsalt": "the same", "backend": "agg"}), warnings.catch_warnings():
        warnings.resetwarnings()   # pytest has them told each time
        yield
    plt.close("all")


def saved(make: Callable[[], Figure], **options: Any) -> bytes:
    """A figure as the inline backend saves it."""
    global NUMBERS
    NUMBERS, stream = np.random.default_rng(7), io.BytesIO()
    figure = make()
    metadata = {"Date": None} if options.get("format", "svg") == "svg" else None
    figure.canvas.print_figure(stream, **{"format": "svg", "bbox_inches": "tight", "metadata": metadata, **options})
    assert "draw" not in vars(figure)
    plt.close(figure)
    return stream.getvalue()


@pytest.mark.parametrize("make", [*PLAIN, *OTHERS, tight_layout], ids=lambda make: make.__name__)
def test_the_same_bytes(make: Callable[[], Figure]) -> None:
    expected = saved(make)
    assert install()
    assert saved(make) == expected


@pytest.mark.parametrize("options", [{"format": "png", "metadata": None}, {"bbox_inches": None}, {"dpi": 200},
                                     {"facecolor": "red", "pad_inches": 1.0}], ids=str)
def test_the_same_bytes_in_other_ways_to_save(options: dict[str, Any]) -> None:
    expected = saved(lines, **options)
    assert install()
    assert saved(lines, **options) == expected


def test_a_figure_saved_twice_is_the_same_both_times() -> None:
    assert install()
    figure = lines()
    first, second = saved(lambda: figure), saved(lambda: figure)
    assert first == second


@pytest.mark.parametrize("make", PLAIN, ids=lambda make: make.__name__)
def test_plain_figures_are_drawn_once(make: Callable[[], Figure], monkeypatch: pytest.MonkeyPatch) -> None:
    assert install()
    drawn = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda figure, renderer: (drawn.append(figure), draw(figure, renderer))[1])
    saved(make)
    assert len(drawn) == 1


@pytest.mark.parametrize("make", OTHERS, ids=lambda make: make.__name__)
def test_others_are_left_to_matplotlib(make: Callable[[], Figure]) -> None:
    assert not is_plain(make())


def test_where_warnings_are_told_each_time_figures_are_left_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert not is_plain(lines())
    assert is_plain(lines())


def test_what_saves_other_bytes_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = backends._get_renderer
    states = iter([b"one", b"other"])
    monkeypatch.setattr(tight_boxes, "_saved", lambda _: next(states))
    assert not install()
    assert backends._get_renderer is stock


def test_an_untested_version_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = backends._get_renderer
    monkeypatch.setattr(tight_boxes, "version", lambda _: "4.0.1")
    assert not install()
    assert backends._get_renderer is stock
