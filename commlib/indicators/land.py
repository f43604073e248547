"""Land: land used by households, land transferred, and floors on the planned land."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, difference, growth, ratio, share
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


@indicator(
    label=Text(zh="节约用地（原宅基地面积减规划用地面积）", en="Land saved (former homesteads less planned land)"),
    unit="mu",
    direction=Direction.HIGHER,
    definition=Text(zh="原宅基地面积 − 规划用地面积（按社区用地规划表逐社区相减）",
                    en="former homestead area − planned land area (community by community, of the land plan)"),
    defined_by="000-3",
)
def land_saving(former_homestead_area: Quantity, planned_land_area__plan: Quantity) -> Quantity:
    """Mu of former homesteads less planned land, by place; below zero where more is planned, NaN where either is missing."""
    return difference(former_homestead_area, planned_land_area__plan)


@indicator(
    label=Text(zh="增减挂钩资金拨付率（占应拨资金）", en="Land-linkage money paid (of that due)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已拨增减挂钩资金 ÷ 应拨增减挂钩资金", en="land-linkage funds paid ÷ land-linkage funds due"),
    defined_by="000-4",
)
def linkage_payment_rate(linkage_funds_paid: Quantity, linkage_funds_due: Quantity) -> Ratio:
    """Land-linkage money paid in percent of that due, by place; NaN where none is due."""
    return ratio(linkage_funds_paid, linkage_funds_due, per=100)


@indicator(
    label=Text(zh="土地整治奖补兑现率（占应奖补资金）", en="Land awards paid (of those due)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已拨土地奖补 ÷ 应奖补资金", en="land awards paid ÷ land awards due"),
    defined_by="000-5",
)
def land_award_payment_rate(land_awards_paid: Quantity, land_awards_due: Quantity) -> Ratio:
    """Land awards paid in percent of those due, by place; NaN where none is due."""
    return ratio(land_awards_paid, land_awards_due, per=100)


@indicator(
    label=Text(zh="增减挂钩节余指标", en="Land quota saved by linkage"),
    unit="mu",
    direction=Direction.HIGHER,
    definition=Text(zh="复垦耕地面积 − 安置区占用农用地面积",
                    en="reclaimed arable land − farmland taken by resettlement"),
    defined_by="land_linkage_2008",
)
def land_quota_saved(reclaimed_area: Quantity, resettlement_farmland: Quantity) -> Quantity:
    """Mu of quota left after resettlement, by place; negative where more is taken, NaN where one of them is missing."""
    return difference(reclaimed_area, resettlement_farmland)


@indicator(
    label=Text(zh="节地率（占拆旧面积）", en="Land saved (of the area demolished)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="（拆旧面积 − 安置区面积）÷ 拆旧面积",
                    en="(area demolished − resettlement area) ÷ area demolished"),
    defined_by="land_linkage_2008",
)
def land_saving_rate(demolition_area: Quantity, resettlement_area: Quantity) -> Ratio:
    """Land freed per hundred demolished, by place; negative where resettlement takes more, NaN without demolition."""
    return ratio(demolition_area - resettlement_area, demolition_area, per=100)


@indicator(
    label=Text(zh="增减挂钩平衡率（占建新占用耕地与周转指标之和）",
               en="Linkage balance (of arable land taken and revolving quota)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="复垦耕地面积 ÷（建新占用耕地 + 周转指标），不低于100%为平衡",
                    en="reclaimed arable land ÷ (arable land taken + revolving quota), balanced from 100%"),
    defined_by="land_linkage_2008",
)
def linkage_balance(reclaimed_area: Quantity, new_building_farmland: Quantity, revolving_quota: Quantity) -> Ratio:
    """Reclaimed land per hundred taken or lent, by place; balanced from 100, NaN where nothing is taken or lent."""
    return ratio(reclaimed_area, new_building_farmland + revolving_quota, per=100)


@indicator(
    label=Text(zh="周转指标归还率（占已使用指标）", en="Revolving quota returned (of quota used)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已归还周转指标 ÷ 已使用周转指标", en="revolving quota returned ÷ revolving quota used"),
    defined_by="land_linkage_2008",
)
def quota_return_rate(revolving_quota_returned: Quantity, revolving_quota_used: Quantity) -> Ratio:
    """Quota returned per hundred used, by place; NaN where none is used."""
    return ratio(revolving_quota_returned, revolving_quota_used, per=100)


@indicator(
    label=Text(zh="新增耕地率（比整治前耕地面积）", en="New arable land (on arable land before consolidation)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="整治后耕地面积 ÷ 整治前耕地面积 − 1",
                    en="arable land after ÷ arable land before consolidation − 1"),
    defined_by="land_consolidation",
)
def new_arable_rate(arable_after_consolidation: Quantity, arable_before_consolidation: Quantity) -> Ratio:
    """Percent of arable land gained, by place; negative for a loss, NaN where there was none before."""
    return growth(arable_after_consolidation, arable_before_consolidation)


@indicator(
    label=Text(zh="节余指标单价", en="Price of surplus land quota"),
    unit="CNY10k/mu",
    direction=Direction.HIGHER,
    definition=Text(zh="节余指标交易收益 ÷ 节余指标交易面积", en="revenue of surplus quota ÷ surplus quota sold"),
    defined_by="fujian_quota",
)
def quota_price(surplus_quota_revenue: Quantity, surplus_quota_sold: Quantity) -> Ratio:
    """Revenue in CNY 10k per mu of quota sold, by place; NaN where none is sold."""
    return ratio(surplus_quota_revenue, surplus_quota_sold)
