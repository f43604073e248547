"""Safety: police and patrols for the residents they protect."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, ratio
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="每万人治安力量（按常住人口）", en="Safety staff per 10,000 residents (of resident population)"),
    unit="persons/10k_persons",
    direction=Direction.HIGHER,
    definition=Text(zh="该类治安力量人数 ÷ 常住人口 × 10000", en="safety staff of the kind ÷ resident population × 10,000"),
    defined_by="000-1",
    for_each=("police_stationed", "patrol_members"),
)
def safety_staff_per_10k(each: Quantity, resident_population: Quantity) -> Ratio:
    """Officers or patrol members per 10,000 residents, by place and kind; NaN without a population."""
    return ratio(each, resident_population, per=10000)


@indicator(
    label=Text(zh="每个社区的警务室数", en="Police offices per community"),
    unit="count/community",
    direction=Direction.HIGHER,
    definition=Text(zh="警务室 ÷ 社区总数", en="police offices ÷ communities"),
    defined_by="000-1",
)
def police_offices_per_community(police_offices: Quantity, communities: Quantity) -> Ratio:
    """Police offices per community, by place; NaN where there is no community."""
    return ratio(police_offices, communities)
