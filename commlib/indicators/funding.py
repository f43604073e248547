"""Funding: what is invested, who pays, and what it comes to per household and per floor."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="社区建设投资占比（占全部固定资产投资）",
               en="Share of community investment (of all fixed-asset investment)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="社区建设固定资产投资 ÷ 全部固定资产投资",
                    en="fixed-asset investment in communities ÷ all fixed-asset investment"),
    defined_by="000-3",
)
def community_investment_share(fixed_asset_investment_communities: Quantity,
                               fixed_asset_investment_total: Quantity) -> Ratio:
    """Community investment in percent of all fixed-asset investment, by place; NaN without a total."""
    return share(fixed_asset_investment_communities, fixed_asset_investment_total)


@indicator(
    label=Text(zh="资金来源占比（占投入总额）", en="Share by source (of all funds invested)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该来源投入 ÷ 投入总额（其余来源未说明）",
                    en="funds from the source ÷ all funds invested (the rest is unspecified)"),
    defined_by="001-3",
)
def funding_source_share(funds_invested__source: Mapping[str, Quantity], funds_invested: Quantity) -> dict[str, Ratio]:
    """Funds of each source in percent of all funds invested, by place and source; NaN where the total is missing."""
    return composition(funds_invested__source, funds_invested)


@indicator(
    label=Text(zh="反映经费不足的书记占比（占全部书记）",
               en="Secretaries reporting a shortage of funds (of all secretaries)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="反映经费不足的书记 ÷ 全部书记", en="secretaries reporting a shortage ÷ all secretaries"),
    defined_by="000-6",
)
def secretaries_reporting_shortage_share(secretaries_reporting_shortage: Quantity, secretaries: Quantity) -> Ratio:
    """Secretaries reporting a shortage in percent of all secretaries, by place; NaN without secretaries."""
    return share(secretaries_reporting_shortage, secretaries)


@indicator(
    label=Text(zh="户均农业投入支出", en="Farm-input spending per household"),
    unit="CNY10k/household",
    direction=Direction.NEUTRAL,
    definition=Text(zh="农业投入支出 ÷ 总户数", en="farm-input spending ÷ total households"),
    defined_by="001-6",
)
def farm_input_spending_per_household(farm_input_spending: Quantity, households_total: Quantity) -> Ratio:
    """Spending on farm inputs in CNY 10k per household, by place; NaN where households are zero or missing."""
    return ratio(farm_input_spending, households_total)


@indicator(
    label=Text(zh="单位建筑面积计划投资（按规划住宅建筑面积）",
               en="Planned investment per planned residential floor area"),
    unit="CNY/m2",
    direction=Direction.NEUTRAL,
    definition=Text(zh="项目计划投资 ÷ 规划住宅建筑面积",
                    en="planned project investment ÷ planned residential floor area"),
    defined_by="001-7",
)
def investment_per_floor_area(project_investment__plan: Quantity, residential_floor_area__plan: Quantity) -> Ratio:
    """Planned CNY per square metre of planned floor, by place; NaN where no residential floor is planned."""
    return ratio(project_investment__plan, residential_floor_area__plan, per=10000)   # CNY 10k stated in CNY
