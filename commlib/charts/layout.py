"""Arithmetic of layout, free of drawing: scales that leave room for numbers, round ticks, labels that never collide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

_CLEARANCE = 6.0   # px between two labels of one level, and between a label and a line that passes it
_OFFSET = 4.0      # px between a line and its own label


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to px: `origin` px stands for `start`, one unit of value is `step` px."""

    origin: float
    step: float
    start: float = 0.0

    def __call__(self, value: float) -> float:
        """Give the px of a value."""
        return self.origin + (value - self.start) * self.step


def bar_scale(ends: Sequence[tuple[float, float]], left: float, right: float) -> Scale:
    """Fit bars from zero between `left` and `right` px so that each end (value, px of text behind it) has room."""
    above = [(0.0, 0.0), *((value, room) for value, room in ends if value >= 0)]
    below = [(0.0, 0.0), *((-value, room) for value, room in ends if value < 0)]
    steps = [(right - left - room - other_room) / (value + other)
             for value, room in above for other, other_room in below if value + other > 0]
    step = max(min(steps, default=0.0), 0.0)
    return Scale(left + max(value * step + room for value, room in below), step)


def span_scale(low: float, high: float, left: float, right: float) -> Scale:
    """Fit the span `low`..`high` between `left` and `right` px; a span of nothing is widened by one."""
    high = high if high > low else low + 1.0
    return Scale(left, (right - left) / (high - low), low)


def round_step(span: float, wanted: int, whole: bool = False) -> float:
    """Give the step of 1, 2, 2.5 or 5 × 10^k that cuts a span into at most `wanted` parts; `whole` keeps it >= 1."""
    raw = max(span / max(wanted, 1), 1e-12)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9))
    if whole and (step < 1 or step % 1):
        return 1.0 if step < 1 else math.ceil(step)
    return step


def ticks(low: float, high: float, wanted: int, whole: bool = False) -> list[float]:
    """Round ticks that enclose `low`..`high`, or one unit where that is nothing, with at most about `wanted` steps."""
    high = high if high > low else low + 1.0
    step = round_step(high - low, wanted, whole)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def tick_words(value: float) -> str:
    """Write a round tick without trailing zeros; the unit stands on the axis title."""
    return f"{value + 0.0:,.10f}".rstrip("0").rstrip(".")   # + 0.0 makes zero of minus zero


def spread(wanted: Sequence[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """The middles of boxes (middle wanted, height) between `top` and `bottom`, moved apart where they would overlap.

    Where all do not fit they grow out at the top; boxes wanted at one height keep the order given.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index][0])   # sorting is stable
    placed = dict.fromkeys(order, 0.0)
    free = top
    for index in order:
        middle, height = wanted[index]
        placed[index] = max(middle, free + height / 2)
        free = placed[index] + height / 2
    for index in reversed(order):
        placed[index] = min(placed[index], bottom - wanted[index][1] / 2)
        bottom = placed[index] - wanted[index][1] / 2
    return [placed[index] for index in range(len(wanted))]


@dataclass(frozen=True, slots=True)
class Flag:
    """A label at a vertical line: x of the line, width of the words, side it flies to, level above the plot."""

    x: float
    width: float
    rightwards: bool = True
    level: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """Left and right px of the words."""
        near = self.x + _OFFSET if self.rightwards else self.x - _OFFSET
        return (near, near + self.width) if self.rightwards else (near - self.width, near)


def place_flags(lines: Sequence[tuple[float, float]], left: float, right: float) -> list[Flag]:
    """Place a label (x, width of words) at each line inside `left`..`right`: no label meets a label or a line.

    The order is kept. Fewest levels win, then fewest labels flying to the left.
    """
    if not lines:
        return []
    best: list[Flag] | None = None
    for sides in product((True, False), repeat=min(len(lines), 6)):
        sides = (*sides, *(True for _ in lines[6:]))
        flags = [_inside(Flag(x, width, side), left, right) for (x, width), side in zip(lines, sides, strict=True)]
        placed = _levels(flags)
        if best is None or _cost(placed) < _cost(best):
            best = placed
    assert best is not None
    return best


def _inside(flag: Flag, left: float, right: float) -> Flag:
    """Turn a flag round where it would leave the sheet."""
    fits_right = flag.x + _OFFSET + flag.width <= right
    fits_left = flag.x - _OFFSET - flag.width >= left
    if flag.rightwards and not fits_right and fits_left:
        return replace(flag, rightwards=False)
    if not flag.rightwards and not fits_left and fits_right:
        return replace(flag, rightwards=True)
    return flag


def _levels(flags: Sequence[Flag]) -> list[Flag]:
    """Give each flag the lowest level free of collisions; those nearest to where the flags fly come first."""
    order = [i for i in sorted(range(len(flags)), key=lambda i: (-flags[i].x, i)) if flags[i].rightwards]
    order += [i for i in sorted(range(len(flags)), key=lambda i: (flags[i].x, i)) if not flags[i].rightwards]
    placed: dict[int, Flag] = {}
    for index in order:
        level = 0
        while level < 2 * len(flags) and any(_collide(replace(flags[index], level=level), other)
                                              for other in placed.values()):
            level += 1
        placed[index] = replace(flags[index], level=level)
    return [placed[index] for index in range(len(flags))]


def _collide(first: Flag, second: Flag) -> bool:
    """Tell whether words meet words on one level, or the line of the higher flag cuts the words of the lower."""
    if first.level == second.level:
        return (first.span[0] < second.span[1] + _CLEARANCE and second.span[0] < first.span[1] + _CLEARANCE) \
            or _cuts(first, second) or _cuts(second, first)
    lower, higher = sorted((first, second), key=lambda flag: flag.level)
    return _cuts(higher, lower)


def _cuts(flag: Flag, words_of: Flag) -> bool:
    return words_of.span[0] - 2 < flag.x < words_of.span[1] + 2


def _cost(flags: Sequence[Flag]) -> tuple[int, int]:
    return max(flag.level for flag in flags), sum(not flag.rightwards for flag in flags)
