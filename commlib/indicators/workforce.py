"""Workforce: who the social workers and community cadres are."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, share
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
