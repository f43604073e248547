"""Participation: events, who comes and who helps, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="每次活动参加人数", en="Participants per event"),
    unit="persons/event",
    direction=Direction.HIGHER,
    definition=Text(zh="活动参加人次 ÷ 举办活动次数", en="participants ÷ events held"),
    defined_by="001-2",
)
def participants_per_event(event_participants: Quantity, events_held: Quantity) -> Ratio:
    """Participants per event, by place; NaN where none was held."""
    return ratio(event_participants, events_held)


@indicator(
    label=Text(zh="参加活动人员占比（占活动参加人次）", en="Share by age (of participants of events)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该年龄组参加人次 ÷ 活动参加人次", en="participants of the age group ÷ participants"),
    defined_by="001-2",
)
def event_participant_share(event_participants__age: Mapping[str, Quantity],
                            event_participants: Quantity) -> dict[str, Ratio]:
    """Participants of each age group in percent of all, by place and age group; NaN without participants."""
    return composition(event_participants__age, event_participants)


@indicator(
    label=Text(zh="每次活动志愿者人数", en="Volunteers per event"),
    unit="persons/event",
    direction=Direction.HIGHER,
    definition=Text(zh="活动志愿者人次 ÷ 举办活动次数", en="volunteers at events ÷ events held"),
    defined_by="001-2",
)
def volunteers_per_event(event_volunteers: Quantity, events_held: Quantity) -> Ratio:
    """Volunteers per event, by place; NaN where none was held."""
    return ratio(event_volunteers, events_held)


@indicator(
    label=Text(zh="每人次活动费用", en="Cost per participant of events"),
    unit="CNY/person",
    direction=Direction.LOWER,
    definition=Text(zh="活动费用 ÷ 活动参加人次", en="costs of events ÷ participants"),
    defined_by="001-2",
)
def cost_per_participant(event_costs: Quantity, event_participants: Quantity) -> Ratio:
    """CNY spent per participant, by place; NaN without participants."""
    return ratio(event_costs, event_participants)


@indicator(
    label=Text(zh="每千人志愿者数（按常住人口）", en="Volunteers per 1,000 residents (of resident population)"),
    unit="persons/1000persons",
    direction=Direction.HIGHER,
    definition=Text(zh="志愿者人数 ÷ 常住人口 × 1000", en="volunteers ÷ resident population × 1,000"),
    defined_by="000-1",
)
def volunteers_per_1000_residents(volunteers: Quantity, resident_population: Quantity) -> Ratio:
    """Volunteers per 1,000 residents, by place; NaN without a population."""
    return ratio(volunteers, resident_population, per=1000)
