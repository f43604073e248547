"""Infrastructure: roads to villages and groups, and what the roads are like."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="建制村通硬化路率（占具备条件的建制村）",
               en="Villages with a hard-surface road (of eligible villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="具备条件且已通硬化路的建制村 ÷ 具备条件的建制村",
                    en="eligible villages with a hard-surface road ÷ eligible villages"),
    defined_by="rural_roads",
)
def hard_road_rate(eligible_villages_with_hard_road: Quantity, eligible_villages: Quantity) -> Ratio:
    """Villages with a hard road in percent of those eligible, by place; NaN where none is eligible."""
    return share(eligible_villages_with_hard_road, eligible_villages)


@indicator(
    label=Text(zh="较大人口规模自然村（组）通硬化路率（占较大人口规模自然村组）",
               en="Larger natural villages with a hard-surface road (of larger natural villages and groups)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="通硬化路的较大人口规模自然村（组）÷ 较大人口规模自然村（组）",
                    en="those with a hard-surface road ÷ natural villages and groups of larger size"),
    defined_by="rural_roads",
)
def large_group_hard_road_rate(large_groups_with_hard_road: Quantity, large_groups: Quantity) -> Ratio:
    """Larger groups with a hard road in percent of larger groups, by place; NaN where there is none."""
    return share(large_groups_with_hard_road, large_groups)


@indicator(
    label=Text(zh="农村公路路况占比（占农村公路里程）", en="Rural roads by quality (of the length of rural roads)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="铺装、等级或优良的里程 ÷ 农村公路里程（各项可重叠）",
                    en="length paved, classed or in good condition ÷ length of rural roads (they overlap)"),
    defined_by="rural_roads",
)
def rural_road_quality_share(rural_road_length__quality: Mapping[str, Quantity],
                             rural_road_length: Quantity) -> dict[str, Ratio]:
    """Length of each quality in percent of rural roads, by place and quality; NaN without rural roads."""
    return composition(rural_road_length__quality, rural_road_length)
