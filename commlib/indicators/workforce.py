"""Workforce: who the social workers and community cadres are."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, each_over, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="女性占比（占社会工作者）", en="Share of women (of social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="女性社会工作者 ÷ 社会工作者总数", en="female social workers ÷ all social workers"),
    defined_by="000-2",
)
def female_share_of_social_workers(female_social_workers: Quantity, social_workers: Quantity) -> Ratio:
    """Women in percent of all social workers, by place; NaN where there is no social worker."""
    return share(female_social_workers, social_workers)


@indicator(
    label=Text(zh="女性社会工作者年龄占比（占女性社会工作者）", en="Share by age (of female social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该年龄段女性社会工作者 ÷ 女性社会工作者",
                    en="female social workers of the age group ÷ female social workers"),
    defined_by="000-2",
)
def female_worker_age_share(female_social_workers__age: Mapping[str, Quantity], female_social_workers: Quantity,
                            ) -> dict[str, Ratio]:
    """Each age group in percent of female social workers, by place and age group; NaN where there is none."""
    return composition(female_social_workers__age, female_social_workers)


@indicator(
    label=Text(zh="女性社会工作者学历占比（占女性社会工作者）", en="Share by education (of female social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该学历女性社会工作者 ÷ 女性社会工作者",
                    en="female social workers of the education level ÷ female social workers"),
    defined_by="000-2",
)
def female_worker_education_share(female_social_workers__education: Mapping[str, Quantity],
                                  female_social_workers: Quantity) -> dict[str, Ratio]:
    """Each education level in percent of female social workers, by place and level; NaN where there is none."""
    return composition(female_social_workers__education, female_social_workers)


@indicator(
    label=Text(zh="女性社会工作者生育状况占比（占女性社会工作者）",
               en="Share by motherhood (of female social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="未生育（或已生育）女性社会工作者 ÷ 女性社会工作者",
                    en="childless women (or mothers) among them ÷ female social workers"),
    defined_by="000-2",
)
def female_worker_motherhood_share(female_social_workers__motherhood: Mapping[str, Quantity],
                                   female_social_workers: Quantity) -> dict[str, Ratio]:
    """Childless women and mothers in percent of female social workers, by place and group; NaN where there is none."""
    return composition(female_social_workers__motherhood, female_social_workers)


@indicator(
    label=Text(zh="孩子三岁以下的母亲占比（占女性社会工作者中的母亲）",
               en="Mothers with a child of up to 3 years (of mothers among female social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="孩子三岁以下的母亲 ÷ 女性社会工作者中的母亲",
                    en="mothers with a child of up to 3 years ÷ mothers among female social workers"),
    defined_by="000-2",
)
def mothers_with_child_under_3_share(mothers_with_child_under_3: Quantity, female_social_workers__mothers: Quantity,
                                     ) -> Ratio:
    """Mothers of a small child in percent of mothers among the workers, by place; NaN where there is no mother."""
    return share(mothers_with_child_under_3, female_social_workers__mothers)


@indicator(
    label=Text(zh="社区干部学历占比（占社区干部）", en="Share by education (of community cadres)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该学历社区干部 ÷ 社区干部总数", en="cadres of the education level ÷ all community cadres"),
    defined_by="000-6",
)
def cadre_education_share(cadres__education: Mapping[str, Quantity], cadres: Quantity) -> dict[str, Ratio]:
    """Each education level in percent of community cadres, by place and level; NaN where there is no cadre."""
    return composition(cadres__education, cadres)


@indicator(
    label=Text(zh="每千户社区工作者数", en="Community workers per 1,000 households"),
    unit="persons/1000households",
    direction=Direction.HIGHER,
    definition=Text(zh="社区工作者 ÷ 社区户数 × 1000", en="community workers ÷ households in communities × 1,000"),
    defined_by="000-2",
)
def staff_per_1000_households(social_workers: Quantity, households_in_community: Quantity) -> Ratio:
    """Workers per 1,000 households of communities, by place; NaN without households."""
    return ratio(social_workers, households_in_community, per=1000)


@indicator(
    label=Text(zh="每个社区承担的事务", en="Duties per community"),
    unit="items/community",
    direction=Direction.LOWER,
    definition=Text(zh="该类事务 ÷ 社区总数", en="duties of the kind ÷ communities"),
    defined_by="000-2",
)
def duties_per_community(community_duties__duty: Mapping[str, Quantity], communities: Quantity) -> dict[str, Ratio]:
    """Duties of each kind in the year per community, by place and kind; NaN where there is no community."""
    return each_over(community_duties__duty, communities)


@indicator(
    label=Text(zh="每个社区的台账和电子平台", en="Ledgers and platforms per community"),
    unit="count/community",
    direction=Direction.LOWER,
    definition=Text(zh="台账或电子平台 ÷ 社区总数", en="ledgers or platforms ÷ communities"),
    defined_by="000-2",
)
def ledgers_per_community(community_ledgers__record: Mapping[str, Quantity], communities: Quantity) -> dict[str, Ratio]:
    """Ledgers and platforms per community, by place and kind; NaN where there is no community."""
    return each_over(community_ledgers__record, communities)


@indicator(
    label=Text(zh="每期培训人数", en="Persons per training class"),
    unit="persons/training_class",
    direction=Direction.NEUTRAL,
    definition=Text(zh="培训人次 ÷ 培训班期数", en="persons trained ÷ training classes"),
    defined_by="001-1",
)
def persons_per_training_class(training_participants: Quantity, training_classes: Quantity) -> Ratio:
    """Persons trained per class, by place; NaN where no class was held."""
    return ratio(training_participants, training_classes)


@indicator(
    label=Text(zh="每万城镇常住人口拥有社区工作者", en="Community workers per 10,000 urban residents"),
    unit="persons/10k_persons",
    direction=Direction.HIGHER,
    definition=Text(zh="社区工作者（不含公益岗）÷ 城镇常住人口 × 10000",
                    en="community workers (without public-welfare posts) ÷ urban resident population × 10,000"),
    defined_by="services_plan_2021",
)
def community_workers_per_10k_urban(community_workers: Quantity, urban_resident_population: Quantity) -> Ratio:
    """Community workers per ten thousand urban residents, by place; NaN without urban residents."""
    return ratio(community_workers, urban_resident_population, per=10000)


@indicator(
    label=Text(zh="社工持证率（占社区工作者）", en="Holders of a social work certificate (of community workers)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="持证社区工作者 ÷ 社区工作者", en="community workers with a certificate ÷ community workers"),
    defined_by="services_plan_2021",
)
def certified_worker_share(certified_community_workers: Quantity, community_workers: Quantity) -> Ratio:
    """Certificate holders in percent of community workers, by place; NaN where there is none."""
    return share(certified_community_workers, community_workers)


@indicator(
    label=Text(zh="社工站覆盖率（占填报该项的乡镇街道）",
               en="Townships with a social work station (of townships that say so)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="建有社工站的乡镇（街道）÷ 填报该项的乡镇（街道）",
                    en="townships with a social work station ÷ townships that say whether they have one"),
    defined_by="services_plan_2021",
)
def social_work_station_coverage(townships_with_social_work_station: Quantity,
                                 townships_told_of_station: Quantity) -> Ratio:
    """Townships with a station in percent of those that say, by place; NaN where none says."""
    return share(townships_with_social_work_station, townships_told_of_station)


@indicator(
    label=Text(zh="每万常住人口持证社工数", en="Certified social workers per 10,000 residents"),
    unit="persons/10k_persons",
    direction=Direction.HIGHER,
    definition=Text(zh="持证社会工作者 ÷ 常住人口 × 10000",
                    en="certified social workers ÷ resident population × 10,000"),
    defined_by="huzhou_plan",
)
def certified_social_workers_per_10k(certified_social_workers: Quantity, resident_population: Quantity) -> Ratio:
    """Certified social workers per ten thousand residents, by place; NaN without residents."""
    return ratio(certified_social_workers, resident_population, per=10000)


@indicator(
    label=Text(zh="每个社区的工作人员数", en="Staff per community"),
    unit="persons/community",
    direction=Direction.HIGHER,
    definition=Text(zh="该类社区的工作人员 ÷ 该类社区",
                    en="staff of communities of the kind ÷ communities of the kind"),
    defined_by="hainan_plan",
)
def staff_per_community(community_staff__setting: Mapping[str, Quantity],
                        communities__setting: Mapping[str, Quantity]) -> dict[str, Ratio]:
    """Staff per community, by place and kind of community; NaN where there is none of the kind."""
    return each_over(community_staff__setting, communities__setting)


@indicator(
    label=Text(zh="社区管辖户数（每个社区）", en="Households per community"),
    unit="households/community",
    direction=Direction.NEUTRAL,
    definition=Text(zh="社区户数 ÷ 社区总数", en="households of communities ÷ communities"),
    defined_by="community_size",
)
def households_per_community(households_in_community: Quantity, communities: Quantity) -> Ratio:
    """Households per community, by place; NaN where there is no community."""
    return ratio(households_in_community, communities)


@indicator(
    label=Text(zh="年龄占比（占全部社会工作者）", en="Share by age (of all social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该年龄组社会工作者 ÷ 全部社会工作者（按花名册报送年份计算年龄）",
                    en="social workers of the age group ÷ all social workers (age in the year of the roster)"),
    defined_by="000-2",
)
def worker_age_share(social_workers__age: Mapping[str, Quantity], social_workers: Quantity) -> dict[str, Ratio]:
    """Workers of each age group in percent of the roster, by place and age group; NaN where nobody is on it."""
    return composition(social_workers__age, social_workers)


@indicator(
    label=Text(zh="学历占比（占全部社会工作者）", en="Share by education (of all social workers)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该学历社会工作者 ÷ 全部社会工作者", en="social workers of the education ÷ all social workers"),
    defined_by="000-2",
)
def worker_education_share(social_workers__education: Mapping[str, Quantity], social_workers: Quantity) -> dict[str, Ratio]:
    """Workers of each education in percent of the roster, by place and education; NaN where nobody is on it."""
    return composition(social_workers__education, social_workers)
