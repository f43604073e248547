"""Organisation: party, youth league and women's organisations in communities, and their members."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="组织覆盖率（占社区）", en="Organisation coverage (of communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="建有该类组织的社区 ÷ 社区总数",
                    en="communities with an organisation of the kind ÷ communities"),
    defined_by="000-6",
)
def organisation_coverage(community_organisations__kind: Mapping[str, Quantity], communities: Quantity,
                          ) -> dict[str, Ratio]:
    """Organised communities in percent of all communities, by place and kind; NaN where there is no community."""
    return composition(community_organisations__kind, communities)


@indicator(
    label=Text(zh="党员类别占比（占党员总数）", en="Share by category (of all party members)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该类党员 ÷ 党员总数", en="party members of the category ÷ all party members"),
    defined_by="000-6",
)
def party_member_share(party_members__category: Mapping[str, Quantity], party_members: Quantity) -> dict[str, Ratio]:
    """Members of each category in percent of all party members, by place and category; NaN without members."""
    return composition(party_members__category, party_members)


@indicator(
    label=Text(zh="每个社区党组织的党员数", en="Party members per community party organisation"),
    unit="persons/organisation",
    direction=Direction.NEUTRAL,
    definition=Text(zh="党员总数 ÷ 社区党组织", en="all party members ÷ community party organisations"),
    defined_by="000-6",
)
def members_per_organisation(party_members: Quantity, community_organisations__party: Quantity) -> Ratio:
    """Party members per community party organisation, by place; NaN where there is no organisation."""
    return ratio(party_members, community_organisations__party)


@indicator(
    label=Text(zh="社会团体党组织覆盖率（占社会团体）", en="Party coverage of social groups (of all social groups)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="建有党支部的社会团体 ÷ 社会团体总数", en="social groups with a party branch ÷ social groups"),
    defined_by="000-6",
)
def social_group_party_coverage(social_groups_with_branch: Quantity, social_groups: Quantity) -> Ratio:
    """Social groups with a branch in percent of all social groups, by place; NaN where there is no group."""
    return share(social_groups_with_branch, social_groups)


@indicator(
    label=Text(zh="党员到会率（占应到党员）", en="Attendance rate (of members invited)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="实到党员 ÷ 应到党员", en="members attended ÷ members invited"),
    defined_by="000-6",
)
def attendance_rate(members_attended: Quantity, members_invited: Quantity) -> Ratio:
    """Members attending in percent of those invited, by place; NaN where nobody was invited."""
    return share(members_attended, members_invited)


@indicator(
    label=Text(zh="每个党组织三年发展党员数（按上报党组织）", en="Recruits of three years per party organisation (reporting)"),
    unit="persons/organisation",
    direction=Direction.HIGHER,
    definition=Text(zh="当年及前两年发展党员 ÷ 当年上报的党组织",
                    en="members recruited in the year and the two before ÷ party organisations reporting in the year"),
    defined_by="000-6",
)
def recruits_per_organisation(party_recruits: Quantity, party_recruits__last_year: Quantity,
                              party_recruits__two_years_ago: Quantity, organisations_reporting_recruits: Quantity) -> Ratio:
    """Members recruited in three years per reporting organisation, by place; NaN where none reports or a year is missing."""
    return ratio(party_recruits + party_recruits__last_year + party_recruits__two_years_ago, organisations_reporting_recruits)


@indicator(
    label=Text(zh="当年未发展党员的党组织占比（占上报党组织）",
               en="Party organisations without recruits (of those reporting)"),
    unit="percent",
    direction=Direction.LOWER,
    definition=Text(zh="当年未发展党员的党组织 ÷ 上报的党组织",
                    en="party organisations without recruits in the year ÷ party organisations reporting"),
    defined_by="000-6",
)
def organisations_without_recruits_share(organisations_without_recruits: Quantity,
                                         organisations_reporting_recruits: Quantity) -> Ratio:
    """Organisations without recruits in the year in percent of those reporting, by place; NaN where none reports."""
    return share(organisations_without_recruits, organisations_reporting_recruits)


@indicator(
    label=Text(zh="每个协会的会员数", en="Members per association"),
    unit="persons/association",
    direction=Direction.NEUTRAL,
    definition=Text(zh="协会会员 ÷ 协会数", en="members of associations ÷ associations"),
    defined_by="001-4",
)
def members_per_association(association_members: Quantity, associations: Quantity) -> Ratio:
    """Members per association, by place; NaN where there is no association."""
    return ratio(association_members, associations)


@indicator(
    label=Text(zh="任务完成率（占下达任务）", en="Tasks done (of those assigned)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已完成任务 ÷ 下达任务", en="tasks done ÷ tasks assigned"),
    defined_by="001-3",
)
def tasks_done_share(tasks_done: Quantity, tasks_assigned: Quantity) -> Ratio:
    """Tasks done in percent of those assigned, by place; NaN where none is assigned."""
    return share(tasks_done, tasks_assigned)


@indicator(
    label=Text(zh="每个结对的帮扶资金", en="Funds per pairing of a bureau with a community"),
    unit="CNY10k/community",
    direction=Direction.HIGHER,
    definition=Text(zh="结对帮扶资金 ÷ 结对数", en="pairing funds received ÷ pairings"),
    defined_by="000-6",
)
def pairing_funds_per_pairing(pairing_funds_received: Quantity, communities_paired: Quantity) -> Ratio:
    """CNY 10k received per pairing, by place; NaN where there is no pairing."""
    return ratio(pairing_funds_received, communities_paired)
