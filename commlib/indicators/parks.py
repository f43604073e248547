"""Parks: industrial parks built together with communities (两区同建)."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="规划园区类型占比（占规划园区）", en="Share by type (of planned parks)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该类型规划园区 ÷ 规划园区总数", en="planned parks of the type ÷ planned parks"),
    defined_by="000-4",
)
def park_type_share(parks__type__plan: Mapping[str, Quantity], parks__plan: Quantity) -> dict[str, Ratio]:
    """Parks of each type in percent of planned parks, by place and type; NaN where no park is planned."""
    return composition(parks__type__plan, parks__plan)


@indicator(
    label=Text(zh="在建单体项目占比（占全部单体项目）", en="Unit projects in progress (of all unit projects)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="在建单体项目 ÷ 全部单体项目", en="unit projects in progress ÷ all unit projects"),
    defined_by="000-4",
)
def projects_in_progress_share(unit_projects_in_progress: Quantity, unit_projects: Quantity) -> Ratio:
    """Unit projects in progress in percent of all unit projects, by place; NaN where there is no project."""
    return share(unit_projects_in_progress, unit_projects)


@indicator(
    label=Text(zh="园区建成率（占规划面积）", en="Park area built (of the planned area)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已建成园区面积 ÷ 规划园区面积", en="park area built ÷ planned park area"),
    defined_by="000-4",
)
def park_area_built_share(park_area: Quantity, park_area__plan: Quantity) -> Ratio:
    """Park area built in percent of the planned area, by place; above 100 beyond the plan, NaN without a plan."""
    return ratio(park_area, park_area__plan, per=100)
