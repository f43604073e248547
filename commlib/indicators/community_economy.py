"""Community economy: training and jobs against last year, and what service outlets earn."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="同比倍数（比上年同期）", en="Year-on-year multiple (of the same period last year)"),
    unit="ratio",
    direction=Direction.HIGHER,
    definition=Text(zh="本期 ÷ 上年同期", en="this period ÷ the same period last year"),
    defined_by="000-1",
    for_each=("laid_off_trained", "reemployed", "service_outlets", "community_economy_revenue", "outlet_profit", "taxes_paid"),
)
def year_on_year_multiple(each: Quantity, each__last_year: Quantity) -> Ratio:
    """Times the level of a year earlier, by place and quantity; NaN where last year's level is zero or missing."""
    return ratio(each, each__last_year)


@indicator(
    label=Text(zh="服务网点利润率（占社区经济收入）", en="Profit margin of outlets (of community economy revenue)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="服务网点利润 ÷ 社区经济收入", en="outlet profit ÷ community economy revenue"),
    defined_by="000-1",
)
def outlet_profit_margin(outlet_profit: Quantity, community_economy_revenue: Quantity) -> Ratio:
    """Profit in percent of revenue, by place; below zero on a loss, NaN where the revenue is zero or missing."""
    return ratio(outlet_profit, community_economy_revenue, per=100)


@indicator(
    label=Text(zh="每个服务网点收入", en="Revenue per service outlet"),
    unit="CNY10k/outlet",
    direction=Direction.HIGHER,
    definition=Text(zh="社区经济收入 ÷ 服务网点", en="community economy revenue ÷ service outlets"),
    defined_by="000-1",
)
def income_per_outlet(community_economy_revenue: Quantity, service_outlets: Quantity) -> Ratio:
    """Revenue in CNY 10k per service outlet, by place; NaN where there is no outlet."""
    return ratio(community_economy_revenue, service_outlets)


@indicator(
    label=Text(zh="新增服务网点投资规模占比（占新增服务网点）",
               en="Share by size of investment (of new service outlets)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该投资规模的新增服务网点 ÷ 新增服务网点",
                    en="new service outlets of the investment class ÷ new service outlets"),
    defined_by="000-1",
)
def new_outlet_class_share(new_outlets__investment_class: Mapping[str, Quantity], new_outlets: Quantity,
                           ) -> dict[str, Ratio]:
    """Outlets of each investment class in percent of new outlets, by place and class; NaN where none is new."""
    return composition(new_outlets__investment_class, new_outlets)


@indicator(
    label=Text(zh="每个服务网点纳税（按上报网点）", en="Tax per service outlet (reporting)"),
    unit="CNY10k/outlet",
    direction=Direction.HIGHER,
    definition=Text(zh="网点纳税 ÷ 上报经营月报的网点", en="tax paid ÷ service outlets reporting"),
    defined_by="000-1",
)
def tax_per_outlet(taxes_paid: Quantity, outlets_reporting: Quantity) -> Ratio:
    """CNY 10k of tax per reporting outlet, by place; NaN where none reports."""
    return ratio(taxes_paid, outlets_reporting)


@indicator(
    label=Text(zh="每个服务网点从业人数", en="Jobs per service outlet"),
    unit="persons/outlet",
    direction=Direction.HIGHER,
    definition=Text(zh="网点从业人数 ÷ 服务网点", en="employees of outlets ÷ service outlets"),
    defined_by="000-1",
)
def jobs_per_outlet(outlet_employees: Quantity, service_outlets: Quantity) -> Ratio:
    """Employees per service outlet, by place; NaN where there is no outlet."""
    return ratio(outlet_employees, service_outlets)


@indicator(
    label=Text(zh="每个供销社区超市销售额", en="Sales per co-operative shop"),
    unit="CNY10k/shop",
    direction=Direction.HIGHER,
    definition=Text(zh="供销社区超市销售额 ÷ 供销社区超市", en="sales of co-operative shops ÷ co-operative shops"),
    defined_by="001-6",
)
def sales_per_shop(shop_sales: Quantity, cooperative_shops: Quantity) -> Ratio:
    """CNY 10k of sales per shop in the year, by place; NaN where there is no shop."""
    return ratio(shop_sales, cooperative_shops)
