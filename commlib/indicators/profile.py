"""Profile: people, households, land and growth of a place."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, growth, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="人口密度", en="Population density"),
    unit="persons/km2",
    direction=Direction.NEUTRAL,
    definition=Text(zh="总人口 ÷ 土地面积", en="total population ÷ land area"),
    defined_by="001-3",
)
def population_density(population_total: Quantity, land_area: Quantity) -> Ratio:
    """Persons per square kilometre, by place; NaN where the land area is zero or missing."""
    return ratio(population_total, land_area)


@indicator(
    label=Text(zh="农村人口占比（占总人口）", en="Rural population share (of total population)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="农村人口 ÷ 总人口", en="rural population ÷ total population"),
    defined_by="001-3",
)
def rural_population_share(population_rural: Quantity, population_total: Quantity) -> Ratio:
    """Rural persons in percent of all persons, by place; NaN where the population is zero or missing."""
    return share(population_rural, population_total)


@indicator(
    label=Text(zh="农业人口占比（占总人口）", en="Agricultural population share (of total population)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="农业人口 ÷ 总人口", en="agricultural population ÷ total population"),
    defined_by="001-4",
)
def agricultural_population_share(population_agricultural: Quantity, population_total: Quantity) -> Ratio:
    """Agricultural persons in percent of all persons, by place; NaN where the population is zero or missing."""
    return share(population_agricultural, population_total)


@indicator(
    label=Text(zh="外出务工人员占比（占总人口）", en="Share of migrant workers (of total population)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="外出务工人员 ÷ 总人口", en="migrant workers ÷ total population"),
    defined_by="001-4",
)
def migrant_worker_share(migrant_workers: Quantity, population_total: Quantity) -> Ratio:
    """Persons working away in percent of all persons, by place; NaN where the population is zero or missing."""
    return share(migrant_workers, population_total)


@indicator(
    label=Text(zh="人均耕地面积（按总人口）", en="Arable land per person (of total population)"),
    unit="mu/person",
    direction=Direction.NEUTRAL,
    definition=Text(zh="耕地面积 ÷ 总人口", en="arable land ÷ total population"),
    defined_by="001-4",
)
def arable_area_per_person(arable_area: Quantity, population_total: Quantity) -> Ratio:
    """Mu of arable land per person, by place; NaN where the population is zero or missing."""
    return ratio(arable_area, population_total)


@indicator(
    label=Text(zh="户均人口", en="Persons per household"),
    unit="persons/household",
    direction=Direction.NEUTRAL,
    definition=Text(zh="总人口 ÷ 总户数", en="total population ÷ total households"),
    defined_by="001-6",
)
def persons_per_household(population_total: Quantity, households_total: Quantity) -> Ratio:
    """Persons per household, by place; NaN where the number of households is zero or missing."""
    return ratio(population_total, households_total)


@indicator(
    label=Text(zh="同比增长率（比上年同期）", en="Year-on-year growth (on the same period last year)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="本期 ÷ 上年同期 − 1", en="this period ÷ the same period last year − 1"),
    defined_by="001-4",
    for_each=("gdp", "fiscal_revenue", "urban_disposable_income", "rural_cash_income", "industrial_sales",
              "profit_and_tax", "local_fiscal_revenue", "industrial_output", "households_completed",
              "fixed_asset_investment_communities", "fixed_asset_investment_total"),
)
def year_on_year_growth(each: Quantity, each__last_year: Quantity) -> Ratio:
    """Percent change on a year earlier, by place and quantity; NaN where last year's level is zero or missing."""
    return growth(each, each__last_year)
