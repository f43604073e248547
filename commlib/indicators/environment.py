"""Environment: toilets, tap water, sewage and refuse in the countryside, each against its own base."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="农村卫生厕所普及率（占农村户数）", en="Households with a sanitary toilet (of rural households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="使用卫生厕所的农户 ÷ 农村户数",
                    en="rural households with a sanitary toilet ÷ rural households"),
    defined_by="rural_environment",
)
def sanitary_toilet_rate(sanitary_toilet_households: Quantity, rural_households: Quantity) -> Ratio:
    """Households with a sanitary toilet in percent of rural households, by place; NaN where there is none."""
    return share(sanitary_toilet_households, rural_households)


@indicator(
    label=Text(zh="农村自来水普及率（占农村供水人口）", en="Persons with tap water (of rural persons supplied)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="农村自来水受益人口 ÷ 农村供水人口",
                    en="rural persons with tap water ÷ rural persons supplied with water"),
    defined_by="rural_environment",
)
def rural_tap_water_rate(rural_tap_water_persons: Quantity, rural_supplied_persons: Quantity) -> Ratio:
    """Persons with tap water in percent of those supplied, by place; NaN where nobody is supplied."""
    return share(rural_tap_water_persons, rural_supplied_persons)


@indicator(
    label=Text(zh="农村生活污水治理率（占行政村）",
               en="Villages with domestic sewage treated (of administrative villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="生活污水得到治理的行政村 ÷ 行政村总数",
                    en="villages with domestic sewage treated ÷ administrative villages"),
    defined_by="rural_environment",
)
def sewage_treatment_villages(villages_with_sewage_treated: Quantity, administrative_villages: Quantity) -> Ratio:
    """Villages with sewage treated in percent of villages, by place; NaN where there is no village."""
    return share(villages_with_sewage_treated, administrative_villages)


@indicator(
    label=Text(zh="农村生活污水治理率（占农村户数）",
               en="Households with domestic sewage treated (of rural households)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="生活污水得到治理的农户 ÷ 农村户数",
                    en="households with domestic sewage treated ÷ rural households"),
    defined_by="rural_environment",
)
def sewage_treatment_households(households_with_sewage_treated: Quantity, rural_households: Quantity) -> Ratio:
    """Households with sewage treated in percent of rural households, by place; NaN where there is none."""
    return share(households_with_sewage_treated, rural_households)


@indicator(
    label=Text(zh="生活垃圾收运处理率（占自然村）",
               en="Natural villages with refuse collected and treated (of natural villages)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="生活垃圾得到收运处理的自然村 ÷ 自然村总数",
                    en="natural villages with refuse collected and treated ÷ natural villages"),
    defined_by="rural_environment",
)
def refuse_collection_rate(natural_villages_with_refuse_collection: Quantity, natural_villages: Quantity) -> Ratio:
    """Natural villages with refuse collection in percent of natural villages, by place; NaN where there is none."""
    return share(natural_villages_with_refuse_collection, natural_villages)


@indicator(
    label=Text(zh="人均新增绿地面积（按常住人口）", en="New green area per resident (of resident population)"),
    unit="m2/person",
    direction=Direction.HIGHER,
    definition=Text(zh="新增绿地面积 ÷ 常住人口", en="new green area ÷ resident population"),
    defined_by="000-1",
)
def new_green_area_per_resident(new_green_area: Quantity, resident_population: Quantity) -> Ratio:
    """Square metres of new green area in the year per resident, by place; NaN without a population."""
    return ratio(new_green_area, resident_population)
