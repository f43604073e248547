"""Funding: what is invested, who pays, and what it comes to per household and per floor."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, difference, ratio, share
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


@indicator(
    label=Text(zh="资金缺口（应拨资金减到位资金）", en="Funding gap (funds due less funds arrived)"),
    unit="CNY10k",
    direction=Direction.LOWER,
    definition=Text(zh="应拨资金 − 到位资金（各级拨款与自筹合计）",
                    en="funds due − funds arrived (allocations of all levels and money raised)"),
    defined_by="000-3",
)
def funding_shortfall(funds_due: Quantity, funds_arrived: Quantity) -> Quantity:
    """CNY 10k still missing of what was due in the year, by place; below zero where more arrived, NaN where either is missing."""
    return difference(funds_due, funds_arrived)


@indicator(
    label=Text(zh="镇级配套与县级拨款之比", en="Township match of county grants"),
    unit="ratio",
    direction=Direction.HIGHER,
    definition=Text(zh="镇级拨付 ÷ 县级拨付（不低于 1）", en="township grants ÷ county grants (at least 1)"),
    defined_by="000-6",
)
def match_ratio(township_grants: Quantity, county_grants: Quantity) -> Ratio:
    """Township money for each unit of county money, by place; NaN where the county paid nothing."""
    return ratio(township_grants, county_grants)


@indicator(
    label=Text(zh="补助欠拨额（应拨减已拨）", en="Grant arrears (due less paid)"),
    unit="CNY10k",
    direction=Direction.LOWER,
    definition=Text(zh="应拨补助 − 已拨补助", en="grants due by rule − grants paid"),
    defined_by="000-6",
)
def grant_arrears(subsidies_due: Quantity, subsidies_paid: Quantity) -> Quantity:
    """CNY 10k due by rule and not paid, by place; below zero where too much was paid, NaN where either is missing."""
    return difference(subsidies_due, subsidies_paid)


@indicator(
    label=Text(zh="每百户应拨补助（按应补户数）", en="Grant due per 100 households (eligible)"),
    unit="CNY/100households",
    direction=Direction.NEUTRAL,
    definition=Text(zh="应拨补助 ÷ 应补户数 × 100", en="grants due ÷ eligible households × 100"),
    defined_by="000-6",
)
def grant_due_per_100_households(subsidies_due: Quantity, subsidised_households: Quantity) -> Ratio:
    """CNY due per 100 eligible households, by place; NaN where no household is eligible."""
    return ratio(subsidies_due, subsidised_households, per=1000000)   # CNY 10k a household


@indicator(
    label=Text(zh="户均已拨补助（按应补户数）", en="Subsidy paid per household (eligible)"),
    unit="CNY/household",
    direction=Direction.HIGHER,
    definition=Text(zh="已拨补助 ÷ 应补户数", en="subsidies paid ÷ eligible households"),
    defined_by="000-3",
)
def subsidy_paid_per_household(subsidies_paid: Quantity, subsidised_households: Quantity) -> Ratio:
    """CNY paid per eligible household, by place; NaN where no household is eligible."""
    return ratio(subsidies_paid, subsidised_households, per=10000)   # CNY 10k stated in CNY


@indicator(
    label=Text(zh="合同付款率（占应付款）", en="Contract payments made (of those due)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="合同已付款 ÷ 合同应付款", en="contract payments made ÷ contract payments due"),
    defined_by="000-4",
)
def contract_payment_rate(contract_payments_made: Quantity, contract_payments_due: Quantity) -> Ratio:
    """Instalments paid in percent of those due in the year, by place; NaN where none was due."""
    return ratio(contract_payments_made, contract_payments_due, per=100)


@indicator(
    label=Text(zh="部门项目获批率（占申报项目）", en="Projects of bureaux approved (of those applied for)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="获批项目 ÷ 申报项目", en="projects approved ÷ projects applied for"),
    defined_by="000-5",
)
def department_project_approval_rate(department_projects_approved: Quantity, department_projects: Quantity) -> Ratio:
    """Approved projects in percent of those applied for, by place; NaN where none was applied for."""
    return share(department_projects_approved, department_projects)


@indicator(
    label=Text(zh="资金到位率（占安排资金）", en="Funds arrived (of funds arranged)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="本期到位资金 ÷ 安排（下达）资金", en="funds received in the period ÷ funds arranged"),
    defined_by="nbs_definitions",
)
def fund_arrival_rate(funds_arrived: Quantity, funds_arranged: Quantity) -> Ratio:
    """Funds arrived per hundred arranged, by place; above 100 where more arrives, NaN where none is arranged."""
    return ratio(funds_arrived, funds_arranged, per=100)


@indicator(
    label=Text(zh="资金拨付率（占到位资金）", en="Funds disbursed (of funds arrived)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="财政拨付资金 ÷ 到位资金", en="funds disbursed by finance ÷ funds arrived"),
    defined_by="nbs_definitions",
)
def fund_disbursement_rate(funds_disbursed: Quantity, funds_arrived: Quantity) -> Ratio:
    """Funds disbursed per hundred arrived, by place; above 100 points to a fault, NaN where none arrived."""
    return ratio(funds_disbursed, funds_arrived, per=100)


@indicator(
    label=Text(zh="资金支出进度（占安排资金）", en="Funds spent (of funds arranged)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="支付资金 ÷ 安排（下达）资金", en="funds paid ÷ funds arranged"),
    defined_by="luxi_2019",
)
def fund_spending_rate(funds_paid: Quantity, funds_arranged: Quantity) -> Ratio:
    """Funds paid per hundred arranged, by place; with the share unspent 100, NaN where none is arranged."""
    return ratio(funds_paid, funds_arranged, per=100)


@indicator(
    label=Text(zh="资金结余率（占安排资金）", en="Funds unspent (of funds arranged)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="（安排资金 − 支付资金）÷ 安排资金", en="(funds arranged − funds paid) ÷ funds arranged"),
    defined_by="luxi_2019",
)
def fund_unspent_share(funds_arranged: Quantity, funds_paid: Quantity) -> Ratio:
    """Funds not yet paid per hundred arranged, by place; NaN where none is arranged."""
    return ratio(funds_arranged - funds_paid, funds_arranged, per=100)


@indicator(
    label=Text(zh="投资杠杆：每1元财政资金带来的非财政资金", en="Investment leverage: non-fiscal to fiscal funds"),
    unit="ratio",
    direction=Direction.NEUTRAL,
    definition=Text(zh="到位非财政资金 ÷ 到位财政资金（1∶x）",
                    en="non-fiscal funds arrived ÷ fiscal funds arrived (1:x)"),
    defined_by="nbs_definitions",
)
def leverage_non_fiscal_to_fiscal(non_fiscal_funds_arrived: Quantity, fiscal_funds_arrived: Quantity) -> Ratio:
    """Non-fiscal funds for each unit of fiscal funds, by place; NaN where no fiscal funds arrived."""
    return ratio(non_fiscal_funds_arrived, fiscal_funds_arrived)


@indicator(
    label=Text(zh="投资杠杆：全部资金为财政资金的倍数", en="Investment leverage: all funds to fiscal funds"),
    unit="ratio",
    direction=Direction.NEUTRAL,
    definition=Text(zh="（到位财政资金 + 到位非财政资金）÷ 到位财政资金",
                    en="(fiscal + non-fiscal funds arrived) ÷ fiscal funds arrived"),
    defined_by="nbs_definitions",
)
def leverage_total_to_fiscal(fiscal_funds_arrived: Quantity, non_fiscal_funds_arrived: Quantity) -> Ratio:
    """All funds for each unit of fiscal funds, by place; one more than the other leverage, NaN without fiscal funds."""
    return ratio(fiscal_funds_arrived + non_fiscal_funds_arrived, fiscal_funds_arrived)


@indicator(
    label=Text(zh="年度投资完成率（占年度计划）", en="Investment of the year (of the annual plan)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="本年完成投资 ÷ 年度计划投资", en="investment completed in the year ÷ annual plan"),
    defined_by="nbs_definitions",
)
def annual_investment_rate(investment_of_year: Quantity, investment_of_year__plan: Quantity) -> Ratio:
    """Investment of the year per hundred planned, by place; above 100 beyond the plan, NaN without a plan."""
    return ratio(investment_of_year, investment_of_year__plan, per=100)
