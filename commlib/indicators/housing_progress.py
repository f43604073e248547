"""Housing progress: starts, completions and moving in, each against a named base."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="社区开工率（占当年任务）", en="Start rate of communities (of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已开工社区 ÷ 当年任务社区", en="communities started ÷ communities in the year's task"),
    defined_by="000-4",
)
def start_rate(communities_started: Quantity, communities_task__target: Quantity) -> Ratio:
    """Communities started in percent of the year's task, by place; above 100 with extra starts, NaN without a task."""
    return ratio(communities_started, communities_task__target, per=100)


@indicator(
    label=Text(zh="建成和在建率（占当年任务）", en="Dwellings built or under construction (of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="建成和在建套数 ÷ 当年任务套数",
                    en="dwellings built or under construction ÷ dwellings in the year's task"),
    defined_by="000-5",
)
def built_or_building_of_task(dwellings_built_or_building: Quantity, dwellings_task__target: Quantity) -> Ratio:
    """Dwellings built or being built per hundred in the task, by place; over 100 with carry-over, NaN with no task."""
    return ratio(dwellings_built_or_building, dwellings_task__target, per=100)


@indicator(
    label=Text(zh="住房竣工率（占当年任务）", en="Housing completion rate (of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="竣工套数 ÷ 当年任务套数", en="completed dwellings ÷ dwellings in the year's task"),
    defined_by="000-5",
)
def housing_completion_rate(dwellings_completed: Quantity, dwellings_task__target: Quantity) -> Ratio:
    """Completed dwellings in percent of the year's task, by place; above 100 with carry-over, NaN without a task."""
    return ratio(dwellings_completed, dwellings_task__target, per=100)


@indicator(
    label=Text(zh="入住率（占已竣工）", en="Occupancy rate (of completed dwellings)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="入住户数 ÷ 竣工套数", en="households moved in ÷ completed dwellings"),
    defined_by="000-5",
)
def moved_in_of_completed(households_moved_in: Quantity, dwellings_completed: Quantity) -> Ratio:
    """Households moved in per hundred completed dwellings, by place; NaN where nothing is completed."""
    return ratio(households_moved_in, dwellings_completed, per=100)


@indicator(
    label=Text(zh="累计入住率（占当年任务套数）", en="Moved in so far (of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="累计入住户数 ÷ 当年任务套数（含结转，可超过100%）",
                    en="households moved in so far ÷ dwellings in the year's task (above 100 % with earlier years' homes)"),
    defined_by="000-5",
)
def moved_in_of_task(households_moved_in: Quantity, dwellings_task__target: Quantity) -> Ratio:
    """Households moved in per hundred dwellings of the year's task, by place; NaN where the task is zero or missing."""
    return ratio(households_moved_in, dwellings_task__target, per=100)


@indicator(
    label=Text(zh="竣工率（占已开工户数）", en="Completion rate (of started households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="竣工户数 ÷ 开工户数", en="completed households ÷ started households"),
    defined_by="000-3",
)
def completed_of_started(households_completed: Quantity, households_started: Quantity) -> Ratio:
    """Households completed in percent of those started, by place; above 100 with carry-over, NaN without starts."""
    return ratio(households_completed, households_started, per=100)


@indicator(
    label=Text(zh="每竣工户投资额", en="Investment per completed household"),
    unit="CNY10k/household",
    direction=Direction.NEUTRAL,
    definition=Text(zh="社区建设固定资产投资 ÷ 竣工户数",
                    en="fixed-asset investment in communities ÷ completed households"),
    defined_by="000-3",
)
def investment_per_completed_household(fixed_asset_investment_communities: Quantity,
                                       households_completed: Quantity) -> Ratio:
    """Investment in CNY 10k per completed household, by place; NaN where nothing is completed."""
    return ratio(fixed_asset_investment_communities, households_completed)


@indicator(
    label=Text(zh="配套设施和样板房完成率（占计划）", en="Completion of facilities and model houses (of the plan)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已完成的配套设施和样板房工程 ÷ 计划工程",
                    en="completed facility and model-house works ÷ planned works"),
    defined_by="000-5",
)
def facility_and_model_house_completion_rate(facility_works_completed: Quantity,
                                             facility_works__plan: Quantity) -> Ratio:
    """Works completed in percent of works planned, by place; NaN where nothing is planned."""
    return ratio(facility_works_completed, facility_works__plan, per=100)


@indicator(
    label=Text(zh="砖木结构住房占比（占住房总数）", en="Share of brick-and-wood houses (of all houses)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="砖木结构住房 ÷ 住房总数", en="brick-and-wood houses ÷ all houses"),
    defined_by="000-3",
)
def brick_wood_house_share(houses_brick_wood: Quantity, houses_total: Quantity) -> Ratio:
    """Brick-and-wood houses in percent of all houses, by place; NaN where the number of houses is zero or missing."""
    return share(houses_brick_wood, houses_total)


@indicator(
    label=Text(zh="开工率（占规划户数）", en="Start rate (of planned households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="开工户数 ÷ 规划户数", en="households started ÷ planned households"),
    defined_by="000-3",
)
def households_started_of_planned(households_started: Quantity, households_planned__plan: Quantity) -> Ratio:
    """Households started in percent of those planned, by place; above 100 with extra homes, NaN without a plan."""
    return ratio(households_started, households_planned__plan, per=100)


@indicator(
    label=Text(zh="主体完工率（占规划户数）", en="Topped-out rate (of planned households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="主体完工户数 ÷ 规划户数", en="households topped out ÷ planned households"),
    defined_by="000-3",
)
def households_topped_out_of_planned(households_topped_out: Quantity, households_planned__plan: Quantity) -> Ratio:
    """Households topped out in percent of those planned, by place; above 100 with extra homes, NaN without a plan."""
    return ratio(households_topped_out, households_planned__plan, per=100)


@indicator(
    label=Text(zh="竣工率（占规划户数）", en="Completion rate (of planned households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="竣工户数 ÷ 规划户数", en="households completed ÷ planned households"),
    defined_by="000-3",
)
def households_completed_of_planned(households_completed: Quantity, households_planned__plan: Quantity) -> Ratio:
    """Households completed in percent of those planned, by place; above 100 with extra homes, NaN without a plan."""
    return ratio(households_completed, households_planned__plan, per=100)


@indicator(
    label=Text(zh="入住率（占规划户数）", en="Occupancy rate (of planned households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="入住户数 ÷ 规划户数", en="households moved in ÷ planned households"),
    defined_by="000-3",
)
def households_moved_in_of_planned(households_moved_in: Quantity, households_planned__plan: Quantity) -> Ratio:
    """Households moved in in percent of those planned, by place; above 100 with extra homes, NaN without a plan."""
    return ratio(households_moved_in, households_planned__plan, per=100)


@indicator(
    label=Text(zh="入住率（占竣工户数）", en="Occupancy rate (of completed households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="入住户数 ÷ 竣工户数", en="households moved in ÷ households completed"),
    defined_by="000-5",
)
def households_moved_in_of_completed(households_moved_in: Quantity, households_completed: Quantity) -> Ratio:
    """Households moved in per hundred completed, by place; NaN where nothing is completed."""
    return ratio(households_moved_in, households_completed, per=100)


@indicator(
    label=Text(zh="新房使用年限倍数（比砖木结构住房）", en="Expected life of new houses (of brick-and-wood houses)"),
    unit="ratio",
    direction=Direction.HIGHER,
    definition=Text(zh="新房使用年限 ÷ 砖木结构住房使用年限", en="life of new houses ÷ life of brick-and-wood houses"),
    defined_by="000-3",
)
def house_life_multiple(house_life_new: Quantity, house_life_brick_wood: Quantity) -> Ratio:
    """Times the life of brick-and-wood houses, by place; NaN where that is zero or missing."""
    return ratio(house_life_new, house_life_brick_wood)


@indicator(
    label=Text(zh="质量问题整改率（占查出问题）", en="Defects put right (of defects found)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已整改的质量问题 ÷ 查出的质量问题", en="defects put right ÷ defects found"),
    defined_by="000-5",
)
def quality_defects_fixed_share(quality_defects_fixed: Quantity, quality_defects: Quantity) -> Ratio:
    """Defects put right in percent of those found in the year, by place; NaN where none was found."""
    return share(quality_defects_fixed, quality_defects)


@indicator(
    label=Text(zh="旧房拆除率（占签订安置协议户）", en="Old houses removed (of households with an agreement)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已拆除旧房户 ÷ 签订安置协议户",
                    en="households with the old house removed ÷ households with an agreement"),
    defined_by="000-5",
)
def old_houses_removed_share(old_houses_removed: Quantity, resettlement_agreements: Quantity) -> Ratio:
    """Households whose old house is gone in percent of those with an agreement, by place; NaN without agreements."""
    return ratio(old_houses_removed, resettlement_agreements, per=100)


@indicator(
    label=Text(zh="累计开工率（占当年任务户数）", en="Started so far (of the households of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="累计开工户数 ÷ 当年任务户数（含结转，可超过100%）",
                    en="households started so far ÷ households of the year's task (above 100 % with earlier years' homes)"),
    defined_by="000-5",
)
def households_started_of_task(households_started: Quantity, households_planned__target: Quantity) -> Ratio:
    """Households started in percent of the year's task, by place; above 100 with work carried over, NaN without a task."""
    return ratio(households_started, households_planned__target, per=100)


@indicator(
    label=Text(zh="累计竣工率（占当年任务户数）", en="Completed so far (of the households of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="累计竣工户数 ÷ 当年任务户数（含结转，可超过100%）",
                    en="households completed so far ÷ households of the year's task (above 100 % with earlier years' homes)"),
    defined_by="000-5",
)
def households_completed_of_task(households_completed: Quantity, households_planned__target: Quantity) -> Ratio:
    """Households completed in percent of the year's task, by place; above 100 with work carried over, NaN without a task."""
    return ratio(households_completed, households_planned__target, per=100)


@indicator(
    label=Text(zh="累计入住率（占当年任务户数）", en="Moved in so far (of the households of the year's task)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="累计入住户数 ÷ 当年任务户数（含结转，可超过100%）",
                    en="households moved in so far ÷ households of the year's task (above 100 % with earlier years' homes)"),
    defined_by="000-5",
)
def households_moved_in_of_task(households_moved_in: Quantity, households_planned__target: Quantity) -> Ratio:
    """Households moved in in percent of the year's task, by place; above 100 with work carried over, NaN without a task."""
    return ratio(households_moved_in, households_planned__target, per=100)


@indicator(
    label=Text(zh="危旧房占比（占农村住宅总数）", en="Dilapidated houses (of all rural houses)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="危旧房 ÷ 农村住宅总数", en="dilapidated houses ÷ rural houses"),
    defined_by="village_survey_system",
)
def dilapidated_house_share(dilapidated_houses: Quantity, houses_total: Quantity) -> Ratio:
    """Dilapidated houses in percent of rural houses, by place; NaN where there is no house."""
    return share(dilapidated_houses, houses_total)


@indicator(
    label=Text(zh="户均规划住宅建筑面积（按规划户数）", en="Planned residential floor area per planned household"),
    unit="m2/household",
    direction=Direction.NEUTRAL,
    definition=Text(zh="规划住宅建筑面积 ÷ 规划户数", en="planned residential floor area ÷ planned households"),
    defined_by="000-4",
)
def planned_floor_area_per_household(residential_floor_area__plan: Quantity,
                                     households_planned__plan: Quantity) -> Ratio:
    """Square metres of planned floor per planned household, by place; NaN where no household is planned."""
    return ratio(residential_floor_area__plan, households_planned__plan)
