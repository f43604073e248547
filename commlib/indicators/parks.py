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


@indicator(
    label=Text(zh="园区企业亩均税收（按全部企业占地）", en="Tax per mu (of the land of all park enterprises)"),
    unit="CNY10k/mu",
    direction=Direction.HIGHER,
    definition=Text(zh="园区企业纳税 ÷ 全部企业占地面积（未报税的也计入）",
                    en="taxes of park enterprises ÷ land of all, also of those that report no tax"),
    defined_by="000-4",
)
def tax_per_mu(enterprise_taxes: Quantity, enterprise_land: Quantity) -> Ratio:
    """CNY 10k of tax per mu of enterprise land, by place; NaN where no land is stated."""
    return ratio(enterprise_taxes, enterprise_land)


@indicator(
    label=Text(zh="园区企业亩均投资（按全部企业占地）", en="Investment per mu (of the land of all park enterprises)"),
    unit="CNY10k/mu",
    direction=Direction.HIGHER,
    definition=Text(zh="园区企业投资 ÷ 全部企业占地面积（未报投资的也计入）",
                    en="investment of park enterprises ÷ land of all, also of those that report none"),
    defined_by="000-4",
)
def investment_per_mu(enterprise_investment: Quantity, enterprise_land: Quantity) -> Ratio:
    """CNY 10k invested per mu of enterprise land, by place; NaN where no land is stated."""
    return ratio(enterprise_investment, enterprise_land)


@indicator(
    label=Text(zh="厂房面积占比（占企业占地面积）", en="Workshop share (of land of park enterprises)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="厂房面积 ÷ 企业占地面积（1 亩 = 2000/3 平方米）",
                    en="workshop area ÷ land of enterprises (1 mu = 2000/3 m²)"),
    defined_by="000-4",
)
def workshop_ratio(workshop_area: Quantity, enterprise_land: Quantity) -> Ratio:
    """Workshops in percent of enterprise land, by place; above 100 on several floors, NaN where no land is stated."""
    return ratio(workshop_area, enterprise_land, per=3 / 20)   # percent of m² per mu: 1 mu = 2000/3 m²


@indicator(
    label=Text(zh="投产企业平均生产月数", en="Months of production per operating enterprise"),
    unit="months/enterprise",
    direction=Direction.HIGHER,
    definition=Text(zh="生产月数合计 ÷ 投产企业", en="months produced together ÷ operating enterprises"),
    defined_by="000-4",
)
def production_months_per_enterprise(production_months_worked: Quantity, enterprises_operating: Quantity) -> Ratio:
    """Months produced per operating enterprise, by place; NaN where none operates."""
    return ratio(production_months_worked, enterprises_operating)


@indicator(
    label=Text(zh="每个社区的园区本地就业人数", en="Local jobs at parks per community"),
    unit="persons/community",
    direction=Direction.HIGHER,
    definition=Text(zh="园区企业本地就业人数 ÷ 社区总数", en="local jobs at park enterprises ÷ communities"),
    defined_by="000-4",
)
def local_jobs_per_community(local_jobs: Quantity, communities: Quantity) -> Ratio:
    """Local jobs at park enterprises per community, by place; NaN where there is no community."""
    return ratio(local_jobs, communities)


@indicator(
    label=Text(zh="与社区配套的园区占比（占全部园区）", en="Parks paired with a community (of all parks)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="与社区配套的园区 ÷ 全部园区", en="parks paired with a community ÷ parks"),
    defined_by="000-4",
)
def parks_paired_share(parks_paired: Quantity, parks: Quantity) -> Ratio:
    """Parks paired with a community in percent of all parks, by place; NaN where there is no park."""
    return share(parks_paired, parks)


@indicator(
    label=Text(zh="园区起步区占比（占规划面积）", en="Start areas of parks (of the planned area)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="起步区面积 ÷ 规划园区面积", en="start area ÷ planned park area"),
    defined_by="000-4",
)
def park_start_area_share(start_area: Quantity, park_area__plan: Quantity) -> Ratio:
    """Start area in percent of the planned park area, by place; NaN where none is planned."""
    return share(start_area, park_area__plan)
