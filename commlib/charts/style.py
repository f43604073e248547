"""The style sheet of numbers in `style.toml`, read once and given to matplotlib and to the page's CSS alike."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in px at a column of `column` px; `line_height` and `slack` are ratios."""

    column: float
    text: float
    line_height: float
    label: float
    small: float
    line: float
    row: float
    bar: float
    thick_bar: float
    gap: float
    margin: float
    label_column: float
    slack: float


@dataclass(frozen=True, slots=True)
class ChartColours:
    """Colours inside a chart, the same by day and by night."""

    card: str
    ink: str
    muted: str
    grid: str
    axis: str
    bar: str
    bar_quiet: str
    bar_strong: str
    reference: str
    own: str
    own_text: str
    band: str
    missing: str
    missing_fill: str
    missing_line: str


@dataclass(frozen=True, slots=True)
class VerdictMark:
    """How a verdict looks: colour of the mark, colour of the word, shape."""

    colour: str
    ink: str
    shape: str


@dataclass(frozen=True, slots=True)
class StateMark:
    """How a state of a cell looks: its colour and its sign."""

    fill: str
    sign: str


@dataclass(frozen=True, slots=True)
class Style:
    """Every number of the style sheet."""

    size: Sizes
    sans: tuple[str, ...]
    mono: tuple[str, ...]
    category: Mapping[str, str]
    sequential: tuple[str, ...]
    light: Mapping[str, str]
    dark: Mapping[str, str]
    chart: ChartColours
    verdict: Mapping[str, VerdictMark]
    state: Mapping[str, StateMark]


@cache
def style() -> Style:
    """Read the style sheet; a missing or unknown name raises TypeError or KeyError, caught by a test."""
    with files("commlib").joinpath("charts/style.toml").open("rb") as stream:
        raw: dict[str, Any] = tomllib.load(stream)
    return Style(
        size=Sizes(**raw["size"]),
        sans=tuple(raw["font"]["sans"]),
        mono=tuple(raw["font"]["mono"]),
        category=raw["category"],
        sequential=tuple(raw["sequential"]["blue"]),
        light=raw["light"],
        dark=raw["dark"],
        chart=ChartColours(**raw["chart"]),
        verdict={name: VerdictMark(**mark) for name, mark in raw["verdict"].items()},
        state={name: StateMark(**mark) for name, mark in raw["state"].items()},
    )


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (#RRGGBB) as WCAG has it, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """Give black or white, whichever has the larger contrast on the colour."""
    return max((style().chart.ink, style().chart.card), key=lambda ink: contrast(ink, colour))


def font_stack(names: tuple[str, ...]) -> str:
    """Write a font stack as CSS: names with blanks in single quotes."""
    return ", ".join(f"'{name}'" if " " in name else name for name in names)


def css_variables() -> str:
    """Give the style sheet as CSS custom properties: `:root`, then the dark scheme (screen only, paper stays white)."""
    sheet = style()
    day = {
        **sheet.light,
        **{f"category-{name}": colour for name, colour in sheet.category.items()},
        **{f"blue-{step}": colour for step, colour in enumerate(sheet.sequential, start=1)},
        "chart-card": sheet.chart.card,
        "column": f"{sheet.size.column:g}px",
        "font-size": f"{sheet.size.text:g}px",
        "font-size-label": f"{sheet.size.label:g}px",
        "font-size-small": f"{sheet.size.small:g}px",
        "line-height": f"{sheet.size.line_height:g}",
        "font-sans": font_stack(sheet.sans),
        "font-mono": font_stack(sheet.mono),
    }
    return (f":root{{color-scheme:light dark;{_properties(day)}}}\n"
            f"@media screen and (prefers-color-scheme:dark){{:root{{{_properties(sheet.dark)}}}}}\n")


def _properties(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())
