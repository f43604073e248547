"""Charts: plain data in, inline SVG and its finding in words out. matplotlib is imported nowhere else."""

from commlib.charts.bars import ranked_bars
from commlib.charts.composition import composition_bar, stacked_ranked_bars
from commlib.charts.curves import curves
from commlib.charts.dots import position_strip, stated_against_recomputed
from commlib.charts.figure import Chart
from commlib.charts.fonts import characters_missing
from commlib.charts.funnel import funnel
from commlib.charts.heatmap import heat_map
from commlib.charts.histogram import distribution
from commlib.charts.style import css_variables, style

__all__ = [
    "Chart", "characters_missing", "composition_bar", "css_variables", "curves", "distribution", "funnel", "heat_map",
    "position_strip", "ranked_bars", "stacked_ranked_bars", "stated_against_recomputed", "style",
]
