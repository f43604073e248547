"""Coverage: who has roads, water, services and facilities, each against a named base."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, each_over, growth, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="村覆盖率（占行政村）", en="Coverage of villages (of administrative villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="具备该项的行政村 ÷ 行政村总数",
                    en="administrative villages with the item ÷ administrative villages"),
    defined_by="001-3",
)
def coverage_villages(villages_with__item: Mapping[str, Quantity], administrative_villages: Quantity,
                      ) -> dict[str, Ratio]:
    """Villages with each item in percent of administrative villages, by place and item; NaN where there is none."""
    return composition(villages_with__item, administrative_villages)


@indicator(
    label=Text(zh="公开栏覆盖率（占村和社区）", en="Notice board coverage (of villages and communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="设有公开栏的村和社区 ÷ 村和社区总数",
                    en="villages and communities with a notice board ÷ villages and communities"),
    defined_by="001-4",
)
def notice_board_coverage(villages_with_notice_board: Quantity, villages_and_communities: Quantity) -> Ratio:
    """Those with a notice board in percent of villages and communities, by place; NaN where there is neither."""
    return share(villages_with_notice_board, villages_and_communities)


@indicator(
    label=Text(zh="社区覆盖率（占社区）", en="Coverage of communities (of all communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="具备该项的社区 ÷ 社区总数", en="communities with the item ÷ communities"),
    defined_by="001-4",
)
def coverage_communities(communities_with__item: Mapping[str, Quantity], communities: Quantity) -> dict[str, Ratio]:
    """Communities with each item in percent of all communities, by place and item; NaN where there is no community."""
    return composition(communities_with__item, communities)


@indicator(
    label=Text(zh="人口覆盖率（占总人口）", en="Coverage of residents (of total population)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="享有该项服务的人口 ÷ 总人口", en="persons with the service ÷ total population"),
    defined_by="001-4",
)
def coverage_population(persons_with__service: Mapping[str, Quantity], population_total: Quantity) -> dict[str, Ratio]:
    """Persons with each service in percent of all persons, by place and service; NaN without a population."""
    return composition(persons_with__service, population_total)


@indicator(
    label=Text(zh="电网改造率（占村和社区）", en="Power grid upgrade rate (of villages and communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="完成电网改造的村和社区 ÷ 村和社区总数",
                    en="villages and communities with an upgraded grid ÷ villages and communities"),
    defined_by="001-4",
)
def grid_upgrade_rate(villages_with_grid_upgrade: Quantity, villages_and_communities: Quantity) -> Ratio:
    """Those with an upgraded grid in percent of villages and communities, by place; NaN where there is neither."""
    return share(villages_with_grid_upgrade, villages_and_communities)


@indicator(
    label=Text(zh="绿化覆盖率（占建成区面积）", en="Green coverage (of the built-up area)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="绿化覆盖面积 ÷ 建成区面积", en="green area ÷ built-up area"),
    defined_by="000-1",
)
def green_coverage_rate(green_area: Quantity, built_up_area: Quantity) -> Ratio:
    """Green area in percent of the built-up area, by place; NaN where the built-up area is zero or missing."""
    return share(green_area, built_up_area)


@indicator(
    label=Text(zh="入学率（占学龄儿童）", en="School enrolment rate (of children of school age)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已入学学龄儿童 ÷ 学龄儿童", en="enrolled children of school age ÷ children of school age"),
    defined_by="000-1",
)
def school_enrolment_rate(children_enrolled: Quantity, children_school_age: Quantity) -> Ratio:
    """Children enrolled in percent of children of school age, by place; NaN where there is no such child."""
    return share(children_enrolled, children_school_age)


@indicator(
    label=Text(zh="合作医疗参合率（占应参合人口）", en="Medical scheme participation (of eligible persons)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="参合人口 ÷ 应参合人口", en="participants ÷ persons eligible"),
    defined_by="001-4",
)
def medical_participation_rate(medical_scheme_participants: Quantity, medical_scheme_eligible: Quantity) -> Ratio:
    """Participants in percent of eligible persons, by place; NaN where nobody is eligible."""
    return share(medical_scheme_participants, medical_scheme_eligible)


@indicator(
    label=Text(zh="公交票价变动（比原票价）", en="Change of bus fares (on the former fare)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="现票价 ÷ 原票价 − 1", en="fare now ÷ former fare − 1"),
    defined_by="001-3",
)
def bus_fare_change(bus_fare: Quantity, bus_fare_before: Quantity) -> Ratio:
    """Percent change of the fare, negative for a fall, by place; NaN where the former fare is zero or missing."""
    return growth(bus_fare, bus_fare_before)


@indicator(
    label=Text(zh="每个社区的设施数", en="Facilities per community"),
    unit="count/community",
    direction=Direction.HIGHER,
    definition=Text(zh="该类设施 ÷ 社区总数", en="facilities of the kind ÷ communities"),
    defined_by="000-1",
)
def facilities_per_community(facilities__kind: Mapping[str, Quantity], communities: Quantity) -> dict[str, Ratio]:
    """Facilities of each kind per community, by place and kind; NaN where there is no community."""
    return each_over(facilities__kind, communities)


@indicator(
    label=Text(zh="每个社区的商业服务点数", en="Shops and services per community"),
    unit="count/community",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该类商业服务点 ÷ 社区总数", en="shops and services of the kind ÷ communities"),
    defined_by="000-1",
)
def commerce_per_community(commerce__kind: Mapping[str, Quantity], communities: Quantity) -> dict[str, Ratio]:
    """Shops and services of each kind per community, by place and kind; NaN where there is no community."""
    return each_over(commerce__kind, communities)


@indicator(
    label=Text(zh="每支志愿者队伍的党员数", en="Party members per volunteer team"),
    unit="persons/team",
    direction=Direction.NEUTRAL,
    definition=Text(zh="党员志愿者 ÷ 志愿者队伍", en="party members volunteering ÷ volunteer teams"),
    defined_by="000-1",
)
def party_members_per_volunteer_team(volunteer_party_members: Quantity, volunteer_teams: Quantity) -> Ratio:
    """Volunteering party members per team, by place; NaN where there is no team."""
    return ratio(volunteer_party_members, volunteer_teams)


@indicator(
    label=Text(zh="标准达标率（占所查标准项目）", en="Checklist score (of the items checked)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="达标项目 ÷ 所查标准项目", en="items met ÷ items of the standards checked"),
    defined_by="001-3",
)
def checklist_score(checklist_items_met: Quantity, checklist_items: Quantity) -> Ratio:
    """Items met in percent of the items checked, by place; NaN where none was checked."""
    return share(checklist_items_met, checklist_items)
