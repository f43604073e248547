"""Services: the official indicators of community services, and what joint offices and opinion logs answer to residents."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, each_over, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="城市社区综合服务设施覆盖率（占城市社区）",
               en="Coverage with comprehensive service facilities (of urban communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="有综合服务设施的城市社区 ÷ 城市社区总数",
                    en="urban communities with a comprehensive service facility ÷ urban communities"),
    defined_by="services_plan_2021",
)
def urban_service_facility_coverage(urban_communities_with_service_facility: Quantity,
                                    communities__urban: Quantity) -> Ratio:
    """Urban communities with a facility in percent of all urban communities, by place; NaN where there is none."""
    return share(urban_communities_with_service_facility, communities__urban)


@indicator(
    label=Text(zh="农村社区综合服务设施覆盖率（占行政村）",
               en="Coverage with comprehensive service facilities (of administrative villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="有综合服务设施的行政村 ÷ 行政村总数",
                    en="villages with a comprehensive service facility ÷ administrative villages"),
    defined_by="services_plan_2021",
)
def rural_service_facility_coverage(villages_with_service_facility: Quantity,
                                    administrative_villages: Quantity) -> Ratio:
    """Villages with a facility in percent of administrative villages, by place; NaN where there is no village."""
    return share(villages_with_service_facility, administrative_villages)


@indicator(
    label=Text(zh="综合服务设施人口覆盖率（占常住人口）",
               en="Coverage with comprehensive service facilities (of residents)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="有综合服务设施的社区的常住人口 ÷ 常住人口",
                    en="residents of communities with a comprehensive service facility ÷ residents"),
    defined_by="services_plan_2021",
)
def resident_service_facility_coverage(residents_of_communities_with_service_facility: Quantity,
                                       resident_population: Quantity) -> Ratio:
    """Residents of covered communities in percent of all residents, by place; NaN where nobody lives."""
    return share(residents_of_communities_with_service_facility, resident_population)


@indicator(
    label=Text(zh="每百户居民拥有综合服务设施面积", en="Service floor area per 100 households"),
    unit="m2/100households",
    direction=Direction.HIGHER,
    definition=Text(zh="综合服务设施建筑面积（不含广场）÷ 社区户数 × 100",
                    en="floor area of comprehensive service facilities (without squares) ÷ households × 100"),
    defined_by="services_plan_2021",
)
def service_floor_area_per_100_households(service_floor_area: Quantity, households_in_community: Quantity) -> Ratio:
    """Square metres of floor per hundred households, by place and pooled over communities; NaN without households."""
    return ratio(service_floor_area, households_in_community, per=100)


@indicator(
    label=Text(zh="综合服务设施面积达标率（占社区）",
               en="Communities meeting the floor area standard (of all communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="综合服务设施面积达标的社区 ÷ 社区总数",
                    en="communities whose service floor area meets the standard ÷ communities"),
    defined_by="services_plan_2021",
)
def floor_area_standard_share(communities_meeting_floor_area: Quantity, communities: Quantity) -> Ratio:
    """Communities that meet the standard in percent of communities, by place; NaN where there is no community."""
    return share(communities_meeting_floor_area, communities)


@indicator(
    label=Text(zh="新建社区商业和综合服务设施面积占比（占新建社区总建筑面积）",
               en="Commercial and service floor area (of the total floor area of new communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="新建社区商业和综合服务设施面积 ÷ 新建社区总建筑面积",
                    en="commercial and service floor area ÷ total floor area of new communities"),
    defined_by="services_plan_2021",
)
def new_community_service_floor_share(new_community_service_floor_area: Quantity,
                                      new_community_floor_area: Quantity) -> Ratio:
    """Commercial and service floors in percent of the floors of new communities, by place; NaN where none is new."""
    return share(new_community_service_floor_area, new_community_floor_area)


@indicator(
    label=Text(zh="居民活动区域面积占比（占综合服务设施建筑面积）",
               en="Floor area for residents' activities (of service floor area)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="居民活动区域面积 ÷ 综合服务设施建筑面积",
                    en="floor area for activities ÷ floor area of comprehensive service facilities"),
    defined_by="services_plan_2021",
)
def activity_floor_share(activity_floor_area: Quantity, service_floor_area: Quantity) -> Ratio:
    """Activity area in percent of the service floor area, by place; NaN where there is no such floor."""
    return share(activity_floor_area, service_floor_area)


@indicator(
    label=Text(zh="政务通用自助服务覆盖率（占城市社区）",
               en="Coverage with government self-service terminals (of urban communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="设自助服务终端的城市社区 ÷ 城市社区总数",
                    en="urban communities with a terminal ÷ urban communities"),
    defined_by="services_plan_2021",
)
def self_service_terminal_coverage(urban_communities_with_terminal: Quantity, communities__urban: Quantity) -> Ratio:
    """Urban communities with a terminal in percent of urban communities, by place; NaN where there is none."""
    return share(urban_communities_with_terminal, communities__urban)


@indicator(
    label=Text(zh="每个社区的社区社会组织数", en="Social organisations per community"),
    unit="count/community",
    direction=Direction.HIGHER,
    definition=Text(zh="该类社区的社区社会组织 ÷ 该类社区",
                    en="social organisations of communities of the kind ÷ communities of the kind"),
    defined_by="services_plan_2021",
)
def social_organisations_per_community(community_social_organisations__setting: Mapping[str, Quantity],
                                       communities__setting: Mapping[str, Quantity]) -> dict[str, Ratio]:
    """Social organisations per community, by place and kind of community; NaN where there is none of the kind."""
    return each_over(community_social_organisations__setting, communities__setting)


@indicator(
    label=Text(zh="社区服务机构和设施数与自治组织数之比（村和社区之和，可超过100%）",
               en="Service institutions and facilities to committees (villages and communities; may exceed 100%)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="社区服务机构和设施数 ÷（行政村数 + 社区数），是个数之比，不是覆盖率",
                    en="service bodies ÷ (administrative villages + communities), a ratio of counts and no coverage"),
    defined_by="civil_affairs_2014",
)
def service_bodies_to_committees(service_bodies: Quantity, administrative_villages: Quantity,
                                 communities: Quantity) -> Ratio:
    """Service bodies per hundred villages and communities, by place; above 100 where there are more, NaN without any."""
    return ratio(service_bodies, administrative_villages + communities, per=100)


@indicator(
    label=Text(zh="每千老年人口养老床位", en="Beds in elderly care per 1,000 persons aged 60 and over"),
    unit="count/1000persons",
    direction=Direction.HIGHER,
    definition=Text(zh="养老床位 ÷ 60岁及以上人口 × 1000", en="beds ÷ population aged 60 and over × 1,000"),
    defined_by="civil_affairs_2014",
)
def elderly_beds_per_1000(elderly_beds: Quantity, elderly_population: Quantity) -> Ratio:
    """Beds per thousand persons of 60 and over, by place; NaN where there is no such person."""
    return ratio(elderly_beds, elderly_population, per=1000)


@indicator(
    label=Text(zh="每千人商业服务点数（按常住人口）", en="Shops and services per 1,000 residents (of resident population)"),
    unit="count/1000persons",
    direction=Direction.HIGHER,
    definition=Text(zh="该类商业服务点 ÷ 常住人口 × 1000", en="shops and services of the kind ÷ resident population × 1,000"),
    defined_by="000-1",
)
def services_per_1000_residents(commerce__kind: Mapping[str, Quantity], resident_population: Quantity) -> dict[str, Ratio]:
    """Shops and services of each kind per 1,000 residents, by place and kind; NaN without a population."""
    return each_over(commerce__kind, resident_population, per=1000)


@indicator(
    label=Text(zh="当场办结率（占受理件）", en="Cases settled at once (of cases received)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="当场办结件 ÷ 受理件", en="cases settled at once ÷ cases received"),
    defined_by="001-3",
)
def settled_at_once_share(service_cases_settled_at_once: Quantity, service_cases_received: Quantity) -> Ratio:
    """Cases settled at once in percent of cases received, by place; NaN where none was received."""
    return share(service_cases_settled_at_once, service_cases_received)


@indicator(
    label=Text(zh="每个值班日值班人数", en="Staff on duty per day of duty"),
    unit="persons/day",
    direction=Direction.HIGHER,
    definition=Text(zh="值班人次 ÷ 值班天数", en="staff on duty ÷ days on duty"),
    defined_by="001-3",
)
def staff_per_duty_day(duty_staff: Quantity, duty_days: Quantity) -> Ratio:
    """Staff on duty per day of duty, by place; NaN where no day is recorded."""
    return ratio(duty_staff, duty_days)


@indicator(
    label=Text(zh="关爱对象人均走访次数", en="Visits per person on the care register"),
    unit="occasions/person",
    direction=Direction.HIGHER,
    definition=Text(zh="走访次数 ÷ 关爱服务对象", en="visits ÷ persons on the care register"),
    defined_by="001-3",
)
def visits_per_care_person(care_visits: Quantity, care_persons: Quantity) -> Ratio:
    """Visits per person on the register, by place; NaN where nobody is on it."""
    return ratio(care_visits, care_persons)


@indicator(
    label=Text(zh="关爱对象人均救助金额", en="Relief per person on the care register"),
    unit="CNY/person",
    direction=Direction.HIGHER,
    definition=Text(zh="救助金额 ÷ 关爱服务对象", en="relief paid ÷ persons on the care register"),
    defined_by="001-3",
)
def relief_per_care_person(care_relief: Quantity, care_persons: Quantity) -> Ratio:
    """CNY of relief per person on the register, by place; NaN where nobody is on it."""
    return ratio(care_relief, care_persons)


@indicator(
    label=Text(zh="每村当月联合办公天数（按有记录的村）",
               en="Days of joint office per village and month (of villages with a record)"),
    unit="days/village",
    direction=Direction.HIGHER,
    definition=Text(zh="当月联合办公天数 ÷ 当月有记录的村（应为每月 2 天）",
                    en="days held in the month ÷ villages with a record (two are due)"),
    defined_by="001-4",
)
def joint_office_days_per_village(joint_office_days_held: Quantity, joint_office_villages: Quantity) -> Ratio:
    """Days held in the month per village with a record, by place; NaN where no village has one."""
    return ratio(joint_office_days_held, joint_office_villages)


@indicator(
    label=Text(zh="联合办公日均时长", en="Hours of joint office per day held"),
    unit="hours/day",
    direction=Direction.HIGHER,
    definition=Text(zh="办公时长 ÷ 联合办公天数（应不少于 8 小时）", en="hours held ÷ days held (at least eight are due)"),
    defined_by="001-4",
)
def joint_office_hours_per_day(joint_office_hours_held: Quantity, joint_office_days_held: Quantity) -> Ratio:
    """Hours per day of joint office in the month, by place; NaN where no day was held."""
    return ratio(joint_office_hours_held, joint_office_days_held)


@indicator(
    label=Text(zh="联合办公当场解决率（占受理事项）", en="Issues settled at joint offices (of issues received)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="当场解决事项 ÷ 受理事项", en="issues settled ÷ issues received"),
    defined_by="001-4",
)
def joint_office_settled_share(joint_office_issues_settled: Quantity, joint_office_issues: Quantity) -> Ratio:
    """Issues settled on the spot in percent of those received, by place; NaN where none was received."""
    return share(joint_office_issues_settled, joint_office_issues)


@indicator(
    label=Text(zh="社情民意答复率（占收集条数）", en="Opinions answered (of opinions received)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已答复条数 ÷ 收集条数", en="opinions answered ÷ opinions received"),
    defined_by="001-4",
)
def opinions_answered_share(opinions_answered: Quantity, opinions_received: Quantity) -> Ratio:
    """Opinions answered in percent of those received in the year, by place; NaN where none was received."""
    return ratio(opinions_answered, opinions_received, per=100)
