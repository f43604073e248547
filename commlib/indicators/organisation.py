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
