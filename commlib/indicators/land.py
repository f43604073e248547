"""Land: land used by households, land transferred, and floors on the planned land."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="户均规划用地（按规划户数）", en="Planned land per planned household"),
    unit="mu/household",
    direction=Direction.LOWER,
    definition=Text(zh="规划用地面积 ÷ 规划户数", en="planned land area ÷ planned households"),
    defined_by="000-3",
)
def land_per_household(planned_land_area__plan: Quantity, households_planned__plan: Quantity) -> Ratio:
    """Mu of planned land per planned household, by place; NaN where no household is planned."""
    return ratio(planned_land_area__plan, households_planned__plan)


@indicator(
    label=Text(zh="土地流转率（占耕地面积）", en="Share of land transferred (of arable land)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="流转土地面积 ÷ 耕地面积", en="land transferred ÷ arable land"),
    defined_by="001-4",
)
def transferred_land_share(land_transferred: Quantity, arable_area: Quantity) -> Ratio:
    """Transferred land in percent of arable land, by place; NaN where the arable land is zero or missing."""
    return share(land_transferred, arable_area)


@indicator(
    label=Text(zh="流转土地农户占比（占全部农户）", en="Households with land transferred (of farm households)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="流转土地的农户 ÷ 全部农户", en="households with land transferred ÷ farm households"),
    defined_by="001-4",
)
def transferred_household_share(households_land_transferred: Quantity, farm_households: Quantity) -> Ratio:
    """Households with land transferred in percent of farm households, by place; NaN without farm households."""
    return share(households_land_transferred, farm_households)


@indicator(
    label=Text(zh="户均农村居民点用地（按农村户数）", en="Rural residential land per rural household"),
    unit="mu/household",
    direction=Direction.LOWER,
    definition=Text(zh="农村居民点用地面积 ÷ 农村户数", en="rural residential land ÷ rural households"),
    defined_by="000-3",
)
def residential_land_per_household(rural_residential_land: Quantity, rural_households: Quantity) -> Ratio:
    """Mu of residential land per rural household, by place; NaN where rural households are zero or missing."""
    return ratio(rural_residential_land, rural_households)


@indicator(
    label=Text(zh="规划容积率（住宅）", en="Planned floor area ratio (residential)"),
    unit="ratio",
    direction=Direction.NEUTRAL,
    definition=Text(zh="规划住宅建筑面积 ÷ 规划用地面积（1 亩 = 2000/3 平方米）",
                    en="planned residential floor area ÷ planned land area (1 mu = 2000/3 m²)"),
    defined_by="001-7",
)
def floor_area_ratio(residential_floor_area__plan: Quantity, planned_land_area__plan: Quantity) -> Ratio:
    """Square metres of floor per square metre of land, by place; NaN where no land is planned."""
    return ratio(residential_floor_area__plan, planned_land_area__plan, per=3 / 2000)   # m² per mu: 1 mu = 2000/3 m²


@indicator(
    label=Text(zh="安置房面积占比（占规划住宅建筑面积）",
               en="Share of resettlement housing (of planned residential floor area)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="规划安置房建筑面积 ÷ 规划住宅建筑面积",
                    en="planned resettlement floor area ÷ planned residential floor area"),
    defined_by="001-7",
)
def resettlement_floor_share(resettlement_floor_area__plan: Quantity, residential_floor_area__plan: Quantity) -> Ratio:
    """Resettlement floor area in percent of planned residential floors, by place; NaN where none is planned."""
    return share(resettlement_floor_area__plan, residential_floor_area__plan)
