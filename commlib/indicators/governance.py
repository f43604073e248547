"""Governance: committees and township-level units, counted from the national register."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, each_over, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="每个乡级单位的村（居）委会数", en="Committees per township-level unit"),
    unit="count/township",
    direction=Direction.NEUTRAL,
    definition=Text(zh="（居委会 + 村委会）÷ 乡级单位",
                    en="(residents' committees + villagers' committees) ÷ township-level units"),
    defined_by="national_register",
)
def governance_units_per_township(residents_committees: Quantity, villagers_committees: Quantity,
                                  township_units: Quantity) -> Ratio:
    """Committees of both kinds per township-level unit, by place; NaN where there is no such unit."""
    return ratio(residents_committees + villagers_committees, township_units)


@indicator(
    label=Text(zh="居委会占比（占村委会与居委会之和）",
               en="Share of residents' committees (of both kinds of committee)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="居委会 ÷（居委会 + 村委会）",
                    en="residents' committees ÷ (residents' committees + villagers' committees)"),
    defined_by="national_register",
)
def residents_committee_share(residents_committees: Quantity, villagers_committees: Quantity) -> Ratio:
    """Residents' committees in percent of both kinds of committee, by place; NaN where there is neither kind."""
    return share(residents_committees, residents_committees + villagers_committees)


@indicator(
    label=Text(zh="乡级单位类别占比（占全部乡级单位）", en="Share by kind (of township-level units)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该类乡级单位 ÷ 全部乡级单位", en="township-level units of the kind ÷ all township-level units"),
    defined_by="national_register",
)
def township_kind_share(township_units__kind: Mapping[str, Quantity], township_units: Quantity) -> dict[str, Ratio]:
    """Units of each kind in percent of all township-level units, by place and kind; NaN where there is no unit."""
    return composition(township_units__kind, township_units)


@indicator(
    label=Text(zh="书记主任一肩挑比例（占同类村或社区）",
               en="Secretary is also director (of units of the same kind)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="书记主任一肩挑的单位 ÷ 填报该项的同类单位（村、城市社区分别计算）",
                    en="units whose secretary is director ÷ units that say so (villages and urban communities apart)"),
    defined_by="jiangsu_2020",
)
def concurrent_head_share(units_with_concurrent_head__unit_kind: Mapping[str, Quantity],
                          units_told_of_head__unit_kind: Mapping[str, Quantity]) -> dict[str, Ratio]:
    """Units led by one person in percent of units of the kind, by place and kind; NaN where none is known."""
    return each_over(units_with_concurrent_head__unit_kind, units_told_of_head__unit_kind, per=100)


@indicator(
    label=Text(zh="村务公开及时率（占应公开次数）", en="Disclosures made on time (of disclosures due)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="按时公开次数 ÷ 应公开次数", en="disclosures made on time ÷ disclosures due"),
    defined_by="village_committees_law",
)
def disclosure_on_time_rate(disclosures_on_time: Quantity, disclosures_due: Quantity) -> Ratio:
    """Disclosures on time in percent of those due, by place; NaN where none is due."""
    return share(disclosures_on_time, disclosures_due)


@indicator(
    label=Text(zh="三务公开达标率（占行政村）",
               en="Villages meeting the standard of all three disclosures (of administrative villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="党务、村务、财务公开均达标的行政村 ÷ 行政村总数",
                    en="villages meeting party, village and finance disclosure ÷ administrative villages"),
    defined_by="village_committees_law",
)
def full_disclosure_share(villages_with_full_disclosure: Quantity, administrative_villages: Quantity) -> Ratio:
    """Villages that meet all three in percent of villages, by place; NaN where there is no village."""
    return share(villages_with_full_disclosure, administrative_villages)


@indicator(
    label=Text(zh="村务监督委员会覆盖率（占行政村）",
               en="Villages with a supervision committee (of administrative villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="设村务监督委员会的行政村 ÷ 行政村总数",
                    en="villages with a supervision committee ÷ administrative villages"),
    defined_by="village_committees_law",
)
def supervision_committee_coverage(villages_with_supervision_committee: Quantity,
                                   administrative_villages: Quantity) -> Ratio:
    """Villages with a supervision committee in percent of villages, by place; NaN where there is no village."""
    return share(villages_with_supervision_committee, administrative_villages)


@indicator(
    label=Text(zh="每个村的村民代表会议次数", en="Villagers' representative meetings per village"),
    unit="occasions/village",
    direction=Direction.HIGHER,
    definition=Text(zh="村民代表会议次数 ÷ 行政村总数",
                    en="villagers' representative meetings held ÷ administrative villages"),
    defined_by="village_committees_law",
)
def villager_assemblies_per_village(villager_assemblies_held: Quantity, administrative_villages: Quantity) -> Ratio:
    """Meetings held in the year per village, by place; NaN where there is no village."""
    return ratio(villager_assemblies_held, administrative_villages)


@indicator(
    label=Text(zh="居委会直接选举比例（占社区）", en="Committees elected directly (of communities)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="直接选举居委会的社区 ÷ 社区总数",
                    en="communities that elected their committee directly ÷ communities"),
    defined_by="village_committees_law",
)
def direct_election_share(communities_directly_elected: Quantity, communities: Quantity) -> Ratio:
    """Communities with direct elections in percent of communities, by place; NaN where there is none."""
    return share(communities_directly_elected, communities)
